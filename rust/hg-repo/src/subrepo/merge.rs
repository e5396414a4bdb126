//! Updates and merges of the repository around: every subrepository goes along, and `.hgsubstate` says where to.

use hg_store::{NestedLocal, NestedUpdate, Repo};
use hg_types::{HgPath, Interaction, Node, Result};

use super::state::write;
use super::{Of, State, States, Subrepo, open, states};

/// The subrepositories of the working directory before the update.
pub(super) struct Local(pub(super) States);

impl NestedLocal for Local {
    fn update(
        &self,
        repo: &Repo,
        update: &NestedUpdate,
        interaction: &dyn Interaction,
    ) -> Result<()> {
        merge(repo, &self.0, update, interaction)
    }
}

/// Brings the subrepositories to where `update` leads, and writes their states.
fn merge(
    repo: &Repo,
    local: &States,
    update: &NestedUpdate,
    interaction: &dyn Interaction,
) -> Result<()> {
    let p1 = hg_wdir::parents(repo)?[0];
    let ancestor = match update.ancestor {
        // Going backwards, what was there is what the parent recorded.
        Some(ancestor) if ancestor == update.other => Some(p1),
        other => other,
    };
    say_what(p1, update, ancestor, interaction);
    let base = match ancestor {
        Some(node) => states(repo, Of::Changeset(node))?,
        None => local.clone(),
    };
    let mut merging = Merging {
        repo,
        interaction,
        overwrite: update.overwrite,
        from_working: ancestor.is_none(),
        labels: update.labels.each_ref().map(|label| match label.is_empty() {
            true => Vec::new(),
            false => [b" [", &label[..], b"]"].concat(),
        }),
        other: states(repo, Of::Changeset(update.other))?,
        base,
        merged: States::new(),
    };
    for (path, state) in local {
        merging.local(path, state)?;
    }
    merging.added(local)?;
    write(repo, &merging.merged)
}

fn say_what(
    p1: Node,
    update: &NestedUpdate,
    ancestor: Option<Node>,
    interaction: &dyn Interaction,
) {
    let base = match ancestor {
        Some(node) => node.short(),
        None => [&p1.short()[..], b"+"].concat(),
    };
    let parts: [&[u8]; 7] =
        [b"subrepo merge ", &p1.short(), b"+ ", &update.other.short(), b" ", &base, b"\n"];
    interaction.debug(&parts.concat());
}

struct Merging<'a> {
    repo: &'a Repo,
    interaction: &'a dyn Interaction,
    overwrite: bool,
    /// What is merged from is the working directory itself.
    from_working: bool,
    labels: [Vec<u8>; 2],
    other: States,
    base: States,
    merged: States,
}

impl Merging<'_> {
    /// Says what is done about a subrepository, and with which state.
    fn say(&self, path: &HgPath, what: &str, state: Option<&State>) {
        let shown = state.map(State::shown).unwrap_or_default();
        let parts: [&[u8]; 7] =
            [b"  subrepo ", path.as_bytes(), b": ", what.as_bytes(), b" ", &shown, b"\n"];
        self.interaction.debug(&parts.concat());
    }

    fn keep(&mut self, path: &HgPath, state: &State) {
        self.merged.insert(path.to_owned(), state.clone());
    }

    /// A subrepository that the working directory has.
    fn local(&mut self, path: &HgPath, local: &State) -> Result<()> {
        let sub = open(self.repo, path, local)?;
        let mut marked = local.clone();
        if sub.is_dirty(false, false)? {
            marked.revision.push(b'+');
        }
        let base = match self.base.get(path) {
            Some(_) if self.from_working => marked.clone(),
            found => found.cloned().unwrap_or_default(),
        };
        match self.other.get(path).cloned() {
            Some(other) => self.both(&*sub, [local, &marked, &base, &other]),
            None if marked == base => {
                self.say(path, "remote removed, remove", None);
                sub.remove()
            }
            None if base == State::default() => {
                self.say(path, "local added, keep", None);
                self.keep(path, local);
                Ok(())
            }
            None => {
                let parts: [&[u8]; 6] = [
                    b" local",
                    &self.labels[0],
                    b" changed subrepository ",
                    path.as_bytes(),
                    b" which remote",
                    &self.labels[1],
                ];
                let question = [
                    &parts.concat()[..],
                    b" removed\nuse (c)hanged version or (d)elete?$$ &Changed $$ &Delete",
                ];
                if self.interaction.choose(&question.concat(), 0)? == 1 {
                    self.say(path, "prompt remove", None);
                    sub.remove()?;
                }
                Ok(())
            }
        }
    }

    /// A subrepository that both sides have; the states are the local one, that with a mark for changes, the
    /// base, and the other side's.
    fn both(&mut self, sub: &dyn Subrepo, states: [&State; 4]) -> Result<()> {
        let [local, marked, base, other] = states;
        let path = sub.path().to_owned();
        if marked == other || other == base {
            self.keep(&path, local);
            return Ok(());
        }
        if marked == base {
            return self.take(sub, "other changed, get", other);
        }
        if marked.source != other.source {
            let question = self.different_sources(&path, local, other);
            if self.interaction.choose(&question, 0)? == 1 {
                return self.take(sub, "prompt changed, get", other);
            }
            return Ok(());
        }
        if marked.revision == base.revision {
            return self.take(sub, "other side changed, get", other);
        }
        self.say(&path, "both sides changed", None);
        match self.interaction.choose(&self.diverged(sub, local, other), 0)? {
            0 => {
                sub.merge(other)?;
                self.keep(&path, local);
                self.say(&path, "merge with", Some(other));
            }
            1 => {
                self.keep(&path, local);
                self.say(&path, "keep local subrepo revision", Some(local));
            }
            _ => {
                sub.get(other, self.overwrite)?;
                self.keep(&path, other);
                self.say(&path, "get remote subrepo revision", Some(other));
            }
        }
        Ok(())
    }

    fn take(&mut self, sub: &dyn Subrepo, why: &str, state: &State) -> Result<()> {
        self.say(sub.path(), why, Some(state));
        sub.get(state, self.overwrite)?;
        self.keep(sub.path(), state);
        Ok(())
    }

    fn different_sources(&self, path: &HgPath, local: &State, other: &State) -> Vec<u8> {
        let parts: [&[u8]; 11] = [
            b" subrepository sources for ",
            path.as_bytes(),
            b" differ\nyou can use (l)ocal",
            &self.labels[0],
            b" source (",
            &local.source,
            b") or (r)emote",
            &self.labels[1],
            b" source (",
            &other.source,
            b").\nwhat do you want to do?$$ &Local $$ &Remote",
        ];
        parts.concat()
    }

    fn diverged(&self, sub: &dyn Subrepo, local: &State, other: &State) -> Vec<u8> {
        let parts: [&[u8]; 11] = [
            b" subrepository ",
            sub.path().as_bytes(),
            b" diverged (local revision: ",
            &sub.short(&local.revision),
            b", remote revision: ",
            &sub.short(&other.revision),
            b")\nyou can (m)erge, keep (l)ocal",
            &self.labels[0],
            b" or keep (r)emote",
            &self.labels[1],
            b".\nwhat do you want to do?$$ &Merge $$ &Local $$ &Remote",
        ];
        parts.concat()
    }

    /// Subrepositories that only the other side has.
    fn added(&mut self, local: &States) -> Result<()> {
        let others: Vec<_> = self.other.clone().into_iter().collect();
        for (path, state) in others.iter().filter(|(path, _)| !local.contains_key(path)) {
            let get = match self.base.get(path) {
                None => {
                    self.say(path, "remote added, get", Some(state));
                    true
                }
                Some(base) if base == state => false,
                Some(_) => {
                    let parts: [&[u8]; 6] = [
                        b" remote",
                        &self.labels[1],
                        b" changed subrepository ",
                        path.as_bytes(),
                        b" which local",
                        &self.labels[0],
                    ];
                    let question = [
                        &parts.concat()[..],
                        b" removed\nuse (c)hanged version or (d)elete?$$ &Changed $$ &Delete",
                    ];
                    let wanted = self.interaction.choose(&question.concat(), 0)? == 0;
                    if wanted {
                        self.say(path, "prompt recreate, get", Some(state));
                    }
                    wanted
                }
            };
            if get {
                open(self.repo, path, state)?.get(state, false)?;
                self.keep(path, state);
            }
        }
        Ok(())
    }
}
