//! `hg help`: commands, topics, extensions, search.

mod lists;
pub mod rst;
mod show;
pub mod topics;

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use crate::dispatch::{self, Found};
use crate::spec::Opt;
use crate::{Ui, extensions};

pub use rst::{Style, render};

pub(crate) use show::{command_help, short_usage};

/// What `hg help` was asked.
#[derive(Clone, Copy, Default, Debug)]
pub struct Request<'a> {
    /// The topic, if any.
    pub name: Option<&'a [u8]>,
    /// `-c`: only commands.
    pub commands: bool,
    /// `-e`: only extensions.
    pub extensions: bool,
    /// `-k`: search.
    pub keyword: bool,
}

/// Rendered help, with the text that goes to the pager.
pub fn help(ui: &Ui, request: Request<'_>) -> Result<i32> {
    let text = text_for(ui, request)?;
    ui.pager("help")?;
    ui.write(text);
    Ok(0)
}

fn text_for(ui: &Ui, request: Request<'_>) -> Result<String> {
    let Some(name) = request.name else {
        if request.keyword {
            return Err(Error::input("no matches").hint("try 'hg help' for a list of topics"));
        }
        return Ok(lists::overview(ui, request));
    };
    let name = name.to_str_lossy();
    if request.keyword {
        return lists::search(ui, &name, request);
    }
    let any = !request.commands && !request.extensions;
    match &*name {
        "shortlist" if any => return Ok(lists::basic(ui)),
        "debug" if any => return Ok(lists::debug_commands(ui)),
        _ => {}
    }
    let (base, part) = match name.split_once('.') {
        Some((base, part)) if topics::find(base).is_some() => (base, Some(part)),
        _ => (&*name, None),
    };
    let mut found = None;
    if any && let Some(topic) = topics::find(base) {
        found = show::topic(ui, topic, part)?;
        if found.is_none() {
            return Err(match base {
                "internals" => missing(part.unwrap_or(base), &name),
                _ => Error::input(format!("help section not found: {name}")),
            });
        }
    }
    if found.is_none() && (any || request.commands) {
        found = command(ui, &name)?;
    }
    if found.is_none() && (any || request.extensions) {
        found = show::extension(ui, &name);
    }
    if found.is_none() && (any || request.commands) {
        found = disabled_command(ui, name.as_bytes());
    }
    found.ok_or_else(|| match name.split_once('.') {
        // Commands have no sections, but what is asked for is one of theirs.
        Some((base, _)) if any && is_command(ui, base) => {
            Error::input(format!("help section not found: {name}"))
        }
        _ => missing(&name, &name),
    })
}

fn is_command(ui: &Ui, name: &str) -> bool {
    matches!(dispatch::find_command(ui, name.as_bytes()), Found::Entry(_))
}

fn missing(keyword: &str, name: &str) -> Error {
    Error::input(format!("no such help topic: {name}"))
        .hint(format!("try 'hg help --keyword {keyword}'"))
}

fn command(ui: &Ui, name: &str) -> Result<Option<String>> {
    match dispatch::find_command(ui, name.as_bytes()) {
        Found::Entry(entry) => Ok(Some(show::command_text(ui, &entry))),
        Found::ShellAlias(alias) => Ok(Some(show::shell_alias(ui, &alias))),
        Found::BadAlias(error) => Ok(Some(bad_alias(ui, &error))),
        Found::Ambiguous(_) => Ok(Some(lists::beginning_with(ui, name))),
        Found::Unknown => Ok(None),
    }
}

/// `hg` alone.
pub(crate) fn short_list(ui: &Ui) -> Result<i32> {
    ui.pager("help")?;
    ui.write(lists::basic(ui));
    Ok(0)
}

/// What is wrong with an alias, and which extension would help.
pub(crate) fn bad_alias(ui: &Ui, error: &Error) -> String {
    let text = error.message.to_str_lossy();
    let mut out = rst::wrap(&text, &style(ui), 0, 0);
    let target = text.split_once("unknown command '").and_then(|(_, rest)| rest.strip_suffix('\''));
    if let Some(more) = target.and_then(|target| disabled_command(ui, target.as_bytes())) {
        out.push('\n');
        out.push_str(&more);
    }
    out
}

/// What to say about a command that a disabled extension brings.
pub(crate) fn disabled_command(ui: &Ui, name: &[u8]) -> Option<String> {
    let (name, extension) = extensions::provider(name)?;
    let summary = extensions::summary(extension)?;
    let style = style(ui);
    let line = rst::field(extension, summary, &style, 4);
    Some(format!(
        "'{name}' is provided by the following extension:\n\n{line}\n(use 'hg help extensions' for information on enabling extensions)\n"
    ))
}

/// Text width and marks for this user.
fn style(ui: &Ui) -> Style {
    let config = ui.config();
    let wanted = config.get_int("ui", "textwidth").unwrap_or(78);
    let terminal = ui.terminal_width().saturating_sub(2);
    let width = usize::try_from(wanted).ok().filter(|&w| w > 0).unwrap_or(terminal);
    Style {
        width: width.min(terminal).max(20),
        indent: 0,
        verbose: ui.is_verbose(),
        encoding: ui.encoding(),
    }
}

/// A table of options with its heading; empty without options to show.
fn options_table(ui: &Ui, heading: &str, options: &[Opt], style: &Style) -> (String, bool) {
    let mut rows = Vec::new();
    let mut hidden = false;
    let mut repeated = false;
    for opt in options {
        if opt.is_hidden() && !ui.is_verbose() {
            hidden = true;
            continue;
        }
        rows.push(option_row(ui, opt));
        repeated |= opt.kind == crate::spec::OptKind::List;
    }
    if rows.is_empty() {
        return (String::new(), hidden);
    }
    let note = if repeated { " ([+] can be repeated)" } else { "" };
    (format!("{heading}{note}:\n\n{}", rst::table(&rows, style, 1)), hidden)
}

fn option_row(ui: &Ui, opt: &Opt) -> Vec<String> {
    let short = if opt.short.is_empty() { String::new() } else { format!("-{}", opt.short) };
    let mut long =
        if opt.shows_no { format!("--[no-]{}", opt.long) } else { format!("--{}", opt.long) };
    if !opt.metavar.is_empty() {
        long.push(' ');
        long.push_str(opt.metavar);
    }
    if opt.kind == crate::spec::OptKind::List {
        long.push_str(" [+]");
    }
    let mut text = opt.help.to_owned();
    let default = match opt.long {
        "encoding" if opt.help.contains("charset") => ui.encoding_name(),
        _ if matches!(opt.default, "off" | "0") => String::new(),
        _ => opt.default.to_owned(),
    };
    if !default.is_empty() {
        text.push_str(&format!(" (default: {default})"));
    }
    vec![short, long, text]
}
