//! `hg strip` and `hg debugstrip`.

use std::collections::{BTreeMap, BTreeSet};

use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};
use hg_wdir::{WorkingDir, manifest_of};

use crate::{Command, CommandContext, revision, rewriting, spec};

/// `hg debugstrip`.
pub static DEBUG_COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSTRIP,
    help: "Remove changesets and everything that descends from them. Unless ``--no-backup`` is \
           given, what is removed is kept in a bundle in ``.hg/strip-backup``, from which \
           :hg:`unbundle` brings it back. When the working directory stands on one of them, it \
           is updated to the nearest changeset that stays; local changes stop that, ``--force`` \
           discards them, ``--keep`` leaves the files as they are.\n\n``--bookmark`` removes a \
           bookmark and what only it keeps reachable.\n\nReturns 0 on success.",
    run,
};

/// `hg strip`.
pub static COMMAND: Command =
    Command { spec: &spec::extensions_n_z::STRIP, help: DEBUG_COMMAND.help, run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut specs = ctx.args.clone();
    specs.extend_from_slice(ctx.opts.list("rev"));
    let _wlock = repo.wlock()?;
    let marks = named_bookmarks(ctx, repo)?;
    let query = revision::query(ctx)?;
    let mut revs =
        if specs.is_empty() { Vec::new() } else { revision::range(&query, &specs)?.to_vec()? };
    if !marks.is_empty() {
        revs.extend(only_reachable_from(repo, &marks)?);
        if revs.is_empty() {
            delete_bookmarks(ctx, repo, &marks)?;
        }
    }
    drop(query);
    if revs.is_empty() {
        if ctx.opts.flag("permit-empty-revset") || ctx.command.spec.names == "debugstrip" {
            return Ok(0);
        }
        return Err(Error::abort("empty revision set"));
    }
    if ctx.opts.flag("soft") {
        return Err(Error::abort("this repository does not support the archived phase"));
    }
    let roots = roots_by_node(repo, &revs)?;
    leave(ctx, repo, &revs, &roots)?;
    check_histedit(repo, &revs)?;
    let backup = !ctx.opts.flag("no-backup") && !ctx.opts.flag("nobackup");
    let named = roots.last().copied();
    strip(repo, &revs, &StripOptions { backup, named, ..StripOptions::default() })?;
    super::mq::setup::after_strip(ctx, repo)?;
    delete_bookmarks(ctx, repo, &marks)?;
    Ok(0)
}

/// The roots of what goes, ordered by identifier as upstream orders them: the working directory goes below the first,
/// the last one names the backup.
fn roots_by_node(repo: &Repo, revs: &[Revision]) -> Result<Vec<Node>> {
    let cl = repo.changelog()?;
    let below = cl.descendant_set(revs.iter().copied());
    let mut roots: Vec<Node> =
        revs.iter().filter(|rev| !below.contains(**rev)).map(|rev| cl.node(*rev)).collect();
    roots.sort_unstable();
    Ok(roots)
}

/// Refuses to remove what an unfinished histedit needs.
fn check_histedit(repo: &Repo, revs: &[Revision]) -> Result<()> {
    let operation = hg_wdir::unfinished::find_unfinished(repo, false)?;
    if operation.is_none_or(|operation| operation.name != "histedit") {
        return Ok(());
    }
    let Some(state) = hg_repo::histedit::State::read(repo)? else { return Ok(()) };
    let cl = repo.changelog()?;
    let mut doomed = cl.descendant_set(revs.iter().copied());
    revs.iter().for_each(|rev| {
        doomed.insert(*rev);
    });
    let needed = state.actions.iter().map(|action| action.node);
    let lost: Vec<Vec<u8>> = needed
        .filter(|node| cl.find(node).is_some_and(|rev| doomed.contains(rev)))
        .map(|node| node.short())
        .collect();
    if lost.is_empty() {
        return Ok(());
    }
    let parts = [&b"histedit in progress, can't strip "[..], &lost.join(&b", "[..])];
    Err(Error::abort(parts.concat()))
}

/// The bookmarks of `--bookmark`.
fn named_bookmarks(ctx: &CommandContext, repo: &Repo) -> Result<BTreeSet<Vec<u8>>> {
    let known = repo.bookmarks()?;
    let names: BTreeSet<Vec<u8>> = ctx.opts.list("bookmark").iter().cloned().collect();
    let unknown: Vec<&[u8]> =
        names.iter().map(Vec::as_slice).filter(|name| known.get(name).is_none()).collect();
    if unknown.is_empty() {
        return Ok(names);
    }
    Err(Error::abort([&b"bookmark '"[..], &unknown.join(&b',')[..], b"' not found"].concat()))
}

/// What only one of these bookmarks leads to; nothing where another bookmark stands too.
fn only_reachable_from(repo: &Repo, marks: &BTreeSet<Vec<u8>>) -> Result<Vec<Revision>> {
    let (known, changelog) = (repo.bookmarks()?, repo.changelog()?);
    let mut places: BTreeMap<Node, bool> = BTreeMap::new();
    for (name, node) in known.iter() {
        *places.entry(node).or_insert(true) &= marks.contains(name);
    }
    let mut out = BTreeSet::new();
    for (node, _) in places.iter().filter(|(_, ours)| **ours) {
        let Some(rev) = changelog.find(node) else { continue };
        let elsewhere = places.keys().filter(|other| *other != node);
        let mut others: Vec<Revision> =
            elsewhere.filter_map(|other| changelog.find(other)).collect();
        others.extend(changelog.heads().into_iter().filter(|head| *head != rev));
        out.extend(changelog.missing_ancestors([rev], others));
    }
    Ok(out.into_iter().collect())
}

fn delete_bookmarks(ctx: &CommandContext, repo: &Repo, marks: &BTreeSet<Vec<u8>>) -> Result<()> {
    if marks.is_empty() {
        return Ok(());
    }
    if repo.bookmarks()?.active().is_some_and(|active| marks.contains(active)) {
        repo.set_active_bookmark(None)?;
    }
    let tr = repo.transaction("strip")?;
    let changes: Vec<_> = marks.iter().map(|name| (name.clone(), None)).collect();
    repo.change_bookmarks(&tr, &changes)?;
    tr.close()?;
    for name in marks {
        ctx.ui.write([b"bookmark '", &name[..], b"' deleted\n"].concat());
    }
    Ok(())
}

/// Brings the working directory to something that stays.
fn leave(ctx: &CommandContext, repo: &Repo, revs: &[Revision], roots: &[Node]) -> Result<()> {
    let changelog = repo.changelog()?;
    let mut doomed = changelog.descendant_set(revs.iter().copied());
    revs.iter().for_each(|&rev| {
        doomed.insert(rev);
    });
    let parents = repo.wdir_parents();
    let mut standing = parents.iter().filter_map(|node| changelog.find(node));
    if !standing.any(|rev| doomed.contains(rev)) {
        return Ok(());
    }
    let first = roots.first().and_then(|node| changelog.find(node));
    let at = first.map_or(Revision::NULL, |rev| changelog.parents(rev)[0]);
    if ctx.opts.flag("keep") {
        return stay(repo, changelog.node(at));
    }
    if !ctx.opts.flag("force") {
        hg_wdir::unfinished::check_unfinished(repo, false)?;
        // Going away would overwrite what is not committed: nowhere else is a copy of it.
        rewriting::refuse_changes(repo)?;
    }
    let options = UpdateOptions { force: true, ..UpdateOptions::default() };
    let stats = update(repo, changelog.node(at), &options, &*ctx.ui)?;
    super::update::show_stats(ctx, stats);
    Ok(())
}

/// Makes the dirstate follow to `node` while the files stay as they are.
fn stay(repo: &Repo, node: Node) -> Result<()> {
    let manifest = manifest_of(repo, &node)?;
    let mut wdir = WorkingDir::open(repo)?;
    wdir.dirstate_mut().rebuild(manifest.paths());
    wdir.dirstate_mut().set_parents(node, Node::NULL)?;
    wdir.write()?;
    MergeState::clear(repo)
}
