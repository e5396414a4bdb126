//! Which way of finding the changesets of files is taken: their filelogs, following their history,
//! or looking at every changeset.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_match::{Matcher, path_to};
use hg_query::QueryContext;
use hg_query::filehistory::FileAncestors;
use hg_store::Manifest;
use hg_types::{Error, HgPath, HgPathBuf, Result, Revision};

use super::{FilesOf, Follow, Starts};
use crate::CommandContext;

/// How changesets are found.
pub(super) enum FileChoice {
    /// No files were named.
    Everything,
    /// What was named never existed.
    Nothing,
    /// Those that the filelogs of these files name.
    Filelogs(Vec<HgPathBuf>),
    /// Those in the history of files.
    Followed(Followed),
    /// Every changeset is looked at.
    Scan,
}

/// The files that the history of files touches in each changeset.
pub(super) struct Followed(BTreeMap<Revision, Vec<HgPathBuf>>);

impl Followed {
    /// The changesets, newest first.
    pub(super) fn revs(&self) -> Vec<Revision> {
        self.0.keys().rev().copied().collect()
    }

    pub(super) fn into_files(self) -> FilesOf {
        Box::new(move |rev| Ok(Matcher::exact_files(self.0.get(&rev).cloned().unwrap_or_default())))
    }
}

pub(super) fn choose(
    ctx: &CommandContext,
    query: &QueryContext,
    (matcher, patterns): (&Matcher, &[Vec<u8>]),
    starts: &Starts<'_>,
    follow: Follow,
) -> Result<FileChoice> {
    if matcher.is_always() && patterns.len() < 2 {
        return Ok(FileChoice::Everything);
    }
    if matcher.has_patterns() || ctx.opts.flag("removed") || has_filters(ctx) {
        return Ok(FileChoice::Scan);
    }
    let files = matcher.files();
    match follow {
        Follow::No => plain(query, &files),
        _ => followed(query, matcher, &files, starts, follow),
    }
}

fn has_filters(ctx: &CommandContext) -> bool {
    !ctx.opts.list("include").is_empty() || !ctx.opts.list("exclude").is_empty()
}

/// Filelogs, if each name is that of a file; a directory makes every changeset be looked at.
fn plain(query: &QueryContext, files: &[HgPathBuf]) -> Result<FileChoice> {
    for path in files {
        if query.repo.filelog(path)?.is_empty() {
            return Ok(scan_if_known(query, files));
        }
    }
    Ok(FileChoice::Filelogs(files.to_vec()))
}

/// Looks at everything, unless none of the names has ever been in the store.
fn scan_if_known(query: &QueryContext, files: &[HgPathBuf]) -> FileChoice {
    let known = files.iter().any(|path| path.is_empty() || was_stored(query, path));
    if known { FileChoice::Scan } else { FileChoice::Nothing }
}

fn was_stored(query: &QueryContext, path: &HgPath) -> bool {
    let store = query.repo.store_vfs();
    let file = [b"data/", path.as_bytes(), b".i"].concat();
    let directory = [b"data/", path.as_bytes(), b"/"].concat();
    let names = store.fncache().and_then(|fncache| fncache.names().ok()).unwrap_or_default();
    store.exists(file) || names.iter().any(|name| name.starts_with(&directory))
}

fn followed(
    query: &QueryContext,
    matcher: &Matcher,
    files: &[HgPathBuf],
    starts: &Starts<'_>,
    follow: Follow,
) -> Result<FileChoice> {
    let named = matches!(starts, Starts::Named(_));
    let revs = starts.revs(query)?;
    let mut trees = Vec::new();
    for &rev in &revs {
        trees.push(Tree::of(query, rev)?);
    }
    let tracked = match named {
        true => Vec::new(),
        false => hg_query::changes::files_of(query, Revision::WDIR)?,
    };
    // Directories are not followed: every ancestor that touches them is shown.
    let mut scan = false;
    for path in files {
        let known = match named {
            true => trees.iter().any(|tree| tree.contains(path)),
            false => tracked.binary_search(path).is_ok(),
        };
        let directory = match named {
            true => trees.iter().any(|tree| tree.has_dir(path)),
            false => query.repo.wvfs().lstat(path.as_bytes()).is_ok_and(|stat| stat.is_some()),
        };
        let working = trees.iter().any(|tree| matches!(tree, Tree::Working(_)));
        if known && !working && query.repo.filelog(path)?.is_empty() {
            let message = [b"cannot follow nonexistent file: \"", path.as_bytes(), b"\""];
            return Err(Error::state(message.concat()));
        }
        scan |= path.is_empty() || (directory && (!known || named));
        if !(known || directory || path.is_empty()) {
            let start: &[u8] = match named {
                true => b"cannot follow file not in any of the specified revisions: \"",
                false => b"cannot follow file not in parent revision: \"",
            };
            return Err(Error::state([start, path.as_bytes(), b"\""].concat()));
        }
    }
    let choice = scan.then(|| scan_if_known(query, files));
    if let Some(FileChoice::Scan) = choice {
        return Ok(FileChoice::Scan);
    }
    for (&rev, tree) in revs.iter().zip(&trees) {
        let absent = |path: &&HgPathBuf| !tree.contains(path);
        for path in files.iter().filter(|path| !path.is_empty()).filter(absent) {
            let name = path_to(query.repo.root_bytes(), &query.cwd, path);
            let node = query.node(rev).short();
            let text = [&name[..], b": no such file in rev ", &node, b"\n"].concat();
            query.repo.reporter().warn(&text);
        }
    }
    if let Some(choice) = choice {
        return Ok(choice);
    }
    let mut walk = FileAncestors::new(query, follow == Follow::FirstParents);
    for (&rev, tree) in revs.iter().zip(&trees) {
        for path in tree.paths().filter(|path| matcher.matches(path)) {
            walk.start(rev, path)?;
        }
    }
    let mut found: BTreeMap<Revision, Vec<HgPathBuf>> = BTreeMap::new();
    while let Some((rev, path)) = walk.next()? {
        found.entry(rev).or_default().push(path);
    }
    Ok(FileChoice::Followed(Followed(found)))
}

/// The tracked files of a changeset or of the working directory.
enum Tree {
    Committed(Arc<Manifest>),
    /// Sorted.
    Working(Vec<HgPathBuf>),
}

impl Tree {
    fn of(query: &QueryContext, rev: Revision) -> Result<Self> {
        Ok(if rev.is_wdir() {
            let mut files = hg_query::changes::files_of(query, rev)?;
            files.sort();
            Self::Working(files)
        } else {
            Self::Committed(hg_query::changes::manifest(query, rev)?)
        })
    }

    fn contains(&self, path: &HgPathBuf) -> bool {
        match self {
            Self::Committed(manifest) => manifest.contains(path),
            Self::Working(files) => files.binary_search(path).is_ok(),
        }
    }

    fn has_dir(&self, path: &HgPath) -> bool {
        match self {
            Self::Committed(manifest) => manifest.has_dir(path),
            Self::Working(files) => files.iter().any(|file| **file != *path && file.is_below(path)),
        }
    }

    fn paths(&self) -> Box<dyn Iterator<Item = &HgPath> + '_> {
        match self {
            Self::Committed(manifest) => Box::new(manifest.paths()),
            Self::Working(files) => Box::new(files.iter().map(|path| &**path)),
        }
    }
}
