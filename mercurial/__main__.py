"""`python -m mercurial ARGS`: the Python door to the same dispatcher as `hg`."""

from __future__ import annotations

from mercurial import dispatch

if __name__ == "__main__":
    dispatch.run()
