//! `hg bookmarks`.

mod change;

use hg_store::Repo;
use hg_types::{Error, Result};

use crate::formatter::Value;
use crate::{Command, CommandContext, spec};

/// `hg bookmarks`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::BOOKMARKS,
    help: "List bookmarks, or create, move, rename and delete them. A bookmark is a name for a\n\
           changeset; the active one moves along when something is committed on top of it.\n\n\
           With NAME, a bookmark is set on the parent of the working directory and made active;\n\
           with -r/--rev, it is set on that revision. -i/--inactive sets or keeps a bookmark\n\
           without making it active, and without NAME puts the active one to rest.\n\n\
           A bookmark called '@' is what a clone checks out. Names of the form 'NAME@PATH' stand\n\
           for bookmarks that diverged from those of another repository.\n\n\
           Returns 0 on success.",
    run,
};

/// What is asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Action {
    Add,
    Deactivate,
    Delete,
    List,
    Rename,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let action = action(ctx)?;
    if action == Action::List {
        list(ctx, repo)?;
        return Ok(0);
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    match action {
        Action::Add => change::add(ctx, repo)?,
        Action::Delete => change::delete(ctx, repo)?,
        Action::Rename => change::rename(ctx, repo)?,
        Action::Deactivate => {
            let bookmarks = repo.bookmarks()?;
            if bookmarks.is_empty() {
                ctx.ui.status("no bookmarks set\n");
            } else if bookmarks.active().is_none() {
                ctx.ui.status("no active bookmark\n");
            } else {
                repo.set_active_bookmark(None)?;
            }
        }
        Action::List => {}
    }
    Ok(0)
}

fn action(ctx: &CommandContext) -> Result<Action> {
    let opts = &ctx.opts;
    let rename = opts.nonempty("rename").is_some();
    let rev = opts.nonempty("rev").is_some();
    let given = [
        ("delete", opts.flag("delete"), Action::Delete),
        ("rename", rename, Action::Rename),
        ("list", opts.flag("list"), Action::List),
    ];
    let refuse = |left: &str, right: &str| {
        Err(Error::input(format!("cannot specify both --{left} and --{right}")))
    };
    let mut chosen = given.iter().filter(|(_, given, _)| *given);
    let first = chosen.next();
    if let (Some((left, ..)), Some((right, ..))) = (first, chosen.next()) {
        return refuse(left, right);
    }
    let inactive = opts.flag("inactive");
    let action = match first {
        Some((name, ..)) if rev => return refuse(name, "rev"),
        Some((_, _, action)) => *action,
        None if !ctx.args.is_empty() || rev => Action::Add,
        None if inactive => Action::Deactivate,
        None => Action::List,
    };
    if inactive {
        for name in ["delete", "list"] {
            if opts.flag(name) {
                return refuse("inactive", name);
            }
        }
    }
    if ctx.args.is_empty() && matches!(action, Action::Add | Action::Delete) {
        return Err(Error::input("bookmark name required"));
    }
    Ok(action)
}

/// The complaint about a bookmark that is not there.
fn unknown(shown: &[u8]) -> Error {
    Error::input([b"bookmark '", shown, b"' does not exist"].concat())
}

/// A name given by the user as it is stored; `.` is the active bookmark.
fn expand(ctx: &CommandContext, repo: &Repo, name: &[u8]) -> Result<Vec<u8>> {
    let name = ctx.ui.encoding().from_local(name)?.into_owned();
    let bookmarks = repo.bookmarks()?;
    let found = bookmarks.expand(&name).map(<[u8]>::to_vec);
    found.ok_or_else(|| Error::input("no active bookmark"))
}

fn list(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let bookmarks = repo.bookmarks()?;
    let encoding = ctx.ui.encoding();
    let mut names: Vec<Vec<u8>> = Vec::new();
    for arg in &ctx.args {
        names.push(expand(ctx, repo, arg)?);
    }
    if ctx.args.is_empty() {
        names.extend(bookmarks.iter().map(|(name, _)| name.to_vec()));
    }
    names.sort();
    names.dedup();
    let mut rows = Vec::new();
    for name in names {
        let shown = encoding.local(&name).into_owned();
        let node = bookmarks.get(&name).ok_or_else(|| unknown(&shown))?;
        rows.push((bookmarks.active() == Some(&name), shown, node));
    }
    let changelog = repo.changelog()?;
    let mut fm = ctx.formatter("bookmarks")?;
    if rows.is_empty() && fm.is_plain() {
        ctx.ui.status("no bookmarks set\n");
    }
    for (active, name, node) in rows {
        let (prefix, label) =
            if active { (" * ", "bookmarks.active bookmarks.current") } else { ("   ", "") };
        let rev = changelog.rev(&node)?;
        let hex = fm.hex(&node);
        fm.start_item();
        fm.context(rev);
        if !ctx.ui.is_quiet() {
            fm.plain(prefix, label);
        }
        fm.write(&[("bookmark", Value::from(&name))], &name, label);
        let padding = " ".repeat(25_usize.saturating_sub(encoding.width(&name)));
        let place = format!("{padding} {rev}:").into_bytes();
        let fields = [("rev", Value::Int(rev.get().into())), ("node", Value::from(hex.clone()))];
        fm.cond_write(!ctx.ui.is_quiet(), &fields, [&place[..], &hex].concat(), label);
        fm.data(&[("active", Value::Bool(active))]);
        fm.plain("\n", "");
    }
    fm.end()
}
