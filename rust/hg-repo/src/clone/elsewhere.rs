//! Clones on other machines.

use hg_types::{Error, Node, Result};
use hg_wire::open::{OpenContext, open_peer};
use hg_wire::paths::Path;
use hg_wire::push::{PushOptions, push};

use super::CloneOptions;

/// Makes a clone of `source`, which is on this machine, at an `ssh://` location.
///
/// # Errors
/// When the source is on another machine too, or cannot be read, or the destination exists.
pub fn clone_elsewhere(
    context: &OpenContext,
    source: &Path,
    target: &[u8],
    options: &CloneOptions,
) -> Result<()> {
    let mut peer = open_peer(context, &source.location, None)?;
    let Some(repo) = peer.local().cloned() else {
        return Err(Error::abort("clone from remote to remote not supported"));
    };
    context.ssh().init(target)?;
    let mut destination = open_peer(context, target, None)?;
    let wanted = super::wanted_symbols(&mut *peer, source, options)?;
    let heads = wanted.iter().map(|symbol| peer.lookup(symbol)).collect::<Result<Vec<Node>>>()?;
    let options = PushOptions {
        heads: (!heads.is_empty()).then_some(heads),
        all_bookmarks: true,
        ..PushOptions::default()
    };
    push(&repo, &mut *destination, &options).map(|_| ())
}
