//! What `verify` says about damaged repositories, against what the oracle says.
#![expect(clippy::print_stderr, reason = "says why a test is skipped")]

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Mutex;

use hg_store::verify::{VerifyOptions, verify};
use hg_store::{OpenOptions, Repo};
use hg_types::Reporter;

/// The oracle's executable: `$HG_ORACLE` or `.oracle/hg` below the workspace.
fn oracle() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg");
    let path = std::env::var_os("HG_ORACLE").map_or(beside, PathBuf::from);
    if !path.exists() {
        eprintln!("skipped: no oracle; set HG_ORACLE");
        return None;
    }
    Some(path)
}

fn run(hg: &Path, dir: &Path, args: &[&str]) -> Output {
    Command::new(hg)
        .args(args)
        .current_dir(dir)
        .env("HGRCPATH", "/dev/null")
        .env("HGUSER", "test")
        .env("TZ", "GMT")
        .output()
        .expect("the oracle runs")
}

fn ok(hg: &Path, dir: &Path, args: &[&str]) {
    let output = run(hg, dir, args);
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
}

#[derive(Default)]
struct Streams(Mutex<(Vec<u8>, Vec<u8>)>);

impl Reporter for Streams {
    fn warn(&self, text: &[u8]) {
        self.0.lock().expect("unpoisoned").1.extend_from_slice(text);
    }
    fn status(&self, text: &[u8]) {
        self.0.lock().expect("unpoisoned").0.extend_from_slice(text);
    }
    fn note(&self, _: &[u8]) {}
    fn debug(&self, _: &[u8]) {}
    fn progress(&self, _: &str, _: Option<u64>, _: &[u8], _: &str, _: Option<u64>) {}
}

fn compare(hg: &Path, root: &Path, what: &str) {
    let theirs = run(hg, root, &["verify"]);
    let streams = Streams::default();
    let repo = Repo::open(root, OpenOptions::default()).expect("opens");
    let outcome = verify(&repo, &streams, VerifyOptions::default(), |_| Ok(()));
    let (mut out, mut err) = streams.0.into_inner().expect("unpoisoned");
    let code = match outcome {
        Ok(report) => i32::from(report.errors > 0),
        Err(error) => {
            // Nothing was said before the repository turned out not to open.
            out.clear();
            err.clear();
            err.extend_from_slice(&[b"abort: ", &error.message[..], b"\n"].concat());
            255
        }
    };
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    assert_eq!(text(&err), text(&theirs.stderr), "{what}");
    assert_eq!(text(&out), text(&theirs.stdout), "{what}");
    assert_eq!(Some(code), theirs.status.code(), "{what}");
}

fn copy(from: &Path, to: &Path) {
    let status = Command::new("cp").arg("-R").arg(from).arg(to).status().expect("cp runs");
    assert!(status.success());
}

/// A repository of a few changesets and a store in an earlier state.
fn make(hg: &Path, root: &Path, config: &[&str]) {
    let mut args = vec!["init", "."];
    config.iter().for_each(|item| args.extend(["--config", item]));
    ok(hg, root, &args);
    std::fs::create_dir(root.join("dir")).expect("creates");
    for n in 0..5 {
        std::fs::write(root.join("file"), format!("{n}\n")).expect("writes");
        std::fs::write(root.join("dir/Other"), "other\n".repeat(n + 1)).expect("writes");
        ok(hg, root, &["commit", "-qAm", &n.to_string()]);
        if n == 1 {
            ok(hg, root, &["copy", "file", "dir/copied"]);
        }
        if n == 2 {
            copy(&root.join(".hg/store"), &root.join(".hg/partial"));
        }
    }
    copy(&root.join(".hg/store"), &root.join(".hg/full"));
}

type Damage = (&'static str, fn(&Path));

fn flip(path: PathBuf, at: usize) {
    let mut bytes = std::fs::read(&path).expect("reads");
    let at = at.min(bytes.len() - 1);
    bytes[at] ^= 1;
    std::fs::write(path, bytes).expect("writes");
}

fn cut(path: PathBuf, by: usize) {
    let bytes = std::fs::read(&path).expect("reads");
    std::fs::write(path, &bytes[..bytes.len() - by]).expect("writes");
}

fn remove(store: &Path, names: &[&str]) {
    for name in names {
        for end in [".i", ".d"] {
            let _ = std::fs::remove_file(store.join(format!("{name}{end}")));
        }
    }
}

fn restore(store: &Path, names: &[&str]) {
    remove(store, names);
    for name in names {
        for end in [".i", ".d"] {
            let name = format!("{name}{end}");
            let old = store.parent().expect("store").join("partial").join(&name);
            if old.exists() {
                std::fs::copy(old, store.join(name)).expect("copies");
            }
        }
    }
}

const CL: &str = "00changelog";
const MF: &str = "00manifest";
const FL: &str = "data/file";

const DAMAGES: &[Damage] = &[
    ("none", |_| {}),
    ("journal", |store| std::fs::write(store.join("journal"), "").expect("writes")),
    ("no changelog", |store| remove(store, &[CL])),
    ("no manifest", |store| remove(store, &[MF])),
    ("no file", |store| remove(store, &[FL])),
    ("no changelog, file", |store| remove(store, &[CL, FL])),
    ("no manifest, file", |store| remove(store, &[MF, FL])),
    ("old changelog", |store| restore(store, &[CL])),
    ("old manifest", |store| restore(store, &[MF])),
    ("old file", |store| restore(store, &[FL])),
    ("old changelog, manifest", |store| restore(store, &[CL, MF])),
    ("old changelog, file", |store| restore(store, &[CL, FL])),
    ("old manifest, file", |store| restore(store, &[MF, FL])),
    ("copy source", |store| remove(store, &[FL, "data/dir/_other"])),
    ("flipped file", |store| flip(store.join("data/file.i"), 1 << 20)),
    ("flipped changelog", |store| flip(store.join("00changelog.d"), 1 << 20)),
    ("flipped link", |store| flip(store.join("data/file.i"), 23)),
    ("flipped node", |store| flip(store.join("data/file.i"), 40)),
    ("flipped length", |store| flip(store.join("data/file.i"), 15)),
    ("cut changelog", |store| cut(store.join("00changelog.d"), 7)),
    ("cut file", |store| cut(store.join("data/file.i"), 1)),
    ("no fncache entry", |store| {
        let names = std::fs::read_to_string(store.join("fncache")).expect("reads");
        let kept: Vec<_> = names.lines().filter(|name| !name.contains("copied")).collect();
        std::fs::write(store.join("fncache"), kept.join("\n") + "\n").expect("writes");
    }),
    ("more fncache entries", |store| {
        let names = std::fs::read_to_string(store.join("fncache")).expect("reads");
        std::fs::write(store.join("fncache"), names + "data/bad.i\n").expect("writes");
    }),
];

#[test]
fn damage_is_told_as_the_oracle_tells_it() {
    let Some(hg) = oracle() else { return };
    let dir = tempfile::tempdir().expect("directory");
    let root = dir.path().canonicalize().expect("exists");
    make(&hg, &root, &[]);
    ok(&hg, &root, &["update", "-q", "null"]);
    let store = root.join(".hg/store");
    for (what, damage) in DAMAGES {
        damage(&store);
        compare(&hg, &root, what);
        std::fs::remove_dir_all(&store).expect("removes");
        copy(&root.join(".hg/full"), &store);
    }
}

#[test]
fn directory_manifests_are_checked() {
    let Some(hg) = oracle() else { return };
    let dir = tempfile::tempdir().expect("directory");
    let root = dir.path().canonicalize().expect("exists");
    make(&hg, &root, &["experimental.treemanifest=1"]);
    ok(&hg, &root, &["update", "-q", "null"]);
    compare(&hg, &root, "whole");
    let store = root.join(".hg/store");
    remove(&store, &["meta/dir/00manifest"]);
    compare(&hg, &root, "missing");
    restore(&store, &["meta/dir/00manifest"]);
    compare(&hg, &root, "old");
}
