//! Phases: how far a changeset has travelled.

/// The phase of a changeset; the number is the one stored and exchanged.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug)]
#[repr(u8)]
pub enum Phase {
    /// Seen by others; immutable.
    Public = 0,
    /// Not yet published.
    Draft = 1,
    /// Never exchanged.
    Secret = 2,
    /// Hidden, kept for later.
    Archived = 32,
    /// Hidden, made by the program for itself.
    Internal = 96,
}

impl Phase {
    /// Every phase, from public on.
    pub const ALL: [Self; 5] =
        [Self::Public, Self::Draft, Self::Secret, Self::Archived, Self::Internal];

    /// The phase stored as `number`.
    #[must_use]
    pub fn from_number(number: u64) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| u64::from(phase.number()) == number)
    }

    /// The phase called `name`.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|phase| phase.name().as_bytes() == name)
    }

    /// The number stored and exchanged.
    #[must_use]
    pub const fn number(self) -> u8 {
        self as u8
    }

    /// The name shown to users.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Public => "public",
            Self::Draft => "draft",
            Self::Secret => "secret",
            Self::Archived => "archived",
            Self::Internal => "internal",
        }
    }
}
