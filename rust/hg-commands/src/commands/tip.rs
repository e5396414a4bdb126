//! `hg tip`.

use std::rc::Rc;

use hg_match::Matcher;
use hg_query::revset::SmartSet;
use hg_types::Result;

use crate::changeset_display::{Differ, DisplayOptions, Displayer};
use crate::diff_display::ChangesetDiffer;
use crate::{Command, CommandContext, log, revision, spec};

/// `hg tip`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::TIP,
    help: "Show the changeset that was added last: the head that changed most recently.

This command is deprecated, use :hg:`heads` instead. Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let query = revision::query(ctx)?;
    let everything = Box::new(|_| Ok(Matcher::always()));
    let differ = ChangesetDiffer::from_opts(&ctx.ui, &query.repo, &ctx.opts, everything)?;
    let differ = differ.map(|differ| Rc::new(differ) as Rc<dyn Differ>);
    let options = DisplayOptions { differ, ..DisplayOptions::from_opts(&ctx.opts) };
    let display = Displayer::of(&ctx.ui, &query.repo, options)?;
    log::show_list(ctx, &SmartSet::from_list(vec![query.tip()]), display)?;
    Ok(0)
}
