//! Changegroups and bundles exchanged with upstream's program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hg_config::{Config, Environment};
use hg_store::{InitOptions, OpenOptions, Repo};
use hg_types::Silent;
use hg_wire::bundle;
use hg_wire::parts::{BundleParts, PartSource as _, Payload};
use hg_wire::repo_store::RepoSink;
use hg_wire::take::take_changegroup;

/// The oracle's executable, if there is one.
fn oracle() -> Option<PathBuf> {
    let path = std::env::var_os("HG_ORACLE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg"),
        PathBuf::from,
    );
    path.exists().then_some(path)
}

macro_rules! oracle_or_skip {
    () => {
        match oracle() {
            Some(path) => path,
            None => {
                eprintln!("skipped: no oracle");
                return;
            }
        }
    };
}

fn run(oracle: &Path, cwd: &Path, args: &[&str]) -> String {
    let output = Command::new(oracle)
        .args(args)
        .current_dir(cwd)
        .env("HGRCPATH", "/dev/null")
        .env("HGUSER", "test")
        .env("TZ", "GMT")
        .output()
        .expect("the oracle runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    assert!(output.status.success(), "{args:?}: {text}{}", String::from_utf8_lossy(&output.stderr));
    text
}

fn config() -> Config {
    Config::load(&Environment::default()).expect("built-in defaults")
}

fn options() -> OpenOptions {
    OpenOptions { config: config(), reporter: Some(Arc::new(Silent)), ..OpenOptions::default() }
}

/// Takes the changegroup of a bundle file into a new repository.
fn unbundle(file: &Path, root: &Path) {
    let repo = Repo::init(root, options(), &InitOptions::default()).expect("init");
    let input = std::fs::File::open(file).expect("bundle");
    let bundle = bundle::open(input, Some(b"bundle")).expect("bundle");
    let mut parts = BundleParts::new(bundle, None).expect("parts");
    let _lock = repo.lock().expect("lock");
    let mut tr = repo.transaction("unbundle").expect("transaction");
    while let Some(part) = parts.next_part().expect("part") {
        if let Payload::Changegroup(_, mut source) = part.payload {
            let mut sink = RepoSink::new(&repo);
            take_changegroup(&mut sink, Some(&mut tr), &mut *source, &Silent, true).expect("taken");
        }
    }
    tr.close().expect("close");
}

/// A history with branches, a merge, a rename and a removed file.
fn history(oracle: &Path, root: &Path) {
    std::fs::create_dir_all(root).expect("directory");
    run(oracle, root, &["init"]);
    let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("file");
    let commit = |message: &str, date: u32| {
        run(oracle, root, &["commit", "-Aqm", message, "-d", &format!("{date} 0")]);
    };
    let long: String = (0..2000).map(|n| format!("line {n}\n")).collect();
    write("a", "a\n");
    write("long", &long);
    commit("one", 1);
    for n in 2..12 {
        write("long", &long.replace(&format!("line {n}\n"), "changed\n"));
        write(&format!("f{n}"), "same\n");
        commit("more", n);
    }
    run(oracle, root, &["update", "-q", "3"]);
    run(oracle, root, &["branch", "-q", "other"]);
    run(oracle, root, &["rename", "a", "b"]);
    commit("renamed", 20);
    write("f2", "other\n");
    commit("other", 21);
    run(oracle, root, &["merge", "-q", "default"]);
    commit("merged", 22);
    run(oracle, root, &["remove", "f5"]);
    commit("removed", 23);
}

#[test]
fn bundles_of_all_kinds_are_taken() {
    let oracle = oracle_or_skip!();
    let dir = tempfile::tempdir().expect("directory");
    let source = dir.path().join("source");
    history(&oracle, &source);
    let log = run(&oracle, &source, &["log", "--debug", "-p"]);
    let kinds = ["none-v1", "gzip-v1", "bzip2-v1", "none-v2", "zstd-v2", "bzip2-v2", "none-v3"];
    for kind in kinds {
        let file = dir.path().join(format!("{kind}.hg"));
        let name = file.to_str().expect("text");
        run(&oracle, &source, &["bundle", "--all", "-q", "-t", kind, name]);
        let target = dir.path().join(kind);
        unbundle(&file, &target);
        run(&oracle, &target, &["verify", "-q"]);
        run(&oracle, &target, &["phase", "-d", "-f", "all()"]);
        assert_eq!(run(&oracle, &target, &["log", "--debug", "-p"]), log, "{kind}");
    }
}
