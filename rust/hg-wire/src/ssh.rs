//! Repositories that are reached over `ssh` (`hg help internals.wireprotocol`, "SSH Version 1
//! Transport"; `hg help urls`).

mod location;
mod session;

pub use location::{Location, refuse_injection};

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};
use std::sync::Arc;

use hg_config::Config;
use hg_types::{Error, ErrorKind, Reporter, Result};

use crate::remote::RemotePeer;
use session::Session;

/// What speaking to a repository over `ssh` needs.
#[derive(Clone)]
pub struct SshContext {
    /// The configuration (`ui.ssh`, `ui.remotecmd`, `[sshenv]`, ...).
    pub config: Config,
    /// Whoever hears what the other side says.
    pub reporter: Arc<dyn Reporter + Send + Sync>,
}

impl SshContext {
    fn setting(&self, name: &str, default: &[u8]) -> Vec<u8> {
        self.config.get("ui", name).filter(|value| !value.is_empty()).unwrap_or(default).to_vec()
    }

    /// The command line that runs `command` there.
    fn command_line(&self, location: &Location, command: &[u8]) -> Vec<u8> {
        let ssh = self.setting("ssh", b"ssh");
        [ssh, location.arguments(), location::quote(command)].join(&b' ')
    }

    fn process(&self, line: &[u8]) -> Result<Command> {
        let mut process = Command::new("/bin/sh");
        process.arg("-c").arg(OsStr::from_bytes(line));
        for (name, value) in self.config.items("sshenv") {
            process.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
        }
        Ok(process)
    }

    /// Connects to the repository at `location`.
    ///
    /// # Errors
    /// When the location cannot be used, or nobody answers as a server should.
    pub fn peer(&self, location: &[u8]) -> Result<RemotePeer> {
        let session = Session::open(self, &Location::parse(location)?)?;
        Ok(RemotePeer::new(Box::new(session), location, Arc::clone(&self.reporter)))
    }

    /// Makes an empty repository there.
    ///
    /// # Errors
    /// When the location cannot be used, or the other side refuses.
    pub fn init(&self, location: &[u8]) -> Result<()> {
        let location = Location::parse(location)?;
        let program = location::quote(&self.setting("remotecmd", b"hg"));
        let command = [&program[..], b"init", &location::quote(&location.path)].join(&b' ');
        let line = self.command_line(&location, &command);
        self.reporter.debug(&[b"running ", &line[..], b"\n"].concat());
        let mut process = self.process(&line)?;
        let status = process.stdin(Stdio::null()).status().map_err(cannot_start)?;
        if status.success() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Repo, "could not create remote repo"))
    }
}

fn cannot_start(error: std::io::Error) -> Error {
    Error::new(ErrorKind::Io, format!("cannot run ssh: {error}")).because(error)
}
