//! `hg serve --cmdserver`: runs the command lines that a program sends, one after the other, without
//! starting anew for each.
//!
//! The program writes `runcommand` and a frame with the arguments, or `getencoding`; what the command says
//! comes back in frames on channels: output, errors, debug output, messages in parts, requests for input, and at
//! last the exit code. Each run goes through the ordinary dispatcher and opens the repository itself, so that
//! nothing it sees is older than it.

mod channels;
mod python;
mod unix;

use std::io::BufRead as _;
use std::path::PathBuf;
use std::sync::Arc;

use hg_types::{Error, Result};

use crate::dispatch::Base;
use crate::{CommandContext, Request, Ui};

use channels::{Channels, MessageChannel};
use python::PythonServer;

/// Serves in the way that `--cmdserver` names.
///
/// # Errors
/// When there is no such way, or the program on the other side says something else than expected.
pub(crate) fn serve(ctx: &CommandContext, mode: &[u8]) -> Result<i32> {
    match mode {
        b"pipe" => Server::over_pipe(ctx)?.run(),
        b"unix" => unix::listen(ctx),
        _ => Err(Error::abort([b"unknown mode ", mode].concat())),
    }
}

/// A server and whoever it talks to.
struct Server {
    ui: Arc<Ui>,
    base: Base,
    channels: Channels,
    /// Where the server stands, and every run begins.
    cwd: PathBuf,
    /// The encoding for messages in parts.
    message_encoding: Option<Vec<u8>>,
    /// The arguments with which a server like this one is started.
    like_this: Vec<Vec<u8>>,
    python: Option<PythonServer>,
}

pub(crate) fn failed(what: &str) -> impl Fn(std::io::Error) -> Error {
    move |error| Error::abort(format!("{what}: {error}")).because(error)
}

impl Server {
    /// A server that talks over the standard streams, which then belong to it alone.
    fn over_pipe(ctx: &CommandContext) -> Result<Self> {
        let ui = ctx.ui.clone();
        let message_encoding = message_encoding(&ui)?;
        ui.output_to_errors();
        let input = hg_vfs::take_stdin().map_err(failed("cannot serve"))?;
        let output = hg_vfs::take_stdout().map_err(failed("cannot serve"))?;
        ui.set_config("ui", "nontty", "true", "commandserver");
        let repository = ctx.globals.nonempty("repository").map(<[u8]>::to_vec);
        Ok(Self {
            base: Base::new(ui.config(), repository),
            channels: Channels::new(input, output),
            cwd: ctx.cwd(),
            message_encoding,
            like_this: global_words(ctx),
            python: None,
            ui,
        })
    }

    /// Answers until the other side hangs up; doing that in the middle of a command is a failure.
    fn run(mut self) -> Result<i32> {
        self.say_hello().map_err(failed("cannot serve"))?;
        loop {
            let mut line = Vec::new();
            let read = self.channels.input().read_until(b'\n', &mut line);
            if read.map_err(failed("cannot read a command"))? == 0 {
                return Ok(0);
            }
            let name = line.strip_suffix(b"\n").unwrap_or(&line);
            let answered = match name {
                b"runcommand" => self.run_command(),
                b"getencoding" => {
                    let name = self.ui.encoding_name();
                    self.channels.write(b'r', name.as_bytes())
                }
                _ => return Err(Error::abort([b"unknown command ", name].concat())),
            };
            match answered {
                Err(error) if error.kind() == std::io::ErrorKind::UnexpectedEof => return Ok(1),
                other => other.map_err(failed("cannot answer a command"))?,
            }
        }
    }

    fn say_hello(&self) -> std::io::Result<()> {
        let mut text = b"capabilities: getencoding runcommand\n".to_vec();
        text.extend_from_slice(format!("encoding: {}\n", self.ui.encoding_name()).as_bytes());
        if let Some(encoding) = &self.message_encoding {
            text.extend_from_slice(&[b"message-encoding: ", &encoding[..], b"\n"].concat());
        }
        text.extend_from_slice(format!("pid: {}\n", std::process::id()).as_bytes());
        text.extend_from_slice(format!("pgid: {}", nix::unistd::getpgrp()).as_bytes());
        self.channels.write(b'o', &text)
    }

    /// Reads a command line, runs it, and answers with its exit code.
    fn run_command(&mut self) -> std::io::Result<()> {
        let data = self.channels.read_frame()?;
        let args: Vec<Vec<u8>> = match data.is_empty() {
            true => Vec::new(),
            false => data.split(|&byte| byte == 0).map(<[u8]>::to_vec).collect(),
        };
        // Every run decides anew who can do it.
        self.base = Base::new(self.base.settings.clone(), self.base.repository.clone());
        let code = crate::run(self.request(args));
        // A run may have gone elsewhere; a directory that is gone is the next run's problem.
        let _ = std::env::set_current_dir(&self.cwd);
        if let Some(python) = self.base.needs_python() {
            let server = match self.python.take() {
                Some(server) => server,
                None => PythonServer::start(python, &self.like_this)?,
            };
            return self.python.insert(server).relay(&self.channels, &data);
        }
        self.channels.write(b'r', &code.to_be_bytes())
    }

    fn request(&self, args: Vec<Vec<u8>>) -> Request {
        let mut streams = self.channels.streams();
        if self.message_encoding.is_some() {
            streams.messages = Some(Box::new(MessageChannel::new(&self.channels)));
        }
        let mut env = self.ui.config().environment().clone();
        env.cwd.clone_from(&self.cwd);
        let host = self.ui.host().cloned();
        Request { args, env, streams, host, base: Some(self.base.clone()) }
    }
}

/// The first encoding for messages that both sides know, where messages go to the other side.
fn message_encoding(ui: &Ui) -> Result<Option<Vec<u8>>> {
    let config = ui.config();
    if config.get("ui", "message-output") != Some(b"channel") {
        return Ok(None);
    }
    let names = config.get_list("cmdserver", "message-encodings");
    if let Some(name) = names.iter().find(|name| *name == b"cbor") {
        return Ok(Some(name.clone()));
    }
    let parts = [b"no supported message encodings: ", &names.join(&b' ')[..]];
    Err(Error::abort(parts.concat()))
}

/// The global options of a run as words of a command line.
pub(crate) fn global_words(ctx: &CommandContext) -> Vec<Vec<u8>> {
    let mut words = Vec::new();
    for name in ["config", "config-file"] {
        for value in ctx.globals.list(name) {
            words.extend([format!("--{name}").into_bytes(), value.clone()]);
        }
    }
    for name in ["repository", "encoding", "encodingmode", "color", "pager"] {
        if let Some(value) = ctx.globals.nonempty(name) {
            words.extend([format!("--{name}").into_bytes(), value.to_vec()]);
        }
    }
    for name in ["verbose", "debug", "quiet", "traceback", "noninteractive", "hidden"] {
        if ctx.globals.flag(name) {
            words.push(format!("--{name}").into_bytes());
        }
    }
    words
}
