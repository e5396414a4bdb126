//! Transactions that count as one for whoever recovers.
//!
//! Removing changesets takes three transactions, each with its hooks: one cuts, one takes in again
//! what was cut off only because of its place, one repairs phases and bookmarks. A process that is
//! killed between them must not leave the middle: all three write into one journal, which only the
//! last one ends.

use std::sync::{MutexGuard, PoisonError};

use hg_types::Result;

use super::journal::Journal;
use super::recover;
use crate::Repo;

/// What goes from one transaction of a chain to the next.
#[derive(Default)]
pub(crate) struct Carried {
    /// Whether a transaction that closes leaves its journal for the next one.
    on: bool,
    journal: Option<Journal>,
}

/// A chain of transactions; dropping it before the last one was closed undoes all of them.
#[must_use = "the chain ends when this is dropped"]
pub struct Chain {
    repo: Repo,
}

impl Repo {
    /// Makes the transactions from here on one for `recover`, until [`Chain::last`]. The lock of the
    /// store must be held all the time.
    pub fn chain_transactions(&self) -> Chain {
        carried(self).on = true;
        Chain { repo: self.clone() }
    }
}

impl Chain {
    /// The next transaction is the last one.
    pub fn last(&self) {
        carried(&self.repo).on = false;
    }
}

impl Drop for Chain {
    fn drop(&mut self) {
        let journal = {
            let mut carried = carried(&self.repo);
            carried.on = false;
            carried.journal.take()
        };
        let Some(journal) = journal else { return };
        let reporter = self.repo.reporter();
        reporter.warn(b"transaction abort!\n");
        recover::undo_and_tell(&self.repo, &journal, true);
        self.repo.clear();
    }
}

/// Whether the transaction before left its journal.
pub(super) fn carries(repo: &Repo) -> bool {
    carried(repo).journal.is_some()
}

/// The journal that the transaction before left, if this one belongs to the same chain.
pub(super) fn take_journal(repo: &Repo) -> Option<Journal> {
    carried(repo).journal.take()
}

/// Leaves the journal to the next transaction, if there is to be one; says whether it did.
pub(super) fn leave_journal(repo: &Repo, journal: &mut Journal) -> Result<bool> {
    let mut carried = carried(repo);
    if carried.on {
        carried.journal = Some(journal.hand_over()?);
    }
    Ok(carried.on)
}

fn carried(repo: &Repo) -> MutexGuard<'_, Carried> {
    repo.carried_cell().lock().unwrap_or_else(PoisonError::into_inner)
}
