//! Whom a query asks: the repository as one user sees it at one moment.

use std::cell::{OnceCell, RefCell};
use std::rc::Rc;
use std::sync::Arc;

use hg_config::Config;
use hg_format::changeset::ChangesetEntry;
use hg_store::{Changelog, Repo};
use hg_types::{Clock, Encoding, Node, Result, Revision};
use hg_wdir::Dirstate;

use crate::revset::PredicateTable;
use crate::revset::smartset::Hidden;

/// The repository as one user sees it at one moment: what is hidden stays hidden, numbers do not
/// change while a query runs.
pub struct QueryContext {
    /// The repository.
    pub repo: Repo,
    /// The configuration.
    pub config: Arc<Config>,
    /// The user's character set.
    pub encoding: Encoding,
    /// The user's clock.
    pub clock: Arc<dyn Clock>,
    /// The user's directory, absolute.
    pub cwd: Vec<u8>,
    /// Predicates that plugins have added.
    pub predicates: PredicateTable,
    /// Whether hidden changesets are shown.
    pub show_hidden: bool,
    changelog: Arc<Changelog>,
    hidden: OnceCell<Hidden>,
    wdir_parents: OnceCell<[Revision; 2]>,
    entries: RefCell<EntryCache>,
}

/// The changesets read last. Predicates of one query ask for the same ones again and again.
#[derive(Default)]
struct EntryCache {
    slots: Vec<Option<(Revision, Rc<ChangesetEntry>)>>,
}

const CACHED_ENTRIES: usize = 64;

impl QueryContext {
    /// A context for a repository, with the user's clock and directory.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn new(repo: &Repo, clock: Arc<dyn Clock>, cwd: &[u8]) -> Result<Self> {
        Ok(Self {
            config: repo.config(),
            encoding: Encoding::default(),
            clock,
            cwd: cwd.to_vec(),
            predicates: PredicateTable::default(),
            show_hidden: false,
            changelog: repo.changelog()?,
            hidden: OnceCell::new(),
            wdir_parents: OnceCell::new(),
            entries: RefCell::default(),
            repo: repo.clone(),
        })
    }

    /// Sets the user's character set.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// Shows hidden changesets too (`--hidden`).
    #[must_use]
    pub fn with_hidden(self, show_hidden: bool) -> Self {
        Self { show_hidden, ..self }
    }

    /// The changelog.
    #[must_use]
    pub fn changelog(&self) -> &Arc<Changelog> {
        &self.changelog
    }

    /// The highest visible revision; null in an empty repository.
    pub fn tip(&self) -> Revision {
        let visible = |rev: &Revision| !self.is_hidden(*rev);
        self.changelog.revs().rev().find(visible).unwrap_or(Revision::NULL)
    }

    /// The revisions that are not to be seen, sorted.
    pub fn hidden(&self) -> &Hidden {
        self.hidden.get_or_init(|| {
            if self.show_hidden {
                return Hidden::default();
            }
            crate::names::hidden_revisions(self).unwrap_or_default()
        })
    }

    /// Whether a revision is not to be seen.
    #[must_use]
    pub fn is_hidden(&self, rev: Revision) -> bool {
        let hidden = self.hidden();
        !hidden.is_empty() && hidden.binary_search(&rev).is_ok()
    }

    /// The parents of the working directory; null where there is none.
    ///
    /// # Errors
    /// When the dirstate cannot be read.
    pub fn wdir_parents(&self) -> Result<[Revision; 2]> {
        if let Some(parents) = self.wdir_parents.get() {
            return Ok(*parents);
        }
        let nodes = Dirstate::read_parents(self.repo.vfs())?;
        // A parent that is unknown (the repository was stripped) counts as null.
        let parents = nodes.map(|node| self.changelog.find(&node).unwrap_or(Revision::NULL));
        Ok(*self.wdir_parents.get_or_init(|| parents))
    }

    /// The parents of a revision or the working directory.
    ///
    /// # Errors
    /// When the dirstate cannot be read.
    pub fn parents(&self, rev: Revision) -> Result<[Revision; 2]> {
        if rev.is_wdir() { self.wdir_parents() } else { Ok(self.changelog.parents(rev)) }
    }

    /// The node id of a revision or the working directory.
    #[must_use]
    pub fn node(&self, rev: Revision) -> Node {
        if rev.is_wdir() { Node::WDIR } else { self.changelog.node(rev) }
    }

    /// The changeset of a revision; an empty one for null and the working directory.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entry(&self, rev: Revision) -> Result<Rc<ChangesetEntry>> {
        if rev.is_wdir() {
            return Ok(Rc::new(ChangesetEntry::null()));
        }
        let slot = rev.index().map_or(0, |at| at % CACHED_ENTRIES);
        if let Some(Some((cached, entry))) = self.entries.borrow().slots.get(slot)
            && *cached == rev
        {
            return Ok(Rc::clone(entry));
        }
        let entry = Rc::new(self.changelog.entry(rev)?);
        let mut cache = self.entries.borrow_mut();
        cache.slots.resize_with(CACHED_ENTRIES, || None);
        cache.slots[slot] = Some((rev, Rc::clone(&entry)));
        Ok(entry)
    }
}
