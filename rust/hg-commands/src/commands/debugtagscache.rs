//! `hg debugtagscache`.

use hg_format::tags::{FnodeRecord, fnode_record};
use hg_types::{HgPath, Result};

use crate::{Command, CommandContext, spec};

/// `hg debugtagscache`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGTAGSCACHE,
    help: "Show which revision of ``.hgtags`` each changeset has, as far as the cache knows.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    let tags = repo.filelog(HgPath::new(".hgtags"))?;
    let cache = repo.cache_vfs().try_read("hgtagsfnodes1")?.unwrap_or_default();
    for rev in changelog.revs().filter(|&rev| !hidden.contains(rev)) {
        let node = changelog.node(rev);
        let known = match fnode_record(&cache, rev.index().unwrap_or(usize::MAX), &node) {
            FnodeRecord::Missing => "missing".to_owned(),
            FnodeRecord::Stale => "invalid".to_owned(),
            FnodeRecord::Known(fnode) if tags.find(&fnode).is_some() => fnode.to_string(),
            FnodeRecord::Known(fnode) => format!("{fnode} (unknown node)"),
        };
        ctx.ui.write(format!("{rev} {node} {known}\n"));
    }
    Ok(0)
}
