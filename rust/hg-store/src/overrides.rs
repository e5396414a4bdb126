//! Methods of a repository that a plugin has replaced. Without any, a call costs one branch.
//!
//! Native operations go through the methods named here. A replacement builds upon the originals
//! (`lock_plainly`, `transaction_plainly`, ...), as a method of a subclass calls that of the class above.

use std::any::Any;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use hg_types::Result;

use crate::Repo;

/// A method that a plugin may replace.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum RepoMethod {
    /// [`Repo::lock`].
    Lock,
    /// [`Repo::wlock`].
    Wlock,
    /// [`Repo::transaction`].
    Transaction,
    /// Storing a changeset.
    Commitctx,
    /// Comparing the working directory.
    Status,
    /// Told before changesets are removed.
    Destroying,
    /// Told when changesets were removed.
    Destroyed,
    /// Bringing changesets to another repository.
    Push,
    /// Bringing changesets from another repository.
    Pull,
    /// Making of a file of the working directory what is stored.
    Wread,
    /// Making of what is stored what a file of the working directory has.
    Wwritedata,
    /// Writing a file of the working directory.
    Wwrite,
    /// Functions that `[encode]` and `[decode]` name.
    Datafilter,
}

impl RepoMethod {
    /// All of them, with the names that plugins know them by.
    pub const ALL: [(Self, &'static str); 13] = [
        (Self::Lock, "lock"),
        (Self::Wlock, "wlock"),
        (Self::Transaction, "transaction"),
        (Self::Commitctx, "commitctx"),
        (Self::Status, "status"),
        (Self::Destroying, "destroying"),
        (Self::Destroyed, "destroyed"),
        (Self::Push, "exchange.push"),
        (Self::Pull, "exchange.pull"),
        (Self::Wread, "wread"),
        (Self::Wwritedata, "wwritedata"),
        (Self::Wwrite, "wwrite"),
        (Self::Datafilter, "adddatafilter"),
    ];

    fn bit(self) -> u32 {
        1 << (self as u32)
    }
}

/// What a replaced method holds until the native work is over.
pub trait Keeper: Send + Sync {
    /// Ends it well (a transaction is closed).
    ///
    /// # Errors
    /// When it cannot be.
    fn close(&self) -> Result<()>;

    /// Lets go; what was not closed is undone.
    fn release(&self);
}

/// A share of what a replaced method holds; the last one lets go.
pub(crate) struct Kept(Box<dyn Keeper>);

impl Drop for Kept {
    fn drop(&mut self) {
        self.0.release();
    }
}

impl Kept {
    pub(crate) fn new(keeper: Box<dyn Keeper>) -> Self {
        Self(keeper)
    }

    pub(crate) fn close(&self) -> Result<()> {
        self.0.close()
    }
}

/// Whoever has replaced methods of this floor. Those of higher floors are asked for by their own traits
/// ([`RepoOverrides::part`]).
pub trait RepoOverrides: Send + Sync {
    /// Takes a lock.
    ///
    /// # Errors
    /// When it cannot be had.
    fn lock(&self, working: bool, wait: bool) -> Result<Box<dyn Keeper>>;

    /// Begins or joins a transaction.
    ///
    /// # Errors
    /// When it cannot begin.
    fn transaction(&self, description: &str) -> Result<Box<dyn Keeper>>;

    /// Tells that changesets go ([`RepoMethod::Destroying`]) or are gone ([`RepoMethod::Destroyed`]).
    ///
    /// # Errors
    /// When the plugin refuses.
    fn notify(&self, moment: RepoMethod) -> Result<()>;

    /// The replacement of a method of a higher floor, as that floor's crate knows it.
    fn part(&self, method: RepoMethod) -> Option<Box<dyn Any>>;
}

#[derive(Default)]
pub(crate) struct Overrides {
    methods: AtomicU32,
    by: RwLock<Option<Arc<dyn RepoOverrides>>>,
}

impl Repo {
    /// Lets `overrides` answer for these methods; `None` restores the originals.
    pub fn set_overrides(&self, methods: &[RepoMethod], overrides: Option<Arc<dyn RepoOverrides>>) {
        let bits = methods.iter().fold(0, |bits, method| bits | method.bit());
        let slot = self.overrides();
        let bits = if overrides.is_some() { bits } else { 0 };
        *slot.by.write().unwrap_or_else(PoisonError::into_inner) = overrides;
        slot.methods.store(bits, Ordering::Relaxed);
    }

    /// Whoever has replaced `method`.
    #[must_use]
    pub fn replaced(&self, method: RepoMethod) -> Option<Arc<dyn RepoOverrides>> {
        let slot = self.overrides();
        if slot.methods.load(Ordering::Relaxed) & method.bit() == 0 {
            return None;
        }
        slot.by.read().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// The replacement of a method of a higher floor.
    #[must_use]
    pub fn replacement<T: 'static>(&self, method: RepoMethod) -> Option<Box<T>> {
        self.replaced(method)?.part(method)?.downcast().ok()
    }

    /// Tells whoever replaced the method that changesets go or are gone.
    ///
    /// # Errors
    /// When a plugin refuses.
    pub fn notify(&self, moment: RepoMethod) -> Result<()> {
        self.replaced(moment).map_or(Ok(()), |overrides| overrides.notify(moment))
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Mutex;

    use super::*;
    use crate::{InitOptions, OpenOptions};

    #[derive(Default)]
    struct Log(Arc<Mutex<Vec<String>>>);

    impl Log {
        fn say(&self, text: &str) {
            self.0.lock().expect("no test panics with it").push(text.to_owned());
        }
    }

    struct Held(Log, &'static str);

    impl Keeper for Held {
        fn close(&self) -> Result<()> {
            self.0.say(&format!("close {}", self.1));
            Ok(())
        }
        fn release(&self) {
            self.0.say(&format!("release {}", self.1));
        }
    }

    impl RepoOverrides for Log {
        fn lock(&self, _: bool, _: bool) -> Result<Box<dyn Keeper>> {
            self.say("lock");
            Ok(Box::new(Held(Self(self.0.clone()), "lock")))
        }
        fn transaction(&self, description: &str) -> Result<Box<dyn Keeper>> {
            self.say(description);
            Ok(Box::new(Held(Self(self.0.clone()), "transaction")))
        }
        fn notify(&self, _: RepoMethod) -> Result<()> {
            self.say("notified");
            Ok(())
        }
        fn part(&self, _: RepoMethod) -> Option<Box<dyn Any>> {
            Some(Box::new(7_i32))
        }
    }

    fn repository(directory: &tempfile::TempDir) -> Repo {
        let options = OpenOptions {
            config: hg_config::Config::empty(hg_config::Environment::default()),
            ..OpenOptions::default()
        };
        Repo::init(directory.path(), options, &InitOptions::default()).expect("a new repository")
    }

    #[test]
    fn replaced_methods_are_called_and_let_go() {
        let directory = tempfile::tempdir().expect("a directory");
        let repo = repository(&directory);
        let log = Log::default();
        let said = log.0.clone();
        let methods = [RepoMethod::Lock, RepoMethod::Transaction];
        repo.set_overrides(&methods, Some(Arc::new(log)));
        {
            let _lock = repo.lock().expect("a lock");
            let tr = repo.transaction("work").expect("a transaction");
            tr.close().expect("it closes");
        }
        let expected = ["lock", "work", "close transaction", "release transaction", "release lock"];
        assert_eq!(*said.lock().expect("nobody panics"), expected);
        assert!(repo.replaced(RepoMethod::Wlock).is_none());
        assert_eq!(repo.replacement::<i32>(RepoMethod::Lock), Some(Box::new(7)));
        repo.set_overrides(&methods, None);
        assert!(repo.replaced(RepoMethod::Lock).is_none());
    }
}
