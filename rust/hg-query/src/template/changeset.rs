//! A changeset as keywords see it: read on first use, each part once.

use std::cell::OnceCell;
use std::rc::Rc;
use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_store::{Manifest, Repo};
use hg_types::{HgDate, HgPath, HgPathBuf, Node, Phase, Result, Revision};

use super::history::History;

/// A changeset, or the working directory as the next one, or null.
pub struct Changeset {
    history: Rc<History>,
    rev: Revision,
    node: Node,
    parents: [Revision; 2],
    entry: OnceCell<ChangesetEntry>,
    manifest: OnceCell<Arc<Manifest>>,
    files: OnceCell<Rc<FileLists>>,
    copies: OnceCell<Rc<Vec<Copied>>>,
    status: OnceCell<Rc<FileLists>>,
    draft: bool,
}

/// What is known of a changeset that is about to be made.
#[derive(Clone, Debug, Default)]
pub struct DraftFacts {
    /// The parents.
    pub parents: [Node; 2],
    /// The branch, in UTF-8.
    pub branch: Vec<u8>,
    /// Who makes it.
    pub user: Vec<u8>,
    /// When.
    pub date: HgDate,
    /// The message so far, in UTF-8.
    pub message: Vec<u8>,
    /// What it changes.
    pub files: FileLists,
}

/// Paths by what happened to them; each list is sorted.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct FileLists {
    /// Changed.
    pub modified: Vec<HgPathBuf>,
    /// New.
    pub added: Vec<HgPathBuf>,
    /// Gone.
    pub removed: Vec<HgPathBuf>,
    /// Not in the working directory, which has not been told that they are gone.
    pub missing: Vec<HgPathBuf>,
}

/// A file that came from another.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Copied {
    /// The new file.
    pub path: HgPathBuf,
    /// Where it came from.
    pub source: HgPathBuf,
}

impl std::fmt::Debug for Changeset {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Changeset({})", self.rev)
    }
}

impl Changeset {
    /// The changeset of a revision.
    ///
    /// # Errors
    /// When the changelog cannot be opened.
    pub fn open(history: &Rc<History>, rev: Revision) -> Result<Self> {
        let changelog = history.repo().changelog()?;
        let (node, parents) = if rev.is_wdir() {
            (Node::WDIR, super::wdir::parents(history.repo())?)
        } else {
            (changelog.node(rev), changelog.parents(rev))
        };
        Ok(Self {
            history: Rc::clone(history),
            rev,
            node,
            parents,
            entry: OnceCell::new(),
            manifest: OnceCell::new(),
            files: OnceCell::new(),
            copies: OnceCell::new(),
            status: OnceCell::new(),
            draft: false,
        })
    }

    /// A changeset that is about to be made from the working directory.
    ///
    /// # Errors
    /// When a parent is unknown.
    pub fn draft(history: &Rc<History>, facts: DraftFacts) -> Result<Self> {
        let changelog = history.repo().changelog()?;
        let [p1, p2] = facts.parents;
        let parents = [changelog.rev(&p1)?, changelog.rev(&p2)?];
        let (entry, files) = (super::wdir::draft_entry(&facts)?, Rc::new(facts.files));
        let open = Self::open(history, Revision::WDIR)?;
        Ok(Self {
            parents,
            entry: OnceCell::from(entry),
            files: OnceCell::from(Rc::clone(&files)),
            status: OnceCell::from(files),
            draft: true,
            ..open
        })
    }

    /// The files of a changeset that is about to be made; `None` for all others.
    #[must_use]
    pub fn draft_files(&self) -> Option<Vec<HgPathBuf>> {
        let lists = self.files.get().filter(|_| self.draft)?;
        let all = [&lists.modified, &lists.added, &lists.removed];
        Some(all.into_iter().flatten().cloned().collect())
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        self.history.repo()
    }

    /// The history it is part of.
    #[must_use]
    pub fn history(&self) -> &Rc<History> {
        &self.history
    }

    /// The phase; what a commit would get, for the working directory.
    ///
    /// # Errors
    /// When phases cannot be read.
    pub fn phase(&self) -> Result<Phase> {
        if self.rev.is_wdir() {
            let phases = self.repo().phases()?;
            let parents = self.parents.into_iter().map(|parent| phases.phase(parent));
            let new = self.repo().new_commit_phase()?;
            return Ok(parents.fold(new, Phase::max));
        }
        Ok(self.repo().phases()?.phase(self.rev))
    }

    /// Whether it was replaced or pruned.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn is_obsolete(&self) -> Result<bool> {
        self.history.is_obsolete(self.rev)
    }

    /// What is wrong with it, as far as evolution is concerned.
    ///
    /// # Errors
    /// When obsolescence cannot be read.
    pub fn instabilities(&self) -> Result<Vec<&'static str>> {
        self.history.instabilities(self.rev)
    }

    /// Its bookmarks in UTF-8, sorted; those of its parents, for the working directory.
    ///
    /// # Errors
    /// When bookmarks cannot be read.
    pub fn bookmarks(&self) -> Result<Vec<Vec<u8>>> {
        let bookmarks = self.repo().bookmarks()?;
        if self.rev.is_wdir() {
            let parents = self.repo().wdir_parents();
            let mut names: Vec<Vec<u8>> =
                parents.iter().flat_map(|node| bookmarks.names_of(node)).cloned().collect();
            names.sort();
            return Ok(names);
        }
        Ok(bookmarks.names_of(&self.node).to_vec())
    }

    /// Its tags in UTF-8, sorted.
    ///
    /// # Errors
    /// When tags cannot be read.
    pub fn tags(&self) -> Result<Vec<Vec<u8>>> {
        if self.rev.is_wdir() {
            return Ok(Vec::new());
        }
        Ok(self.history.tags()?.names_of(&self.node).to_vec())
    }

    /// Revision number and id of its manifest.
    ///
    /// # Errors
    /// When the changeset cannot be read or its manifest does not exist.
    pub fn manifest_id(&self) -> Result<(Revision, Node)> {
        if self.rev.is_wdir() {
            return Ok((Revision::WDIR, Node::WDIR));
        }
        let node = self.entry()?.manifest();
        if node.is_null() {
            return Ok((Revision::NULL, node));
        }
        Ok((self.repo().manifest_log()?.revlog().rev(&node)?, node))
    }

    /// The files it touches, sorted.
    ///
    /// # Errors
    /// When they cannot be read.
    pub fn files(&self) -> Result<Vec<HgPathBuf>> {
        if self.rev.is_wdir() {
            let lists = self.file_lists()?;
            let mut all = [&lists.modified[..], &lists.added, &lists.removed].concat();
            all.sort();
            return Ok(all);
        }
        Ok(self.entry()?.files().map(HgPath::to_owned).collect())
    }

    /// The revision number.
    #[must_use]
    pub fn rev(&self) -> Revision {
        self.rev
    }

    /// The node id.
    #[must_use]
    pub fn node(&self) -> Node {
        self.node
    }

    /// The parents; null where there is none.
    #[must_use]
    pub fn parents(&self) -> [Revision; 2] {
        self.parents
    }

    /// The parents that are worth showing: both of a merge, the only one when it is not simply the revision before;
    /// with `all`, always two.
    #[must_use]
    pub fn meaningful_parents(&self, all: bool) -> Vec<Revision> {
        let [p1, p2] = self.parents;
        if all || !p2.is_null() {
            return vec![p1, p2];
        }
        if p1.get() >= self.rev.get() - 1 { Vec::new() } else { vec![p1] }
    }

    /// What is stored in the changelog.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn entry(&self) -> Result<&ChangesetEntry> {
        if let Some(entry) = self.entry.get() {
            return Ok(entry);
        }
        let entry = if self.rev.is_wdir() {
            super::wdir::entry(&self.history)?
        } else {
            self.history.entry(self.rev)?
        };
        Ok(self.entry.get_or_init(|| entry))
    }

    /// The manifest.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn manifest(&self) -> Result<&Arc<Manifest>> {
        if let Some(manifest) = self.manifest.get() {
            return Ok(manifest);
        }
        let manifest = if self.rev.is_wdir() {
            super::wdir::manifest(self.repo())?
        } else {
            self.repo().manifest(&self.entry()?.manifest())?
        };
        Ok(self.manifest.get_or_init(|| manifest))
    }

    /// The touched files by what the changeset did to them.
    ///
    /// # Errors
    /// When manifests cannot be read.
    pub fn file_lists(&self) -> Result<&FileLists> {
        if let Some(lists) = self.files.get() {
            return Ok(lists);
        }
        let lists = if self.rev.is_wdir() {
            super::wdir::file_lists(self.repo())?
        } else {
            self.classify_files()?
        };
        Ok(self.files.get_or_init(|| Rc::new(lists)))
    }

    fn classify_files(&self) -> Result<FileLists> {
        let mut lists = FileLists::default();
        let entry = self.entry()?;
        if entry.files().next().is_none() {
            return Ok(lists);
        }
        let manifest = self.manifest()?;
        let mut parents = Vec::new();
        for parent in self.parents.into_iter().filter(|parent| !parent.is_null()) {
            let node = self.repo().changelog()?.entry(parent)?.manifest();
            parents.push(self.repo().manifest(&node)?);
        }
        for path in entry.files() {
            let list = if !manifest.contains(path) {
                &mut lists.removed
            } else if parents.iter().any(|parent| parent.contains(path)) {
                &mut lists.modified
            } else {
                &mut lists.added
            };
            list.push(path.to_owned());
        }
        Ok(lists)
    }

    /// The difference from the first parent.
    ///
    /// # Errors
    /// When manifests cannot be read.
    pub fn status(&self) -> Result<&FileLists> {
        if let Some(lists) = self.status.get() {
            return Ok(lists);
        }
        let mut lists = FileLists::default();
        if self.rev.is_wdir() {
            lists = super::wdir::file_lists(self.repo())?;
        } else {
            let changelog = self.repo().changelog()?;
            let parent = self.repo().manifest(&changelog.entry(self.parents[0])?.manifest())?;
            for change in parent.diff(self.manifest()?) {
                let list = match (change.old.is_some(), change.new.is_some()) {
                    (true, true) => &mut lists.modified,
                    (false, _) => &mut lists.added,
                    (true, false) => &mut lists.removed,
                };
                list.push(change.path.to_owned());
            }
        }
        Ok(self.status.get_or_init(|| Rc::new(lists)))
    }

    /// The files of the changeset that were copied or renamed in it.
    ///
    /// # Errors
    /// When file logs cannot be read.
    pub fn copies(&self) -> Result<&[Copied]> {
        if let Some(copies) = self.copies.get() {
            return Ok(copies);
        }
        let copies = if self.rev.is_wdir() {
            super::wdir::copies(self.repo())?
        } else {
            self.read_copies()?
        };
        Ok(self.copies.get_or_init(|| Rc::new(copies)))
    }

    fn read_copies(&self) -> Result<Vec<Copied>> {
        let mut copies = Vec::new();
        let entry = self.entry()?;
        if entry.files().next().is_none() {
            return Ok(copies);
        }
        if let Some(told) = hg_wdir::copies::told_in_extras(self.repo(), self.rev)? {
            let told = told.into_iter().map(|(path, (_, source))| Copied { path, source });
            return Ok(told.collect());
        }
        let manifest = self.manifest()?;
        for path in entry.files() {
            let Some(node) = manifest.node(path) else {
                continue;
            };
            if let Some(source) = self.copy_source(path, &node)? {
                copies.push(Copied { path: path.to_owned(), source });
            }
        }
        Ok(copies)
    }

    /// Where the revision `node` of a file came from, if that happened in this changeset.
    fn copy_source(&self, path: &HgPath, node: &Node) -> Result<Option<HgPathBuf>> {
        let filelog = self.repo().filelog(path)?;
        let rev = filelog.rev(node)?;
        let Some((source, _)) = filelog.renamed(rev)? else {
            return Ok(None);
        };
        if filelog.linkrev(rev) == self.rev {
            return Ok(Some(source));
        }
        // The file revision is shared with an earlier changeset; the copy is ours unless a parent has it already.
        let changelog = self.repo().changelog()?;
        for parent in self.parents.into_iter().filter(|parent| !parent.is_null()) {
            let manifest = self.repo().manifest(&changelog.entry(parent)?.manifest())?;
            if manifest.node(path) == Some(*node) {
                return Ok(None);
            }
        }
        Ok(Some(source))
    }
}
