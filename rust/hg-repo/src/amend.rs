//! Amending: the parent of the working directory is replaced by a changeset with its changes and the
//! working directory's.

use std::collections::{BTreeMap, BTreeSet};

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, FileFlags, HgDate, HgPath, HgPathBuf, Node, Phase, Result, Revision};
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::dirstate::FileUpdate;
use hg_wdir::merge::MergeState;
use hg_wdir::{Status, StatusOptions, WorkingDir, manifest_of};

use crate::commit::{FileSource as _, FileVersion, MemoryFiles, NewCommit, commit};
use crate::rewrite::{Replacement, Rewriting, check_rewrite};
use crate::subrepo::{Precommit, Question, States};
use crate::working::{Draft, MessageSource};

/// How to amend.
pub struct AmendRequest<'a> {
    /// Which files of the working directory are taken in.
    pub matcher: &'a Matcher,
    /// What was chosen of the changes, as it is to be committed; everything when `None`.
    pub chosen: Option<MemoryFiles>,
    /// The new message before the editor; the old one when `None`.
    pub message: Option<Vec<u8>>,
    /// Who made it, when that changes.
    pub user: Option<Vec<u8>>,
    /// When, if that changes.
    pub date: Option<HgDate>,
    /// When, if anything else changes.
    pub touched: Option<HgDate>,
    /// Extras to add, such as `close`.
    pub extra: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The phase, if that changes.
    pub phase: Option<Phase>,
    /// Makes the final message.
    pub editor: &'a mut MessageSource<'a>,
    /// Who amends and when, for obsolescence markers.
    pub rewriting: Rewriting,
}

/// Amends the parent of the working directory; `None` when nothing would change.
///
/// # Errors
/// When the parent must not be rewritten, the user gives no message, a hook refuses, or anything cannot
/// be written.
pub fn amend(repo: &Repo, request: &mut AmendRequest<'_>) -> Result<Option<Node>> {
    let wlock = repo.wlock()?;
    let lock = repo.lock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let old = wdir.dirstate().p1();
    let cl = repo.changelog()?;
    let old_rev = cl.rev(&old)?;
    check_rewrite(repo, &[old_rev], "amend")?;
    if MergeState::read(repo)?.unresolved().next().is_some() {
        let message = "unresolved merge conflicts (see 'hg help resolve')";
        return Err(Error::state(message));
    }
    let reporter = repo.reporter();
    reporter.note(&[b"amending changeset ", &old.short()[..], b"\n"].concat());
    let mut status = wdir.status(request.matcher, StatusOptions::default())?;
    let parents = wdir.dirstate().parents();
    let matcher = request.matcher;
    let question = Question { repo, wdir: &wdir, parents, matcher, recurse: false };
    let precommit = Precommit::new(&question, &mut status)?;
    precommit.write(repo)?;
    let chosen = request.chosen.take();
    if let Some(chosen) = &chosen {
        chosen.restrict(&mut status);
    }
    if !status.has_changes() {
        let base = cl.parent_nodes(old_rev)[0].short();
        let (old, to) = (old.short(), b" to ");
        reporter.note(&[b"copying changeset ", &old[..], to, &base, b"\n"].concat());
    }
    let mut amending = Amending {
        repo,
        wdir: &mut wdir,
        old,
        old_rev,
        status,
        chosen,
        subrepos: precommit.into_states(),
    };
    let Some(new) = amending.draft(request)? else { return Ok(None) };
    let node = amending.store(&new, request)?;
    drop(wdir);
    drop(lock);
    request.rewriting.finish(repo, &[Replacement { old, new: vec![node] }])?;
    drop(wlock);
    Ok(Some(node))
}

/// The files that differ between two changesets.
pub(crate) fn changed_since(repo: &Repo, old: Node, new: Node) -> Result<Vec<HgPathBuf>> {
    let (old, new) = (manifest_of(repo, &old)?, manifest_of(repo, &new)?);
    Ok(old.diff(&new).into_iter().map(|difference| difference.path.to_owned()).collect())
}

struct Amending<'a> {
    repo: &'a Repo,
    wdir: &'a mut WorkingDir,
    old: Node,
    old_rev: Revision,
    status: Status,
    chosen: Option<MemoryFiles>,
    subrepos: States,
}

impl Amending<'_> {
    /// The changeset to make; `None` when it would be the old one.
    fn draft(&mut self, request: &mut AmendRequest<'_>) -> Result<Option<NewCommit>> {
        let cl = self.repo.changelog()?;
        let entry = cl.entry(self.old_rev)?;
        let parents = cl.parent_nodes(self.old_rev);
        let branch = hg_wdir::branch::read(self.repo)?;
        let user = request.user.clone().unwrap_or_else(|| entry.user().to_vec());
        let date = request.date.unwrap_or(entry.date());
        let mut extra = entry.extra();
        extra.extend(request.extra.clone());
        extra.insert(b"branch".to_vec(), branch.clone());
        let unchanged_extra = extra == entry.extra();
        extra.insert(b"amend_source".to_vec(), self.old.hex());
        let draft = Draft {
            parents,
            branch,
            user: user.clone(),
            message: request.message.clone().unwrap_or_else(|| entry.description().to_vec()),
            status: self.status_since_base(parents[0])?,
            extra: extra.clone(),
        };
        let description = (request.editor)(&draft)?;
        let same = !self.status.has_changes()
            && description == entry.description()
            && user == entry.user()
            && date == entry.date()
            && unchanged_extra;
        if same {
            return Ok(None);
        }
        let phase = request.phase.unwrap_or(self.repo.phases()?.phase(self.old_rev));
        let mut old_files: Vec<HgPathBuf> = entry.files().map(HgPath::to_owned).collect();
        if !parents[1].is_null() {
            // A merge lists what it changed itself; what it took from its second parent comes on top.
            old_files.extend(changed_since(self.repo, parents[0], self.old)?);
        }
        let paths = self.paths(parents[0], old_files)?;
        Ok(Some(NewCommit {
            parents,
            paths,
            from_other: BTreeSet::new(),
            salvaged: BTreeSet::new(),
            user,
            date: request.touched.unwrap_or(date),
            description,
            extra,
            phase: Some(phase),
            subrepos: self.subrepos.clone(),
        }))
    }

    /// What the new changeset will change, for the editor: what the old one did and what is added.
    fn status_since_base(&mut self, base: Node) -> Result<Status> {
        let base = manifest_of(self.repo, &base)?;
        let old = manifest_of(self.repo, &self.old)?;
        let mut changed: BTreeSet<HgPathBuf> =
            base.diff(&old).into_iter().map(|d| d.path.to_owned()).collect();
        changed.extend(self.changed().cloned());
        let mut out = Status::default();
        for path in changed {
            let removed = match self.is_amended(&path) {
                true => self.status.removed.contains(&path),
                false => !old.contains(&path),
            };
            match (base.contains(&path), removed) {
                (true, true) => out.removed.push(path),
                (false, true) => {}
                (true, false) => out.modified.push(path),
                (false, false) => out.added.push(path),
            }
        }
        Ok(out)
    }

    fn changed(&self) -> impl Iterator<Item = &HgPathBuf> {
        let status = &self.status;
        status.modified.iter().chain(&status.added).chain(&status.removed)
    }

    fn is_amended(&self, path: &HgPath) -> bool {
        self.changed().any(|changed| **changed == *path)
    }

    /// The paths the new changeset may touch, without those that end as they were in the base.
    fn paths(&self, base: Node, old_files: Vec<HgPathBuf>) -> Result<BTreeSet<HgPathBuf>> {
        let base = manifest_of(self.repo, &base)?;
        let old = manifest_of(self.repo, &self.old)?;
        let mut paths: BTreeSet<HgPathBuf> = old_files.into_iter().collect();
        paths.extend(self.changed().cloned());
        let mut kept = BTreeSet::new();
        for path in paths {
            let as_in_base = if self.is_amended(&path) {
                match base.get(&path) {
                    Some(_) if self.status.removed.contains(&path) => false,
                    Some(entry) => !self.differs_from(&path, entry.node, entry.flags)?,
                    None => self.status.removed.contains(&path),
                }
            } else {
                // What only the second parent had and the merge removed is as in the base.
                !base.contains(&path) && !old.contains(&path)
            };
            if !as_in_base {
                kept.insert(path);
            }
        }
        Ok(kept)
    }

    /// Whether what is taken in of a file differs from a revision of it.
    fn differs_from(&self, path: &HgPath, node: Node, flags: FileFlags) -> Result<bool> {
        match self.chosen.as_ref().and_then(|chosen| chosen.0.get(path)) {
            None => self.wdir.differs_from(path, node, flags),
            Some(None) => Ok(true),
            Some(Some(version)) => {
                let filelog = self.repo.filelog(path)?;
                Ok(version.flags != flags || filelog.cmp(filelog.rev(&node)?, &version.content)?)
            }
        }
    }

    fn copies(&mut self, parents: [Node; 2]) -> Result<Copies> {
        let cl = self.repo.changelog()?;
        let working = self.wdir.copies_side()?;
        let mut copies = Copies::new();
        for parent in parents.into_iter().rev().filter(|parent| !parent.is_null()) {
            let base = Side::Revision(cl.rev(&parent)?);
            copies.extend(path_copies(self.repo, &base, &working, &Matcher::always())?);
        }
        Ok(copies)
    }

    fn store(&mut self, new: &NewCommit, request: &AmendRequest<'_>) -> Result<Node> {
        let repo = self.repo;
        let copies = self.copies(new.parents)?;
        let old_manifest = manifest_of(repo, &self.old)?;
        let second = manifest_of(repo, &new.parents[1])?;
        let amended: BTreeSet<HgPathBuf> = self.changed().cloned().collect();
        let removed: BTreeSet<HgPathBuf> = self.status.removed.iter().cloned().collect();
        let tr = repo.transaction("amend")?;
        let wdir = &*self.wdir;
        let mut chosen = self.chosen.clone();
        let mut source = |path: &HgPath| -> Result<Option<FileVersion>> {
            let copied_from = copies.get(path).cloned();
            if removed.contains(path) {
                return Ok(None);
            }
            if let Some(chosen) = &mut chosen
                && amended.contains(path)
            {
                return chosen.read(path);
            }
            if amended.contains(path) {
                let read = wdir.read_file(path)?;
                return Ok(read.map(|(flags, content)| FileVersion {
                    content,
                    flags,
                    copied_from,
                }));
            }
            let Some(entry) = old_manifest.get(path) else { return Ok(None) };
            // What comes from the second parent as it is was not copied here.
            let copied_from = copied_from.filter(|_| second.node(path) != Some(entry.node));
            let content = repo.filelog(path)?.read_node(&entry.node)?.into_vec();
            Ok(Some(FileVersion { content, flags: entry.flags, copied_from }))
        };
        let node = commit(repo, &tr, new, &mut source)?;
        let replacement = Replacement { old: self.old, new: vec![node] };
        request.rewriting.record(repo, &tr, &[replacement])?;
        self.follow(node)?;
        tr.close()?;
        MergeState::clear(repo)?;
        Ok(node)
    }

    fn follow(&mut self, node: Node) -> Result<()> {
        let status = self.status.clone();
        let dirstate = self.wdir.dirstate_mut();
        dirstate.set_parents(node, Node::NULL)?;
        let tracked = FileUpdate {
            tracked: true,
            p1_tracked: true,
            possibly_dirty: true,
            ..FileUpdate::default()
        };
        for path in status.modified.iter().chain(&status.added) {
            dirstate.update_file(path, tracked)?;
            dirstate.set_copy(path, None)?;
        }
        for path in &status.removed {
            dirstate.update_file(path, FileUpdate::default())?;
        }
        self.wdir.write()
    }
}
