//! `strftime` in the C locale, with the extensions of the C library that people use.

use super::{Civil, HgDate};

const WEEKDAYS: [&str; 7] =
    ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const MONTHS: [&str; 12] = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
];

/// Flags and width between `%` and the conversion.
#[derive(Clone, Copy, Default)]
struct Spec {
    /// `-` (none), `_` (spaces) or `0`.
    padding: Option<u8>,
    upper: bool,
    width: Option<usize>,
}

pub(super) fn format_into(date: HgDate, format: &[u8], out: &mut Vec<u8>) {
    let civil = date.civil();
    let mut rest = format;
    while let Some(at) = rest.iter().position(|&c| c == b'%') {
        out.extend_from_slice(&rest[..at]);
        let directive = &rest[at..];
        let (spec, letter_at) = read_spec(directive);
        let known = directive
            .get(letter_at)
            .is_some_and(|&letter| convert(date, &civil, letter, spec, out).is_some());
        let len = if known { letter_at + 1 } else { 1 };
        if !known {
            out.push(b'%');
        }
        rest = &directive[len..];
    }
    out.extend_from_slice(rest);
}

/// Flags and width, and the offset of the conversion letter.
fn read_spec(directive: &[u8]) -> (Spec, usize) {
    let mut spec = Spec::default();
    let mut at = 1;
    // `%1` and `%2` are ours; as widths these digits would never be followed by the end of the zone.
    if matches!(directive.get(1), Some(b'1' | b'2')) {
        return (spec, 1);
    }
    while let Some(&flag) = directive.get(at) {
        match flag {
            b'-' | b'_' | b'0' => spec.padding = Some(flag),
            b'^' => spec.upper = true,
            _ => break,
        }
        at += 1;
    }
    while let Some(digit) = directive.get(at).filter(|c| c.is_ascii_digit()) {
        let width = spec.width.unwrap_or(0) * 10 + usize::from(digit - b'0');
        spec.width = Some(width.min(1000));
        at += 1;
    }
    if matches!(directive.get(at), Some(b'E' | b'O')) && directive.get(at + 1).is_some() {
        at += 1;
    }
    (spec, at)
}

fn convert(date: HgDate, civil: &Civil, letter: u8, spec: Spec, out: &mut Vec<u8>) -> Option<()> {
    let compound: &[u8] = match letter {
        b'c' => b"%a %b %e %H:%M:%S %Y",
        b'D' | b'x' => b"%m/%d/%y",
        b'F' => b"%Y-%m-%d",
        b'R' => b"%H:%M",
        b'r' => b"%I:%M:%S %p",
        b'T' | b'X' => b"%H:%M:%S",
        b'z' => b"%1%2",
        _ => return convert_text(date, civil, letter, spec, out),
    };
    format_into(date, compound, out);
    Some(())
}

fn convert_text(
    date: HgDate,
    civil: &Civil,
    letter: u8,
    spec: Spec,
    out: &mut Vec<u8>,
) -> Option<()> {
    let weekday = WEEKDAYS[civil.weekday as usize];
    let month = MONTHS[civil.month as usize - 1];
    let half = if civil.hour < 12 { "AM" } else { "PM" };
    let text = match letter {
        b'a' => &weekday[..3],
        b'A' => weekday,
        b'b' | b'h' => &month[..3],
        b'B' => month,
        b'p' => half,
        b'P' if civil.hour < 12 => "am",
        b'P' => "pm",
        b'n' => "\n",
        b't' => "\t",
        b'Z' => "",
        b'%' => "%",
        _ => return convert_number(date, civil, letter, spec, out),
    };
    let start = out.len();
    out.extend_from_slice(text.as_bytes());
    if spec.upper {
        out[start..].make_ascii_uppercase();
    }
    Some(())
}

fn convert_number(
    date: HgDate,
    civil: &Civil,
    letter: u8,
    spec: Spec,
    out: &mut Vec<u8>,
) -> Option<()> {
    let hour12 = i64::from((civil.hour + 11) % 12 + 1);
    let (number, width, padding) = match letter {
        b'1' => {
            out.push(if date.offset > 0 { b'-' } else { b'+' });
            (i64::from(date.offset.unsigned_abs() / 3600), 2, b'0')
        }
        b'2' => (i64::from(date.offset.unsigned_abs() % 3600 / 60), 2, b'0'),
        b'C' => (civil.year.div_euclid(100), 2, b'0'),
        b'd' => (civil.day.into(), 2, b'0'),
        b'e' => (civil.day.into(), 2, b'_'),
        b'f' => (0, 6, b'0'),
        b'g' => (iso_week(civil).0.rem_euclid(100), 2, b'0'),
        b'G' => (iso_week(civil).0, 1, b'0'),
        b'H' => (civil.hour.into(), 2, b'0'),
        b'I' => (hour12, 2, b'0'),
        b'j' => (civil.day_of_year.into(), 3, b'0'),
        b'k' => (civil.hour.into(), 2, b'_'),
        b'l' => (hour12, 2, b'_'),
        b'm' => (civil.month.into(), 2, b'0'),
        b'M' => (civil.minute.into(), 2, b'0'),
        b's' => (date.local_seconds(), 1, b'-'),
        b'S' => (civil.second.into(), 2, b'0'),
        b'u' => (i64::from((civil.weekday + 6) % 7 + 1), 1, b'0'),
        b'U' => (week_from(civil, civil.weekday), 2, b'0'),
        b'V' => (iso_week(civil).1, 2, b'0'),
        b'w' => (civil.weekday.into(), 1, b'0'),
        b'W' => (week_from(civil, (civil.weekday + 6) % 7), 2, b'0'),
        b'y' => (civil.year.rem_euclid(100), 2, b'0'),
        b'Y' => (civil.year, 1, b'0'),
        _ => return None,
    };
    let text = number.to_string();
    let (padding, wanted) = match spec.padding {
        Some(b'-') => (b'-', 0),
        Some(flag) => (flag, spec.width.unwrap_or(width)),
        None => (padding, spec.width.unwrap_or(width)),
    };
    let fill = if padding == b'_' { b' ' } else { b'0' };
    out.resize(out.len() + wanted.saturating_sub(text.len()), fill);
    out.extend_from_slice(text.as_bytes());
    Some(())
}

/// Number of the week when weeks start with the day `days_into_week` days ago; days before the first such day are
/// in week 0.
fn week_from(civil: &Civil, days_into_week: u32) -> i64 {
    i64::from((civil.day_of_year + 6 - days_into_week) / 7)
}

/// Year and week of ISO 8601: week 1 has the year's first Thursday.
fn iso_week(civil: &Civil) -> (i64, i64) {
    let days_into_week = i64::from((civil.weekday + 6) % 7);
    let thursday = civil.to_seconds() + (3 - days_into_week) * 86_400;
    let thursday = Civil::from_seconds(thursday);
    (thursday.year, i64::from((thursday.day_of_year - 1) / 7 + 1))
}
