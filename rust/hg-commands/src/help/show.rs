//! Help about one thing: a command, an alias, a topic, an extension.

use bstr::ByteSlice as _;
use hg_types::Result;

use super::rst::{self, Style};
use super::topics::{self, Topic};
use super::{options_table, style};
use crate::dispatch::{self, Entry, Found, ShellAlias};
use crate::{Ui, extensions, spec};

/// Usage below a complaint.
pub(crate) fn short_usage(ui: &Ui, entry: &Entry) {
    ui.write(text(ui, entry, false));
}

/// `hg help COMMAND`, `hg COMMAND -h`.
pub(crate) fn command_help(ui: &Ui, entry: &Entry) -> Result<i32> {
    ui.pager("help")?;
    ui.write(command_text(ui, entry));
    Ok(0)
}

/// The full help of a command.
pub(super) fn command_text(ui: &Ui, entry: &Entry) -> String {
    text(ui, entry, true)
}

fn text(ui: &Ui, entry: &Entry, full: bool) -> String {
    let style = style(ui);
    let spec = entry.spec();
    let config = ui.config();
    let name = entry.name.to_str_lossy();
    let own = |what: &str| {
        entry.alias.as_ref()?;
        config.get_set("alias", format!("{name}:{what}")).map(|text| text.to_str_lossy())
    };
    let inherited = || {
        let chain = std::iter::successors(entry.alias.as_ref(), |alias| alias.inner.as_deref());
        let mut items = chain.map(|alias| [&*alias.target, b":help"].concat());
        items.find_map(|item| config.get_set("alias", item)).map(|text| text.to_str_lossy())
    };
    let synopsis = own("help").or_else(inherited).unwrap_or(spec.synopsis.into());
    let line =
        if synopsis.is_empty() { format!("hg {name}") } else { format!("hg {name} {synopsis}") };
    let mut parts = vec![rst::wrap(&line, &style, 0, 0)];
    let aliases: Vec<&str> = spec.aliases().collect();
    if let Some(alias) = &entry.alias {
        let definition = alias.definition();
        parts.push(format!("alias for: hg {}\n", definition.to_str_lossy()));
    } else if full && !ui.is_quiet() && !aliases.is_empty() {
        parts.push(rst::wrap(&format!("aliases: {}", aliases.join(", ")), &style, 0, 0));
    }
    let mut pruned = false;
    let brief = !full || ui.is_quiet();
    match own("doc") {
        // What an alias does is told with all of its help, or not at all.
        _ if entry.alias.is_some() && brief => {}
        Some(doc) => parts.push(format!("{doc}\n")),
        None => {
            let body = entry.command().map_or("", |command| command.help);
            let nothing = spec.summary.is_empty() && body.is_empty();
            let summary = if nothing { "(no help text available)" } else { spec.summary };
            let told = full && !ui.is_quiet() && !body.is_empty();
            if told && entry.is_added() {
                // The first paragraph may go on after the first line.
                let (text, hidden) = rst::render(&format!("{summary}\n{body}"), &style);
                pruned |= hidden;
                parts.push(text);
            } else if !summary.is_empty() {
                parts.push(rst::wrap(&rst::inline(summary), &style, 0, 0));
            }
            if told && !entry.is_added() {
                let (text, hidden) = rst::render(body, &style);
                pruned |= hidden;
                parts.push(text);
            }
        }
    }
    if entry.alias.is_some() && full && !ui.is_quiet() {
        let source = config.source("alias", &entry.name);
        parts.push(format!("defined by: {}\n", source.to_str_lossy()));
        pruned = true;
    }
    if !ui.is_quiet() && has_page(ui, spec) {
        parts.push(format!(
            "(use 'hg help -e {0}' to show help for the {0} extension)\n",
            spec.extension
        ));
    }
    if !ui.is_quiet() {
        let options = crate::extensions::options_of(&config, spec);
        let options: Vec<spec::Opt> = options.into_iter().copied().collect();
        let (table, hidden) = options_table(ui, "options", &options, &style);
        // The global options are hidden anyway; only texts of ours say so where more is.
        pruned |= hidden || entry.is_added();
        parts.push(table);
    }
    if !full || !ui.is_quiet() {
        footer(ui, &mut parts, &name, full, pruned, &style);
    }
    parts.retain(|part| !part.is_empty());
    parts.join("\n")
}

/// Whether the page about the extension has the same name as its command.
fn has_page(ui: &Ui, spec: &spec::Spec) -> bool {
    let extension = spec.extension;
    let documented = || {
        let loaded = ui.host().map(|host| host.loaded()).unwrap_or_default();
        loaded.iter().any(|one| one.name == extension.as_bytes() && !one.doc.is_empty())
    };
    spec.name() == extension && (crate::extensions::summary(extension).is_some() || documented())
}

fn footer(ui: &Ui, parts: &mut Vec<String>, name: &str, full: bool, pruned: bool, style: &Style) {
    if ui.is_verbose() {
        parts.push(options_table(ui, "global options", spec::global::OPTIONS, style).0);
    } else if !full {
        parts.push(format!("(use 'hg {name} -h' to show more help)\n"));
        return;
    } else if pruned {
        parts.push("(some details hidden, use --verbose to show complete help)\n".to_owned());
    }
    if full && topics::find(name).is_some() && spec::find(name.as_bytes()).is_some() {
        parts.push(format!("use 'hg help -c {name}' to see help for the {name} command\n"));
    }
}

/// Help about an alias of a shell command line.
pub(super) fn shell_alias(ui: &Ui, alias: &ShellAlias) -> String {
    let config = ui.config();
    let own = |what: &str| {
        let item = [&*alias.name, b":", what.as_bytes()].concat();
        config.get_set("alias", item).map(|text| text.to_str_lossy().into_owned())
    };
    let synopsis = own("help").map_or(String::new(), |text| format!(" {text}"));
    let source = config.source("alias", &alias.name);
    format!(
        "hg {}{synopsis}\n\nshell alias for: {}\n\n{}\n\ndefined by: {}\n\n(some details hidden, use --verbose to show complete help)\n",
        alias.name.as_bstr(),
        alias.definition.as_bstr(),
        own("doc").unwrap_or_else(|| "(no help text available)".to_owned()),
        source.as_bstr(),
    )
}

/// A topic, or the part of it that `part` names.
pub(super) fn topic(ui: &Ui, topic: &Topic, part: Option<&str>) -> Result<Option<String>> {
    let inner = Style { indent: 4, ..style(ui) };
    if topic.names.first() == Some(&"internals")
        && let Some(part) = part
    {
        let found = topics::INTERNALS.iter().find(|(name, _, _)| *name == part);
        return Ok(found.map(|(_, title, text)| {
            let rule = "\"".repeat(title.len());
            format!("{title}\n{rule}\n\n{}", rst::render(text, &inner).0)
        }));
    }
    let source = full_text(topic);
    let (text, pruned) = match part {
        None => rst::render(&source, &inner),
        Some(part) => match section(&source, part) {
            Some(section) => rst::render(&section, &inner),
            None => return Ok(None),
        },
    };
    let mut out = String::new();
    if part.is_none() {
        out = format!("{}\n{}\n\n", topic.title, "\"".repeat(topic.title.len()));
    }
    out.push_str(&text);
    if part.is_none() {
        extra(ui, topic, &mut out);
    }
    if pruned {
        out.push_str("\n(some details hidden, use --verbose to show complete help)\n");
    }
    let name = topic.names.first().copied().unwrap_or_default();
    if part.is_none() && spec::find(name.as_bytes()).is_some() {
        out.push_str(&format!("\nuse 'hg help -c {name}' to see help for the {name} command\n"));
    }
    if part.is_some() {
        out.push('\n');
    }
    Ok(Some(out))
}

/// The text of a topic with the parts that are made from tables.
fn full_text(topic: &Topic) -> String {
    let mut out = topic.text.to_owned();
    if topic.names.first() == Some(&"config") {
        out.push_str("\nSections\n========\n\nEvery item that is known, with its default.\n\n");
        out.push_str(&known_items());
    }
    out
}

/// All known items as sections and definitions.
fn known_items() -> String {
    use hg_config::registry::{self, Default};
    let mut out = String::new();
    let mut last = "";
    for item in registry::items() {
        let Some((section, name)) = item.name.split_once('.') else { continue };
        if section != last {
            let title = format!("``{section}``");
            out.push_str(&format!("{title}\n{}\n\n", "-".repeat(title.len())));
            last = section;
        }
        out.push_str(&format!("``{name}``\n    "));
        let default = match item.default {
            Default::Dynamic => "depends on other settings".to_owned(),
            Default::Nothing => "none".to_owned(),
            Default::List(words) => match words.join(", ") {
                words if words.is_empty() => "empty".to_owned(),
                words => words,
            },
            other => match other.text().unwrap_or_default() {
                b"" => "empty".to_owned(),
                text => text.to_str_lossy().into_owned(),
            },
        };
        if item.extension.is_empty() {
            out.push_str(&format!("(default: {default})\n\n"));
        } else {
            out.push_str(&format!("Of the {} extension. (default: {default})\n\n", item.extension));
        }
    }
    out
}

/// The section or definition called `part` (`ui`, `ui.timeout`, `syntax`).
fn section(text: &str, part: &str) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let wanted = part.to_lowercase();
    let (head, item) = match wanted.split_once('.') {
        Some((head, item)) => (head.to_owned(), Some(item.to_owned())),
        None => (wanted, None),
    };
    let name_of = |line: &str| line.trim().trim_matches('`').trim_matches('"').to_lowercase();
    let underlined = |at: usize| {
        lines.get(at + 1).is_some_and(|under: &&str| {
            !under.is_empty()
                && under.len() == lines[at].len()
                && under.chars().all(|c| "=-\"~^".contains(c) && under.starts_with(c))
        })
    };
    let depth = |at: usize| lines.get(at + 1).and_then(|under| under.chars().next());
    let start = (0..lines.len()).find(|&at| underlined(at) && name_of(lines[at]) == head);
    let Some(start) = start else {
        return definition(&lines, &head);
    };
    let end = (start + 2..lines.len())
        .find(|&at| underlined(at) && (depth(at) == depth(start) || depth(at) == Some('=')))
        .unwrap_or(lines.len());
    match item {
        None => Some(lines[start..end].join("\n")),
        Some(item) => definition(&lines[start..end], &item)
            .map(|text| text.replacen(&format!("``{item}``"), &format!("``{head}.{item}``"), 1)),
    }
}

/// The definition of a term.
fn definition(lines: &[&str], term: &str) -> Option<String> {
    let is_term = |at: usize| {
        !lines[at].is_empty()
            && !lines[at].starts_with(' ')
            && lines.get(at + 1).is_some_and(|next| next.starts_with(' '))
    };
    let start = (0..lines.len())
        .find(|&at| is_term(at) && lines[at].trim_matches('`').to_lowercase() == term)?;
    let end = (start + 1..lines.len())
        .find(|&at| !lines[at].is_empty() && !lines[at].starts_with(' '))
        .unwrap_or(lines.len());
    Some(lines[start..end].join("\n"))
}

/// What some topics list below their text.
fn extra(ui: &Ui, topic: &Topic, out: &mut String) {
    let lines = Style { ..style(ui) };
    match topic.names.first() {
        Some(&"internals") => {
            out.push('\n');
            for (name, title, _) in topics::INTERNALS {
                out.push_str(&rst::field(name, title, &lines, 5));
            }
        }
        Some(&"extensions") => {
            let enabled = extensions::Enabled::of(&ui.config()).native;
            let (on, mut off): (Vec<_>, Vec<_>) = extensions::list::BUNDLED
                .iter()
                .partition(|(name, _)| enabled.iter().any(|enabled| enabled == name));
            off.retain(|(_, text)| ui.is_verbose() || !spec::is_hidden_text(text));
            for (heading, group) in [("enabled", on), ("disabled", off)] {
                if group.is_empty() {
                    continue;
                }
                out.push_str(&format!("\n    {heading} extensions:\n\n"));
                for (name, text) in group {
                    out.push_str(&rst::field(name, text, &lines, 5));
                }
            }
        }
        _ => {}
    }
}

/// Help about an extension that a host has loaded.
fn loaded_extension(ui: &Ui, name: &str) -> Option<String> {
    let host = ui.host()?;
    let loaded = host.loaded().into_iter().find(|loaded| loaded.name == name.as_bytes())?;
    let style = style(ui);
    let doc = loaded.doc.to_str_lossy().into_owned();
    let doc = if doc.trim().is_empty() { "no help text available".to_owned() } else { doc };
    let (summary, body) = doc.split_once('\n').unwrap_or((&doc, ""));
    let title = format!("{name} extension - {}", summary.trim());
    let mut out = rst::wrap(title.trim_end(), &style, 0, 0);
    if !body.trim().is_empty() {
        out.push('\n');
        out.push_str(&rst::render(body.trim(), &style).0);
    }
    let commands = host.commands();
    let mut own: Vec<_> = commands
        .iter()
        .map(|command| command.spec)
        .filter(|spec| spec.extension == name && !spec.is_debug())
        .collect();
    own.sort_by_key(|spec| spec.name());
    if own.is_empty() {
        out.push_str("\nno commands defined\n");
        return Some(out);
    }
    out.push_str("\nlist of commands:\n\n");
    for spec in own {
        out.push_str(&rst::field(spec.name(), spec.summary, &style, 1));
    }
    out.push_str(&extension_footer(ui, name));
    Some(out)
}

/// What stands below the commands of an extension.
fn extension_footer(ui: &Ui, name: &str) -> String {
    if ui.is_quiet() {
        return String::new();
    }
    if ui.is_verbose() {
        let table = options_table(ui, "global options", spec::global::OPTIONS, &style(ui)).0;
        return format!("\n{table}");
    }
    // Without `-e`, a command of that name would be shown.
    let kind = match dispatch::find_command(ui, name.as_bytes()) {
        Found::Entry(_) => "-e ",
        _ => "",
    };
    let text =
        format!("(use 'hg help -v {kind}{name}' to show built-in aliases and global options)");
    format!("\n{}", rst::wrap(&text, &style(ui), 0, 0))
}

/// Help about an extension.
pub(super) fn extension(ui: &Ui, name: &str) -> Option<String> {
    if let Some(text) = loaded_extension(ui, name) {
        return Some(text);
    }
    let summary = extensions::summary(name)?;
    let style = style(ui);
    let mut out = rst::wrap(&format!("{name} extension - {summary}"), &style, 0, 0);
    let enabled = extensions::Enabled::of(&ui.config()).has_native(name);
    let commands: Vec<_> = spec::all().filter(|spec| spec.extension == name).collect();
    if !enabled {
        out.push_str("\n(use 'hg help extensions' for information on enabling extensions)\n");
    } else if !commands.is_empty() {
        out.push_str("\nlist of commands:\n\n");
        for spec in commands {
            out.push_str(&rst::field(spec.name(), spec.summary, &style, 1));
        }
        out.push_str(&extension_footer(ui, name));
    }
    Some(out)
}
