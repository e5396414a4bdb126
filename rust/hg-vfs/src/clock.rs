//! The time of this machine, in the zone that its user lives in.

use std::sync::OnceLock;
use std::time::{SystemTime, UNIX_EPOCH};

use bstr::ByteSlice as _;
use hg_types::Clock;
use tz::TimeZone;

/// The machine's clock.
#[derive(Debug, Default)]
pub struct SystemClock {
    zone_name: Option<Vec<u8>>,
    zone: OnceLock<Option<TimeZone>>,
}

impl SystemClock {
    /// A clock in the zone named as in the environment variable `TZ`; the machine's zone without.
    #[must_use]
    pub fn new(zone_name: Option<&[u8]>) -> Self {
        Self { zone_name: zone_name.map(<[u8]>::to_vec), zone: OnceLock::new() }
    }

    fn zone(&self) -> Option<&TimeZone> {
        let load = || match &self.zone_name {
            Some(name) if name.is_empty() => None,
            Some(name) => TimeZone::from_posix_tz(name.to_str().ok()?).ok(),
            None => TimeZone::local().ok(),
        };
        self.zone.get_or_init(load).as_ref()
    }
}

impl Clock for SystemClock {
    fn now(&self) -> i64 {
        let since = SystemTime::now().duration_since(UNIX_EPOCH);
        since.map_or(0, |since| i64::try_from(since.as_secs()).unwrap_or(i64::MAX))
    }

    fn offset_at(&self, seconds: i64) -> i32 {
        let kind = self.zone().and_then(|zone| zone.find_local_time_type(seconds).ok());
        // An unknown zone is Greenwich, as the C library has it.
        kind.map_or(0, |kind| -kind.ut_offset())
    }
}

#[cfg(test)]
mod tests {
    use hg_types::parse_date;

    use super::*;

    #[test]
    fn offsets_follow_the_rules_of_the_zone() {
        let clock = SystemClock::new(Some(b"PST+8PDT+7,M4.1.0/02:00:00,M10.5.0/02:00:00"));
        let offset = |text: &[u8]| parse_date(text, &clock).expect("valid").offset;
        assert_eq!(offset(b"2006-07-15 13:30"), 7 * 3600);
        assert_eq!(offset(b"2006-01-15 13:30"), 8 * 3600);
        assert_eq!(SystemClock::new(Some(b"GMT")).offset_at(0), 0);
        assert_eq!(SystemClock::new(Some(b"EST5")).offset_at(0), 5 * 3600);
    }
}
