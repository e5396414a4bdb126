//! `hg debugextensions`: which extensions are enabled.

use hg_types::Result;

use crate::extensions::Enabled;
use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg debugextensions`.
pub static COMMAND: Command = Command { spec: &spec::debug_a_m::DEBUGEXTENSIONS, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let mut fm = ctx.formatter("debugextensions")?;
    let mut names = Enabled::of(&ctx.config()).native;
    names.sort();
    for name in names {
        fm.start_item();
        fm.write(&[("name", name.as_str().into())], format!("{name}\n"), "");
        fm.data(&[("source", "".into()), ("bundled", true.into())]);
        fm.data(&[("testedwith", Value::list(Vec::<&str>::new(), "ver")), ("buglink", "".into())]);
        if ctx.ui.is_verbose() {
            fm.plain("  bundled: yes\n", "");
        }
    }
    fm.end()?;
    Ok(0)
}
