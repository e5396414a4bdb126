//! Repository paths: bytes relative to the root, `/` between components on every platform.

use std::borrow::Borrow;
use std::fmt;
use std::ops::Deref;

use bstr::ByteSlice as _;

/// A borrowed path relative to the repository root; empty for the root itself.
#[derive(PartialEq, Eq, PartialOrd, Ord, Hash)]
#[repr(transparent)]
pub struct HgPath([u8]);

impl HgPath {
    /// Borrows bytes as a path; nothing is checked or copied.
    #[must_use]
    #[expect(unsafe_code, reason = "the one way to make a reference to a transparent wrapper")]
    #[inline]
    pub fn new<B: AsRef<[u8]> + ?Sized>(bytes: &B) -> &Self {
        let bytes: *const [u8] = bytes.as_ref();
        // SAFETY: HgPath is a transparent wrapper of [u8], so the layouts and lifetimes agree.
        unsafe { &*(bytes as *const Self) }
    }

    /// The bytes.
    #[must_use]
    #[inline]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }

    /// Number of bytes.
    #[must_use]
    #[inline]
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// Whether this is the root.
    #[must_use]
    #[inline]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The directory that holds this path (the empty path for a top-level name), `None` for the root.
    #[must_use]
    pub fn parent(&self) -> Option<&Self> {
        if self.0.is_empty() {
            return None;
        }
        Some(Self::new(&self.0[..self.0.rfind_byte(b'/').unwrap_or(0)]))
    }

    /// The last component.
    #[must_use]
    pub fn file_name(&self) -> &[u8] {
        &self.0[self.0.rfind_byte(b'/').map_or(0, |slash| slash + 1)..]
    }

    /// The components, first to last; none for the root.
    pub fn components(&self) -> impl DoubleEndedIterator<Item = &[u8]> {
        self.0.split(|&b| b == b'/').filter(|part| !part.is_empty())
    }

    /// All directories above this path, nearest first, ending with the root.
    pub fn ancestors(&self) -> impl Iterator<Item = &Self> {
        std::iter::successors(self.parent(), |path| path.parent())
    }

    /// This path below `directory`; `directory` itself when this path is empty.
    #[must_use]
    pub fn join(&self, name: &[u8]) -> HgPathBuf {
        let mut out = self.to_owned();
        out.push(name);
        out
    }

    /// Whether this path is `directory` or lies below it. Everything lies below the root.
    #[must_use]
    pub fn is_below(&self, directory: &Self) -> bool {
        directory.is_empty()
            || self
                .0
                .strip_prefix(&directory.0)
                .is_some_and(|rest| rest.first().is_none_or(|&b| b == b'/'))
    }
}

impl ToOwned for HgPath {
    type Owned = HgPathBuf;
    fn to_owned(&self) -> HgPathBuf {
        HgPathBuf(self.0.to_vec())
    }
}

impl AsRef<[u8]> for HgPath {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for HgPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.as_bstr().fmt(f)
    }
}

impl fmt::Debug for HgPath {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self.0.as_bstr(), f)
    }
}

/// An owned [`HgPath`].
#[derive(Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HgPathBuf(Vec<u8>);

impl HgPathBuf {
    /// Takes the bytes.
    #[must_use]
    pub fn from_vec(bytes: Vec<u8>) -> Self {
        Self(bytes)
    }

    /// Gives the bytes back.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        self.0
    }

    /// Appends a component or several, with a `/` between where both sides are non-empty.
    pub fn push(&mut self, name: &[u8]) {
        if !self.0.is_empty() && !name.is_empty() {
            self.0.push(b'/');
        }
        self.0.extend_from_slice(name);
    }
}

impl Deref for HgPathBuf {
    type Target = HgPath;
    fn deref(&self) -> &HgPath {
        HgPath::new(&self.0)
    }
}

impl Borrow<HgPath> for HgPathBuf {
    fn borrow(&self) -> &HgPath {
        self
    }
}

impl AsRef<HgPath> for HgPathBuf {
    fn as_ref(&self) -> &HgPath {
        self
    }
}

impl AsRef<[u8]> for HgPathBuf {
    fn as_ref(&self) -> &[u8] {
        &self.0
    }
}

impl From<&[u8]> for HgPathBuf {
    fn from(bytes: &[u8]) -> Self {
        Self(bytes.to_vec())
    }
}

impl From<&str> for HgPathBuf {
    fn from(text: &str) -> Self {
        Self(text.as_bytes().to_vec())
    }
}

impl fmt::Display for HgPathBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        (**self).fmt(f)
    }
}

impl fmt::Debug for HgPathBuf {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(&**self, f)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parents_and_names() {
        let path = HgPath::new("a/b/c");
        assert_eq!(path.file_name(), b"c");
        let above: Vec<_> = path.ancestors().map(HgPath::as_bytes).collect();
        assert_eq!(above, [&b"a/b"[..], b"a", b""]);
        assert_eq!(path.components().count(), 3);
        assert!(HgPath::new("").parent().is_none());
    }

    #[test]
    fn below_respects_component_borders() {
        assert!(HgPath::new("a/b").is_below(HgPath::new("a")));
        assert!(!HgPath::new("ab").is_below(HgPath::new("a")));
        assert!(HgPath::new("a").is_below(HgPath::new("a")));
        assert!(HgPath::new("x").is_below(HgPath::new("")));
        assert_eq!(HgPath::new("").join(b"x").as_bytes(), b"x");
    }
}
