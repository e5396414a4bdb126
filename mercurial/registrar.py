"""Decorators by which extensions register what they add.

Public: `command` and its category constants.
"""

from __future__ import annotations

from typing import Any, Callable, Sequence

Option = Sequence[Any]
Function = Callable[..., Any]


class command:  # noqa: N801 -- the name is Mercurial's
    """Decorator factory that puts functions into a command table.

    Args:
        table: The extension's `cmdtable`; maps `b"name|alias"` to
            `(function, options, synopsis)`.
    """

    CATEGORY_REPO_CREATION = b"repo"
    CATEGORY_REMOTE_REPO_MANAGEMENT = b"remote"
    CATEGORY_COMMITTING = b"commit"
    CATEGORY_CHANGE_MANAGEMENT = b"management"
    CATEGORY_CHANGE_ORGANIZATION = b"organization"
    CATEGORY_FILE_CONTENTS = b"files"
    CATEGORY_CHANGE_NAVIGATION = b"navigation"
    CATEGORY_WORKING_DIRECTORY = b"wdir"
    CATEGORY_IMPORT_EXPORT = b"import"
    CATEGORY_MAINTENANCE = b"maintenance"
    CATEGORY_HELP = b"help"
    CATEGORY_MISC = b"misc"
    CATEGORY_NONE = b"none"

    def __init__(self, table: dict[bytes, tuple[Any, ...]] | None = None):
        self._table = {} if table is None else table

    def __call__(
        self,
        name: bytes,
        options: Sequence[Option] = (),
        synopsis: bytes | None = None,
        norepo: bool = False,
        optionalrepo: bool = False,
        inferrepo: bool = False,
        intents: set[bytes] | None = None,
        helpcategory: bytes | None = None,
        helpbasic: bool = False,
    ) -> Callable[[Function], Function]:
        """Return the decorator that registers a function as command `name`."""

        def register(function: Function) -> Function:
            function.norepo = norepo  # type: ignore[attr-defined]
            function.optionalrepo = optionalrepo  # type: ignore[attr-defined]
            function.inferrepo = inferrepo  # type: ignore[attr-defined]
            function.intents = intents or set()  # type: ignore[attr-defined]
            function.helpcategory = helpcategory  # type: ignore[attr-defined]
            function.helpbasic = helpbasic  # type: ignore[attr-defined]
            entry: tuple[Any, ...] = (function, list(options))
            self._table[name] = entry if synopsis is None else (*entry, synopsis)
            return function

        return register
