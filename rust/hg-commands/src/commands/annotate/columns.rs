//! The columns before each line.

use std::collections::HashMap;
use std::rc::Rc;

use hg_query::template::{History, short_user};
use hg_types::{Error, HgDate, Node, Result, Revision};
use hg_wdir::annotate::{Annotation, Line};

use super::changeset_of;
use crate::formatter::Value;
use crate::{CommandContext, Formatter};

/// What is shown of a line's origin.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Column {
    User,
    Number,
    Changeset,
    Date,
    File,
    LineNumber,
}

/// The chosen columns, in order.
#[derive(Clone, Debug)]
pub(super) struct Columns {
    shown: Vec<Column>,
    verbose: bool,
    quiet: bool,
    debug: bool,
    /// Whether dates are numbers, as programs get them.
    numeric_dates: bool,
}

/// What the columns of one origin have in common.
struct Origin {
    user: Vec<u8>,
    date: HgDate,
    rev: Revision,
    node: Node,
}

impl Columns {
    /// What a command's options choose.
    ///
    /// # Errors
    /// When line numbers have nothing to stand beside.
    pub(super) fn of(ctx: &CommandContext) -> Result<Self> {
        let flag = |name| ctx.opts.flag(name);
        // The old option that once switched following on shows the name of the file.
        let file = flag("file") || flag("follow");
        let number = flag("number") || !(flag("changeset") || flag("user") || flag("date") || file);
        if flag("line-number") && !number && !flag("changeset") {
            return Err(Error::input("at least one of -n/-c is required for -l"));
        }
        let chosen = [
            (flag("user"), Column::User),
            (number, Column::Number),
            (flag("changeset"), Column::Changeset),
            (flag("date"), Column::Date),
            (file, Column::File),
            (flag("line-number"), Column::LineNumber),
        ];
        let shown = chosen.into_iter().filter(|(shown, _)| *shown).map(|(_, column)| column);
        let (verbose, quiet) = (ctx.ui.is_verbose(), ctx.ui.is_quiet());
        let debug = ctx.ui.is_debug();
        Ok(Self { shown: shown.collect(), verbose, quiet, debug, numeric_dates: false })
    }

    /// Adds what a template asks for.
    pub(super) fn with_wanted(&self, fm: &Formatter, template: Option<&[u8]>) -> Self {
        let mut out = self.clone();
        out.numeric_dates = matches!(template, Some(b"json" | b"cbor" | b"debug" | b"pickle"));
        if !out.numeric_dates {
            for (name, column) in [("lineno", Column::LineNumber), ("path", Column::File)] {
                if fm.wants(&[name]) && !out.shown.contains(&column) {
                    out.shown.push(column);
                }
            }
        }
        out
    }

    /// The text before each line.
    pub(super) fn text(
        &self,
        ctx: &CommandContext,
        history: &Rc<History>,
        annotation: &Annotation,
        working: bool,
    ) -> Result<Vec<Vec<u8>>> {
        let encoding = ctx.ui.encoding();
        let mut origins: HashMap<Revision, Origin> = HashMap::new();
        let mut cells: Vec<Vec<(Vec<u8>, usize)>> = Vec::new();
        for column in &self.shown {
            let mut rows = Vec::with_capacity(annotation.lines.len());
            for line in &annotation.lines {
                let rev = annotation.origin(line).rev;
                if let std::collections::hash_map::Entry::Vacant(e) = origins.entry(rev) {
                    e.insert(self.origin(ctx, history, annotation, line)?);
                }
                let text = self.cell(*column, &origins[&rev], annotation, line, working);
                let width = encoding.width(&text);
                rows.push((text, width));
            }
            cells.push(rows);
        }
        let widths: Vec<usize> = cells
            .iter()
            .map(|rows| rows.iter().map(|(_, width)| *width).max().unwrap_or(0))
            .collect();
        let mut out = Vec::with_capacity(annotation.lines.len());
        for (row, line) in annotation.lines.iter().enumerate() {
            let mut text = Vec::new();
            for (at, column) in self.shown.iter().enumerate() {
                if at > 0 {
                    text.push(if *column == Column::LineNumber { b':' } else { b' ' });
                }
                let (cell, width) = &cells[at][row];
                text.resize(text.len() + widths[at] - width, b' ');
                text.extend_from_slice(cell);
            }
            text.extend_from_slice(if line.skipped { b"* " } else { b": " });
            out.push(text);
        }
        Ok(out)
    }

    fn origin(
        &self,
        ctx: &CommandContext,
        history: &Rc<History>,
        annotation: &Annotation,
        line: &Line,
    ) -> Result<Origin> {
        let changeset = changeset_of(history, annotation, line)?;
        // The working directory shows number and id of its first parent.
        let rev = changeset.rev();
        let shown = if rev.is_wdir() { changeset.parents()[0] } else { rev };
        let node = ctx.repo()?.changelog()?.node(shown);
        let entry = changeset.entry()?;
        let user = ctx.ui.encoding().local(entry.user()).into_owned();
        let user = if self.verbose { user } else { short_user(&user).to_vec() };
        Ok(Origin { user, date: entry.date(), rev: shown, node })
    }

    fn cell(
        &self,
        column: Column,
        origin: &Origin,
        annotation: &Annotation,
        line: &Line,
        working: bool,
    ) -> Vec<u8> {
        let at = annotation.origin(line);
        let mark = |mut text: Vec<u8>| {
            if working {
                text.push(if at.rev.is_wdir() { b'+' } else { b' ' });
            }
            text
        };
        match column {
            Column::User => origin.user.clone(),
            Column::Number => {
                let number = origin.rev.to_string().into_bytes();
                if self.shown.contains(&Column::Changeset) { number } else { mark(number) }
            }
            Column::Changeset => {
                mark(if self.debug { origin.node.hex() } else { origin.node.short() })
            }
            Column::Date => {
                let format: &[u8] =
                    if self.quiet { b"%Y-%m-%d" } else { b"%a %b %d %H:%M:%S %Y %1%2" };
                origin.date.format(format)
            }
            Column::File => at.path.as_bytes().to_vec(),
            Column::LineNumber => line.number.to_string().into_bytes(),
        }
    }

    /// The fields of a line for templates and programs.
    pub(super) fn fields(
        &self,
        history: &Rc<History>,
        annotation: &Annotation,
        line: &Line,
    ) -> Result<Vec<(&'static str, Value)>> {
        let at = annotation.origin(line);
        let mut out = Vec::new();
        for column in &self.shown {
            out.push(match column {
                Column::User => {
                    let changeset = changeset_of(history, annotation, line)?;
                    ("user", Value::from(changeset.entry()?.user()))
                }
                Column::Number => ("rev", Value::from(at.rev.get())),
                Column::Changeset => {
                    ("node", Value::node(&changeset_of(history, annotation, line)?.node()))
                }
                Column::Date => {
                    let changeset = changeset_of(history, annotation, line)?;
                    ("date", self.date(changeset.entry()?.date()))
                }
                Column::File => ("path", Value::from(at.path.as_bytes())),
                Column::LineNumber => ("lineno", Value::from(i64::from(line.number))),
            });
        }
        Ok(out)
    }

    fn date(&self, date: HgDate) -> Value {
        if self.numeric_dates { Value::FloatDate(date) } else { Value::Date(date) }
    }
}
