//! What a rebase moves, and where to.

use std::collections::BTreeMap;

use hg_query::QueryContext;
use hg_query::revset::rev_single;
use hg_repo::rebase::{Fate, Rebase, from_bases, with_descendants};
use hg_repo::rewrite::check_rewrite;
use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

use crate::{CommandContext, revision, rewriting};

/// Reads the options; `None` when there is nothing to do, which the user was told.
pub(super) fn plan(ctx: &CommandContext, repo: &Repo) -> Result<Option<Rebase>> {
    let query = revision::query(ctx)?;
    let cl = repo.changelog()?;
    let Some((revs, destination)) = choose(ctx, repo, &query, &cl)? else { return Ok(None) };
    let Some(mut fates) = check(ctx, &cl, &revs, destination)? else {
        ctx.ui.status("nothing to rebase\n");
        return Ok(None);
    };
    if !ctx.opts.flag("keep") {
        check_rewrite(repo, &revs, "rebase")?;
    }
    leave_obsolete(ctx, repo, destination, &mut fates)?;
    if fates.values().all(|fate| *fate == Fate::Left) {
        ctx.ui.status("nothing to rebase\n");
        return Ok(None);
    }
    if !ctx.opts.flag("keepbranches") {
        tell_reopened(ctx, repo, &cl, destination)?;
    }
    let mut rebase = Rebase {
        original: hg_wdir::parents(repo)?[0],
        destination: cl.node(destination),
        external: Node::NULL,
        collapse: ctx.opts.flag("collapse"),
        keep: ctx.opts.flag("keep"),
        keep_branches: ctx.opts.flag("keepbranches"),
        bookmark: repo.bookmarks()?.active().unwrap_or_default().to_vec(),
        fates,
    };
    if rebase.collapse {
        rebase.external = external_parent(&cl, &rebase, destination)?;
        if rebase.keep_branches {
            check_one_branch(&cl, &rebase)?;
        }
    }
    Ok(Some(rebase))
}

/// What goes on top of a closed head opens the branch again.
fn tell_reopened(
    ctx: &CommandContext,
    repo: &Repo,
    cl: &Changelog,
    destination: Revision,
) -> Result<()> {
    let entry = cl.entry(destination)?;
    if entry.closes_branch() && repo.branchmap()?.heads(&entry.branch()).contains(&destination) {
        let short = cl.node(destination).short();
        ctx.ui.status([b"reopening closed branch head ", &short[..], b"\n"].concat());
    }
    Ok(())
}

/// The changesets and the destination.
fn choose(
    ctx: &CommandContext,
    repo: &Repo,
    query: &QueryContext,
    cl: &Changelog,
) -> Result<Option<(Vec<Revision>, Revision)>> {
    let named = |option: &str| -> Result<Vec<Revision>> {
        let mut revs = revision::range(query, ctx.opts.list(option))?.to_vec()?;
        if revs.iter().any(|rev| rev.is_wdir()) {
            return Err(Error::input("cannot rebase the working copy"));
        }
        revs.sort_unstable();
        Ok(revs)
    };
    let empty = |option: &str, why: &str| {
        ctx.ui.status(format!("empty \"{option}\" revision set - {why}\n"));
    };
    let given = |option: &str| !ctx.opts.list(option).is_empty();
    if given("rev") || given("source") {
        let option = if given("rev") { "rev" } else { "source" };
        let mut revs = named(option)?;
        if revs.is_empty() {
            empty(option, "nothing to rebase");
            return Ok(None);
        }
        if option == "source" {
            revs = visible(repo, with_descendants(cl, &revs))?;
        }
        let destination = destination(ctx, repo, query, &revs)?;
        return Ok(Some((revs, destination)));
    }
    let mut bases = vec![cl.rev(&hg_wdir::parents(repo)?[0])?];
    if given("base") {
        bases = named("base")?;
        if bases.is_empty() {
            empty("base", "can't compute rebase set");
            return Ok(None);
        }
    }
    let destination = destination(ctx, repo, query, &bases)?;
    let revs = visible(repo, from_bases(cl, &bases, destination))?;
    if revs.is_empty() {
        let short = |rev: Revision| String::from_utf8_lossy(&cl.node(rev).short()).into_owned();
        let shown: Vec<String> = bases.iter().map(|rev| short(*rev)).collect();
        let shown = shown.join("+");
        let text = match (bases == [destination], given("base")) {
            (true, true) => format!("{shown} is both \"base\" and destination"),
            (true, false) => "working directory parent is also destination".to_owned(),
            (false, true) => {
                format!(
                    "\"base\" {shown} is already an ancestor of destination {}",
                    short(destination)
                )
            }
            (false, false) => format!(
                "working directory parent is already an ancestor of destination {}",
                short(destination)
            ),
        };
        ctx.ui.status(format!("nothing to rebase - {text}\n"));
        return Ok(None);
    }
    Ok(Some((revs, destination)))
}

fn visible(repo: &Repo, mut revs: Vec<Revision>) -> Result<Vec<Revision>> {
    let hidden = repo.hidden_revs()?;
    revs.retain(|rev| !hidden.contains(*rev));
    Ok(revs)
}

fn destination(
    ctx: &CommandContext,
    repo: &Repo,
    query: &QueryContext,
    from: &[Revision],
) -> Result<Revision> {
    if let Some(spec) = ctx.opts.nonempty("dest") {
        let rev = rev_single(query, Some(spec), b".")?;
        if rev.is_wdir() {
            return Err(Error::input("cannot rebase onto the working copy"));
        }
        return Ok(rev);
    }
    if ctx.config().get_bool_or("commands", "rebase.requiredest", false)? {
        let hint = "use: hg rebase -d REV";
        return Err(Error::input("you must specify a destination").hint(hint));
    }
    default_destination(repo, from)
}

/// The one head of the branch that what moves does not lead to.
fn default_destination(repo: &Repo, from: &[Revision]) -> Result<Revision> {
    let cl = repo.changelog()?;
    let p1 = cl.rev(&hg_wdir::parents(repo)?[0])?;
    let branch = match from.last() {
        Some(last) if from != [p1] => cl.entry(*last)?.branch(),
        _ => hg_wdir::branch::read(repo)?,
    };
    let below = with_descendants(&cl, from);
    let heads: Vec<Revision> = repo.branchmap()?.open_heads(&branch).collect();
    let others: Vec<Revision> =
        heads.iter().copied().filter(|head| !below.contains(head)).collect();
    let name = String::from_utf8_lossy(&branch).into_owned();
    match others[..] {
        [other] => Ok(other),
        [] => {
            let message =
                format!("branch '{name}' has one head - please rebase to an explicit rev");
            let hint = "run 'hg heads' to see all heads, specify destination with -d";
            Err(Error::abort(message).hint(hint))
        }
        _ => {
            let count = heads.len();
            let message =
                format!("branch '{name}' has {count} heads - please rebase to an explicit rev");
            let hint = "run 'hg heads .' to see heads, specify destination with -d";
            Err(Error::abort(message).hint(hint))
        }
    }
}

/// What has to move; `None` when all stands where it should.
fn check(
    ctx: &CommandContext,
    cl: &Changelog,
    revs: &[Revision],
    destination: Revision,
) -> Result<Option<BTreeMap<Revision, Fate>>> {
    if revs.contains(&destination) {
        return Err(Error::input("source and destination form a cycle"));
    }
    let mut fates: BTreeMap<Revision, Fate> = revs.iter().map(|rev| (*rev, Fate::Todo)).collect();
    let roots: Vec<Revision> = revs
        .iter()
        .copied()
        .filter(|rev| !cl.parents(*rev).iter().any(|parent| fates.contains_key(parent)))
        .collect();
    let mut moving = Vec::new();
    for root in &roots {
        if cl.is_ancestor(*root, destination) {
            return Err(Error::input("source and destination form a cycle"));
        }
        let same_branch =
            || -> Result<bool> { Ok(cl.entry(*root)?.branch() == cl.entry(destination)?.branch()) };
        let keeps = ctx.opts.flag("keepbranches");
        if cl.parents(*root)[0] == destination && (keeps || same_branch()?) {
            ctx.ui.debug("source is a child of destination\n");
            continue;
        }
        ctx.ui.debug(format!("rebase onto {destination} starting from {root}\n"));
        moving.push(*root);
    }
    if !ctx.opts.flag("collapse") {
        if moving.is_empty() {
            return Ok(None);
        }
        keep_in_place(cl, &moving, &mut fates);
    }
    Ok(Some(fates))
}

/// What descends from nothing that moves stays as well.
fn keep_in_place(cl: &Changelog, moving: &[Revision], fates: &mut BTreeMap<Revision, Fate>) {
    let below = with_descendants(cl, moving);
    for (rev, fate) in fates.iter_mut().filter(|(rev, _)| !below.contains(rev)) {
        *fate = Fate::Done { stands_for: cl.node(*rev), made: false };
    }
}

/// Obsolete changesets whose successors the destination has, or that have none, stay behind.
fn leave_obsolete(
    ctx: &CommandContext,
    repo: &Repo,
    destination: Revision,
    fates: &mut BTreeMap<Revision, Fate>,
) -> Result<()> {
    if !ctx.config().get_bool_or("experimental", "rebaseskipobsolete", true)? {
        return Ok(());
    }
    let cl = repo.changelog()?;
    let obsolete = repo.obsolete_revs()?;
    let store = repo.obsstore()?;
    let mut diverging = Vec::new();
    for (&rev, fate) in fates.iter_mut().filter(|(rev, _)| obsolete.contains(**rev)) {
        let node = cl.node(rev);
        let mut successors: Vec<Revision> = store
            .all_successors(node)
            .into_iter()
            .filter(|successor| *successor != node)
            .filter_map(|successor| cl.find(&successor))
            .filter(|rev| !obsolete.contains(*rev))
            .collect();
        successors.sort_unstable();
        let shown = rewriting::summary(ctx, repo, rev)?;
        if successors.is_empty() {
            ctx.ui
                .status([b"note: not rebasing ", &shown[..], b", it has no successor\n"].concat());
            *fate = Fate::Left;
        } else if let Some(&there) =
            successors.iter().find(|successor| cl.is_ancestor(**successor, destination))
        {
            let there = rewriting::summary(ctx, repo, there)?;
            let parts = [
                &b"note: not rebasing "[..],
                &shown,
                b", already in destination as ",
                &there,
                b"\n",
            ];
            ctx.ui.status(parts.concat());
            *fate = Fate::Left;
        } else {
            diverging.push(node);
        }
    }
    let allowed = repo.evolution("allowdivergence")?;
    if !diverging.is_empty() && !allowed && !ctx.opts.flag("keep") {
        let shown: Vec<Vec<u8>> = diverging.iter().map(Node::short).collect();
        let message =
            [b"this rebase will cause divergences from: ", &shown.join(&b',')[..]].concat();
        let hint = "to force the rebase please set experimental.evolution.allowdivergence=True";
        return Err(Error::abort(message).hint(hint));
    }
    Ok(())
}

/// The one parent that a collapsed changeset has beside the destination.
fn external_parent(cl: &Changelog, rebase: &Rebase, destination: Revision) -> Result<Node> {
    let ancestors = cl.ancestor_set([destination]);
    let mut external: Vec<Revision> = Vec::new();
    for &rev in rebase.fates.keys() {
        let parents = cl.parents(rev);
        // The roots' first parents are replaced by the destination.
        let is_root = !parents.iter().any(|parent| rebase.fates.contains_key(parent));
        for (at, parent) in parents.into_iter().enumerate() {
            let replaced = is_root && at == 0;
            let known = parent.is_null()
                || rebase.fates.contains_key(&parent)
                || ancestors.contains(parent);
            if !known && !replaced && !external.contains(&parent) {
                external.push(parent);
            }
        }
    }
    match external[..] {
        [] => Ok(Node::NULL),
        [one] => Ok(cl.node(one)),
        _ => {
            let list: Vec<String> = external.iter().map(Revision::to_string).collect();
            Err(Error::input(format!(
                "unable to collapse on top of {destination}, there is more than one external parent: {}",
                list.join(", ")
            )))
        }
    }
}

fn check_one_branch(cl: &Changelog, rebase: &Rebase) -> Result<()> {
    let mut branches = std::collections::BTreeSet::new();
    for rev in rebase.fates.keys() {
        branches.insert(cl.entry(*rev)?.branch());
    }
    if branches.len() > 1 {
        return Err(Error::input("cannot collapse multiple named branches"));
    }
    Ok(())
}
