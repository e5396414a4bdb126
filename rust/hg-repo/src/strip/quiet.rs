//! A reporter that says everything one step more quietly.

use std::sync::Arc;

use hg_types::Reporter;

/// What is status becomes a note.
pub(crate) struct Quiet(pub(crate) Arc<dyn Reporter + Send + Sync>);

impl Reporter for Quiet {
    fn warn(&self, text: &[u8]) {
        self.0.warn(text);
    }
    fn status(&self, text: &[u8]) {
        self.0.note(text);
    }
    fn note(&self, text: &[u8]) {
        self.0.note(text);
    }
    fn debug(&self, text: &[u8]) {
        self.0.debug(text);
    }
    fn progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    ) {
        self.0.progress(topic, position, item, unit, total);
    }
    fn interrupted(&self) -> bool {
        self.0.interrupted()
    }
}
