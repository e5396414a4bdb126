//! Transactions of ours that the oracle verifies, recovers and rolls back.

use std::collections::BTreeMap;
use std::process::Command;
use std::sync::Arc;

use hg_format::changeset::NewChangeset;
use hg_store::filelog::NewFile;
use hg_store::manifest::ManifestChanges;
use hg_store::{HookArgs, HookRunner, Location, OpenOptions, Repo, Stage};
use hg_types::{FileFlags, HgDate, HgPath, HgPathBuf, Phase, Result, Revision};

use crate::oracle::Oracle;

/// Where the child process dies.
const STAGES: [&str; 6] = ["written", "hook", "first", "finalize", "pointers", "post"];

fn die(stage: &str, at: &str) {
    if stage == at {
        std::process::abort();
    }
}

/// Dies in the hook that may refuse.
struct Deadly(String);

impl HookRunner for Deadly {
    fn has(&self, _: &Repo, _: &str) -> bool {
        self.0 == "hook"
    }

    fn run(&self, _: &Repo, name: &str, _: bool, _: &HookArgs) -> Result<bool> {
        if name == "pretxnclose" {
            die(&self.0, "hook");
        }
        Ok(false)
    }
}

/// Commits one file on top of the tip, dying at `stage`.
pub(crate) fn commit(repo: &Repo, path: &str, content: &[u8], stage: &str) -> Result<Revision> {
    let _wlock = repo.wlock()?;
    let mut tr = repo.transaction("commit")?;
    let path = HgPath::new(path);
    let mut changelog = (*repo.changelog()?).clone();
    let tip = changelog.tip();
    let linkrev = Revision::from_index(changelog.len());
    let parent = changelog.entry(tip)?;
    let mut filelog = repo.filelog(path)?;
    let file = NewFile { content, copy: None, p1: filelog.tip(), p2: Revision::NULL, linkrev };
    let (_, file_node) = filelog.add(&mut tr, &file)?;
    let mut manifests = (*repo.manifest_log()?).clone();
    let changes: ManifestChanges =
        [(path.to_owned(), Some((file_node, FileFlags::Regular)))].into();
    let parents = [parent.manifest(), hg_types::Node::NULL];
    let manifest = manifests.add(&mut tr, parents, &changes, linkrev)?;
    repo.set_manifest_log(manifests);
    let changeset = NewChangeset {
        manifest: Some(manifest),
        user: b"test".to_vec(),
        date: HgDate::new(0, 0),
        files: vec![HgPathBuf::from(path.as_bytes())],
        extra: BTreeMap::new(),
        description: b"ours".to_vec(),
    };
    let (rev, _) = changelog.add(&mut tr, &changeset, [tip, Revision::NULL], None)?;
    repo.set_changelog(changelog);
    repo.register_phase(&tr, Phase::Draft, &[rev])?;
    let node = repo.changelog()?.node(rev);
    repo.change_bookmarks(&tr, &[(b"mark".to_vec(), Some(node))])?;
    die(stage, "written");
    let (first, last, pointers, post) =
        (stage.to_owned(), stage.to_owned(), stage.to_owned(), stage.to_owned());
    tr.add_finalize("0", move |_| {
        die(&first, "first");
        Ok(())
    })?;
    tr.add_finalize("z", move |_| {
        die(&last, "finalize");
        Ok(())
    })?;
    if stage == "pointers" {
        tr.add_file(Location::Hg, "zzz", Stage::AfterFinalize, move |_| {
            die(&pointers, "pointers");
            Ok(Vec::new())
        })?;
    }
    tr.add_post_close("z", move |_| {
        die(&post, "post");
        Ok(())
    })?;
    tr.close()?;
    Ok(rev)
}

/// Not a test of its own: what the child process of [`killed_transactions_recover`] runs.
#[test]
#[ignore = "run by killed_transactions_recover"]
fn child() {
    let Some(root) = std::env::var_os("QS_TEST_ROOT") else { return };
    let stage = std::env::var("QS_TEST_STAGE").expect("set with the root");
    let options =
        OpenOptions { hooks: Some(Arc::new(Deadly(stage.clone()))), ..OpenOptions::default() };
    let repo = Repo::open(root.as_ref(), options).expect("opens");
    if std::env::var_os("QS_TEST_SPLIT").is_some() {
        // Too much for one file: chunks and index part.
        let noise: Vec<u8> =
            (0..50_000_u32).flat_map(|n| n.wrapping_mul(0x9e37_79b1).to_be_bytes()).collect();
        commit(&repo, "a", &noise, &stage).expect("dies before it can fail");
    }
    commit(&repo, "dir/New_File", b"new\n", &stage).expect("dies before it can fail");
}

fn scripted() -> Option<Oracle> {
    let oracle = Oracle::new()?;
    oracle.run(&["init", "."]);
    std::fs::write(oracle.path().join("a"), "a\n").expect("written");
    oracle.run(&["commit", "-qAm", "one"]);
    oracle.run(&["bookmark", "mark", "-r", "0"]);
    std::fs::write(oracle.path().join("a"), "b\n").expect("written");
    oracle.run(&["commit", "-qm", "two"]);
    Some(oracle)
}

const LOG: [&str; 3] = ["log", "-T", "{rev} {node} {phase} {desc} {bookmarks} {files}\n"];

#[test]
fn the_oracle_verifies_and_rolls_back_ours() {
    let Some(oracle) = scripted() else { return };
    let before = oracle.run(&LOG);
    let repo = oracle.open();
    let first = commit(&repo, "dir/File", b"content\n", "").expect("commits");
    let second = commit(&repo, "a", b"again\n", "").expect("commits");
    assert_eq!((first.get(), second.get()), (2, 3));
    oracle.run(&["verify"]);
    let log = oracle.run(&LOG);
    assert!(log.contains(" draft ours mark a\n2 "), "{log}");
    assert_eq!(repo.bookmarks().expect("read").len(), 1);
    let text = oracle.run(&["rollback", "--config", "ui.rollback=1", "-f"]);
    assert!(text.contains("repository tip rolled back to revision 2 (undo commit)"), "{text}");
    repo.invalidate();
    assert_eq!(repo.changelog().expect("read").len(), 3, "we notice");
    let parents = [hg_types::Node::NULL; 2];
    assert_eq!(
        hg_store::transaction::rollback(&repo, false, true, parents).expect("nothing there"),
        hg_store::transaction::Rollback::Nothing
    );
    drop(repo.transaction("test").expect("begins"));
    oracle.run(&["verify"]);
    let repo = oracle.open();
    commit(&repo, "b", b"b\n", "").expect("commits");
    hg_store::transaction::rollback(&repo, false, true, parents).expect("undone");
    oracle.run(&["verify"]);
    assert_eq!(repo.changelog().expect("read").len(), 3);
    assert_ne!(oracle.run(&LOG), before);
}

#[test]
fn aborted_transactions_leave_nothing() {
    let Some(oracle) = scripted() else { return };
    let before = oracle.run(&LOG);
    let repo = oracle.open();
    {
        let tr = repo.transaction("test").expect("begins");
        let mut filelog = repo.filelog(HgPath::new("q/Q")).expect("empty");
        let file = NewFile {
            content: b"q",
            copy: None,
            p1: Revision::NULL,
            p2: Revision::NULL,
            linkrev: Revision::new(0),
        };
        filelog.add(&mut &tr, &file).expect("added");
        let tip = repo.changelog().expect("read").tip();
        repo.retract_phases(&tr, Phase::Secret, &[tip]).expect("moved");
        assert_eq!(repo.phases().expect("read").phase(tip), Phase::Secret);
        assert!(tr.write_pending().expect("written"));
    }
    let tip = repo.changelog().expect("read").tip();
    assert_eq!(repo.phases().expect("read").phase(tip), Phase::Draft);
    assert_eq!(oracle.run(&LOG), before);
    let left: Vec<_> = std::fs::read_dir(oracle.path().join(".hg/store"))
        .expect("there")
        .map(|entry| entry.expect("read").file_name().into_string().expect("ascii"))
        .filter(|name| name.starts_with("journal") || name.ends_with("pending"))
        .collect();
    assert!(left.is_empty(), "{left:?}");
    oracle.run(&["verify"]);
}

#[test]
fn killed_transactions_recover() {
    for (stage, splits) in STAGES.iter().flat_map(|stage| [(*stage, false), (*stage, true)]) {
        let Some(oracle) = scripted() else { return };
        let before = oracle.run(&LOG);
        let status = Command::new(std::env::current_exe().expect("known"))
            .args(["--ignored", "--exact", "transactions::child"])
            .env("QS_TEST_ROOT", oracle.path())
            .env("QS_TEST_STAGE", stage)
            .envs(splits.then_some(("QS_TEST_SPLIT", "1")))
            .output()
            .expect("runs");
        assert!(!status.status.success(), "{stage}: the child dies");
        assert_eq!(oracle.path().join(".hg/store/data/a.d").exists(), splits, "{stage}");
        if stage == "post" {
            assert_ne!(oracle.run(&LOG), before, "{stage}");
        } else {
            let said = oracle.run(&["recover"]);
            assert!(said.contains("rolling back interrupted transaction"), "{stage}: {said}");
            assert_eq!(oracle.run(&LOG), before, "{stage}");
        }
        let said = oracle.run(&["verify"]);
        assert!(!said.contains("warning"), "{stage}: {said}");
    }
}

/// The other way round: what the oracle left when it was killed, we undo.
#[test]
fn we_recover_what_the_oracle_left() {
    let Some(oracle) = scripted() else { return };
    let before = oracle.run(&LOG);
    std::fs::write(oracle.path().join("new"), "a\n").expect("written");
    let hook = "hooks.pretxnclose=kill -9 $PPID";
    let out = oracle.output(&["commit", "-qAm", "three", "--config", hook]);
    assert!(!out.status.success());
    let repo = oracle.open();
    assert!(
        repo.transaction("x").is_err_and(|error| error.message == b"abandoned transaction found")
    );
    assert!(hg_store::transaction::recover(&repo).expect("recovers"));
    assert!(!hg_store::transaction::recover(&repo).expect("nothing left"));
    assert_eq!(oracle.run(&LOG), before);
    oracle.run(&["verify"]);
}
