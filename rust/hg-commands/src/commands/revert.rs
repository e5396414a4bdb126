//! `hg revert`.

use hg_match::Matcher;
use hg_repo::revert::{RevertAction, RevertNote, RevertStep, apply, plan, rehearse};
use hg_repo::subrepo::{self, Of, State};
use hg_store::Repo;
use hg_types::{Error, HgPath, Node, Result};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::nested::{self, Inner, Which};
use crate::revision;
use crate::scope::{Naming, match_own, match_tree};
use crate::{Command, CommandContext, spec};

mod pick;

/// `hg revert`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::REVERT,
    help: "Make files what they are in a revision (by default the first parent of the working\n\
directory), as local changes; the parents stay. What was there is saved as FILE.orig if it is\n\
nowhere else, unless -C/--no-backup is given.\n\n\
To go to another revision altogether, use :hg:`update`; to undo a changeset that others have,\n\
use :hg:`backout`.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let named = named_revision(ctx)?;
    let [p1, p2] = hg_wdir::parents(repo)?;
    if named.is_none() && !p2.is_null() {
        let hint = "use 'hg update' or see 'hg help revert'";
        return Err(Error::input("uncommitted merge with no revision specified").hint(hint));
    }
    let target = match &named {
        Some(spec) => revision::single(ctx, spec)?.node(repo)?,
        None => p1,
    };
    if ctx.args.is_empty() && names_nothing(ctx) {
        return Err(nothing_named(repo, target, p1, !p2.is_null())?);
    }
    let tree = match_tree(ctx)?;
    revert_tree(ctx, repo, target, (&tree, &match_own(ctx, &tree)?))
}

/// Reverts files of a repository and the subrepositories that match; the first matcher is about the whole tree.
fn revert_tree(
    ctx: &CommandContext,
    repo: &Repo,
    target: Node,
    (tree, own): (&Matcher, &Matcher),
) -> Result<i32> {
    let states = subrepo::states(repo, Of::Working)?;
    let wanted: Vec<_> = states.into_iter().filter(|(path, _)| tree.matches(path)).collect();
    let code = revert(ctx, repo, target, own)?;
    if wanted.is_empty() || ctx.opts.flag("interactive") {
        return Ok(code);
    }
    let there = subrepo::states(repo, Of::Changeset(target))?;
    for (path, state) in wanted {
        let Some(to) = there.get(&path) else {
            let parts: [&[u8]; 5] = [
                b"subrepository '",
                path.as_bytes(),
                b"' does not exist in ",
                &target.short(),
                b"!",
            ];
            return Err(Error::abort(parts.concat()));
        };
        let here = [(path, state)];
        nested::for_each(ctx, here, (tree, Which::All), &mut |inner| {
            revert_subrepo(ctx, inner, to)
        })?;
    }
    Ok(code)
}

/// Reverts the files of a subrepository, which are saved, and brings it to the state it had.
fn revert_subrepo(ctx: &CommandContext, inner: &Inner, to: &State) -> Result<()> {
    ctx.ui.status([b"reverting subrepo ", &to.source[..], b"\n"].concat());
    let saves = !ctx.opts.flag("no-backup");
    if let Some(git) = inner.sub.as_git() {
        if saves {
            git.save_changed(ctx.opts.flag("dry-run"))?;
        }
    } else if let Some(hg) = inner.sub.as_hg().filter(|_| saves) {
        let repo = hg.repo();
        let all = Matcher::predicate("all", std::sync::Arc::new(|_| true));
        let matcher = match ctx.opts.flag("all") {
            true => {
                let mut wdir = WorkingDir::open(&repo)?;
                let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
                // None was named, so all are told about.
                Matcher::intersection(all, Matcher::exact_files(status.modified))
            }
            false => all,
        };
        let node = Node::from_hex(&to.revision).unwrap_or(Node::NULL);
        if repo.changelog()?.has_node(&node) {
            let tree = if ctx.opts.flag("all") { &Matcher::never() } else { &Matcher::always() };
            let own = matcher.outside(nested::paths(&repo, Of::Working)?);
            revert_tree(&inner.enter(hg), &repo, node, (tree, &own))?;
        }
    }
    if !ctx.opts.flag("dry-run") {
        inner.sub.get(to, true)?;
    }
    Ok(())
}

fn named_revision(ctx: &CommandContext) -> Result<Option<Vec<u8>>> {
    let rev = ctx.opts.nonempty("rev");
    match ctx.opts.nonempty("date") {
        Some(_) if rev.is_some() => Err(Error::input("cannot specify both --date and --rev")),
        Some(date) => Ok(Some([b"last(date('", date, b"'))"].concat())),
        None => Ok(rev.map(<[u8]>::to_vec)),
    }
}

fn names_nothing(ctx: &CommandContext) -> bool {
    !ctx.opts.flag("all")
        && !ctx.opts.flag("interactive")
        && ctx.opts.list("include").is_empty()
        && ctx.opts.list("exclude").is_empty()
}

/// The error for a revert without files: the hint depends on what the user probably wants.
fn nothing_named(repo: &Repo, target: Node, p1: Node, merging: bool) -> Result<Error> {
    let mut wdir = WorkingDir::open(repo)?;
    let status = wdir.status(&Matcher::always(), StatusOptions::default())?;
    let dirty = merging || status.has_changes();
    let rev = repo.changelog()?.rev(&target)?;
    let hint = match (merging, dirty, target == p1) {
        (true, ..) => {
            "uncommitted merge, use --all to discard all changes, or 'hg update -C .' to abort \
             the merge"
                .to_owned()
        }
        (_, true, true) => "uncommitted changes, use --all to discard all changes".to_owned(),
        (_, true, false) => format!(
            "uncommitted changes, use --all to discard all changes, or 'hg update {rev}' to update"
        ),
        (_, false, true) => "use --all to revert all files".to_owned(),
        (_, false, false) => {
            format!("use --all to revert all files, or 'hg update {rev}' to update")
        }
    };
    Ok(Error::input("no files or directories specified").hint(hint))
}

fn revert(ctx: &CommandContext, repo: &Repo, target: Node, matcher: &Matcher) -> Result<i32> {
    let naming = Naming::configured(ctx, repo, true)?;
    let _wlock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    warn_missing(ctx, repo, &mut wdir, target, matcher, &naming)?;
    let steps = plan(&mut wdir, target, matcher, !ctx.opts.flag("no-backup"))?;
    let announcer = Announcer { ctx, matcher, naming: &naming };
    let mut announce = |note: RevertNote<'_>| announcer.announce(note);
    if ctx.opts.flag("dry-run") {
        rehearse(repo, &steps, &mut announce)?;
        return Ok(0);
    }
    if ctx.opts.flag("interactive") {
        return pick::revert(&announcer, &mut wdir, target, steps);
    }
    apply(&mut wdir, target, &steps, &mut announce)?;
    wdir.write()?;
    Ok(0)
}

/// Says what happens to files.
struct Announcer<'a> {
    ctx: &'a CommandContext,
    matcher: &'a hg_match::Matcher,
    naming: &'a Naming,
}

impl Announcer<'_> {
    fn announce(&self, note: RevertNote<'_>) {
        let ctx = self.ctx;
        let step = match note {
            RevertNote::Saved(step, saved) => {
                let (name, place) = (self.naming.name(&step.path), HgPath::new(saved));
                let place = self.naming.name(place);
                let parts = [&b"saving current version of "[..], &name, b" as ", &place, b"\n"];
                return ctx.ui.note(parts.concat());
            }
            RevertNote::Step(step) => step,
        };
        let name = self.naming.name(&step.path);
        let exact = step.implied || self.matcher.exact(&step.path);
        match step.action {
            RevertAction::Nothing if exact => {
                ctx.ui.warn([b"no changes needed to ", &*name, b"\n"].concat());
            }
            RevertAction::NotManaged if exact => {
                ctx.ui.warn([b"file not managed: ", &*name, b"\n"].concat());
            }
            _ if !exact || ctx.ui.is_verbose() => say(ctx, step, &name),
            _ => {}
        }
    }
}

/// Says what happens to a file.
pub(super) fn say(ctx: &CommandContext, step: &RevertStep, name: &[u8]) {
    let word = match step.action {
        RevertAction::Revert => "reverting ",
        RevertAction::Add => "adding ",
        RevertAction::Undelete => "undeleting ",
        RevertAction::Remove | RevertAction::Drop => "removing ",
        RevertAction::Forget => "forgetting ",
        RevertAction::Nothing | RevertAction::NotManaged => return,
    };
    ctx.ui.status([word.as_bytes(), name, b"\n"].concat());
}

/// Names that stand for nothing: neither on disk nor tracked nor in the target.
fn warn_missing(
    ctx: &CommandContext,
    repo: &Repo,
    wdir: &mut WorkingDir,
    target: Node,
    matcher: &Matcher,
    naming: &Naming,
) -> Result<()> {
    let manifest = hg_wdir::manifest_of(repo, &target)?;
    let short = target.short();
    for path in matcher.files() {
        let known = path.is_empty()
            || manifest.contains(&path)
            || manifest.has_dir(&path)
            || repo.wvfs().lexists(&path)
            || wdir.dirstate().get(&path)?.is_some()
            || wdir.dirstate().has_below(&path)?;
        if !known {
            let name = naming.name(&path);
            ctx.ui.warn([&name[..], b": no such file in rev ", &short, b"\n"].concat());
        }
    }
    Ok(())
}
