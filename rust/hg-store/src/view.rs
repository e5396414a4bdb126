//! Views: which changesets are left out of what somebody sees.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use hg_types::{Node, Phase, Result, Revision, to_hex};
use sha1::{Digest as _, Sha1};

use hg_format::mergestate::{FileState, MergeFile, MergeStateRecords};

use crate::bookmarks::Bookmarks;
use crate::obsstore::ObsStore;
use crate::phases::Phases;
use crate::revlog::RevBits;
use crate::{Changelog, Repo};

/// What somebody sees of the repository.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum View {
    /// Everything.
    Unfiltered,
    /// Everything that is not hidden: what local commands show.
    Visible,
    /// What is not hidden nor secret: what others are served.
    Served,
    /// Public changesets.
    Immutable,
}

impl View {
    /// The ending of the names of caches, `None` for the view without.
    #[must_use]
    pub fn suffix(self) -> Option<&'static str> {
        match self {
            Self::Unfiltered => None,
            Self::Visible => Some("visible"),
            Self::Served => Some("served"),
            Self::Immutable => Some("immutable"),
        }
    }
}

/// Hidden changesets, with what they were worked out from.
#[derive(Default)]
pub(crate) struct ViewState {
    hidden: Mutex<Option<(HiddenKey, Arc<RevBits>)>>,
    settings: Mutex<Settings>,
}

#[derive(Clone, Default, PartialEq, Eq)]
struct Settings {
    show_hidden: bool,
    pinned: Vec<Node>,
    wdir_parents: Option<[Node; 2]>,
    /// What is being merged.
    merged: Vec<Node>,
}

/// Parts are compared by identity; holding them keeps identities from being used again.
struct HiddenKey {
    changelog: Arc<Changelog>,
    phases: Arc<Phases>,
    obsstore: Arc<ObsStore>,
    bookmarks: Arc<Bookmarks>,
    parents: [Node; 2],
    settings: Settings,
}

impl HiddenKey {
    fn same(&self, other: &Self) -> bool {
        Arc::ptr_eq(&self.changelog, &other.changelog)
            && Arc::ptr_eq(&self.phases, &other.phases)
            && Arc::ptr_eq(&self.obsstore, &other.obsstore)
            && Arc::ptr_eq(&self.bookmarks, &other.bookmarks)
            && self.parents == other.parents
            && self.settings == other.settings
    }
}

impl Repo {
    /// Shows hidden changesets too (`--hidden`).
    pub fn set_show_hidden(&self, show: bool) {
        self.view_settings(|settings| settings.show_hidden = show);
    }

    /// Keeps these changesets and their ancestors visible (direct access by id).
    pub fn pin(&self, nodes: impl IntoIterator<Item = Node>) {
        self.view_settings(|settings| {
            for node in nodes {
                if !settings.pinned.contains(&node) {
                    settings.pinned.push(node);
                }
            }
        });
    }

    /// Says what the parents of the working directory are now, before that is written.
    pub fn note_wdir_parents(&self, parents: [Node; 2]) {
        self.view_settings(|settings| settings.wdir_parents = Some(parents));
    }

    pub(crate) fn forget_wdir_parents(&self) {
        self.view_settings(|settings| settings.wdir_parents = None);
    }

    fn view_settings<T>(&self, change: impl FnOnce(&mut Settings) -> T) -> T {
        let settings = &self.view_state().settings;
        change(&mut settings.lock().unwrap_or_else(PoisonError::into_inner))
    }

    /// The parents of the working directory as the dirstate names them, read from its first bytes.
    #[must_use]
    pub fn wdir_parents(&self) -> [Node; 2] {
        if let Some(noted) = self.view_settings(|settings| settings.wdir_parents) {
            return noted;
        }
        self.read_wdir_parents().unwrap_or([Node::NULL; 2])
    }

    fn read_wdir_parents(&self) -> Option<[Node; 2]> {
        use std::io::Read as _;
        let mut start = Vec::new();
        let transaction = self.current_transaction();
        let pending = transaction
            .and_then(|tr| tr.pending_file(crate::Location::Hg, "dirstate").ok().flatten());
        match pending {
            Some(text) => start = text,
            None => {
                let pending = self.sees_pending().then(|| self.vfs().open("dirstate.pending").ok());
                let file = pending.flatten().or_else(|| self.vfs().open("dirstate").ok())?;
                file.take(128).read_to_end(&mut start).ok()?;
            }
        }
        // Version 2 begins with a marker, then has each parent padded to 32 bytes.
        let (first, second) = match start.strip_prefix(b"dirstate-v2\n") {
            Some(rest) => (rest.get(..20)?, rest.get(32..52)?),
            None => (start.get(..20)?, start.get(20..40)?),
        };
        Some([Node::from_slice(first)?, Node::from_slice(second)?])
    }

    /// The changesets that local commands do not show: obsolete (or internal) ones that nothing
    /// visible needs.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn hidden_revs(&self) -> Result<Arc<RevBits>> {
        let settings = self.view_settings(|settings| settings.clone());
        if settings.show_hidden {
            return Ok(Arc::default());
        }
        self.hidden_with(settings)
    }

    /// What [`Repo::hidden_revs`] leaves out without `--hidden`.
    fn hidden_by_default(&self) -> Result<Arc<RevBits>> {
        let settings = self.view_settings(|settings| settings.clone());
        self.hidden_with(Settings { show_hidden: false, ..settings })
    }

    /// The changesets that are being merged: they stay visible until that has ended.
    fn merged_nodes(&self) -> Result<Vec<Node>> {
        if self.obsstore()?.is_empty() {
            return Ok(Vec::new());
        }
        let Some(bytes) = self.vfs().try_read("merge/state2")? else { return Ok(Vec::new()) };
        // A state that cannot be read is for others to complain about.
        let state = MergeStateRecords::decode(&bytes).unwrap_or_default();
        let open = |file: &MergeFile| file.state == FileState::Unresolved;
        if !state.files.iter().any(open) {
            return Ok(Vec::new());
        }
        Ok([state.local, state.other].into_iter().flatten().collect())
    }

    fn hidden_with(&self, mut settings: Settings) -> Result<Arc<RevBits>> {
        settings.merged = self.merged_nodes()?;
        let key = HiddenKey {
            changelog: self.changelog()?,
            phases: self.phases()?,
            obsstore: self.obsstore()?,
            bookmarks: self.bookmarks()?,
            parents: self.wdir_parents(),
            settings,
        };
        let mut slot = self.view_state().hidden.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((old, hidden)) = &*slot
            && old.same(&key)
        {
            return Ok(hidden.clone());
        }
        let hidden = Arc::new(self.compute_hidden(&key)?);
        *slot = Some((key, hidden.clone()));
        Ok(hidden)
    }

    fn compute_hidden(&self, key: &HiddenKey) -> Result<RevBits> {
        let (changelog, phases) = (&*key.changelog, &*key.phases);
        let mut hidden = self.obsolete_revs()?;
        for rev in phases.mutable_revs(|phase| phase >= Phase::Archived) {
            hidden.insert(rev);
        }
        if hidden.is_empty() {
            return Ok(hidden);
        }
        let local_tags = self.local_tag_nodes()?;
        let pinned = key
            .parents
            .iter()
            .chain(key.bookmarks.iter().map(|(_, node)| node).collect::<Vec<_>>().iter())
            .chain(&local_tags)
            .chain(&key.settings.pinned)
            .chain(&key.settings.merged)
            .filter_map(|node| changelog.find(node))
            .collect::<Vec<_>>();
        pinned.into_iter().for_each(|rev| hidden.remove(rev));
        // Whatever is visible needs its ancestors: from the top down, visible ones reveal parents.
        for at in (phases.first_mutable().index().unwrap_or(0)..changelog.len()).rev() {
            let rev = Revision::from_index(at);
            if !hidden.contains(rev) && phases.phase(rev) != Phase::Public {
                changelog.parents(rev).into_iter().for_each(|parent| hidden.remove(parent));
            }
        }
        Ok(hidden)
    }

    /// Whether a changeset is hidden.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn is_hidden(&self, rev: Revision) -> Result<bool> {
        Ok(self.hidden_revs()?.contains(rev))
    }

    /// The changesets that a view leaves out.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn filtered_revs(&self, view: View) -> Result<Arc<RevBits>> {
        match view {
            View::Unfiltered => Ok(Arc::default()),
            View::Visible => self.hidden_by_default(),
            View::Served => {
                let hidden = self.hidden_by_default()?;
                let phases = self.phases()?;
                let mut secret = phases.mutable_revs(|phase| phase >= Phase::Secret).peekable();
                if secret.peek().is_none() {
                    return Ok(hidden);
                }
                let mut out = (*hidden).clone();
                secret.for_each(|rev| {
                    out.insert(rev);
                });
                Ok(Arc::new(out))
            }
            View::Immutable => {
                let phases = self.phases()?;
                let mut out = RevBits::with_len(phases.len());
                phases.mutable_revs(|_| true).for_each(|rev| {
                    out.insert(rev);
                });
                Ok(Arc::new(out))
            }
        }
    }

    /// The view of local commands: everything with `--hidden`, else what is visible.
    #[must_use]
    pub fn view(&self) -> View {
        let show = self.view_settings(|settings| settings.show_hidden);
        if show { View::Unfiltered } else { View::Visible }
    }

    /// The visible changesets without visible children, ascending; null alone when there are none.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn heads(&self) -> Result<Vec<Revision>> {
        let hidden = self.hidden_revs()?;
        Ok(self.changelog()?.heads_where(|rev| !hidden.contains(rev)))
    }

    /// The newest visible changeset; null when there is none.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn tip(&self) -> Result<Revision> {
        self.tip_of(self.view())
    }

    pub(crate) fn tip_of(&self, view: View) -> Result<Revision> {
        let filtered = self.filtered_revs(view)?;
        Ok(newest(self.changelog()?.len(), &filtered))
    }
}

/// The newest revision that is not filtered.
fn newest(len: usize, filtered: &RevBits) -> Revision {
    let revs = (0..len).rev().map(Revision::from_index);
    revs.into_iter().find(|&rev| !filtered.contains(rev)).unwrap_or(Revision::NULL)
}

/// The key that caches carry for what was filtered up to `tip`; `None` when nothing was.
pub(crate) fn filtered_key(filtered: &RevBits, tip: Revision) -> Option<Vec<u8>> {
    let mut hash = Sha1::new();
    let mut any = false;
    for rev in filtered.iter().take_while(|&rev| rev <= tip) {
        hash.update(format!("{rev};"));
        any = true;
    }
    any.then(|| to_hex(&hash.finalize()))
}

/// Something worked out for each view, with the identity of what it was worked out from.
pub(crate) struct PerView<T> {
    slots: Mutex<HashMap<View, PerViewSlot<T>>>,
}

type PerViewSlot<T> = (Arc<Changelog>, Arc<RevBits>, Arc<T>);

impl<T> Default for PerView<T> {
    fn default() -> Self {
        Self { slots: Mutex::default() }
    }
}

impl<T> PerView<T> {
    /// What was worked out for this very changelog and filter, or what `compute` gives.
    pub(crate) fn get(
        &self,
        repo: &Repo,
        view: View,
        compute: impl FnOnce(&Arc<Changelog>, &Arc<RevBits>) -> Result<T>,
    ) -> Result<Arc<T>> {
        self.get_without(repo, view, repo.filtered_revs(view)?, compute)
    }

    /// The same, with the left out changesets given.
    pub(crate) fn get_without(
        &self,
        repo: &Repo,
        view: View,
        filtered: Arc<RevBits>,
        compute: impl FnOnce(&Arc<Changelog>, &Arc<RevBits>) -> Result<T>,
    ) -> Result<Arc<T>> {
        let changelog = repo.changelog()?;
        {
            let slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
            if let Some((old, old_filtered, value)) = slots.get(&view)
                && Arc::ptr_eq(old, &changelog)
                && (Arc::ptr_eq(old_filtered, &filtered) || old_filtered == &filtered)
            {
                return Ok(value.clone());
            }
        }
        let value = Arc::new(compute(&changelog, &filtered)?);
        let mut slots = self.slots.lock().unwrap_or_else(PoisonError::into_inner);
        slots.insert(view, (changelog, filtered, value.clone()));
        Ok(value)
    }

    pub(crate) fn clear(&self) {
        self.slots.lock().unwrap_or_else(PoisonError::into_inner).clear();
    }
}
