//! `hg commit --amend`.

use std::collections::BTreeMap;

use hg_repo::amend::{AmendRequest, amend as amend_parent};
use hg_repo::working::Draft;
use hg_store::Repo;
use hg_types::{Error, Phase, Result};

use super::commit::Choice;
use crate::CommandContext;
use crate::commit_message::{self, MessageOptions};
use crate::scope::match_arguments;

/// A changeset that began its branch cannot close it at the same time.
fn check_close(repo: &Repo) -> Result<()> {
    let cl = repo.changelog()?;
    let branch = hg_wdir::branch::read(repo)?;
    let rev = cl.rev(&hg_wdir::parents(repo)?[0])?;
    for parent in cl.parents(rev) {
        if !parent.is_null() && cl.entry(parent)?.branch() == branch {
            return Ok(());
        }
    }
    Err(Error::input("can only close branch heads"))
}

/// Replaces the parent of the working directory by what the options and the working directory say.
pub(super) fn amend(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let message = commit_message::given_message(ctx)?;
    let options = MessageOptions {
        message: Vec::new(),
        edit: ctx.opts.tristate("edit").unwrap_or(message.is_none()),
        form: "commit.amend.normal",
        note: None,
    };
    let mut extra = BTreeMap::new();
    if ctx.opts.flag("close-branch") || ctx.opts.flag("force-close-branch") {
        check_close(repo)?;
        extra.insert(b"close".to_vec(), b"1".to_vec());
    }
    let matcher = match_arguments(ctx)?;
    let chosen = match super::commit::choose(ctx, &matcher)? {
        Choice::Nothing => return Ok(1),
        Choice::All => None,
        Choice::Some(files) => Some(files),
    };
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let mut request = AmendRequest {
        matcher: &matcher,
        chosen,
        message,
        user: ctx.opts.nonempty("user").map(|_| ctx.user()).transpose()?,
        date: ctx.opts.nonempty("date").map(|_| ctx.date()).transpose()?,
        extra,
        phase: ctx.opts.flag("secret").then_some(Phase::Secret),
        editor: &mut editor,
        rewriting: ctx.rewriting("amend")?,
    };
    let before = super::commit::Before::look(repo)?;
    let Some(node) = amend_parent(repo, &mut request)? else {
        ctx.ui.status("nothing changed\n");
        return Ok(1);
    };
    before.tell(ctx, repo, node)?;
    Ok(0)
}
