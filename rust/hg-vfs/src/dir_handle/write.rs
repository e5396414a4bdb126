//! Making files in an open directory.

use std::fs::File;
use std::io::{self, Write as _};

use rustix::fs::{AtFlags, Mode, OFlags};

use super::{DirHandle, NodeStat};
use crate::bytes_to_path;

impl DirHandle {
    /// Removes the file or link `name`, if it is there.
    ///
    /// # Errors
    /// When it is a directory or cannot be removed.
    pub fn try_remove(&self, name: &[u8]) -> io::Result<()> {
        match rustix::fs::unlinkat(&self.0, bytes_to_path(name), AtFlags::empty()) {
            Err(rustix::io::Errno::NOENT) => Ok(()),
            other => Ok(other?),
        }
    }

    /// Makes the file `name`, which is not there, and says how it looks when all is written.
    ///
    /// # Errors
    /// When it is there or cannot be written.
    pub fn create_file(
        &self,
        name: &[u8],
        content: &[u8],
        executable: bool,
    ) -> io::Result<NodeStat> {
        let flags =
            OFlags::WRONLY | OFlags::CREATE | OFlags::EXCL | OFlags::NOFOLLOW | OFlags::CLOEXEC;
        let mode = if executable { 0o777 } else { 0o666 };
        let file =
            rustix::fs::openat(&self.0, bytes_to_path(name), flags, Mode::from_raw_mode(mode))?;
        let mut file = File::from(file);
        file.write_all(content)?;
        Ok(NodeStat::new(&rustix::fs::fstat(&file)?))
    }

    /// Makes the symbolic link `name`, which is not there, and says how it looks.
    ///
    /// # Errors
    /// When it is there or cannot be made.
    pub fn create_link(&self, name: &[u8], target: &[u8]) -> io::Result<NodeStat> {
        rustix::fs::symlinkat(bytes_to_path(target), &self.0, bytes_to_path(name))?;
        self.stat(name)?.ok_or_else(|| io::ErrorKind::NotFound.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn makes_files_and_links() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        let directory = DirHandle::open(temporary.path()).expect("there");
        let stat = directory.create_file(b"a", b"123", true).expect("writable");
        assert_eq!((stat.size, stat.is_executable()), (3, true));
        assert!(directory.create_file(b"a", b"", false).is_err(), "it is there");
        directory.create_link(b"l", b"a").expect("writable");
        assert_eq!(directory.read_link(b"l").expect("a link"), b"a");
        assert!(directory.create_file(b"l", b"x", false).is_err(), "links are not followed");
        directory.try_remove(b"l").expect("removable");
        directory.try_remove(b"l").expect("not there");
    }
}
