//! Permissions of files made inside a repository.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;
use std::sync::OnceLock;

/// The process's file creation mask, read once.
#[must_use]
#[expect(unsafe_code, reason = "there is no safe way to ask for the mask")]
pub fn umask() -> u32 {
    static MASK: OnceLock<u32> = OnceLock::new();
    *MASK.get_or_init(|| {
        // SAFETY: umask(2) cannot fail and touches no memory; the mask is put back at once.
        unsafe {
            let mask = libc::umask(0);
            libc::umask(mask);
            mask
        }
    })
}

/// The mode that files below `directory` get, `None` when the mask gives the same anyway: whoever
/// may write the directory may write what is in it.
#[must_use]
pub fn create_mode(directory: &Path) -> Option<u32> {
    let mode = std::fs::metadata(directory).ok()?.mode();
    (0o777 & !umask() != 0o777 & mode).then_some(mode)
}
