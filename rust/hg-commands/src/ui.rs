//! The user: levels of output, buffers, labels, and (in submodules) colour, prompts, the editor,
//! the pager and progress.
//!
//! All methods take `&self`, so that libraries can report through a [`hg_types::Reporter`] from
//! any thread. Writing never fails at the call: the first failure is kept and [`Ui::check`] gives
//! it to loops that should stop early; the end of the run reports it.

mod charset;
mod color;
mod editor;
mod interaction;
mod pager;
mod progress;
mod prompt;
mod stream;
mod username;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::Host;
use hg_config::Config;
use hg_types::{Encoding, Error, ErrorKind, Reporter, Result};

pub use color::ColorMode;
pub use color::EFFECTS;
pub use editor::{EditOptions, IGNORED_LINE_PREFIX, strip_comments};
pub use prompt::Choices;
pub use stream::Streams;

use color::Palette;
use stream::Sink;

/// The user interface of one run.
pub struct Ui {
    config: RwLock<Arc<Config>>,
    sink: Mutex<Sink>,
    quiet: AtomicBool,
    verbose: AtomicBool,
    debug: AtomicBool,
    interrupted: AtomicBool,
    palette: RwLock<Arc<Palette>>,
    encoding: RwLock<Encoding>,
    encoding_name: RwLock<String>,
    progress: Mutex<progress::Bars>,
    pager: Mutex<pager::State>,
    host: Option<Arc<dyn Host>>,
}

impl Ui {
    /// A user interface that writes to `streams` as `config` says.
    pub fn new(config: Arc<Config>, streams: Streams) -> Result<Self> {
        let ui = Self {
            config: RwLock::new(config.clone()),
            sink: Mutex::new(Sink::new(streams)),
            quiet: AtomicBool::new(false),
            verbose: AtomicBool::new(false),
            debug: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            palette: RwLock::default(),
            encoding: RwLock::default(),
            encoding_name: RwLock::default(),
            progress: Mutex::default(),
            pager: Mutex::default(),
            host: None,
        };
        ui.reconfigure(config)?;
        Ok(ui)
    }

    /// Lets a host provide what extensions add.
    #[must_use]
    pub fn with_host(mut self, host: Option<Arc<dyn Host>>) -> Self {
        self.host = host;
        self
    }

    /// Whoever provides what extensions add.
    #[must_use]
    pub fn host(&self) -> Option<&Arc<dyn Host>> {
        self.host.as_ref()
    }

    /// What extensions add to the languages that ask the history.
    #[must_use]
    pub fn plugins(&self) -> Arc<hg_query::plugins::Plugins> {
        self.host.as_ref().map(|host| host.queries()).unwrap_or_default()
    }

    /// Takes over another configuration: levels and colours follow it.
    pub fn reconfigure(&self, config: Arc<Config>) -> Result<()> {
        let debug = config.get_bool("ui", "debug")?;
        let mut verbose = debug || config.get_bool("ui", "verbose")?;
        let mut quiet = !debug && config.get_bool("ui", "quiet")?;
        if verbose && quiet {
            (verbose, quiet) = (false, false);
        }
        self.debug.store(debug, Ordering::Relaxed);
        self.verbose.store(verbose, Ordering::Relaxed);
        self.quiet.store(quiet, Ordering::Relaxed);
        *write(&self.config) = config;
        Ok(())
    }

    /// The configuration.
    #[must_use]
    pub fn config(&self) -> Arc<Config> {
        read(&self.config).clone()
    }

    /// Changes the configuration for the rest of the run.
    pub fn set_config(&self, section: &str, name: &str, value: impl AsRef<[u8]>, source: &str) {
        let mut config = write(&self.config);
        Arc::make_mut(&mut config).set(section, name, value, source);
    }

    /// The current directory.
    #[must_use]
    pub fn cwd(&self) -> PathBuf {
        self.config().environment().cwd.clone()
    }

    /// The user's character set.
    #[must_use]
    pub fn encoding(&self) -> Encoding {
        *read(&self.encoding)
    }

    /// Sets the user's character set.
    pub fn set_encoding(&self, encoding: Encoding) {
        *write(&self.encoding) = encoding;
    }

    /// Whether only the essential is shown (`--quiet`).
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.quiet.load(Ordering::Relaxed)
    }

    /// Whether details are shown (`--verbose`).
    #[must_use]
    pub fn is_verbose(&self) -> bool {
        self.verbose.load(Ordering::Relaxed)
    }

    /// Whether inner workings are shown (`--debug`).
    #[must_use]
    pub fn is_debug(&self) -> bool {
        self.debug.load(Ordering::Relaxed)
    }

    /// Sets the levels by hand, for a part of a run.
    pub fn set_levels(&self, quiet: bool, verbose: bool, debug: bool) {
        self.quiet.store(quiet, Ordering::Relaxed);
        self.verbose.store(verbose, Ordering::Relaxed);
        self.debug.store(debug, Ordering::Relaxed);
    }

    /// Writes to standard output.
    pub fn write(&self, text: impl AsRef<[u8]>) {
        self.clear_progress();
        self.sink().write(text.as_ref());
    }

    /// Writes to standard output in the colours of `label` (space-separated labels).
    pub fn write_label(&self, text: impl AsRef<[u8]>, label: &str) {
        let palette = read(&self.palette).clone();
        if palette.is_off() {
            self.write(text);
        } else {
            self.write(palette.paint(text.as_ref(), label));
        }
    }

    /// `text` in the colours of `label`, for building a line before writing it.
    #[must_use]
    pub fn label(&self, text: &[u8], label: &str) -> Vec<u8> {
        read(&self.palette).paint(text, label)
    }

    /// Whether labels change what is written.
    #[must_use]
    pub fn is_colored(&self) -> bool {
        !read(&self.palette).is_off()
    }

    /// Writes unless `--quiet`.
    pub fn status(&self, text: impl AsRef<[u8]>) {
        if !self.is_quiet() {
            self.write_label(text, " ui.status");
        }
    }

    /// Writes with `--verbose`.
    pub fn note(&self, text: impl AsRef<[u8]>) {
        if self.is_verbose() {
            self.write_label(text, " ui.note");
        }
    }

    /// Writes with `--debug`.
    pub fn debug(&self, text: impl AsRef<[u8]>) {
        if self.is_debug() {
            self.write_label(text, " ui.debug");
        }
    }

    /// Writes a warning to standard error.
    pub fn warn(&self, text: impl AsRef<[u8]>) {
        self.write_error(text.as_ref(), " ui.warning");
    }

    /// Writes an error to standard error.
    pub fn error(&self, text: impl AsRef<[u8]>) {
        self.write_error(text.as_ref(), " ui.error");
    }

    /// Writes to standard error in the colours of `label`.
    pub fn write_error(&self, text: &[u8], label: &str) {
        self.clear_progress();
        let palette = read(&self.palette).clone();
        let text = if palette.is_off() { text.to_vec() } else { palette.paint(text, label) };
        self.sink().write_error(&text);
    }

    /// From now on output is collected instead of shown; warnings too when `errors`.
    pub fn push_buffer(&self, errors: bool) {
        self.sink().push_buffer(errors);
    }

    /// Ends the innermost [`Ui::push_buffer`] and returns what was collected.
    pub fn pop_buffer(&self) -> Vec<u8> {
        self.sink().pop_buffer()
    }

    /// Sends what is held back to the streams.
    pub fn flush(&self) {
        self.sink().flush();
    }

    /// Fails when output cannot be written any more, so that long commands can stop.
    pub fn check(&self) -> Result<()> {
        match self.sink().failure() {
            None => Ok(()),
            Some(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
                Err(Error::new(ErrorKind::BrokenPipe, "broken pipe"))
            }
            Some(error) => {
                let text = error.to_string();
                let text = text.split(" (os error").next().unwrap_or_default();
                Err(Error::new(ErrorKind::Io, text))
            }
        }
    }

    /// Asks long commands to stop.
    pub fn interrupt(&self) {
        self.interrupted.store(true, Ordering::Relaxed);
    }

    /// Whether standard input is a terminal (or `ui.interactive` says to act as if).
    #[must_use]
    pub fn is_interactive(&self) -> bool {
        match self.config().find_bool("ui", "interactive") {
            Ok(Some(interactive)) => interactive,
            _ => self.sink().streams().input_is_terminal,
        }
    }

    /// Whether standard output is a terminal (or `ui.formatted` says to act as if).
    #[must_use]
    pub fn is_formatted(&self) -> bool {
        match self.config().find_bool("ui", "formatted") {
            Ok(Some(formatted)) => formatted,
            _ => self.sink().streams().output_is_terminal,
        }
    }

    /// Columns of the terminal.
    #[must_use]
    pub fn terminal_width(&self) -> usize {
        let config = self.config();
        let columns = config.environment().var("COLUMNS").and_then(hg_config::value::parse_int);
        match columns.and_then(|columns| usize::try_from(columns).ok()).filter(|&n| n > 0) {
            Some(columns) => columns,
            None => stream::terminal_columns().unwrap_or(80),
        }
    }

    fn sink(&self) -> MutexGuard<'_, Sink> {
        self.sink.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Reporter for Ui {
    fn warn(&self, text: &[u8]) {
        Self::warn(self, text);
    }
    fn status(&self, text: &[u8]) {
        Self::status(self, text);
    }
    fn note(&self, text: &[u8]) {
        Self::note(self, text);
    }
    fn debug(&self, text: &[u8]) {
        Self::debug(self, text);
    }
    fn progress(
        &self,
        topic: &str,
        position: Option<u64>,
        item: &[u8],
        unit: &str,
        total: Option<u64>,
    ) {
        self.show_progress(topic, position, item, unit, total);
    }
    fn is_verbose(&self) -> bool {
        Self::is_verbose(self)
    }
    fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || self.sink().failure().is_some()
    }
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
