//! Working without the interpreter's lock: panics stay inside, forked children get a pool of their own.

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};

use cpython::{PyResult, Python};
use hg_types::Result;

use crate::errors::{panicked, to_python};

/// Whether this process was forked after importing the module: the threads of rayon's pool live in its
/// parent only. Asking for the number of the process instead would cost each call a system call.
static FORKED: AtomicBool = AtomicBool::new(false);

/// Has forked children know that they are: called once, when the module is imported.
#[cfg_attr(unix, expect(unsafe_code, reason = "the C library is told of a function"))]
pub(crate) fn born() {
    #[cfg(unix)]
    {
        unsafe extern "C" fn in_child() {
            FORKED.store(true, Ordering::Relaxed);
        }
        // SAFETY: the function lives as long as the process (interpreters never unload modules) and does
        // nothing that a forked child must not.
        let status = unsafe { libc::pthread_atfork(None, None, Some(in_child)) };
        // Nobody would tell: every process looks for a pool of its own.
        FORKED.store(status != 0, Ordering::Relaxed);
    }
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
    if !FORKED.load(Ordering::Relaxed) {
        return work();
    }
    match pool(std::process::id()) {
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
