//! Copies in the extras of a changeset (`experimental.copies.write-to`).

use std::collections::{BTreeMap, BTreeSet};

use hg_config::Config;
use hg_store::Manifest;
use hg_types::{HgPath, HgPathBuf};

/// What extras say of files; of other changesets it means nothing.
const KEYS: [&[u8]; 4] = [b"filesadded", b"filesremoved", b"p1copies", b"p2copies"];

/// Where it is written what a changeset copied.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Place {
    /// In the histories of files.
    Filelogs,
    /// In extras as well.
    Both,
    /// In extras alone.
    Extras,
}

impl Place {
    pub(super) fn of(config: &Config) -> Self {
        match config.get("experimental", "copies.write-to") {
            Some(b"changeset-only") => Self::Extras,
            Some(b"compatibility") => Self::Both,
            _ => Self::Filelogs,
        }
    }
}

/// What a new changeset does to files.
pub(super) struct Changes<'a> {
    /// Those it lists, in order.
    pub(super) listed: &'a [HgPathBuf],
    /// Those of them that it removes.
    pub(super) removed: &'a [HgPathBuf],
    /// Copies and their sources.
    pub(super) copies: &'a BTreeMap<HgPathBuf, HgPathBuf>,
    /// What its parents have.
    pub(super) manifests: [&'a Manifest; 2],
}

/// The extras of a changeset: those given, without what they say of files, and with what they are to
/// say.
pub(super) fn extras(
    given: &BTreeMap<Vec<u8>, Vec<u8>>,
    place: Place,
    changes: &Changes<'_>,
) -> BTreeMap<Vec<u8>, Vec<u8>> {
    let mut out = given.clone();
    KEYS.iter().for_each(|key| drop(out.remove(*key)));
    if place == Place::Filelogs {
        return out;
    }
    let removed: BTreeSet<&HgPath> = changes.removed.iter().map(|path| &**path).collect();
    let [first, second] = changes.manifests;
    let mut lines: [Vec<Vec<u8>>; 4] = Default::default();
    for (at, path) in changes.listed.iter().enumerate() {
        let at = at.to_string().into_bytes();
        if removed.contains(&**path) {
            lines[1].push(at);
            continue;
        }
        if let Some(source) = changes.copies.get(path) {
            let line = [&at[..], b"\0", source.as_bytes()].concat();
            if first.contains(source) {
                lines[2].push(line);
            } else if second.contains(source) {
                lines[3].push(line);
            }
        }
        if !first.contains(path) && !second.contains(path) {
            lines[0].push(at);
        }
    }
    for (key, lines) in KEYS.iter().zip(lines) {
        if place == Place::Both || !lines.is_empty() {
            out.insert(key.to_vec(), lines.join(&b'\n'));
        }
    }
    out
}
