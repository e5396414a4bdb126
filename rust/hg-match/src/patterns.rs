//! Patterns after normalisation: kind, text relative to the root, and where they came from.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use crate::canon::{Audit, Warn, canonical_path, join_path, normalize_path};
use crate::ignore::{PatternFile, read_pattern_file};
use crate::kind::PatternKind;

/// A pattern whose text is relative to the root of the repository.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct Pattern {
    /// The kind; never a list file or an include.
    pub(crate) kind: PatternKind,
    /// The text; a path for the path-like kinds.
    pub(crate) text: Vec<u8>,
    /// The file that it came from, as messages name it; empty for the command line.
    pub(crate) source: Vec<u8>,
}

impl Pattern {
    /// Order of the patterns on a command line: by name of kind, then text.
    pub(crate) fn sort(patterns: &mut [Self]) {
        patterns.sort_by(|a, b| {
            (a.kind.name(), &a.text, &a.source).cmp(&(b.kind.name(), &b.text, &b.source))
        });
    }
}

/// Where patterns are resolved.
#[derive(Clone, Copy)]
pub(crate) struct Place<'a> {
    pub(crate) root: &'a [u8],
    pub(crate) cwd: &'a [u8],
    pub(crate) audit: Audit<'a>,
    pub(crate) warn: Option<Warn<'a>>,
}

/// Includes nested deeper than this are taken for a circle.
const MAX_INCLUDES: usize = 64;

impl Place<'_> {
    /// Normalises patterns as written; those without a kind are of kind `default`.
    pub(crate) fn normalize(
        &self,
        patterns: &[Vec<u8>],
        default: PatternKind,
    ) -> Result<Vec<Pattern>> {
        let mut out = Vec::with_capacity(patterns.len());
        for pattern in patterns {
            let (kind, text) = PatternKind::split(pattern, default);
            self.add(kind, text, default, &mut out, 0)?;
        }
        Ok(out)
    }

    fn add(
        &self,
        kind: PatternKind,
        text: &[u8],
        default: PatternKind,
        out: &mut Vec<Pattern>,
        depth: usize,
    ) -> Result<()> {
        if depth > MAX_INCLUDES {
            return Err(Error::abort(b"pattern files include each other".to_vec()));
        }
        let text = match kind {
            PatternKind::ListFile | PatternKind::ListFile0 => {
                for line in self.read_list(kind, text)? {
                    let (kind, text) = PatternKind::split(&line, default);
                    self.add(kind, text, default, out, depth + 1)?;
                }
                return Ok(());
            }
            PatternKind::Include => return self.include(text, out, depth),
            kind => self.normalize_text(kind, text)?,
        };
        out.push(Pattern { kind, text, source: Vec::new() });
        Ok(())
    }

    fn normalize_text(&self, kind: PatternKind, text: &[u8]) -> Result<Vec<u8>> {
        Ok(match kind {
            PatternKind::Glob | PatternKind::RelPath => {
                canonical_path(self.root, self.cwd, text, self.audit)?.into_vec()
            }
            PatternKind::RelGlob
            | PatternKind::RootGlob
            | PatternKind::Path
            | PatternKind::FilePath
            | PatternKind::RootFilesIn => normalize_path(text),
            _ => text.to_vec(),
        })
    }

    fn read_list(&self, kind: PatternKind, name: &[u8]) -> Result<Vec<Vec<u8>>> {
        let path = join_path(self.cwd, name);
        let content = std::fs::read(Path::new(OsStr::from_bytes(&path))).map_err(|error| {
            let mut message = b"unable to read file list (".to_vec();
            message.extend_from_slice(name);
            message.push(b')');
            Error::abort(message).because(error)
        })?;
        let lines: Vec<Vec<u8>> = if kind == PatternKind::ListFile0 {
            content.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect()
        } else {
            content.lines().map(<[u8]>::to_vec).collect()
        };
        Ok(lines.into_iter().filter(|line| !line.is_empty()).collect())
    }

    /// Reads `name` (relative to the root) and adds the patterns in it.
    pub(crate) fn include(&self, name: &[u8], out: &mut Vec<Pattern>, depth: usize) -> Result<()> {
        if depth > MAX_INCLUDES {
            return Err(Error::abort(b"pattern files include each other".to_vec()));
        }
        let path = join_path(self.root, name);
        let lines = match read_pattern_file(&path, name, self.warn)? {
            PatternFile::Lines(lines) => lines,
            PatternFile::Unreadable(problem) => {
                if let Some(warn) = self.warn {
                    let mut message = b"skipping unreadable pattern file '".to_vec();
                    message.extend_from_slice(name);
                    message.extend_from_slice(b"': ");
                    message.extend_from_slice(&problem);
                    message.push(b'\n');
                    warn(&message);
                }
                return Ok(());
            }
        };
        for line in lines {
            let (kind, text) = PatternKind::split(&line.pattern, PatternKind::Glob);
            if kind == PatternKind::Include {
                self.include(text, out, depth + 1)?;
                continue;
            }
            let mut text = self.normalize_text(kind, text)?;
            if kind == PatternKind::SubInclude {
                // Relative to the file that names it.
                let directory = name.rfind_byte(b'/').map_or(&b""[..], |slash| &name[..slash]);
                text = normalize_path(&join_path(directory, &text));
            }
            out.push(Pattern { kind, text, source: name.to_vec() });
        }
        Ok(())
    }
}
