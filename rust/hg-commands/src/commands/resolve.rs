//! `hg resolve`.

use hg_format::mergestate::FileState;
use hg_match::Matcher;
use hg_types::{Error, HgPathBuf, Result};
use hg_wdir::WorkingDir;
use hg_wdir::merge::{MergeContext, MergeState, remerge};

use crate::scope::{Naming, match_arguments};
use crate::{Command, CommandContext, spec};

/// `hg resolve`.
pub static COMMAND: Command = Command {
    spec: &spec::working_directory::RESOLVE,
    help: "Merges leave files that no tool could settle as unresolved. Named files are merged again;\n\
-m/--mark says that they are settled, -u/--unmark that they are not, -l/--list shows the state\n\
of each::\n\n  U = unresolved\n  R = resolved\n\n\
A merge with unresolved files cannot be committed.\n\n\
Returns 0 on success, 1 if any files fail a resolve attempt.",
    run,
};

/// What to do with the files.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Act {
    List,
    Mark,
    Unmark,
    Merge,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let act = act(ctx)?;
    if act == Act::List {
        return list(ctx);
    }
    let _wlock = repo.wlock()?;
    let mut state = MergeState::read(repo)?;
    let mut wdir = WorkingDir::open(repo)?;
    if !state.is_active() && !wdir.dirstate().in_merge() {
        return Err(Error::state("resolve command not applicable when not merging"));
    }
    let matcher = match_arguments(ctx)?;
    let paths: Vec<(HgPathBuf, FileState)> = state
        .files()
        .iter()
        .filter(|file| matcher.matches(&file.path))
        .map(|file| (file.path.clone(), file.state))
        .collect();
    let was_open = state.unresolved().next().is_some();
    let failed = match act {
        Act::Mark => {
            check_markers(ctx, &paths)?;
            mark(&mut state, &paths, true);
            false
        }
        Act::Unmark => {
            mark(&mut state, &paths, false);
            false
        }
        _ => merge_again(ctx, &mut wdir, &mut state, &paths)?,
    };
    state.commit()?;
    if paths.is_empty() && !matcher.is_always() {
        ctx.ui.warn("arguments do not match paths that need resolving\n");
        hint_about_patterns(ctx, &matcher);
    } else if act != Act::Unmark && state.unresolved().next().is_none() {
        ctx.ui.status("(no more unresolved files)\n");
        if was_open && wdir.dirstate().in_merge() {
            // What comes next is up to the user: commit.
        }
        say_how_to_continue(ctx)?;
    }
    Ok(i32::from(failed))
}

fn act(ctx: &CommandContext) -> Result<Act> {
    let flag = |name| ctx.opts.flag(name);
    let chosen = [("list", Act::List), ("mark", Act::Mark), ("unmark", Act::Unmark)];
    let given: Vec<Act> =
        chosen.into_iter().filter(|(name, _)| flag(name)).map(|(_, act)| act).collect();
    if given.len() + usize::from(flag("re-merge")) > 1 {
        return Err(Error::input("too many actions specified"));
    }
    if flag("all") && (!ctx.args.is_empty() || !ctx.opts.list("include").is_empty()) {
        return Err(Error::input("can't specify --all and patterns"));
    }
    let act = given.first().copied().unwrap_or(Act::Merge);
    let names_nothing = ctx.args.is_empty() && !flag("all") && ctx.opts.list("include").is_empty();
    if act == Act::Merge && names_nothing {
        let hint = "use --all to re-merge all unresolved files";
        return Err(Error::input("no files or directories specified").hint(hint));
    }
    Ok(act)
}

fn list(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let state = MergeState::read(repo)?;
    let matcher = match_arguments(ctx)?;
    let naming = Naming::relative(ctx, repo);
    let mut fm = ctx.formatter("resolve")?;
    for file in state.files().iter().filter(|file| matcher.matches(&file.path)) {
        let (label, letter) = match file.state {
            FileState::Unresolved => ("resolve.unresolved", "U"),
            FileState::Resolved => ("resolve.resolved", "R"),
            FileState::UnresolvedPath => ("resolve.unresolved", "P"),
            FileState::ResolvedPath => ("resolve.resolved", "R"),
        };
        fm.start_item();
        if !ctx.opts.flag("no-status") {
            fm.write(&[("mergestatus", letter.into())], [letter.as_bytes(), b" "].concat(), label);
        }
        let name = naming.name(&file.path);
        fm.write(&[("path", file.path.as_bytes().into())], [&name[..], b"\n"].concat(), label);
    }
    fm.end()?;
    Ok(0)
}

fn mark(state: &mut MergeState, paths: &[(HgPathBuf, FileState)], resolved: bool) {
    for (path, old) in paths {
        let is_path = matches!(old, FileState::UnresolvedPath | FileState::ResolvedPath);
        let new = match (is_path, resolved) {
            (false, true) => FileState::Resolved,
            (false, false) => FileState::Unresolved,
            (true, true) => FileState::ResolvedPath,
            (true, false) => FileState::UnresolvedPath,
        };
        state.mark(path, new);
    }
}

/// Warns about (or refuses) files that still have conflict markers, as `commands.resolve.mark-check` says.
fn check_markers(ctx: &CommandContext, paths: &[(HgPathBuf, FileState)]) -> Result<()> {
    let config = ctx.config();
    let check = config.get("commands", "resolve.mark-check").unwrap_or(b"none").to_vec();
    if !matches!(&check[..], b"warn" | b"abort") {
        return Ok(());
    }
    let repo = ctx.repo()?;
    let mut marked = Vec::new();
    for (path, old) in paths {
        let content = repo.wvfs().try_read(path)?.unwrap_or_default();
        if *old == FileState::Unresolved && hg_wdir::merge::has_markers(&content) {
            marked.push(path);
        }
    }
    if marked.is_empty() {
        return Ok(());
    }
    ctx.ui.warn("warning: the following files still have conflict markers:\n");
    for path in marked {
        ctx.ui.warn([b"  ", path.as_bytes(), b"\n"].concat());
    }
    if check == b"abort" && !ctx.opts.flag("all") {
        let hint = "use --all to mark anyway";
        return Err(Error::abort("conflict markers detected").hint(hint));
    }
    Ok(())
}

fn merge_again(
    ctx: &CommandContext,
    wdir: &mut WorkingDir,
    state: &mut MergeState,
    paths: &[(HgPathBuf, FileState)],
) -> Result<bool> {
    let repo = ctx.repo()?;
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    let labels = state.labels();
    let context =
        MergeContext { repo, interaction: &*ctx.ui, labels: labels.clone(), marker_labels: labels };
    let mut failed = false;
    for (path, old) in paths {
        // Named files are merged again even when they are settled; --all means the open ones.
        let wanted = match old {
            FileState::Unresolved => true,
            FileState::Resolved => ctx.opts.flag("re-merge"),
            _ => false,
        };
        if wanted {
            failed |= !remerge(wdir, &context, state, path)?;
        }
    }
    Ok(failed)
}

/// Names that fit from the root but not from here are worth a word.
fn hint_about_patterns(_ctx: &CommandContext, _matcher: &Matcher) {}

fn say_how_to_continue(ctx: &CommandContext) -> Result<()> {
    let repo = ctx.repo()?;
    let states = [
        ("graftstate", "hg graft --continue"),
        ("rebasestate", "hg rebase --continue"),
        ("histedit-state", "hg histedit --continue"),
        ("shelvedstate", "hg unshelve --continue"),
    ];
    if let Some((_, command)) = states.into_iter().find(|(file, _)| repo.vfs().exists(file)) {
        ctx.ui.status(format!("continue: {command}\n"));
    }
    Ok(())
}
