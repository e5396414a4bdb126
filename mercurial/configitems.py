"""Items that extensions have registered, with their defaults.

Public: `dynamicdefault`, `coreitems`, `loadconfigtable`.
"""

from __future__ import annotations

import re
from typing import Any, Callable


class _Dynamic:
    """Marks a default that is decided where the item is read."""

    def __repr__(self) -> str:
        return "<dynamic default>"


dynamicdefault = _Dynamic()


class configitem:  # noqa: N801 -- the name is Mercurial's
    """A registered item: its names, default, aliases."""

    def __init__(
        self,
        section: bytes,
        name: bytes,
        default: Any = None,
        alias: Any = (),
        generic: bool = False,
        priority: int = 0,
        experimental: bool = False,
        **_options: Any,
    ):
        self.section = section
        self.name = name
        self.default = default
        self.alias = list(alias)
        self.generic = generic
        self.priority = priority
        self.experimental = experimental
        self._re = re.compile(name) if generic else None


class itemregister(dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """The items of a section, some of them for every name that matches."""

    def find(self, key: bytes) -> configitem | None:
        """Return the item of a name."""
        item = self.get(key)
        if item is not None and not item.generic:
            return item
        generics = [
            item for item in self.values() if item.generic and item._re.match(key)
        ]
        generics.sort(key=lambda item: (item.priority, item.name))
        return generics[0] if generics else None


coreitems: dict[bytes, itemregister] = {}


def loadconfigtable(ui: Any, extname: bytes, configtable: dict[bytes, Any]) -> None:
    """Register the items of an extension."""
    for section, items in sorted(configtable.items()):
        coreitems.setdefault(section, itemregister()).update(items)


def find(section: bytes, name: bytes) -> configitem | None:
    """Return the registered item of a name."""
    items = coreitems.get(section)
    return items.find(name) if items is not None else None


def getitemregister(configtable: dict[bytes, Any]) -> Callable[..., Any]:
    """Return the function that registers items in a table."""

    def register(
        section: bytes, name: bytes, default: Any = None, **options: Any
    ) -> None:
        item = configitem(section, name, default, **options)
        configtable.setdefault(section, itemregister())[name] = item

    register._configtable = configtable  # type: ignore[attr-defined]
    return register


def _register(
    configtable: Any, section: bytes, name: bytes, default: Any = None, **options: Any
) -> None:
    """Register an item in a table of items, as extensions do for items of others."""
    getitemregister(configtable)(section, name, default, **options)
