//! Which repository paths may be touched in the working directory.

use std::collections::HashSet;
use std::sync::Mutex;

use bstr::ByteSlice as _;

use crate::error::{Error, Result};
use crate::vfs::Vfs;

/// Refuses a path by its name alone: `..`, absolute paths, `.hg` in any spelling that some file
/// system takes for it.
///
/// # Errors
/// [`Error::Audit`] with the message for the user.
pub fn check_path(path: &[u8]) -> Result<()> {
    if path.last() == Some(&b'/') {
        return Err(audit(&[b"path ends in directory separator: ", path]));
    }
    let mut above = 0;
    for (depth, part) in path.split(|&b| b == b'/').enumerate() {
        if (depth > 0 || !part.is_empty()) && !is_suspicious(part) {
            above += part.len() + 1;
            continue;
        }
        let plain = fold(part);
        let absolute = depth == 0 && part.is_empty();
        if absolute || part == b".." || is_short_name(&plain) {
            return Err(illegal(path));
        }
        if is_hg(&plain) {
            if depth == 0 {
                return Err(illegal(path));
            }
            return Err(nested(path, &path[..above - 1]));
        }
        above += part.len() + 1;
    }
    Ok(())
}

/// Checks paths against the file system too, remembering the directories it has seen.
///
/// Not for use across changes of the working directory: make a new one for each operation.
#[derive(Debug)]
pub struct PathAuditor {
    vfs: Vfs,
    checked: Mutex<HashSet<Vec<u8>>>,
    /// Nested repositories that may be entered (subrepositories).
    allowed: Vec<Vec<u8>>,
}

impl PathAuditor {
    /// Audits paths below the working directory `vfs`.
    #[must_use]
    pub fn new(vfs: Vfs) -> Self {
        Self { vfs, checked: Mutex::default(), allowed: Vec::new() }
    }

    /// Lets paths inside these nested repositories pass.
    #[must_use]
    pub fn allow_nested(mut self, directories: Vec<Vec<u8>>) -> Self {
        self.allowed = directories;
        self
    }

    /// Refuses a path that is unsafe by name, leads through a symbolic link, or lies inside a
    /// nested repository.
    ///
    /// # Errors
    /// [`Error::Audit`] or [`Error::Blocked`] with the message for the user.
    pub fn check(&self, path: &[u8]) -> Result<()> {
        check_path(path)?;
        for slash in path.find_iter(b"/") {
            let directory = &path[..slash];
            if !self.is_checked(directory) {
                self.check_directory(path, directory)?;
                if let Ok(mut checked) = self.checked.lock() {
                    checked.insert(directory.to_vec());
                }
            }
        }
        Ok(())
    }

    /// Whether the path would pass.
    #[must_use]
    pub fn allows(&self, path: &[u8]) -> bool {
        self.check(path).is_ok()
    }

    fn is_checked(&self, directory: &[u8]) -> bool {
        self.checked.lock().is_ok_and(|checked| checked.contains(directory))
    }

    fn check_directory(&self, path: &[u8], directory: &[u8]) -> Result<()> {
        let Some(meta) = self.vfs.lstat(directory)? else { return Ok(()) };
        if meta.is_symlink() {
            return Err(through_link(path, directory));
        }
        let inside = meta.is_dir() && self.vfs.is_dir([directory, b"/.hg"].concat());
        if inside && !self.allowed.iter().any(|allowed| allowed == directory) {
            return Err(Error::Blocked(nested_text(path, directory)));
        }
        Ok(())
    }
}

/// Refuses a path that leads through a symbolic link as things are right now; for use just before
/// something is written there.
///
/// # Errors
/// [`Error::Blocked`] with the message for the user.
pub fn check_links(vfs: &Vfs, path: &[u8]) -> Result<()> {
    for slash in path.find_iter(b"/") {
        let directory = &path[..slash];
        match vfs.lstat(directory)? {
            Some(meta) if meta.is_symlink() => return Err(through_link(path, directory)),
            Some(_) => {}
            None => break,
        }
    }
    Ok(())
}

/// The refusal of a path that leads through the symbolic link `link`.
#[must_use]
pub fn through_link(path: &[u8], link: &[u8]) -> Error {
    Error::Blocked([b"path '", path, b"' traverses symbolic link '", link, b"'"].concat())
}

/// Whether a component may be one that is refused: cheap, since every file is asked about.
fn is_suspicious(part: &[u8]) -> bool {
    // The names in question start with `.` or `h`, behind characters that do not count.
    matches!(part.first(), Some(b'.' | b'h' | b'H' | 0xe2 | 0xef))
}

/// A component without the characters that HFS+ ignores, in lower case.
fn fold(part: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(part.len());
    let mut rest = part;
    while let Some((&first, tail)) = rest.split_first() {
        if is_ignorable(rest) {
            rest = &rest[3..];
        } else {
            out.push(first.to_ascii_lowercase());
            rest = tail;
        }
    }
    out
}

/// U+200C..U+200F, U+202A..U+202E, U+206A..U+206F and U+FEFF in UTF-8.
fn is_ignorable(text: &[u8]) -> bool {
    match text {
        [0xe2, 0x80, last, ..] => matches!(last, 0x8c..=0x8f | 0xaa..=0xae),
        [0xe2, 0x81, last, ..] => matches!(last, 0xaa..=0xaf),
        [0xef, 0xbb, 0xbf, ..] => true,
        _ => false,
    }
}

fn is_hg(folded: &[u8]) -> bool {
    matches!(folded, b".hg" | b".hg." | b".hg ")
}

/// Windows' 8.3 names of `.hg`.
fn is_short_name(folded: &[u8]) -> bool {
    folded.split_once_str("~").is_some_and(|(base, number)| {
        matches!(base, b"hg" | b"hg8b6c")
            && !number.is_empty()
            && number.iter().all(u8::is_ascii_digit)
    })
}

fn illegal(path: &[u8]) -> Error {
    audit(&[b"path contains illegal component: ", path])
}

fn nested(path: &[u8], repo: &[u8]) -> Error {
    Error::Audit(nested_text(path, repo))
}

fn nested_text(path: &[u8], repo: &[u8]) -> Vec<u8> {
    [b"path '", path, b"' is inside nested repo '", repo, b"'"].concat()
}

fn audit(parts: &[&[u8]]) -> Error {
    Error::Audit(parts.concat())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(path: &str) -> String {
        match check_path(path.as_bytes()) {
            Ok(()) => String::new(),
            Err(error) => String::from_utf8(hg_types::Error::from(error).message).expect("text"),
        }
    }

    #[test]
    fn names() {
        for bad in
            [".hg/x", ".HG/x", "hg~1/x", "q/HG8B6C~20", "a/../x", "/x", ".hg.", "\u{200c}.hg/x"]
        {
            assert_eq!(refusal(bad), format!("path contains illegal component: {bad}"));
        }
        assert_eq!(refusal("q/r/.Hg./x"), "path 'q/r/.Hg./x' is inside nested repo 'q/r'");
        for good in
            ["x/.hgx/x", "hgx~1", "hg~", "hg~1x", ".hgsub", "con", "a\\.hg\\x", "\u{2020}.hg/x"]
        {
            assert_eq!(refusal(good), "");
        }
    }

    #[test]
    fn file_system() {
        let dir = tempfile::tempdir().expect("temp dir");
        let vfs = Vfs::new(dir.path());
        vfs.create_dirs("real/inner/.hg").expect("made");
        vfs.symlink(b"real", "link").expect("made");
        let auditor = PathAuditor::new(vfs);
        assert!(auditor.allows(b"real/x") && auditor.allows(b"real/inner"));
        let text =
            |path: &[u8]| hg_types::Error::from(auditor.check(path).expect_err("bad")).message;
        assert_eq!(text(b"link/x"), b"path 'link/x' traverses symbolic link 'link'");
        assert_eq!(
            text(b"real/inner/x"),
            b"path 'real/inner/x' is inside nested repo 'real/inner'"
        );
    }
}
