//! Comparing the bookmarks of two repositories.

use std::collections::{BTreeMap, BTreeSet};

use hg_types::Node;

/// Bookmarks by name.
pub type Marks = BTreeMap<Vec<u8>, Node>;

/// A bookmark with where it points at the source and at the destination.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Compared {
    /// The name.
    pub name: Vec<u8>,
    /// Where the source has it.
    pub source: Option<Node>,
    /// Where the destination has it.
    pub destination: Option<Node>,
}

/// Bookmarks of a source and a destination, sorted into kinds; each kind sorted by name.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Comparison {
    /// Only at the source.
    pub added_source: Vec<Compared>,
    /// Only at the destination.
    pub added_destination: Vec<Compared>,
    /// The source is further on.
    pub advanced_source: Vec<Compared>,
    /// The destination is further on.
    pub advanced_destination: Vec<Compared>,
    /// Both went their own way.
    pub diverged: Vec<Compared>,
    /// Different, and one of the two changesets is unknown here.
    pub differing: Vec<Compared>,
    /// Different, and both changesets are unknown here; or asked for and nowhere.
    pub invalid: Vec<Compared>,
    /// The same on both sides.
    pub same: Vec<Compared>,
}

/// What comparing needs to know of the local history.
pub trait History {
    /// The position of a visible changeset.
    fn position(&self, node: &Node) -> Option<usize>;
    /// Whether a bookmark may move from `old` to `new` without force: to a descendant, or to
    /// what replaces it.
    fn may_move(&self, old: &Node, new: &Node) -> bool;
}

/// Compares bookmarks, only those in `targets` if given.
pub fn compare(
    history: &dyn History,
    source: &Marks,
    destination: &Marks,
    targets: Option<&BTreeSet<Vec<u8>>>,
) -> Comparison {
    let names: BTreeSet<&Vec<u8>> = match targets {
        Some(targets) => targets.iter().collect(),
        None => source.keys().chain(destination.keys()).collect(),
    };
    let mut out = Comparison::default();
    for name in names {
        let (from, to) = (source.get(name).copied(), destination.get(name).copied());
        let entry = Compared { name: name.clone(), source: from, destination: to };
        let kind = match (from, to) {
            (None, None) => &mut out.invalid,
            (Some(_), None) => &mut out.added_source,
            (None, Some(_)) => &mut out.added_destination,
            (Some(from), Some(to)) if from == to => &mut out.same,
            (Some(from), Some(to)) => match (history.position(&from), history.position(&to)) {
                (None, None) => &mut out.invalid,
                (Some(left), Some(right)) if left < right => {
                    if history.may_move(&from, &to) {
                        &mut out.advanced_destination
                    } else {
                        &mut out.diverged
                    }
                }
                (Some(_), Some(_)) => {
                    if history.may_move(&to, &from) {
                        &mut out.advanced_source
                    } else {
                        &mut out.diverged
                    }
                }
                // Nothing comes before everything.
                (Some(_), None) if to.is_null() => &mut out.advanced_source,
                (None, Some(_)) if from.is_null() => &mut out.advanced_destination,
                _ => &mut out.differing,
            },
        };
        kind.push(entry);
    }
    out
}

/// The name under which a diverged bookmark is kept: `NAME@PATH` when the other side is a
/// configured path, else `NAME@1` and so on. `None` when all numbers are taken.
pub fn divergent_name(
    name: &[u8],
    path: Option<&[u8]>,
    local: &Marks,
    node: &Node,
) -> Option<Vec<u8>> {
    // The bookmark `@` diverges to `@default`, not to `@@default`.
    let base: &[u8] = if name == b"@" { b"" } else { name };
    let with = |suffix: &[u8]| [base, b"@", suffix].concat();
    if let Some(path) = path {
        return Some(with(path));
    }
    (1..100)
        .map(|number: u32| with(number.to_string().as_bytes()))
        .find(|candidate| local.get(candidate).is_none_or(|at| at == node))
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Line;

    impl History for Line {
        fn position(&self, node: &Node) -> Option<usize> {
            (node.0[0] < 10).then(|| node.0[0].into())
        }
        fn may_move(&self, old: &Node, new: &Node) -> bool {
            old.0[1] == new.0[1]
        }
    }

    fn at(position: u8, line: u8) -> Node {
        let mut node = [0; 20];
        node[..2].copy_from_slice(&[position, line]);
        Node(node)
    }

    #[test]
    fn kinds() {
        let marks = |list: &[(&str, Node)]| -> Marks {
            list.iter().map(|(name, node)| (name.as_bytes().to_vec(), *node)).collect()
        };
        let source = marks(&[
            ("only-source", at(1, 0)),
            ("same", at(2, 0)),
            ("source-ahead", at(3, 0)),
            ("behind", at(1, 0)),
            ("diverged", at(4, 1)),
            ("unknown", at(20, 0)),
        ]);
        let destination = marks(&[
            ("only-destination", at(1, 0)),
            ("same", at(2, 0)),
            ("source-ahead", at(1, 0)),
            ("behind", at(3, 0)),
            ("diverged", at(5, 2)),
            ("unknown", at(1, 0)),
        ]);
        let out = compare(&Line, &source, &destination, None);
        let name = |list: &[Compared]| {
            assert_eq!(list.len(), 1);
            String::from_utf8(list[0].name.clone()).expect("ascii")
        };
        assert_eq!(name(&out.added_source), "only-source");
        assert_eq!(name(&out.added_destination), "only-destination");
        assert_eq!(name(&out.same), "same");
        assert_eq!(name(&out.advanced_source), "source-ahead");
        assert_eq!(name(&out.advanced_destination), "behind");
        assert_eq!(name(&out.diverged), "diverged");
        assert_eq!(name(&out.differing), "unknown");
        assert!(out.invalid.is_empty());
    }

    #[test]
    fn divergent_names() {
        let mut marks = Marks::new();
        let node = at(1, 0);
        let name = |marks: &Marks, name: &[u8], path| divergent_name(name, path, marks, &node);
        assert_eq!(name(&marks, b"@", Some(b"default")), Some(b"@default".to_vec()));
        assert_eq!(name(&marks, b"x", None), Some(b"x@1".to_vec()));
        marks.insert(b"x@1".to_vec(), at(2, 0));
        assert_eq!(name(&marks, b"x", None), Some(b"x@2".to_vec()));
    }
}
