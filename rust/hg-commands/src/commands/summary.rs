//! `hg summary`.

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, Phase, Result, Revision};
use hg_wdir::merge::MergeState;
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::{Command, CommandContext, spec};

/// `hg summary`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::SUMMARY,
    help: "Print the state of the working directory: parents, branch, bookmarks, what a commit would\n\
record, whether an update is available, and the phases of changesets that are not public.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("remote") {
        return Err(Error::abort("summary --remote is not implemented yet"));
    }
    let parents = show_parents(ctx, repo)?;
    let branch = hg_wdir::branch::read(repo)?;
    let shown = ctx.ui.encoding().local(&branch).into_owned();
    let text = [b"branch: ", &shown[..], b"\n"].concat();
    if branch == b"default" {
        ctx.ui.status(text)
    } else {
        ctx.ui.write_label(text, "log.branch")
    }
    show_bookmarks(ctx, repo, &parents)?;
    show_changes(ctx, repo, &parents, &branch)?;
    show_update(ctx, repo, &parents, &branch)?;
    show_phases(ctx, repo)?;
    Ok(0)
}

fn show_parents(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Revision>> {
    let cl = repo.changelog()?;
    let tags = repo.tags()?;
    let mut revs = Vec::new();
    for (at, node) in hg_wdir::parents(repo)?.into_iter().enumerate() {
        if at > 0 && node.is_null() {
            continue;
        }
        let rev = cl.rev(&node)?;
        revs.push(rev);
        let mut line =
            [format!("parent: {rev}:").into_bytes(), node.short(), b" ".to_vec()].concat();
        let names: Vec<&[u8]> = tags.names_of(&node).iter().map(Vec::as_slice).collect();
        line.extend_from_slice(&names.join(&b' '));
        if rev.is_null() {
            let text =
                if cl.is_empty() { " (empty repository)" } else { " (no revision checked out)" };
            line.extend_from_slice(text.as_bytes());
        }
        ctx.ui.write_label(&line, "log.parent");
        ctx.ui.write("\n");
        let entry = cl.entry(rev)?;
        if !entry.description().is_empty() {
            let first = entry.description().split(|&b| b == b'\n').next().unwrap_or_default();
            let first = ctx.ui.encoding().local(first.trim_ascii_end()).into_owned();
            ctx.ui.status([b" ", &first[..], b"\n"].concat());
        }
    }
    Ok(revs)
}

fn show_bookmarks(ctx: &CommandContext, repo: &Repo, parents: &[Revision]) -> Result<()> {
    let marks = repo.bookmarks()?;
    let cl = repo.changelog()?;
    let mut names: Vec<Vec<u8>> =
        parents.iter().flat_map(|rev| marks.names_of(&cl.node(*rev)).to_vec()).collect();
    if names.is_empty() {
        return Ok(());
    }
    ctx.ui.write_label("bookmarks:", "log.bookmark");
    if let Some(active) = marks.active()
        && let Some(at) = names.iter().position(|name| name == active)
    {
        names.remove(at);
        ctx.ui.write_label([b" *", active].concat(), "bookmarks.active");
    }
    for name in names {
        ctx.ui.write_label([b" ", &name[..]].concat(), "log.bookmark");
    }
    ctx.ui.write_label("\n", "log.bookmark");
    Ok(())
}

fn show_changes(
    ctx: &CommandContext,
    repo: &Repo,
    parents: &[Revision],
    branch: &[u8],
) -> Result<()> {
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(&Matcher::always(), StatusOptions::with_unknown())?;
    let (mut renamed, mut copied) = (0, 0);
    let mut added = status.added.len();
    let mut removed = status.removed.clone();
    for (path, source) in wdir.dirstate().copies()? {
        if status.added.contains(&path) {
            added -= 1;
            if let Some(at) = removed.iter().position(|gone| *gone == source) {
                removed.remove(at);
                renamed += 1;
            } else {
                copied += 1;
            }
        }
    }
    let unresolved = MergeState::read(repo)?.unresolved().count();
    let counts = [
        (status.modified.len(), "modified", "status.modified"),
        (added, "added", "status.added"),
        (removed.len(), "removed", "status.removed"),
        (renamed, "renamed", "status.copied"),
        (copied, "copied", "status.copied"),
        (status.deleted.len(), "deleted", "status.deleted"),
        (status.unknown.len(), "unknown", "status.unknown"),
        (unresolved, "unresolved", "resolve.unresolved"),
    ];
    let parts: Vec<Vec<u8>> = counts
        .into_iter()
        .filter(|(count, ..)| *count > 0)
        .map(|(count, word, label)| ctx.ui.label(format!("{count} {word}").as_bytes(), label))
        .collect();
    let remark = remark(repo, parents, branch, &status)?;
    let clean = remark == " (clean)" || remark == " (head closed)";
    let line = [b"commit: ", &parts.join(&b", "[..])[..], remark.as_bytes(), b"\n"].concat();
    let line =
        if parts.is_empty() { [b"commit:", remark.as_bytes(), b"\n"].concat() } else { line };
    if clean {
        ctx.ui.status(line)
    } else {
        ctx.ui.write(line)
    }
    Ok(())
}

/// What a commit would be, beside the counts.
fn remark(
    repo: &Repo,
    parents: &[Revision],
    branch: &[u8],
    status: &Status,
) -> Result<&'static str> {
    let cl = repo.changelog()?;
    let entry = cl.entry(parents[0])?;
    let changed = status.has_changes();
    Ok(if parents.len() > 1 {
        " (merge)"
    } else if branch != entry.branch() {
        " (new branch)"
    } else if entry.closes_branch() && !changed {
        " (head closed)"
    } else if !changed {
        " (clean)"
    } else if !repo.branchmap()?.heads(branch).contains(&parents[0]) && !parents[0].is_null() {
        " (new branch head)"
    } else {
        ""
    })
}

fn show_update(
    ctx: &CommandContext,
    repo: &Repo,
    parents: &[Revision],
    branch: &[u8],
) -> Result<()> {
    let cl = repo.changelog()?;
    let heads = repo.branchmap()?.heads(branch).to_vec();
    let missing = cl.missing_ancestors(parents.iter().copied(), heads.iter().copied());
    let new = missing.len();
    let open_heads = heads.len();
    if new == 0 {
        ctx.ui.status("update: (current)\n");
    } else if heads.iter().any(|head| cl.is_ancestor(parents[0], *head))
        && !heads.contains(&parents[0])
    {
        ctx.ui.write(format!("update: {new} new changesets (update)\n"));
    } else {
        ctx.ui.write(format!("update: {new} new changesets, {open_heads} branch heads (merge)\n"));
    }
    Ok(())
}

fn show_phases(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let phases = repo.phases()?;
    let hidden = repo.hidden_revs()?;
    let count = |phase: Phase| {
        phases.mutable_revs(|at| at == phase).filter(|rev| !hidden.contains(*rev)).count()
    };
    let parts: Vec<String> = [Phase::Draft, Phase::Secret]
        .into_iter()
        .map(|phase| (count(phase), phase))
        .filter(|(count, _)| *count > 0)
        .map(|(count, phase)| format!("{count} {}", phase.name()))
        .collect();
    if !parts.is_empty() {
        ctx.ui.status(format!("phases: {}\n", parts.join(", ")));
    }
    Ok(())
}
