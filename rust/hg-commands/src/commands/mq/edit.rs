//! `hg qdelete`, `hg qrename` and `hg qfinish`: patches leave the queue or get other names.

use hg_store::Repo;
use hg_types::{Error, Phase, Result, Revision};

use super::{Work, check_new_name, queues};
use crate::revision;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qdelete`.
pub static DELETE: Command = Command {
    spec: &spec::QDELETE,
    help: "Take patches that are not applied out of the queue and delete their files, unless --keep is\n\
           given. Names must be given in full.\n\n\
           To make applied patches part of history, use :hg:`qfinish`.",
    run: run_delete,
};

/// `hg qrename`.
pub static RENAME: Command = Command {
    spec: &spec::QRENAME,
    help: "Give a patch another name; with one name, the top patch.\n\nReturns 0 on success.",
    run: run_rename,
};

/// `hg qfinish`.
pub static FINISH: Command = Command {
    spec: &spec::QFINISH,
    help: "Make applied patches part of history: those of the given revisions, which must be the lowest,\n\
           or with --applied all. They are no longer in the queue then.\n\n\
           Returns 0 on success.",
    run: run_finish,
};

fn run_delete(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let revs = ctx.opts.list("rev");
    if ctx.args.is_empty() && revs.is_empty() {
        return Err(Error::abort("qdelete requires at least one revision or patch name"));
    }
    let mut names = Vec::new();
    for arg in &ctx.args {
        let name = work.look_up_strictly(arg)?;
        if work.queue.position(&name).is_some() {
            return Err(Error::abort([b"cannot delete applied patch ", &name[..]].concat()));
        }
        if work.queue.series()?.find(&name).is_none() {
            return Err(Error::abort([b"patch ", &name[..], b" not in series file"].concat()));
        }
        names.push(name);
    }
    if !revs.is_empty() {
        if work.queue.applied.is_empty() {
            return Err(Error::abort("no patches applied"));
        }
        let query = revision::query(ctx)?;
        let mut found = revision::range(&query, revs)?.to_vec()?;
        found.sort_unstable();
        names.extend(work.finished(&found)?);
    }
    work.delete(&names, ctx.opts.flag("keep"))?;
    work.queue.save()?;
    Ok(0)
}

fn run_rename(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let (old, new) = match &ctx.args[..] {
        [old, new] => (work.look_up(old)?, new.clone()),
        [new] => match work.queue.top() {
            Some(top) => (top.name.clone(), new.clone()),
            None => {
                work.no_patches();
                return Ok(0);
            }
        },
        _ => return Err(ctx.usage_error()),
    };
    let mut name = hg_match::normalize_path(&new);
    if name == b"." {
        name.clear();
    }
    if name.is_empty() || work.queue.patches().is_dir(&name) {
        let base = old.rsplit(|&byte| byte == b'/').next().unwrap_or_default();
        name = if name.is_empty() { base.to_vec() } else { [&name[..], b"/", base].concat() };
    }
    check_new_name(&work.queue, &name, false)?;
    ctx.ui.note([b"renaming ", &old[..], b" to ", &name[..], b"\n"].concat());
    let index = work.queue.series()?.find(&old).unwrap_or_default();
    let path = [work.queue.directory(), b"/", &name[..]].concat();
    if let Some(slash) = path.iter().rposition(|&byte| byte == b'/') {
        repo.vfs().create_dirs(&path[..slash])?;
    }
    work.queue.patches().rename(&old, &name)?;
    work.queue.series_mut()?.rename(index, &name);
    if let Some(at) = work.queue.position(&old) {
        work.queue.applied[at].name = name.clone();
    }
    work.queue.save()?;
    queues::track_rename(&work, &old, &name)?;
    Ok(0)
}

fn run_finish(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if !ctx.opts.flag("applied") && ctx.args.is_empty() {
        return Err(Error::abort("no revisions specified"));
    }
    let mut specs = ctx.args.clone();
    if ctx.opts.flag("applied") {
        specs.insert(0, b"qbase::qtip".to_vec());
    }
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    if work.queue.applied.is_empty() {
        ctx.ui.status("no patches applied\n");
        return Ok(0);
    }
    let query = revision::query(ctx)?;
    let revs = revision::range(&query, &specs)?.to_vec()?;
    drop(query);
    let mut sorted = revs.clone();
    sorted.sort_unstable();
    sorted.dedup();
    let cl = repo.changelog()?;
    let parents = hg_wdir::parents(repo)?;
    if sorted.iter().any(|rev| parents.contains(&cl.node(*rev))) {
        let mut wdir = hg_wdir::WorkingDir::open(repo)?;
        let options = hg_wdir::StatusOptions::default();
        let status = wdir.status(&hg_match::Matcher::always(), options)?;
        if status.has_changes() || !status.deleted.is_empty() {
            ctx.ui.warn("warning: uncommitted changes in the working directory\n");
        }
    }
    let names = work.finished(&sorted)?;
    work.release(repo, &sorted)?;
    work.delete(&names, false)?;
    work.queue.save()?;
    Ok(0)
}

impl Work<'_> {
    /// Takes revisions at the base of the stack off the list of applied patches; gives the patches.
    fn finished(&mut self, revs: &[Revision]) -> Result<Vec<Vec<u8>>> {
        let cl = self.repo.changelog()?;
        if let (Some(first), Some(base)) = (revs.first(), self.queue.applied.first())
            && let Some(base) = cl.find(&base.node)
            && *first < base
        {
            return Err(Error::abort(format!("revision {first} is not managed")));
        }
        let (mut names, mut unknown) = (Vec::new(), Vec::new());
        for (at, &rev) in revs.iter().enumerate() {
            let one = self.queue.applied.get(at).filter(|one| one.node == cl.node(rev));
            let Some(one) = one else {
                let text = format!("cannot delete revision {rev} above applied patches");
                return Err(Error::abort(text));
            };
            let description = cl.entry(rev)?.description().to_vec();
            let local = self.ctx.ui.encoding().local(&description).into_owned();
            let defaults = [b"[mq]: ".as_slice(), b"imported patch "]
                .map(|start| [start, &one.name[..]].concat());
            if defaults.contains(&local) {
                let parts = [b"patch ", &one.name[..], b" finalized without changeset message\n"];
                self.ctx.ui.status(parts.concat());
            }
            if self.queue.series()?.find(&one.name).is_none() {
                let parts =
                    [b"revision ".as_slice(), &one.node.short(), b" refers to unknown patches: "];
                unknown.push([&parts.concat()[..], &one.name, b"\n"].concat());
            }
            names.push(one.name.clone());
        }
        unknown.into_iter().rev().for_each(|text| self.ctx.ui.warn(text));
        self.queue.applied.drain(..names.len());
        Ok(names)
    }

    /// Patches that were kept secret get the phase of other new changesets.
    fn release(&self, repo: &Repo, revs: &[Revision]) -> Result<()> {
        if !self.ctx.config().get_bool_or("mq", "secret", false)? {
            return Ok(());
        }
        let phases = repo.phases()?;
        let target = repo.new_commit_phase()?;
        let is_higher = |rev: &Revision| phases.phase(*rev) > target && target < Phase::Secret;
        let higher: Vec<Revision> = revs.iter().copied().filter(is_higher).collect();
        if higher.is_empty() {
            return Ok(());
        }
        let tr = repo.transaction("qfinish")?;
        repo.advance_phases(&tr, target, &higher)?;
        tr.close()
    }

    /// Takes patches out of the series, and deletes their files unless they are kept.
    pub(super) fn delete(&mut self, names: &[Vec<u8>], keep: bool) -> Result<()> {
        // First the list: a file that nobody lists is no loss, a listed one that is gone would be.
        for name in names {
            if let Some(index) = self.queue.series()?.find(name) {
                self.queue.series_mut()?.remove(index);
            }
        }
        self.queue.save()?;
        if !keep {
            queues::untrack(self, names)?;
            for name in names {
                self.queue.patches().try_remove(name)?;
            }
        }
        Ok(())
    }
}
