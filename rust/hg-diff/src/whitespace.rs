//! Comparing lines without regard to white space (`hg help diff`: `-w`, `-b`, `-Z`, `-B`).

use std::borrow::Cow;

use crate::options::DiffOptions;

const fn is_space(byte: u8) -> bool {
    matches!(byte, b' ' | b'\t' | b'\r')
}

/// At the end of a line a form feed is white space too.
const fn is_space_at_eol(byte: u8) -> bool {
    is_space(byte) || byte == b'\x0c'
}

/// A line as the options see it: lines with the same result are equal.
#[must_use]
pub fn clean<'l>(line: &'l [u8], options: &DiffOptions) -> Cow<'l, [u8]> {
    if !options.folds_space() || !line.iter().copied().any(is_space_at_eol) {
        return Cow::Borrowed(line);
    }
    let mut out: Vec<u8> = if options.ignore_space {
        line.iter().copied().filter(|&byte| !is_space(byte)).collect()
    } else if options.ignore_space_amount {
        squeeze(line)
    } else {
        line.to_vec()
    };
    if options.ignore_space_at_eol {
        strip_eol(&mut out, is_space_at_eol);
    }
    Cow::Owned(out)
}

/// Each run of white space becomes one space; none is left before the newline.
fn squeeze(line: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(line.len());
    let mut in_space = false;
    for &byte in line {
        if !is_space(byte) {
            out.push(byte);
        } else if !in_space {
            out.push(b' ');
        }
        in_space = is_space(byte);
    }
    strip_eol(&mut out, |byte| byte == b' ');
    out
}

/// Removes white space before the newline; a line without newline stays as it is.
fn strip_eol(line: &mut Vec<u8>, space: impl Fn(u8) -> bool) {
    if line.last() != Some(&b'\n') {
        return;
    }
    line.pop();
    while line.last().is_some_and(|&byte| space(byte)) {
        line.pop();
    }
    line.push(b'\n');
}

/// Whether two runs of lines differ in blank lines only.
#[must_use]
pub fn differ_in_blank_lines<L: AsRef<[u8]>>(old: &[L], new: &[L], options: &DiffOptions) -> bool {
    // White space at the ends of lines is stripped last: a line of nothing else is not blank.
    let spaces = DiffOptions { ignore_space_at_eol: false, ..options.clone() };
    let ends = DiffOptions { ignore_space: false, ignore_space_amount: false, ..options.clone() };
    let text = |lines: &[L]| -> Vec<u8> {
        let lines: Vec<_> = lines.iter().map(|line| clean(line.as_ref(), &spaces)).collect();
        let mut kept: Vec<&[u8]> = lines.iter().map(AsRef::as_ref).collect();
        kept.retain(|line| line != b"\n");
        // The end of the last line is not compared.
        if let Some(last) = kept.last_mut() {
            *last = last.strip_suffix(b"\n").unwrap_or(last);
        }
        kept.iter().flat_map(|line| clean(line, &ends).into_owned()).collect()
    };
    text(old) == text(new)
}
