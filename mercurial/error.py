"""Exceptions of the extension API. The native core raises these types too.

Public: everything without a leading underscore.
"""

from __future__ import annotations


class Hint(Exception):
    """An error that can tell the user a way out.

    Args:
        message: What is wrong, without newline.
        hint: What the user can do, shown in parentheses.
    """

    def __init__(self, message: bytes = b"", *args: object, hint: bytes | None = None):
        super().__init__(message, *args)
        self.message = message
        self.hint = hint


class Error(Hint):
    """Base of errors that end a command with `abort: ...`."""

    coarse_exit_code: int | None = None
    detailed_exit_code: int | None = None


class Abort(Error):
    """Any failure that the user must see."""


class InputError(Abort):
    """The arguments are at fault."""

    detailed_exit_code = 10


class StateError(Abort):
    """The repository's state does not allow it now."""

    detailed_exit_code = 20


class CanceledError(Abort):
    """The user cancelled."""

    detailed_exit_code = 250


class SecurityError(Abort):
    """Refused for safety."""

    detailed_exit_code = 150


class ConfigError(Abort):
    """The configuration is at fault."""

    detailed_exit_code = 30


class HookAbort(Abort):
    """A hook refused."""

    detailed_exit_code = 40


class HookLoadError(Abort):
    """A hook could not be loaded."""


class StorageError(Error):
    """Stored data is missing or corrupt."""

    detailed_exit_code = 50


class RevlogError(StorageError):
    """A revlog is corrupt."""


class RemoteError(Abort):
    """A remote peer failed."""

    detailed_exit_code = 100


class InterventionRequired(Abort):
    """The user must do something before the operation can go on."""

    coarse_exit_code = 1
    detailed_exit_code = 240


class RepoError(Error):
    """The repository cannot be opened."""


class RequirementError(RepoError):
    """The repository needs a feature that is not there."""


class CapabilityError(RepoError):
    """A peer lacks a capability."""


class LookupError(StorageError, KeyError):  # noqa: A001 -- the name is Mercurial's
    """A node or path is not in an index."""


class AmbiguousPrefixLookupError(LookupError):
    """A node id prefix fits several revisions."""


class RepoLookupError(RepoError):
    """A revision is unknown."""

    detailed_exit_code = 10


class FilteredRepoLookupError(RepoLookupError):
    """A revision exists but is hidden."""


class ParseError(Abort):
    """A text in one of the query languages cannot be parsed."""

    detailed_exit_code = 10

    def __init__(
        self, message: bytes, location: int | None = None, hint: bytes | None = None
    ):
        super().__init__(message, hint=hint)
        self.location = location


class LockError(Error):
    """A lock cannot be taken."""


class LockHeld(LockError):
    """Somebody else holds the lock."""


class LockUnavailable(LockError):
    """The file system does not let us take the lock."""


class UnknownCommand(Exception):
    """The command does not exist."""


class AmbiguousCommand(Exception):
    """The abbreviation fits several commands."""


class CommandError(Exception):
    """The command line cannot be parsed."""


class ProgrammingError(Hint, RuntimeError):
    """A mistake in the program or an extension."""


class SignatureError(Exception):
    """A function was called with the wrong arguments."""


class ClosedError(ProgrammingError):
    """A handle was used after the object behind it was closed."""
