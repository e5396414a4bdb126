//! Moving changesets: which go where, with which parents, and what an interrupted rebase remembers.

use std::collections::BTreeMap;

use hg_format::rebase_state::{self, RebaseState};
use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

mod obsolete;

pub use obsolete::{Skip, Skipped};

/// The file, below `.hg`.
pub const STATE_FILE: &str = "rebasestate";

/// What has become of a changeset that is to be moved.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate {
    /// Nothing yet.
    Todo,
    /// It was moved, or (when nothing was left of it) something else stands in its place.
    Done {
        /// What children of the changeset go on top of.
        stands_for: Node,
        /// Whether it is a changeset made from this one.
        made: bool,
    },
    /// It stays where it is: the destination has it already, or it was dropped.
    Left,
}

/// A rebase that goes on.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Rebase {
    /// Where the working directory was.
    pub original: Node,
    /// Where the changesets go.
    pub destination: Node,
    /// The second parent of a collapsed changeset, else null.
    pub external: Node,
    /// All become one changeset.
    pub collapse: bool,
    /// The old changesets stay.
    pub keep: bool,
    /// The new changesets stay on the branches of the old ones.
    pub keep_branches: bool,
    /// The bookmark that was active.
    pub bookmark: Vec<u8>,
    /// The changesets, in order.
    pub fates: BTreeMap<Revision, Fate>,
    /// Where each of them goes.
    pub destinations: BTreeMap<Revision, Revision>,
    /// Those that are obsolete and stay, and why; not kept in the state, since it may change.
    pub skips: BTreeMap<Revision, Skip>,
}

/// Where a moved changeset goes and what its changes are taken against.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewPlace {
    /// The parents of the new changeset.
    pub parents: [Node; 2],
    /// The old parent that the first new one stands for.
    pub base: Revision,
}

impl Rebase {
    /// What a changeset is put on top of, unless a parent of it moves.
    ///
    /// # Errors
    /// When the destination is not there any more.
    pub fn destination_of(&self, cl: &Changelog, rev: Revision) -> Result<Revision> {
        match self.destinations.get(&rev) {
            Some(destination) => Ok(*destination),
            None => cl.rev(&self.destination),
        }
    }

    /// Where `rev` goes.
    ///
    /// # Errors
    /// When it is a merge of which no parent moves, or that would bring along changes of changesets that do not move.
    pub fn place(&self, repo: &Repo, rev: Revision) -> Result<NewPlace> {
        let cl = repo.changelog()?;
        let destination = self.destination_of(&cl, rev)?;
        let old = cl.parents(rev);
        let first = self.moved(repo, old[0], destination)?;
        if old[1].is_null() {
            let onto = match first {
                Some(node) => node,
                None => self.nearest_moved(&cl, rev).unwrap_or(cl.node(destination)),
            };
            return Ok(alone(onto, old[0]));
        }
        let other = self.moved(repo, old[1], destination)?;
        if first.is_none() && other.is_none() {
            let shown = shown(&cl, rev);
            let message =
                format!("cannot rebase {shown} without moving at least one of its parents");
            return Err(Error::input(message));
        }
        let stays = |node: Option<Node>, rev: Revision| node.unwrap_or_else(|| cl.node(rev));
        let parents = [stays(first, old[0]), stays(other, old[1])];
        let revs = [cl.rev(&parents[0])?, cl.rev(&parents[1])?];
        // A parent that the other one contains says nothing more: what it stands for is what was merged in.
        let (parents, bases): ([Node; 2], &[usize]) =
            match (cl.is_ancestor(revs[0], revs[1]), cl.is_ancestor(revs[1], revs[0])) {
                (true, true) => ([parents[0], Node::NULL], &[0, 1]),
                (false, true) => ([parents[0], Node::NULL], &[1]),
                (true, false) => ([parents[1], Node::NULL], &[0]),
                // What moved comes first: there the changes are merged in.
                (false, false) if first.is_none() => ([parents[1], parents[0]], &[1]),
                (false, false) if other.is_none() => (parents, &[0]),
                (false, false) => (parents, &[0, 1]),
            };
        let base = self.choose_base(&cl, rev, &parents, bases)?;
        // What is merged goes onto what stands for the base.
        let swap = bases.len() > 1 && base == 1 && !parents[1].is_null();
        let parents = if swap { [parents[1], parents[0]] } else { parents };
        Ok(NewPlace { parents, base: old[base] })
    }

    /// The old parent against which a merge brings along the fewest changes that are not to come.
    fn choose_base(
        &self,
        cl: &Changelog,
        rev: Revision,
        parents: &[Node; 2],
        bases: &[usize],
    ) -> Result<usize> {
        let old = cl.parents(rev);
        let mut new = Vec::new();
        for parent in parents.iter().filter(|node| !node.is_null()) {
            new.push(cl.rev(parent)?);
        }
        let unwanted = |base: usize| -> Vec<Revision> {
            let mut without = new.clone();
            without.push(old[base]);
            let mut side = cl.missing_ancestors([old[1 - base]], without);
            let stays = |fate: Option<&Fate>| !matches!(fate, Some(Fate::Done { .. }));
            side.retain(|rev| stays(self.fates.get(rev)));
            side
        };
        let mut found: Vec<(usize, Vec<Revision>)> =
            bases.iter().map(|&base| (base, unwanted(base))).collect();
        found.sort_by_key(|(_, unwanted)| unwanted.len());
        match found.first() {
            Some((base, unwanted)) if unwanted.is_empty() => Ok(*base),
            _ => {
                found.sort_by_key(|(base, _)| *base);
                let list = |revs: &Vec<Revision>| {
                    revs.iter().map(|rev| shown(cl, *rev)).collect::<Vec<_>>().join(", ")
                };
                let sets: Vec<String> = found.iter().map(|(_, revs)| list(revs)).collect();
                let (rev, sets) = (shown(cl, rev), sets.join(" or "));
                let message = format!("rebasing {rev} will include unwanted changes from {sets}");
                Err(Error::input(message))
            }
        }
    }

    /// What stands for the nearest ancestor that has moved.
    fn nearest_moved(&self, cl: &Changelog, rev: Revision) -> Option<Node> {
        let moved = self.fates.iter().rev().filter_map(|(at, fate)| match fate {
            Fate::Done { stands_for, .. } => Some((*at, *stands_for)),
            _ => None,
        });
        moved.into_iter().find(|(at, _)| *at < rev && cl.is_ancestor(*at, rev)).map(|(_, new)| new)
    }

    /// What stands for an old parent: `None` when that stays what it is.
    fn moved(
        &self,
        repo: &Repo,
        mut parent: Revision,
        destination: Revision,
    ) -> Result<Option<Node>> {
        let cl = repo.changelog()?;
        loop {
            if parent.is_null() {
                return Ok(None);
            }
            match self.fates.get(&parent) {
                Some(Fate::Done { stands_for, .. }) => return Ok(Some(*stands_for)),
                Some(Fate::Todo) => return Ok(Some(cl.node(destination))),
                // What stands on it stands on what that stands for.
                Some(Fate::Left) => {
                    parent = cl.parents(parent)[0];
                    if parent.is_null() {
                        return Ok(Some(cl.node(destination)));
                    }
                    match self.fates.contains_key(&parent) {
                        true => {}
                        false => return Ok(Some(cl.node(destination))),
                    }
                }
                None => {
                    let there = cl.is_ancestor(parent, destination)
                        || obsolete::successor_in(repo, parent, destination)?.is_some();
                    return Ok(there.then(|| cl.node(destination)));
                }
            }
        }
    }

    /// Reads the state of an interrupted rebase.
    ///
    /// # Errors
    /// When it is damaged or names changesets that are not there.
    pub fn read(repo: &Repo) -> Result<Option<Self>> {
        let Some(text) = repo.vfs().try_read(STATE_FILE)? else { return Ok(None) };
        let cl = repo.changelog()?;
        Self::decode(&text, &cl).map(Some).ok_or_else(|| {
            let hint = "use \"hg rebase --abort\" to clear broken state";
            Error::state(".hg/rebasestate is incomplete").hint(hint)
        })
    }

    fn decode(text: &[u8], cl: &Changelog) -> Option<Self> {
        let state = RebaseState::decode(text)?;
        let mut out = Self {
            original: state.original,
            destination: state.destination.unwrap_or(Node::NULL),
            external: state.external,
            collapse: state.collapse,
            keep: state.keep,
            keep_branches: state.keep_branches,
            bookmark: state.bookmark,
            fates: BTreeMap::new(),
            destinations: BTreeMap::new(),
            skips: BTreeMap::new(),
        };
        for line in state.moves {
            let rev = cl.find(&line.node)?;
            let fate = match line.fate {
                rebase_state::Fate::Todo => Fate::Todo,
                rebase_state::Fate::Left => Fate::Left,
                rebase_state::Fate::Done(stands_for) => {
                    let new = cl.entry(cl.find(&stands_for)?).ok()?;
                    let made = new.extra().get(&b"rebase_source"[..]) == Some(&line.node.hex());
                    Fate::Done { stands_for, made }
                }
            };
            if let Some(destination) = line.destination {
                out.destination = destination;
                out.destinations.insert(rev, cl.find(&destination)?);
            }
            out.fates.insert(rev, fate);
        }
        Some(out)
    }

    /// Remembers everything.
    ///
    /// # Errors
    /// When the file cannot be written.
    pub fn write(&self, repo: &Repo) -> Result<()> {
        let cl = repo.changelog()?;
        let moves = self.fates.iter().map(|(&rev, fate)| rebase_state::Move {
            node: cl.node(rev),
            fate: match fate {
                Fate::Todo => rebase_state::Fate::Todo,
                Fate::Done { stands_for, .. } => rebase_state::Fate::Done(*stands_for),
                Fate::Left => rebase_state::Fate::Left,
            },
            destination: match self.destinations.get(&rev) {
                Some(destination) => Some(cl.node(*destination)),
                None => Some(self.destination),
            },
        });
        let state = RebaseState {
            original: self.original,
            destination: None,
            external: self.external,
            collapse: self.collapse,
            keep: self.keep,
            keep_branches: self.keep_branches,
            bookmark: self.bookmark.clone(),
            moves: moves.collect(),
        };
        repo.vfs().write_atomic(STATE_FILE, &state.encode())?;
        Ok(())
    }

    /// The changesets that were made, in order.
    #[must_use]
    pub fn made(&self, cl: &Changelog) -> Vec<Revision> {
        let made = |fate: &Fate| match fate {
            Fate::Done { stands_for, made: true } => cl.find(stands_for),
            _ => None,
        };
        let mut out: Vec<Revision> = self.fates.values().filter_map(made).collect();
        out.sort_unstable();
        out.dedup();
        out
    }
}

fn shown(cl: &Changelog, rev: Revision) -> String {
    format!("{rev}:{}", String::from_utf8_lossy(&cl.node(rev).short()))
}

fn alone(parent: Node, base: Revision) -> NewPlace {
    NewPlace { parents: [parent, Node::NULL], base }
}

/// The changesets of `hg rebase --base`: from where each base branches off the destination, with descendants.
#[must_use]
pub fn from_bases(cl: &Changelog, bases: &[Revision], destination: Revision) -> Vec<Revision> {
    let mut all = bases.iter().copied().chain([destination]);
    let Some(first) = all.next() else { return Vec::new() };
    let fork = all.fold(first, |one, other| cl.ancestor(one, other));
    if fork.is_null() {
        return Vec::new();
    }
    let above = cl.ancestor_set(bases.iter().copied());
    let there = cl.ancestor_set([destination]);
    let is_between = |rev: &Revision| {
        let is_above = bases.contains(rev) || above.contains(*rev);
        is_above && *rev != destination && !there.contains(*rev)
    };
    let between: Vec<Revision> = cl.descendant_set([fork]).iter().filter(is_between).collect();
    with_descendants(cl, &between)
}

/// `revs` and everything that descends from them, ascending.
#[must_use]
pub fn with_descendants(cl: &Changelog, revs: &[Revision]) -> Vec<Revision> {
    let mut set = cl.descendant_set(revs.iter().copied());
    for rev in revs {
        set.insert(*rev);
    }
    set.iter().collect()
}
