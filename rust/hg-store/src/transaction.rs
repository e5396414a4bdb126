//! Transactions: everything that is written to the store happens in one, and is undone as a whole
//! when it is not closed.
//!
//! The journal is the one `hg_format::journal` describes, so any program that knows it can undo
//! what a killed process left (`hg recover`). Order of writes: data, index, phase roots, changelog,
//! then what points at changesets (bookmarks, dirstate).

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use hg_types::{Error, ErrorKind, Result};
use hg_vfs::Vfs;

use crate::Repo;
use crate::overrides::{Kept, RepoMethod};
use crate::revlog::RevlogTransaction;

mod chain;
mod changes;
mod close;
mod instabilities;
mod journal;
mod recover;

pub(crate) use chain::Carried;
pub use chain::Chain;
pub use changes::{Changes, PhaseMove};
pub(crate) use close::Running;
pub use recover::{Rollback, recover, remove_undo, rollback};

use close::{Callback, Generator, State};

/// Where a file of a transaction is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Location {
    /// The store, by logical name.
    Store,
    /// `.hg`.
    Hg,
}

impl Location {
    pub(crate) fn from_bytes(name: &[u8]) -> Option<Self> {
        match name {
            b"" => Some(Self::Store),
            b"plain" => Some(Self::Hg),
            _ => None,
        }
    }

    pub(crate) fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Store => b"",
            Self::Hg => b"plain",
        }
    }

    /// The directory; names in it are made by [`Location::encode`].
    pub(crate) fn vfs(self, repo: &Repo) -> &Vfs {
        match self {
            Self::Store => repo.store_vfs().raw(),
            Self::Hg => repo.vfs(),
        }
    }

    /// The name of the file for the logical name.
    pub(crate) fn encode(self, repo: &Repo, name: &[u8]) -> Vec<u8> {
        match self {
            Self::Store => repo.store_vfs().encode(name),
            Self::Hg => name.to_vec(),
        }
    }
}

/// When a generated file is written.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Stage {
    /// Before the changelog appears (phase roots).
    BeforeFinalize,
    /// After the changelog has appeared (bookmarks, dirstate).
    AfterFinalize,
}

/// What a [`Transaction`] handle does when it is dropped.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Level {
    /// Aborts, unless it was closed.
    Outer,
    /// Aborts the transaction around it, unless it was closed.
    Nested,
    /// Nothing: it was lent to a callback.
    Lent,
}

/// A running transaction. Dropping it without [`Transaction::close`] undoes everything.
#[must_use = "a transaction that is dropped without close is undone"]
pub struct Transaction {
    running: Arc<Running>,
    level: Level,
    open: bool,
    /// What a plugin's method holds: closed after us.
    kept: Option<Kept>,
}

impl Repo {
    /// Begins a transaction, or joins the running one. Takes the store's lock if it is not held.
    ///
    /// # Errors
    /// When an interrupted transaction waits to be recovered, when a `pretxnopen` hook refuses, or
    /// when the journal cannot be made.
    pub fn transaction(&self, description: &str) -> Result<Transaction> {
        match self.replaced(RepoMethod::Transaction) {
            None => self.transaction_plainly(description),
            Some(overrides) => {
                let kept = Kept::new(overrides.transaction(description)?);
                let mut joined = self.transaction_plainly(description)?;
                joined.kept = Some(kept);
                Ok(joined)
            }
        }
    }

    /// The original of [`Repo::transaction`]: what replacements build upon.
    ///
    /// # Errors
    /// Those of [`Repo::transaction`].
    pub fn transaction_plainly(&self, description: &str) -> Result<Transaction> {
        if let Some(running) = self.running_transaction() {
            running.state()?.depth += 1;
            return Ok(Transaction { running, level: Level::Nested, open: true, kept: None });
        }
        let running = Running::begin(self, description)?;
        *self.transaction_slot() = Arc::downgrade(&running);
        Ok(Transaction { running, level: Level::Outer, open: true, kept: None })
    }

    /// A handle of the running transaction that neither closes nor aborts it.
    #[must_use]
    pub fn current_transaction(&self) -> Option<Transaction> {
        let running = self.running_transaction()?;
        Some(Transaction { running, level: Level::Lent, open: true, kept: None })
    }

    fn running_transaction(&self) -> Option<Arc<Running>> {
        self.transaction_slot().upgrade().filter(|running| running.is_open())
    }

    fn transaction_slot(&self) -> MutexGuard<'_, std::sync::Weak<Running>> {
        self.transaction_cell().lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Transaction {
    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.running.repo
    }

    /// The id hooks see: `TXN:` and 40 digits.
    #[must_use]
    pub fn id(&self) -> &[u8] {
        &self.running.id
    }

    /// What the outermost transaction is for: `commit`, `pull`, ...
    #[must_use]
    pub fn description(&self) -> &str {
        &self.running.description
    }

    /// Notes in the journal that a file of the store is about to be changed from `length` on; only
    /// the first note of a file counts. Call this before writing.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn add(&self, name: &[u8], length: u64) -> Result<()> {
        self.running.state()?.journal.add(name, length)
    }

    /// Notes that files are about to be cut to these lengths: all of them, or none if the process is
    /// killed, for an undoing that cuts only some would break the others.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn add_cuts(&self, cuts: &[(Vec<u8>, u64)]) -> Result<()> {
        self.running.state()?.journal.add_cuts(cuts)
    }

    /// The length a file had when it was first noted; `None` when it was not.
    #[must_use]
    pub fn journaled_length(&self, name: &[u8]) -> Option<u64> {
        self.running.state().ok()?.journal.length_of(name)
    }

    /// Keeps a copy of a file that is about to be replaced (by renaming, never in place), so that it
    /// can be put back; only the first call for a file counts.
    ///
    /// # Errors
    /// When the copy cannot be made.
    pub fn backup(&self, location: Location, name: &[u8]) -> Result<()> {
        self.running.state()?.journal.backup(self.repo(), location, name)
    }

    /// Notes a file that is to be removed whatever becomes of the transaction.
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn add_temporary(&self, location: Location, name: &[u8]) -> Result<()> {
        self.running.state()?.journal.temporary(location, name)
    }

    /// Takes bytes to be written at `offset` of a file of the store when the transaction closes; until
    /// then hooks find them in `NAME.a`. Calls for a file follow each other without gap.
    ///
    /// # Errors
    /// When the journal cannot be written, or there is a gap.
    pub fn delay(&self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()> {
        self.running.state()?.delay(name, offset, bytes)
    }

    /// Has a docket of the store replaced when the transaction closes (see [`RevlogTransaction`]).
    ///
    /// # Errors
    /// When the journal cannot be written.
    pub fn settle(&self, name: &[u8], docket: &[u8]) -> Result<()> {
        self.backup(Location::Store, name)?;
        self.running.state()?.dockets.insert(name.to_vec(), docket.to_vec());
        Ok(())
    }

    /// Has a small file written as a whole when the transaction closes (and as `NAME.pending` for
    /// hooks before that). A second call with the same location and name replaces the first.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn add_file(
        &self,
        location: Location,
        name: &str,
        stage: Stage,
        text: impl Fn(&Repo) -> Result<Vec<u8>> + Send + 'static,
    ) -> Result<()> {
        let generator = Generator { stage, text: Arc::new(Mutex::new(Box::new(text))) };
        self.running.state()?.generators.insert((location, name.as_bytes().to_vec()), generator);
        Ok(())
    }

    /// The text that a file will have when the transaction closes; `None` when it does not write
    /// the file.
    ///
    /// # Errors
    /// When the transaction is over, or the text cannot be made.
    pub fn pending_file(&self, location: Location, name: &str) -> Result<Option<Vec<u8>>> {
        let key = (location, name.as_bytes().to_vec());
        let generator = self.running.state()?.generators.get(&key).cloned();
        generator.map(|generator| generator.make(self.repo())).transpose()
    }

    /// Calls `callback` whenever what is not final yet has to be visible to hooks; it says whether it
    /// wrote anything. One callback per `id`.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn add_pending(
        &self,
        id: &str,
        callback: impl FnMut(&Self) -> Result<bool> + Send + 'static,
    ) -> Result<()> {
        self.running.state()?.pending.insert(id.into(), Box::new(callback));
        Ok(())
    }

    /// Calls `callback` when the transaction closes, after the hooks that can refuse. One per `id`.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn add_finalize(
        &self,
        id: &str,
        callback: impl FnOnce(&Self) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.running.state()?.finalize.insert(id.into(), Box::new(callback) as Callback);
        Ok(())
    }

    /// Calls `callback` when the transaction has closed. One per `id`.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn add_post_close(
        &self,
        id: &str,
        callback: impl FnOnce(&Self) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.running.state()?.post_close.insert(id.into(), Box::new(callback) as Callback);
        Ok(())
    }

    /// Calls `callback` when the transaction is undone. One per `id`.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn add_abort(
        &self,
        id: &str,
        callback: impl FnOnce(&Self) -> Result<()> + Send + 'static,
    ) -> Result<()> {
        self.running.state()?.abort.insert(id.into(), Box::new(callback) as Callback);
        Ok(())
    }

    /// Sets an argument that the hooks of this transaction get.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn set_hook_arg(&self, name: &str, value: impl Into<Vec<u8>>) -> Result<()> {
        self.running.state()?.hook_args.insert(name.into(), value.into());
        Ok(())
    }

    /// An argument that the hooks of this transaction get.
    #[must_use]
    pub fn hook_arg(&self, name: &str) -> Option<Vec<u8>> {
        self.running.state().ok()?.hook_args.get(name).cloned()
    }

    /// All arguments that the hooks of this transaction get.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn hook_args(&self) -> Result<crate::hooks::HookArgs> {
        Ok(self.running.state()?.hook_args.clone().into_iter().collect())
    }

    /// What has changed so far, for reading and noting.
    ///
    /// # Errors
    /// When the transaction is over.
    pub fn changes<T>(&self, look: impl FnOnce(&mut Changes) -> T) -> Result<T> {
        Ok(look(&mut self.running.state()?.changes))
    }

    /// What has changed, for callbacks that run when the transaction has closed.
    #[must_use]
    pub fn final_changes(&self) -> Changes {
        self.running.final_changes()
    }

    /// Makes what is not final yet visible to processes that `HG_PENDING` tells to look; says
    /// whether there is anything.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn write_pending(&self) -> Result<bool> {
        self.running.write_pending()
    }

    /// Ends the transaction well. For a nested one, leaves the rest to the one around it.
    ///
    /// # Errors
    /// When a hook refuses or something cannot be written: everything is then undone.
    pub fn close(mut self) -> Result<()> {
        self.open = false;
        self.finish()?;
        match self.kept.take() {
            None => Ok(()),
            Some(kept) => kept.close(),
        }
    }

    fn finish(&self) -> Result<()> {
        match self.level {
            Level::Lent => Ok(()),
            Level::Nested => {
                let mut state = self.running.state()?;
                state.depth = state.depth.saturating_sub(1);
                Ok(())
            }
            Level::Outer => {
                let result = self.running.close();
                if result.is_err() {
                    self.running.abort();
                }
                result
            }
        }
    }

    /// Undoes everything now.
    pub fn abort(self) {}

    fn lent(running: &Arc<Running>) -> Self {
        Self { running: running.clone(), level: Level::Lent, open: true, kept: None }
    }
}

impl Drop for Transaction {
    fn drop(&mut self) {
        if self.open && self.level != Level::Lent {
            self.running.abort();
        }
    }
}

pub(crate) fn over() -> Error {
    Error::new(
        ErrorKind::Programming,
        "cannot use transaction when it is already committed/aborted",
    )
}

type Guard<'a> = MutexGuard<'a, State>;

fn unpoison(state: &Mutex<State>) -> Guard<'_> {
    state.lock().unwrap_or_else(PoisonError::into_inner)
}

impl RevlogTransaction for Transaction {
    fn add(&mut self, name: &[u8], offset: u64) -> Result<()> {
        Self::add(self, name, offset)
    }

    fn add_backup(&mut self, name: &[u8]) -> Result<()> {
        self.backup(Location::Store, name)
    }

    fn delay(&mut self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()> {
        Self::delay(self, name, offset, bytes)
    }

    fn settle(&mut self, name: &[u8], docket: &[u8]) -> Result<()> {
        Self::settle(self, name, docket)
    }
}

/// For those who hold a shared reference only: `&mut &transaction`.
impl RevlogTransaction for &Transaction {
    fn add(&mut self, name: &[u8], offset: u64) -> Result<()> {
        Transaction::add(self, name, offset)
    }

    fn add_backup(&mut self, name: &[u8]) -> Result<()> {
        self.backup(Location::Store, name)
    }

    fn delay(&mut self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()> {
        Transaction::delay(self, name, offset, bytes)
    }

    fn settle(&mut self, name: &[u8], docket: &[u8]) -> Result<()> {
        Transaction::settle(self, name, docket)
    }
}

/// Callbacks by id, called in the order of ids.
type Callbacks = BTreeMap<String, Callback>;
