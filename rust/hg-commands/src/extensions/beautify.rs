//! `beautifygraph`: graphs drawn with the lines of Unicode.

use super::Enabled;
use crate::Ui;

/// What keeps a terminal from showing such lines.
fn obstacle(ui: &Ui) -> Option<&'static str> {
    let config = ui.config();
    if ui.encoding_name() != "UTF-8" {
        return Some("beautifygraph: unsupported encoding, UTF-8 required\n");
    }
    if config.environment().var("HGENCODINGAMBIGUOUS") == Some(b"wide") {
        return Some(
            "beautifygraph: unsupported terminal settings, monospace narrow text required\n",
        );
    }
    None
}

fn is_wanted(ui: &Ui) -> bool {
    let config = ui.config();
    !config.environment().plain().covers("graph")
        && Enabled::of(&config).has_native("beautifygraph")
}

/// Says why the graph will look as usual although the extension is enabled.
pub(crate) fn tell(ui: &Ui) {
    if ui.config().has_section("extensions")
        && is_wanted(ui)
        && let Some(obstacle) = obstacle(ui)
    {
        ui.warn(obstacle);
    }
}

/// Whether graphs are drawn so.
pub(crate) fn draws_lines(ui: &Ui) -> bool {
    is_wanted(ui) && obstacle(ui).is_none()
}
