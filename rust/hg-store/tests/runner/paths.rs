//! Names of files in the store, against what the oracle makes of odd names.

use std::collections::BTreeSet;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use hg_vfs::bytes_to_path;

use crate::oracle::Oracle;

/// Odd names, made by a generator with a fixed seed from pieces that matter.
fn names() -> BTreeSet<Vec<u8>> {
    let pieces: [&[u8]; 38] = [
        b"a",
        b"B",
        b"_",
        b"__",
        b".",
        b" ",
        b"con",
        b"CON",
        b"aux",
        b"nul",
        b"prn",
        b"com1",
        b"com0",
        b"lpt9",
        b"Lpt3",
        b".i",
        b".d",
        b".hg",
        b".I",
        b"~",
        b"~2e",
        b":",
        b"*",
        b"\\",
        b"\"",
        b"<",
        b"|",
        b"\x01",
        b"\x7f",
        b"\xe9",
        b"\xff",
        b"longer-piece-of-text",
        b"x.txt",
        b"UPPER",
        b"0123456789",
        b"/",
        b"/",
        b"some_directory_name/",
    ];
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut next = |bound: usize| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        usize::try_from(state % bound as u64).expect("small")
    };
    let mut out = BTreeSet::new();
    while out.len() < 2500 {
        let count = 1 + next(if out.len() % 3 == 0 { 30 } else { 6 });
        let name: Vec<u8> = (0..count).flat_map(|_| pieces[next(pieces.len())]).copied().collect();
        let parts: Vec<&[u8]> =
            name.split(|&b| b == b'/').filter(|part| !part.is_empty()).collect();
        let fine = !parts.is_empty()
            && hg_vfs::check_path(&parts.join(&b'/')).is_ok()
            && parts.iter().all(|part| part.len() < 80 && *part != b"." && *part != b"..");
        if fine {
            out.insert(parts.join(&b'/'));
        }
    }
    out
}

/// Makes the files; those that collide with a directory are left out.
fn make_files(root: &Path) -> Vec<Vec<u8>> {
    let mut made = Vec::new();
    for name in names() {
        let path = root.join(bytes_to_path(&name));
        let parent = path.parent().expect("below the root");
        if std::fs::create_dir_all(parent).is_ok() && std::fs::write(&path, &name).is_ok() {
            made.push(name);
        }
    }
    made
}

fn walk(dir: &Path, prefix: &[u8], out: &mut BTreeSet<Vec<u8>>) {
    for entry in std::fs::read_dir(dir).expect("readable") {
        let entry = entry.expect("readable");
        let name = [prefix, entry.file_name().as_bytes()].concat();
        if entry.file_type().expect("known").is_dir() {
            walk(&entry.path(), &[&name[..], b"/"].concat(), out);
        } else {
            out.insert(name);
        }
    }
}

fn compare(config: &[&str]) {
    let Some(oracle) = Oracle::new() else { return };
    oracle.run(&[&["init", "."], config].concat());
    let made = make_files(oracle.path());
    oracle.run(&["commit", "-Aqm", "odd names"]);
    let repo = oracle.open();
    let mut theirs = BTreeSet::new();
    let store = repo.store_vfs().base().to_path_buf();
    walk(&store, b"", &mut theirs);
    theirs.retain(|name| name.starts_with(b"data/") || name.starts_with(b"dh/"));
    let ours: BTreeSet<Vec<u8>> = made
        .iter()
        .map(|name| repo.store_vfs().encode([b"data/", &name[..], b".i"].concat()))
        .collect();
    let missing: Vec<_> = ours.difference(&theirs).map(|n| bstr::BString::from(&n[..])).collect();
    let extra: Vec<_> = theirs.difference(&ours).map(|n| bstr::BString::from(&n[..])).collect();
    assert!(missing.is_empty() && extra.is_empty(), "ours {missing:#?} theirs {extra:#?}");
    if let Some(fncache) = repo.store_vfs().fncache() {
        let names: BTreeSet<_> = fncache.names().expect("readable").into_iter().collect();
        let expected: BTreeSet<_> =
            made.iter().map(|name| [b"data/", &name[..], b".i"].concat()).collect();
        assert_eq!(names, expected, "names in the name cache");
    }
}

#[test]
fn default_store() {
    compare(&[]);
}

#[test]
fn without_dotencode() {
    compare(&["--config", "format.dotencode=0"]);
}

#[test]
fn without_name_cache() {
    compare(&["--config", "format.usefncache=0"]);
}

#[test]
fn without_store() {
    compare(&["--config", "format.usestore=0"]);
}
