//! How libraries speak to whoever called them, without touching a stream.

/// Receives what a library operation has to say. All texts are bytes, complete with newlines.
pub trait Reporter: Sync {
    /// A warning for the user (standard error).
    fn warn(&self, text: &[u8]);
    /// What was done (standard output; not shown with `--quiet`).
    fn status(&self, text: &[u8]);
    /// Details (standard output; shown with `--verbose`).
    fn note(&self, text: &[u8]);
    /// Inner workings (standard output; shown with `--debug`).
    fn debug(&self, text: &[u8]);
    /// Progress of `topic`: `position` of `total` in `unit`s. `None` as position ends the topic.
    fn progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    );
    /// Whether [`Reporter::note`] shows anything.
    fn is_verbose(&self) -> bool {
        false
    }
    /// Whether [`Reporter::status`] shows nothing.
    fn is_quiet(&self) -> bool {
        false
    }
    /// Whether the user asked to stop; long loops poll this.
    fn interrupted(&self) -> bool {
        false
    }
}

/// A [`Reporter`] that drops everything, for embedders and tests.
#[derive(Clone, Copy, Default, Debug)]
pub struct Silent;

impl Reporter for Silent {
    fn warn(&self, _: &[u8]) {}
    fn status(&self, _: &[u8]) {}
    fn note(&self, _: &[u8]) {}
    fn debug(&self, _: &[u8]) {}
    fn progress(&self, _: &str, _: Option<u64>, _: &[u8], _: &str, _: Option<u64>) {}
}

/// A program to run on the user's behalf.
#[derive(Clone, Debug)]
pub struct ShellCommand<'a> {
    /// The shell command.
    pub command: &'a [u8],
    /// Variables to add to the environment.
    pub environment: &'a [(Vec<u8>, Vec<u8>)],
    /// The directory to run it in.
    pub directory: &'a std::path::Path,
}

/// Asks the user and runs programs, for operations that cannot decide alone.
pub trait Interaction: Reporter {
    /// Puts a question and gives the number of the answer. The prompt carries its choices:
    /// `question$$ &Yes $$ &No`, where `&` marks the key. Without anybody to ask, gives `default`.
    ///
    /// # Errors
    /// When the user cancels.
    fn choose(&self, prompt: &[u8], default: usize) -> crate::Result<usize>;

    /// Runs a shell command on the user's terminal and gives its exit code.
    ///
    /// # Errors
    /// When it cannot be started.
    fn run_shell(&self, command: &ShellCommand<'_>) -> crate::Result<i32>;

    /// Finds a program by name as the shell would, or checks that a path is one.
    fn find_program(&self, name: &[u8]) -> Option<std::path::PathBuf>;
}

/// Nobody to ask: defaults are taken and no program is run.
impl Interaction for Silent {
    fn choose(&self, _: &[u8], default: usize) -> crate::Result<usize> {
        Ok(default)
    }

    fn run_shell(&self, _: &ShellCommand<'_>) -> crate::Result<i32> {
        Err(crate::Error::abort("no program can be run here"))
    }

    fn find_program(&self, _: &[u8]) -> Option<std::path::PathBuf> {
        None
    }
}
