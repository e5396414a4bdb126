//! `hg help`.

use hg_types::Result;

use crate::Ui;
use crate::dispatch::Entry;

/// Usage below a complaint.
pub(crate) fn short_usage(_ui: &Ui, _entry: &Entry) {}

/// `hg help COMMAND`.
pub(crate) fn command_help(_ui: &Ui, _entry: &Entry) -> Result<i32> {
    Ok(0)
}

/// `hg` alone.
pub(crate) fn short_list(_ui: &Ui) -> Result<i32> {
    Ok(0)
}

/// What to say about a command that a disabled extension brings.
pub(crate) fn disabled_command(_name: &[u8]) -> Option<Vec<u8>> {
    None
}
