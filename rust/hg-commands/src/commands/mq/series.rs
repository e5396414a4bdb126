//! `hg qseries`, `qapplied`, `qunapplied`, `qtop`, `qnext`, `qprev` and `qheader`: what is in a queue.

use hg_types::{Error, Result};

use super::Work;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qseries`.
pub static SERIES: Command = Command {
    spec: &spec::QSERIES,
    help: "Show all patches of the queue in the order in which they are applied; with --missing, the\n\
           files in its directory that are no patches.\n\nReturns 0 on success.",
    run: run_series,
};

/// `hg qapplied`.
pub static APPLIED: Command = Command {
    spec: &spec::QAPPLIED,
    help: "Show the applied patches, up to the named one.\n\nReturns 0 on success.",
    run: run_applied,
};

/// `hg qunapplied`.
pub static UNAPPLIED: Command = Command {
    spec: &spec::QUNAPPLIED,
    help: "Show the patches that are not applied, from the one behind the named one on.\n\n\
           Returns 0 on success.",
    run: run_unapplied,
};

/// `hg qtop`.
pub static TOP: Command = Command {
    spec: &spec::QTOP,
    help: "Show which patch was applied last.\n\nReturns 0 on success.",
    run: run_top,
};

/// `hg qnext`.
pub static NEXT: Command = Command {
    spec: &spec::QNEXT,
    help: "Show which patch :hg:`qpush` would apply.\n\nReturns 0 on success.",
    run: run_next,
};

/// `hg qprev`.
pub static PREV: Command = Command {
    spec: &spec::QPREV,
    help: "Show which patch would be on top after :hg:`qpop`.\n\nReturns 0 on success.",
    run: run_prev,
};

/// `hg qheader`.
pub static HEADER: Command = Command {
    spec: &spec::QHEADER,
    help: "Show the description of a patch, by default of the top one.\n\nReturns 0 on success.",
    run: run_header,
};

/// How a patch stands.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Standing {
    Applied,
    Unapplied,
    Guarded,
}

impl Standing {
    fn name(self) -> &'static str {
        match self {
            Self::Applied => "applied",
            Self::Unapplied => "unapplied",
            Self::Guarded => "guarded",
        }
    }
}

/// Which patches are shown.
struct Range {
    start: usize,
    len: Option<usize>,
    only: Option<Standing>,
}

impl Work<'_> {
    /// How a patch is counted in lists that are long: what is guarded, is so even when applied.
    fn standing(&self, index: usize, name: &[u8]) -> Result<Standing> {
        Ok(if self.queue.position(name).is_some() {
            Standing::Applied
        } else if self.queue.pushable(index)?.is_pushable() {
            Standing::Unapplied
        } else {
            Standing::Guarded
        })
    }

    /// The label of a patch in lists of guards.
    pub(super) fn guard_label(&self, index: usize, name: &[u8]) -> Result<String> {
        let standing = self.standing(index, name)?.name();
        Ok(format!("qguard.patch qguard.{standing} qseries.{standing}"))
    }

    fn show(&self, range: &Range) -> Result<()> {
        if range.len == Some(0) {
            return Ok(());
        }
        let series = self.queue.series()?;
        let len = range.len.unwrap_or_else(|| series.len().saturating_sub(range.start));
        let end = (range.start + len).min(series.len());
        let width = (range.start + len).saturating_sub(1).to_string().len();
        for index in range.start..end {
            let name = series.name(index).unwrap_or_default();
            let standing = self.standing(index, name)?;
            let ui = &self.ctx.ui;
            if ui.is_verbose() {
                let guarded = !self.queue.pushable(index)?.is_pushable();
                let letter = match standing {
                    Standing::Applied => 'A',
                    _ if guarded => 'G',
                    _ => 'U',
                };
                ui.write(format!("{index:width$} {letter} "));
            } else if range.only.is_some_and(|only| only != standing) {
                continue;
            }
            self.show_name(name, standing.name())?;
        }
        Ok(())
    }

    fn show_name(&self, name: &[u8], standing: &str) -> Result<()> {
        let ui = &self.ctx.ui;
        ui.write_label(name, &format!("qseries.{standing}"));
        if self.ctx.opts.flag("summary") {
            let header = self.queue.header(name)?;
            ui.write(": ");
            ui.write_label(header.summary(), &format!("qseries.message.{standing}"));
        }
        ui.write("\n");
        Ok(())
    }

    fn place_in_series(&self, name: &[u8]) -> Result<usize> {
        self.queue
            .series()?
            .find(name)
            .ok_or_else(|| Error::abort([b"patch ", name, b" is not in series file"].concat()))
    }
}

fn run_series(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    if !ctx.opts.flag("missing") {
        work.show(&Range { start: 0, len: None, only: None })?;
        return Ok(0);
    }
    work.queue.series()?;
    for name in work.queue.strangers()? {
        if ctx.ui.is_verbose() {
            ctx.ui.write("D ");
        }
        work.show_name(&name, "missing")?;
    }
    Ok(0)
}

fn run_applied(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let last = ctx.opts.flag("last");
    let mut end = match ctx.args.first() {
        Some(name) => work.place_in_series(name)? + 1,
        None => work.queue.end()?,
    };
    if last && end == 0 {
        return Ok(work.no_patches());
    }
    if last && end == 1 {
        ctx.ui.write("only one patch applied\n");
        return Ok(1);
    }
    let (start, len) = if last { (end - 2, 1) } else { (0, end) };
    end = start + len;
    work.show(&Range { start, len: Some(end - start), only: Some(Standing::Applied) })?;
    Ok(0)
}

fn run_unapplied(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let start = match ctx.args.first() {
        Some(name) => work.place_in_series(name)? + 1,
        None => work.queue.end()?,
    };
    let first = ctx.opts.flag("first");
    if first && start == work.queue.series()?.len() {
        ctx.ui.write("all patches applied\n");
        return Ok(1);
    }
    let len = first.then_some(1);
    work.show(&Range { start, len, only: Some(Standing::Unapplied) })?;
    Ok(0)
}

fn run_top(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let end = work.queue.end()?;
    if work.queue.applied.is_empty() || end == 0 {
        return Ok(work.no_patches());
    }
    work.show(&Range { start: end - 1, len: Some(1), only: Some(Standing::Applied) })?;
    Ok(0)
}

fn run_next(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let series = work.queue.series()?;
    for index in work.queue.end()?..series.len() {
        if work.queue.pushable(index)?.is_pushable() {
            work.show(&Range { start: index, len: Some(1), only: None })?;
            return Ok(0);
        }
    }
    ctx.ui.write("all patches applied\n");
    Ok(1)
}

fn run_prev(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let applied = &work.queue.applied;
    let [.., before, _] = &applied[..] else {
        if applied.is_empty() {
            return Ok(work.no_patches());
        }
        ctx.ui.write("only one patch applied\n");
        return Ok(1);
    };
    let Some(start) = work.queue.series()?.find(&before.name) else { return Ok(0) };
    work.show(&Range { start, len: Some(1), only: Some(Standing::Applied) })?;
    Ok(0)
}

fn run_header(ctx: &CommandContext) -> Result<i32> {
    let work = Work::open(ctx)?;
    let name = match ctx.args.first() {
        Some(name) => work.look_up(name)?,
        None => match work.queue.top() {
            Some(top) => top.name.clone(),
            None => return Ok(work.no_patches()),
        },
    };
    let message = work.queue.header(&name)?.message();
    ctx.ui.write([&message[..], b"\n"].concat());
    Ok(0)
}
