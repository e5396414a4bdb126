//! The C API: index, node map and dirstate for native code of third parties, with no Python object
//! between. `mercurial/include/hg_capi.h` is its other half: a change here is a change there.
//!
//! All functions are called with pointers that this module gave away and the caller still holds; each
//! catches panics and gives a status. None needs the interpreter's lock.

use std::ffi::{CStr, c_void};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use cpython::_detail::ffi;
use cpython::{PyErr, PyModule, PyObject, PyResult, Python};
use hg_store::revlog::{RevBits, Revlog};
use hg_types::{HgPath, Node, Revision};
use hg_wdir::WorkingDir;

use crate::repo::Shared;
use crate::revlog::Snapshot;

/// Bumped on the left when something changes that callers rely on, on the right when something is added.
const ABI_VERSION: u32 = 1 << 16;

const OK: i32 = 0;
const CLOSED: i32 = 1;
const NOT_FOUND: i32 = 2;
const INVALID: i32 = 3;
const PANIC: i32 = 4;
const FAILED: i32 = 5;

/// An index at one moment.
struct IndexShare {
    shared: Arc<Shared>,
    revlog: Revlog,
    hidden: Arc<RevBits>,
}

#[repr(C)]
struct DirstateEntry {
    tracked: u8,
    p1_tracked: u8,
    p2_info: u8,
    has_metadata: u8,
    mode: u32,
    size: i64,
    mtime_seconds: i64,
    mtime_nanoseconds: u32,
    padding: u32,
}

type Visit = unsafe extern "C" fn(*mut c_void, *const u8, usize, *const DirstateEntry) -> i32;

/// The table of functions; new ones are added at the end.
#[repr(C)]
struct Api {
    abi_version: u32,
    struct_size: u32,
    repo_retain: unsafe extern "C" fn(*const Shared),
    repo_release: unsafe extern "C" fn(*const Shared),
    repo_index: unsafe extern "C" fn(*const Shared, *mut *const IndexShare) -> i32,
    repo_dirstate: unsafe extern "C" fn(*const Shared, *mut *mut WorkingDir) -> i32,
    index_retain: unsafe extern "C" fn(*const IndexShare),
    index_release: unsafe extern "C" fn(*const IndexShare),
    index_len: unsafe extern "C" fn(*const IndexShare, *mut i32) -> i32,
    index_node: unsafe extern "C" fn(*const IndexShare, i32, *mut u8) -> i32,
    index_rev: unsafe extern "C" fn(*const IndexShare, *const u8, usize, *mut i32) -> i32,
    index_parents: unsafe extern "C" fn(*const IndexShare, i32, *mut i32) -> i32,
    index_linkrev: unsafe extern "C" fn(*const IndexShare, i32, *mut i32) -> i32,
    index_hidden: unsafe extern "C" fn(*const IndexShare, i32, *mut i32) -> i32,
    dirstate_release: unsafe extern "C" fn(*mut WorkingDir),
    dirstate_get:
        unsafe extern "C" fn(*const WorkingDir, *const u8, usize, *mut DirstateEntry) -> i32,
    dirstate_each: unsafe extern "C" fn(*const WorkingDir, Visit, *mut c_void) -> i32,
}

static API: Api = Api {
    abi_version: ABI_VERSION,
    struct_size: size_of::<Api>() as u32,
    repo_retain: retain::<Shared>,
    repo_release: release::<Shared>,
    repo_index,
    repo_dirstate,
    index_retain: retain::<IndexShare>,
    index_release: release::<IndexShare>,
    index_len,
    index_node,
    index_rev,
    index_parents,
    index_linkrev,
    index_hidden,
    dirstate_release,
    dirstate_get,
    dirstate_each,
};

/// Runs a function of the API; a panic becomes a status.
fn guarded(body: impl FnOnce() -> i32) -> i32 {
    catch_unwind(AssertUnwindSafe(body)).unwrap_or(PANIC)
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn retain<T>(object: *const T) {
    // SAFETY: the caller holds a share, made by `Arc::into_raw`.
    unsafe { Arc::increment_strong_count(object) }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn release<T>(object: *const T) {
    // SAFETY: the caller gives its share up.
    guarded(|| unsafe {
        Arc::decrement_strong_count(object);
        OK
    });
}

/// The repository, unless it was closed.
fn open(shared: &Shared) -> Option<hg_store::Repo> {
    shared.slot.peek()
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn repo_index(repo: *const Shared, out: *mut *const IndexShare) -> i32 {
    guarded(|| {
        // SAFETY: the caller holds a share of the repository.
        let shared = unsafe {
            Arc::increment_strong_count(repo);
            Arc::from_raw(repo)
        };
        let Some(repo) = open(&shared) else { return CLOSED };
        let (Ok(changelog), Ok(hidden)) = (repo.changelog(), repo.hidden_revs()) else {
            return FAILED;
        };
        let index = IndexShare { shared, revlog: (**changelog).clone(), hidden };
        // SAFETY: `out` is room for a pointer.
        unsafe { out.write(Arc::into_raw(Arc::new(index))) };
        OK
    })
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn repo_dirstate(repo: *const Shared, out: *mut *mut WorkingDir) -> i32 {
    guarded(|| {
        // SAFETY: the caller holds a share of the repository.
        let Some(repo) = open(unsafe { &*repo }) else { return CLOSED };
        let Ok(wdir) = WorkingDir::open(&repo) else { return FAILED };
        // SAFETY: `out` is room for a pointer.
        unsafe { out.write(Box::into_raw(Box::new(wdir))) };
        OK
    })
}

/// Asks an index about a revision that it has; null counts where `null` says so.
#[expect(unsafe_code, reason = "C API")]
unsafe fn ask_index(
    index: *const IndexShare,
    rev: i32,
    answer: impl FnOnce(&IndexShare, Revision) -> i32,
) -> i32 {
    guarded(|| {
        // SAFETY: the caller holds a share of the index.
        let index = unsafe { &*index };
        if !index.shared.slot.is_open() {
            return CLOSED;
        }
        match index.revlog.check_rev(rev.into()) {
            Some(rev) => answer(index, rev),
            None => INVALID,
        }
    })
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_len(index: *const IndexShare, out: *mut i32) -> i32 {
    // SAFETY: `out` is room for a number; for the index see `ask_index`.
    unsafe {
        ask_index(index, -1, |index, _| {
            out.write(i32::try_from(index.revlog.len()).unwrap_or(i32::MAX));
            OK
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_node(index: *const IndexShare, rev: i32, out: *mut u8) -> i32 {
    // SAFETY: `out` is room for 20 bytes.
    unsafe {
        ask_index(index, rev, |index, rev| {
            let node = index.revlog.node(rev);
            out.copy_from_nonoverlapping(node.0.as_ptr(), node.0.len());
            OK
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_rev(
    index: *const IndexShare,
    node: *const u8,
    len: usize,
    out: *mut i32,
) -> i32 {
    // SAFETY: `node` points to `len` bytes, `out` is room for a number.
    unsafe {
        ask_index(index, -1, |index, _| {
            let Some(node) = Node::from_slice(std::slice::from_raw_parts(node, len)) else {
                return INVALID;
            };
            match index.revlog.find(&node).filter(|rev| !index.hidden.contains(*rev)) {
                Some(rev) => {
                    out.write(rev.get());
                    OK
                }
                None => NOT_FOUND,
            }
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_parents(index: *const IndexShare, rev: i32, out: *mut i32) -> i32 {
    // SAFETY: `out` is room for two numbers.
    unsafe {
        ask_index(index, rev, |index, rev| {
            let [p1, p2] = index.revlog.parents(rev);
            out.write(p1.get());
            out.add(1).write(p2.get());
            OK
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_linkrev(index: *const IndexShare, rev: i32, out: *mut i32) -> i32 {
    // SAFETY: `out` is room for a number.
    unsafe {
        ask_index(index, rev, |index, rev| {
            out.write(index.revlog.linkrev(rev).get());
            OK
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn index_hidden(index: *const IndexShare, rev: i32, out: *mut i32) -> i32 {
    // SAFETY: `out` is room for a number.
    unsafe {
        ask_index(index, rev, |index, rev| {
            out.write(index.hidden.contains(rev).into());
            OK
        })
    }
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn dirstate_release(dirstate: *mut WorkingDir) {
    // SAFETY: made by `repo_dirstate`; the caller gives it up.
    guarded(|| unsafe {
        drop(Box::from_raw(dirstate));
        OK
    });
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn dirstate_get(
    dirstate: *const WorkingDir,
    path: *const u8,
    len: usize,
    out: *mut DirstateEntry,
) -> i32 {
    guarded(|| {
        // SAFETY: the caller holds the dirstate; `path` points to `len` bytes.
        let (dirstate, path) = unsafe { (&*dirstate, std::slice::from_raw_parts(path, len)) };
        match dirstate.dirstate().get(HgPath::new(path)) {
            Ok(Some(entry)) => {
                // SAFETY: `out` is room for an entry.
                unsafe { out.write(entry_of(&entry)) };
                OK
            }
            Ok(None) => NOT_FOUND,
            Err(_) => FAILED,
        }
    })
}

#[expect(unsafe_code, reason = "C API")]
unsafe extern "C" fn dirstate_each(
    dirstate: *const WorkingDir,
    visit: Visit,
    context: *mut c_void,
) -> i32 {
    guarded(|| {
        // SAFETY: the caller holds the dirstate.
        let dirstate = unsafe { &*dirstate };
        let mut stopped = OK;
        let result = dirstate.dirstate().for_each(&mut |item| {
            if stopped == OK {
                let (path, entry) = (item.path.as_bytes(), entry_of(&item.entry));
                // SAFETY: the caller's function; what it gets lives until it returns.
                stopped = unsafe { visit(context, path.as_ptr(), path.len(), &entry) };
            }
            Ok(())
        });
        if result.is_err() { FAILED } else { stopped }
    })
}

fn entry_of(entry: &hg_format::dirstate::Entry) -> DirstateEntry {
    let mtime = entry.mtime.unwrap_or_default();
    DirstateEntry {
        tracked: entry.tracked.into(),
        p1_tracked: entry.p1_tracked.into(),
        p2_info: entry.p2_info.into(),
        has_metadata: entry.metadata.is_some().into(),
        mode: entry.v1_mode(),
        size: entry.metadata.map_or(-1, |data| data.size.into()),
        mtime_seconds: entry.mtime.map_or(-1, |time| time.seconds.into()),
        mtime_nanoseconds: mtime.nanoseconds,
        padding: 0,
    }
}

const REPO: &CStr = c"mercurial.rustext.hg_repo.v1";
const INDEX: &CStr = c"mercurial.rustext.hg_index.v1";

/// A capsule that holds a share of the repository.
pub(crate) fn repo_capsule(py: Python<'_>, shared: &Arc<Shared>) -> PyResult<PyObject> {
    capsule(py, shared.clone(), REPO)
}

/// A capsule that holds an index.
pub(crate) fn index_capsule(py: Python<'_>, snapshot: &Snapshot) -> PyResult<PyObject> {
    let Snapshot { shared, revlog, hidden, .. } = snapshot;
    let index =
        IndexShare { shared: shared.clone(), revlog: revlog.clone(), hidden: hidden.clone() };
    capsule(py, Arc::new(index), INDEX)
}

#[expect(unsafe_code, reason = "makes a capsule with a destructor")]
fn capsule<T>(py: Python<'_>, share: Arc<T>, name: &'static CStr) -> PyResult<PyObject> {
    unsafe extern "C" fn destroy<T>(capsule: *mut ffi::PyObject) {
        // SAFETY: the pointer is the share given below; the interpreter calls this once.
        unsafe {
            let share = ffi::PyCapsule_GetPointer(capsule, ffi::PyCapsule_GetName(capsule));
            if !share.is_null() {
                release(share.cast_const().cast::<T>());
            }
        }
    }
    let share = Arc::into_raw(share);
    // SAFETY: the name is static; on failure the share is given back.
    unsafe {
        let pointer = share.cast_mut().cast();
        let capsule = ffi::PyCapsule_New(pointer, name.as_ptr(), Some(destroy::<T>));
        if capsule.is_null() {
            release(share);
            return Err(PyErr::fetch(py));
        }
        Ok(PyObject::from_owned_ptr(py, capsule))
    }
}

/// Puts the table into the module as `C_API`.
#[expect(unsafe_code, reason = "makes a capsule")]
pub(crate) fn add_to(py: Python<'_>, module: &PyModule) -> PyResult<()> {
    let table: *const Api = &API;
    // SAFETY: table and name are static.
    let capsule = unsafe {
        let name = c"mercurial.rustext.C_API";
        let capsule = ffi::PyCapsule_New(table.cast_mut().cast(), name.as_ptr(), None);
        if capsule.is_null() {
            return Err(PyErr::fetch(py));
        }
        PyObject::from_owned_ptr(py, capsule)
    };
    module.add(py, "C_API", capsule)
}
