//! The kinds of patterns: what stands before the colon.

/// How the text of a pattern is to be read.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub enum PatternKind {
    /// `re:`, a regular expression rooted at the repository.
    Re,
    /// `relre:`, a regular expression that may match anywhere in a path.
    RelRe,
    /// `glob:`, a glob relative to the current directory.
    Glob,
    /// `relglob:`, an unrooted glob, as in ignore files.
    RelGlob,
    /// `rootglob:`, a glob relative to the root of the repository.
    RootGlob,
    /// `path:`, a file or directory relative to the root of the repository.
    Path,
    /// `relpath:`, a file or directory relative to the current directory.
    RelPath,
    /// `filepath:`, exactly one file, relative to the root of the repository.
    FilePath,
    /// `rootfilesin:`, the files directly in a directory.
    RootFilesIn,
    /// `listfile:`, a file of patterns, one a line.
    ListFile,
    /// `listfile0:`, a file of patterns that end with NUL.
    ListFile0,
    /// `set:`, a fileset expression.
    Set,
    /// `include:`, a file in the syntax of ignore files.
    Include,
    /// `subinclude:`, such a file whose patterns hold below its directory only.
    SubInclude,
}

impl PatternKind {
    /// All kinds.
    pub const ALL: [Self; 14] = [
        Self::Re,
        Self::RelRe,
        Self::Glob,
        Self::RelGlob,
        Self::RootGlob,
        Self::Path,
        Self::RelPath,
        Self::FilePath,
        Self::RootFilesIn,
        Self::ListFile,
        Self::ListFile0,
        Self::Set,
        Self::Include,
        Self::SubInclude,
    ];

    /// The prefix, without colon.
    #[must_use]
    pub const fn name(self) -> &'static [u8] {
        match self {
            Self::Re => b"re",
            Self::RelRe => b"relre",
            Self::Glob => b"glob",
            Self::RelGlob => b"relglob",
            Self::RootGlob => b"rootglob",
            Self::Path => b"path",
            Self::RelPath => b"relpath",
            Self::FilePath => b"filepath",
            Self::RootFilesIn => b"rootfilesin",
            Self::ListFile => b"listfile",
            Self::ListFile0 => b"listfile0",
            Self::Set => b"set",
            Self::Include => b"include",
            Self::SubInclude => b"subinclude",
        }
    }

    /// The kind that `name` (without colon) names.
    #[must_use]
    pub fn from_name(name: &[u8]) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Splits a pattern at its kind; text without a known kind is of kind `default`.
    #[must_use]
    pub fn split(pattern: &[u8], default: Self) -> (Self, &[u8]) {
        let Some(colon) = pattern.iter().position(|&byte| byte == b':') else {
            return (default, pattern);
        };
        match Self::from_name(&pattern[..colon]) {
            Some(kind) => (kind, &pattern[colon + 1..]),
            None => (default, pattern),
        }
    }

    /// Whether `pattern` starts with the prefix of a known kind.
    #[must_use]
    pub fn is_given(pattern: &[u8]) -> bool {
        pattern
            .iter()
            .position(|&byte| byte == b':')
            .is_some_and(|colon| Self::from_name(&pattern[..colon]).is_some())
    }
}
