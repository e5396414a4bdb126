//! Named branches: their heads, which of them are closed, and the caches for both.
//!
//! Caches are those of `hg_format::branch_cache` (`branch2-VIEW`) and `hg_format::rev_branch_cache`
//! (`rbc-names-v2`, `rbc-revs-v2`); they are only believed when their keys fit.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use hg_format::branch_cache::{self, BranchCacheKey, BranchHead};
use hg_format::rev_branch_cache::{self as rbc, RevBranch};
use hg_types::{Node, Result, Revision};
use rayon::prelude::*;

use crate::revlog::RevBits;
use crate::view::{View, filtered_key};
use crate::{Changelog, Repo};

/// The heads of all branches of a view.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub struct BranchMap {
    heads: BTreeMap<Vec<u8>, Vec<Revision>>,
    closed: HashSet<Revision>,
    tip: Option<Revision>,
}

impl BranchMap {
    /// The names of all branches (UTF-8), sorted.
    pub fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.heads.keys().map(Vec::as_slice)
    }

    /// Names and heads, sorted by name; heads ascend.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[Revision])> {
        self.heads.iter().map(|(name, heads)| (&name[..], &heads[..]))
    }

    /// Whether a branch exists.
    #[must_use]
    pub fn contains(&self, name: &[u8]) -> bool {
        self.heads.contains_key(name)
    }

    /// The heads of a branch, closed ones too, ascending.
    #[must_use]
    pub fn heads(&self, name: &[u8]) -> &[Revision] {
        self.heads.get(name).map_or(&[], Vec::as_slice)
    }

    /// The heads of a branch that do not close it, ascending.
    pub fn open_heads(&self, name: &[u8]) -> impl DoubleEndedIterator<Item = Revision> {
        self.heads(name).iter().copied().filter(|rev| !self.closed.contains(rev))
    }

    /// Whether a head closes its branch.
    #[must_use]
    pub fn is_closed(&self, head: Revision) -> bool {
        self.closed.contains(&head)
    }

    /// The tip of a branch - its newest open head, or newest head - and whether it is closed.
    #[must_use]
    pub fn tip(&self, name: &[u8]) -> Option<(Revision, bool)> {
        let open = self.open_heads(name).next_back().map(|rev| (rev, false));
        open.or_else(|| self.heads(name).last().map(|&rev| (rev, true)))
    }

    /// Takes new revisions in: `revs` ascend and come with their branches.
    fn update(
        &mut self,
        changelog: &Changelog,
        revs: &[Revision],
        branches: &dyn Fn(Revision) -> (Vec<u8>, bool),
    ) {
        let mut touched: BTreeMap<Vec<u8>, Vec<Revision>> = BTreeMap::new();
        for &rev in revs {
            let (branch, closes) = branches(rev);
            if closes {
                self.closed.insert(rev);
            }
            touched.entry(branch).or_default().push(rev);
        }
        for (branch, new) in touched {
            let heads = self.heads.entry(branch).or_default();
            let mut set: RevBits = heads.iter().copied().collect();
            for &rev in &new {
                // The usual case: a child on its parent's branch.
                changelog.parents(rev).into_iter().for_each(|parent| set.remove(parent));
                set.insert(rev);
            }
            *heads = drop_ancestors(changelog, &set);
        }
        let heads: HashSet<Revision> = self.heads.values().flatten().copied().collect();
        self.closed.retain(|rev| heads.contains(rev));
    }
}

/// The members of a set that are no ancestors of others: a branch can be left and come back to.
fn drop_ancestors(changelog: &Changelog, set: &RevBits) -> Vec<Revision> {
    let mut members = set.iter();
    let (Some(lowest), Some(_)) = (members.next(), members.next()) else {
        return set.iter().collect();
    };
    let mut below = RevBits::with_len(changelog.len());
    let mut todo: Vec<Revision> = Vec::new();
    let push = |rev: Revision, todo: &mut Vec<Revision>, below: &mut RevBits| {
        for parent in changelog.parents(rev) {
            if parent >= lowest && below.insert(parent) {
                todo.push(parent);
            }
        }
    };
    for rev in set.iter() {
        push(rev, &mut todo, &mut below);
    }
    while let Some(rev) = todo.pop() {
        push(rev, &mut todo, &mut below);
    }
    set.iter().filter(|&rev| !below.contains(rev)).collect()
}

/// The branch of every changeset.
#[derive(Clone, Default, Debug)]
pub struct RevBranches {
    names: Vec<Vec<u8>>,
    records: Vec<RevBranch>,
}

impl RevBranches {
    /// The branch of a changeset (UTF-8).
    #[must_use]
    pub fn branch(&self, rev: Revision) -> &[u8] {
        let record = rev.index().and_then(|at| self.records.get(at));
        let name = record.and_then(|record| self.names.get(record.name as usize));
        name.map_or(b"default", Vec::as_slice)
    }

    /// Whether a changeset closes its branch.
    #[must_use]
    pub fn closes(&self, rev: Revision) -> bool {
        rev.index().and_then(|at| self.records.get(at)).is_some_and(|record| record.closes)
    }

    /// The names, in the order of first use.
    #[must_use]
    pub fn names(&self) -> &[Vec<u8>] {
        &self.names
    }
}

impl Repo {
    /// The branches of what local commands show.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn branchmap(&self) -> Result<Arc<BranchMap>> {
        self.branchmap_of(self.view())
    }

    /// The branches of a view.
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn branchmap_of(&self, view: View) -> Result<Arc<BranchMap>> {
        let excluded = self.excluded_revs(view)?;
        self.branchmaps().get_without(self, view, excluded, |changelog, excluded| {
            let tip = self.tip_of(view)?;
            let (map, fresh) = self.compute_branchmap(changelog, excluded, tip)?;
            if fresh {
                self.write_branch_cache(view, changelog, excluded, &map);
            }
            Ok(map)
        })
    }

    /// What branches are worked out without: what the view leaves out, and obsolete changesets.
    fn excluded_revs(&self, view: View) -> Result<Arc<RevBits>> {
        let (filtered, obsolete) = (self.filtered_revs(view)?, self.obsolete_revs()?);
        if obsolete.is_empty() {
            return Ok(filtered);
        }
        let mut excluded = (*filtered).clone();
        excluded.union_with(&obsolete);
        Ok(Arc::new(excluded))
    }

    /// Starts from the newest cache that is valid for this view; says whether anything was added.
    fn compute_branchmap(
        &self,
        changelog: &Changelog,
        filtered: &RevBits,
        tip: Revision,
    ) -> Result<(BranchMap, bool)> {
        let candidates = [View::Visible, View::Served, View::Immutable, View::Unfiltered];
        let mut best: Option<BranchMap> = None;
        for view in candidates {
            if let Some(found) = self.read_branch_cache(view, changelog, filtered)
                && best.as_ref().is_none_or(|best| best.tip < found.tip)
            {
                best = Some(found);
            }
        }
        let mut map = best.unwrap_or_default();
        if map.tip == Some(tip) || tip.is_null() {
            return Ok((map, false));
        }
        let start = map.tip.and_then(Revision::index).map_or(0, |at| at + 1);
        let new: Vec<Revision> = changelog
            .rev_range(start..changelog.len())
            .filter(|&rev| !filtered.contains(rev))
            .collect();
        let branches = self.branches_of(changelog, &new)?;
        map.update(changelog, &new, &|rev| branches.get(&rev).cloned().unwrap_or_default());
        // The newest one counts even if it is obsolete.
        map.tip = Some(tip);
        Ok((map, true))
    }

    /// Branches of some revisions: one by one when they are few, else through the cache.
    fn branches_of(
        &self,
        changelog: &Changelog,
        revs: &[Revision],
    ) -> Result<HashMap<Revision, (Vec<u8>, bool)>> {
        const FEW: usize = 16;
        if revs.len() <= FEW {
            let read = |&rev: &Revision| {
                let entry = changelog.entry(rev)?;
                Ok((rev, (entry.branch().to_vec(), entry.closes_branch())))
            };
            return revs.iter().map(read).collect();
        }
        let all = self.rev_branches()?;
        Ok(revs.iter().map(|&rev| (rev, (all.branch(rev).to_vec(), all.closes(rev)))).collect())
    }

    fn read_branch_cache(
        &self,
        view: View,
        changelog: &Changelog,
        filtered: &RevBits,
    ) -> Option<BranchMap> {
        let bytes = self.cache_vfs().try_map(cache_name(view)).ok()??;
        let key = branch_cache::decode_key(&bytes)?;
        let tip = changelog.check_rev(key.tip_rev.into()).filter(|rev| !rev.is_null())?;
        let fits = changelog.node(tip) == key.tip && key.filtered == filtered_key(filtered, tip);
        if !fits {
            return None;
        }
        let (_, heads) = branch_cache::decode(&bytes).ok()?;
        let mut map = BranchMap { tip: Some(tip), ..BranchMap::default() };
        for head in heads {
            let rev =
                changelog.find(&head.node).filter(|rev| *rev <= tip && !filtered.contains(*rev))?;
            if head.closed {
                map.closed.insert(rev);
            }
            map.heads.entry(head.branch).or_default().push(rev);
        }
        map.heads.values_mut().for_each(|heads| heads.sort_unstable());
        Some(map)
    }

    /// Caches are a help, not a duty: that one cannot be written is no failure.
    fn write_branch_cache(
        &self,
        view: View,
        changelog: &Changelog,
        filtered: &RevBits,
        map: &BranchMap,
    ) {
        let Some(tip) = map.tip else { return };
        // What is not final yet must not get into a cache that outlives an abort.
        if self.current_transaction().is_some() || self.sees_pending() {
            return;
        }
        let view = if view == View::Visible && self.same_as_served(filtered) {
            View::Served
        } else {
            view
        };
        let key = BranchCacheKey {
            tip: changelog.node(tip),
            tip_rev: tip.get(),
            filtered: filtered_key(filtered, tip),
        };
        let heads: Vec<BranchHead> = map
            .heads
            .iter()
            .flat_map(|(branch, heads)| {
                heads.iter().map(|&rev| BranchHead {
                    node: changelog.node(rev),
                    closed: map.closed.contains(&rev),
                    branch: branch.clone(),
                })
            })
            .collect();
        let text = branch_cache::encode(&key, &heads);
        let _ = self.cache_vfs().write_atomic(cache_name(view), &text);
    }

    fn same_as_served(&self, filtered: &RevBits) -> bool {
        self.excluded_revs(View::Served).is_ok_and(|served| *served == *filtered)
    }

    /// The branch of every changeset, from the cache and, where that does not know, the changelog.
    ///
    /// # Errors
    /// When a changeset cannot be read.
    pub fn rev_branches(&self) -> Result<Arc<RevBranches>> {
        self.rev_branches_cell().get(self, View::Unfiltered, |changelog, _| {
            let (table, fresh) = self.load_rev_branches(changelog)?;
            if fresh && self.current_transaction().is_none() && !self.sees_pending() {
                self.write_rev_branches(changelog, &table);
            }
            Ok(table)
        })
    }

    fn load_rev_branches(&self, changelog: &Changelog) -> Result<(RevBranches, bool)> {
        let cache = self.cache_vfs();
        let names = cache.try_read("rbc-names-v2").ok().flatten().unwrap_or_default();
        let names = rbc::decode_names(&names);
        let records = cache.try_map("rbc-revs-v2").ok().flatten().unwrap_or_default();
        let known = |at: usize, node: &Node| {
            rbc::decode(&records, at, node).filter(|record| (record.name as usize) < names.len())
        };
        let found: Vec<Option<RevBranch>> = (0..changelog.len())
            .into_par_iter()
            .map(|at| known(at, &changelog.node(Revision::from_index(at))))
            .collect();
        let missing: Vec<usize> = found
            .iter()
            .enumerate()
            .filter(|(_, record)| record.is_none())
            .map(|(at, _)| at)
            .collect();
        let read: Vec<(usize, Vec<u8>, bool)> = missing
            .par_iter()
            .map(|&at| {
                let entry = changelog.entry(Revision::from_index(at))?;
                Ok((at, entry.branch().to_vec(), entry.closes_branch()))
            })
            .collect::<Result<_>>()?;
        let nothing = RevBranch { name: 0, closes: false };
        let records = found.into_iter().map(|record| record.unwrap_or(nothing)).collect();
        let mut table = RevBranches { names, records };
        let mut positions: HashMap<Vec<u8>, u32> =
            (0..).zip(&table.names).map(|(at, name)| (name.clone(), at)).collect();
        for (at, branch, closes) in read {
            let next = u32::try_from(table.names.len()).unwrap_or(u32::MAX);
            let name = *positions.entry(branch.clone()).or_insert(next);
            if name == next {
                table.names.push(branch);
            }
            table.records[at] = RevBranch { name, closes };
        }
        Ok((table, !missing.is_empty()))
    }

    fn write_rev_branches(&self, changelog: &Changelog, table: &RevBranches) {
        let mut text = Vec::with_capacity(table.records.len() * rbc::RECORD_LEN);
        for (at, record) in table.records.iter().enumerate() {
            rbc::encode(&changelog.node(Revision::from_index(at)), *record, &mut text);
        }
        let cache = self.cache_vfs();
        // Names first: a record that names one that is not there yet would not be believed.
        let names = rbc::encode_names(&table.names);
        if cache.write_atomic("rbc-names-v2", &names).is_ok() {
            let _ = cache.write_atomic("rbc-revs-v2", &text);
        }
    }

    /// Brings every cache up to date, for those who want to pay now (`debugupdatecaches`).
    ///
    /// # Errors
    /// When a part of the repository cannot be read.
    pub fn update_all_caches(&self) -> Result<()> {
        self.rev_branches()?;
        self.branchmap_of(View::Served)?;
        self.branchmap_of(View::Visible)?;
        self.update_tag_caches()
    }

    /// Brings the caches that every transaction keeps up to date.
    pub(crate) fn warm_branch_caches(&self) {
        self.reporter().debug(b"updating the branch cache\n");
        // Best effort, as for every cache.
        let _ = self.rev_branches();
        let _ = self.branchmap_of(View::Served);
    }
}

fn cache_name(view: View) -> String {
    view.suffix().map_or_else(|| "branch2".to_owned(), |suffix| format!("branch2-{suffix}"))
}
