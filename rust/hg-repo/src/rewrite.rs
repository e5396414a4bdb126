//! Replacing changesets by others: what may be replaced, and what becomes of the old ones (obsolescence
//! markers where the repository keeps them, else a backup bundle and stripping).

use std::collections::HashMap;

use hg_config::Config;
use hg_format::obs_markers::Marker;
use hg_store::{Changelog, Repo, Transaction};
use hg_types::{Error, HgDate, Node, Phase, Result, Revision};

use crate::strip::{StripOptions, strip};

mod hashes;

pub use hashes::update_hashes;

/// What `experimental.evolution` allows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Evolution {
    /// Markers are made instead of stripping.
    pub create_markers: bool,
    /// Changesets may lose their parents.
    pub allow_unstable: bool,
}

impl Evolution {
    /// Reads the configuration.
    ///
    /// # Errors
    /// When it is malformed.
    pub fn from_config(config: &Config) -> Result<Self> {
        let list = config.get_list("experimental", "evolution");
        let all = list
            .iter()
            .any(|word| word == b"all" || hg_config::value::parse_bool(word) == Some(true));
        let has = |name: &str| -> Result<bool> {
            let named = list.iter().any(|word| word == name.as_bytes());
            let own = config.find_bool("experimental", format!("evolution.{name}"))?;
            Ok(own.unwrap_or(all || named))
        };
        let create_markers = has("createmarkers")?;
        Ok(Self { create_markers, allow_unstable: create_markers && has("allowunstable")? })
    }
}

/// Refuses to rewrite changesets that must stay; `action` is the verb (`amend`).
///
/// # Errors
/// Public changesets, the null revision, and ones whose descendants would be orphaned.
pub fn check_rewrite(repo: &Repo, revs: &[Revision], action: &str) -> Result<()> {
    check_mutable(repo, revs, action)?;
    check_divergence(repo, revs, action)?;
    check_orphans(repo, revs, action)
}

/// [`check_rewrite`] for who looks after divergence.
///
/// # Errors
/// Those of [`check_rewrite`] but divergence.
pub fn check_move(repo: &Repo, revs: &[Revision], action: &str) -> Result<()> {
    check_mutable(repo, revs, action)?;
    check_orphans(repo, revs, action)
}

fn check_mutable(repo: &Repo, revs: &[Revision], action: &str) -> Result<()> {
    if revs.iter().any(|rev| rev.is_null()) {
        let hint = "no changeset checked out";
        return Err(Error::input(format!("cannot {action} the null revision")).hint(hint));
    }
    if !hg_wdir::parents(repo)?[1].is_null() {
        return Err(Error::state(format!("cannot {action} changesets while merging")));
    }
    let cl = repo.changelog()?;
    let phases = repo.phases()?;
    let public: Vec<_> =
        revs.iter().copied().filter(|rev| phases.phase(*rev) == Phase::Public).collect();
    if !public.is_empty() {
        let shown: Vec<Vec<u8>> = public.iter().map(|rev| cl.node(*rev).short()).collect();
        let message =
            [format!("cannot {action} public changesets: ").into_bytes(), shown.join(&b", "[..])];
        return Err(Error::input(message.concat()).hint("see 'hg help phases' for details"));
    }
    Ok(())
}

/// Refuses to leave descendants behind, where that is not allowed.
fn check_orphans(repo: &Repo, revs: &[Revision], action: &str) -> Result<()> {
    let cl = repo.changelog()?;
    if !Evolution::from_config(&repo.config())?.allow_unstable {
        let hidden = repo.hidden_revs()?;
        let orphans = cl
            .descendant_set(revs.iter().copied())
            .iter()
            .filter(|rev| !revs.contains(rev) && !hidden.contains(*rev))
            .count();
        if orphans > 0 {
            let message =
                format!("cannot {action} changeset, as that will orphan {orphans} descendants");
            return Err(Error::input(message).hint("see 'hg help evolution.instability'"));
        }
    }
    Ok(())
}

/// Refuses to replace a second time what was replaced already.
fn check_divergence(repo: &Repo, revs: &[Revision], action: &str) -> Result<()> {
    let config = repo.config();
    if config.get_bool_or("experimental", "evolution.allowdivergence", false)? {
        return Ok(());
    }
    let (cl, store) = (repo.changelog()?, repo.obsstore()?);
    for &rev in revs {
        let node = cl.node(rev);
        if !store.has_successors(&node) {
            continue;
        }
        let sets = repo.successors_sets(&node, &mut HashMap::new())?;
        let rewritten = |other: &&Node| **other != node;
        if let Some(other) = sets.iter().flatten().find(rewritten) {
            let parts = [
                format!("cannot {action} ").into_bytes(),
                node.short(),
                b", as that creates content-divergence with ".to_vec(),
                other.short(),
            ];
            let hint = "add --verbose for details or see 'hg help evolution.instability'";
            return Err(Error::input(parts.concat()).hint(hint));
        }
    }
    Ok(())
}

/// A changeset and what replaces it; nothing, when it is dropped.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Replacement {
    /// What is replaced.
    pub old: Node,
    /// By what.
    pub new: Vec<Node>,
}

/// Who replaces, when and how; recorded in markers.
#[derive(Clone, Debug)]
pub struct Rewriting {
    /// The operation: `amend`, `rebase`, ...
    pub operation: &'static str,
    /// Who.
    pub user: Vec<u8>,
    /// When.
    pub date: HgDate,
    /// Whether old changesets that are stripped are saved first.
    pub backup: bool,
    /// What the user says about it.
    pub note: Option<Vec<u8>>,
}

impl Rewriting {
    /// Moves bookmarks and, where the repository keeps markers, records what replaces what. Call
    /// [`Rewriting::finish`] when the transaction is closed.
    ///
    /// # Errors
    /// When the transaction is over or a marker cannot be stored.
    pub fn record(
        &self,
        repo: &Repo,
        tr: &Transaction,
        replacements: &[Replacement],
    ) -> Result<()> {
        self.move_bookmarks(repo, tr, replacements)?;
        if !Evolution::from_config(&repo.config())?.create_markers {
            return Ok(());
        }
        let markers = replacements
            .iter()
            .filter(|replacement| replacement.new != [replacement.old])
            .map(|replacement| self.marker(repo, replacement))
            .collect::<Result<Vec<_>>>()?;
        repo.add_markers(tr, &markers)?;
        Ok(())
    }

    /// Removes the old changesets, where the repository keeps no markers.
    ///
    /// # Errors
    /// When they cannot be saved or removed.
    pub fn finish(&self, repo: &Repo, replacements: &[Replacement]) -> Result<()> {
        if Evolution::from_config(&repo.config())?.create_markers {
            return Ok(());
        }
        let cl = repo.changelog()?;
        let old = replacements.iter().filter(|r| r.new != [r.old]);
        let revs: Vec<Revision> = old.filter_map(|r| cl.find(&r.old)).collect();
        if revs.is_empty() {
            return Ok(());
        }
        // Whoever works beside us may have put something on top: that must not go.
        let below = cl.descendant_set(revs.iter().copied());
        let phases = repo.phases()?;
        let matters = |rev: &Revision| !revs.contains(rev) && phases.phase(*rev) < Phase::Archived;
        if below.iter().any(|rev| matters(&rev)) {
            let nodes: Vec<Vec<u8>> = revs.iter().map(|rev| cl.node(*rev).short()).collect();
            let list = nodes.join(&b", "[..]);
            let text =
                [b"warning: orphaned descendants detected, not stripping ", &list[..], b"\n"];
            repo.reporter().warn(&text.concat());
            return Ok(());
        }
        let options = StripOptions { backup: self.backup, suffix: self.operation, named: None };
        strip(repo, &revs, &options)?;
        Ok(())
    }

    fn move_bookmarks(
        &self,
        repo: &Repo,
        tr: &Transaction,
        replacements: &[Replacement],
    ) -> Result<()> {
        let bookmarks = repo.bookmarks()?;
        let cl = repo.changelog()?;
        let mut changes = Vec::new();
        let replaced: HashMap<Node, &[Node]> =
            replacements.iter().map(|r| (r.old, &r.new[..])).collect();
        let made: Vec<Revision> =
            replacements.iter().flat_map(|r| &r.new).filter_map(|node| cl.find(node)).collect();
        for replacement in replacements {
            let target = bookmark_target(&cl, replacement, &replaced)?;
            let names = bookmarks.names_of(&replacement.old);
            if !names.is_empty() {
                let quoted: Vec<Vec<u8>> =
                    names.iter().map(|name| hg_types::quoted(name)).collect();
                let (from, to) = (replacement.old.hex(), target.hex());
                let list = quoted.join(&b", "[..]);
                let parts =
                    [&b"moving bookmarks ["[..], &list, b"] from ", &from, b" to ", &to, b"\n"];
                repo.reporter().debug(&parts.concat());
            }
            for name in names {
                changes.push((name.clone(), Some(target)));
                let passed = passed_by_move(&cl, &made, replacement.old, target)?;
                let gone = bookmarks.diverged(&passed, name);
                changes.extend(gone.into_iter().map(|name| (name, None)));
            }
        }
        if changes.is_empty() { Ok(()) } else { repo.change_bookmarks(tr, &changes) }
    }

    fn marker(&self, repo: &Repo, replacement: &Replacement) -> Result<Marker> {
        let mut metadata = vec![
            (b"operation".to_vec(), self.operation.as_bytes().to_vec()),
            (b"user".to_vec(), self.user.clone()),
        ];
        let mut flags = 0;
        for new in &replacement.new {
            flags |= effect_flags(repo, replacement.old, *new)?;
        }
        metadata.insert(0, (b"ef1".to_vec(), flags.to_string().into_bytes()));
        if let Some(note) = &self.note {
            metadata.push((b"note".to_vec(), note.clone()));
            metadata.sort();
        }
        let cl = repo.changelog()?;
        let pruned = replacement.new.is_empty();
        let parents = cl.parent_nodes(cl.rev(&replacement.old)?);
        let parents: Vec<Node> = parents.into_iter().filter(|node| !node.is_null()).collect();
        #[expect(clippy::cast_precision_loss, reason = "seconds of real dates fit exactly")]
        let seconds = self.date.seconds as f64;
        Ok(Marker {
            predecessor: replacement.old,
            successors: replacement.new.clone(),
            flags: 0,
            metadata,
            seconds,
            offset: self.date.offset,
            parents: pruned.then_some(parents),
        })
    }
}

/// Where the bookmarks of a replaced changeset go: to what replaces it; of a dropped one to the nearest ancestor that stays,
/// or to what replaces that.
fn bookmark_target(
    cl: &Changelog,
    replacement: &Replacement,
    replaced: &HashMap<Node, &[Node]>,
) -> Result<Node> {
    let mut new = &replacement.new[..];
    let mut old = replacement.old;
    loop {
        if let Some(node) = new.last() {
            return Ok(*node);
        }
        old = cl.parent_nodes(cl.rev(&old)?)[0];
        match replaced.get(&old) {
            Some(next) if !old.is_null() => new = next,
            _ => return Ok(old),
        }
    }
}

/// What a bookmark passes when it moves with a rewritten changeset: that on which the new ones were put.
fn passed_by_move(cl: &Changelog, made: &[Revision], old: Node, target: Node) -> Result<Vec<Node>> {
    let new = cl.rev(&target)?;
    let old_parents = cl.parents(cl.rev(&old)?);
    let chain: Vec<Revision> =
        made.iter().copied().filter(|rev| cl.is_ancestor(*rev, new)).collect();
    let parents = chain.iter().flat_map(|rev| cl.parents(*rev));
    let below =
        parents.filter(|rev| !rev.is_null() && !chain.contains(rev) && !old_parents.contains(rev));
    Ok(below.map(|rev| cl.node(rev)).collect())
}

/// What changed between a changeset and its successor, as the marker's `ef1` says it: 1 description,
/// 2 other metadata, 4 parents, 8 content, 16 user, 32 date, 64 branch.
fn effect_flags(repo: &Repo, old: Node, new: Node) -> Result<u32> {
    let cl = repo.changelog()?;
    let (old_rev, new_rev) = (cl.rev(&old)?, cl.rev(&new)?);
    let (before, after) = (cl.entry(old_rev)?, cl.entry(new_rev)?);
    let plain = |extra: std::collections::BTreeMap<Vec<u8>, Vec<u8>>| {
        let ignored = |key: &[u8]| {
            key == b"branch"
                || key.ends_with(b"_source")
                || matches!(key, b"source" | b"intermediate-source")
        };
        extra.into_iter().filter(|(key, _)| !ignored(key)).collect::<Vec<_>>()
    };
    let parents_differ = cl.parents(old_rev) != cl.parents(new_rev);
    let content_differs = if parents_differ {
        changed_content(repo, old_rev)? != changed_content(repo, new_rev)?
    } else {
        before.manifest() != after.manifest()
    };
    let flags = [
        (before.description() != after.description(), 1),
        (plain(before.extra()) != plain(after.extra()), 2),
        (parents_differ, 4),
        (content_differs, 8),
        (before.user() != after.user(), 16),
        (before.date() != after.date(), 32),
        (before.branch() != after.branch(), 64),
    ];
    Ok(flags.into_iter().filter(|(set, _)| *set).map(|(_, flag)| flag).sum())
}

/// What a changeset did to files: each path with its content after.
fn changed_content(repo: &Repo, rev: Revision) -> Result<Vec<(Vec<u8>, Option<Node>)>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let manifest = repo.manifest(&entry.manifest())?;
    Ok(entry.files().map(|path| (path.as_bytes().to_vec(), manifest.node(path))).collect())
}
