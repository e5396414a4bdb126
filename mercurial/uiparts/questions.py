"""Questions to the user, and programs that run for the user."""

from __future__ import annotations

import os
from typing import Any

from mercurial import error
from mercurial.i18n import _
from mercurial.uiparts.base import Part


def _has_terminal() -> bool:
    """Return whether a password can be typed without being seen."""
    try:
        os.close(os.open("/dev/tty", os.O_RDWR | os.O_NOCTTY))
    except OSError:
        return os.isatty(0)
    return True


class Questions(Part):
    """Questions, editors, pagers and programs."""

    def username(self, acceptempty: bool = False) -> bytes:
        """Return who makes changesets."""
        try:
            return self._handle.username()
        except error.Abort:
            if acceptempty:
                return b""
            raise

    def shortuser(self, user: bytes) -> bytes:
        """Return a short name of a user, unless `--verbose`."""
        return user if self.verbose else self._handle.short_user(user)

    def interactive(self) -> bool:
        """Return whether somebody can answer."""
        return self._handle.interactive()

    def interface(self, feature: bytes) -> bytes:
        """Return the kind of interface for a feature."""
        return b"text"

    def formatted(self) -> bool:
        """Return whether output goes to a person."""
        return self._handle.formatted()

    def termwidth(self) -> int:
        """Return the columns of the terminal."""
        return self._handle.width()

    def prompt(self, msg: bytes, default: Any = b"y") -> Any:
        """Ask for a line."""
        return self._handle.prompt(msg, default)

    @staticmethod
    def extractchoices(prompt: bytes) -> tuple[bytes, list[tuple[bytes, bytes]]]:
        """Take a question with `$$ &Answer` parts apart."""
        parts = prompt.split(b"$$")
        answers = []
        for part in parts[1:]:
            part = part.strip(b" ")
            at = part.index(b"&")
            letter = part[at + 1 : at + 2].lower()
            answers.append((letter, part.replace(b"&", b"", 1)))
        return parts[0].rstrip(b" "), answers

    def promptchoice(self, prompt: bytes, default: int = 0) -> int:
        """Ask a question with `$$ &Answer` parts; return the answer's number."""
        return self._handle.prompt_choice(prompt, default)

    def getpass(self, prompt: bytes | None = None, default: Any = None) -> Any:
        """Ask for a password."""
        if not self.interactive():
            return default
        if "_fin" not in self.__dict__ and _has_terminal():
            import getpass  # late: few runs need it

            self.write_err(prompt or _(b"password: "), label=b"ui.prompt")
            self.flush()
            return os.fsencode(getpass.getpass(""))
        self.write_err(prompt or _(b"password: "), label=b"ui.prompt")
        self.write_err(b"Warning: Password input may be echoed.\n")
        answer = self._handle.password(b"")
        self.write_err(b"\n")
        return default if answer is None else answer

    def geteditor(self) -> bytes:
        """Return the command line of the user's editor."""
        return self._handle.editor()

    def edit(
        self,
        text: bytes,
        user: bytes,
        extra: dict[bytes, bytes] | None = None,
        editform: bytes | None = None,
        pending: Any = None,
        repopath: bytes | None = None,
        action: bytes | None = None,
    ) -> bytes:
        """Let the user edit a text."""
        extra = extra or {}
        suffix = extra.get(b"suffix")
        variables = [("HGEDITFORM", editform)] if editform else []
        for label in (
            b"transplant_source",
            b"source",
            b"intermediate-source",
            b"rebase_source",
        ):
            if label in extra:
                variables.append(("HGREVISION", extra[label]))
                break
        if pending:
            variables.append(("HG_PENDING", pending))
        return self._handle.edit(
            text,
            user,
            action.decode("latin-1") if action else None,
            suffix.decode("latin-1") if suffix else None,
            repopath,
            variables,
        )

    def pager(self, command: bytes) -> None:
        """Send further output through the pager, if that is wanted."""
        self._handle.pager(command.decode("latin-1"))
        self.pageractive = True

    def disablepager(self) -> None:
        """Never page."""
        self._handle.disable_pager()

    def system(
        self,
        cmd: bytes,
        environ: dict[bytes, Any] | None = None,
        cwd: bytes | None = None,
        onerr: Any = None,
        errprefix: bytes | None = None,
        blockedtag: Any = None,
    ) -> int:
        """Run a shell command and return its exit code."""
        self.flush()
        code = self._runsystem(cmd, environ=environ, cwd=cwd)
        if code and onerr:
            from mercurial.utils import procutil  # late: only failures need it

            message = b"%s %s" % (
                os.path.basename(cmd.split(None, 1)[0]),
                procutil.explainexit(code),
            )
            if errprefix:
                message = b"%s: %s" % (errprefix, message)
            raise onerr(message)
        return code

    def _runsystem(
        self,
        cmd: bytes,
        environ: dict[bytes, Any] | None = None,
        cwd: bytes | None = None,
        **_o: Any,
    ) -> int:
        from mercurial.utils import procutil  # late: few commands start programs

        env = procutil.shellenviron(environ)
        import subprocess  # late: few commands start programs

        done = subprocess.run(
            cmd, shell=True, close_fds=True, env=env, cwd=cwd, check=False
        )
        return done.returncode
