//! Options of diffs: from the `[diff]` section of the configuration and the command line
//! (`hg help config.diff`).

use hg_config::Config;
use hg_diff::DiffOptions;
use hg_types::{Error, Reporter, Result};

/// What the command line says; `None` where it says nothing.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct DiffFlags {
    /// `--git`, `--no-git`.
    pub git: Option<bool>,
    /// `--text`.
    pub text: Option<bool>,
    /// `--binary`, `--no-binary`.
    pub binary: Option<bool>,
    /// `--nodates`.
    pub nodates: Option<bool>,
    /// `--noprefix`.
    pub noprefix: Option<bool>,
    /// `--show-function`.
    pub show_function: Option<bool>,
    /// `--ignore-all-space`.
    pub ignore_space: Option<bool>,
    /// `--ignore-space-change`.
    pub ignore_space_amount: Option<bool>,
    /// `--ignore-space-at-eol`.
    pub ignore_space_at_eol: Option<bool>,
    /// `--ignore-blank-lines`.
    pub ignore_blank_lines: Option<bool>,
    /// `--unified`.
    pub context: Option<Vec<u8>>,
}

/// Which groups of options a command takes from the configuration.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Features {
    /// The git format.
    pub git: bool,
    /// White space.
    pub whitespace: bool,
    /// What changes the format in ways that programs cannot read back.
    pub format: bool,
}

impl Features {
    /// Everything, for commands that show diffs to people.
    pub const ALL: Self = Self { git: true, whitespace: true, format: true };
    /// Nothing but what never hurts.
    pub const NONE: Self = Self { git: false, whitespace: false, format: false };
}

/// The options of a diff: command line first, then the configuration. In plain mode the items
/// that change the format are not read.
///
/// # Errors
/// When an item is malformed.
pub fn from_config(
    config: &Config,
    section: &str,
    flags: &DiffFlags,
    features: Features,
    reporter: &dyn Reporter,
) -> Result<DiffOptions> {
    let plain = config.environment().plain().covers("diffopts");
    let item = |flag: Option<bool>, name: &str| match flag {
        Some(value) => Ok(value),
        None => config.get_bool_or(section, name, false),
    };
    let mut out = DiffOptions {
        nodates: item(flags.nodates, "nodates")?,
        show_function: item(flags.show_function, "showfunc")?,
        xdiff: config.get_bool_or("experimental", "xdiff", false)?,
        context: context(config, section, flags)?,
        text: flags.text.unwrap_or(false),
        ..DiffOptions::default()
    };
    if features.git {
        out.git = item(flags.git, "git")?;
        out.index_digits = index_digits(config, reporter);
        out.similarity = config.get_bool_or("experimental", "extendedheader.similarity", false)?;
    }
    if features.whitespace {
        out.ignore_space = item(flags.ignore_space, "ignorews")?;
        out.ignore_space_amount = item(flags.ignore_space_amount, "ignorewsamount")?;
        out.ignore_blank_lines = item(flags.ignore_blank_lines, "ignoreblanklines")?;
        out.ignore_space_at_eol = item(flags.ignore_space_at_eol, "ignorewseol")?;
    }
    if features.format {
        let format = |flag: Option<bool>, name: &str| match flag {
            None if plain => Ok(false),
            flag => item(flag, name),
        };
        out.nobinary = format(flags.binary.map(|binary| !binary), "nobinary")?;
        out.noprefix = format(flags.noprefix, "noprefix")?;
        out.word_diff = format(None, "word-diff")?;
    }
    Ok(out)
}

fn context(config: &Config, section: &str, flags: &DiffFlags) -> Result<i64> {
    let given = flags.context.as_deref().filter(|text| !text.is_empty());
    let Some(text) = given.or_else(|| config.get(section, "unified")) else {
        return Ok(DiffOptions::default().context);
    };
    let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse().ok());
    number.ok_or_else(|| {
        Error::input([b"diff context lines count must be an integer, not '", text, b"'"].concat())
    })
}

/// How many digits of blob ids to show in git headers.
fn index_digits(config: &Config, reporter: &dyn Reporter) -> usize {
    let Some(text) = config.get_set("experimental", "extendedheader.index") else { return 0 };
    let warn = |what: &[u8]| {
        reporter.warn(&[b"invalid ", what, b" for extendedheader.index: '", text, b"'\n"].concat());
        0
    };
    match text {
        b"none" => 0,
        b"short" | b"" => 12,
        b"full" => 40,
        _ => match std::str::from_utf8(text).ok().and_then(|text| text.parse::<i64>().ok()) {
            None => warn(b"value"),
            Some(digits) => match usize::try_from(digits) {
                Ok(digits) if digits <= 40 => digits,
                _ => warn(b"length"),
            },
        },
    }
}
