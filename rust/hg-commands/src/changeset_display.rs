//! Changesets as `log` and its relatives show them: lines of facts, a template, JSON or CBOR.
//!
//! ```ignore
//! let mut display = Displayer::new(ctx, DisplayOptions { copies, ..DisplayOptions::from_opts(&ctx.opts) })?;
//! for rev in revs {
//!     display.show(rev)?;
//! }
//! display.close()?;
//! ```

mod data;
mod fate;
mod host;
mod lines;
mod summary;
mod templated;

use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::spec::{Spec, available_styles};
use hg_query::template::{Changeset, History, Name, Value};
use hg_store::Repo;
use hg_types::{Error, Result, Revision};

use crate::{CommandContext, Opts, Ui};

pub use host::UiHost;
pub use lines::{changeset_id, changeset_labels, revision_id};
pub use summary::{by_template, one_line_summary};

use data::DataForm;
use templated::Templated;

/// What shows the changes of a changeset behind its facts: `--patch`, `--stat`.
pub trait Differ {
    /// Whether statistics are shown.
    fn has_stat(&self) -> bool;
    /// Whether the patch is shown.
    fn has_patch(&self) -> bool;
    /// Writes statistics; `graph_width` columns are taken by the graph.
    ///
    /// # Errors
    /// When the changes cannot be read.
    fn write_stat(&self, ui: &Ui, changeset: &Changeset, graph_width: usize) -> Result<()>;
    /// Writes the patch.
    ///
    /// # Errors
    /// When the changes cannot be read.
    fn write_patch(&self, ui: &Ui, changeset: &Changeset) -> Result<()>;
    /// The patch as programs want it.
    ///
    /// # Errors
    /// When the changes cannot be read.
    fn patch(&self, ui: &Ui, changeset: &Changeset) -> Result<Vec<u8>>;
}

/// How changesets are shown.
#[derive(Default)]
pub struct DisplayOptions {
    /// `--template`.
    pub template: Vec<u8>,
    /// A template given as it is, before everything else.
    pub literal: Option<Vec<u8>>,
    /// `--style`.
    pub style: Vec<u8>,
    /// `--copies`.
    pub copies: bool,
    /// What shows the changes, if wanted.
    pub differ: Option<Rc<dyn Differ>>,
}

impl DisplayOptions {
    /// What the options of a command say, as far as it has them.
    #[must_use]
    pub fn from_opts(opts: &Opts) -> Self {
        let text = |name| opts.bytes(name).unwrap_or_default().to_vec();
        Self {
            template: text("template"),
            style: text("style"),
            copies: opts.flag("copies"),
            ..Self::default()
        }
    }
}

/// Shows changesets one after the other.
pub struct Displayer {
    ui: Arc<Ui>,
    history: Rc<History>,
    form: Form,
    copies: bool,
    differ: Option<Rc<dyn Differ>>,
    /// The item of the changeset before, in a graph.
    held: Vec<u8>,
}

enum Form {
    Lines(lines::Names),
    Template(Box<Templated>),
    Data(Box<DataForm>),
}

impl Displayer {
    /// A displayer for a command's repository.
    ///
    /// # Errors
    /// When the template cannot be found or read.
    pub fn new(ctx: &CommandContext, options: DisplayOptions) -> Result<Self> {
        Self::of(&ctx.ui, ctx.repo()?, options)
    }

    /// A displayer that renders a template for each changeset.
    ///
    /// # Errors
    /// When the template is malformed.
    pub fn with_template(ui: &Arc<Ui>, repo: &Repo, template: &[u8]) -> Result<Self> {
        let literal = Some(template.to_vec());
        Self::of(ui, repo, DisplayOptions { literal, ..DisplayOptions::default() })
    }

    /// A displayer for any repository (a bundle's, a peer's).
    ///
    /// # Errors
    /// When the template cannot be found or read.
    pub fn of(ui: &Arc<Ui>, repo: &Repo, options: DisplayOptions) -> Result<Self> {
        let config = ui.config();
        if let Some(text) = options.literal {
            let spec = Spec::Literal(text);
            let templated = Templated::new(ui, repo, &spec, options.copies)?;
            return Ok(Self::with_form(ui, repo, Form::Template(Box::new(templated)), None));
        }
        let spec = Spec::for_changesets(&config, &ui.cwd(), &options.template, &options.style)?;
        let form = match &spec {
            Spec::List => {
                ui.write(available_styles());
                return Err(Error::abort("specify a template"));
            }
            Spec::None => Form::Lines(lines::Names::default()),
            Spec::Form(form @ ("json" | "cbor")) => {
                Form::Data(Box::new(DataForm::new(ui, repo, form)?))
            }
            Spec::FormOf(form, call) => {
                Form::Data(Box::new(DataForm::selecting(ui, repo, &spec, (form, call))?))
            }
            _ => Form::Template(Box::new(Templated::new(ui, repo, &spec, options.copies)?)),
        };
        let out = Self::with_form(ui, repo, form, options.differ);
        Ok(Self { copies: options.copies, ..out })
    }

    fn with_form(ui: &Arc<Ui>, repo: &Repo, form: Form, differ: Option<Rc<dyn Differ>>) -> Self {
        let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
        let history = History::new(repo.clone(), host);
        Self { ui: ui.clone(), history, form, copies: false, differ, held: Vec::new() }
    }

    /// Reads changesets that will be shown next.
    ///
    /// # Errors
    /// When one cannot be read.
    pub fn read_ahead(&self, revs: &[Revision]) -> Result<()> {
        let stored: Vec<Revision> =
            revs.iter().copied().filter(|rev| !rev.is_wdir() && !rev.is_null()).collect();
        self.history.read_ahead(&stored)
    }

    /// Shows a changeset.
    ///
    /// # Errors
    /// When it cannot be read or the template cannot be evaluated.
    pub fn show(&mut self, rev: Revision) -> Result<()> {
        self.show_with(rev, 0, Vec::new())
    }

    /// Shows a changeset beside a graph `graph_width` columns wide, with variables for templates.
    ///
    /// # Errors
    /// When it cannot be read or the template cannot be evaluated.
    pub fn show_with(
        &mut self,
        rev: Revision,
        graph_width: usize,
        variables: Vec<(Name, Value)>,
    ) -> Result<()> {
        let changeset = Rc::new(Changeset::open(&self.history, rev)?);
        let differ = self.differ.as_deref();
        match &mut self.form {
            Form::Lines(names) => {
                lines::show(&self.ui, names, &changeset, self.copies)?;
                if self.ui.is_quiet() {
                    return Ok(());
                }
                show_changes(&self.ui, differ, &changeset, graph_width)
            }
            Form::Template(templated) => {
                templated.show(&changeset, graph_width, variables)?;
                show_changes(&self.ui, differ, &changeset, graph_width)
            }
            Form::Data(data) => data.show(&changeset, self.copies, differ),
        }
    }

    /// The text of a changeset for a graph. What stands before changesets (a style's header) is written at once.
    /// An item of data is only complete when the next one begins: it stands one changeset further down.
    ///
    /// # Errors
    /// When it cannot be read or the template cannot be evaluated.
    pub fn render(
        &mut self,
        rev: Revision,
        graph_width: usize,
        variables: Vec<(Name, Value)>,
    ) -> Result<Vec<u8>> {
        if let Form::Template(templated) = &mut self.form {
            let changeset = Rc::new(Changeset::open(&self.history, rev)?);
            templated.show_header(&changeset, graph_width)?;
        }
        self.ui.push_buffer(false);
        let shown = self.show_with(rev, graph_width, variables);
        let text = self.ui.pop_buffer();
        shown?;
        match self.form {
            Form::Data(_) => Ok(std::mem::replace(&mut self.held, text)),
            _ => Ok(text),
        }
    }

    /// Writes what stands behind all changesets.
    ///
    /// # Errors
    /// When the template cannot be evaluated.
    pub fn close(self) -> Result<()> {
        match self.form {
            Form::Lines(_) => Ok(()),
            Form::Template(templated) => templated.close(),
            Form::Data(data) => {
                self.ui.write(self.held);
                data.close()
            }
        }
    }
}

fn show_changes(
    ui: &Ui,
    differ: Option<&dyn Differ>,
    changeset: &Changeset,
    graph_width: usize,
) -> Result<()> {
    let Some(differ) = differ else { return Ok(()) };
    if differ.has_stat() {
        differ.write_stat(ui, changeset, graph_width)?;
    }
    if differ.has_stat() && differ.has_patch() {
        ui.write("\n");
    }
    if differ.has_patch() {
        differ.write_patch(ui, changeset)?;
    }
    if differ.has_stat() || differ.has_patch() {
        ui.write("\n");
    }
    Ok(())
}
