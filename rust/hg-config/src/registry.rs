//! The registry of known configuration items and their defaults.

mod items;

use std::cmp::Ordering;

/// The value of an item that is not set.
#[derive(Clone, Copy, PartialEq, Debug)]
pub enum Default {
    /// Decided where it is used.
    Dynamic,
    /// None.
    Nothing,
    /// A boolean.
    Bool(bool),
    /// A whole number.
    Int(&'static str),
    /// A number.
    Float(&'static str),
    /// Text.
    Text(&'static str),
    /// A list.
    List(&'static [&'static str]),
}

impl Default {
    /// The default as text that the typed getters understand; `None` without one or for lists.
    #[must_use]
    pub fn text(self) -> Option<&'static [u8]> {
        match self {
            Self::Dynamic | Self::Nothing | Self::List(_) => None,
            Self::Bool(true) => Some(b"True"),
            Self::Bool(false) => Some(b"False"),
            Self::Int(text) | Self::Float(text) | Self::Text(text) => Some(text.as_bytes()),
        }
    }
}

/// A known item.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Item {
    /// `section.name`.
    pub name: &'static str,
    /// What holds when it is not set.
    pub default: Default,
    /// The bundled extension that knows it; empty when it is always known.
    pub extension: &'static str,
}

/// Names that once meant another item: (item, former name).
static FORMER_NAMES: &[(&str, &str)] = &[
    ("command-templates.graphnode", "ui.graphnodetemplate"),
    ("command-templates.log", "ui.logtemplate"),
    ("command-templates.mergemarker", "ui.mergemarkertemplate"),
    ("command-templates.pre-merge-tool-output", "ui.pre-merge-tool-output-template"),
    ("format.use-dirstate-v2", "format.exp-rc-dirstate-v2"),
    ("format.use-share-safe", "format.exp-share-safe"),
    ("format.use-persistent-nodemap", "format.exp-persistent-nodemap"),
    ("format.revlog-compression", "experimental.format.compression"),
    ("storage.revlog.optimize-delta-parent-choice", "format.aggressivemergedeltas"),
    ("storage.revlog.reuse-external-delta-parent", "format.generaldelta"),
    ("ui.patch", "diff.patch"),
    ("web.allow-archive", "web.allowarchive"),
    ("web.allow-pull", "web.allowpull"),
    ("web.allow-push", "web.allow_push"),
];

/// All items, sorted by name.
#[must_use]
pub fn items() -> &'static [Item] {
    items::ITEMS
}

/// The item `section.name`.
#[must_use]
pub fn find(section: &[u8], name: &[u8]) -> Option<&'static Item> {
    let at = items::ITEMS.binary_search_by(|item| compare(item.name, section, name)).ok()?;
    items::ITEMS.get(at)
}

/// Former names (section and name) of an item.
pub(crate) fn former_names(
    section: &[u8],
    name: &[u8],
) -> impl Iterator<Item = (&'static [u8], &'static [u8])> {
    FORMER_NAMES
        .iter()
        .filter(move |(item, _)| compare(item, section, name) == Ordering::Equal)
        .filter_map(|(_, former)| former.split_once('.'))
        .map(|(section, name)| (section.as_bytes(), name.as_bytes()))
}

/// Compares `full` with `section.name` without building it.
fn compare(full: &str, section: &[u8], name: &[u8]) -> Ordering {
    let wanted = section.iter().chain(b".").chain(name);
    full.as_bytes().iter().cmp(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_sorted() {
        assert!(items().windows(2).all(|pair| pair[0].name.as_bytes() < pair[1].name.as_bytes()));
    }

    #[test]
    fn finds() {
        assert_eq!(find(b"ui", b"timeout").map(|item| item.default), Some(Default::Text("600")));
        assert!(find(b"ui", b"nope").is_none());
    }
}
