use hg_format::dirstate::v2::DirectoryCache;

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
        dirstate.prepare_tree().expect("valid");
        let base = dirstate.tree();
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
fn untracked_files_of_cached_directories_are_kept() {
    for update in [DataUpdate::Auto, DataUpdate::Append, DataUpdate::New] {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let vfs = Vfs::new(directory.path());
        let load = || Dirstate::load(&vfs, Format { update, ..format(true) }).expect("valid");
        let mut dirstate = load();
        dirstate.rebuild(["a/b", "a/c/d", "e/f"].map(path).into_iter());
        dirstate.write().expect("writable");
        let (metadata, mtime) = clean();
        let cache = DirectoryCache {
            mtime: Timestamp::new(5, 1),
            all_unknown_recorded: true,
            all_ignored_recorded: true,
        };
        let note = |directories: &[&str], untracked: &[&str]| {
            let dirstate = load();
            let mut found = Findings::new(vec![(path("a/b"), metadata, mtime)]);
            let directories = directories.iter().map(|&path| (path.into(), cache)).collect();
            let untracked: Vec<_> = untracked.iter().map(|&path| HgPathBuf::from(path)).collect();
            found.add_directories([7; 20], directories, &untracked);
            dirstate.write_found(&found).expect("writable");
        };
        let untracked = || {
            let dirstate = load();
            let mut out = Vec::new();
            collect_untracked(&dirstate.base.root().expect("valid"), &mut out);
            out
        };
        note(&["a", "e"], &["a/z", "b/z", "e/g", "z"]);
        assert_eq!(load().get(path("a/b")).expect("valid"), Some(Entry::clean(metadata, mtime)));
        assert_eq!(untracked(), ["a/z", "e/g"], "{update:?}");
        note(&["e"], &["a/y", "e/e", "e/z"]);
        assert_eq!(untracked(), ["a/z", "e/e", "e/z"], "{update:?}: one was listed again");
        let mut dirstate = load();
        assert_eq!(dirstate.get(path("a/z")).expect("valid"), None);
        assert!(dirstate.set_tracked(path("a/z")).expect("valid"));
        dirstate.write().expect("writable");
        assert_eq!(untracked(), ["e/e", "e/z"], "{update:?}: it is tracked");
        let mut dirstate = load();
        dirstate.drop_file(path("e/f")).expect("valid");
        dirstate.write().expect("writable");
        let cached = load().directories().expect("valid").into_iter();
        let cached: Vec<_> = cached.filter(|(_, time)| time.is_some()).collect();
        assert_eq!(cached.len(), 1, "{update:?}: what is in e is not all known any more");
    }
}

fn collect_untracked(directory: &Directory, out: &mut Vec<String>) {
    for child in directory.children() {
        let child = child.expect("valid");
        if child.untracked {
            out.push(child.path.to_string());
        }
        collect_untracked(&child.below, out);
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
        let note = |digest, directories, untracked: &[HgPathBuf]| {
            let mut found = Findings::default();
            found.add_directories(digest, directories, untracked);
            load().write_found(&found).expect("writable");
        };
        note([7; 20], vec![("e".into(), cache(5)), ("a".into(), cache(4))], &[]);
        note([7; 20], vec![("a/c".into(), cache(6))], &[]);
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
        note([7; 20], vec![("e".into(), cache(5))], &[]);
        let mut dirstate = load();
        dirstate.drop_file(path("a/c/d")).expect("valid");
        dirstate.write().expect("writable");
        assert_eq!(cached(&load()), ["e"], "{update:?}: a new file may be where one was forgotten");
        note([8; 20], vec![("a".into(), cache(9))], &[]);
        assert_eq!(cached(&load()), ["a"], "{update:?}: other rules");
        let left = std::fs::read_dir(directory.path()).expect("readable").count();
        assert_eq!(left, 2, "{update:?}: old data files are removed");
    }
}
