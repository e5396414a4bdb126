//! Stripping compared with upstream's program.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hg_config::{Config, Environment};
use hg_repo::strip::{StripOptions, strip};
use hg_store::{OpenOptions, Repo};
use hg_types::{Revision, Silent};

fn oracle() -> Option<PathBuf> {
    let path = std::env::var_os("HG_ORACLE").map_or_else(
        || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg"),
        PathBuf::from,
    );
    path.exists().then_some(path)
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

/// Two lines of development that touch the same files in turns, and one that repeats a change.
fn history(oracle: &Path, root: &Path) {
    std::fs::create_dir_all(root).expect("directory");
    run(oracle, root, &["init"]);
    let write = |name: &str, text: &str| std::fs::write(root.join(name), text).expect("file");
    let commit = |message: &str| {
        run(oracle, root, &["commit", "-Aqm", message, "-d", "1 0"]);
    };
    write("a", "0\n");
    write("only-once", "x\n");
    commit("zero");
    for n in 1..4 {
        write("a", &format!("{n}\n"));
        write(&format!("f{n}"), "f\n");
        commit(&format!("left {n}"));
    }
    run(oracle, root, &["update", "-q", "0"]);
    for n in 1..4 {
        write("a", &format!("{n}\n"));
        write("b", &format!("b{n}\n"));
        commit(&format!("right {n}"));
    }
    run(oracle, root, &["update", "-q", "2"]);
    write("b", "other\n");
    commit("left again");
    run(oracle, root, &["bookmark", "-r", "3", "mark"]);
    run(oracle, root, &["phase", "-p", "5"]);
    run(oracle, root, &["update", "-q", "null"]);
}

#[test]
fn strips_like_the_oracle() {
    let Some(oracle) = oracle() else { return };
    let dir = tempfile::tempdir().expect("directory");
    let source = dir.path().join("source");
    history(&oracle, &source);
    for rev in [1, 2, 3, 6, 7] {
        let (ours, theirs) =
            (dir.path().join(format!("a{rev}")), dir.path().join(format!("b{rev}")));
        for copy in [&ours, &theirs] {
            let status = Command::new("cp").arg("-r").arg(&source).arg(copy).status();
            assert!(status.expect("cp").success());
        }
        let env = Environment::default();
        let options = OpenOptions {
            config: Config::load(&env).expect("defaults"),
            reporter: Some(Arc::new(Silent)),
            ..OpenOptions::default()
        };
        let repo = Repo::open(&ours, options).expect("repository");
        let backup = strip(&repo, &[Revision::new(rev)], &StripOptions::default()).expect("strip");
        run(&oracle, &theirs, &["debugstrip", &rev.to_string()]);
        run(&oracle, &ours, &["verify", "-q"]);
        let log = ["log", "--debug", "-T", "{rev} {node} {phase} {bookmarks} {desc}\n"];
        assert_eq!(run(&oracle, &ours, &log), run(&oracle, &theirs, &log), "{rev}");
        let name = backup.expect("backup").file_name().expect("name").to_owned();
        let mine = ours.join(".hg/strip-backup").join(&name);
        let yours = theirs.join(".hg/strip-backup").join(&name);
        assert!(yours.exists(), "{name:?}");
        let show =
            |path: &Path| run(&oracle, dir.path(), &["debugbundle", path.to_str().expect("text")]);
        assert_eq!(show(&mine), show(&yours));
        // What went can come back.
        run(&oracle, &ours, &["unbundle", "-q", mine.to_str().expect("text")]);
        run(&oracle, &ours, &["verify", "-q"]);
    }
}
