//! Leading components of names in patches (`hg import -p`).

use super::{Result, apply_error};

/// Takes `strip` leading components off a name: gives them, and the rest behind `prefix`.
///
/// # Errors
/// When the name has fewer components.
pub fn strip_path<'n>(name: &'n [u8], strip: usize, prefix: &[u8]) -> Result<(&'n [u8], Vec<u8>)> {
    let with_prefix = |rest: &[u8]| [prefix, rest.trim_ascii_end()].concat();
    if strip == 0 {
        return Ok((b"", with_prefix(name)));
    }
    let mut at = 0;
    for left in (1..=strip).rev() {
        let Some(slash) = name[at..].iter().position(|&byte| byte == b'/') else {
            let count = format!("unable to strip away {left} of {strip} dirs from ");
            return apply_error([count.as_bytes(), name].concat());
        };
        at += slash + 1;
        while at + 1 < name.len() && name[at] == b'/' {
            at += 1;
        }
    }
    Ok((name[..at].trim_ascii_start(), with_prefix(&name[at..])))
}
