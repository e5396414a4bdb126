//! Phases: how far each changeset has travelled.
//!
//! `phaseroots` in the store names the lowest changesets of every phase above public; whatever
//! descends from a root is at least in its phase.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_format::phase_roots;
use hg_types::{Error, ErrorKind, Phase, Result, Revision, short_hex};

use crate::Repo;
use crate::revlog::{RevBits, Revlog};
use crate::transaction::{Location, Stage, Transaction};

/// The name of the file in the store.
pub(crate) const FILE: &str = "phaseroots";

/// The phase of every changeset.
#[derive(Clone, Default, Debug)]
pub struct Phases {
    /// Changesets before this one are public.
    first: usize,
    /// Phases from there on, by number.
    table: Vec<u8>,
}

impl Phases {
    /// Computes phases from the roots, for all revisions of `changelog`.
    #[must_use]
    pub fn from_roots(changelog: &Revlog, roots: &[(Phase, Revision)]) -> Self {
        let lowest = roots.iter().filter_map(|(_, rev)| rev.index()).min();
        let Some(first) = lowest else {
            return Self { first: changelog.len(), table: Vec::new() };
        };
        let mut seeds: BTreeMap<usize, u8> = BTreeMap::new();
        for (phase, rev) in roots {
            if let Some(at) = rev.index() {
                let seed = seeds.entry(at).or_insert(0);
                *seed = phase.number().max(*seed);
            }
        }
        let mut out = Self { first, table: Vec::with_capacity(changelog.len() - first) };
        for at in first..changelog.len() {
            let own = seeds.get(&at).copied().unwrap_or(0);
            out.table.push(own.max(out.inherited(changelog, Revision::from_index(at))));
        }
        out
    }

    /// Gives revisions that were added to `changelog` the phase they inherit.
    #[must_use]
    pub fn extended(&self, changelog: &Revlog) -> Self {
        let mut out = self.clone();
        if out.table.is_empty() {
            out.first = changelog.len();
        }
        for at in out.len()..changelog.len() {
            out.table.push(out.inherited(changelog, Revision::from_index(at)));
        }
        out
    }

    fn inherited(&self, changelog: &Revlog, rev: Revision) -> u8 {
        changelog.parents(rev).into_iter().map(|parent| self.number(parent)).max().unwrap_or(0)
    }

    /// How many revisions have a phase here.
    #[must_use]
    pub fn len(&self) -> usize {
        self.first + self.table.len()
    }

    /// Whether there are no revisions.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    fn number(&self, rev: Revision) -> u8 {
        let at = rev.index().and_then(|at| at.checked_sub(self.first));
        at.and_then(|at| self.table.get(at)).copied().unwrap_or(0)
    }

    /// The phase of a changeset; null is public.
    #[must_use]
    pub fn phase(&self, rev: Revision) -> Phase {
        Phase::from_number(self.number(rev).into()).unwrap_or(Phase::Public)
    }

    /// Whether every changeset is public.
    #[must_use]
    pub fn all_public(&self) -> bool {
        self.table.iter().all(|&phase| phase == 0)
    }

    /// The first revision that may not be public.
    #[must_use]
    pub fn first_mutable(&self) -> Revision {
        Revision::from_index(self.first)
    }

    /// The changesets whose phase `wanted` holds for, lowest first; public ones are not asked about.
    pub fn mutable_revs(&self, wanted: impl Fn(Phase) -> bool) -> impl Iterator<Item = Revision> {
        let hits = self.table.iter().enumerate().filter(move |(_, number)| {
            **number > 0 && Phase::from_number(u64::from(**number)).is_some_and(&wanted)
        });
        hits.map(|(at, _)| Revision::from_index(at + self.first))
    }

    /// The set of changesets in one of `phases`.
    #[must_use]
    pub fn set(&self, phases: &[Phase]) -> RevBits {
        let mut out = RevBits::with_len(self.len());
        if phases.contains(&Phase::Public) {
            (0..self.first).for_each(|at| {
                out.insert(Revision::from_index(at));
            });
        }
        for (at, &number) in self.table.iter().enumerate() {
            if phases.iter().any(|phase| phase.number() == number) {
                out.insert(Revision::from_index(at + self.first));
            }
        }
        out
    }

    /// The roots, in the order of the file: by phase, then by revision.
    #[must_use]
    pub fn roots(&self, changelog: &Revlog) -> Vec<(Phase, Revision)> {
        let mut out: Vec<(Phase, Revision)> = self
            .mutable_revs(|_| true)
            .map(|rev| (self.phase(rev), rev))
            .filter(|(phase, rev)| phase.number() > self.inherited(changelog, *rev))
            .collect();
        out.sort_unstable();
        out
    }

    /// Puts those revisions of `set` whose phase `changes` picks into `target`; gives them with the
    /// phase they had.
    fn assign(
        &mut self,
        set: &RevBits,
        target: Phase,
        changes: impl Fn(Phase) -> bool,
    ) -> Vec<(Revision, Phase)> {
        let mut moved = Vec::new();
        for rev in set.iter() {
            let old = self.phase(rev);
            if changes(old) {
                self.set_number(rev, target.number());
                moved.push((rev, old));
            }
        }
        moved
    }

    fn set_number(&mut self, rev: Revision, number: u8) {
        let Some(at) = rev.index() else { return };
        if at < self.first {
            let grown = std::mem::take(&mut self.table);
            self.table = vec![0; self.first - at];
            self.table.extend(grown);
            self.first = at;
        }
        if let Some(slot) = self.table.get_mut(at - self.first) {
            *slot = number;
        }
    }
}

impl Repo {
    /// The phases of all changesets.
    ///
    /// # Errors
    /// When changelog or phase roots cannot be read.
    pub fn phases(&self) -> Result<Arc<Phases>> {
        let changelog = self.changelog()?;
        let part = self.phases_part();
        let phases = part.get(|| self.phases_key(), || self.load_phases(&changelog))?;
        match phases.len().cmp(&changelog.len()) {
            std::cmp::Ordering::Equal => Ok(phases),
            std::cmp::Ordering::Less => {
                let phases = Arc::new(phases.extended(&changelog));
                part.put(phases.clone(), self.phases_key());
                Ok(phases)
            }
            std::cmp::Ordering::Greater => {
                let phases = Arc::new(self.load_phases(&changelog)?);
                part.put(phases.clone(), self.phases_key());
                Ok(phases)
            }
        }
    }

    fn load_phases(&self, changelog: &Revlog) -> Result<Phases> {
        let store = self.store_vfs();
        let pending = match self.sees_pending() {
            true => store.try_read("phaseroots.pending")?,
            false => None,
        };
        let text = match pending {
            Some(text) => text,
            None => store.try_read(FILE)?.unwrap_or_default(),
        };
        let roots = phase_roots::decode(&text)
            .map_err(|error| Error::storage(format!("cannot read phase roots: {error}")))?;
        let mut known = Vec::with_capacity(roots.len());
        for (phase, node) in roots {
            match changelog.find(&node) {
                Some(rev) => known.push((phase, rev)),
                None => {
                    // The digits of digits: what everybody prints here.
                    let shown = String::from_utf8_lossy(&short_hex(&node.hex())).into_owned();
                    let number = phase.number();
                    let text =
                        format!("removing unknown node {shown} from {number}-phase boundary\n");
                    self.reporter().debug(text.as_bytes());
                }
            }
        }
        Ok(Phases::from_roots(changelog, &known))
    }

    /// The phase of new changesets (`phases.new-commit`).
    ///
    /// # Errors
    /// When the configuration names no phase.
    pub fn new_commit_phase(&self) -> Result<Phase> {
        let config = self.config();
        let value = config.get("phases", "new-commit").unwrap_or(b"draft").to_vec();
        let number = std::str::from_utf8(&value).ok().and_then(|text| text.parse::<u64>().ok());
        number.and_then(Phase::from_number).or_else(|| Phase::from_name(&value)).ok_or_else(|| {
            let text =
                [b"phases.new-commit: not a valid phase name ('", &value[..], b"')"].concat();
            Error::new(ErrorKind::Config, text)
        })
    }

    /// Whether what is pulled from here becomes public (`phases.publish`).
    ///
    /// # Errors
    /// When the configuration is malformed.
    pub fn is_publishing(&self) -> Result<bool> {
        self.config().get_bool_or("phases", "publish", true)
    }

    /// Gives changesets that this transaction has added their first phase. Descendants of changesets
    /// in a higher phase get that.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn register_phase(&self, tr: &Transaction, phase: Phase, new: &[Revision]) -> Result<()> {
        let changelog = self.changelog()?;
        let mut phases = (*self.phases()?).clone();
        let before = phases.clone();
        let mut set = RevBits::with_len(changelog.len());
        new.iter().for_each(|&rev| {
            set.insert(rev);
        });
        // A changeset that inherits more keeps it: parents come first.
        for rev in set.iter() {
            let wanted = phase.number().max(phases.inherited(&changelog, rev));
            phases.set_number(rev, wanted);
        }
        tr.changes(|changes| {
            set.iter().for_each(|rev| {
                changes.revisions.insert(rev);
                changes.phases.insert(rev, (None, phases.phase(rev)));
            });
        })?;
        // Those that were not there before had no roots of their own either.
        let old_roots: Vec<_> =
            before.roots(&changelog).into_iter().filter(|(_, rev)| !set.contains(*rev)).collect();
        let moved = phases.roots(&changelog) != old_roots;
        if moved {
            tr.set_hook_arg("phases_moved", "1")?;
        }
        self.store_phases(tr, phases, moved)
    }

    /// Moves changesets and their ancestors to a lower phase; gives the changesets that moved.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn advance_phases(
        &self,
        tr: &Transaction,
        target: Phase,
        revs: &[Revision],
    ) -> Result<Vec<Revision>> {
        let changelog = self.changelog()?;
        let mut phases = (*self.phases()?).clone();
        let higher: Vec<Revision> =
            revs.iter().copied().filter(|&rev| phases.phase(rev) > target).collect();
        if higher.is_empty() {
            return Ok(Vec::new());
        }
        // Only what is above the target matters, and its ancestors below it are no business of ours.
        let mut set = RevBits::with_len(changelog.len());
        let mut todo = higher;
        while let Some(rev) = todo.pop() {
            if phases.phase(rev) > target && set.insert(rev) {
                todo.extend(changelog.parents(rev).into_iter().filter(|parent| !parent.is_null()));
            }
        }
        let moved = phases.assign(&set, target, |old| old > target);
        self.note_moves(tr, phases, target, &moved)
    }

    /// Moves changesets and their descendants to a higher phase; gives the changesets that moved.
    ///
    /// # Errors
    /// When the repository's requirements do not allow the phase, or the transaction is over.
    pub fn retract_phases(
        &self,
        tr: &Transaction,
        target: Phase,
        revs: &[Revision],
    ) -> Result<Vec<Revision>> {
        self.check_phase_allowed(target)?;
        let changelog = self.changelog()?;
        let mut phases = (*self.phases()?).clone();
        let lower: Vec<Revision> = revs
            .iter()
            .copied()
            .filter(|&rev| !rev.is_null() && phases.phase(rev) < target)
            .collect();
        if lower.is_empty() {
            return Ok(Vec::new());
        }
        let mut set = changelog.descendant_set(lower.iter().copied());
        lower.iter().for_each(|&rev| {
            set.insert(rev);
        });
        let moved = phases.assign(&set, target, |old| old < target);
        self.note_moves(tr, phases, target, &moved)
    }

    fn check_phase_allowed(&self, target: Phase) -> Result<()> {
        use hg_format::requirements::name;
        let allowed = match target {
            Phase::Internal => self.requires(name::INTERNAL_PHASE),
            Phase::Archived => self.requires(name::ARCHIVED_PHASE),
            _ => true,
        };
        if allowed {
            return Ok(());
        }
        let text = format!("this repository does not support the {} phase", target.name());
        Err(Error::new(ErrorKind::Programming, text))
    }

    /// Writes the roots anew, without those of changesets that are gone (after a strip).
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn forget_unknown_phases(&self, tr: &Transaction) -> Result<()> {
        let phases = (*self.phases()?).clone();
        self.store_phases(tr, phases, true)
    }

    /// Puts changesets into a phase in memory only: for looking into bundles.
    ///
    /// # Errors
    /// When phases cannot be read.
    pub fn overlay_phase(&self, phase: Phase, revs: &[Revision]) -> Result<()> {
        let mut phases = (*self.phases()?).clone();
        let mut set = RevBits::with_len(phases.len());
        revs.iter().for_each(|&rev| {
            set.insert(rev);
        });
        phases.assign(&set, phase, |old| old < phase);
        self.phases_part().put(Arc::new(phases), self.phases_key());
        Ok(())
    }

    /// Moves changesets from `first` on that are ancestors of `heads` down to a phase, in memory only.
    ///
    /// # Errors
    /// When phases cannot be read.
    pub fn overlay_heads(&self, phase: Phase, heads: &[Revision], first: Revision) -> Result<()> {
        let mut phases = (*self.phases()?).clone();
        let mut set = RevBits::with_len(phases.len());
        let changelog = self.changelog()?;
        changelog.ancestors(heads.iter().copied(), first, true).for_each(|rev| {
            set.insert(rev);
        });
        phases.assign(&set, phase, |old| old > phase);
        self.phases_part().put(Arc::new(phases), self.phases_key());
        Ok(())
    }

    fn note_moves(
        &self,
        tr: &Transaction,
        phases: Phases,
        target: Phase,
        moved: &[(Revision, Phase)],
    ) -> Result<Vec<Revision>> {
        if !moved.is_empty() {
            tr.changes(|changes| {
                for &(rev, old) in moved {
                    changes.move_phase(rev, Some(old), target);
                }
            })?;
            tr.set_hook_arg("phases_moved", "1")?;
            self.store_phases(tr, phases, true)?;
        }
        Ok(moved.iter().map(|&(rev, _)| rev).collect())
    }

    fn store_phases(&self, tr: &Transaction, phases: Phases, write: bool) -> Result<()> {
        self.phases_part().put(Arc::new(phases), self.phases_key());
        if write {
            tr.add_file(Location::Store, FILE, Stage::BeforeFinalize, |repo| {
                let changelog = repo.changelog()?;
                let roots = repo.phases()?.roots(&changelog);
                let roots = roots.into_iter().map(|(phase, rev)| (phase, changelog.node(rev)));
                Ok(phase_roots::encode(roots))
            })?;
        }
        Ok(())
    }
}
