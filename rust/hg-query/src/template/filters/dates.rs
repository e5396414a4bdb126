//! Filters that show points in time.

use hg_types::{HgDate, Result};

use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::Value;
use super::{Filter, Input};

const fn date(name: &'static str, run: fn(&Engine, &Scope, Value) -> Result<Value>) -> Filter {
    Filter { name, input: Input::Date, run }
}

pub(super) const FILTERS: &[Filter] = &[
    date("age", |engine, _, value| Ok(Value::Bytes(age(get(&value), engine.host.clock().date())))),
    date("hgdate", |_, _, value| {
        let date = get(&value);
        Ok(Value::Bytes(format!("{} {}", date.seconds, date.offset).into_bytes()))
    }),
    date("isodate", |_, _, value| format(&value, b"%Y-%m-%d %H:%M %1%2")),
    date("isodatesec", |_, _, value| format(&value, b"%Y-%m-%d %H:%M:%S %1%2")),
    date("rfc3339date", |_, _, value| format(&value, b"%Y-%m-%dT%H:%M:%S%1:%2")),
    date("rfc822date", |_, _, value| format(&value, b"%a, %d %b %Y %H:%M:%S %1%2")),
    date("shortdate", |_, _, value| format(&value, b"%Y-%m-%d")),
];

fn get(value: &Value) -> HgDate {
    match value {
        Value::Date(date, _) => *date,
        _ => HgDate::default(),
    }
}

fn format(value: &Value, format: &[u8]) -> Result<Value> {
    Ok(Value::Bytes(get(value).format(format)))
}

const UNITS: [(&str, i64); 7] = [
    ("year", 365 * 86_400),
    ("month", 30 * 86_400),
    ("week", 7 * 86_400),
    ("day", 86_400),
    ("hour", 3600),
    ("minute", 60),
    ("second", 1),
];

/// The distance of `date` from `now` in the largest unit of which there are at least two.
pub(super) fn age(date: HgDate, now: HgDate) -> Vec<u8> {
    distance(date, now, false)
}

/// The same with units of one letter: `3W ago`.
#[must_use]
pub fn short_age(date: HgDate, now: HgDate) -> Vec<u8> {
    distance(date, now, true)
}

fn distance(date: HgDate, now: HgDate, short: bool) -> Vec<u8> {
    let future = date.seconds > now.seconds;
    let distance = (date.seconds - now.seconds).abs().max(1);
    let year = UNITS[0].1;
    if future && distance > year * 30 {
        return b"in the distant future".to_vec();
    }
    if !future && distance > year * 2 {
        return date.format(b"%Y-%m-%d");
    }
    let fits = |(_, seconds): &&(&str, i64)| distance / seconds >= 2 || *seconds == 1;
    let (unit, seconds) = UNITS.iter().find(fits).copied().unwrap_or(("second", 1));
    let count = distance / seconds;
    let direction = if future { "from now" } else { "ago" };
    if short {
        let letter = match unit {
            "year" => 'Y',
            "month" => 'M',
            "week" => 'W',
            other => other.chars().next().unwrap_or('s'),
        };
        return format!("{count}{letter} {direction}").into_bytes();
    }
    let plural = if count == 1 { "" } else { "s" };
    format!("{count} {unit}{plural} {direction}").into_bytes()
}
