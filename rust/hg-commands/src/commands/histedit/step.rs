//! Doing the actions one by one.

use std::collections::BTreeMap;

use hg_match::Matcher;
use hg_repo::commit::{FileVersion, NewCommit, commit};
use hg_repo::graft::{Graft, graft};
use hg_repo::histedit::{Action, State, Verb, between};
use hg_repo::rewrite::Replacement;
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, HgPath, Interaction, Node, Result, Revision, Silent};
use hg_wdir::copies::{Side, path_copies};
use hg_wdir::merge::{MergeState, UpdateOptions, update};
use hg_wdir::{StatusOptions, WorkingDir, manifest_of};

use super::finish;
use crate::CommandContext;
use crate::commit_message::{self, MessageOptions};

/// What conflict markers call the sides.
const LABELS: [&str; 3] = ["already edited", "current change", "parent of current change"];

/// Does what is left to do.
pub(super) fn run_all(ctx: &CommandContext, repo: &Repo, mut state: State) -> Result<i32> {
    while let Some(&action) = state.actions.first() {
        state.write(repo)?;
        let mut doing = Doing { ctx, repo, state: &mut state };
        doing.perform(action)?;
        state.actions.remove(0);
    }
    state.write(repo)?;
    finish::finish(ctx, repo, &state)
}

/// Takes over what the user has done about the first action.
pub(super) fn take_over(ctx: &CommandContext, repo: &Repo, state: &mut State) -> Result<()> {
    if MergeState::read(repo)?.unresolved().next().is_some() {
        return Err(Error::state("unresolved merge conflicts (see 'hg help resolve')"));
    }
    let Some(&action) = state.actions.first() else { return Ok(()) };
    if matches!(action.verb, Verb::Drop | Verb::Base) {
        return Ok(());
    }
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    drop(wdir);
    let mut doing = Doing { ctx, repo, state };
    let rev = repo.changelog()?.rev(&action.node)?;
    if status.has_changes() {
        doing.store(action, rev)?;
    }
    MergeState::clear(repo)?;
    doing.adopt(action)?;
    state.actions.remove(0);
    Ok(())
}

struct Doing<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    state: &'a mut State,
}

impl Doing<'_> {
    fn perform(&mut self, action: Action) -> Result<()> {
        let cl = self.repo.changelog()?;
        let rev = cl.rev(&action.node)?;
        match action.verb {
            Verb::Drop => {
                self.replaced(action.node, Vec::new());
                return Ok(());
            }
            Verb::Base => {
                self.go_to(action.node, &Silent)?;
                self.state.parent = action.node;
                return Ok(());
            }
            Verb::Pick if cl.parent_nodes(rev)[0] == self.state.parent => {
                let short = action.node.short();
                self.ctx.ui.debug([b"node ", &short[..], b" unchanged\n"].concat());
                self.state.parent = action.node;
                return Ok(());
            }
            _ => {}
        }
        self.merge(action, rev)?;
        if action.verb == Verb::Edit {
            let short = String::from_utf8_lossy(&action.node.short()).into_owned();
            let message = format!("Editing ({short}), commit as needed now to split the change");
            let hint = format!("to edit {short}, `hg histedit --continue` after making changes");
            return Err(Error::new(ErrorKind::Intervention, message).hint(hint));
        }
        self.store(action, rev)?;
        self.adopt(action)
    }

    fn replaced(&mut self, old: Node, new: Vec<Node>) {
        self.state.replacements.push(Replacement { old, new });
    }

    fn go_to(&self, node: Node, interaction: &dyn Interaction) -> Result<()> {
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        if hg_wdir::parents(self.repo)? != [node, Node::NULL] {
            update(self.repo, node, &clean, interaction)?;
        }
        Ok(())
    }

    /// Merges a changeset in on top of what was done so far.
    fn merge(&mut self, action: Action, rev: Revision) -> Result<()> {
        let (repo, parent) = (self.repo, self.state.parent);
        if hg_wdir::parents(repo)? != [parent, Node::NULL] {
            let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
            let stats = update(repo, parent, &clean, &*self.ctx.ui)?;
            let did = stats.updated + stats.merged + stats.removed + stats.unresolved > 0;
            if action.verb == Verb::Edit && did {
                super::super::update::show_stats(self.ctx, stats);
            }
        }
        let step = Graft {
            rev,
            base: repo.changelog()?.parents(rev)[0],
            labels: LABELS,
            second_parent: Node::NULL,
            keep_conflict_parent: false,
        };
        let stats = graft(repo, &step, &*self.ctx.ui)?;
        if stats.unresolved > 0 && action.verb != Verb::Edit {
            let short = String::from_utf8_lossy(&action.node.short()).into_owned();
            let message = format!("Fix up the change ({} {short})", action.verb.name());
            let error = Error::new(ErrorKind::Intervention, message);
            return Err(error.hint("hg histedit --continue to resume"));
        }
        Ok(())
    }

    /// Stores what was merged, if it changes anything.
    fn store(&mut self, action: Action, rev: Revision) -> Result<()> {
        let repo = self.repo;
        let cl = repo.changelog()?;
        let entry = cl.entry(rev)?;
        let mut extra = entry.extra();
        extra.insert(b"histedit_source".to_vec(), action.node.hex());
        let message = match action.verb.folds() {
            true => [b"fold-temp-revision ", &action.node.short()[..]].concat(),
            false => entry.description().to_vec(),
        };
        let edit = matches!(action.verb, Verb::Edit | Verb::Mess);
        let form = if action.verb == Verb::Mess { "histedit.mess" } else { "histedit.edit" };
        let options = MessageOptions { message: message.clone(), edit, form, note: None };
        let ctx = self.ctx;
        let mut editor = |draft: &Draft| match edit {
            true => commit_message::finish(ctx, &options, draft),
            false => Ok(draft.message.clone()),
        };
        let everything = Matcher::always();
        hg_wdir::branch::write(repo, &entry.branch())?;
        let mut request = CommitRequest {
            matcher: &everything,
            message,
            user: hg_repo::working::known_user(entry.user().to_vec()),
            date: entry.date(),
            extra,
            phase: Some(repo.phases()?.phase(rev).max(hg_types::Phase::Draft)),
            chosen: None,
            allow_empty: false,
            recurse: false,
            editor: &mut editor,
        };
        commit_working(repo, &mut request)?;
        MergeState::clear(repo)
    }

    /// Goes on from where the working directory is: that is what became of the changeset.
    fn adopt(&mut self, action: Action) -> Result<()> {
        let new = hg_wdir::parents(self.repo)?[0];
        if new == self.state.parent {
            let short = action.node.short();
            self.ctx.ui.warn([&short[..], b": skipping changeset (no changes)\n"].concat());
            self.replaced(action.node, Vec::new());
            return Ok(());
        }
        if action.verb.folds() {
            return self.fold(action, new);
        }
        if new != action.node {
            self.replaced(action.node, vec![new]);
        }
        self.state.parent = new;
        Ok(())
    }

    /// Makes one changeset of the last one and what was stored on top of it.
    fn fold(&mut self, action: Action, temporary: Node) -> Result<()> {
        let (ctx, repo) = (self.ctx, self.repo);
        let cl = repo.changelog()?;
        let base = self.state.parent;
        let (base_rev, old_rev) = (cl.rev(&base)?, cl.rev(&action.node)?);
        let (first, second) = (cl.entry(base_rev)?, cl.entry(old_rev)?);
        let below = cl.parent_nodes(base_rev)[0];
        let rolls = action.verb == Verb::Roll;
        let mut extra = first.extra();
        let source = [base.hex(), action.node.hex()].join(&b',');
        extra.insert(b"histedit_source".to_vec(), source);
        let date = match rolls || first.date().seconds >= second.date().seconds {
            true => first.date(),
            false => second.date(),
        };
        let message = match rolls {
            true => first.description().to_vec(),
            false => {
                let parts = [first.description(), b"\n***\n", second.description(), b"\n"];
                parts.concat()
            }
        };
        // The last of several that are folded asks for the message of all.
        let more = self.state.actions.get(1).is_some_and(|next| next.verb.folds());
        let edit = !rolls && !more;
        let phases = repo.phases()?;
        let phase = phases.phase(base_rev).max(phases.phase(old_rev));
        let combined = Combined { repo, below, top: temporary };
        let draft = combined.draft(first.branch(), first.user().to_vec(), message, &extra)?;
        self.go_to(below, &*ctx.ui)?;
        let description = match edit {
            true => {
                let options = MessageOptions {
                    message: draft.message.clone(),
                    edit,
                    form: "histedit.fold",
                    note: None,
                };
                commit_message::finish(ctx, &options, &draft)?
            }
            false => hg_format::changeset::strip_description(&draft.message).to_vec(),
        };
        let new = NewCommit {
            parents: [below, Node::NULL],
            paths: draft.changed(),
            user: draft.user,
            date,
            description,
            extra,
            phase: Some(phase.max(hg_types::Phase::Draft)),
            ..NewCommit::default()
        };
        let node = combined.store(&new)?;
        self.go_to(node, &*ctx.ui)?;
        let cl = repo.changelog()?;
        let middle = between(&cl, base_rev, cl.rev(&temporary)?);
        self.replaced(action.node, vec![temporary]);
        self.replaced(base, vec![node]);
        for rev in middle.into_iter().filter(|rev| *rev != base_rev) {
            self.replaced(cl.node(rev), vec![node]);
        }
        self.state.parent = node;
        Ok(())
    }
}

/// Changesets from `below` to `top` as one.
struct Combined<'a> {
    repo: &'a Repo,
    below: Node,
    top: Node,
}

impl Combined<'_> {
    fn draft(
        &self,
        branch: Vec<u8>,
        user: Vec<u8>,
        message: Vec<u8>,
        extra: &BTreeMap<Vec<u8>, Vec<u8>>,
    ) -> Result<Draft> {
        let (old, new) = (manifest_of(self.repo, &self.below)?, manifest_of(self.repo, &self.top)?);
        let mut status = hg_wdir::Status::default();
        for found in old.diff(&new) {
            let path = found.path.to_owned();
            match (old.contains(&path), new.contains(&path)) {
                (true, true) => status.modified.push(path),
                (true, false) => status.removed.push(path),
                _ => status.added.push(path),
            }
        }
        let parents = [self.below, Node::NULL];
        Ok(Draft { parents, branch, user, message, status, extra: extra.clone() })
    }

    fn store(&self, new: &NewCommit) -> Result<Node> {
        let repo = self.repo;
        let cl = repo.changelog()?;
        let manifest = manifest_of(repo, &self.top)?;
        let sides = [Side::Revision(cl.rev(&self.below)?), Side::Revision(cl.rev(&self.top)?)];
        let copies = path_copies(repo, &sides[0], &sides[1], &Matcher::always())?;
        let mut source = |path: &HgPath| -> Result<Option<FileVersion>> {
            let Some(entry) = manifest.get(path) else { return Ok(None) };
            let content = repo.filelog(path)?.read_node(&entry.node)?.into_vec();
            let copied_from = copies.get(path).cloned();
            Ok(Some(FileVersion { content, flags: entry.flags, copied_from }))
        };
        let tr = repo.transaction("commit")?;
        let node = commit(repo, &tr, new, &mut source)?;
        tr.close()?;
        Ok(node)
    }
}
