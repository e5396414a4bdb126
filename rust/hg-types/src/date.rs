//! Points in time as changesets record them.

/// Seconds since the epoch and the offset of the author's clock.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct HgDate {
    /// Seconds since 1970-01-01 00:00 UTC.
    pub seconds: i64,
    /// Seconds to *subtract* from UTC for local time: positive west of Greenwich.
    pub offset: i32,
}

impl HgDate {
    /// A date from its two numbers.
    #[must_use]
    pub const fn new(seconds: i64, offset: i32) -> Self {
        Self { seconds, offset }
    }
}
