//! The interpreter's lock.

use std::cell::Cell;
use std::marker::PhantomData;

use pyo3_ffi as ffi;

use crate::{PyModule, PyObject, PyResult};

thread_local! {
    /// How often this thread has been told that it holds the lock. Nothing here does not mean that it
    /// does not: the interpreter may just have called us.
    static HOLDS: Cell<u32> = const { Cell::new(0) };
}

/// Proof that this thread holds the interpreter's lock.
#[derive(Clone, Copy)]
pub struct Python<'p>(PhantomData<(&'p (), *mut ())>);

impl<'p> Python<'p> {
    /// The proof, for whoever knows it.
    ///
    /// # Safety
    /// The thread holds the lock for as long as `'p` lasts.
    #[inline]
    pub unsafe fn assume_gil_acquired() -> Self {
        Self(PhantomData)
    }

    /// Takes the lock; a thread that holds it already just keeps it.
    pub fn acquire_gil() -> GILGuard {
        // SAFETY: may be called by any thread of a process with an interpreter.
        let state = unsafe { ffi::PyGILState_Ensure() };
        GILGuard { state, _attached: Attached::enter() }
    }

    /// Lets other threads have the lock while `work` runs, which must not panic.
    pub fn allow_threads<T: Send>(self, work: impl FnOnce() -> T + Send) -> T {
        let holds = HOLDS.replace(0);
        // SAFETY: `self` says that this thread holds the lock, and `work` cannot know about it.
        let answer = unsafe {
            let thread = ffi::PyEval_SaveThread();
            let answer = work();
            ffi::PyEval_RestoreThread(thread);
            answer
        };
        HOLDS.set(holds);
        answer
    }

    /// `None`.
    #[expect(non_snake_case, reason = "the name it has in Python")]
    pub fn None(self) -> PyObject {
        // SAFETY: `None` is an object that always exists.
        unsafe { PyObject::from_borrowed_ptr(self, ffi::Py_None()) }
    }

    /// Imports a module.
    pub fn import(self, name: &str) -> PyResult<PyModule> {
        PyModule::import(self, name)
    }
}

/// A thread that is known to hold the lock: objects can be let go of without asking for it.
pub struct Attached(PhantomData<*mut ()>);

impl Attached {
    /// To be called where the interpreter has called us.
    #[inline]
    pub fn enter() -> Self {
        HOLDS.set(HOLDS.get() + 1);
        Self(PhantomData)
    }

    /// Whether this thread is known to hold the lock.
    #[inline]
    pub(crate) fn is_known() -> bool {
        // A thread that is ending no longer knows.
        HOLDS.try_with(Cell::get).unwrap_or(0) > 0
    }
}

impl Drop for Attached {
    #[inline]
    fn drop(&mut self) {
        HOLDS.set(HOLDS.get() - 1);
    }
}

/// Holds the interpreter's lock.
pub struct GILGuard {
    state: ffi::PyGILState_STATE,
    _attached: Attached,
}

impl GILGuard {
    /// The proof.
    pub fn python(&self) -> Python<'_> {
        Python(PhantomData)
    }
}

impl Drop for GILGuard {
    fn drop(&mut self) {
        // SAFETY: the state is that of the matching call; guards of a thread end in reverse order.
        unsafe { ffi::PyGILState_Release(self.state) }
    }
}
