//! Storing a changeset: file revisions, then the manifest, then the changelog, in one transaction.
//!
//! This is the one place where changesets are made. What is committed comes from a [`FileSource`]: the
//! working directory, a patch, another changeset, or memory.

use std::collections::{BTreeMap, BTreeSet};

use hg_format::changeset::NewChangeset;
use hg_store::{HookArgs, Manifest, Repo, RepoMethod, Transaction};
use hg_types::{Error, FileFlags, HgDate, HgPathBuf, Node, Phase, Result, Revision};

use crate::subrepo::{States, commit_phase};

mod copy_extras;
mod file;
mod removed;
mod stored;

pub use file::{FileSource, FileVersion, MemoryFiles};
pub use stored::StoredFiles;

use copy_extras::Place;
use file::FileCommit;
use removed::Inherited;

/// A changeset to be made.
#[derive(Clone, Debug, Default)]
pub struct NewCommit {
    /// Parents; the second is null unless it is a merge.
    pub parents: [Node; 2],
    /// Paths that may differ from the first parent, sorted and without duplicates.
    pub paths: BTreeSet<HgPathBuf>,
    /// Paths whose result is the other parent's revision as it is (merges).
    pub from_other: BTreeSet<HgPathBuf>,
    /// Paths that one parent removed and the merge keeps: they get file revisions of their own, so
    /// that later merges see the decision.
    pub salvaged: BTreeSet<HgPathBuf>,
    /// Who made it.
    pub user: Vec<u8>,
    /// When.
    pub date: HgDate,
    /// The description.
    pub description: Vec<u8>,
    /// Extras; `branch` is one of them.
    pub extra: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The phase; `None` for what the configuration says (`phases.new-commit`).
    pub phase: Option<Phase>,
    /// The subrepositories, whose phases count too.
    pub subrepos: States,
}

/// Stores a changeset and gives its node id. Runs `pretxncommit`; the caller closes the transaction
/// and sees to the `commit` hook ([`commit_hook_args`]).
///
/// # Errors
/// When a file cannot be read or stored, or a hook refuses; the transaction must then be dropped.
pub fn commit(
    repo: &Repo,
    tr: &Transaction,
    new: &NewCommit,
    files: &mut dyn FileSource,
) -> Result<Node> {
    let replacement = repo.replacement::<CommitReplacement>(RepoMethod::Commitctx);
    let Some(CommitReplacement(commit)) = replacement.as_deref() else {
        return commit_plainly(repo, tr, new, files);
    };
    let mut versions = MemoryFiles::default();
    for path in &new.paths {
        versions.0.insert(path.clone(), files.read(path)?);
    }
    commit(new, versions, files.is_working())
}

/// What a plugin does instead of [`commit`] (see [`hg_store::RepoOverrides::part`]).
pub struct CommitReplacement(pub CommitFunction);

/// A changeset as a plugin makes it, of files in memory; told whether they are the working directory's.
pub type CommitFunction = Box<dyn Fn(&NewCommit, MemoryFiles, bool) -> Result<Node> + Send + Sync>;

/// The original of [`commit`]: what replacements build upon.
///
/// # Errors
/// Those of [`commit`].
pub fn commit_plainly(
    repo: &Repo,
    tr: &Transaction,
    new: &NewCommit,
    files: &mut dyn FileSource,
) -> Result<Node> {
    let cl = repo.changelog()?;
    let parents = [cl.rev(&new.parents[0])?, cl.rev(&new.parents[1])?];
    let linkrev = Revision::from_index(cl.len());
    let manifests = parent_manifests(repo, parents)?;
    let mut making = Making {
        repo,
        parents,
        linkrev,
        manifests: &manifests,
        changes: BTreeMap::new(),
        touched: BTreeSet::new(),
        removed: Vec::new(),
        copies: BTreeMap::new(),
        copies_in: Place::of(&repo.config()),
    };
    making.store_files(tr, new, files)?;
    making.drop_unknown_removals();
    let files = making.files_of_changeset(parents)?;
    let manifest = making.store_manifest(tr, &files)?;
    let changeset = NewChangeset {
        manifest: Some(manifest),
        user: new.user.clone(),
        date: new.date,
        extra: making.extras(&new.extra, &files),
        files,
        description: new.description.clone(),
    };
    repo.reporter().note(b"committing changelog\n");
    let phase = match new.subrepos.is_empty() {
        true => new.phase,
        false => {
            let own = new.phase.map_or_else(|| repo.new_commit_phase(), Ok)?;
            Some(commit_phase(repo, own, &new.subrepos)?)
        }
    };
    let node = store_changeset(repo, tr, &changeset, parents, phase)?;
    repo.hooks().run(repo, "pretxncommit", true, &commit_hook_args(&node, new.parents))?;
    Ok(node)
}

/// Arguments of the hooks `pretxncommit` and `commit`.
#[must_use]
pub fn commit_hook_args(node: &Node, parents: [Node; 2]) -> HookArgs {
    let hex = |node: Node| if node.is_null() { Vec::new() } else { node.hex() };
    vec![
        ("node".to_owned(), node.hex()),
        // The first parent is given even when it is null.
        ("parent1".to_owned(), parents[0].hex()),
        ("parent2".to_owned(), hex(parents[1])),
    ]
}

/// A parent's manifest node and the manifest itself.
struct ParentManifest {
    node: Node,
    manifest: std::sync::Arc<Manifest>,
}

fn parent_manifests(repo: &Repo, parents: [Revision; 2]) -> Result<[ParentManifest; 2]> {
    let cl = repo.changelog()?;
    let read = |rev| -> Result<ParentManifest> {
        let node = cl.entry(rev)?.manifest();
        Ok(ParentManifest { node, manifest: repo.manifest(&node)? })
    };
    Ok([read(parents[0])?, read(parents[1])?])
}

/// The changeset being made.
struct Making<'a> {
    repo: &'a Repo,
    parents: [Revision; 2],
    linkrev: Revision,
    manifests: &'a [ParentManifest; 2],
    changes: BTreeMap<HgPathBuf, Option<(Node, FileFlags)>>,
    touched: BTreeSet<HgPathBuf>,
    removed: Vec<HgPathBuf>,
    /// Copies that the changeset makes, and their sources.
    copies: BTreeMap<HgPathBuf, HgPathBuf>,
    copies_in: Place,
}

impl Making<'_> {
    fn store_files(
        &mut self,
        tr: &Transaction,
        new: &NewCommit,
        files: &mut dyn FileSource,
    ) -> Result<()> {
        let reporter = self.repo.reporter();
        if !new.paths.is_empty() {
            reporter.note(b"committing files:\n");
        }
        let mut inherited = Inherited::new(self.repo, self.parents);
        for path in &new.paths {
            let Some(version) = files.read(path)? else {
                self.removed.push(path.clone());
                continue;
            };
            reporter.note(&[path.as_bytes(), b"\n"].concat());
            let copied_from = version.copied_from.clone().filter(|from| from != path);
            let from_other = new.from_other.contains(path);
            let commit = FileCommit {
                repo: self.repo,
                path,
                linkrev: self.linkrev,
                manifests: [&self.manifests[0].manifest, &self.manifests[1].manifest],
                without_source: self.copies_in == Place::Extras,
                from_other,
                salvaged: new.salvaged.contains(path),
            };
            let (node, touched) = commit.store(tr, &version, &mut inherited)?;
            if touched {
                self.touched.insert(path.clone());
                self.copies.extend(copied_from.map(|from| (path.clone(), from)));
            }
            self.changes.insert(path.clone(), Some((node, version.flags)));
        }
        Ok(())
    }

    /// A path that no parent has cannot be removed.
    fn drop_unknown_removals(&mut self) {
        let manifests = self.manifests;
        self.removed.retain(|path| manifests.iter().any(|side| side.manifest.contains(path)));
    }

    fn extras(
        &self,
        given: &BTreeMap<Vec<u8>, Vec<u8>>,
        listed: &[HgPathBuf],
    ) -> BTreeMap<Vec<u8>, Vec<u8>> {
        let manifests = [&*self.manifests[0].manifest, &*self.manifests[1].manifest];
        let (removed, copies) = (&self.removed, &self.copies);
        let changes = copy_extras::Changes { listed, removed, copies, manifests };
        copy_extras::extras(given, self.copies_in, &changes)
    }

    /// Stores the manifest; a changeset without files keeps its first parent's.
    fn store_manifest(&mut self, tr: &Transaction, files: &[HgPathBuf]) -> Result<Node> {
        let first = &self.manifests[0];
        for path in &self.removed {
            if first.manifest.contains(path) {
                self.changes.insert(path.clone(), None);
            }
        }
        let differs = self.changes.iter().any(|(path, change)| {
            let old = first.manifest.get(path).map(|entry| (entry.node, entry.flags));
            old != *change
        });
        if !differs && files.is_empty() {
            self.repo.reporter().debug(b"reusing manifest from p1 (no file change)\n");
            return Ok(first.node);
        }
        self.repo.reporter().note(b"committing manifest\n");
        let mut log = (*self.repo.manifest_log()?).clone();
        let nodes = [first.node, self.manifests[1].node];
        let node = log.add(&mut &*tr, nodes, &self.changes, self.linkrev)?;
        self.repo.set_manifest_log(log);
        Ok(node)
    }

    /// The files that the changeset lists: touched ones and removed ones, without removals that a
    /// merge only takes over from a parent.
    fn files_of_changeset(&self, parents: [Revision; 2]) -> Result<Vec<HgPathBuf>> {
        let mut inherited = Inherited::new(self.repo, parents);
        let mut listed = self.touched.clone();
        for path in &self.removed {
            let manifests = [&*self.manifests[0].manifest, &*self.manifests[1].manifest];
            if parents[1].is_null() || !inherited.is_inherited(path, manifests)? {
                listed.insert(path.clone());
            }
        }
        Ok(listed.into_iter().collect())
    }
}

/// Refuses names that a changeset cannot hold.
fn check_user(user: &[u8]) -> Result<()> {
    if user.trim_ascii().is_empty() {
        return Err(Error::storage("empty username"));
    }
    if user.contains(&b'\n') {
        let parts = [b"username ", &hg_types::quoted(user)[..], b" contains a newline"];
        return Err(Error::storage(parts.concat()));
    }
    Ok(())
}

/// Writes the changelog entry and registers the new changeset's phase.
fn store_changeset(
    repo: &Repo,
    tr: &Transaction,
    changeset: &NewChangeset,
    parents: [Revision; 2],
    phase: Option<Phase>,
) -> Result<Node> {
    check_user(&changeset.user)?;
    let mut cl = (*repo.changelog()?).clone();
    let before = cl.len();
    let changed = match (repo.keeps_changed_files(), changeset.manifest) {
        (true, Some(manifest)) => {
            Some(repo.changed_files_of(parents, &manifest, &changeset.files)?)
        }
        _ => None,
    };
    let (rev, node) = cl.add(&mut &*tr, changeset, parents, changed.as_ref())?;
    let is_new = cl.len() > before;
    repo.set_changelog(cl);
    if is_new {
        let phase = match phase {
            Some(phase) => phase,
            None => repo.new_commit_phase()?,
        };
        repo.register_phase(tr, phase, &[rev])?;
        tr.changes(|changes| changes.revisions.insert(rev))?;
    }
    Ok(node)
}
