"""Random templates, most of them well-formed."""

from __future__ import annotations

from .writer import Text, Writer

KEYWORDS = [
    b"activebookmark", b"author", b"bisect", b"bookmarks", b"branch", b"branches", b"changessincelatesttag",
    b"children", b"closesbranch", b"currentbookmark", b"date", b"desc", b"diffstat", b"extras", b"file_adds",
    b"file_copies", b"file_copies_switch", b"file_dels", b"file_mods", b"files", b"graphnode", b"graphwidth", b"index",
    b"instabilities", b"latesttag", b"latesttagdistance", b"manifest", b"namespaces", b"negrev", b"node", b"obsolete",
    b"obsfate", b"onelinesummary", b"p1", b"p2", b"p1node", b"p1rev", b"p2node", b"p2rev", b"parents", b"path",
    b"peerurls", b"phase", b"phaseidx", b"predecessors", b"rev", b"size", b"status", b"subrepos",
    b"succsandmarkers", b"successorssets", b"tags", b"termwidth", b"user", b"verbosity", b"whyunstable", b"ctx",
    b"_fast_rank", b"envvars", b"reporoot", b"changeset", b"parent", b"rn", b"short", b"self", b"nosuch", b"revcache", b"latesttags",
]  # fmt: skip
LISTS = [
    b"bookmarks", b"branches", b"children", b"extras", b"file_adds", b"file_copies", b"file_dels", b"file_mods",
    b"files", b"instabilities", b"latesttag", b"namespaces", b"parents", b"peerurls", b"predecessors", b"tags", b"envvars", b"obsfate",
    b"revset('last(all(), 3)')", b"revset('parents(%d)', rev)", b"files('**')", b"splitlines(desc)", b"dict(a=1, b=rev)",
    b"dict(rev, node|short)", b"succsandmarkers", b"successorssets", b"namespaces.tags", b"latesttag('v*')",
    b"latesttag('re:.*')", b"whyunstable", b"p1", b"p2", b"manifest", b"rev", b"desc", b"extras.branch",
    b"filter(files)", b"filter(dict(a='', b=1))", b"search('(.)(.)', desc)", b"search('(?P<x>\\w+)', desc)", b"reverse(files)",
]  # fmt: skip
FILTERS = [
    b"addbreaks", b"age", b"basename", b"cbor", b"commondir", b"count", b"dirname", b"domain", b"email",
    b"emailuser", b"escape", b"fill68", b"fill76", b"firstline", b"hex", b"hgdate", b"isodate", b"isodatesec", b"json",
    b"lower", b"nonempty", b"obfuscate", b"person", b"reverse", b"revescape", b"rfc3339date", b"rfc822date", b"short",
    b"shortbisect", b"shortdate", b"slashpath", b"splitlines", b"stringescape", b"stringify", b"stripdir", b"tabindent",
    b"upper", b"urlescape", b"user", b"utf8", b"websub", b"xmlescape", b"permissions", b"nosuch", b"utf8", b"cbor|hex",
]  # fmt: skip
FATES = [b"obsfatedate", b"obsfateoperations", b"obsfateusers", b"obsfateverb"]
MEMBERS = [b"rev", b"node", b"key", b"value", b"file", b"name", b"tag", b"branch", b"desc", b"changes", b"distance", b"1", b"0", b"x", b"bookmarks", b"source", b"path", b"line", b"files", b"p1"]
ITEMS = [
    b"'{file}'", b"'{key}={value}'", b"'{rev}:{node|short} '", b"'{index}{tag},'", b"'<{bookmark}{active}>'",
    b"'{line}|'", b"'{1}{2}{x}'", b"'{name} {source}'", b"\"{namespace}: {names % '{name};'}\"", b"'{p1.rev}'", b"'{branch}'",
    b"'{revision} {desc|firstline}'", b"'{child}'", b"'{tag} {changes} {distance}'", b"'{successor}{markers}'", b"rn", b"nosuch",
    b"'{parent}{instability}'", b"1", b"'{item}{predecessor}{extra}'", b"'{url}{urls}{pushurl}'", b"'{file}{path}{size}{status}'",
]  # fmt: skip
DATE_FORMATS = [b"%Y-%m-%d", b"%s", b"%H:%M:%S %z", b"%a %b %1 %2", b"%j %U %%", b"", b"%", b"%Q", b"%d.%m.%y %p %I", b"caf\xc3\xa9 %Y"]


class Templates(Writer):
    """Templates."""

    def number(self) -> Text:
        """Return a number that is safe as a width."""
        if self.dice.random() < 0.05:
            return self.one(b"99", b"007", b"12345")
        return b"%d" % self.dice.randint(0, 4)

    def template(self, depth: int) -> Text:
        """Return a text with expressions in it."""
        parts = []
        for _ in range(self.dice.randint(1, 3)):
            parts.append(self.one(b"", b"", b" ", b"x", b"\\n", b"\\t", b"\\{", b"\\x41", b"\xc3\xa9", b"}", b"\\", b"\n", b"%"))
            parts.append(b"{" + self.expression(depth) + b"}")
        return b"".join(parts)

    def text(self, depth: int) -> Text:
        """Return something that is a text."""
        return self.one(
            self.dice.choice(KEYWORDS), self.dice.choice(KEYWORDS), b"desc", b"author", b"node", b"rev", self.literal(depth), self.expression(depth),
        )  # fmt: skip

    def literal(self, depth: int) -> Text:
        """Return a string literal, at times a template itself."""
        plain = self.one(b"a", b"", b"x y", b"caf\xc3\xa9", b"\\n", b"foo-bar", b"*", b" ", b"1", b"dir/c", b"A B <a@b.c>", b"\\{", b"user")
        if depth > 0 and self.dice.random() < 0.3:
            inner = self.template(depth - 1)
            if b"'" not in inner:
                return b"'" + inner + b"'"
            if b'"' not in inner:
                return b'"' + inner + b'"'
        return self.one(b"'" + plain + b"'", b'"' + plain + b'"', b"r'" + plain + b"'")

    def expression(self, depth: int) -> Text:
        """Return an expression."""
        if depth <= 0 or self.dice.random() < 0.1:
            return self.one(self.dice.choice(KEYWORDS), self.dice.choice(KEYWORDS), self.dice.choice(LISTS), self.number(), self.literal(0))
        kind = self.dice.randrange(12)
        if kind < 3:
            return self.expression(depth - 1) + b"".join(
                b"|" + self.dice.choice(FILTERS) for _ in range(self.dice.choice([1, 1, 2]))
            )
        if kind < 5:
            return self.dice.choice(LISTS) + b" % " + self.dice.choice(ITEMS)
        if kind == 5:
            return self.expression(depth - 1) + b"." + self.dice.choice(MEMBERS)
        if kind == 6:
            operator = self.one(b" + ", b" - ", b" * ", b" / ", b"-")
            return self.one(b"rev", self.number(), self.expression(depth - 1)) + operator + self.one(b"rev", self.number(), self.expression(0))
        if kind == 7:
            return self.one(b"-" + self.expression(depth - 1), b"(" + self.expression(depth - 1) + b")")
        return self.function(depth)

    def function(self, depth: int) -> Text:
        """Return a call."""
        call, number = self.call, self.number()
        a, b, c = (self.text(depth - 1) for _ in range(3))
        some = self.one(self.dice.choice(LISTS), a)
        regex = self.quote(self.regex())
        file = self.quote(self.file_pattern())
        date = self.one(b"date", b"'2009-02-13 12:00 +0100'", b"'0 0'", a, b"p1.date", b"rev")
        query = self.quote(self.one(b"parents(%d)", b"%d:%s", b"ancestors(%d) and not %d", b"tag()", b"%ld", b"%s", b"unknown", b"%", b"%x", b"last(all())", b"%r"))
        config = self.one(b"'ui', 'username'", b"'x', 'y'", b"'phases', 'publish'", b"'x', 'y', 'z'", b"'diff', 'git'", b"'ui'")
        return self.one(
            call(b"date", date), call(b"date", date, self.quote(self.dice.choice(DATE_FORMATS))), call(b"fill", a, b"20"),
            call(b"fill", a, number + b"0", self.literal(0), self.literal(0)), call(b"fill", a), call(b"filter", some), call(b"filter", some, b),
            call(b"get", self.one(b"extras", b"dict(a=1)", a), self.one(b"'branch'", b"'a'", b)), call(b"if", a, b), call(b"if", a, b, c),
            call(b"ifcontains", a, some, b, c), call(b"ifeq", a, b, c, b"'no'"), call(b"ifeq", b"branch", b"'default'", b"'d'"),
            call(b"indent", a, self.literal(0)), call(b"indent", a, self.literal(0), self.literal(0)), call(b"join", some, self.literal(0)),
            call(b"join", some), call(b"label", b"'x.y'", a), call(b"label", a, b), call(b"latesttag", self.quote(self.pattern(b"v1.0"))),
            call(b"localdate", date), call(b"localdate", date, self.one(b"'UTC'", b"'+0100'", b"'x'", b"3600", b"'EST'")), call(b"mailmap", a),
            call(b"max", some), call(b"min", some), call(b"mod", number, self.number()), call(b"mod", b"rev", b"-3"), call(b"pad", a, number + b"0"),
            call(b"pad", a, b"9", self.one(b"'-'", b"'xx'", b"' '", b"''"), self.one(b"True", b"False", b"left=True")), call(b"pad", a, b"5", b"truncate=True"),
            call(b"pad", a, b"3", b"'x'", b"True", b"True"), call(b"pad", a, b"width=8"), call(b"relpath", a), call(b"revset", query), call(b"revset", query, b"rev"),
            call(b"revset", query, a, b), call(b"search", regex, a), call(b"search", regex, a) + b" % '{0}{1}'", call(b"separate", self.literal(0), a, b, c),
            call(b"separate", b"' '", some, b), call(b"shortest", b"node"), call(b"shortest", a, number), call(b"shortest", b"node", self.one(b"10", b"40", b"1", b"'x'")),
            call(b"startswith", self.literal(0), a), call(b"strip", a), call(b"strip", a, self.literal(0)), call(b"sub", regex, self.literal(0), a),
            call(b"sub", b"'(.)(.)'", self.one(b"r'\\2\\1'", b"'\\\\g<1>'", b"r'\\3'", b"r'\\g<x>'"), a), call(b"subsetparents", b"rev", b"revset('all()')"),
            call(b"word", number, a), call(b"word", self.one(b"-1", b"-9", b"0"), a, self.literal(0)), call(b"files", file), call(b"diff", file), call(b"diff"),
            call(b"dict", b"rev", b"x=" + a), call(b"dict", a), call(b"config", config), call(b"configbool", config), call(b"configint", config), call(b"rstdoc", a, b"'minimal'"),
            call(b"rstdoc", a, b"'html'"), call(b"twice", a), call(b"nosuch", a), call(self.dice.choice(FILTERS).split(b"|")[0], a), call(b"cbor", a), call(b"count", some),
            call(b"dict", b"a=" + a, b"b=" + b) + b"|json", call(b"json", some), call(b"stringify", some), call(b"ifeq", a, b), call(b"pad", a), call(b"if", a),
            call(b"extdata", self.one(b"'notes'", b"notes", b"'bad'", b"'x'")),
            call(b"formatnode", self.one(b"node", a)), call(self.one(*FATES), self.one(b"succsandmarkers", a)),
            b"succsandmarkers % " + self.one(b"'{markers|json}'", b"'{markers|count}{markers|reverse}'", b"'{markers.x}'", b"'{min(obsfatedate(markers))}'",
                b"'{join(obsfatedate(markers), \" \")}'", b"'{obsfatedate(markers) % \"{date|hgdate} \"}'", b"'{filter(markers)}'", b"'{markers}'"),
            call(b"reverse", some), call(b"filter", b"revset('last(all(), 3)')", b) + b"|" + self.one(b"json", b"reverse", b"count"),
            call(b"revset", self.quote(self.one(b"%ld", b"%ls", b"%d", b"%n", b"%ps", b"%lr", b"%lz", b"ancestor(%pd)", b"%ld or %d", b"reverse(%ld)", b"%b")), self.one(some, b"rev"), *self.dice.choice([[], [], [a]])),
            call(b"subsetparents", b"rev", self.one(b"filter(revset('0:5'))", b"revset('::. - 3')", b"parents", a)), call(b"ifcontains", some, a, b, c),
            call(b"ifcontains", self.one(b"date", b"p1", b"manifest", b"if('', 1)", b"dict(a=1)"), a, b, c), call(b"get", some, b),
            call(b"ifeq", a, a, some) + self.one(b".key", b" % '{key}'", b"|count", b"|reverse"), call(b"indent", b"diff()", self.literal(0)),
            b"succsandmarkers % " + self.one(*(b"'{%s(markers)}'" % fate for fate in FATES), b"'{obsfateverb(successors, markers)}'"),
            call(b"obsfateverb", a), call(b"obsfateverb", a, b), call(b"separate"), call(b"word", b"x", a), call(b"mod", b"1", b"0"), call(b"date", date, b"'%Y'", b), call(b"shortest", b"'zz'"),
        )  # fmt: skip
