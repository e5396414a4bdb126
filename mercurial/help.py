"""Help topics that extensions add; native code shows the built-in ones.

Public: `helptable`, `addtopichook`, `loaddoc`, the categories of topics.
"""

from __future__ import annotations

from typing import Any, Callable

TOPIC_CATEGORY_IDS = b"ids"
TOPIC_CATEGORY_OUTPUT = b"output"
TOPIC_CATEGORY_CONFIG = b"config"
TOPIC_CATEGORY_CONCEPTS = b"concepts"
TOPIC_CATEGORY_MISC = b"misc"
TOPIC_CATEGORY_NONE = b"none"

helptable: list[Any] = []
internalstable: list[Any] = []
subtopics: dict[bytes, list[Any]] = {b"internals": internalstable}
helphooks: dict[bytes, list[Any]] = {}
CATEGORY_ORDER: list[bytes] = []
CATEGORY_NAMES: dict[bytes, bytes] = {}


def addtopichook(topic: bytes, rewriter: Callable[..., Any]) -> None:
    """Register a function that changes the text of a topic."""
    helphooks.setdefault(topic, []).append(rewriter)


def loaddoc(topic: bytes, subdir: Any = None) -> Callable[[Any], bytes]:
    """Return the function that gives the text of a topic."""

    def loader(ui: Any) -> bytes:
        from mercurial import commands  # late: it comes after us

        ui.pushbuffer()
        try:
            commands.help(ui, topic)
        finally:
            text = ui.popbuffer()
        return text

    return loader


def makeitemsdoc(
    ui: Any, topic: bytes, doc: bytes, marker: bytes, items: Any, dedent: bool = False
) -> bytes:
    """Return a text with the documentation of items where the marker stands."""
    entries = []
    for name in sorted(items):
        text = (getattr(items[name], "__doc__", None) or "").strip().encode("utf-8")
        if text:
            entries.append(text)
    return doc.replace(marker, b"\n\n".join(entries))


def addtopicsymbols(
    topic: bytes, marker: bytes, symbols: Any, dedent: bool = False
) -> None:
    """Add the documentation of items to a topic."""
    addtopichook(
        topic,
        lambda ui, topic, doc: makeitemsdoc(ui, topic, doc, marker, symbols, dedent),
    )
