//! `hg debugcolor`: known effects, or the looks of all labels.

use hg_types::Result;

use crate::ui::{ColorMode, EFFECTS};
use crate::{Command, CommandContext, spec};

/// `hg debugcolor`.
pub static COMMAND: Command = Command { spec: &spec::debug_a_m::DEBUGCOLOR, help: "", run };

fn run(ctx: &CommandContext) -> Result<i32> {
    let ui = &ctx.ui;
    let mode = match ui.color() {
        ColorMode::Off => "None",
        ColorMode::Ansi => "'ansi'",
        ColorMode::Terminfo => "'terminfo'",
        ColorMode::Debug => "'debug'",
    };
    ui.write(format!("color mode: {mode}\n"));
    if ctx.opts.flag("style") {
        styles(ctx)
    } else {
        effects(ctx)
    }
    Ok(0)
}

fn effects(ctx: &CommandContext) {
    let ui = &ctx.ui;
    ui.write("available colors:\n");
    let mut names: Vec<String> = EFFECTS.iter().map(|(name, _)| (*name).to_owned()).collect();
    for (name, _) in ctx.config().items("color") {
        let name = String::from_utf8_lossy(name);
        let own = name.strip_prefix("color.").or_else(|| name.strip_prefix("terminfo."));
        names.extend(own.map(str::to_owned));
    }
    names.sort_by_key(|name| (name.contains('_'), name.clone()));
    names.dedup();
    for name in names {
        ui.write_label(format!("{name}\n"), &name);
    }
}

fn styles(ctx: &CommandContext) {
    let ui = &ctx.ui;
    ui.write("available style:\n");
    let styles = ui.color_styles();
    let width = styles.iter().map(|(label, _)| label.len()).max().unwrap_or(0);
    for (label, effects) in styles {
        let label = String::from_utf8_lossy(&label).into_owned();
        ui.write_label(&label, &label);
        if !effects.is_empty() {
            let effects = String::from_utf8_lossy(&effects).into_owned();
            ui.write(format!(": {}", " ".repeat(width.saturating_sub(label.len()))));
            let shown: Vec<Vec<u8>> =
                effects.split(' ').map(|effect| ui.label(effect.as_bytes(), effect)).collect();
            ui.write(shown.join(&b", "[..]));
        }
        ui.write("\n");
    }
}
