//! What commands that merge have in common: `--tool`.

use hg_types::Result;

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
