"""Random filesets, most of them well-formed."""

from __future__ import annotations

from .writer import Text, Writer


class Filesets(Writer):
    """Filesets."""

    def set(self, depth: int) -> Text:
        """Return an expression."""
        if depth <= 0 or self.dice.random() < 0.2:
            return self.leaf()
        kind = self.dice.randrange(8)
        a = self.set(depth - 1)
        if kind < 3:
            b = self.set(depth - 1)
            operator = self.one(b" and ", b" & ", b" or ", b" + ", b" | ", b" - ", b" and not ")
            return self.one(a + operator + b, b"(" + a + b")" + operator + b"(" + b + b")")
        if kind == 3:
            return self.one(b"not " + a, b"!" + a, b"(" + a + b")", b"- " + a)
        if kind == 4:
            revs = [b"%d" % self.dice.randint(0, self.repository.count) for _ in range(2)]
            rev = self.one(*revs, b"wdir()", b"'::tip'", b"null", b".", b"'last(all(), 3)'", b"unknown", b"''")
            return self.one(self.call(b"revs", rev, a), self.call(b"status", self.one(*revs, b"."), rev, a), self.call(b"revs", rev))
        return self.leaf()

    def leaf(self) -> Text:
        """Return a pattern or a predicate."""
        call, quote = self.call, self.quote
        file = self.file_pattern()
        none = [
            b"added", b"binary", b"clean", b"copied", b"deleted", b"exec", b"hgignore", b"ignored", b"missing",
            b"modified", b"portable", b"removed", b"resolved", b"symlink", b"tracked", b"unknown", b"unresolved",
        ]  # fmt: skip
        kinds = [b"glob", b"path", b"re", b"relpath", b"relglob", b"rootglob", b"listfile", b"x", b"set", b"filepath"]
        size = self.one(b"1", b"> 3", b"<= 1k", b"1k", b"1 - 20", b">= .5k", b"x", b"", b"< -1", b"1b", b"2 kB", b"=3")
        return self.one(
            quote(file), quote(file), b"**", b"*.txt", b"a", b"dir", b"dir/*", self.one(*kinds) + b":" + self.one(b"a", b"dir", b"'**'", quote(file)),
            *(call(name) for name in none), *(call(name) for name in none), call(b"grep", quote(self.regex())),
            call(b"size", quote(size)), call(b"encoding", self.one(b"ascii", b"'utf-8'", b"latin1", b"nosuch", b"")),
            call(b"eol", self.one(b"dos", b"unix", b"mac", b"x")), call(b"subrepo"), call(b"subrepo", quote(file)), call(b"nosuch"),
            call(b"added", b"1"), call(b"adde"), b"''",
        )  # fmt: skip
