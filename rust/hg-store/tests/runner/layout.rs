//! New repositories, shares and refusals to open, against the oracle.

use std::collections::BTreeMap;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::{MetadataExt as _, PermissionsExt as _};
use std::path::Path;

use hg_config::{Config, Environment};
use hg_store::{InitOptions, OpenOptions, Repo};

use crate::oracle::Oracle;

/// All files below a directory: mode, and content.
fn tree(root: &Path) -> BTreeMap<Vec<u8>, (u32, Vec<u8>)> {
    let mut out = BTreeMap::new();
    let mut todo = vec![root.to_path_buf()];
    while let Some(dir) = todo.pop() {
        for entry in std::fs::read_dir(&dir).expect("read") {
            let path = entry.expect("read").path();
            let meta = std::fs::symlink_metadata(&path).expect("there");
            let content =
                if meta.is_file() { std::fs::read(&path).expect("read") } else { Vec::new() };
            let name = path.strip_prefix(root).expect("below").as_os_str().as_bytes().to_vec();
            out.insert(name, (meta.mode(), content));
            if meta.is_dir() {
                todo.push(path);
            }
        }
    }
    out
}

fn config_with(setting: &str) -> Config {
    let mut config = Config::empty(Environment::default());
    for (name, value) in setting.split_whitespace().filter_map(|item| item.split_once('=')) {
        let (section, name) = name.split_once('.').expect("section.name");
        config.set(section, name, value, "test");
    }
    config
}

#[test]
fn new_repositories() {
    for setting in [
        "",
        "format.usestore=0",
        "format.usefncache=0",
        "format.dotencode=0",
        "format.usegeneraldelta=0",
        "format.sparse-revlog=0",
        "format.use-dirstate-v2=1 storage.dirstate-v2.slow-path=allow",
        "format.use-share-safe=0",
        "format.revlog-compression=zlib",
        "format.revlog-compression=none",
        "format.use-persistent-nodemap=1 storage.revlog.persistent-nodemap.slow-path=allow",
        "format.bookmarks-in-store=1",
        "format.use-dirstate-tracked-hint=1",
        "format.use-internal-phase=1",
        "format.exp-archived-phase=1",
    ] {
        let Some(oracle) = Oracle::new() else { return };
        let args: Vec<&str> =
            setting.split_whitespace().flat_map(|item| ["--config", item]).collect();
        oracle.run(&[&["init", "theirs"], &args[..]].concat());
        let root = oracle.path().join("ours");
        let options = OpenOptions { config: config_with(setting), ..OpenOptions::default() };
        Repo::init(&root, options, &InitOptions::default()).expect("made");
        assert_eq!(tree(&root), tree(&oracle.path().join("theirs")), "{setting}");
    }
}

fn refusal(root: &Path, config: Config) -> String {
    let options = OpenOptions { config, ..OpenOptions::default() };
    match Repo::open(root, options) {
        Ok(_) => "opened".into(),
        Err(error) => {
            let hint = error.hint.as_deref().map(|hint| String::from_utf8_lossy(hint).into_owned());
            let hint = hint.map(|hint| format!("({hint})\n")).unwrap_or_default();
            format!("abort: {error}\n{hint}")
        }
    }
}

fn their_refusal(oracle: &Oracle, args: &[&str]) -> String {
    let out = oracle.output(&[&["log"], args].concat());
    String::from_utf8_lossy(&out.stderr).into_owned()
}

#[test]
fn refusals_in_the_same_words() {
    let Some(oracle) = Oracle::new() else { return };
    oracle.run(&["init", "."]);
    let (hg, store) =
        (oracle.path().join(".hg/requires"), oracle.path().join(".hg/store/requires"));
    let old = std::fs::read(&store).expect("there");
    for (own, stored) in [
        (&b"share-safe\nfoo bar\n"[..], &old[..]),
        (b"share-safe\nabc\n", &[&old[..], b"Bar\n"].concat()),
        (b".x\n", &old),
        (b"share-safe\n\n", &old),
        (b"\xff\xfe", &old),
        (b"share-safe\nshared\n", &old),
    ] {
        std::fs::write(&hg, own).expect("written");
        std::fs::write(&store, stored).expect("written");
        let ours = refusal(oracle.path(), Config::default());
        assert_eq!(ours, their_refusal(&oracle, &[]), "{own:?}");
    }
    std::fs::remove_file(&store).expect("removed");
    std::fs::write(&hg, b"share-safe\n").expect("written");
    assert_eq!(refusal(oracle.path(), Config::default()), their_refusal(&oracle, &[]));
}

fn share(oracle: &Oracle, args: &[&str]) {
    oracle.run(&[&["--config", "extensions.share=", "share", "-q"], args].concat());
}

fn source(format: &str) -> Option<Oracle> {
    let oracle = Oracle::new()?;
    oracle.run(&["init", "source", "--config", format]);
    std::fs::write(oracle.path().join("source/a"), "a").expect("written");
    oracle.run(&["-R", "source", "commit", "-qAm", "a"]);
    oracle.run(&["-R", "source", "bookmark", "mark"]);
    Some(oracle)
}

#[test]
fn shares_are_opened() {
    let Some(oracle) = source("format.use-share-safe=1") else { return };
    share(&oracle, &["source", "plain"]);
    share(&oracle, &["-B", "source", "marks"]);
    share(&oracle, &["--relative", "source", "relative"]);
    let options = || OpenOptions { config: config_with("extensions.share="), ..Default::default() };
    for (name, marks) in [("plain", 0), ("marks", 1), ("relative", 0)] {
        let repo = Repo::open(&oracle.path().join(name), options()).expect("opens");
        assert!(repo.is_shared(), "{name}");
        assert_eq!(repo.changelog().expect("read").len(), 1, "{name}");
        assert_eq!(repo.bookmarks().expect("read").len(), marks, "{name}");
        assert!(repo.requires("revlogv1") && repo.requires("store"), "{name}");
        assert_eq!(repo.open_source().expect("opens").root(), oracle.path().join("source"));
    }
    let repo = Repo::open(&oracle.path().join("marks"), options()).expect("opens");
    let tip = repo.changelog().expect("read").node(hg_types::Revision::new(0));
    let tr = repo.transaction("bookmark").expect("begins");
    repo.change_bookmarks(&tr, &[(b"two".to_vec(), Some(tip))]).expect("changed");
    tr.close().expect("closes");
    let text = std::fs::read_to_string(oracle.path().join("source/.hg/bookmarks")).expect("read");
    assert_eq!(text.lines().count(), 2, "{text}");
    let listed = oracle.run(&["-R", "source", "bookmarks", "-T", "{bookmark}\n"]);
    assert_eq!(listed, "mark\ntwo\n");
    let ours = oracle.path().join("made");
    let init = InitOptions {
        requirements: Some([b"shared".to_vec(), b"share-safe".to_vec()].into()),
        share_of: Some((oracle.path().join("source/.hg"), false)),
        share_bookmarks: true,
    };
    let repo = Repo::init(&ours, options(), &init).expect("made");
    assert_eq!(repo.bookmarks().expect("read").len(), 2);
    assert_eq!(
        oracle.run(&[
            "-R",
            "made",
            "bookmarks",
            "-T",
            "{bookmark}\n",
            "--config",
            "extensions.share="
        ]),
        "mark\ntwo\n"
    );
}

#[test]
fn share_mismatches() {
    for (before, after, item) in [
        ("0", "1", "share.safe-mismatch.source-safe"),
        ("1", "0", "share.safe-mismatch.source-not-safe"),
    ] {
        for action in
            ["abort", "allow", "upgrade-abort", "upgrade-allow", "downgrade-abort", "nonsense"]
        {
            let Some(oracle) = source(&format!("format.use-share-safe={before}")) else { return };
            share(&oracle, &["source", "theirs"]);
            share(&oracle, &["source", "ours"]);
            let change = format!("format.use-share-safe={after}");
            let upgrade = ["-R", "source", "debugupgraderepo", "-q", "--run", "--config", &change];
            oracle.run(&upgrade);
            let setting = format!("{item}={action}");
            let said = their_refusal(&oracle, &["-R", "theirs", "--config", &setting]);
            let ours = refusal(&oracle.path().join("ours"), config_with(&setting));
            if said.starts_with("abort") {
                assert_eq!(ours, said, "{setting}");
            } else {
                assert_eq!(ours, "opened", "{setting}: {said}");
            }
            let requires = |name: &str| {
                std::fs::read(oracle.path().join(name).join(".hg/requires")).expect("read")
            };
            assert_eq!(
                String::from_utf8_lossy(&requires("ours")),
                String::from_utf8_lossy(&requires("theirs")),
                "{setting}"
            );
        }
    }
}

#[test]
fn files_inherit_the_store_directory_permissions() {
    let Some(oracle) = Oracle::new() else { return };
    for name in ["ours", "theirs"] {
        oracle.run(&["init", name]);
        let hg = oracle.path().join(name).join(".hg");
        for dir in [hg.join("store"), hg.join("cache"), hg] {
            std::fs::set_permissions(dir, std::fs::Permissions::from_mode(0o2775)).expect("set");
        }
    }
    std::fs::create_dir(oracle.path().join("theirs/D")).expect("made");
    std::fs::write(oracle.path().join("theirs/D/f"), "x").expect("written");
    oracle.run(&["-R", "theirs", "commit", "-qAm", "x", "-d", "0 0"]);
    let repo = Repo::open(&oracle.path().join("ours"), OpenOptions::default()).expect("opens");
    crate::transactions::commit(&repo, "D/f", b"x", "").expect("commits");
    let (ours, theirs) =
        (tree(&oracle.path().join("ours/.hg")), tree(&oracle.path().join("theirs/.hg")));
    for (name, (mode, _)) in ours {
        if let Some((expected, _)) = theirs.get(&name) {
            assert_eq!(mode, *expected, "{}", String::from_utf8_lossy(&name));
        }
    }
}
