//! The two locks of a repository: of the working directory (`wlock`, taken first) and of the store.

use std::sync::{Arc, Mutex, PoisonError, Weak};

use hg_types::{Error, ErrorKind, Result};
use hg_vfs::{Lock, LockOptions, Vfs};

use super::Repo;
use crate::overrides::{Kept, RepoMethod};

type Callback = Box<dyn FnOnce(&Repo, bool) + Send>;

/// A held lock; clones share it, and it is let go when the last of them is dropped.
#[must_use = "the lock is let go when this is dropped"]
#[derive(Clone)]
pub struct RepoLock {
    #[expect(dead_code, reason = "held for its destructor")]
    held: Arc<Held>,
    /// What a plugin's method holds: it lets go after us.
    #[expect(dead_code, reason = "held for its destructor")]
    kept: Option<Arc<Kept>>,
}

struct Held {
    lock: Mutex<Option<Lock>>,
    repo: Repo,
    callbacks: Mutex<Vec<Callback>>,
}

impl Drop for Held {
    fn drop(&mut self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
        let callbacks =
            std::mem::take(&mut *self.callbacks.lock().unwrap_or_else(PoisonError::into_inner));
        let success = !std::thread::panicking();
        for callback in callbacks {
            callback(&self.repo, success);
        }
    }
}

/// Which locks this process holds on the repository.
#[derive(Default)]
pub(super) struct Locks {
    working: Mutex<Weak<Held>>,
    store: Mutex<Weak<Held>>,
}

impl Repo {
    /// Takes the lock of the working directory, waiting as configured. Take it before the store's.
    ///
    /// # Errors
    /// When it is held by somebody else for too long, or cannot be made.
    pub fn wlock(&self) -> Result<RepoLock> {
        self.wlock_with(true)
    }

    /// Takes the lock of the working directory; without `wait`, fails at once when it is held.
    ///
    /// # Errors
    /// When it is held by somebody else, or cannot be made.
    pub fn wlock_with(&self, wait: bool) -> Result<RepoLock> {
        match self.replaced(RepoMethod::Wlock) {
            None => self.wlock_plainly(wait),
            Some(overrides) => {
                let kept = Kept::new(overrides.lock(true, wait)?);
                Ok(RepoLock { kept: Some(Arc::new(kept)), ..self.wlock_plainly(wait)? })
            }
        }
    }

    /// The original of [`Repo::wlock_with`]: what replacements build upon.
    ///
    /// # Errors
    /// Those of [`Repo::wlock_with`].
    pub fn wlock_plainly(&self, wait: bool) -> Result<RepoLock> {
        if let Some(held) = upgrade(&self.0.locks.working) {
            return Ok(RepoLock { held, kept: None });
        }
        let description = [b"working directory of ", self.display_root()].concat();
        self.acquire(&self.0.locks.working, self.vfs(), "wlock", description, wait)
    }

    /// Takes the lock of the store, waiting as configured.
    ///
    /// # Errors
    /// When it is held by somebody else for too long, or cannot be made.
    pub fn lock(&self) -> Result<RepoLock> {
        self.lock_with(true)
    }

    /// Takes the lock of the store; without `wait`, fails at once when it is held.
    ///
    /// # Errors
    /// When it is held by somebody else, or cannot be made.
    pub fn lock_with(&self, wait: bool) -> Result<RepoLock> {
        match self.replaced(RepoMethod::Lock) {
            None => self.lock_plainly(wait),
            Some(overrides) => {
                let kept = Kept::new(overrides.lock(false, wait)?);
                Ok(RepoLock { kept: Some(Arc::new(kept)), ..self.lock_plainly(wait)? })
            }
        }
    }

    /// The original of [`Repo::lock_with`]: what replacements build upon.
    ///
    /// # Errors
    /// Those of [`Repo::lock_with`].
    pub fn lock_plainly(&self, wait: bool) -> Result<RepoLock> {
        if let Some(held) = upgrade(&self.0.locks.store) {
            return Ok(RepoLock { held, kept: None });
        }
        let description = [b"repository ", self.display_root()].concat();
        let vfs = self.store_vfs().raw();
        let lock = self.acquire(&self.0.locks.store, vfs, "lock", description, wait)?;
        self.invalidate();
        Ok(lock)
    }

    /// Whether this process holds the lock of the working directory.
    #[must_use]
    pub fn holds_wlock(&self) -> bool {
        upgrade(&self.0.locks.working).is_some()
    }

    /// Whether this process holds the lock of the store.
    #[must_use]
    pub fn holds_lock(&self) -> bool {
        upgrade(&self.0.locks.store).is_some()
    }

    /// Runs `callback` when the outermost lock has been let go, at once when none is held. Its second
    /// argument tells whether all went well.
    pub fn after_unlock(&self, callback: impl FnOnce(&Self, bool) + Send + 'static) {
        let held = upgrade(&self.0.locks.working).or_else(|| upgrade(&self.0.locks.store));
        match held {
            Some(held) => {
                let mut callbacks = held.callbacks.lock().unwrap_or_else(PoisonError::into_inner);
                callbacks.push(Box::new(callback));
            }
            None => callback(self, true),
        }
    }

    fn acquire(
        &self,
        slot: &Mutex<Weak<Held>>,
        vfs: &Vfs,
        name: &str,
        description: Vec<u8>,
        wait: bool,
    ) -> Result<RepoLock> {
        let config = self.config();
        let timeout = if wait { config.get_int("ui", "timeout")? } else { 0 };
        let warn_after = config.get_int("ui", "timeout.warn")?;
        let inherited = (name == "wlock")
            .then(|| config.environment().var("HG_WLOCK_LOCKER").map(<[u8]>::to_vec))
            .flatten();
        let options = LockOptions { description, timeout, warn_after, inherited };
        let lock = Lock::acquire(vfs, name, &options, &*self.reporter())?;
        let held = Arc::new(Held {
            lock: Mutex::new(Some(lock)),
            repo: self.clone(),
            callbacks: Mutex::default(),
        });
        *slot.lock().map_err(|_| poisoned())? = Arc::downgrade(&held);
        Ok(RepoLock { held, kept: None })
    }
}

fn upgrade(slot: &Mutex<Weak<Held>>) -> Option<Arc<Held>> {
    slot.lock().unwrap_or_else(PoisonError::into_inner).upgrade()
}

fn poisoned() -> Error {
    Error::new(ErrorKind::Programming, "a thread died while it took a lock")
}
