//! Where plugins reach in: whoever embeds the dispatcher (the Python door) installs a [`Host`].
//!
//! Seams so far: loading extensions, running commands they add, and what they add to revsets, filesets and templates. A run without host costs one branch.

use std::sync::Arc;

use hg_query::plugins::Plugins;
use hg_types::Result;

use crate::spec::{Category, Need, Opt, Spec};
use crate::{Command, CommandContext, Ui};

/// An extension that the configuration enables: its name and where it is, as configured.
pub type ExtensionSource = (Vec<u8>, Vec<u8>);

/// Loads extensions and runs what they add.
pub trait Host: Send + Sync {
    /// Loads extensions; what cannot be loaded is told to the user and left out.
    ///
    /// # Errors
    /// When an extension refuses to go on.
    fn load(&self, ui: &Arc<Ui>, extensions: &[ExtensionSource]) -> Result<()>;

    /// The commands that extensions have added.
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
    /// The options.
    pub options: Vec<Opt>,
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
        let spec = Spec {
            names: keep(self.names),
            summary: keep(self.summary),
            synopsis: keep(self.synopsis),
            category: Category::None,
            need,
            extension: keep(self.extension),
            options: Vec::leak(self.options),
        };
        Box::leak(Box::new(Command {
            spec: Box::leak(Box::new(spec)),
            help: keep(self.help),
            run: run_in_host,
        }))
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
