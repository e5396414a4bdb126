//! Ignore files: their syntax, and the matcher that they make together
//! (`hg help hgignore`).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;

use bstr::ByteSlice as _;
use hg_types::{HgPath, HgPathBuf, Result};

use crate::canon::{Warn, join_path, normalize_path};
use crate::kind::PatternKind;
use crate::matcher::{IncludeMatcher, Matcher};
use crate::patterns::Place;

/// A line of a pattern file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(crate) struct PatternLine {
    /// The pattern with its kind.
    pub(crate) pattern: Vec<u8>,
    /// The line number, from 1.
    pub(crate) number: usize,
    /// The pattern as written, without the kind.
    pub(crate) written: Vec<u8>,
}

/// What became of reading a pattern file.
pub(crate) enum PatternFile {
    Lines(Vec<PatternLine>),
    /// Why it cannot be read.
    Unreadable(Vec<u8>),
}

/// The names after `syntax:`, and what a pattern of that syntax starts with.
const SYNTAXES: [(&[u8], &[u8]); 6] = [
    (b"re", b"relre:"),
    (b"regexp", b"relre:"),
    (b"glob", b"relglob:"),
    (b"rootglob", b"rootglob:"),
    (b"include", b"include"),
    (b"subinclude", b"subinclude"),
];

/// Reads the pattern file at `path`; messages call it `name`.
pub(crate) fn read_pattern_file(
    path: &[u8],
    name: &[u8],
    warn: Option<Warn>,
) -> Result<PatternFile> {
    let content = match std::fs::read(Path::new(OsStr::from_bytes(path))) {
        Ok(content) => content,
        Err(error) => return Ok(PatternFile::Unreadable(os_message(&error))),
    };
    Ok(PatternFile::Lines(parse_pattern_file(&content, &|syntax| {
        if let Some(warn) = warn {
            let mut message = name.to_vec();
            message.extend_from_slice(b": ignoring invalid syntax '");
            message.extend_from_slice(syntax);
            message.extend_from_slice(b"'\n");
            warn(&message);
        }
    })))
}

/// The operating system's words for an error, without the number.
fn os_message(error: &std::io::Error) -> Vec<u8> {
    let text = error.to_string();
    text.find(" (os error").map_or(&text[..], |end| &text[..end]).as_bytes().to_vec()
}

/// Reads the lines of a pattern file; names of unknown syntaxes go to `invalid_syntax`.
pub(crate) fn parse_pattern_file(
    content: &[u8],
    invalid_syntax: &dyn Fn(&[u8]),
) -> Vec<PatternLine> {
    let mut syntax: &[u8] = b"relre:";
    let mut out = Vec::new();
    for (index, line) in content.split(|&byte| byte == b'\n').enumerate() {
        let line = strip_comment(line);
        let line = line.trim_end_with(|c| matches!(c, ' ' | '\t' | '\r' | '\x0b' | '\x0c'));
        if line.is_empty() {
            continue;
        }
        if let Some(name) = line.strip_prefix(b"syntax:") {
            let name = name.trim_ascii();
            match SYNTAXES.iter().find(|(known, _)| *known == name) {
                Some((_, kind)) => syntax = kind,
                None => invalid_syntax(name),
            }
            continue;
        }
        let (kind, written) = SYNTAXES
            .iter()
            .find_map(|(name, kind)| {
                let named = || line.strip_prefix(*name)?.strip_prefix(b":");
                Some((*kind, line.strip_prefix(*kind).or_else(named)?))
            })
            .unwrap_or((syntax, line));
        out.push(PatternLine {
            pattern: [kind, written].concat(),
            number: index + 1,
            written: written.to_vec(),
        });
    }
    out
}

/// Cuts a line at its first unescaped `#` and unescapes the others.
fn strip_comment(line: &[u8]) -> Vec<u8> {
    let mut end = line.len();
    let mut backslashes = 0;
    for (at, &byte) in line.iter().enumerate() {
        if byte == b'#' && backslashes % 2 == 0 {
            end = at;
            break;
        }
        backslashes = if byte == b'\\' { backslashes + 1 } else { 0 };
    }
    line[..end].replace(b"\\#", b"#")
}

/// What is ignored in a working directory, and which rule says so.
pub struct IgnoreMatcher {
    root: Vec<u8>,
    files: Vec<Vec<u8>>,
    matcher: Matcher,
}

/// The rule of an ignore file that matched.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct IgnoreRule {
    /// The file, as named by whoever named it.
    pub file: Vec<u8>,
    /// The line number, from 1.
    pub line: usize,
    /// The pattern as written.
    pub pattern: Vec<u8>,
}

impl IgnoreMatcher {
    /// Reads the ignore files `files` (relative to `root`, which is absolute). Complaints go to
    /// `warn`.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub fn load(root: &[u8], files: Vec<Vec<u8>>, warn: Warn) -> Result<Self> {
        let place = Place { root, cwd: root, audit: &|_| Ok(()), warn: Some(warn) };
        let mut patterns = Vec::new();
        for file in &files {
            place.include(file, &mut patterns, 0)?;
        }
        let matcher = if patterns.is_empty() {
            Matcher::never()
        } else {
            Matcher::from_include(IncludeMatcher::new(root, patterns)?)
        };
        Ok(Self { root: root.to_vec(), files, matcher })
    }

    /// A matcher that ignores nothing.
    #[must_use]
    pub fn nothing() -> Self {
        Self { root: Vec::new(), files: Vec::new(), matcher: Matcher::never() }
    }

    /// The patterns of all files together, without regard to directories above a path.
    #[must_use]
    pub fn matcher(&self) -> &Matcher {
        &self.matcher
    }

    /// Whether a pattern matches `path` itself. A walk that does not enter ignored directories
    /// needs no more.
    #[must_use]
    pub fn matches(&self, path: &HgPath) -> bool {
        !path.is_empty() && self.matcher.matches(path)
    }

    /// Whether `path` or a directory above it is ignored.
    #[must_use]
    pub fn is_ignored(&self, path: &HgPath) -> bool {
        !self.matcher.is_never()
            && (self.matches(path) || path.ancestors().any(|above| self.matches(above)))
    }

    /// The first rule that matches `path` itself.
    ///
    /// # Errors
    /// When a pattern is invalid.
    pub fn rule_for(&self, path: &HgPath) -> Result<Option<IgnoreRule>> {
        // The file's name as written, and the directory it is relative to.
        let mut queue: Vec<(Vec<u8>, Vec<u8>)> =
            self.files.iter().map(|file| (file.clone(), self.root.clone())).collect();
        let mut at = 0;
        while let Some((name, base)) = queue.get(at).cloned() {
            at += 1;
            let full = join_path(&base, &name);
            let PatternFile::Lines(lines) = read_pattern_file(&full, &name, None)? else {
                continue;
            };
            for line in lines {
                let (kind, text) = PatternKind::split(&line.pattern, PatternKind::Glob);
                if kind == PatternKind::SubInclude {
                    let directory = full.rfind_byte(b'/').map_or(&b""[..], |end| &full[..end]);
                    let entry = (text.to_vec(), directory.to_vec());
                    if queue.len() < 1000 && !queue.contains(&entry) {
                        queue.push(entry);
                    }
                    continue;
                }
                let place =
                    Place { root: &self.root, cwd: &self.root, audit: &|_| Ok(()), warn: None };
                let patterns =
                    place.normalize(std::slice::from_ref(&line.pattern), PatternKind::Glob)?;
                if IncludeMatcher::new(&self.root, patterns)?.matches(path) {
                    return Ok(Some(IgnoreRule {
                        file: name,
                        line: line.number,
                        pattern: line.written,
                    }));
                }
            }
        }
        Ok(None)
    }
}

/// A pattern file whose rules hold below its own directory.
pub(crate) struct SubInclude {
    /// The directory, relative to the root.
    pub(crate) directory: HgPathBuf,
    /// The rules, for paths relative to that directory.
    pub(crate) matcher: IncludeMatcher,
}

impl SubInclude {
    /// Reads the file `name`, absolute or relative to `root`. `None` when there is nothing in it.
    pub(crate) fn load(root: &[u8], name: &[u8], depth: usize) -> Result<Option<Self>> {
        let full = join_path(root, name);
        let base = full.rfind_byte(b'/').map_or(&b"/"[..], |slash| &full[..slash.max(1)]);
        let directory = crate::canon::canonical_path(root, root, base, &|_| Ok(()))?;
        let place = Place { root: base, cwd: base, audit: &|_| Ok(()), warn: None };
        let mut patterns = Vec::new();
        place.include(&full, &mut patterns, depth)?;
        if patterns.is_empty() {
            return Ok(None);
        }
        let root = normalize_path(base);
        Ok(Some(Self { directory, matcher: IncludeMatcher::nested(&root, patterns, depth)? }))
    }

    pub(crate) fn matches(&self, path: &HgPath) -> bool {
        if self.directory.is_empty() {
            return self.matcher.matches(path);
        }
        path.as_bytes()
            .strip_prefix(self.directory.as_bytes())
            .and_then(|rest| rest.strip_prefix(b"/"))
            .is_some_and(|rest| self.matcher.matches(HgPath::new(rest)))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_and_comments() {
        let text = br"# full
 # indented
a.c  # tail
b\#c
baz\\# x
syntax: glob
*.o
re:x$
rootglob:q
syntax: nope
include:inc
";
        let invalid = std::cell::RefCell::new(Vec::new());
        let lines = parse_pattern_file(text, &|name| invalid.borrow_mut().push(name.to_vec()));
        let got: Vec<_> = lines.iter().map(|line| line.pattern.as_bstr()).collect();
        let expected = [
            "relre:a.c",
            "relre:b#c",
            r"relre:baz\\",
            "relglob:*.o",
            "relre:x$",
            "rootglob:q",
            "include:inc",
        ];
        assert_eq!(got, expected);
        assert_eq!(lines[6].written.as_bstr(), ":inc");
        assert_eq!((lines[0].number, lines[3].number), (3, 7));
        assert_eq!(*invalid.borrow(), [b"nope".to_vec()]);
    }
}
