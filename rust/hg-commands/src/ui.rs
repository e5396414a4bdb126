//! The user: levels of output, buffers, labels, and (in submodules) colour, prompts, the editor,
//! the pager and progress.
//!
//! All methods take `&self`, so that libraries can report through a [`hg_types::Reporter`] from
//! any thread. Writing never fails at the call: the first failure is kept and [`Ui::check`] gives
//! it to loops that should stop early; the end of the run reports it.

mod charset;
mod child;
mod color;
mod editor;
mod interaction;
mod messages;
mod overrides;
mod pager;
mod progress;
mod prompt;
mod stream;
mod username;

use std::path::PathBuf;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock};

use crate::Host;
use hg_config::Config;
use hg_types::{Encoding, Error, ErrorKind, HgDate, Reporter, Result};

pub use color::ColorMode;
pub use color::EFFECTS;
pub use editor::{EditOptions, IGNORED_LINE_PREFIX, strip_comments};
pub use messages::{Message, Messages, encode_cbor};
pub use overrides::{UiMethod, UiOverrides};
pub use prompt::Choices;
pub use stream::Streams;

use color::Palette;
use stream::Sink;

/// The user interface of one run.
pub struct Ui {
    config: RwLock<Arc<Config>>,
    sink: Arc<Mutex<Sink>>,
    /// Collected output, innermost last, and whether errors are collected too.
    buffers: Mutex<Vec<(Vec<u8>, bool)>>,
    buffering: AtomicUsize,
    quiet: AtomicBool,
    verbose: AtomicBool,
    debug: AtomicBool,
    interrupted: AtomicBool,
    stamping: AtomicBool,
    palette: RwLock<Arc<Palette>>,
    encoding: RwLock<Encoding>,
    encoding_name: RwLock<String>,
    progress: Mutex<progress::Bars>,
    pager: Mutex<pager::State>,
    host: Option<Arc<dyn Host>>,
    overrides: RwLock<Option<Arc<dyn UiOverrides>>>,
    overridden: AtomicU32,
    destination: RwLock<messages::Destination>,
    /// What went wrong where nothing could be undone any more; ends the command.
    late_failure: Mutex<Option<Error>>,
}

impl Ui {
    /// A user interface that writes to `streams` as `config` says.
    pub fn new(config: Arc<Config>, streams: Streams) -> Result<Self> {
        let ui = Self {
            config: RwLock::new(config.clone()),
            sink: Arc::new(Mutex::new(Sink::new(streams))),
            buffers: Mutex::default(),
            buffering: AtomicUsize::new(0),
            quiet: AtomicBool::new(false),
            verbose: AtomicBool::new(false),
            debug: AtomicBool::new(false),
            interrupted: AtomicBool::new(false),
            stamping: AtomicBool::new(false),
            palette: RwLock::default(),
            encoding: RwLock::default(),
            encoding_name: RwLock::default(),
            progress: Mutex::default(),
            pager: Mutex::default(),
            host: None,
            overrides: RwLock::default(),
            overridden: AtomicU32::new(0),
            destination: RwLock::default(),
            late_failure: Mutex::default(),
        };
        ui.reconfigure(config)?;
        Ok(ui)
    }

    /// A user interface of its own (configuration, levels, buffers) over the same streams.
    #[must_use]
    pub fn copy(&self) -> Self {
        let flag = |flag: &AtomicBool| AtomicBool::new(flag.load(Ordering::Relaxed));
        Self {
            config: RwLock::new(self.config()),
            sink: Arc::clone(&self.sink),
            buffers: Mutex::default(),
            buffering: AtomicUsize::new(0),
            quiet: flag(&self.quiet),
            verbose: flag(&self.verbose),
            debug: flag(&self.debug),
            interrupted: AtomicBool::new(false),
            stamping: flag(&self.stamping),
            palette: RwLock::new(read(&self.palette).clone()),
            encoding: RwLock::new(self.encoding()),
            encoding_name: RwLock::new(read(&self.encoding_name).clone()),
            progress: Mutex::default(),
            pager: Mutex::default(),
            host: self.host.clone(),
            overrides: RwLock::default(),
            overridden: AtomicU32::new(0),
            destination: RwLock::new(self.destination()),
            late_failure: Mutex::default(),
        }
    }

    /// Lets a host provide what extensions add.
    #[must_use]
    pub fn with_host(mut self, host: Option<Arc<dyn Host>>) -> Self {
        self.host = host;
        self
    }

    /// Has the command end with a failure, although what it did stays; the first one counts.
    pub(crate) fn fail_later(&self, failure: Error) {
        let mut kept = self.late_failure.lock().unwrap_or_else(PoisonError::into_inner);
        kept.get_or_insert(failure);
    }

    /// What the command has to end with.
    pub(crate) fn late_failure(&self) -> Option<Error> {
        self.late_failure.lock().unwrap_or_else(PoisonError::into_inner).take()
    }

    /// Whoever provides what extensions add.
    #[must_use]
    pub fn host(&self) -> Option<&Arc<dyn Host>> {
        self.host.as_ref()
    }

    /// What extensions add to the languages that ask the history.
    #[must_use]
    pub fn plugins(&self) -> Arc<hg_query::plugins::Plugins> {
        let plugins = self.host.as_ref().map(|host| host.queries()).unwrap_or_default();
        if !crate::commands::mq::setup::is_on(&self.config()) {
            return plugins;
        }
        let mut plugins = (*plugins).clone();
        crate::commands::mq::setup::add_queries(&mut plugins);
        Arc::new(plugins)
    }

    /// Takes over another configuration: levels and colours follow it.
    pub fn reconfigure(&self, config: Arc<Config>) -> Result<()> {
        let debug = config.get_bool("ui", "debug")?;
        let mut verbose = debug || config.get_bool("ui", "verbose")?;
        let mut quiet = !debug && config.get_bool("ui", "quiet")?;
        if verbose && quiet {
            (verbose, quiet) = (false, false);
        }
        let stamps = config.get_bool("ui", "timestamp-output")?;
        self.stamping.store(stamps, Ordering::Relaxed);
        self.debug.store(debug, Ordering::Relaxed);
        self.verbose.store(verbose, Ordering::Relaxed);
        self.quiet.store(quiet, Ordering::Relaxed);
        let destination = messages::Destination::of(&config);
        *write(&self.config) = config;
        *write(&self.destination) = destination?;
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

    /// Whether messages say when they were written.
    fn stamps(&self) -> bool {
        self.stamping.load(Ordering::Relaxed)
    }

    fn destination(&self) -> messages::Destination {
        *read(&self.destination)
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
        self.show(UiMethod::Write, text.as_ref(), "");
    }

    /// Shows a message as the original methods do: what replacements build upon.
    pub fn show_plainly(&self, method: UiMethod, text: &[u8], label: &str) {
        let wanted = match method {
            UiMethod::Status => !self.is_quiet(),
            UiMethod::Note => self.is_verbose(),
            UiMethod::Debug => self.is_debug(),
            _ => true,
        };
        if !wanted {
            return;
        }
        let destination = self.destination();
        if destination == messages::Destination::Program && self.send_message(method, text, label) {
            return;
        }
        let errors = match method {
            UiMethod::Warn | UiMethod::Error | UiMethod::WriteError => true,
            UiMethod::Status | UiMethod::Note | UiMethod::Debug => {
                destination != messages::Destination::Streams
            }
            _ => false,
        };
        self.clear_progress();
        let stamped;
        let text = if method.is_message() && self.stamps() {
            stamped = stamp(text);
            &stamped
        } else {
            text
        };
        let palette = read(&self.palette).clone();
        let painted;
        let text = if label.is_empty() || palette.is_off() {
            text
        } else {
            painted = palette.paint(text, label);
            &painted
        };
        if self.buffering.load(Ordering::Relaxed) > 0 && self.collect(text, errors) {
            return;
        }
        if errors { self.sink().write_error(text) } else { self.sink().write(text) }
    }

    /// Puts output into the innermost buffer, if it takes such output.
    fn collect(&self, text: &[u8], errors: bool) -> bool {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        match buffers.last_mut() {
            Some((buffer, takes_errors)) if !errors || *takes_errors => {
                buffer.extend_from_slice(text);
                true
            }
            _ => false,
        }
    }

    /// Writes to standard output in the colours of `label` (space-separated labels).
    pub fn write_label(&self, text: impl AsRef<[u8]>, label: &str) {
        self.show(UiMethod::Write, text.as_ref(), label);
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
        self.show(UiMethod::Status, text.as_ref(), " ui.status");
    }

    /// Writes unless `--quiet`, in the colours of `label` and of every status message.
    pub fn status_label(&self, text: impl AsRef<[u8]>, label: &str) {
        self.show(UiMethod::Status, text.as_ref(), &format!("{label} ui.status"));
    }

    /// Writes with `--verbose`.
    pub fn note(&self, text: impl AsRef<[u8]>) {
        self.show(UiMethod::Note, text.as_ref(), " ui.note");
    }

    /// Writes with `--debug`.
    pub fn debug(&self, text: impl AsRef<[u8]>) {
        self.show(UiMethod::Debug, text.as_ref(), " ui.debug");
    }

    /// Writes a warning to standard error.
    pub fn warn(&self, text: impl AsRef<[u8]>) {
        self.show(UiMethod::Warn, text.as_ref(), " ui.warning");
    }

    /// Writes an error to standard error.
    pub fn error(&self, text: impl AsRef<[u8]>) {
        self.show(UiMethod::Error, text.as_ref(), " ui.error");
    }

    /// Writes to standard error in the colours of `label`.
    pub fn write_error(&self, text: &[u8], label: &str) {
        self.show(UiMethod::WriteError, text, label);
    }

    /// From now on output is collected instead of shown; warnings too when `errors`.
    pub fn push_buffer(&self, errors: bool) {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        buffers.push((Vec::new(), errors));
        self.buffering.store(buffers.len(), Ordering::Relaxed);
    }

    /// Ends the innermost [`Ui::push_buffer`] and returns what was collected.
    pub fn pop_buffer(&self) -> Vec<u8> {
        let mut buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        let collected = buffers.pop().map(|(buffer, _)| buffer).unwrap_or_default();
        self.buffering.store(buffers.len(), Ordering::Relaxed);
        collected
    }

    /// Whether everything is collected, whatever stream it is meant for.
    fn collects_errors(&self) -> bool {
        let buffers = self.buffers.lock().unwrap_or_else(PoisonError::into_inner);
        buffers.last().is_some_and(|(_, errors)| *errors)
    }

    /// Lets output follow errors from now on: standard output belongs to a protocol.
    pub fn output_to_errors(&self) {
        self.sink().output_to_errors();
    }

    /// Nobody hears anything from now on.
    pub fn streams_to_nowhere(&self) {
        let mut sink = self.sink();
        sink.replace_output(Box::new(std::io::sink()));
        sink.replace_errors(Box::new(std::io::sink()));
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
        if !self.send_progress(topic, position, item, unit, total) {
            self.show_progress(topic, position, item, unit, total);
        }
    }
    fn is_verbose(&self) -> bool {
        Self::is_verbose(self)
    }
    fn is_quiet(&self) -> bool {
        Self::is_quiet(self)
    }
    fn interrupted(&self) -> bool {
        self.interrupted.load(Ordering::Relaxed) || self.sink().failure().is_some()
    }
}

/// A message with the time in front.
fn stamp(text: &[u8]) -> Vec<u8> {
    let now = std::time::SystemTime::now();
    let since = now.duration_since(std::time::UNIX_EPOCH).unwrap_or_default();
    let date = HgDate { seconds: i64::try_from(since.as_secs()).unwrap_or(0), offset: 0 };
    let micros = format!(".{:06}] ", since.subsec_micros());
    [b"[", &date.format(b"%Y-%m-%dT%H:%M:%S")[..], micros.as_bytes(), text].concat()
}

fn read<T>(lock: &RwLock<T>) -> std::sync::RwLockReadGuard<'_, T> {
    lock.read().unwrap_or_else(PoisonError::into_inner)
}

fn write<T>(lock: &RwLock<T>) -> std::sync::RwLockWriteGuard<'_, T> {
    lock.write().unwrap_or_else(PoisonError::into_inner)
}
