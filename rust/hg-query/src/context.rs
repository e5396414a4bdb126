//! Whom a query asks: the repository as one user sees it at one moment.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hg_config::Config;
use hg_format::changeset::ChangesetEntry;
use hg_match::{MatchOptions, Matcher, PatternKind};
use hg_store::{Changelog, Repo};
use hg_types::{Clock, Encoding, HgPath, HgPathBuf, Node, Result, Revision};
use hg_vfs::PathAuditor;
use rayon::prelude::*;

use crate::plugins::Plugins;
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
    /// What plugins have added.
    pub plugins: Arc<Plugins>,
    /// Who asks other repositories.
    pub remotes: Option<Arc<dyn Remotes>>,
    /// Whether the user was told already what is wrong with the aliases.
    pub told_of_aliases: bool,
    changelog: Arc<Changelog>,
    hidden: OnceCell<Hidden>,
    /// Whether what is hidden could not be found out, and nobody was told yet.
    hidden_is_unknown: Cell<bool>,
    wdir_parents: OnceCell<[Revision; 2]>,
    entries: RefCell<EntryCache>,
    /// Changesets that were read before they are asked for.
    ahead: RefCell<HashMap<Revision, Rc<ChangesetEntry>>>,
}

/// Asks other repositories; they live on a higher floor.
pub trait Remotes {
    /// The visible revisions that a push to `path` (the default push location without) would send.
    ///
    /// # Errors
    /// When the other repository cannot be asked.
    fn outgoing(&self, ctx: &QueryContext, path: Option<&[u8]>) -> Result<Vec<Revision>>;

    /// The changeset that `name` stands for in the repository at `path` (the default without).
    ///
    /// # Errors
    /// When the other repository cannot be asked or does not know the name.
    fn lookup(&self, ctx: &QueryContext, name: &[u8], path: Option<&[u8]>) -> Result<Node>;
}

/// The changesets read last. Predicates of one query ask for the same ones again and again.
#[derive(Default)]
struct EntryCache {
    slots: Vec<Option<(Revision, Rc<ChangesetEntry>)>>,
}

const CACHED_ENTRIES: usize = 64;
/// Fewer changesets than these are read one after the other.
const READ_ALONE: usize = 32;

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
            plugins: Arc::default(),
            remotes: None,
            told_of_aliases: false,
            changelog: repo.changelog()?,
            hidden: OnceCell::new(),
            hidden_is_unknown: Cell::new(false),
            wdir_parents: OnceCell::new(),
            entries: RefCell::default(),
            ahead: RefCell::default(),
            repo: repo.clone(),
        })
    }

    /// Sets the user's character set.
    #[must_use]
    pub fn with_encoding(self, encoding: Encoding) -> Self {
        Self { encoding, ..self }
    }

    /// Adds what plugins have added to the languages.
    #[must_use]
    pub fn with_plugins(self, plugins: Arc<Plugins>) -> Self {
        Self { plugins, ..self }
    }

    /// Hides just these revisions, sorted, whatever the repository hides.
    #[must_use]
    pub fn hiding(self, hidden: Vec<Revision>) -> Self {
        Self { hidden: OnceCell::from(Hidden::new(hidden)), ..self }
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
            crate::names::hidden_revisions(self).unwrap_or_else(|_| {
                self.hidden_is_unknown.set(true);
                Hidden::default()
            })
        })
    }

    /// Finds out what is hidden, which later questions take as given.
    ///
    /// # Errors
    /// When it cannot be found out.
    pub fn find_hidden(&self) -> Result<()> {
        if self.hidden.get().is_some() && !self.hidden_is_unknown.get() {
            return Ok(());
        }
        let hidden = crate::names::hidden_revisions(self)?;
        self.hidden.get_or_init(|| hidden);
        Ok(())
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
        let nodes = self.repo.wdir_parents();
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
        let entry = match self.ahead.borrow_mut().remove(&rev) {
            Some(entry) => entry,
            None => Rc::new(self.changelog.entry(rev)?),
        };
        let mut cache = self.entries.borrow_mut();
        cache.slots.resize_with(CACHED_ENTRIES, || None);
        cache.slots[slot] = Some((rev, Rc::clone(&entry)));
        Ok(entry)
    }

    /// Reads changesets that are about to be asked for, side by side; those of the last call are forgotten.
    /// What cannot be read is left for [`Self::entry`] to complain about.
    pub(crate) fn read_ahead(&self, revs: &[Revision]) {
        if revs.len() < READ_ALONE {
            return;
        }
        let changelog = &self.changelog;
        let stored =
            revs.par_iter().with_min_len(READ_ALONE / 4).filter(|rev| rev.index().is_some());
        let read: Vec<_> =
            stored.filter_map(|&rev| Some((rev, changelog.entry(rev).ok()?))).collect();
        let read = read.into_iter().map(|(rev, entry)| (rev, Rc::new(entry)));
        *self.ahead.borrow_mut() = read.collect();
    }

    /// Complains about paths that cannot be files of the repository.
    fn audit(&self) -> impl Fn(&HgPath) -> Result<()> + use<> {
        let auditor = PathAuditor::new(self.repo.wvfs().clone());
        move |path| Ok(auditor.check(path.as_bytes())?)
    }

    /// A path that the user typed, relative to the root.
    ///
    /// # Errors
    /// When it lies outside of the repository.
    pub fn canonical(&self, path: &[u8]) -> Result<HgPathBuf> {
        hg_match::canonical_path(self.repo.root_bytes(), &self.cwd, path, &self.audit())
    }

    /// A matcher for patterns of the user; filesets in them are asked about `rev`.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub fn matcher(
        &self,
        patterns: &[Vec<u8>],
        include: &[Vec<u8>],
        exclude: &[Vec<u8>],
        default_kind: PatternKind,
        rev: Option<Revision>,
    ) -> Result<Matcher> {
        let audit = self.audit();
        let filesets = crate::fileset::Compiler::new(self, rev.unwrap_or(Revision::WDIR));
        hg_match::matcher(&MatchOptions {
            patterns,
            include,
            exclude,
            default_kind,
            filesets: Some(&filesets),
            audit: &audit,
            ..MatchOptions::new(self.repo.root_bytes(), &self.cwd)
        })
    }
}
