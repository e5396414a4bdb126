//! Updating the working directory to a changeset, and merging one into it.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use hg_match::Matcher;
use hg_store::{Changelog, HookArgs, Manifest, ManifestFinder, NestedUpdate, Repo};
use hg_types::{Error, FileFlags, HgPath, HgPathBuf, Interaction, Node, Result, Revision};

use super::action::{Action, Plan};
use super::apply::{Applier, Base, UpdateStats, Versions};
use super::calculate::{
    ADDED_NODE, CalculateOptions, Difference, MODIFIED_NODE, MergeCopies, Sides, calculate,
};
use super::checkout::Written;
use super::file::MergeContext;
use super::path_conflicts::{Conflicting, check_path_conflicts};
use super::record::Recorder;
use super::state::MergeState;
use super::trace::{Traced, merge_copies};
use super::unknown::{Untracked, check_untracked};
use crate::copies::{Side, WorkingSide};
use crate::status::metadata_of;
use crate::{FileClock, Status, StatusOptions, WorkingDir, manifest_of};

/// What to make of local changes when updating (`hg update`'s `--check`, `--merge`, ...).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum UpdateCheck {
    /// Refuse any local change.
    Abort,
    /// Merge local changes.
    None,
    /// Merge local changes on the way to an ancestor or descendant only.
    #[default]
    Linear,
    /// Keep local changes that need no merge.
    NoConflict,
}

/// What kind of update.
#[derive(Clone, Debug, Default)]
pub struct UpdateOptions {
    /// A merge: the target becomes the second parent.
    pub branch_merge: bool,
    /// Overwrite local changes (update), or merge in spite of them (merge).
    pub force: bool,
    /// What to do about local changes.
    pub check: UpdateCheck,
    /// The ancestor to merge from, where it is not the common one (grafts, backouts).
    pub ancestor: Option<Revision>,
    /// Whether merging with an ancestor is all right (grafts).
    pub merge_ancestor: bool,
    /// Labels of local, other and base; none for the defaults.
    pub labels: Vec<Vec<u8>>,
    /// The labels as conflict markers show them; none for `labels`.
    pub marker_labels: Vec<Vec<u8>>,
    /// What is updated; `None` for everything. The parents stay where they are then.
    pub matcher: Option<Matcher>,
    /// Leave the parents as they are.
    pub keep_parents: bool,
    /// Leave the branch name as it is.
    pub keep_branch: bool,
}

/// Brings the working directory to `target`, or merges `target` into it.
///
/// # Errors
/// When local changes or untracked files are in the way, when the user cancels, or files cannot be
/// written. An update that was cut short leaves `.hg/updatestate`.
pub fn update(
    repo: &Repo,
    target: Node,
    options: &UpdateOptions,
    interaction: &dyn Interaction,
) -> Result<UpdateStats> {
    let _wlock = repo.wlock()?;
    let mut wdir = WorkingDir::open(repo)?;
    let cl = repo.changelog()?;
    let mut update = Update::new(&cl, &mut wdir, target, options, interaction)?;
    if update.check_before()? {
        return Ok(UpdateStats::default());
    }
    update.run()
}

/// The update that goes on.
struct Update<'a> {
    repo: Repo,
    cl: &'a Changelog,
    wdir: &'a mut WorkingDir,
    options: &'a UpdateOptions,
    interaction: &'a dyn Interaction,
    target: Node,
    /// First parent and target.
    revs: [Revision; 2],
    ancestor: Revision,
    overwrite: bool,
    status: Option<Status>,
}

impl<'a> Update<'a> {
    fn new(
        cl: &'a Changelog,
        wdir: &'a mut WorkingDir,
        target: Node,
        options: &'a UpdateOptions,
        interaction: &'a dyn Interaction,
    ) -> Result<Self> {
        let revs = [cl.rev(&wdir.dirstate().p1())?, cl.rev(&target)?];
        let ancestor = match options.ancestor {
            Some(ancestor) => ancestor,
            None => cl.ancestor(revs[0], revs[1]),
        };
        let overwrite = options.force && !options.branch_merge;
        let repo = wdir.repo().clone();
        Ok(Self {
            repo,
            cl,
            wdir,
            options,
            interaction,
            target,
            revs,
            ancestor,
            overwrite,
            status: None,
        })
    }

    fn status(&mut self) -> Result<&Status> {
        if self.status.is_none() {
            let options = StatusOptions::default();
            self.wdir.writes_later = true;
            let status = self.wdir.status(&Matcher::always(), options);
            self.wdir.writes_later = false;
            self.status = Some(status?);
        }
        Ok(self.status.get_or_insert_default())
    }

    fn is_dirty(&mut self) -> Result<bool> {
        Ok(super::nested::is_dirty(&self.repo, true)? || self.has_own_changes()?)
    }

    fn has_own_changes(&mut self) -> Result<bool> {
        let in_merge = self.wdir.dirstate().in_merge();
        let status = self.status()?;
        Ok(in_merge || status.has_changes() || !status.deleted.is_empty())
    }

    /// Refuses what must not be done; says whether there is nothing to do at all.
    fn check_before(&mut self) -> Result<bool> {
        if self.overwrite || self.options.matcher.is_some() {
            return Ok(false);
        }
        self.check_unfinished()?;
        if self.options.branch_merge {
            self.check_merge()?;
        } else {
            if self.revs[0] == self.revs[1] && self.options.check != UpdateCheck::Abort {
                let args = self.hook_args();
                self.repo.hooks().run(&self.repo, "preupdate", true, &args)?;
                self.clear_update_state()?;
                self.finish_hook(0)?;
                return Ok(true);
            }
            self.check_update()?;
        }
        Ok(false)
    }

    fn check_unfinished(&mut self) -> Result<()> {
        if self.wdir.dirstate().in_merge() && !self.options.merge_ancestor {
            return Err(Error::state("outstanding uncommitted merge"));
        }
        if MergeState::read(&self.repo)?.unresolved().next().is_some() {
            let hint = "use 'hg resolve' to resolve";
            return Err(Error::state("outstanding merge conflicts").hint(hint));
        }
        Ok(())
    }

    fn check_merge(&mut self) -> Result<()> {
        let [p1, p2] = self.revs;
        if self.options.ancestor.is_none() && self.ancestor == p2 {
            let message = "merging with a working directory ancestor has no effect";
            return Err(Error::abort(message));
        }
        if self.options.ancestor.is_none() && self.ancestor == p1 && !self.options.merge_ancestor {
            let branch = crate::branch::read(&self.repo)?;
            if self.cl.entry(p2)?.branch() == branch {
                let hint = "use 'hg update' or check 'hg heads'";
                return Err(Error::abort("nothing to merge").hint(hint));
            }
        }
        if !self.options.force {
            let status = self.status()?;
            if status.has_changes() || !status.deleted.is_empty() {
                let hint = "use 'hg status' to list changes";
                return Err(Error::state("uncommitted changes").hint(hint));
            }
            super::nested::refuse_changes(&self.repo)?;
        }
        Ok(())
    }

    fn check_update(&mut self) -> Result<()> {
        let [p1, p2] = self.revs;
        let linear = self.ancestor == p1 || self.ancestor == p2;
        let check = self.options.check;
        if check == UpdateCheck::Abort && self.is_dirty()? {
            return Err(Error::state("uncommitted changes"));
        }
        // What replaces the parent counts as a step onwards.
        let onwards = linear || check != UpdateCheck::Linear || self.is_replacement(p1, p2)?;
        if !onwards && self.is_dirty()? {
            let hint = "commit or update --clean to discard changes";
            return Err(Error::abort("uncommitted changes").hint(hint));
        }
        // What is merged are the changes of the working directory, made since its parent.
        self.ancestor = p1;
        Ok(())
    }

    fn is_replacement(&self, old: Revision, new: Revision) -> Result<bool> {
        let store = self.repo.obsstore()?;
        Ok(store.has_successors(&self.cl.node(old)) && self.repo.is_in_foreground(old, new)?)
    }

    fn hook_args(&self) -> HookArgs {
        let second = if self.options.branch_merge { self.target } else { Node::NULL };
        let first = if self.options.branch_merge { self.wdir.dirstate().p1() } else { self.target };
        let short = |node: Node| if node.is_null() { Vec::new() } else { node.short() };
        vec![("parent1".to_owned(), first.short()), ("parent2".to_owned(), short(second))]
    }

    fn run(&mut self) -> Result<UpdateStats> {
        let target_manifest = self.read_manifests()?;
        let local = self.local_manifest()?;
        let (mut plan, bases) = self.plan(&local, &target_manifest)?;
        if let Some(matcher) = &self.options.matcher {
            plan.actions.retain(|path, _| matcher.matches(path));
        }
        if self.options.check == UpdateCheck::NoConflict && !self.options.branch_merge {
            check_no_conflict(&plan)?;
        }
        let labels = self.labels(&self.options.labels);
        super::nested::ask_about_state(&mut plan, &target_manifest, &labels, self.interaction)?;
        let paths =
            self.repo.config().get_bool_or("experimental", "merge.checkpathconflicts", false)?;
        if paths {
            let local = (&*local, self.wdir.dirstate().p1());
            let sides = Conflicting { local, other: (&target_manifest, self.target) };
            check_path_conflicts(&mut plan, &sides, self.interaction);
        }
        let how = Untracked {
            overwrite: self.overwrite,
            force: self.options.force,
            always: self.options.ancestor.is_none(),
            paths,
        };
        check_untracked(self.wdir, &mut plan, &target_manifest, how)?;
        if !self.options.branch_merge {
            self.forget_removed(&mut plan, &target_manifest)?;
        }
        let args = self.hook_args();
        self.repo.hooks().run(&self.repo, "preupdate", true, &args)?;
        if !self.options.branch_merge {
            // Whoever comes after a crash sees that the working directory is between changesets.
            self.repo.vfs().write_atomic("updatestate", &self.target.hex())?;
        }
        self.warn_about_renames(&plan);
        let stats = self.apply(&plan, &local, &target_manifest, &bases)?;
        self.finish_hook(stats.unresolved)?;
        Ok(stats)
    }

    /// What `--debug` shows before anything else.
    fn say_what(&self) {
        let yes_no = |flag: bool| if flag { "True" } else { "False" };
        self.interaction.note(b"resolving manifests\n");
        let facts = format!(
            " branchmerge: {}, force: {}, partial: {}\n",
            yes_no(self.options.branch_merge),
            yes_no(self.options.force),
            yes_no(self.options.matcher.is_some())
        );
        self.interaction.debug(facts.as_bytes());
        let short =
            |rev: Revision| String::from_utf8_lossy(&self.cl.node(rev).short()).into_owned();
        let nodes = format!(
            " ancestor: {}{}, local: {}+, remote: {}\n",
            short(self.ancestor),
            // Nothing is asked of an ancestor then: it is the working directory itself.
            if self.overwrite { "+" } else { "" },
            short(self.revs[0]),
            short(self.revs[1])
        );
        self.interaction.debug(nodes.as_bytes());
    }

    /// Reads the target's manifest, and the first parent's meanwhile.
    fn read_manifests(&mut self) -> Result<Arc<Manifest>> {
        let (repo, target) = (&self.repo, &self.target);
        let wdir = &mut *self.wdir;
        let (target, local) = rayon::join(|| manifest_of(repo, target), || wdir.p1_manifest());
        local.and(target)
    }

    /// The first parent's manifest with what the working directory changed; pseudo nodes stand for
    /// files that have none yet.
    fn local_manifest(&mut self) -> Result<Arc<Manifest>> {
        let p1 = self.wdir.p1_manifest()?;
        let state = HgPath::new(hg_format::substate::FILE_NAME);
        let nested = p1.contains(state) && super::nested::is_dirty(&self.repo, false)?;
        let status = self.status()?.clone();
        if !status.has_changes() && status.deleted.is_empty() && !nested {
            return Ok(p1);
        }
        let mut changes: BTreeMap<HgPathBuf, Option<(Node, FileFlags)>> = BTreeMap::new();
        for path in status.removed.iter().chain(&status.deleted) {
            changes.insert(path.clone(), None);
        }
        for (paths, node) in [(&status.modified, MODIFIED_NODE), (&status.added, ADDED_NODE)] {
            for path in paths {
                let flags = self.wdir.file_flags(path)?.unwrap_or_default();
                changes.insert(path.clone(), Some((node, flags)));
            }
        }
        if nested {
            // What the nested repositories are at is not what the file says.
            let modified = (MODIFIED_NODE, FileFlags::Regular);
            changes.entry(state.to_owned()).or_insert(Some(modified));
        }
        let (text, _) = hg_store::manifest::apply_changes(p1.text(), &changes)?;
        let manifest = Manifest::new(Arc::new(text));
        Ok(Arc::new(manifest.map_err(|error| Error::storage(error.to_string()))?))
    }

    fn base_manifest(&self, local: &Arc<Manifest>) -> Result<Arc<Manifest>> {
        if self.overwrite {
            return Ok(local.clone());
        }
        manifest_of(&self.repo, &self.cl.node(self.ancestor))
    }

    fn copies(
        &mut self,
        local: &Manifest,
        other: &Manifest,
        base: &Manifest,
    ) -> Result<MergeCopies> {
        let wanted = self.repo.config().get_bool_or("merge", "followcopies", true)?;
        let plain_update = !self.options.branch_merge && !self.has_own_changes()?;
        if self.overwrite || self.ancestor.is_null() || plain_update || !wanted {
            return Ok(MergeCopies::default());
        }
        let recorded = self.wdir.dirstate().copies()?.into_iter().collect();
        let files = local.paths().map(HgPath::to_owned).collect();
        let working = WorkingSide { p1: self.revs[0], copies: recorded, files: Arc::new(files) };
        let local = Traced { side: Side::Working(working), manifest: local };
        let other = Traced { side: Side::Revision(self.revs[1]), manifest: other };
        merge_copies(&self.repo, &local, &other, self.ancestor, base, self.interaction)
    }

    /// The plan, and the ancestors that its merges start from.
    fn plan(&mut self, local: &Arc<Manifest>, other: &Manifest) -> Result<(Plan, Vec<Base>)> {
        let ancestors = self.bidding_ancestors()?;
        if ancestors.len() < 2 {
            let (plan, base) = self.plan_from(local, other)?;
            return Ok((plan, vec![base]));
        }
        let short =
            |rev: &Revision| String::from_utf8_lossy(&self.cl.node(*rev).short()).into_owned();
        let names: Vec<String> = ancestors.iter().map(short).collect();
        let (p1, p2) = (short(&self.revs[0]), short(&self.revs[1]));
        let names = names.join(" and ");
        let text = format!("note: merging {p1}+ and {p2} using bids from ancestors {names}\n");
        self.interaction.note(text.as_bytes());
        let (mut plans, mut bases) = (Vec::new(), Vec::new());
        for ancestor in ancestors {
            let text = format!("\ncalculating bids for ancestor {}\n", short(&ancestor));
            self.interaction.note(text.as_bytes());
            self.ancestor = ancestor;
            let (plan, base) = self.plan_from(local, other)?;
            for (path, bid) in &plan.actions {
                let letter = bid.action.bid_letters().as_bytes();
                let line = [b" ", path.as_bytes(), b": ", &bid.reason, b" -> ", letter, b"\n"];
                self.interaction.debug(&line.concat());
            }
            plans.push(plan);
            bases.push(base);
        }
        Ok((super::auction::hold(&plans, self.interaction), bases))
    }

    /// The best common ancestors, when all of them are to bid; chooses one of them otherwise
    /// (`merge.preferancestor`).
    fn bidding_ancestors(&mut self) -> Result<Vec<Revision>> {
        let own_choice = self.options.ancestor.is_none() && self.options.branch_merge;
        if !own_choice || self.overwrite {
            return Ok(Vec::new());
        }
        let mut heads = self.cl.common_ancestor_heads(&self.revs);
        heads.sort_by_key(|rev| self.cl.node(*rev));
        if heads.len() < 2 {
            return Ok(heads);
        }
        let preferred = self.repo.config().get_list("merge", "preferancestor");
        if preferred.iter().any(|name| name == b"*") {
            return Ok(heads);
        }
        let cl = self.cl;
        let chosen = preferred.iter().find_map(|name| {
            heads.iter().copied().find(|rev| {
                let hex = cl.node(*rev).hex();
                name.len() >= 4 && hex.starts_with(name) || rev.to_string().as_bytes() == &name[..]
            })
        });
        self.ancestor = chosen.unwrap_or(self.ancestor);
        let short = |rev: Revision| String::from_utf8_lossy(&cl.node(rev).short()).into_owned();
        let others = heads.iter().filter(|rev| **rev != self.ancestor);
        let others: Vec<String> = others.map(|rev| short(*rev)).collect();
        let text = format!(
            "note: using {} as ancestor of {} and {}\n      alternatively, use --config \
             merge.preferancestor={}\n",
            short(self.ancestor),
            short(self.revs[0]),
            short(self.revs[1]),
            others.join(" or ")
        );
        self.interaction.status(text.as_bytes());
        Ok(vec![self.ancestor])
    }

    fn plan_from(&mut self, local: &Arc<Manifest>, other: &Manifest) -> Result<(Plan, Base)> {
        let manifest = self.base_manifest(local)?;
        let copies = self.copies(local, other, &manifest)?;
        self.say_what();
        let plan = self.decide(local, other, &manifest, &copies);
        let p1 = self.wdir.dirstate().p1();
        let node = if self.overwrite { p1 } else { self.cl.node(self.ancestor) };
        Ok((plan, Base { node, manifest }))
    }

    fn decide(
        &self,
        local: &Manifest,
        other: &Manifest,
        base: &Manifest,
        copies: &MergeCopies,
    ) -> Plan {
        // Differences come in order.
        let [local_finder, other_finder, base_finder] =
            [local, other, base].map(|manifest| RefCell::new(manifest.finder()));
        let look = |finder: &RefCell<ManifestFinder>, path: &HgPath| {
            finder.borrow_mut().get(path).map(|entry| (entry.node, entry.flags))
        };
        let sides = Sides {
            local: &|path| look(&local_finder, path),
            other: &|path| look(&other_finder, path),
            ancestor: &|path| look(&base_finder, path),
            copies,
        };
        let differences = local.diff(other).into_iter().map(|difference| Difference {
            path: difference.path.to_owned(),
            local: difference.old,
            other: difference.new,
        });
        let options = CalculateOptions {
            branch_merge: self.options.branch_merge,
            force: self.options.force,
            accept_remote: self.overwrite,
        };
        calculate(differences, &sides, options)
    }

    /// Files that are gone from disk and from the target are no longer tracked.
    fn forget_removed(&mut self, plan: &mut Plan, target: &Manifest) -> Result<()> {
        let status = self.status()?;
        let gone: Vec<_> = status.deleted.iter().chain(&status.removed).cloned().collect();
        for path in gone {
            if !target.contains(&path) && !plan.actions.contains_key(&path) {
                plan.set(path, Action::Forget, "forget deleted");
            }
        }
        Ok(())
    }

    fn apply(
        &mut self,
        plan: &Plan,
        local: &Manifest,
        other: &Manifest,
        bases: &[Base],
    ) -> Result<UpdateStats> {
        let p1 = self.wdir.dirstate().p1();
        let labels = self.labels(&self.options.labels);
        let markers = if self.options.marker_labels.is_empty() {
            labels.clone()
        } else {
            self.labels(&self.options.marker_labels)
        };
        let context = MergeContext {
            repo: &self.repo,
            interaction: self.interaction,
            labels,
            marker_labels: markers,
            tool_failed: Cell::default(),
        };
        let mut state = match self.options.matcher {
            Some(_) => MergeState::read(&self.repo)?,
            None => MergeState::start(&self.repo, p1, self.target, &context.labels)?,
        };
        let versions = Versions {
            local: p1,
            other: self.target,
            bases,
            local_manifest: local,
            other_manifest: other,
        };
        let nested = NestedUpdate {
            other: self.target,
            ancestor: Some(self.cl.node(self.cl.ancestor(self.revs[0], self.revs[1]))),
            overwrite: self.overwrite,
            labels: [context.labels[0].clone(), context.labels[1].clone()],
        };
        let concerned = plan.actions.contains_key(HgPath::new(hg_format::substate::FILE_NAME));
        let repos = self.repo.nested().filter(|_| concerned);
        let nested_before = repos.map(|repos| repos.begin(&self.repo)).transpose()?;
        let mut applier = Applier {
            nested,
            nested_before,
            repo: &self.repo,
            context: &context,
            interaction: self.interaction,
            versions,
            state: &mut state,
            stats: UpdateStats::default(),
            finished: Vec::new(),
            written: Written::default(),
            total: 0,
            letters: BTreeSet::new(),
            branch_merge: self.options.branch_merge,
        };
        applier.apply(plan)?;
        let Applier { stats, finished, written, .. } = applier;
        self.record(plan, &finished, &written)?;
        Ok(stats)
    }

    fn labels(&self, given: &[Vec<u8>]) -> [Vec<u8>; 3] {
        let defaults: [&[u8]; 3] = if self.options.branch_merge {
            super::DEFAULT_LABELS
        } else {
            [b"working copy", b"destination", b"working copy parent"]
        };
        std::array::from_fn(|at| given.get(at).map_or(defaults[at], Vec::as_slice).to_vec())
    }

    /// Moves the parents and writes the dirstate.
    fn record(
        &mut self,
        plan: &Plan,
        finished: &[super::apply::Finished],
        written: &Written,
    ) -> Result<()> {
        let config = self.repo.config();
        if config.get_bool_or("devel", "update.abort-on-dirstate-change", false)? {
            return Err(Error::abort("simulated error while recording dirstate updates"));
        }
        // Taken after everything was written: what is as young as this could still change unseen.
        let clock = FileClock::now(&self.repo);
        let branch_merge = self.options.branch_merge;
        let partial = self.options.matcher.is_some() || self.options.keep_parents;
        // As they looked when they were written: what anybody did to them since will show.
        let look = |path: &HgPath| {
            let stat = written.stat(path)?;
            Some((metadata_of(stat), clock.and_then(|clock| clock.reliable(stat))))
        };
        let p1 = self.wdir.dirstate().p1();
        if !partial {
            let parents = if branch_merge { [p1, self.target] } else { [self.target, Node::NULL] };
            self.wdir.dirstate_mut().set_parents(parents[0], parents[1])?;
        }
        let mut recorder = Recorder { dirstate: self.wdir.dirstate_mut(), branch_merge };
        recorder.record(plan, &look)?;
        for done in finished {
            recorder.merged(&done.path, &done.merge, &done.settled)?;
        }
        self.wdir.write()?;
        if !branch_merge && !partial && !self.options.keep_branch {
            let branch = self.cl.entry(self.revs[1])?.branch();
            crate::branch::write(&self.repo, &branch)?;
        }
        self.clear_update_state()
    }

    fn clear_update_state(&self) -> Result<()> {
        self.repo.vfs().try_remove("updatestate")?;
        Ok(())
    }

    fn finish_hook(&self, unresolved: usize) -> Result<()> {
        let mut args = self.hook_args();
        args.push(("error".to_owned(), usize::from(unresolved > 0).to_string().into_bytes()));
        self.repo.hooks().run(&self.repo, "update", false, &args)?;
        Ok(())
    }

    fn warn_about_renames(&self, plan: &Plan) {
        let lists = [
            (&plan.diverged, "note: possible conflict - ", " was renamed multiple times to:\n"),
            (&plan.rename_deleted, "note: possible conflict - ", " was deleted and renamed to:\n"),
        ];
        for (list, before, after) in lists {
            for (source, targets) in list {
                let mut text = [before.as_bytes(), source.as_bytes(), after.as_bytes()].concat();
                for target in targets {
                    text.extend_from_slice(&[b" ", target.as_bytes(), b"\n"].concat());
                }
                self.interaction.warn(&text);
            }
        }
    }
}

/// Refuses plans that need more than taking or keeping one side.
fn check_no_conflict(plan: &Plan) -> Result<()> {
    let conflicts = plan.actions.values().any(|planned| {
        matches!(
            planned.action,
            Action::Merge(_) | Action::ChangedDeleted(_) | Action::DeletedChanged(_)
        )
    });
    if conflicts {
        let hint = "commit or update --clean to discard changes";
        return Err(Error::state("conflicting changes").hint(hint));
    }
    Ok(())
}
