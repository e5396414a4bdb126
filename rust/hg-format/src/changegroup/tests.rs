use proptest::prelude::*;

use super::*;

fn node(seed: u8) -> Node {
    Node([seed; NODE_LEN])
}

fn sample(version: Version, seeds: &[u8], data: &[u8]) -> Vec<u8> {
    let mut writer = Writer::new(Vec::new(), version);
    let header = |seed: u8| DeltaHeader {
        node: node(seed),
        p1: node(seed.wrapping_add(1)),
        p2: Node::NULL,
        base: node(seed.wrapping_add(2)),
        link: node(seed),
        flags: 0x8000,
    };
    for _ in 0..2 {
        for &seed in seeds {
            writer.delta(&header(seed), data).expect("memory");
        }
        writer.end().expect("memory");
    }
    if version.has_tree_segment() {
        writer.path(b"dir/").expect("memory");
        writer.delta(&header(9), data).expect("memory");
        writer.end().expect("memory");
        writer.end().expect("memory");
    }
    writer.path(b"file").expect("memory");
    for &seed in seeds {
        writer.delta(&header(seed), data).expect("memory");
    }
    writer.end().expect("memory");
    writer.end().expect("memory");
    writer.into_inner()
}

/// Reads everything there is; the number of revisions.
fn drain(bytes: &[u8], version: Version) -> Result<usize, Error> {
    let mut reader = Reader::new(bytes, version);
    let mut count = reader.skip_group()? + reader.skip_group()?;
    for _ in 0..if version.has_tree_segment() { 2 } else { 1 } {
        while reader.next_path()?.is_some() {
            count += reader.skip_group()?;
        }
    }
    Ok(count)
}

#[test]
fn version_one_chains_bases() {
    let bytes = sample(Version::V1, &[1, 5], b"x");
    let mut reader = Reader::new(&bytes[..], Version::V1);
    let first = reader.next_delta().expect("valid").expect("one");
    assert_eq!(first.header.base, first.header.p1);
    let second = reader.next_delta().expect("valid").expect("two");
    assert_eq!(second.header.base, node(1));
    assert!(reader.next_delta().expect("valid").is_none());
    let again = reader.next_delta().expect("valid").expect("manifest");
    assert_eq!(again.header.base, again.header.p1);
}

#[test]
fn impossible_lengths_are_errors() {
    for length in [-1_i32, 1, 4, i32::MIN] {
        let error = Reader::new(&length.to_be_bytes()[..], Version::V2).next_chunk();
        assert!(matches!(error, Err(Error::ChunkLength(got)) if got == length));
    }
    let huge = i32::MAX.to_be_bytes();
    let error = Reader::new(&huge[..], Version::V2).next_chunk();
    assert!(matches!(error, Err(Error::Truncated { got: 0, .. })));
}

proptest! {
    #[test]
    fn round_trip(seeds in prop::collection::vec(any::<u8>(), 0..5), data in prop::collection::vec(any::<u8>(), 0..50)) {
        for version in Version::ALL {
            let bytes = sample(version, &seeds, &data);
            let extra = usize::from(version.has_tree_segment());
            prop_assert_eq!(drain(&bytes, version).expect("valid"), seeds.len() * 3 + extra);
            let mut with_tail = bytes.clone();
            with_tail.extend_from_slice(b"tail");
            let mut input = &with_tail[..];
            let mut copied = Vec::new();
            copy(&mut input, &mut copied, version).expect("valid");
            prop_assert_eq!(copied, bytes);
            prop_assert_eq!(input, b"tail");
        }
    }

    #[test]
    fn mutations_never_panic(at in any::<prop::sample::Index>(), value in any::<u8>(), cut in any::<prop::sample::Index>()) {
        for version in Version::ALL {
            let mut bytes = sample(version, &[1, 2, 3], b"some delta");
            let position = at.index(bytes.len());
            bytes[position] = value;
            let _ = drain(&bytes, version);
            bytes.truncate(cut.index(bytes.len()));
            let _ = drain(&bytes, version);
        }
    }
}
