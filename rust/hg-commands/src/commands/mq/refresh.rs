//! `hg qrefresh`, `hg qdiff` and `hg qrecord`.

use std::collections::BTreeSet;

use hg_format::substate;
use hg_match::Matcher;
use hg_repo::mq::{Applied, PatchHeader};
use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Error, HgPath, HgPathBuf, Node, Phase, Result, Revision};
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::diff::Changes;
use hg_wdir::dirstate::FileUpdate;
use hg_wdir::merge::MergeState;
use hg_wdir::snapshot::RevisionSnapshot;
use hg_wdir::{WorkingDir, manifest_of};

use super::new::Making;
use super::{Credits, Work};
use crate::commit_message::given_message;
use crate::diff_display::{Comparison, DiffStyle};
use crate::revision::Target;
use crate::scope::{Naming, match_arguments, match_patterns, match_tree, warn_bad};
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qrefresh`.
pub static REFRESH: Command = Command {
    spec: &spec::QREFRESH,
    help: "Take the changes of the working directory into the top patch. With file names, -I or -X, the\n\
           patch has only the changes of these files afterwards, and the rest are local changes;\n\
           --short adds them to the files that the patch has.\n\n\
           Returns 0 on success.",
    run: run_refresh,
};

/// `hg qdiff`.
pub static DIFF: Command = Command {
    spec: &spec::QDIFF,
    help: "Show what the top patch would be after :hg:`qrefresh`.\n\nReturns 0 on success.",
    run: run_diff,
};

/// `hg qrecord`.
pub static RECORD: Command = Command {
    spec: &crate::spec::extensions_n_z::QRECORD,
    help: "Make a new patch of some of the changes of the working directory: each is asked about. See\n\
           :hg:`qnew`.",
    run: run_record,
};

fn run_record(_: &CommandContext) -> Result<i32> {
    Err(Error::abort("recording a patch interactively is not supported yet"))
}

fn run_diff(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let Some(top) = work.queue.top() else {
        work.no_patches();
        return Ok(0);
    };
    let mut style = DiffStyle::from_opts(&ctx.ui, &ctx.opts)?;
    let parent = work.repo.changelog()?.rev(&work.parent_of(top.node)?)?;
    let mut sides = [Target::Changeset(parent), Target::WorkingDirectory];
    if ctx.opts.flag("reverse") {
        sides.reverse();
    }
    let stat = ctx.opts.flag("stat");
    if stat {
        style.options.context = 0;
        style.options.noprefix = false;
    }
    let matcher = match_arguments(ctx)?;
    let comparison = Comparison::new(&ctx.ui, work.repo, sides, &matcher, true)?;
    let was_git = work.queue.header(&top.name)?.is_git;
    style.options.git = work.uses_git(&comparison, &style.options, was_git)?;
    warn_bad(ctx, &Naming::relative(ctx, work.repo), &comparison.bad);
    if stat {
        style.write_stat(&ctx.ui, &comparison, ctx.ui.terminal_width())?;
    } else {
        style.write(&ctx.ui, &comparison)?;
    }
    Ok(0)
}

fn run_refresh(ctx: &CommandContext) -> Result<i32> {
    let message = given_message(ctx)?;
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let credits = Credits::of(ctx)?;
    let matcher = match_tree(ctx)?;
    let request = Refresh {
        matcher,
        credits,
        message,
        edit: ctx.opts.is_set("edit"),
        short: match ctx.opts.flag("short") {
            true => Some(match_patterns(ctx, &[])?),
            false => None,
        },
        names_files: !ctx.args.is_empty(),
        git: false,
        form: "mq.qrefresh",
    };
    work.refresh(&request)
}

/// What a refresh does.
pub(super) struct Refresh {
    /// The files that stay in the patch.
    pub(super) matcher: Matcher,
    pub(super) credits: Credits,
    /// The new message, in UTF-8.
    pub(super) message: Option<Vec<u8>>,
    pub(super) edit: bool,
    /// Files of the patch that match this stay in it, and nothing is added that was not named.
    pub(super) short: Option<Matcher>,
    /// Whether files were named.
    pub(super) names_files: bool,
    /// The patch takes in one in git's format.
    pub(super) git: bool,
    pub(super) form: &'static str,
}

impl Work<'_> {
    /// Makes the top patch anew.
    pub(super) fn refresh(&mut self, request: &Refresh) -> Result<i32> {
        let ctx = self.ctx;
        if self.queue.applied.is_empty() {
            return Ok(self.no_patches());
        }
        let Some(top) = self.check_top()? else { return Ok(1) };
        let repo = self.repo;
        let _lock = repo.lock()?;
        let cl = repo.changelog()?;
        let rev = cl.rev(&top.node)?;
        if !cl.children(rev).is_empty() {
            return Err(Error::abort("cannot qrefresh a revision with children"));
        }
        let phase = repo.phases()?.phase(rev);
        if phase == Phase::Public {
            let error = Error::abort("cannot qrefresh public revision");
            return Err(error.hint("see 'hg help phases' for details"));
        }
        hg_wdir::unfinished::check_unfinished(repo, false)?;
        crate::nested::refuse_changed(repo, &request.matcher)?;
        let entry = cl.entry(rev)?;
        let (old_user, parent) = (entry.user().to_vec(), cl.parents(rev)[0]);
        let header = self.queue.header(&top.name)?;
        let files = self.refreshed_files(request, parent, rev)?;
        let matcher = Matcher::exact_files(files.into_iter().collect());
        let sides = [Target::Changeset(parent), Target::WorkingDirectory];
        // Copies of copies are traced through files that may not be in the patch any more.
        let shown = if request.short.is_some() { &matcher } else { &request.matcher };
        let comparison = Comparison::new(&ctx.ui, repo, sides, shown, true)?;
        let diff = self.diff_text(&comparison, header.is_git || request.git)?;
        let added = changes_between(repo, parent, rev)?.added;
        let parent = cl.node(parent);
        let new = NewPatch { top: &top, parent, phase, matcher, diff, old_user, header };
        let done = self.replace_top(request, new);
        if done.is_err() && self.queue.position(&top.name).is_none() {
            let note =
                "qrefresh interrupted while patch was popped! (revert --all, qpush to recover)\n";
            ctx.ui.warn(note);
            self.queue.save()?;
            forget_added(repo, &added)?;
        }
        done?;
        Ok(0)
    }

    /// The files that the patch is to have.
    fn refreshed_files(
        &self,
        request: &Refresh,
        parent: Revision,
        old: Revision,
    ) -> Result<BTreeSet<HgPathBuf>> {
        let repo = self.repo;
        let mut wdir = WorkingDir::open(repo)?;
        let node = repo.changelog()?.node(parent);
        let manifest = manifest_of(repo, &node)?;
        let options = hg_wdir::StatusOptions::default();
        let status = hg_wdir::status_against(&mut wdir, &manifest, &request.matcher, options)?;
        warn_bad(self.ctx, &Naming::relative(self.ctx, repo), &status.bad);
        let lists = |status: hg_wdir::Status| {
            [status.modified, status.added, status.removed].into_iter().flatten()
        };
        let mut out: BTreeSet<HgPathBuf> = lists(status).collect();
        if let Some(kept) = &request.short {
            if !request.names_files {
                out.clear();
            }
            let before = all_of(&changes_between(repo, parent, old)?);
            let before = before.into_iter().filter(|path| kept.matches(path)).collect();
            let before = Matcher::exact_files(before);
            let again = hg_wdir::status_against(&mut wdir, &manifest, &before, options)?;
            out.extend(lists(again));
        }
        Ok(out)
    }

    fn replace_top(&mut self, request: &Refresh, new: NewPatch<'_>) -> Result<()> {
        let ctx = self.ctx;
        let repo = self.repo;
        let encoding = ctx.ui.encoding();
        let NewPatch { top, parent, phase, matcher, mut diff, old_user, mut header } = new;
        let message = match &request.message {
            Some(message) if !message.is_empty() => message.clone(),
            _ => encoding.from_local(&header.message())?.into_owned(),
        };
        let user = match (&request.credits.user, &header.user) {
            (Some(user), _) | (None, Some(user)) => user.clone(),
            (None, None) => encoding.local(&old_user).into_owned(),
        };
        let date = request.credits.date.as_ref().or(header.date.as_ref());
        let date = date.map(|date| self.read_date(date)).transpose()?;
        // Copies that the patch does not tell about must not be in the changeset either.
        let with_copies = diff.starts_with(b"diff --git");
        uncommit(repo, top.node, parent, with_copies)?;
        let rev = repo.changelog()?.rev(&top.node)?;
        let moved = bookmarks_at(repo, top.node)?;
        strip(repo, &[rev], &StripOptions { backup: false, ..StripOptions::default() })?;
        self.queue.applied.pop();
        let making = Making { name: &top.name, message, edit: request.edit, form: request.form };
        let phase = (phase > repo.new_commit_phase()?).then_some(phase);
        let tr = repo.transaction("qrefresh")?;
        let (node, described) =
            self.commit_as(&making, &matcher, None, (Some(user), date), phase)?;
        request.credits.write_to(&mut header);
        if let Some(text) = described
            && text != header.message()
        {
            header.set_message(&text);
        }
        header.set_parent(&parent);
        // What is recorded of subrepositories is only known now.
        let cl = repo.changelog()?;
        let entry = cl.entry(cl.rev(&node)?)?;
        if entry.files().any(|path| path.as_bytes() == substate::FILE_NAME) {
            let matcher = Matcher::exact_files(entry.files().map(HgPath::to_owned).collect());
            let sides = [Target::Changeset(cl.rev(&parent)?), Target::WorkingDirectory];
            let comparison = Comparison::new(&ctx.ui, repo, sides, &matcher, true)?;
            diff = self.diff_text(&comparison, header.is_git || request.git)?;
        }
        self.queue.write_patch(&top.name, &[header.to_bytes(), diff].concat())?;
        let marks: Vec<_> = moved.into_iter().map(|name| (name, Some(node))).collect();
        if !marks.is_empty() {
            repo.change_bookmarks(&tr, &marks)?;
        }
        tr.close()?;
        hg_store::transaction::remove_undo(repo)?;
        self.queue.applied.push(Applied { node, name: top.name.clone() });
        self.queue.save()
    }
}

/// What takes the place of the top patch.
struct NewPatch<'a> {
    top: &'a Applied,
    parent: Node,
    phase: Phase,
    matcher: Matcher,
    diff: Vec<u8>,
    old_user: Vec<u8>,
    header: PatchHeader,
}

fn bookmarks_at(repo: &Repo, node: Node) -> Result<Vec<Vec<u8>>> {
    Ok(repo.bookmarks()?.names_of(&node).to_vec())
}

fn changes_between(repo: &Repo, old: Revision, new: Revision) -> Result<Changes> {
    let (old, new) = (RevisionSnapshot::new(repo, old)?, RevisionSnapshot::new(repo, new)?);
    Ok(Changes::between(&old, &new, &Matcher::always()))
}

fn all_of(changes: &Changes) -> BTreeSet<HgPathBuf> {
    let lists = [&changes.modified, &changes.added, &changes.removed];
    lists.into_iter().flatten().cloned().collect()
}

/// What the popped patch added is no longer tracked: pushing it again makes it anew.
fn forget_added(repo: &Repo, added: &[HgPathBuf]) -> Result<()> {
    let mut wdir = WorkingDir::open(repo)?;
    for path in added {
        wdir.dirstate_mut().set_untracked(path)?;
    }
    wdir.write()
}

/// Makes what a changeset changed local changes upon its parent.
fn uncommit(repo: &Repo, node: Node, parent: Node, with_copies: bool) -> Result<()> {
    let cl = repo.changelog()?;
    let (old, new) = (cl.rev(&parent)?, cl.rev(&node)?);
    let changes = changes_between(repo, old, new)?;
    let mut wdir = WorkingDir::open(repo)?;
    let side = wdir.copies_side()?;
    let copies: Copies = path_copies(repo, &Side::Revision(old), &side, &Matcher::always())?;
    let manifest = manifest_of(repo, &parent)?;
    wdir.dirstate_mut().set_parents(parent, Node::NULL)?;
    for path in all_of(&changes) {
        let tracked = wdir.dirstate().is_tracked(&path)?;
        let update = FileUpdate {
            tracked,
            p1_tracked: manifest.contains(&path),
            possibly_dirty: tracked,
            ..FileUpdate::default()
        };
        wdir.dirstate_mut().update_file(&path, update)?;
        wdir.dirstate_mut().set_copy(&path, None)?;
    }
    for (path, source) in wdir.dirstate().copies()? {
        if !manifest.contains(&source) {
            wdir.dirstate_mut().set_copy(&path, None)?;
        }
    }
    for (path, source) in &copies {
        if with_copies && manifest.contains(source) && wdir.dirstate().is_tracked(path)? {
            wdir.dirstate_mut().set_copy(path, Some(source))?;
        }
    }
    wdir.write()?;
    MergeState::clear(repo)
}
