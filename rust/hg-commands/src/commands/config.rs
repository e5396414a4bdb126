//! `hg config`.

use std::path::PathBuf;

use hg_config::Config;
use hg_config::registry::{self, Default};
use hg_types::{Error, ErrorKind, Result};

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg config`.
pub static COMMAND: Command = Command {
    spec: &spec::help::CONFIG,
    help: "Without arguments, print every configuration item that is set.

With one argument of the form section.name, print just the value of that item. With several
arguments, print the names and values of all items in the sections, or with the names, that were
given.

With --edit, open the editor on the user's configuration file; with --global on the system's, with
--local on the repository's. With --shared, open the one of the share source, and with --non-shared
the one that is never shared.

With --source, print for each item the file and line that set it.

Returns 0 on success, 1 if NAME does not exist.",
    run,
};

/// An item ready to be shown.
struct Shown {
    section: Vec<u8>,
    name: Vec<u8>,
    value: Vec<u8>,
    origin: Vec<u8>,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let where_options = ["local", "global", "shared", "non-shared"];
    let chosen: Vec<&str> = where_options.into_iter().filter(|name| ctx.opts.flag(name)).collect();
    if let [first, second, ..] = &*chosen {
        return Err(Error::input(format!("cannot specify both --{first} and --{second}")));
    }
    if ctx.opts.flag("edit") || !chosen.is_empty() {
        return edit(ctx, chosen.first().copied());
    }
    ctx.ui.pager("config")?;
    show(ctx)
}

fn show(ctx: &CommandContext) -> Result<i32> {
    let (ui, config) = (&ctx.ui, ctx.config());
    if ui.is_debug() {
        let mut lines = Vec::new();
        for file in config.files_read() {
            lines.extend_from_slice(&[b"read config from: ", &**file, b"\n"].concat());
        }
        ui.debug(lines);
    }
    let selected = Selection::of(&ctx.args);
    let single = selected.single;
    let with_origin = ui.is_debug() || ctx.opts.flag("source");
    let mut fm = ctx.formatter_without_history("config")?;
    let mut found = false;
    for item in items(&config, ctx.opts.flag("untrusted"), ctx.opts.flag("exp-all-known")) {
        let full = [&*item.section, b".", &item.name].concat();
        if !selected.takes(&item.section, &full) {
            continue;
        }
        fm.start_item();
        let origin = if item.origin.is_empty() { b"none".to_vec() } else { item.origin.clone() };
        let shown = [&*origin, b": "].concat();
        fm.cond_write(with_origin, &[("source", item.origin.into())], shown, "");
        let one_line = bstr::ByteSlice::replace(&*item.value, "\n", "\\n");
        let default = default_value(&item.section, &item.name);
        if single {
            fm.write(&[("value", item.value.into())], [&*one_line, b"\n"].concat(), "");
            fm.data(&[("name", full.into())]);
        } else {
            let line = [&*full, b"=", &one_line, b"\n"].concat();
            fm.write(&[("name", full.into()), ("value", item.value.into())], line, "");
        }
        if let Some(default) = default {
            fm.data(&[("defaultvalue", default)]);
        }
        found = true;
    }
    fm.end()?;
    Ok(i32::from(!found && !ctx.args.is_empty()))
}

/// What the arguments ask for.
struct Selection {
    sections: Vec<Vec<u8>>,
    names: Vec<Vec<u8>>,
    all: bool,
    /// Whether only a value is to be printed.
    single: bool,
}

impl Selection {
    fn of(args: &[Vec<u8>]) -> Self {
        let (names, sections): (Vec<_>, Vec<_>) =
            args.iter().cloned().partition(|arg| arg.contains(&b'.'));
        let single = args.len() == 1 && names.len() == 1;
        Self { all: args.is_empty(), single, sections, names }
    }

    fn takes(&self, section: &[u8], full: &[u8]) -> bool {
        self.all
            || self.sections.iter().any(|wanted| wanted == section)
            || self.names.iter().any(|wanted| wanted == full)
    }
}

/// The items that are set, or all known ones with their values.
fn items(config: &Config, untrusted: bool, all_known: bool) -> Vec<Shown> {
    let mut out: Vec<Shown> = config
        .all(untrusted)
        .into_iter()
        .map(|item| Shown {
            origin: item.origin.text(),
            section: item.section,
            name: item.name,
            value: item.value,
        })
        .collect();
    if !all_known {
        return out;
    }
    for item in registry::items().iter().filter(|item| item.extension.is_empty()) {
        let Some((section, name)) = item.name.split_once('.') else { continue };
        if config.has(section, name) {
            continue;
        }
        out.push(Shown {
            section: section.into(),
            name: name.into(),
            value: literal(item.default),
            origin: Vec::new(),
        });
    }
    out.sort_by(|a, b| (&a.section, &a.name).cmp(&(&b.section, &b.name)));
    out
}

/// A default as `--exp-all-known` shows it.
fn literal(default: Default) -> Vec<u8> {
    match default {
        Default::Dynamic => b"<DYNAMIC>".to_vec(),
        Default::Nothing => b"None".to_vec(),
        Default::List(words) => {
            let words: Vec<String> = words.iter().map(|word| format!("b'{word}'")).collect();
            format!("[{}]", words.join(", ")).into_bytes()
        }
        other => other.text().unwrap_or_default().to_vec(),
    }
}

/// The default of an item as a field; `None` for those that are decided where they are used.
fn default_value(section: &[u8], name: &[u8]) -> Option<Value> {
    if section == b"alias" {
        return None;
    }
    let Some(item) = registry::find(section, name) else {
        return Some(Value::None);
    };
    Some(match item.default {
        Default::Dynamic => return None,
        Default::Nothing => Value::None,
        Default::Bool(on) => on.into(),
        Default::Int(text) => hg_config::value::parse_int(text.as_bytes()).into(),
        Default::Float(text) => {
            hg_config::value::parse_float(text.as_bytes()).map_or(Value::None, Value::Float)
        }
        Default::Text(text) => text.into(),
        Default::List(words) => Value::list(words.iter().copied(), "value"),
    })
}

fn edit(ctx: &CommandContext, which: Option<&str>) -> Result<i32> {
    let candidates = files_to_edit(ctx, which)?;
    let existing = candidates.iter().find(|path| path.exists());
    let Some(path) = existing.or_else(|| candidates.first()) else {
        return Err(Error::abort("no configuration file to edit: the home directory is unknown"));
    };
    ctx.ui.run_editor(path, &[], ErrorKind::Input)?;
    Ok(0)
}

fn files_to_edit(ctx: &CommandContext, which: Option<&str>) -> Result<Vec<PathBuf>> {
    let config = ctx.config();
    let Some(which) = which else { return Ok(config.user_files()) };
    if which == "global" {
        return Ok(config.installation_files());
    }
    let repo = ctx
        .optional_repo()
        .ok_or_else(|| Error::input(format!("can't use --{which} outside a repository")))?;
    Ok(match which {
        "local" => vec![repo.vfs().base().join("hgrc")],
        "non-shared" => vec![repo.vfs().base().join("hgrc-not-shared")],
        _ if !repo.is_shared() => {
            return Err(Error::input("repository is not shared; can't use --shared"));
        }
        _ if !repo.requires("share-safe") => {
            return Err(Error::input(
                "share safe feature not enabled; unable to edit shared source repository config",
            ));
        }
        _ => vec![repo.shared_vfs().base().join("hgrc")],
    })
}
