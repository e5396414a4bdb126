"""What writers of random queries share."""

from __future__ import annotations

import random

from .repository import FILES, Repository

Text = bytes


class Writer:
    """What the three languages share."""

    def __init__(self, dice: random.Random, repository: Repository):
        """Write about a repository."""
        self.dice = dice
        self.repository = repository

    def one(self, *choices: Text) -> Text:
        """Return one of the texts."""
        return self.dice.choice(choices)

    def number(self) -> Text:
        """Return a small number, seldom a strange one."""
        if self.dice.random() < 0.05:
            return self.one(b"99999", b"-9", b"2147483647", b"9" * 25, b"0x1", b"1.5", b"007")
        return b"%d" % self.dice.randint(0, 4)

    def quote(self, text: Text) -> Text:
        """Return a string literal."""
        quote = self.one(b"'", b'"')
        if self.dice.random() < 0.15 and quote not in text and not text.endswith(b"\\"):
            return b"r" + quote + text + quote
        for old, new in ((b"\\", b"\\\\"), (quote, b"\\" + quote), (b"\n", b"\\n")):
            text = text.replace(old, new)
        return quote + text + quote

    def file_pattern(self) -> Text:
        """Return a pattern of files."""
        name = self.dice.choice(FILES)
        return self.one(
            name,
            name,
            b"path:" + name,
            b"glob:*" + name[-1:],
            b"re:" + name[:1],
            b"relpath:dir",
            b"rootfilesin:dir",
            b"glob:**",
            b"**.py",
            b"dir",
            b"dir/**",
            b"missing",
            b"nosuchkind:x",
            b"re:(",
            b"",
            b"set:added()",
            b"filepath:a",
            b"rootglob:*",
            b"../outside",
            b".",
        )

    def regex(self) -> Text:
        """Return a regular expression."""
        return self.one(b"issue", b"^a", b"(?i)MIXED", b"[a-", b"\\bissue 12\\b", b"caf.", b"(x)?", b"\\d+", b".", b"$", b"")

    def pattern(self, plain: Text) -> Text:
        """Return a text pattern."""
        return self.one(plain, plain, b"literal:" + plain, b"re:" + self.regex(), b"re:" + plain[:1], b"no:" + plain)

    def call(self, name: Text, *arguments: Text) -> Text:
        """Return a call."""
        return name + b"(" + self.one(b", ", b",").join(arguments) + b")"

    def damage(self, text: Text) -> Text:
        """Return the text with a mistake in it."""
        for _ in range(self.dice.randint(1, 2)):
            at = self.dice.randint(0, len(text))
            to = min(len(text), at + self.dice.randint(0, 3))
            junk = self.one(
                b"", b"(", b")", b",", b"'", b'"', b"::", b":", b"..", b"^", b"~", b"##", b"#", b"|", b"&", b"%",
                b"\\", b"{", b"}", b" ", b"=", b"-", b"+", b"not ", b" and ", b"\xff", b"\xc3\xa9", b"1", b"x",
                b"!", b"*", b"/", b".", b"@", b"$", b"\n", b"r'", b"\\x4", b"\\n", b"1()", b"a=", b"[", b"%%",
            )  # fmt: skip
            text = text[:at] + junk + text[to:]
        return text.replace(b"\0", b"")
