//! Bringing a Git repository to a commit.

use std::path::Path;

use hg_types::{Error, Result};
use hg_vfs::{IoResultExt as _, path_to_bytes};
use hg_wire::url::Url;

use super::GitSubrepo;
use crate::subrepo::source::{Direction, require_source_of};
use crate::subrepo::{State, Subrepo as _};

impl GitSubrepo {
    /// Where the repository comes from.
    fn source(&self, state: &State) -> Result<Vec<u8>> {
        let source = &state.source;
        let is_url = source.windows(3).any(|part| part == b"://");
        let colon = source.iter().position(|&byte| byte == b':');
        // `host:path` is a location of its own.
        let is_host = colon.is_some_and(|colon| !source[..colon].contains(&b'/'));
        if !is_url && is_host {
            return Ok(source.clone());
        }
        require_source_of(&self.around, source, Direction::Pull)
    }

    /// Clones what is not there, or brings what is missing.
    pub(super) fn fetch(&self, state: &State) -> Result<()> {
        let reporter = self.around.reporter();
        let shown = self.shown();
        if self.is_missing() {
            let source = self.source(state)?;
            let url = Url::parse(&source)?;
            hg_wire::ssh::refuse_injection(&url, &source)?;
            let parts: [&[u8]; 5] = [b"cloning subrepo ", &shown, b" from ", &source, b"\n"];
            reporter.status(&parts.concat());
            let args: [&[u8]; 4] = [b"clone", b"--", &source, path_to_bytes(&self.root)];
            return self.run_outside(&args).map(drop);
        }
        if self.has_commit(&state.revision)? {
            return Ok(());
        }
        let origin = self.ask(&[b"config", b"remote.origin.url"])?;
        let parts: [&[u8]; 5] = [b"pulling subrepo ", &shown, b" from ", &origin, b"\n"];
        reporter.status(&parts.concat());
        self.run(&[b"fetch"], None)?;
        if self.has_commit(&state.revision)? {
            return Ok(());
        }
        let parts: [&[u8]; 5] = [
            b"revision ",
            &state.revision,
            b" does not exist in subrepository \"",
            &shown,
            b"\"\n",
        ];
        Err(Error::abort(parts.concat()))
    }

    pub(super) fn get_state(&self, state: &State, overwrite: bool) -> Result<()> {
        let revision = &state.revision;
        if revision.is_empty() {
            return self.remove_files();
        }
        self.fetch(state)?;
        let bare = self.is_bare()?;
        if bare {
            self.run(&[b"config", b"core.bare", b"false"], None)?;
        }
        if self.head()? == *revision {
            if bare || overwrite {
                if !bare {
                    // Files that were added stay, only untracked.
                    self.run(&[b"reset", b"HEAD"], None)?;
                }
                self.run(&[b"reset", b"--hard", b"HEAD"], None)?;
            }
            return Ok(());
        }
        let branches = self.branches()?;
        let here: Vec<&Vec<u8>> =
            branches.iter().filter(|(_, at)| at == revision).map(|(name, _)| name).collect();
        let Some(first) = here.first() else { return self.check_out_detached(state, overwrite) };
        if here.iter().any(|name| ***name == *b"refs/heads/master") {
            return self.check_out(&[b"refs/heads/master"], overwrite);
        }
        if let Some(local) = here.iter().find(|name| !name.starts_with(b"refs/remotes/")) {
            return self.check_out(&[local], overwrite);
        }
        let tracking = self.tracking(&branches)?;
        let follower = |remote: &[u8]| {
            tracking.iter().find(|(name, _)| *name == *remote).map(|(_, local)| local.clone())
        };
        let remote = here.iter().find(|name| follower(name).is_some()).unwrap_or(first);
        let Some(local) = follower(remote) else {
            let name = remote.splitn(4, |&byte| byte == b'/').nth(3).unwrap_or(remote);
            return self.check_out(&[b"-b", name, remote], overwrite);
        };
        let at = branches.iter().find(|(name, _)| *name == local).map(|(_, at)| at.clone());
        if !self.is_ancestor(&at.unwrap_or_default(), remote)? {
            // Only a merge would bring the local branch there.
            return self.check_out_detached(state, overwrite);
        }
        if self.current_branch()?.as_ref() != Some(&local) {
            self.check_out(&[&local], overwrite)?;
        }
        self.run(&[b"merge", b"--ff", remote], None)?;
        self.sanitize()
    }

    fn check_out(&self, args: &[&[u8]], overwrite: bool) -> Result<()> {
        let mut command: Vec<&[u8]> = vec![b"checkout"];
        if overwrite {
            self.run(&[b"reset", b"HEAD"], None)?;
            command.push(b"-f");
        }
        command.extend_from_slice(args);
        self.run(&command, None)?;
        self.sanitize()
    }

    fn check_out_detached(&self, state: &State, overwrite: bool) -> Result<()> {
        let shown = self.shown();
        let text = b"checking out detached HEAD in subrepository \"";
        let reporter = self.around.reporter();
        reporter.warn(&[&text[..], &shown, b"\"\n"].concat());
        reporter.warn(b"check out a git branch if you intend to make changes\n");
        self.check_out(&[b"-q", &state.revision], overwrite)
    }

    pub(super) fn merge_state(&self, state: &State) -> Result<()> {
        self.fetch(state)?;
        let (own, other) = (&self.state.revision, &state.revision);
        let base = self.ask(&[b"merge-base", other, own])?;
        let changed = self.has_changes()?;
        if self.is_dirty(false, false)? {
            let head = self.head()?;
            if head == *other || !self.takes_other(head == *own || changed, other)? {
                return Ok(());
            }
        }
        if base == *other {
            return self.get_state(state, false);
        }
        if base != *own {
            self.run(&[b"merge", b"--no-commit", other], None)?;
            self.sanitize()?;
        }
        Ok(())
    }

    /// Asks whether to leave the commit that is checked out.
    fn takes_other(&self, changed: bool, other: &[u8]) -> Result<bool> {
        self.asks_for_other(
            &self.around,
            changed,
            [&self.short(&self.state.revision), &self.short(other)],
        )
    }

    pub(super) fn remove_files(&self) -> Result<()> {
        let (shown, reporter) = (self.shown(), self.around.reporter());
        if self.is_missing() {
            return Ok(());
        }
        if self.is_dirty(false, false)? {
            let parts = [b"not removing repo ", &shown[..], b" because it has changes.\n"];
            reporter.warn(&parts.concat());
            return Ok(());
        }
        reporter.note(&[b"removing subrepo ", &shown[..], b"\n"].concat());
        // Local history may be nowhere else: the repository itself stays.
        self.run(&[b"config", b"core.bare", b"true"], None)?;
        for entry in std::fs::read_dir(&self.root).when("reading", &self.root)? {
            let entry = entry.when("reading", &self.root)?;
            let path = entry.path();
            if entry.file_name() == ".git" {
                continue;
            }
            let is_dir = entry.file_type().when("reading", &path)?.is_dir();
            let removed =
                if is_dir { std::fs::remove_dir_all(&path) } else { std::fs::remove_file(&path) };
            removed.when("removing", &path)?;
        }
        Ok(())
    }

    /// Removes configuration that would be obeyed if somebody worked in there with this program.
    fn sanitize(&self) -> Result<()> {
        sanitize(&self.root, &*self.around.reporter())
    }
}

fn sanitize(directory: &Path, reporter: &dyn hg_types::Reporter) -> Result<()> {
    for entry in std::fs::read_dir(directory).when("reading", directory)? {
        let entry = entry.when("reading", directory)?;
        let path = entry.path();
        let name = entry.file_name();
        if name == ".git" || !entry.file_type().when("reading", &path)?.is_dir() {
            continue;
        }
        if name.eq_ignore_ascii_case(".hg") {
            for inner in std::fs::read_dir(&path).when("reading", &path)? {
                let inner = inner.when("reading", &path)?;
                if inner.file_name().eq_ignore_ascii_case("hgrc") {
                    let at = path_to_bytes(&path);
                    let text = b"warning: removing potentially hostile 'hgrc' in '";
                    reporter.warn(&[&text[..], at, b"'\n"].concat());
                    std::fs::remove_file(inner.path()).when("removing", inner.path())?;
                }
            }
        }
        sanitize(&path, reporter)?;
    }
    Ok(())
}
