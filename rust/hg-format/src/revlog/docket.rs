//! The second format of changelogs (requirement `exp-changelog-v2`): a small docket names the files
//! and says how much of them counts; index entries are longer and know about side data.

use hg_types::{Node, UncheckedRevision};

use super::{Entry, RevlogError};

/// The version in the first four bytes of a docket.
pub const VERSION: u32 = 0xd34d;
/// Length of an index entry.
pub const LONG_ENTRY_LEN: usize = 96;

/// Length of the part of a docket whose size is fixed.
const FIXED_LEN: usize = 59;
/// How many digits ids of files have.
pub const ID_LEN: usize = 8;

/// How much of a file counts.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Part {
    /// What tells the file's name from earlier ones.
    pub id: Vec<u8>,
    /// Where it ends for everybody.
    pub end: u64,
    /// Where it ends for those who see a running transaction.
    pub pending_end: u64,
}

/// What a docket says.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Docket {
    /// The index.
    pub index: Part,
    /// Texts.
    pub data: Part,
    /// Side data.
    pub side: Part,
    /// What chunks are compressed with by default, as chunks of other revlogs say it.
    pub compression: u8,
}

impl Docket {
    /// Whether an index file is a docket.
    #[must_use]
    pub fn is_docket(bytes: &[u8]) -> bool {
        bytes.get(..4).is_some_and(|start| start == VERSION.to_be_bytes())
    }

    /// Reads a docket.
    ///
    /// # Errors
    /// When it is of another version, cut off, or names files that are no longer used, which cannot
    /// be told apart.
    pub fn decode(bytes: &[u8]) -> Result<Self, RevlogError> {
        let truncated = || RevlogError::Truncated(bytes.len());
        let fixed: &[u8; FIXED_LEN] = bytes.first_chunk().ok_or_else(truncated)?;
        if !Self::is_docket(bytes) {
            return Err(RevlogError::UnknownVersion(u16::from_be_bytes([fixed[2], fixed[3]])));
        }
        let number = |at: usize| {
            fixed[at..].first_chunk().map_or(0, |bytes: &[u8; 8]| u64::from_be_bytes(*bytes))
        };
        let mut ids = &bytes[FIXED_LEN..];
        let mut part = |sizes: usize, ends: usize| -> Result<Part, RevlogError> {
            let (len, older) = (usize::from(fixed[sizes]), fixed[sizes + 1]);
            if older != 0 {
                return Err(RevlogError::UnsupportedVersion(0xd34d));
            }
            let (id, rest) = ids.split_at_checked(len).ok_or_else(truncated)?;
            if !id.iter().all(u8::is_ascii_alphanumeric) {
                return Err(truncated());
            }
            ids = rest;
            Ok(Part { id: id.to_vec(), end: number(ends), pending_end: number(ends + 8) })
        };
        let index = part(4, 10)?;
        let data = part(6, 26)?;
        let side = part(8, 42)?;
        Ok(Self { index, data, side, compression: fixed[58] })
    }

    /// Writes it.
    #[must_use]
    pub fn encode(&self) -> Vec<u8> {
        let parts = [&self.index, &self.data, &self.side];
        let mut out = VERSION.to_be_bytes().to_vec();
        for part in parts {
            out.push(u8::try_from(part.id.len()).unwrap_or(0));
            out.push(0);
        }
        for part in parts {
            out.extend_from_slice(&part.end.to_be_bytes());
            out.extend_from_slice(&part.pending_end.to_be_bytes());
        }
        out.push(self.compression);
        parts.iter().for_each(|part| out.extend_from_slice(&part.id));
        out
    }

    /// The docket while a transaction runs: only what was there `before` counts for everybody.
    #[must_use]
    pub fn pending_after(mut self, before: &Self) -> Self {
        self.index.end = before.index.end;
        self.data.end = before.data.end;
        self.side.end = before.side.end;
        self
    }
}

/// How something is compressed.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Mode {
    /// Not at all.
    #[default]
    Plain,
    /// As the docket says.
    Default,
    /// As its first byte says.
    Inline,
}

impl Mode {
    const fn of(bits: u8) -> Self {
        match bits & 3 {
            0 => Self::Plain,
            1 => Self::Default,
            _ => Self::Inline,
        }
    }

    const fn bits(self) -> u8 {
        match self {
            Self::Plain => 0,
            Self::Default => 1,
            Self::Inline => 2,
        }
    }
}

/// What an entry has that those of other revlogs lack.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Extra {
    /// Where the side data starts.
    pub side_offset: u64,
    /// Length of the stored side data.
    pub side_len: u32,
    /// How the text is compressed.
    pub mode: Mode,
    /// How the side data is compressed.
    pub side_mode: Mode,
    /// The number of ancestors, itself included.
    pub rank: i32,
}

/// Reads an entry; texts are stored whole and belong to the revision of their own number.
#[must_use]
pub fn decode_entry(bytes: &[u8; LONG_ENTRY_LEN], at: usize) -> (Entry, Extra) {
    let word = |at: usize| {
        bytes[at..].first_chunk().map_or(0, |bytes: &[u8; 4]| u32::from_be_bytes(*bytes))
    };
    let long = |at: usize| u64::from(word(at)) << 32 | u64::from(word(at + 4));
    let rev = UncheckedRevision(i32::try_from(at).unwrap_or(i32::MAX));
    let node = bytes[24..].first_chunk().map_or(Node::NULL, |node| Node(*node));
    let entry = Entry {
        offset: long(0) >> 16,
        flags: (word(4) & 0xffff) as u16,
        compressed_len: word(8),
        text_len: word(12).cast_signed(),
        base: rev,
        linkrev: rev,
        p1: UncheckedRevision(word(16).cast_signed()),
        p2: UncheckedRevision(word(20).cast_signed()),
        node,
    };
    let modes = bytes[68];
    let extra = Extra {
        side_offset: long(56),
        side_len: word(64),
        mode: Mode::of(modes),
        side_mode: Mode::of(modes >> 2),
        rank: bytes[69..].first_chunk().map_or(0, |bytes: &[u8; 4]| i32::from_be_bytes(*bytes)),
    };
    (entry, extra)
}

/// Writes an entry.
#[must_use]
pub fn encode_entry(entry: &Entry, extra: &Extra) -> [u8; LONG_ENTRY_LEN] {
    let mut out = [0; LONG_ENTRY_LEN];
    let start = entry.offset << 16 | u64::from(entry.flags);
    out[..8].copy_from_slice(&start.to_be_bytes());
    out[8..12].copy_from_slice(&entry.compressed_len.to_be_bytes());
    out[12..16].copy_from_slice(&entry.text_len.to_be_bytes());
    out[16..20].copy_from_slice(&entry.p1.0.to_be_bytes());
    out[20..24].copy_from_slice(&entry.p2.0.to_be_bytes());
    out[24..44].copy_from_slice(entry.node.as_bytes());
    out[56..64].copy_from_slice(&extra.side_offset.to_be_bytes());
    out[64..68].copy_from_slice(&extra.side_len.to_be_bytes());
    out[68] = extra.mode.bits() | extra.side_mode.bits() << 2;
    out[69..73].copy_from_slice(&extra.rank.to_be_bytes());
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn docket() -> Docket {
        let part = |id: &[u8], end| Part { id: id.to_vec(), end, pending_end: end + 96 };
        Docket {
            index: part(b"b5b01db0", 192),
            data: part(b"0a418d9e", 114),
            side: part(b"4d9da4ec", 124),
            compression: b'(',
        }
    }

    #[test]
    fn dockets_round_trip() {
        let bytes = docket().encode();
        assert_eq!(bytes.len(), 83);
        assert_eq!(Docket::decode(&bytes), Ok(docket()));
        assert_eq!(docket().pending_after(&Docket::default()).index.end, 0);
        for len in 0..bytes.len() {
            assert!(Docket::decode(&bytes[..len]).is_err(), "cut to {len} bytes");
        }
    }

    #[test]
    fn names_that_lead_elsewhere_are_refused() {
        let mut bytes = docket().encode();
        bytes[60] = b'/';
        assert!(Docket::decode(&bytes).is_err());
    }

    #[test]
    fn entries_round_trip() {
        let mut bytes = [0; LONG_ENTRY_LEN];
        bytes[5] = 55;
        bytes[6] = 0x10;
        bytes[11] = 59;
        bytes[23] = 7;
        bytes[24] = 0x3d;
        bytes[63] = 52;
        bytes[67] = 72;
        bytes[68] = 5;
        bytes[72] = 2;
        let (entry, extra) = decode_entry(&bytes, 1);
        assert_eq!((entry.offset, entry.flags, entry.p2.0), (55, 0x1000, 7));
        assert_eq!((extra.side_offset, extra.side_len, extra.rank), (52, 72, 2));
        assert_eq!((extra.mode, extra.side_mode), (Mode::Default, Mode::Default));
        assert_eq!(encode_entry(&entry, &extra), bytes);
    }
}
