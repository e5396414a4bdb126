//! `hg amend` and `hg commit --amend`.

use std::collections::BTreeMap;

use hg_repo::amend::{AmendRequest, amend as amend_parent};
use hg_repo::rewrite::Rewriting;
use hg_repo::working::Draft;
use hg_store::Repo;
use hg_types::{Error, HgDate, Phase, Result};

use super::commit::Choice;
use crate::commit_message::{self, MessageOptions};
use crate::scope::match_tree;
use crate::{Command, CommandContext, rewriting, spec};

/// A changeset that began its branch cannot close it at the same time.
fn check_close(repo: &Repo) -> Result<()> {
    let cl = repo.changelog()?;
    let branch = hg_wdir::branch::read(repo)?;
    let rev = cl.rev(&hg_wdir::parents(repo)?[0])?;
    for parent in cl.parents(rev) {
        // What has no parent began on the default branch.
        if cl.entry(parent)?.branch() == branch {
            return Ok(());
        }
    }
    Err(Error::input("can only close branch heads"))
}

/// `hg amend`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_a_m::AMEND,
    help: "Replace the parent of the working directory by a changeset that has its changes and those of\n\
the working directory, or of the named files. The message stays unless -m, -l or -e is given.\n\n\
--note says why; it is kept with the record of what replaced what.\n\n\
Returns 0 on success, 1 if nothing changed.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    rewriting::check_who_and_when(ctx)?;
    if ctx.opts.flag("secret") && ctx.opts.flag("draft") {
        return Err(Error::input("cannot specify both --draft and --secret"));
    }
    rewriting::check_note(ctx)?;
    if ctx.opts.flag("interactive") {
        crate::interactive::require_user(ctx)?;
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    super::commit::adding_and_removing(ctx, repo, || amend(ctx, ctx.opts.is_set("edit")))
}

/// `hg commit --amend`: without a message, the editor is started.
pub(super) fn amend_by_options(ctx: &CommandContext) -> Result<i32> {
    let given = commit_message::given_message(ctx)?.is_some();
    amend(ctx, ctx.opts.tristate("edit").unwrap_or(!given))
}

/// The date that a changed changeset gets with `rewrite.update-timestamp`.
fn touched(ctx: &CommandContext) -> Result<Option<HgDate>> {
    let given = ctx.opts.nonempty("date").is_some() || ctx.opts.tristate("currentdate").is_some();
    let wanted = ctx.config().get_bool_or("rewrite", "update-timestamp", false)?;
    (wanted && !given).then(|| ctx.date()).transpose()
}

/// Replaces the parent of the working directory by what the options and the working directory say.
fn amend(ctx: &CommandContext, edit: bool) -> Result<i32> {
    let repo = ctx.repo()?;
    let message = commit_message::given_message(ctx)?;
    let options =
        MessageOptions { message: Vec::new(), edit, form: "commit.amend.normal", note: None };
    let mut extra = BTreeMap::new();
    if ctx.opts.flag("close-branch") || ctx.opts.flag("force-close-branch") {
        check_close(repo)?;
        extra.insert(b"close".to_vec(), b"1".to_vec());
    }
    let matcher = match_tree(ctx)?;
    let chosen = match super::commit::choose(ctx, &matcher)? {
        Choice::Nothing => return Ok(1),
        Choice::All => None,
        Choice::Some(files) => Some(files),
    };
    if ctx.config().get_bool_or("ui", "commitsubrepos", false)? {
        return Err(Error::abort("cannot amend with ui.commitsubrepos enabled"));
    }
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let mut request = AmendRequest {
        matcher: &matcher,
        chosen,
        message,
        user: rewriting::new_user(ctx)?,
        date: rewriting::new_date(ctx)?,
        touched: touched(ctx)?,
        extra,
        phase: match (ctx.opts.flag("secret"), ctx.opts.flag("draft")) {
            (true, _) => Some(Phase::Secret),
            (false, draft) => draft.then_some(Phase::Draft),
        },
        editor: &mut editor,
        rewriting: Rewriting { note: rewriting::note(ctx)?, ..ctx.rewriting("amend")? },
    };
    let before = super::commit::Before::look(repo)?;
    let Some(node) = amend_parent(repo, &mut request)? else {
        ctx.ui.status("nothing changed\n");
        return Ok(1);
    };
    before.tell(ctx, repo, node)?;
    Ok(0)
}
