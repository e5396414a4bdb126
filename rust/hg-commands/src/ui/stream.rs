//! Where output goes: buffers, standard output in large pieces, standard error at once.

use std::fs::File;
use std::io::{BufRead, BufReader, IsTerminal as _, Read, Write};
use std::os::fd::{AsFd, OwnedFd};

use super::messages::{Message, Messages};

/// How much output is held back before it goes to a stream that is no terminal.
const BUFFER_SIZE: usize = 64 << 10;

/// The three streams of a run.
pub struct Streams {
    /// What the user types.
    pub input: Box<dyn BufRead + Send>,
    /// Results.
    pub output: Box<dyn Write + Send>,
    /// Warnings and errors.
    pub errors: Box<dyn Write + Send>,
    /// Whether `input` is a terminal.
    pub input_is_terminal: bool,
    /// Whether `output` is a terminal.
    pub output_is_terminal: bool,
    /// Whether `errors` is a terminal.
    pub errors_is_terminal: bool,
    /// Whether these are no descriptors of the process: programs that are started have no input, and
    /// what they print is passed on.
    pub captured: bool,
    /// Whoever takes messages in parts instead of texts, with `ui.message-output=channel`.
    pub messages: Option<Box<dyn Messages>>,
}

impl Streams {
    /// The streams of this process.
    #[must_use]
    pub fn of_process() -> Self {
        let (input, output, errors) = (std::io::stdin(), std::io::stdout(), std::io::stderr());
        let reader: Box<dyn Read + Send> = match duplicate(&input) {
            Some(file) => Box::new(file),
            None => Box::new(std::io::empty()),
        };
        Self {
            input: Box::new(BufReader::new(reader)),
            output: writer(&output),
            errors: writer(&errors),
            input_is_terminal: input.is_terminal(),
            output_is_terminal: output.is_terminal(),
            errors_is_terminal: errors.is_terminal(),
            captured: false,
            messages: None,
        }
    }
}

/// A file over the same descriptor, free of the standard library's line buffering.
fn duplicate(stream: &impl AsFd) -> Option<File> {
    let descriptor: OwnedFd = stream.as_fd().try_clone_to_owned().ok()?;
    Some(File::from(descriptor))
}

fn writer(stream: &impl AsFd) -> Box<dyn Write + Send> {
    match duplicate(stream) {
        Some(file) => Box::new(file),
        None => Box::new(std::io::sink()),
    }
}

/// Columns of the terminal that shows errors or output, if there is one.
pub(super) fn terminal_columns() -> Option<usize> {
    let (size, _) = terminal_size::terminal_size()?;
    Some(usize::from(size.0)).filter(|&columns| columns > 0)
}

/// The streams with what is held back.
pub(super) struct Sink {
    streams: Streams,
    pending: Vec<u8>,
    failure: Option<std::io::Error>,
    /// Whether every line goes out at once.
    by_line: bool,
}

impl Sink {
    pub(super) fn new(streams: Streams) -> Self {
        let by_line = streams.output_is_terminal;
        Self { streams, pending: Vec::new(), failure: None, by_line }
    }

    pub(super) fn streams(&self) -> &Streams {
        &self.streams
    }

    /// Sends a message in parts, behind all output before it; says whether somebody took it.
    pub(super) fn send(&mut self, message: Message) -> bool {
        if self.streams.messages.is_none() {
            return false;
        }
        self.flush();
        self.streams.messages.as_mut().is_some_and(|messages| messages.send(message).is_ok())
    }

    pub(super) fn input(&mut self) -> &mut dyn BufRead {
        &mut *self.streams.input
    }

    pub(super) fn replace_output(&mut self, output: Box<dyn Write + Send>) {
        self.flush();
        self.streams.output = output;
    }

    /// Lets output follow errors from now on, line by line.
    pub(super) fn output_to_errors(&mut self) {
        self.replace_output(writer(&std::io::stderr()));
        self.by_line = true;
    }

    pub(super) fn replace_errors(&mut self, errors: Box<dyn Write + Send>) {
        self.streams.errors = errors;
    }

    pub(super) fn write(&mut self, text: &[u8]) {
        if self.failure.is_some() {
            return;
        }
        self.pending.extend_from_slice(text);
        let line_done = self.by_line && self.pending.ends_with(b"\n");
        if line_done || self.pending.len() >= BUFFER_SIZE {
            self.flush();
        }
    }

    pub(super) fn write_error(&mut self, text: &[u8]) {
        self.flush();
        // Nobody is left to hear that standard error is gone.
        let _ = self.streams.errors.write_all(text).and_then(|()| self.streams.errors.flush());
    }

    /// Shows a progress bar, past all buffers: what waits for a pipe goes on waiting.
    pub(super) fn write_progress(&mut self, text: &[u8]) {
        let _ = self.streams.errors.write_all(text).and_then(|()| self.streams.errors.flush());
    }

    pub(super) fn flush(&mut self) {
        if self.failure.is_none() {
            let written = self.streams.output.write_all(&self.pending);
            self.failure = written.and_then(|()| self.streams.output.flush()).err();
        }
        self.pending.clear();
    }

    pub(super) fn failure(&self) -> Option<&std::io::Error> {
        self.failure.as_ref()
    }
}
