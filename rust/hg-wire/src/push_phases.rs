//! What phases the changesets of a peer are in, and which of them a push makes public.

use hg_store::Repo;
use hg_types::{Node, Phase, Result, Revision};

use crate::facts;
use crate::outgoing::OutgoingSet;
use crate::peer::Keys;

/// The phases of a peer, as far as its changesets are known here.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct RemotePhases {
    /// Whether what it receives becomes public.
    pub publishing: bool,
    /// Heads of what is public there.
    pub public_heads: Vec<Node>,
    /// Roots of what is draft there.
    pub draft_roots: Vec<Node>,
}

impl RemotePhases {
    /// Reads the keys of the namespace `phases`; `heads` are the peer's.
    pub fn analyze(repo: &Repo, heads: &[Node], keys: &Keys) -> Result<Self> {
        let view = facts::unfiltered(repo)?;
        let publishing = keys.iter().any(|(key, value)| key == b"publishing" && value == b"True");
        let draft_roots: Vec<Node> = keys
            .iter()
            .filter(|(key, value)| key != b"publishing" && value == b"1")
            .filter_map(|(key, _)| Node::from_hex(key))
            .filter(|node| view.rev(node).is_some())
            .collect();
        let known: Vec<usize> = heads.iter().filter_map(|node| view.rev(node)).collect();
        let roots: Vec<usize> = draft_roots.iter().filter_map(|node| view.rev(node)).collect();
        let draft = descendants(&view, &roots);
        let public: Vec<usize> =
            view.ancestors(&known).into_iter().filter(|&rev| !draft[rev]).collect();
        let public_heads = view.nodes(&view.heads_of(&public));
        Ok(Self { publishing, public_heads, draft_roots })
    }

    /// Where `heads` and their ancestors belong once both sides have them; `keys` is what the peer said.
    #[must_use]
    pub fn moves(&self, keys: &Keys, heads: &[Node]) -> Vec<(Phase, Node)> {
        if keys.is_empty() || self.publishing {
            return heads.iter().map(|node| (Phase::Public, *node)).collect();
        }
        let public = self.public_heads.iter().map(|node| (Phase::Public, *node));
        public.chain(heads.iter().map(|node| (Phase::Draft, *node))).collect()
    }
}

/// Flags of `roots` and all their descendants.
fn descendants(view: &crate::view::View, roots: &[usize]) -> Vec<bool> {
    let mut flags = vec![false; view.len()];
    for &root in roots {
        flags[root] = true;
    }
    let start = roots.iter().min().copied().unwrap_or(view.len());
    for rev in start..view.len() {
        if view.parents(rev).any(|parent| flags[parent]) {
            flags[rev] = true;
        }
    }
    flags
}

/// The heads of what is not public at the peer and will be: everything for a publishing one, what is
/// public here for others.
pub fn outdated(
    repo: &Repo,
    outgoing: &OutgoingSet,
    remote: &RemotePhases,
    publish: bool,
) -> Result<Vec<Node>> {
    let view = facts::unfiltered(repo)?;
    let phases = repo.phases()?;
    let mut roots: Vec<usize> =
        remote.draft_roots.iter().filter_map(|node| view.rev(node)).collect();
    roots.extend(&outgoing.missing);
    let heads: Vec<usize> = if outgoing.missing.is_empty() {
        outgoing.common_heads.clone()
    } else {
        outgoing.missing_heads.iter().filter_map(|node| view.rev(node)).collect()
    };
    let below = descendants(&view, &roots);
    let all = remote.publishing || publish;
    let wanted = |&rev: &usize| {
        below[rev] && (all || phases.phase(Revision::from_index(rev)) == Phase::Public)
    };
    let revs: Vec<usize> = view.ancestors(&heads).into_iter().filter(wanted).collect();
    Ok(view.nodes(&view.heads_of(&revs)))
}
