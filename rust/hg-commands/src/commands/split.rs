//! `hg split`.

use hg_repo::rewrite::{Replacement, check_rewrite};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Phase, Result, Revision};
use hg_wdir::relocate::relocate;
use hg_wdir::{StatusOptions, WorkingDir};

use super::commit::Before;
use super::rebase;
use crate::commit_message::{self, MessageOptions};
use crate::{Command, CommandContext, interactive, revision, rewriting, spec};

/// `hg split`.
pub static COMMAND: Command = Command {
    spec: &spec::extensions_n_z::SPLIT,
    help: "Make several changesets of one, by default of the parent of the working directory: it is asked which changes \\
           and which message each has, until nothing is left.\n\nWhat stands on the changeset is rebased to the last one, \\
           unless ``--no-rebase`` is given.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let lock = repo.lock()?;
    let Some(rev) = chosen(ctx)? else {
        ctx.ui.status("nothing to split\n");
        return Ok(1);
    };
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    if !cl.parents(rev)[1].is_null() {
        return Err(Error::input("cannot split a merge changeset"));
    }
    let to_rebase = match ctx.opts.tristate("rebase") {
        Some(false) => Vec::new(),
        _ => above(repo, rev)?,
    };
    let mut rewritten = vec![rev];
    rewritten.extend(&to_rebase);
    check_rewrite(repo, &rewritten, "split")?;
    if entry.files().next().is_none() {
        return Err(Error::input("cannot split an empty revision"));
    }
    hg_wdir::unfinished::check_unfinished(repo, false)?;
    hg_wdir::unfinished::refuse_changes(repo)?;
    let original = hg_wdir::parents(repo)?[0];
    let old = cl.node(rev);
    let active = repo.bookmarks()?.active().map(<[u8]>::to_vec);
    if original != old {
        // What is committed elsewhere does not concern it.
        repo.set_active_bookmark(None)?;
        rewriting::go_back(ctx, repo, old)?;
    }
    let tr = repo.transaction("split")?;
    let made = match split(ctx, repo, rev) {
        Ok(made) => made,
        Err(error) => {
            drop(tr);
            if original != old {
                rewriting::go_back(ctx, repo, original)?;
                repo.set_active_bookmark(active.as_deref())?;
            }
            return Err(error);
        }
    };
    let Some(&top) = made.last() else {
        return Err(Error::input("cannot split an empty revision"));
    };
    let replacements = [Replacement { old, new: made }];
    let how = ctx.rewriting("split")?;
    how.record(repo, &tr, &replacements)?;
    if to_rebase.is_empty() {
        tr.close()?;
        if original != old {
            rewriting::go_back(ctx, repo, original)?;
            repo.set_active_bookmark(active.as_deref())?;
        }
        drop(lock);
        how.finish(repo, &replacements)?;
        return Ok(0);
    }
    // With markers, what stands on the changeset is an orphan for a moment that nobody is to see.
    let around = match repo.evolution("createmarkers")? {
        true => Some(tr),
        false => {
            tr.close()?;
            None
        }
    };
    if original != old {
        rewriting::go_back(ctx, repo, original)?;
        repo.set_active_bookmark(active.as_deref())?;
    }
    let result = rebase::move_onto(ctx, repo, &to_rebase, top, &replacements);
    match (around, &result) {
        (Some(tr), Ok(_)) => tr.close()?,
        (Some(tr), Err(error)) if error.kind == ErrorKind::Intervention => tr.close()?,
        _ => {}
    }
    result.map(|_| 0)
}

/// The changeset to split; `None` when there is none.
fn chosen(ctx: &CommandContext) -> Result<Option<Revision>> {
    let mut specs = ctx.args.clone();
    specs.extend(ctx.opts.nonempty("rev").map(<[u8]>::to_vec));
    if specs.is_empty() {
        specs.push(b".".to_vec());
    }
    let query = revision::query(ctx)?;
    let revs = revision::range(&query, &specs)?.to_vec()?;
    match revs[..] {
        [] => Ok(None),
        [rev] if rev.is_wdir() => Err(Error::input("cannot split working directory")),
        [rev] => Ok((!rev.is_null()).then_some(rev)),
        _ => Err(Error::input("cannot split multiple revisions")),
    }
}

/// What is to be rebased: the descendants that do not stand on an obsolete changeset.
fn above(repo: &Repo, rev: Revision) -> Result<Vec<Revision>> {
    let cl = repo.changelog()?;
    let (obsolete, hidden) = (repo.obsolete_revs()?, repo.hidden_revs()?);
    let mut out = vec![rev];
    for at in cl.descendant_set([rev]).iter() {
        let parents = cl.parents(at);
        let stands = parents.iter().any(|parent| out.contains(parent));
        if at != rev && stands && !obsolete.contains(at) && !hidden.contains(at) {
            out.push(at);
        }
    }
    out.retain(|at| *at != rev);
    Ok(out)
}

/// Makes the parts.
fn split(ctx: &CommandContext, repo: &Repo, rev: Revision) -> Result<Vec<Node>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let phase = repo.phases()?.phase(rev).max(Phase::Draft);
    let mut wdir = WorkingDir::open(repo)?;
    relocate(&mut wdir, cl.parent_nodes(rev)[0])?;
    wdir.write()?;
    let everything = hg_match::Matcher::always();
    let mut made: Vec<Node> = Vec::new();
    // What each part is called when it is made: the tip, for the time being.
    let mut told: Vec<Vec<u8>> = Vec::new();
    while WorkingDir::open(repo)?.status(&everything, StatusOptions::default())?.has_changes() {
        let Some(chosen) = interactive::choose_for_commit(ctx, &everything)? else { continue };
        let before = Before::look(repo)?;
        let mut message = header(&cl.node(rev), &told);
        message.extend_from_slice(entry.description());
        let options = MessageOptions { message, edit: true, form: "commit.split", note: None };
        let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
        let mut request = CommitRequest {
            matcher: &everything,
            message: options.message.clone(),
            user: hg_repo::working::known_user(ctx.user()?),
            date: ctx.date()?,
            extra: std::collections::BTreeMap::new(),
            phase: Some(phase),
            chosen: Some(chosen),
            allow_empty: false,
            recurse: false,
            editor: &mut editor,
        };
        if let Some(node) = commit_working(repo, &mut request)? {
            before.tell(ctx, repo, node)?;
            told.push(rewriting::summary(ctx, repo, repo.changelog()?.rev(&node)?)?);
            made.push(node);
        }
    }
    Ok(made)
}

/// What the editor says first.
fn header(old: &Node, made: &[Vec<u8>]) -> Vec<u8> {
    let mut out = [b"HG: Splitting ", &old.short()[..], b"."].concat();
    if made.is_empty() {
        out.extend_from_slice(b" Write commit message for the first split changeset.\n");
        return out;
    }
    out.extend_from_slice(b" So far it has been split into:\n");
    for shown in made {
        out.extend_from_slice(&[b"HG: - ", &shown[..], b"\n"].concat());
    }
    out.extend_from_slice(b"HG: Write commit message for the next split changeset.\n");
    out
}
