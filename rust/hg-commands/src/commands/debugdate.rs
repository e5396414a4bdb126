//! `hg debugdate`.

use hg_types::{DateRange, HgDate, Result, parse_date, parse_extended_date};
use hg_vfs::SystemClock;

use crate::{Command, CommandContext, spec};

/// `hg debugdate`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDATE,
    help: "Parse a date and print it in both forms; with a range, say whether it contains the date.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let (date, range) = match &ctx.args[..] {
        [date] => (date, None),
        [date, range] => (date, Some(range)),
        _ => return Err(ctx.usage_error()),
    };
    let clock = SystemClock::new(ctx.config().environment().var("TZ"));
    let date = match ctx.opts.flag("extended") {
        true => parse_extended_date(date, &clock)?,
        false => parse_date(date, &clock)?,
    };
    ctx.ui.write(format!("internal: {} {}\n", date.seconds, date.offset));
    let text = date.format(HgDate::DEFAULT_FORMAT);
    ctx.ui.write([b"standard: ", &text[..], b"\n"].concat());
    if let Some(range) = range {
        let matches = DateRange::parse(range, &clock)?.contains(date.seconds);
        ctx.ui.write(if matches { "match: True\n" } else { "match: False\n" });
    }
    Ok(0)
}
