"""What Python sees of the compiled module is the same with every binding."""

from __future__ import annotations

import gc
import os
import subprocess
import sys
import weakref
from pathlib import Path

import pytest

from mercurial import error, rustext


@pytest.fixture
def handle(tmp_path: Path, monkeypatch) -> rustext.RepoHandle:
    """Return a handle of an empty repository."""
    monkeypatch.setenv("HGRCPATH", "")
    return rustext.RepoHandle.init(os.fsencode(tmp_path / "r"))


class Index:
    def __index__(self) -> int:
        return 7


class Bytes(bytes):
    pass


class Base(rustext.Revs):
    """Has a constructor of its own."""

    def __new__(cls, revs, more=1) -> Base:
        return super().__new__(cls, revs)

    def __init__(self, revs, more=1) -> None:
        self.more = more


class Other(Base):
    __slots__ = ()


def test_arguments_by_position_and_name(handle) -> None:
    """All may be named; what has a default may be left out."""
    assert len(handle.revs(b"all()")) == 0
    assert len(handle.revs(spec=b"all()", user=True)) == 0
    assert handle.filtered(name=b"served").view_name() == b"served"
    assert rustext.bookmarks(repo=handle) == ([], None)
    assert len(rustext.Revlog(handle, kind="filelog", path=b"x")) == 0
    assert list(rustext.Revs(revs=(1, 2))) == [1, 2]
    assert rustext.Matcher(kind="never").matches_nothing()


@pytest.mark.parametrize(
    ("call", "raised"),
    [
        (lambda h: h.revs(), TypeError),
        (lambda h: h.revs(b"all()", True, 1), TypeError),
        (lambda h: h.revs(b"all()", spec=b"x"), TypeError),
        (lambda h: h.revs(b"all()", unknown=1), TypeError),
        (lambda h: h.revs("all()"), TypeError),
        (lambda h: h.revs(bytearray(b"all()")), TypeError),
        (lambda h: h.revs(b"all()", 1), TypeError),
        (lambda h: h.close(1), TypeError),
        (lambda h: h.filtered(b"nothing known"), KeyError),
        (lambda h: h.is_current(1, 2), TypeError),
        (lambda h: rustext.bookmarks(1), TypeError),
        (lambda h: rustext.Revs(), TypeError),
        (lambda h: rustext.Revs({1}), TypeError),
        (lambda h: rustext.Revs(iter([1])), TypeError),
        (lambda h: rustext.Revs([1.5]), TypeError),
        (lambda h: rustext.Revs([1 << 40]), OverflowError),
        (lambda h: rustext.Revlog(h, "\udc80"), UnicodeEncodeError),
        (lambda h: rustext.Revlog(h, "changelog").node(1 << 70), OverflowError),
        (lambda h: rustext.Revlog(h, "changelog").rev("x"), TypeError),
        (lambda h: rustext.RepoHandle.open(b"/does/not/exist"), error.Abort),
        (lambda h: rustext.RepoHandle(), TypeError),
        (lambda h: object.__new__(rustext.Revs), TypeError),
        (lambda h: memoryview(h), TypeError),
        (lambda h: setattr(rustext.Revs, "x", 1), TypeError),
        (lambda h: setattr(h, "__class__", rustext.UiHandle), TypeError),
        (lambda h: type("Below", (rustext.RepoHandle,), {}), TypeError),
    ],
)
def test_what_raises(handle, call, raised) -> None:
    """Wrong calls raise, by their kind."""
    with pytest.raises(raised):
        call(handle)


def test_sequences() -> None:
    """Lengths, items, membership, order, from the end too."""
    revs = rustext.Revs([3, Index(), True])
    assert (len(revs), revs[0], revs[-1], list(revs[1:])) == (3, 3, 1, [7, 1])
    assert list(reversed(revs)) == [1, 7, 3]
    assert 7 in revs
    assert not any(other in revs for other in ("x", None, 2.0, b""))
    with pytest.raises(IndexError):
        revs[3]
    with pytest.raises(OverflowError):
        assert 1 << 40 in revs
    assert bytes(memoryview(revs)) == b"".join(n.to_bytes(4, "little") for n in (3, 7, 1))
    assert memoryview(revs).readonly


def test_subclasses() -> None:
    """Attributes, weak references, overriding, and other classes put in place."""
    revs = Base([4, 5], more=2)
    assert (list(revs), revs.more, weakref.ref(revs)()) == ([4, 5], 2, revs)
    revs.__class__ = Other
    assert type(revs) is Other

    class Longer(rustext.Revs):
        def __len__(self) -> int:
            return super().__len__() + 40

    assert len(Longer([1, 2])) == 42


def test_classes_are_let_go_of() -> None:
    """Objects hold their class, and let go of it once; cycles are found."""
    gc.collect()
    before = sys.getrefcount(Other), sys.getrefcount(rustext.Revs)
    for number in range(3000):
        revs = Other([number])
        revs.itself = revs
    del revs
    gc.collect()
    after = sys.getrefcount(Other), sys.getrefcount(rustext.Revs)
    assert after == before


def test_bytes_below_bytes(handle) -> None:
    """Classes below `bytes` are bytes."""
    assert len(handle.revs(Bytes(b"all()"))) == 0


def test_exceptions_outlive_what_is_let_go_of(handle) -> None:
    """A transaction is given up while an exception clears the stack: that one still arrives."""
    said = []
    lock = rustext.Lock.take(handle, False)

    def begin() -> rustext.Transaction:
        tr = rustext.Transaction.begin(handle, b"x")
        tr.add_callback("abort", "mine", lambda: said.append([str(n) for n in range(3)]))
        return tr

    with pytest.raises(ZeroDivisionError) as caught:
        print(begin(), 1 // len(said))
    assert said == [["0", "1", "2"]]
    assert caught.value.__context__ is None
    lock.let_go()


def test_untested_interpreter() -> None:
    """A newer interpreter than any that was tested is refused, with words."""
    script = "import sys; sys.version_info = (3, 99, 0, 'final', 0); import mercurial"
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert "ImportError: quicksilver was tested with Python 3.8 to 3.14, not 3.99" in result.stderr


REFUSED = """
import os, runpy, setuptools, setuptools_rust, sys
for minor, binding in ((99, ""), (14, "rust-cpython"), (10, "pyo3"), (7, "")):
    sys.version_info = (3, minor, 0, "final", 0)
    os.environ["QUICKSILVER_BINDING"] = binding
    try:
        runpy.run_path(sys.argv[1])
    except SystemExit as refusal:
        print(refusal)
"""


def test_untested_interpreter_builds_nothing() -> None:
    """What a binding was not tested with is refused before anything is compiled, with words."""
    setup = Path(__file__).parents[2] / "setup.py"
    result = subprocess.run(
        [sys.executable, "-c", REFUSED, setup], stdout=subprocess.PIPE, text=True, check=True
    )
    tail = "; use one of those, or a newer Quicksilver"
    assert result.stdout.splitlines() == [
        f"quicksilver: the pyo3 binding was tested with Python 3.11 to 3.14, not 3.99{tail}",
        f"quicksilver: the rust-cpython binding was tested with Python 3.8 to 3.13, not 3.14{tail}",
        f"quicksilver: the pyo3 binding was tested with Python 3.11 to 3.14, not 3.10{tail}",
        f"quicksilver: the rust-cpython binding was tested with Python 3.8 to 3.13, not 3.7{tail}",
    ]


def test_border(handle) -> None:
    """What measures the border crosses it; what is guarded refuses to work after closing."""
    border, node = rustext.Border.of(handle), bytes(range(20))
    guarded = [border.guarded, border.guarded_unlocked]
    for cross in [border.echo, border.bare, border.bare_unlocked, *guarded]:
        assert cross(node) == node
    for nothing in (b"", b"x" * 19, b"x" * 21, "x" * 20, bytearray(node), None):
        assert border.echo(nothing) == b""
    handle.close()
    for cross in guarded:
        with pytest.raises(error.ClosedError):
            cross(node)


def test_one_module_is_installed() -> None:
    """The package holds the module of one binding, not what another has left behind."""
    assert rustext.__file__ is not None
    place = Path(rustext.__file__).parent
    assert [found.name for found in place.glob("rustext.*.so")] == [Path(rustext.__file__).name]
