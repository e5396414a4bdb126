//! The words for what can be wrong with a revlog.

use hg_format::revlog::RevlogError;
use hg_types::{Error, ErrorKind, Node};

use super::RevlogName;

/// No revision of the revlog that messages call `display` has this node id.
#[must_use]
pub fn no_node(display: &[u8], node: &Node) -> Error {
    let message = [display, b"@", &node.hex(), b": no node"].concat();
    Error::new(ErrorKind::UnknownRevision, message)
}

/// The index file cannot be what it should be.
pub(crate) fn corrupted(name: &RevlogName) -> Error {
    Error::storage([b"index ", &name.display[..], b" is corrupted"].concat())
}

/// An error of the format in the index of a revlog.
pub(crate) fn index_error(name: &RevlogName, source: RevlogError) -> Error {
    let what = match &source {
        RevlogError::Truncated(_) => return corrupted(name).because(source),
        RevlogError::UnknownVersion(version) | RevlogError::UnsupportedVersion(version) => {
            format!("unknown version ({version}) in revlog ")
        }
        RevlogError::UnknownFlags { version, flags } => {
            format!("unknown flags ({flags:#04x}) in version {version} revlog ")
        }
        other => format!("{other} in revlog "),
    };
    Error::storage([what.as_bytes(), &name.display].concat()).because(source)
}

/// A chunk that does not decompress.
pub(crate) fn chunk_error(source: RevlogError) -> Error {
    let message = match &source {
        RevlogError::UnknownCompression(byte) => {
            format!("unknown compression type '{}'", std::ascii::escape_default(*byte))
        }
        RevlogError::Decompress(cause) => format!("revlog decompress error: {cause}"),
        other => format!("revlog decompress error: {other}"),
    };
    Error::storage(message).because(source)
}

/// A revision whose text does not have its hash.
pub(crate) fn integrity(name: &RevlogName, what: impl std::fmt::Display) -> Error {
    let mut message = b"integrity check failed on ".to_vec();
    message.extend_from_slice(&name.display);
    message.extend(format!(":{what}").into_bytes());
    Error::storage(message)
}
