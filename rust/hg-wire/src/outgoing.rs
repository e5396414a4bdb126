//! What one repository has that another lacks.

use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Phase, Reporter, Result, Revision};

use crate::discovery::{Discovery, DiscoveryOptions, find_common};
use crate::facts;
use crate::generate::Outgoing;
use crate::peer::Peer;
use crate::view::View;

/// What would be sent.
#[derive(Clone, Debug, Default)]
pub struct OutgoingSet {
    /// The changesets, in order.
    pub missing: Vec<usize>,
    /// Their heads, and wanted heads that are common.
    pub missing_heads: Vec<Node>,
    /// Heads of what both sides have.
    pub common_heads: Vec<usize>,
    /// Changesets that were left out because they are secret or hidden; the heads of them.
    pub excluded: Vec<usize>,
}

impl OutgoingSet {
    /// The set between `common` and `heads`.
    #[must_use]
    pub fn between(view: &View, common: &[Node], heads: &[Node]) -> Self {
        let known = |nodes: &[Node]| nodes.iter().filter_map(|node| view.rev(node)).collect();
        let common_heads: Vec<usize> = known(common);
        let wanted: Vec<usize> = known(heads);
        Self {
            missing: view.missing(&common_heads, &wanted),
            missing_heads: heads.to_vec(),
            common_heads,
            excluded: Vec::new(),
        }
    }

    /// The same as the maker of changegroups wants it.
    #[must_use]
    pub fn to_changegroup(&self, view: &View) -> Outgoing {
        Outgoing {
            missing: self.missing.iter().map(|&rev| Revision::from_index(rev)).collect(),
            common: view.ancestor_flags(&self.common_heads),
        }
    }
}

/// Finds what `repo` has that `peer` lacks; `heads` limits it to their ancestors.
pub fn find_outgoing(
    repo: &Repo,
    peer: &mut dyn Peer,
    heads: Option<&[Node]>,
    force: bool,
    reporter: &dyn Reporter,
) -> Result<(OutgoingSet, Discovery)> {
    let unfiltered = facts::unfiltered(repo)?;
    let options = DiscoveryOptions { force, ancestors_of: heads };
    let discovery = find_common(&unfiltered, peer, options, reporter)?;
    let set = outgoing_from(repo, &discovery, heads)?;
    Ok((set, discovery))
}

/// What `repo` has beyond the common part of a discovery.
pub fn outgoing_from(
    repo: &Repo,
    discovery: &Discovery,
    heads: Option<&[Node]>,
) -> Result<OutgoingSet> {
    let unfiltered = facts::unfiltered(repo)?;
    let served = facts::served(repo)?;
    let visible = facts::visible(repo)?;
    let wanted: Vec<usize> = match heads {
        Some(nodes) => nodes.iter().filter_map(|node| visible.rev(node)).collect(),
        None => visible.heads(),
    };
    let common: Vec<usize> =
        discovery.common.iter().filter_map(|node| unfiltered.rev(node)).collect();
    let all = unfiltered.missing(&common, &wanted);
    let (missing, excluded): (Vec<usize>, Vec<usize>) =
        all.into_iter().partition(|&rev| served.contains(rev));
    let missing_heads = if excluded.is_empty() && heads.is_some() {
        unfiltered.nodes(&wanted)
    } else {
        // Heads that are sent, and heads both sides have.
        let mut revs: Vec<usize> =
            unfiltered.ancestors(&wanted).into_iter().filter(|&rev| served.contains(rev)).collect();
        revs = unfiltered.heads_of(&revs);
        unfiltered.nodes(&revs)
    };
    Ok(OutgoingSet { missing, missing_heads, common_heads: common, excluded })
}

/// Says that there is nothing to send, and what was held back.
pub fn no_changes_found(repo: &Repo, excluded: &[usize], reporter: &dyn Reporter) -> Result<()> {
    let phases = repo.phases()?;
    let secret = excluded
        .iter()
        .filter(|&&rev| phases.phase(Revision::from_index(rev)) >= Phase::Secret)
        .count();
    let text = if secret > 0 {
        format!("no changes found (ignored {secret} secret changesets)\n")
    } else {
        "no changes found\n".to_owned()
    };
    reporter.status(text.as_bytes());
    Ok(())
}

/// The error for a peer that does not know a revision.
pub fn unknown_remote_revision(key: &[u8]) -> Error {
    Error::new(ErrorKind::UnknownRevision, [b"unknown revision '", key, b"'"].concat())
}
