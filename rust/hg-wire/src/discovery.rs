//! What two repositories have in common, found by asking the other one as little as possible.

use std::collections::HashSet;

use hg_types::{Error, Node, Reporter, Result};

use crate::peer::Peer;
use crate::view::View;

/// Nodes asked for in the first question.
const FIRST_SAMPLE: usize = 100;

/// Nodes asked for in each later question.
const LATER_SAMPLE: usize = 200;

/// The outcome of a discovery.
#[derive(Clone, Debug, Default)]
pub struct Discovery {
    /// Heads of what both sides have, in the order of local revisions.
    pub common: Vec<Node>,
    /// Whether the other side has something that we lack.
    pub any_incoming: bool,
    /// The heads of the other side.
    pub remote_heads: Vec<Node>,
}

/// How a discovery behaves.
#[derive(Clone, Copy, Debug, Default)]
pub struct DiscoveryOptions<'a> {
    /// Whether to go on when nothing is common.
    pub force: bool,
    /// Only changesets that are ancestors of these are looked at; all when `None`.
    pub ancestors_of: Option<&'a [Node]>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// Nobody asked, or not looked at.
    Undecided,
    Common,
    Missing,
}

/// Finds what `view` and `peer` have in common.
pub fn find_common(
    view: &View,
    peer: &mut dyn Peer,
    options: DiscoveryOptions<'_>,
    reporter: &dyn Reporter,
) -> Result<Discovery> {
    let own_heads = own_heads(view, options.ancestors_of);
    reporter.debug(b"query 1; heads\n");
    let sample: Vec<usize> = own_heads.iter().copied().take(FIRST_SAMPLE).collect();
    let sample_nodes: Vec<Node> = sample.iter().map(|&rev| view.node(rev)).collect();
    let (remote_heads, answers) = peer.heads_and_known(&sample_nodes)?;
    if view.is_empty() {
        let any_incoming = remote_heads.iter().any(|node| !node.is_null());
        return Ok(Discovery { common: vec![Node::NULL], any_incoming, remote_heads });
    }
    let remote_is_empty = remote_heads.iter().all(Node::is_null);
    reporter.status(b"searching for changes\n");
    let known_heads: Vec<usize> = remote_heads.iter().filter_map(|node| view.rev(node)).collect();
    if remote_is_empty {
        return Ok(Discovery { common: vec![Node::NULL], any_incoming: false, remote_heads });
    }
    if remote_heads.iter().all(|node| node.is_null() || view.rev(node).is_some()) {
        reporter.debug(b"all remote heads known locally\n");
        let common = sorted_nodes(view, known_heads);
        return Ok(Discovery { common, any_incoming: false, remote_heads });
    }
    if sample.len() == own_heads.len() && answers.iter().all(|&known| known) {
        reporter.note(b"all local changesets known remotely\n");
        let common = sorted_nodes(view, own_heads);
        return Ok(Discovery { common, any_incoming: true, remote_heads });
    }
    let mut partial = Partial::new(view, &own_heads);
    partial.mark_common(known_heads);
    partial.apply(&sample, &answers);
    partial.ask_until_decided(peer, reporter)?;
    let common = partial.common_heads();
    if common.is_empty() {
        if !options.force {
            return Err(Error::abort("repository is unrelated"));
        }
        reporter.warn(b"warning: repository is unrelated\n");
        return Ok(Discovery { common: vec![Node::NULL], any_incoming: true, remote_heads });
    }
    Ok(Discovery { common: sorted_nodes(view, common), any_incoming: true, remote_heads })
}

fn own_heads(view: &View, ancestors_of: Option<&[Node]>) -> Vec<usize> {
    match ancestors_of {
        None => view.heads(),
        Some(nodes) => {
            let revs: Vec<usize> = nodes.iter().filter_map(|node| view.rev(node)).collect();
            view.heads_of(&revs)
        }
    }
}

fn sorted_nodes(view: &View, mut revs: Vec<usize>) -> Vec<Node> {
    revs.sort_unstable();
    revs.dedup();
    revs.into_iter().map(|rev| view.node(rev)).collect()
}

/// What is known so far.
struct Partial<'a> {
    view: &'a View,
    state: Vec<State>,
    /// Ancestors of the heads that take part.
    targets: Vec<usize>,
}

impl<'a> Partial<'a> {
    fn new(view: &'a View, heads: &[usize]) -> Self {
        let targets = view.ancestors(heads);
        Self { view, state: vec![State::Undecided; view.len()], targets }
    }

    /// These and their ancestors are on both sides.
    fn mark_common(&mut self, revs: Vec<usize>) {
        let mut stack = revs;
        while let Some(rev) = stack.pop() {
            if self.state[rev] != State::Common {
                self.state[rev] = State::Common;
                stack.extend(self.view.parents(rev));
            }
        }
    }

    fn apply(&mut self, sample: &[usize], answers: &[bool]) {
        let answered = sample.iter().zip(answers);
        let common = answered.clone().filter(|(_, known)| **known).map(|(&rev, _)| rev).collect();
        self.mark_common(common);
        for (&rev, known) in answered {
            if !known && self.state[rev] == State::Undecided {
                self.state[rev] = State::Missing;
            }
        }
        // What descends from something missing is missing too.
        for &rev in &self.targets {
            if self.state[rev] == State::Undecided
                && self.view.parents(rev).any(|parent| self.state[parent] == State::Missing)
            {
                self.state[rev] = State::Missing;
            }
        }
    }

    fn undecided(&self) -> Vec<usize> {
        let undecided = |&rev: &usize| self.state[rev] == State::Undecided;
        self.targets.iter().copied().filter(undecided).collect()
    }

    fn ask_until_decided(&mut self, peer: &mut dyn Peer, reporter: &dyn Reporter) -> Result<()> {
        let mut queries = 1;
        loop {
            let undecided = self.undecided();
            if undecided.is_empty() {
                break;
            }
            let quick = queries == 1;
            let (kind, size) =
                if quick { ("quick initial", FIRST_SAMPLE) } else { ("initial", LATER_SAMPLE) };
            reporter.debug(format!("taking {kind} sample\n").as_bytes());
            let sample = self.sample(&undecided, size, quick);
            queries += 1;
            let (left, asked) = (undecided.len(), sample.len());
            let text =
                format!("query {queries}; still undecided: {left}, sample size is: {asked}\n");
            reporter.debug(text.as_bytes());
            let nodes: Vec<Node> = sample.iter().map(|&rev| self.view.node(rev)).collect();
            let answers = peer.known(&nodes)?;
            self.apply(&sample, &answers);
        }
        reporter.debug(format!("{queries} total queries in 0.0000s\n").as_bytes());
        Ok(())
    }

    /// Revisions whose answers decide much: heads, then ancestors at doubling distances, then,
    /// for all but the quick sample, the same from the roots, then any.
    fn sample(&self, undecided: &[usize], size: usize, quick: bool) -> Vec<usize> {
        if undecided.len() <= size {
            return undecided.to_vec();
        }
        let members: HashSet<usize> = undecided.iter().copied().collect();
        let mut chosen: Vec<usize> = Vec::with_capacity(size);
        let mut taken = HashSet::new();
        let parents = |rev: usize| -> Vec<usize> {
            self.view.parents(rev).filter(|parent| members.contains(parent)).collect()
        };
        let mut has_child = HashSet::new();
        for &rev in undecided {
            has_child.extend(parents(rev));
        }
        let heads: Vec<usize> =
            undecided.iter().rev().copied().filter(|rev| !has_child.contains(rev)).collect();
        let steps = doubling_steps(&heads, parents);
        chosen.extend(steps.into_iter().filter(|rev| taken.insert(*rev)).take(size));
        if !quick {
            let mut children: std::collections::HashMap<usize, Vec<usize>> =
                std::collections::HashMap::new();
            let mut roots = Vec::new();
            for &rev in undecided {
                let above = parents(rev);
                if above.is_empty() {
                    roots.push(rev);
                }
                for parent in above {
                    children.entry(parent).or_default().push(rev);
                }
            }
            let below = |rev: usize| children.get(&rev).cloned().unwrap_or_default();
            let steps = doubling_steps(&roots, below);
            chosen.extend(steps.into_iter().filter(|rev| taken.insert(*rev)).take(size));
        }
        let spread = undecided.len().div_ceil(size).max(1);
        let room = size.saturating_sub(chosen.len());
        let fill = undecided.iter().step_by(spread).copied().filter(|rev| taken.insert(*rev));
        chosen.extend(fill.take(room));
        chosen
    }

    fn common_heads(&self) -> Vec<usize> {
        let common = |rev: &usize| self.state[*rev] == State::Common;
        let revs: Vec<usize> = (0..self.state.len()).filter(common).collect();
        self.view.heads_of(&revs)
    }
}

/// Walks from `starts` along `next` and picks what lies at distance 1, 2, 4, 8, ...
fn doubling_steps(starts: &[usize], next: impl Fn(usize) -> Vec<usize>) -> Vec<usize> {
    let mut seen: HashSet<usize> = starts.iter().copied().collect();
    let mut level = starts.to_vec();
    let mut out = Vec::new();
    let (mut distance, mut wanted) = (1_u64, 1_u64);
    while !level.is_empty() {
        if distance == wanted {
            out.extend_from_slice(&level);
            wanted *= 2;
        }
        let mut following = Vec::new();
        for rev in level {
            following.extend(next(rev).into_iter().filter(|rev| seen.insert(*rev)));
        }
        level = following;
        distance += 1;
    }
    out
}
