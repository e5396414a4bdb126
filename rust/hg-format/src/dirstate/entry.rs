//! What a dirstate says about one file.

/// A point in time as a dirstate keeps it: 31 bits of seconds, and nanoseconds when known.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub struct Timestamp {
    /// Seconds since the epoch, the lower 31 bits.
    pub seconds: u32,
    /// Nanoseconds; 0 when unknown.
    pub nanoseconds: u32,
    /// Whether comparing needs nanoseconds on both sides.
    pub second_ambiguous: bool,
}

/// The bits of seconds that are kept.
const SECONDS_MASK: i64 = 0x7fff_ffff;

impl Timestamp {
    /// A time as the file system tells it.
    #[must_use]
    #[inline]
    pub fn new(seconds: i64, nanoseconds: u32) -> Self {
        // Masked to 31 bits, it fits.
        let seconds = u32::try_from(seconds & SECONDS_MASK).unwrap_or_default();
        Self { seconds, nanoseconds, second_ambiguous: false }
    }

    /// Whether a stored time (`self`) and one of the file system may be the same: nanoseconds count
    /// only when both have them, and must be there when `self` needs them.
    #[must_use]
    #[inline]
    pub fn likely_equal(self, observed: Self) -> bool {
        if self.seconds != observed.seconds {
            return false;
        }
        if self.nanoseconds == 0 || observed.nanoseconds == 0 {
            return !self.second_ambiguous;
        }
        self.nanoseconds == observed.nanoseconds
    }
}

/// The state letter of version 1, derived.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
pub enum FileState {
    /// `n`: tracked, and was so in a parent.
    Normal,
    /// `a`: tracked, in no parent.
    Added,
    /// `r`: no longer tracked.
    Removed,
    /// `m`: tracked, merged from both parents.
    Merged,
}

impl FileState {
    /// The letter.
    #[must_use]
    pub const fn letter(self) -> u8 {
        match self {
            Self::Normal => b'n',
            Self::Added => b'a',
            Self::Removed => b'r',
            Self::Merged => b'm',
        }
    }
}

/// What a file looked like when it was last known to be clean.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Metadata {
    /// Length in bytes, the lower 31 bits.
    pub size: u32,
    /// Whether the owner may execute it.
    pub executable: bool,
    /// Whether it is a symbolic link.
    pub symlink: bool,
}

/// What a dirstate says about one file.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
pub struct Entry {
    /// Whether the working directory tracks it.
    pub tracked: bool,
    /// Whether the first parent has it.
    pub p1_tracked: bool,
    /// Whether the second parent or a merge has a say in it.
    pub p2_info: bool,
    /// How it looked when it was clean, when known.
    pub metadata: Option<Metadata>,
    /// When it was last changed when it was clean, when known.
    pub mtime: Option<Timestamp>,
}

/// The size that version 1 stores for "must be compared".
const SIZE_UNKNOWN: i32 = -1;
/// The size that version 1 stores for "came from the second parent".
const SIZE_FROM_P2: i32 = -2;
/// The time that version 1 stores for "must be compared".
const MTIME_UNSET: i32 = -1;

const S_IFMT: u32 = 0o170_000;
const S_IFLNK: u32 = 0o120_000;
const S_IFREG: u32 = 0o100_000;

impl Entry {
    /// A file that was just put under control.
    #[must_use]
    pub const fn added() -> Self {
        Self { tracked: true, p1_tracked: false, p2_info: false, metadata: None, mtime: None }
    }

    /// A tracked file of the first parent whose content is to be compared.
    #[must_use]
    pub const fn possibly_dirty() -> Self {
        Self { tracked: true, p1_tracked: true, p2_info: false, metadata: None, mtime: None }
    }

    /// A tracked file of the first parent that is known to be clean.
    #[must_use]
    pub const fn clean(metadata: Metadata, mtime: Option<Timestamp>) -> Self {
        Self { tracked: true, p1_tracked: true, p2_info: false, metadata: Some(metadata), mtime }
    }

    /// Whether the file has any business in a dirstate.
    #[must_use]
    pub const fn any_tracked(&self) -> bool {
        self.tracked || self.p1_tracked || self.p2_info
    }

    /// The state letter of version 1.
    #[must_use]
    pub const fn state(&self) -> FileState {
        if !self.tracked {
            FileState::Removed
        } else if self.p1_tracked && self.p2_info {
            FileState::Merged
        } else if !self.p1_tracked && !self.p2_info {
            FileState::Added
        } else {
            FileState::Normal
        }
    }

    /// Whether it is tracked and in no parent.
    #[must_use]
    pub const fn is_added(&self) -> bool {
        self.tracked && !self.p1_tracked && !self.p2_info
    }

    /// Whether it was tracked and is no longer.
    #[must_use]
    pub const fn is_removed(&self) -> bool {
        !self.tracked && (self.p1_tracked || self.p2_info)
    }

    /// Whether both parents have a say in it.
    #[must_use]
    pub const fn is_merged(&self) -> bool {
        self.tracked && self.p1_tracked && self.p2_info
    }

    /// Whether it is tracked because of the second parent alone.
    #[must_use]
    pub const fn is_from_p2(&self) -> bool {
        self.tracked && !self.p1_tracked && self.p2_info
    }

    /// Whether it may be clean: tracked and as in the first parent as far as is known.
    #[must_use]
    pub const fn maybe_clean(&self) -> bool {
        self.tracked && self.p1_tracked && !self.p2_info
    }

    /// Forgets how the clean file looked, so that the next status compares content.
    #[must_use]
    pub const fn without_metadata(mut self) -> Self {
        self.metadata = None;
        self.mtime = None;
        self
    }

    /// The mode that version 1 stores.
    #[must_use]
    pub fn v1_mode(&self) -> u32 {
        match self.metadata {
            Some(Metadata { symlink: true, .. }) => S_IFLNK | 0o777,
            Some(Metadata { executable: true, .. }) => S_IFREG | 0o755,
            Some(_) => S_IFREG | 0o644,
            None => 0,
        }
    }

    /// The size that version 1 stores.
    #[must_use]
    pub fn v1_size(&self) -> i32 {
        if !self.any_tracked() {
            return 0;
        }
        match self.state() {
            FileState::Removed => match (self.p1_tracked, self.p2_info) {
                (true, true) => SIZE_UNKNOWN,
                (false, true) => SIZE_FROM_P2,
                _ => 0,
            },
            FileState::Merged => SIZE_FROM_P2,
            FileState::Added => SIZE_UNKNOWN,
            FileState::Normal if self.p2_info => SIZE_FROM_P2,
            FileState::Normal => self
                .metadata
                .map_or(SIZE_UNKNOWN, |known| i32::try_from(known.size).unwrap_or(SIZE_UNKNOWN)),
        }
    }

    /// The time that version 1 stores.
    #[must_use]
    pub fn v1_mtime(&self) -> i32 {
        if !self.tracked {
            return 0;
        }
        match self.mtime {
            Some(mtime) if self.maybe_clean() && !mtime.second_ambiguous => {
                i32::try_from(mtime.seconds).unwrap_or(MTIME_UNSET)
            }
            _ => MTIME_UNSET,
        }
    }

    /// The entry that the fields of version 1 mean; `None` for an impossible state letter.
    #[must_use]
    pub fn from_v1(state: u8, mode: u32, size: i32, mtime: i32) -> Option<Self> {
        Some(match state {
            b'a' => Self::added(),
            b'r' => Self {
                tracked: false,
                p1_tracked: size != SIZE_FROM_P2,
                p2_info: size < 0,
                metadata: None,
                mtime: None,
            },
            b'm' => Self { p2_info: true, ..Self::possibly_dirty() },
            b'n' if size == SIZE_FROM_P2 => {
                Self { p1_tracked: false, p2_info: true, ..Self::possibly_dirty() }
            }
            b'n' => {
                let metadata = u32::try_from(size).ok().map(|size| Metadata {
                    size,
                    executable: mode & 0o100 != 0,
                    symlink: mode & S_IFMT == S_IFLNK,
                });
                let mtime = u32::try_from(mtime).ok().filter(|_| metadata.is_some());
                let mtime = mtime.map(|seconds| Timestamp::new(seconds.into(), 0));
                Self { metadata, mtime, ..Self::possibly_dirty() }
            }
            _ => return None,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn version_1_fields_round_trip() {
        for state in *b"narm" {
            for size in [-2, -1, 0, 7] {
                for mtime in [-1, 0, 99] {
                    let entry = Entry::from_v1(state, 0o100_755, size, mtime).expect("known state");
                    let again = Entry::from_v1(
                        entry.state().letter(),
                        entry.v1_mode(),
                        entry.v1_size(),
                        entry.v1_mtime(),
                    );
                    assert_eq!(again, Some(entry), "{} {size} {mtime}", char::from(state));
                    assert_eq!(entry.state().letter(), state);
                }
            }
        }
        assert_eq!(Entry::from_v1(b'?', 0, 0, 0), None);
    }

    #[test]
    fn times_compare_as_far_as_they_are_known() {
        let stored = Timestamp::new(5, 3);
        assert!(stored.likely_equal(Timestamp::new(5, 0)));
        assert!(!stored.likely_equal(Timestamp::new(5, 4)));
        assert!(!stored.likely_equal(Timestamp::new(6, 3)));
        let ambiguous = Timestamp { second_ambiguous: true, ..stored };
        assert!(!ambiguous.likely_equal(Timestamp::new(5, 0)));
        assert!(ambiguous.likely_equal(stored));
        assert_eq!(Timestamp::new(-1, 0).seconds, 0x7fff_ffff);
    }
}
