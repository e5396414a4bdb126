use super::*;

type Tree = BTreeMap<HgPathBuf, Version>;

const R: FileFlags = FileFlags::Regular;
const X: FileFlags = FileFlags::Executable;

fn tree(entries: &[(&str, u8, FileFlags)]) -> Tree {
    entries.iter().map(|&(path, node, flags)| (path.into(), (Node([node; 20]), flags))).collect()
}

fn run(local: &Tree, other: &Tree, ancestor: &Tree, copies: &MergeCopies) -> Plan {
    let paths: std::collections::BTreeSet<_> = local.keys().chain(other.keys()).collect();
    let differences = paths.into_iter().map(|path| Difference {
        path: path.clone(),
        local: local.get(path).copied(),
        other: other.get(path).copied(),
    });
    let differences = differences.filter(|d| d.local != d.other);
    let look = |tree: &'_ Tree, path: &HgPath| tree.get(path).copied();
    let sides = Sides {
        local: &|path| look(local, path),
        other: &|path| look(other, path),
        ancestor: &|path| look(ancestor, path),
        copies,
    };
    calculate(differences, &sides, CalculateOptions { branch_merge: true, ..Default::default() })
}

fn reason_of(plan: &Plan, path: &str) -> String {
    String::from_utf8(plan.actions[HgPath::new(path)].reason.clone()).expect("ascii")
}

#[test]
fn contents_and_modes() {
    let ancestor = tree(&[("a", 1, R), ("b", 1, R), ("c", 1, R), ("d", 1, R), ("e", 1, R)]);
    let local = tree(&[("a", 2, R), ("b", 1, R), ("c", 2, R), ("d", 1, X), ("e", 1, R)]);
    let other = tree(&[("a", 1, R), ("b", 2, R), ("c", 3, R), ("d", 2, R), ("e", 1, X)]);
    let plan = run(&local, &other, &ancestor, &MergeCopies::default());
    let reasons = ["a", "b", "c", "d", "e"].map(|path| reason_of(&plan, path));
    assert_eq!(
        reasons,
        [
            "remote unchanged",
            "remote is newer",
            "versions differ",
            "remote is newer",
            "update permissions"
        ]
    );
    let get = Action::Get { flags: X, backup: false };
    assert_eq!(plan.actions[HgPath::new("d")].action, get, "the local mode is kept");
    assert_eq!(plan.from_other, ["b".into(), "d".into()]);
}

#[test]
fn deletions_against_changes() {
    let ancestor = tree(&[("a", 1, R), ("b", 1, R), ("c", 1, R), ("d", 1, R)]);
    let local = tree(&[("a", 1, R), ("b", 2, R)]);
    let other = tree(&[("c", 2, R), ("d", 1, R)]);
    let plan = run(&local, &other, &ancestor, &MergeCopies::default());
    assert_eq!(plan.actions[HgPath::new("a")].action, Action::Remove);
    assert!(matches!(plan.actions[HgPath::new("b")].action, Action::ChangedDeleted(_)));
    assert!(matches!(plan.actions[HgPath::new("c")].action, Action::DeletedChanged(_)));
    assert_eq!(plan.actions[HgPath::new("d")].action, Action::KeepAbsent);
}

#[test]
fn renames_meet_changes() {
    let ancestor = tree(&[("a", 1, R), ("b", 1, R)]);
    let local = tree(&[("a2", 1, R), ("b", 2, R)]);
    let other = tree(&[("a", 2, R), ("b2", 1, R)]);
    let mut copies = MergeCopies::default();
    copies.local.copies.insert("a2".into(), "a".into());
    copies.other.copies.insert("b2".into(), "b".into());
    let plan = run(&local, &other, &ancestor, &copies);
    assert_eq!(reason_of(&plan, "a2"), "local copied/moved from a");
    assert_eq!(reason_of(&plan, "b2"), "remote moved from b");
    assert_eq!(plan.actions.len(), 2, "sources are dealt with at their destinations");
}

#[test]
fn files_follow_a_renamed_directory() {
    let ancestor = tree(&[("d/a", 1, R)]);
    let local = tree(&[("e/a", 1, R)]);
    let other = tree(&[("d/a", 1, R), ("d/new", 5, R)]);
    let mut copies = MergeCopies::default();
    copies.local.copies.insert("e/a".into(), "d/a".into());
    copies.local.moved_with_dir.insert("d/new".into(), "e/new".into());
    let plan = run(&local, &other, &ancestor, &copies);
    assert_eq!(reason_of(&plan, "e/new"), "local directory rename - get from d/new");
}
