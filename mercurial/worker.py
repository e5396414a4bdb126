"""Work in several processes; here all is done in one.

Public: `worker`, `worthwhile`.
"""

from __future__ import annotations

from typing import Any, Callable, Iterator


def worthwhile(ui: Any, costperop: float, nops: int, threadsafe: bool = True) -> bool:
    """Return false: native code works in parallel where it counts."""
    return False


def worker(
    ui: Any,
    costperarg: float,
    func: Callable[..., Any],
    staticargs: tuple[Any, ...],
    args: Any,
    hasretval: bool = False,
    threadsafe: bool = True,
    prefork: Any = None,
) -> Iterator[Any]:
    """Yield what a function gives for all arguments."""
    if prefork is not None:
        prefork()
    return func(*(*staticargs, args))
