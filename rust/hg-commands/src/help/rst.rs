//! Plain text from the small part of reStructuredText that help is written in: paragraphs, lists,
//! definitions, fields, literal blocks after `::`, sections, notes, and `.. container:: verbose`.

use hg_types::Encoding;

/// What is shown, and how wide.
#[derive(Clone, Copy, Debug)]
pub struct Style {
    /// Columns.
    pub width: usize,
    /// Blanks before every line.
    pub indent: usize,
    /// Whether verbose containers are shown.
    pub verbose: bool,
    /// The character set, for widths.
    pub encoding: Encoding,
}

/// Renders `text`; the second value says whether something was left out.
#[must_use]
pub fn render(text: &str, style: &Style) -> (String, bool) {
    let lines: Vec<&str> = text.lines().map(str::trim_end).collect();
    let mut renderer = Renderer { style, out: Vec::new(), pruned: false };
    renderer.blocks(&lines, 0);
    let mut text = String::new();
    for (at, block) in renderer.out.iter().enumerate() {
        // Items of a list stand together, everything else apart.
        if at > 0 && !(block.tight && renderer.out[at - 1].tight) {
            text.push('\n');
        }
        text.push_str(&block.text);
    }
    (text, renderer.pruned)
}

/// Replaces inline markup: `` ``x`` `` by `"x"`, `:hg:`x`` by `'hg x'`.
#[must_use]
pub fn inline(text: &str) -> String {
    let mut out = String::new();
    let mut rest = text;
    while !rest.is_empty() {
        if let Some(after) = rest.strip_prefix(":hg:`")
            && let Some((inner, tail)) = after.split_once('`')
        {
            out.push_str(&format!("'hg {inner}'"));
            rest = tail;
        } else if let Some(after) = rest.strip_prefix("``")
            && let Some((inner, tail)) = after.split_once("``")
        {
            out.push_str(&format!("\"{inner}\""));
            rest = tail;
        } else {
            let mut chars = rest.chars();
            out.extend(chars.next());
            rest = chars.as_str();
        }
    }
    out
}

struct Block {
    text: String,
    tight: bool,
}

struct Renderer<'a> {
    style: &'a Style,
    out: Vec<Block>,
    pruned: bool,
}

fn indent_of(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

/// The blanks before and including the mark of a list item.
fn list_mark(line: &str) -> Option<usize> {
    let indent = indent_of(line);
    let text = &line[indent..];
    if text.starts_with("- ") || text.starts_with("* ") {
        return Some(indent + 2);
    }
    let digits = text.bytes().take_while(u8::is_ascii_digit).count();
    let rest = &text[digits..];
    (digits > 0 && (rest.starts_with(". ") || rest.starts_with(") ")))
        .then_some(indent + digits + 2)
}

impl Renderer<'_> {
    fn push(&mut self, text: String, tight: bool) {
        self.out.push(Block { text, tight });
    }

    /// Renders lines; `shift` blanks are taken off their indentation.
    fn blocks(&mut self, lines: &[&str], shift: usize) {
        let mut at = 0;
        while at < lines.len() {
            if lines[at].is_empty() {
                at += 1;
                continue;
            }
            at = self.block(lines, at, shift);
        }
    }

    /// Renders the block that begins at `at`; returns where the next one may begin.
    fn block(&mut self, lines: &[&str], at: usize, shift: usize) -> usize {
        let line = lines[at];
        let indent = indent_of(line);
        let text = &line[indent..];
        if let Some(directive) = text.strip_prefix(".. ") {
            return self.directive(directive, lines, at, shift);
        }
        if text == "::" {
            return self.literal(lines, at + 1, indent, shift);
        }
        if let Some(under) = lines.get(at + 1).filter(|_| is_underlined(text, lines, at)) {
            let title = inline(text);
            let blanks = " ".repeat(self.style.indent + indent.saturating_sub(shift));
            let rule: String =
                under.trim().chars().take(1).cycle().take(self.width(&title)).collect();
            self.push(format!("{blanks}{title}\n{blanks}{rule}\n"), false);
            return at + 2;
        }
        let end = paragraph_end(lines, at);
        if let Some(hang) = list_mark(line) {
            let end = item_end(lines, at, end, hang);
            return self
                .paragraph(&lines[at..end], indent, hang, shift, true)
                .map_or(end, |()| self.literal(lines, end, indent, shift));
        }
        if text.starts_with(':') && text[1..].contains(": ") {
            let end = (at + 1..end).find(|&n| indent_of(lines[n]) <= indent).unwrap_or(end);
            self.field(&lines[at..end], indent, shift);
            return end;
        }
        // A line with deeper ones right below is a term with its definition.
        if end > at + 1 && lines[at + 1].starts_with(' ') && indent_of(lines[at + 1]) > indent {
            let term_end = at + 1;
            let tight = false;
            let blanks = " ".repeat(self.style.indent + indent.saturating_sub(shift));
            let mut out = format!("{blanks}{}\n", inline(text));
            let until = definition_end(lines, term_end, indent);
            let mut inner = Renderer { style: self.style, out: Vec::new(), pruned: false };
            inner.blocks(&lines[term_end..until], shift);
            self.pruned |= inner.pruned;
            for (n, block) in inner.out.iter().enumerate() {
                if n > 0 && !(block.tight && inner.out[n - 1].tight) {
                    out.push('\n');
                }
                out.push_str(&block.text);
            }
            self.push(out, tight);
            return until;
        }
        self.paragraph(&lines[at..end], indent, indent, shift, false)
            .map_or(end, |()| self.literal(lines, end, indent, shift))
    }

    fn width(&self, text: &str) -> usize {
        self.style.encoding.width(text.as_bytes())
    }

    /// Renders a paragraph; `Some` when a literal block follows it.
    fn paragraph(
        &mut self,
        lines: &[&str],
        indent: usize,
        hang: usize,
        shift: usize,
        tight: bool,
    ) -> Option<()> {
        let joined = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let (mut text, literal) = match joined.strip_suffix("::") {
            Some(text) => (text.to_owned(), true),
            None => (joined, false),
        };
        if literal && !text.is_empty() && !text.ends_with(' ') {
            text.push(':');
        }
        let first = self.style.indent + indent.saturating_sub(shift);
        let rest = self.style.indent + hang.saturating_sub(shift);
        if !text.trim().is_empty() {
            let text = wrap(&inline(text.trim_end()), self.style, first, rest);
            self.push(text, tight);
        }
        literal.then_some(())
    }

    /// Renders the deeper lines from `at` on as they are.
    fn literal(&mut self, lines: &[&str], at: usize, indent: usize, shift: usize) -> usize {
        let mut end = at;
        while end < lines.len() && (lines[end].is_empty() || indent_of(lines[end]) > indent) {
            end += 1;
        }
        let body = &lines[at..end];
        let first = body.iter().position(|line| !line.is_empty());
        let last = body.iter().rposition(|line| !line.is_empty());
        if let (Some(first), Some(last)) = (first, last) {
            let mut text = String::new();
            let deepest =
                body.iter().filter(|l| !l.is_empty()).map(|l| indent_of(l)).min().unwrap_or(0);
            for line in &body[first..=last] {
                if !line.is_empty() {
                    let own = indent.saturating_sub(shift) + 2 + indent_of(line) - deepest;
                    text.push_str(&" ".repeat(self.style.indent + own));
                    text.push_str(line.trim_start());
                }
                text.push('\n');
            }
            self.push(text, false);
        }
        end
    }

    fn field(&mut self, lines: &[&str], indent: usize, shift: usize) {
        let joined = lines.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
        let Some((name, text)) = joined[1..].split_once(": ") else { return };
        let base = self.style.indent + indent.saturating_sub(shift);
        self.push(field(&inline(name), &inline(text.trim()), self.style, base), true);
    }

    fn directive(&mut self, directive: &str, lines: &[&str], at: usize, shift: usize) -> usize {
        let indent = indent_of(lines[at]);
        let mut end = at + 1;
        while end < lines.len() && (lines[end].is_empty() || indent_of(lines[end]) > indent) {
            end += 1;
        }
        let body = &lines[at + 1..end];
        let deeper = body.iter().filter(|l| !l.is_empty()).map(|l| indent_of(l)).min();
        let inner_shift = shift + deeper.unwrap_or(indent).saturating_sub(indent);
        if let Some(class) = directive.strip_prefix("container::") {
            if class.trim() == "verbose" && !self.style.verbose {
                self.pruned = true;
            } else {
                self.blocks(body, inner_shift);
            }
        } else if directive.starts_with("note::") {
            let blanks = " ".repeat(self.style.indent + indent.saturating_sub(shift));
            let joined = body.iter().map(|line| line.trim()).collect::<Vec<_>>().join(" ");
            let base = self.style.indent + indent.saturating_sub(shift) + 3;
            let text = wrap(&inline(joined.trim()), self.style, base, base);
            self.push(format!("{blanks}Note:\n{text}"), false);
        }
        end
    }
}

fn is_underlined(text: &str, lines: &[&str], at: usize) -> bool {
    let Some(under) = lines.get(at + 1).map(|line| line.trim()) else { return false };
    let Some(mark) = under.chars().next().filter(|c| "=-\"'`.~^".contains(*c)) else {
        return false;
    };
    under.chars().all(|c| c == mark) && under.len() == text.len() && under.len() > 1
}

fn paragraph_end(lines: &[&str], at: usize) -> usize {
    (at + 1..lines.len()).find(|&n| lines[n].is_empty()).unwrap_or(lines.len())
}

/// Where a list item ends: before the next mark or the end of its paragraph.
fn item_end(lines: &[&str], at: usize, end: usize, hang: usize) -> usize {
    (at + 1..end)
        .find(|&n| list_mark(lines[n]).is_some() && indent_of(lines[n]) < hang)
        .unwrap_or(end)
}

fn definition_end(lines: &[&str], at: usize, indent: usize) -> usize {
    let mut end = at;
    while end < lines.len() && (lines[end].is_empty() || indent_of(lines[end]) > indent) {
        end += 1;
    }
    end
}

/// Columns that the name of a field takes in lists.
const FIELD_WIDTH: usize = 13;

/// A name and a text beside it, or below when the name is long.
#[must_use]
pub fn field(name: &str, text: &str, style: &Style, indent: usize) -> String {
    let hang = indent + FIELD_WIDTH + 1;
    let width = style.encoding.width(name.as_bytes());
    let body = wrap(text, style, hang, hang);
    let blanks = " ".repeat(indent);
    if text.is_empty() {
        return format!("{blanks}{name}\n");
    }
    if width >= FIELD_WIDTH {
        return format!("{blanks}{name}\n{body}");
    }
    format!("{blanks}{name}{}{}", " ".repeat(FIELD_WIDTH + 1 - width), body.trim_start())
}

/// Rows of a table: each column as wide as its widest cell, the last one wrapped.
#[must_use]
pub fn table(rows: &[Vec<String>], style: &Style, indent: usize) -> String {
    let Some(columns) = rows.iter().map(Vec::len).max() else { return String::new() };
    let measure = |text: &str| style.encoding.width(text.as_bytes());
    let widths: Vec<usize> = (0..columns)
        .map(|column| rows.iter().filter_map(|row| row.get(column)).map(|c| measure(c)).max())
        .map(|width| width.unwrap_or(0))
        .collect();
    let hang: usize = indent + widths[..columns - 1].iter().map(|width| width + 1).sum::<usize>();
    let mut out = String::new();
    for row in rows {
        out.push_str(&" ".repeat(indent));
        for (cell, width) in row.iter().zip(&widths).take(columns - 1) {
            out.push_str(cell);
            out.push_str(&" ".repeat(width + 1 - measure(cell)));
        }
        let text = row.last().map_or("", String::as_str);
        if text.is_empty() {
            out.truncate(out.trim_end().len());
            out.push('\n');
        } else {
            out.push_str(wrap(text, style, hang, hang).trim_start());
        }
    }
    out
}

/// Breaks text into lines of at most `style.width` columns.
#[must_use]
pub fn wrap(text: &str, style: &Style, first: usize, rest: usize) -> String {
    let mut out = String::new();
    let mut line = " ".repeat(first);
    let mut used = first;
    let mut empty = true;
    for (at, chunk) in pieces(&without_tabs(text)).into_iter().enumerate() {
        let blank = chunk.trim().is_empty();
        let width = style.encoding.width(chunk.as_bytes());
        if !empty && used + width > style.width && !blank {
            out.push_str(line.trim_end());
            out.push('\n');
            line = " ".repeat(rest);
            used = rest;
            empty = true;
        }
        if blank && empty && at > 0 {
            continue;
        }
        line.push_str(chunk);
        used += width;
        empty = false;
    }
    out.push_str(line.trim_end());
    out.push('\n');
    out
}

/// Blanks up to the next multiple of eight columns in the place of every tab.
fn without_tabs(text: &str) -> std::borrow::Cow<'_, str> {
    if !text.contains('\t') {
        return text.into();
    }
    let (mut out, mut column) = (String::new(), 0);
    for c in text.chars() {
        if c == '\t' {
            let blanks = 8 - column % 8;
            out.push_str(&" ".repeat(blanks));
            column += blanks;
        } else {
            out.push(c);
            column += 1;
        }
    }
    out.into()
}

/// Cuts text where a line may end: around blanks and after hyphens inside words.
fn pieces(text: &str) -> Vec<&str> {
    let mut out = Vec::new();
    let mut rest = text;
    while !rest.is_empty() {
        let blank = rest.starts_with(' ');
        let end = rest.find(|c: char| (c == ' ') != blank).unwrap_or(rest.len());
        let (run, tail) = rest.split_at(end);
        if blank {
            out.push(run)
        } else {
            word_pieces(run, &mut out)
        }
        rest = tail;
    }
    out
}

fn word_pieces<'a>(word: &'a str, out: &mut Vec<&'a str>) {
    let bytes = word.as_bytes();
    let mut start = 0;
    let letter = |at: usize| {
        bytes.get(at).is_some_and(|b| b.is_ascii_alphabetic() || *b == b'_' || *b >= 128)
    };
    let word_byte = |at: usize| {
        bytes.get(at).is_some_and(|b| b.is_ascii_alphanumeric() || *b == b'_' || *b >= 128)
    };
    for at in 0..bytes.len() {
        let breakable = bytes[at] == b'-'
            && at >= start + 2
            && letter(at - 1)
            && word_byte(at - 2)
            && word_byte(at + 1)
            && letter(at + 2).then_some(()).is_some()
            && bytes[start..at].iter().skip_while(|b| !is_word(**b)).all(|b| is_word(*b));
        if breakable {
            out.push(&word[start..=at]);
            start = at + 1;
        }
    }
    if start < word.len() {
        out.push(&word[start..]);
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_' || byte >= 128
}

#[cfg(test)]
mod tests;
