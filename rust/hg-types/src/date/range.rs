//! Spans of time as `hg log --date` takes them.

use bstr::ByteSlice as _;

use super::parse::{Parts, START, parse_with};
use super::{Clock, HgDate};
use crate::{Error, Result};

/// A span of time, both ends included; an absent end is open.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct DateRange {
    /// The first second inside.
    pub from: Option<i64>,
    /// The last second inside.
    pub to: Option<i64>,
}

impl DateRange {
    /// Reads `DATE`, `<DATE`, `>DATE`, `DATE to DATE` or `-DAYS`.
    ///
    /// # Errors
    /// When the text is none of these.
    pub fn parse(text: &[u8], clock: &dyn Clock) -> Result<Self> {
        let text = text.trim();
        if text.is_empty() {
            return Err(Error::input("dates cannot consist entirely of whitespace"));
        }
        let required = |rest: &[u8], form: &str| match rest.is_empty() {
            true => Err(Error::input(format!("invalid day spec, use '{form}DATE'"))),
            false => Ok(()),
        };
        if let Some(rest) = text.strip_prefix(b"<") {
            required(rest, "<")?;
            return Ok(Self { from: None, to: Some(end(rest, clock)?.seconds) });
        }
        if let Some(rest) = text.strip_prefix(b">") {
            required(rest, ">")?;
            return Ok(Self { from: Some(start(rest, clock)?.seconds), to: None });
        }
        if let Some(days) = text.strip_prefix(b"-") {
            return Self::last_days(days, clock);
        }
        let (first, last) = match text.find(b" to ") {
            Some(at) => (&text[..at], &text[at + 4..]),
            None => (text, text),
        };
        let from = Some(start(first, clock)?.seconds);
        Ok(Self { from, to: Some(end(last, clock)?.seconds) })
    }

    fn last_days(days: &[u8], clock: &dyn Clock) -> Result<Self> {
        let number = days.to_str().ok().and_then(|days| days.trim().parse::<i64>().ok());
        let Some(number) = number else {
            return Err(Error::input([b"invalid day spec: ", days].concat()));
        };
        if number < 0 {
            let message = format!("{number} must be nonnegative (see 'hg help dates')");
            return Err(Error::input(message));
        }
        let from = clock.now().saturating_sub(number.saturating_mul(86_400));
        Ok(Self { from: Some(from), to: None })
    }

    /// Whether a point in time lies inside.
    #[must_use]
    pub fn contains(&self, seconds: i64) -> bool {
        self.from.is_none_or(|from| from <= seconds) && self.to.is_none_or(|to| seconds <= to)
    }
}

fn start(text: &[u8], clock: &dyn Clock) -> Result<HgDate> {
    parse_with(text, clock, true, &START)
}

/// The last second of what the text may mean: the end of the day, the month, the year.
fn end(text: &[u8], clock: &dyn Clock) -> Result<HgDate> {
    let last = |day| Parts {
        second: Some(59),
        minute: Some(59),
        hour: Some(23),
        day: Some(day),
        month: Some(12),
        ..START
    };
    [31, 30, 29]
        .into_iter()
        .find_map(|day| parse_with(text, clock, true, &last(day)).ok())
        .map_or_else(|| parse_with(text, clock, true, &last(28)), Ok)
}
