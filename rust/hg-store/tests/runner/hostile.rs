//! Damaged files are errors or are ignored, never panics, and never make us write elsewhere.

use std::path::Path;

use hg_store::{OpenOptions, Repo, View, transaction};
use hg_types::Node;

use crate::oracle::Oracle;

/// Reads everything that this crate reads; failures are fine.
fn read_all(root: &Path) {
    let Ok(repo) = Repo::open(root, OpenOptions::default()) else { return };
    let _ = repo.phases();
    let _ = repo.bookmarks();
    let _ = repo.obsstore();
    let _ = repo.hidden_revs();
    let _ = repo.tags();
    let _ = repo.branchmap();
    let _ = repo.branchmap_of(View::Served);
    let _ = repo.rev_branches();
    let _ = repo.orphan_revs();
    let _ = repo.content_divergent_revs();
    let _ = repo.phase_divergent_revs();
    let _ = repo.store_vfs().fncache().map(|fncache| fncache.names());
    if let Ok(changelog) = repo.changelog() {
        for rev in changelog.revs() {
            let _ = changelog.entry(rev).and_then(|entry| repo.manifest(&entry.manifest()));
        }
    }
}

fn sample() -> Option<Oracle> {
    let oracle = Oracle::new()?;
    oracle.run(&["init", "."]);
    let write = |content: &str| std::fs::write(oracle.path().join("a"), content).expect("written");
    let evolve = ["--config", "experimental.evolution=all"];
    write("1");
    oracle.run(&["commit", "-qAm", "one"]);
    oracle.run(&["tag", "first"]);
    oracle.run(&["bookmark", "mark"]);
    oracle.run(&["branch", "-q", "other"]);
    write("2");
    oracle.run(&["commit", "-qm", "two"]);
    write("3");
    oracle.run(&[&["commit", "--amend", "-qm", "three"], &evolve[..]].concat());
    oracle.run(&["debugupdatecaches"]);
    oracle.run(&["tags"]);
    Some(oracle)
}

const FILES: [&str; 16] = [
    ".hg/requires",
    ".hg/store/requires",
    ".hg/store/phaseroots",
    ".hg/bookmarks",
    ".hg/bookmarks.current",
    ".hg/store/fncache",
    ".hg/store/obsstore",
    ".hg/store/00changelog.i",
    ".hg/store/00changelog.d",
    ".hg/store/00manifest.i",
    ".hg/cache/branch2-served",
    ".hg/cache/rbc-names-v2",
    ".hg/cache/rbc-revs-v2",
    ".hg/cache/tags2-visible",
    ".hg/cache/hgtagsfnodes1",
    ".hg/dirstate",
];

#[test]
fn damaged_files_never_panic() {
    let Some(oracle) = sample() else { return };
    for name in FILES {
        let path = oracle.path().join(name);
        let good = std::fs::read(&path).unwrap_or_else(|error| panic!("{name}: {error}"));
        let mut versions = vec![Vec::new(), b"\0".to_vec(), b"\xff".repeat(300), b"\n\n".to_vec()];
        for at in (0..good.len()).step_by(1 + good.len() / 60) {
            let mut flipped = good.clone();
            flipped[at] ^= 1 << (at % 8);
            versions.push(flipped);
            versions.push(good[..at].to_vec());
        }
        for version in versions {
            std::fs::write(&path, version).expect("written");
            read_all(oracle.path());
        }
        std::fs::write(&path, good).expect("written");
    }
}

#[test]
fn damaged_journals_never_reach_outside() {
    let Some(oracle) = sample() else { return };
    let precious = oracle.path().join("precious");
    std::fs::write(&precious, "keep").expect("written");
    let store = oracle.path().join(".hg/store");
    for (journal, backups) in [
        (&b"../../precious\x000\n"[..], &b"2\n"[..]),
        (b"data/../../../precious\x000\n", b"2\n"),
        (b"", b"2\n\0../../precious\0\x000\n"),
        (b"", b"2\nplain\0\0../precious\x000\n"),
        (b"", b"7\n"),
        (b"00changelog.i\x00999999999\n", b"2\n"),
    ] {
        for name in ["journal", "undo"] {
            std::fs::write(store.join(name), journal).expect("written");
            std::fs::write(store.join(format!("{name}.backupfiles")), backups).expect("written");
        }
        let repo = Repo::open(oracle.path(), OpenOptions::default()).expect("opens");
        assert!(transaction::recover(&repo).is_err(), "{journal:?} {backups:?}");
        assert!(transaction::rollback(&repo, false, true, [Node::NULL; 2]).is_err());
        assert_eq!(std::fs::read(&precious).expect("still there"), b"keep");
        std::fs::remove_file(store.join("journal")).expect("removed");
        // The next transaction clears the undo files away, and nothing else.
        repo.transaction("test").expect("begins").close().expect("closes");
        assert_eq!(std::fs::read(&precious).expect("still there"), b"keep");
    }
    oracle.run(&["verify"]);
}
