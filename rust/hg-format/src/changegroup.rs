//! Changegroups: revlog data as groups of deltas, the payload of bundles and of the wire.
//!
//! Format: `hg help internals.changegroups`. A stream is a changelog group, a manifest group, for
//! versions 3 and 4 sub-groups named by directory, then sub-groups named by file.

use std::io::{self, Read, Write};

use hg_types::{NODE_LEN, Node};

/// What is wrong with a changegroup stream.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream is shorter than it says.
    #[error("stream ended unexpectedly (got {got} bytes, expected {expected})")]
    Truncated {
        /// Bytes that were there.
        got: usize,
        /// Bytes that were announced.
        expected: usize,
    },
    /// A chunk announces a length that cannot be.
    #[error("invalid chunk length {0}")]
    ChunkLength(i32),
    /// A chunk of a group is too short for a delta header.
    #[error("delta chunk of {got} bytes is shorter than its header of {expected}")]
    ShortDelta {
        /// Bytes in the chunk.
        got: usize,
        /// Bytes of a delta header.
        expected: usize,
    },
    /// A chunk is longer than the format can express.
    #[error("chunk of {0} bytes is too long")]
    ChunkTooLong(usize),
    /// The stream cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Version of the changegroup format.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum Version {
    /// Each delta is against the revision before it in the group, the first against its parent.
    V1,
    /// Each delta names its base.
    V2,
    /// Adds revision flags and tree manifests.
    V3,
}

impl Version {
    /// All versions, oldest first.
    pub const ALL: [Self; 3] = [Self::V1, Self::V2, Self::V3];

    /// The version called `name`.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|version| version.name().as_bytes() == name)
    }

    /// The name on the wire and in bundle specifications: `01`, `02`, `03`.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::V1 => "01",
            Self::V2 => "02",
            Self::V3 => "03",
        }
    }

    /// Bytes before the delta in each chunk of a group.
    #[must_use]
    pub const fn header_len(self) -> usize {
        match self {
            Self::V1 => 4 * NODE_LEN,
            Self::V2 => 5 * NODE_LEN,
            Self::V3 => 5 * NODE_LEN + 2,
        }
    }

    /// Whether a segment of directories comes between the manifests and the files.
    #[must_use]
    pub const fn has_tree_segment(self) -> bool {
        matches!(self, Self::V3)
    }
}

/// What stands before each delta.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DeltaHeader {
    /// The revision.
    pub node: Node,
    /// Its first parent.
    pub p1: Node,
    /// Its second parent.
    pub p2: Node,
    /// What the delta applies to; the null id for a whole text.
    pub base: Node,
    /// The changeset that introduced it.
    pub link: Node,
    /// Storage flags, as in the revlog.
    pub flags: u16,
}

impl DeltaHeader {
    /// Appends the header as `version` writes it.
    pub fn encode(&self, version: Version, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.node.0);
        out.extend_from_slice(&self.p1.0);
        out.extend_from_slice(&self.p2.0);
        if version != Version::V1 {
            out.extend_from_slice(&self.base.0);
        }
        out.extend_from_slice(&self.link.0);
        if version == Version::V3 {
            out.extend_from_slice(&self.flags.to_be_bytes());
        }
    }

    /// Reads a header; `previous` is the revision before it in the group, for version 1.
    pub fn decode(bytes: &[u8], version: Version, previous: Option<Node>) -> Result<Self, Error> {
        let expected = version.header_len();
        if bytes.len() < expected {
            return Err(Error::ShortDelta { got: bytes.len(), expected });
        }
        let node = |at: usize| {
            let start = at * NODE_LEN;
            Node::from_slice(&bytes[start..start + NODE_LEN]).expect("the length was checked above")
        };
        let p1 = node(1);
        let (base, link) = match version {
            Version::V1 => (previous.unwrap_or(p1), node(3)),
            Version::V2 | Version::V3 => (node(3), node(4)),
        };
        let flags = match version {
            Version::V3 => u16::from_be_bytes([bytes[expected - 2], bytes[expected - 1]]),
            Version::V1 | Version::V2 => 0,
        };
        Ok(Self { node: node(0), p1, p2: node(2), base, link, flags })
    }
}

/// One revision of a group.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Delta {
    /// Who it is and what the delta applies to.
    pub header: DeltaHeader,
    /// The delta, as `hg help internals.bdiff` describes it.
    pub data: Vec<u8>,
}

/// Reads exactly `expected` bytes without believing the number before the bytes are there.
pub(crate) fn read_exactly(input: &mut impl Read, expected: usize) -> Result<Vec<u8>, Error> {
    let mut bytes = Vec::with_capacity(expected.min(1 << 16));
    input.take(expected as u64).read_to_end(&mut bytes)?;
    if bytes.len() < expected {
        return Err(Error::Truncated { got: bytes.len(), expected });
    }
    Ok(bytes)
}

/// Reads a changegroup, chunk after chunk.
#[derive(Debug)]
pub struct Reader<R> {
    input: R,
    version: Version,
    previous: Option<Node>,
}

impl<R: Read> Reader<R> {
    /// Starts at the changelog group.
    pub const fn new(input: R, version: Version) -> Self {
        Self { input, version, previous: None }
    }

    /// The version it reads.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> R {
        self.input
    }

    /// The next chunk, `None` for the empty chunk that ends a group or a segment.
    pub fn next_chunk(&mut self) -> Result<Option<Vec<u8>>, Error> {
        let header = read_exactly(&mut self.input, 4)?;
        let length = i32::from_be_bytes([header[0], header[1], header[2], header[3]]);
        match usize::try_from(length) {
            Ok(0) => Ok(None),
            Ok(length) if length > 4 => read_exactly(&mut self.input, length - 4).map(Some),
            _ => Err(Error::ChunkLength(length)),
        }
    }

    /// The next revision of the group, `None` at its end.
    pub fn next_delta(&mut self) -> Result<Option<Delta>, Error> {
        let Some(mut chunk) = self.next_chunk()? else {
            self.previous = None;
            return Ok(None);
        };
        let header = DeltaHeader::decode(&chunk, self.version, self.previous)?;
        self.previous = Some(header.node);
        chunk.drain(..self.version.header_len());
        Ok(Some(Delta { header, data: chunk }))
    }

    /// The file or directory whose group follows, `None` at the end of the segment.
    pub fn next_path(&mut self) -> Result<Option<Vec<u8>>, Error> {
        self.previous = None;
        self.next_chunk()
    }

    /// Reads what is left of a group and drops it; the number of its revisions.
    pub fn skip_group(&mut self) -> Result<usize, Error> {
        let mut count = 0;
        while self.next_delta()?.is_some() {
            count += 1;
        }
        Ok(count)
    }
}

/// Copies one whole changegroup from `input` to `out`, ending exactly behind it.
pub fn copy(input: &mut impl Read, out: &mut impl Write, version: Version) -> Result<(), Error> {
    let mut reader = Reader::new(input, version);
    // A stream ends with an empty chunk where a sub-group's name could stand; before the last
    // segment come the two plain groups and, in newer versions, the segment of directories.
    let copy_group = |reader: &mut Reader<_>, out: &mut dyn Write| -> Result<(), Error> {
        loop {
            let chunk = reader.next_chunk()?;
            write_chunk(out, chunk.as_deref().unwrap_or_default())?;
            if chunk.is_none() {
                return Ok(());
            }
        }
    };
    copy_group(&mut reader, out)?;
    copy_group(&mut reader, out)?;
    let segments = if version.has_tree_segment() { 2 } else { 1 };
    for _ in 0..segments {
        loop {
            let name = reader.next_chunk()?;
            write_chunk(out, name.as_deref().unwrap_or_default())?;
            if name.is_none() {
                break;
            }
            copy_group(&mut reader, out)?;
        }
    }
    Ok(())
}

fn write_chunk(out: &mut (impl Write + ?Sized), data: &[u8]) -> Result<(), Error> {
    if data.is_empty() {
        out.write_all(&[0; 4])?;
        return Ok(());
    }
    let length = i32::try_from(data.len() + 4).map_err(|_| Error::ChunkTooLong(data.len()))?;
    out.write_all(&length.to_be_bytes())?;
    out.write_all(data)?;
    Ok(())
}

/// Writes a changegroup, chunk after chunk.
#[derive(Debug)]
pub struct Writer<W> {
    out: W,
    version: Version,
    scratch: Vec<u8>,
}

impl<W: Write> Writer<W> {
    /// Starts with the changelog group.
    pub const fn new(out: W, version: Version) -> Self {
        Self { out, version, scratch: Vec::new() }
    }

    /// The version it writes.
    pub const fn version(&self) -> Version {
        self.version
    }

    /// Writes one revision.
    pub fn delta(&mut self, header: &DeltaHeader, data: &[u8]) -> Result<(), Error> {
        self.scratch.clear();
        header.encode(self.version, &mut self.scratch);
        let length = self.scratch.len() + data.len();
        let framed = i32::try_from(length + 4).map_err(|_| Error::ChunkTooLong(length))?;
        self.out.write_all(&framed.to_be_bytes())?;
        self.out.write_all(&self.scratch)?;
        self.out.write_all(data)?;
        Ok(())
    }

    /// Names the file (or, with a trailing slash, the directory) whose group follows.
    pub fn path(&mut self, path: &[u8]) -> Result<(), Error> {
        write_chunk(&mut self.out, path)
    }

    /// Ends a group or a segment.
    pub fn end(&mut self) -> Result<(), Error> {
        write_chunk(&mut self.out, b"")
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> W {
        self.out
    }
}

#[cfg(test)]
mod tests;
