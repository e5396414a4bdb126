//! Absorbing: changes of the working directory go into the changesets of the current line of work that brought the
//! lines which they change.

use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

use hg_diff::blocks::matching;
use hg_diff::lines::split_vec;
use hg_diff::weave::{Fixup, Weave, fixups};
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, FileFlags, HgPath, HgPathBuf, Node, Phase, Result, Revision};
use hg_wdir::{StatusOptions, WorkingDir, manifest_of};

use crate::commit::MemoryFiles;

mod apply;

pub use apply::{AbsorbNote, Absorbing};

/// The changesets that changes can go into, oldest first: drafts without a merge from the parent of the working directory
/// down, at most `limit`; whether there are more.
///
/// # Errors
/// When there is none.
pub fn stack(repo: &Repo, limit: usize) -> Result<(Vec<Revision>, bool)> {
    let cl = repo.changelog()?;
    let phases = repo.phases()?;
    let mut at = cl.rev(&hg_wdir::parents(repo)?[0])?;
    let mut out = Vec::new();
    let usable = |rev: Revision| {
        !rev.is_null() && phases.phase(rev) != Phase::Public && cl.parents(rev)[1].is_null()
    };
    while usable(at) && out.len() < limit {
        out.push(at);
        at = cl.parents(at)[0];
    }
    out.reverse();
    if out.is_empty() {
        let is_merge = !at.is_null() && !cl.parents(at)[1].is_null();
        return Err(Error::input(match is_merge {
            true => "cannot absorb into a merge",
            false => "no mutable changeset to change",
        }));
    }
    Ok((out, usable(at)))
}

/// A changed region of a file.
#[derive(Clone, Debug)]
pub struct Chunk {
    /// The lines in the parent of the working directory.
    pub old: Range<usize>,
    /// The lines in the working directory.
    pub new: Range<usize>,
    /// Where they go; what is not named here stays in the working directory.
    pub fixups: Vec<Fixup>,
}

/// A file whose changes are looked at.
#[derive(Clone, Debug)]
pub struct FilePlan {
    /// Its name in the parent of the working directory.
    pub path: HgPathBuf,
    /// The changeset of each version; null for the first, which cannot be changed.
    pub versions: Vec<Revision>,
    /// Whether the first version is a file at all.
    pub has_base: bool,
    /// The changeset that the first version is of: the one below the second's.
    base: Revision,
    /// What it is called there.
    base_path: HgPathBuf,
    /// The changed regions.
    pub chunks: Vec<Chunk>,
    /// The text in the working directory, or what was chosen of it.
    pub wanted: Vec<u8>,
    /// All versions as they are.
    pub weave: Weave,
    /// All versions as they will be.
    pub texts: Vec<Vec<u8>>,
    /// The name and the version in each changeset of the stack; `None` before it is there.
    places: Vec<Option<(HgPathBuf, usize)>>,
}

impl FilePlan {
    /// The changeset that brought the first version.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn base_changeset(&self, repo: &Repo) -> Result<Revision> {
        let cl = repo.changelog()?;
        let mut at = self.base;
        // The nearest one that changes the file.
        while !at.is_null() && !cl.entry(at)?.files().any(|file| *file == *self.base_path) {
            at = cl.parents(at)[0];
        }
        Ok(if at.is_null() { self.base } else { at })
    }

    /// How many regions go somewhere, and how many there are.
    #[must_use]
    pub fn counts(&self) -> (usize, usize) {
        let applied = self.chunks.iter().filter(|chunk| !chunk.fixups.is_empty()).count();
        (applied, self.chunks.len())
    }

    /// Whether any version changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        (1..self.texts.len()).any(|version| self.texts[version] != self.weave.text(version))
    }

    /// Gives the versions other texts; the first, which cannot be changed, stays.
    pub fn set_texts(&mut self, texts: Vec<Vec<u8>>) {
        let base = self.weave.text(0);
        self.texts = texts;
        if let Some(first) = self.texts.first_mut() {
            *first = base;
        }
        let whole = 0..0;
        let fixups = vec![Fixup { version: 0, old: whole.clone(), new: whole.clone() }];
        self.chunks = vec![Chunk { old: whole.clone(), new: whole, fixups }];
    }

    /// The name and the texts, as it is and as it will be, in a changeset of the stack.
    fn at(&self, index: usize) -> Option<(&HgPath, Vec<u8>, &[u8])> {
        let (path, version) = self.places.get(index)?.as_ref()?;
        Some((path, self.weave.text(*version), &self.texts[*version]))
    }
}

/// What is to go where.
#[derive(Clone, Debug)]
pub struct Plan {
    /// The changesets, oldest first.
    pub stack: Vec<Revision>,
    /// The files, by path.
    pub files: Vec<FilePlan>,
}

impl Plan {
    /// Looks at the changes of the files that match. `chosen` is what was chosen of them; with `unchanged`, files
    /// without changes are looked at too.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn make(
        repo: &Repo,
        stack: Vec<Revision>,
        matcher: &Matcher,
        chosen: Option<&MemoryFiles>,
        unchanged: bool,
    ) -> Result<Self> {
        let mut wdir = WorkingDir::open(repo)?;
        let options = StatusOptions { clean: unchanged, ..StatusOptions::default() };
        let status = wdir.status(matcher, options)?;
        let manifest = wdir.p1_manifest()?;
        let mut paths: Vec<HgPathBuf> =
            status.modified.iter().chain(&status.clean).cloned().collect();
        paths.sort();
        let mut files = Vec::new();
        let mut tracer = Tracer { repo, stack: &stack, claimed: HashSet::new() };
        for path in paths {
            if manifest.flags(&path) == FileFlags::Symlink {
                continue;
            }
            let wanted = match chosen.map(|chosen| chosen.0.get(&path)) {
                None => wdir.read_file(&path)?.filter(|(flags, _)| *flags != FileFlags::Symlink),
                Some(Some(Some(version))) => Some((version.flags, version.content.clone())),
                Some(_) => None,
            };
            let Some((_, wanted)) = wanted else { continue };
            if let Some(file) = tracer.trace(&path, wanted)? {
                files.push(file);
            }
        }
        Ok(Self { stack, files })
    }

    /// The changesets that change themselves, newest first.
    #[must_use]
    pub fn affected(&self) -> Vec<Revision> {
        let mut out = std::collections::BTreeSet::new();
        for file in &self.files {
            let fixups = file.chunks.iter().flat_map(|chunk| &chunk.fixups);
            out.extend(fixups.map(|fixup| file.versions[fixup.version]));
        }
        out.into_iter().rev().filter(|rev| !rev.is_null()).collect()
    }

    /// Whether anything changes.
    #[must_use]
    pub fn changes(&self) -> bool {
        self.files.iter().any(FilePlan::changes)
    }
}

/// Where a file that the parent has not comes from.
enum Origin {
    /// Nowhere.
    Nothing,
    /// It is this file under another name.
    Renamed(HgPathBuf),
    /// It began as this file's text.
    Copied(HgPathBuf, Option<Vec<u8>>),
}

/// Follows files through the stack.
struct Tracer<'a> {
    repo: &'a Repo,
    stack: &'a [Revision],
    /// Renamed files whose history another file has.
    claimed: HashSet<(Revision, HgPathBuf)>,
}

impl Tracer<'_> {
    /// `None` when a version is binary.
    fn trace(&mut self, path: &HgPath, wanted: Vec<u8>) -> Result<Option<FilePlan>> {
        let cl = self.repo.changelog()?;
        let mut name = Some(path.to_owned());
        let mut names: Vec<Option<HgPathBuf>> = vec![None; self.stack.len()];
        let mut versions: Vec<(Revision, Vec<u8>)> = Vec::new();
        let mut base = None;
        let mut base_path = path.to_owned();
        for (index, &rev) in self.stack.iter().enumerate().rev() {
            let Some(here) = name.clone() else { break };
            names[index] = Some(here.clone());
            let entry = cl.entry(rev)?;
            if !entry.files().any(|file| *file == *here) {
                continue;
            }
            versions.push((rev, self.read(&cl.node(rev), &here)?.unwrap_or_default()));
            let parent = cl.parent_nodes(rev)[0];
            if manifest_of(self.repo, &parent)?.contains(&here) {
                continue;
            }
            (name, base) = match self.origin(rev, &here, &parent)? {
                Origin::Renamed(source) => (Some(source), None),
                Origin::Copied(source, text) => {
                    base_path = source;
                    (None, text)
                }
                Origin::Nothing => (None, None),
            };
        }
        if let Some(name) = &name {
            let bottom = self.stack.first().map_or(Node::NULL, |rev| cl.parent_nodes(*rev)[0]);
            base = self.read(&bottom, name)?;
            base_path.clone_from(name);
        }
        versions.push((Revision::NULL, base.clone().unwrap_or_default()));
        versions.reverse();
        let binary = |text: &[u8]| text.contains(&0);
        if binary(&wanted) || versions.iter().any(|(_, text)| binary(text)) {
            return Ok(None);
        }
        let mut places = Vec::with_capacity(names.len());
        for (name, rev) in names.into_iter().zip(self.stack) {
            let version = versions.iter().rposition(|(since, _)| since <= rev).unwrap_or(0);
            places.push(name.map(|name| (name, version)));
        }
        let first = versions.get(1).map_or(Revision::NULL, |(rev, _)| *rev);
        let below = if first.is_null() { first } else { cl.parents(first)[0] };
        let file = FilePlan {
            path: path.to_owned(),
            has_base: base.is_some(),
            base: below,
            base_path,
            wanted,
            places,
            versions: Vec::new(),
            chunks: Vec::new(),
            weave: Weave::new::<&[u8]>(&[]),
            texts: Vec::new(),
        };
        Ok(Some(with_chunks(file, versions)))
    }

    /// Where a file that its parent has not comes from.
    fn origin(&mut self, rev: Revision, path: &HgPath, parent: &Node) -> Result<Origin> {
        let cl = self.repo.changelog()?;
        let manifest = manifest_of(self.repo, &cl.node(rev))?;
        let filelog = self.repo.filelog(path)?;
        let Some(node) = manifest.node(path) else { return Ok(Origin::Nothing) };
        let Some((source, _)) = filelog.renamed(filelog.rev(&node)?)? else {
            return Ok(Origin::Nothing);
        };
        if !manifest_of(self.repo, parent)?.contains(&source) {
            return Ok(Origin::Nothing);
        }
        if !manifest.contains(&source) && self.claimed.insert((rev, source.clone())) {
            return Ok(Origin::Renamed(source));
        }
        let text = self.read(parent, &source)?;
        Ok(Origin::Copied(source, text))
    }

    fn read(&self, node: &Node, path: &HgPath) -> Result<Option<Vec<u8>>> {
        let manifest = manifest_of(self.repo, node)?;
        let Some(entry) = manifest.get(path) else { return Ok(None) };
        Ok(Some(self.repo.filelog(path)?.read_node(&entry.node)?.into_vec()))
    }
}

/// Finds out what of the wanted text goes where.
fn with_chunks(file: FilePlan, versions: Vec<(Revision, Vec<u8>)>) -> FilePlan {
    let (versions, texts): (Vec<Revision>, Vec<Vec<u8>>) = versions.into_iter().unzip();
    let weave = Weave::new(&texts);
    let origins = weave.origins();
    let last = texts.last().map_or(&[][..], Vec::as_slice);
    let (old, new) = (split_vec(last), split_vec(&file.wanted));
    let mut chunks = Vec::new();
    let (mut a, mut b) = (0, 0);
    for block in matching(&old, &new) {
        let (old, new) = (a..block.a1, b..block.b1);
        if !old.is_empty() || !new.is_empty() {
            let fixups = fixups(&origins, &old, &new);
            chunks.push(Chunk { old, new, fixups });
        }
        (a, b) = (block.a2, block.b2);
    }
    let all: Vec<Fixup> = chunks.iter().flat_map(|chunk| chunk.fixups.clone()).collect();
    let mut fixed = weave.clone();
    fixed.fix(&all, &new);
    let texts = (0..fixed.versions()).map(|version| fixed.text(version)).collect();
    FilePlan { versions, chunks, weave, texts, ..file }
}

/// The files of the changesets as they will be, by place in the stack and name.
type NewTexts = BTreeMap<(usize, HgPathBuf), Vec<u8>>;
