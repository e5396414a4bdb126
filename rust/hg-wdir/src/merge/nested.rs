//! What an update has to do with nested repositories (`hg help subrepos`).

use hg_format::substate;
use hg_store::{Manifest, Repo};
use hg_types::{HgPath, Interaction, Result};

use super::action::{Action, Plan};
use super::apply::{Applier, Finished};
use super::record::Settled;

/// The file that holds the states of nested repositories.
pub(super) fn state_file() -> &'static HgPath {
    HgPath::new(substate::FILE_NAME)
}

/// Whether any nested repository has changes.
pub(super) fn is_dirty(repo: &Repo, missing: bool) -> Result<bool> {
    repo.nested().map_or(Ok(false), |nested| nested.is_dirty(repo, missing))
}

/// Refuses to go on when a nested repository has changes.
pub(super) fn refuse_changes(repo: &Repo) -> Result<()> {
    repo.nested().map_or(Ok(()), |nested| nested.refuse_changes(repo))
}

/// The file with the states is no text that could be left unresolved: the user decides at once.
pub(super) fn ask_about_state(
    plan: &mut Plan,
    other: &Manifest,
    labels: &[Vec<u8>; 3],
    interaction: &dyn Interaction,
) -> Result<()> {
    let path = state_file();
    let Some(planned) = plan.actions.get(path) else { return Ok(()) };
    let label = |at: usize| [b" [", &labels[at][..], b"]"].concat();
    let (local, remote) = (label(0), label(1));
    let name = path.as_bytes();
    match planned.action {
        Action::ChangedDeleted(_) => {
            let parts: [&[u8]; 7] = [
                b"local",
                &local,
                b" changed ",
                name,
                b" which other",
                &remote,
                b" deleted\nuse (c)hanged version or (d)elete?$$ &Changed $$ &Delete",
            ];
            match interaction.choose(&parts.concat(), 0)? {
                0 => plan.set(path.to_owned(), Action::Add, "prompt keep"),
                _ => plan.set(path.to_owned(), Action::Remove, "prompt delete"),
            }
        }
        Action::DeletedChanged(_) => {
            let parts: [&[u8]; 7] = [
                b"other",
                &remote,
                b" changed ",
                name,
                b" which local",
                &local,
                b" deleted\nuse (c)hanged version or leave (d)eleted?$$ &Changed $$ &Deleted",
            ];
            if interaction.choose(&parts.concat(), 0)? == 0 {
                let action = Action::Get { flags: other.flags(path), backup: false };
                plan.set(path.to_owned(), action, "prompt recreating");
            } else {
                plan.actions.remove(path);
            }
        }
        _ => {}
    }
    Ok(())
}

impl Applier<'_, '_> {
    /// Brings nested repositories along; with `from_ancestor` as a merge of the states that both sides recorded.
    pub(super) fn update_nested(&mut self, from_ancestor: bool) -> Result<()> {
        let Some(repos) = &self.nested_before else { return Ok(()) };
        let mut update = self.nested.clone();
        if !from_ancestor {
            update.ancestor = None;
        }
        repos.update(self.repo, &update, self.interaction)
    }

    /// Merges the states of nested repositories, where that is what the plan has for their file.
    pub(super) fn merge_nested(&mut self, plan: &Plan) -> Result<()> {
        let path = state_file();
        let Some(planned) = plan.actions.get(path) else { return Ok(()) };
        let (Action::Merge(merge), true) = (&planned.action, self.repo.nested().is_some()) else {
            return Ok(());
        };
        self.say(path, &planned.reason, "m");
        self.update_nested(true)?;
        let settled = Settled::AsPlanned;
        self.finished.push(Finished { path: path.to_owned(), merge: merge.clone(), settled });
        Ok(())
    }

    /// Whether a file is merged as a text.
    pub(super) fn is_text_merge(&self, path: &HgPath) -> bool {
        path != state_file() || self.repo.nested().is_none()
    }
}
