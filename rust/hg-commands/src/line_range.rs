//! `--line-range FILE,FROM:TO`.

use hg_diff::lines;
use hg_types::{Error, Result};
use hg_wdir::annotate::Annotation;

/// Lines of a file, counted from 1, both ends included.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) struct LineRange {
    from: usize,
    to: usize,
}

impl LineRange {
    /// Splits a pattern from the range behind it.
    pub(crate) fn parse(spec: &[u8]) -> Result<(&[u8], Self)> {
        let Some(comma) = spec.iter().rposition(|&byte| byte == b',') else {
            return Err(Error::abort([b"malformatted line-range pattern ", spec].concat()));
        };
        let (pattern, range) = (&spec[..comma], &spec[comma + 1..]);
        let number = |text: &str| text.trim().parse::<i64>().ok();
        let ends = std::str::from_utf8(range).ok().and_then(|range| range.split_once(':'));
        let ends = ends.and_then(|(from, to)| Some((number(from)?, number(to)?)));
        let Some((from, to)) = ends else {
            return Err(Error::abort([b"invalid line range for ", pattern].concat()));
        };
        if to < from {
            return Err(Error::parse("line range must be positive", None));
        }
        match (usize::try_from(from), usize::try_from(to)) {
            (Ok(from), Ok(to)) if from > 0 => Ok((pattern, Self { from, to })),
            _ => Err(Error::parse("fromline must be strictly positive", None)),
        }
    }

    /// The lines, counted from 0.
    pub(crate) fn lines(self) -> std::ops::Range<usize> {
        self.from - 1..self.to
    }

    /// Removes the other lines.
    pub(crate) fn cut(self, annotation: &mut Annotation) {
        let total = annotation.lines.len();
        let (from, to) = ((self.from - 1).min(total), self.to.min(total));
        annotation.lines = annotation.lines[from..to].to_vec();
        let text = lines::split(&annotation.content).skip(from).take(to - from);
        annotation.content = text.flatten().copied().collect();
    }
}
