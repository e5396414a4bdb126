//! What templates need from whoever renders them.

use std::sync::Arc;

use hg_config::Config;
use hg_types::{Clock, Encoding, Error, HgPathBuf, Result};

use super::changeset::Changeset;
use crate::plugins::Plugins;

/// How much the user wants to see.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug, Default)]
pub enum Verbosity {
    /// `--quiet`
    Quiet,
    /// Neither.
    #[default]
    Normal,
    /// `--verbose`
    Verbose,
    /// `--debug`
    Debug,
}

/// A file of a diffstat.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct StatLine {
    /// The path.
    pub path: Vec<u8>,
    /// Added lines.
    pub added: usize,
    /// Removed lines.
    pub removed: usize,
    /// Whether it has no lines.
    pub binary: bool,
}

/// Names and values of what is known of a location.
pub type SubOptions = Vec<(&'static str, Vec<u8>)>;

/// The user's side of a rendering.
pub trait Host {
    /// The configuration.
    fn config(&self) -> &Config;

    /// The user's character set.
    fn encoding(&self) -> Encoding {
        Encoding::default()
    }

    /// What plugins add to the languages.
    fn plugins(&self) -> Arc<Plugins> {
        Arc::default()
    }

    /// How much to show.
    fn verbosity(&self) -> Verbosity {
        Verbosity::Normal
    }

    /// Columns of the terminal.
    fn width(&self) -> usize {
        80
    }

    /// The user's clock.
    fn clock(&self) -> &dyn Clock;

    /// The user's clock, for those who keep it.
    fn shared_clock(&self) -> Arc<dyn Clock>;

    /// The text with the effects of a label, if there is colour.
    fn label(&self, text: Vec<u8>, label: &[u8]) -> Vec<u8> {
        let _ = label;
        text
    }

    /// The text without effects.
    fn without_effects(&self, text: &[u8]) -> Vec<u8> {
        text.to_vec()
    }

    /// Who the user is, in UTF-8.
    ///
    /// # Errors
    /// When nobody knows.
    fn username(&self) -> Result<Vec<u8>> {
        Ok(Vec::new())
    }

    /// How a changeset is drawn that `{graphnode}` stands for with this character.
    fn graph_sign(&self, node: u8) -> Vec<u8> {
        vec![node]
    }

    /// The environment variables that templates may see, for `{envvars}`.
    fn environment(&self) -> Vec<(Vec<u8>, Vec<u8>)> {
        Vec::new()
    }

    /// The names of `[paths]`, each with its locations: sub-options of a location, `url` first.
    ///
    /// # Errors
    /// When a location makes no sense.
    fn peer_urls(&self) -> Result<Vec<(Vec<u8>, Vec<SubOptions>)>> {
        Ok(Vec::new())
    }

    /// A repository path as the user would type it.
    fn display_path(&self, path: &[u8]) -> Vec<u8> {
        path.to_vec()
    }

    /// The changes of a changeset against its first parent as a patch, for files that match the patterns.
    ///
    /// # Errors
    /// When it cannot be made.
    fn diff(
        &self,
        changeset: &Changeset,
        include: Option<&[u8]>,
        exclude: Option<&[u8]>,
    ) -> Result<Vec<u8>> {
        let _ = (changeset, include, exclude);
        Err(Error::abort("template resource not available: diff"))
    }

    /// The files of a changeset that match a pattern as the user writes them, sorted.
    ///
    /// # Errors
    /// When the pattern is malformed.
    fn matching_files(&self, changeset: &Changeset, pattern: &[u8]) -> Result<Vec<HgPathBuf>> {
        let _ = (changeset, pattern);
        Err(Error::abort("template resource not available: matcher"))
    }

    /// Lines changed in each file against the first parent.
    ///
    /// # Errors
    /// When it cannot be made.
    fn diff_stat(&self, changeset: &Changeset) -> Result<Vec<StatLine>> {
        let _ = changeset;
        Err(Error::abort("template resource not available: diff"))
    }

    /// reStructuredText in the given style.
    ///
    /// # Errors
    /// When the style is unknown.
    fn rst(&self, text: &[u8], style: &[u8]) -> Result<Vec<u8>> {
        let _ = style;
        Ok(text.to_vec())
    }
}
