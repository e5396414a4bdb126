//! `hg qpop`, and taking patches off the stack.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_repo::strip::{StripOptions, strip};
use hg_types::{Error, HgPathBuf, Node, Phase, Result};
use hg_wdir::diff::Changes;
use hg_wdir::dirstate::FileUpdate;
use hg_wdir::merge::{MergeState, backup_path, write_version};
use hg_wdir::snapshot::RevisionSnapshot;
use hg_wdir::{Status, StatusOptions, WorkingDir, manifest_of};

use super::Work;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qpop`.
pub static COMMAND: Command = Command {
    spec: &spec::QPOP,
    help: "Take the top patch off the stack, or all above the named one, or with --all every one. The\n\
           changesets go, the patches stay.\n\n\
           Local changes stop this. With --keep-changes they may be in other files than those of the\n\
           patches; --force drops those that are in the way, which are saved as FILE.orig.\n\n\
           Returns 0 on success.",
    run,
};

/// How patches are taken off.
#[derive(Clone, Copy, Default)]
pub(super) struct PopOptions {
    pub(super) force: bool,
    pub(super) all: bool,
    pub(super) keep_changes: bool,
    pub(super) backup: bool,
}

/// `--force` and `--keep-changes`; the latter may be configured.
pub(super) fn keeping(ctx: &CommandContext, others: &[&str]) -> Result<(bool, bool)> {
    let (force, keep) = (ctx.opts.flag("force"), ctx.opts.flag("keep-changes"));
    if force && keep {
        return Err(Error::abort("cannot use both --force and --keep-changes"));
    }
    let other = force || others.iter().any(|name| ctx.opts.flag(name));
    let configured = !other && ctx.config().get_bool_or("mq", "keepchanges", false)?;
    Ok((force, keep || configured))
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let (force, keep_changes) = keeping(ctx, &[])?;
    let mut work = match ctx.opts.nonempty("name") {
        None => Work::open(ctx)?,
        Some(name) => {
            let directory = super::save::absolute_name(repo, name);
            ctx.ui.warn([b"using patch queue: ", &directory[..], b"\n"].concat());
            let queue = hg_repo::mq::Queue::open_in(repo, name.to_vec())?;
            Work { ctx, repo, queue, touched: Default::default(), made: Default::default() }
        }
    };
    let backup = !ctx.opts.flag("no-backup");
    let options = PopOptions { force, all: ctx.opts.flag("all"), keep_changes, backup };
    let target = ctx.args.first().filter(|name| !name.is_empty()).cloned();
    let code = work.pop(target, &options)?;
    work.queue.save()?;
    Ok(code)
}

impl Work<'_> {
    /// Takes patches off the stack, down to `target` if it is given.
    pub(super) fn pop(&mut self, target: Option<Vec<u8>>, options: &PopOptions) -> Result<i32> {
        let ui = &self.ctx.ui;
        let target = target.map(|name| self.look_up(&name)).transpose()?;
        if let Some(name) = &target
            && self.queue.position(name).is_none()
        {
            return Err(Error::abort([b"patch ", &name[..], b" is not applied"].concat()));
        }
        if self.queue.applied.is_empty() {
            self.no_patches();
            return Ok(i32::from(!options.all));
        }
        let len = self.queue.applied.len();
        let start = match &target {
            Some(name) => self.queue.position(name).map_or(0, |at| at + 1),
            None if options.all => 0,
            None => len - 1,
        };
        if start >= len {
            let name = target.unwrap_or_default();
            ui.write([b"qpop: ", &name[..], b" is already at the top\n"].concat());
            return Ok(0);
        }
        self.take_off(start, options)?;
        match self.queue.top() {
            Some(top) => ui.write([b"now at: ", &top.name[..], b"\n"].concat()),
            None => ui.write("patch queue now empty\n"),
        }
        Ok(0)
    }

    /// Takes the patches from `start` on off the stack.
    fn take_off(&mut self, start: usize, options: &PopOptions) -> Result<()> {
        let popped: Vec<Node> = self.queue.applied[start..].iter().map(|one| one.node).collect();
        let cl = self.repo.changelog()?;
        for node in &popped {
            if cl.find(node).is_none() {
                let text = [b"trying to pop unknown node ", &node.short()[..]].concat();
                return Err(Error::abort(text));
            }
        }
        let parents = hg_wdir::parents(self.repo)?;
        let updates = parents.iter().any(|parent| popped.contains(parent));
        let local = match updates {
            true => self.local_changes(options.force, options.keep_changes, true)?,
            false => Status::default(),
        };
        self.check_removable(popped[0])?;
        let ui = &self.ctx.ui;
        let target = self.parent_of(popped[0])?;
        let mut steps = None;
        if updates {
            let (old, new) = (cl.rev(&parents[0])?, cl.rev(&target)?);
            let old = RevisionSnapshot::new(self.repo, old)?;
            let new = RevisionSnapshot::new(self.repo, new)?;
            let changes = Changes::between(&old, &new, &Matcher::always());
            let touched: BTreeSet<HgPathBuf> =
                [&changes.modified, &changes.added, &changes.removed]
                    .into_iter()
                    .flatten()
                    .cloned()
                    .collect();
            if options.keep_changes && !options.force && overlaps(&local, &touched) {
                return Err(Error::abort("local changes found, qrefresh first"));
            }
            steps = Some(touched);
        }
        if let Some(touched) = steps {
            if options.force && options.backup {
                self.back_up(&local, &touched)?;
            }
            self.restore(target, &touched)?;
        }
        for one in self.queue.applied[start..].iter().rev() {
            ui.status([b"popping ", &one.name[..], b"\n"].concat());
        }
        let root = cl.rev(&popped[0])?;
        strip(self.repo, &[root], &StripOptions { backup: false, ..StripOptions::default() })?;
        self.queue.applied.truncate(start);
        // What history no longer has is no longer applied, whatever happens next.
        self.queue.save()
    }

    /// Refuses to remove what is not the queue's.
    fn check_removable(&self, first: Node) -> Result<()> {
        let cl = self.repo.changelog()?;
        let rev = cl.rev(&first)?;
        let top = self.queue.top().and_then(|top| cl.find(&top.node));
        let mut heads = cl.descendant_set([rev]);
        heads.insert(rev);
        let strange = heads.iter().any(|rev| {
            let is_head = !cl.children(rev).iter().any(|child| heads.contains(*child));
            is_head && Some(rev) != top
        });
        if strange {
            let message = "popping would remove a revision not managed by this patch queue";
            return Err(Error::abort(message));
        }
        if top.is_some_and(|_| self.repo.phases().is_ok_and(|p| p.phase(rev) == Phase::Public)) {
            let error = Error::abort("popping would remove a public revision");
            return Err(error.hint("see 'hg help phases' for details"));
        }
        Ok(())
    }

    /// The local changes, which are an error unless they may be kept or dropped.
    pub(super) fn local_changes(&self, force: bool, keep: bool, refresh: bool) -> Result<Status> {
        let repo = self.repo;
        if !force {
            hg_wdir::unfinished::check_unfinished(repo, false)?;
        }
        let mut wdir = WorkingDir::open(repo)?;
        let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
        let changed = status.has_changes() || !status.deleted.is_empty();
        if !force && !keep && changed {
            let message = match refresh && !self.queue.applied.is_empty() {
                true => "local changes found, qrefresh first",
                false => "local changes found",
            };
            return Err(Error::abort(message));
        }
        Ok(status)
    }

    /// Copies files that have local changes and are about to be overwritten.
    pub(super) fn back_up(&self, local: &Status, touched: &BTreeSet<HgPathBuf>) -> Result<()> {
        let changed = local.modified.iter().chain(&local.added);
        let mut changed: Vec<&HgPathBuf> = changed.filter(|path| touched.contains(*path)).collect();
        changed.sort();
        for path in changed {
            if !self.repo.wvfs().lexists(path) {
                continue;
            }
            let saved = backup_path(self.repo, path)?;
            let parts = [b"saving current version of ", path.as_bytes(), b" as ", &saved, b"\n"];
            self.ctx.ui.note(parts.concat());
            hg_repo::revert::back_up(self.repo, path, &saved)?;
        }
        Ok(())
    }

    /// Makes files what they are in a changeset, which becomes the working directory's parent.
    fn restore(&self, target: Node, touched: &BTreeSet<HgPathBuf>) -> Result<()> {
        let repo = self.repo;
        let manifest = manifest_of(repo, &target)?;
        let auditor = hg_vfs::PathAuditor::new(repo.wvfs().clone());
        let mut wdir = WorkingDir::open(repo)?;
        wdir.dirstate_mut().set_parents(target, Node::NULL)?;
        for path in touched.iter().filter(|path| !manifest.contains(path)) {
            auditor.check(path.as_bytes())?;
            if repo.wvfs().lexists(path) && !repo.wvfs().is_dir(path) {
                repo.wvfs().remove_with_parents(path)?;
            }
            wdir.dirstate_mut().update_file(path, FileUpdate::default())?;
            wdir.dirstate_mut().set_copy(path, None)?;
        }
        for path in touched {
            let Some(entry) = manifest.get(path) else { continue };
            auditor.check(path.as_bytes())?;
            let content = repo.filelog(path)?.read_node(&entry.node)?;
            write_version(repo, path, &content, entry.flags, Some(entry.node))?;
            let update = FileUpdate {
                tracked: true,
                p1_tracked: true,
                possibly_dirty: true,
                ..FileUpdate::default()
            };
            wdir.dirstate_mut().update_file(path, update)?;
            wdir.dirstate_mut().set_copy(path, None)?;
        }
        wdir.write()?;
        MergeState::clear(repo)
    }
}

/// Whether local changes are in files that are about to change.
pub(super) fn overlaps(local: &Status, touched: &BTreeSet<HgPathBuf>) -> bool {
    [&local.modified, &local.added, &local.removed, &local.deleted]
        .into_iter()
        .flatten()
        .any(|path| touched.contains(path))
}
