//! The merged configuration and its typed getters.

use std::path::PathBuf;

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Result};

use crate::layer::{Entry, Layer, Origin};
use crate::{Environment, merge_tools, registry, value};

/// An item as `hg config` shows it.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Value {
    /// Its section.
    pub section: Vec<u8>,
    /// Its name.
    pub name: Vec<u8>,
    /// Its text.
    pub value: Vec<u8>,
    /// Where it was set.
    pub origin: Origin,
}

/// Items set by hand are numbered from here: they come after those of all files.
pub(crate) const OVERLAY: u32 = 1 << 30;

/// The configuration that holds for a run or for a repository.
#[derive(Clone, Default, Debug)]
pub struct Config {
    pub(crate) env: Environment,
    /// Items from trusted files, below those set by hand.
    pub(crate) trusted: Layer,
    /// Items from all files.
    pub(crate) untrusted: Layer,
    /// Items set by hand (`--config`, [`Config::set`]); they win over every file.
    pub(crate) overlay: Layer,
    /// The number that the next item gets.
    pub(crate) sequence: u32,
    /// Whether the built-in merge tools apply (`HGRCPATH` unset).
    pub(crate) builtin_merge_tools: bool,
    /// The files that were looked at, for `hg config --debug`.
    pub(crate) files_read: Vec<Vec<u8>>,
    /// What the user should hear about the files; see [`Config::take_warnings`].
    pub(crate) warnings: Vec<Vec<u8>>,
    /// What the user should hear with `--debug`.
    pub(crate) debug_notes: Vec<Vec<u8>>,
}

impl Config {
    /// A configuration without any file.
    #[must_use]
    pub fn empty(env: Environment) -> Self {
        Self { env, ..Self::default() }
    }

    /// The environment this configuration was loaded in.
    #[must_use]
    pub fn environment(&self) -> &Environment {
        &self.env
    }

    /// Moves to another current directory; relative names of files read so far keep their meaning.
    pub fn set_cwd(&mut self, cwd: PathBuf) {
        self.env.cwd = cwd;
    }

    /// The text of an item, or its registered default when that is text, number or boolean.
    pub fn get(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        let (section, name) = (section.as_ref(), name.as_ref());
        self.lookup(section, name).or_else(|| registry::find(section, name)?.default.text())
    }

    /// The text of an item that somebody set; defaults do not count.
    pub fn get_set(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        self.lookup(section.as_ref(), name.as_ref())
    }

    /// The text of an item, or `default` when it is not set.
    pub fn get_or<'a>(
        &'a self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
        default: &'a [u8],
    ) -> &'a [u8] {
        self.lookup(section.as_ref(), name.as_ref()).unwrap_or(default)
    }

    /// The text of an item, also from files of untrusted users.
    pub fn get_untrusted(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Option<&[u8]> {
        let (section, name) = (section.as_ref(), name.as_ref());
        match self.untrusted.get(section, name) {
            Some(entry) => Some(&entry.value),
            None => self.get(section, name),
        }
    }

    /// Whether somebody set the item.
    pub fn has(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> bool {
        self.lookup(section.as_ref(), name.as_ref()).is_some()
    }

    /// Whether the section has any item.
    pub fn has_section(&self, section: impl AsRef<[u8]>) -> bool {
        !self.trusted.section(section.as_ref()).is_empty()
            || (self.builtin_merge_tools && section.as_ref() == b"merge-tools")
    }

    /// Whether the section has any item, also in files of untrusted users.
    pub fn has_section_untrusted(&self, section: impl AsRef<[u8]>) -> bool {
        self.has_section(&section) || !self.untrusted.section(section.as_ref()).is_empty()
    }

    /// A boolean, its default when not set, `false` without default.
    pub fn get_bool(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<bool> {
        Ok(self.find_bool(section, name)?.unwrap_or(false))
    }

    /// A boolean, `default` when not set.
    pub fn get_bool_or(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
        default: bool,
    ) -> Result<bool> {
        if !self.has(&section, &name) {
            return Ok(default);
        }
        Ok(self.find_bool(section, name)?.unwrap_or(default))
    }

    /// A boolean; `None` when not set and without default.
    pub fn find_bool(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<bool>> {
        self.typed(section.as_ref(), name.as_ref(), "is not a boolean", value::parse_bool)
    }

    /// A whole number, its default when not set, 0 without default.
    pub fn get_int(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<i64> {
        Ok(self.find_int(section, name)?.unwrap_or(0))
    }

    /// A whole number; `None` when not set and without default.
    pub fn find_int(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<i64>> {
        self.typed(section.as_ref(), name.as_ref(), "is not a valid integer", value::parse_int)
    }

    /// A number; `None` when not set and without default.
    pub fn find_float(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<f64>> {
        self.typed(section.as_ref(), name.as_ref(), "is not a valid float", value::parse_float)
    }

    /// A quantity of bytes, its default when not set, 0 without default.
    pub fn get_bytes(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Result<i64> {
        Ok(self.find_bytes(section, name)?.unwrap_or(0))
    }

    /// A quantity of bytes; `None` when not set and without default.
    pub fn find_bytes(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Result<Option<i64>> {
        self.typed(section.as_ref(), name.as_ref(), "is not a byte quantity", value::parse_bytes)
    }

    /// A list; its default when not set, empty without default.
    pub fn get_list(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Vec<Vec<u8>> {
        let (section, name) = (section.as_ref(), name.as_ref());
        if let Some(text) = self.lookup(section, name) {
            return value::parse_list(text);
        }
        match registry::find(section, name).map(|item| item.default) {
            Some(registry::Default::List(words)) => {
                words.iter().map(|word| word.as_bytes().to_vec()).collect()
            }
            Some(default) => default.text().map(value::parse_list).unwrap_or_default(),
            None => Vec::new(),
        }
    }

    /// A list, also from files of untrusted users.
    pub fn get_list_untrusted(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Vec<Vec<u8>> {
        match self.untrusted.get(section.as_ref(), name.as_ref()) {
            Some(entry) => value::parse_list(&entry.value),
            None => self.get_list(section, name),
        }
    }

    /// A path: `~` and variables expanded, relative to the directory of the file that sets it.
    pub fn get_path(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<PathBuf> {
        let (section, name) = (section.as_ref(), name.as_ref());
        let text = self.get(section, name)?;
        let path = crate::expand_path(&self.env, text).to_path_lossy().into_owned();
        let origin = self.trusted.get(section, name).map(|entry| &entry.origin);
        let Some(file) = origin.and_then(Origin::file).filter(|_| path.is_relative()) else {
            return Some(path);
        };
        let base = file.to_path_lossy();
        Some(base.parent().map_or_else(|| path.clone(), |directory| directory.join(&path)))
    }

    /// The items of a section in the order of their last setting.
    pub fn items(&self, section: impl AsRef<[u8]>) -> impl Iterator<Item = (&[u8], &[u8])> {
        let section = section.as_ref();
        let own = self.trusted.section(section);
        let builtin: &[_] = if self.builtin_merge_tools && section == b"merge-tools" {
            merge_tools::ITEMS
        } else {
            &[]
        };
        builtin
            .iter()
            .map(|&(name, value, _)| (name.as_bytes(), value.as_bytes()))
            .filter(|(name, _)| !own.iter().any(|entry| entry.name == *name))
            .chain(own.iter().map(|entry| (&*entry.name, &*entry.value)))
    }

    /// The items of a section with those from files of untrusted users.
    pub fn untrusted_items(&self, section: impl AsRef<[u8]>) -> Vec<(Vec<u8>, Vec<u8>)> {
        let entries = self.untrusted.section(section.as_ref());
        entries.iter().map(|entry| (entry.name.clone(), entry.value.clone())).collect()
    }

    /// An item that has sub-options: its own text and each `name:option`.
    pub fn sub_options(
        &self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
    ) -> Vec<(Vec<u8>, Vec<u8>)> {
        let prefix = [name.as_ref(), b":"].concat();
        self.items(section)
            .filter_map(|(name, value)| {
                Some((name.strip_prefix(&*prefix)?.to_vec(), value.to_vec()))
            })
            .collect()
    }

    /// Every item that is set, sections sorted; from untrusted files too when `untrusted`.
    #[must_use]
    pub fn all(&self, untrusted: bool) -> Vec<Value> {
        let layer = if untrusted { &self.untrusted } else { &self.trusted };
        let mut sections: Vec<&[u8]> = layer.names().collect();
        if self.builtin_merge_tools && !sections.contains(&&b"merge-tools"[..]) {
            sections.push(b"merge-tools");
            sections.sort_unstable();
        }
        let mut out = Vec::new();
        for section in sections {
            if self.builtin_merge_tools && section == b"merge-tools" {
                self.builtin_values(&mut out, layer);
            }
            out.extend(layer.section(section).iter().map(|entry| Value {
                section: section.to_vec(),
                name: entry.name.clone(),
                value: entry.value.clone(),
                origin: entry.origin.clone(),
            }));
        }
        out
    }

    fn builtin_values(&self, out: &mut Vec<Value>, layer: &Layer) {
        let file = merge_tools::ORIGIN.as_bytes().into();
        for &(name, value, line) in merge_tools::ITEMS {
            if layer.get(b"merge-tools", name.as_bytes()).is_none() {
                out.push(Value {
                    section: b"merge-tools".to_vec(),
                    name: name.into(),
                    value: value.into(),
                    origin: Origin::line(&file, line.into()),
                });
            }
        }
    }

    /// Where an item was set, as text (`FILE:LINE`, `--config`); empty when it is not set.
    pub fn source(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Vec<u8> {
        let entry = self.trusted.get(section.as_ref(), name.as_ref());
        entry.map(|entry| entry.origin.text()).unwrap_or_default()
    }

    /// The file that set an item, when a file did.
    pub fn source_file(&self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        self.trusted.get(section.as_ref(), name.as_ref())?.origin.file()
    }

    /// Sets an item by hand; it wins over every file. `source` is shown as its origin.
    pub fn set(
        &mut self,
        section: impl AsRef<[u8]>,
        name: impl AsRef<[u8]>,
        value: impl AsRef<[u8]>,
        source: impl AsRef<[u8]>,
    ) {
        let entry = Entry {
            name: name.as_ref().to_vec(),
            value: value.as_ref().to_vec(),
            origin: Origin::named(source),
            sequence: OVERLAY + self.sequence,
        };
        self.sequence += 1;
        for layer in [&mut self.overlay, &mut self.trusted, &mut self.untrusted] {
            layer.set(section.as_ref(), entry.clone());
        }
    }

    /// Takes over what was set by hand in another configuration, but for what its repository set.
    pub fn take_settings(&mut self, other: &Self) {
        for section in other.overlay.names().map(<[u8]>::to_vec).collect::<Vec<_>>() {
            for entry in other.overlay.section(&section) {
                if entry.origin.text() == b"repo" {
                    continue;
                }
                for layer in [&mut self.overlay, &mut self.trusted, &mut self.untrusted] {
                    layer.set(&section, entry.clone());
                }
            }
        }
        self.sequence = self.sequence.max(other.sequence);
    }

    /// Forgets an item, wherever it was set; its default counts again.
    pub fn unset(&mut self, section: impl AsRef<[u8]>, name: impl AsRef<[u8]>) {
        for layer in [&mut self.overlay, &mut self.trusted, &mut self.untrusted] {
            layer.remove(section.as_ref(), name.as_ref());
        }
    }

    /// The configuration files that were looked at, in order.
    #[must_use]
    pub fn files_read(&self) -> &[Vec<u8>] {
        &self.files_read
    }

    /// Warnings about the files, complete lines, for standard error; each is given out once.
    pub fn take_warnings(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.warnings)
    }

    /// Lines to show with `--debug`; each is given out once.
    pub fn take_debug_notes(&mut self) -> Vec<Vec<u8>> {
        std::mem::take(&mut self.debug_notes)
    }

    fn lookup(&self, section: &[u8], name: &[u8]) -> Option<&[u8]> {
        let own = self.trusted.get(section, name);
        let former = registry::former_names(section, name)
            .filter_map(|(section, name)| self.trusted.get(section, name));
        // Under whichever name, the last setting counts.
        if let Some(entry) = own.into_iter().chain(former).max_by_key(|entry| entry.sequence) {
            return Some(&entry.value);
        }
        if self.builtin_merge_tools && section == b"merge-tools" {
            let item = merge_tools::ITEMS.iter().find(|(item, _, _)| item.as_bytes() == name)?;
            return Some(item.1.as_bytes());
        }
        None
    }

    fn typed<T>(
        &self,
        section: &[u8],
        name: &[u8],
        complaint: &str,
        parse: fn(&[u8]) -> Option<T>,
    ) -> Result<Option<T>> {
        let Some(text) = self.get(section, name) else {
            return Ok(None);
        };
        match parse(text) {
            Some(value) => Ok(Some(value)),
            None => Err(invalid(section, name, complaint, text)),
        }
    }
}

/// `section.name COMPLAINT ('text')`.
fn invalid(section: &[u8], name: &[u8], complaint: &str, text: &[u8]) -> Error {
    let parts = [section, b".", name, b" ", complaint.as_bytes(), b" ('", text, b"')"];
    Error::new(ErrorKind::Config, parts.concat())
}
