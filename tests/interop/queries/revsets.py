"""Random revsets, most of them well-formed."""

from __future__ import annotations

from .repository import BRANCHES, DATES, NAMES, USERS
from .writer import Text, Writer


class Revsets(Writer):
    """Revsets."""

    def symbol(self) -> Text:
        """Return what names a changeset, or does not."""
        repository = self.repository
        kind = self.dice.randrange(20)
        if kind < 7:
            return b"%d" % self.dice.randint(0, max(repository.count - 1, 0))
        if kind < 9:
            return self.one(b".", b"tip", b"null", b"-1", b"-2", b"wdir()", b"p1()", b"-%d" % (repository.count + 1))
        if kind < 12:
            node = self.dice.choice(repository.nodes)
            return node[: self.dice.choice([1, 3, 5, 8, 12, 12, 40, 40])]
        if kind < 17:
            names = [*repository.names, *NAMES, *BRANCHES]
            name = self.dice.choice(names)
            return name if self.dice.random() < 0.5 else self.quote(name)
        return self.one(
            b"ffff", b"f" * 40, b"f" * 12, b"unknown", b"tipp", b"'-'", b"x-y", b"0" * 40, b"default", b"stable",
            b"sym", b"unused", b"@", b"''", b"+plus", b"a-b-c", b"foo-bar", b"0" * 12, b"00", b"2147483647",
            b"-2147483649", b"99999999999", b"\xff", b"$1",
        )  # fmt: skip

    def set(self, depth: int) -> Text:
        """Return an expression."""
        if depth <= 0 or self.dice.random() < 0.15:
            return self.symbol()
        kind = self.dice.randrange(12)
        if kind < 5:
            return self.predicate(depth)
        if kind < 9:
            return self.infix(depth)
        inner = self.set(depth - 1)
        return self.one(
            b"not " + inner, b"!" + inner, b"(" + inner + b")", b"(" + inner + b")^", b"(" + inner + b")^2",
            b"(" + inner + b")~" + self.number(), inner + b"^", inner + b"~" + self.number(), b"::" + inner,
            inner + b"::", b":" + inner, inner + b":", b"not(" + inner + b")", b"(" + inner + b")^" + self.number(),
            self.relation(inner), self.relation(b"(" + inner + b")"), inner + b"%", b"..(" + inner + b")", b"-" + inner, b"(" + inner + b")~-1", b"::", b":",
        )  # fmt: skip

    def relation(self, inner: Text) -> Text:
        """Return a set and what it is asked for."""
        name = b"#" + self.one(b"generations", b"generations", b"g", b"x", b"")
        bounds = self.one(b"", b"0", b"-1", b"1", b":", b"-1:1", b":0", b"1:", b"0:2", b"2:0", b"x", b"a:b", b"-2:-1")
        return inner + self.one(name, name + b"[" + bounds + b"]", name + b"[" + bounds + b"]", b"[" + bounds + b"]")

    def infix(self, depth: int) -> Text:
        """Return two expressions with an operator between them."""
        left, right = self.set(depth - 1), self.set(depth - 1)
        operator = self.one(
            b" and ", b" & ", b" or ", b" + ", b"|", b" - ", b"::", b":", b" % ", b" ## ", b"..", b" and not ", b"-",
            b" + ", b" and ", b" ^ ", b"~",
        )  # fmt: skip
        if self.dice.random() < 0.4:
            left, right = b"(" + left + b")", b"(" + right + b")"
        return left + operator + right

    def predicate(self, depth: int) -> Text:
        """Return a call of a predicate."""
        if self.dice.random() < 0.45:
            return self.about_sets(depth)
        return self.about_texts()

    def about_sets(self, depth: int) -> Text:
        """Return a call with sets as arguments."""
        a, b, n = self.set(depth - 1), self.set(depth - 1), self.number()
        call = self.call
        keys = (b"rev", b"-rev", b"branch", b"desc", b"user", b"author", b"date", b"-date", b"node", b"topo", b"-node")
        sort_key = b" ".join(self.dice.choices(keys, k=self.dice.choice([1, 1, 1, 2])))
        fields = b"description author branch date files phase parents substate user diff summary metadata".split()
        return self.one(
            call(b"ancestor", a, b), call(b"ancestor", a), call(b"ancestors", a), call(b"ancestors", a, n),
            call(b"ancestors", a, b"depth=" + n), call(b"ancestors", a, b"startdepth=" + n),
            call(b"children", a), call(b"commonancestors", a), call(b"descendants", a), call(b"descendants", a, n),
            call(b"descendants", a, b"startdepth=1", b"depth=" + n), call(b"destination", a), call(b"first", a, n),
            call(b"first", a), call(b"last", a, n), call(b"limit", a, n, n), call(b"heads", a), call(b"roots", a),
            call(b"max", a), call(b"min", a), call(b"only", a), call(b"only", a, b), call(b"origin", a),
            call(b"p1", a), call(b"p2", a), call(b"parents", a), call(b"present", a), call(b"reverse", a),
            call(b"revset", a), call(b"sort", a, sort_key), call(b"sort", a, self.quote(sort_key)), call(b"sort", a),
            call(b"sort", a, b"topo", b"topo.firstbranch=" + b), call(b"branch", a), call(b"expectsize", a, n),
            call(b"expectsize", a, n + b":" + n), call(b"matching", a), call(b"matching", a, self.one(*fields)),
            call(b"matching", a, self.quote(self.one(*fields) + b" " + self.one(*fields))), call(b"successors", a),
            call(b"plus", a, b), call(b"limit", a, b), call(b"_firstancestors", a), call(b"_commonancestorheads", a),
            call(b"only", a, b, n), call(b"heads", call(b"commonancestors", a)), call(b"ancestors", call(b"ancestors", a)),
            call(b"sort", call(b"reverse", a), b"-rev"), call(b"reverse", call(b"sort", a, sort_key)),
            call(b"present", b"unknown"), call(b"ancestors", a, b"depth=" + n, b"depth=" + n), call(b"heads"),
            call(b"limit", call(b"sort", a, sort_key), n), call(b"_followfirst", a), call(b"_firstdescendants", a),
        )  # fmt: skip

    def about_texts(self) -> Text:
        """Return a call with texts as arguments, or none."""
        call, quote = self.call, self.quote
        file = quote(self.file_pattern())
        user = quote(self.pattern(self.dice.choice(USERS)[:6]))
        name = quote(self.pattern(self.dice.choice(NAMES)))
        branch = quote(self.pattern(self.dice.choice(BRANCHES)))
        regex = quote(self.regex())
        date = quote(
            self.one(*DATES, b">0 0", b"<1234567890 0", b"2009", b"1970-01-01 to 1975", b"today", b"-3", b"x", b"")
        )
        lines = self.number() + b":" + self.number()
        return self.one(
            *(call(name) for name in NULLARY), *(call(name) for name in NULLARY), call(b"adds", file), call(b"modifies", file), call(b"removes", file),
            call(b"file", file), call(b"filelog", file), call(b"contains", file), call(b"author", user),
            call(b"user", user), call(b"bisect", self.one(b"good", b"bad", b"range", b"x", b"untested", b"ignored")),
            call(b"bookmark", name), call(b"tag", name), call(b"branch", branch), call(b"converted", regex),
            call(b"date", date), call(b"desc", quote(self.pattern(b"issue"))), call(b"diffcontains", regex),
            call(b"extra", self.one(b"branch", b"close", b"'rebase_source'", b"amend_source", b"x")),
            call(b"extra", b"branch", branch), call(b"grep", regex), call(b"id", self.symbol()),
            call(b"keyword", quote(self.one(b"issue", b"MIXED", b"caf\xc3\xa9", b"other", b""))),
            call(b"named", quote(self.one(b"bookmarks", b"tags", b"branches", b"re:.*", b"x", b"literal:tags"))),
            call(b"rev", self.number()), call(b"_rev", self.number()), call(b"_intlist", b"'1\\x00%d\\x001'" % self.dice.randint(0, 9)),
            call(b"_list", b"'tip\\x00%d\\x00tip'" % self.dice.randint(0, 9)), call(b"_hexlist", b"'%s\\x00%s'" % (self.dice.choice(self.repository.nodes), self.dice.choice(self.repository.nodes))),
            call(b"_phaseandancestors", self.one(b"draft()", b"1", b"x"), b"head()"), call(b"_destmerge"), call(b"_destupdate"), call(b"bisected", b"good"),
            call(b"_fast_rank"), call(b"_mergedefaultdest"), call(b"_flipand", b"1", b"2"), call(b"parents", b"wdir()"), call(b"p2", b"merge()"), call(b"matching", b"merge()", b"'parents'"), call(b"subrepo", file), call(b"follow", file), call(b"follow", file, self.symbol()),
            call(b"followlines", file, lines), call(b"followlines", file, lines, b"startrev=" + self.symbol()),
            call(b"followlines", file, lines, b"descend=" + self.one(b"True", b"False", b"1", b"x")), call(b"issue", self.number()),
            call(b"nosuch"), call(b"ancestorss", b"1"), call(b"nodefromfile", b"'nosuchfile'"), call(b"nodefromfile", b"'.hg/nodes'"),
            call(b"outgoing"), call(b"outgoing", b"default"), call(b"outgoing", self.one(b"'../elsewhere'", b"nosuch", b"''")),
            call(b"remote", self.symbol()), call(b"remote", self.symbol(), b"default"), call(b"extdata", b"notes"),
            call(b"extdata", b"'bad'"), call(b"sort", self.symbol() + b":", b"'topo.firstbranch'"), call(b"loop", b"1"),
            call(b"_matchfiles", quote(b"p:a")), call(b"extdata", b"x"), call(b"tag", b"1", b"2"), call(b"date"), call(b"stack"),
            call(b"closed", b"x"), call(b"rev"), call(b"id", b"'zz'"), call(b"bookmark", b"1"), call(b"remote", b"1", b"2", b"3"),
        )  # fmt: skip


NULLARY = [
    b"all", b"none", b"merge", b"closed", b"branchpoint", b"head", b"draft", b"public", b"secret", b"obsolete",
    b"orphan", b"phasedivergent", b"contentdivergent", b"extinct", b"hidden", b"bookmark", b"tag", b"wdir", b"p1",
    b"p2", b"parents", b"outgoing", b"remote", b"origin", b"destination", b"follow", b"unstable", b"bundle", b"conflictlocal",
    b"conflictother", b"subrepo", b"converted", b"_notpublic", b"_internal", b"tagged", b"heads",
]  # fmt: skip
