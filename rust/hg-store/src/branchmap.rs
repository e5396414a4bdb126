//! Named branches and their heads, for what is visible at one level.
//!
//! The cache in `.hg/cache/branch2-LEVEL` (codec: [`hg_format::branch_cache`]) is validated by its tip
//! and by a key of the filtered revisions, then brought up to date with what came since.

use std::collections::BTreeMap;

use hg_format::branch_cache::{self as format, BranchCacheKey, BranchHead};
use hg_types::{Result, Revision};
use hg_vfs::Vfs;
use sha1::{Digest as _, Sha1};

use crate::changelog::Changelog;
use crate::rev_branches::RevBranches;
use crate::revlog::RevBits;

/// A head and whether its changeset closes the branch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Head {
    /// The head.
    pub rev: Revision,
    /// Whether it closes its branch.
    pub closed: bool,
}

/// All branches, by name in UTF-8, with their heads in ascending order.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BranchMap {
    branches: BTreeMap<Vec<u8>, Vec<Head>>,
}

/// What a [`BranchMap`] is made from.
pub struct Source<'a> {
    /// The changelog.
    pub changelog: &'a Changelog,
    /// The revisions that are not visible.
    pub filtered: &'a RevBits,
    /// `.hg/cache`.
    pub cache: &'a Vfs,
    /// Name of the level: `served`, `visible`, or empty for everything.
    pub level: &'a str,
}

impl BranchMap {
    /// Loads the cache, brings it up to date, and writes it back when that changed it.
    ///
    /// # Errors
    /// When a changeset cannot be read.
    pub fn load(source: &Source<'_>, branches: &mut RevBranches) -> Result<Self> {
        let cached = Self::read(source);
        let fresh = cached.is_some();
        let (mut map, next) = cached.unwrap_or_default();
        let visible = source.changelog.rev_range(next..source.changelog.len());
        let visible: Vec<_> = visible.filter(|rev| !source.filtered.contains(*rev)).collect();
        if fresh && visible.is_empty() {
            return Ok(map);
        }
        map.add(source.changelog, branches, &visible)?;
        branches.save(source.cache);
        map.write(source);
        Ok(map)
    }

    /// Makes the map from nothing but the changelog.
    ///
    /// # Errors
    /// When a changeset cannot be read.
    pub fn build(source: &Source<'_>, branches: &mut RevBranches) -> Result<Self> {
        let revs: Vec<_> =
            source.changelog.revs().filter(|rev| !source.filtered.contains(*rev)).collect();
        let mut map = Self::default();
        map.add(source.changelog, branches, &revs)?;
        Ok(map)
    }

    /// Brings the map up to date with new revisions, given in ascending order.
    fn add(&mut self, cl: &Changelog, cache: &mut RevBranches, revs: &[Revision]) -> Result<()> {
        let mut touched: BTreeMap<Vec<u8>, ()> = BTreeMap::new();
        for &rev in revs {
            let (name, closed) = cache.get(cl, rev)?;
            if !self.branches.contains_key(name) {
                self.branches.insert(name.to_vec(), Vec::new());
            }
            let heads = self.branches.get_mut(name).expect("inserted above");
            let parents = cl.parents(rev);
            heads.retain(|head| !parents.contains(&head.rev));
            heads.push(Head { rev, closed });
            if heads.len() > 1 {
                touched.insert(name.to_vec(), ());
            }
        }
        // Heads that a newer head reaches through other branches only.
        for name in touched.keys() {
            if let Some(heads) = self.branches.get_mut(name) {
                drop_reachable(cl, heads);
            }
        }
        Ok(())
    }

    fn read(source: &Source<'_>) -> Option<(Self, usize)> {
        let bytes = source.cache.try_read(file_name(source.level)).ok()??;
        let (key, heads) = format::decode(&bytes).ok()?;
        let cl = source.changelog;
        let tip = cl.check_rev(key.tip_rev.into())?;
        let valid = cl.node(tip) == key.tip && key.filtered == filtered_key(source, tip);
        if !valid {
            return None;
        }
        let mut map = Self::default();
        for head in heads {
            let rev = cl.find(&head.node).filter(|rev| *rev <= tip)?;
            map.branches.entry(head.branch).or_default().push(Head { rev, closed: head.closed });
        }
        map.branches.values_mut().for_each(|heads| heads.sort());
        Some((map, tip.index().map_or(0, |tip| tip + 1)))
    }

    fn write(&self, source: &Source<'_>) {
        let cl = source.changelog;
        let tip = cl.revs().rev().find(|rev| !source.filtered.contains(*rev));
        let Some(tip) = tip else { return };
        let key = BranchCacheKey {
            tip: cl.node(tip),
            tip_rev: tip.get(),
            filtered: filtered_key(source, tip),
        };
        let heads: Vec<_> = self
            .branches
            .iter()
            .flat_map(|(branch, heads)| heads.iter().map(move |head| (branch, head)))
            .map(|(branch, head)| BranchHead {
                node: cl.node(head.rev),
                closed: head.closed,
                branch: branch.clone(),
            })
            .collect();
        // A cache that cannot be written is no error: nothing depends on it.
        let _ = source.cache.create_dirs("").and_then(|()| {
            source.cache.write_atomic(file_name(source.level), &format::encode(&key, &heads))
        });
    }

    /// All branches by name, each with its heads in ascending order.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], &[Head])> {
        self.branches.iter().map(|(name, heads)| (name.as_slice(), heads.as_slice()))
    }

    /// Whether a branch exists.
    #[must_use]
    pub fn contains(&self, branch: &[u8]) -> bool {
        self.branches.contains_key(branch)
    }

    /// The heads of a branch in ascending order, without closed ones unless asked for.
    #[must_use]
    pub fn heads(&self, branch: &[u8], closed: bool) -> Vec<Revision> {
        let heads = self.branches.get(branch).map_or(&[][..], Vec::as_slice);
        heads.iter().filter(|head| closed || !head.closed).map(|head| head.rev).collect()
    }

    /// The branch's tip: its newest open head, or its newest head when all are closed.
    #[must_use]
    pub fn tip(&self, branch: &[u8]) -> Option<Head> {
        let heads = self.branches.get(branch)?;
        heads.iter().rev().find(|head| !head.closed).or(heads.last()).copied()
    }

    /// Whether all heads of a branch are closed.
    #[must_use]
    pub fn is_closed(&self, branch: &[u8]) -> bool {
        self.branches.get(branch).is_some_and(|heads| heads.iter().all(|head| head.closed))
    }
}

fn file_name(level: &str) -> String {
    if level.is_empty() { "branch2-base".to_owned() } else { format!("branch2-{level}") }
}

/// Removes heads that are ancestors of other heads in the list.
fn drop_reachable(cl: &Changelog, heads: &mut Vec<Head>) {
    heads.sort();
    let Some(lowest) = heads.first().map(|head| head.rev) else { return };
    let starts: Vec<_> = heads.iter().map(|head| head.rev).collect();
    let mut reached = RevBits::with_len(cl.len());
    cl.ancestors(starts, lowest, false).for_each(|rev| {
        reached.insert(rev);
    });
    heads.retain(|head| !reached.contains(head.rev));
}

/// Names the filtered revisions up to `tip`: SHA-1 of each as decimal and `;`. `None` without any.
#[must_use]
pub fn filtered_hash(filtered: &RevBits, tip: Revision) -> Option<[u8; 20]> {
    let mut hasher = Sha1::new();
    let mut any = false;
    for rev in filtered.iter().take_while(|rev| *rev <= tip) {
        any = true;
        hasher.update(format!("{rev};"));
    }
    any.then(|| hasher.finalize().into())
}

fn filtered_key(source: &Source<'_>, tip: Revision) -> Option<Vec<u8>> {
    filtered_hash(source.filtered, tip).map(|hash| hg_types::to_hex(&hash))
}
