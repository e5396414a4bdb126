//! Diffs on the user's terminal: which two versions are compared, and how the result is written.

use hg_diff::stat::{self, FileStat};
use hg_diff::{DiffOptions, FileDiff, label};
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Clock as _, HgDate, HgPath, HgPathBuf, Result, Revision, parse_date};
use hg_vfs::SystemClock;
use hg_wdir::copies::{Copies, Side, path_copies};
use hg_wdir::diff::options::{DiffFlags, Features, from_config};
use hg_wdir::diff::remerge::Remerge;
use hg_wdir::diff::{Changes, DiffRequest, HunkFilter};
use hg_wdir::snapshot::{RevisionSnapshot, Snapshot, WorkingSnapshot};
use hg_wdir::{Status, StatusOptions, WorkingDir, status_against};

use crate::revision::Target;
use crate::{CommandContext, Opts, Ui};

mod changeset;

pub use changeset::ChangesetDiffer;

/// Two versions and what differs between them.
pub struct Comparison {
    old: Box<dyn Snapshot>,
    new: Box<dyn Snapshot>,
    changes: Changes,
    copies: Copies,
    keep: Option<Box<HunkFilter>>,
    /// What was named and cannot be looked at.
    pub bad: Vec<(HgPathBuf, Vec<u8>)>,
}

impl Comparison {
    /// Compares two versions; copies are traced when `with_copies`.
    ///
    /// # Errors
    /// When the store or the working directory cannot be read.
    pub fn new(
        ui: &Ui,
        repo: &Repo,
        [old, new]: [Target; 2],
        matcher: &Matcher,
        with_copies: bool,
    ) -> Result<Self> {
        let (status, sides) = match (old, new) {
            (Target::Changeset(old), Target::Changeset(new)) => {
                return Self::of_revisions(repo, [old, new], matcher, with_copies);
            }
            (Target::WorkingDirectory, Target::WorkingDirectory) => (Status::default(), None),
            (Target::Changeset(rev), _) | (_, Target::Changeset(rev)) => {
                let mut wdir = WorkingDir::open(repo)?;
                let status = working_status(&mut wdir, rev, matcher)?;
                (status, with_copies.then(|| wdir.copies_side()).transpose()?)
            }
        };
        let mut changes =
            Changes { modified: status.modified, added: status.added, removed: status.removed };
        if old == Target::WorkingDirectory {
            std::mem::swap(&mut changes.added, &mut changes.removed);
        }
        let copies = match (old, new, sides) {
            (Target::Changeset(rev), _, Some(working)) => {
                path_copies(repo, &Side::Revision(rev), &working, matcher)?
            }
            (_, Target::Changeset(rev), Some(working)) => {
                path_copies(repo, &working, &Side::Revision(rev), matcher)?
            }
            _ => Copies::new(),
        };
        let (old, new) = (snapshot(ui, repo, old)?, snapshot(ui, repo, new)?);
        Ok(Self { old, new, changes, copies, keep: None, bad: status.bad })
    }

    /// Compares two changesets.
    ///
    /// # Errors
    /// When the store cannot be read.
    pub fn of_revisions(
        repo: &Repo,
        [old, new]: [Revision; 2],
        matcher: &Matcher,
        with_copies: bool,
    ) -> Result<Self> {
        let before = RevisionSnapshot::new(repo, old)?;
        let after = RevisionSnapshot::new(repo, new)?;
        let changes = Changes::between(&before, &after, matcher);
        let copies = if with_copies && !changes.added.is_empty() {
            path_copies(repo, &Side::Revision(old), &Side::Revision(new), matcher)?
        } else {
            Copies::new()
        };
        let (old, new) = (Box::new(before), Box::new(after));
        Ok(Self { old, new, changes, copies, keep: None, bad: Vec::new() })
    }

    /// Compares what a merge would have made with what there is.
    ///
    /// # Errors
    /// When the store or the working directory cannot be read.
    pub fn remerged(
        ui: &Ui,
        repo: &Repo,
        merge: &Remerge,
        new: Target,
        matcher: &Matcher,
    ) -> Result<Self> {
        let known = Self::new(ui, repo, [Target::Changeset(merge.local), new], matcher, false)?;
        let (old, changes) = merge.compare(repo, &*known.new, &known.changes, matcher)?;
        Ok(Self { old: Box::new(old), changes, ..known })
    }

    /// What was before comes after.
    #[must_use]
    pub fn reversed(mut self) -> Self {
        std::mem::swap(&mut self.old, &mut self.new);
        std::mem::swap(&mut self.changes.added, &mut self.changes.removed);
        self
    }

    /// Compares a changeset with its first parent; with `diff.merge`, a merge is compared with what
    /// its parents make by themselves.
    ///
    /// # Errors
    /// When the store or the working directory cannot be read.
    pub fn of_change(
        ui: &Ui,
        repo: &Repo,
        (rev, parents): (Revision, [Revision; 2]),
        matcher: &Matcher,
        with_copies: bool,
    ) -> Result<Self> {
        let is_merge = !rev.is_wdir() && !parents[1].is_null();
        if is_merge && ui.config().get_bool("diff", "merge")? {
            let merge = Remerge::of_parents(repo, parents, now(ui)?)?;
            return Self::remerged(ui, repo, &merge, Target::Changeset(rev), matcher);
        }
        // Two times null would be nothing to compare: the working directory's parent is taken.
        let before = match rev.is_null() {
            true => repo.changelog()?.rev(&hg_wdir::parents(repo)?[0])?,
            false => parents[0],
        };
        let targets = [Target::of(before), Target::of(rev)];
        Self::new(ui, repo, targets, matcher, with_copies)
    }

    /// The files that differ.
    #[must_use]
    pub fn changes(&self) -> &Changes {
        &self.changes
    }

    /// Leaves out the other hunks.
    pub fn keep_hunks(&mut self, keep: Box<HunkFilter>) {
        self.keep = Some(keep);
    }

    /// Forgets copies from files that are not below a directory.
    pub fn keep_copies_below(&mut self, directory: &HgPath) {
        self.copies.retain(|_, source| source.is_below(directory));
    }

    /// How the difference is told.
    pub(crate) fn request<'a>(
        &'a self,
        options: &'a DiffOptions,
        show_path: Option<&'a dyn Fn(&HgPath) -> Vec<u8>>,
        full_ids: bool,
    ) -> DiffRequest<'a> {
        DiffRequest {
            old: &*self.old,
            new: &*self.new,
            changes: &self.changes,
            copies: &self.copies,
            options,
            full_ids,
            show_path,
            keep: self.keep.as_deref(),
        }
    }
}

fn working_status(wdir: &mut WorkingDir, rev: Revision, matcher: &Matcher) -> Result<Status> {
    let repo = wdir.repo().clone();
    let node = repo.changelog()?.node(rev);
    let status = if wdir.dirstate().p1() == node {
        wdir.status(matcher, StatusOptions::default())?
    } else {
        let manifest = hg_wdir::manifest_of(&repo, &node)?;
        status_against(wdir, &manifest, matcher, StatusOptions::default())?
    };
    // What is missing, and yet there when links are followed, is somebody else's.
    for path in &status.deleted {
        if repo.wvfs().lexists(path) {
            hg_vfs::check_links(repo.wvfs(), path.as_bytes())?;
        }
    }
    Ok(status)
}

fn snapshot(ui: &Ui, repo: &Repo, target: Target) -> Result<Box<dyn Snapshot>> {
    Ok(match target {
        Target::Changeset(rev) => Box::new(RevisionSnapshot::new(repo, rev)?),
        Target::WorkingDirectory => {
            Box::new(WorkingSnapshot::new(WorkingDir::open(repo)?, now(ui)?))
        }
    })
}

/// The date of the working directory: `devel.default-date`, or now.
pub(crate) fn now(ui: &Ui) -> Result<HgDate> {
    let config = ui.config();
    let clock = SystemClock::new(config.environment().var("TZ"));
    match config.get("devel", "default-date") {
        Some(text) => parse_date(text, &clock),
        None => Ok(clock.date()),
    }
}

/// Shows a path of the repository.
pub type ShowPath = Box<dyn Fn(&HgPath) -> Vec<u8>>;

/// How a diff is written.
pub struct DiffStyle {
    /// Format and comparison.
    pub options: DiffOptions,
    /// How paths are shown, when not from the root.
    pub paths: Option<ShowPath>,
}

impl DiffStyle {
    /// What the configuration and a command's options say.
    ///
    /// # Errors
    /// When a value is malformed.
    pub fn from_opts(ui: &Ui, opts: &Opts) -> Result<Self> {
        let config = ui.config();
        let options = from_config(&config, "diff", &flags(opts), Features::ALL, ui)?;
        Ok(Self { options, paths: None })
    }

    /// Shows paths relative to the current directory when `ui.relative-paths` asks for it.
    ///
    /// # Errors
    /// When the item is malformed.
    pub fn with_configured_paths(mut self, ctx: &CommandContext) -> Result<Self> {
        let repo = ctx.repo()?;
        let naming = crate::scope::Naming::configured(ctx, repo, false)?;
        self.paths = Some(Box::new(move |path| naming.name(path)));
        Ok(self)
    }

    /// Shows paths relative to a directory of the repository.
    #[must_use]
    pub fn below(mut self, directory: &HgPath) -> Self {
        if !directory.is_empty() {
            let start = directory.len() + 1;
            self.paths = Some(Box::new(move |path| {
                path.as_bytes().get(start..).unwrap_or_default().to_vec()
            }));
        }
        self
    }

    /// Writes a diff.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn write(&self, ui: &Ui, comparison: &Comparison) -> Result<()> {
        let colored = ui.is_colored();
        comparison.request(&self.options, self.paths.as_deref(), ui.is_debug()).for_each(|diff| {
            if colored {
                label::spans(&diff, &self.options, &mut |text, label| ui.write_label(text, label));
            } else {
                ui.write(diff.to_bytes());
            }
            ui.check()
        })
    }

    /// The diffs of all files.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn files(&self, comparison: &Comparison) -> Result<Vec<FileDiff>> {
        let mut out = Vec::new();
        comparison.request(&self.options, self.paths.as_deref(), false).for_each(|diff| {
            out.push(diff);
            Ok(())
        })?;
        Ok(out)
    }

    /// The diff as text.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn to_bytes(&self, comparison: &Comparison, debug: bool) -> Result<Vec<u8>> {
        comparison.request(&self.options, self.paths.as_deref(), debug).to_bytes()
    }

    /// Counts the changed lines of each file.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn stats(&self, comparison: &Comparison) -> Result<Vec<FileStat>> {
        let mut out = Vec::new();
        comparison.request(&self.options, self.paths.as_deref(), false).for_each(|diff| {
            out.push(FileStat::of(&diff));
            Ok(())
        })?;
        Ok(out)
    }

    /// Writes a histogram of the changed lines, at most `width` columns wide.
    ///
    /// # Errors
    /// When a file cannot be read.
    pub fn write_stat(&self, ui: &Ui, comparison: &Comparison, width: usize) -> Result<()> {
        let stats = self.stats(comparison)?;
        let encoding = ui.encoding();
        for (text, label) in stat::histogram(&stats, width, |name| encoding.width(name)) {
            ui.write_label(text, label);
        }
        Ok(())
    }
}

/// What the options of a command say about diffs, as far as it has them.
#[must_use]
pub fn flags(opts: &Opts) -> DiffFlags {
    let flag = |name| opts.tristate(name).filter(|_| opts.given(name));
    DiffFlags {
        git: flag("git"),
        text: flag("text"),
        binary: flag("binary"),
        nodates: flag("nodates"),
        noprefix: flag("noprefix"),
        show_function: flag("show-function"),
        ignore_space: flag("ignore-all-space"),
        ignore_space_amount: flag("ignore-space-change"),
        ignore_space_at_eol: flag("ignore-space-at-eol"),
        ignore_blank_lines: flag("ignore-blank-lines"),
        context: opts.nonempty("unified").map(<[u8]>::to_vec),
    }
}
