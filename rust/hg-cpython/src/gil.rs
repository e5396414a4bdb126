//! Working without the interpreter's lock: panics stay inside, forked children get a pool of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Mutex, PoisonError};

use cpython::{PyResult, Python};
use hg_types::Result;

use crate::errors::{panicked, to_python};

/// The process that imported the module; threads of rayon's pool live in no other.
static BIRTH: AtomicU32 = AtomicU32::new(0);

/// Remembers the process: called once, when the module is imported.
pub(crate) fn born() {
    BIRTH.store(std::process::id(), Ordering::Relaxed);
}

/// Does work that may take long without holding the interpreter's lock.
pub(crate) fn unlocked<T: Send>(
    py: Python<'_>,
    work: impl FnOnce() -> Result<T> + Send,
) -> PyResult<T> {
    // A panic that leaves the closure would come back without the lock: it stops here.
    let caught = py.allow_threads(|| catch_unwind(AssertUnwindSafe(|| on_pool(work))));
    match caught {
        Ok(answer) => answer.map_err(|error| to_python(py, &error)),
        Err(panic) => Err(panicked(py, &*panic)),
    }
}

/// Does work of microseconds; the interpreter's lock stays where it is.
pub(crate) fn quick<T>(py: Python<'_>, work: impl FnOnce() -> Result<T>) -> PyResult<T> {
    match catch_unwind(AssertUnwindSafe(work)) {
        Ok(answer) => answer.map_err(|error| to_python(py, &error)),
        Err(panic) => Err(panicked(py, &*panic)),
    }
}

/// In the process that imported the module, rayon's own pool serves. A forked child has inherited it
/// without its threads and would wait for them for ever: work runs on a pool made in the child.
pub(crate) fn on_pool<T: Send>(work: impl FnOnce() -> T + Send) -> T {
    let process = std::process::id();
    if process == BIRTH.load(Ordering::Relaxed) {
        return work();
    }
    match pool(process) {
        Some(pool) => pool.install(work),
        None => work(),
    }
}

fn pool(process: u32) -> Option<&'static rayon::ThreadPool> {
    static POOL: Mutex<(u32, Option<&'static rayon::ThreadPool>)> = Mutex::new((0, None));
    let mut slot = POOL.lock().unwrap_or_else(PoisonError::into_inner);
    if slot.0 != process {
        let made = rayon::ThreadPoolBuilder::new().build().ok();
        // The parent's pool, if any, has no threads here: dropping it would wait for them.
        *slot = (process, made.map(|pool| &*Box::leak(Box::new(pool))));
    }
    slot.1
}
