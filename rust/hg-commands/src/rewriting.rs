//! What commands that copy or move changesets have in common.

use hg_repo::strip::{StripOptions, strip};
use hg_store::Repo;
use hg_types::{Error, HgDate, Node, Phase, Result, Revision};
use hg_wdir::merge::{MergeState, UpdateOptions, update};

use crate::CommandContext;

/// Refuses options that exclude each other; they are named in the order of the list.
///
/// # Errors
/// When more than one was given.
pub fn at_most_one(ctx: &CommandContext, names: &[&str]) -> Result<()> {
    let mut given = names.iter().filter(|name| is_given(ctx, name));
    match (given.next(), given.next()) {
        (Some(first), Some(second)) => Err(both(first, second)),
        _ => Ok(()),
    }
}

/// Refuses options beside one that excludes them.
///
/// # Errors
/// When `option` and one of `others` were given.
pub fn incompatible(ctx: &CommandContext, option: &str, others: &[&str]) -> Result<()> {
    if !is_given(ctx, option) {
        return Ok(());
    }
    match others.iter().find(|name| is_given(ctx, name)) {
        Some(other) => Err(both(option, other)),
        None => Ok(()),
    }
}

fn is_given(ctx: &CommandContext, name: &str) -> bool {
    ctx.opts.is_set(name) || !ctx.opts.list(name).is_empty()
}

fn both(first: &str, second: &str) -> Error {
    Error::input(format!("cannot specify both --{first} and --{second}"))
}

/// Refuses to say twice who made a changeset, or when.
///
/// # Errors
/// When both `--user` and `--currentuser` were given, or both of the date.
pub fn check_who_and_when(ctx: &CommandContext) -> Result<()> {
    for (one, other) in [("date", "currentdate"), ("user", "currentuser")] {
        if ctx.opts.nonempty(one).is_some() && ctx.opts.flag(other) {
            return Err(both(one, other));
        }
    }
    Ok(())
}

/// Who makes a changeset that is rewritten, when that changes.
///
/// # Errors
/// When nobody is configured.
pub fn new_user(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let given = ctx.opts.nonempty("user").is_some() || ctx.opts.flag("currentuser");
    given.then(|| ctx.user()).transpose()
}

/// When a changeset that is rewritten was made, when that changes.
///
/// # Errors
/// When the date cannot be read.
pub fn new_date(ctx: &CommandContext) -> Result<Option<HgDate>> {
    let given = ctx.opts.nonempty("date").is_some() || ctx.opts.flag("currentdate");
    given.then(|| ctx.date()).transpose()
}

/// A note is one short line.
///
/// # Errors
/// When it is not.
pub fn check_note(ctx: &CommandContext) -> Result<()> {
    let note = ctx.opts.nonempty("note").unwrap_or_default();
    if note.len() > 255 {
        return Err(Error::input("cannot store a note of more than 255 bytes"));
    }
    if note.contains(&b'\n') {
        return Err(Error::input("note cannot contain a newline"));
    }
    Ok(())
}

/// The note of `--note`, in UTF-8.
///
/// # Errors
/// When it is not in the user's encoding.
pub fn note(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let note = ctx.opts.nonempty("note").map(|note| ctx.ui.encoding().from_local(note));
    Ok(note.transpose()?.map(std::borrow::Cow::into_owned))
}

/// `3:1a2b3c4d5e6f`.
///
/// # Errors
/// When the changelog cannot be read.
pub fn shown(repo: &Repo, rev: Revision) -> Result<Vec<u8>> {
    let node = repo.changelog()?.node(rev);
    Ok([format!("{rev}:").as_bytes(), &node.short()].concat())
}

/// `3:1a2b3c4d5e6f "first line" (bookmarks tags)`.
///
/// # Errors
/// When the changeset cannot be read.
pub fn described(ctx: &CommandContext, repo: &Repo, rev: Revision) -> Result<Vec<u8>> {
    let cl = repo.changelog()?;
    let entry = cl.entry(rev)?;
    let line = first_line(entry.description());
    let mut out = [&shown(repo, rev)?[..], b" \"", line, b"\""].concat();
    let names = names(repo, rev)?;
    if !names.is_empty() {
        out.extend_from_slice(&[b" (", &names.join(&b' ')[..], b")"].concat());
    }
    Ok(ctx.ui.encoding().local(&out).into_owned())
}

/// `3:1a2b3c4d5e6f bookmarks tags "first line"`, or what `command-templates.oneline-summary` makes of it: how rewriting
/// commands name a changeset.
///
/// # Errors
/// When the changeset cannot be read, or the template is bad.
pub fn summary(ctx: &CommandContext, repo: &Repo, rev: Revision) -> Result<Vec<u8>> {
    let command = ctx.command.spec.name();
    crate::changeset_display::one_line_summary(&ctx.ui, repo, rev, command)
}

fn first_line(description: &[u8]) -> &[u8] {
    description.split(|&b| b == b'\n').next().unwrap_or_default()
}

/// The bookmarks and tags of a changeset.
fn names(repo: &Repo, rev: Revision) -> Result<Vec<Vec<u8>>> {
    let node = repo.changelog()?.node(rev);
    let mut names = repo.bookmarks()?.names_of(&node).to_vec();
    names.extend_from_slice(repo.tags()?.names_of(&node));
    Ok(names)
}

/// Fails when the working directory has changes; in a merge, says what to do about it.
///
/// # Errors
/// When it has.
pub fn refuse_changes(repo: &Repo) -> Result<()> {
    if !hg_wdir::parents(repo)?[1].is_null() {
        let error = Error::state("outstanding uncommitted merge");
        return Err(error.hint("use 'hg commit' or 'hg merge --abort'"));
    }
    hg_wdir::unfinished::refuse_changes(repo)
}

/// The error for going on with an operation that never began: which one did begin.
pub fn none_in_progress(repo: &Repo, operation: &str) -> Error {
    let error = Error::state(format!("no {operation} in progress"));
    let other = hg_wdir::unfinished::find_unfinished(repo, false).ok().flatten();
    match other.map(|other| other.name).filter(|name| *name != operation && *name != "update") {
        Some(name) => error.hint(format!("continue: hg {name} --continue")),
        None => error,
    }
}

/// Drops the changes of the working directory and goes to a changeset.
///
/// # Errors
/// When the update fails.
pub fn go_back(ctx: &CommandContext, repo: &Repo, node: Node) -> Result<()> {
    let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
    update(repo, node, &clean, &*ctx.ui)?;
    MergeState::clear(repo)
}

/// Whether changesets that an operation made can be taken away again; says so when not.
///
/// # Errors
/// When phases cannot be read.
pub fn can_remove(ctx: &CommandContext, repo: &Repo, made: &[Revision]) -> Result<bool> {
    let words = [
        "cannot clean up public changesets ",
        "new changesets detected on destination branch, can't strip\n",
    ];
    can_remove_saying(ctx, repo, made, words)
}

/// [`can_remove`] in other words: what stands before public changesets, and about descendants.
///
/// # Errors
/// When phases cannot be read.
pub fn can_remove_saying(
    ctx: &CommandContext,
    repo: &Repo,
    made: &[Revision],
    words: [&str; 2],
) -> Result<bool> {
    let cl = repo.changelog()?;
    let phases = repo.phases()?;
    let public: Vec<Vec<u8>> = made
        .iter()
        .filter(|rev| phases.phase(**rev) == Phase::Public)
        .map(|rev| cl.node(*rev).short())
        .collect();
    if !public.is_empty() {
        let text = [words[0].as_bytes(), &public.join(&b", "[..])[..], b"\n"];
        ctx.ui.warn(text.concat());
        return Ok(false);
    }
    if cl.descendant_set(made.iter().copied()).iter().any(|rev| !made.contains(&rev)) {
        ctx.ui.warn(words[1]);
        return Ok(false);
    }
    Ok(true)
}

/// Takes changesets away that an operation made and gives up; nobody has seen them, so no backup is kept.
///
/// # Errors
/// When they cannot be removed.
pub fn remove(repo: &Repo, made: &[Revision], operation: &'static str) -> Result<()> {
    let _lock = repo.lock()?;
    strip(repo, made, &StripOptions { backup: false, suffix: operation, named: None })?;
    Ok(())
}
