//! Bundles as a sequence of parts, wherever they come from and go to.

use std::io::{Read, Write};

use hg_format::bundle2::{self, PartHeader};
use hg_format::changegroup::Version;
use hg_types::{Error, Result};

use crate::bundle::{Bundle, Bytes, bundle2_error, read_error, unknown_feature};
use crate::source::{ChangegroupSource, StreamSource, write_changegroup};

/// The largest payload that is read whole.
const PAYLOAD_LIMIT: usize = 1 << 30;

/// What a part carries.
pub enum Payload<'a> {
    /// Something small, read whole.
    Bytes(Vec<u8>),
    /// Revisions.
    Changegroup(Version, Box<dyn ChangegroupSource + 'a>),
    /// Something big and opaque.
    Raw(Box<dyn Read + 'a>),
}

impl Payload<'_> {
    /// The payload as bytes, read whole.
    pub fn into_bytes(self) -> Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes),
            Self::Changegroup(version, mut source) => {
                let mut bytes = Vec::new();
                write_changegroup(&mut *source, &mut bytes, version)?;
                Ok(bytes)
            }
            Self::Raw(reader) => {
                let mut bytes = Vec::new();
                reader.take(PAYLOAD_LIMIT as u64).read_to_end(&mut bytes).map_err(read_error)?;
                Ok(bytes)
            }
        }
    }
}

/// A part on its way.
pub struct Part<'a> {
    /// Type and parameters.
    pub header: PartHeader,
    /// What it carries.
    pub payload: Payload<'a>,
}

impl<'a> Part<'a> {
    /// A part that carries `payload`.
    #[must_use]
    pub fn bytes(header: PartHeader, payload: Vec<u8>) -> Self {
        Part { header, payload: Payload::Bytes(payload) }
    }

    /// A part of revisions: `changegroup`, with the parameters that go with `version`.
    #[must_use]
    pub fn changegroup(version: Version, source: Box<dyn ChangegroupSource + 'a>) -> Self {
        let header =
            PartHeader::new(b"changegroup", true).with(b"version", version.name().as_bytes());
        Part { header, payload: Payload::Changegroup(version, source) }
    }
}

/// A sequence of parts; each must be used up before the next is asked for.
pub trait PartSource {
    /// The next part, `None` at the end.
    fn next_part(&mut self) -> Result<Option<Part<'_>>>;
}

/// Parts that are all at hand.
#[derive(Default)]
pub struct PartList<'a>(pub std::collections::VecDeque<Part<'a>>);

impl PartSource for PartList<'_> {
    fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        Ok(self.0.pop_front())
    }
}

impl PartList<'_> {
    /// Whether no part is left.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
}

/// The version a `changegroup` part names; 01 when it names none.
pub fn changegroup_version(header: &PartHeader, file: Option<&[u8]>) -> Result<Version> {
    let name = header.parameter(b"version").unwrap_or(b"01");
    Version::from_name(name)
        .ok_or_else(|| unknown_feature(file, &[b"changegroup - version=", name].concat()))
}

/// The parts of a bundle read from bytes.
pub struct BundleParts<'a> {
    state: BundleState<'a>,
    /// The file's name, for messages.
    file: Option<Vec<u8>>,
}

enum BundleState<'a> {
    V1(Option<Bytes<'a>>),
    V2(bundle2::Reader<Bytes<'a>>),
}

impl<'a> BundleParts<'a> {
    /// Reads the parts of `bundle`; an HG10 bundle has one, and stream clone bundles are refused.
    pub fn new(bundle: Bundle<'a>, file: Option<&[u8]>) -> Result<Self> {
        let state = match bundle {
            Bundle::V1 { input, .. } => BundleState::V1(Some(input)),
            Bundle::V2 { reader, .. } => BundleState::V2(reader),
            Bundle::Packed1 { .. } => {
                return Err(Error::abort("packed bundles cannot be applied with \"hg unbundle\"")
                    .hint("use \"hg debugapplystreamclonebundle\""));
            }
        };
        Ok(Self { state, file: file.map(<[u8]>::to_vec) })
    }

    /// The parts that interrupted payloads since the last call.
    pub fn take_interrupts(&mut self) -> Vec<bundle2::Part> {
        match &mut self.state {
            BundleState::V1(_) => Vec::new(),
            BundleState::V2(reader) => reader.take_interrupts(),
        }
    }
}

impl PartSource for BundleParts<'_> {
    fn next_part(&mut self) -> Result<Option<Part<'_>>> {
        let reader = match &mut self.state {
            BundleState::V1(input) => {
                let source = input.take().map(|input| StreamSource::new(input, Version::V1, None));
                return Ok(source.map(|source| Part::changegroup(Version::V1, Box::new(source))));
            }
            BundleState::V2(reader) => reader,
        };
        let Some(header) = reader.next_part().map_err(bundle2_error)? else {
            return Ok(None);
        };
        let payload = match header.kind.as_slice() {
            b"changegroup" => {
                let version = changegroup_version(&header, self.file.as_deref())?;
                let count = header.parameter(b"nbchanges").and_then(parse_number);
                let source = StreamSource::new(reader.payload_reader(), version, count);
                Payload::Changegroup(version, Box::new(source))
            }
            b"stream2" | b"stream3-exp" => Payload::Raw(Box::new(reader.payload_reader())),
            _ => Payload::Bytes(reader.payload(PAYLOAD_LIMIT).map_err(bundle2_error)?),
        };
        Ok(Some(Part { header, payload }))
    }
}

fn parse_number(text: &[u8]) -> Option<usize> {
    std::str::from_utf8(text).ok()?.parse().ok()
}

/// Writes all parts as the body of an HG20 stream, behind the stream parameters.
pub fn write_parts<W: Write>(parts: &mut dyn PartSource, out: W) -> Result<W> {
    let mut writer = bundle2::Writer::new(out);
    while let Some(Part { header, payload }) = parts.next_part()? {
        let mut part = writer.part(header).map_err(bundle2_error)?;
        match payload {
            Payload::Bytes(bytes) => part.write_all(&bytes).map_err(read_error)?,
            Payload::Changegroup(version, mut source) => {
                write_changegroup(&mut *source, &mut part, version)?;
            }
            Payload::Raw(mut reader) => {
                std::io::copy(&mut reader, &mut part).map_err(read_error)?;
            }
        }
        part.finish().map_err(bundle2_error)?;
    }
    writer.finish().map_err(bundle2_error)
}
