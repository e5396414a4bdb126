//! Lines that match a pattern, in many versions of many files.
//!
//! Searching history asks for every file that a changeset touches, before and after. A batch of
//! changesets is answered in four steps, each of them in parallel: read the changesets, look the
//! files up in manifests, search each version of each file once, put both sides together.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::ops::Range;
use std::sync::Arc;

use hg_format::changeset::ChangesetEntry;
use hg_format::manifest::{self, ManifestEntry};
use hg_match::PythonRegex;
use hg_store::Repo;
use hg_types::{HgPath, HgPathBuf, Node, Result, Revision};
use rayon::prelude::*;

/// A line that matches; equal to another when the texts are.
#[derive(Clone, Debug)]
pub struct FoundLine {
    /// Counted from 1.
    pub number: usize,
    /// Where the first match is.
    pub first: (usize, usize),
    /// The line without its end.
    pub text: Vec<u8>,
}

impl PartialEq for FoundLine {
    fn eq(&self, other: &Self) -> bool {
        self.text == other.text
    }
}

/// What was found in a version of a file.
#[derive(Clone, Debug, Default)]
pub struct Found {
    /// The lines that match.
    pub lines: Vec<FoundLine>,
    /// Whether the content is binary.
    pub binary: bool,
}

impl Found {
    /// Searches a content.
    #[must_use]
    pub fn in_content(regex: &PythonRegex, content: &[u8]) -> Self {
        let lines = matching_lines(regex, content);
        Self { lines, binary: memchr::memchr(0, content).is_some() }
    }
}

/// The lines of a content that match.
#[must_use]
pub fn matching_lines(regex: &PythonRegex, content: &[u8]) -> Vec<FoundLine> {
    let mut out = Vec::new();
    let (mut begin, mut number) = (0, 0);
    while begin < content.len() {
        let Some((start, end)) = regex.find(content, begin) else {
            break;
        };
        number += memchr::memchr_iter(b'\n', &content[begin..start]).count() + 1;
        let line_start =
            memchr::memrchr(b'\n', &content[begin..start]).map_or(begin, |at| begin + at + 1);
        let line_end = memchr::memchr(b'\n', &content[end..]).map_or(content.len(), |at| end + at);
        begin = line_end + 1;
        let text = content[line_start..line_end].to_vec();
        out.push(FoundLine { number, first: (start - line_start, end - line_start), text });
    }
    out
}

/// What a changeset did to a file, as far as matching lines are concerned.
pub struct FileSearch {
    /// The file.
    pub path: HgPathBuf,
    /// What was found in the first parent's version.
    pub before: Arc<Found>,
    /// What was found in the changeset's version.
    pub after: Arc<Found>,
}

/// A version of a file.
type Version = (HgPathBuf, Node);

/// Searches the history of a repository, changesets in batches.
pub struct HistorySearch<'s> {
    repo: &'s Repo,
    regex: &'s PythonRegex,
    /// Whether any line of a content can match at all is known for these.
    known: HashMap<Version, Arc<Found>>,
}

/// A changeset of a batch.
struct Asked {
    paths: Vec<HgPathBuf>,
    /// Its manifest and that of its first parent.
    manifests: [Node; 2],
}

impl<'s> HistorySearch<'s> {
    /// A search that has seen nothing yet.
    #[must_use]
    pub fn new(repo: &'s Repo, regex: &'s PythonRegex) -> Self {
        Self { repo, regex, known: HashMap::new() }
    }

    /// Searches what changesets did to those of their files that `wanted` picks. Files that a
    /// changeset removes are left out.
    ///
    /// # Errors
    /// When history cannot be read.
    pub fn batch(
        &mut self,
        revs: &[Revision],
        wanted: impl Fn(Revision, &HgPath) -> bool,
    ) -> Result<Vec<Vec<FileSearch>>> {
        let asked = self.asked(revs, wanted)?;
        let nodes = self.file_nodes(&asked)?;
        let versions = |asked: &Asked| -> Vec<(Version, Option<Version>)> {
            let [own, before] = asked.manifests;
            let version = |manifest: Node, path: &HgPathBuf| {
                nodes.get(&manifest)?.get(path).map(|node| (path.clone(), *node))
            };
            let pairs = asked.paths.iter();
            pairs.filter_map(|path| Some((version(own, path)?, version(before, path)))).collect()
        };
        let pairs: Vec<Vec<_>> = asked.iter().map(versions).collect();
        let all = pairs.iter().flatten();
        let needed: BTreeSet<Version> = all
            .flat_map(|(after, before)| [Some(after), before.as_ref()])
            .flatten()
            .cloned()
            .collect();
        self.search(needed)?;
        let found = |version: &Version| self.known.get(version).cloned().unwrap_or_default();
        let file = |(after, before): (Version, Option<Version>)| FileSearch {
            before: before.as_ref().map(found).unwrap_or_default(),
            after: found(&after),
            path: after.0,
        };
        Ok(pairs.into_iter().map(|files| files.into_iter().map(file).collect()).collect())
    }

    fn asked(
        &self,
        revs: &[Revision],
        wanted: impl Fn(Revision, &HgPath) -> bool,
    ) -> Result<Vec<Asked>> {
        let changelog = self.repo.changelog()?;
        let parents: Vec<Revision> = revs.iter().map(|&rev| changelog.parents(rev)[0]).collect();
        let all: BTreeSet<Revision> = revs.iter().chain(&parents).copied().collect();
        let all: Vec<Revision> = all.into_iter().filter(|rev| !rev.is_null()).collect();
        let entries = changelog.entries(&all).into_iter().collect::<Result<Vec<_>>>()?;
        let entries: HashMap<Revision, ChangesetEntry> = all.into_iter().zip(entries).collect();
        let manifest =
            |rev: &Revision| entries.get(rev).map_or(Node::NULL, ChangesetEntry::manifest);
        let ask = |(rev, parent): (&Revision, &Revision)| {
            let paths: BTreeSet<HgPathBuf> = entries.get(rev).map_or_else(BTreeSet::new, |entry| {
                let files = entry.files().filter(|path| wanted(*rev, path));
                files.map(ToOwned::to_owned).collect()
            });
            let paths = paths.into_iter().collect();
            Asked { paths, manifests: [manifest(rev), manifest(parent)] }
        };
        Ok(revs.iter().zip(&parents).map(ask).collect())
    }

    /// The versions of the files in the manifests where they are asked for.
    fn file_nodes(&self, asked: &[Asked]) -> Result<HashMap<Node, HashMap<HgPathBuf, Node>>> {
        let mut wanted: HashMap<Node, BTreeSet<&HgPathBuf>> = HashMap::new();
        for asked in asked.iter().filter(|asked| !asked.paths.is_empty()) {
            for manifest in asked.manifests.iter().filter(|node| !node.is_null()) {
                wanted.entry(*manifest).or_default().extend(&asked.paths);
            }
        }
        let log = self.repo.manifest_log()?;
        let mut revs: Vec<Revision> =
            wanted.keys().map(|node| log.revlog().rev(node)).collect::<Result<_>>()?;
        revs.sort_unstable();
        let look_up = |node: Node, text: &[u8]| {
            let paths = wanted.get(&node).into_iter().flatten();
            let found = paths.filter_map(|path| {
                let Range { start, end } = manifest::search(text, path).ok()?;
                let entry = ManifestEntry::decode(text.get(start..end.checked_sub(1)?)?)?;
                Some(((*path).clone(), entry.node))
            });
            (node, found.collect::<HashMap<_, _>>())
        };
        let share = revs.len().div_ceil(rayon::current_num_threads()).max(32);
        let parts = revs.par_chunks(share).map(|revs| {
            let mut out = Vec::with_capacity(revs.len());
            if log.is_tree() {
                for &rev in revs {
                    let node = log.revlog().node(rev);
                    out.push(look_up(node, log.read_rev(rev)?.text()));
                }
                return Ok(out);
            }
            let mut failed = None;
            log.revlog().texts_of(revs, |rev, text| match text {
                Ok(text) => out.push(look_up(log.revlog().node(rev), &text)),
                Err(error) => failed = Some(error),
            });
            failed.map_or(Ok(out), Err)
        });
        Ok(parts.collect::<Result<Vec<_>>>()?.into_iter().flatten().collect())
    }

    /// Searches versions of files, each once; what is not asked for again is forgotten.
    fn search(&mut self, needed: BTreeSet<Version>) -> Result<()> {
        self.known.retain(|version, _| needed.contains(version));
        let mut files: BTreeMap<HgPathBuf, Vec<Node>> = BTreeMap::new();
        for version in needed.into_iter().filter(|version| !self.known.contains_key(version)) {
            files.entry(version.0).or_default().push(version.1);
        }
        let (repo, regex) = (self.repo, self.regex);
        let searched = files.into_par_iter().map(|(path, nodes)| {
            let log = repo.filelog(&path)?;
            let mut revs = nodes.iter().map(|node| log.rev(node)).collect::<Result<Vec<_>>>()?;
            revs.sort_unstable();
            let mut out = Vec::with_capacity(revs.len());
            let mut failed = None;
            log.contents_of(&revs, |rev, content| match content {
                Ok(content) => out.push((
                    (path.clone(), log.node(rev)),
                    Arc::new(Found::in_content(regex, &content)),
                )),
                Err(error) => failed = Some(error),
            });
            failed.map_or(Ok(out), Err)
        });
        let searched: Vec<Vec<_>> = searched.collect::<Result<_>>()?;
        self.known.extend(searched.into_iter().flatten());
        Ok(())
    }
}
