//! Writing tar archives in the POSIX.1-2001 (`pax`) format, as `hg archive` makes them.
//!
//! Every member is a 512-byte `ustar` header, the content, and zeros up to the next 512. What does not
//! fit the header (names that are long or not ASCII, times before 1970) stands in a member of type `x`
//! before it, as records `LENGTH KEY=VALUE\n`. The modification time always does: it is written with
//! a decimal point, as programs that keep parts of seconds write it. Owners are 0 and without names, so
//! that the bytes depend on nothing but the content.

use std::io::{self, Write};

const BLOCK: usize = 512;
/// The archive ends with zeros up to a multiple of this.
const RECORD: u64 = 10_240;
/// The room for names.
const NAME: usize = 100;
/// The first value that a 12-byte octal field cannot hold.
const OCTAL_LIMIT: u64 = 1 << 33;

/// What a member is.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum TarContent<'a> {
    /// A file.
    File(&'a [u8]),
    /// A symbolic link to there.
    Symlink(&'a [u8]),
}

/// A member of an archive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct TarMember<'a> {
    /// Its path.
    pub path: &'a [u8],
    /// Permissions.
    pub mode: u32,
    /// Seconds since 1970.
    pub mtime: i64,
    /// What it is.
    pub content: TarContent<'a>,
}

/// Writes an archive.
#[derive(Debug)]
pub struct TarWriter<W: Write> {
    out: W,
    written: u64,
}

impl<W: Write> TarWriter<W> {
    /// An empty archive.
    pub fn new(out: W) -> Self {
        Self { out, written: 0 }
    }

    /// Adds a member.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, member: &TarMember<'_>) -> io::Result<()> {
        let (kind, link, data): (u8, &[u8], &[u8]) = match member.content {
            TarContent::File(data) => (b'0', b"", data),
            TarContent::Symlink(target) => (b'2', target, b""),
        };
        let size = data.len() as u64;
        let mtime = u64::try_from(member.mtime).ok().filter(|&mtime| mtime < OCTAL_LIMIT);
        let records = records(member, link, size);
        let header = Header { path: b"././@PaxHeader", kind: b'x', ..Header::default() };
        self.put(&Header { size: records.len() as u64, ..header }, &records)?;
        let header = Header {
            path: member.path,
            mode: member.mode,
            size: if size < OCTAL_LIMIT { size } else { 0 },
            mtime: mtime.unwrap_or(0),
            kind,
            link,
        };
        self.put(&header, data)
    }

    /// Ends the archive and gives the writer back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        self.zeros(2 * BLOCK as u64)?;
        self.zeros((RECORD - self.written % RECORD) % RECORD)?;
        Ok(self.out)
    }

    fn put(&mut self, header: &Header<'_>, data: &[u8]) -> io::Result<()> {
        self.out.write_all(&header.encode())?;
        self.out.write_all(data)?;
        self.written += (BLOCK + data.len()) as u64;
        let rest = self.written % BLOCK as u64;
        if rest == 0 { Ok(()) } else { self.zeros(BLOCK as u64 - rest) }
    }

    fn zeros(&mut self, mut count: u64) -> io::Result<()> {
        self.written += count;
        while count > 0 {
            let part = count.min(BLOCK as u64);
            let zeros = [0; BLOCK];
            self.out
                .write_all(zeros.get(..usize::try_from(part).unwrap_or(BLOCK)).unwrap_or(&zeros))?;
            count -= part;
        }
        Ok(())
    }
}

/// The records before a member.
fn records(member: &TarMember<'_>, link: &[u8], size: u64) -> Vec<u8> {
    let mut pairs: Vec<(&[u8], Vec<u8>)> = Vec::new();
    for (key, value) in [(&b"path"[..], member.path), (b"linkpath", link)] {
        if !value.is_ascii() || value.len() > NAME {
            pairs.push((key, value.to_vec()));
        }
    }
    if size >= OCTAL_LIMIT {
        pairs.push((b"size", size.to_string().into_bytes()));
    }
    pairs.push((b"mtime", format!("{}.0", member.mtime).into_bytes()));
    let mut out = Vec::new();
    if pairs.iter().any(|(_, value)| std::str::from_utf8(value).is_err()) {
        record(b"hdrcharset", b"BINARY", &mut out);
    }
    for (key, value) in pairs {
        record(key, &value, &mut out);
    }
    out
}

/// One record; its length counts its own digits.
fn record(key: &[u8], value: &[u8], out: &mut Vec<u8>) {
    let rest = key.len() + value.len() + 3;
    let mut length = rest;
    while rest + length.to_string().len() != length {
        length = rest + length.to_string().len();
    }
    out.extend_from_slice(format!("{length} ").as_bytes());
    out.extend_from_slice(key);
    out.push(b'=');
    out.extend_from_slice(value);
    out.push(b'\n');
}

#[derive(Default)]
struct Header<'a> {
    path: &'a [u8],
    mode: u32,
    size: u64,
    mtime: u64,
    kind: u8,
    link: &'a [u8],
}

impl Header<'_> {
    fn encode(&self) -> [u8; BLOCK] {
        let mut out = [0; BLOCK];
        put(&mut out, 0, &printable(self.path));
        put(&mut out, 100, format!("{:07o}", self.mode & 0o7777).as_bytes());
        put(&mut out, 108, b"0000000");
        put(&mut out, 116, b"0000000");
        put(&mut out, 124, format!("{:011o}", self.size).as_bytes());
        put(&mut out, 136, format!("{:011o}", self.mtime).as_bytes());
        put(&mut out, 148, b"        ");
        put(&mut out, 156, &[self.kind]);
        put(&mut out, 157, &printable(self.link));
        put(&mut out, 257, b"ustar\x0000");
        let sum: u32 = out.iter().map(|&byte| u32::from(byte)).sum();
        put(&mut out, 148, format!("{sum:06o}\0").as_bytes());
        out
    }
}

fn put(block: &mut [u8; BLOCK], at: usize, bytes: &[u8]) {
    for (to, from) in block.iter_mut().skip(at).zip(bytes) {
        *to = *from;
    }
}

/// A name as far as a header can hold it: characters beyond ASCII are question marks, and so is each
/// byte that is part of none.
fn printable(name: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(name.len());
    for chunk in name.utf8_chunks() {
        out.extend(
            chunk
                .valid()
                .chars()
                .map(|c| u8::try_from(c).ok().filter(u8::is_ascii).unwrap_or(b'?')),
        );
        out.extend(chunk.invalid().iter().map(|_| b'?'));
    }
    out.truncate(NAME);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn file<'a>(path: &'a [u8], data: &'a [u8]) -> TarMember<'a> {
        TarMember { path, mode: 0o644, mtime: 5, content: TarContent::File(data) }
    }

    #[test]
    fn records_count_themselves() {
        let mut out = Vec::new();
        record(b"mtime", b"5.0", &mut out);
        record(b"path", &[b'x'; 90], &mut out);
        assert!(out.starts_with(b"13 mtime=5.0\n99 path=x"), "{:?}", String::from_utf8_lossy(&out));
    }

    #[test]
    fn whole_records() {
        let mut tar = TarWriter::new(Vec::new());
        tar.add(&file(b"a", b"x")).expect("in memory");
        let out = tar.finish().expect("in memory");
        assert_eq!(out.len(), 10_240);
        assert_eq!(&out[1024..1026], b"a\0");
        assert_eq!(&out[1536..1538], b"x\0");
        assert_eq!(&out[1024 + 148..1024 + 157], b"006104\0 0");
    }

    #[test]
    fn names_that_do_not_fit() {
        let long = [b'y'; 120];
        assert_eq!(printable(&long).len(), 100);
        assert_eq!(printable("é/".as_bytes()), b"?/");
        let text = records(&file(b"\xff", b""), b"", 0);
        assert!(text.starts_with(b"21 hdrcharset=BINARY\n9 path=\xff\n"));
    }
}
