//! Untracked files where the target has files: refused, backed up or ignored, as configured.

use hg_config::Config;
use hg_store::Manifest;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Result};

use super::action::{Action, Merge, Plan};
use crate::WorkingDir;

/// `merge.checkunknown` and `merge.checkignored`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Check {
    Abort,
    Warn,
    Ignore,
}

fn check(config: &Config, name: &str) -> Result<Check> {
    match config.get("merge", name) {
        None | Some(b"abort") => Ok(Check::Abort),
        Some(b"warn") => Ok(Check::Warn),
        Some(b"ignore") => Ok(Check::Ignore),
        Some(other) => {
            let shown = other.escape_ascii();
            let text =
                format!("merge.{name} not valid ('{shown}' is none of 'abort', 'ignore', 'warn')");
            Err(Error::new(ErrorKind::Config, text))
        }
    }
}

/// Turns every [`Action::Created`] into what it comes to, given what stands there now.
pub(super) fn check_untracked(
    wdir: &mut WorkingDir,
    plan: &mut Plan,
    target: &Manifest,
    overwrite: bool,
    force: bool,
) -> Result<()> {
    let repo = wdir.repo().clone();
    let config = repo.config();
    let rules = [check(&config, "checkunknown")?, check(&config, "checkignored")?];
    let created: Vec<(HgPathBuf, Action)> = plan
        .actions
        .iter()
        .filter(|(_, planned)| matches!(planned.action, Action::Created { .. }))
        .map(|(path, planned)| (path.clone(), planned.action.clone()))
        .collect();
    let (mut refused, mut replaced) = (Vec::new(), Vec::new());
    for (path, action) in created {
        let Action::Created { flags, merge_untracked } = action else { continue };
        let get = |backup| Action::Get { flags, backup };
        let mut next = get(false);
        if let Some(differs) = in_the_way(wdir, &path, target)? {
            if differs && merge_untracked {
                next = Action::Merge(Merge {
                    local: Some(path.clone()),
                    other: Some(path.clone()),
                    ancestor: None,
                    moves: false,
                });
            } else if differs {
                let ignored = wdir.ignore()?.is_ignored(&path);
                match rules[usize::from(ignored)] {
                    Check::Abort if !overwrite => refused.push(path.clone()),
                    Check::Warn => {
                        replaced.push(path.clone());
                        next = get(true);
                    }
                    _ => next = get(true),
                }
            }
        }
        if let Some(planned) = plan.actions.get_mut(&path) {
            planned.action = next;
        }
    }
    for (path, planned) in plan.actions.iter().filter(|_| !force) {
        let source = match &planned.action {
            Action::DeletedChanged(_) => path,
            Action::GetMoved { from, .. } => from,
            _ => continue,
        };
        if in_the_way_of(wdir, path, target, source)? == Some(true) {
            refused.push(path.clone());
        }
    }
    refused.sort();
    if refused.is_empty() {
        for path in replaced {
            let parts = [path.as_bytes(), b": replacing untracked file\n"];
            repo.reporter().warn(&parts.concat());
        }
        return Ok(());
    }
    for path in &refused {
        let parts = [path.as_bytes(), b": untracked file differs\n"];
        repo.reporter().warn(&parts.concat());
    }
    let message = "untracked files in working directory differ from files in requested revision";
    Err(Error::state(message))
}

/// Whether an untracked file stands at `path`, and if so whether it differs from the target's.
fn in_the_way(wdir: &WorkingDir, path: &HgPath, target: &Manifest) -> Result<Option<bool>> {
    in_the_way_of(wdir, path, target, path)
}

/// The same where the target has the file as `source`.
fn in_the_way_of(
    wdir: &WorkingDir,
    path: &HgPath,
    target: &Manifest,
    source: &HgPath,
) -> Result<Option<bool>> {
    if wdir.dirstate().get(path)?.is_some_and(|entry| entry.tracked) {
        return Ok(None);
    }
    let Some((flags, content)) = wdir.read_file(path)? else { return Ok(None) };
    let Some(entry) = target.get(source) else { return Ok(None) };
    if (flags == hg_types::FileFlags::Symlink) != (entry.flags == hg_types::FileFlags::Symlink) {
        return Ok(Some(true));
    }
    let log = wdir.repo().filelog(source)?;
    Ok(Some(log.cmp(log.rev(&entry.node)?, &content)?))
}
