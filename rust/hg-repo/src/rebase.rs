//! Moving changesets: which go where, with which parents, and what an interrupted rebase remembers.

use std::collections::BTreeMap;

use hg_format::rebase_state::{self, RebaseState};
use hg_store::{Changelog, Repo};
use hg_types::{Error, Node, Result, Revision};

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
    /// Where `rev` goes.
    ///
    /// # Errors
    /// When it is a merge of which no parent moves; the message says so of `shown`.
    pub fn place(&self, cl: &Changelog, rev: Revision, shown: &[u8]) -> Result<NewPlace> {
        let destination = cl.rev(&self.destination)?;
        let old = cl.parents(rev);
        let second = !old[1].is_null();
        let moved = [self.moved(cl, old[0], destination), self.moved(cl, old[1], destination)];
        let [first, other] = match (moved, second) {
            ([Some(node), _], false) => return Ok(alone(node, old[0])),
            ([None, _], false) => return Ok(alone(self.destination, old[0])),
            ([None, None], true) => {
                let parts =
                    [b"cannot rebase ", shown, b" without moving at least one of its parents"];
                return Err(Error::abort(parts.concat()));
            }
            (moved, true) => moved,
        };
        let stays = |node: Option<Node>, rev: Revision| node.unwrap_or_else(|| cl.node(rev));
        let parents = [stays(first, old[0]), stays(other, old[1])];
        let revs = [cl.rev(&parents[0])?, cl.rev(&parents[1])?];
        // A parent that the other one contains says nothing more.
        if cl.is_ancestor(revs[1], revs[0]) {
            return Ok(alone(parents[0], old[if first.is_some() { 0 } else { 1 }]));
        }
        if cl.is_ancestor(revs[0], revs[1]) {
            return Ok(alone(parents[1], old[if other.is_some() { 1 } else { 0 }]));
        }
        // What moved comes first: there the changes are merged in.
        if first.is_none() {
            return Ok(NewPlace { parents: [parents[1], parents[0]], base: old[1] });
        }
        Ok(NewPlace { parents, base: old[0] })
    }

    /// What stands for an old parent: `None` when that stays what it is.
    fn moved(&self, cl: &Changelog, parent: Revision, destination: Revision) -> Option<Node> {
        if parent.is_null() {
            return None;
        }
        match self.fates.get(&parent) {
            Some(Fate::Done { stands_for, .. }) => Some(*stands_for),
            Some(Fate::Left | Fate::Todo) => Some(self.destination),
            None => cl.is_ancestor(parent, destination).then_some(self.destination),
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
            out.destination = line.destination.unwrap_or(out.destination);
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
            destination: Some(self.destination),
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

fn alone(parent: Node, base: Revision) -> NewPlace {
    NewPlace { parents: [parent, Node::NULL], base }
}

/// The changesets of `hg rebase --base`: what `bases` have and the destination has not, with descendants.
#[must_use]
pub fn from_bases(cl: &Changelog, bases: &[Revision], destination: Revision) -> Vec<Revision> {
    let only = cl.missing_ancestors(bases.iter().copied(), [destination]);
    with_descendants(cl, &only)
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
