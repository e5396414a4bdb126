//! Filelogs: the revisions of one file, content with copy metadata in front.

use std::ops::{Deref, DerefMut};
use std::sync::Arc;

use hg_format::filelog::{self, FileText};
use hg_format::revlog::FLAG_CENSORED;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, Result, Revision};

use crate::revlog::{
    NewRevision, Revlog, RevlogFiles, RevlogName, RevlogOptions, RevlogTransaction, Text, hash_text,
};

/// The revisions of one file; cheap to clone.
#[derive(Clone, Debug)]
pub struct Filelog {
    revlog: Revlog,
    path: HgPathBuf,
    ignore_censored: bool,
}

/// A file revision's content, without metadata; dereferences to the bytes.
#[derive(Clone, Debug)]
pub struct FileContent {
    text: Text,
    start: usize,
}

impl Deref for FileContent {
    type Target = [u8];
    fn deref(&self) -> &[u8] {
        &self.text[self.start..]
    }
}

impl AsRef<[u8]> for FileContent {
    fn as_ref(&self) -> &[u8] {
        self
    }
}

impl FileContent {
    /// The bytes as a vector, without copying where nobody else holds them.
    #[must_use]
    pub fn into_vec(self) -> Vec<u8> {
        let mut bytes = Arc::unwrap_or_clone(self.text);
        bytes.drain(..self.start);
        bytes
    }
}

impl Filelog {
    /// Opens the filelog of a path; it has no revisions when the path was never stored.
    ///
    /// # Errors
    /// When the index cannot be read or is damaged.
    pub fn open(
        files: Arc<dyn RevlogFiles>,
        path: &HgPath,
        options: Arc<RevlogOptions>,
    ) -> Result<Self> {
        let name = RevlogName {
            radix: [b"data/", path.as_bytes()].concat(),
            display: path.as_bytes().to_vec(),
        };
        Ok(Self::from_revlog(Revlog::open(files, name, options)?, path))
    }

    /// A filelog that is kept elsewhere, such as in a bundle.
    #[must_use]
    pub fn from_revlog(revlog: Revlog, path: &HgPath) -> Self {
        Self { revlog, path: path.to_owned(), ignore_censored: false }
    }

    /// Reads censored revisions as empty instead of failing (`censor.policy=ignore`).
    #[must_use]
    pub fn ignore_censored(mut self, ignore: bool) -> Self {
        self.ignore_censored = ignore;
        self
    }

    /// The path.
    #[must_use]
    pub fn path(&self) -> &HgPath {
        &self.path
    }

    /// The content of a revision; empty for null.
    ///
    /// # Errors
    /// When it is damaged or censored.
    pub fn read(&self, rev: Revision) -> Result<FileContent> {
        if self.is_censored(rev) {
            if self.ignore_censored {
                return Ok(FileContent { text: Text::default(), start: 0 });
            }
            let node = self.revlog.node(rev).short();
            return Err(Error::storage([&b"censored node: "[..], &node].concat())
                .hint("set censor.policy to ignore errors"));
        }
        let text = self.revlog.revision(rev)?;
        let start = text.len() - FileText::decode(&text).content.len();
        Ok(FileContent { text, start })
    }

    /// Reads the contents of some revisions, cheaply when they are in ascending order.
    pub fn contents_of(
        &self,
        revs: &[Revision],
        mut seen: impl FnMut(Revision, Result<FileContent>),
    ) {
        let (censored, plain): (Vec<_>, Vec<_>) =
            revs.iter().copied().partition(|&rev| self.is_censored(rev));
        for rev in censored {
            seen(rev, self.read(rev));
        }
        self.revlog.texts_of(&plain, |rev, text| {
            seen(
                rev,
                text.map(|text| {
                    let start = text.len() - FileText::decode(&text).content.len();
                    FileContent { text, start }
                }),
            );
        });
    }

    /// The content of the revision with a node id.
    ///
    /// # Errors
    /// When there is none, or it is damaged or censored.
    pub fn read_node(&self, node: &Node) -> Result<FileContent> {
        self.read(self.rev(node)?)
    }

    /// The revision with a node id.
    ///
    /// # Errors
    /// When there is none.
    pub fn rev(&self, node: &Node) -> Result<Revision> {
        self.revlog.find(node).ok_or_else(|| {
            let message = [self.path.as_bytes(), b"@", &node.hex(), b": no match found"].concat();
            Error::new(ErrorKind::UnknownRevision, message)
        })
    }

    /// Whether censored revisions read as empty.
    #[must_use]
    pub fn ignores_censored(&self) -> bool {
        self.ignore_censored
    }

    /// Whether the content of a revision was censored.
    #[must_use]
    pub fn is_censored(&self, rev: Revision) -> bool {
        self.revlog.flags(rev) & FLAG_CENSORED != 0
    }

    /// The path and file revision that a revision was copied or renamed from.
    ///
    /// # Errors
    /// When the revision is damaged.
    pub fn renamed(&self, rev: Revision) -> Result<Option<(HgPathBuf, Node)>> {
        // Copies have no first parent: their history is that of the source.
        if rev.is_null() || !self.revlog.parents(rev)[0].is_null() || self.is_censored(rev) {
            return Ok(None);
        }
        let text = self.revlog.revision(rev)?;
        let copy = FileText::decode(&text).copy();
        Ok(copy.map(|(path, node)| (HgPathBuf::from(path), node)))
    }

    /// The length of a revision's content. Four more than it is for a later revision whose
    /// content starts like a metadata block.
    ///
    /// # Errors
    /// When the revision is damaged.
    pub fn size(&self, rev: Revision) -> Result<usize> {
        if self.is_censored(rev) {
            return Ok(0);
        }
        if !rev.is_null() && self.revlog.parents(rev)[0].is_null() {
            return Ok(self.read(rev)?.len());
        }
        self.revlog.raw_size(rev)
    }

    /// Whether `content` differs from that of a revision.
    ///
    /// # Errors
    /// When the revision is damaged.
    pub fn cmp(&self, rev: Revision, content: &[u8]) -> Result<bool> {
        let [p1, p2] = self.revlog.parent_nodes(rev);
        let node = self.revlog.node(rev);
        let same = if content.starts_with(b"\x01\n") {
            hash_text(&filelog::encode(&[], content), &p1, &p2) == node
        } else {
            hash_text(content, &p1, &p2) == node
        };
        if same {
            return Ok(false);
        }
        if self.is_censored(rev) {
            return Ok(!content.is_empty());
        }
        if p1.is_null() { Ok(*self.read(rev)? != *content) } else { Ok(true) }
    }

    /// Stores a revision; gives the one with the same node id when there is one already.
    ///
    /// # Errors
    /// When writing fails.
    pub fn add(
        &mut self,
        tr: &mut dyn RevlogTransaction,
        file: &NewFile<'_>,
    ) -> Result<(Revision, Node)> {
        let text = file.text();
        let new = NewRevision::new(text, file.p1, file.p2, file.linkrev);
        let rev = self.revlog.add_revision(tr, &new)?;
        Ok((rev, self.revlog.node(rev)))
    }

    /// The node id that [`Filelog::add`] would give.
    #[must_use]
    pub fn hash(&self, file: &NewFile<'_>) -> Node {
        hash_text(&file.text(), &self.revlog.node(file.p1), &self.revlog.node(file.p2))
    }
}

/// A file revision to be stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct NewFile<'a> {
    /// The content.
    pub content: &'a [u8],
    /// The path and file revision it was copied from.
    pub copy: Option<(&'a HgPath, Node)>,
    /// The first parent; null for copies.
    pub p1: Revision,
    /// The second parent.
    pub p2: Revision,
    /// The changelog revision it belongs to.
    pub linkrev: Revision,
}

impl NewFile<'_> {
    /// The text that is stored and hashed.
    #[must_use]
    pub fn text(&self) -> Vec<u8> {
        match self.copy {
            None => filelog::encode(&[], self.content),
            Some((path, node)) => {
                let hex = node.hex();
                let metadata = [(&b"copy"[..], path.as_bytes()), (b"copyrev", &hex)];
                filelog::encode(&metadata, self.content)
            }
        }
    }
}

impl Deref for Filelog {
    type Target = Revlog;
    fn deref(&self) -> &Revlog {
        &self.revlog
    }
}

impl DerefMut for Filelog {
    fn deref_mut(&mut self) -> &mut Revlog {
        &mut self.revlog
    }
}
