//! `hg debugrevlog`.

mod show;
mod stats;

use std::collections::BTreeSet;

use hg_store::revlog::Revlog;
use hg_types::{Result, Revision};

use crate::storage::open_revlog;
use crate::{Command, CommandContext, Ui, spec};

/// `hg debugrevlog`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGREVLOG,
    help: "Show what a revlog holds and how it is stored: numbers, sizes, deltas. With --dump, one \
           line for each revision.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let revlog = open_revlog(ctx, ctx.args.first().map(|file| &file[..]))?.revlog;
    if ctx.opts.flag("dump") {
        dump(&ctx.ui, &revlog)?;
    } else {
        let stats = stats::Stats::collect(&revlog)?;
        ctx.ui.write(show::report(revlog.header(), &stats));
    }
    Ok(0)
}

fn dump(ui: &Ui, revlog: &Revlog) -> Result<()> {
    ui.write(
        "# rev p1rev p2rev start   end deltastart base   p1   p2 rawsize totalsize compression \
         heads chainlen\n",
    );
    let start = |rev: Revision| if rev.is_null() { 0 } else { revlog.chunk_range(rev).start };
    let mut total = 0;
    let mut heads = BTreeSet::new();
    for rev in revlog.revs() {
        let [p1, p2] = revlog.parents(rev);
        let range = revlog.chunk_range(rev);
        let chain = revlog.delta_chain(rev)?;
        let base = chain.first().copied().unwrap_or(rev);
        let delta_parent = revlog.delta_parent(rev)?;
        let delta_base = if delta_parent.is_null() { rev } else { delta_parent };
        let raw = revlog.raw_size(rev)?;
        total += raw as u64;
        heads.remove(&p1);
        heads.remove(&p2);
        heads.insert(rev);
        ui.write(format!(
            "{rev:>5} {p1:>5} {p2:>5} {:>5} {:>5} {:>10} {:>4} {:>4} {:>4} {raw:>7} {total:>9} \
             {:>11} {:>5} {:>8}\n",
            range.start,
            range.end,
            start(delta_base),
            start(base),
            start(p1),
            start(p2),
            total.checked_div(range.end).unwrap_or(0),
            heads.len(),
            chain.len() - 1,
        ));
    }
    Ok(())
}
