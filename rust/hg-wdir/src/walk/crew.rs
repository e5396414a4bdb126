//! The threads of a big walk.

use rayon::{ThreadPool, ThreadPoolBuilder};

/// From so many known files on, starting threads costs less than it saves. Trees of tests are small:
/// some must be big enough.
const OWN_THREADS_FROM: usize = if cfg!(debug_assertions) { 8 } else { 20_000 };

/// Threads for a walk over `known` files, each with a table of open files of its own; `None` when
/// the shared ones do. A walk opens nothing that it does not close on the same thread, but matchers
/// may run anything: this is for walks over everything.
pub(super) fn crew(known: usize) -> Option<ThreadPool> {
    if known < OWN_THREADS_FROM {
        return None;
    }
    let start = |_| {
        #[expect(unsafe_code, reason = "the threads' open files are looked after here")]
        // SAFETY: the threads run nothing but one walk. What they share, the root's handle, was
        // opened before they start; any other is opened, used and closed by one thread.
        unsafe {
            hg_vfs::separate_descriptors();
        }
    };
    ThreadPoolBuilder::new().start_handler(start).build().ok()
}
