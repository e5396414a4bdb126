//! Changesets as labelled lines, the form without template.

use std::rc::Rc;

use hg_query::template::Changeset;
use hg_types::{HgPathBuf, Node, Phase, Result, Revision};

use crate::Ui;

/// `rev:node`, in the length that suits the verbosity.
#[must_use]
pub fn revision_id(ui: &Ui, rev: Revision, node: &Node) -> Vec<u8> {
    let node = if ui.is_debug() { node.hex() } else { node.short() };
    [rev.to_string().as_bytes(), b":", &node].concat()
}

/// `rev:node` of a changeset.
#[must_use]
pub fn changeset_id(ui: &Ui, changeset: &Changeset) -> Vec<u8> {
    revision_id(ui, changeset.rev(), &changeset.node())
}

/// The labels of the line that names a changeset.
///
/// # Errors
/// When phases or obsolescence cannot be read.
pub fn changeset_labels(changeset: &Changeset) -> Result<String> {
    let mut labels = format!("log.changeset changeset.{}", changeset.phase()?.name());
    if changeset.is_obsolete()? {
        labels.push_str(" changeset.obsolete");
    }
    let instabilities = changeset.instabilities()?;
    if !instabilities.is_empty() {
        labels.push_str(" changeset.unstable");
        for instability in instabilities {
            labels.push_str(" instability.");
            labels.push_str(instability);
        }
    }
    Ok(labels)
}

/// What is needed for every changeset.
#[derive(Default)]
pub(super) struct Names {}

/// Collects lines, so that they are written at once.
struct Lines<'a> {
    ui: &'a Ui,
    colored: bool,
    out: Vec<u8>,
}

impl Lines<'_> {
    fn put(&mut self, parts: &[&[u8]], label: &str) {
        if self.colored {
            let text = self.ui.label(&parts.concat(), label);
            self.out.extend_from_slice(&text);
        } else {
            parts.iter().for_each(|part| self.out.extend_from_slice(part));
        }
    }
}

pub(super) fn show(ui: &Ui, _names: &Names, changeset: &Rc<Changeset>, copies: bool) -> Result<()> {
    let mut lines = Lines { ui, colored: ui.is_colored(), out: Vec::with_capacity(512) };
    let id = changeset_id(ui, changeset);
    if ui.is_quiet() {
        lines.put(&[&id, b"\n"], "log.node");
        ui.write(&lines.out);
        return Ok(());
    }
    let labels = if lines.colored { changeset_labels(changeset)? } else { String::new() };
    lines.put(&[b"changeset:   ", &id, b"\n"], &labels);
    names(&mut lines, changeset)?;
    if ui.is_debug() {
        let phase = changeset.phase()?.name();
        lines.put(&[b"phase:       ", phase.as_bytes(), b"\n"], "log.phase");
    }
    parents(&mut lines, changeset)?;
    if ui.is_debug() {
        let (rev, node) = changeset.manifest_id()?;
        let id = revision_id(ui, rev, &node);
        lines.put(&[b"manifest:    ", &id, b"\n"], "ui.debug log.manifest");
    }
    let entry = changeset.entry()?;
    let encoding = ui.encoding();
    lines.put(&[b"user:        ", &encoding.local(entry.user()), b"\n"], "log.user");
    let date = entry.date().format(hg_types::HgDate::DEFAULT_FORMAT);
    lines.put(&[b"date:        ", &date, b"\n"], "log.date");
    evolution(&mut lines, changeset)?;
    files(&mut lines, changeset)?;
    if copies && ui.is_verbose() {
        show_copies(&mut lines, changeset)?;
    }
    if ui.is_debug() {
        for (key, value) in changeset.entry()?.extra() {
            let value = hg_query::parser::escape(&value);
            lines.put(&[b"extra:       ", &key, b"=", &value, b"\n"], "ui.debug log.extra");
        }
    }
    description(&mut lines, &encoding.local(entry.description()));
    lines.out.push(b'\n');
    ui.write(&lines.out);
    Ok(())
}

/// Branch, bookmarks and tags.
fn names(lines: &mut Lines<'_>, changeset: &Changeset) -> Result<()> {
    let encoding = lines.ui.encoding();
    let branch = changeset.entry()?.branch();
    if branch != b"default" {
        lines.put(&[b"branch:      ", &encoding.local(&branch), b"\n"], "log.branch");
    }
    let bookmarks = if changeset.rev().is_wdir() { Vec::new() } else { changeset.bookmarks()? };
    for bookmark in bookmarks {
        lines.put(&[b"bookmark:    ", &encoding.local(&bookmark), b"\n"], "log.bookmark");
    }
    for tag in changeset.tags()? {
        lines.put(&[b"tag:         ", &encoding.local(&tag), b"\n"], "log.tag");
    }
    Ok(())
}

fn parents(lines: &mut Lines<'_>, changeset: &Changeset) -> Result<()> {
    let changelog = changeset.repo().changelog()?;
    for rev in changeset.meaningful_parents(lines.ui.is_debug()) {
        let id = revision_id(lines.ui, rev, &changelog.node(rev));
        let phase = match lines.colored {
            true => changeset.repo().phases()?.phase(rev),
            false => Phase::Public,
        };
        let label = format!("log.parent changeset.{}", phase.name());
        lines.put(&[b"parent:      ", &id, b"\n"], &label);
    }
    Ok(())
}

fn evolution(lines: &mut Lines<'_>, changeset: &Changeset) -> Result<()> {
    let instabilities = changeset.instabilities()?;
    if !instabilities.is_empty() {
        let text = instabilities.join(", ");
        lines.put(&[b"instability: ", text.as_bytes(), b"\n"], "log.instability");
    } else if changeset.is_obsolete()? {
        for fate in super::fate::fates(lines.ui, changeset)? {
            lines.put(&[b"obsolete:    ", &fate, b"\n"], "log.obsfate");
        }
    }
    Ok(())
}

fn joined(paths: &[HgPathBuf]) -> Vec<u8> {
    let paths: Vec<&[u8]> = paths.iter().map(|path| path.as_bytes()).collect();
    paths.join(&b' ')
}

fn files(lines: &mut Lines<'_>, changeset: &Changeset) -> Result<()> {
    if lines.ui.is_debug() {
        let lists = changeset.file_lists()?;
        let rows = [
            (&b"files:       "[..], &lists.modified),
            (b"files+:      ", &lists.added),
            (b"files-:      ", &lists.removed),
        ];
        for (title, paths) in rows {
            if !paths.is_empty() {
                lines.put(&[title, &joined(paths), b"\n"], "ui.debug log.files");
            }
        }
    } else if lines.ui.is_verbose() {
        let paths = changeset.files()?;
        if !paths.is_empty() {
            lines.put(&[b"files:       ", &joined(&paths), b"\n"], "ui.note log.files");
        }
    }
    Ok(())
}

fn show_copies(lines: &mut Lines<'_>, changeset: &Changeset) -> Result<()> {
    let texts = changeset
        .copies()?
        .iter()
        .map(|copied| [copied.path.as_bytes(), b" (", copied.source.as_bytes(), b")"].concat());
    let texts: Vec<Vec<u8>> = texts.collect();
    if !texts.is_empty() {
        lines.put(&[b"copies:      ", &texts.join(&b' '), b"\n"], "ui.note log.copies");
    }
    Ok(())
}

fn description(lines: &mut Lines<'_>, text: &[u8]) {
    let blank = |c: &u8| matches!(c, b'\t'..=b'\r' | b' ');
    let start = text.iter().position(|c| !blank(c)).unwrap_or(text.len());
    let end = text.iter().rposition(|c| !blank(c)).map_or(start, |at| at + 1);
    let text = &text[start..end];
    if text.is_empty() {
        return;
    }
    if lines.ui.is_verbose() {
        lines.put(&[b"description:\n"], "ui.note log.description");
        lines.put(&[text], "ui.note log.description");
        lines.out.extend_from_slice(b"\n\n");
    } else {
        let end = text.iter().position(|c| matches!(c, b'\n' | b'\r')).unwrap_or(text.len());
        lines.put(&[b"summary:     ", &text[..end], b"\n"], "log.summary");
    }
}
