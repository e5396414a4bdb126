//! Texts of changesets.
#![no_main]

use std::sync::Arc;

use hg_format::changeset::{ChangesetEntry, decode_extra, strip_description};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (decode_extra(data), strip_description(data));
    let Ok(change) = ChangesetEntry::decode(Arc::new(data.to_vec())) else { return };
    let _ = (change.user(), change.date(), change.description(), change.extra(), change.branch());
    let _ = (change.files().count(), change.closes_branch(), change.manifest());
});
