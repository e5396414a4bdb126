//! The server of the first version of the wire protocol: on a pair of streams, as
//! `hg serve --stdio` speaks it, and for one request at a time, as HTTP carries it
//! (`hg help internals.wireprotocol`).
//!
//! A server never looks at the clock or the terminal: what it has to say to the user at the other end
//! goes to the repository's reporter, which leads to standard error there.

mod capabilities;
mod commands;
mod getbundle;
mod legacy;
mod unbundle;

pub use capabilities::engines;

use std::io::{BufRead, Write};

use hg_format::wire::{self, Arguments};
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result};

use crate::local::Lookup;

/// What a server serves, and to whom.
pub struct Server<'a> {
    /// The repository.
    pub repo: &'a Repo,
    /// How symbols are looked up in it.
    pub lookup: Lookup,
    /// How and from where requests come, as hooks get it in `HG_URL`.
    pub client: Vec<u8>,
    /// Which transport carries requests.
    pub transport: Transport,
    /// Makes what was said so far visible to the client, before an answer that it should precede; gives
    /// what has no way there but the answer.
    pub flush: &'a dyn Fn() -> Vec<u8>,
}

/// What carries requests to a server.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Transport {
    /// A pair of streams.
    Ssh,
    /// HTTP.
    Http,
}

/// What is to be sent for a request, see [`Server::respond`].
pub enum Response {
    /// A text.
    Text(Vec<u8>),
    /// All was written already.
    Written,
    /// A refusal, for the user.
    Refusal(Vec<u8>),
    /// There is no such command.
    Unknown,
}

/// What answers a command.
enum Answer {
    /// A value of known length.
    Text(Vec<u8>),
    /// An answer that was written already.
    Written,
    /// A refusal: a message for the user, and an empty line in place of the answer.
    Refusal(Vec<u8>),
}

/// Arguments of a request by name.
struct Given(Arguments);

impl Given {
    /// The value of an argument that the request must have.
    fn get(&self, name: &str) -> Result<&[u8]> {
        self.find(name).ok_or_else(|| Error::abort(format!("missing parameter '{name}'")))
    }

    /// The value of an argument.
    fn find(&self, name: &str) -> Option<&[u8]> {
        let found = self.0.iter().find(|(known, _)| known == name.as_bytes());
        found.map(|(_, value)| value.as_slice())
    }

    /// Nodes in an argument that the request must have.
    fn nodes(&self, name: &str) -> Result<Vec<hg_types::Node>> {
        wire::decode_nodes(self.get(name)?).map_err(bad_request)
    }
}

/// A request that cannot be understood.
fn bad_request(error: wire::Error) -> Error {
    let message = match &error {
        wire::Error::UnknownArgument(name) => {
            [b"unexpected parameter ", &b"b"[..], &hg_types::quoted(name)].concat()
        }
        other => other.to_string().into_bytes(),
    };
    Error::new(ErrorKind::Abort, message).because(error)
}

/// The client went away while it was spoken to.
fn write_error(error: std::io::Error) -> Error {
    Error::new(ErrorKind::BrokenPipe, error.to_string()).because(error)
}

impl Server<'_> {
    /// Answers requests until the client has no more.
    ///
    /// # Errors
    /// When a request cannot be understood, or failed in a way for which the protocol has no answer.
    pub fn run(&self, input: &mut (impl BufRead + Send), out: &mut impl Write) -> Result<()> {
        while let Some(line) = wire::read_line(input).map_err(bad_request)? {
            if line.is_empty() {
                break;
            }
            self.answer(&line, input, out)?;
        }
        Ok(())
    }

    fn answer(
        &self,
        command: &[u8],
        input: &mut (impl BufRead + Send),
        out: &mut impl Write,
    ) -> Result<()> {
        let known = commands::NAMES.iter().find(|(name, _)| name.as_bytes() == command);
        let answer = match known {
            None => Answer::Text(Vec::new()),
            Some((name, names)) => {
                let given = wire::read_arguments(input, names).map_err(bad_request)?;
                let answer = match *name {
                    "unbundle" => self.unbundle(&Given(given), input, out)?,
                    name => self.run_command(name, &Given(given), out)?,
                };
                (self.flush)();
                answer
            }
        };
        match answer {
            Answer::Text(text) => wire::write_string(out, &text).map_err(write_error)?,
            Answer::Written => {}
            Answer::Refusal(message) => {
                self.repo.reporter().warn(&[&message[..], b"\n-\n"].concat());
                (self.flush)();
                out.write_all(b"\n").map_err(write_error)?;
            }
        }
        out.flush().map_err(write_error)
    }
}

/// Whether a command changes the repository it is sent to.
#[must_use]
pub fn is_push(command: &[u8], arguments: &Arguments) -> bool {
    let batched = |(name, value): &(Vec<u8>, Vec<u8>)| {
        let parsed = wire::decode_batch(value).unwrap_or_default();
        name == b"cmds" && parsed.iter().any(|(name, arguments)| is_push(name, arguments))
    };
    match command {
        b"unbundle" | b"pushkey" => true,
        b"batch" => arguments.iter().any(batched),
        _ => false,
    }
}

/// Whether the answer to a command is worth compressing: a history that is not compressed already.
#[must_use]
pub fn is_compressible(command: &[u8]) -> bool {
    matches!(command, b"changegroup" | b"changegroupsubset" | b"getbundle")
}

/// Whether there is a command of that name.
#[must_use]
pub fn is_command(name: &[u8]) -> bool {
    commands::NAMES.iter().any(|(known, _)| known.as_bytes() == name)
}

impl Server<'_> {
    /// Answers one request whose arguments and payload another protocol has carried.
    ///
    /// # Errors
    /// When the request cannot be understood, or failed in a way for which the protocol has no answer.
    pub fn respond(
        &self,
        command: &[u8],
        arguments: Arguments,
        payload: &mut (impl BufRead + Send),
        out: &mut impl Write,
    ) -> Result<Response> {
        let known = commands::NAMES.iter().find(|(name, _)| name.as_bytes() == command);
        let Some((name, names)) = known else { return Ok(Response::Unknown) };
        let given = Given(arguments);
        for name in names.iter().filter(|name| **name != "*") {
            given.get(name)?;
        }
        let answer = match *name {
            "unbundle" => self.unbundle_payload(&given, payload, out)?,
            name => self.run_command(name, &given, out)?,
        };
        Ok(match answer {
            Answer::Text(text) => Response::Text(text),
            Answer::Written => Response::Written,
            Answer::Refusal(message) => Response::Refusal(message),
        })
    }
}

#[cfg(test)]
mod tests;
