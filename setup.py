"""Build one wheel: the native `hg`, `mercurial.rustext` and the Python packages."""

from __future__ import annotations

import os
import sys

from setuptools import setup
from setuptools_rust import Binding, RustBin, RustExtension

# rust-cpython crashes at the first call on newer interpreters: refuse instead.
if sys.version_info >= (3, 14):
    sys.exit("quicksilver: Python 3.14 and newer are not supported yet")

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
            binding=Binding.RustCPython,
            args=CARGO_ARGS,
            debug=False,
        ),
        RustBin("hg", path="rust/hg/Cargo.toml", args=CARGO_ARGS, debug=False),
    ],
    zip_safe=False,
)
