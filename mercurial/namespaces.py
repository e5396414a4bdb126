"""Kinds of names of changesets.

Public: `namespace`, `namespaces`.
"""

from __future__ import annotations

from typing import Any, Iterator


class namespace:  # noqa: N801 -- the name is Mercurial's
    """A kind of names."""

    def __init__(
        self,
        name: bytes,
        templatename: bytes | None = None,
        logname: bytes | None = None,
        colorname: bytes | None = None,
        logfmt: bytes | None = None,
        listnames: Any = None,
        namemap: Any = None,
        nodemap: Any = None,
        deprecated: Any = None,
        builtin: bool = False,
        singlenode: Any = None,
        **_options: Any,
    ):
        self.name = name
        self.templatename = templatename or name
        self.logname = logname or name
        self.colorname = colorname or self.logname
        self.logfmt = logfmt or b"%s%%s\n" % (b"%s:" % self.logname).ljust(13)
        self.listnames = listnames
        self.namemap = namemap
        self.nodemap = nodemap
        self.deprecated = deprecated or set()
        self.builtin = builtin

    def names(self, repo: Any, node: bytes) -> list[bytes]:
        """Return the names of a changeset."""
        return sorted(self.nodemap(repo, node))

    def nodes(self, repo: Any, name: bytes) -> list[bytes]:
        """Return the changesets of a name."""
        return self.namemap(repo, name)


class namespaces:  # noqa: N801 -- the name is Mercurial's
    """The kinds of names of a repository; further ones are known to extensions only."""

    def __init__(self) -> None:
        self._names: dict[bytes, namespace] = {}
        self.addnamespace(
            namespace(
                b"bookmarks",
                b"bookmark",
                listnames=lambda repo: list(repo._bookmarks),
                namemap=lambda repo, name: (
                    [repo._bookmarks[name]] if name in repo._bookmarks else []
                ),
                nodemap=lambda repo, node: repo.nodebookmarks(node),
                builtin=True,
            )
        )
        self.addnamespace(
            namespace(
                b"tags",
                b"tag",
                listnames=lambda repo: list(repo.tags()),
                namemap=lambda repo, name: (
                    [repo.tags()[name]] if name in repo.tags() else []
                ),
                nodemap=lambda repo, node: repo.nodetags(node),
                builtin=True,
            )
        )
        self.addnamespace(
            namespace(
                b"branches",
                b"branch",
                listnames=lambda repo: [
                    name for name, *_ in repo.branchmap().iterbranches()
                ],
                namemap=lambda repo, name: [repo.branchtip(name, ignoremissing=True)],
                nodemap=lambda repo, node: [repo[node].branch()],
                builtin=True,
            )
        )

    def __getitem__(self, name: bytes) -> namespace:
        return self._names[name]

    def get(self, name: bytes, default: Any = None) -> Any:
        """Return a kind."""
        return self._names.get(name, default)

    def __iter__(self) -> Iterator[bytes]:
        return iter(self._names)

    def items(self) -> Any:
        """Return names and kinds."""
        return self._names.items()

    def addnamespace(self, namespace: namespace, order: Any = None) -> None:
        """Add a kind."""
        self._names[namespace.name] = namespace

    def singlenode(self, repo: Any, name: bytes) -> bytes:
        """Return the changeset of a name.

        Raises:
            KeyError: It has none.
        """
        for found in self._names.values():
            nodes = [node for node in found.nodes(repo, name) if node]
            if nodes:
                return nodes[-1]
        raise KeyError(b"no such name: %s" % name)
