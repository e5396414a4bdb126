//! `hg resolve`.

use std::cell::Cell;

use hg_format::mergestate::FileState;
use hg_match::{Matcher, PatternKind};
use hg_types::{Error, ErrorKind, FileFlags, HgPathBuf, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::merge::{MergeContext, MergeState, remerge};

use crate::scope::{Naming, match_arguments, match_patterns};
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
    confirm(ctx, act)?;
    let _wlock = repo.wlock()?;
    let mut state = MergeState::read(repo)?;
    let mut wdir = WorkingDir::open(repo)?;
    if !state.is_active() && !wdir.dirstate().in_merge() {
        return Err(Error::state("resolve command not applicable when not merging"));
    }
    let matcher = match_arguments(ctx)?;
    let paths = chosen(&state, &matcher);
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
    if paths.is_empty() && !ctx.args.is_empty() {
        ctx.ui.warn("arguments do not match paths that need resolving\n");
        hint_about_patterns(ctx, &state, act)?;
    }
    if state.unresolved().next().is_none() {
        if act != Act::Unmark || paths.is_empty() {
            ctx.ui.status("(no more unresolved files)\n");
        }
        if act != Act::Unmark {
            say_how_to_continue(ctx)?;
        }
    }
    Ok(i32::from(failed))
}

fn chosen(state: &MergeState, matcher: &Matcher) -> Vec<(HgPathBuf, FileState)> {
    state
        .files()
        .iter()
        .filter(|file| matcher.matches(&file.path))
        .map(|file| (file.path.clone(), file.state))
        .collect()
}

fn act(ctx: &CommandContext) -> Result<Act> {
    let flag = |name| ctx.opts.flag(name);
    let actions = [
        ("mark", Act::Mark),
        ("unmark", Act::Unmark),
        ("list", Act::List),
        ("re-merge", Act::Merge),
    ];
    let given: Vec<Act> =
        actions.into_iter().filter(|(name, _)| flag(name)).map(|(_, act)| act).collect();
    if given.is_empty()
        && ctx.config().get_bool_or("commands", "resolve.explicit-re-merge", false)?
    {
        let hint = "use --mark, --unmark, --list or --re-merge";
        return Err(Error::input("no action specified").hint(hint));
    }
    if given.len() > 1 {
        return Err(Error::input("too many actions specified"));
    }
    if flag("all") && names_files(ctx) {
        return Err(Error::input("can't specify --all and patterns"));
    }
    let act = given.first().copied().unwrap_or(Act::Merge);
    if act == Act::Merge && !flag("all") && !names_files(ctx) {
        let hint = "use --all to re-merge all unresolved files";
        return Err(Error::input("no files or directories specified").hint(hint));
    }
    Ok(act)
}

fn names_files(ctx: &CommandContext) -> bool {
    let given = |name: &str| !ctx.opts.list(name).is_empty();
    !ctx.args.is_empty() || given("include") || given("exclude")
}

/// Asks before everything is changed, where `commands.resolve.confirm` says so.
fn confirm(ctx: &CommandContext, act: Act) -> Result<()> {
    let wanted = ctx.config().get_bool_or("commands", "resolve.confirm", false)?;
    if !wanted || !ctx.args.is_empty() {
        return Ok(());
    }
    let question = match act {
        Act::Mark => "mark all unresolved files as resolved (yn)?$$ &Yes $$ &No",
        Act::Unmark => "mark all resolved files as unresolved (yn)?$$ &Yes $$ &No",
        _ => "re-merge all unresolved files (yn)?$$ &Yes $$ &No",
    };
    if ctx.ui.prompt_choice(question, 0)? != 0 {
        return Err(Error::new(ErrorKind::Canceled, "user quit"));
    }
    Ok(())
}

fn list(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let state = MergeState::read(repo)?;
    let matcher = match_arguments(ctx)?;
    let naming = Naming::configured(ctx, repo, false)?;
    let mut fm = ctx.formatter("resolve")?;
    for file in state.files().iter().filter(|file| matcher.matches(&file.path)) {
        let (label, letter) = match file.state {
            FileState::Unresolved => ("resolve.unresolved", "U"),
            FileState::Resolved => ("resolve.resolved", "R"),
            FileState::UnresolvedPath => ("resolve.unresolved", "P"),
            FileState::ResolvedPath => ("resolve.resolved", "R"),
        };
        fm.start_item();
        fm.context(Revision::WDIR);
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
    if check == b"abort" && !ctx.opts.flag("all") && ctx.args.is_empty() {
        let hint = "use --all to mark anyway";
        return Err(Error::state("conflict markers detected").hint(hint));
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
    let context = MergeContext {
        repo,
        interaction: &*ctx.ui,
        labels: labels.clone(),
        marker_labels: labels,
        tool_failed: Cell::default(),
    };
    let mut failed = false;
    for (path, old) in paths {
        if *old == FileState::UnresolvedPath {
            let why = b": path conflict must be resolved manually\n";
            ctx.ui.warn([path.as_bytes(), &why[..]].concat());
        }
        // What is settled stays so, even when it is named.
        if *old == FileState::Unresolved {
            // What the user made of the file so far is kept beside it.
            let before = match wdir.file_flags(path)? {
                Some(FileFlags::Symlink) => Some((FileFlags::Symlink, repo.wvfs().readlink(path)?)),
                Some(flags) => Some((flags, repo.wvfs().read(path)?)),
                None => None,
            };
            failed |= !remerge(wdir, &context, state, path)?;
            let goes_on = context.goes_on()?;
            if let Some((flags, before)) = before {
                // A merge that is given up leaves the copy it made itself as it is.
                let place = match goes_on {
                    true => hg_wdir::merge::backup_path(repo, path)?,
                    false => [path.as_bytes(), b".resolve"].concat(),
                };
                if flags == FileFlags::Symlink {
                    repo.wvfs().try_remove(&place)?;
                    repo.wvfs().symlink(&before, &place)?;
                } else {
                    repo.wvfs().write(&place, &before)?;
                }
            }
            if !goes_on {
                let message = "merge halted after failed merge (see hg resolve)";
                return Err(Error::new(ErrorKind::Intervention, message));
            }
        }
    }
    Ok(failed)
}

/// Names that fit from the root but not from here are worth a word.
fn hint_about_patterns(ctx: &CommandContext, state: &MergeState, act: Act) -> Result<()> {
    if ctx.args.iter().any(|pattern| PatternKind::is_given(pattern)) {
        return Ok(());
    }
    let patterns: Vec<Vec<u8>> =
        ctx.args.iter().map(|pattern| [b"path:", &pattern[..]].concat()).collect();
    if chosen(state, &match_patterns(ctx, &patterns)?).is_empty() {
        return Ok(());
    }
    let flag = match act {
        Act::Mark => "-m ",
        Act::Unmark => "-u ",
        _ if ctx.opts.flag("re-merge") => "--re-merge ",
        _ => "",
    };
    let shown = patterns.join(&b" "[..]);
    ctx.ui.warn([b"(try: hg resolve ", flag.as_bytes(), &shown, b")\n"].concat());
    Ok(())
}

fn say_how_to_continue(ctx: &CommandContext) -> Result<()> {
    let repo = ctx.repo()?;
    let states = [
        ("graftstate", "hg graft --continue"),
        ("rebasestate", "hg rebase --continue"),
        ("histedit-state", "hg histedit --continue"),
        ("shelvedstate", "hg unshelve --continue"),
    ];
    if let Some((_, command)) = states.into_iter().find(|(file, _)| repo.vfs().exists(file)) {
        ctx.ui.warn(format!("continue: {command}\n"));
    } else if ctx.ui.is_verbose() || ctx.ui.is_debug() {
        let mut wdir = WorkingDir::open(repo)?;
        let status = wdir.status(&Matcher::always(), hg_wdir::StatusOptions::default())?;
        if status.has_changes() || !status.deleted.is_empty() {
            ctx.ui.note("continue: hg commit\n");
        }
    }
    Ok(())
}
