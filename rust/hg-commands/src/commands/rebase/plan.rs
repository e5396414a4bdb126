//! What a rebase moves, and where to.

use std::collections::BTreeMap;

use hg_query::QueryContext;
use hg_query::revset::rev_single;
use hg_repo::rebase::{Fate, Rebase, Skip, from_bases, with_descendants};
use hg_repo::rewrite::check_move;
use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

use crate::{CommandContext, revision};

/// Reads the options; `None` when there is nothing to do, which the user was told.
pub(super) fn plan(ctx: &CommandContext, repo: &Repo) -> Result<Option<Rebase>> {
    let query = revision::query(ctx)?;
    let cl = repo.changelog()?;
    let Some(destinations) = choose(ctx, repo, &query, &cl)? else { return Ok(None) };
    plan_moves(ctx, repo, &query, destinations)
}

/// Plans the moves of changesets to their destinations; `None` when all stand where they should.
pub(super) fn plan_moves(
    ctx: &CommandContext,
    repo: &Repo,
    query: &QueryContext,
    destinations: BTreeMap<Revision, Revision>,
) -> Result<Option<Rebase>> {
    let cl = repo.changelog()?;
    if ctx.opts.flag("collapse") && only_destination(&destinations).is_none() {
        return Err(Error::input("--collapse does not work with multiple destinations"));
    }
    crate::commands::mq::setup::check_rebase(ctx, repo, &destinations)?;
    // What has no order goes in circles.
    order(query, &destinations)?;
    let Some(fates) = check(ctx, &cl, &destinations)? else {
        ctx.ui.status("nothing to rebase\n");
        return Ok(None);
    };
    let mut rebase = Rebase {
        original: hg_wdir::parents(repo)?[0],
        destination: only_destination(&destinations).map_or(Node::NULL, |rev| cl.node(rev)),
        external: Node::NULL,
        collapse: ctx.opts.flag("collapse"),
        keep: ctx.opts.flag("keep"),
        keep_branches: ctx.opts.flag("keepbranches"),
        bookmark: repo.bookmarks()?.active().unwrap_or_default().to_vec(),
        fates,
        destinations,
        skips: BTreeMap::new(),
    };
    if !rebase.keep {
        let moving = rebase.fates.iter().filter(|(_, fate)| **fate == Fate::Todo);
        let moving: Vec<Revision> = moving.map(|(rev, _)| *rev).collect();
        check_move(repo, &moving, "rebase")?;
    }
    leave_obsolete(ctx, repo, &mut rebase)?;
    if let Some(destination) = only_destination(&rebase.destinations)
        && !rebase.keep_branches
    {
        tell_reopened(ctx, repo, &cl, destination)?;
    }
    if let (true, Some(destination)) = (rebase.collapse, only_destination(&rebase.destinations)) {
        rebase.external = external_parent(&cl, &rebase, destination)?;
        if rebase.keep_branches {
            check_one_branch(&cl, &rebase)?;
        }
    }
    Ok(Some(rebase))
}

/// The destination, if all have the same.
fn only_destination(destinations: &BTreeMap<Revision, Revision>) -> Option<Revision> {
    let mut all = destinations.values();
    let first = all.next()?;
    all.all(|other| other == first).then_some(*first)
}

/// The order in which changesets move: those first whose destination stays, line of work by line of work.
///
/// # Errors
/// When destinations form a cycle.
pub(super) fn order(
    query: &QueryContext,
    destinations: &BTreeMap<Revision, Revision>,
) -> Result<Vec<Revision>> {
    let mut left = destinations.clone();
    let mut out = Vec::new();
    while !left.is_empty() {
        let free: Vec<Revision> = left
            .iter()
            .filter(|(_, destination)| !left.contains_key(destination))
            .map(|(rev, _)| *rev)
            .collect();
        if free.is_empty() {
            return Err(Error::input("source and destination form a cycle"));
        }
        left.retain(|rev, _| !free.contains(rev));
        let list: Vec<String> = free.iter().map(Revision::to_string).collect();
        let spec = format!("sort({}, -topo)", list.join("+"));
        out.extend(hg_query::revset::revs(query, spec.as_bytes())?.to_vec()?);
    }
    Ok(out)
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

/// Changesets and their destinations.
type Destinations = BTreeMap<Revision, Revision>;

/// Every changeset that is to move, and where to.
fn choose(
    ctx: &CommandContext,
    repo: &Repo,
    query: &QueryContext,
    cl: &Changelog,
) -> Result<Option<Destinations>> {
    if let Some(spec) = ctx.opts.nonempty("auto-orphans") {
        let orphans = [b"(orphan() - obsolete()) & (", spec, b")"].concat();
        let revs = revision::range(query, &[orphans])?.to_vec()?;
        let to = b"max((successors(max(roots(ALLSRC) & ::SRC)^) - obsolete())::)";
        return several_destinations(ctx, query, revs, to);
    }
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
        if let Some(spec) = ctx.opts.nonempty("dest")
            && bstr::ByteSlice::contains_str(spec, "SRC")
        {
            return several_destinations(ctx, query, revs, spec);
        }
        let destination = destination(ctx, repo, query, &revs)?;
        return Ok(Some(revs.into_iter().map(|rev| (rev, destination)).collect()));
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
        tell_nothing(ctx, cl, &bases, destination);
        return Ok(None);
    }
    Ok(Some(revs.into_iter().map(|rev| (rev, destination)).collect()))
}

/// Says why a base gives nothing to rebase.
fn tell_nothing(ctx: &CommandContext, cl: &Changelog, bases: &[Revision], destination: Revision) {
    let short = |rev: Revision| String::from_utf8_lossy(&cl.node(rev).short()).into_owned();
    let shown: Vec<String> = bases.iter().map(|rev| short(*rev)).collect();
    let shown = shown.join("+");
    let named = !ctx.opts.list("base").is_empty();
    let to = short(destination);
    let contained = bases.iter().all(|base| cl.is_ancestor(*base, destination));
    let text = match (bases == [destination], named) {
        (true, true) => format!(" - {shown} is both \"base\" and destination"),
        (true, false) => " - working directory parent is also destination".to_owned(),
        (false, _) if !contained => format!(" from {shown} to {to}"),
        (false, true) => format!(" - \"base\" {shown} is already an ancestor of destination {to}"),
        (false, false) => {
            format!(" - working directory parent is already an ancestor of destination {to}")
        }
    };
    ctx.ui.status(format!("nothing to rebase{text}\n"));
}

/// A destination for each changeset, from a revset in which `SRC` is that changeset and `ALLSRC` are all; changesets
/// for which there is none do not move.
fn several_destinations(
    ctx: &CommandContext,
    query: &QueryContext,
    revs: Vec<Revision>,
    spec: &[u8],
) -> Result<Option<Destinations>> {
    let all: Vec<String> = revs.iter().map(Revision::to_string).collect();
    let all = if all.is_empty() { "none()".to_owned() } else { format!("({})", all.join("+")) };
    let mut out = Destinations::new();
    let cl = query.repo.changelog()?;
    for rev in revs {
        let aliases = [
            (b"SRC".to_vec(), rev.to_string().into_bytes()),
            (b"ALLSRC".to_vec(), all.clone().into_bytes()),
        ];
        let specs = [spec.to_vec()];
        let found = hg_query::revset::any_revs(query, &specs, Some(&aliases))?.to_vec()?;
        match found[..] {
            [] => {
                let short = cl.node(rev).short();
                ctx.ui.note([b"skipping ", &short[..], b" - empty destination\n"].concat());
            }
            [destination] => {
                out.insert(rev, destination);
            }
            _ => {
                let short = cl.node(rev).short();
                let parts = [b"rebase destination for ", &short[..], b" is not unique"];
                return Err(Error::input(parts.concat()));
            }
        }
    }
    if out.is_empty() {
        ctx.ui.status("nothing to rebase - empty destination\n");
        return Ok(None);
    }
    Ok(Some(out))
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
    destinations: &Destinations,
) -> Result<Option<BTreeMap<Revision, Fate>>> {
    let mut fates: BTreeMap<Revision, Fate> =
        destinations.keys().map(|rev| (*rev, Fate::Todo)).collect();
    let collapse = ctx.opts.flag("collapse");
    let keeps = ctx.opts.flag("keepbranches");
    let is_root = |rev: Revision| !cl.parents(rev).iter().any(|p| destinations.contains_key(p));
    let mut moving = false;
    for (&root, &destination) in destinations.iter().filter(|(rev, _)| is_root(**rev)) {
        if cl.is_ancestor(root, destination) {
            return Err(Error::input("source is ancestor of destination"));
        }
        let on_branch =
            || -> Result<bool> { Ok(cl.entry(root)?.branch() == cl.entry(destination)?.branch()) };
        if !collapse && cl.parents(root)[0] == destination && (keeps || on_branch()?) {
            ctx.ui.debug("source is a child of destination\n");
            let stands_for = cl.node(root);
            fates.insert(root, Fate::Done { stands_for, made: false });
            continue;
        }
        let nodes = [destination, root].map(|rev| cl.node(rev).short());
        let parts = [b"rebase onto ", &nodes[0][..], b" starting from ", &nodes[1], b"\n"];
        ctx.ui.debug(parts.concat());
        moving = true;
    }
    if !moving && only_destination(destinations).is_some() {
        return Ok(None);
    }
    keep_in_place(cl, &mut fates);
    Ok(Some(fates))
}

/// What descends from nothing that moves stays as well.
fn keep_in_place(cl: &Changelog, fates: &mut BTreeMap<Revision, Fate>) {
    let revs: Vec<Revision> = fates.keys().copied().collect();
    for rev in revs {
        let stays = |parent: &Revision| match fates.get(parent) {
            Some(Fate::Done { stands_for, .. }) => *stands_for == cl.node(*parent),
            _ => false,
        };
        let mut parents = cl.parents(rev).into_iter().filter(|parent| !parent.is_null()).peekable();
        if parents.peek().is_some() && parents.all(|parent| stays(&parent)) {
            fates.insert(rev, Fate::Done { stands_for: cl.node(rev), made: false });
        }
    }
}

/// Finds out which obsolete changesets stay behind.
pub(super) fn leave_obsolete(ctx: &CommandContext, repo: &Repo, rebase: &mut Rebase) -> Result<()> {
    let wanted = ctx.config().get_bool_or("experimental", "rebaseskipobsolete", true)?;
    if !wanted || rebase.keep {
        return Ok(());
    }
    let skipped = rebase.find_skipped(repo)?;
    let allowed = repo.evolution("allowdivergence")?;
    if allowed {
        // Who may diverge leaves nothing behind because of that.
        rebase.skips = skipped
            .skips
            .into_iter()
            .filter(|(_, skip)| !matches!(skip, Skip::Diverges | Skip::Above))
            .collect();
        return Ok(());
    }
    if !skipped.diverging.is_empty() {
        let shown: Vec<Vec<u8>> = skipped.diverging.iter().map(Node::short).collect();
        let message =
            [b"this rebase will cause divergences from: ", &shown.join(&b',')[..]].concat();
        let hint = "to force the rebase please set experimental.evolution.allowdivergence=True";
        return Err(Error::state(message).hint(hint));
    }
    rebase.skips = skipped.skips;
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
