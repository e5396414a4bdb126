//! From what users type to paths below the root.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use bstr::ByteSlice as _;
use hg_types::{Error, HgPath, HgPathBuf, Result};

/// Refuses paths that no command may touch (inside `.hg`, nested repositories, beyond links).
pub type Audit<'a> = &'a (dyn Fn(&HgPath) -> Result<()> + 'a);

/// Hears complaints, complete with newline.
pub type Warn<'a> = &'a (dyn Fn(&[u8]) + 'a);

/// Normalises a path as POSIX does: no empty or `.` components, `..` resolved by text. The empty
/// path becomes `.`.
#[must_use]
pub fn normalize_path(path: &[u8]) -> Vec<u8> {
    let leading = match path.iter().take_while(|&&byte| byte == b'/').count() {
        0 => 0,
        2 => 2,
        _ => 1,
    };
    let mut parts: Vec<&[u8]> = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        if part.is_empty() || part == b"." {
            continue;
        }
        if part == b".." && (leading == 0 || !parts.is_empty()) {
            match parts.last() {
                Some(&last) if last != b".." => {
                    parts.pop();
                }
                _ => parts.push(part),
            }
        } else if part != b".." {
            parts.push(part);
        }
    }
    let mut out = vec![b'/'; leading];
    out.extend_from_slice(&bstr::join("/", parts));
    if out.is_empty() { b".".to_vec() } else { out }
}

/// Joins as POSIX does: an absolute `name` wins.
#[must_use]
pub fn join_path(base: &[u8], name: &[u8]) -> Vec<u8> {
    if name.starts_with(b"/") || base.is_empty() {
        return name.to_vec();
    }
    let mut out = base.to_vec();
    if !out.ends_with(b"/") {
        out.push(b'/');
    }
    out.extend_from_slice(name);
    out
}

/// The path of `name` (absolute, or relative to `cwd`) below `root`; the empty path for the root.
/// `root` and `cwd` are absolute.
///
/// # Errors
/// When it is not below the root, or `audit` refuses it.
pub fn canonical_path(root: &[u8], cwd: &[u8], name: &[u8], audit: Audit) -> Result<HgPathBuf> {
    match below_root(root, cwd, name) {
        Some(path) => {
            if !path.is_empty() {
                audit(&path)?;
            }
            Ok(path)
        }
        None => Err(not_under_root(root, cwd, name)),
    }
}

fn below_root(root: &[u8], cwd: &[u8], name: &[u8]) -> Option<HgPathBuf> {
    let path = normalize_path(&join_path(&join_path(root, cwd), name));
    let root = if root.len() > 1 { root.strip_suffix(b"/").unwrap_or(root) } else { root };
    if let Some(rest) = path.strip_prefix(root) {
        if rest.is_empty() {
            return Some(HgPathBuf::default());
        }
        if root == b"/" {
            return Some(HgPathBuf::from(rest));
        }
        if let Some(rest) = rest.strip_prefix(b"/") {
            return Some(HgPathBuf::from(rest));
        }
    }
    by_identity(root, &path)
}

/// Finds the root among the directories above `path` by device and inode: the same directory can
/// have several names through symbolic links.
fn by_identity(root: &[u8], path: &[u8]) -> Option<HgPathBuf> {
    let identity = |path: &[u8]| {
        let path = Path::new(OsStr::from_bytes(path));
        std::fs::metadata(path).ok().map(|found| (found.dev(), found.ino()))
    };
    let wanted = identity(root)?;
    let mut end = path.len();
    loop {
        let above = &path[..end];
        if identity(if above.is_empty() { b"/" } else { above }) == Some(wanted) {
            return Some(HgPathBuf::from(path.get(end + 1..).unwrap_or_default()));
        }
        if above.is_empty() {
            return None;
        }
        end = above.rfind_byte(b'/')?;
    }
}

fn not_under_root(root: &[u8], cwd: &[u8], name: &[u8]) -> Error {
    let mut message = name.to_vec();
    message.extend_from_slice(b" not under root '");
    message.extend_from_slice(root);
    message.push(b'\'');
    let error = Error::abort(message);
    if name.starts_with(b"/") || cwd == root || below_root(root, root, name).is_none() {
        return error;
    }
    let mut hint = b"consider using '--cwd ".to_vec();
    hint.extend_from_slice(&relative_path(cwd, root));
    hint.push(b'\'');
    error.hint(hint)
}

/// How to name the absolute path `to` from the directory `from`, by text.
#[must_use]
pub fn relative_path(from: &[u8], to: &[u8]) -> Vec<u8> {
    let from: Vec<&[u8]> = from.split(|&byte| byte == b'/').collect();
    let to: Vec<&[u8]> = to.split(|&byte| byte == b'/').collect();
    let common = from.iter().zip(&to).take_while(|(a, b)| a == b).count();
    let mut parts: Vec<&[u8]> = vec![b".."; from.len() - common];
    parts.extend_from_slice(&to[common..]);
    let out = bstr::join("/", parts);
    if out.is_empty() { b".".to_vec() } else { out }
}

/// How messages name a repository path to a user who stands in `cwd`: relative to it. The root
/// itself is the relative path of the root.
#[must_use]
pub fn path_to(root: &[u8], cwd: &[u8], path: &HgPath) -> Vec<u8> {
    if cwd == root {
        return path.as_bytes().to_vec();
    }
    relative_path(cwd, &join_below(root, path.as_bytes()))
}

/// `path` below the directory `root`, even when it starts with a slash.
fn join_below(root: &[u8], path: &[u8]) -> Vec<u8> {
    let mut out = root.to_vec();
    if !path.is_empty() {
        if !out.ends_with(b"/") {
            out.push(b'/');
        }
        out.extend_from_slice(path);
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn normalizes_like_posix() {
        for (from, to) in [
            ("", "."),
            ("a//b/./c/", "a/b/c"),
            ("a/../..", ".."),
            ("/..", "/"),
            ("//a", "//a"),
            ("///a", "/a"),
            ("../x/..", ".."),
        ] {
            assert_eq!(normalize_path(from.as_bytes()).as_bstr(), to, "{from}");
        }
    }

    #[test]
    fn paths_below_the_root() {
        let free: Audit = &|_| Ok(());
        let canonical = |cwd: &str, name: &str| {
            canonical_path(b"/r/s", cwd.as_bytes(), name.as_bytes(), free).map(|p| p.to_string())
        };
        assert_eq!(canonical("/r/s", "a/../b").ok().as_deref(), Some("b"));
        assert_eq!(canonical("/r/s/x", ".").ok().as_deref(), Some("x"));
        assert_eq!(canonical("/r/s/x", "..").ok().as_deref(), Some(""));
        let error = canonical("/r", "a").expect_err("outside");
        assert_eq!(error.message.as_bstr(), "a not under root '/r/s'");
        assert_eq!(error.hint.expect("inside from the root").as_bstr(), "consider using '--cwd s'");
        assert!(canonical("/r", "../a").expect_err("outside").hint.is_none());
    }

    #[test]
    fn relative_names() {
        let to = |cwd: &str, path: &str| path_to(b"/r", cwd.as_bytes(), HgPath::new(path));
        assert_eq!(to("/r", "a/b").as_bstr(), "a/b");
        assert_eq!(to("/r/a", "a/b").as_bstr(), "b");
        assert_eq!(to("/r/a/c", "x").as_bstr(), "../../x");
        assert_eq!(to("/r/a", "a").as_bstr(), ".");
        assert_eq!(to("/o", "a").as_bstr(), "../r/a");
    }
}
