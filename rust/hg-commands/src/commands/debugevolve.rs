//! `hg debugsuccessorssets` and `hg debugwhyunstable`: what obsolescence knows about changesets.

use std::collections::HashMap;
use std::rc::Rc;

use hg_query::template::{Changeset, History, Unstable, closest_successors};
use hg_types::{Node, Result};

use crate::changeset_display::UiHost;
use crate::{Command, CommandContext, revision, spec};

/// `hg debugsuccessorssets`.
pub static SUCCESSORS_SETS: Command = Command {
    spec: &spec::debug_n_z::DEBUGSUCCESSORSSETS,
    help: "Show, below each changeset, the sets of changesets that replace it: one line a set. A changeset that is not \
           obsolete replaces itself, a pruned one has no set, one that diverged several.\n\nWith ``--closest``, the \
           nearest replacements that are visible.",
    run: successors_sets,
};

/// `hg debugwhyunstable`.
pub static WHY_UNSTABLE: Command = Command {
    spec: &spec::debug_n_z::DEBUGWHYUNSTABLE,
    help: "Show one line for each reason why a changeset is unstable.",
    run: why_unstable,
};

fn successors_sets(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let query = revision::query(ctx)?;
    let changelog = repo.changelog()?;
    let shown = |node: &Node| if ctx.ui.is_debug() { node.hex() } else { node.short() };
    let mut cache = HashMap::new();
    for rev in revision::range(&query, &ctx.args)?.to_vec()? {
        let node = changelog.node(rev);
        ctx.ui.write([&shown(&node)[..], b"\n"].concat());
        let sets = match ctx.opts.flag("closest") {
            true => closest_successors(repo, &node)?,
            false => repo.successors_sets(&node, &mut cache)?,
        };
        for set in sets.iter().filter(|set| !set.is_empty()) {
            let nodes: Vec<Vec<u8>> = set.iter().map(shown).collect();
            ctx.ui.write([b"    ", &nodes.join(&b' ')[..], b"\n"].concat());
        }
    }
    Ok(0)
}

fn why_unstable(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let [spec] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let rev = revision::changeset(ctx, spec)?;
    let (changelog, phases) = (repo.changelog()?, repo.phases()?);
    let host = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
    let history = History::new(repo.clone(), host);
    for reason in Unstable::all(&Changeset::open(&history, rev)?)? {
        let mut line = [reason.instability.as_bytes(), b":"].concat();
        for node in &reason.rivals {
            let phase = phases.phase(changelog.rev(node)?).name();
            line.extend_from_slice(
                &[b" ", &node.hex()[..], b" (", phase.as_bytes(), b")"].concat(),
            );
        }
        let end = [b" ", reason.reason.as_bytes(), b" ", &reason.node.hex(), b"\n"];
        line.extend_from_slice(&end.concat());
        ctx.ui.write(line);
    }
    Ok(0)
}
