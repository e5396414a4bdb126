//! Making the changesets anew that absorb changes.

use std::collections::HashMap;

use hg_format::changeset::ChangesetEntry;
use hg_store::{Repo, Transaction};
use hg_types::{HgPath, Node, Result, Revision};
use hg_wdir::relocate::relocate;
use hg_wdir::{WorkingDir, manifest_of};

use super::{NewTexts, Plan};
use crate::commit::{FileSource as _, FileVersion, NewCommit, StoredFiles, commit};
use crate::rewrite::{Evolution, Replacement, Rewriting, update_hashes};

/// What became of a changeset.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum AbsorbNote {
    /// It was made anew, with so many other files.
    Became {
        /// The old changeset.
        old: Revision,
        /// How many files are others.
        files: usize,
        /// The new one.
        new: Node,
        /// Whether nothing is left of its changes.
        empty: bool,
    },
    /// Nothing was left of it.
    Dropped(Revision),
}

/// How changesets are made anew.
pub struct Absorbing<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// Whether changesets that become empty are kept.
    pub keep_empty: bool,
    /// Whether new changesets say what they come from, so that they never are what was there before.
    pub add_noise: bool,
    /// Who does this.
    pub rewriting: Rewriting,
}

impl Absorbing<'_> {
    /// Makes the changesets anew that change or stand on one that does; `note` hears what becomes of each.
    ///
    /// # Errors
    /// When anything cannot be written; nothing has changed then.
    pub fn apply(&self, plan: &Plan, note: &mut dyn FnMut(AbsorbNote) -> Result<()>) -> Result<()> {
        let repo = self.repo;
        let wlock = repo.wlock()?;
        let lock = repo.lock()?;
        let tr = repo.transaction("absorb")?;
        let (replacements, target) = self.make_all(&tr, plan, note)?;
        let Some(target) = target else { return tr.close() };
        self.rewriting.record(repo, &tr, &replacements)?;
        let mut wdir = WorkingDir::open(repo)?;
        relocate(&mut wdir, target)?;
        wdir.write()?;
        tr.close()?;
        drop(lock);
        self.rewriting.finish(repo, &replacements)?;
        drop(wlock);
        Ok(())
    }

    /// What replaces what, and where the working directory goes.
    fn make_all(
        &self,
        tr: &Transaction,
        plan: &Plan,
        note: &mut dyn FnMut(AbsorbNote) -> Result<()>,
    ) -> Result<(Vec<Replacement>, Option<Node>)> {
        let cl = self.repo.changelog()?;
        let texts = new_texts(plan);
        let mut replacements: Vec<Replacement> = Vec::new();
        let mut parent = None;
        let mut news = HashMap::new();
        for (index, &rev) in plan.stack.iter().enumerate() {
            let old = cl.node(rev);
            let files = texts.keys().filter(|(at, _)| *at == index).count();
            if files == 0 && replacements.is_empty() {
                continue;
            }
            let entry = cl.entry(rev)?;
            let empty = self.becomes_empty(index, rev, &entry, &texts)?;
            if empty && !self.keep_empty {
                replacements.push(Replacement { old, new: Vec::new() });
                note(AbsorbNote::Dropped(rev))?;
                continue;
            }
            let p1 = parent.unwrap_or(cl.parent_nodes(rev)[0]);
            let description = update_hashes(self.repo, entry.description(), &news)?;
            let new = self.make(tr, (index, rev), p1, &texts, description)?;
            note(AbsorbNote::Became { old: rev, files, new, empty })?;
            news.insert(old, new);
            replacements.push(Replacement { old, new: vec![new] });
            parent = Some(new);
        }
        let below =
            |first: &Replacement| -> Result<Node> { Ok(cl.parent_nodes(cl.rev(&first.old)?)[0]) };
        let target = match parent {
            Some(node) => Some(node),
            None => replacements.first().map(below).transpose()?,
        };
        Ok((replacements, target))
    }

    /// Whether a changeset that changes files will change none.
    fn becomes_empty(
        &self,
        index: usize,
        rev: Revision,
        entry: &ChangesetEntry,
        texts: &NewTexts,
    ) -> Result<bool> {
        let cl = self.repo.changelog()?;
        let parent = cl.parents(rev)[0];
        let mut files = entry.files().peekable();
        if files.peek().is_none()
            || entry.closes_branch()
            || cl.entry(parent)?.branch() != entry.branch()
        {
            return Ok(false);
        }
        let old = manifest_of(self.repo, &cl.node(parent))?;
        let new = manifest_of(self.repo, &cl.node(rev))?;
        for path in files {
            let (Some(before), Some(after)) = (old.get(path), new.get(path)) else {
                return Ok(false);
            };
            if before.flags != after.flags {
                return Ok(false);
            }
            let log = self.repo.filelog(path)?;
            let read = |at: Option<usize>, node: &Node| -> Result<Vec<u8>> {
                Ok(match at.and_then(|at| texts.get(&(at, path.to_owned()))) {
                    Some(text) => text.clone(),
                    None => log.read_node(node)?.into_vec(),
                })
            };
            if read(index.checked_sub(1), &before.node)? != read(Some(index), &after.node)? {
                return Ok(false);
            }
        }
        Ok(true)
    }

    fn make(
        &self,
        tr: &Transaction,
        (index, rev): (usize, Revision),
        parent: Node,
        texts: &NewTexts,
        description: Vec<u8>,
    ) -> Result<Node> {
        let repo = self.repo;
        let cl = repo.changelog()?;
        let entry = cl.entry(rev)?;
        let old = cl.node(rev);
        let mut extra = entry.extra();
        if self.add_noise && Evolution::from_config(&repo.config())?.create_markers {
            extra.insert(b"absorb_source".to_vec(), old.hex());
        }
        let new = NewCommit {
            parents: [parent, Node::NULL],
            paths: entry.files().map(HgPath::to_owned).collect(),
            user: entry.user().to_vec(),
            date: entry.date(),
            description,
            extra,
            phase: Some(repo.phases()?.phase(rev)),
            ..NewCommit::default()
        };
        let mut stored = StoredFiles::new(repo, cl.parent_nodes(rev)[0], old)?;
        let mut source = |path: &HgPath| -> Result<Option<FileVersion>> {
            let version = stored.read(path)?;
            let Some(text) = texts.get(&(index, path.to_owned())) else { return Ok(version) };
            Ok(version.map(|version| FileVersion { content: text.clone(), ..version }))
        };
        commit(repo, tr, &new, &mut source)
    }
}

/// The texts that differ, by place in the stack.
fn new_texts(plan: &Plan) -> NewTexts {
    let mut out = NewTexts::new();
    for index in 0..plan.stack.len() {
        for file in &plan.files {
            if let Some((path, old, new)) = file.at(index)
                && old != new
            {
                out.insert((index, path.to_owned()), new.to_vec());
            }
        }
    }
    out
}
