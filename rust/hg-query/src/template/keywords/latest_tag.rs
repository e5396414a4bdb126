//! The most recent tagged ancestor.

/// What is known of ancestors.
#[derive(Default)]
pub(super) struct Cache {}
