//! `hg shelve`.

use hg_repo::shelve::{self, Shelf};
use hg_store::Repo;
use hg_types::{Error, Result};

use crate::{Command, CommandContext, spec};

mod create;
mod list;

/// `hg shelve`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::SHELVE,
    help: "Set the changes of the working directory aside: they are saved under a name, and the files\n\
become what they are in the parent. :hg:`unshelve` brings them back, on whatever changeset the\n\
working directory is then.\n\n\
With file names, -I, -X or -i/--interactive, only a part is set aside. When everything is, the name\n\
of a new branch is remembered too.\n\n\
The name comes from the active bookmark, else from the branch; -n/--name gives another. -l/--list\n\
shows what is shelved, with -p/--patch or --stat in detail. -d/--delete removes single shelved\n\
changes, --cleanup all of them.\n\n\
Returns 0 on success, 1 if there was nothing to shelve.",
    run,
};

/// Options that say what is done.
const ACTIONS: [&str; 5] = ["cleanup", "delete", "list", "patch", "stat"];

/// Options, and the actions that they go with.
const ALLOWED: [(&str, &[&str]); 12] = [
    ("addremove", &[]),
    ("unknown", &[]),
    ("cleanup", &["cleanup"]),
    ("delete", &["delete"]),
    ("edit", &[]),
    ("keep", &[]),
    ("list", &["list"]),
    ("message", &[]),
    ("name", &[]),
    ("patch", &["patch", "list"]),
    ("stat", &["stat", "list"]),
    ("interactive", &[]),
];

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let action = action(ctx)?;
    match action {
        Some("cleanup") if !ctx.args.is_empty() => {
            Err(Error::input("cannot specify names when using '--cleanup'"))
        }
        Some("cleanup") => cleanup(ctx, repo),
        Some("delete") => delete(ctx, repo),
        Some("list") => list::list(ctx, repo),
        Some(_) => list::show(ctx, repo),
        None => create::run(ctx, repo),
    }
}

fn is_given(ctx: &CommandContext, name: &str) -> bool {
    ctx.opts.flag(name) || ctx.opts.nonempty(name).is_some()
}

/// What is to be done; `None` for shelving.
fn action(ctx: &CommandContext) -> Result<Option<&'static str>> {
    let Some(action) = ACTIONS.into_iter().find(|action| ctx.opts.flag(action)) else {
        return Ok(None);
    };
    let clash =
        |(option, allowed): &&(&str, &[&str])| is_given(ctx, option) && !allowed.contains(&action);
    if let Some((option, _)) = ALLOWED.iter().find(clash) {
        let message = format!("options '--{action}' and '--{option}' may not be used together");
        return Err(Error::input(message));
    }
    Ok(Some(action))
}

/// How many backups are kept.
pub(super) fn max_backups(ctx: &CommandContext) -> Result<usize> {
    let max = ctx.config().get_int("shelve", "maxbackups")?;
    Ok(usize::try_from(max).unwrap_or(0))
}

fn cleanup(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    for (_, shelf) in shelve::list(repo)? {
        shelf.retire(repo)?;
    }
    shelve::trim_backups(repo, max_backups(ctx)?)?;
    Ok(0)
}

fn delete(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(Error::input("no shelved changes specified!"));
    }
    let _wlock = repo.wlock()?;
    for name in &ctx.args {
        let shelf = Shelf::new(name);
        if !shelf.exists(repo) {
            return Err(not_found(name));
        }
        shelf.retire(repo)?;
    }
    shelve::trim_backups(repo, max_backups(ctx)?)?;
    Ok(0)
}

/// The error for a name that stands for nothing.
pub(super) fn not_found(name: &[u8]) -> Error {
    Error::input([&b"shelved change '"[..], name, b"' not found"].concat())
}
