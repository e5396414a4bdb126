use hg_diff::delta;
use hg_types::HgPathBuf;

use super::*;

fn manifest(files: &[(&str, u8)]) -> Manifest {
    Manifest::from_entries(files.iter().map(|(path, fill)| ManifestEntry {
        path: HgPath::new(path),
        node: Node([*fill; 20]),
        flags: FileFlags::Regular,
    }))
}

#[test]
fn lookups_and_directories() {
    let m = manifest(&[("b/x", 1), ("a", 2), ("b.c", 3), ("b/y/z", 4)]);
    assert_eq!(m.len(), 4);
    assert_eq!(m.node(HgPath::new("b/x")), Some(Node([1; 20])));
    assert!(m.has_dir(HgPath::new("b/y")) && !m.has_dir(HgPath::new("b/x")));
    let below: Vec<_> = m.below(HgPath::new("b")).map(|e| e.path.to_string()).collect();
    assert_eq!(below, ["b/x", "b/y/z"]);
}

#[test]
fn diffs_hold_only_changes() {
    let old = manifest(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
    let new = manifest(&[("a", 1), ("c", 2), ("d", 1), ("e", 1)]);
    let diff: Vec<_> = old
        .diff(&new)
        .into_iter()
        .map(|d| (d.path.to_string(), d.old.is_some(), d.new.is_some()))
        .collect();
    let expected = [
        ("b".to_owned(), true, false),
        ("c".to_owned(), true, true),
        ("e".to_owned(), false, true),
    ];
    assert_eq!(diff, expected);
}

#[test]
fn changes_make_text_and_delta() {
    let old = manifest(&[("a", 1), ("b", 1), ("c", 1), ("d", 1)]);
    let file = |fill| Some((Node([fill; 20]), FileFlags::Regular));
    let changes: ManifestChanges = [("0", file(9)), ("b", None), ("c", file(2)), ("zz", file(3))]
        .into_iter()
        .chain([("x", None), ("d", file(1))])
        .map(|(path, value)| (HgPathBuf::from(path), value))
        .collect();
    let (text, delta) = apply_changes(old.text(), &changes).expect("applies");
    let expected = manifest(&[("0", 9), ("a", 1), ("c", 2), ("d", 1), ("zz", 3)]);
    assert_eq!(&text, &**expected.text());
    assert_eq!(delta::apply(old.text(), &delta).expect("fits"), text);
    assert_eq!(delta::hunks(&delta).count(), 3);
}

#[test]
fn finders_find_in_any_order() {
    let names: Vec<String> = (0..300).map(|n| format!("d{}/f{n:03}", n / 40)).collect();
    let files: Vec<(&str, u8)> = names.iter().map(|name| (name.as_str(), 7)).collect();
    let manifest = manifest(&files);
    let mut finder = manifest.finder();
    let asked = [0, 1, 2, 40, 39, 299, 5, 120, 121, 299, 0];
    for name in asked.map(|number| &names[number]) {
        let path = HgPath::new(name);
        assert_eq!(finder.get(path), manifest.get(path), "{name}");
        assert!(finder.get(path).is_some(), "{name}");
        let absent = format!("{name}x");
        assert_eq!(finder.get(HgPath::new(&absent)), None);
    }
    for name in ["", "a", "d", "z", "d7/f299x"] {
        assert_eq!(finder.get(HgPath::new(name)), None, "{name}");
    }
    assert_eq!(Manifest::default().finder().get(HgPath::new("a")), None);
}
