//! The time and the place of whoever asks.

use super::HgDate;

/// The time and the place of whoever asks. Libraries get it as an argument.
pub trait Clock: Send + Sync {
    /// Seconds since the epoch, now.
    fn now(&self) -> i64;
    /// Seconds west of Greenwich of local time at a point in time.
    fn offset_at(&self, seconds: i64) -> i32;

    /// Now, here.
    fn date(&self) -> HgDate {
        self.date_at(self.now())
    }

    /// A point in time with the local offset.
    fn date_at(&self, seconds: i64) -> HgDate {
        HgDate::new(seconds, self.offset_at(seconds))
    }

    /// The point in time at which local clocks show `local` (seconds, as if they showed UTC).
    fn date_of_local(&self, local: i64) -> HgDate {
        // Two steps settle on the right side of a change of the clocks.
        let guess = self.offset_at(local);
        let offset = self.offset_at(local.saturating_add(guess.into()));
        HgDate::new(local.saturating_add(offset.into()), offset)
    }
}

/// A clock that stands still somewhere.
#[derive(Clone, Copy, Debug)]
pub struct FixedClock(pub HgDate);

impl Clock for FixedClock {
    fn now(&self) -> i64 {
        self.0.seconds
    }

    fn offset_at(&self, _: i64) -> i32 {
        self.0.offset
    }
}
