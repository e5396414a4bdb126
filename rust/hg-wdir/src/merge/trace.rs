//! Copies and renames that matter to a merge: which file of one side meets which of the other.

use std::collections::{BTreeMap, BTreeSet};

use hg_match::Matcher;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, HgPathBuf, Interaction, Result, Revision};

use super::calculate::{MergeCopies, SideCopies};
use crate::copies::{Copies, Side, path_copies};

/// A side of a merge as copy tracing sees it.
pub(super) struct Traced<'a> {
    /// What copies are traced to.
    pub(super) side: Side,
    /// Its files: pseudo nodes stand for what is modified.
    pub(super) manifest: &'a Manifest,
}

/// Traces both sides back to `base`.
pub(super) fn merge_copies(
    repo: &Repo,
    local: &Traced<'_>,
    other: &Traced<'_>,
    base: Revision,
    base_manifest: &Manifest,
    interaction: &dyn Interaction,
) -> Result<MergeCopies> {
    let trace = |side: &Traced<'_>| {
        path_copies(repo, &Side::Revision(base), &side.side, &Matcher::always())
    };
    let (from_local, from_other) = (trace(local)?, trace(other)?);
    if from_local.is_empty() && from_other.is_empty() {
        return Ok(MergeCopies::default());
    }
    let debug = |text: &[u8]| interaction.debug(text);
    for (name, own, opposite) in
        [("local", local.manifest, other.manifest), ("other", other.manifest, local.manifest)]
    {
        show_unmatched(name, own, [base_manifest, opposite], &debug);
    }
    let mut out = MergeCopies::default();
    let (by_local, by_other) = (by_source(&from_local), by_source(&from_other));
    let sources: BTreeSet<&HgPathBuf> = by_local.keys().chain(by_other.keys()).copied().collect();
    for source in sources {
        match (by_local.get(source), by_other.get(source)) {
            (Some(ours), Some(theirs)) => {
                both_copied(&mut out, source, ours, theirs, local.manifest, other.manifest);
            }
            (Some(ours), None) => {
                let meets = one_copied(source, ours, base_manifest, other.manifest);
                keep(&mut out.local, &mut out.rename_deleted, source, ours, meets);
            }
            (None, Some(theirs)) => {
                let meets = one_copied(source, theirs, base_manifest, local.manifest);
                keep(&mut out.other, &mut out.rename_deleted, source, theirs, meets);
            }
            (None, None) => {}
        }
    }
    show_copies(&out, [&from_local, &from_other], &debug);
    follow_directories(&mut out.local, &from_local, local.manifest, base_manifest, other.manifest);
    follow_directories(&mut out.other, &from_other, other.manifest, base_manifest, local.manifest);
    show_directories(&out, &debug);
    Ok(out)
}

/// What `--debug` shows of files that only one side has.
fn show_unmatched(name: &str, own: &Manifest, others: [&Manifest; 2], debug: &dyn Fn(&[u8])) {
    let mut begun = false;
    for path in own.paths().filter(|path| others.iter().all(|other| !other.contains(path))) {
        if !std::mem::replace(&mut begun, true) {
            debug(format!("  unmatched files in {name}:\n").as_bytes());
        }
        debug(&[b"   ", path.as_bytes(), b"\n"].concat());
    }
}

fn show_copies(found: &MergeCopies, sides: [&Copies; 2], debug: &dyn Fn(&[u8])) {
    debug(b"  all copies found (* = to merge, ! = divergent, % = renamed and deleted):\n");
    let listed = |list: &BTreeMap<HgPathBuf, Vec<HgPathBuf>>, path: &HgPathBuf| {
        list.values().any(|targets| targets.contains(path))
    };
    for (name, copies) in [("local", sides[0]), ("remote", sides[1])] {
        if !copies.is_empty() {
            debug(format!("   on {name} side:\n").as_bytes());
        }
        for (path, source) in copies {
            let to_merge =
                [&found.local, &found.other].iter().any(|side| side.copies.contains_key(path));
            let marks = [
                (to_merge, "*"),
                (listed(&found.diverged, path), "!"),
                (listed(&found.rename_deleted, path), "%"),
            ];
            let marks: String =
                marks.iter().filter(|(set, _)| *set).map(|(_, mark)| *mark).collect();
            let (from, to) = (source.as_bytes(), path.as_bytes());
            let parts =
                [&b"    src: '"[..], from, b"' -> dst: '", to, b"' ", marks.as_bytes(), b"\n"];
            debug(&parts.concat());
        }
    }
    debug(b"  checking for directory renames\n");
}

fn show_directories(found: &MergeCopies, debug: &dyn Fn(&[u8])) {
    let sides = [&found.local, &found.other];
    let dirs = sides.iter().flat_map(|side| &side.renamed_dirs);
    let files = sides.iter().flat_map(|side| &side.moved_with_dir);
    let lines = dirs
        .map(|pair| ("   discovered dir", pair))
        .chain(files.map(|pair| ("   pending file", pair)));
    for (what, (from, to)) in lines {
        let parts = [b" src: '", from.as_bytes(), b"' -> dst: '", to.as_bytes(), b"'\n"];
        debug(&[what.as_bytes(), &parts.concat()].concat());
    }
}

fn by_source(copies: &Copies) -> BTreeMap<&HgPathBuf, Vec<&HgPathBuf>> {
    let mut out: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for (destination, source) in copies {
        out.entry(source).or_default().push(destination);
    }
    out
}

/// Both sides copied or renamed `source`: the same names meet; different names of a rename diverge.
fn both_copied(
    out: &mut MergeCopies,
    source: &HgPathBuf,
    ours: &[&HgPathBuf],
    theirs: &[&HgPathBuf],
    local: &Manifest,
    other: &Manifest,
) {
    let common: Vec<_> = ours.iter().filter(|path| theirs.contains(path)).collect();
    for path in &common {
        out.local.copies.insert((**path).clone(), source.clone());
        out.other.copies.insert((**path).clone(), source.clone());
    }
    let renamed_by_both = !local.contains(source) && !other.contains(source);
    if common.is_empty() && renamed_by_both {
        let all: BTreeSet<_> = ours.iter().chain(theirs).map(|path| (*path).clone()).collect();
        out.diverged.insert(source.clone(), all.into_iter().collect());
    }
}

/// What a copy made by one side meets on the side that did not copy.
enum Meets {
    /// The source as it was: nothing to merge.
    Nothing,
    /// The source with changes.
    Change,
    /// The source's deletion.
    Deletion,
}

fn one_copied(
    source: &HgPathBuf,
    _destinations: &[&HgPathBuf],
    base: &Manifest,
    opposite: &Manifest,
) -> Meets {
    let version = |manifest: &Manifest| manifest.get(source).map(|entry| (entry.node, entry.flags));
    match (version(base), version(opposite)) {
        (_, None) => Meets::Deletion,
        (old, new) if old == new => Meets::Nothing,
        _ => Meets::Change,
    }
}

fn keep(
    side: &mut SideCopies,
    rename_deleted: &mut BTreeMap<HgPathBuf, Vec<HgPathBuf>>,
    source: &HgPathBuf,
    destinations: &[&HgPathBuf],
    meets: Meets,
) {
    match meets {
        Meets::Nothing => {}
        Meets::Change => {
            let copies = destinations.iter().map(|path| ((*path).clone(), source.clone()));
            side.copies.extend(copies);
        }
        Meets::Deletion => {
            let paths = destinations.iter().map(|path| (*path).clone()).collect();
            rename_deleted.insert(source.clone(), paths);
        }
    }
}

/// Finds directories that a side renamed as a whole, and where files that the opposite side added
/// to them go.
fn follow_directories(
    out: &mut SideCopies,
    copies: &Copies,
    own: &Manifest,
    base: &Manifest,
    opposite: &Manifest,
) {
    let mut moved: BTreeMap<&HgPath, &HgPath> = BTreeMap::new();
    let mut invalid: BTreeSet<&HgPath> = BTreeSet::new();
    for (destination, source) in copies {
        let (Some(from), Some(to)) = (source.parent(), destination.parent()) else { continue };
        if invalid.contains(from) {
            continue;
        }
        let still_there = |directory: &HgPath| directory.is_empty() || own.has_dir(directory);
        let contradicts = moved.get(from).is_some_and(|known| *known != to);
        if (still_there(from) && still_there(to)) || contradicts {
            // Not moved as a whole, or to two places.
            invalid.insert(from);
        } else {
            moved.insert(from, to);
        }
    }
    for (from, to) in moved {
        if !invalid.contains(from) && !from.is_empty() {
            let slash = |directory: &HgPath| {
                let mut out = directory.as_bytes().to_vec();
                if !out.is_empty() {
                    out.push(b'/');
                }
                HgPathBuf::from_vec(out)
            };
            out.renamed_dirs.insert(slash(from), slash(to));
        }
    }
    if out.renamed_dirs.is_empty() {
        return;
    }
    for path in opposite.paths().filter(|path| !base.contains(path)) {
        let target = out.renamed_dirs.iter().find_map(|(from, to)| {
            let rest = path.as_bytes().strip_prefix(from.as_bytes())?;
            Some(HgPathBuf::from_vec([to.as_bytes(), rest].concat()))
        });
        if let Some(target) = target.filter(|target| !copies.contains_key(target)) {
            out.moved_with_dir.insert(path.to_owned(), target);
        }
    }
}
