//! `hg commit`.

use std::collections::BTreeMap;

use hg_repo::commit::MemoryFiles;
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, Node, Phase, Result, Revision};
use hg_wdir::WorkingDir;

use crate::call::{Invocation, call};
use crate::commands::addremove::{AddRemove, similarity};
use crate::commit_message::{self, MessageOptions};
use crate::scope::{Naming, match_arguments, match_own, match_tree};
use crate::{Command, CommandContext, spec};

/// `hg commit`.
pub static COMMAND: Command = Command {
    spec: &spec::committing::COMMIT,
    help: "Record the changes of the working directory, or of the named files, as a new changeset.\n\
Without message, an editor is started.\n\n\
After a merge everything is committed: no file names, -I or -X then.\n\n\
--close-branch marks the branch head as closed. --amend replaces the parent of the working\n\
directory by a changeset with its changes and the new ones. -i/--interactive asks about\n\
every change.\n\n\
Returns 0 on success, 1 if nothing changed.",
    run,
};

/// What `hg commit` and `hg record` do.
pub(super) fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("subrepos") && ctx.opts.flag("amend") {
        return Err(Error::input("cannot amend with --subrepos"));
    }
    if ctx.opts.flag("secret") && ctx.opts.flag("draft") {
        return Err(Error::input("cannot specify both --draft and --secret"));
    }
    if ctx.opts.flag("interactive") {
        crate::interactive::require_user(ctx)?;
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let code = adding_and_removing(ctx, repo, || make(ctx, repo))?;
    if code == 0 && !ctx.ui.is_quiet() {
        show_rest(ctx, repo)?;
    }
    Ok(code)
}

fn make(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    if ctx.opts.flag("amend") { super::amend::amend_by_options(ctx) } else { commit(ctx, repo) }
}

/// What was not committed, where `commands.commit.post-status` wants it shown.
fn show_rest(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    if ctx.config().get_bool_or("commands", "commit.post-status", false)? {
        let status = Invocation { name: b"status".to_vec(), args: Vec::new(), options: Vec::new() };
        call(&ctx.ui, Some(repo), status)?;
    }
    Ok(())
}

/// Does something that makes a changeset; with `--addremove`, what `hg addremove` does first, which does
/// not stay when the rest fails.
pub(super) fn adding_and_removing(
    ctx: &CommandContext,
    repo: &Repo,
    make: impl FnOnce() -> Result<i32>,
) -> Result<i32> {
    if !ctx.opts.flag("addremove") {
        return make();
    }
    let before = hg_wdir::SavedDirstate::take(repo)?;
    let amends = ctx.opts.flag("amend") || ctx.command.spec.names == "amend";
    let result = add_and_remove(ctx, repo).and_then(|mut wdir| {
        let tr = repo.transaction(if amends { "amend" } else { "commit" })?;
        // What is tracked has changed already: hooks that run now are inside of this.
        tr.add_pending("tracked files", |_| Ok(true))?;
        wdir.write()?;
        let made = make()?;
        tr.close()?;
        Ok(made)
    });
    if result.is_err() {
        before.restore(repo)?;
    }
    result
}

/// `--addremove`: what `hg addremove` does, first. The dirstate is not written yet.
pub(super) fn add_and_remove(ctx: &CommandContext, repo: &Repo) -> Result<WorkingDir> {
    let naming = Naming::by_patterns(ctx, repo)?;
    let mut wdir = WorkingDir::open(repo)?;
    let similarity = similarity(ctx, b"")?;
    let request = AddRemove { similarity, dry_run: false, naming: &naming };
    let tree = match_tree(ctx)?;
    let nested = super::addremove::in_subrepos(ctx, &tree, &request)?;
    if !request.run(ctx, &mut wdir, &match_own(ctx, &tree)?)? || !nested {
        let message = "failed to mark all new/missing files as added/removed";
        return Err(Error::abort(message));
    }
    Ok(wdir)
}

/// Commits what the options say.
pub(crate) fn commit(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let mut extra: BTreeMap<_, _> = ctx.extra.iter().cloned().collect();
    hg_wdir::unfinished::check_unfinished(repo, true)?;
    if ctx.opts.flag("close-branch") || ctx.opts.flag("force-close-branch") {
        check_close(ctx, repo)?;
        extra.insert(b"close".to_vec(), b"1".to_vec());
    }
    let before = Before::look(repo)?;
    let matcher = match_tree(ctx)?;
    let chosen = match choose(ctx, &matcher)? {
        Choice::Nothing => return Ok(1),
        Choice::All => None,
        Choice::Some(files) => Some(files),
    };
    let options = MessageOptions::from_opts(ctx, "commit.normal.normal")?;
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let mut request = CommitRequest {
        matcher: &matcher,
        message: options.message.clone(),
        user: Box::new(|| ctx.user()),
        date: ctx.date()?,
        extra,
        phase: phase(ctx),
        chosen,
        allow_empty: false,
        recurse: ctx.opts.flag("subrepos"),
        editor: &mut editor,
    };
    let node = commit_working(repo, &mut request)?;
    let Some(node) = node else {
        return nothing_changed(ctx, repo, &matcher);
    };
    before.tell(ctx, repo, node)?;
    Ok(0)
}

/// What is committed of the changes.
pub(crate) enum Choice {
    /// Everything: nobody was asked.
    All,
    /// Nothing.
    Nothing,
    /// These files as they are there.
    Some(MemoryFiles),
}

/// Asks which changes to commit, with `--interactive`.
pub(crate) fn choose(ctx: &CommandContext, matcher: &hg_match::Matcher) -> Result<Choice> {
    // The command `record` has no such option: it always asks.
    let asks = ctx.opts.flag("interactive") || ctx.command.spec.names == "record";
    if !asks {
        return Ok(Choice::All);
    }
    let chosen = crate::interactive::choose_for_commit(ctx, matcher)?;
    Ok(chosen.map_or(Choice::Nothing, Choice::Some))
}

fn phase(ctx: &CommandContext) -> Option<Phase> {
    if ctx.opts.flag("secret") {
        Some(Phase::Secret)
    } else {
        ctx.opts.flag("draft").then_some(Phase::Draft)
    }
}

fn nothing_changed(ctx: &CommandContext, repo: &Repo, matcher: &hg_match::Matcher) -> Result<i32> {
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(matcher, hg_wdir::StatusOptions::default())?;
    ctx.ui.status(match status.deleted.len() {
        0 => "nothing changed\n".to_owned(),
        missing => format!("nothing changed ({missing} missing files, see 'hg status')\n"),
    });
    Ok(1)
}

fn check_close(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let cl = repo.changelog()?;
    let branch = hg_wdir::branch::read(repo)?;
    let p1 = hg_wdir::parents(repo)?[0];
    let rev = cl.rev(&p1)?;
    let heads = repo.branchmap()?.open_heads(&branch).collect::<Vec<_>>();
    let parent_branch = cl.entry(rev)?.branch();
    if heads.is_empty() && parent_branch != branch {
        let message = [b"branch \"", &branch[..], b"\" has no heads to close"].concat();
        return Err(Error::input(message));
    }
    let closed = parent_branch == branch && cl.entry(rev)?.closes_branch();
    if closed && !ctx.opts.flag("amend") && !has_changes(ctx, repo)? {
        return Err(Error::input("current revision is already a branch closing head"));
    }
    let forced = ctx.opts.flag("force-close-branch");
    if parent_branch == branch && !closed && !heads.contains(&rev) && !forced {
        let hint = "use --force-close-branch to close branch from a non-head changeset";
        return Err(Error::input("can only close branch heads").hint(hint));
    }
    Ok(())
}

/// Whether the files that are meant have changed.
fn has_changes(ctx: &CommandContext, repo: &Repo) -> Result<bool> {
    let matcher = match_arguments(ctx)?;
    let options = hg_wdir::StatusOptions::default();
    Ok(WorkingDir::open(repo)?.status(&matcher, options)?.has_changes())
}

/// The heads before a commit, to tell what it did to them.
pub(crate) struct Before {
    branch: Vec<u8>,
    heads: Vec<Revision>,
    all_heads: Vec<Revision>,
    /// The number of changesets.
    len: usize,
}

impl Before {
    pub(crate) fn look(repo: &Repo) -> Result<Self> {
        let branch = hg_wdir::branch::read(repo)?;
        let heads = repo.branchmap()?;
        Ok(Self {
            heads: heads.open_heads(&branch).collect(),
            all_heads: heads.heads(&branch).to_vec(),
            len: repo.changelog()?.len(),
            branch,
        })
    }

    /// Says whether the new changeset made a head, reopened a branch, and what it is called.
    pub(crate) fn tell(&self, ctx: &CommandContext, repo: &Repo, node: Node) -> Result<()> {
        let cl = repo.changelog()?;
        let rev = cl.rev(&node)?;
        let parents: Vec<Revision> =
            cl.parents(rev).into_iter().filter(|parent| !parent.is_null()).collect();
        let entry = cl.entry(rev)?;
        let amend = ctx.opts.flag("amend") || ctx.command.spec.names == "amend";
        // Without markers, what was amended is gone and numbers say nothing.
        let counts = !amend || repo.evolution("createmarkers")?;
        if counts && rev.index().is_some_and(|index| index < self.len) {
            ctx.ui.warn("warning: commit already existed in the repository!\n");
        }
        let on_branch =
            |rev: &Revision| cl.entry(*rev).is_ok_and(|entry| entry.branch() == self.branch);
        let grows = parents.iter().any(|parent| self.heads.contains(parent) && on_branch(parent));
        let closes = entry.closes_branch();
        if !amend && cl.len() > self.len && !self.heads.is_empty() && !grows && !closes {
            ctx.ui.status("created new head\n");
            if parents.is_empty() {
                ctx.ui.debug("created new root\n");
            }
        }
        if !closes {
            for parent in &parents {
                let closed = self.all_heads.contains(parent) && cl.entry(*parent)?.closes_branch();
                if closed && on_branch(parent) {
                    ctx.ui.status(format!("reopening closed branch head {parent}\n"));
                }
            }
        }
        if ctx.ui.is_debug() {
            ctx.ui.write(format!("committed changeset {rev}:{node}\n"));
        } else if ctx.ui.is_verbose() {
            let short = node.short();
            ctx.ui
                .write([format!("committed changeset {rev}:").as_bytes(), &short, b"\n"].concat());
        }
        Ok(())
    }
}
