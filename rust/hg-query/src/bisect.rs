//! The state of a bisection (`.hg/bisect.state`): lines of a status and a node id.

mod search;

use std::collections::HashSet;

use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::context::QueryContext;
use crate::revset::parse_error;

pub use search::{Step, extend, next};

const FILE: &str = "bisect.state";

/// What is known so far.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct State {
    /// The changeset that is being tested.
    pub current: Vec<Node>,
    /// Without the problem.
    pub good: Vec<Node>,
    /// With the problem.
    pub bad: Vec<Node>,
    /// That cannot be tested.
    pub skip: Vec<Node>,
}

impl State {
    /// Reads the state; an absent one is empty.
    ///
    /// # Errors
    /// When it cannot be read, or names what it should not.
    pub fn load(repo: &Repo) -> Result<Self> {
        let mut state = Self::default();
        let changelog = repo.changelog()?;
        let text = repo.vfs().try_read(FILE)?.unwrap_or_default();
        for line in text.split(|&c| c == b'\n').filter(|line| !line.is_empty()) {
            let mut words = line.splitn(2, |&c| c == b' ');
            let kind = words.next().unwrap_or_default();
            let hex = words.next().unwrap_or_default();
            let unknown = || Error::abort([b"unknown bisect kind ", kind].concat());
            let list = state.list_mut(kind).ok_or_else(unknown)?;
            let node = Node::from_hex(hex).filter(|node| changelog.has_node(node));
            let node =
                node.ok_or_else(|| Error::abort([b"unknown revision '", hex, b"'"].concat()))?;
            list.push(node);
        }
        Ok(state)
    }

    fn list_mut(&mut self, kind: &[u8]) -> Option<&mut Vec<Node>> {
        Some(match kind {
            b"current" => &mut self.current,
            b"good" => &mut self.good,
            b"bad" => &mut self.bad,
            b"skip" => &mut self.skip,
            _ => return None,
        })
    }

    /// Writes the state.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn save(&self, repo: &Repo) -> Result<()> {
        let lists = [
            ("bad", &self.bad),
            ("current", &self.current),
            ("good", &self.good),
            ("skip", &self.skip),
        ];
        let mut text = Vec::new();
        for (kind, nodes) in lists {
            for node in nodes {
                text.extend_from_slice(&[kind.as_bytes(), b" ", &node.hex(), b"\n"].concat());
            }
        }
        Ok(repo.vfs().write_atomic(FILE, &text)?)
    }

    /// Forgets the bisection.
    ///
    /// # Errors
    /// When the file cannot be removed.
    pub fn reset(repo: &Repo) -> Result<()> {
        if repo.vfs().exists(FILE) {
            repo.vfs().remove(FILE)?;
        }
        Ok(())
    }
}

type Revs = HashSet<Revision>;

/// The sets that the statuses are made of.
struct Sets<'q> {
    ctx: &'q QueryContext,
    good: Revs,
    bad: Revs,
    skip: Revs,
}

impl Sets<'_> {
    fn ancestors(&self, of: &Revs) -> Revs {
        self.ctx.changelog().ancestor_set(of.iter().copied()).iter().collect()
    }

    fn descendants(&self, of: &Revs) -> Revs {
        let below = self.ctx.changelog().descendant_set(of.iter().copied());
        below.iter().chain(of.iter().copied()).collect()
    }

    fn between(&self, roots: &Revs, heads: &Revs) -> Revs {
        let roots = roots.iter().copied().collect();
        let heads: Vec<_> = heads.iter().copied().collect();
        self.ctx.changelog().reachable(&roots, &heads, true).iter().collect()
    }

    /// Whether good changesets come before bad ones.
    fn good_first(&self) -> bool {
        !self.between(&self.good, &self.bad).is_empty()
    }

    fn range(&self) -> Revs {
        let mut range = self.between(&self.good, &self.bad);
        range.extend(self.between(&self.bad, &self.good));
        range
    }

    fn goods(&self) -> Revs {
        match self.good_first() {
            true => self.ancestors(&self.good),
            false => self.descendants(&self.good),
        }
    }

    fn bads(&self) -> Revs {
        match self.good_first() {
            true => self.descendants(&self.bad),
            false => self.ancestors(&self.bad),
        }
    }

    fn pruned(&self) -> Revs {
        let mut pruned = self.goods();
        pruned.extend(self.bads());
        let range = self.range();
        pruned.extend(self.skip.iter().filter(|rev| range.contains(rev)));
        pruned
    }

    fn ignored(&self) -> Revs {
        let (of_bad, of_good) = (self.ancestors(&self.bad), self.ancestors(&self.good));
        let range = self.range();
        of_bad.symmetric_difference(&of_good).filter(|rev| !range.contains(rev)).copied().collect()
    }
}

/// The changesets with a bisection status, as `bisect()` understands it.
///
/// # Errors
/// When there is no such status.
pub fn of_status(ctx: &QueryContext, state: &State, status: &[u8]) -> Result<Vec<Revision>> {
    let revs = |nodes: &[Node]| -> Revs {
        nodes.iter().filter_map(|node| ctx.changelog().find(node)).collect()
    };
    let sets =
        Sets { ctx, good: revs(&state.good), bad: revs(&state.bad), skip: revs(&state.skip) };
    let found = match status {
        b"good" => sets.good,
        b"bad" => sets.bad,
        b"skip" => sets.skip,
        b"current" => revs(&state.current),
        b"range" => sets.range(),
        b"goods" => sets.goods(),
        b"bads" => sets.bads(),
        b"pruned" => sets.pruned(),
        b"untested" => {
            let pruned = sets.pruned();
            sets.range().into_iter().filter(|rev| !pruned.contains(rev)).collect()
        }
        b"ignored" => sets.ignored(),
        _ => return Err(parse_error("invalid bisect state")),
    };
    Ok(found.into_iter().filter(|rev| !ctx.is_hidden(*rev)).collect())
}
