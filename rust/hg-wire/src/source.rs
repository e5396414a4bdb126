//! Where changegroups come from.

use std::io::{Read, Write};

use hg_format::changegroup::{self, Delta, Version};
use hg_types::{Error, ErrorKind, Result};

/// A changegroup that is asked for one piece after the other, in the order of the format: the
/// changelog group, the manifest group, sub-groups named by directory (each path ending with a
/// slash, always a segment even if empty), sub-groups named by file.
pub trait ChangegroupSource {
    /// The next revision of the group, `None` at its end.
    fn next_delta(&mut self) -> Result<Option<Delta>>;
    /// The path whose group follows, `None` at the end of the segment.
    fn next_path(&mut self) -> Result<Option<Vec<u8>>>;
    /// Number of changesets, if known beforehand.
    fn changeset_count(&self) -> Option<usize> {
        None
    }
}

/// Failure of a changegroup stream in the words users see.
pub fn stream_error(error: changegroup::Error) -> Error {
    Error::abort(error.to_string()).because(error)
}

/// A changegroup read from bytes.
#[derive(Debug)]
pub struct StreamSource<R> {
    reader: changegroup::Reader<R>,
    segments_before_files: u8,
    count: Option<usize>,
}

impl<R: Read> StreamSource<R> {
    /// Reads `version` from `input`; `count` is the number of changesets, if known.
    pub const fn new(input: R, version: Version, count: Option<usize>) -> Self {
        let reader = changegroup::Reader::new(input, version);
        // Two groups come before the directories, which old versions do not have.
        Self {
            reader,
            segments_before_files: if version.has_tree_segment() { 0 } else { 1 },
            count,
        }
    }

    /// Gives the stream back.
    pub fn into_inner(self) -> R {
        self.reader.into_inner()
    }
}

impl<R: Read> ChangegroupSource for StreamSource<R> {
    fn next_delta(&mut self) -> Result<Option<Delta>> {
        self.reader.next_delta().map_err(stream_error)
    }

    fn next_path(&mut self) -> Result<Option<Vec<u8>>> {
        if self.segments_before_files == 1 {
            self.segments_before_files = 0;
            return Ok(None);
        }
        self.reader.next_path().map_err(stream_error)
    }

    fn changeset_count(&self) -> Option<usize> {
        self.count
    }
}

/// Reads everything from `source` before anything of it is used, so that what is said about its
/// making is said first.
pub fn read_ahead(
    source: &mut dyn ChangegroupSource,
    version: Version,
) -> Result<Box<dyn ChangegroupSource + 'static>> {
    let count = source.changeset_count();
    let mut bytes = Vec::new();
    write_changegroup(source, &mut bytes, version)?;
    Ok(Box::new(StreamSource::new(std::io::Cursor::new(bytes), version, count)))
}

/// Writes everything `source` has as a changegroup of `version`; the number of changesets.
pub fn write_changegroup<W: Write>(
    source: &mut dyn ChangegroupSource,
    out: W,
    version: Version,
) -> Result<usize> {
    let mut writer = changegroup::Writer::new(out, version);
    let mut previous = None;
    let count = write_group(source, &mut writer, &mut previous)?;
    write_group(source, &mut writer, &mut previous)?;
    while let Some(path) = source.next_path()? {
        if !version.has_tree_segment() {
            return Err(Error::new(
                ErrorKind::Requirement,
                "tree manifests need changegroup version 03",
            ));
        }
        writer.path(&path).map_err(stream_error)?;
        write_group(source, &mut writer, &mut previous)?;
    }
    if version.has_tree_segment() {
        writer.end().map_err(stream_error)?;
    }
    while let Some(path) = source.next_path()? {
        writer.path(&path).map_err(stream_error)?;
        write_group(source, &mut writer, &mut previous)?;
    }
    writer.end().map_err(stream_error)?;
    Ok(count)
}

fn write_group<W: Write>(
    source: &mut dyn ChangegroupSource,
    writer: &mut changegroup::Writer<W>,
    previous: &mut Option<hg_types::Node>,
) -> Result<usize> {
    let mut count = 0;
    *previous = None;
    while let Some(delta) = source.next_delta()? {
        if writer.version() == Version::V1 {
            let expected = previous.unwrap_or(delta.header.p1);
            if delta.header.base != expected {
                return Err(Error::new(
                    ErrorKind::Programming,
                    "delta base does not fit changegroup version 01",
                ));
            }
        }
        *previous = Some(delta.header.node);
        writer.delta(&delta.header, &delta.data).map_err(stream_error)?;
        count += 1;
    }
    writer.end().map_err(stream_error)?;
    Ok(count)
}
