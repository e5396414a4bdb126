//! Progress bars on standard error.

use super::Ui;

/// The running topics.
#[derive(Default)]
pub(super) struct Bars {}

impl Ui {
    pub(super) fn show_progress(
        &self,
        _topic: &str,
        _position: Option<u64>,
        _item: &[u8],
        _unit: &str,
        _total: Option<u64>,
    ) {
    }

    pub(super) fn clear_progress(&self) {}
}
