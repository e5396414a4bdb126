//! The server of the first version of the wire protocol on a pair of streams: what
//! `hg serve --stdio` does (`hg help internals.wireprotocol`).
//!
//! A server never looks at the clock or the terminal: what it has to say to the user at the other end
//! goes to the repository's reporter, which leads to standard error there.

mod capabilities;
mod commands;
mod getbundle;
mod legacy;
mod unbundle;

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
    /// Where requests come from, as hooks get it in `HG_URL`.
    pub client: Vec<u8>,
    /// Makes what was said so far visible to the client, before an answer that it should precede.
    pub flush: &'a dyn Fn(),
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
                match *name {
                    "unbundle" => self.unbundle(&Given(given), input, out)?,
                    name => self.run_command(name, &Given(given), out)?,
                }
            }
        };
        (self.flush)();
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

#[cfg(test)]
mod tests;
