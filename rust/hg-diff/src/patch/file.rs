//! One file that is being patched.

use std::collections::HashMap;

use hg_types::{FileFlags, HgPath, HgPathBuf, Reporter};

use super::apply::{ApplyOptions, Backend, EolMode};
use super::hunk::{Hunk, TextHunk, normalize};
use super::parse::{GitChange, GitPatch};
use super::{Result, parse_error};
use crate::lines;

/// What came of a hunk.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Fit {
    /// It fits, with so many lines of context left out.
    Fits(usize),
    /// It was put aside.
    Rejected,
}

/// A file with some hunks applied.
pub(super) struct PatchedFile<'a> {
    path: HgPathBuf,
    copy_source: Option<HgPathBuf>,
    lines: Vec<Vec<u8>>,
    eol: Option<&'static [u8]>,
    mode: FileFlags,
    exists: bool,
    create: bool,
    remove: bool,
    missing: bool,
    dirty: bool,
    /// How many lines more the file has than before.
    offset: i64,
    /// How far the last hunk was from its place.
    skew: i64,
    rejected: Vec<Hunk>,
    hunks: usize,
    named: bool,
    reporter: &'a dyn Reporter,
    options: &'a ApplyOptions,
}

impl<'a> PatchedFile<'a> {
    /// Opens a file; `source` is the content of what it is copied from.
    pub(super) fn open(
        git: &GitPatch,
        backend: &mut dyn Backend,
        source: Option<(Vec<u8>, FileFlags)>,
        options: &'a ApplyOptions,
        reporter: &'a dyn Reporter,
    ) -> Result<Self> {
        let path = HgPathBuf::from(&git.path[..]);
        let copy_source = git.old_path.as_ref().map(|path| HgPathBuf::from(&path[..]));
        let found = if copy_source.is_some() { source } else { backend.read(&path)? };
        let mut file = Self {
            exists: false,
            create: matches!(git.change, GitChange::Add | GitChange::Copy | GitChange::Rename),
            remove: git.change == GitChange::Delete,
            lines: Vec::new(),
            eol: None,
            mode: git.mode.unwrap_or_default(),
            missing: true,
            dirty: false,
            offset: 0,
            skew: 0,
            rejected: Vec::new(),
            hunks: 0,
            named: false,
            reporter,
            options,
            path,
            copy_source,
        };
        match found {
            Some((content, flags)) => {
                file.missing = false;
                file.exists = file.copy_source.is_none() || backend.exists(&file.path)?;
                file.mode = git.mode.unwrap_or(flags);
                file.take_content(&content);
            }
            None => file.missing = !file.create,
        }
        if file.missing {
            let unknown = [b"unable to find '", file.path.as_bytes(), b"' for patching\n"];
            reporter.warn(&unknown.concat());
            reporter.warn(b"(use '--prefix' to apply patch relative to the current directory)\n");
        }
        file.name(false);
        Ok(file)
    }

    fn take_content(&mut self, content: &[u8]) {
        self.lines = lines::split(content).map(<[u8]>::to_vec).collect();
        self.eol = match self.lines.first() {
            Some(line) if line.ends_with(b"\r\n") => Some(b"\r\n"),
            Some(line) if line.ends_with(b"\n") => Some(b"\n"),
            _ => None,
        };
        if self.options.eol != EolMode::Strict {
            self.lines.iter_mut().for_each(normalize);
        }
    }

    /// Tells which file is patched, once.
    fn name(&mut self, loud: bool) {
        if self.named {
            return;
        }
        let text = [b"patching file ", self.path.as_bytes(), b"\n"].concat();
        if loud {
            self.named = true;
            self.reporter.warn(&text);
        } else if self.reporter.is_verbose() {
            self.named = true;
            self.reporter.note(&text);
        }
    }

    /// Applies a hunk.
    pub(super) fn apply(&mut self, hunk: &Hunk, backend: &mut dyn Backend) -> Result<Fit> {
        if let Hunk::Text(hunk) = hunk
            && !hunk.is_complete()
        {
            let header = hg_types_bytes(super::chomp(&hunk.header));
            return parse_error(format!(
                "bad hunk #{} {header} ({} {} {} {})",
                hunk.number,
                hunk.old.len(),
                hunk.old_len,
                hunk.new.len(),
                hunk.new_len
            ));
        }
        self.hunks += 1;
        if self.missing {
            return Ok(self.reject(hunk));
        }
        if self.exists && self.create {
            let path = self.path.as_bytes();
            let text = if self.copy_source.is_some() {
                [b"cannot create ", path, b": destination already exists\n"].concat()
            } else {
                [b"file ", path, b" already exists\n"].concat()
            };
            self.reporter.warn(&text);
            return Ok(self.reject(hunk));
        }
        match hunk {
            Hunk::Binary(binary) => {
                if self.remove {
                    backend.remove(&self.path)?;
                } else {
                    self.lines = vec![binary.apply(&self.lines.concat())?];
                    self.offset += 1;
                    self.dirty = true;
                }
                Ok(Fit::Fits(0))
            }
            Hunk::Text(original) => self.apply_text(original, backend),
        }
    }

    fn reject(&mut self, hunk: &Hunk) -> Fit {
        self.rejected.push(hunk.clone());
        Fit::Rejected
    }

    fn apply_text(&mut self, original: &TextHunk, backend: &mut dyn Backend) -> Result<Fit> {
        let normalizes = match self.options.eol {
            EolMode::Strict => false,
            EolMode::Lf | EolMode::Crlf => true,
            EolMode::Auto => self.eol.is_some(),
        };
        let normalized;
        let hunk = if normalizes {
            normalized = original.normalized();
            &normalized
        } else {
            original
        };
        let (old, start, new) = hunk.fuzzy(0, false);
        let expected = signed(start) + self.offset;
        // With a skew the note about the offset is wanted even where the hunk fits at once.
        if self.skew == 0 && self.stands_at(old, expected) {
            if self.remove {
                backend.remove(&self.path)?;
            } else {
                self.replace(expected, old.len(), new);
            }
            return Ok(Fit::Fits(0));
        }
        if let Some((at, fuzz, top_only)) = self.search(hunk) {
            let (old, _, new) = hunk.fuzzy(fuzz, top_only);
            self.replace(at, old.len(), new);
            self.skew = at - expected;
            self.tell_fit(hunk.number, at, fuzz, at - expected - signed(fuzz));
            return Ok(Fit::Fits(fuzz));
        }
        self.name(true);
        self.reporter.warn(format!("Hunk #{} FAILED at {expected}\n", hunk.number).as_bytes());
        Ok(self.reject(&Hunk::Text(original.clone())))
    }

    /// Where a hunk fits: the place, how many lines of context are left out, and whether only at
    /// its top.
    fn search(&self, hunk: &TextHunk) -> Option<(i64, usize, bool)> {
        let places = self.places();
        for fuzz in 0..=self.options.fuzz {
            for top_only in [true, false] {
                let (old, start, _) = hunk.fuzzy(fuzz, top_only);
                let start = (signed(start) + self.offset + self.skew).min(signed(self.lines.len()));
                let candidates = match old.first() {
                    None => return Some((start, fuzz, top_only)),
                    Some(line) => nearest(&places, line.get(1..).unwrap_or_default(), start),
                };
                if let Some(at) = candidates.into_iter().find(|&at| self.stands_at(old, at)) {
                    return Some((at, fuzz, top_only));
                }
            }
        }
        None
    }

    fn tell_fit(&mut self, number: usize, at: i64, fuzz: usize, offset: i64) {
        let at = at + 1;
        if fuzz > 0 {
            self.name(true);
            let text = format!(
                "Hunk #{number} succeeded at {at} with fuzz {fuzz} (offset {offset} lines).\n"
            );
            self.reporter.warn(text.as_bytes());
        } else {
            let text = format!("Hunk #{number} succeeded at {at} (offset {offset} lines).\n");
            self.reporter.note(text.as_bytes());
        }
    }

    /// Where each line stands.
    fn places(&self) -> HashMap<&[u8], Vec<i64>> {
        let mut out: HashMap<&[u8], Vec<i64>> = HashMap::new();
        for (at, line) in self.lines.iter().enumerate() {
            out.entry(line).or_default().push(signed(at));
        }
        out
    }

    /// Whether the old lines of a hunk stand at a place.
    fn stands_at(&self, old: &[Vec<u8>], at: i64) -> bool {
        let there = usize::try_from(at).ok().and_then(|at| self.lines.get(at..));
        there.is_some_and(|there| {
            there.len() >= old.len()
                && old.iter().zip(there).all(|(old, line)| old.get(1..) == Some(line))
        })
    }

    fn replace(&mut self, at: i64, len: usize, new: &[Vec<u8>]) {
        // Places outside of the text are cut to it.
        let total = self.lines.len();
        let from = usize::try_from(at).unwrap_or(0).min(total);
        let to = (from + len).min(total);
        self.lines.splice(from..to, new.iter().cloned());
        self.offset += signed(new.len()) - signed(len);
        self.dirty = true;
    }

    /// Writes what there is to write; gives the number of rejected hunks.
    pub(super) fn close(self, backend: &mut dyn Backend) -> Result<usize> {
        if self.dirty {
            let content = self.content();
            backend.write(&self.path, Some(&content), self.mode, self.copy_source.as_deref())?;
        }
        if !self.rejected.is_empty() {
            let text = self.reject_text();
            backend.write_rejects(&self.path, self.rejected.len(), self.hunks, &text)?;
        }
        Ok(self.rejected.len())
    }

    fn content(&self) -> Vec<u8> {
        let eol = match self.options.eol {
            EolMode::Auto => self.eol,
            EolMode::Crlf => Some(&b"\r\n"[..]),
            EolMode::Strict | EolMode::Lf => None,
        };
        let Some(eol) = eol.filter(|eol| *eol != b"\n") else { return self.lines.concat() };
        let mut out = Vec::new();
        for line in &self.lines {
            match line.strip_suffix(b"\n") {
                Some(text) => out.extend([text, eol].concat()),
                None => out.extend_from_slice(line),
            }
        }
        out
    }

    fn reject_text(&self) -> Vec<u8> {
        let name = HgPath::new(&self.path).file_name().to_vec();
        let mut out = [b"--- ", &name[..], b"\n+++ ", &name, b"\n"].concat();
        for hunk in &self.rejected {
            let (header, lines) = match hunk {
                Hunk::Text(hunk) => (&hunk.header[..], &hunk.lines),
                Hunk::Binary(hunk) => (&b""[..], &hunk.lines),
            };
            out.extend_from_slice(header);
            for line in lines {
                out.extend_from_slice(line);
                if line.last() != Some(&b'\n') {
                    out.extend_from_slice(b"\n\\ No newline at end of file\n");
                }
            }
        }
        out
    }
}

/// The places of a line, those near `start` first.
fn nearest(places: &HashMap<&[u8], Vec<i64>>, line: &[u8], start: i64) -> Vec<i64> {
    let mut out = places.get(line).cloned().unwrap_or_default();
    out.sort_by_key(|at| (at - start).abs());
    out
}

fn signed(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}

fn hg_types_bytes(text: &[u8]) -> bstr::BString {
    text.into()
}
