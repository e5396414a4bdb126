//! Runs that only Python can do: a server in Python answers them, and its frames are passed on.

use std::ffi::OsStr;
use std::io::{self, Read as _, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use super::channels::{Channels, read_frame};

/// A server of the same kind in Python.
pub(super) struct PythonServer {
    child: Child,
    input: Option<ChildStdin>,
    output: ChildStdout,
}

impl PythonServer {
    /// Starts one with the global options of this server.
    pub(super) fn start(python: &Path, globals: &[Vec<u8>]) -> io::Result<Self> {
        let mut command = Command::new(python);
        command.args(["-m", "mercurial", "serve", "--cmdserver", "pipe"]);
        command.args(globals.iter().map(|word| OsStr::from_bytes(word)));
        command.stdin(Stdio::piped()).stdout(Stdio::piped());
        let mut child = command.spawn()?;
        let missing = || io::Error::from(io::ErrorKind::BrokenPipe);
        let input = Some(child.stdin.take().ok_or_else(missing)?);
        let mut output = child.stdout.take().ok_or_else(missing)?;
        let mut channel = [0];
        output.read_exact(&mut channel)?;
        // Its greeting says what ours has said.
        read_frame(&mut output)?;
        Ok(Self { child, input, output })
    }

    /// Lets it run a command line, and passes on what either side says until it is over.
    pub(super) fn relay(&mut self, channels: &Channels, line: &[u8]) -> io::Result<()> {
        self.send(b"runcommand\n", line)?;
        loop {
            let mut channel = [0];
            self.output.read_exact(&mut channel)?;
            if matches!(channel, [b'I' | b'L']) {
                let mut length = [0; 4];
                self.output.read_exact(&mut length)?;
                channels.write_raw(&[&channel[..], &length].concat())?;
                let given = channels.read_frame()?;
                self.send(b"", &given)?;
                continue;
            }
            let data = read_frame(&mut self.output)?;
            channels.write(channel[0], &data)?;
            if channel == [b'r'] {
                return Ok(());
            }
        }
    }

    fn send(&mut self, head: &[u8], data: &[u8]) -> io::Result<()> {
        let Some(input) = &mut self.input else {
            return Err(io::ErrorKind::BrokenPipe.into());
        };
        let length = u32::try_from(data.len()).map_err(io::Error::other)?;
        input.write_all(&[head, &length.to_be_bytes()[..], data].concat())?;
        input.flush()
    }
}

impl Drop for PythonServer {
    fn drop(&mut self) {
        // It ends when nothing comes any more.
        self.input = None;
        let _ = self.child.wait();
    }
}
