//! Where plugins reach in: whoever embeds the dispatcher (the Python door) installs a [`Host`].
//!
//! Seams: loading extensions; commands that they add or replace; global options; the repository of a
//! run; hooks in Python; what they add to revsets, filesets and templates ([`hg_query::plugins`]); methods of
//! the user interface ([`crate::ui::UiOverrides`]); failures that are not ours. A run without host costs one
//! branch.

use std::sync::Arc;

use hg_query::plugins::Plugins;
use hg_store::{HookArgs, Repo};
use hg_types::{Error, Result};

use crate::spec::{Category, Need, Opt, Spec};
use crate::{Command, CommandContext, Ui};

/// An extension that the configuration enables: its name and where it is, as configured.
pub type ExtensionSource = (Vec<u8>, Vec<u8>);

/// A hook that a plugin runs.
pub struct HookCall<'a> {
    /// The user.
    pub ui: &'a Arc<Ui>,
    /// The repository, if there is one; it sees the running transaction.
    pub repo: Option<&'a Repo>,
    /// The hook point: `pretxncommit`.
    pub kind: &'a str,
    /// The name in the configuration: `pretxncommit.check`.
    pub name: &'a [u8],
    /// What the configuration says: `python:module.function`.
    pub action: &'a [u8],
    /// Whether a failure ends the operation.
    pub throw: bool,
    /// Arguments by name.
    pub args: &'a HookArgs,
}

/// What is known about a loaded extension.
#[derive(Clone, Debug, Default)]
pub struct Loaded {
    /// The name in the configuration.
    pub name: Vec<u8>,
    /// Its help: the first line sums it up.
    pub doc: Vec<u8>,
    /// Its version, empty when it says none.
    pub version: Vec<u8>,
    /// The versions it was tested with.
    pub tested_with: Vec<u8>,
    /// Where problems are reported.
    pub bug_link: Vec<u8>,
    /// The file it was read from.
    pub file: Vec<u8>,
}

impl Loaded {
    /// Whether it comes with this program.
    #[must_use]
    pub fn is_bundled(&self) -> bool {
        self.tested_with == b"ships-with-hg-core"
    }
}

/// Loads extensions and runs what they add.
pub trait Host: Send + Sync {
    /// Loads extensions; what cannot be loaded is told to the user and left out. Those in `native` are
    /// provided by this program.
    ///
    /// # Errors
    /// When an extension refuses to go on.
    fn load(&self, ui: &Arc<Ui>, extensions: &[ExtensionSource], native: &[String]) -> Result<()>;

    /// Looks at the configuration of a run once it is complete, before the command.
    ///
    /// # Errors
    /// When an extension refuses to go on.
    fn populate(&self, ui: &Arc<Ui>) -> Result<()> {
        let _ = ui;
        Ok(())
    }

    /// Sets up a repository that the run opened.
    ///
    /// # Errors
    /// When an extension refuses to go on.
    fn repository(&self, ui: &Arc<Ui>, repo: &Repo) -> Result<()> {
        let _ = (ui, repo);
        Ok(())
    }

    /// Runs a hook in Python; says whether it failed.
    ///
    /// # Errors
    /// With `throw`, when it fails.
    fn hook(&self, call: &HookCall<'_>) -> Result<bool> {
        let _ = call;
        Ok(false)
    }

    /// The command that does the work of a built-in one in the repository that was set up, where an
    /// extension has replaced the methods that the command stands for.
    fn reroute(&self, command: &'static Command) -> Option<&'static Command> {
        let _ = command;
        None
    }

    /// Tells the user about a failure that only the host understands; the exit code, if it did.
    fn report(&self, ui: &Ui, error: &Error) -> Option<i32> {
        let _ = (ui, error);
        None
    }

    /// Options that extensions add to every command.
    fn global_options(&self) -> Vec<&'static Opt> {
        Vec::new()
    }

    /// The loaded extensions, in loading order.
    fn loaded(&self) -> Vec<Loaded> {
        Vec::new()
    }

    /// The commands that extensions have added or replaced.
    fn commands(&self) -> Vec<&'static Command>;

    /// What extensions have added to the languages that ask the history.
    fn queries(&self) -> Arc<Plugins> {
        Arc::default()
    }

    /// Runs one of these commands.
    ///
    /// # Errors
    /// What the command fails with.
    fn run(&self, ctx: &CommandContext) -> Result<i32>;
}

/// The command line of a command that an extension adds.
#[derive(Clone, Debug, Default)]
pub struct AddedCommand {
    /// Name and aliases, separated by `|`.
    pub names: String,
    /// What follows `hg NAME` in help.
    pub synopsis: String,
    /// The first line of help.
    pub summary: String,
    /// The rest of help.
    pub help: String,
    /// The extension.
    pub extension: String,
    /// Runs without repository.
    pub norepo: bool,
    /// A repository is given when there is one.
    pub optionalrepo: bool,
    /// The repository may be found from file arguments.
    pub inferrepo: bool,
    /// Its place in help, as extensions name it (`commit`, `remote`, ...).
    pub category: String,
    /// The options.
    pub options: Vec<Opt>,
    /// The built-in command that it replaces: its help stays.
    pub replaces: Option<String>,
}

impl AddedCommand {
    /// Makes a table entry that lives as long as the process, as all entries do. Called once for each
    /// command of each extension.
    #[must_use]
    pub fn register(self) -> &'static Command {
        let need = if self.norepo {
            Need::NoRepo
        } else if self.optionalrepo {
            Need::Optional
        } else if self.inferrepo {
            Need::RepoOfFile
        } else {
            Need::Repo
        };
        let base = self.replaces.as_deref().and_then(|name| crate::spec::find(name.as_bytes()));
        let spec = match base {
            Some(base) => Spec {
                names: base.names,
                summary: base.summary,
                synopsis: base.synopsis,
                category: base.category,
                need: base.need,
                extension: base.extension,
                options: Vec::leak(self.options),
            },
            None => Spec {
                names: keep(self.names),
                summary: keep(self.summary),
                synopsis: keep(self.synopsis),
                category: category(&self.category),
                need,
                extension: keep(self.extension),
                options: Vec::leak(self.options),
            },
        };
        let original = base.and_then(|base| crate::dispatch::command(base.name().as_bytes()));
        Box::leak(Box::new(Command {
            spec: Box::leak(Box::new(spec)),
            help: original.map_or_else(|| keep(self.help), |original| original.help),
            run: run_in_host,
        }))
    }
}

/// The category that extensions call so.
fn category(name: &str) -> Category {
    match name {
        "repo" => Category::RepoCreation,
        "remote" => Category::Remote,
        "commit" => Category::Committing,
        "management" => Category::ChangeManagement,
        "organization" => Category::ChangeOrganization,
        "files" => Category::FileContents,
        "navigation" => Category::ChangeNavigation,
        "wdir" => Category::WorkingDirectory,
        "import" => Category::ImportExport,
        "maintenance" => Category::Maintenance,
        "help" => Category::Help,
        "misc" => Category::Misc,
        _ => Category::None,
    }
}

/// A text that lives as long as the process.
#[must_use]
pub fn keep(text: String) -> &'static str {
    String::leak(text)
}

fn run_in_host(ctx: &CommandContext) -> Result<i32> {
    match ctx.ui.host() {
        Some(host) => host.run(ctx),
        None => Err(hg_types::Error::abort("no extension is loaded that has this command")),
    }
}
