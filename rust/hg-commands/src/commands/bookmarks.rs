//! `hg bookmarks`.

use hg_store::{Repo, Transaction};
use hg_types::{Error, Node, Result};

use crate::formatter::Value;
use crate::{Command, CommandContext, label, revision, spec};

/// `hg bookmarks`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::BOOKMARKS,
    help: "Bookmarks are names that move. Without arguments they are listed; the active one, which\n\
moves along with every commit, has a ``*``. With names, bookmarks are made at the first parent of the\n\
working directory (or at -r/--rev), and the first one becomes active unless -i/--inactive is given.\n\n\
-m/--rename OLD NEW renames, -d/--delete deletes. An existing bookmark is moved only to a descendant,\n\
unless -f/--force is given.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    check_options(ctx)?;
    if ctx.opts.flag("delete") {
        return delete(ctx, repo);
    }
    if let Some(old) = ctx.opts.nonempty("rename") {
        return rename(ctx, repo, old);
    }
    let acts = !ctx.opts.flag("list") && (!ctx.args.is_empty() || ctx.opts.flag("inactive"));
    if !acts {
        if ctx.opts.nonempty("rev").is_some() && !ctx.opts.flag("list") {
            return Err(Error::input("bookmark name required"));
        }
        return list(ctx, repo);
    }
    if ctx.args.is_empty() {
        return deactivate(ctx, repo);
    }
    add(ctx, repo)
}

fn check_options(ctx: &CommandContext) -> Result<()> {
    let set = |name: &str| {
        let text = matches!(name, "rename" | "rev");
        if text { ctx.opts.nonempty(name).is_some() } else { ctx.opts.flag(name) }
    };
    let pairs = [
        ("delete", "rename"),
        ("delete", "list"),
        ("rename", "list"),
        ("inactive", "delete"),
        ("inactive", "list"),
        ("delete", "rev"),
        ("rename", "rev"),
        ("list", "rev"),
    ];
    match pairs.into_iter().find(|(a, b)| set(a) && set(b)) {
        Some((a, b)) => Err(Error::input(format!("cannot specify both --{a} and --{b}"))),
        None => Ok(()),
    }
}

fn missing(name: &[u8]) -> Error {
    Error::input([b"bookmark '", name, b"' does not exist"].concat())
}

/// The names given, in UTF-8; `.` is the active bookmark.
fn names(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Vec<u8>>> {
    let marks = repo.bookmarks()?;
    let encoding = ctx.ui.encoding();
    ctx.args
        .iter()
        .map(|name| {
            let stored = encoding.from_local(name.trim_ascii())?.into_owned();
            match marks.expand(&stored) {
                Some(name) => Ok(name.to_vec()),
                None => Err(Error::input("no active bookmark")),
            }
        })
        .collect()
}

fn list(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let marks = repo.bookmarks()?;
    let wanted = names(ctx, repo)?;
    if let Some(unknown) = wanted.iter().find(|name| marks.get(name).is_none()) {
        return Err(missing(unknown));
    }
    let cl = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    let mut fm = ctx.formatter("bookmarks")?;
    let mut any = false;
    for (name, node) in marks.iter() {
        let Some(rev) = cl.find(&node).filter(|rev| !hidden.contains(*rev)) else { continue };
        if !wanted.is_empty() && !wanted.iter().any(|wanted| wanted == name) {
            continue;
        }
        any = true;
        let active = marks.active() == Some(name);
        let (prefix, color) = if active { ("*", "bookmarks.active") } else { (" ", "") };
        let shown = ctx.ui.encoding().local(name).into_owned();
        fm.start_item();
        fm.context(rev);
        if !ctx.ui.is_quiet() {
            fm.plain(format!(" {prefix} "), color);
        }
        fm.write(&[("bookmark", Value::from(&shown))], &shown, color);
        let padding = " ".repeat(25_usize.saturating_sub(ctx.ui.encoding().width(&shown)));
        let hex = fm.hex(&node);
        let place = [format!("{padding} {rev}:").into_bytes(), hex.clone()].concat();
        let fields = [("rev", Value::from(rev.get())), ("node", Value::from(hex))];
        fm.cond_write(!ctx.ui.is_quiet(), &fields, place, color);
        fm.data(&[("active", Value::from(active))]);
        fm.plain("\n", "");
    }
    if !any && fm.is_plain() {
        ctx.ui.status("no bookmarks set\n");
    }
    fm.end()?;
    Ok(0)
}

fn delete(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(Error::input("bookmark name required"));
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let names = names(ctx, repo)?;
    let marks = repo.bookmarks()?;
    if let Some(unknown) = names.iter().find(|name| marks.get(name).is_none()) {
        return Err(missing(unknown));
    }
    let tr = repo.transaction("bookmark")?;
    let changes: Vec<_> = names.iter().map(|name| (name.clone(), None)).collect();
    repo.change_bookmarks(&tr, &changes)?;
    tr.close()?;
    if names.iter().any(|name| marks.active() == Some(name)) {
        repo.set_active_bookmark(None)?;
    }
    Ok(0)
}

fn deactivate(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    if repo.bookmarks()?.active().is_none() {
        ctx.ui.status("no active bookmark\n");
    } else {
        repo.set_active_bookmark(None)?;
    }
    Ok(0)
}

fn rename(ctx: &CommandContext, repo: &Repo, old: &[u8]) -> Result<i32> {
    let [new] = &ctx.args[..] else {
        return Err(Error::input(if ctx.args.is_empty() {
            "new bookmark name required"
        } else {
            "only one new bookmark name allowed"
        }));
    };
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let marks = repo.bookmarks()?;
    let encoding = ctx.ui.encoding();
    let new = encoding.from_local(new.trim_ascii())?.into_owned();
    let old = encoding.from_local(old)?.into_owned();
    let old = marks.expand(&old).ok_or_else(|| Error::input("no active bookmark"))?.to_vec();
    check_name(ctx, repo, &new)?;
    let node = marks.get(&old).ok_or_else(|| missing(&old))?;
    if marks.get(&new).is_some() && !ctx.opts.flag("force") {
        return Err(exists(&new));
    }
    let tr = repo.transaction("bookmark")?;
    repo.change_bookmarks(&tr, &[(old.clone(), None), (new.clone(), Some(node))])?;
    tr.close()?;
    if marks.active() == Some(&old) {
        let active = (!ctx.opts.flag("inactive")).then_some(&new[..]);
        repo.set_active_bookmark(active)?;
    }
    Ok(0)
}

fn exists(name: &[u8]) -> Error {
    Error::abort([b"bookmark '", name, b"' already exists (use -f to force)"].concat())
}

fn check_name(ctx: &CommandContext, repo: &Repo, name: &[u8]) -> Result<()> {
    label::check_new(name, "bookmark")?;
    let marks = repo.bookmarks()?;
    if marks.get(name).is_none() && repo.branchmap()?.contains(name) && !ctx.opts.flag("force") {
        let message = "a bookmark cannot have the name of an existing branch";
        return Err(Error::abort(message));
    }
    Ok(())
}

fn add(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let names = names(ctx, repo)?;
    let marks = repo.bookmarks()?;
    let spec = ctx.opts.nonempty("rev");
    let target = match spec {
        Some(spec) => revision::single(ctx, spec)?.node(repo)?,
        None => hg_wdir::parents(repo)?[0],
    };
    let tr = repo.transaction("bookmark")?;
    let mut newly_active = None;
    for name in &names {
        if ctx.opts.flag("inactive") && spec.is_none() && marks.active() == Some(name) {
            repo.set_active_bookmark(None)?;
            continue;
        }
        check_name(ctx, repo, name)?;
        warn_about_hash(ctx, repo, name)?;
        check_move(ctx, repo, &tr, name, target)?;
        repo.change_bookmarks(&tr, &[(name.clone(), Some(target))])?;
        newly_active = newly_active.or(Some(name));
    }
    tr.close()?;
    if let Some(name) = newly_active
        && !ctx.opts.flag("inactive")
        && target == hg_wdir::parents(repo)?[0]
        && spec.is_none()
    {
        repo.set_active_bookmark(Some(name))?;
    } else if let Some(active) = marks.active()
        && names.iter().any(|name| name == active)
        && target != hg_wdir::parents(repo)?[0]
    {
        repo.set_active_bookmark(None)?;
    }
    Ok(0)
}

/// A name that is also a node id is probably one: the user forgot `-r`.
fn warn_about_hash(ctx: &CommandContext, repo: &Repo, name: &[u8]) -> Result<()> {
    let known = repo.bookmarks()?.get(name).is_some();
    if known || name.len() <= 3 || ctx.opts.flag("force") {
        return Ok(());
    }
    let Some(prefix) = hg_types::NodePrefix::from_hex(name) else { return Ok(()) };
    let found = repo.changelog()?.find_prefix(&prefix, |_| true);
    if matches!(found, hg_store::revlog::PrefixMatch::One(_)) {
        let parts = [
            &b"bookmark "[..],
            name,
            b" matches a changeset hash\n(did you leave a -r out of an 'hg bookmark' command?)\n",
        ];
        ctx.ui.warn(parts.concat());
    }
    Ok(())
}

/// A bookmark moves on its own line of history only, or with `--force`.
fn check_move(
    ctx: &CommandContext,
    repo: &Repo,
    _tr: &Transaction,
    name: &[u8],
    target: Node,
) -> Result<()> {
    let marks = repo.bookmarks()?;
    let Some(old) = marks.get(name) else { return Ok(()) };
    if ctx.opts.flag("force") {
        return Ok(());
    }
    let cl = repo.changelog()?;
    if old == target {
        return Ok(());
    }
    let forward = cl
        .find(&old)
        .is_none_or(|old| cl.find(&target).is_some_and(|target| cl.is_ancestor(old, target)));
    if !forward {
        return Err(exists(name));
    }
    let parts = [&b"moving bookmark '"[..], name, b"' forward from ", &old.short(), b"\n"];
    ctx.ui.status(parts.concat());
    Ok(())
}
