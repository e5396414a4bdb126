//! Ordered sections of items: the result of reading one file, and of merging several.

use std::collections::BTreeMap;
use std::sync::Arc;

/// Where an item was set, as `hg config --debug` shows it: `FILE:LINE`, `--config`, `$PAGER`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Origin {
    name: Arc<[u8]>,
    line: Option<u32>,
}

impl Origin {
    /// An origin that is not a line of a file.
    pub fn named(name: impl AsRef<[u8]>) -> Self {
        Self { name: name.as_ref().into(), line: None }
    }

    /// A line of a file.
    #[must_use]
    pub fn line(file: &Arc<[u8]>, line: u32) -> Self {
        Self { name: file.clone(), line: Some(line) }
    }

    /// The file, when the item comes from one.
    #[must_use]
    pub fn file(&self) -> Option<&[u8]> {
        self.line.map(|_| &*self.name)
    }

    /// The text shown to users.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        let mut out = self.name.to_vec();
        if let Some(line) = self.line {
            out.extend_from_slice(format!(":{line}").as_bytes());
        }
        out
    }
}

/// One item of a section.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Entry {
    pub(crate) name: Vec<u8>,
    pub(crate) value: Vec<u8>,
    pub(crate) origin: Origin,
    /// Later settings have greater numbers, across sections and files.
    pub(crate) sequence: u32,
}

/// Sections by name; within one, items in the order of their last setting.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct Layer {
    sections: BTreeMap<Vec<u8>, Vec<Entry>>,
    /// Items removed by `%unset`, so that they also leave what lies below.
    pub(crate) unset: Vec<(Vec<u8>, Vec<u8>)>,
}

impl Layer {
    pub(crate) fn get(&self, section: &[u8], name: &[u8]) -> Option<&Entry> {
        self.sections.get(section)?.iter().find(|entry| entry.name == name)
    }

    pub(crate) fn section(&self, section: &[u8]) -> &[Entry] {
        self.sections.get(section).map_or(&[], Vec::as_slice)
    }

    pub(crate) fn names(&self) -> impl Iterator<Item = &[u8]> {
        self.sections.keys().map(Vec::as_slice)
    }

    /// Sets an item; one that was there moves to the end.
    pub(crate) fn set(&mut self, section: &[u8], entry: Entry) {
        let items = match self.sections.get_mut(section) {
            Some(items) => items,
            None => self.sections.entry(section.to_vec()).or_default(),
        };
        items.retain(|item| item.name != entry.name);
        items.push(entry);
        self.unset.retain(|(s, n)| s != section || Some(n) != items.last().map(|e| &e.name));
    }

    pub(crate) fn remove(&mut self, section: &[u8], name: &[u8]) {
        if let Some(items) = self.sections.get_mut(section) {
            items.retain(|item| item.name != name);
            if items.is_empty() {
                self.sections.remove(section);
            }
        }
    }

    pub(crate) fn clear_section(&mut self, section: &[u8]) {
        self.sections.remove(section);
    }

    /// Lays `upper` on top: its unsettings first, then its items.
    pub(crate) fn update(&mut self, upper: &Self) {
        for (section, name) in &upper.unset {
            self.remove(section, name);
        }
        for (section, items) in &upper.sections {
            for entry in items {
                self.set(section, entry.clone());
            }
        }
    }
}
