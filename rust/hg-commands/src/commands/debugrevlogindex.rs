//! `hg debugrevlogindex`.

use hg_types::{Error, Node, Result};

use crate::storage::open_revlog;
use crate::{Command, CommandContext, spec};

/// `hg debugrevlogindex`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGREVLOGINDEX,
    help: "Show the index of a revlog, in one of two forms.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let revlog = open_revlog(ctx, ctx.args.first().map(|file| &file[..]))?.revlog;
    let format = ctx.opts.int("format").unwrap_or(0);
    if format != 0 && format != 1 {
        return Err(Error::abort(format!("unknown format {format}")));
    }
    let full = ctx.ui.is_debug();
    let places = full || ctx.ui.is_verbose();
    let hex = |node: Node| {
        let bytes = if full { node.hex() } else { node.short() };
        String::from_utf8(bytes).unwrap_or_default()
    };
    let width = if full { 40 } else { 12 };
    ctx.ui.write(match (format, places) {
        (0, true) => {
            format!("   rev    offset  length linkrev {:width$} {:width$} p2\n", "nodeid", "p1")
        }
        (0, false) => format!("   rev linkrev {:width$} {:width$} p2\n", "nodeid", "p1"),
        (_, true) => {
            format!(
                "   rev flag   offset   length     size   link     p1     p2 {:>width$}\n",
                "nodeid"
            )
        }
        (_, false) => format!("   rev flag     size   link     p1     p2 {:>width$}\n", "nodeid"),
    });
    for rev in revlog.revs() {
        let entry = revlog.entry(rev)?;
        let [p1, p2] = revlog.parents(rev);
        let (offset, len, link) = (entry.offset, entry.compressed_len, entry.linkrev.0);
        let (flags, size, node) = (entry.flags, revlog.raw_size(rev)?, hex(entry.node));
        let parents = || format!("{} {}", hex(revlog.node(p1)), hex(revlog.node(p2)));
        ctx.ui.write(match (format, places) {
            (0, true) => {
                format!("{rev:>6} {offset:>9} {len:>7} {link:>7} {node} {}\n", parents())
            }
            (0, false) => format!("{rev:>6} {link:>7} {node} {}\n", parents()),
            (_, true) => format!(
                "{rev:>6} {flags:04x} {offset:>8} {len:>8} {size:>8} {link:>6} {p1:>6} {p2:>6} {node}\n"
            ),
            (_, false) => {
                format!("{rev:>6} {flags:04x} {size:>8} {link:>6} {p1:>6} {p2:>6} {node}\n")
            }
        });
    }
    Ok(0)
}
