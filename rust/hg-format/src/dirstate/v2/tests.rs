use hg_types::{HgPath, Node};
use proptest::prelude::*;

use super::super::{Entry, Metadata, Result, Timestamp};
use super::*;

/// Order in which a walk meets paths.
fn by_components(paths: &mut [Vec<u8>]) {
    paths.sort_by(|a, b| HgPath::new(a).components().cmp(HgPath::new(b).components()));
}

fn collect(
    children: Children,
    out: &mut Vec<(Vec<u8>, Option<Entry>, Option<Vec<u8>>)>,
) -> Result<()> {
    for node in children.iter() {
        let node = node?;
        if node.entry().is_some() || node.directory_cache().is_some() {
            let source = node.copy_source()?.map(|source| source.as_bytes().to_vec());
            out.push((node.path().as_bytes().to_vec(), node.entry(), source));
        }
        collect(node.children()?, out)?;
    }
    Ok(())
}

fn metadata() -> Metadata {
    Metadata { size: 5, executable: true, symlink: false }
}

fn added(path: &'static str) -> Item<'static> {
    Item {
        path: HgPath::new(path),
        entry: Some(Entry::added()),
        copy_source: None,
        directory: None,
    }
}

#[test]
fn docket_round_trip() {
    let docket = Docket {
        parents: [Node([1; 20]), Node([2; 20])],
        tree: TreeMetadata {
            root_nodes: 1,
            root_count: 2,
            entries: 3,
            copies: 4,
            unreachable: 5,
            ignore_digest: [6; 20],
        },
        data_size: 7,
        id: b"12345678".to_vec(),
    };
    let bytes = docket.encode().expect("short identifier");
    assert_eq!(bytes.len(), 133);
    assert_eq!(Docket::decode(&bytes), Ok(docket));
    assert!((0..bytes.len()).all(|end| Docket::decode(&bytes[..end]).is_err()));
}

#[test]
fn finds_what_was_written() {
    let mut paths: Vec<Vec<u8>> =
        ["a/b/f", "a.c", "a/x", "b", "a/b.c"].map(|p| p.as_bytes().to_vec()).into();
    by_components(&mut paths);
    let time = Timestamp::new(9, 8);
    let items = paths.iter().map(|path| Item {
        path: HgPath::new(path),
        entry: Some(Entry::clean(metadata(), Some(time))),
        copy_source: (path == b"b").then_some(HgPath::new("a/x")),
        directory: None,
    });
    let (data, tree) = write_tree(items).expect("in order");
    assert_eq!((tree.entries, tree.copies, tree.root_count), (5, 1, 3));
    let tree = Tree::new(&data, tree);
    for path in &paths {
        let node = tree.node(HgPath::new(path)).expect("valid").expect("written");
        assert_eq!(node.entry(), Some(Entry::clean(metadata(), Some(time))));
    }
    let a = tree.node(HgPath::new("a")).expect("valid").expect("a directory");
    assert_eq!((a.entry(), a.descendants(), a.tracked_descendants()), (None, 3, 3));
    assert!(tree.node(HgPath::new("a/b/g")).expect("valid").is_none());
    let source = tree.node(HgPath::new("b")).expect("valid").and_then(|b| b.copy_source().ok()?);
    assert_eq!(source, Some(HgPath::new("a/x")));
}

#[test]
fn wrong_order_is_refused() {
    assert!(write_tree(["b", "a"].map(added).into_iter()).is_err());
    assert!(write_tree(["a/b", "a"].map(added).into_iter()).is_err());
    assert!(write_tree(["a", "a/b"].map(added).into_iter()).is_ok());
}

#[test]
fn a_directory_that_lost_a_name_is_not_cached() {
    let (mut data, mut tree) =
        write_tree(["a/b/f", "a/c/f", "a/x", "d/y"].map(added).into_iter()).expect("in order");
    let cache = DirectoryCache {
        mtime: Timestamp::new(7, 8),
        all_unknown_recorded: true,
        all_ignored_recorded: false,
    };
    let mut change = |changes: &[(&'static str, What)]| {
        let changes: Vec<_> =
            changes.iter().map(|&(p, what)| Change { path: HgPath::new(p), what }).collect();
        let (tail, new) =
            append_to_tree(&Tree::new(&data, tree), &tree, &changes).expect("in order");
        data.extend_from_slice(&tail);
        tree = new;
        ["a", "a/b", "a/c", "d"].map(|path| {
            let node = Tree::new(&data, tree).node(HgPath::new(path)).expect("valid");
            node.and_then(|node| node.directory_cache()).is_some()
        })
    };
    let all = ["a", "a/b", "a/c", "d"].map(|path| (path, What::Directory(cache)));
    assert_eq!(change(&all), [true; 4]);
    assert_eq!(change(&[("a/b/f", What::File(Entry::possibly_dirty(), None))]), [true; 4]);
    assert_eq!(change(&[("a/b/g", What::File(Entry::added(), None))]), [true; 4]);
    assert_eq!(change(&[("a/b/g", What::Forget)]), [true, false, true, true]);
    assert_eq!(change(&[("a/c/f", What::Forget)]), [false, false, false, true]);
}

#[test]
fn untracked_files_are_known_as_long_as_their_directory_is() {
    let (mut data, mut tree) =
        write_tree(["a/b/f", "a/x", "d/y"].map(added).into_iter()).expect("in order");
    let cache = DirectoryCache {
        mtime: Timestamp::new(7, 8),
        all_unknown_recorded: true,
        all_ignored_recorded: true,
    };
    let listed = What::Directory(cache);
    let mut change = |changes: &[(&'static str, What)]| {
        let changes: Vec<_> =
            changes.iter().map(|&(p, what)| Change { path: HgPath::new(p), what }).collect();
        let (tail, new) =
            append_to_tree(&Tree::new(&data, tree), &tree, &changes).expect("in order");
        data.extend_from_slice(&tail);
        tree = new;
        let mut untracked = Vec::new();
        untracked_files(Tree::new(&data, tree).root().expect("valid"), &mut untracked);
        let a = Tree::new(&data, tree).node(HgPath::new("a")).expect("valid").expect("there");
        assert_eq!(tree.entries, a.descendants() + 1, "untracked files are no entries");
        (untracked, a.directory_cache().is_some())
    };
    let untracked = What::Untracked;
    let found = change(&[("a", listed), ("a/u", untracked), ("a/w", untracked)]);
    assert_eq!(found, (vec!["a/u".into(), "a/w".into()], true));
    let found = change(&[("a/b/g", What::File(Entry::added(), None))]);
    assert_eq!(found, (vec!["a/u".into(), "a/w".into()], true));
    let found = change(&[("a/u", What::File(Entry::added(), None))]);
    assert_eq!(found, (vec!["a/w".into()], true), "tracked from now on");
    assert!(!change(&[("a/u", What::Forget)]).1);
    let found = change(&[("a", listed), ("a/u", untracked)]);
    assert_eq!(found, (vec!["a/u".into()], true), "listed anew: w is gone");
    let found = change(&[("a/u/v", What::File(Entry::added(), None))]);
    assert_eq!(found, (vec![], true), "a directory took the place of the file");
    assert_eq!(change(&[("a/u", untracked)]), (vec![], true), "it still is one");
    assert_eq!(change(&[("a/b/f", untracked)]), (vec![], true), "it is tracked");
    assert_eq!(change(&[("a", listed)]), (vec![], true));
}

fn untracked_files(children: Children, out: &mut Vec<String>) {
    for node in children.iter() {
        let node = node.expect("valid");
        if node.is_untracked_file() {
            out.push(node.path().to_string());
        }
        untracked_files(node.children().expect("valid"), out);
    }
}

#[test]
fn a_file_and_the_directory_in_its_place_may_have_a_node_each() {
    let item = |path: &'static str, entry| Item {
        path: HgPath::new(path),
        entry: Some(entry),
        copy_source: None,
        directory: None,
    };
    let removed = Entry { tracked: false, ..Entry::possibly_dirty() };
    let items = [item("a", removed), item("f", removed), item("g/x", Entry::added())];
    let (mut data, mut tree) = write_tree(items.into_iter()).expect("in order");
    // Let the directory have the name of the file.
    let at = usize::try_from(tree.root_nodes).expect("small");
    let below = data.windows(3).position(|name| name == b"g/x").expect("there");
    data[below] = b'f';
    let g = data.iter().position(|&byte| byte == b'g').expect("there");
    data[g] = b'f';
    let check = |data: &[u8], tree: TreeMetadata| {
        let tree = Tree::new(data, tree);
        let f = tree.node(HgPath::new("f")).expect("valid").expect("there");
        assert_eq!((f.entry(), f.descendants()), (Some(removed), 1));
        let mut found = Vec::new();
        collect(tree.root().expect("valid"), &mut found).expect("valid");
        let names: Vec<_> = found.iter().map(|(path, ..)| path.as_slice()).collect();
        assert_eq!(names, [&b"a"[..], b"f", b"f/x"]);
    };
    check(&data, tree);
    let (first, second) = (at + NODE_SIZE, at + 2 * NODE_SIZE);
    for offset in 0..NODE_SIZE {
        data.swap(first + offset, second + offset);
    }
    check(&data, tree);
    let change = Change { path: HgPath::new("a"), what: What::File(removed, None) };
    let (tail, new) = append_to_tree(&Tree::new(&data, tree), &tree, &[change]).expect("valid");
    data.extend_from_slice(&tail);
    tree = new;
    assert_eq!(tree.root_count, 2);
    check(&data, tree);
}

proptest! {
    #[test]
    fn trees_round_trip(mut paths in prop::collection::vec("[ab.]{1,2}(/[ab.]{1,2}){0,3}", 0..40)) {
        let mut paths: Vec<Vec<u8>> = paths.drain(..).map(String::into_bytes).collect();
        by_components(&mut paths);
        paths.dedup();
        let items: Vec<_> = paths.iter().enumerate().map(|(index, path)| Item {
            path: HgPath::new(path),
            entry: Some(if index % 2 == 0 { Entry::added() } else { Entry::clean(metadata(), None) }),
            copy_source: (index % 3 == 0).then_some(HgPath::new("source")),
            directory: None,
        }).collect();
        let (data, tree) = write_tree(items.iter().copied()).expect("in order");
        let mut found = Vec::new();
        collect(Tree::new(&data, tree).root().expect("valid"), &mut found).expect("valid");
        let expected: Vec<_> = items.iter().map(|item| (
            item.path.as_bytes().to_vec(), item.entry, item.copy_source.map(|s| s.as_bytes().to_vec()),
        )).collect();
        prop_assert_eq!(found, expected);
    }

    #[test]
    fn appending_is_like_rewriting(
        old in prop::collection::btree_map("[ab.]{1,2}(/[ab.]{1,2}){0,3}", 0u32..3, 0..30),
        changes in prop::collection::btree_map("[ab.]{1,2}(/[ab.]{1,2}){0,3}", 0u32..4, 0..12),
    ) {
        let sorted = |map: &std::collections::BTreeMap<String, u32>| {
            let mut paths: Vec<Vec<u8>> = map.keys().map(|path| path.clone().into_bytes()).collect();
            by_components(&mut paths);
            paths
        };
        let number = |map: &std::collections::BTreeMap<String, u32>, path: &[u8]| {
            map[std::str::from_utf8(path).expect("plain")]
        };
        let entry = |number: u32| match number {
            0 => Entry::added(),
            1 => Entry::possibly_dirty(),
            _ => Entry::clean(metadata(), Some(Timestamp::new(number.into(), 5))),
        };
        let source = |number: u32| (number == 1).then_some(HgPath::new("source"));
        let paths = sorted(&old);
        let (mut data, tree) = write_tree(paths.iter().map(|path| {
            let number = number(&old, path);
            let (entry, copy_source) = (Some(entry(number)), source(number));
            Item { path: HgPath::new(path), entry, copy_source, directory: None }
        })).expect("in order");
        let changed = sorted(&changes);
        let list: Vec<Change> = changed.iter().map(|path| Change {
            path: HgPath::new(path),
            what: match number(&changes, path) {
                3 => What::Forget,
                number => What::File(entry(number), source(number)),
            },
        }).collect();
        let (tail, appended) = append_to_tree(&Tree::new(&data, tree), &tree, &list).expect("valid");
        let mut all = old.clone();
        for (path, number) in &changes {
            if *number == 3 { all.remove(path); } else { all.insert(path.clone(), *number); }
        }
        let paths = sorted(&all);
        let expected: Vec<_> = paths.iter().map(|path| {
            let number = number(&all, path);
            (path.clone(), Some(entry(number)), source(number).map(|s| s.as_bytes().to_vec()))
        }).collect();
        data.extend_from_slice(&tail);
        let mut found = Vec::new();
        collect(Tree::new(&data, appended).root().expect("valid"), &mut found).expect("valid");
        prop_assert_eq!(found, expected.clone());
        prop_assert_eq!(appended.entries as usize, expected.len());
        let copies = expected.iter().filter(|(_, _, source)| source.is_some()).count();
        prop_assert_eq!(appended.copies as usize, copies);
    }

    #[test]
    fn damaged_trees_do_not_panic(flips in prop::collection::vec((0usize..700, any::<u8>()), 1..8)) {
        let items = ["a/b/f", "a/b/g", "a/x", "b", "c/d"].map(|path| Item {
            path: HgPath::new(path),
            entry: Some(Entry::added()),
            copy_source: Some(HgPath::new("s")),
            directory: None,
        });
        let (mut data, tree) = write_tree(items.into_iter()).expect("in order");
        for (at, byte) in flips {
            let at = at % data.len();
            data[at] = byte;
        }
        let mut found = Vec::new();
        if let Ok(root) = Tree::new(&data, tree).root() {
            let _ = collect(root, &mut found);
            let change = Change { path: HgPath::new("a/b/g"), what: What::Forget };
            let _ = append_to_tree(&Tree::new(&data, tree), &tree, &[change]);
            let cache = DirectoryCache {
                mtime: Timestamp::new(1, 2),
                all_unknown_recorded: true,
                all_ignored_recorded: true,
            };
            let listed = Change { path: HgPath::new("a"), what: What::Directory(cache) };
            let _ = append_to_tree(&Tree::new(&data, tree), &tree, &[listed]);
        }
    }
}
