//! One number for everything that decides what is ignored
//! (`hg help internals.dirstate-v2`, "Optional hash of ignore patterns").

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use bstr::ByteSlice as _;
use sha1::{Digest as _, Sha1};

use crate::canon::{join_path, normalize_path};
use crate::ignore::parse_pattern_file;
use crate::kind::PatternKind;

/// Files that include each other deeper than this are taken for a circle.
const MAX_INCLUDES: usize = 64;

/// The digest of the ignore files `files` (relative to `root`, which is absolute) and of all that
/// they include. `None` when they include too much to tell.
#[must_use]
pub fn ignore_digest(root: &[u8], files: &[Vec<u8>]) -> Option<[u8; 20]> {
    let mut named: Vec<(Vec<u8>, Vec<u8>)> = Vec::with_capacity(files.len());
    for file in files {
        let full = join_path(root, file);
        let inside = full.strip_prefix(root).and_then(|rest| rest.strip_prefix(b"/"));
        named.push((inside.unwrap_or(file).to_vec(), full));
    }
    named.sort();
    let mut all = Sha1::new();
    for (name, full) in named {
        let mut content = Sha1::new();
        expand(root, &full, &mut content, 0)?;
        let hex = hg_types::to_hex(&content.finalize());
        all.update([&name[..], b" ", &hex, b"\n"].concat());
    }
    Some(all.finalize().into())
}

/// Feeds the content of a file and of those that it includes.
fn expand(root: &[u8], full: &[u8], out: &mut Sha1, depth: usize) -> Option<()> {
    if depth > MAX_INCLUDES {
        return None;
    }
    let Ok(content) = std::fs::read(Path::new(OsStr::from_bytes(full))) else {
        // Absent and empty files decide as little.
        return Some(());
    };
    out.update(&content);
    if content.find(b"include").is_none() {
        return Some(());
    }
    for line in parse_pattern_file(&content, &|_| ()) {
        let (kind, text) = PatternKind::split(&line.pattern, PatternKind::Glob);
        let included = match kind {
            PatternKind::Include => join_path(root, text),
            PatternKind::SubInclude => {
                let directory = full.rfind_byte(b'/').map_or(&b""[..], |slash| &full[..slash]);
                normalize_path(&join_path(directory, text))
            }
            _ => continue,
        };
        expand(root, &included, out, depth + 1)?;
    }
    Some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn everything_included_counts() {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().as_os_str().as_bytes();
        let write = |name: &str, text: &str| {
            std::fs::write(directory.path().join(name), text).expect("writable");
        };
        let digest = || ignore_digest(root, &[b".hgignore".to_vec()]).expect("small");
        write(".hgignore", "include:more\n");
        write("more", "a\n");
        std::fs::create_dir(directory.path().join("sub")).expect("writable");
        let first = digest();
        assert_eq!(first, digest());
        write("more", "subinclude:sub/rules\n");
        let second = digest();
        assert_ne!(first, second);
        write("sub/rules", "b\n");
        assert_ne!(second, digest());
        write("more", "include:more\n");
        assert_eq!(ignore_digest(root, &[b".hgignore".to_vec()]), None);
    }
}
