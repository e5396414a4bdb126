//! `hg diff`.

use hg_match::{Matcher, canonical_path};
use hg_repo::subrepo::{self, GitDiff, State};
use hg_store::Repo;
use hg_types::{Error, HgPathBuf, Result, Revision};
use hg_vfs::{PathAuditor, path_to_bytes};
use hg_wdir::WorkingDir;
use hg_wdir::diff::remerge::Remerge;

use crate::diff_display::{Comparison, DiffStyle, now};
use crate::nested::{self, Inner, Which};
use crate::revision::{self, Target};
use crate::scope::{Naming, match_arguments, match_own, match_tree_at, warn_bad};
use crate::{Command, CommandContext, spec};

/// `hg diff`.
pub static COMMAND: Command = Command {
    spec: &spec::content::DIFF,
    help: "Show how files differ between two versions, in the unified format.\n\n\
Without revisions, the working directory is compared with its first parent. --from and --to name\n\
other versions; the one that is not named is the working directory. --change REV shows what REV\n\
changed against its first parent.\n\n\
Files with NUL bytes are binary: unless -a/--text is given, they are only mentioned, or written\n\
as binary patches in the git format.\n\n\
-g/--git uses git's extended format, which also tells of copies, renames, permissions and empty\n\
files. See :hg:`help diffs`.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let targets = targets(ctx)?;
    let merge = merge_before(ctx, targets)?;
    let mut style = DiffStyle::from_opts(&ctx.ui, &ctx.opts)?;
    let stat = ctx.opts.flag("stat");
    if stat {
        style.options.context = 0;
        style.options.noprefix = false;
    }
    // Turned around afterwards, filesets are about the side that came second before.
    let second = if ctx.opts.flag("reverse") { targets[0] } else { targets[1] };
    let tree = match_tree_at(ctx, second)?;
    let mut matcher = match_own(ctx, &tree)?;
    let root = relative_root(ctx)?;
    match &root {
        Some(root) => {
            warn_outside(ctx, &matcher, root)?;
            matcher = Matcher::intersection(matcher, below(root));
            style = style.below(root);
        }
        None => style = style.with_configured_paths(ctx)?,
    }
    let mut comparison = match merge {
        Some(merge) => {
            let reverse = ctx.opts.flag("reverse");
            let new = targets[usize::from(!reverse)];
            let comparison = Comparison::remerged(&ctx.ui, repo, &merge, new, &matcher)?;
            if reverse { comparison.reversed() } else { comparison }
        }
        None => Comparison::new(&ctx.ui, repo, targets, &matcher, style.options.git)?,
    };
    if let Some(root) = &root
        && targets.contains(&Target::WorkingDirectory)
    {
        comparison.bad.extend(missing_root(repo, root)?);
        comparison.bad.sort();
    }
    warn_bad(ctx, &Naming::relative(ctx, repo), &comparison.bad);
    if let Some(root) = &root {
        comparison.keep_copies_below(root);
    }
    let which = Which::from_opts(ctx);
    let shown = Shown { style: &style, stat };
    if stat {
        style.write_stat(&ctx.ui, &comparison, ctx.ui.terminal_width())?;
    } else {
        style.write(&ctx.ui, &comparison)?;
    }
    shown.subrepos(ctx, targets, &tree, which)?;
    Ok(0)
}

/// How differences are shown.
struct Shown<'a> {
    style: &'a DiffStyle,
    stat: bool,
}

impl Shown<'_> {
    /// Shows what differs in subrepositories.
    fn subrepos(
        &self,
        ctx: &CommandContext,
        [before, after]: [Target; 2],
        tree: &Matcher,
        which: Which,
    ) -> Result<()> {
        let repo = ctx.repo()?;
        let (before, after) = (nested::of(repo, before)?, nested::of(repo, after)?);
        for (path, state, other) in subrepo::compared(repo, before, after)? {
            nested::for_each(ctx, [(path, state)], (tree, which), &mut |inner| {
                inner.forgive(self.subrepo(inner, other.as_ref()))
            })?;
        }
        Ok(())
    }

    fn subrepo(&self, inner: &Inner, other: Option<&State>) -> Result<()> {
        let prefix = inner.full_path();
        if let Some(git) = inner.sub.as_git() {
            let flags = GitDiff {
                other: other.map(|state| state.revision.as_slice()),
                stat: self.stat,
                options: &self.style.options,
                prefix: &prefix,
            };
            let text = git.diff(&flags, &inner.matcher)?;
            inner.write(&text);
            return Ok(());
        }
        let Some(hg) = inner.sub.as_hg() else { return Ok(()) };
        let ctx = inner.enter(hg);
        let (before, after) = nested::sides(hg, other)?;
        let targets = [before, after.unwrap_or(Target::WorkingDirectory)];
        let matcher = match_arguments(&ctx)?;
        let git = self.style.options.git;
        let comparison = Comparison::new(&ctx.ui, &hg.repo(), targets, &matcher, git)?;
        let style = DiffStyle { options: self.style.options.clone(), paths: None };
        let style = style.with_configured_paths(&ctx)?;
        if self.stat {
            style.write_stat(&ctx.ui, &comparison, ctx.ui.terminal_width())?;
        } else {
            style.write(&ctx.ui, &comparison)?;
        }
        self.subrepos(&ctx, targets, &inner.matcher, Which::All)
    }
}

/// What is compared: before and after.
fn targets(ctx: &CommandContext) -> Result<[Target; 2]> {
    let (revs, change) = (ctx.opts.list("rev"), ctx.opts.nonempty("change"));
    let (from, to) = (ctx.opts.nonempty("from"), ctx.opts.nonempty("to"));
    let refuse = |first: &str, second: &str| {
        Err(Error::input(format!("cannot specify both --{first} and --{second}")))
    };
    for (given, name) in [(from.is_some(), "from"), (to.is_some(), "to")] {
        if given && !revs.is_empty() {
            return refuse(name, "rev");
        }
    }
    for (given, name) in [(!revs.is_empty(), "rev"), (from.is_some(), "from"), (to.is_some(), "to")]
    {
        if given && change.is_some() {
            return refuse(name, "change");
        }
    }
    let named = |rev: Option<&[u8]>| match rev {
        Some(rev) => revision::single(ctx, rev),
        None => Ok(Target::WorkingDirectory),
    };
    let [old, new] = if let Some(change) = change {
        let new = revision::single(ctx, change)?;
        [first_parent(ctx, new)?, new]
    } else if from.is_some() || to.is_some() {
        [named(from)?, named(to)?]
    } else {
        let (old, new) = revision::pair(ctx, revs)?;
        let new = new.unwrap_or(Target::WorkingDirectory);
        [old.map_or_else(|| first_parent(ctx, new), Ok)?, new]
    };
    let null = Target::Changeset(Revision::NULL);
    if old == null && new == null {
        // What the working directory is based on is compared with nothing, in this order always.
        return Ok([first_parent(ctx, Target::WorkingDirectory)?, null]);
    }
    Ok(if ctx.opts.flag("reverse") { [new, old] } else { [old, new] })
}

fn first_parent(ctx: &CommandContext, target: Target) -> Result<Target> {
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    let parents = match target {
        Target::Changeset(rev) => changelog.parents(rev),
        Target::WorkingDirectory => {
            let [p1, p2] = hg_wdir::parents(repo)?;
            [changelog.rev(&p1)?, changelog.rev(&p2)?]
        }
    };
    Ok(Target::Changeset(parents[0]))
}

/// What the second version is compared with instead of the first one: with `diff.merge`, what the
/// parents of a merge make by themselves; with `--ignore-changes-from-ancestors`, the first
/// version with what came before the second.
fn merge_before(ctx: &CommandContext, [old, new]: [Target; 2]) -> Result<Option<Remerge>> {
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    let (from, to) = if ctx.opts.flag("reverse") { (new, old) } else { (old, new) };
    if let (Target::Changeset(to), true) = (to, ctx.opts.nonempty("change").is_some()) {
        let parents = changelog.parents(to);
        if !parents[1].is_null() && ctx.config().get_bool("diff", "merge")? {
            return Remerge::of_parents(repo, parents, now(&ctx.ui)?).map(Some);
        }
    }
    if !ctx.opts.flag("ignore-changes-from-ancestors") {
        return Ok(None);
    }
    let Target::Changeset(from) = from else {
        let message = "--ignore-changes-from-ancestors does not compare the working directory with changesets";
        return Err(Error::abort(message));
    };
    let Target::Changeset(ancestor) = first_parent(ctx, to)? else { return Ok(None) };
    if changelog.parents(from)[0] == ancestor {
        return Ok(None);
    }
    Remerge::of_ancestors(repo, (from, ancestor), now(&ctx.ui)?).map(Some)
}

/// The directory that `--root` names; `None` for none or the root of the repository.
fn relative_root(ctx: &CommandContext) -> Result<Option<HgPathBuf>> {
    let Some(root) = ctx.opts.nonempty("root") else { return Ok(None) };
    let repo = ctx.repo()?;
    let auditor = PathAuditor::new(repo.wvfs().clone());
    let audit = |path: &hg_types::HgPath| Ok(auditor.check(path.as_bytes())?);
    let cwd = ctx.cwd();
    let path = canonical_path(repo.root_bytes(), path_to_bytes(&cwd), root, &audit)?;
    Ok((!path.is_empty()).then_some(path))
}

/// The root of the diff, when the working directory has nothing of that name, tracked or not.
fn missing_root(repo: &Repo, root: &HgPathBuf) -> Result<Option<(HgPathBuf, Vec<u8>)>> {
    let wdir = WorkingDir::open(repo)?;
    let known = wdir.dirstate().has_below(root)? || wdir.dirstate().is_tracked(root)?;
    if known || repo.wvfs().lexists(root) {
        return Ok(None);
    }
    Ok(Some((root.clone(), b"No such file or directory".to_vec())))
}

fn below(root: &HgPathBuf) -> Matcher {
    let root = root.clone();
    let name = root.as_bytes().to_vec();
    Matcher::predicate(name, std::sync::Arc::new(move |path| path.is_below(&root)))
}

/// Tells of arguments that cannot be below the root of the diff.
fn warn_outside(ctx: &CommandContext, matcher: &Matcher, root: &HgPathBuf) -> Result<()> {
    let naming = Naming::configured(ctx, ctx.repo()?, true)?;
    for file in matcher.files() {
        // The root itself is not inside of it.
        if !file.is_below(root) || (file == *root && !root.is_empty()) {
            let (file, root) = (naming.name(&file), naming.name(root));
            let text =
                [b"warning: ", &file[..], b" not inside relative root ", &root, b"\n"].concat();
            ctx.ui.warn(text);
        }
    }
    Ok(())
}
