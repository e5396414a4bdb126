//! `hg graft`.

use std::collections::BTreeMap;

use hg_repo::graft::{Graft, graft};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::commit_message::{self, MessageOptions};
use crate::{Command, CommandContext, rewriting, spec};

mod plan;
mod state;

use state::State;

/// `hg graft`.
pub static COMMAND: Command = Command {
    spec: &spec::manipulation::GRAFT,
    help: "Copy changesets onto the parent of the working directory, one after the other: user, date and\n\
message are kept (-u, -d, -D, -U and -e change them), and the new changeset remembers where its\n\
changes came from. Merges, ancestors and changesets that were grafted before are left out; -f/--force\n\
takes the latter two all the same. --log notes the origin in the message.\n\n\
When a merge leaves conflicts, the graft stops: resolve them, then --continue. --stop keeps what was\n\
grafted so far, --abort goes back to where everything began.\n\n\
--base names what the changes are taken against, instead of the parent; merges can be grafted\n\
with it. --no-commit leaves the changes in the working directory.\n\n\
Returns 0 on success, 1 if there are unresolved files.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut revs: Vec<Vec<u8>> = ctx.args.clone();
    if !revs.is_empty() && !ctx.opts.list("rev").is_empty() {
        let text = "warning: inconsistent use of --rev might give unexpected revision ordering!\n";
        ctx.ui.warn(text);
    }
    revs.extend(ctx.opts.list("rev").iter().cloned());
    check_options(ctx)?;
    if ctx.opts.nonempty("to").is_some() {
        return Err(Error::abort("graft --to is not implemented yet"));
    }
    let _wlock = repo.wlock()?;
    if ctx.opts.flag("stop") {
        return state::stop(ctx, repo, &revs);
    }
    if ctx.opts.flag("abort") {
        return state::abort(ctx, repo, &revs);
    }
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    if ctx.opts.flag("continue") {
        return resume(ctx, repo, &revs);
    }
    if revs.is_empty() {
        return Err(Error::input("no revisions specified"));
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    rewriting::refuse_changes(repo)?;
    let Some(plan) = plan::Plan::make(ctx, repo, &revs)? else { return Ok(-1) };
    let state = State::from_opts(ctx, repo, plan.revs)?;
    if ctx.opts.flag("dry-run") {
        let cl = repo.changelog()?;
        for node in &state.nodes {
            announce(ctx, repo, cl.rev(node)?)?;
        }
        return Ok(0);
    }
    run_all(ctx, repo, state, false)
}

/// Gives an interrupted graft up.
pub(super) fn abort(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    state::abort(ctx, repo, &[])
}

/// Goes on with an interrupted graft.
pub(super) fn go_on(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    resume(ctx, repo, &[])
}

fn check_options(ctx: &CommandContext) -> Result<()> {
    rewriting::at_most_one(ctx, &["abort", "stop", "continue"])?;
    for option in ["stop", "abort"] {
        let others = ["edit", "log", "user", "date", "currentdate", "currentuser", "rev"];
        rewriting::incompatible(ctx, option, &others)?;
    }
    rewriting::at_most_one(ctx, &["user", "currentuser"])?;
    rewriting::at_most_one(ctx, &["date", "currentdate"])?;
    rewriting::incompatible(ctx, "no-commit", &["edit", "currentuser", "currentdate", "log"])?;
    Ok(())
}

fn resume(ctx: &CommandContext, repo: &Repo, revs: &[Vec<u8>]) -> Result<i32> {
    if !revs.is_empty() {
        return Err(Error::input("can't specify --continue and revisions"));
    }
    let Some(mut state) = State::read(repo)? else {
        return Err(rewriting::none_in_progress(repo, "graft"));
    };
    state.override_with(ctx)?;
    run_all(ctx, repo, state, true)
}

/// Grafts what is left to graft; with `resumed`, the first one stands merged in the working directory.
fn run_all(ctx: &CommandContext, repo: &Repo, mut state: State, mut resumed: bool) -> Result<i32> {
    while let Some(&node) = state.nodes.first() {
        let rev = repo.changelog()?.rev(&node)?;
        announce(ctx, repo, rev)?;
        let merged = std::mem::take(&mut resumed);
        if !merged && !merge(ctx, repo, &state, rev)? {
            state.write(repo)?;
            ctx.ui.error(
                "abort: unresolved conflicts, can't continue\n\
                 (use 'hg resolve' and 'hg graft --continue')\n",
            );
            return Ok(1);
        }
        if !state.no_commit {
            match commit(ctx, repo, &state, rev)? {
                Some(new) => state.new_nodes.push(new),
                None => {
                    let parts = [
                        b"note: graft of ",
                        &rewriting::shown(repo, rev)?[..],
                        b" created no changes to commit\n",
                    ];
                    ctx.ui.warn(parts.concat());
                }
            }
        }
        state.nodes.remove(0);
    }
    state::clear(repo)?;
    Ok(0)
}

/// `grafting 3:1a2b3c4d5e6f "message" (bookmark tip)`.
fn announce(ctx: &CommandContext, repo: &Repo, rev: Revision) -> Result<()> {
    ctx.ui.status([b"grafting ", &rewriting::described(ctx, repo, rev)?[..], b"\n"].concat());
    Ok(())
}

/// Merges one changeset in; says whether no conflicts are left.
fn merge(ctx: &CommandContext, repo: &Repo, state: &State, rev: Revision) -> Result<bool> {
    let cl = repo.changelog()?;
    let base = match state.base {
        Some(base) => cl.rev(&base)?,
        None => cl.parents(rev)[0],
    };
    let step = Graft {
        rev,
        base,
        labels: ["local", "graft", "parent of graft"],
        second_parent: Node::NULL,
        keep_conflict_parent: false,
    };
    let stats = graft(repo, &step, &*ctx.ui)?;
    Ok(stats.unresolved == 0)
}

fn commit(ctx: &CommandContext, repo: &Repo, state: &State, rev: Revision) -> Result<Option<Node>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let node = cl.node(rev);
    let mut extra = BTreeMap::new();
    let old = entry.extra();
    // The first origin stays known when a graft is grafted again.
    match old.get(&b"source"[..]) {
        Some(source) => {
            extra.insert(b"source".to_vec(), source.clone());
            extra.insert(b"intermediate-source".to_vec(), node.hex());
        }
        None => {
            extra.insert(b"source".to_vec(), node.hex());
        }
    }
    let mut message = entry.description().to_vec();
    if state.log {
        message.extend_from_slice(&[b"\n(grafted from ", &node.hex()[..], b")"].concat());
    }
    let options =
        MessageOptions { message: message.clone(), edit: state.edit, form: "graft", note: None };
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let everything = hg_match::Matcher::always();
    let mut request = CommitRequest {
        matcher: &everything,
        message,
        user: hg_repo::working::known_user(
            state.user.clone().unwrap_or_else(|| entry.user().to_vec()),
        ),
        date: state.date.unwrap_or(entry.date()),
        extra,
        phase: None,
        chosen: None,
        allow_empty: false,
        recurse: false,
        editor: &mut editor,
    };
    commit_working(repo, &mut request)
}
