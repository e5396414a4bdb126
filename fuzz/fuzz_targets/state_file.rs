//! States of unfinished operations that are kept as maps, and the files of patch queues.
#![no_main]

use hg_repo::mq::{PatchHeader, Series};
use hg_repo::state_file::StateFile;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (PatchHeader::parse(data, false).to_bytes(), Series::parse(data, b"series"));
    if let Some(state) = StateFile::decode(data) {
        let text = state.encode().expect("encodes");
        let again = StateFile::decode(&text).expect("what is written is read");
        assert_eq!(again.encode().expect("encodes"), text, "states round-trip");
    }
});
