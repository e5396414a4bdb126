//! The changes of changesets against their first parents, for `log -p` and its relatives.

use std::rc::Rc;

use hg_match::Matcher;
use hg_query::template::Changeset;
use hg_store::Repo;
use hg_types::{Result, Revision};

use super::{Comparison, DiffStyle};
use crate::changeset_display::Differ;
use crate::log::FollowedLines;
use crate::{Opts, Ui};

/// Shows the changes of changesets.
pub struct ChangesetDiffer {
    repo: Repo,
    style: DiffStyle,
    stat_style: DiffStyle,
    data_style: DiffStyle,
    files: Box<dyn Fn(Revision) -> Result<Matcher>>,
    lines: Option<Rc<FollowedLines>>,
    stat: bool,
    patch: bool,
}

impl ChangesetDiffer {
    /// A differ as `--patch`, `--stat` and the diff options of a command ask; `None` when they
    /// ask for none. `files` tells which files of a changeset to show.
    ///
    /// # Errors
    /// When an option is malformed.
    pub fn from_opts(
        ui: &Ui,
        repo: &Repo,
        opts: &Opts,
        files: Box<dyn Fn(Revision) -> Result<Matcher>>,
    ) -> Result<Option<Self>> {
        let stat = opts.flag("stat");
        let patch = opts.flag("patch") || (!stat && (opts.flag("git") && opts.given("patch")));
        if !stat && !patch {
            return Ok(None);
        }
        let style = DiffStyle::from_opts(ui, opts)?;
        let mut stat_style = DiffStyle::from_opts(ui, opts)?;
        stat_style.options.context = 0;
        stat_style.options.noprefix = false;
        // Programs want patches that they can read back.
        let mut data_style = DiffStyle::from_opts(ui, opts)?;
        data_style.options.noprefix = false;
        data_style.options.nobinary = false;
        Ok(Some(Self {
            repo: repo.clone(),
            style,
            stat_style,
            data_style,
            files,
            lines: None,
            stat,
            patch,
        }))
    }

    /// Shows only changes that touch these lines.
    #[must_use]
    pub fn with_lines(self, lines: Option<Rc<FollowedLines>>) -> Self {
        Self { lines, ..self }
    }

    fn comparison(&self, ui: &Ui, changeset: &Changeset) -> Result<Comparison> {
        let rev = changeset.rev();
        let parents = changeset.parents();
        let matcher = (self.files)(rev)?;
        let with_copies = self.style.options.git;
        let mut comparison =
            Comparison::of_change(ui, &self.repo, (rev, parents), &matcher, with_copies)?;
        if let Some(lines) = self.lines.clone() {
            comparison.keep_hunks(Box::new(move |path, hunk| lines.touched_by(rev, path, hunk)));
        }
        Ok(comparison)
    }
}

impl Differ for ChangesetDiffer {
    fn has_stat(&self) -> bool {
        self.stat
    }

    fn has_patch(&self) -> bool {
        self.patch
    }

    fn write_stat(&self, ui: &Ui, changeset: &Changeset, graph_width: usize) -> Result<()> {
        let width = ui.terminal_width().saturating_sub(graph_width);
        self.stat_style.write_stat(ui, &self.comparison(ui, changeset)?, width)
    }

    fn write_patch(&self, ui: &Ui, changeset: &Changeset) -> Result<()> {
        self.style.write(ui, &self.comparison(ui, changeset)?)
    }

    fn patch(&self, ui: &Ui, changeset: &Changeset) -> Result<Vec<u8>> {
        self.data_style.to_bytes(&self.comparison(ui, changeset)?, ui.is_debug())
    }
}
