//! Copies of a store's files: the payload of `HGS1UN` bundles and of `stream2` parts.
//!
//! Version 1 is a header and, for each file, `NAME NUL SIZE LF` and its bytes. Version 2 has no
//! header; each file is a letter (`s`: store, `c`: cache), the lengths of name and content as
//! variable-length integers, name and content. Names are those of the store, unencoded.

use std::io::{self, Read, Write};

/// Bytes of names and requirements that are believed.
const NAME_LIMIT: u64 = 1 << 16;

/// What is wrong with a stream.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The stream is shorter than it says.
    #[error("unexpected end of stream clone data")]
    Truncated,
    /// A field cannot be read.
    #[error("unexpected response from remote server: {0}")]
    Malformed(&'static str),
    /// The stream cannot be read or written.
    #[error(transparent)]
    Io(#[from] io::Error),
}

/// Where a file of a version 2 stream belongs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Place {
    /// The store.
    Store,
    /// The directory of caches.
    Cache,
}

impl Place {
    /// The letter in the stream.
    #[must_use]
    pub const fn letter(self) -> u8 {
        match self {
            Self::Store => b's',
            Self::Cache => b'c',
        }
    }
}

/// What stands before a file's bytes.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileHeader {
    /// Where it belongs.
    pub place: Place,
    /// Its name there.
    pub name: Vec<u8>,
    /// Its length.
    pub size: u64,
}

/// What stands before a version 1 stream.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct HeaderV1 {
    /// Number of files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// What a repository must understand to use the files, sorted, separated by commas.
    pub requirements: Vec<u8>,
}

fn fixed<const N: usize>(input: &mut impl Read) -> Result<[u8; N], Error> {
    let mut out = [0; N];
    input.read_exact(&mut out).map_err(truncated)?;
    Ok(out)
}

fn truncated(error: io::Error) -> Error {
    if error.kind() == io::ErrorKind::UnexpectedEof { Error::Truncated } else { Error::Io(error) }
}

fn some(input: &mut impl Read, length: u64) -> Result<Vec<u8>, Error> {
    if length > NAME_LIMIT {
        return Err(Error::Malformed("name is too long"));
    }
    let mut out = Vec::new();
    input.take(length).read_to_end(&mut out)?;
    if out.len() as u64 == length { Ok(out) } else { Err(Error::Truncated) }
}

impl HeaderV1 {
    /// Reads the header behind `HGS1UN`.
    pub fn read(input: &mut impl Read) -> Result<Self, Error> {
        let files = u64::from_be_bytes(fixed(input)?);
        let bytes = u64::from_be_bytes(fixed(input)?);
        let length = u16::from_be_bytes(fixed(input)?);
        let mut requirements = some(input, length.into())?;
        if requirements.pop() != Some(0) {
            return Err(Error::Malformed("requirements not NUL encoded"));
        }
        Ok(Self { files, bytes, requirements })
    }

    /// Writes the header behind `HGS1UN`.
    pub fn write(&self, out: &mut impl Write) -> Result<(), Error> {
        let length = u16::try_from(self.requirements.len() + 1)
            .map_err(|_| Error::Malformed("too many requirements"))?;
        out.write_all(&self.files.to_be_bytes())?;
        out.write_all(&self.bytes.to_be_bytes())?;
        out.write_all(&length.to_be_bytes())?;
        out.write_all(&self.requirements)?;
        out.write_all(&[0])?;
        Ok(())
    }
}

/// Reads what stands before a file in a version 1 stream.
pub fn read_file_v1(input: &mut impl Read) -> Result<FileHeader, Error> {
    let mut line = Vec::new();
    while line.last() != Some(&b'\n') {
        if line.len() as u64 > NAME_LIMIT {
            return Err(Error::Malformed("name is too long"));
        }
        line.push(fixed::<1>(input)?[0]);
    }
    line.pop();
    let nul = line.iter().position(|&b| b == 0).ok_or(Error::Malformed("no name"))?;
    let size = std::str::from_utf8(&line[nul + 1..]).ok().and_then(|text| text.parse().ok());
    let size = size.ok_or(Error::Malformed("size is no number"))?;
    line.truncate(nul);
    Ok(FileHeader { place: Place::Store, name: line, size })
}

/// Writes what stands before a file in a version 1 stream.
pub fn write_file_v1(out: &mut impl Write, file: &FileHeader) -> Result<(), Error> {
    out.write_all(&file.name)?;
    out.write_all(format!("\0{}\n", file.size).as_bytes())?;
    Ok(())
}

/// Reads what stands before a file in a version 2 stream.
pub fn read_file_v2(input: &mut impl Read) -> Result<FileHeader, Error> {
    let place = match fixed::<1>(input)?[0] {
        b's' => Place::Store,
        b'c' => Place::Cache,
        _ => return Err(Error::Malformed("unknown place of a file")),
    };
    let length = read_varint(input)?;
    let size = read_varint(input)?;
    Ok(FileHeader { place, name: some(input, length)?, size })
}

/// Writes what stands before a file in a version 2 stream.
pub fn write_file_v2(out: &mut impl Write, file: &FileHeader) -> Result<(), Error> {
    let mut head = vec![file.place.letter()];
    write_varint(file.name.len() as u64, &mut head);
    write_varint(file.size, &mut head);
    out.write_all(&head)?;
    out.write_all(&file.name)?;
    Ok(())
}

fn read_varint(input: &mut impl Read) -> Result<u64, Error> {
    let mut value = 0_u64;
    for shift in (0..63).step_by(7) {
        let byte = fixed::<1>(input)?[0];
        value |= u64::from(byte & 0x7f) << shift;
        if byte & 0x80 == 0 {
            return Ok(value);
        }
    }
    Err(Error::Malformed("number is too long"))
}

fn write_varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(u8::try_from(value & 0x7f).unwrap_or_default() | 0x80);
        value >>= 7;
    }
    out.push(u8::try_from(value).unwrap_or_default());
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn headers_round_trip(name in "[a-z/.]{1,30}", size in 0..u64::MAX >> 1, files in any::<u64>()) {
            let file = FileHeader { place: Place::Store, name: name.into_bytes(), size };
            let mut bytes = Vec::new();
            write_file_v1(&mut bytes, &file).expect("memory");
            prop_assert_eq!(&read_file_v1(&mut &bytes[..]).expect("valid"), &file);
            bytes.clear();
            write_file_v2(&mut bytes, &file).expect("memory");
            prop_assert_eq!(&read_file_v2(&mut &bytes[..]).expect("valid"), &file);
            let header = HeaderV1 { files, bytes: size, requirements: file.name };
            bytes.clear();
            header.write(&mut bytes).expect("memory");
            prop_assert_eq!(HeaderV1::read(&mut &bytes[..]).expect("valid"), header);
        }

        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..60)) {
            let _ = HeaderV1::read(&mut &bytes[..]);
            let _ = read_file_v1(&mut &bytes[..]);
            let _ = read_file_v2(&mut &bytes[..]);
        }
    }
}
