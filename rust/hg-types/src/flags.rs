//! Flags of a tracked file.

/// What kind of file a manifest entry is.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Debug, Default)]
pub enum FileFlags {
    /// A regular file.
    #[default]
    Regular,
    /// A regular file with the executable bit (`x`).
    Executable,
    /// A symbolic link whose target is the content (`l`).
    Symlink,
    /// A directory in a tree manifest (`t`).
    Tree,
}

impl FileFlags {
    /// The flag letters in a manifest line: empty, `x`, `l` or `t`.
    #[must_use]
    pub const fn as_bytes(self) -> &'static [u8] {
        match self {
            Self::Regular => b"",
            Self::Executable => b"x",
            Self::Symlink => b"l",
            Self::Tree => b"t",
        }
    }

    /// Reads the flag letters of a manifest line.
    #[must_use]
    pub fn from_bytes(bytes: &[u8]) -> Option<Self> {
        [Self::Regular, Self::Executable, Self::Symlink, Self::Tree]
            .into_iter()
            .find(|flag| flag.as_bytes() == bytes)
    }
}
