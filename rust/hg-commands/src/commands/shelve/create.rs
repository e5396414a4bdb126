//! Shelving.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_repo::commit::MemoryFiles;
use hg_repo::shelve::{self, Remembered, Shelf, Temporary};
use hg_repo::working::Draft;
use hg_store::{Repo, Transaction};
use hg_types::{Error, HgPathBuf, Node, Result};
use hg_wdir::merge::{UpdateOptions, update};
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::CommandContext;
use crate::commands::commit::{Choice, add_and_remove, choose};
use crate::commands::export::patch_text;
use crate::commit_message::{self, MessageOptions};
use crate::scope::match_arguments;

pub(super) fn run(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let interactive = ctx.opts.flag("interactive");
    if interactive {
        crate::interactive::require_user(ctx)?;
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    let parents = hg_wdir::parents(repo)?;
    if !parents[1].is_null() {
        return Err(Error::state("cannot shelve while merging"));
    }
    let name = name(ctx, repo)?;
    let matcher = match_arguments(ctx)?;
    let mut making = Making { ctx, repo, shelf: Shelf { name }, p1: parents[0], matcher };
    let branch = hg_wdir::branch::read(repo)?;
    let tr = repo.transaction("shelve")?;
    let outcome = making.shelve(&tr);
    let code = match outcome {
        Ok(Some(remembered)) => {
            finish(repo, tr)?;
            remembered.restore(repo)?;
            0
        }
        Ok(None) => {
            shelve::undo(repo, tr);
            1
        }
        Err(error) => {
            shelve::undo(repo, tr);
            hg_wdir::branch::write(repo, &branch)?;
            return Err(error);
        }
    };
    Ok(code)
}

/// The changeset stays where the repository has a phase for it, and goes elsewhere.
fn finish(repo: &Repo, tr: Transaction) -> Result<()> {
    if shelve::is_internal(repo) {
        return tr.close();
    }
    shelve::undo(repo, tr);
    Ok(())
}

fn name(ctx: &CommandContext, repo: &Repo) -> Result<Vec<u8>> {
    if let Some(name) = ctx.opts.nonempty("name") {
        shelve::check_name(repo, name)?;
        return Ok(name.to_vec());
    }
    let branch = repo.changelog()?.entry_of(&hg_wdir::parents(repo)?[0])?.branch();
    let label = repo.bookmarks()?.active().map_or(branch, <[u8]>::to_vec);
    shelve::free_name(repo, &ctx.ui.encoding().local(&label))
}

struct Making<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    shelf: Shelf,
    p1: Node,
    matcher: Matcher,
}

impl Making<'_> {
    /// Shelves inside a transaction; how files are tracked afterwards, or nothing when nothing changed.
    fn shelve(&mut self, tr: &Transaction) -> Result<Option<Remembered>> {
        let (ctx, repo) = (self.ctx, self.repo);
        let keep = ctx.opts.flag("keep");
        if ctx.opts.flag("addremove") {
            add_and_remove(ctx, repo)?.write()?;
        }
        let mut wdir = WorkingDir::open(repo)?;
        let options =
            StatusOptions { unknown: ctx.opts.flag("unknown"), ..StatusOptions::default() };
        let mut status = wdir.status(&self.matcher, options)?;
        let unknown = std::mem::take(&mut status.unknown);
        let plain: BTreeSet<HgPathBuf> = changed(&status).cloned().collect();
        let kept = Remembered::look(
            repo,
            plain.union(&unknown.iter().cloned().collect()).cloned().collect(),
        )?;
        for path in &unknown {
            wdir.dirstate_mut().set_tracked(path)?;
        }
        if !unknown.is_empty() {
            status.added.extend(unknown.iter().cloned());
            status.added.sort();
            wdir.write()?;
        }
        hg_repo::working::check_names(repo, &self.matcher)?;
        let chosen = match choose(ctx, &self.matcher)? {
            Choice::All => None,
            Choice::Nothing => return Ok(None),
            Choice::Some(files) => Some(files),
        };
        if let Some(chosen) = &chosen {
            chosen.restrict(&mut status);
        }
        if !status.has_changes() && !self.has_new_branch()? {
            return self.nothing_changed(&status).map(|()| None);
        }
        let mut touched: BTreeSet<HgPathBuf> = changed(&status).cloned().collect();
        touched.extend(status.deleted.iter().cloned());
        let node = self.store(tr, &mut wdir, &status, unknown, chosen)?;
        let patch = patch_text(ctx, repo.changelog()?.rev(&node)?)?;
        self.shelf.write_bundle(repo, node)?;
        self.shelf.write(repo, node, &patch)?;
        ctx.ui.note([&self.shelf.patch_path(repo)[..], b"\n"].concat());
        ctx.ui.status([b"shelved as ", &self.shelf.name[..], b"\n"].concat());
        if keep {
            self.stay()?;
            return Ok(Some(kept));
        }
        let branch = hg_wdir::branch::read(repo)?;
        let stats = update(repo, self.p1, &UpdateOptions::default(), &*ctx.ui)?;
        crate::commands::update::show_stats(ctx, stats);
        if !self.is_bare() {
            hg_wdir::branch::write(repo, &branch)?;
        }
        Remembered::look(repo, touched).map(Some)
    }

    /// Whether everything is shelved, with the name of the branch.
    fn is_bare(&self) -> bool {
        let opts = &self.ctx.opts;
        self.ctx.args.is_empty()
            && !opts.flag("interactive")
            && opts.list("include").is_empty()
            && opts.list("exclude").is_empty()
    }

    /// Whether the name of a new branch is to be remembered.
    fn has_new_branch(&self) -> Result<bool> {
        let parent_branch = self.repo.changelog()?.entry_of(&self.p1)?.branch();
        Ok(self.is_bare() && hg_wdir::branch::read(self.repo)? != parent_branch)
    }

    /// Leaves the working directory as it is, on the changeset where it was.
    fn stay(&self) -> Result<()> {
        let mut wdir = WorkingDir::open(self.repo)?;
        wdir.dirstate_mut().set_parents(self.p1, Node::NULL)?;
        wdir.write()
    }

    fn nothing_changed(&self, status: &Status) -> Result<()> {
        let text = match status.deleted.len() {
            0 => "nothing changed\n".to_owned(),
            count => format!("nothing changed ({count} missing files, see 'hg status')\n"),
        };
        self.ctx.ui.status(text);
        Ok(())
    }

    fn store(
        &self,
        tr: &Transaction,
        wdir: &mut WorkingDir,
        status: &Status,
        unknown: Vec<HgPathBuf>,
        chosen: Option<MemoryFiles>,
    ) -> Result<Node> {
        let (ctx, repo) = (self.ctx, self.repo);
        let parent_branch = repo.changelog()?.entry_of(&self.p1)?.branch();
        let branch = match self.is_bare() {
            true => hg_wdir::branch::read(repo)?,
            false => parent_branch,
        };
        let given = ctx.opts.nonempty("message");
        let mut message = match given {
            Some(given) => ctx.ui.encoding().from_local(given)?.into_owned(),
            None => default_message(repo, self.p1)?,
        };
        if ctx.opts.flag("edit") {
            let options = MessageOptions {
                message: message.clone(),
                edit: true,
                form: "shelve.shelve",
                note: None,
            };
            let draft = Draft {
                parents: [self.p1, Node::NULL],
                branch: branch.clone(),
                user: shelve::USER.to_vec(),
                message,
                status: status.clone(),
                extra: std::collections::BTreeMap::new(),
            };
            message = commit_message::finish(ctx, &options, &draft)?;
        }
        let temporary = Temporary {
            description: message,
            date: ctx.date()?,
            user: shelve::USER.to_vec(),
            branch,
            unknown,
        };
        let node = temporary.store(tr, wdir, status, chosen)?;
        wdir.write()?;
        Ok(node)
    }
}

fn changed(status: &Status) -> impl Iterator<Item = &HgPathBuf> {
    status.modified.iter().chain(&status.added).chain(&status.removed)
}

fn default_message(repo: &Repo, p1: Node) -> Result<Vec<u8>> {
    if p1.is_null() {
        return Ok(b"(changes in empty repository)".to_vec());
    }
    let cl = repo.changelog()?;
    let entry = cl.entry_of(&p1)?;
    let line = entry.description().split(|&byte| byte == b'\n').next().unwrap_or_default();
    Ok([b"changes to: ", line].concat())
}
