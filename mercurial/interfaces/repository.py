"""Interfaces of objects; nothing is checked against them.

Public: nothing yet.
"""

from __future__ import annotations


class IPeer:
    """What can be asked of another repository."""


class ipeercapabilities:  # noqa: N801 -- the name is Mercurial's
    """What another repository says it can do."""


class ipeercommands:  # noqa: N801 -- the name is Mercurial's
    """What another repository can be told to do."""


class ipeerrequests:  # noqa: N801 -- the name is Mercurial's
    """How requests are sent."""


class ipeercommandexecutor:  # noqa: N801 -- the name is Mercurial's
    """Who sends requests."""


peer = IPeer
