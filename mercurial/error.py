"""Exceptions of the extension API. The native core raises these types too.

Public: everything without a leading underscore.
"""

from __future__ import annotations

from typing import Any, Iterable


def _tobytes(exc: BaseException) -> bytes:
    """Return the text of an exception as bytes."""
    parts = [
        arg if isinstance(arg, bytes) else str(arg).encode("utf-8", "surrogateescape")
        for arg in exc.args
    ]
    return b" ".join(parts)


class Hint:
    """Mix-in of errors that can tell the user a way out."""

    def __init__(self, *args: Any, hint: bytes | None = None, **_options: Any):
        self.hint = hint
        super().__init__(*args)


class Error(Hint, Exception):
    """Base of errors that end a command with `abort: ...`.

    Args:
        message: What is wrong, without newline.
        hint: What the user can do, shown in parentheses.
    """

    coarse_exit_code: int | None = None
    detailed_exit_code: int | None = None

    def __init__(
        self, message: bytes = b"", *args: Any, hint: bytes | None = None, **kwargs: Any
    ):
        if isinstance(message, str):
            # Not what it should be, but who is told of an error must read it.
            message = message.encode("utf-8", "surrogateescape")
        self.message = message
        super().__init__(message, *args, hint=hint, **kwargs)

    def __bytes__(self) -> bytes:
        return self.message

    def __str__(self) -> str:
        return self.message.decode("utf-8", "surrogateescape")

    def format(self) -> bytes:
        """Return the complete lines that tell the user."""
        text = b"abort: %s\n" % self.message
        if self.hint:
            text += b"(%s)\n" % self.hint
        return text


class Abort(Error):
    """Any failure that the user must see."""


class StorageError(Error):
    """Stored data is missing or corrupt."""

    detailed_exit_code = 50


class RevlogError(StorageError):
    """A revlog is corrupt."""


class SidedataHashError(RevlogError):
    """Side data does not have the expected hash."""


class FilteredIndexError(IndexError):
    """A revision number is hidden."""


class LookupError(RevlogError, KeyError):
    """A node or path is not in an index.

    Args:
        name: What was looked up.
        index: Where.
        message: Why it was not found.
    """

    def __init__(self, name: bytes = b"", index: bytes = b"", message: bytes = b""):
        self.name = name
        self.index = index
        self.lookupmessage = message
        shown = name.hex().encode() if len(name) == 20 else name
        super().__init__(b"%s@%s: %s" % (index, shown, message) if message else name)

    def __str__(self) -> str:
        return Error.__str__(self)


class AmbiguousPrefixLookupError(LookupError):
    """A node id prefix fits several revisions."""


class FilteredLookupError(LookupError):
    """A node is hidden."""


class ManifestLookupError(LookupError):
    """A path is not in a manifest."""


class CommandError(Exception):
    """The command line cannot be parsed: command, complaint."""

    def __init__(self, command: bytes | None, message: bytes):
        self.command = command
        self.message = message
        super().__init__()

    __bytes__ = lambda self: self.message  # noqa: E731 -- the shape is the API's


class UnknownCommand(Exception):
    """The command does not exist: name, all names."""

    def __init__(self, command: bytes, all_commands: Iterable[bytes] | None = None):
        self.command = command
        self.all_commands = all_commands
        super().__init__()


class AmbiguousCommand(Exception):
    """The abbreviation fits several commands: prefix, names."""

    def __init__(self, prefix: bytes, matches: Iterable[bytes]):
        self.prefix = prefix
        self.matches = matches
        super().__init__()


class WorkerError(Exception):
    """A worker process died."""

    def __init__(self, status_code: int):
        self.status_code = status_code
        super().__init__()


class InterventionRequired(Abort):
    """The user must do something before the operation can go on."""

    coarse_exit_code = 1
    detailed_exit_code = 240

    def format(self) -> bytes:
        """Return the complete lines that tell the user."""
        text = b"%s\n" % self.message
        if self.hint:
            text += b"(%s)\n" % self.hint
        return text


class ConflictResolutionRequired(InterventionRequired):
    """Conflicts must be resolved before an operation can go on: its name."""

    def __init__(self, opname: bytes):
        self.opname = opname
        super().__init__(
            b"unresolved conflicts (see 'hg resolve', then 'hg %s --continue')" % opname
        )


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


class HookLoadError(Abort):
    """A hook could not be loaded."""


class HookAbort(Abort):
    """A hook refused."""

    detailed_exit_code = 40


class ConfigError(Abort):
    """The configuration is at fault."""

    detailed_exit_code = 30

    def format(self) -> bytes:
        """Return the complete lines that tell the user."""
        text = b"config error: %s\n" % self.message
        if self.hint:
            text += b"(%s)\n" % self.hint
        return text


class UpdateAbort(Abort):
    """An update would lose something."""


class MergeDestAbort(Abort):
    """There is no merge destination, or more than one."""


class InMemoryMergeConflictsError(Exception):
    """A merge in memory would need a merge of files."""


class NoMergeDestAbort(MergeDestAbort):
    """There is nothing to merge."""


class ManyMergeDestAbort(MergeDestAbort):
    """There is more than one head to merge with."""


class ResponseExpected(Abort):
    """The user's answer did not come."""

    def __init__(self) -> None:
        super().__init__(b"response expected")


class RemoteError(Abort):
    """A remote peer failed."""

    detailed_exit_code = 100


class OutOfBandError(RemoteError):
    """A remote peer said what is wrong."""

    def __init__(self, message: bytes | None = None, hint: bytes | None = None):
        super().__init__(message or b"", hint=hint)


class ParseError(Abort):
    """A text in one of the query languages, or a file, cannot be parsed."""

    detailed_exit_code = 10

    def __init__(
        self,
        message: bytes,
        location: int | bytes | None = None,
        hint: bytes | None = None,
    ):
        super().__init__(message, hint=hint)
        self.location = location

    def format(self) -> bytes:
        """Return the complete lines that tell the user."""
        where = b""
        if self.location is not None:
            at = self.location
            where = b" at %s" % (at if isinstance(at, bytes) else b"%d" % at)
        text = b"hg: parse error%s: %s\n" % (where, self.message)
        if self.hint:
            text += b"(%s)\n" % self.hint
        return text


class PatchError(Exception):
    """A patch cannot be read or applied."""

    __bytes__ = _tobytes


class PatchParseError(PatchError):
    """A patch is malformed."""


class PatchApplicationError(PatchError):
    """A patch does not apply."""


def getsimilar(symbols: Iterable[bytes], value: bytes) -> list[bytes]:
    """Return the symbols that look like `value`."""
    import difflib  # late: only failures need it

    def close(symbol: bytes) -> bool:
        ratio = difflib.SequenceMatcher(
            None, value.decode("latin-1"), symbol.decode("latin-1")
        )
        return ratio.ratio() > 0.6

    return [symbol for symbol in symbols if close(symbol)]


class UnknownIdentifier(ParseError):
    """A name in a query is unknown: it, and the known ones."""

    def __init__(self, function: bytes, symbols: Iterable[bytes]):
        self.function = function
        self.symbols = symbols
        similar = getsimilar(symbols, function)
        hint = None
        if len(similar) == 1:
            hint = b"did you mean %s?" % similar[0]
        elif similar:
            hint = b"did you mean one of %s?" % b", ".join(sorted(similar))
        super().__init__(b"unknown identifier: %s" % function, hint=hint)


class RepoError(Error):
    """The repository cannot be opened."""


class RepoLookupError(RepoError):
    """A revision is unknown."""

    detailed_exit_code = 10


class FilteredRepoLookupError(RepoLookupError):
    """A revision exists but is hidden."""


class CapabilityError(RepoError):
    """A peer lacks a capability."""


class RequirementError(RepoError):
    """The repository needs a feature that is not there."""


class StdioError(IOError):
    """A standard stream failed."""

    def __init__(self, err: OSError):
        super().__init__(err.errno, err.strerror)


class UnsupportedMergeRecords(Abort):
    """The merge state has records that we do not know."""

    def __init__(self, recordtypes: Iterable[bytes]):
        self.recordtypes = sorted(recordtypes)
        kinds = b" ".join(self.recordtypes)
        super().__init__(
            b"unsupported merge state records: %s" % kinds,
            hint=b"see https://mercurial-scm.org/wiki/MergeStateRecords for more information",
        )


class UnknownVersion(Abort):
    """Data has a version that we do not know."""

    def __init__(self, msg: bytes, hint: bytes | None = None, version: Any = None):
        self.version = version
        super().__init__(msg, hint=hint)


class LockError(IOError):
    """A lock cannot be taken."""

    def __init__(self, errno: int, strerror: Any, filename: Any, desc: bytes):
        super().__init__(errno, strerror, filename)
        self.desc = desc


class LockHeld(LockError):
    """Somebody else holds the lock."""

    def __init__(self, errno: int, filename: Any, desc: bytes, locker: bytes | None):
        super().__init__(errno, "Lock held", filename, desc)
        self.filename = filename
        self.locker = locker


class LockUnavailable(LockError):
    """The file system does not let us take the lock."""


class LockInheritanceContractViolation(RuntimeError):
    """A lock was handed to a child process in a way that is not allowed."""


class ResponseError(Exception):
    """A peer answered nonsense."""

    __bytes__ = _tobytes


class PushRaced(RuntimeError):
    """Somebody else pushed at the same time."""

    __bytes__ = _tobytes


class ProgrammingError(Hint, RuntimeError):
    """A mistake in the program or an extension."""

    def __init__(self, *args: Any, hint: bytes | None = None):
        super().__init__(*args, hint=hint)

    __bytes__ = _tobytes

    def __str__(self) -> str:
        return _tobytes(self).decode("utf-8", "surrogateescape")


class WdirUnsupported(Exception):
    """The working directory is no revision that can be stored."""


class UnsupportedBundleSpecification(Exception):
    """A bundle specification cannot be served."""


class InvalidBundleSpecification(Exception):
    """A bundle specification is malformed."""

    __bytes__ = _tobytes


class ReadOnlyPartError(RuntimeError):
    """A part of a bundle cannot be changed any more."""


class PushkeyFailed(Abort):
    """A key could not be changed on the other side."""

    def __init__(
        self,
        partid: Any,
        namespace: bytes | None = None,
        key: bytes | None = None,
        new: bytes | None = None,
        old: bytes | None = None,
        ret: Any = None,
    ):
        self.partid = partid
        self.namespace = namespace
        self.key = key
        self.new = new
        self.old = old
        self.ret = ret
        super().__init__(
            b'failed to update value for "%s/%s"' % (namespace or b"", key or b"")
        )


class CensoredNodeError(StorageError):
    """The content of a file revision was removed."""

    def __init__(self, filename: bytes, node: bytes, tombstone: bytes):
        self.tombstone = tombstone
        super().__init__(b"%s:%s" % (filename, node.hex()[:12].encode()))


class BundleValueError(ValueError):
    """A bundle needs something that we do not know."""

    __bytes__ = _tobytes


class BundleUnknownFeatureError(BundleValueError):
    """A bundle part needs a feature that we do not know."""

    def __init__(
        self, parttype: bytes | None = None, params: Any = (), values: Any = ()
    ):
        self.parttype = parttype
        self.params = params
        self.values = values
        super().__init__(parttype or b"Stream Parameter")


class InlineRevlogError(RuntimeError):
    """An inline revlog was used where a split one is needed."""


class WireprotoCommandError(Exception):
    """A command of the wire protocol failed."""

    def __init__(self, message: bytes, args: Any = None):
        self.message = message
        self.messageargs = args
        super().__init__(message)


class SignatureError(Exception):
    """A function was called with the wrong arguments."""

    __bytes__ = _tobytes


class ClosedError(ProgrammingError):
    """A handle was used after the object behind it was closed."""


def _from_core(
    cls: Any,
    *,
    message: bytes = b"",
    hint: bytes | None = None,
    location: int | None = None,
) -> Any:
    """Make the exception of a class for an error of the core."""
    if issubclass(cls, LookupError):
        instance = cls(message)
        instance.message = message
        return instance
    if issubclass(cls, LockHeld):
        return _lock_error(cls(11, message, message, None), message, hint)
    if issubclass(cls, LockError):
        return _lock_error(cls(13, message, message, message), message, hint)
    if issubclass(cls, ParseError):
        return cls(message, location, hint=hint)
    if issubclass(cls, OutOfBandError):
        return cls(message, hint=hint)
    return cls(message, hint=hint) if issubclass(cls, Error) else cls(message)


def _lock_error(instance: Any, message: bytes, hint: bytes | None) -> BaseException:
    instance.message = message
    instance.hint = hint
    return instance
