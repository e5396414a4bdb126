//! What is said when the transaction of an exchange has closed.

use hg_store::{Changes, Repo, Transaction};
use hg_types::{Node, Phase, Result};

/// Has the summary said when `tr` has closed.
pub fn register(tr: &Transaction) -> Result<()> {
    let incoming = matches!(
        tr.description().split('\n').next(),
        Some("pull" | "unbundle" | "debugunbundle" | "clone")
    );
    let obsoleting = incoming
        || matches!(tr.description().split('\n').next(), Some("debugobsolete" | "push" | "serve"));
    // Between the two the user hears of changesets that became unstable.
    tr.add_post_close("10-summary", move |tr| {
        if obsoleting {
            say_obsoleted(tr.repo(), &tr.final_changes())?;
        }
        Ok(())
    })?;
    tr.add_post_close("30-summary", move |tr| match incoming {
        true => say_incoming(tr.repo(), &tr.final_changes()),
        false => Ok(()),
    })
}

fn say_obsoleted(repo: &Repo, changes: &Changes) -> Result<()> {
    let reporter = repo.reporter();
    if changes.obsmarkers > 0 {
        let text = format!("{} new obsolescence markers\n", changes.obsmarkers);
        reporter.status(text.as_bytes());
    }
    // What has come just now was never anything but obsolete.
    let changelog = repo.changelog()?;
    let is_new = |rev| changes.revisions.contains(&rev);
    let old = |node: &&Node| !changelog.find(node).is_some_and(is_new);
    let obsoleted = changes.obsoleted.iter().filter(old).count();
    if obsoleted > 0 {
        reporter.status(format!("obsoleted {obsoleted} changesets\n").as_bytes());
    }
    Ok(())
}

fn say_incoming(repo: &Repo, changes: &Changes) -> Result<()> {
    let reporter = repo.reporter();
    if !changes.revisions.is_empty() {
        new_changesets(repo, changes)?.iter().for_each(|line| reporter.status(line.as_bytes()));
    }
    let published = changes
        .phases
        .values()
        .filter(|(old, new)| old.is_some_and(|old| old != Phase::Public) && *new == Phase::Public)
        .count();
    if published > 0 {
        reporter.status(format!("{published} local changesets published\n").as_bytes());
    }
    Ok(())
}

/// `new changesets A:B (N drafts)`, and how many are hidden at once.
fn new_changesets(repo: &Repo, changes: &Changes) -> Result<Vec<String>> {
    let changelog = repo.changelog()?;
    let phases = repo.phases()?;
    let extinct = repo.extinct_revs()?;
    let short = |rev| String::from_utf8_lossy(&changelog.node(rev).short()).into_owned();
    let seen = || changes.revisions.iter().copied().filter(|&rev| !extinct.contains(rev));
    let mut lines = Vec::new();
    if let (Some(first), Some(last)) = (seen().next(), seen().next_back()) {
        let mut range = short(first);
        if last != first {
            range = format!("{range}:{}", short(last));
        }
        let count = |wanted: Phase| seen().filter(|&rev| phases.phase(rev) == wanted).count();
        let kinds: Vec<String> = [(Phase::Draft, "drafts"), (Phase::Secret, "secrets")]
            .into_iter()
            .map(|(phase, name)| (count(phase), name))
            .filter(|(count, _)| *count > 0)
            .map(|(count, name)| format!("{count} {name}"))
            .collect();
        let suffix =
            if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
        lines.push(format!("new changesets {range}{suffix}\n"));
    }
    let hidden = changes.revisions.len() - seen().count();
    if hidden > 0 {
        lines.push(format!("({hidden} other changesets obsolete on arrival)\n"));
    }
    Ok(lines)
}
