//! Bundles of the second format.
#![no_main]

use hg_format::bundle2::{
    Capabilities, PartHeader, Reader, decode_stream_parameters, parts, read_stream_parameters,
};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let _ = (decode_stream_parameters(data), PartHeader::decode(data), Capabilities::decode(data));
    let _ = (parts::decode_bookmarks(data), parts::decode_phase_heads(data));
    let _ = (parts::decode_nodes(data), parts::decode_node_pairs(data), parts::decode_keys(data));
    let _ = parts::decode_branch_nodes(data);
    let mut input = data;
    if read_stream_parameters(&mut input).is_err() {
        return;
    }
    let mut reader = Reader::new(input);
    while let Ok(Some(_)) = reader.next_part() {
        if reader.payload(1 << 16).is_err() && reader.skip_payload().is_err() {
            break;
        }
        let _ = reader.take_interrupts();
    }
});
