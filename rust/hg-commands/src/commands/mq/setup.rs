//! What enabling patch queues changes about repositories and other commands.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_query::parser::Tree;
use hg_query::plugins::{CustomPredicate, Named, Plugins};
use hg_query::revset::Call;
use hg_query::revset::smartset::SmartSet;
use hg_repo::mq::Queue;
use hg_repo::mq::names::QueueNames;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result, Revision};

use crate::CommandContext;
use crate::extensions::Enabled;

/// Whether the extension is on.
pub(crate) fn is_on(config: &hg_config::Config) -> bool {
    config.has_section("extensions") && Enabled::of(config).has_native("mq")
}

/// Tells a repository about its queue.
pub(crate) fn set_up(config: &hg_config::Config, repo: &Repo) {
    if is_on(config) {
        repo.set_extension(Some(Arc::new(QueueNames)));
    }
}

/// The predicate `mq()`.
struct Managed;

impl Named for Managed {
    fn name(&self) -> &[u8] {
        b"mq"
    }
}

impl CustomPredicate for Managed {
    fn call<'q>(&self, call: Call<'q, '_>) -> Result<SmartSet<'q>> {
        if !matches!(call.arguments, Tree::Nothing) {
            return Err(Error::new(ErrorKind::Parse, "mq takes no arguments"));
        }
        let repo = &call.ctx.repo;
        let cl = repo.changelog()?;
        let queue = Queue::open(repo)?;
        let revs = queue.applied.iter().filter_map(|one| cl.find(&one.node));
        Ok(call.subset.and(SmartSet::from_set(revs)))
    }
}

/// Adds to the query languages what queues bring along.
pub(crate) fn add_queries(plugins: &mut Plugins) {
    plugins.predicates.add(Arc::new(Managed));
}

/// Refuses to rebase onto applied patches, and to rebase these: nobody would tell the queue.
pub(crate) fn check_rebase(
    ctx: &CommandContext,
    repo: &Repo,
    destinations: &BTreeMap<Revision, Revision>,
) -> Result<()> {
    if !is_on(&ctx.config()) {
        return Ok(());
    }
    let cl = repo.changelog()?;
    let queue = Queue::open(repo)?;
    let applied: Vec<Revision> =
        queue.applied.iter().filter_map(|one| cl.find(&one.node)).collect();
    if destinations.values().any(|rev| applied.contains(rev)) {
        return Err(Error::state("cannot rebase onto an applied mq patch"));
    }
    if destinations.keys().any(|rev| applied.contains(rev)) {
        let error = Error::abort("rebasing applied mq patches is not supported yet");
        return Err(error.hint("pop them, update to the destination, and push them again"));
    }
    Ok(())
}

/// Patches whose changesets were removed are no longer applied.
pub(crate) fn after_strip(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    if !is_on(&ctx.config()) {
        return Ok(());
    }
    let mut queue = Queue::open(repo)?;
    let cl = repo.changelog()?;
    if let Some(at) = queue.applied.iter().position(|one| cl.find(&one.node).is_none()) {
        queue.applied.truncate(at);
        queue.save()?;
    }
    Ok(())
}

/// The line of `hg summary`.
pub(crate) fn summarize(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    if !is_on(&ctx.config()) {
        return Ok(());
    }
    let queue = Queue::open(repo)?;
    let applied = queue.applied.len();
    let mut unapplied = 0;
    let end = queue.end()?;
    for (index, name) in queue.series()?.names().enumerate() {
        if index >= end && queue.position(name).is_none() && queue.pushable(index)?.is_pushable() {
            unapplied += 1;
        }
    }
    let counted = |count: usize, what: &str| {
        let number = format!("{count} {what}");
        (count > 0).then(|| ctx.ui.label(number.as_bytes(), &format!("qseries.{what}")))
    };
    let parts: Vec<Vec<u8>> = [counted(applied, "applied"), counted(unapplied, "unapplied")]
        .into_iter()
        .flatten()
        .collect();
    if parts.is_empty() {
        ctx.ui.note("mq:     (empty queue)\n");
    } else {
        ctx.ui.write([b"mq:     ", &parts.join(&b", "[..])[..], b"\n"].concat());
    }
    Ok(())
}
