//! Map files: the templates of a style, as `name = 'template'` in the format of hgrc files.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use hg_types::{Error, Result};

use super::engine::{Engine, Source};
use super::styles;

/// The templates and aliases of a style.
#[derive(Debug, Default)]
pub struct Map {
    templates: Vec<(Vec<u8>, Source)>,
    aliases: Vec<(Vec<u8>, Vec<u8>)>,
}

/// Files nested deeper than this include themselves.
const MAX_DEPTH: usize = 32;

impl Map {
    /// Reads a style of this program or a map file.
    ///
    /// # Errors
    /// When it does not exist, cannot be read or is malformed.
    pub fn read(origin: &MapOrigin) -> Result<Self> {
        read(origin, 0)
    }

    /// Adds everything to an engine.
    pub fn install(self, engine: &mut Engine) {
        for (name, source) in self.templates {
            engine.add_source(name, source);
        }
        if !self.aliases.is_empty() {
            engine.set_aliases(self.aliases.iter().map(|(name, text)| (&name[..], &text[..])));
        }
    }

    fn set(&mut self, name: Vec<u8>, source: Source) {
        self.templates.retain(|(known, _)| *known != name);
        self.templates.push((name, source));
    }
}

/// Where a map comes from.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum MapOrigin {
    /// A style of this program.
    Style(&'static str),
    /// A file; and how messages call it.
    File(PathBuf, Vec<u8>),
}

/// The complaint about a style that does not exist.
#[must_use]
pub fn no_style(name: &[u8]) -> Error {
    let message = [b"style '", name, b"' not found"].concat();
    Error::abort(message).hint(format!("available styles: {}", styles::names().join(", ")))
}

fn read(origin: &MapOrigin, depth: usize) -> Result<Map> {
    if depth > MAX_DEPTH {
        return Err(Error::abort("template map files include each other"));
    }
    let (text, called, base) = match origin {
        MapOrigin::Style(name) => {
            let text = styles::text(name).ok_or_else(|| no_style(name.as_bytes()))?;
            (text.as_bytes().to_vec(), name.as_bytes().to_vec(), None)
        }
        MapOrigin::File(path, called) => {
            let text = read_file(path, called)?;
            (text, called.clone(), path.parent().map(Path::to_path_buf))
        }
    };
    let mut sections = Sections::default();
    parse(&text, &called, base.as_deref(), &mut sections, depth)?;
    let mut map = Map::default();
    if let Some(item) = sections.templates.get(&b"__base__"[..])
        && !item.text.starts_with(b"'")
        && !item.text.starts_with(b"\"")
    {
        map = read(&base_origin(&item.text, base.as_deref())?, depth + 1)?;
    }
    for (name, item) in sections.templates {
        let at = |what: &str| {
            let rest = format!(":{}: {what}", item.line);
            Error::parse([b"at ", &item.file[..], rest.as_bytes()].concat(), None)
        };
        let text = &item.text;
        match text.first() {
            None => return Err(at("missing value")),
            Some(quote @ (b'\'' | b'"')) => {
                if text.len() < 2 || text.last() != Some(quote) {
                    return Err(at("unmatched quotes"));
                }
                map.set(name, Source::Text(unquote(text).to_vec()));
            }
            Some(_) if name == b"__base__" => {}
            Some(_) => {
                let path = bstr::ByteSlice::to_path_lossy(&text[..]).into_owned();
                let path = base.as_deref().map_or_else(|| path.clone(), |base| base.join(&path));
                let shown = <Vec<u8> as bstr::ByteVec>::from_path_lossy(&path).into_owned();
                map.set(name, Source::File(path, shown));
            }
        }
    }
    map.aliases.extend(sections.aliases);
    Ok(map)
}

fn read_file(path: &Path, called: &[u8]) -> Result<Vec<u8>> {
    std::fs::read(path).map_err(|error| match error.kind() {
        std::io::ErrorKind::NotFound => no_style(called),
        _ => {
            let why = hg_vfs::os_message(&error);
            Error::abort([&why[..], b": '", called, b"'"].concat())
        }
    })
}

/// The map that `__base__` names: a file beside, or a style of this program.
fn base_origin(name: &[u8], base: Option<&Path>) -> Result<MapOrigin> {
    let relative = bstr::ByteSlice::to_path_lossy(name).into_owned();
    let path = base.map_or_else(|| relative.clone(), |base| base.join(&relative));
    let style = styles::of_file(name);
    if !path.exists()
        && let Some(style) = style
    {
        return Ok(MapOrigin::Style(style));
    }
    let path = std::path::absolute(&path).unwrap_or(path);
    let shown = <Vec<u8> as bstr::ByteVec>::from_path_lossy(&path).into_owned();
    Ok(MapOrigin::File(path, shown))
}

#[derive(Default)]
struct Sections {
    templates: BTreeMap<Vec<u8>, Item>,
    aliases: Vec<(Vec<u8>, Vec<u8>)>,
}

struct Item {
    text: Vec<u8>,
    file: Vec<u8>,
    line: usize,
}

/// Reads lines; what stands before the first section is templates.
fn parse(
    text: &[u8],
    called: &[u8],
    base: Option<&Path>,
    sections: &mut Sections,
    depth: usize,
) -> Result<()> {
    let bad = |line: usize, what: &[u8]| {
        let place = format!(":{line}: ");
        Error::parse([b"at ", called, place.as_bytes(), what].concat(), None)
    };
    let mut section = b"templates".to_vec();
    let mut last: Option<Vec<u8>> = None;
    for (at, line) in text.split(|&c| c == b'\n').enumerate() {
        let number = at + 1;
        let trimmed = super::text::trim(line);
        if trimmed.is_empty() {
            continue;
        }
        if line[0] == b' ' || line[0] == b'\t' {
            if matches!(trimmed[0], b'#' | b';') {
                continue;
            }
            if let Some(item) = last.as_ref().and_then(|name| sections.templates.get_mut(name)) {
                item.text.push(b'\n');
                item.text.extend_from_slice(trimmed);
                continue;
            }
            return Err(bad(number, trimmed));
        }
        last = None;
        match line[0] {
            b'#' | b';' => continue,
            b'[' => {
                let end = trimmed.iter().position(|&c| c == b']');
                section = trimmed[1..end.ok_or_else(|| bad(number, trimmed))?].to_vec();
                continue;
            }
            b'%' => {
                directive(trimmed, base, sections, depth)?;
                continue;
            }
            _ => {}
        }
        let Some(equals) = line.iter().position(|&c| c == b'=') else {
            return Err(bad(number, trimmed));
        };
        let name = super::text::trim(&line[..equals]).to_vec();
        let text = super::text::trim(&line[equals + 1..]).to_vec();
        match &section[..] {
            b"templates" => {
                last = Some(name.clone());
                sections.templates.insert(name, Item { text, file: called.to_vec(), line: number });
            }
            b"templatealias" => sections.aliases.push((name, text)),
            _ => {}
        }
    }
    Ok(())
}

/// `%include` and `%unset`. Files that are not there are passed over.
fn directive(
    line: &[u8],
    base: Option<&Path>,
    sections: &mut Sections,
    depth: usize,
) -> Result<()> {
    if let Some(name) = line.strip_prefix(b"%unset ") {
        sections.templates.remove(super::text::trim(name));
        return Ok(());
    }
    let Some(name) = line.strip_prefix(b"%include ") else {
        return Ok(());
    };
    let name = super::text::trim(name);
    if depth > MAX_DEPTH {
        return Err(Error::abort("template map files include each other"));
    }
    let relative = bstr::ByteSlice::to_path_lossy(name).into_owned();
    let path = base.map_or_else(|| relative.clone(), |base| base.join(&relative));
    if path.is_file() {
        let shown = <Vec<u8> as bstr::ByteVec>::from_path_lossy(&path).into_owned();
        let text = read_file(&path, &shown)?;
        return parse(&text, &shown, path.parent(), sections, depth + 1);
    }
    match styles::of_file(name).and_then(styles::text) {
        Some(text) => parse(text.as_bytes(), name, None, sections, depth + 1),
        None => Ok(()),
    }
}

/// The inside of a quoted template, whose own quotes are escaped with a backslash that belongs to the template.
#[must_use]
pub fn unquote(text: &[u8]) -> &[u8] {
    match text {
        [first @ (b'\'' | b'"'), inside @ .., last] if first == last => inside,
        _ => text,
    }
}
