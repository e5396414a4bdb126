//! `hg revert --interactive`.

use hg_diff::patch::ApplyOptions;
use hg_match::Matcher;
use hg_repo::revert::{RevertAction, RevertNote, RevertStep, apply, back_up, sort};
use hg_types::{HgPath, HgPathBuf, Node, Result};
use hg_wdir::merge::{backup_path, write_file};
use hg_wdir::{WorkingDir, manifest_of};

use super::Announcer;
use crate::diff_display::Comparison;
use crate::interactive::{Operation, choose};
use crate::patching::{Rejects, options, patch_error, patch_memory, patch_working};
use crate::revision::Target;

/// Asks about each file that would appear or go, and about each change of the others, and does what
/// the user wants.
pub(super) fn revert(
    announcer: &Announcer<'_>,
    wdir: &mut WorkingDir,
    target: Node,
    steps: Vec<RevertStep>,
) -> Result<i32> {
    let picker = Picker { announcer, target };
    let (changed, others): (Vec<_>, Vec<_>) =
        steps.into_iter().partition(|step| step.action == RevertAction::Revert);
    let (appearing, going): (Vec<_>, Vec<_>) = others
        .into_iter()
        .partition(|step| matches!(step.action, RevertAction::Add | RevertAction::Undelete));
    picker.whole(wdir, going)?;
    picker.changes(wdir, &changed)?;
    picker.whole(wdir, appearing)?;
    wdir.write()?;
    Ok(0)
}

struct Picker<'a> {
    announcer: &'a Announcer<'a>,
    target: Node,
}

impl Picker<'_> {
    /// Files that appear or go as a whole.
    fn whole(&self, wdir: &mut WorkingDir, mut steps: Vec<RevertStep>) -> Result<()> {
        sort(&mut steps);
        for step in &steps {
            let question = match step.action {
                RevertAction::Forget => "forget added file ",
                RevertAction::Remove | RevertAction::Drop => "remove added file ",
                RevertAction::Add => "add new file ",
                RevertAction::Undelete => "add back removed file ",
                _ => "",
            };
            if !question.is_empty() {
                let name = self.announcer.naming.name(&step.path);
                let text = [question.as_bytes(), &name, b" (Yn)?$$ &Yes $$ &No"].concat();
                if self.announcer.ctx.ui.prompt_choice(text, 0)? != 0 {
                    continue;
                }
            }
            let mut announce = |note: RevertNote<'_>| self.announcer.announce(note);
            apply(wdir, self.target, std::slice::from_ref(step), &mut announce)?;
        }
        Ok(())
    }

    /// Files that are on both sides.
    fn changes(&self, wdir: &mut WorkingDir, steps: &[RevertStep]) -> Result<()> {
        if steps.is_empty() {
            return Ok(());
        }
        let ctx = self.announcer.ctx;
        let repo = ctx.repo()?;
        let paths = steps.iter().map(|step| step.path.clone()).collect();
        let matcher = Matcher::exact_files(paths);
        let rev = Target::Changeset(repo.changelog()?.rev(&self.target)?);
        let operation = self.operation(wdir)?;
        let sides = match operation {
            Operation::Apply => [Target::WorkingDirectory, rev],
            _ => [rev, Target::WorkingDirectory],
        };
        let comparison = Comparison::new(&ctx.ui, repo, sides, &matcher, false)?;
        let named = |path: &HgPath| self.announcer.matcher.exact(path);
        let chosen = choose(ctx, &comparison, operation, &named)?;
        let patch = match operation {
            Operation::Discard => chosen.reversed(),
            Operation::Keep => chosen.clone().with_hunks().patch(),
            Operation::Apply | Operation::Record => chosen.patch(),
        };
        for file in chosen.files.iter().filter(|file| !file.taken.is_empty()) {
            let path = HgPathBuf::from(file.file.new_path.as_slice());
            if let Some(step) = steps.iter().find(|step| step.path == path) {
                if step.backup {
                    self.back_up(&path)?;
                }
                self.announcer.announce(RevertNote::Step(step));
            }
        }
        if patch.is_empty() {
            return Ok(());
        }
        let options = options(ctx, 1, Vec::new())?;
        if operation == Operation::Keep {
            return self.keep(wdir, &patch, &options);
        }
        let patched = patch_working(ctx, wdir, &patch, &options, 0.0).map_err(patch_error)?;
        for path in &patched.files {
            wdir.dirstate_mut().set_possibly_dirty(path)?;
        }
        Ok(())
    }

    /// Makes files what the target and the changes that are kept give together.
    fn keep(&self, wdir: &mut WorkingDir, patch: &[u8], options: &ApplyOptions) -> Result<()> {
        let ctx = self.announcer.ctx;
        let repo = ctx.repo()?;
        let manifest = manifest_of(repo, &self.target)?;
        let kept = patch_memory(ctx, &manifest, patch, options, Rejects::Save);
        for (path, version) in kept.map_err(patch_error)?.0 {
            if let Some(version) = version {
                write_file(repo, &path, &version.content, version.flags)?;
                wdir.dirstate_mut().set_possibly_dirty(&path)?;
            }
        }
        Ok(())
    }

    fn operation(&self, wdir: &WorkingDir) -> Result<Operation> {
        if wdir.dirstate().p1() != self.target {
            return Ok(Operation::Apply);
        }
        let config = self.announcer.ctx.config();
        let keep =
            config.get_bool_or("experimental", "revert.interactive.select-to-keep", false)?;
        Ok(if keep { Operation::Keep } else { Operation::Discard })
    }

    /// Copies a file to its `.orig` name.
    fn back_up(&self, path: &HgPath) -> Result<()> {
        let repo = self.announcer.ctx.repo()?;
        back_up(repo, path, &backup_path(repo, path)?)
    }
}
