//! The user's editor.

/// Lines that start so are taken out of what the user wrote.
pub const IGNORED_LINE_PREFIX: &[u8] = b"HG:";

/// What an edited text is.
#[derive(Clone, Debug)]
pub struct EditOptions {}
