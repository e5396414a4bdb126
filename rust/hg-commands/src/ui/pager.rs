//! The pager.

/// Whether a pager runs.
#[derive(Default)]
pub(super) struct State {}

impl super::Ui {
    /// Waits for the pager.
    pub fn end_pager(&self) {}
}
