//! Running `git`, and the questions it answers.

use std::ffi::OsString;
use std::process::{Command, Stdio};

use hg_types::{Error, Result};
use hg_vfs::bytes_to_path;

use super::GitSubrepo;
use crate::subrepo::Subrepo as _;

/// Protocols that cannot run programs of a stranger's choice, unless the user allows others.
const PROTOCOLS: &str = "file:git:http:https:ssh";

/// What came of a command.
pub(super) struct Answer {
    /// What it wrote, without blanks around.
    pub(super) text: Vec<u8>,
    pub(super) code: i32,
}

impl GitSubrepo {
    /// Runs `git` in the repository.
    pub(super) fn run(&self, args: &[&[u8]], variable: Option<(&str, OsString)>) -> Result<Answer> {
        let mut command = self.command(args);
        command.current_dir(&self.root);
        if let Some((name, value)) = variable {
            command.env(name, value);
        }
        let answer = self.answer(command, args)?;
        Ok(Answer { text: answer.text.trim_ascii().to_vec(), ..answer })
    }

    /// What `git` writes, to the byte.
    pub(super) fn ask_exactly(&self, args: &[&[u8]]) -> Result<Vec<u8>> {
        let mut command = self.command(args);
        command.current_dir(&self.root);
        Ok(self.answer(command, args)?.text)
    }

    /// Runs `git` beside the repository, which is not there yet.
    pub(super) fn run_outside(&self, args: &[&[u8]]) -> Result<Answer> {
        self.answer(self.command(args), args)
    }

    /// What `git` writes, when it only has to answer.
    pub(super) fn ask(&self, args: &[&[u8]]) -> Result<Vec<u8>> {
        Ok(self.run(args, None)?.text)
    }

    fn command(&self, args: &[&[u8]]) -> Command {
        let config = self.around.config();
        let environment = config.environment();
        let mut command = Command::new("git");
        command.args(args.iter().map(|arg| bytes_to_path(arg)));
        if environment.var("GIT_ALLOW_PROTOCOL").is_none() {
            command.env("GIT_ALLOW_PROTOCOL", PROTOCOLS);
        }
        let quiet = self.around.reporter().is_quiet();
        command.stderr(if quiet { Stdio::null() } else { Stdio::inherit() });
        command
    }

    fn answer(&self, mut command: Command, args: &[&[u8]]) -> Result<Answer> {
        let words = args.join(&b' ');
        let text = [&self.shown()[..], b": git ", &words, b"\n"].concat();
        self.around.reporter().debug(&text);
        let output = command.stdin(Stdio::inherit()).output().map_err(|error| {
            let parts = [b"couldn't find git for subrepo '", self.path.as_bytes(), b"'"];
            Error::abort(parts.concat()).because(error)
        })?;
        let code = output.status.code().unwrap_or(-1);
        let name = args.first().copied().unwrap_or_default();
        // Some answer by failing.
        let answers = matches!(name, b"cat-file" | b"symbolic-ref");
        if !matches!(code, 0 | 1) && !answers {
            let (number, shown) = (code.to_string(), self.shown());
            let parts: [&[u8]; 6] = [b"git ", name, b" error ", number.as_bytes(), b" in ", &shown];
            return Err(Error::abort(parts.concat()));
        }
        Ok(Answer { text: output.stdout, code })
    }

    /// The commit that is checked out.
    pub(super) fn head(&self) -> Result<Vec<u8>> {
        self.ask(&[b"rev-parse", b"HEAD"])
    }

    /// The branch that is checked out, by its full name.
    pub(super) fn current_branch(&self) -> Result<Option<Vec<u8>>> {
        let answer = self.run(&[b"symbolic-ref", b"--quiet", b"HEAD"], None)?;
        Ok((answer.code == 0).then_some(answer.text))
    }

    /// Whether the repository has no working directory; so it is marked while it is not wanted.
    pub(super) fn is_bare(&self) -> Result<bool> {
        Ok(self.ask(&[b"config", b"--bool", b"core.bare"])? == b"true")
    }

    pub(super) fn has_commit(&self, revision: &[u8]) -> Result<bool> {
        // It complains about what it does not know, and is asked because of that.
        let args: [&[u8]; 3] = [b"cat-file", b"-e", revision];
        let mut command = self.command(&args);
        command.current_dir(&self.root).stderr(Stdio::null());
        Ok(self.answer(command, &args)?.code == 0)
    }

    pub(super) fn is_ancestor(&self, older: &[u8], newer: &[u8]) -> Result<bool> {
        Ok(self.ask(&[b"merge-base", older, newer])? == older)
    }

    /// Whether files or the index differ from what is checked out.
    pub(super) fn has_changes(&self) -> Result<bool> {
        self.refresh()?;
        Ok(self.run(&[b"diff-index", b"--quiet", b"HEAD"], None)?.code == 1)
    }

    /// Has `git` look at its files again, so that touched ones do not count as changed.
    pub(super) fn refresh(&self) -> Result<()> {
        self.run(&[b"update-index", b"-q", b"--refresh"], None).map(drop)
    }

    /// All branches by full name, with their commits; those of remote repositories too.
    pub(super) fn branches(&self) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let format = b"--format=%(objectname) %(refname)";
        let text = self.ask(&[b"for-each-ref", format])?;
        let pairs = text.split(|&byte| byte == b'\n').filter_map(|line| {
            let blank = line.iter().position(|&byte| byte == b' ')?;
            Some((line[blank + 1..].to_vec(), line[..blank].to_vec()))
        });
        let is_branch = |name: &[u8]| {
            let remote = name.starts_with(b"refs/remotes/");
            name.starts_with(b"refs/heads/") || remote && !name.ends_with(b"/HEAD")
        };
        Ok(pairs.filter(|(name, _)| is_branch(name)).collect())
    }

    /// For branches of remote repositories, which local one follows them.
    pub(super) fn tracking(
        &self,
        branches: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let mut out = Vec::new();
        for (name, _) in branches {
            let Some(short) = name.strip_prefix(b"refs/heads/") else { continue };
            let item = |what: &[u8]| [b"branch.", short, b".", what].concat();
            let remote = self.ask(&[b"config", &item(b"remote")])?;
            if remote.is_empty() {
                continue;
            }
            let merged = self.ask(&[b"config", &item(b"merge")])?;
            if let Some(theirs) = merged.strip_prefix(b"refs/heads/") {
                let full = [b"refs/remotes/", &remote[..], b"/", theirs].concat();
                out.push((full, name.clone()));
            }
        }
        Ok(out)
    }
}
