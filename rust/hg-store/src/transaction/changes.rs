//! What a transaction has changed, for hooks and for the summary of a pull.

use std::collections::{BTreeMap, BTreeSet};

use hg_types::{Node, Phase, Revision};

/// A changeset's move from one phase to another; `None` for one that is new.
pub type PhaseMove = (Option<Phase>, Phase);

/// What has changed so far.
#[derive(Clone, Default, Debug)]
pub struct Changes {
    /// The number of changesets when the transaction began.
    pub origin_len: usize,
    /// New changesets.
    pub revisions: BTreeSet<Revision>,
    /// Changesets that changed phase, or are new, by revision.
    pub phases: BTreeMap<Revision, PhaseMove>,
    /// Bookmarks by name: before and after.
    pub bookmarks: BTreeMap<Vec<u8>, (Option<Node>, Option<Node>)>,
    /// The number of new obsolescence markers.
    pub obsmarkers: usize,
    /// Changesets that became obsolete.
    pub obsoleted: BTreeSet<Node>,
}

impl Changes {
    /// Notes the move of one changeset; moves of the same one are joined.
    pub fn move_phase(&mut self, rev: Revision, from: Option<Phase>, to: Phase) {
        let first = self.phases.get(&rev).map_or(from, |(first, _)| *first);
        if first == Some(to) {
            self.phases.remove(&rev);
        } else {
            self.phases.insert(rev, (first, to));
        }
    }

    /// Notes the move of one bookmark; moves of the same one are joined.
    pub fn move_bookmark(&mut self, name: &[u8], from: Option<Node>, to: Option<Node>) {
        let first = self.bookmarks.get(name).map_or(from, |(first, _)| *first);
        if first == to {
            self.bookmarks.remove(name);
        } else {
            self.bookmarks.insert(name.to_vec(), (first, to));
        }
    }
}
