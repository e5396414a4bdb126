//! `hg bundle`.

use std::io::Write as _;
use std::sync::Arc;

use hg_format::bundlespec::{self, BundleSpec, Container};
use hg_query::revset;
use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wire::bundle_write::BundleWriter;
use hg_wire::facts;
use hg_wire::outgoing::{OutgoingSet, find_outgoing, no_changes_found};

use crate::{Command, CommandContext, remote, revision, spec};

/// `hg bundle`.
pub static COMMAND: Command = Command {
    spec: &spec::import_export::BUNDLE,
    help: "Write changesets to a file, from which :hg:`unbundle` or :hg:`pull` take them into \
           another repository.\n\nWritten is what DEST (by default where a push would go) lacks; \
           ``--base`` names changesets that the receiver is known to have instead, and ``--all`` \
           writes everything. ``-t`` chooses the format, see :hg:`help bundlespec`.\n\nReturns 0 \
           on success, 1 if no changes found.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let Some((file, destinations)) = ctx.args.split_first() else {
        return Err(ctx.usage_error());
    };
    let revs = match ctx.opts.list("rev") {
        [] => None,
        specs => {
            let nodes = nodes(ctx, repo, specs)?;
            if nodes.is_empty() {
                return Err(Error::input("no commits to bundle"));
            }
            Some(nodes)
        }
    };
    let spec = bundle_spec(ctx, repo)?;
    let base = base(ctx, repo, revs.as_deref(), destinations)?;
    if let Some(version) = &spec.changegroup_version
        && hg_format::changegroup::Version::from_name(version).is_none()
    {
        let message = [b"repository does not support bundle version ", version.as_slice()];
        return Err(Error::abort(message.concat()));
    }
    let outgoing = match &base {
        Some(base) => {
            let view = facts::visible(repo)?;
            let heads = revs.clone().unwrap_or_else(|| view.head_nodes());
            OutgoingSet::between(&view, base, &heads)
        }
        None => to_destinations(ctx, repo, revs, destinations)?,
    };
    let needs_changesets = spec.changegroup || spec.stream.is_none() || base.is_none();
    if outgoing.missing.is_empty() && needs_changesets {
        let excluded: &[usize] = if base.is_some() { &[] } else { &outgoing.excluded };
        no_changes_found(repo, excluded, &*ctx.ui)?;
        return Ok(1);
    }
    if spec.changegroup {
        hg_wire::local::announce(repo, &outgoing, "bundle", &*ctx.ui, true)?;
    }
    write_file(ctx, repo, &spec, &outgoing, file)?;
    Ok(0)
}

fn nodes(ctx: &CommandContext, repo: &Repo, specs: &[Vec<u8>]) -> Result<Vec<Node>> {
    let query = revision::query(ctx)?;
    let changelog = repo.changelog()?;
    let revs = revset::rev_range(&query, specs)?.to_vec()?;
    Ok(revs.into_iter().map(|rev| changelog.node(rev)).collect())
}

fn bundle_spec(ctx: &CommandContext, repo: &Repo) -> Result<BundleSpec> {
    let text = ctx.opts.bytes("type").unwrap_or(b"bzip2").to_ascii_lowercase();
    let modern = repo.requires("generaldelta");
    let mut spec = bundlespec::parse(&text, false, modern).map_err(|error| {
        Error::input(error.message())
            .hint("see 'hg help bundlespec' for supported values for --type")
    })?;
    let config = ctx.config();
    let told = |name: &[u8]| {
        text.split(|&byte| byte == b';')
            .skip(1)
            .any(|param| param.strip_prefix(name).is_some_and(|rest| rest.starts_with(b"=")))
    };
    if !told(b"obsolescence") {
        spec.phases |= config.get_bool_or("experimental", "bundle-phases", false)?;
        spec.obsolescence |=
            config.get_bool_or("experimental", "evolution.bundle-obsmarker", false)?;
    }
    if !told(b"obsolescence-mandatory") {
        let name = "evolution.bundle-obsmarker:mandatory";
        spec.obsolescence_mandatory = config.get_bool_or("experimental", name, true)?;
    }
    if spec.container == Container::Packed1 {
        return Err(Error::input("packed bundles cannot be produced by \"hg bundle\"")
            .hint("use 'hg debugcreatestreamclonebundle'"));
    }
    // A changegroup of the first version needs no container.
    if spec.changegroup_version.as_deref() == Some(b"01") && spec.changegroup {
        spec.container = Container::V1;
    } else if spec.container == Container::V1 && spec.changegroup_version.is_some() {
        // Other versions need one.
        spec.container = Container::V2;
    }
    if !spec.changegroup && spec.stream.is_some() {
        spec.compression = bundlespec::Compression::None;
    }
    if let Some(stream) = &spec.stream
        && stream != b"v2"
    {
        let message =
            [b"no common supported version with the client: v2; ", stream.as_slice()].concat();
        return Err(Error::abort(message));
    }
    Ok(spec)
}

/// What the receiver has, when the options say so.
fn base(
    ctx: &CommandContext,
    repo: &Repo,
    revs: Option<&[Node]>,
    destinations: &[Vec<u8>],
) -> Result<Option<Vec<Node>>> {
    let bases = ctx.opts.list("base");
    let refuse = |option: &str| {
        Error::input(format!("{option} is incompatible with specifying destinations"))
    };
    if ctx.opts.flag("all") {
        if !destinations.is_empty() {
            return Err(refuse("--all"));
        }
        if !bases.is_empty() {
            ctx.ui.warn("ignoring --base because --all was specified\n");
        }
        if ctx.opts.flag("exact") {
            ctx.ui.warn("ignoring --exact because --all was specified\n");
        }
        return Ok(Some(vec![Node::NULL]));
    }
    if ctx.opts.flag("exact") {
        return exact_base(repo, revs, destinations, bases).map(Some);
    }
    if bases.is_empty() {
        return Ok(None);
    }
    if !destinations.is_empty() {
        return Err(refuse("--base"));
    }
    let mut common = nodes(ctx, repo, bases)?;
    common.push(Node::NULL);
    Ok(Some(common))
}

/// The parents of the named changesets that are not named themselves.
fn exact_base(
    repo: &Repo,
    revs: Option<&[Node]>,
    destinations: &[Vec<u8>],
    bases: &[Vec<u8>],
) -> Result<Vec<Node>> {
    if !destinations.is_empty() {
        return Err(Error::input("--exact is incompatible with specifying destinations"));
    }
    if !bases.is_empty() {
        return Err(Error::input("--exact is incompatible with specifying bases"));
    }
    let Some(revs) = revs else {
        return Err(Error::input("--exact requires revisions"));
    };
    let changelog = repo.changelog()?;
    let mut out = vec![Node::NULL];
    for node in revs {
        let parents = changelog.parent_nodes(changelog.rev(node)?);
        out.extend(parents.into_iter().filter(|parent| !revs.contains(parent)));
    }
    Ok(out)
}

/// What all the destinations lack.
fn to_destinations(
    ctx: &CommandContext,
    repo: &Repo,
    revs: Option<Vec<Node>>,
    destinations: &[Vec<u8>],
) -> Result<OutgoingSet> {
    let mut all = OutgoingSet::default();
    for path in remote::paths(ctx)?.for_push(destinations, &ctx.cwd())? {
        let mut peer = remote::peer(ctx, &path.location)?;
        let symbols: Vec<Vec<u8>> = revs.iter().flatten().map(Node::hex).collect();
        let heads = super::push::heads(ctx, repo, &path, &symbols)?;
        let force = ctx.opts.flag("force");
        let (set, _) = find_outgoing(repo, &mut *peer, heads.as_deref(), force, &*ctx.ui)?;
        all.missing.extend(set.missing);
        all.missing_heads.extend(set.missing_heads);
        all.common_heads.extend(set.common_heads);
        all.excluded.extend(set.excluded);
    }
    for list in [&mut all.missing, &mut all.common_heads, &mut all.excluded] {
        list.sort_unstable();
        list.dedup();
    }
    Ok(all)
}

/// Writes a bundle to a file; one that cannot be finished is removed.
pub(super) fn write_file(
    ctx: &CommandContext,
    repo: &Repo,
    spec: &BundleSpec,
    outgoing: &OutgoingSet,
    name: &[u8],
) -> Result<()> {
    let path = remote::file_path(ctx, name);
    let file = std::fs::File::create(&path).map_err(|error| remote::io_error(name, error))?;
    let writer = BundleWriter {
        repo,
        spec,
        outgoing,
        reporter: Arc::clone(&ctx.ui) as _,
        level: level(ctx)?,
    };
    let written = writer
        .write(std::io::BufWriter::new(file))
        .and_then(|mut out| out.flush().map_err(|error| remote::io_error(name, error)));
    if written.is_err() {
        // The failure itself is what the user hears.
        let _ = std::fs::remove_file(&path);
    }
    written
}

/// The level of compression that the configuration asks for.
fn level(ctx: &CommandContext) -> Result<Option<i32>> {
    let level = ctx.config().find_int("experimental", "bundlecomplevel")?;
    Ok(level.and_then(|level| i32::try_from(level).ok()))
}
