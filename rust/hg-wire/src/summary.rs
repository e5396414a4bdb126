//! What is said when the transaction of an exchange has closed.

use hg_store::{Changes, Repo, Transaction};
use hg_types::{Phase, Result};

/// Has the summary said when `tr` has closed.
pub fn register(repo: &Repo, tr: &Transaction) -> Result<()> {
    let incoming = matches!(
        tr.description().split('\n').next(),
        Some("pull" | "unbundle" | "debugunbundle" | "serve" | "clone")
    );
    let obsoleting =
        incoming || matches!(tr.description().split('\n').next(), Some("debugobsolete" | "push"));
    let _ = repo;
    tr.add_post_close("10-summary", move |tr| {
        let changes = tr.final_changes();
        let repo = tr.repo().clone();
        say(&repo, &changes, incoming, obsoleting)
    })
}

fn say(repo: &Repo, changes: &Changes, incoming: bool, obsoleting: bool) -> Result<()> {
    let reporter = repo.reporter();
    let mut lines = Vec::new();
    if obsoleting && changes.obsmarkers > 0 {
        lines.push(format!("{} new obsolescence markers\n", changes.obsmarkers));
    }
    if obsoleting && !changes.obsoleted.is_empty() {
        lines.push(format!("obsoleted {} changesets\n", changes.obsoleted.len()));
    }
    if incoming && !changes.revisions.is_empty() {
        lines.push(new_changesets(repo, changes)?);
    }
    let published = changes
        .phases
        .values()
        .filter(|(old, new)| old.is_some_and(|old| old != Phase::Public) && *new == Phase::Public)
        .count();
    if incoming && published > 0 {
        lines.push(format!("{published} local changesets published\n"));
    }
    for line in lines {
        reporter.status(line.as_bytes());
    }
    Ok(())
}

/// `new changesets A:B (N drafts)`.
fn new_changesets(repo: &Repo, changes: &Changes) -> Result<String> {
    let changelog = repo.changelog()?;
    let phases = repo.phases()?;
    let short = |rev| String::from_utf8_lossy(&changelog.node(rev).short()).into_owned();
    let (first, last) = (changes.revisions.first().copied(), changes.revisions.last().copied());
    let range = match (first, last) {
        (Some(first), Some(last)) if first == last => short(first),
        (Some(first), Some(last)) => format!("{}:{}", short(first), short(last)),
        _ => String::new(),
    };
    let count = |wanted: Phase| {
        changes.revisions.iter().filter(|&&rev| phases.phase(rev) == wanted).count()
    };
    let kinds: Vec<String> = [(Phase::Draft, "drafts"), (Phase::Secret, "secrets")]
        .into_iter()
        .map(|(phase, name)| (count(phase), name))
        .filter(|(count, _)| *count > 0)
        .map(|(count, name)| format!("{count} {name}"))
        .collect();
    let suffix = if kinds.is_empty() { String::new() } else { format!(" ({})", kinds.join(", ")) };
    Ok(format!("new changesets {range}{suffix}\n"))
}
