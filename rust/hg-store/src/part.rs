//! A part of the repository in memory, reloaded when its files changed.

use std::sync::{Arc, Mutex, PoisonError};

use hg_types::Result;

/// A lazily loaded part with the key of what it was loaded from (usually the stat of its files).
///
/// A loaded part is handed out without looking at the disk until [`Part::doubt`] is called: what one
/// command sees stays the same until it takes a lock.
#[derive(Debug)]
pub(crate) struct Part<T, K> {
    slot: Mutex<Option<Loaded<T, K>>>,
}

#[derive(Debug)]
struct Loaded<T, K> {
    value: Arc<T>,
    key: K,
    trusted: bool,
}

impl<T, K> Default for Part<T, K> {
    fn default() -> Self {
        Self { slot: Mutex::new(None) }
    }
}

impl<T, K: PartialEq> Part<T, K> {
    /// The part; `key` is asked when nothing is loaded or what is loaded is in doubt, and `load` runs
    /// when the answer differs from last time.
    ///
    /// # Errors
    /// What `load` fails with.
    pub(crate) fn get(
        &self,
        key: impl FnOnce() -> K,
        load: impl FnOnce() -> Result<T>,
    ) -> Result<Arc<T>> {
        let old_key = {
            let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
            match &mut *slot {
                Some(loaded) if loaded.trusted => return Ok(loaded.value.clone()),
                Some(loaded) => {
                    let key = key();
                    if loaded.key == key {
                        loaded.trusted = true;
                        return Ok(loaded.value.clone());
                    }
                    key
                }
                None => key(),
            }
        };
        // Not under the lock: loading one part may ask for others, on other threads too.
        let value = Arc::new(load()?);
        self.put(value.clone(), old_key);
        Ok(value)
    }

    /// Says that the files are what is loaded: this process has written them.
    pub(crate) fn renew(&self, key: K) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &mut *slot {
            loaded.key = key;
        }
    }

    /// Replaces the part by what was just written.
    pub(crate) fn put(&self, value: Arc<T>, key: K) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        *slot = Some(Loaded { value, key, trusted: true });
    }

    /// Asks for the key again next time: somebody may have changed the files.
    pub(crate) fn doubt(&self) {
        let mut slot = self.slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(loaded) = &mut *slot {
            loaded.trusted = false;
        }
    }

    /// Forgets the part.
    pub(crate) fn clear(&self) {
        *self.slot.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}
