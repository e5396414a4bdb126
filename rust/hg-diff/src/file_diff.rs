//! The diff of one file: header lines in the classic and in the git form, hunks or binary patch.

use hg_types::{FileFlags, HgDate};

use crate::binary;
use crate::options::DiffOptions;
use crate::similarity;
use crate::unified::{self, Hunk};

/// What stands for a file that does not exist.
pub const DEV_NULL: &[u8] = b"/dev/null";
const DATE_FORMAT: &[u8] = b"%a %b %d %H:%M:%S %Y %1%2";

/// One side of a changed file.
#[derive(Clone, Copy, Debug)]
pub struct Side<'a> {
    /// The path as it is shown.
    pub path: &'a [u8],
    /// The content; `None` when the file does not exist on this side.
    pub content: Option<&'a [u8]>,
    /// Kind of file.
    pub flags: FileFlags,
    /// Date of the revision (or of the file, in the working directory).
    pub date: HgDate,
}

/// How the new file came out of the old one, when their paths differ.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum CopyKind {
    /// The old one still exists.
    Copy,
    /// The old one is gone.
    Rename,
}

/// A changed file.
#[derive(Clone, Copy, Debug)]
pub struct FileChange<'a> {
    /// Before.
    pub old: Side<'a>,
    /// After.
    pub new: Side<'a>,
    /// Set when the new file is a copy.
    pub copy: Option<CopyKind>,
    /// Hexadecimal ids for `diff -r`; the working directory has none.
    pub revisions: &'a [Vec<u8>],
}

/// What follows the header lines.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Body {
    /// Hunks, maybe none.
    Text(Vec<Hunk>),
    /// A binary patch, or the note that a binary file has changed.
    Binary(Vec<u8>),
}

/// The diff of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileDiff {
    /// The old path as shown.
    pub old_path: Vec<u8>,
    /// The new path as shown.
    pub new_path: Vec<u8>,
    /// Whether the old file is gone under its name.
    pub copy: Option<CopyKind>,
    /// Lines before the hunks, each with its newline.
    pub header: Vec<Vec<u8>>,
    /// Hunks or binary patch.
    pub body: Body,
}

impl FileDiff {
    /// Appends the diff as text.
    pub fn write(&self, out: &mut Vec<u8>) {
        self.header.iter().for_each(|line| out.extend_from_slice(line));
        match &self.body {
            Body::Text(hunks) => hunks.iter().for_each(|hunk| hunk.write(out)),
            Body::Binary(text) => out.extend_from_slice(text),
        }
    }

    /// The diff as text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        self.write(&mut out);
        out
    }

    /// The hunks; none for a binary file.
    #[must_use]
    pub fn hunks(&self) -> &[Hunk] {
        match &self.body {
            Body::Text(hunks) => hunks,
            Body::Binary(_) => &[],
        }
    }
}

/// The diff of a changed file; `None` when there is nothing to show.
#[must_use]
pub fn file_diff(change: &FileChange<'_>, options: &DiffOptions) -> Option<FileDiff> {
    let (old, new) = (change.old, change.new);
    let contents = || [old.content, new.content].into_iter().flatten();
    let binary = !options.text && contents().any(binary::is_binary);
    let mut header: Vec<Vec<u8>> = first_line(change, options).into_iter().collect();
    if options.git {
        git_header(change, options, &mut header);
    }
    let (old_text, new_text) = (old.content.unwrap_or_default(), new.content.unwrap_or_default());
    let body = if binary {
        let same = old.content.is_some() == new.content.is_some() && old_text == new_text;
        binary_body(change, options, same, &mut header)
    } else {
        if options.git && options.index_digits > 0 {
            header.push(index_line(change, options.index_digits, true));
        }
        let hunks = unified::hunks(old_text, new_text, options);
        if !hunks.is_empty() {
            header.push(side_line(b"--- ", &old, old_prefix(options), options));
            header.push(side_line(b"+++ ", &new, new_prefix(options), options));
        }
        Body::Text(hunks)
    };
    let empty = match &body {
        Body::Text(hunks) => hunks.is_empty(),
        Body::Binary(text) => text.is_empty(),
    };
    let (old_path, new_path) = (old.path.to_vec(), new.path.to_vec());
    (!empty || header.len() > 1).then_some(FileDiff {
        old_path,
        new_path,
        copy: change.copy,
        header,
        body,
    })
}

/// Whether the classic format cannot express a change, so that applying it would lose data.
#[must_use]
pub fn needs_git(change: &FileChange<'_>) -> bool {
    let (old, new) = (change.old, change.new);
    match (old.content, new.content) {
        _ if change.copy.is_some() => true,
        (None, None) => false,
        (None, Some(content)) => {
            content.is_empty() || binary::is_binary(content) || new.flags != FileFlags::Regular
        }
        (Some(content), None) => content.is_empty() || binary::is_binary(content),
        (Some(before), Some(after)) => {
            binary::is_binary(before) || binary::is_binary(after) || old.flags != new.flags
        }
    }
}

fn old_prefix(options: &DiffOptions) -> &'static [u8] {
    if options.noprefix { b"" } else { b"a/" }
}

fn new_prefix(options: &DiffOptions) -> &'static [u8] {
    if options.noprefix { b"" } else { b"b/" }
}

/// The line that names the changesets; none when neither side is one.
fn first_line(change: &FileChange<'_>, options: &DiffOptions) -> Option<Vec<u8>> {
    if !options.git && change.revisions.is_empty() {
        return None;
    }
    let mut out = b"diff".to_vec();
    if options.git {
        out.extend_from_slice(b" --git ");
        out.extend_from_slice(old_prefix(options));
        out.extend_from_slice(change.old.path);
        out.push(b' ');
        out.extend_from_slice(new_prefix(options));
        out.extend_from_slice(change.new.path);
    } else {
        for revision in change.revisions {
            out.extend_from_slice(b" -r ");
            out.extend_from_slice(revision);
        }
        out.push(b' ');
        // The classic form knows no copies: both paths are equal.
        out.extend_from_slice(change.old.path);
    }
    out.push(b'\n');
    Some(out)
}

/// Mode, copy and similarity lines.
fn git_header(change: &FileChange<'_>, options: &DiffOptions, header: &mut Vec<Vec<u8>>) {
    let (old, new) = (change.old, change.new);
    let mut push = |parts: &[&[u8]]| header.push([&parts.concat()[..], b"\n"].concat());
    let (old_mode, new_mode) = (git_mode(old.flags), git_mode(new.flags));
    match (old.content, new.content) {
        (None, _) => return push(&[b"new file mode ", new_mode]),
        (_, None) => return push(&[b"deleted file mode ", old_mode]),
        (Some(_), Some(_)) if old.flags != new.flags => {
            push(&[b"old mode ", old_mode]);
            push(&[b"new mode ", new_mode]);
        }
        _ => {}
    }
    let Some(kind) = change.copy else { return };
    if options.similarity {
        let (before, after) = (old.content.unwrap_or_default(), new.content.unwrap_or_default());
        let score = similarity::score(before, after) * 100.0;
        push(&[format!("similarity index {}%", score as u32).as_bytes()]);
    }
    let verb: &[u8] = match kind {
        CopyKind::Copy => b"copy",
        CopyKind::Rename => b"rename",
    };
    push(&[verb, b" from ", old.path]);
    push(&[verb, b" to ", new.path]);
}

fn binary_body(
    change: &FileChange<'_>,
    options: &DiffOptions,
    same: bool,
    header: &mut Vec<Vec<u8>>,
) -> Body {
    let patch = options.git && !options.nobinary;
    if patch && (!same || options.index_digits > 0) {
        header.push(index_line(change, if same { options.index_digits } else { 40 }, false));
    }
    if same {
        return Body::Binary(Vec::new());
    }
    if patch {
        return Body::Binary(binary::literal_patch(change.new.content.unwrap_or_default()));
    }
    let path = if change.old.content.is_some() { change.old.path } else { change.new.path };
    Body::Binary([b"Binary file ", path, b" has changed\n"].concat())
}

fn index_line(change: &FileChange<'_>, digits: usize, mode: bool) -> Vec<u8> {
    let id = |side: &Side<'_>| {
        let mut id = side.content.map_or_else(|| vec![b'0'; 40], binary::blob_id);
        id.truncate(digits);
        id
    };
    let mut out = [&b"index "[..], &id(&change.old), b"..", &id(&change.new)].concat();
    if mode {
        let shown = if change.old.content.is_some() { change.old.flags } else { change.new.flags };
        out.push(b' ');
        out.extend_from_slice(git_mode(shown));
    }
    out.push(b'\n');
    out
}

/// A `---` or `+++` line.
fn side_line(sign: &[u8], side: &Side<'_>, prefix: &[u8], options: &DiffOptions) -> Vec<u8> {
    let mut out = sign.to_vec();
    if side.content.is_some() {
        out.extend_from_slice(prefix);
        out.extend_from_slice(side.path);
    } else {
        out.extend_from_slice(DEV_NULL);
    }
    if !options.git && !options.nodates {
        out.push(b'\t');
        side.date.format_into(DATE_FORMAT, &mut out);
    } else if side.content.is_some() && side.path.contains(&b' ') {
        // Tells other programs where the name ends.
        out.push(b'\t');
    }
    out.push(b'\n');
    out
}

/// The mode git gives a file.
#[must_use]
pub fn git_mode(flags: FileFlags) -> &'static [u8] {
    match flags {
        FileFlags::Symlink => b"120000",
        FileFlags::Executable => b"100755",
        FileFlags::Regular | FileFlags::Tree => b"100644",
    }
}
