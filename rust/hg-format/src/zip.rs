//! Writing zip archives, as `hg archive` makes them (PKWARE APPNOTE 6.3.4).
//!
//! For each member a local header and the content, stored or deflated; then a directory with a
//! central header for each; then the record that ends it. All members have Unix permissions and the
//! extra field `UT` (0x5455) with the modification time in UTC. Sizes are known before they are
//! written, so nothing has to be sought back to; a stream that cannot seek gets them behind the content
//! all the same, as from programs that do not know them. Counts and positions that need more than 32 bits get
//! the zip64 records.

use std::io::{self, Write};

use flate2::{Compression, Crc, write::DeflateEncoder};

/// From here on, sizes and positions are written as zip64.
const ZIP64_LIMIT: u64 = (1 << 31) - 1;
const ZIP64_COUNT: usize = 65_535;
/// 1980-01-01, the first day that a zip archive can tell.
const EPOCH: i64 = 315_532_800;
/// Flag: the name is UTF-8.
const UTF8: u16 = 0x800;
/// Flag: checksum and sizes stand behind the content.
const SIZES_BEHIND: u16 = 8;
const UNIX: u16 = 3 << 8;

/// A member of an archive.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ZipMember<'a> {
    /// Its path.
    pub path: &'a [u8],
    /// Type and permissions, as `stat` gives them.
    pub mode: u32,
    /// The content; the target of a symbolic link.
    pub data: &'a [u8],
}

/// Writes an archive.
#[derive(Debug)]
pub struct ZipWriter<W: Write> {
    out: W,
    position: u64,
    compress: bool,
    sizes_behind: bool,
    mtime: u32,
    dos_time: u32,
    directory: Vec<u8>,
    count: usize,
}

/// What local and central header have in common.
struct Sizes {
    crc: u32,
    packed: u64,
    plain: u64,
}

impl Sizes {
    /// The record behind the content.
    fn behind(&self, big: bool) -> Vec<u8> {
        let mut out = b"PK\x07\x08".to_vec();
        out.extend_from_slice(&self.crc.to_le_bytes());
        for size in [self.packed, self.plain] {
            if big {
                out.extend_from_slice(&size.to_le_bytes());
            } else {
                out.extend_from_slice(&low(size).to_le_bytes());
            }
        }
        out
    }
}

impl<W: Write> ZipWriter<W> {
    /// An empty archive whose members all have the time `mtime`.
    pub fn new(out: W, mtime: i64, compress: bool) -> Self {
        let mtime = mtime.max(EPOCH);
        Self {
            out,
            position: 0,
            compress,
            sizes_behind: false,
            mtime: u32::try_from(mtime).unwrap_or(u32::MAX),
            dos_time: dos_time(mtime),
            directory: Vec::new(),
            count: 0,
        }
    }

    /// Puts sizes behind the content, as is done where the position in `out` cannot be changed.
    #[must_use]
    pub fn unseekable(mut self, unseekable: bool) -> Self {
        self.sizes_behind = unseekable;
        self
    }

    /// Adds a member.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn add(&mut self, member: &ZipMember<'_>) -> io::Result<()> {
        let mut crc = Crc::new();
        crc.update(member.data);
        let deflated = if self.compress { Some(deflate(member.data)?) } else { None };
        let data = deflated.as_deref().unwrap_or(member.data);
        let sizes =
            Sizes { crc: crc.sum(), packed: data.len() as u64, plain: member.data.len() as u64 };
        let big = sizes.plain.max(sizes.packed) > ZIP64_LIMIT;
        let extra_64 = if big { zip64_extra(&[sizes.plain, sizes.packed]) } else { Vec::new() };
        let mut header = b"PK\x03\x04".to_vec();
        let shown = |value: u64| if big { u32::MAX } else { low(value) };
        let none = Sizes { crc: 0, packed: 0, plain: 0 };
        let told = if self.sizes_behind { &none } else { &sizes };
        self.common(&mut header, member, told, version(big), shown);
        let extra = [extra_64, self.extra()].concat();
        put16(&mut header, member.path.len());
        put16(&mut header, extra.len());
        header.extend_from_slice(member.path);
        header.extend_from_slice(&extra);
        self.central(member, &sizes);
        self.count += 1;
        self.out.write_all(&header)?;
        self.out.write_all(data)?;
        self.position += (header.len() + data.len()) as u64;
        if self.sizes_behind {
            let behind = sizes.behind(big);
            self.out.write_all(&behind)?;
            self.position += behind.len() as u64;
        }
        Ok(())
    }

    /// Ends the archive and gives the writer back.
    ///
    /// # Errors
    /// When it cannot be written.
    pub fn finish(mut self) -> io::Result<W> {
        let (start, size) = (self.position, self.directory.len() as u64);
        self.out.write_all(&self.directory)?;
        let mut end = Vec::new();
        if self.count > ZIP64_COUNT || start > ZIP64_LIMIT || size > ZIP64_LIMIT {
            let count = self.count as u64;
            end.extend_from_slice(b"PK\x06\x06");
            end.extend_from_slice(&44_u64.to_le_bytes());
            end.extend_from_slice(&[45, 0, 45, 0, 0, 0, 0, 0, 0, 0, 0, 0]);
            for value in [count, count, size, start] {
                end.extend_from_slice(&value.to_le_bytes());
            }
            end.extend_from_slice(b"PK\x06\x07\0\0\0\0");
            end.extend_from_slice(&(start + size).to_le_bytes());
            end.extend_from_slice(&1_u32.to_le_bytes());
        }
        let count = self.count.min(ZIP64_COUNT);
        end.extend_from_slice(b"PK\x05\x06\0\0\0\0");
        put16(&mut end, count);
        put16(&mut end, count);
        end.extend_from_slice(&low(size).to_le_bytes());
        end.extend_from_slice(&low(start).to_le_bytes());
        put16(&mut end, 0);
        self.out.write_all(&end)?;
        Ok(self.out)
    }

    fn extra(&self) -> Vec<u8> {
        [&b"UT\x05\0\x01"[..], &self.mtime.to_le_bytes()].concat()
    }

    /// Version, flags, method, time, checksum and sizes.
    fn common(
        &self,
        out: &mut Vec<u8>,
        member: &ZipMember<'_>,
        sizes: &Sizes,
        version: u16,
        shown: impl Fn(u64) -> u32,
    ) {
        let is_utf8 = !member.path.is_ascii() && std::str::from_utf8(member.path).is_ok();
        out.extend_from_slice(&version.to_le_bytes());
        let behind = if self.sizes_behind { SIZES_BEHIND } else { 0 };
        let flags = if is_utf8 { UTF8 } else { 0 } | behind;
        out.extend_from_slice(&flags.to_le_bytes());
        out.extend_from_slice(&if self.compress { 8_u16 } else { 0 }.to_le_bytes());
        out.extend_from_slice(&self.dos_time.to_le_bytes());
        out.extend_from_slice(&sizes.crc.to_le_bytes());
        out.extend_from_slice(&shown(sizes.packed).to_le_bytes());
        out.extend_from_slice(&shown(sizes.plain).to_le_bytes());
    }

    fn central(&mut self, member: &ZipMember<'_>, sizes: &Sizes) {
        let big = sizes.plain.max(sizes.packed) > ZIP64_LIMIT;
        let mut wide = if big { vec![sizes.plain, sizes.packed] } else { Vec::new() };
        let far = self.position > ZIP64_LIMIT;
        if far {
            wide.push(self.position);
        }
        let version = version(!wide.is_empty());
        let mut out = b"PK\x01\x02".to_vec();
        out.extend_from_slice(&(UNIX | version).to_le_bytes());
        let shown = |value: u64| if big { u32::MAX } else { low(value) };
        self.common(&mut out, member, sizes, version, shown);
        let extra_64 = if wide.is_empty() { Vec::new() } else { zip64_extra(&wide) };
        let extra = [extra_64, self.extra()].concat();
        put16(&mut out, member.path.len());
        put16(&mut out, extra.len());
        // No comment, disk 0, no internal attributes.
        out.extend_from_slice(&[0; 6]);
        out.extend_from_slice(&(member.mode << 16).to_le_bytes());
        let position = if far { u32::MAX } else { low(self.position) };
        out.extend_from_slice(&position.to_le_bytes());
        out.extend_from_slice(member.path);
        out.extend_from_slice(&extra);
        self.directory.extend_from_slice(&out);
    }
}

/// The version that is needed to read a member.
fn version(zip64: bool) -> u16 {
    if zip64 { 45 } else { 20 }
}

fn low(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

fn put16(out: &mut Vec<u8>, value: usize) {
    out.extend_from_slice(&u16::try_from(value).unwrap_or(u16::MAX).to_le_bytes());
}

fn zip64_extra(values: &[u64]) -> Vec<u8> {
    let mut out = vec![1, 0];
    put16(&mut out, values.len() * 8);
    for value in values {
        out.extend_from_slice(&value.to_le_bytes());
    }
    out
}

fn deflate(data: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = DeflateEncoder::new(Vec::new(), Compression::new(6));
    encoder.write_all(data)?;
    encoder.finish()
}

/// A time in UTC in the form of MS-DOS: time in the low, date in the high half.
fn dos_time(seconds: i64) -> u32 {
    let civil = hg_types::Civil::from_seconds(seconds);
    let part = |value: i64| u32::try_from(value).unwrap_or(0);
    let date =
        (part(civil.year - 1980) << 9) | (part(civil.month.into()) << 5) | part(civil.day.into());
    let time = (part(civil.hour.into()) << 11)
        | (part(civil.minute.into()) << 5)
        | (part(civil.second.into()) / 2);
    ((date & 0xffff) << 16) | (time & 0xffff)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_stored_member() {
        let mut zip = ZipWriter::new(Vec::new(), 5, false);
        zip.add(&ZipMember { path: b"a/b", mode: 0o100_644, data: b"hi" }).expect("in memory");
        let out = zip.finish().expect("in memory");
        assert_eq!(&out[..16], b"PK\x03\x04\x14\0\0\0\0\0\0\0\x21\0\xac\x2a");
        assert_eq!(out.len(), 30 + 3 + 9 + 2 + 46 + 3 + 9 + 22);
        assert!(out.ends_with(b"PK\x05\x06\0\0\0\0\x01\0\x01\0\x3a\0\0\0\x2c\0\0\0\0\0"));
    }

    #[test]
    fn times() {
        assert_eq!(dos_time(EPOCH), 0x0021_0000);
        assert_eq!(dos_time(1_000_000_000), (0x2b29 << 16) | 0x0dd4);
    }
}
