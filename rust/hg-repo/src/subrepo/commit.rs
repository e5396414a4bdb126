//! Commits of the repository around: changed subrepositories are committed first, and `.hgsubstate` records them.

use std::collections::BTreeSet;

use hg_format::substate;
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, Phase, Result};
use hg_wdir::{Status, WorkingDir};

use super::state::write;
use super::{NestedCommit, Of, States, open, states};

/// What a commit has to do about subrepositories.
#[derive(Default)]
pub(crate) struct Precommit {
    /// Whether `.hgsubstate` changes.
    changes: bool,
    /// Subrepositories with changes of their own.
    to_commit: BTreeSet<HgPathBuf>,
    /// The states to record, as far as they are known.
    states: States,
}

/// What decides about a commit's subrepositories.
pub(crate) struct Question<'a> {
    pub(crate) repo: &'a Repo,
    pub(crate) wdir: &'a WorkingDir,
    pub(crate) parents: [Node; 2],
    pub(crate) matcher: &'a Matcher,
    /// Changes of subrepositories are committed too.
    pub(crate) recurse: bool,
}

fn state_file() -> HgPathBuf {
    HgPathBuf::from(substate::FILE_NAME)
}

impl Precommit {
    /// Looks at the subrepositories; `status` gets `.hgsubstate` where that changes, and only there.
    pub(crate) fn new(question: &Question<'_>, status: &mut Status) -> Result<Self> {
        let spec = HgPath::new(substate::SPEC_NAME);
        if question.wdir.dirstate().is_tracked(spec)? {
            return Self::look(question, status);
        }
        // Without subrepositories, nothing is to be said about them.
        let listed = |list: &Vec<HgPathBuf>| list.contains(&state_file());
        if status.removed.iter().any(|path| **path == *spec)
            && question.wdir.dirstate().is_tracked(&state_file())?
            && ![&status.modified, &status.added, &status.removed].into_iter().any(listed)
        {
            status.removed.insert(0, state_file());
        }
        Ok(Self::default())
    }

    fn look(question: &Question<'_>, status: &mut Status) -> Result<Self> {
        let Question { repo, matcher, .. } = *question;
        for list in [&mut status.modified, &mut status.added, &mut status.removed] {
            list.retain(|path| path.as_bytes() != substate::FILE_NAME);
        }
        let mut out = Self { states: states(repo, Of::Working)?, ..Self::default() };
        let [first, second] = question.parents;
        let old = states(repo, Of::Changeset(first))?;
        for (path, state) in &mut out.states {
            // A list of files that has .hgsub is complete, but names no subrepositories.
            let listed = matcher.is_exact() && matcher.matches(HgPath::new(substate::SPEC_NAME));
            if !listed && !matcher.matches(path) {
                let Some(old) = old.get(path) else {
                    let text = [b"commit with new subrepo ", path.as_bytes(), b" excluded"];
                    return Err(Error::abort(text.concat()));
                };
                *state = old.clone();
                continue;
            }
            let sub = open(repo, path, state)?;
            if let Some(reason) = sub.dirty_reason(true, false)? {
                if !question.recurse {
                    let hint = "use --subrepos for recursive commit";
                    return Err(Error::abort(reason).hint(hint));
                }
                out.to_commit.insert(path.clone());
                out.changes = true;
            } else {
                state.revision = sub.base_revision()?;
                out.changes |= old.get(path).map(|old| &old.revision) != Some(&state.revision);
            }
        }
        for parent in [first, second].into_iter().filter(|parent| !parent.is_null()) {
            let gone = states(repo, Of::Changeset(parent))?;
            let mut gone = gone.keys().filter(|path| !out.states.contains_key(*path));
            out.changes |= gone.any(|path| matcher.matches(path));
        }
        if out.changes {
            let spec = HgPath::new(substate::SPEC_NAME);
            let mut wdir = WorkingDir::open(repo)?;
            let all = match matcher.matches(spec) {
                true => Status::default(),
                false => wdir.status(&Matcher::always(), hg_wdir::StatusOptions::default())?,
            };
            let left_out = [&all.modified, &all.added];
            let mentions = |list: &Vec<HgPathBuf>| list.iter().any(|path| **path == *spec);
            if !matcher.matches(spec) && left_out.into_iter().any(mentions) {
                return Err(Error::abort("can't commit subrepos without .hgsub"));
            }
            status.modified.insert(0, state_file());
        }
        Ok(out)
    }

    /// Whether a name stands for one of the subrepositories.
    pub(crate) fn names(&self, path: &HgPath) -> bool {
        // What is recorded is decided here, not by whoever names it.
        let is_state = path.as_bytes() == substate::FILE_NAME && !self.states.is_empty();
        is_state || self.states.contains_key(path)
    }

    /// Commits subrepositories with changes, and writes `.hgsubstate`.
    pub(crate) fn commit(&mut self, repo: &Repo, commit: &NestedCommit) -> Result<()> {
        if !self.changes {
            return Ok(());
        }
        for path in &self.to_commit {
            let Some(state) = self.states.get_mut(path) else { continue };
            let sub = open(repo, path, state)?;
            let text = [b"committing subrepository ", &sub.shown()[..], b"\n"].concat();
            repo.reporter().status(&text);
            state.revision = sub.commit(commit)?;
        }
        write(repo, &self.states)
    }

    /// Whether `.hgsubstate` changes.
    pub(crate) fn commits_any(&self) -> bool {
        self.changes
    }

    /// Writes the states where they have changed; nothing is committed in subrepositories.
    pub(crate) fn write(&self, repo: &Repo) -> Result<()> {
        if self.changes { write(repo, &self.states) } else { Ok(()) }
    }

    /// The states to record.
    pub(crate) fn into_states(self) -> States {
        self.states
    }
}

/// The phase of a new changeset with these subrepositories, as `phases.checksubrepos` wants it.
///
/// # Errors
/// When that is refused, or a subrepository cannot be read.
pub fn commit_phase(repo: &Repo, own: Phase, states: &States) -> Result<Phase> {
    if states.is_empty() {
        return Ok(own);
    }
    let config = repo.config();
    let check = config.get("phases", "checksubrepos").unwrap_or(b"follow");
    if !matches!(check, b"ignore" | b"follow" | b"abort") {
        let text = [b"invalid phases.checksubrepos configuration: ", check].concat();
        return Err(Error::new(ErrorKind::Abort, text));
    }
    if check == b"ignore" {
        return Ok(own);
    }
    let mut highest = (Phase::Public, None);
    for (path, state) in states {
        let phase = open(repo, path, state)?.phase(&state.revision)?;
        if highest.0 < phase {
            highest = (phase, Some(path));
        }
    }
    let (phase, Some(path)) = highest else { return Ok(own) };
    if own >= phase {
        return Ok(own);
    }
    let (wanted, found) = (own.name(), phase.name());
    if check == b"abort" {
        let text =
            format!("can't commit in {wanted} phase conflicting {found} from subrepository ");
        return Err(Error::abort([text.as_bytes(), path.as_bytes()].concat()));
    }
    let text = format!("warning: changes are committed in {found} phase from subrepository ");
    repo.reporter().warn(&[text.as_bytes(), path.as_bytes(), b"\n"].concat());
    Ok(phase)
}
