"""Build one wheel: the native `hg`, `mercurial.rustext` and the Python packages."""

from __future__ import annotations

import os
import sys
import sysconfig

from setuptools import setup
from setuptools_rust import Binding, RustBin, RustExtension

# Each binding with the newest Python it was tested with. On a newer one, what looks like a build
# that works may crash: refuse instead.
TESTED = {"rust-cpython": (3, 13), "pyo3": (3, 14)}
# PyO3's stable ABI has the buffer protocol since then.
OLDEST = {"rust-cpython": (3, 8), "pyo3": (3, 11)}


def binding() -> str:
    """Choose the binding, unless QUICKSILVER_BINDING names it; refuse what was not tested."""
    if sys.implementation.name != "cpython" or sysconfig.get_config_var("Py_GIL_DISABLED"):
        sys.exit("quicksilver: only CPython with its global lock is supported")
    default = "rust-cpython" if sys.version_info < (3, 14) else "pyo3"
    name = os.environ.get("QUICKSILVER_BINDING") or default
    if name not in TESTED:
        sys.exit(f"quicksilver: no such binding: {name} (there are {', '.join(TESTED)})")
    if not OLDEST[name] <= sys.version_info[:2] <= TESTED[name]:
        oldest, newest = (".".join(map(str, limits[name])) for limits in (OLDEST, TESTED))
        running = ".".join(map(str, sys.version_info[:2]))
        sys.exit(
            f"quicksilver: the {name} binding was tested with Python {oldest} to {newest}, "
            f"not {running}; use one of those, or a newer Quicksilver"
        )
    return name


BINDING = binding()
# `release` for users; the pipeline asks for its own profile to stay short.
PROFILE = os.environ.get("QUICKSILVER_PROFILE", "release")
CARGO_ARGS = ["--locked", "--profile", PROFILE]

setup(
    packages=[
        "mercurial",
        "mercurial.api",
        "mercurial.contexts",
        "mercurial.hgweb",
        "mercurial.interfaces",
        "mercurial.uiparts",
        "mercurial.utils",
        "hgext",
    ],
    package_data={"mercurial": ["py.typed", "*.pyi", "include/*.h"]},
    rust_extensions=[
        RustExtension(
            "mercurial.rustext",
            path="rust/hg-cpython/Cargo.toml",
            binding=Binding.NoBinding if BINDING == "pyo3" else Binding.RustCPython,
            args=CARGO_ARGS + (["--no-default-features"] if BINDING == "pyo3" else []),
            features=[BINDING],
            py_limited_api=BINDING == "pyo3",
            debug=False,
        ),
        RustBin("hg", path="rust/hg/Cargo.toml", args=CARGO_ARGS, debug=False),
    ],
    # Apart: a wheel must not find the module that the other binding has left behind.
    options={"build": {"build_base": f"build/{BINDING}"}},
    zip_safe=False,
)
