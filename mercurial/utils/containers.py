"""Containers and caches that extensions share.

Public: everything without a leading underscore; `mercurial.util` gives all of it.
"""

from __future__ import annotations

import collections
import contextlib
import functools
from typing import Any, Callable, Iterator

from mercurial import error, pycompat


class propertycache:  # noqa: N801 -- the name is Mercurial's
    """Attribute that is computed once for each object."""

    def __init__(self, func: Callable[[Any], Any]):
        self.func = func
        self.name = func.__name__
        self.__doc__ = func.__doc__

    def __get__(self, obj: Any, type: Any = None) -> Any:
        if obj is None:
            return self
        result = self.func(obj)
        self.cachevalue(obj, result)
        return result

    def cachevalue(self, obj: Any, value: Any) -> None:
        """Keep the value."""
        obj.__dict__[self.name] = value


class localcache(dict):  # type: ignore[type-arg] # noqa: N801 -- a dict for callers
    """Nothing more than a dict."""


def clearcachedproperty(obj: Any, prop: Any) -> None:
    """Forget a computed attribute."""
    obj.__dict__.pop(pycompat.sysstr(prop), None)


def cachefunc(func: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that remembers its results."""
    cache: dict[Any, Any] = {}

    def wrapper(*args: Any) -> Any:
        if args not in cache:
            cache[args] = func(*args)
        return cache[args]

    return wrapper


lrucachefunc = functools.lru_cache(maxsize=20)


class sortdict(collections.OrderedDict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict whose items are in the order of their last assignment."""

    def __setitem__(self, key: Any, value: Any) -> None:
        if key in self:
            del self[key]
        super().__setitem__(key, value)

    def update(self, src: Any = (), **more: Any) -> None:  # type: ignore[override]
        """Assign all items."""
        pairs = src.items() if isinstance(src, dict) else src
        for key, value in pairs:
            self[key] = value
        for key, value in more.items():
            self[key] = value

    def insert(self, position: int, key: Any, value: Any) -> None:
        """Put an item at a position."""
        items = [(k, v) for k, v in self.items() if k != key]
        items.insert(position, (key, value))
        self.clear()
        for k, v in items:
            super().__setitem__(k, v)

    def __repr__(self) -> str:
        return f"sortdict({list(self.items())!r})"


class cow:  # noqa: N801 -- the name is Mercurial's
    """Mix-in of containers that are copied when they change."""

    def preparewrite(self) -> Any:
        """Return an object that may be changed."""
        return self.copy()

    def copy(self) -> Any:
        """Return a copy."""
        return self.__class__(self)  # type: ignore[call-arg]


class cowdict(cow, dict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict that is copied when it changes."""


class cowsortdict(cow, sortdict):  # noqa: N801 -- the name is Mercurial's
    """Sorted dict that is copied when it changes."""


class lrucachedict(collections.OrderedDict):  # type: ignore[type-arg] # noqa: N801 -- the name is Mercurial's
    """Dict that keeps the items used last."""

    def __init__(self, max: int = 100, maxcost: int = 0):
        super().__init__()
        self.capacity = max
        self.maxcost = maxcost

    def __getitem__(self, key: Any) -> Any:
        value = super().__getitem__(key)
        self.move_to_end(key)
        return value

    def __setitem__(self, key: Any, value: Any) -> None:
        super().__setitem__(key, value)
        self.move_to_end(key)
        while len(self) > self.capacity:
            self.popitem(last=False)

    def insert(self, key: Any, value: Any, cost: int = 0) -> None:
        """Assign an item."""
        self[key] = value

    def peek(self, key: Any, default: Any = None) -> Any:
        """Return an item without counting it as used."""
        return super().get(key, default)


class transactional:  # noqa: N801 -- the name is Mercurial's
    """Mix-in of what is closed or thrown away as a whole."""

    def close(self) -> None:
        """Keep the changes."""
        raise NotImplementedError

    def release(self) -> None:
        """Throw the changes away, unless they are kept."""
        raise NotImplementedError

    def __enter__(self) -> Any:
        return self

    def __exit__(self, kind: Any, value: Any, trace: Any) -> None:
        try:
            if kind is None:
                self.close()
        finally:
            self.release()


@contextlib.contextmanager
def acceptintervention(tr: Any = None) -> Iterator[None]:
    """Keep a transaction's changes also when the user must act."""
    if tr is None:
        yield
        return
    try:
        yield
        tr.close()
    except error.InterventionRequired:
        tr.close()
        raise
    finally:
        tr.release()


@contextlib.contextmanager
def nullcontextmanager(enter_result: Any = None) -> Iterator[Any]:
    """Do nothing."""
    yield enter_result


class dirs:  # noqa: N801 -- the name is Mercurial's
    """The directories of a set of paths, counted."""

    def __init__(self, map: Any, only_tracked: bool = False):
        self._dirs: dict[bytes, int] = {}
        for path in map:
            self.addpath(path)

    def addpath(self, path: bytes) -> None:
        """Count a path's directories."""
        for base in finddirs(path):
            self._dirs[base] = self._dirs.get(base, 0) + 1

    def delpath(self, path: bytes) -> None:
        """Stop counting a path's directories."""
        for base in finddirs(path):
            if self._dirs[base] > 1:
                self._dirs[base] -= 1
            else:
                del self._dirs[base]

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._dirs)

    def __contains__(self, d: bytes) -> bool:
        return d in self._dirs


def finddirs(path: bytes) -> Iterator[bytes]:
    """Yield the directories above a path, nearest first, down to the empty one."""
    at = path.rfind(b"/")
    while at != -1:
        yield path[:at]
        at = path.rfind(b"/", 0, at)
    yield b""
