//! Where copies go: names of targets from names of sources.

use hg_match::{PatternKind, join_path};
use hg_types::{HgPath, HgPathBuf, Result};
use hg_vfs::bytes_to_path;

/// What the user asked for.
pub(super) struct Request<'a> {
    pub(super) cwd: &'a [u8],
    /// The source as written.
    pub(super) pattern: &'a [u8],
    /// The destination as written.
    pub(super) destination: &'a [u8],
    /// Whether the destination is an existing directory.
    pub(super) is_directory: bool,
}

/// How a source's name becomes a target's, relative to the current directory.
pub(super) enum Targets {
    /// The destination itself.
    Itself(Vec<u8>),
    /// In the destination, under the last component of the source.
    ByBaseName(Vec<u8>),
    /// In the destination, without the first so many bytes of the source.
    Stripped(Vec<u8>, usize),
}

impl Targets {
    /// For copies that are to be made.
    pub(super) fn plain(
        request: &Request,
        canonical: impl FnOnce() -> Result<HgPathBuf>,
    ) -> Result<Self> {
        let destination = request.destination.to_vec();
        if bytes_to_path(&join_path(request.cwd, request.pattern)).is_dir() {
            let directory = canonical()?;
            let kept = if request.is_directory {
                directory.parent().map_or(0, HgPath::len)
            } else {
                directory.len()
            };
            return Ok(Self::Stripped(destination, with_slash(kept)));
        }
        Ok(if request.is_directory {
            Self::ByBaseName(destination)
        } else {
            Self::Itself(destination)
        })
    }

    /// For copies that exist already.
    pub(super) fn after(
        request: &Request,
        sources: &[&HgPath],
        canonical: impl FnOnce() -> Result<HgPathBuf>,
    ) -> Result<Self> {
        let destination = request.destination.to_vec();
        if PatternKind::is_given(request.pattern) {
            return Ok(Self::ByBaseName(destination));
        }
        let directory = canonical()?;
        let is_file = sources.first().is_some_and(|first| first.len() <= directory.len());
        if is_file {
            return Ok(if request.is_directory {
                Self::ByBaseName(destination)
            } else {
                Self::Itself(destination)
            });
        }
        // A directory: its last component may be part of the targets' names or not.
        let whole = Self::Stripped(destination.clone(), with_slash(directory.len()));
        let inner = join_path(request.destination, directory.file_name());
        if !bytes_to_path(&join_path(request.cwd, &inner)).is_dir() {
            return Ok(whole);
        }
        let kept = with_slash(directory.parent().map_or(0, HgPath::len));
        let partly = Self::Stripped(destination, kept);
        let score = |targets: &Self| {
            let there = |source: &&&HgPath| {
                let target = join_path(request.cwd, &targets.of(source));
                bytes_to_path(&target).symlink_metadata().is_ok()
            };
            sources.iter().filter(there).count()
        };
        Ok(if score(&partly) > score(&whole) { partly } else { whole })
    }

    /// The target of `source`.
    pub(super) fn of(&self, source: &HgPath) -> Vec<u8> {
        match self {
            Self::Itself(destination) => destination.clone(),
            Self::ByBaseName(destination) => join_path(destination, source.file_name()),
            Self::Stripped(destination, length) => {
                join_path(destination, source.as_bytes().get(*length..).unwrap_or_default())
            }
        }
    }
}

/// The length of a directory's name with the slash after it; nothing for the root.
fn with_slash(length: usize) -> usize {
    if length == 0 { 0 } else { length + 1 }
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;

    use super::*;

    #[test]
    fn names_of_targets() {
        let source = HgPath::new("a/b/c");
        assert_eq!(Targets::ByBaseName(b"d".to_vec()).of(source).as_bstr(), "d/c");
        assert_eq!(Targets::Stripped(b"d".to_vec(), 2).of(source).as_bstr(), "d/b/c");
        assert_eq!(Targets::Itself(b"d".to_vec()).of(source).as_bstr(), "d");
    }
}
