//! What the runs of a command server have in common with the server.

use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use hg_config::Config;

/// What holds for every run of a server, below what the run itself says.
#[derive(Clone)]
pub struct Base {
    /// The server's configuration: what was set for the server holds for its runs.
    pub settings: Arc<Config>,
    /// `-R` of the server, for runs that name neither a repository nor a directory.
    pub repository: Option<Vec<u8>>,
    /// Where a run that only Python can do leaves the interpreter that it needs.
    pub(crate) needs_python: Arc<OnceLock<PathBuf>>,
}

impl Base {
    /// What the runs of a server with this configuration and repository have in common.
    #[must_use]
    pub fn new(settings: Arc<Config>, repository: Option<Vec<u8>>) -> Self {
        Self { settings, repository, needs_python: Arc::default() }
    }

    /// The interpreter that the run needs, if it could not be done here.
    #[must_use]
    pub fn needs_python(&self) -> Option<&Path> {
        self.needs_python.get().map(PathBuf::as_path)
    }
}
