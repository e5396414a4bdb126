//! Obsolescence markers: `.hg/store/obsstore` and the bundle part `obsmarkers`.
//!
//! The first byte is the version. Version 1 (all integers big-endian): u32 size of the marker, f64
//! seconds, i16 offset in minutes, u16 flags, u8 number of successors, u8 number of recorded parents
//! (3: not recorded), u8 number of metadata pairs, predecessor, successors, parents (20 bytes each, 32
//! with flag 2), then a (u8, u8) pair of lengths for each metadata item, then keys and values.
//! Version 0: u8 number of successors, u32 size of metadata, u8 flags, predecessor, successors,
//! metadata as `key:value` separated by NUL, where `date`, `p1` and `p2` are ours.
//! Learned from files that upstream writes.

use hg_types::{HgDate, NODE_LEN, Node};

/// Flag: the predecessor cannot be reverted to.
pub const FLAG_BUMPED_FIX: u16 = 1;
/// Flag: ids are 32 bytes long.
pub const FLAG_SHA256: u16 = 2;

/// In the count of parents: they are not recorded.
const NO_PARENTS: u8 = 3;

/// Fixed part of a version 1 marker in bytes, predecessor not counted.
const FIXED_LEN: usize = 4 + 8 + 2 + 2 + 1 + 1 + 1;

/// One marker: `predecessor` was replaced by `successors` (pruned, when there are none).
#[derive(Clone, Debug, PartialEq)]
pub struct Marker {
    /// What became obsolete.
    pub predecessor: Node,
    /// What replaces it.
    pub successors: Vec<Node>,
    /// Flags.
    pub flags: u16,
    /// Metadata in the order stored: `user`, `operation`, `ef1`, `note`, ...
    pub metadata: Vec<(Vec<u8>, Vec<u8>)>,
    /// When, in seconds with fraction.
    pub seconds: f64,
    /// Offset of the clock in seconds, as in [`HgDate`].
    pub offset: i32,
    /// Parents of the predecessor, when recorded.
    pub parents: Option<Vec<Node>>,
}

impl Marker {
    /// When it was made, in whole seconds.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        reason = "floor of seconds fits i64 for any real date"
    )]
    pub fn date(&self) -> HgDate {
        HgDate::new(self.seconds.floor() as i64, self.offset)
    }
}

/// Why markers cannot be read or written.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MarkerError {
    /// A version this program does not know.
    #[error("parsing obsolete marker: unknown version {0}")]
    UnknownVersion(u8),
    /// The data ends inside a marker, or sizes contradict each other.
    #[error("obsolete markers are damaged at byte {0}")]
    Damaged(usize),
    /// Ids of 32 bytes.
    #[error("obsolete markers with 32-byte ids are not supported")]
    LongIds,
    /// A count or length does not fit the format.
    #[error("obsolete marker has too many or too long {0}")]
    TooLong(&'static str),
}

/// Reads all markers, version byte first; empty input holds none.
///
/// # Errors
///
/// [`MarkerError`]; nothing after the fault is read.
pub fn decode(bytes: &[u8]) -> Result<(u8, Vec<Marker>), MarkerError> {
    let Some(&version) = bytes.first() else { return Ok((1, Vec::new())) };
    let mut input = Input { bytes, at: 1 };
    let mut markers = Vec::new();
    while input.at < bytes.len() {
        markers.push(match version {
            0 => input.marker_v0()?,
            1 => input.marker_v1()?,
            other => return Err(MarkerError::UnknownVersion(other)),
        });
    }
    Ok((version, markers))
}

/// A position in the bytes; every read is checked.
struct Input<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl<'a> Input<'a> {
    fn take(&mut self, length: usize) -> Result<&'a [u8], MarkerError> {
        let damaged = MarkerError::Damaged(self.at);
        let end = self.at.checked_add(length).ok_or(damaged.clone())?;
        let taken = self.bytes.get(self.at..end).ok_or(damaged)?;
        self.at = end;
        Ok(taken)
    }

    fn array<const N: usize>(&mut self) -> Result<[u8; N], MarkerError> {
        let at = self.at;
        self.take(N)?.try_into().map_err(|_| MarkerError::Damaged(at))
    }

    fn byte(&mut self) -> Result<u8, MarkerError> {
        Ok(self.array::<1>()?[0])
    }

    fn nodes(&mut self, count: u8) -> Result<Vec<Node>, MarkerError> {
        (0..count).map(|_| Ok(Node(self.array()?))).collect()
    }

    fn marker_v1(&mut self) -> Result<Marker, MarkerError> {
        let start = self.at;
        let size = u32::from_be_bytes(self.array()?) as usize;
        let seconds = f64::from_be_bytes(self.array()?);
        let offset = i32::from(i16::from_be_bytes(self.array()?)) * 60;
        let flags = u16::from_be_bytes(self.array()?);
        if flags & FLAG_SHA256 != 0 {
            return Err(MarkerError::LongIds);
        }
        let (successors, parents, pairs) = (self.byte()?, self.byte()?, self.byte()?);
        let predecessor = Node(self.array()?);
        let successors = self.nodes(successors)?;
        let parents = if parents == NO_PARENTS { None } else { Some(self.nodes(parents.min(2))?) };
        let lengths = self.take(usize::from(pairs) * 2)?;
        let mut metadata = Vec::with_capacity(pairs.into());
        for pair in lengths.chunks_exact(2) {
            let key = self.take(pair[0].into())?.to_vec();
            metadata.push((key, self.take(pair[1].into())?.to_vec()));
        }
        if self.at - start != size || !seconds.is_finite() {
            return Err(MarkerError::Damaged(start));
        }
        Ok(Marker { predecessor, successors, flags, metadata, seconds, offset, parents })
    }

    fn marker_v0(&mut self) -> Result<Marker, MarkerError> {
        let start = self.at;
        let successors = self.byte()?;
        let size = u32::from_be_bytes(self.array()?) as usize;
        let flags = u16::from(self.byte()?);
        let predecessor = Node(self.array()?);
        let successors = self.nodes(successors)?;
        let text = self.take(size)?;
        let mut marker = Marker {
            predecessor,
            successors,
            flags,
            metadata: Vec::new(),
            seconds: 0.0,
            offset: 0,
            parents: None,
        };
        for item in text.split(|&b| b == 0).filter(|item| !item.is_empty()) {
            let colon = item.iter().position(|&b| b == b':');
            let (key, value) = item.split_at(colon.ok_or(MarkerError::Damaged(start))?);
            marker.add_v0_item(key, &value[1..]);
        }
        Ok(marker)
    }
}

impl Marker {
    /// Puts one metadata item of version 0 where it belongs.
    fn add_v0_item(&mut self, key: &[u8], value: &[u8]) {
        let parent = Node::from_hex(value);
        match (key, parent) {
            (b"date", _) => {
                let text = String::from_utf8_lossy(value);
                let mut words = text.split(' ');
                self.seconds = words.next().and_then(|w| w.parse().ok()).unwrap_or(0.0);
                self.offset = words.next().and_then(|w| w.parse().ok()).unwrap_or(0);
            }
            (b"p0", _) => self.parents = Some(Vec::new()),
            (b"p1" | b"p2", Some(parent)) => {
                self.parents.get_or_insert_default().push(parent);
            }
            _ => self.metadata.push((key.to_vec(), value.to_vec())),
        }
    }
}

/// Appends one marker in version 1; the version byte is the caller's.
///
/// # Errors
///
/// When a count or length does not fit its byte.
pub fn encode_v1(marker: &Marker, out: &mut Vec<u8>) -> Result<(), MarkerError> {
    let byte = |n: usize, what| u8::try_from(n).map_err(|_| MarkerError::TooLong(what));
    let parents = marker.parents.as_deref().map(|parents| &parents[..parents.len().min(2)]);
    let nodes = 1 + marker.successors.len() + parents.map_or(0, <[Node]>::len);
    let text: usize = marker.metadata.iter().map(|(k, v)| 2 + k.len() + v.len()).sum();
    let size = FIXED_LEN + nodes * NODE_LEN + text;
    let offset = i16::try_from(marker.offset / 60).map_err(|_| MarkerError::TooLong("offset"))?;
    let size = u32::try_from(size).map_err(|_| MarkerError::TooLong("metadata"))?;
    let counts = [
        byte(marker.successors.len(), "successors")?,
        parents.map_or(Ok(NO_PARENTS), |parents| byte(parents.len(), "parents"))?,
        byte(marker.metadata.len(), "metadata")?,
    ];
    let mut lengths = Vec::with_capacity(2 * marker.metadata.len());
    for (key, value) in &marker.metadata {
        lengths.extend([byte(key.len(), "metadata")?, byte(value.len(), "metadata")?]);
    }
    out.extend_from_slice(&size.to_be_bytes());
    out.extend_from_slice(&marker.seconds.to_be_bytes());
    out.extend_from_slice(&offset.to_be_bytes());
    // Version 0 knows no long ids: the flag means nothing there.
    out.extend_from_slice(&(marker.flags & !FLAG_SHA256).to_be_bytes());
    out.extend_from_slice(&counts);
    out.extend_from_slice(&marker.predecessor.0);
    for node in marker.successors.iter().chain(parents.unwrap_or_default()) {
        out.extend_from_slice(&node.0);
    }
    out.extend_from_slice(&lengths);
    for (key, value) in &marker.metadata {
        out.extend_from_slice(key);
        out.extend_from_slice(value);
    }
    Ok(())
}

/// Appends one marker in version 0; the version byte is the caller's.
///
/// # Errors
///
/// When there are more than 255 successors or the metadata is too long.
pub fn encode_v0(marker: &Marker, out: &mut Vec<u8>) -> Result<(), MarkerError> {
    let mut items: Vec<Vec<u8>> = Vec::new();
    for (key, value) in &marker.metadata {
        items.push([key.as_slice(), value].join(&b':'));
    }
    items.push(format!("date:{} {}", marker.date().seconds, marker.offset).into_bytes());
    match marker.parents.as_deref() {
        Some([]) => items.push(b"p0:".to_vec()),
        Some(parents) => {
            let named = parents.iter().enumerate();
            items.extend(named.map(|(at, node)| format!("p{}:{node}", at + 1).into_bytes()));
        }
        None => {}
    }
    items.sort();
    let text = items.join(&0);
    let too_long = |_| MarkerError::TooLong("metadata");
    let count = u8::try_from(marker.successors.len());
    out.push(count.map_err(|_| MarkerError::TooLong("successors"))?);
    out.extend_from_slice(&u32::try_from(text.len()).map_err(too_long)?.to_be_bytes());
    out.push((marker.flags & 0xff) as u8);
    out.extend_from_slice(&marker.predecessor.0);
    marker.successors.iter().for_each(|node| out.extend_from_slice(&node.0));
    out.extend_from_slice(&text);
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sample() -> Marker {
        Marker {
            predecessor: Node([1; 20]),
            successors: vec![Node([2; 20]), Node([3; 20])],
            flags: 0,
            metadata: vec![
                (b"operation".to_vec(), b"amend".to_vec()),
                (b"user".to_vec(), b"test".to_vec()),
            ],
            seconds: 1234.0,
            offset: -7200,
            parents: Some(vec![Node([4; 20])]),
        }
    }

    #[test]
    fn both_versions_round_trip() {
        for (version, encode) in [(1, encode_v1 as fn(&_, &mut _) -> _), (0, encode_v0)] {
            for parents in [None, Some(vec![]), Some(vec![Node([4; 20])])] {
                let marker = Marker { parents, ..sample() };
                let mut bytes = vec![version];
                encode(&marker, &mut bytes).expect("fits");
                encode(&marker, &mut bytes).expect("fits");
                assert_eq!(decode(&bytes), Ok((version, vec![marker.clone(), marker])));
            }
        }
    }

    #[test]
    fn upstream_bytes_are_read() {
        // A prune marker as upstream wrote it: user "root@localhost", no successors.
        let hex =
            b"013b0000003b41dac12fd1cb8e820000000000030101234567890123456789012345678901234567\
                    89040e75736572726f6f74406c6f63616c686f7374";
        let hex: Vec<u8> = hex.iter().copied().filter(u8::is_ascii_hexdigit).collect();
        let mut bytes: Vec<u8> = vec![1];
        let digits = std::str::from_utf8(&hex[4..]).expect("digits");
        for at in (0..digits.len()).step_by(2) {
            bytes.push(u8::from_str_radix(&digits[at..at + 2], 16).expect("digits"));
        }
        let (_, markers) = decode(&bytes).expect("upstream's marker");
        assert_eq!(markers[0].metadata, [(b"user".to_vec(), b"root@localhost".to_vec())]);
        assert_eq!(markers[0].parents, None);
        let mut again = vec![1];
        encode_v1(&markers[0], &mut again).expect("fits");
        assert_eq!(again, bytes);
    }

    #[test]
    fn damage_is_an_error() {
        let mut bytes = vec![1];
        encode_v1(&sample(), &mut bytes).expect("fits");
        for end in 2..bytes.len() {
            assert!(decode(&bytes[..end]).is_err(), "cut at {end}");
        }
        assert_eq!(decode(&[9, 0]), Err(MarkerError::UnknownVersion(9)));
        let long = Marker { metadata: vec![(vec![b'k'; 300], Vec::new())], ..sample() };
        assert!(encode_v1(&long, &mut Vec::new()).is_err());
    }

    #[test]
    fn what_version_0_may_say_is_written_in_version_1() {
        let null = Node::NULL;
        let marker = Marker {
            flags: FLAG_SHA256,
            parents: Some(vec![null; 3]),
            predecessor: null,
            successors: Vec::new(),
            metadata: Vec::new(),
            seconds: 0.0,
            offset: 0,
        };
        let mut out = vec![1];
        encode_v1(&marker, &mut out).expect("fits");
        let (_, read) = decode(&out).expect("is whole");
        assert_eq!((read[0].flags, read[0].parents.as_deref()), (0, Some(&[null; 2][..])));
    }
}
