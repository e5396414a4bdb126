//! Open directories: names listed into one buffer, files asked about relative to the directory.
//!
//! A walk over a big working directory asks about every file in it. Relative to an open directory
//! the system resolves one name instead of a whole path, and nothing is allocated for a file that
//! nobody will hear of.

mod write;

use std::ffi::CString;
use std::fs::File;
use std::io::{self, Read as _};
use std::mem::MaybeUninit;
use std::os::fd::OwnedFd;
use std::path::Path;

use rustix::fs::{AtFlags, FileType, Mode, OFlags, RawDir};

/// What a name in a directory is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum NodeKind {
    /// A regular file.
    File,
    /// A symbolic link.
    Symlink,
    /// A directory.
    Directory,
    /// A named pipe.
    Fifo,
    /// A socket.
    Socket,
    /// A device of characters.
    CharacterDevice,
    /// A device of blocks.
    BlockDevice,
    /// Anything else, or the system did not say.
    Unknown,
}

impl NodeKind {
    /// Whether this can be under control: a file or a symbolic link.
    #[must_use]
    #[inline]
    pub fn is_trackable(self) -> bool {
        matches!(self, Self::File | Self::Symlink)
    }

    fn new(kind: FileType) -> Self {
        match kind {
            FileType::RegularFile => Self::File,
            FileType::Symlink => Self::Symlink,
            FileType::Directory => Self::Directory,
            FileType::Fifo => Self::Fifo,
            FileType::Socket => Self::Socket,
            FileType::CharacterDevice => Self::CharacterDevice,
            FileType::BlockDevice => Self::BlockDevice,
            FileType::Unknown => Self::Unknown,
        }
    }
}

/// What the system says about a file, symbolic links not followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NodeStat {
    /// What it is.
    pub kind: NodeKind,
    /// Permission bits.
    pub mode: u32,
    /// Size in bytes.
    pub size: u64,
    /// Modification time: seconds since the epoch.
    pub mtime: i64,
    /// Modification time: nanoseconds.
    pub mtime_nanoseconds: u32,
}

impl NodeStat {
    /// Whether the owner may execute it.
    #[must_use]
    #[inline]
    pub fn is_executable(&self) -> bool {
        self.mode & 0o100 != 0
    }

    /// Asks about `path`; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn of(path: &Path) -> io::Result<Option<Self>> {
        found(rustix::fs::lstat(path))
    }

    /// Asks about `path`, which should be there.
    ///
    /// # Errors
    /// When it is not there, or the system cannot tell.
    pub fn of_existing(path: &Path) -> io::Result<Self> {
        Ok(Self::new(&rustix::fs::lstat(path)?))
    }

    #[inline]
    fn new(stat: &rustix::fs::Stat) -> Self {
        Self {
            kind: NodeKind::new(FileType::from_raw_mode(stat.st_mode)),
            mode: stat.st_mode & 0o7777,
            size: u64::try_from(stat.st_size).unwrap_or_default(),
            mtime: stat.st_mtime,
            mtime_nanoseconds: u32::try_from(stat.st_mtime_nsec).unwrap_or_default(),
        }
    }
}

/// Not there, or hidden by a file where a directory should be.
#[inline]
fn found(result: rustix::io::Result<rustix::fs::Stat>) -> io::Result<Option<NodeStat>> {
    use rustix::io::Errno;
    match result {
        Ok(stat) => Ok(Some(NodeStat::new(&stat))),
        Err(Errno::NOENT | Errno::NOTDIR | Errno::LOOP) => Ok(None),
        Err(error) => Err(error.into()),
    }
}

/// The names in a directory, in one buffer.
#[derive(Default, Debug)]
pub struct Names {
    bytes: Vec<u8>,
    entries: Vec<(u32, u32, NodeKind)>,
}

impl Names {
    /// How many.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether there is none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// The name at `index`, and what it is.
    #[must_use]
    pub fn get(&self, index: usize) -> Option<(&[u8], NodeKind)> {
        let &(start, end, kind) = self.entries.get(index)?;
        Some((&self.bytes[start as usize..end as usize], kind))
    }

    /// All names with what they are, in order of their bytes.
    pub fn iter(&self) -> impl Iterator<Item = (&[u8], NodeKind)> {
        self.entries
            .iter()
            .map(|&(start, end, kind)| (&self.bytes[start as usize..end as usize], kind))
    }

    /// Whether `name` is there, and what it is.
    #[must_use]
    pub fn find(&self, name: &[u8]) -> Option<NodeKind> {
        let bytes = &self.bytes;
        let at = self
            .entries
            .binary_search_by(|&(start, end, _)| bytes[start as usize..end as usize].cmp(name))
            .ok()?;
        Some(self.entries[at].2)
    }

    fn push(&mut self, name: &[u8], kind: NodeKind) -> io::Result<()> {
        let too_long = |_| io::Error::from(io::ErrorKind::FileTooLarge);
        let start = u32::try_from(self.bytes.len()).map_err(too_long)?;
        self.bytes.extend_from_slice(name);
        let end = u32::try_from(self.bytes.len()).map_err(too_long)?;
        self.entries.push((start, end, kind));
        Ok(())
    }

    fn sort(&mut self) {
        let bytes = &self.bytes;
        self.entries.sort_unstable_by(|a, b| {
            bytes[a.0 as usize..a.1 as usize].cmp(&bytes[b.0 as usize..b.1 as usize])
        });
    }
}

/// An open directory.
#[derive(Debug)]
pub struct DirHandle(OwnedFd);

impl DirHandle {
    /// Opens the directory `path`, not through a symbolic link in its last component.
    ///
    /// # Errors
    /// When it is not there, is no directory, or cannot be opened.
    pub fn open(path: &Path) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | OFlags::NOFOLLOW;
        Ok(Self(rustix::fs::open(path, flags, Mode::empty())?))
    }

    /// Opens a directory below this one.
    ///
    /// # Errors
    /// When it is not there, is no directory, or cannot be opened.
    pub fn open_at(&self, path: &[u8]) -> io::Result<Self> {
        self.open_with(path, OFlags::NOFOLLOW)
    }

    /// Opens a directory below this one, or the one that a symbolic link there leads to.
    ///
    /// # Errors
    /// When it is not there, is no directory, or cannot be opened.
    pub fn open_at_through_link(&self, path: &[u8]) -> io::Result<Self> {
        self.open_with(path, OFlags::empty())
    }

    fn open_with(&self, path: &[u8], more: OFlags) -> io::Result<Self> {
        let flags = OFlags::RDONLY | OFlags::DIRECTORY | OFlags::CLOEXEC | more;
        let path = if path.is_empty() { b"." } else { path };
        Ok(Self(rustix::fs::openat(&self.0, crate::bytes_to_path(path), flags, Mode::empty())?))
    }

    /// The names in it, sorted.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn names(&self) -> io::Result<Names> {
        let mut names = Names::default();
        let mut buffer = [MaybeUninit::uninit(); 16 << 10];
        let mut entries = RawDir::new(&self.0, &mut buffer);
        while let Some(entry) = entries.next() {
            let entry = entry?;
            let name = entry.file_name().to_bytes();
            if name != b"." && name != b".." {
                names.push(name, NodeKind::new(entry.file_type()))?;
            }
        }
        names.sort();
        Ok(names)
    }

    /// Asks about the directory itself.
    ///
    /// # Errors
    /// When the system cannot tell.
    pub fn own_stat(&self) -> io::Result<NodeStat> {
        Ok(NodeStat::new(&rustix::fs::fstat(&self.0)?))
    }

    /// Asks about a name in it; `None` when it is not there.
    ///
    /// # Errors
    /// When the system cannot tell.
    #[inline]
    pub fn stat(&self, name: &[u8]) -> io::Result<Option<NodeStat>> {
        // Names are short: this copies to the stack to add the NUL.
        found(rustix::fs::statat(&self.0, crate::bytes_to_path(name), AtFlags::SYMLINK_NOFOLLOW))
    }

    /// How the file at `path` below looks, and its content when it is a regular file; `None` when it
    /// is not there, or is a symbolic link. What is said about it is older than what is read.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn read_file(&self, path: &[u8]) -> io::Result<Option<(NodeStat, Vec<u8>)>> {
        // Whatever took the place of a file must not make this wait.
        let flags = OFlags::RDONLY | OFlags::NOFOLLOW | OFlags::NONBLOCK | OFlags::CLOEXEC;
        let opened = rustix::fs::openat(&self.0, crate::bytes_to_path(path), flags, Mode::empty());
        let file = match opened {
            Ok(file) => file,
            Err(rustix::io::Errno::NOENT | rustix::io::Errno::NOTDIR | rustix::io::Errno::LOOP) => {
                return Ok(None);
            }
            Err(error) => return Err(error.into()),
        };
        let stat = NodeStat::new(&rustix::fs::fstat(&file)?);
        let mut content = Vec::new();
        if stat.kind == NodeKind::File {
            // With room for one byte more, a single read tells where the file ends.
            content.reserve_exact(usize::try_from(stat.size).unwrap_or(0).saturating_add(1));
            File::from(file).read_to_end(&mut content)?;
        }
        Ok(Some((stat, content)))
    }

    /// Where the symbolic link `name` in it points.
    ///
    /// # Errors
    /// When it is not one, or is not there.
    pub fn read_link(&self, name: &[u8]) -> io::Result<Vec<u8>> {
        let target: CString =
            rustix::fs::readlinkat(&self.0, crate::bytes_to_path(name), Vec::new())?;
        Ok(target.into_bytes())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_and_asks() {
        let temporary = tempfile::tempdir().expect("a temporary directory");
        std::fs::write(temporary.path().join("b"), b"12").expect("writable");
        std::fs::create_dir(temporary.path().join("a")).expect("writable");
        std::os::unix::fs::symlink("b", temporary.path().join("c")).expect("writable");
        let directory = DirHandle::open(temporary.path()).expect("there");
        let names = directory.names().expect("readable");
        let all: Vec<_> = names.iter().collect();
        let expected: [(&[u8], NodeKind); 3] =
            [(b"a", NodeKind::Directory), (b"b", NodeKind::File), (b"c", NodeKind::Symlink)];
        assert_eq!(all, expected);
        assert_eq!(directory.stat(b"b").expect("readable").map(|stat| stat.size), Some(2));
        assert_eq!(directory.stat(b"x").expect("readable"), None);
        assert_eq!(directory.stat(b"b/x").expect("readable"), None);
        assert_eq!(directory.read_link(b"c").expect("a link"), b"b");
        let (stat, content) = directory.read_file(b"b").expect("readable").expect("there");
        assert_eq!((stat.size, &content[..]), (2, &b"12"[..]));
        for absent in [&b"c"[..], b"x", b"b/x"] {
            assert_eq!(directory.read_file(absent).expect("readable"), None);
        }
        let (stat, content) = directory.read_file(b"a").expect("readable").expect("there");
        assert_eq!((stat.kind, &content[..]), (NodeKind::Directory, &b""[..]));
        assert!(directory.open_at(b"c").is_err(), "links are not followed");
        assert!(directory.open_at(b"a").is_ok());
    }
}
