//! Stream clones, the receiving side: files that become those of an empty store.

use std::io::Read;
use std::time::Instant;

use hg_format::bundle2::PartHeader;
use hg_format::percent;
use hg_format::requirements::Requirements;
use hg_format::streamclone::{self, FileHeader, HeaderV1, Place};
use hg_store::fncache::FnCache;
use hg_store::{Repo, Transaction};
use hg_types::{Error, Reporter, Result};

use crate::bundle::read_error;
use crate::stream::{Version, is_format, stream_error};

/// Bytes of a cache that are believed.
const CACHE_LIMIT: u64 = 1 << 28;

/// What a stream says about itself before its files.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Announcement {
    /// The version.
    pub version: Version,
    /// Number of files.
    pub files: u64,
    /// Bytes of all files.
    pub bytes: u64,
    /// What must be understood to use them; `None` when it does not say.
    pub requirements: Option<Requirements>,
}

fn decode_requirements(text: &[u8]) -> Requirements {
    let names = text.split(|&b| b == b',').filter(|name| !name.is_empty());
    names.map(<[u8]>::to_vec).collect()
}

impl Announcement {
    /// What a part of a bundle announces.
    ///
    /// # Errors
    /// When it lacks something.
    pub fn of_part(header: &PartHeader) -> Result<Self> {
        let value = |name: &str| header.parameter(name.as_bytes()).unwrap_or_default();
        let number = |name: &str| {
            let text = std::str::from_utf8(value(name)).ok();
            text.and_then(|text| text.parse().ok())
                .ok_or_else(|| Error::abort(format!("stream2 - {name} is no number")))
        };
        let requirements = decode_requirements(&percent::unquote(value("requirements")));
        Ok(Self {
            version: Version::V2,
            files: number("filecount")?,
            bytes: number("bytecount")?,
            requirements: Some(requirements),
        })
    }

    /// What stands before the files of a bundle.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn of_bundle(input: &mut impl Read) -> Result<Self> {
        let header = HeaderV1::read(input).map_err(stream_error)?;
        Ok(Self {
            version: Version::V1,
            files: header.files,
            bytes: header.bytes,
            requirements: Some(decode_requirements(&header.requirements)),
        })
    }

    /// What stands before the files in the answer to `stream_out`.
    ///
    /// # Errors
    /// When the server refuses, or says something else.
    pub fn of_answer(input: &mut impl Read) -> Result<Self> {
        match read_line(input)?.as_slice() {
            b"0" => {}
            b"1" => return Err(Error::abort("operation forbidden by server")),
            b"2" => return Err(Error::abort("locking the remote repository failed")),
            _ => return Err(Error::abort("the server sent an unknown error code")),
        }
        let line = read_line(input)?;
        let text = std::str::from_utf8(&line).unwrap_or_default();
        let mut numbers = text.split(' ').map(str::parse);
        let (Some(Ok(files)), Some(Ok(bytes)), None) =
            (numbers.next(), numbers.next(), numbers.next())
        else {
            let shown = hg_types::quoted(&line);
            return Err(Error::abort("unexpected response from remote server:")
                .hint([&b"got "[..], &shown].concat()));
        };
        Ok(Self { version: Version::V1, files, bytes, requirements: None })
    }
}

fn read_line(input: &mut impl Read) -> Result<Vec<u8>> {
    const LIMIT: usize = 256;
    let mut line = Vec::new();
    let mut byte = [0];
    while line.len() < LIMIT {
        input.read_exact(&mut byte).map_err(read_error)?;
        if byte == *b"\n" {
            break;
        }
        line.push(byte[0]);
    }
    Ok(line)
}

/// Refuses formats that this program does not read.
///
/// # Errors
/// When there are any.
pub fn check_formats(requirements: &Requirements) -> Result<()> {
    let unknown: Vec<&[u8]> =
        requirements.iter().map(Vec::as_slice).filter(|name| !is_format(name)).collect();
    if unknown.is_empty() {
        return Ok(());
    }
    let names = unknown.join(&b", "[..]);
    Err(Error::abort([&b"unable to apply stream clone: unsupported format: "[..], &names].concat()))
}

/// Puts the files of a stream into the store of `repo`, which must be empty.
///
/// # Errors
/// When the repository is not empty, the stream is damaged or needs something unknown, or a file
/// cannot be written.
pub fn apply(
    repo: &Repo,
    tr: &Transaction,
    announced: &Announcement,
    input: &mut dyn Read,
) -> Result<()> {
    if !repo.changelog()?.is_empty() {
        return Err(Error::abort("cannot apply stream clone to non empty repository"));
    }
    let reporter = repo.reporter();
    if let Some(requirements) = &announced.requirements {
        check_formats(requirements)?;
        adopt(repo, requirements)?;
    }
    let (files, bytes) = (announced.files, announced.bytes);
    let size = readable_size(bytes);
    reporter.status(format!("{files} files to transfer, {size} of data\n").as_bytes());
    let start = Instant::now();
    let mut left = bytes;
    let mut names = Vec::new();
    for _ in 0..files {
        let header = match announced.version {
            Version::V1 => streamclone::read_file_v1(&mut &mut *input),
            Version::V2 => streamclone::read_file_v2(&mut &mut *input),
        };
        let header = header.map_err(stream_error)?;
        check(&header, left)?;
        tell(&*reporter, announced.version, &header);
        put(repo, tr, &header, input)?;
        left -= header.size;
        names.extend(FnCache::covers(&header.name).then_some(header.name));
        reporter.progress("clone", Some(bytes - left), b"", "bytes", Some(bytes));
    }
    reporter.progress("clone", None, b"", "bytes", Some(bytes));
    // What was read of the empty store is wrong now.
    repo.clear();
    for name in names {
        repo.store_vfs().fncache().map_or(Ok(()), |fncache| fncache.add(&name))?;
    }
    // The very first clock ticks would make the rate infinite.
    let seconds = start.elapsed().as_secs_f64().max(0.001);
    #[expect(
        clippy::cast_precision_loss,
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate that is shown with three digits"
    )]
    let rate = readable_size((bytes as f64 / seconds) as u64);
    let text =
        format!("stream-cloned {files} files / {size} in {seconds:.1} seconds ({rate}/sec)\n");
    reporter.status(text.as_bytes());
    Ok(())
}

fn tell(reporter: &dyn Reporter, version: Version, header: &FileHeader) {
    let place = match version {
        Version::V1 => String::new(),
        Version::V2 => format!("[{}] ", char::from(header.place.letter())),
    };
    let size = format!(" ({})\n", readable_size(header.size));
    let parts: [&[u8]; 4] = [b"adding ", place.as_bytes(), &header.name, size.as_bytes()];
    reporter.debug(&parts.concat());
}

/// Makes the formats of the stream those of the repository.
fn adopt(repo: &Repo, formats: &Requirements) -> Result<()> {
    let old = repo.requirements();
    let mut new: Requirements = old.iter().filter(|name| !is_format(name)).cloned().collect();
    new.extend(formats.iter().cloned());
    if new == *old { Ok(()) } else { repo.write_requirements(new) }
}

/// Refuses names that do not belong where the file would be put.
fn check(header: &FileHeader, left: u64) -> Result<()> {
    let name = &header.name[..];
    let plain =
        |part: &[u8]| !part.is_empty() && part != b"." && part != b".." && !part.contains(&0);
    let parts: Vec<&[u8]> = name.split(|&b| b == b'/').collect();
    let known = match header.place {
        Place::Store if parts.len() > 1 => [&b"data"[..], b"meta"].contains(&parts[0]),
        Place::Store => {
            name.starts_with(b"00changelog")
                || name.starts_with(b"00manifest")
                || [&b"phaseroots"[..], b"obsstore"].contains(&name)
        }
        Place::Cache => {
            parts.len() == 1
                && [&b"branch"[..], b"rbc-", b"tags", b"hgtagsfnodes"]
                    .iter()
                    .any(|start| name.starts_with(start))
        }
    };
    if !known || !parts.iter().all(|part| plain(part)) {
        return Err(Error::abort(
            [&b"stream clone contains an unexpected file: "[..], name].concat(),
        ));
    }
    if header.size > left {
        return Err(Error::abort("stream clone has more data than it says"));
    }
    Ok(())
}

fn put(repo: &Repo, tr: &Transaction, header: &FileHeader, input: &mut dyn Read) -> Result<()> {
    let mut body = input.take(header.size);
    let copied = match header.place {
        Place::Store => {
            tr.add(&header.name, 0)?;
            let mut file = repo.store_vfs().open_append(&header.name)?;
            std::io::copy(&mut body, &mut file).map_err(read_error)?
        }
        Place::Cache => {
            let mut bytes = Vec::new();
            let size = body.read_to_end(&mut bytes).map_err(read_error)? as u64;
            let cache = repo.cache_vfs();
            if size == header.size && size <= CACHE_LIMIT {
                cache.write_atomic(&header.name, &bytes)?;
            }
            size
        }
    };
    if copied == header.size { Ok(()) } else { Err(stream_error(streamclone::Error::Truncated)) }
}

/// A number of bytes with three digits and a unit.
#[must_use]
pub fn readable_size(bytes: u64) -> String {
    const UNITS: [(u32, &str); 3] = [(30, "GB"), (20, "MB"), (10, "KB")];
    for (shift, unit) in UNITS {
        let scale = 1_u64 << shift;
        #[expect(clippy::cast_precision_loss, reason = "three digits are shown")]
        let value = bytes as f64 / scale as f64;
        let decimals = match bytes >> shift {
            0 => continue,
            1..10 => 2,
            10..100 => 1,
            _ => 0,
        };
        return format!("{value:.decimals$} {unit}");
    }
    format!("{bytes} bytes")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_three_digits() {
        let shown = [0, 913, 1023, 1038, 58_675, 370_858, 4_000_000, 5 << 30].map(readable_size);
        let expected = [
            "0 bytes",
            "913 bytes",
            "1023 bytes",
            "1.01 KB",
            "57.3 KB",
            "362 KB",
            "3.81 MB",
            "5.00 GB",
        ];
        assert_eq!(shown, expected);
    }

    #[test]
    fn names_stay_where_they_belong() {
        let file = |place, name: &str| FileHeader { place, name: name.into(), size: 1 };
        for good in ["data/a.i", "meta/x/00manifest.i", "00changelog.i", "phaseroots"] {
            check(&file(Place::Store, good), 1).expect(good);
        }
        for bad in ["requires", "lock", "../x", "data/../../x.i", "/etc/x", "data//x", "fncache"] {
            check(&file(Place::Store, bad), 1).expect_err(bad);
        }
        check(&file(Place::Cache, "branch2-served"), 1).expect("a cache");
        check(&file(Place::Cache, "../hgrc"), 1).expect_err("outside");
        check(&file(Place::Store, "data/a.i"), 0).expect_err("more than was said");
    }
}
