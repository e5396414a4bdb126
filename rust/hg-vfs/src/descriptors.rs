//! Tables of open files.

/// Gives the calling thread a table of open files of its own, a copy of the one it shared, where the
/// system can do that and allows it; nothing else happens where not. Opening, closing and asking
/// relative to an open directory are cheaper for it: in a shared table all of them write to the same
/// cache lines.
///
/// # Safety
/// From then on the thread uses no file that another thread opens, and nobody else uses one that it
/// opens: the same number may mean another file there.
#[expect(unsafe_code, reason = "files that other threads open are no longer files here")]
pub unsafe fn separate_descriptors() {
    #[cfg(target_os = "linux")]
    // SAFETY: unshare(2) touches no memory; the caller answers for the files.
    unsafe {
        libc::unshare(libc::CLONE_FILES);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::File;
    use std::io::Read as _;

    use super::*;

    #[test]
    fn open_files_stay_open_on_both_sides() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let path = temporary.path().join("a");
        std::fs::write(&path, b"12").expect("writable");
        let mut outside = File::open(&path).expect("there");
        std::thread::scope(|scope| {
            scope.spawn(|| {
                #[expect(unsafe_code, reason = "what is tested")]
                // SAFETY: what is opened here is closed here, and `outside` is older.
                unsafe {
                    separate_descriptors();
                }
                let mut text = Vec::new();
                File::open(&path).expect("there").read_to_end(&mut text).expect("readable");
                (&outside).read_to_end(&mut text).expect("readable");
                assert_eq!(text, b"1212");
            });
        });
        let mut text = Vec::new();
        outside.read_to_end(&mut text).expect("still open");
        assert!(text.is_empty(), "both sides share the position");
    }
}
