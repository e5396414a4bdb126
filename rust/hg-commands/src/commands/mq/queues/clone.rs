//! `hg qclone`.

use hg_repo::mq::Queue;
use hg_repo::strip::{StripOptions, strip};
use hg_store::{OpenOptions, Repo};
use hg_types::{Error, Node, Result};
use hg_wdir::merge::{UpdateOptions, update};

use crate::call::{Invocation, call};
use crate::options::OptValue;
use crate::{CommandContext, remote};

/// Where the patches of a repository are by default.
fn default_patches(location: &[u8]) -> Vec<u8> {
    [location.strip_suffix(b"/").unwrap_or(location), b"/.hg/patches"].concat()
}

fn open(ctx: &CommandContext, location: &[u8]) -> Result<Repo> {
    let options = OpenOptions {
        config: (*ctx.config()).clone(),
        reporter: Some(ctx.ui.clone()),
        hooks: Some(std::sync::Arc::new(crate::hooks::Hooks::new(ctx.ui.clone()))),
        ..OpenOptions::default()
    };
    let path = ctx.cwd().join(hg_vfs::bytes_to_path(location));
    Repo::open(&path.canonicalize().unwrap_or(path), options)
}

/// The last part of a location.
fn last_part(location: &[u8]) -> Vec<u8> {
    let trimmed = location.strip_suffix(b"/").unwrap_or(location);
    trimmed.rsplit(|&byte| byte == b'/').next().unwrap_or_default().to_vec()
}

fn clone(
    ctx: &CommandContext,
    source: &[u8],
    target: &[u8],
    more: &[(&str, bool)],
    revs: &[Node],
) -> Result<()> {
    let mut options: Vec<(String, OptValue)> =
        more.iter().map(|(name, on)| ((*name).to_owned(), OptValue::Flag(*on))).collect();
    for name in ["ssh", "remotecmd"] {
        if let Some(value) = ctx.opts.nonempty(name) {
            options.push((name.to_owned(), OptValue::Text(value.to_vec())));
        }
    }
    options.push(("insecure".to_owned(), OptValue::Flag(ctx.opts.flag("insecure"))));
    if !revs.is_empty() {
        let revs = revs.iter().map(Node::hex).collect();
        options.push(("rev".to_owned(), OptValue::List(revs)));
    }
    let args = vec![source.to_vec(), target.to_vec()];
    call(&ctx.ui, None, Invocation { name: b"clone".to_vec(), args, options })?;
    Ok(())
}

pub(super) fn run_clone(ctx: &CommandContext) -> Result<i32> {
    let (source, target) = match ctx.args.as_slice() {
        [source] => (source.clone(), None),
        [source, target] => (source.clone(), Some(target.clone())),
        _ => return Err(ctx.usage_error()),
    };
    let paths = remote::paths(ctx)?;
    let resolved = paths.resolve(&source)?.into_iter().next();
    let location = resolved.map_or_else(|| source.clone(), |path| path.location.clone());
    let target = target.unwrap_or_else(|| last_part(&source));
    let patches = match ctx.opts.nonempty("patches") {
        Some(patches) => patches.to_vec(),
        None => default_patches(&location),
    };
    if remote::peer(ctx, &patches).is_err() {
        let message = "versioned patch repository not found (see init --mq)";
        return Err(Error::abort(message));
    }
    let (pull, stream) = (ctx.opts.flag("pull"), ctx.opts.flag("uncompressed"));
    let local = !hg_wire::open::is_remote(&location);
    // Applied patches stay behind: their changesets are taken away, or never come.
    let (mut base, mut revs) = (None, Vec::new());
    if local {
        let main = open(ctx, &location)?;
        let queue = Queue::open(&main)?;
        if let Some(first) = queue.applied.first() {
            let cl = main.changelog()?;
            base = Some(first.node);
            let top = cl.rev(&first.node)?;
            let below = cl.descendant_set([top]);
            let elsewhere = hg_wire::open::is_remote(&target);
            let outside = |rev: &hg_types::Revision| *rev != top && !below.contains(*rev);
            revs = cl.heads_where(|rev| outside(&rev)).into_iter().map(|r| cl.node(r)).collect();
            revs.retain(|node| elsewhere && !node.is_null());
        }
    }
    let ui = &ctx.ui;
    ui.note("cloning main repository\n");
    clone(
        ctx,
        &source,
        &target,
        &[("pull", pull), ("noupdate", true), ("uncompressed", stream)],
        &revs,
    )?;
    ui.note("cloning patch repository\n");
    let inner = default_patches(&target);
    let noupdate = ctx.opts.flag("noupdate");
    let more = [("pull", pull), ("noupdate", noupdate), ("uncompressed", stream)];
    clone(ctx, &patches, &inner, &more, &[])?;
    let made = open(ctx, &target)?;
    if let Some(base) = base
        && let Some(rev) = made.changelog()?.find(&base)
    {
        ui.note("stripping applied patches from destination repository\n");
        strip(&made, &[rev], &StripOptions { backup: false, ..StripOptions::default() })?;
    }
    if !noupdate {
        ui.note("updating destination repository\n");
        let node = made.changelog()?.node(made.tip()?);
        let stats = update(&made, node, &UpdateOptions::default(), &**ui)?;
        crate::commands::update::show_stats(ctx, stats);
    }
    Ok(0)
}
