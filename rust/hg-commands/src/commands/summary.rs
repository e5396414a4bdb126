//! `hg summary`.

mod remote;

use std::rc::Rc;

use hg_match::Matcher;
use hg_query::template::{Changeset, History};
use hg_repo::rebase::{Fate, Rebase};
use hg_store::Repo;
use hg_types::{HgPathBuf, Phase, Result, Revision};
use hg_wdir::merge::MergeState;
use hg_wdir::{Status, StatusOptions, WorkingDir};

use crate::changeset_display::{UiHost, changeset_labels};
use crate::{Command, CommandContext, spec};

/// `hg summary`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::SUMMARY,
    help: "Show where the working directory stands: its parents, branch, what a commit would\n\
           record, and whether there is something newer to update to.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let unresolved = count_unresolved(ctx, repo)?;
    let host = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
    let history = History::new(repo.clone(), host);
    let working = Changeset::open(&history, Revision::WDIR)?;
    let [p1, p2] = working.parents();
    let mut parents = vec![Changeset::open(&history, p1)?];
    if !p2.is_null() {
        parents.push(Changeset::open(&history, p2)?);
    }
    for parent in &parents {
        show_parent(ctx, parent)?;
    }
    let branch = hg_wdir::branch::read(repo)?;
    show_branch(ctx, &branch);
    show_bookmarks(ctx, repo, &parents)?;
    let map = repo.branchmap()?;
    let heads: Vec<Revision> = map.open_heads(&branch).collect();
    let all_heads = map.heads(&branch).to_vec();
    show_commit(ctx, &parents, &Heads { branch, open: &heads, all: &all_heads }, unresolved)?;
    show_update(ctx, repo, &parents, &heads)?;
    show_phases(ctx, repo)?;
    show_rebase(ctx, repo)?;
    show_histedit(ctx, repo)?;
    super::mq::setup::summarize(ctx, repo)?;
    if ctx.opts.flag("remote") {
        remote::show(ctx, repo)?;
    }
    Ok(0)
}

struct Heads<'a> {
    branch: Vec<u8>,
    open: &'a [Revision],
    all: &'a [Revision],
}

fn show_parent(ctx: &CommandContext, parent: &Changeset) -> Result<()> {
    let ui = &ctx.ui;
    let encoding = ui.encoding();
    let start = format!("parent: {}:", parent.rev());
    let id = [start.as_bytes(), &parent.node().short(), b" "].concat();
    ui.write_label(id, &changeset_labels(parent)?);
    ui.write_label(encoding.local(&parent.tags()?.join(&b' ')), "log.tag");
    if parent.rev().is_null() {
        let empty = parent.repo().changelog()?.is_empty();
        ui.write(if empty { " (empty repository)" } else { " (no revision checked out)" });
    }
    if parent.is_obsolete()? {
        ui.write(" (obsolete)");
    }
    let instabilities = parent.instabilities()?;
    if !instabilities.is_empty() {
        let shown =
            instabilities.iter().map(|name| ui.label(name.as_bytes(), &format!("trouble.{name}")));
        ui.write([b" (", &shown.collect::<Vec<_>>().join(&b", "[..])[..], b")"].concat());
    }
    ui.write("\n");
    let description = encoding.local(parent.entry()?.description()).into_owned();
    if !description.is_empty() && !ui.is_quiet() {
        let line = description.split(|c| matches!(c, b'\n' | b'\r')).next().unwrap_or_default();
        let line = [b" ", line.trim_ascii(), b"\n"].concat();
        ui.write_label(line, "log.summary ui.status");
    }
    Ok(())
}

fn show_branch(ctx: &CommandContext, branch: &[u8]) {
    let line = [b"branch: ", &ctx.ui.encoding().local(branch)[..], b"\n"].concat();
    if branch != b"default" {
        ctx.ui.write_label(line, "log.branch");
    } else if !ctx.ui.is_quiet() {
        ctx.ui.write_label(line, "log.branch ui.status");
    }
}

fn show_bookmarks(ctx: &CommandContext, repo: &Repo, parents: &[Changeset]) -> Result<()> {
    let mut marks = Vec::new();
    for parent in parents {
        marks.extend(parent.bookmarks()?);
    }
    if marks.is_empty() {
        return Ok(());
    }
    let (ui, encoding) = (&ctx.ui, ctx.ui.encoding());
    ui.write_label("bookmarks:", "log.bookmark");
    if let Some(active) = repo.bookmarks()?.active() {
        let shown = encoding.local(active);
        let text = match marks.iter().position(|mark| mark == active) {
            Some(at) => {
                marks.remove(at);
                [b" *", &shown[..]].concat()
            }
            None => [b" [", &shown[..], b"]"].concat(),
        };
        ui.write_label(text, "bookmarks.active bookmarks.current");
    }
    for mark in marks {
        ui.write_label([b" ", &encoding.local(&mark)[..]].concat(), "log.bookmark");
    }
    ui.write_label("\n", "log.bookmark");
    Ok(())
}

/// The counts of the line that says what a commit would record.
fn counts(
    ctx: &CommandContext,
    status: &mut Status,
    copies: Vec<(HgPathBuf, HgPathBuf)>,
    (unresolved, subrepos): (usize, usize),
) -> (Vec<Vec<u8>>, bool) {
    let (mut renamed, mut copied) = (0, 0);
    for (path, source) in copies {
        if let Some(at) = status.removed.iter().position(|removed| *removed == source) {
            status.removed.remove(at);
            renamed += 1;
        } else {
            copied += 1;
        }
        status.added.retain(|added| *added != path);
    }
    let changes = status.modified.len() + status.added.len() + status.removed.len();
    let rows = [
        (status.modified.len(), "modified", "status.modified"),
        (status.added.len(), "added", "status.added"),
        (status.removed.len(), "removed", "status.removed"),
        (renamed, "renamed", "status.copied"),
        (copied, "copied", "status.copied"),
        (status.deleted.len(), "deleted", "status.deleted"),
        (status.unknown.len(), "unknown", "status.unknown"),
        (unresolved, "unresolved", "resolve.unresolved"),
        (subrepos, "subrepos", ""),
    ];
    let shown = rows.into_iter().filter(|(count, ..)| *count > 0);
    let texts =
        shown.map(|(count, what, label)| ctx.ui.label(format!("{count} {what}").as_bytes(), label));
    (texts.collect(), changes + renamed + copied + subrepos > 0)
}

/// How many files are in conflict. What only a newer program understands is no reason to show nothing.
fn count_unresolved(ctx: &CommandContext, repo: &Repo) -> Result<usize> {
    match MergeState::read_known(repo)? {
        Ok(state) => Ok(state.unresolved().count()),
        Err(types) => {
            ctx.ui.warn(
                [b"warning: merge state has unsupported record types: ", &types[..], b"\n"]
                    .concat(),
            );
            Ok(0)
        }
    }
}

fn show_commit(
    ctx: &CommandContext,
    parents: &[Changeset],
    heads: &Heads<'_>,
    unresolved: usize,
) -> Result<()> {
    let repo = ctx.repo()?;
    let mut wdir = WorkingDir::open(repo)?;
    let subrepos = crate::nested::paths(repo, hg_repo::subrepo::Of::Working)?;
    let own = Matcher::always().outside(subrepos);
    let mut status = wdir.status(&own, StatusOptions::with_unknown())?;
    let mut subrepos = 0;
    hg_repo::subrepo::for_each(repo, hg_repo::subrepo::Of::Working, &mut |sub| {
        subrepos += usize::from(sub.is_dirty(false, false)?);
        Ok(())
    })?;
    let (texts, changed) =
        counts(ctx, &mut status, wdir.dirstate().copies()?, (unresolved, subrepos));
    let mut text = texts.join(&b", "[..]);
    let parent = &parents[0];
    let mut is_clean = false;
    if repo.vfs().exists("graftstate") {
        text.extend_from_slice(b" (graft in progress)");
    }
    if repo.vfs().exists("updatestate") {
        text.extend_from_slice(b" (interrupted update)");
    } else if parents.len() > 1 {
        text.extend_from_slice(b" (merge)");
    } else if heads.branch != parent.entry()?.branch() {
        text.extend_from_slice(b" (new branch)");
    } else if parent.entry()?.closes_branch() && heads.all.contains(&parent.rev()) {
        text.extend_from_slice(b" (head closed)");
    } else if !changed {
        text.extend_from_slice(b" (clean)");
        is_clean = true;
    } else if !heads.open.contains(&parent.rev()) {
        text.extend_from_slice(b" (new branch head)");
    }
    let mut phase = Phase::Public;
    for parent in parents {
        phase = phase.max(parent.phase()?);
    }
    if phase > repo.new_commit_phase()? {
        text.extend_from_slice(format!(" ({})", phase.name()).as_bytes());
    }
    let line = [b"commit: ", text.trim_ascii(), b"\n"].concat();
    if is_clean {
        ctx.ui.status(line)
    } else {
        ctx.ui.write(line)
    }
    Ok(())
}

fn show_update(
    ctx: &CommandContext,
    repo: &Repo,
    parents: &[Changeset],
    heads: &[Revision],
) -> Result<()> {
    let bases = parents.iter().map(Changeset::rev);
    let new = repo.changelog()?.missing_ancestors(heads.iter().copied(), bases).len();
    if new == 0 {
        ctx.ui.status("update: (current)\n");
    } else if !heads.contains(&parents[0].rev()) {
        ctx.ui.write(format!("update: {new} new changesets (update)\n"));
    } else {
        let count = heads.len();
        ctx.ui.write(format!("update: {new} new changesets, {count} branch heads (merge)\n"));
    }
    Ok(())
}

/// How far an interrupted rebase has come.
fn show_rebase(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let Some(rebase) = Rebase::read(repo)? else { return Ok(()) };
    let remaining = rebase.fates.values().filter(|fate| **fate == Fate::Todo).count();
    let done = rebase.fates.len() - remaining;
    let texts = [(done, "rebased", "rebase.rebased"), (remaining, "remaining", "rebase.remaining")];
    let shown = texts.map(|(count, what, label)| {
        [ctx.ui.label(count.to_string().as_bytes(), label), format!(" {what}").into_bytes()]
            .concat()
    });
    let parts = [&b"rebase: "[..], &shown.join(&b", "[..]), b" (rebase --continue)\n"];
    ctx.ui.write(parts.concat());
    Ok(())
}

fn show_histedit(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let unfinished = hg_wdir::unfinished::find_unfinished(repo, false)?;
    if unfinished.is_none_or(|operation| operation.name != "histedit") {
        return Ok(());
    }
    let Some(state) = hg_repo::histedit::State::read(repo)? else { return Ok(()) };
    if !state.actions.is_empty() {
        let count = state.actions.len().to_string();
        let count = ctx.ui.label(count.as_bytes(), "histedit.remaining");
        let parts = [&b"hist:   "[..], &count, b" remaining (histedit --continue)\n"];
        ctx.ui.write(parts.concat());
    }
    Ok(())
}

fn show_phases(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let hidden = repo.hidden_revs()?;
    let phases = repo.phases()?;
    let mut texts = Vec::new();
    for phase in [Phase::Draft, Phase::Secret] {
        let revs = phases.mutable_revs(|found| found == phase);
        let count = revs.filter(|rev| !hidden.contains(*rev)).count();
        if count > 0 {
            texts.push(format!("{count} {}", phase.name()));
        }
    }
    if !texts.is_empty() {
        ctx.ui.status(format!("phases: {}\n", texts.join(", ")));
    }
    let troubles = [
        ("orphan", repo.orphan_revs()?),
        ("content-divergent", repo.content_divergent_revs()?),
        ("phase-divergent", repo.phase_divergent_revs()?),
    ];
    for (name, revs) in troubles {
        let count = revs.iter().filter(|rev| !hidden.contains(*rev)).count();
        if count > 0 {
            ctx.ui.status(format!("{name}: {count} changesets\n"));
        }
    }
    Ok(())
}
