//! Hunks as they stand in patches: unified, context, and git's binary ones.

use super::{Lines, Result, chomp, parse_error};
use crate::binary;

/// A hunk of any kind.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Hunk {
    /// Lines.
    Text(TextHunk),
    /// A whole content or a delta to it.
    Binary(BinaryHunk),
}

/// A hunk of lines.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct TextHunk {
    /// Position in its file, counted from 1.
    pub number: usize,
    /// The `@@` line.
    pub header: Vec<u8>,
    /// All lines, each with its sign.
    pub lines: Vec<Vec<u8>>,
    /// Lines of the old text, each with its sign.
    pub old: Vec<Vec<u8>>,
    /// Lines of the new text, without signs.
    pub new: Vec<Vec<u8>>,
    /// First line in the old text, as written.
    pub old_start: usize,
    /// Number of lines of the old text, as written.
    pub old_len: usize,
    /// First line in the new text, as written.
    pub new_start: usize,
    /// Number of lines of the new text, as written.
    pub new_len: usize,
}

/// A binary hunk.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct BinaryHunk {
    /// The content or the delta.
    pub data: Vec<u8>,
    /// Whether it is a delta.
    pub delta: bool,
    /// The lines as they stand in the patch.
    pub lines: Vec<Vec<u8>>,
}

fn bad_hunk<T>(number: usize, detail: &str) -> Result<T> {
    parse_error(format!("bad hunk #{number}{detail}"))
}

/// Reads `start` or `start,len` up to a character that is neither.
fn range(text: &[u8]) -> Option<(usize, Option<usize>, &[u8])> {
    let number = |text: &[u8]| -> Option<(usize, usize)> {
        let len = text.iter().take_while(|byte| byte.is_ascii_digit()).count();
        let digits = std::str::from_utf8(&text[..len]).ok()?;
        Some((digits.parse().ok()?, len))
    };
    let (start, used) = number(text)?;
    let rest = &text[used..];
    let Some(after) = rest.strip_prefix(b",") else { return Some((start, None, rest)) };
    let (second, used) = number(after)?;
    Some((start, Some(second), &after[used..]))
}

impl TextHunk {
    /// Reads a unified hunk whose `@@` line comes next.
    pub(super) fn read_unified(lines: &mut Lines<'_>, number: usize) -> Result<Self> {
        let header = lines.next().unwrap_or_default();
        let Some(mut hunk) = Self::parse_header(header) else { return bad_hunk(number, "") };
        hunk.number = number;
        hunk.header = header.to_vec();
        while hunk.old.len() < hunk.old_len || hunk.new.len() < hunk.new_len {
            let Some(line) = lines.next() else {
                return bad_hunk(number, ": incomplete hunk");
            };
            hunk.push(line, number)?;
        }
        hunk.end_without_newline(lines);
        Ok(hunk)
    }

    fn parse_header(line: &[u8]) -> Option<Self> {
        let (old_start, old_len, rest) = range(line.strip_prefix(b"@@ -")?)?;
        let (new_start, new_len, rest) = range(rest.strip_prefix(b" +")?)?;
        rest.strip_prefix(b" @@")?;
        let (old_len, new_len) = (old_len.unwrap_or(1), new_len.unwrap_or(1));
        Some(Self { old_start, old_len, new_start, new_len, ..Self::default() })
    }

    fn push(&mut self, line: &[u8], number: usize) -> Result<()> {
        if line == b"\\ No newline at end of file\n" {
            if self.lines.is_empty() {
                return bad_hunk(number, ": incomplete hunk");
            }
            self.cut_newline();
            return Ok(());
        }
        // Some programs strip the space from empty lines of context.
        let line = if matches!(line, b"\n" | b"\r\n") { b" \n" } else { line };
        self.lines.push(line.to_vec());
        match line.first() {
            Some(b'+') => self.new.push(line[1..].to_vec()),
            Some(b'-') => self.old.push(line.to_vec()),
            _ => {
                self.new.push(line.get(1..).unwrap_or_default().to_vec());
                self.old.push(line.to_vec());
            }
        }
        Ok(())
    }

    /// Takes the marker of a missing newline that may follow.
    fn end_without_newline(&mut self, lines: &mut Lines<'_>) {
        if lines.peek().is_some_and(|line| line.starts_with(b"\\ ")) {
            lines.next();
            self.cut_newline();
        }
    }

    /// The last line has no newline.
    fn cut_newline(&mut self) {
        let Some(last) = self.lines.last_mut() else { return };
        let cut = if last.ends_with(b"\r\n") { 2 } else { 1 };
        last.truncate(last.len().saturating_sub(cut));
        let line = last.clone();
        if matches!(line.first(), Some(b' ' | b'+'))
            && let Some(new) = self.new.last_mut()
        {
            *new = line[1..].to_vec();
        }
        if matches!(line.first(), Some(b' ' | b'-'))
            && let Some(old) = self.old.last_mut()
        {
            *old = line;
        }
    }

    /// Reads a context hunk whose row of stars comes next.
    pub(super) fn read_context(lines: &mut Lines<'_>, number: usize) -> Result<Self> {
        lines.next();
        let mut hunk = Self { number, ..Self::default() };
        let Some((start, len)) = context_range(lines.next(), b"***") else {
            return bad_hunk(number, "");
        };
        (hunk.old_start, hunk.old_len) = (start, len);
        hunk.read_old_half(lines)?;
        let Some((start, len)) = context_range(lines.next(), b"---") else {
            return bad_hunk(number, "");
        };
        (hunk.new_start, hunk.new_len) = (start, len);
        hunk.read_new_half(lines)?;
        hunk.complete_halves();
        hunk.header = format!(
            "@@ -{},{} +{},{} @@\n",
            hunk.old_start, hunk.old_len, hunk.new_start, hunk.new_len
        )
        .into_bytes();
        hunk.end_without_newline(lines);
        Ok(hunk)
    }

    fn read_old_half(&mut self, lines: &mut Lines<'_>) -> Result<()> {
        for at in 0..self.old_len {
            let line = lines.next().unwrap_or_default();
            if line.starts_with(b"---") {
                // Only additions: the old half is left out.
                lines.back();
                break;
            }
            let sign = match line.get(..2) {
                Some(b"- " | b"! ") => b'-',
                Some(b"  ") => b' ',
                _ => return bad_hunk(self.number, &format!(" old text line {at}")),
            };
            let line = [&[sign][..], &line[2..]].concat();
            self.old.push(line.clone());
            self.lines.push(line);
        }
        if lines.peek().is_some_and(|line| line.starts_with(b"\\ ")) {
            lines.next();
            for list in [&mut self.old, &mut self.lines] {
                list.last_mut().map(Vec::pop);
            }
        }
        Ok(())
    }

    fn read_new_half(&mut self, lines: &mut Lines<'_>) -> Result<()> {
        let mut at: usize = 0;
        for count in 0..self.new_len {
            let Some(line) = lines.next() else { break };
            if line.starts_with(b"\\ ") {
                self.new.last_mut().map(Vec::pop);
                if let Some(last) = at.checked_sub(1).and_then(|at| self.lines.get_mut(at)) {
                    last.pop();
                }
                continue;
            }
            let sign = match line.get(..2) {
                Some(b"+ " | b"! ") => b'+',
                Some(b"  ") => b' ',
                _ if self.new.is_empty() => {
                    // Only deletions: the new half is left out.
                    lines.back();
                    break;
                }
                _ => return bad_hunk(self.number, &format!(" new text line {count}")),
            };
            self.new.push(line[2..].to_vec());
            let line = [&[sign][..], &line[2..]].concat();
            while self.lines.get(at).is_some_and(|known| known.starts_with(b"-") && *known != line)
            {
                at += 1;
            }
            if self.lines.get(at) != Some(&line) {
                self.lines.insert(at, line);
            }
            at += 1;
        }
        Ok(())
    }

    /// Fills in the half that a context hunk leaves out.
    fn complete_halves(&mut self) {
        if self.old.is_empty() {
            let old = self.lines.iter().filter(|line| matches!(line[0], b'-' | b' '));
            self.old = old.cloned().collect();
        }
        if self.new.is_empty() {
            let new = self.lines.iter().filter(|line| matches!(line[0], b'+' | b' '));
            self.new = new.map(|line| line[1..].to_vec()).collect();
        }
    }

    /// Whether there are as many lines as the header says.
    #[must_use]
    pub fn is_complete(&self) -> bool {
        self.old.len() == self.old_len && self.new.len() == self.new_len
    }

    /// The same with all lines ending in a newline alone.
    #[must_use]
    pub(super) fn normalized(&self) -> Self {
        let mut out = self.clone();
        for list in [&mut out.lines, &mut out.old, &mut out.new] {
            list.iter_mut().for_each(normalize);
        }
        out
    }

    /// Old and new lines, and where the old ones start, counted from 0, with up to `fuzz` lines
    /// of context taken off: at the top, and at the bottom unless `top_only`.
    pub(super) fn fuzzy(&self, fuzz: usize, top_only: bool) -> (&[Vec<u8>], usize, &[Vec<u8>]) {
        let fuzz = fuzz.min(self.old.len());
        let is_context = |line: &&Vec<u8>| line.first() == Some(&b' ');
        let mut top = self.lines.iter().take_while(is_context).count().min(fuzz);
        let mut bottom = self.lines.iter().rev().take_while(is_context).count().min(fuzz);
        if top_only {
            bottom = 0;
        }
        if fuzz == 0 {
            (top, bottom) = (0, 0);
        }
        let cut = |list: &'_ [Vec<u8>]| top..list.len().saturating_sub(bottom).max(top);
        let mut start = self.old_start + top;
        // An empty range names the line before it already.
        if self.old_len > 0 && start > 0 {
            start -= 1;
        }
        let old = self.old.get(cut(&self.old)).unwrap_or_default();
        let new = self.new.get(cut(&self.new)).unwrap_or_default();
        (old, start, new)
    }
}

pub(super) fn normalize(line: &mut Vec<u8>) {
    if line.ends_with(b"\r\n") {
        line.truncate(line.len() - 2);
        line.push(b'\n');
    }
}

/// The range of one half of a context hunk: first line and number of lines.
fn context_range(line: Option<&[u8]>, sign: &[u8]) -> Option<(usize, usize)> {
    let line = line?;
    let rest = line.strip_prefix(b"***").or_else(|| line.strip_prefix(b"---"))?;
    if !line.starts_with(sign) && rest.is_empty() {
        return None;
    }
    let (start, end, rest) = range(rest.strip_prefix(b" ")?)?;
    rest.strip_prefix(b" ").filter(|rest| rest.starts_with(b"***") || rest.starts_with(b"---"))?;
    let len = end.unwrap_or(start).saturating_sub(start) + usize::from(start > 0);
    Some((start, len))
}

impl BinaryHunk {
    /// Reads a binary hunk; the line `GIT binary patch` comes next. `name` is for messages.
    pub(super) fn read(lines: &mut Lines<'_>, name: &[u8]) -> Result<Self> {
        let mut raw = Vec::new();
        let mut next = |lines: &mut Lines<'_>| {
            let line = lines.next().unwrap_or_default();
            raw.push(line.to_vec());
            chomp(line).to_vec()
        };
        next(lines);
        let quoted = [b"\"", name, b"\""].concat();
        let (size, delta) = loop {
            let line = next(lines);
            if line.is_empty() {
                return parse_error([b"could not extract ", &quoted[..], b" binary data"].concat());
            }
            let size = |text: &[u8]| {
                std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<usize>().ok())
            };
            let found = match (line.strip_prefix(b"literal "), line.strip_prefix(b"delta ")) {
                (Some(text), _) => Some((size(text), false)),
                (_, Some(text)) => Some((size(text), true)),
                _ => None,
            };
            match found {
                Some((Some(size), delta)) => break (size, delta),
                Some((None, _)) => {
                    let text = [b"could not extract ", &quoted[..], b" binary data"].concat();
                    return parse_error(text);
                }
                None => {}
            }
        };
        let mut deflated = Vec::new();
        loop {
            let line = next(lines);
            if line.len() <= 1 {
                break;
            }
            match binary::decode_line(&line) {
                Ok(data) => deflated.extend(data),
                Err(error) => {
                    let text = [b"could not decode ", &quoted[..], b" binary patch: "].concat();
                    return parse_error([&text[..], error.to_string().as_bytes()].concat());
                }
            }
        }
        let Ok(data) = binary::inflate(&deflated, size) else {
            return parse_error([b"could not decode ", &quoted[..], b" binary patch"].concat());
        };
        if data.len() != size {
            let text = format!(" length is {} bytes, should be {size}", data.len());
            return parse_error([&quoted[..], text.as_bytes()].concat());
        }
        Ok(Self { data, delta, lines: raw })
    }

    /// The new content.
    pub(super) fn apply(&self, old: &[u8]) -> Result<Vec<u8>> {
        if !self.delta {
            return Ok(self.data.clone());
        }
        binary::apply_git_delta(old, &self.data)
            .map_err(|error| super::PatchError::Parse(error.to_string().into_bytes()))
    }
}
