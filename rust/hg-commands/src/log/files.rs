//! Which way of finding the changesets of files is taken: their filelogs, following their history,
//! or looking at every changeset.

use std::collections::BTreeMap;

use hg_match::{Matcher, path_to};
use hg_query::QueryContext;
use hg_query::filehistory::FileAncestors;
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
    let mut manifests = Vec::new();
    for &rev in &revs {
        manifests.push(hg_query::changes::manifest(query, rev)?);
    }
    let tracked = match named {
        true => Vec::new(),
        false => hg_query::changes::files_of(query, Revision::WDIR)?,
    };
    // Directories are not followed: every ancestor that touches them is shown.
    let mut scan = false;
    for path in files {
        let known = match named {
            true => manifests.iter().any(|manifest| manifest.contains(path)),
            false => tracked.binary_search(path).is_ok(),
        };
        let directory = match named {
            true => manifests.iter().any(|manifest| manifest.has_dir(path)),
            false => query.repo.wvfs().lstat(path.as_bytes()).is_ok_and(|stat| stat.is_some()),
        };
        if known && query.repo.filelog(path)?.is_empty() {
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
    if scan {
        return Ok(scan_if_known(query, files));
    }
    for (&rev, manifest) in revs.iter().zip(&manifests) {
        let absent = |path: &&HgPathBuf| !manifest.contains(path);
        for path in files.iter().filter(|path| !path.is_empty()).filter(absent) {
            let name = path_to(query.repo.root_bytes(), &query.cwd, path);
            let node = query.node(rev).short();
            let text = [&name[..], b": no such file in rev ", &node, b"\n"].concat();
            query.repo.reporter().warn(&text);
        }
    }
    let mut walk = FileAncestors::new(query, follow == Follow::FirstParents);
    for (&rev, manifest) in revs.iter().zip(&manifests) {
        for path in manifest.paths().filter(|path| matcher.matches(path)) {
            walk.start(rev, path)?;
        }
    }
    let mut found: BTreeMap<Revision, Vec<HgPathBuf>> = BTreeMap::new();
    while let Some((rev, path)) = walk.next()? {
        found.entry(rev).or_default().push(path);
    }
    Ok(FileChoice::Followed(Followed(found)))
}
