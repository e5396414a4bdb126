//! Choosing parts of a diff, hunk by hunk: what `commit --interactive` and its relatives are made of.
//!
//! [`select`] walks over the files and hunks of a git diff and has a [`Chooser`] decide; what comes
//! out is again a patch ([`Selection::patch`]), or the reverse of one ([`Selection::reversed`]).

use hg_types::Result;

use crate::file_diff::{Body, FileDiff};
use crate::unified::{Hunk, NO_NEWLINE};

/// What is asked about.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Question<'a> {
    /// Whether to look at a file's changes at all.
    File(&'a FileDiff),
    /// Whether to take a hunk: its file, its number from 1, and how many there are in all files.
    Hunk(&'a FileDiff, usize, usize),
}

/// What can be said to it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Answer {
    /// Take it.
    Yes,
    /// Leave it.
    No,
    /// Change it, then take it.
    Edit,
    /// Leave it and what else the file has.
    SkipFile,
    /// Take it and what else the file has.
    TakeFile,
    /// Leave it and everything that follows.
    Done,
    /// Take it and everything that follows.
    All,
}

/// Whoever decides.
pub trait Chooser {
    /// Whether the user named the file, so that only its hunks are asked about.
    fn is_named(&self, file: &FileDiff) -> bool;
    /// Shows what a file is about to become.
    fn show_file(&mut self, file: &FileDiff);
    /// Shows a hunk.
    fn show_hunk(&mut self, hunk: &Hunk);
    /// Decides.
    ///
    /// # Errors
    /// When the user gives up.
    fn choose(&mut self, question: Question<'_>) -> Result<Answer>;
    /// Lets the user change a hunk: what becomes of it, maybe nothing; `None` to ask again.
    ///
    /// # Errors
    /// When the user gives up, or what was written is no patch.
    fn edit(&mut self, file: &FileDiff, hunk: Option<&Hunk>) -> Result<Option<Vec<Hunk>>>;
}

/// What was chosen of a file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct ChosenFile {
    /// The whole change.
    pub file: FileDiff,
    /// The hunks that were chosen.
    pub taken: Vec<Hunk>,
}

/// What was chosen of a diff: only files of which something was.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Selection {
    /// The files, in the order of the diff.
    pub files: Vec<ChosenFile>,
}

impl Selection {
    /// Whether nothing was chosen.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.files.is_empty()
    }

    /// The chosen changes as a patch.
    #[must_use]
    pub fn patch(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for chosen in &self.files {
            write_file(&chosen.file, &chosen.taken, &mut out);
        }
        out
    }

    /// The files of which hunks were chosen.
    #[must_use]
    pub fn with_hunks(mut self) -> Self {
        self.files.retain(|chosen| !chosen.taken.is_empty());
        self
    }

    /// The patch that takes the chosen hunks back.
    #[must_use]
    pub fn reversed(&self) -> Vec<u8> {
        let mut out = Vec::new();
        for chosen in &self.files {
            let hunks: Vec<Hunk> = chosen.taken.iter().map(reverse).collect();
            write_file(&chosen.file, &hunks, &mut out);
        }
        out
    }
}

/// Has `chooser` decide about the changes of all `files`.
///
/// # Errors
/// When the user gives up.
pub fn select(mut files: Vec<FileDiff>, chooser: &mut dyn Chooser) -> Result<Selection> {
    for file in &mut files {
        if let Body::Text(hunks) = &mut file.body {
            *hunks = hunks.iter().flat_map(split).collect();
        }
    }
    let total = files.iter().map(|file| file.hunks().len()).sum();
    let mut walk = Walk { chooser, total, seen: 0, rest: None };
    let mut out = Selection::default();
    for file in files {
        let count = file.hunks().len();
        let before = walk.seen;
        if let Some(chosen) = walk.file(file)? {
            out.files.push(chosen);
        }
        walk.seen = before + count;
    }
    Ok(out)
}

struct Walk<'a> {
    chooser: &'a mut dyn Chooser,
    total: usize,
    /// Hunks already passed.
    seen: usize,
    /// What was decided about everything that follows.
    rest: Option<bool>,
}

impl Walk<'_> {
    fn file(&mut self, file: FileDiff) -> Result<Option<ChosenFile>> {
        let mut decided = self.rest;
        if decided.is_none() {
            self.chooser.show_file(&file);
            if !self.chooser.is_named(&file) {
                let (take, about_all) = self.decide_file(&file)?;
                if !take {
                    return Ok(None);
                }
                decided = about_all.then_some(true);
            }
        }
        if decided == Some(false) {
            return Ok(None);
        }
        if is_whole(&file) {
            let taken = file.hunks().to_vec();
            return Ok(Some(ChosenFile { file, taken }));
        }
        let mut taken = Vec::new();
        for hunk in file.hunks() {
            self.seen += 1;
            let hunks = match decided {
                Some(true) => vec![hunk.clone()],
                Some(false) => Vec::new(),
                None => {
                    self.chooser.show_hunk(hunk);
                    let (hunks, rest_of_file) = self.decide_hunk(&file, hunk)?;
                    decided = rest_of_file;
                    hunks
                }
            };
            taken.extend(hunks);
        }
        let something = !taken.is_empty() || says_more(&file);
        Ok(something.then_some(ChosenFile { file, taken }))
    }

    /// Whether to take anything of a file, and whether that holds for all of it.
    fn decide_file(&mut self, file: &FileDiff) -> Result<(bool, bool)> {
        loop {
            return Ok(match self.chooser.choose(Question::File(file))? {
                Answer::Yes => (true, false),
                Answer::No | Answer::SkipFile => (false, true),
                Answer::TakeFile => (true, true),
                Answer::Done => {
                    self.rest = Some(false);
                    (false, true)
                }
                Answer::All => {
                    self.rest = Some(true);
                    (true, true)
                }
                Answer::Edit => {
                    self.chooser.edit(file, None)?;
                    continue;
                }
            });
        }
    }

    /// What to take of a hunk, and what that means for the rest of the file.
    fn decide_hunk(&mut self, file: &FileDiff, hunk: &Hunk) -> Result<(Vec<Hunk>, Option<bool>)> {
        let take = || vec![hunk.clone()];
        loop {
            let question = Question::Hunk(file, self.seen, self.total);
            return Ok(match self.chooser.choose(question)? {
                Answer::Yes => (take(), None),
                Answer::No => (Vec::new(), None),
                Answer::SkipFile => (Vec::new(), Some(false)),
                Answer::TakeFile => (take(), Some(true)),
                Answer::Done => {
                    self.rest = Some(false);
                    (Vec::new(), Some(false))
                }
                Answer::All => {
                    self.rest = Some(true);
                    (take(), Some(true))
                }
                Answer::Edit => match self.chooser.edit(file, Some(hunk))? {
                    Some(hunks) => (hunks, None),
                    None => continue,
                },
            });
        }
    }
}

fn has_line(file: &FileDiff, start: &[u8]) -> bool {
    file.header.iter().any(|line| line.starts_with(start))
}

/// Whether the change of a file is a binary one.
#[must_use]
pub fn is_binary(file: &FileDiff) -> bool {
    has_line(file, b"index ") || matches!(file.body, Body::Binary(_))
}

/// Whether a file's change can only be taken as a whole.
fn is_whole(file: &FileDiff) -> bool {
    is_binary(file) || has_line(file, b"deleted file ")
}

/// Whether the header alone changes something: a mode, a name, an empty new file.
fn says_more(file: &FileDiff) -> bool {
    let new = has_line(file, b"new file ");
    (new && file.hunks().is_empty())
        || [&b"old mode "[..], b"copy from ", b"rename from "]
            .iter()
            .any(|line| has_line(file, line))
}

fn write_file(file: &FileDiff, hunks: &[Hunk], out: &mut Vec<u8>) {
    let sides = |line: &[u8]| line.starts_with(b"--- ") || line.starts_with(b"+++ ");
    for line in &file.header {
        if !(hunks.is_empty() && sides(line)) {
            out.extend_from_slice(line);
        }
    }
    hunks.iter().for_each(|hunk| hunk.write(out));
    if let Body::Binary(text) = &file.body {
        out.extend_from_slice(text);
    }
}

/// The hunk that takes another one back.
#[must_use]
pub fn reverse(hunk: &Hunk) -> Hunk {
    let (mut lines, mut removed, mut added) = (Vec::new(), Vec::new(), Vec::new());
    let mut last = b' ';
    for line in hunk.lines.split_inclusive(|&byte| byte == b'\n') {
        let (sign, text) = line.split_first().map_or((b' ', line), |(&sign, text)| (sign, text));
        if sign == b' ' {
            lines.append(&mut removed);
            lines.append(&mut added);
        }
        let kind = if sign == b'\\' { last } else { sign };
        let (target, sign) = match (kind, sign) {
            (b'+', b'\\') => (&mut removed, sign),
            (b'-', b'\\') => (&mut added, sign),
            (b'+', _) => (&mut removed, b'-'),
            (b'-', _) => (&mut added, b'+'),
            _ => (&mut lines, sign),
        };
        target.push(sign);
        target.extend_from_slice(text);
        last = kind;
    }
    lines.append(&mut removed);
    lines.append(&mut added);
    Hunk {
        old_start: hunk.new_start,
        old_len: hunk.new_len,
        new_start: hunk.old_start,
        new_len: hunk.old_len,
        function: hunk.function.clone(),
        lines,
        added: hunk.removed,
        removed: hunk.added,
    }
}

/// Reads hunks that somebody edited: lengths are counted anew. Header lines do not matter.
///
/// # Errors
/// The kinds of two lines that must not follow each other.
pub fn read_hunks(text: &[u8]) -> std::result::Result<Vec<Hunk>, String> {
    let mut out: Vec<Hunk> = Vec::new();
    let mut before = "file";
    for line in text.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b"@@ ") {
            if matches!(before, "range" | "other") {
                return Err(format!("{before} -> range"));
            }
            out.push(read_header(line).ok_or_else(|| format!("{before} -> other"))?);
            before = "range";
            continue;
        }
        let Some(hunk) = out.last_mut() else {
            if is_header(line) || line.starts_with(b" ") {
                continue;
            }
            return Err(format!("{before} -> other"));
        };
        if before == "other" {
            continue;
        }
        let (old, new, kind) = match line.first() {
            Some(b'+') => (0, 1, "hunk"),
            Some(b'-') => (1, 0, "hunk"),
            Some(b' ' | b'\n') => (1, 1, "context"),
            Some(b'\\') => (0, 0, before),
            _ if before == "range" => return Err(format!("{before} -> other")),
            // Text behind a patch does not count.
            _ => {
                before = "other";
                continue;
            }
        };
        hunk.old_len += old;
        hunk.new_len += new;
        if old != new {
            hunk.added += usize::from(new == 1);
            hunk.removed += usize::from(old == 1);
        }
        before = kind;
        if line == b"\n" {
            hunk.lines.push(b' ');
        }
        hunk.lines.extend_from_slice(line);
        if !line.ends_with(b"\n") {
            hunk.lines.push(b'\n');
            hunk.lines.extend_from_slice(NO_NEWLINE);
        }
    }
    out.retain(|hunk| hunk.added + hunk.removed > 0);
    Ok(out)
}

/// Takes a hunk apart into one for each group of changed lines. What is between two groups is context
/// of both, so that each can be taken without the other.
fn split(hunk: &Hunk) -> Vec<Hunk> {
    let lines: Vec<&[u8]> = hunk.lines.split_inclusive(|&byte| byte == b'\n').collect();
    // Runs of context and of changes, alternating; a missing newline belongs to its line.
    let mut runs: Vec<(bool, Vec<&[u8]>)> = Vec::new();
    for line in lines {
        let context = line.starts_with(b" ");
        match runs.last_mut() {
            Some((kind, run)) if *kind == context || line.starts_with(b"\\") => run.push(line),
            _ => runs.push((context, vec![line])),
        }
    }
    let mut out = Vec::new();
    let (mut old, mut new) = (0, 0);
    for (at, (context, run)) in runs.iter().enumerate() {
        let counts = |run: &[&[u8]], signs: &[u8]| {
            let counted = run.iter().filter(|line| line.first().is_some_and(|b| signs.contains(b)));
            i64::try_from(counted.count()).unwrap_or(0)
        };
        if !context {
            let around =
                |at: Option<usize>| at.and_then(|at| runs.get(at)).map(|(_, run)| &run[..]);
            let above = around(at.checked_sub(1)).unwrap_or_default();
            let below = around(at.checked_add(1)).unwrap_or_default();
            let (over, under) = (counts(above, b" "), counts(below, b" "));
            let (removed, added) = (counts(run, b"-"), counts(run, b"+"));
            out.push(Hunk {
                old_start: hunk.old_start + old - over,
                old_len: over + removed + under,
                new_start: hunk.new_start + new - over,
                new_len: over + added + under,
                function: hunk.function.clone(),
                lines: [above, run, below].concat().concat(),
                added: usize::try_from(added).unwrap_or(0),
                removed: usize::try_from(removed).unwrap_or(0),
            });
        }
        old += counts(run, b" -");
        new += counts(run, b" +");
    }
    out
}

/// Whether a line may stand before the hunks of a file.
fn is_header(line: &[u8]) -> bool {
    const STARTS: [&str; 12] = [
        "diff ",
        "--- ",
        "+++ ",
        "index ",
        "old mode ",
        "new mode ",
        "new file ",
        "deleted file ",
        "copy ",
        "rename ",
        "similarity ",
        "\n",
    ];
    STARTS.iter().any(|start| line.starts_with(start.as_bytes()))
}

/// The positions of an `@@` line.
fn read_header(line: &[u8]) -> Option<Hunk> {
    let text = std::str::from_utf8(line.get(3..)?.split(|&byte| byte == b'@').next()?).ok()?;
    let mut parts = text.split_whitespace();
    let start = |part: Option<&str>, sign: char| {
        part?.strip_prefix(sign)?.split(',').next()?.parse::<i64>().ok()
    };
    let old_start = start(parts.next(), '-')?;
    let new_start = start(parts.next(), '+')?;
    Some(Hunk { old_start, new_start, ..Hunk::default() })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn hunk(start: i64, lines: &str) -> Hunk {
        read_hunks(format!("@@ -{start},0 +{start},0 @@\n{lines}").as_bytes())
            .expect("a hunk")
            .remove(0)
    }

    fn file(name: &str, header: &[&str], hunks: Vec<Hunk>) -> FileDiff {
        let path = name.as_bytes().to_vec();
        let mut lines = vec![format!("diff --git a/{name} b/{name}\n").into_bytes()];
        lines.extend(header.iter().map(|line| format!("{line}\n").into_bytes()));
        FileDiff {
            old_path: path.clone(),
            new_path: path,
            copy: None,
            header: lines,
            body: Body::Text(hunks),
        }
    }

    /// Answers from a list.
    struct Script(Vec<Answer>, Vec<String>);

    impl Chooser for Script {
        fn is_named(&self, file: &FileDiff) -> bool {
            file.new_path.starts_with(b"named")
        }
        fn show_file(&mut self, _: &FileDiff) {}
        fn show_hunk(&mut self, _: &Hunk) {}
        fn choose(&mut self, question: Question<'_>) -> Result<Answer> {
            self.1.push(match question {
                Question::File(file) => String::from_utf8_lossy(&file.new_path).into_owned(),
                Question::Hunk(_, number, total) => format!("{number}/{total}"),
            });
            Ok(self.0.remove(0))
        }
        fn edit(&mut self, _: &FileDiff, _: Option<&Hunk>) -> Result<Option<Vec<Hunk>>> {
            Ok(Some(Vec::new()))
        }
    }

    fn files() -> Vec<FileDiff> {
        let hunks = || vec![hunk(1, " a\n-b\n+c\n"), hunk(9, " x\n+y\n")];
        vec![
            file("gone", &["deleted file mode 100644"], vec![hunk(1, "-a\n")]),
            file("mode", &["old mode 100644", "new mode 100755"], hunks()),
            file("named", &[], hunks()),
            file("new", &["new file mode 100644"], vec![hunk(1, "+n\n")]),
        ]
    }

    #[test]
    fn asks_about_files_then_hunks() {
        use Answer::{No, SkipFile, Yes};
        let answers = vec![Yes, Yes, No, No, Yes, SkipFile, Yes, No];
        let mut script = Script(answers, Vec::new());
        let chosen = select(files(), &mut script).expect("no failure");
        let asked = ["gone", "mode", "2/6", "3/6", "4/6", "5/6", "new", "6/6"];
        assert_eq!(script.1, asked);
        let shape: Vec<_> = chosen
            .files
            .iter()
            .map(|file| (file.file.new_path.as_slice(), file.taken.len()))
            .collect();
        assert_eq!(shape, [(&b"gone"[..], 1), (b"mode", 0), (b"named", 1)]);
    }

    #[test]
    fn decisions_about_everything_that_follows() {
        let mut script = Script(vec![Answer::No, Answer::All], Vec::new());
        let chosen = select(files(), &mut script).expect("no failure");
        assert_eq!(chosen.files.len(), 3);
        let mut script = Script(vec![Answer::Yes, Answer::Done], Vec::new());
        let chosen = select(files(), &mut script).expect("no failure");
        assert_eq!(chosen.files.len(), 1);
    }

    #[test]
    fn reversing() {
        let hunk = hunk(3, " a\n-b\n+c\n+d\n\\ No newline at end of file\n");
        let back = reverse(&hunk);
        let lines = " a\n-c\n-d\n\\ No newline at end of file\n+b\n";
        assert_eq!(String::from_utf8_lossy(&back.lines), lines);
        assert_eq!((back.old_len, back.new_len), (3, 2));
    }

    #[test]
    fn one_hunk_for_each_group() {
        let parts = split(&hunk(4, " a\n-b\n c\n d\n+e\n f\n"));
        let shape: Vec<_> = parts
            .iter()
            .map(|part| (part.old_start, part.old_len, part.new_start, part.new_len))
            .collect();
        assert_eq!(shape, [(4, 4, 4, 3), (6, 3, 5, 4)]);
        assert_eq!(String::from_utf8_lossy(&parts[1].lines), " c\n d\n+e\n f\n");
    }

    #[test]
    fn edited_hunks() {
        assert_eq!(read_hunks(b"@@ -1,2 +1,2 @@\n a\n b\n").expect("no change"), []);
        let trailing = read_hunks(b"@@ -1,2 +1,2 @@\n a\n+b\nx\n+c\n").expect("one hunk");
        assert_eq!(trailing[0].lines, b" a\n+b\n");
        assert_eq!(read_hunks(b"+++ b/f\ngarbage\n"), Err("file -> other".to_owned()));
    }
}
