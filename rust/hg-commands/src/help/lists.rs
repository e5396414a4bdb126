//! Lists: all commands by category, those that begin with something, search results.

use hg_types::{Error, Result};

use super::rst;
use super::topics::{GROUPS, TOPICS};
use super::{Request, options_table, style};
use crate::dispatch::{self, Entry};
use crate::spec::{self, Category, is_hidden_text};
use crate::{Ui, extensions};

/// Commands that `hg` alone shows.
const BASIC: &[&str] = &[
    "add", "annotate", "clone", "commit", "diff", "export", "forget", "init", "log", "merge",
    "pull", "push", "remove", "serve", "status", "summary", "update",
];

/// Commands that `hg -v` shows on top of them.
const BASIC_VERBOSE: &[&str] = &["abort", "admin::chainsaw-update", "continue"];

const TITLE: &str = "Mercurial Distributed SCM\n";

/// What `hg` without command prints.
pub(super) fn basic(ui: &Ui) -> String {
    let style = style(ui);
    let mut out = String::new();
    if !ui.is_quiet() {
        out.push_str(&format!("{TITLE}\nbasic commands:\n\n"));
    }
    let mut specs: Vec<_> = BASIC.iter().filter_map(|name| spec::find(name.as_bytes())).collect();
    if ui.is_verbose() {
        specs.extend(BASIC_VERBOSE.iter().filter_map(|name| spec::find(name.as_bytes())));
        specs.sort_by_key(|spec| spec.name());
    }
    for spec in specs {
        let names =
            if ui.is_verbose() { spec.names.replace('|', ", ") } else { spec.name().to_owned() };
        out.push_str(&rst::field(&names, spec.summary, &style, 1));
    }
    if ui.is_verbose() {
        out.push('\n');
        out.push_str(&options_table(ui, "global options", spec::global::OPTIONS, &style).0);
        out.push_str("\n(use 'hg help' for the full list of commands)\n");
    } else if !ui.is_quiet() {
        out.push_str("\n(use 'hg help' for the full list of commands or 'hg -v' for details)\n");
    }
    out
}

/// `hg help` and its options `-c` and `-e`.
pub(super) fn overview(ui: &Ui, request: Request<'_>) -> String {
    if request.commands || request.extensions {
        return plain_lists(ui, request);
    }
    let style = style(ui);
    let mut parts = Vec::new();
    if !ui.is_quiet() {
        parts.push(TITLE.to_owned());
        parts.push("list of commands:\n".to_owned());
    }
    parts.extend(by_category(ui, |_| true));
    let enabled = extensions::Enabled::of(&ui.config()).native;
    if !enabled.is_empty() {
        let mut text = "enabled extensions:\n\n".to_owned();
        for name in &enabled {
            let summary = extensions::summary(name).unwrap_or("");
            text.push_str(&rst::field(name, summary, &style, 1));
        }
        parts.push(text);
    }
    parts.push("additional help topics:\n".to_owned());
    for group in GROUPS {
        let mut text = format!("{group}:\n\n");
        let shown = |name: &str| !is_hidden(ui, "hidden-topic", name.as_bytes());
        let topics: Vec<_> =
            TOPICS.iter().filter(|topic| topic.group == *group && shown(topic.names[0])).collect();
        for topic in &topics {
            text.push_str(&rst::field(topic.names[0], topic.title, &style, 1));
        }
        if !topics.is_empty() {
            parts.push(text);
        }
    }
    if ui.is_verbose() {
        parts.push(options_table(ui, "global options", spec::global::OPTIONS, &style).0);
    } else if !ui.is_quiet() {
        parts.push("(use 'hg help -v' to show built-in aliases and global options)\n".to_owned());
    }
    parts.join("\n")
}

/// The commands that begin with `prefix`.
pub(super) fn beginning_with(ui: &Ui, prefix: &str) -> String {
    let mut parts = vec!["list of commands:\n".to_owned()];
    let begins = |entry: &Entry| entry.spec().names.split('|').any(|name| name.starts_with(prefix));
    parts.extend(by_category(ui, begins));
    if !ui.is_verbose() {
        parts.push(format!(
            "(use 'hg help -v {prefix}' to show built-in aliases and global options)\n"
        ));
    }
    parts.join("\n")
}

/// The first line that the configuration says about an alias.
fn own_doc(ui: &Ui, entry: &Entry) -> Option<String> {
    let config = ui.config();
    let doc = config.get_set("alias", [&*entry.name, b":doc"].concat())?;
    Some(String::from_utf8_lossy(doc).lines().next()?.to_owned())
}

/// Whether `[help]` hides a command or a topic from lists.
fn is_hidden(ui: &Ui, kind: &str, name: &[u8]) -> bool {
    let item = [kind.as_bytes(), b".", name].concat();
    let config = ui.config();
    config.has("help", &item) && config.get_bool("help", &item).unwrap_or(false)
}

/// What `hg help debug` shows.
pub(super) fn debug_commands(ui: &Ui) -> String {
    let style = style(ui);
    let mut out = String::new();
    if !ui.is_quiet() {
        out.push_str("debug commands (internal and unsupported):\n\n");
    }
    for entry in dispatch::listing(ui).values().filter(|entry| entry.spec().is_debug()) {
        let spec = entry.spec();
        if !ui.is_verbose() && is_hidden_text(spec.summary) {
            continue;
        }
        let summary =
            if spec.summary.is_empty() { "(no help text available)" } else { spec.summary };
        out.push_str(&rst::field(spec.name(), summary, &style, 1));
    }
    if !ui.is_quiet() && !ui.is_verbose() {
        out.push_str("\n(use 'hg help -v debug' to show built-in aliases and global options)\n");
    }
    out
}

/// Whether lists of commands leave an entry out.
fn left_out(ui: &Ui, entry: &Entry) -> bool {
    let spec = entry.spec();
    is_hidden(ui, "hidden-command", &entry.name)
        || (spec.is_debug() && !ui.is_debug())
        || (!ui.is_verbose() && entry.alias.is_none() && is_hidden_text(spec.summary))
        || (!ui.is_verbose() && entry.alias.is_some() && own_doc(ui, entry).is_none())
}

fn by_category(ui: &Ui, wanted: impl Fn(&Entry) -> bool) -> Vec<String> {
    let style = style(ui);
    let listing = dispatch::listing(ui);
    let mut out = Vec::new();
    for category in Category::ALL {
        let mut text = format!("{}:\n\n", category.title());
        let mut any = false;
        for (name, entry) in &listing {
            let own = if entry.alias.is_some() { Category::None } else { entry.spec().category };
            if own != category || left_out(ui, entry) || !wanted(entry) {
                continue;
            }
            let name = String::from_utf8_lossy(name);
            let mut names = vec![name.into_owned()];
            if ui.is_verbose() && entry.alias.is_none() {
                names.extend(entry.spec().aliases().map(str::to_owned));
            }
            let doc = entry.alias.as_ref().and_then(|_| own_doc(ui, entry));
            let summary = match &doc {
                Some(doc) => doc,
                None if entry.spec().summary.is_empty() => "(no help text available)",
                None => entry.spec().summary,
            };
            text.push_str(&rst::field(&names.join(", "), summary, &style, 1));
            any = true;
        }
        if any {
            out.push(text);
        }
    }
    out
}

fn plain_lists(ui: &Ui, request: Request<'_>) -> String {
    let mut parts = Vec::new();
    if request.commands {
        let rows = dispatch::listing(ui)
            .iter()
            .filter(|(_, entry)| !left_out(ui, entry))
            .map(|(name, entry)| match own_doc(ui, entry) {
                Some(doc) => row(&String::from_utf8_lossy(name), &doc),
                None => row(&String::from_utf8_lossy(name), entry.spec().summary),
            })
            .collect();
        parts.extend(titled(ui, "Commands", rows));
    }
    if request.extensions {
        let rows = extensions::list::BUNDLED.iter().map(|(name, text)| row(name, text)).collect();
        parts.extend(titled(ui, "Extensions", rows));
    }
    parts.join("\n")
}

fn row(name: &str, text: &str) -> Vec<String> {
    let text = if text.is_empty() { "(no help text available)" } else { text };
    vec![name.to_owned(), text.to_owned()]
}

fn titled(ui: &Ui, title: &str, rows: Vec<Vec<String>>) -> Option<String> {
    if rows.is_empty() {
        return None;
    }
    Some(format!("{title}:\n\n{}", rst::table(&rows, &style(ui), 1)))
}

/// `hg help -k WORD`.
pub(super) fn search(ui: &Ui, word: &str, request: Request<'_>) -> Result<String> {
    let word = word.to_lowercase();
    let has = |texts: &[&str]| texts.iter().any(|text| text.to_lowercase().contains(&word));
    let any = !request.commands && !request.extensions;
    let mut parts = Vec::new();
    if any {
        let rows = TOPICS
            .iter()
            .filter(|topic| has(&[topic.title, topic.text]) || has(topic.names))
            .map(|topic| row(topic.names[0], topic.title))
            .collect();
        parts.extend(titled(ui, "Topics", rows));
    }
    let available = dispatch::available(&ui.config());
    if any || request.commands {
        let mut specs: Vec<_> = available
            .iter()
            .filter(|spec| !spec.is_debug() && (ui.is_verbose() || !is_hidden_text(spec.summary)))
            .filter(|spec| {
                let body = dispatch::command(spec.name().as_bytes()).map_or("", |c| c.help);
                has(&[spec.names, spec.summary, body])
            })
            .collect();
        specs.sort_by_key(|spec| spec.name());
        let rows = specs.into_iter().map(|spec| row(spec.name(), spec.summary)).collect();
        parts.extend(titled(ui, "Commands", rows));
    }
    if any || request.extensions {
        let rows = extensions::list::BUNDLED
            .iter()
            .filter(|(name, text)| has(&[name, text]))
            .filter(|(_, text)| {
                ui.is_verbose() || !is_hidden_text(text) || text.contains("EXPERIMENTAL")
            })
            .map(|(name, text)| row(name, text))
            .collect();
        parts.extend(titled(ui, "Extensions", rows));
        let mut specs: Vec<_> = spec::all()
            .filter(|spec| {
                !spec.extension.is_empty() && !available.iter().any(|a| a.names == spec.names)
            })
            .filter(|spec| !spec.is_debug() && has(&[spec.names, spec.summary]))
            .collect();
        specs.sort_by_key(|spec| spec.name());
        if any {
            let rows = specs.into_iter().map(|spec| row(spec.name(), spec.summary)).collect();
            parts.extend(titled(ui, "Extension Commands", rows));
        }
    }
    if parts.is_empty() {
        return Err(Error::input("no matches").hint("try 'hg help' for a list of topics"));
    }
    Ok(parts.join("\n"))
}
