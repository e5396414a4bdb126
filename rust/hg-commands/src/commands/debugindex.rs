//! `hg debugindex`.

use hg_format::revlog::Entry;
use hg_format::revlog::docket::{Extra, Mode};
use hg_store::revlog::Revlog;
use hg_types::{Node, Result, Revision};

use crate::formatter::Value;
use crate::storage::open_storage;
use crate::{Command, CommandContext, spec};

/// `hg debug-revlog-index`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUG_REVLOG_INDEX,
    help: "Show the index of a revlog: one line for each revision, with --verbose all fields.",
    run,
};

/// One column: its name, its least width, its value for a revision.
struct Column {
    name: &'static str,
    width: Width,
    always: bool,
    value: fn(&Row<'_>) -> Vec<u8>,
}

enum Width {
    Fixed(usize),
    Node,
}

/// What the values of one line are taken from.
struct Row<'a> {
    revlog: &'a Revlog,
    rev: Revision,
    entry: Entry,
    full: bool,
}

impl Row<'_> {
    fn hex(&self, node: Node) -> Vec<u8> {
        if self.full { node.hex() } else { node.short() }
    }

    fn parent(&self, which: usize) -> Revision {
        self.revlog.parents(self.rev)[which]
    }

    fn side(&self) -> Option<Extra> {
        self.revlog.side_entry(self.rev)
    }

    /// How it is told how the chunk is compressed: elsewhere than in changelogs of the second format
    /// it always says so itself.
    fn mode(&self) -> i32 {
        match self.side().map_or(Mode::Inline, |extra| extra.mode) {
            Mode::Plain => 0,
            Mode::Default => 1,
            Mode::Inline => 2,
        }
    }

    fn side_mode(&self) -> &'static [u8] {
        match self.side().map_or(Mode::Inline, |extra| extra.side_mode) {
            Mode::Plain => b"plain",
            Mode::Default => b"default",
            Mode::Inline => b"inline",
        }
    }
}

fn number(n: impl std::fmt::Display) -> Vec<u8> {
    n.to_string().into_bytes()
}

const fn column(
    name: &'static str,
    width: Width,
    always: bool,
    value: fn(&Row<'_>) -> Vec<u8>,
) -> Column {
    Column { name, width, always, value }
}

static COLUMNS: &[Column] = &[
    column("rev", Width::Fixed(6), true, |row| number(row.rev)),
    column("rank", Width::Fixed(6), false, |row| {
        number(row.revlog.stored_rank(row.rev).unwrap_or(-1))
    }),
    column("linkrev", Width::Fixed(7), true, |row| number(row.entry.linkrev.0)),
    column("nodeid", Width::Node, true, |row| row.hex(row.entry.node)),
    column("p1-rev", Width::Fixed(6), false, |row| number(row.parent(0))),
    column("p1-nodeid", Width::Node, true, |row| row.hex(row.revlog.node(row.parent(0)))),
    column("p2-rev", Width::Fixed(6), false, |row| number(row.parent(1))),
    column("p2-nodeid", Width::Node, true, |row| row.hex(row.revlog.node(row.parent(1)))),
    column("full-size", Width::Fixed(20), false, |row| number(row.entry.text_len)),
    column("delta-base", Width::Fixed(10), false, |row| number(row.entry.base.0)),
    column("flags", Width::Fixed(5), false, |row| number(row.entry.flags)),
    column("comp-mode", Width::Fixed(9), false, |row| number(row.mode())),
    column("data-offset", Width::Fixed(20), false, |row| number(row.entry.offset)),
    column("chunk-size", Width::Fixed(10), false, |row| number(row.entry.compressed_len)),
    column("sd-comp-mode", Width::Fixed(12), false, |row| row.side_mode().to_vec()),
    column("sidedata-offset", Width::Fixed(20), false, |row| {
        number(row.side().map_or(0, |extra| extra.side_offset))
    }),
    column("sd-chunk-size", Width::Fixed(13), false, |row| {
        number(row.side().map_or(0, |extra| extra.side_len))
    }),
];

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let revlog = open_storage(ctx, ctx.args.first().map(|file| &file[..]))?.revlog;
    let full = ctx.ui.is_debug();
    let all = full || ctx.ui.is_verbose();
    let columns: Vec<_> = COLUMNS.iter().filter(|column| all || column.always).collect();
    let aligned = |column: &Column, text: &[u8]| {
        let width = match column.width {
            Width::Fixed(width) => width,
            Width::Node if full => 40,
            Width::Node => 12,
        };
        let mut out = vec![b' '; width.saturating_sub(text.len())];
        out.extend_from_slice(text);
        out
    };
    let mut fm = ctx.formatter_without_history("debugindex")?;
    let header: Vec<_> = columns.iter().map(|c| aligned(c, c.name.as_bytes())).collect();
    fm.plain([&header.join(&b' ')[..], b"\n"].concat(), "");
    for rev in revlog.revs() {
        let row = Row { revlog: &revlog, rev, entry: revlog.entry(rev)?, full };
        fm.start_item();
        for (at, column) in columns.iter().enumerate() {
            let value = (column.value)(&row);
            let text = aligned(column, &value);
            if at > 0 {
                fm.plain(" ", "");
            }
            fm.write(&[(column.name, Value::from(&value[..]))], text, "");
        }
        fm.plain("\n", "");
    }
    fm.end()?;
    Ok(0)
}
