"""Parts of bundles that extensions add; native code reads and writes the built-in ones.

Public: `parthandler`, `parthandlermapping`, `capabilities`, `encodecaps`, `decodecaps`.
"""

from __future__ import annotations

from typing import Any, Callable

from mercurial import error, util

capabilities: dict[bytes, tuple[Any, ...]] = {
    b"HG20": (),
    b"bookmarks": (),
    b"error": (b"abort", b"unsupportedcontent", b"pushraced", b"pushkey"),
    b"listkeys": (),
    b"pushkey": (),
    b"digests": tuple(sorted(util.DIGESTS)),
    b"remote-changegroup": (b"http", b"https"),
    b"hgtagsfnodes": (),
    b"phases": (b"heads",),
    b"stream": (b"v2",),
}
parthandlermapping: dict[bytes, Any] = {}


def parthandler(parttype: bytes, params: tuple[bytes, ...] = ()) -> Callable[..., Any]:
    """Return the decorator of a function that takes a part; native code does not call it yet."""

    def register(func: Callable[..., Any]) -> Callable[..., Any]:
        lowered = parttype.lower()
        assert lowered not in parthandlermapping
        parthandlermapping[lowered] = func
        func.params = frozenset(params)  # type: ignore[attr-defined]
        return func

    return register


class bundleoperation:  # noqa: N801 -- the name is Mercurial's
    """A bundle that is being taken."""

    def __init__(
        self,
        repo: Any,
        transactiongetter: Any,
        captureoutput: bool = True,
        source: bytes = b"",
        **_o: Any,
    ):
        self.repo = repo
        self.ui = repo.ui
        self.records: Any = {}
        self.reply: Any = None
        self.source = source
        self.hookargs: dict[str, Any] = {}
        self.modes: dict[bytes, Any] = {}
        self._gettransaction = transactiongetter

    def gettransaction(self) -> Any:
        """Return the transaction."""
        return self._gettransaction()

    def addhookargs(self, hookargs: dict[str, Any]) -> None:
        """Add arguments of hooks."""
        self.hookargs.update(hookargs)


class bundlepart:  # noqa: N801 -- the name is Mercurial's
    """A part of a bundle."""

    def __init__(
        self,
        parttype: bytes,
        mandatoryparams: Any = (),
        advisoryparams: Any = (),
        data: Any = b"",
        mandatory: bool = True,
    ):
        self.type = parttype
        self.data = data
        self.mandatoryparams = list(mandatoryparams)
        self.advisoryparams = list(advisoryparams)
        self.mandatory = mandatory

    def addparam(self, name: bytes, value: bytes = b"", mandatory: bool = True) -> None:
        """Add a parameter."""
        (self.mandatoryparams if mandatory else self.advisoryparams).append(
            (name, value)
        )


def decodecaps(blob: bytes) -> dict[bytes, list[bytes]]:
    """Return capabilities from their text."""
    found = {}
    for line in blob.splitlines():
        key, separator, values = line.partition(b"=")
        found[util.urlreq.unquote(key)] = (
            [util.urlreq.unquote(v) for v in values.split(b",")] if separator else []
        )
    return found


def encodecaps(caps: dict[bytes, Any]) -> bytes:
    """Return the text of capabilities."""
    lines = []
    for name in sorted(caps):
        values = [util.urlreq.quote(value) for value in caps[name]]
        text = util.urlreq.quote(name)
        lines.append(b"%s=%s" % (text, b",".join(values)) if values else text)
    return b"\n".join(lines)


def getrepocaps(
    repo: Any, allowpushback: bool = False, role: Any = None
) -> dict[bytes, Any]:
    """Return what a repository can do."""
    return dict(capabilities)


def bundle2caps(remote: Any) -> dict[bytes, Any]:
    """Return what a peer can do."""
    return dict(capabilities)


def obsmarkersversion(caps: Any) -> list[int]:
    """Return the versions of markers that a peer takes."""
    return [
        int(found[1:])
        for found in caps.get(b"obsmarkers", ())
        if found.startswith(b"V")
    ]


def processbundle(*_args: Any, **_options: Any) -> Any:
    """Refuse: bundles are read by native code only."""
    raise error.Abort(b"bundles are read by native code only; use 'hg unbundle'")


applybundle = getunbundler = processbundle
