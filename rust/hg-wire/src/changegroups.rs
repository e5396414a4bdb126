//! Taking a changegroup into a repository, with phases, hooks and the line about what was added.

use hg_store::hooks::HookArgs;
use hg_store::revlog::RevBits;
use hg_store::{Changelog, Repo, Transaction};
use hg_types::{Phase, Result, Revision};

use crate::apply::Operation;
use crate::repo_store::RepoSink;
use crate::source::ChangegroupSource;
use crate::take::{Taken, take_changegroup};

/// What came of a changegroup.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// What was taken.
    pub taken: Taken,
    /// One more than the heads added, or one less than the heads removed.
    pub result: i64,
}

/// Takes the changegroup in; new changesets get `target` as phase.
pub fn apply(
    operation: &mut Operation<'_>,
    source: &mut dyn ChangegroupSource,
    target: Phase,
) -> Result<Outcome> {
    let repo = operation.repo;
    let from_push = matches!(operation.source.as_str(), "push" | "serve");
    let tr = operation.transaction()?;
    repo.hooks().run(repo, "prechangegroup", true, &tr.hook_args()?)?;
    let old_heads = head_bits(&*repo.changelog()?);
    let mut sink = RepoSink::new(repo);
    let mut handle = tr;
    // From here on there is something to undo.
    if !repo.requires(hg_format::requirements::name::CHANGELOG_V2) {
        tr.add(b"00changelog.i", repo.store_vfs().len_of("00changelog.i"))?;
    }
    let reporter = repo.reporter();
    let validate = repo.config().get_bool_or("server", "validate", false)?;
    let taken = take_changegroup(&mut sink, Some(&mut handle), source, &*reporter, validate)?;
    repo.add_missing_side_data(tr, taken.first_new)?;
    let changelog = repo.changelog()?;
    let delta = head_delta(&changelog, &old_heads)?;
    let text = say_added(tr, &taken, delta)?;
    run_pretxn_hook(repo, tr, &taken, &changelog)?;
    set_phases(repo, tr, &taken, from_push, target)?;
    schedule_hooks(repo, tr, &taken, &changelog)?;
    operation.added_texts.push(text);
    let result = if delta < 0 { delta - 1 } else { delta + 1 };
    Ok(Outcome { taken, result })
}

fn new_revs(taken: &Taken) -> Vec<Revision> {
    let range = taken.first_new..taken.first_new + taken.changesets;
    range.map(Revision::from_index).collect()
}

fn head_bits(changelog: &Changelog) -> RevBits {
    let mut bits = RevBits::with_len(changelog.len());
    for rev in changelog.heads().into_iter().filter(|rev| !rev.is_null()) {
        bits.insert(rev);
    }
    bits
}

/// How many heads there are more than before; new heads that close their branch do not count.
fn head_delta(changelog: &Changelog, old: &RevBits) -> Result<i64> {
    let heads = head_bits(changelog);
    // An empty repository has one head, null.
    let count = |bits: &RevBits| i64::try_from(bits.count().max(1)).unwrap_or(i64::MAX);
    let mut delta = count(&heads) - count(old);
    for rev in heads.iter().filter(|&rev| !old.contains(rev)) {
        if changelog.entry(rev)?.closes_branch() {
            delta -= 1;
        }
    }
    Ok(delta)
}

fn say_added(tr: &Transaction, taken: &Taken, delta: i64) -> Result<Vec<u8>> {
    let heads = if delta == 0 { String::new() } else { format!(" ({delta:+} heads)") };
    let (changesets, changes, files) = (taken.changesets, taken.changes, taken.files);
    let text = format!("{changesets} changesets with {changes} changes to {files} files{heads}\n");
    let line = format!("added {text}");
    tr.add_post_close(&format!("00-added-{:020}", taken.first_new), move |tr| {
        tr.repo().reporter().status(line.as_bytes());
        Ok(())
    })?;
    Ok(text.into_bytes())
}

fn run_pretxn_hook(
    repo: &Repo,
    tr: &Transaction,
    taken: &Taken,
    changelog: &Changelog,
) -> Result<()> {
    if taken.changesets == 0 {
        return Ok(());
    }
    let first = Revision::from_index(taken.first_new);
    let last = Revision::from_index(taken.first_new + taken.changesets - 1);
    if tr.hook_arg("node").is_none() {
        tr.set_hook_arg("node", changelog.node(first).hex())?;
        tr.set_hook_arg("node_last", changelog.node(last).hex())?;
    }
    if !repo.hooks().has(repo, "pretxnchangegroup") {
        return Ok(());
    }
    let mut args = tr.hook_args()?;
    set(&mut args, "node", changelog.node(first).hex());
    set(&mut args, "node_last", changelog.node(last).hex());
    if tr.write_pending()? {
        args.push(("pending".to_owned(), repo.root_bytes().to_vec()));
    }
    repo.hooks().run(repo, "pretxnchangegroup", true, &args)?;
    Ok(())
}

fn set(args: &mut HookArgs, name: &str, value: Vec<u8>) {
    args.retain(|(key, _)| key != name);
    args.push((name.to_owned(), value));
}

fn set_phases(
    repo: &Repo,
    tr: &Transaction,
    taken: &Taken,
    from_push: bool,
    target: Phase,
) -> Result<()> {
    let new = new_revs(taken);
    // What is pushed is public at a publishing destination and at most draft at others; that
    // holds for changesets that were there before as well.
    let (target, all) = match (from_push, repo.is_publishing()?) {
        (true, true) => (Phase::Public, Some(Phase::Public)),
        (true, false) => (Phase::Draft, Some(Phase::Draft)),
        (false, _) => (target, None),
    };
    if !new.is_empty() {
        repo.register_phase(tr, target, &new)?;
    }
    if let Some(phase) = all {
        let revs: Vec<Revision> = taken.duplicates.iter().copied().chain(new).collect();
        repo.advance_phases(tr, phase, &revs)?;
    }
    Ok(())
}

/// The hooks that run when everything is over.
fn schedule_hooks(
    repo: &Repo,
    tr: &Transaction,
    taken: &Taken,
    changelog: &Changelog,
) -> Result<()> {
    let hooks = repo.hooks();
    let wanted = hooks.has(repo, "changegroup") || hooks.has(repo, "incoming");
    if taken.changesets == 0 || !wanted {
        return Ok(());
    }
    let nodes: Vec<Vec<u8>> =
        new_revs(taken).iter().map(|&rev| changelog.node(rev).hex()).collect();
    let base: HookArgs = tr
        .hook_args()?
        .into_iter()
        .filter(|(name, _)| {
            !matches!(name.as_str(), "node" | "node_last" | "phases_moved" | "bookmark_moved")
        })
        .collect();
    tr.add_post_close(&format!("zz-hooks-{:020}", taken.first_new), move |tr| {
        tr.repo().after_unlock(move |repo, _| {
            let hooks = repo.hooks();
            let mut args = base.clone();
            set(&mut args, "node", nodes.first().cloned().unwrap_or_default());
            set(&mut args, "node_last", nodes.last().cloned().unwrap_or_default());
            hooks.run_late(repo, "changegroup", &args);
            for node in nodes {
                let mut args = base.clone();
                set(&mut args, "node", node);
                hooks.run_late(repo, "incoming", &args);
            }
        });
        Ok(())
    })
}
