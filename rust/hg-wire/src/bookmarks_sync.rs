//! Merging the bookmarks of a peer into the repository's.

use std::collections::BTreeSet;

use hg_store::Repo;
use hg_types::{Node, Result, Revision};

use crate::apply::Operation;
use crate::bookmarks::{Compared, History, Marks, compare, divergent_name};
use crate::facts;
use crate::paths::BookmarksMode;
use crate::pull::PullOptions;
use crate::view::View;

/// The history of a repository, for comparing bookmarks.
pub struct RepoHistory {
    view: View,
    changelog: std::sync::Arc<hg_store::Changelog>,
}

impl RepoHistory {
    /// What the user of `repo` sees.
    pub fn new(repo: &Repo) -> Result<Self> {
        Ok(Self { view: facts::visible(repo)?, changelog: repo.changelog()? })
    }
}

impl History for RepoHistory {
    fn position(&self, node: &Node) -> Option<usize> {
        self.view.rev(node)
    }

    fn may_move(&self, old: &Node, new: &Node) -> bool {
        match (self.view.rev(old), self.view.rev(new)) {
            (Some(old), Some(new)) => {
                let (old, new) = (Revision::from_index(old), Revision::from_index(new));
                self.changelog.is_ancestor(old, new)
            }
            _ => old.is_null(),
        }
    }
}

/// The bookmarks of a repository.
pub fn local_marks(repo: &Repo) -> Result<Marks> {
    let marks = repo.bookmarks()?;
    Ok(marks.iter().map(|(name, node)| (name.to_vec(), node)).collect())
}

/// A change of a local bookmark, with what is said about it.
struct Move {
    name: Vec<u8>,
    node: Option<Node>,
    text: Vec<u8>,
    is_warning: bool,
}

/// Takes over what `remote` has, as the options say.
pub fn update_from_remote(
    operation: &mut Operation<'_>,
    remote: &Marks,
    options: &PullOptions,
) -> Result<()> {
    let repo = operation.repo;
    let local = local_marks(repo)?;
    let explicit: BTreeSet<Vec<u8>> = options.bookmarks.iter().cloned().collect();
    let moves = match options.bookmarks_mode {
        BookmarksMode::Ignore if explicit.is_empty() => Vec::new(),
        BookmarksMode::Ignore => {
            let only = remote.iter().filter(|(name, _)| explicit.contains(*name));
            let only: Marks = only.map(|(name, node)| (name.clone(), *node)).collect();
            merge(repo, &local, &only, &explicit, options)?
        }
        BookmarksMode::Mirror => mirror(repo, &local, remote)?,
        BookmarksMode::Default => merge(repo, &local, remote, &explicit, options)?,
    };
    if moves.is_empty() {
        return Ok(());
    }
    let reporter = repo.reporter();
    let quiet = repo.config().get_bool_or("ui", "quietbookmarkmove", false)?;
    let mut changes = Vec::with_capacity(moves.len());
    for step in moves {
        match (quiet, step.is_warning) {
            (true, _) => reporter.debug(&step.text),
            (false, true) => reporter.warn(&step.text),
            (false, false) => reporter.status(&step.text),
        }
        changes.push((step.name, step.node));
    }
    repo.change_bookmarks(operation.transaction()?, &changes)
}

fn text(parts: &[&[u8]]) -> Vec<u8> {
    parts.concat()
}

fn mirror(repo: &Repo, local: &Marks, remote: &Marks) -> Result<Vec<Move>> {
    let history = RepoHistory::new(repo)?;
    let out = compare(&history, remote, local, None);
    let mut moves = Vec::new();
    let known = |entry: &Compared| entry.source.filter(|node| history.position(node).is_some());
    for entry in &out.added_source {
        if let Some(node) = known(entry) {
            let text = text(&[b"adding remote bookmark ", &entry.name, b"\n"]);
            moves.push(Move {
                name: entry.name.clone(),
                node: Some(node),
                text,
                is_warning: false,
            });
        }
    }
    let differing =
        [&out.advanced_source, &out.advanced_destination, &out.diverged, &out.differing];
    for entry in differing.into_iter().flatten() {
        if let Some(node) = known(entry) {
            let text = text(&[b"updating bookmark ", &entry.name, b"\n"]);
            moves.push(Move {
                name: entry.name.clone(),
                node: Some(node),
                text,
                is_warning: false,
            });
        }
    }
    for entry in &out.added_destination {
        let text = text(&[b"removing bookmark ", &entry.name, b"\n"]);
        moves.push(Move { name: entry.name.clone(), node: None, text, is_warning: false });
    }
    moves.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(moves)
}

fn merge(
    repo: &Repo,
    local: &Marks,
    remote: &Marks,
    explicit: &BTreeSet<Vec<u8>>,
    options: &PullOptions,
) -> Result<Vec<Move>> {
    let history = RepoHistory::new(repo)?;
    let out = compare(&history, remote, local, None);
    let known = |entry: &Compared| entry.source.filter(|node| history.position(node).is_some());
    let mut moves = Vec::new();
    for entry in &out.advanced_source {
        let text = text(&[b"updating bookmark ", &entry.name, b"\n"]);
        moves.push(Move { name: entry.name.clone(), node: entry.source, text, is_warning: false });
    }
    for entry in &out.added_source {
        if let Some(node) = known(entry) {
            let text = text(&[b"adding remote bookmark ", &entry.name, b"\n"]);
            moves.push(Move {
                name: entry.name.clone(),
                node: Some(node),
                text,
                is_warning: false,
            });
        }
    }
    let import = |entry: &Compared, node| Move {
        name: entry.name.clone(),
        node: Some(node),
        text: text(&[b"importing bookmark ", &entry.name, b"\n"]),
        is_warning: false,
    };
    for entry in &out.diverged {
        let Some(node) = entry.source else { continue };
        if explicit.contains(&entry.name) {
            moves.push(import(entry, node));
            continue;
        }
        moves.extend(diverge(repo, entry, node, local, options));
    }
    for entry in out.advanced_destination.iter().chain(&out.differing) {
        match known(entry) {
            Some(node) if explicit.contains(&entry.name) => moves.push(import(entry, node)),
            _ => {}
        }
    }
    moves.sort_by(|a, b| a.name.cmp(&b.name));
    Ok(moves)
}

fn diverge(
    repo: &Repo,
    entry: &Compared,
    node: Node,
    local: &Marks,
    options: &PullOptions,
) -> Option<Move> {
    let name = divergent_name(&entry.name, options.path_name.as_deref(), local, &node);
    let Some(name) = name else {
        let text = text(&[
            b"warning: failed to assign numbered name to divergent bookmark ",
            &entry.name,
            b"\n",
        ]);
        repo.reporter().warn(&text);
        return None;
    };
    if local.get(&name) == Some(&node) {
        return None;
    }
    let text = text(&[b"divergent bookmark ", &entry.name, b" stored as ", &name, b"\n"]);
    Some(Move { name, node: Some(node), text, is_warning: true })
}
