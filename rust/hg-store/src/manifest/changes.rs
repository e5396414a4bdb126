//! Making a manifest from its parent: the new text and the delta in one pass.

use std::collections::BTreeMap;

use hg_diff::delta::{self, Hunk};
use hg_format::manifest::{self, ManifestEntry};
use hg_types::{Error, FileFlags, HgPathBuf, Node, Result};

/// The files that differ from the parent manifest: what they are now, or `None` when removed.
pub type ManifestChanges = BTreeMap<HgPathBuf, Option<(Node, FileFlags)>>;

/// Applies changes to a manifest text: the new text, and the delta to it.
///
/// # Errors
/// When a path cannot stand in a manifest, or the text is too long for a delta.
pub fn apply_changes(old: &[u8], changes: &ManifestChanges) -> Result<(Vec<u8>, Vec<u8>)> {
    let mut edits: Vec<(std::ops::Range<usize>, Vec<u8>)> = Vec::new();
    let mut at = 0;
    for (path, value) in changes {
        if path.as_bytes().iter().any(|b| matches!(b, b'\n' | b'\r' | 0)) {
            let shown = path.as_bytes().escape_ascii();
            let message = format!("'\\n' and '\\r' disallowed in filenames: '{shown}'");
            return Err(Error::storage(message));
        }
        // Changes are sorted, so the next one stands at or after the end of the last one.
        let found = manifest::search(&old[at..], path);
        let (range, present) = match found {
            Ok(range) => (range.start + at..range.end + at, true),
            Err(place) => (place + at..place + at, false),
        };
        let mut line = Vec::new();
        if let Some((node, flags)) = *value {
            ManifestEntry { path, node, flags }.encode(&mut line);
        }
        at = range.end;
        if line == old[range.clone()] || line.is_empty() && !present {
            continue;
        }
        match edits.last_mut() {
            Some((last, text)) if last.end == range.start => {
                last.end = range.end;
                text.extend(line);
            }
            _ => edits.push((range, line)),
        }
    }
    let mut text =
        Vec::with_capacity(old.len() + edits.iter().map(|(_, line)| line.len()).sum::<usize>());
    let mut delta = Vec::new();
    let mut copied = 0;
    for (range, line) in &edits {
        text.extend_from_slice(&old[copied..range.start]);
        text.extend_from_slice(line);
        copied = range.end;
        push_hunk(&mut delta, range, line, old.len())?;
    }
    text.extend_from_slice(&old[copied..]);
    Ok((text, delta))
}

fn push_hunk(
    delta: &mut Vec<u8>,
    range: &std::ops::Range<usize>,
    data: &[u8],
    len: usize,
) -> Result<()> {
    let number = |n| u32::try_from(n).map_err(|_| delta::Error::TooLong(len));
    let encode = |delta: &mut Vec<u8>| {
        Hunk { start: number(range.start)?, end: number(range.end)?, data }.encode(delta)
    };
    encode(delta).map_err(|source| Error::storage("manifest is too large").because(source))
}
