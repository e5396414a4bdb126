//! `hg status`.

mod more;
mod nested;
mod terse;

use hg_match::Matcher;
use hg_types::{Error, HgPathBuf, Result, Revision};
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::{Status, StatusOptions, WorkingDir, between_manifests, manifest_of, status_against};

use crate::formatter::Value;
use crate::revision::{self, Target};
use crate::scope::{Naming, match_own, match_tree, match_tree_at, warn_bad};
use crate::{Command, CommandContext, Formatter, spec};

/// `hg status`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::STATUS,
    help: "List files by how they differ from the first parent of the working directory, or from the\n\
revision given with --rev. With two revisions, compare these; --change REV compares REV with\n\
its first parent.\n\n\
Without options that select kinds of files, modified, added, removed, missing and unknown\n\
files are listed; --quiet leaves unknown files out. Each line starts with a letter::\n\n  \
  M = modified\n  A = added\n  R = removed\n  C = clean\n  \
  ! = missing (deleted by non-hg command, but still tracked)\n  \
  ? = not tracked\n  I = ignored\n    = origin of the previous file (with --copies)\n\n\
--terse KINDS shows a directory instead of its files when all are of one of these kinds.\n\
--verbose tells which operation is unfinished, if any.\n\nReturns 0 on success.",
    run,
};

/// A kind of files: option, letter in `--terse`, letter shown.
struct Kind {
    name: &'static str,
    terse: u8,
    letter: u8,
    list: fn(&mut Status) -> &mut Vec<HgPathBuf>,
}

const KINDS: [Kind; 7] = [
    Kind { name: "modified", terse: b'm', letter: b'M', list: |status| &mut status.modified },
    Kind { name: "added", terse: b'a', letter: b'A', list: |status| &mut status.added },
    Kind { name: "removed", terse: b'r', letter: b'R', list: |status| &mut status.removed },
    Kind { name: "deleted", terse: b'd', letter: b'!', list: |status| &mut status.deleted },
    Kind { name: "unknown", terse: b'u', letter: b'?', list: |status| &mut status.unknown },
    Kind { name: "ignored", terse: b'i', letter: b'I', list: |status| &mut status.ignored },
    Kind { name: "clean", terse: b'c', letter: b'C', list: |status| &mut status.clean },
];

const UNKNOWN: usize = 4;
const IGNORED: usize = 5;
const CLEAN: usize = 6;

/// What is compared.
enum Sides {
    /// The working directory with its first parent.
    Parent,
    /// The working directory with a revision.
    Working(Target),
    /// A revision with another.
    Revisions(Target, Target),
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let terse = terse_kinds(ctx)?;
    let sides = sides(ctx)?;
    let shown = shown(ctx);
    let (tree, matcher) = match sides {
        Sides::Revisions(_, new @ Target::Changeset(_)) if ctx.within.is_none() => {
            let tree = match_tree_at(ctx, new)?;
            (tree.clone(), tree)
        }
        _ => {
            let tree = match_tree(ctx)?;
            (tree.clone(), match_own(ctx, &tree)?)
        }
    };
    let mut wdir = WorkingDir::open(repo)?;
    let tersed = !terse.is_empty();
    let options = StatusOptions {
        unknown: shown[UNKNOWN],
        ignored: shown[IGNORED] || terse.contains(&b'i'),
        clean: shown[CLEAN] || tersed,
    };
    let mut status = compare(&mut wdir, &sides, &matcher, options)?;
    if ctx.opts.flag("subrepos") {
        nested::extend(ctx, &sides, &tree, options, &mut status)?;
    }
    repo.check_late()?;
    warn_bad(ctx, &Naming::relative(ctx, repo), &status.bad);
    if tersed {
        terse::shorten(&mut status, &terse);
    }
    let copies =
        if wants_copies(ctx)? { copies(&mut wdir, &sides, &matcher)? } else { Copies::new() };
    let more = more::Unfinished::of(ctx, &sides)?;
    let context = match &sides {
        Sides::Revisions(_, Target::Changeset(rev)) => *rev,
        _ => Revision::WDIR,
    };
    let mut fm = ctx.formatter("status")?;
    print(ctx, &mut fm, &mut status, &Shown { kinds: shown, copies, context, more: &more })?;
    more.write(ctx, &mut fm)?;
    fm.end()?;
    Ok(0)
}

/// The kinds that `--terse` abbreviates.
fn terse_kinds(ctx: &CommandContext) -> Result<Vec<u8>> {
    let given = ctx.opts.bytes("terse").unwrap_or_default().to_vec();
    let revisions = !ctx.opts.list("rev").is_empty() || ctx.opts.nonempty("change").is_some();
    let terse = if given == b"nothing" {
        let configured = ctx.config().get("commands", "status.terse").unwrap_or_default().to_vec();
        if revisions { Vec::new() } else { configured }
    } else {
        given
    };
    if revisions && !terse.is_empty() {
        let option = if ctx.opts.list("rev").is_empty() { "change" } else { "rev" };
        return Err(Error::input(format!("cannot use --terse with --{option}")));
    }
    for letter in &terse {
        if !KINDS.iter().any(|kind| kind.terse == *letter) {
            return Err(Error::input([b"'", &[*letter][..], b"' not recognized"].concat()));
        }
    }
    Ok(terse)
}

fn sides(ctx: &CommandContext) -> Result<Sides> {
    let revs = ctx.opts.list("rev");
    if let Some(change) = ctx.opts.nonempty("change") {
        if !revs.is_empty() {
            return Err(Error::input("cannot specify both --rev and --change"));
        }
        let repo = ctx.repo()?;
        return Ok(match revision::single(ctx, change)? {
            Target::WorkingDirectory => Sides::Parent,
            Target::Changeset(rev) => {
                let parent = repo.changelog()?.parents(rev)[0];
                Sides::Revisions(Target::Changeset(parent), Target::Changeset(rev))
            }
        });
    }
    let (old, new) = revision::pair(ctx, revs)?;
    Ok(match (old, new) {
        (None, _) => Sides::Parent,
        (Some(old), None | Some(Target::WorkingDirectory)) => Sides::Working(old),
        (Some(old), Some(new)) => Sides::Revisions(old, new),
    })
}

/// Which kinds are listed.
fn shown(ctx: &CommandContext) -> [bool; 7] {
    let mut shown = KINDS.each_ref().map(|kind| ctx.opts.flag(kind.name));
    let quiet = ctx.ui.is_quiet();
    if ctx.opts.flag("all") {
        for (index, flag) in shown.iter_mut().enumerate() {
            *flag |= !quiet || !matches!(index, UNKNOWN | IGNORED);
        }
    } else if !shown.contains(&true) {
        for (index, flag) in shown.iter_mut().enumerate() {
            *flag = index < UNKNOWN || (index == UNKNOWN && !quiet);
        }
    }
    shown
}

fn compare(
    wdir: &mut WorkingDir,
    sides: &Sides,
    matcher: &Matcher,
    options: StatusOptions,
) -> Result<Status> {
    let repo = wdir.repo().clone();
    let manifest = |target: &Target| manifest_of(&repo, &target.node(&repo)?);
    match sides {
        Sides::Parent => wdir.status(matcher, options),
        // Whatever was changed is clean against itself.
        Sides::Working(Target::WorkingDirectory) => {
            let mut status = wdir.status(matcher, options)?;
            for list in [&mut status.modified, &mut status.added] {
                status.clean.append(list);
            }
            status.clean.sort();
            status.removed.clear();
            if !options.clean {
                status.clean.clear();
            }
            Ok(status)
        }
        // Not only quicker: what a merge brought in is modified, though the parent does not have it.
        Sides::Working(old) if old.node(&repo)? == wdir.dirstate().p1() => {
            wdir.status(matcher, options)
        }
        Sides::Working(old) => status_against(wdir, &*manifest(old)?, matcher, options),
        Sides::Revisions(Target::WorkingDirectory, new) => {
            let forward = Sides::Working(*new);
            let mut status = compare(wdir, &forward, matcher, options)?;
            std::mem::swap(&mut status.added, &mut status.removed);
            // What a changeset does not know is of no side.
            for list in [&mut status.deleted, &mut status.unknown, &mut status.ignored] {
                list.clear();
            }
            Ok(status)
        }
        Sides::Revisions(old, new) => {
            Ok(between_manifests(&*manifest(old)?, &*manifest(new)?, matcher, options.clean))
        }
    }
}

fn wants_copies(ctx: &CommandContext) -> Result<bool> {
    if ctx.opts.flag("no-status") {
        return Ok(false);
    }
    if ctx.opts.flag("all") {
        return Ok(true);
    }
    match ctx.opts.tristate("copies").filter(|_| ctx.opts.given("copies")) {
        Some(given) => Ok(given),
        None => ctx.config().get_bool("ui", "statuscopies"),
    }
}

fn copies(wdir: &mut WorkingDir, sides: &Sides, matcher: &Matcher) -> Result<Copies> {
    let repo = wdir.repo().clone();
    let side = |target: &Target, wdir: &mut WorkingDir| match target {
        Target::Changeset(rev) => Ok(Side::Revision(*rev)),
        Target::WorkingDirectory => wdir.copies_side(),
    };
    let (old, new) = match sides {
        Sides::Parent => return wdir.copies_from_parents(matcher),
        Sides::Working(old) => (side(old, wdir)?, wdir.copies_side()?),
        Sides::Revisions(old, new) => (side(old, wdir)?, side(new, wdir)?),
    };
    path_copies(&repo, &old, &new, matcher)
}

/// What is printed.
struct Shown<'a> {
    kinds: [bool; 7],
    copies: Copies,
    /// The changeset that the files are of.
    context: Revision,
    more: &'a more::Unfinished,
}

fn print(
    ctx: &CommandContext,
    fm: &mut Formatter,
    status: &mut Status,
    shown: &Shown,
) -> Result<()> {
    let naming = naming(ctx)?;
    let end: &[u8] = if ctx.opts.flag("print0") { b"\0" } else { b"\n" };
    let with_letter = !ctx.opts.flag("no-status");
    let is_plain = fm.is_plain();
    for (index, kind) in KINDS.iter().enumerate().filter(|(index, _)| shown.kinds[*index]) {
        let label = format!("status.{}", kind.name);
        for path in std::mem::take((kind.list)(status)) {
            fm.start_item();
            fm.context(shown.context);
            if !is_plain {
                fm.data(&[
                    ("itemtype", Value::from(&b"file"[..])),
                    ("path", Value::from(path.as_bytes())),
                ]);
            }
            fm.cond_write(
                with_letter,
                &[("status", Value::from(&[kind.letter][..]))],
                [&[kind.letter][..], b" "].concat(),
                &label,
            );
            fm.plain([&naming.name(&path)[..], end].concat(), &label);
            if !matches!(index, UNKNOWN | IGNORED)
                && let Some(source) = shown.copies.get(&path)
            {
                fm.data(&[("source", Value::from(source.as_bytes()))]);
                fm.plain([b"  ", &naming.name(source)[..], end].concat(), "status.copied");
            }
            if !is_plain && shown.more.unresolved.contains(&path) {
                fm.data(&[("unresolved", Value::Bool(true))]);
            }
        }
    }
    Ok(())
}

fn naming(ctx: &CommandContext) -> Result<Naming> {
    let repo = ctx.repo()?;
    let config = ctx.config();
    if config.get_set("commands", "status.relative").is_some() {
        let relative = config.get_bool("commands", "status.relative")?;
        return Ok(if relative { Naming::relative(ctx, repo) } else { Naming::from_root(repo) });
    }
    Naming::configured(ctx, repo, !ctx.args.is_empty())
}
