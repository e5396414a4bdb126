//! The syntax of hgrc files (`hg help config`, "Syntax"): sections, items, continuation lines,
//! `%include`, `%unset`, comments.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Result};

use crate::expand::expand_path;
use crate::layer::{Entry, Layer, Origin};
use crate::{Environment, trust};

/// How deep `%include` may nest before it must be a cycle.
const MAX_DEPTH: usize = 60;

/// Reads files into layers.
pub(crate) struct Parser<'a> {
    pub(crate) env: &'a Environment,
    /// What is included comes from here instead of from the disk.
    pub(crate) include: Option<IncludeSource<'a>>,
    /// The number that the next item gets.
    pub(crate) sequence: std::cell::Cell<u32>,
}

/// Gives the text of an included file, by the name that the including one uses.
pub(crate) type IncludeSource<'a> = &'a dyn Fn(&[u8]) -> Result<Vec<u8>>;

/// Where the parser stands in a file.
struct Position<'a> {
    layer: &'a mut Layer,
    section: Vec<u8>,
    /// Name of the item that indented lines continue.
    item: Option<Vec<u8>>,
    file: Arc<[u8]>,
    line: u32,
    depth: usize,
}

impl Position<'_> {
    fn error(&self, text: &[u8]) -> Error {
        let mut message = b"config error at ".to_vec();
        message.extend_from_slice(&Origin::line(&self.file, self.line).text());
        message.extend_from_slice(b": ");
        message.extend_from_slice(text);
        Error::new(ErrorKind::ConfigParse, message)
    }
}

/// Checks that a text is well formed as a configuration file in `env`'s current directory.
///
/// # Errors
/// The first line that is not.
pub fn check_syntax(text: &[u8], env: &Environment) -> Result<()> {
    let parser = Parser { env, include: None, sequence: std::cell::Cell::new(0) };
    let name = env.cwd.join("hgrc");
    parser.parse(&mut Layer::default(), name.as_os_str().as_encoded_bytes(), text)
}

impl Parser<'_> {
    /// Parses `data`, the content of the file shown as `name`, on top of `layer`.
    pub(crate) fn parse(&self, layer: &mut Layer, name: &[u8], data: &[u8]) -> Result<()> {
        self.parse_at(layer, name, data, 0)
    }

    fn parse_at(&self, layer: &mut Layer, name: &[u8], data: &[u8], depth: usize) -> Result<()> {
        let mut position =
            Position { layer, section: Vec::new(), item: None, file: name.into(), line: 0, depth };
        let data = data.strip_prefix(b"\xef\xbb\xbf").unwrap_or(data);
        for line in data.lines_with_terminator() {
            position.line += 1;
            self.line(&mut position, line)?;
        }
        Ok(())
    }

    fn line(&self, at: &mut Position<'_>, line: &[u8]) -> Result<()> {
        let indented = line.first().is_some_and(u8::is_ascii_whitespace);
        let text = trim_end(line);
        if at.item.is_some() {
            if line.starts_with(b";") || line.starts_with(b"#") {
                return Ok(());
            }
            if indented && !text.is_empty() {
                self.continuation(at, text);
                return Ok(());
            }
            at.item = None;
        }
        if text.is_empty() || text.starts_with(b";") || text.starts_with(b"#") {
            return Ok(());
        }
        if indented {
            return Err(at.error(&[b"unexpected leading whitespace: ", text].concat()));
        }
        if let Some(section) = section_header(text) {
            at.section = section.to_vec();
            return Ok(());
        }
        if let Some(file) = directive(text, b"%include") {
            return self.include(at, file);
        }
        if let Some(name) = directive(text, b"%unset") {
            at.layer.remove(&at.section, name);
            at.layer.unset.push((at.section.clone(), name.to_vec()));
            return Ok(());
        }
        if let Some((name, value)) = assignment(text) {
            at.item = Some(name.to_vec());
            let origin = Origin::line(&at.file, at.line);
            let sequence = self.next();
            let entry = Entry { name: name.to_vec(), value: value.to_vec(), origin, sequence };
            at.layer.set(&at.section, entry);
            return Ok(());
        }
        Err(at.error(text))
    }

    fn next(&self) -> u32 {
        let number = self.sequence.get();
        self.sequence.set(number + 1);
        number
    }

    /// Appends a line to the item that is being continued.
    fn continuation(&self, at: &mut Position<'_>, text: &[u8]) {
        let Some(item) = at.item.clone() else { return };
        if let Some(entry) = at.layer.get(&at.section, &item) {
            let mut value = entry.value.clone();
            value.push(b'\n');
            value.extend_from_slice(text.trim_start());
            let origin = Origin::line(&at.file, at.line);
            let sequence = self.next();
            at.layer.set(&at.section, Entry { name: item, value, origin, sequence });
        }
    }

    /// Reads an included file; one that does not exist is skipped.
    fn include(&self, at: &mut Position<'_>, file: &[u8]) -> Result<()> {
        if let Some(include) = self.include {
            if at.depth >= MAX_DEPTH {
                return Err(at.error(&[b"too many nested inclusions: ", file].concat()));
            }
            let text = include(file)?;
            return self.parse_at(at.layer, file, &text, at.depth + 1);
        }
        let expanded = expand_path(self.env, file);
        let base = at.file.to_path_lossy().parent().map(Path::to_path_buf).unwrap_or_default();
        let path = normalize(&base.join(expanded.to_path_lossy()));
        if at.depth >= MAX_DEPTH {
            return Err(at.error(&[b"too many nested inclusions: ", file].concat()));
        }
        let name = path.as_os_str().as_encoded_bytes().to_vec();
        match trust::read_file(self.env, &path) {
            Ok(data) => self.parse_at(at.layer, &name, &data, at.depth + 1),
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
            Err(error) => {
                let why = strerror(&error);
                let text = [b"cannot include ", &*name, b" (", why.as_bytes(), b")"];
                Err(at.error(&text.concat()))
            }
        }
    }
}

/// The operating system's words for an error, without the number.
pub(crate) fn strerror(error: &std::io::Error) -> String {
    let text = error.to_string();
    match text.find(" (os error") {
        Some(end) => text[..end].to_owned(),
        None => text,
    }
}

/// Resolves `.` and `..` by text alone.
#[must_use]
pub fn normalize(path: &Path) -> PathBuf {
    use std::path::Component;
    let mut out = PathBuf::new();
    for part in path.components() {
        match part {
            Component::CurDir => {}
            Component::ParentDir => match out.components().next_back() {
                Some(Component::Normal(_)) => {
                    out.pop();
                }
                Some(Component::RootDir) => {}
                _ => out.push(".."),
            },
            other => out.push(other.as_os_str()),
        }
    }
    if out.as_os_str().is_empty() {
        out.push(".");
    }
    out
}

fn trim_end(line: &[u8]) -> &[u8] {
    line.trim_end_with(|c| c.is_ascii_whitespace() || c == '\x0b')
}

/// The name in `[name]`.
fn section_header(text: &[u8]) -> Option<&[u8]> {
    let inner = text.strip_prefix(b"[")?;
    let end = inner.find_byte(b']')?;
    (end > 0).then(|| &inner[..end])
}

/// The argument of `%word argument`.
fn directive<'a>(text: &'a [u8], word: &[u8]) -> Option<&'a [u8]> {
    let rest = text.strip_prefix(word)?;
    let argument = rest.trim_start();
    (argument.len() < rest.len() && !argument.is_empty()).then_some(argument)
}

/// Name and value of `name = value`.
fn assignment(text: &[u8]) -> Option<(&[u8], &[u8])> {
    let equals = text.find_byte(b'=').filter(|&at| at > 0)?;
    Some((text[..equals].trim_end(), text[equals + 1..].trim_start()))
}

#[cfg(test)]
mod tests;
