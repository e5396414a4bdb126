//! `hg debugrename`.

use hg_types::Result;

use crate::scope::{Naming, match_arguments};
use crate::{Command, CommandContext, revision, spec};

/// `hg debugrename`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGRENAME,
    help: "Show what file revisions say they are copies of.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let rev = revision::changeset(ctx, ctx.opts.nonempty("rev").unwrap_or_default())?;
    let changelog = repo.changelog()?;
    let manifest = repo.manifest(&changelog.entry(rev)?.manifest())?;
    let matcher = match_arguments(ctx)?;
    let naming = Naming::relative(ctx, repo);
    for file in &matcher.files() {
        if !manifest.contains(file) && !manifest.has_dir(file) {
            let node = changelog.node(rev).short();
            let parts = [&naming.name(file)[..], b": no such file in rev ", &node, b"\n"];
            ctx.ui.warn(parts.concat());
        }
    }
    for entry in manifest.iter().filter(|entry| matcher.matches(entry.path)) {
        let filelog = repo.filelog(entry.path)?;
        let name = naming.name(entry.path);
        let text = match filelog.renamed(filelog.rev(&entry.node)?)? {
            Some((source, node)) => {
                [&name[..], b" renamed from ", source.as_bytes(), b":", &node.hex(), b"\n"].concat()
            }
            None => [&name[..], b" not renamed\n"].concat(),
        };
        ctx.ui.write(text);
    }
    Ok(0)
}
