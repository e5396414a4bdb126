//! What changesets do to files: as their side data says, or worked out from manifests and filelogs.

use std::sync::Arc;

use hg_format::requirements::name;
use hg_format::side_data::{Action, ChangedFiles, FileChange, Parent};
use hg_types::{HgPath, HgPathBuf, Node, Result, Revision};

use crate::{Manifest, Repo, Transaction};

/// What must be known of a changeset to tell what it does to files.
struct Changeset<'a> {
    repo: &'a Repo,
    parents: [Revision; 2],
    sides: [Arc<Manifest>; 2],
    manifest: Arc<Manifest>,
    /// Of the common ancestors of a merge, once somebody asked.
    ancestors: Option<Vec<Arc<Manifest>>>,
}

impl Repo {
    /// Whether changesets have side data that says what they do to files.
    #[must_use]
    pub fn keeps_changed_files(&self) -> bool {
        self.requires(name::SIDE_DATA_COPIES)
    }

    /// What a changeset does to files: what is stored, else what is worked out.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn changed_files(&self, rev: Revision) -> Result<ChangedFiles> {
        let changelog = self.changelog()?;
        match changelog.stored_changed_files(rev)? {
            Some(stored) => Ok(stored),
            None => self.compute_changed_files(rev),
        }
    }

    /// What a changeset does to files, worked out.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn compute_changed_files(&self, rev: Revision) -> Result<ChangedFiles> {
        let changelog = self.changelog()?;
        let entry = changelog.entry(rev)?;
        let files: Vec<HgPathBuf> = entry.files().map(ToOwned::to_owned).collect();
        self.changed_files_of(changelog.parents(rev), &entry.manifest(), &files)
    }

    /// What a changeset does that has these parents, manifest and list of files.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn changed_files_of(
        &self,
        parents: [Revision; 2],
        manifest: &Node,
        files: &[HgPathBuf],
    ) -> Result<ChangedFiles> {
        let mut out = ChangedFiles::default();
        if files.is_empty() && parents[1].is_null() {
            return Ok(out);
        }
        let changelog = self.changelog()?;
        let of = |rev: Revision| self.manifest(&changelog.entry(rev)?.manifest());
        let mut changeset = Changeset {
            repo: self,
            parents,
            sides: [of(parents[0])?, of(parents[1])?],
            manifest: self.manifest(manifest)?,
            ancestors: None,
        };
        for path in files {
            out.0.insert(path.clone(), changeset.change(path)?);
        }
        if !parents[1].is_null() {
            for path in changeset.kept()? {
                let salvaged = FileChange { action: Some(Action::Salvaged), copy: None };
                out.0.entry(path).or_insert(salvaged);
            }
        }
        Ok(out)
    }

    /// Gives the side data they lack to the changesets from `first` on, which the running transaction
    /// has added.
    ///
    /// # Errors
    /// When history cannot be read or written.
    pub fn add_missing_side_data(&self, tr: &Transaction, first: usize) -> Result<()> {
        if !self.keeps_changed_files() {
            return Ok(());
        }
        let mut changelog = (*self.changelog()?).clone();
        let revs = (first..changelog.len()).map(Revision::from_index);
        let files = revs.map(|rev| self.compute_changed_files(rev)).collect::<Result<Vec<_>>>()?;
        changelog.add_side_data(&mut &*tr, first, &files)?;
        self.set_changelog(changelog);
        Ok(())
    }
}

impl Changeset<'_> {
    fn change(&mut self, path: &HgPath) -> Result<FileChange> {
        let Some(node) = self.manifest.node(path) else {
            return Ok(FileChange { action: Some(Action::Removed), copy: None });
        };
        let before = [self.sides[0].node(path), self.sides[1].node(path)];
        let is_new = !before.contains(&Some(node));
        let is_merge = !self.parents[1].is_null();
        let mut two_parents = false;
        let mut copy = None;
        if is_new {
            let filelog = self.repo.filelog(path)?;
            let rev = filelog.rev(&node)?;
            two_parents = filelog.parents(rev).iter().all(|parent| !parent.is_null());
            if let Some((source, from)) = filelog.renamed(rev)? {
                copy = self.origin(&source, from).map(|parent| (parent, source));
            }
        }
        let action = match before {
            [None, None] => Action::Added,
            _ if is_merge && two_parents => Action::Merged,
            [Some(_), None] | [None, Some(_)] if is_merge && self.was_there(path)? => {
                Action::Salvaged
            }
            _ => Action::Touched,
        };
        Ok(FileChange { action: Some(action), copy })
    }

    /// In which parent the source of a copy is.
    fn origin(&self, source: &HgPath, node: Node) -> Option<Parent> {
        let [first, second] = [self.sides[0].node(source), self.sides[1].node(source)];
        match (first == Some(node), second == Some(node)) {
            (true, _) => Some(Parent::First),
            (false, true) => Some(Parent::Second),
            (false, false) if first.is_some() => Some(Parent::First),
            (false, false) => second.map(|_| Parent::Second),
        }
    }

    /// The files that one parent has lost and a merge keeps; the changeset need not list them.
    fn kept(&mut self) -> Result<Vec<HgPathBuf>> {
        let sides = self.sides.clone();
        let mut out = Vec::new();
        for change in sides[0].diff(&sides[1]) {
            let lost = change.old.is_none() != change.new.is_none();
            if lost && self.manifest.contains(change.path) && self.was_there(change.path)? {
                out.push(change.path.to_owned());
            }
        }
        Ok(out)
    }

    /// Whether a common ancestor of both parents has the file.
    fn was_there(&mut self, path: &HgPath) -> Result<bool> {
        if self.ancestors.is_none() {
            let changelog = self.repo.changelog()?;
            let heads = changelog.common_ancestor_heads(&self.parents);
            let read = |rev| self.repo.manifest(&changelog.entry(rev)?.manifest());
            self.ancestors = Some(heads.into_iter().map(read).collect::<Result<_>>()?);
        }
        let all = self.ancestors.as_deref().unwrap_or_default();
        Ok(all.iter().any(|manifest| manifest.contains(path)))
    }
}
