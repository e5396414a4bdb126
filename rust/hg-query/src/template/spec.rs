//! What `-T` and `--style` name: a template, a style, a map file, or a form for other programs.

use std::path::Path;

use hg_config::Config;
use hg_types::{Error, Result};

use super::engine::Engine;
use super::map::{Map, MapOrigin, unquote};
use super::styles;
use super::syntax;

/// What to render with.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Spec {
    /// Nothing was asked for.
    None,
    /// This text.
    Literal(Vec<u8>),
    /// A template of the `templates` section, with its parts (`name:docheader`, ...).
    Named(Vec<u8>),
    /// A template of a map.
    Map(MapOrigin),
    /// `json`, `cbor`, `pickle` or `debug`.
    Form(&'static str),
    /// `json(...)` or `cbor(...)`: these values of each item.
    FormOf(&'static str, Vec<u8>),
    /// `list`: the user wants to know what there is.
    List,
}

impl Spec {
    /// What the value of `-T` means; for files, relative to `cwd`.
    ///
    /// # Errors
    /// When a file cannot be read or a call is malformed.
    pub fn lookup(config: &Config, cwd: &Path, template: &[u8]) -> Result<Self> {
        if template.is_empty() {
            return Ok(Self::None);
        }
        if template.contains(&b'{') {
            return Ok(Self::Literal(template.to_vec()));
        }
        for form in ["cbor", "json", "pickle", "debug"] {
            if template == form.as_bytes() {
                return Ok(Self::Form(form));
            }
        }
        for form in ["cbor", "json"] {
            let arguments = template.strip_prefix(form.as_bytes());
            let Some(arguments) = arguments.and_then(|rest| rest.strip_prefix(b"(")) else {
                continue;
            };
            if arguments.ends_with(b")") {
                syntax::parse_expression(template)
                    .map_err(|error| crate::parser::describe_location(error, template, br"\n"))?;
                return Ok(Self::FormOf(form, template.to_vec()));
            }
        }
        if !template.contains(&b'/')
            && let Some(style) = styles::of_file(template)
        {
            return Ok(Self::Map(MapOrigin::Style(style)));
        }
        if config.has("templates", template) {
            return Ok(Self::Named(template.to_vec()));
        }
        if template == b"list" {
            return Ok(Self::List);
        }
        if template.contains(&b'/') {
            let path = cwd.join(bstr::ByteSlice::to_path_lossy(template));
            if path.is_file() {
                return Self::file(&path, template);
            }
        }
        Ok(Self::Literal(template.to_vec()))
    }

    fn file(path: &Path, called: &[u8]) -> Result<Self> {
        let name = path.file_name().map(std::ffi::OsStr::as_encoded_bytes).unwrap_or_default();
        if name.starts_with(b"map-") {
            let path = path.canonicalize().unwrap_or_else(|_| path.to_path_buf());
            let shown = <Vec<u8> as bstr::ByteVec>::from_path_lossy(&path).into_owned();
            return Ok(Self::Map(MapOrigin::File(path, shown)));
        }
        let text = std::fs::read(path).map_err(|error| {
            let why = hg_vfs::os_message(&error);
            Error::abort([&why[..], b": '", called, b"'"].concat())
        })?;
        Ok(Self::Literal(text))
    }

    /// What `-T`, `--style` and the configuration ask a command that shows changesets for.
    ///
    /// # Errors
    /// As [`Spec::lookup`].
    pub fn for_changesets(
        config: &Config,
        cwd: &Path,
        template: &[u8],
        style: &[u8],
    ) -> Result<Self> {
        if !template.is_empty() {
            return Self::lookup(config, cwd, template);
        }
        let mut style = style.to_vec();
        if style.is_empty() {
            let configured = config.get("command-templates", "log").filter(|text| !text.is_empty());
            let configured = configured
                .or_else(|| config.get("ui", "logtemplate").filter(|text| !text.is_empty()));
            if let Some(text) = configured {
                return Ok(Self::Literal(unquote(text).to_vec()));
            }
            let configured = config.get("ui", "style").unwrap_or_default();
            style = hg_config::expand_path(config.environment(), configured);
        }
        if style.is_empty() {
            return Ok(Self::None);
        }
        if !style.contains(&b'/')
            && let Some(known) = styles::of_file(&style)
        {
            return Ok(Self::Map(MapOrigin::Style(known)));
        }
        let path = cwd.join(bstr::ByteSlice::to_path_lossy(&style[..]));
        Ok(Self::Map(MapOrigin::File(path, style)))
    }

    /// Fills an engine with the templates and aliases that the choice brings along, and gives the name of the
    /// template to render for each item: `topic` in maps.
    ///
    /// # Errors
    /// When the map cannot be read.
    pub fn install(&self, engine: &mut Engine, config: &Config, topic: &str) -> Result<Vec<u8>> {
        let name = match self {
            Self::Map(origin) => {
                Map::read(origin)?.install(engine);
                return Ok(topic.as_bytes().to_vec());
            }
            Self::Literal(text) => {
                engine.add(&b""[..], text.clone());
                Vec::new()
            }
            Self::Named(name) => name.clone(),
            Self::Form(form) => form.as_bytes().to_vec(),
            Self::FormOf(..) => Vec::new(),
            Self::None | Self::List => return Ok(Vec::new()),
        };
        for (known, text) in config.items("templates") {
            engine.add(known, unquote(text));
        }
        if !config.environment().plain().covers("templatealias") {
            engine.set_aliases(config.items("templatealias"));
        }
        if let Self::Literal(text) = self {
            engine.add(&b""[..], text.clone());
        }
        Ok(name)
    }
}

/// The message for `-T list`.
#[must_use]
pub fn available_styles() -> Vec<u8> {
    format!("available styles: {}\n", styles::names().join(", ")).into_bytes()
}

/// The names of the templates that stand around and between the items.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Parts {
    /// For each item.
    pub item: Vec<u8>,
    /// Before all.
    pub docheader: Option<Vec<u8>>,
    /// Behind all.
    pub docfooter: Option<Vec<u8>>,
    /// Between items.
    pub separator: Option<Vec<u8>>,
    /// Before an item, unless the same stood before the last.
    pub header: Option<Vec<u8>>,
    /// Behind all.
    pub footer: Option<Vec<u8>>,
}

impl Parts {
    /// The parts for the template `item` that an engine has, in the variants (`_verbose`, ...) that suit the
    /// verbosity if they come from a map.
    #[must_use]
    pub fn of(engine: &Engine, spec: &Spec, item: Vec<u8>) -> Self {
        let part = |name: &str| -> Option<Vec<u8>> {
            match spec {
                Spec::Map(_) => {
                    let found = variant(engine, name.as_bytes());
                    engine.has(&found).then_some(found)
                }
                Spec::Named(_) => {
                    let name = [&item[..], b":", name.as_bytes()].concat();
                    engine.has(&name).then_some(name)
                }
                _ => None,
            }
        };
        let (docheader, docfooter) = (part("docheader"), part("docfooter"));
        let (separator, header, footer) = (part("separator"), part("header"), part("footer"));
        let item = if matches!(spec, Spec::Map(_)) { variant(engine, &item) } else { item };
        Self { item, docheader, docfooter, separator, header, footer }
    }
}

/// The template `name` in the variant for the verbosity, if there is one.
fn variant(engine: &Engine, name: &[u8]) -> Vec<u8> {
    use super::host::Verbosity;
    let verbosity = engine.host.verbosity();
    let suffixes: &[&str] = match verbosity {
        Verbosity::Normal => &[],
        Verbosity::Quiet => &["_quiet"],
        Verbosity::Verbose => &["_verbose"],
        Verbosity::Debug => &["_debug", "_verbose"],
    };
    let mut candidates = suffixes.iter().map(|suffix| [name, suffix.as_bytes()].concat());
    candidates.find(|candidate| engine.has(candidate)).unwrap_or_else(|| name.to_vec())
}
