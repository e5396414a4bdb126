use hg_types::{Node, Phase};
use proptest::prelude::*;

use super::parts::*;
use super::*;

fn sample() -> Vec<u8> {
    let mut writer = Writer::new(Vec::new());
    let header = PartHeader::new(b"changegroup", true)
        .with(b"version", b"02")
        .with_advisory(b"nbchanges", b"4");
    writer.whole_part(header, &[7; CHUNK_SIZE + 5]).expect("memory");
    writer.whole_part(PartHeader::new(b"output", false), b"").expect("memory");
    writer.finish().expect("memory")
}

fn drain(bytes: &[u8]) -> Result<Vec<(PartHeader, usize)>, Error> {
    let mut reader = Reader::new(bytes);
    let mut out = Vec::new();
    while let Some(header) = reader.next_part()? {
        let payload = reader.payload(1 << 20)?;
        out.push((header, payload.len()));
    }
    Ok(out)
}

#[test]
fn parts_round_trip() {
    let parts = drain(&sample()).expect("valid");
    assert_eq!(parts.len(), 2);
    assert_eq!(parts[0].0.kind, b"changegroup");
    assert!(parts[0].0.mandatory);
    assert_eq!(parts[0].0.parameter(b"nbchanges"), Some(&b"4"[..]));
    assert_eq!(parts[0].1, CHUNK_SIZE + 5);
    assert_eq!((parts[1].0.id, parts[1].0.mandatory, parts[1].1), (1, false, 0));
}

#[test]
fn interrupts_are_set_aside() {
    let mut bytes = Vec::new();
    let framed = |header: &PartHeader| {
        let mut encoded = Vec::new();
        header.encode(&mut encoded).expect("short");
        let mut out = u32::try_from(encoded.len()).expect("short").to_be_bytes().to_vec();
        out.extend(encoded);
        out
    };
    bytes.extend(framed(&PartHeader::new(b"test", true)));
    bytes.extend(2_i32.to_be_bytes());
    bytes.extend(b"ab");
    bytes.extend((-1_i32).to_be_bytes());
    bytes.extend(framed(&PartHeader::new(b"output", false)));
    bytes.extend(3_i32.to_be_bytes());
    bytes.extend(b"out");
    bytes.extend(0_i32.to_be_bytes());
    bytes.extend(1_i32.to_be_bytes());
    bytes.extend(b"c");
    bytes.extend([0; 8]);
    let mut reader = Reader::new(&bytes[..]);
    reader.next_part().expect("valid").expect("one part");
    assert_eq!(reader.payload(100).expect("valid"), b"abc");
    let interrupts = reader.take_interrupts();
    assert_eq!(interrupts.len(), 1);
    assert_eq!(interrupts[0].payload, b"out");
    assert!(reader.next_part().expect("valid").is_none());
}

#[test]
fn stream_parameters_round_trip() {
    let parameters = vec![
        (b"Compression".to_vec(), Some(b"GZ".to_vec())),
        (b"e|! 7/".to_vec(), Some(b"babar%#==tutu".to_vec())),
        (b"simple".to_vec(), None),
    ];
    let mut bytes = Vec::new();
    write_stream_header(&mut bytes, &parameters).expect("memory");
    assert_eq!(&bytes[..4], MAGIC);
    assert_eq!(read_stream_parameters(&mut &bytes[4..]).expect("valid"), parameters);
    assert!(matches!(decode_stream_parameters(b"42babar"), Err(Error::ParameterName(_))));
    assert!(matches!(decode_stream_parameters(b"a  b"), Err(Error::EmptyParameter)));
}

#[test]
fn capabilities_round_trip() {
    let blob = b"HG20\nbabar%25%23%3D%3Dtutu=jungle%20love\nchangegroup=01,02";
    let caps = Capabilities::decode(blob);
    assert!(caps.has(b"changegroup", b"02"));
    assert!(!caps.has(b"changegroup", b"03"));
    assert_eq!(caps.get(b"HG20"), Some(&[][..]));
    assert_eq!(caps.encode(), blob);
}

proptest! {
    #[test]
    fn payloads_round_trip(name in prop::collection::vec(any::<u8>(), 0..20), seed in 0..=254_u8) {
        let node = Node([seed; 20]);
        let bookmarks = vec![(name.clone(), Some(node)), (b"gone".to_vec(), None)];
        let bytes = encode_bookmarks(&bookmarks).expect("short");
        prop_assert_eq!(decode_bookmarks(&bytes).expect("valid"), bookmarks);
        let heads = vec![(Phase::Public, node), (Phase::Secret, node)];
        prop_assert_eq!(decode_phase_heads(&encode_phase_heads(&heads)).expect("valid"), heads);
        let branches = vec![BranchNodes { name, open: vec![node], closed: vec![node, node] }];
        let bytes = encode_branch_nodes(&branches).expect("short");
        prop_assert_eq!(decode_branch_nodes(&bytes).expect("valid"), branches);
    }

    #[test]
    fn mutations_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
        let mut bytes = sample();
        let position = at.index(bytes.len());
        bytes[position] = value;
        let _ = drain(&bytes);
        bytes.truncate(cut.index(bytes.len()));
        let _ = drain(&bytes);
    }

    #[test]
    fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = drain(&bytes);
        let _ = PartHeader::decode(&bytes);
        let _ = read_stream_parameters(&mut &bytes[..]);
        let _ = decode_bookmarks(&bytes);
        let _ = decode_phase_heads(&bytes);
        let _ = decode_branch_nodes(&bytes);
        let _ = decode_keys(&bytes);
        let _ = Capabilities::decode(&bytes);
    }
}
