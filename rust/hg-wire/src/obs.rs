//! Obsolescence markers on their way.

use hg_types::{Error, Result};

use crate::apply::Operation;

/// Takes in markers; how many of them were new.
pub fn apply(operation: &mut Operation<'_>, payload: &[u8]) -> Result<usize> {
    let _ = operation;
    let (_, markers) = hg_format::obs_markers::decode(payload)
        .map_err(|error| Error::abort(error.to_string()).because(error))?;
    if markers.is_empty() {
        return Ok(0);
    }
    Err(Error::abort("obsolescence markers cannot be received yet"))
}

/// The part with the markers that concern `nodes`, for a bundle file.
pub fn bundle_part(
    repo: &hg_store::Repo,
    nodes: &[hg_types::Node],
    spec: &hg_format::bundlespec::BundleSpec,
) -> Result<Option<crate::parts::Part<'static>>> {
    let _ = (repo, nodes, spec);
    Ok(None)
}
