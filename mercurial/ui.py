"""The user interface as extensions see it: a Python class over a handle.

Public: `ui`, and its methods without a leading underscore.
"""

from __future__ import annotations

import os
import weakref
from typing import Any

from mercurial import rustext
from mercurial.uiparts.base import Objects
from mercurial.uiparts.events import Events
from mercurial.uiparts.output import Output
from mercurial.uiparts.questions import Questions
from mercurial.uiparts.settings import Settings


class ui(Output, Settings, Questions, Events):  # noqa: N801 -- the name is Mercurial's
    """Output, questions and configuration of one run.

    Args:
        src: The `ui` to copy; without it, one without configuration files.
    """

    def __init__(self, src: ui | None = None):
        self._objects = Objects() if src is None else src._objects
        self._loggers: dict[bytes, Any] = {} if src is None else src._loggers
        self._handle = rustext.UiHandle.bare() if src is None else src._handle.copy()
        self.environ = os.environb if src is None else src.environ
        self.callhooks: bool = True if src is None else src.callhooks
        self.insecureconnections: bool = (
            False if src is None else src.insecureconnections
        )
        self.pageractive = False if src is None else src.pageractive
        self.cmdname: bytes | None = None if src is None else src.cmdname
        self._passwords: Any = None if src is None else src._passwords
        self._exithandlers: list[Any] = []
        self._blockedtimes: dict[str, float] = {}
        self.logblockedtimes = False

    @classmethod
    def load(cls) -> ui:
        """Return a `ui` with the configuration of system and user."""
        return cls._wrap(rustext.UiHandle.load())

    @classmethod
    def _wrap(cls, handle: Any) -> ui:
        """Return the `ui` of a handle."""
        made = cls()
        made._handle = handle
        return made

    def copy(self) -> ui:
        """Return a copy: configuration, levels and buffers of its own, the same streams."""
        return self.__class__(self)

    def copywithoutconfig(self) -> ui:
        """Return a copy without anything configured."""
        return ui()

    @property
    def httppasswordmgrdb(self) -> Any:
        """The passwords that the user gave."""
        if self._passwords is None:
            from mercurial import url  # late: urllib takes long to import

            self._passwords = url.httppasswordmgrdbproxy()
        return self._passwords

    # -- overridden methods reach native code through these

    def _overrides(self) -> list[str]:
        names: list[str] = []
        for cls in type(self).__mro__:
            if cls is ui:
                break
            names.extend(name for name in _SEAMS if name in cls.__dict__)
        names.extend(name for name in _SEAMS if name in self.__dict__)
        return sorted(set(names))

    @property
    def _knownconfig(self) -> Any:
        """The items that extensions have registered."""
        from mercurial import configitems  # late: it comes after us

        return configitems.coreitems

    def _sync(self) -> None:
        """Tell native code which methods were replaced."""
        names = (
            self._overrides()
            if type(self) is not ui or _SEAMS & self.__dict__.keys()
            else []
        )
        self._handle.set_overrides(names, weakref.ref(self) if names else None)


_SEAMS = {
    "write", "write_err", "status", "note", "debug", "warn", "error", "prompt", "promptchoice",
    "edit", "system",
}  # fmt: skip


class path:  # noqa: N801 -- the name is Mercurial's
    """Stands for `mercurial.utils.urlutil.path`, which lives there now."""


def getprogbar(ui: Any) -> None:
    """Return nothing: bars are drawn by the core."""
    return
