//! A command that can run, and what it gets when it does.

use std::sync::Arc;

use hg_config::Config;
use hg_repo::rewrite::Rewriting;
use hg_store::Repo;
use hg_types::{Clock as _, Error, HgDate, Result};

use crate::options::Opts;
use crate::spec::Spec;
use crate::{Formatter, Ui};

/// An entry of the command table.
#[derive(Clone, Copy, Debug)]
pub struct Command {
    /// Names, options, category.
    pub spec: &'static Spec,
    /// Text of `hg help NAME` below the summary, in the markup of [`crate::help`]; may be empty.
    pub help: &'static str,
    /// Does it; the result is the exit code.
    pub run: fn(&CommandContext) -> Result<i32>,
}

/// What a command works with.
pub struct CommandContext {
    /// The user.
    pub ui: Arc<Ui>,
    /// Option values by long name.
    pub opts: Opts,
    /// Values of the global options.
    pub globals: Opts,
    /// The arguments that are no options.
    pub args: Vec<Vec<u8>>,
    /// The command that runs.
    pub command: &'static Command,
    /// Further values for a changeset that is made, from extensions.
    pub(crate) extra: Vec<(Vec<u8>, Vec<u8>)>,
    pub(crate) repo: Option<Repo>,
    /// The way here, when a command has gone into a subrepository.
    pub(crate) within: Option<crate::nested::Within>,
}

impl CommandContext {
    /// The configuration that holds for this run.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        self.ui.config()
    }

    /// The current directory.
    #[must_use]
    pub fn cwd(&self) -> std::path::PathBuf {
        self.ui.cwd()
    }

    /// A formatter for this command, as `--template` asks.
    pub fn formatter(&self, topic: &'static str) -> Result<Formatter> {
        let template = self.opts.nonempty("template");
        Formatter::with_repo(&self.ui, self.repo.as_ref(), topic, template)
    }

    /// Runs the command.
    ///
    /// # Errors
    /// When it fails.
    pub fn run(&self) -> Result<i32> {
        if let Some(repo) = self.repo.as_ref().filter(|repo| repo.nested().is_none()) {
            repo.set_nested(crate::nested::subrepos(&self.ui, &self.globals, &self.opts));
        }
        let code = (self.command.run)(self)?;
        self.repo.as_ref().map_or(Ok(()), Repo::check_late)?;
        Ok(code)
    }

    /// As [`Self::formatter`], for what is not about history: templates cannot ask the repository.
    ///
    /// # Errors
    /// When `--template` is malformed.
    pub fn formatter_without_history(&self, topic: &'static str) -> Result<Formatter> {
        Formatter::with_repo(&self.ui, None, topic, self.opts.nonempty("template"))
    }

    /// The repository.
    pub fn repo(&self) -> Result<&Repo> {
        self.repo.as_ref().ok_or_else(|| {
            let cwd = self.cwd();
            let cwd = cwd.as_os_str().as_encoded_bytes();
            let parts = [b"no repository found in '", cwd, b"' (.hg not found)"];
            Error::input(parts.concat())
        })
    }

    /// The repository, when there is one.
    #[must_use]
    pub fn optional_repo(&self) -> Option<&Repo> {
        self.repo.as_ref()
    }

    /// Who makes a changeset: `--user`, or whoever runs the program; in UTF-8.
    ///
    /// # Errors
    /// When nobody is configured.
    pub fn user(&self) -> Result<Vec<u8>> {
        let local = match self.opts.nonempty("user") {
            Some(user) => user.to_vec(),
            None => self.ui.username()?,
        };
        Ok(self.ui.encoding().from_local(&local)?.into_owned())
    }

    /// When a changeset is made: `--date`, `devel.default-date`, or now.
    ///
    /// # Errors
    /// When the date cannot be read.
    pub fn date(&self) -> Result<HgDate> {
        let config = self.config();
        let given = self.opts.nonempty("date").or_else(|| config.get("devel", "default-date"));
        let given = given.filter(|date| !date.is_empty());
        let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
        match given {
            Some(text) => hg_types::parse_date(text, &clock),
            None => Ok(clock.date()),
        }
    }

    /// Who rewrites changesets and when, for obsolescence markers.
    ///
    /// # Errors
    /// When nobody is configured.
    pub fn rewriting(&self, operation: &'static str) -> Result<Rewriting> {
        let config = self.config();
        let user = match config.get("devel", "user.obsmarker") {
            Some(user) if !user.is_empty() => user.to_vec(),
            _ if self.repo()?.evolution("createmarkers")? => self.ui.username()?,
            // Without markers nobody has to be known.
            _ => Vec::new(),
        };
        let user = self.ui.encoding().from_local(&user)?.into_owned();
        let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
        let date = match config.get("devel", "default-date") {
            Some(text) => hg_types::parse_date(text, &clock)?,
            None => clock.date(),
        };
        let backup = config.get_bool_or("rewrite", "backup-bundle", true)?;
        Ok(Rewriting { operation, user, date, backup, note: None })
    }

    /// Fails with the usage of the command: its arguments are wrong.
    pub fn usage_error(&self) -> Error {
        crate::dispatch::usage_error(b"invalid arguments")
    }
}
