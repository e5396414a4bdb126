//! How libraries speak to whoever called them, without touching a stream.

/// Receives what a library operation has to say. All texts are bytes, complete with newlines.
pub trait Reporter: Sync {
    /// A warning for the user (standard error).
    fn warn(&self, text: &[u8]);
    /// What was done (standard output; not shown with `--quiet`).
    fn status(&self, text: &[u8]);
    /// Details (standard output; shown with `--verbose`).
    fn note(&self, text: &[u8]);
    /// Inner workings (standard output; shown with `--debug`).
    fn debug(&self, text: &[u8]);
    /// Progress of `topic`: `position` of `total` in `unit`s. `None` as position ends the topic.
    fn progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    );
    /// Whether the user asked to stop; long loops poll this.
    fn interrupted(&self) -> bool {
        false
    }
}

/// A [`Reporter`] that drops everything, for embedders and tests.
#[derive(Clone, Copy, Default, Debug)]
pub struct Silent;

impl Reporter for Silent {
    fn warn(&self, _: &[u8]) {}
    fn status(&self, _: &[u8]) {}
    fn note(&self, _: &[u8]) {}
    fn debug(&self, _: &[u8]) {}
    fn progress(&self, _: &str, _: Option<u64>, _: &[u8], _: &str, _: Option<u64>) {}
}
