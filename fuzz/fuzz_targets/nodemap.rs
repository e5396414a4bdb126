//! Persistent node maps.
#![no_main]

use hg_format::nodemap::{Docket, Trie};
use hg_types::{Node, NodePrefix, Revision};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = Docket::decode(data);
    let Ok(mut trie) = Trie::open(data.to_vec()) else { return };
    for hex in [&b"0"[..], b"f00", b"0123456789abcdef0123456789abcdef01234567"] {
        if let Some(prefix) = NodePrefix::from_hex(hex) {
            let _ = trie.find(&prefix);
        }
    }
    let node_of = |rev: Revision| Node([rev.index().unwrap_or(7) as u8; 20]);
    for rev in 0..8 {
        let rev = Revision::from_index(rev);
        let _ = trie.insert(rev, &node_of(rev), node_of);
    }
    let _ = trie.new_blocks();
});
