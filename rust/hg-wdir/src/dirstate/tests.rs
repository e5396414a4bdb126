use super::*;

fn path(text: &str) -> &HgPath {
    HgPath::new(text)
}

fn format(v2: bool) -> Format {
    Format { v2, tracked_hint: false, pending: false, update: DataUpdate::Auto }
}

fn open(directory: &tempfile::TempDir, v2: bool) -> Dirstate {
    Dirstate::load(&Vfs::new(directory.path()), format(v2)).expect("valid")
}

fn clean() -> (Metadata, Option<Timestamp>) {
    (Metadata { size: 3, executable: true, symlink: false }, Some(Timestamp::new(77, 0)))
}

#[test]
fn survives_writing_in_both_versions() {
    for v2 in [false, true] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let mut dirstate = open(&directory, v2);
        let (metadata, mtime) = clean();
        dirstate.set_parents(Node([1; 20]), Node::NULL).expect("valid");
        for name in ["b", "a/b", "a.c", "a/c/d"] {
            dirstate.set_clean(path(name), metadata, mtime).expect("valid");
        }
        assert!(dirstate.set_tracked(path("a/new")).expect("valid"));
        assert!(!dirstate.set_tracked(path("a/new")).expect("valid"));
        dirstate.set_copy(path("a/new"), Some(path("b"))).expect("valid");
        assert!(dirstate.set_untracked(path("b")).expect("valid"));
        dirstate.write().expect("writable");
        let mut again = open(&directory, v2);
        assert_eq!(again.p1(), Node([1; 20]));
        let names: Vec<_> =
            again.entries().expect("valid").into_iter().map(|(path, _)| path.to_string()).collect();
        assert_eq!(names, ["a.c", "a/b", "a/c/d", "a/new", "b"]);
        assert_eq!(again.get(path("a/b")).expect("valid"), Some(Entry::clean(metadata, mtime)));
        assert!(again.get(path("b")).expect("valid").expect("kept").is_removed());
        assert_eq!(again.copies().expect("valid"), [("a/new".into(), "b".into())]);
        assert!(again.has_tracked_below(path("a/c")).expect("valid"));
        assert!(!again.has_tracked_below(path("b")).expect("valid"));
        assert!(again.set_untracked(path("a/new")).expect("valid"));
        assert_eq!(again.get(path("a/new")).expect("valid"), None, "an added file is forgotten");
        again.write().expect("writable");
        let left = std::fs::read_dir(directory.path()).expect("readable").count();
        assert_eq!(left, if v2 { 2 } else { 1 }, "old data files are removed");
    }
}

#[test]
fn names_that_clash() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut dirstate = open(&directory, false);
    dirstate.set_tracked(path("a/b")).expect("free");
    let clash = dirstate.set_tracked(path("a")).expect_err("a directory");
    assert_eq!(clash.message, b"directory 'a' already in dirstate");
    let clash = dirstate.set_tracked(path("a/b/c")).expect_err("a file");
    assert_eq!(clash.message, b"file 'a/b' in dirstate clashes with 'a/b/c'");
    assert!(dirstate.set_tracked(path("a\nb")).is_err());
}

#[test]
fn leaving_a_merge_folds_entries() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    let mut dirstate = open(&directory, false);
    dirstate.set_parents(Node([1; 20]), Node([2; 20])).expect("valid");
    let merged =
        FileUpdate { tracked: true, p1_tracked: true, p2_info: true, ..FileUpdate::default() };
    dirstate.update_file(path("m"), merged).expect("valid");
    dirstate.update_file(path("o"), FileUpdate { p1_tracked: false, ..merged }).expect("valid");
    dirstate.set_copy(path("o"), Some(path("x"))).expect("valid");
    let copies = dirstate.set_parents(Node([1; 20]), Node::NULL).expect("valid");
    assert_eq!(copies, [("o".into(), "x".into())]);
    assert_eq!(dirstate.get(path("m")).expect("valid"), Some(Entry::possibly_dirty()));
    assert_eq!(dirstate.get(path("o")).expect("valid"), Some(Entry::added()));
}

#[test]
fn children_of_directories() {
    let directory = tempfile::tempdir().expect("a temporary directory");
    for v2 in [false, true] {
        let mut dirstate = open(&directory, v2);
        dirstate.rebuild(["a/b", "a/c/d", "a.c", "x"].map(path).into_iter());
        dirstate.drop_file(path("x")).expect("valid");
        if v2 {
            dirstate.write().expect("writable");
        }
        let base = dirstate.tree().expect("valid");
        let root = base.root().expect("valid").children();
        let root: Vec<_> = root.map(|child| child.expect("valid")).collect();
        let names: Vec<_> = root.iter().map(|child| (child.name, child.entry.is_some())).collect();
        assert_eq!(names, [(&b"a"[..], false), (b"a.c", true)]);
        let paths: Vec<_> =
            root[0].below.children().map(|child| child.expect("valid").path.to_string()).collect();
        assert_eq!(paths, ["a/b", "a/c"]);
        assert!(root[1].below.is_empty());
    }
}

#[test]
fn cached_directories_outlive_what_does_not_concern_them() {
    for update in [DataUpdate::Auto, DataUpdate::Append, DataUpdate::New] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let vfs = Vfs::new(directory.path());
        let load = || Dirstate::load(&vfs, Format { update, ..format(true) }).expect("valid");
        let mut dirstate = load();
        dirstate.rebuild(["a/b", "a/c/d", "e/f", "x"].map(path).into_iter());
        dirstate.write().expect("writable");
        let cached = |dirstate: &Dirstate| -> Vec<String> {
            let all = dirstate.directories().expect("valid").into_iter();
            all.filter(|(_, time)| time.is_some()).map(|(path, _)| path.to_string()).collect()
        };
        let cache = |seconds| DirectoryCache {
            mtime: Timestamp::new(seconds, 1),
            all_unknown_recorded: true,
            all_ignored_recorded: false,
        };
        let mut dirstate = load();
        dirstate.note_directories([7; 20], vec![("e".into(), cache(5)), ("a".into(), cache(4))]);
        dirstate.write().expect("writable");
        dirstate.note_directories([7; 20], vec![("a/c".into(), cache(6))]);
        dirstate.write().expect("writable");
        let mut dirstate = load();
        assert_eq!(cached(&dirstate), ["a", "a/c", "e"], "{update:?}");
        assert_eq!(dirstate.ignore_digest(), &[7; 20]);
        let (metadata, mtime) = clean();
        dirstate.set_clean(path("a/c/d"), metadata, mtime).expect("valid");
        dirstate.write().expect("writable");
        assert_eq!(cached(&load()), ["a", "a/c", "e"], "{update:?}");
        let mut dirstate = load();
        let record = Record { entry: Entry::possibly_dirty(), copy_source: None };
        dirstate.put(path("e"), Some(record), false);
        dirstate.write().expect("writable");
        assert_eq!(cached(&load()), ["a", "a/c"], "{update:?}: a file in the place of a directory");
        let mut dirstate = load();
        dirstate.drop_file(path("e")).expect("valid");
        dirstate.write().expect("writable");
        dirstate.note_directories([7; 20], vec![("e".into(), cache(5))]);
        dirstate.write().expect("writable");
        let mut dirstate = load();
        dirstate.drop_file(path("a/c/d")).expect("valid");
        dirstate.write().expect("writable");
        assert_eq!(cached(&load()), ["e"], "{update:?}: a new file may be where one was forgotten");
        let mut dirstate = load();
        dirstate.note_directories([8; 20], vec![("a".into(), cache(9))]);
        dirstate.write().expect("writable");
        assert_eq!(cached(&load()), ["a"], "{update:?}: other rules");
        let left = std::fs::read_dir(directory.path()).expect("readable").count();
        assert_eq!(left, 2, "{update:?}: old data files are removed");
    }
}
