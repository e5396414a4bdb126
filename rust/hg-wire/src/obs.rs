//! Obsolescence markers on their way.

use hg_types::{Error, Result};

use crate::apply::Operation;

/// Takes in markers; how many of them were new.
pub fn apply(operation: &mut Operation<'_>, payload: &[u8]) -> Result<usize> {
    let _ = operation;
    let (_, markers) = hg_format::obs_markers::decode(payload)
        .map_err(|error| Error::abort(error.to_string()).because(error))?;
    if markers.is_empty() {
        return Ok(0);
    }
    Err(Error::abort("obsolescence markers cannot be received yet"))
}
