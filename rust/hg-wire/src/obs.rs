//! Obsolescence markers on their way.

use hg_format::bundle2::PartHeader;
use hg_format::bundlespec::BundleSpec;
use hg_format::obs_markers::{self, Marker, MarkerError};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::apply::Operation;
use crate::facts;
use crate::parts::Part;

fn marker_error(error: MarkerError) -> Error {
    Error::abort(error.to_string()).because(error)
}

/// Takes in markers; how many of them were new.
pub fn apply(operation: &mut Operation<'_>, payload: &[u8]) -> Result<usize> {
    let (_, markers) = obs_markers::decode(payload).map_err(marker_error)?;
    let repo = operation.repo;
    if markers.is_empty() {
        return Ok(0);
    }
    if !exchanges(repo)? {
        repo.reporter().debug(b"ignoring obsolescence markers, feature not enabled\n");
        return Ok(0);
    }
    let tr = operation.transaction()?;
    repo.add_markers(tr, &markers)
}

/// Whether the repository takes part in the exchange of markers.
pub fn exchanges(repo: &Repo) -> Result<bool> {
    let config = repo.config();
    let all = config.get_list("experimental", "evolution");
    let listed = |name: &[u8]| {
        all.iter().any(|item| item == name || item == b"all" || item == b"true" || item == b"1")
    };
    if listed(b"exchange") || all.iter().any(|item| item == b"yes" || item == b"on") {
        return Ok(true);
    }
    config.get_bool_or("experimental", "evolution.exchange", false)
}

/// Markers as the payload of a part, version byte first.
pub fn encode(markers: &[Marker]) -> Result<Vec<u8>> {
    let mut out = vec![1];
    for marker in markers {
        obs_markers::encode_v1(marker, &mut out).map_err(marker_error)?;
    }
    Ok(out)
}

/// The markers that matter to somebody who has the ancestors of `heads`, in the order of the file.
pub fn relevant_to(repo: &Repo, heads: &[Node]) -> Result<Vec<Marker>> {
    let store = repo.obsstore()?;
    if store.is_empty() {
        return Ok(Vec::new());
    }
    let view = facts::unfiltered(repo)?;
    let revs: Vec<usize> = heads.iter().filter_map(|node| view.rev(node)).collect();
    let nodes = view.nodes(&view.ancestors(&revs));
    Ok(store.relevant(nodes).into_iter().cloned().collect())
}

/// The part that carries markers; `None` when there are none.
pub fn part(markers: &[Marker]) -> Result<Option<Part<'static>>> {
    if markers.is_empty() {
        return Ok(None);
    }
    Ok(Some(Part::bytes(PartHeader::new(b"obsmarkers", true), encode(markers)?)))
}

/// The part with the markers that concern `nodes`, for a bundle file.
pub fn bundle_part(
    repo: &Repo,
    nodes: &[Node],
    spec: &BundleSpec,
) -> Result<Option<Part<'static>>> {
    let store = repo.obsstore()?;
    let markers: Vec<Marker> = store.relevant(nodes.iter().copied()).into_iter().cloned().collect();
    let mut part = part(&markers)?;
    if let Some(part) = &mut part {
        part.header.mandatory = spec.obsolescence_mandatory;
    }
    Ok(part)
}

/// The changesets, visible or not, that obsolescence makes troublesome for a push.
pub fn trouble(repo: &Repo, rev: Revision) -> Result<Option<&'static str>> {
    let kinds: [(&str, fn(&Repo) -> Result<hg_store::revlog::RevBits>); 4] = [
        ("obsolete", Repo::obsolete_revs),
        ("orphan", Repo::orphan_revs),
        ("phase-divergent", Repo::phase_divergent_revs),
        ("content-divergent", Repo::content_divergent_revs),
    ];
    for (name, set) in kinds {
        if set(repo)?.contains(rev) {
            return Ok(Some(name));
        }
    }
    Ok(None)
}
