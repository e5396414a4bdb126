//! The repository as templates ask it: with what is worked out once for all changesets.

use std::cell::{Cell, OnceCell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;
use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_store::revlog::RevBits;
use hg_store::{Repo, Tags};
use hg_types::{Result, Revision};

use super::host::Host;

/// A repository, and what was learnt about its changesets.
pub struct History {
    repo: Repo,
    host: Rc<dyn Host>,
    evolution: OnceCell<Evolution>,
    tags: OnceCell<Arc<Tags>>,
    /// Changesets that were read ahead.
    ahead: RefCell<HashMap<Revision, ChangesetEntry>>,
    /// Whether a changeset was asked for since changesets were read ahead.
    asked: Cell<bool>,
}

/// The changesets in trouble.
#[derive(Default)]
struct Evolution {
    obsolete: RevBits,
    orphan: RevBits,
    phase_divergent: RevBits,
    content_divergent: RevBits,
    nothing: bool,
}

impl std::fmt::Debug for History {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        self.repo.fmt(f)
    }
}

impl History {
    /// The history of a repository, asked on behalf of the user of `host`.
    #[must_use]
    pub fn new(repo: Repo, host: Rc<dyn Host>) -> Rc<Self> {
        let (evolution, tags) = (OnceCell::new(), OnceCell::new());
        let (ahead, asked) = (RefCell::default(), Cell::new(false));
        Rc::new(Self { repo, host, evolution, tags, ahead, asked })
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The user's side.
    #[must_use]
    pub fn host(&self) -> &Rc<dyn Host> {
        &self.host
    }

    /// The tags of the repository, as they are when first asked for.
    pub(super) fn tags(&self) -> Result<&Tags> {
        if let Some(tags) = self.tags.get() {
            return Ok(tags);
        }
        let tags = self.repo.tags()?;
        Ok(self.tags.get_or_init(|| tags))
    }

    /// Reads changesets that are about to be shown, several at once. Those that were read ahead
    /// before and not asked for are forgotten. What cannot be read will fail when it is shown.
    /// Nothing is read as long as what is shown needs no more than the index.
    ///
    /// # Errors
    /// When the changelog cannot be opened.
    pub fn read_ahead(&self, revs: &[Revision]) -> Result<()> {
        if !self.asked.replace(false) {
            return Ok(());
        }
        let entries = self.repo.changelog()?.entries(revs);
        let read = revs.iter().zip(entries).filter_map(|(rev, entry)| Some((*rev, entry.ok()?)));
        *self.ahead.borrow_mut() = read.collect();
        Ok(())
    }

    /// A changeset.
    pub(super) fn entry(&self, rev: Revision) -> Result<ChangesetEntry> {
        self.asked.set(true);
        if let Some(entry) = self.ahead.borrow_mut().remove(&rev) {
            return Ok(entry);
        }
        self.repo.changelog()?.entry(rev)
    }

    fn evolution(&self) -> Result<&Evolution> {
        if let Some(known) = self.evolution.get() {
            return Ok(known);
        }
        let repo = &self.repo;
        let found = if repo.obsstore()?.is_empty() {
            Evolution { nothing: true, ..Evolution::default() }
        } else {
            Evolution {
                obsolete: repo.obsolete_revs()?,
                orphan: repo.orphan_revs()?,
                phase_divergent: repo.phase_divergent_revs()?,
                content_divergent: repo.content_divergent_revs()?,
                nothing: false,
            }
        };
        Ok(self.evolution.get_or_init(|| found))
    }

    /// Whether a changeset was replaced or pruned.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn is_obsolete(&self, rev: Revision) -> Result<bool> {
        let evolution = self.evolution()?;
        Ok(!evolution.nothing && !rev.is_wdir() && evolution.obsolete.contains(rev))
    }

    /// What is wrong with a changeset, as far as evolution is concerned.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn instabilities(&self, rev: Revision) -> Result<Vec<&'static str>> {
        let evolution = self.evolution()?;
        if evolution.nothing || rev.is_wdir() {
            return Ok(Vec::new());
        }
        let kinds = [
            ("orphan", &evolution.orphan),
            ("phase-divergent", &evolution.phase_divergent),
            ("content-divergent", &evolution.content_divergent),
        ];
        let holds = |(_, set): &(&str, &RevBits)| set.contains(rev);
        Ok(kinds.into_iter().filter(holds).map(|(name, _)| name).collect())
    }
}
