//! Finding files and hunks in the text of a patch.

use hg_types::FileFlags;

use super::hunk::{BinaryHunk, Hunk, TextHunk};
use super::{Lines, Result, chomp, parse_error};
use crate::file_diff::DEV_NULL;

/// What a git patch does to a file beside changing its lines.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum GitChange {
    /// Nothing.
    #[default]
    Modify,
    /// Makes it.
    Add,
    /// Removes it.
    Delete,
    /// Copies it from [`GitPatch::old_path`].
    Copy,
    /// Renames it from [`GitPatch::old_path`].
    Rename,
}

/// The header of a file in the git format.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct GitPatch {
    /// The new path.
    pub path: Vec<u8>,
    /// Where it is copied or renamed from.
    pub old_path: Option<Vec<u8>>,
    /// What happens to it.
    pub change: GitChange,
    /// The new kind of file.
    pub mode: Option<FileFlags>,
    /// Whether a binary hunk follows.
    pub binary: bool,
}

impl GitPatch {
    /// A patch that only changes lines.
    #[must_use]
    pub fn new(path: Vec<u8>) -> Self {
        Self { path, ..Self::default() }
    }

    fn set_mode(&mut self, line: &[u8]) {
        let digits = chomp(line).rsplit(|&byte| byte == b' ').next().unwrap_or_default();
        let digits = &digits[digits.len().saturating_sub(6)..];
        let text = std::str::from_utf8(digits).unwrap_or_default();
        if let Ok(mode) = u32::from_str_radix(text, 8) {
            self.mode = Some(if mode & 0o20000 != 0 {
                FileFlags::Symlink
            } else if mode & 0o100 != 0 {
                FileFlags::Executable
            } else {
                FileFlags::Regular
            });
        }
    }

    /// Whether hunks below these two names belong to this header.
    fn is_for(&self, old: &[u8], new: &[u8]) -> bool {
        let old_path = self.old_path.as_ref().unwrap_or(&self.path);
        let old_fits = match old {
            DEV_NULL => self.change == GitChange::Add,
            old => old.strip_prefix(b"a/") == Some(old_path),
        };
        let new_fits = match new {
            DEV_NULL => self.change == GitChange::Delete,
            new => new.strip_prefix(b"b/") == Some(&self.path[..]),
        };
        old_fits && new_fits
    }
}

/// What a patch says next.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Event {
    /// All copies and renames of the rest of the patch.
    Copies(Vec<GitPatch>),
    /// A file, with its first hunk if it has hunks.
    File {
        /// Old name, with its prefix.
        old: Vec<u8>,
        /// New name, with its prefix.
        new: Vec<u8>,
        /// The first hunk; it follows as [`Event::Hunk`] too.
        first: Option<Hunk>,
        /// The header in the git format.
        git: Option<GitPatch>,
    },
    /// A hunk of the file that was named last.
    Hunk(Hunk),
}

/// Reads a patch event by event.
pub struct Parser<'p> {
    lines: Lines<'p>,
    /// Headers in the git format still to come, the next one last; `None` before the first.
    git: Option<Vec<GitPatch>>,
    /// Names that the next hunk belongs to.
    names: Option<(Vec<u8>, Vec<u8>)>,
    /// Whether the file that the names stand for was told of.
    told: bool,
    hunks: usize,
    /// Whether hunks are context diffs, once known.
    context: Option<bool>,
    queue: std::collections::VecDeque<Event>,
}

impl<'p> Parser<'p> {
    /// A parser at the start of a patch; anything may stand before its first file.
    #[must_use]
    pub fn new(text: &'p [u8]) -> Self {
        Self {
            lines: Lines::new(text),
            git: None,
            names: None,
            told: false,
            hunks: 0,
            context: None,
            queue: std::collections::VecDeque::new(),
        }
    }

    /// The next event; `None` at the end.
    ///
    /// # Errors
    /// When the patch is malformed.
    #[expect(clippy::should_implement_trait, reason = "every step can fail")]
    pub fn next(&mut self) -> Result<Option<Event>> {
        loop {
            if let Some(event) = self.queue.pop_front() {
                return Ok(Some(event));
            }
            let Some(line) = self.lines.peek() else {
                // Headers without hunks at the end.
                let rest = self.git.take().unwrap_or_default();
                if rest.is_empty() {
                    return Ok(None);
                }
                self.git = Some(Vec::new());
                rest.into_iter().rev().for_each(|patch| self.tell_header(patch));
                continue;
            };
            if self.names.is_some() && self.starts_hunk(line) {
                self.hunk(line)?;
                continue;
            }
            self.lines.next();
            if line.starts_with(b"diff --git a/") {
                self.git_file(line)?;
            } else if line.starts_with(b"---") {
                self.unified_file(line);
            } else if line.starts_with(b"***") {
                self.context_file(line);
            }
        }
    }

    fn starts_hunk(&self, line: &[u8]) -> bool {
        (self.context != Some(true) && line.starts_with(b"@"))
            || (self.context != Some(false) && line.starts_with(b"***************"))
            || line.starts_with(b"GIT binary patch")
    }

    fn hunk(&mut self, line: &[u8]) -> Result<()> {
        let (old, new) = self.names.clone().unwrap_or_default();
        let next = self.git.as_mut().and_then(|git| git.pop_if(|patch| patch.is_for(&old, &new)));
        self.hunks += 1;
        let hunk = if line.starts_with(b"GIT binary patch") {
            let name = next.as_ref().map_or(&new, |patch| &patch.path);
            Hunk::Binary(BinaryHunk::read(&mut self.lines, name)?)
        } else if line.starts_with(b"***************") {
            self.context = Some(true);
            Hunk::Text(TextHunk::read_context(&mut self.lines, self.hunks)?)
        } else {
            Hunk::Text(TextHunk::read_unified(&mut self.lines, self.hunks)?)
        };
        if !self.told {
            self.told = true;
            let first = Some(hunk.clone());
            self.queue.push_back(Event::File { old, new, first, git: next });
        }
        self.queue.push_back(Event::Hunk(hunk));
        Ok(())
    }

    fn git_file(&mut self, line: &[u8]) -> Result<()> {
        let Some((old, new)) = git_names(line) else { return Ok(()) };
        if self.git.is_none() {
            let mut headers = self.scan_headers(line);
            let copies = headers.iter().filter(|patch| patch.old_path.is_some()).cloned();
            self.queue.push_back(Event::Copies(copies.collect()));
            headers.reverse();
            self.git = Some(headers);
            // The copies are told of before anything else about this file.
            self.lines.back();
            return Ok(());
        }
        let (old, new) = ([b"a/", old].concat(), [b"b/", new].concat());
        // Headers without hunks before this one.
        loop {
            let headers = self.git.get_or_insert_default();
            match headers.last() {
                None => {
                    let name = [b"failed to synchronize metadata for \"", &old[2..], b"\""];
                    return parse_error(name.concat());
                }
                Some(patch) if patch.is_for(&old, &new) => break,
                Some(_) => {
                    let patch = headers.pop();
                    patch.into_iter().for_each(|patch| self.tell_header(patch));
                }
            }
        }
        self.enter(old, new, self.context);
        Ok(())
    }

    fn tell_header(&mut self, patch: GitPatch) {
        let (old, new) = ([b"a/", &patch.path[..]].concat(), [b"b/", &patch.path[..]].concat());
        self.queue.push_back(Event::File { old, new, first: None, git: Some(patch) });
    }

    fn unified_file(&mut self, line: &[u8]) {
        let Some(second) = self.lines.next() else { return };
        if !second.starts_with(b"+++") {
            self.lines.back();
            return;
        }
        self.enter(file_name(line), file_name(second), Some(false));
    }

    fn context_file(&mut self, line: &[u8]) {
        let Some(second) = self.lines.next() else { return };
        let stars = self.lines.peek().is_some_and(|line| line.starts_with(b"***************"));
        if !second.starts_with(b"---") || !stars {
            self.lines.back();
            return;
        }
        self.enter(file_name(line), file_name(second), Some(true));
    }

    fn enter(&mut self, old: Vec<u8>, new: Vec<u8>, context: Option<bool>) {
        self.names = Some((old, new));
        self.context = context;
        self.told = false;
        self.hunks = 0;
    }

    /// Reads all headers from the line `first`, which was just read, to the end.
    fn scan_headers(&mut self, first: &[u8]) -> Vec<GitPatch> {
        let back = self.lines.position();
        let mut out: Vec<GitPatch> = Vec::new();
        let mut current: Option<GitPatch> = None;
        let mut line = Some(first);
        while let Some(text) = line {
            let text = text.trim_ascii_end();
            if text.starts_with(b"diff --git a/") {
                if let Some((_, new)) = git_names(text) {
                    out.extend(current.take());
                    current = Some(GitPatch::new(new.to_vec()));
                }
            } else if let Some(patch) = &mut current {
                if text.starts_with(b"--- ") {
                    out.extend(current.take());
                } else {
                    header_line(patch, text);
                }
            }
            line = self.lines.next();
        }
        out.extend(current);
        self.lines.seek(back);
        out
    }
}

/// Takes in a line of a header.
fn header_line(patch: &mut GitPatch, line: &[u8]) {
    let after = |start: &[u8]| line.strip_prefix(start).map(<[u8]>::to_vec);
    if let Some(path) = after(b"rename from ") {
        patch.change = GitChange::Rename;
        patch.old_path = Some(path);
    } else if let Some(path) = after(b"rename to ").or_else(|| after(b"copy to ")) {
        patch.path = path;
    } else if let Some(path) = after(b"copy from ") {
        patch.change = GitChange::Copy;
        patch.old_path = Some(path);
    } else if line.starts_with(b"deleted file") {
        patch.change = GitChange::Delete;
    } else if line.starts_with(b"new file mode ") {
        patch.change = GitChange::Add;
        patch.set_mode(line);
    } else if line.starts_with(b"new mode ") {
        patch.set_mode(line);
    } else if line.starts_with(b"GIT binary patch") {
        patch.binary = true;
    }
}

/// The two names of a `diff --git` line: the border is the last ` b/`.
fn git_names(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let rest = chomp(line).strip_prefix(b"diff --git a/")?;
    let border = rest.windows(3).rposition(|window| window == b" b/")?;
    Some((&rest[..border], &rest[border + 3..]))
}

/// The name in a `---`, `+++` or `***` line: up to a tab, or else to a space.
fn file_name(line: &[u8]) -> Vec<u8> {
    let name = chomp(line.get(4..).unwrap_or_default());
    let find = |byte: u8| name.iter().position(|&other| other == byte);
    let end = find(b'\t').or_else(|| find(b' ')).unwrap_or(name.len());
    name[..end].to_vec()
}
