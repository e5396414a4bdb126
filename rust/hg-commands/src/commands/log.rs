//! `hg log`.

use std::rc::Rc;

use hg_types::Result;

use crate::changeset_display::{Differ, DisplayOptions, Displayer};
use crate::diff_display::ChangesetDiffer;
use crate::log::{self, Selection};
use crate::{Command, CommandContext, revision, spec};

/// `hg log`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::LOG,
    help: "Print the history of the repository, or of the files named.

Without -r/--rev all changesets are shown, newest first. With -f/--follow only the ancestors of
the working directory's parent (or of the changesets that -r names) are; with files, their
history is followed across copies and renames.

Each changeset is shown with its number and id, tags, parents that are not simply the changeset
before, user, date and the first line of its description. -v shows all of the description and the
changed files, --debug everything; -T chooses what is shown, see :hg:`help templates`.

With -G/--graph the changesets stand beside a drawing of how they are connected. In it, ``@`` is
the parent of the working directory, ``%`` takes part in a conflict, ``_`` closes a branch, ``x`` is
obsolete, ``*`` is unstable, ``o`` is any other; ``|`` leads to a parent, ``:`` to an ancestor, and
``~`` ends a line whose rest is not shown.

Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let query = revision::query(ctx)?;
    let Selection { revs, files, lines } = log::select(ctx, &query)?;
    let differ = ChangesetDiffer::from_opts(&ctx.ui, &query.repo, &ctx.opts, files)?;
    let differ = differ.map(|differ| Rc::new(differ.with_lines(lines)) as Rc<dyn Differ>);
    let options = DisplayOptions { differ, ..DisplayOptions::from_opts(&ctx.opts) };
    ctx.ui.pager("log")?;
    let display = Displayer::of(&ctx.ui, &query.repo, options)?;
    if ctx.opts.flag("graph") {
        log::show_graph(ctx, &query, &revs.to_vec()?, display)?;
    } else {
        log::show_list(ctx, &revs, display)?;
    }
    Ok(0)
}
