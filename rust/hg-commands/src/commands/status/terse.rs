//! Directories instead of their files, when all are of one kind.

use std::collections::BTreeMap;

use hg_types::{HgPath, HgPathBuf};
use hg_wdir::Status;

use super::KINDS;

/// Replaces files by their topmost directory below the root in which all files are of one kind, for
/// the kinds whose letters are in `terse`.
pub(super) fn shorten(status: &mut Status, terse: &[u8]) {
    // The kind of all files below a directory; `None` when there are several.
    let mut directories: BTreeMap<HgPathBuf, Option<usize>> = BTreeMap::new();
    for (index, kind) in KINDS.iter().enumerate() {
        for path in (kind.list)(status).iter() {
            for directory in path.ancestors().filter(|directory| !directory.is_empty()) {
                directories
                    .entry(directory.to_owned())
                    .and_modify(|kind| *kind = kind.filter(|kind| *kind == index))
                    .or_insert(Some(index));
            }
        }
    }
    for (index, kind) in KINDS.iter().enumerate() {
        if !terse.contains(&kind.terse) {
            continue;
        }
        let list = (kind.list)(status);
        let shortened = |path: &HgPathBuf| {
            let uniform = |directory: &&HgPath| directories.get(*directory) == Some(&Some(index));
            match path.ancestors().filter(uniform).last() {
                Some(directory) => HgPathBuf::from_vec([directory.as_bytes(), b"/"].concat()),
                None => path.clone(),
            }
        };
        let mut short: Vec<_> = list.iter().map(shortened).collect();
        short.sort();
        short.dedup();
        *list = short;
    }
}
