//! `hg incoming`.

use std::rc::Rc;

use hg_query::revset::SmartSet;
use hg_repo::subrepo::{Direction, Subrepos};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wire::bookmarks::Marks;
use hg_wire::bookmarks_sync::{RepoHistory, local_marks};
use hg_wire::bundle_repo::ScratchDirectory;
use hg_wire::discovery::Discovery;
use hg_wire::paths::Path;
use hg_wire::peer::Peer;
use hg_wire::pull::{PullOptions, discover, fetch_bookmarks};
use hg_wire::url::hide_password;

use crate::changeset_display::{Differ, DisplayOptions, Displayer};
use crate::diff_display::ChangesetDiffer;
use crate::nested::in_subrepos;
use crate::{Command, CommandContext, log, remote, revision, spec};

/// `hg incoming`.
pub static COMMAND: Command = Command {
    spec: &spec::remote::INCOMING,
    help: "Print the changesets that a pull from the same place would bring.\n\nWith \
           ``--bundle``, they are kept in a file that can be pulled from later. With ``-B``, \
           bookmarks are compared instead; ``-v`` says what would become of each.\n\nReturns 0 if \
           there are incoming changes, 1 otherwise.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    refuse_graph_of_newest(ctx)?;
    let mut code = 1;
    for path in remote::paths(ctx)?.for_pull(&ctx.args)? {
        let limits = (ctx.opts.list("branch"), ctx.opts.list("rev"));
        code = std::cmp::min(code, incoming(ctx, repo, &path, limits)?);
        if ctx.opts.flag("subrepos") && !ctx.opts.flag("bookmarks") {
            let inner = Subrepos::of(repo).at(&path.location, || {
                in_subrepos(repo, Direction::Pull, &mut |repo, place| {
                    incoming(ctx, repo, place, (&[], &[]))
                })
            })?;
            code = std::cmp::min(code, inner);
        }
    }
    Ok(code)
}

/// A graph has an order of its own.
pub(super) fn refuse_graph_of_newest(ctx: &CommandContext) -> Result<()> {
    if ctx.opts.flag("graph") && ctx.opts.flag("newest-first") {
        return Err(Error::abort("-G/--graph option is incompatible with --newest-first"));
    }
    Ok(())
}

/// Branches and revisions that what comes is limited to.
type Limits<'a> = (&'a [Vec<u8>], &'a [Vec<u8>]);

fn incoming(ctx: &CommandContext, repo: &Repo, path: &Path, limits: Limits) -> Result<i32> {
    let mut peer = remote::peer(ctx, &path.location)?;
    ctx.ui.status([b"comparing with ", &*hide_password(&path.location), b"\n"].concat());
    if ctx.opts.flag("bookmarks") {
        return compare_bookmarks(ctx, repo, &fetch_bookmarks(&mut *peer)?);
    }
    let (branches, revs) = limits;
    let symbols = remote::wanted_symbols(repo, &mut *peer, path, branches, revs)?;
    let heads = remote::lookup_all(&mut *peer, &symbols)?;
    let options = PullOptions {
        force: ctx.opts.flag("force"),
        heads: (!heads.is_empty()).then_some(heads),
        ..PullOptions::default()
    };
    let found = find(ctx, repo, &mut *peer, &options)?;
    let Some((other, revs)) = found else {
        ctx.ui.status("no changes found\n");
        return Ok(1);
    };
    show(ctx, &other, revs)?;
    Ok(0)
}

/// The repository to show changesets from, and the changesets.
fn find(
    ctx: &CommandContext,
    repo: &Repo,
    peer: &mut dyn Peer,
    options: &PullOptions,
) -> Result<Option<(Repo, Vec<Revision>)>> {
    let discovery = discover(repo, peer, options)?;
    if !discovery.any_incoming {
        return Ok(None);
    }
    let heads = options.heads.clone().unwrap_or_else(|| discovery.remote_heads.clone());
    let Some(other) = peer.local().cloned() else {
        return fetch(ctx, repo, peer, &discovery, &heads);
    };
    let missing = missing(&other, &discovery.common, &heads)?;
    if missing.is_empty() {
        return Ok(None);
    }
    let Some(name) = ctx.opts.nonempty("bundle") else {
        return Ok(Some((other, missing)));
    };
    write_bundle(ctx, &other, &discovery.common, &heads, name)?;
    let file = remote::file_path(ctx, name);
    let overlay =
        hg_wire::bundle_repo::open(&file, name, repo.root(), &remote::open_context(ctx)?)?;
    let known = repo.changelog()?.len();
    let all = (known..overlay.changelog()?.len()).map(Revision::from_index).collect();
    Ok(Some((overlay, all)))
}

/// The same of a repository that is not on this machine.
fn fetch(
    ctx: &CommandContext,
    repo: &Repo,
    peer: &mut dyn Peer,
    discovery: &Discovery,
    heads: &[Node],
) -> Result<Option<(Repo, Vec<Revision>)>> {
    let scratch = ScratchDirectory::new()?;
    let file = match ctx.opts.nonempty("bundle") {
        Some(name) => remote::file_path(ctx, name),
        None => scratch.path().join("incoming.hg"),
    };
    hg_wire::incoming::fetch(peer, discovery, heads, &file)?;
    let name = hg_vfs::path_to_bytes(&file).to_vec();
    // Opening reads the file to its end: it may go with its directory.
    let overlay =
        hg_wire::bundle_repo::open(&file, &name, repo.root(), &remote::open_context(ctx)?)?;
    let known = repo.changelog()?.len();
    let all: Vec<Revision> =
        (known..overlay.changelog()?.len()).map(Revision::from_index).collect();
    Ok((!all.is_empty()).then_some((overlay, all)))
}

fn missing(other: &Repo, common: &[Node], heads: &[Node]) -> Result<Vec<Revision>> {
    let view = hg_wire::facts::unfiltered(other)?;
    let revs = |nodes: &[Node]| nodes.iter().filter_map(|node| view.rev(node)).collect::<Vec<_>>();
    let missing = view.missing(&revs(common), &revs(heads));
    Ok(missing.into_iter().map(Revision::from_index).collect())
}

/// Keeps what is incoming in a file.
fn write_bundle(
    ctx: &CommandContext,
    other: &Repo,
    common: &[Node],
    heads: &[Node],
    name: &[u8],
) -> Result<()> {
    use hg_format::bundlespec::{BundleSpec, Compression};
    let view = hg_wire::facts::served(other)?;
    let outgoing = hg_wire::outgoing::OutgoingSet::between(&view, common, heads);
    let mut spec = BundleSpec::new(b"v2", Compression::None);
    spec.changegroup_version = Some(b"03".to_vec());
    spec.tags_fnodes_cache = false;
    spec.rev_branch_cache = false;
    hg_wire::local::report_found(other, &outgoing, &*ctx.ui, false)?;
    super::bundle::write_file(ctx, other, &spec, &outgoing, name)
}

/// Shows changesets of `other` as the display options ask.
pub(super) fn show(ctx: &CommandContext, other: &Repo, revs: Vec<Revision>) -> Result<()> {
    let revs = chosen(ctx, other, revs)?;
    let everything = Box::new(|_| Ok(hg_match::Matcher::always()));
    let differ = ChangesetDiffer::from_opts(&ctx.ui, other, &ctx.opts, everything)?;
    let differ = differ.map(|differ| Rc::new(differ) as Rc<dyn Differ>);
    let options = DisplayOptions { differ, ..DisplayOptions::from_opts(&ctx.opts) };
    let display = Displayer::of(&ctx.ui, other, options)?;
    if ctx.opts.flag("graph") {
        let query = revision::query_of(ctx, other)?;
        let mut revs = revs;
        revs.sort_unstable_by(|a, b| b.cmp(a));
        return log::show_foreign_graph(ctx, &query, &revs, display);
    }
    log::show_list(ctx, &SmartSet::from_list(revs), display)
}

/// Those of `revs` that the options leave, in the order they ask for.
fn chosen(ctx: &CommandContext, other: &Repo, mut revs: Vec<Revision>) -> Result<Vec<Revision>> {
    let changelog = other.changelog()?;
    if ctx.opts.flag("newest-first") || ctx.opts.flag("graph") {
        revs.reverse();
    }
    if ctx.opts.flag("no-merges") {
        revs.retain(|&rev| changelog.parents(rev)[1].is_null());
    }
    if let Some(limit) = log::limit(ctx)? {
        revs.truncate(limit);
    }
    Ok(revs)
}

fn compare_bookmarks(ctx: &CommandContext, repo: &Repo, theirs: &Marks) -> Result<i32> {
    ctx.ui.status("searching for changed bookmarks\n");
    let history = RepoHistory::new(repo)?;
    let out = hg_wire::bookmarks::compare(&history, theirs, &local_marks(repo)?, None);
    let kinds = [
        (out.added_source, "added"),
        (out.advanced_source, "advanced"),
        (out.diverged, "diverged"),
        (out.differing, "changed"),
    ];
    let entries = kinds.into_iter().flat_map(|(list, status)| {
        list.into_iter().map(move |entry| (entry.name, entry.source, status))
    });
    list_bookmarks(ctx, entries.collect())
}

/// Prints compared bookmarks; the exit code.
pub(super) fn list_bookmarks(
    ctx: &CommandContext,
    entries: Vec<(Vec<u8>, Option<Node>, &str)>,
) -> Result<i32> {
    if entries.is_empty() {
        ctx.ui.status("no changed bookmarks found\n");
        return Ok(1);
    }
    let line = |(name, node, status): (Vec<u8>, Option<Node>, &str)| {
        let width = if ctx.ui.is_debug() { 40 } else { 12 };
        let id = node.map_or_else(|| vec![b' '; width], |node| node.hex()[..width].to_vec());
        let columns = String::from_utf8_lossy(&name).chars().count();
        let mut out = [b"   ", name.as_slice()].concat();
        out.resize(out.len() + 25_usize.saturating_sub(columns), b' ');
        out.push(b' ');
        out.extend(id);
        if ctx.ui.is_verbose() {
            out.push(b' ');
            out.extend_from_slice(status.as_bytes());
        }
        out.push(b'\n');
        out
    };
    let mut lines: Vec<Vec<u8>> = entries.into_iter().map(line).collect();
    lines.sort();
    for line in lines {
        ctx.ui.write(line);
    }
    Ok(0)
}
