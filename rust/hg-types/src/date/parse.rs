//! Dates as users write them: `hg help dates`.

use bstr::ByteSlice as _;

use super::{Civil, Clock, HgDate};
use crate::{Error, Result, quoted};

const MONTHS: [&str; 12] =
    ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];

const WEEKDAYS: [&str; 7] = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

/// Accepted forms, in the order in which they are tried. Letters are those of `strptime`; other
/// characters stand for themselves, a space for any white space.
const FORMS: &[&str] = &[
    "Y-m-dTH:M:S",
    "Y-m-dTH:M",
    "Y-m-dTHMS",
    "Y-m-dTHM",
    "Y-m-d H:M:S",
    "Y-m-d H:M",
    "Y-m-d HMS",
    "Y-m-d HM",
    "Y-m-d I:M:Sp",
    "Y-m-d I:Mp",
    "Y-m-d",
    "m-d",
    "m/d",
    "m/d/y",
    "m/d/Y",
    "a b d H:M:S Y",
    "a b d I:M:Sp Y",
    "a, d b Y H:M:S",
    "b d H:M:S Y",
    "b d I:M:Sp Y",
    "b d H:M:S",
    "b d I:M:Sp",
    "b d H:M",
    "b d I:Mp",
    "b d Y",
    "b d",
    "H:M:S",
    "I:M:Sp",
    "H:M",
    "I:Mp",
];

/// Forms too vague for one point in time, accepted where a span is asked for.
const VAGUE_FORMS: &[&str] = &["Y", "Y-m", "b", "b Y"];

/// What a text says about a point in time. The order of the fields is from small to large.
#[derive(Clone, Copy, Default)]
pub(super) struct Parts {
    pub(super) second: Option<u32>,
    pub(super) minute: Option<u32>,
    pub(super) hour: Option<u32>,
    pub(super) day: Option<u32>,
    pub(super) month: Option<u32>,
    pub(super) year: Option<i64>,
    pub(super) afternoon: Option<bool>,
}

/// The start of whatever the text leaves open: midnight, the first.
pub(super) const START: Parts = Parts {
    second: Some(0),
    minute: Some(0),
    hour: Some(0),
    day: Some(1),
    month: Some(1),
    year: None,
    afternoon: None,
};

/// Reads a date in any of the documented forms, or `seconds offset`.
///
/// # Errors
/// When the text is no date, or one that cannot be recorded.
pub fn parse_date(text: &[u8], clock: &dyn Clock) -> Result<HgDate> {
    parse_with(text, clock, false, &START)
}

/// As [`parse_date`], and also accepts a year, a month.
///
/// # Errors
/// As [`parse_date`].
pub fn parse_extended_date(text: &[u8], clock: &dyn Clock) -> Result<HgDate> {
    parse_with(text, clock, true, &START)
}

/// Reads a date; what it leaves open below the smallest thing it names is taken from `open`.
pub(super) fn parse_with(
    text: &[u8],
    clock: &dyn Clock,
    vague: bool,
    open: &Parts,
) -> Result<HgDate> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(HgDate::new(0, 0));
    }
    let date = match text {
        b"now" => return Ok(clock.date()),
        b"today" => of_day(clock.date(), clock, open),
        b"yesterday" => of_day(clock.date_at(clock.now() - 86_400), clock, open),
        _ => match internal(text) {
            Some(date) => date?,
            None => written(text, clock, vague, open).ok_or_else(|| {
                Error::parse([b"invalid date: ", &quoted(text)[..]].concat(), None)
            })?,
        },
    };
    validate(date)
}

fn validate(date: HgDate) -> Result<HgDate> {
    if i32::try_from(date.seconds).is_err() {
        return Err(Error::parse(format!("date exceeds 32 bits: {}", date.seconds), None));
    }
    if !(-50_400..=43_200).contains(&date.offset) {
        return Err(Error::parse(format!("impossible time zone offset: {}", date.offset), None));
    }
    Ok(date)
}

/// The day on which `date` falls.
fn of_day(date: HgDate, clock: &dyn Clock, open: &Parts) -> HgDate {
    let local = date.civil();
    let day = Civil {
        hour: open.hour.unwrap_or(0),
        minute: open.minute.unwrap_or(0),
        second: open.second.unwrap_or(0),
        ..local
    };
    clock.date_of_local(day.to_seconds())
}

/// `seconds offset`; `None` when these are not two numbers. The result is not yet validated.
fn internal(text: &[u8]) -> Option<Result<HgDate>> {
    let mut words = text.to_str().ok()?.split(' ');
    let (seconds, offset) = (words.next()?, words.next()?);
    if words.next().is_some() {
        return None;
    }
    let number = |word: &str| word.trim().parse::<i128>().ok();
    let (seconds, offset) = (number(seconds)?, number(offset)?);
    let Ok(small_seconds) = i64::try_from(seconds) else {
        return Some(Err(Error::parse(format!("date exceeds 32 bits: {seconds}"), None)));
    };
    let offset = i32::try_from(offset).unwrap_or(i32::MAX);
    Some(Ok(HgDate::new(small_seconds, offset)))
}

fn written(text: &[u8], clock: &dyn Clock, vague: bool, open: &Parts) -> Option<HgDate> {
    let (offset, text) = split_zone(text);
    let now = clock.date().civil();
    let vague_forms = if vague { VAGUE_FORMS } else { &[] };
    for form in FORMS.iter().chain(vague_forms) {
        let Some(parts) = match_form(form.as_bytes(), text, Parts::default()) else {
            continue;
        };
        let Some(civil) = parts.complete(open, &now) else {
            continue;
        };
        let local = civil.to_seconds();
        return Some(match offset {
            Some(offset) => HgDate::new(local.saturating_add(offset.into()), offset),
            None => clock.date_of_local(local),
        });
    }
    None
}

/// Splits a zone off the end: `GMT`, `UTC`, `Z`, `+0100`, `+01:00`.
fn split_zone(text: &[u8]) -> (Option<i32>, &[u8]) {
    for name in [&b"GMT"[..], b"UTC"] {
        if let Some(rest) = text.strip_suffix(name) {
            return (Some(0), rest.trim_end());
        }
    }
    let is_digit = |at: usize| text.get(at).is_some_and(u8::is_ascii_digit);
    let digit = |at: usize| i32::from(text[at] - b'0');
    let offset = |sign: u8, hours: i32, minutes: i32| {
        let seconds = hours * 3600 + minutes * 60;
        if sign == b'+' { -seconds } else { seconds }
    };
    let len = text.len();
    if len >= 5 && matches!(text[len - 5], b'+' | b'-') && (len - 4..len).all(is_digit) {
        let (hours, minutes) =
            (digit(len - 4) * 10 + digit(len - 3), digit(len - 2) * 10 + digit(len - 1));
        return (Some(offset(text[len - 5], hours, minutes)), text[..len - 5].trim_end());
    }
    if len >= 2 && text[len - 1] == b'Z' && is_digit(len - 2) {
        return (Some(0), &text[..len - 1]);
    }
    let colon = len >= 7
        && text[len - 3] == b':'
        && matches!(text[len - 6], b'+' | b'-')
        && [len - 7, len - 5, len - 4, len - 2, len - 1].into_iter().all(is_digit);
    if colon {
        let (hours, minutes) =
            (digit(len - 5) * 10 + digit(len - 4), digit(len - 2) * 10 + digit(len - 1));
        return (Some(offset(text[len - 6], hours, minutes)), &text[..len - 6]);
    }
    (None, text)
}

/// Matches the whole text against a form; a number takes two digits if the rest still fits, else
/// one.
fn match_form(form: &[u8], text: &[u8], parts: Parts) -> Option<Parts> {
    let Some((&directive, form)) = form.split_first() else {
        return text.is_empty().then_some(parts);
    };
    let number = |digits: usize, allowed: std::ops::RangeInclusive<u32>| {
        let value = text.get(..digits)?.to_str().ok()?;
        let all_digits = value.bytes().all(|c| c.is_ascii_digit());
        let value: u32 = all_digits.then(|| value.parse().ok())??;
        allowed.contains(&value).then_some(value)
    };
    let two_or_one = |allowed: std::ops::RangeInclusive<u32>, set: fn(&mut Parts, u32)| {
        [2, 1].into_iter().find_map(|digits| {
            let mut parts = parts;
            set(&mut parts, number(digits, allowed.clone())?);
            match_form(form, &text[digits..], parts)
        })
    };
    let name = |names: &[&str]| {
        let start = text.get(..3)?;
        names.iter().position(|name| name.as_bytes().eq_ignore_ascii_case(start))
    };
    match directive {
        b'Y' => {
            let year = number(4, 1..=9999)?;
            match_form(form, &text[4..], Parts { year: Some(year.into()), ..parts })
        }
        b'y' => {
            let year = number(2, 0..=99)?;
            let year = Some(i64::from(if year < 69 { 2000 + year } else { 1900 + year }));
            match_form(form, &text[2..], Parts { year, ..parts })
        }
        b'm' => two_or_one(1..=12, |parts, month| parts.month = Some(month)),
        b'd' => two_or_one(1..=31, |parts, day| parts.day = Some(day)),
        b'H' => two_or_one(0..=23, |parts, hour| parts.hour = Some(hour)),
        b'I' => two_or_one(1..=12, |parts, hour| parts.hour = Some(hour)),
        b'M' => two_or_one(0..=59, |parts, minute| parts.minute = Some(minute)),
        b'S' => two_or_one(0..=61, |parts, second| parts.second = Some(second)),
        b'p' => {
            let half = text.get(..2)?.to_ascii_lowercase();
            let afternoon = Some(half == b"pm");
            let known = afternoon == Some(true) || half == b"am";
            known.then(|| match_form(form, &text[2..], Parts { afternoon, ..parts }))?
        }
        b'a' => {
            name(&WEEKDAYS)?;
            match_form(form, &text[3..], parts)
        }
        b'b' => {
            let month = u32::try_from(name(&MONTHS)? + 1).ok();
            match_form(form, &text[3..], Parts { month, ..parts })
        }
        b' ' => {
            let rest = text.trim_start();
            (rest.len() < text.len()).then(|| match_form(form, rest, parts))?
        }
        literal => match_form(form, text.strip_prefix(&[literal])?, parts),
    }
}

impl Parts {
    /// Fills the gaps: what is larger than the smallest thing said comes from today, what is smaller
    /// from `open`.
    fn complete(&self, open: &Self, now: &Civil) -> Option<Civil> {
        let mut said = false;
        let mut fill = |part: Option<u32>, open: Option<u32>, today: u32| {
            said |= part.is_some();
            part.unwrap_or(if said { today } else { open.unwrap_or(today) })
        };
        let second = fill(self.second, open.second, now.second);
        let minute = fill(self.minute, open.minute, now.minute);
        let mut hour = fill(self.hour, open.hour, now.hour);
        let day = fill(self.day, open.day, now.day);
        let month = fill(self.month, open.month, now.month);
        if let Some(afternoon) = self.afternoon {
            hour = hour % 12 + if afternoon { 12 } else { 0 };
        }
        let year = self.year.unwrap_or(now.year);
        Some(Civil { hour, minute, second, ..Civil::midnight(year, month, day)? })
    }
}
