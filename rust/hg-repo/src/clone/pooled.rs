//! Clones that share one history: it is kept in a pool, each clone is a share of it.

use std::path::Path as FilePath;

use bstr::ByteSlice as _;
use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wdir::merge::{UpdateOptions, UpdateStats, update};
use hg_wire::paths::Path;
use hg_wire::peer::Peer;
use hg_wire::pull::{PullOptions, pull};
use sha1::{Digest as _, Sha1};

use super::{Checkout, CloneContext, CloneOptions, Cloned, clone, default_path};
use crate::share::{self, ShareOptions};

/// Where shared histories are, and what they are called there.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Pool {
    /// The directory.
    pub directory: Vec<u8>,
    /// `identity`: by the first changeset; `remote`: by where they come from.
    pub naming: Vec<u8>,
}

/// Makes a clone as a share of a history in the pool, which is made first when it is not there;
/// `None` when the source has nothing to tell it from others by.
pub(super) fn clone_pooled(
    context: &CloneContext<'_>,
    pool: &Pool,
    peer: &mut dyn Peer,
    source: &Path,
    root: &FilePath,
    wanted: &[Vec<u8>],
    options: &CloneOptions,
) -> Result<Option<Cloned>> {
    let reporter = &context.open.reporter;
    let Some(name) = name_of(context, pool, peer, source)? else { return Ok(None) };
    let directory = hg_config::expand_path(context.open.config.environment(), &pool.directory);
    let home = context.open.cwd.join(directory.to_path_lossy()).join(name.to_path_lossy());
    let known = home.join(".hg").exists();
    let which: &[u8] = if known { b"existing" } else { b"new" };
    let parts: [&[u8]; 5] = [b"(sharing from ", which, b" pooled repository ", &name, b")\n"];
    reporter.status(&parts.concat());
    if !known {
        let options =
            CloneOptions { pull: true, checkout: Checkout::Nothing, pool: None, ..options.clone() };
        let home = home.as_os_str().as_encoded_bytes();
        clone(context, source, Some(home), &options)?;
    }
    let origin = Repo::open(&hg_config::normalize_path(&home), context.open.options())?;
    let default = default_path(context, source);
    let display = root.as_os_str().as_encoded_bytes().to_vec();
    let shared = ShareOptions { no_update: true, ..ShareOptions::default() };
    let repo = share::make(&context.open, &origin, root, display, shared, Some(&default))?;
    let heads = wanted.iter().map(|symbol| peer.lookup(symbol)).collect::<Result<Vec<Node>>>()?;
    let heads = (!heads.is_empty()).then_some(heads);
    pull(&repo, peer, &PullOptions { heads, ..PullOptions::default() })?;
    let stats = check_out(context, &repo, wanted, options)?;
    Ok(Some(Cloned { repo, stats }))
}

/// What the history is called in the pool; says why it is called nothing.
fn name_of(
    context: &CloneContext<'_>,
    pool: &Pool,
    peer: &mut dyn Peer,
    source: &Path,
) -> Result<Option<Vec<u8>>> {
    match pool.naming.as_slice() {
        b"identity" => {
            let why = match peer.lookup(b"0") {
                Ok(node) if !node.is_null() => return Ok(Some(node.hex())),
                Ok(_) => "remote appears to be empty",
                Err(_) if peer.heads()?.iter().all(Node::is_null) => "remote appears to be empty",
                Err(_) => "unable to resolve identity of remote",
            };
            let text = format!("(not using pooled storage: {why})\n");
            context.open.reporter.status(text.as_bytes());
            Ok(None)
        }
        b"remote" => {
            let digest = Sha1::digest(&source.location);
            let hex: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
            Ok(Some(hex.into_bytes()))
        }
        other => Err(Error::abort([&b"unknown share naming mode: "[..], other].concat())),
    }
}

fn check_out(
    context: &CloneContext<'_>,
    repo: &Repo,
    wanted: &[Vec<u8>],
    options: &CloneOptions,
) -> Result<Option<UpdateStats>> {
    let first = match &options.checkout {
        Checkout::Nothing => return Ok(None),
        Checkout::Symbol(symbol) => Some(symbol),
        Checkout::Default => wanted.first(),
    };
    context.open.reporter.status(b"updating working directory\n");
    let target = share::first_target(&context.open, repo, first.map(Vec::as_slice))?;
    let stats = update(repo, target, &UpdateOptions::default(), context.interaction)?;
    (context.show_stats)(&stats);
    Ok(Some(stats))
}
