//! Points in time as changesets record them, their texts, and how users write them.

mod clock;
mod format;
mod parse;
mod range;
#[cfg(test)]
mod reading_tests;

pub use clock::{Clock, FixedClock};
pub use parse::{parse_date, parse_extended_date};
pub use range::DateRange;

/// Seconds since the epoch and the offset of the author's clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct HgDate {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// Seconds to *subtract* from UTC for local time: positive west of Greenwich.
    pub offset: i32,
}

/// The fields of a calendar date and time of day.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct Civil {
    /// The year, astronomically counted.
    pub year: i64,
    /// 1 to 12.
    pub month: u32,
    /// 1 to 31.
    pub day: u32,
    /// 0 to 23.
    pub hour: u32,
    /// 0 to 59.
    pub minute: u32,
    /// 0 to 59.
    pub second: u32,
    /// 0 (Sunday) to 6.
    pub weekday: u32,
    /// 1 to 366.
    pub day_of_year: u32,
}

impl HgDate {
    /// The format of dates in log messages and patch headers.
    pub const DEFAULT_FORMAT: &[u8] = b"%a %b %d %H:%M:%S %Y %1%2";

    /// A date from its two numbers.
    #[must_use]
    pub const fn new(seconds: i64, offset: i32) -> Self {
        Self { seconds, offset }
    }

    /// Seconds of the author's wall clock, as if it stood in Greenwich.
    #[must_use]
    pub fn local_seconds(self) -> i64 {
        self.seconds.saturating_sub(self.offset.into())
    }

    /// The author's calendar and clock.
    #[must_use]
    pub fn civil(self) -> Civil {
        Civil::from_seconds(self.local_seconds())
    }

    /// The text in the style of `strftime` in the C locale. `%1` is sign and hours of the time zone, `%2` its
    /// minutes, `%z` both.
    #[must_use]
    pub fn format(self, format: &[u8]) -> Vec<u8> {
        let mut out = Vec::with_capacity(32);
        self.format_into(format, &mut out);
        out
    }

    /// Appends what [`HgDate::format`] gives.
    pub fn format_into(self, format: &[u8], out: &mut Vec<u8>) {
        format::format_into(self, format, out);
    }
}

impl Civil {
    /// Calendar and clock at `seconds` since the epoch.
    #[must_use]
    pub fn from_seconds(seconds: i64) -> Self {
        let days = seconds.div_euclid(86_400);
        let clock = field(seconds.rem_euclid(86_400));
        let (year, month, day) = civil_from_days(days);
        let day_of_year = field(days - days_from_civil(year, 1, 1) + 1);
        Self {
            year,
            month,
            day,
            hour: clock / 3600,
            minute: clock / 60 % 60,
            second: clock % 60,
            weekday: field((days + 4).rem_euclid(7)),
            day_of_year,
        }
    }

    /// A date, at midnight; `None` when the month lacks the day.
    #[must_use]
    pub fn midnight(year: i64, month: u32, day: u32) -> Option<Self> {
        let leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);
        let days = match month {
            2 => 28 + u32::from(leap),
            4 | 6 | 9 | 11 => 30,
            1..=12 => 31,
            _ => 0,
        };
        let inside = (1..=days).contains(&day);
        inside.then(|| Self::from_seconds(days_from_civil(year, month, day) * 86_400))
    }

    /// Seconds since the epoch.
    #[must_use]
    pub fn to_seconds(self) -> i64 {
        let clock = i64::from(self.hour) * 3600 + i64::from(self.minute) * 60;
        days_from_civil(self.year, self.month, self.day) * 86_400 + clock + i64::from(self.second)
    }
}

fn field(number: i64) -> u32 {
    u32::try_from(number).expect("calendar fields are small")
}

/// Days from 1970-01-01 to a date of the proleptic Gregorian calendar.
///
/// Years are counted from March, so that the leap day ends them; 400 of them are an era of fixed length.
fn days_from_civil(year: i64, month: u32, day: u32) -> i64 {
    let year = if month <= 2 { year - 1 } else { year };
    let era = year.div_euclid(400);
    let year_of_era = year.rem_euclid(400);
    let month_from_march = i64::from((month + 9) % 12);
    let day_of_year = (153 * month_from_march + 2) / 5 + i64::from(day) - 1;
    let day_of_era = year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year;
    era * 146_097 + day_of_era - 719_468
}

fn civil_from_days(days: i64) -> (i64, u32, u32) {
    let days = days + 719_468;
    let era = days.div_euclid(146_097);
    let day_of_era = days.rem_euclid(146_097);
    let leap_days = day_of_era / 1460 - day_of_era / 36_524 + day_of_era / 146_096;
    let year_of_era = (day_of_era - leap_days) / 365;
    let day_of_year = day_of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let month_from_march = (5 * day_of_year + 2) / 153;
    let day = field(day_of_year - (153 * month_from_march + 2) / 5 + 1);
    let month = field((month_from_march + 2) % 12 + 1);
    (year_of_era + era * 400 + i64::from(month <= 2), month, day)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(seconds: i64, offset: i32, format: &str) -> String {
        String::from_utf8(HgDate::new(seconds, offset).format(format.as_bytes())).expect("ascii")
    }

    #[test]
    fn civil_round_trip() {
        for seconds in [0, -1, 951_782_400, 1_593_600_000, -62_135_596_800, 253_402_300_799] {
            assert_eq!(Civil::from_seconds(seconds).to_seconds(), seconds);
        }
        let leap = Civil::from_seconds(951_782_400);
        assert_eq!((leap.year, leap.month, leap.day, leap.day_of_year), (2000, 2, 29, 60));
    }

    #[test]
    fn default_format() {
        let format = std::str::from_utf8(HgDate::DEFAULT_FORMAT).expect("ascii");
        assert_eq!(text(0, 0, format), "Thu Jan 01 00:00:00 1970 +0000");
        assert_eq!(text(1_234_567_890, -20_000, format), "Sat Feb 14 05:04:50 2009 +0533");
        assert_eq!(text(1_234_567_890, 1, "%S %z"), "29 -0000");
    }

    #[test]
    fn all_conversions() {
        assert_eq!(
            text(0, 0, "%a|%A|%b|%B|%c|%d|%H|%I|%j|%m|%M|%p|%S|%U|%w|%W|%x|%X|%y|%Y|%Z|%%"),
            "Thu|Thursday|Jan|January|Thu Jan  1 00:00:00 1970|01|00|12|001|01|00|AM|00|00|4|00\
             |01/01/70|00:00:00|70|1970||%"
        );
        assert_eq!(
            text(0, 3600, "%C|%D|%e|%F|%g|%G|%h|%R|%r|%s|%T|%u|%V|%k|%l|%P|%q|%Ey|%-d|%f|%"),
            "19|12/31/69|31|1969-12-31|70|1970|Dec|23:00|11:00:00 PM|-3600|23:00:00|3|01|23|11|pm\
             |%q|69|31|000000|%"
        );
        assert_eq!(text(0, 0, "%-H %_H %5Y %05d"), "0  0 01970 00001");
    }
}
