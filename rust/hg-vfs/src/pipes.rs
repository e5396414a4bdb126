//! Talking to a child process over its three pipes without ever waiting for the wrong one, and
//! keeping a process's own standard output for a protocol.

use std::fs::File;
use std::io::{self, Read, Write};
use std::os::fd::{AsFd, BorrowedFd};
use std::process::{Child, ChildStderr, ChildStdin, ChildStdout};

use rustix::event::{PollFd, PollFlags, poll};
use rustix::fs::OFlags;

/// Bytes read from the error pipe at once.
const ERROR_CHUNK: usize = 4096;

/// The pipes of a child. Whatever it writes to its error pipe is taken before anything else, so that
/// neither side waits for the other for ever, and what was said before an answer is seen before it.
#[derive(Debug)]
pub struct ChildPipes {
    input: Option<ChildStdin>,
    output: ChildStdout,
    errors: Option<ChildStderr>,
    said: Vec<u8>,
}

impl ChildPipes {
    /// Takes the pipes of `child`, which must have been started with all three.
    ///
    /// # Errors
    /// When a pipe is missing or cannot be set up.
    pub fn take(child: &mut Child) -> io::Result<Self> {
        let missing = || io::Error::new(io::ErrorKind::BrokenPipe, "the child has no pipes");
        let input = child.stdin.take().ok_or_else(missing)?;
        let output = child.stdout.take().ok_or_else(missing)?;
        let errors = child.stderr.take().ok_or_else(missing)?;
        for pipe in [input.as_fd(), output.as_fd(), errors.as_fd()] {
            let flags = rustix::fs::fcntl_getfl(pipe)?;
            rustix::fs::fcntl_setfl(pipe, flags | OFlags::NONBLOCK)?;
        }
        Ok(Self { input: Some(input), output, errors: Some(errors), said: Vec::new() })
    }

    /// What came through the error pipe since the last call.
    pub fn take_said(&mut self) -> Vec<u8> {
        std::mem::take(&mut self.said)
    }

    /// Closes the child's input, which is how it learns that nothing more comes.
    pub fn close_input(&mut self) {
        self.input = None;
    }

    /// Reads the error pipe to its end.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn drain_errors(&mut self) -> io::Result<()> {
        while let Some(errors) = &self.errors {
            wait(&mut [PollFd::new(errors, PollFlags::IN)])?;
            self.read_errors()?;
        }
        Ok(())
    }

    /// Takes what stands in the error pipe now.
    fn read_errors(&mut self) -> io::Result<()> {
        let Some(errors) = &mut self.errors else {
            return Ok(());
        };
        let mut buffer = [0; ERROR_CHUNK];
        match errors.read(&mut buffer) {
            Ok(0) => self.errors = None,
            Ok(read) => self.said.extend_from_slice(buffer.get(..read).unwrap_or_default()),
            Err(error) if would_block(&error) => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Waits until `main` is ready, and takes from the error pipe meanwhile.
    fn wait_for(&mut self, main: Direction) -> io::Result<()> {
        loop {
            let (main_fd, flags): (BorrowedFd<'_>, _) = match (main, &self.input) {
                (Direction::Write, Some(input)) => (input.as_fd(), PollFlags::OUT),
                (Direction::Write, None) => return Err(io::ErrorKind::BrokenPipe.into()),
                (Direction::Read, _) => (self.output.as_fd(), PollFlags::IN),
            };
            let (errors_ready, main_ready) = match &self.errors {
                Some(errors) => {
                    let mut fds = [
                        PollFd::from_borrowed_fd(main_fd, flags),
                        PollFd::new(errors, PollFlags::IN),
                    ];
                    wait(&mut fds)?;
                    (!fds[1].revents().is_empty(), !fds[0].revents().is_empty())
                }
                None => {
                    wait(&mut [PollFd::from_borrowed_fd(main_fd, flags)])?;
                    (false, true)
                }
            };
            if errors_ready {
                self.read_errors()?;
            } else if main_ready {
                return Ok(());
            }
        }
    }
}

#[derive(Clone, Copy)]
enum Direction {
    Read,
    Write,
}

fn wait(fds: &mut [PollFd<'_>]) -> io::Result<()> {
    loop {
        match poll(fds, None) {
            Ok(_) => return Ok(()),
            Err(rustix::io::Errno::INTR) => {}
            Err(error) => return Err(error.into()),
        }
    }
}

fn would_block(error: &io::Error) -> bool {
    matches!(error.kind(), io::ErrorKind::WouldBlock | io::ErrorKind::Interrupted)
}

impl Read for ChildPipes {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        loop {
            self.wait_for(Direction::Read)?;
            match self.output.read(buffer) {
                Err(error) if would_block(&error) => {}
                other => return other,
            }
        }
    }
}

impl Write for ChildPipes {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        loop {
            self.wait_for(Direction::Write)?;
            let Some(input) = &mut self.input else {
                return Err(io::ErrorKind::BrokenPipe.into());
            };
            match input.write(bytes) {
                Err(error) if would_block(&error) => {}
                other => return other,
            }
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Takes the process's standard output away: what it and its children print goes to standard error
/// from now on, and only the returned file leads to where standard output led.
///
/// # Errors
/// When the descriptors cannot be copied.
pub fn take_stdout() -> io::Result<File> {
    let own = rustix::io::dup(rustix::stdio::stdout())?;
    // Children must not hold it open.
    rustix::io::fcntl_setfd(&own, rustix::io::FdFlags::CLOEXEC)?;
    rustix::stdio::dup2_stdout(rustix::stdio::stderr())?;
    Ok(File::from(own))
}

/// Another handle of an open file descriptor of the process.
///
/// # Errors
/// When the descriptor is not open.
pub fn duplicate_descriptor(number: u32) -> io::Result<File> {
    let own = match number {
        0 => rustix::io::dup(rustix::stdio::stdin())?,
        1 => rustix::io::dup(rustix::stdio::stdout())?,
        2 => rustix::io::dup(rustix::stdio::stderr())?,
        // Opened anew, which cannot be told from a duplicate for pipes and for files that grow.
        _ => return File::options().append(true).open(format!("/dev/fd/{number}")),
    };
    Ok(File::from(own))
}

/// Takes the process's standard input away: it and its children read nothing from now on, and only the
/// returned file leads to where standard input came from.
///
/// # Errors
/// When the descriptors cannot be copied.
pub fn take_stdin() -> io::Result<File> {
    let own = rustix::io::dup(rustix::stdio::stdin())?;
    rustix::io::fcntl_setfd(&own, rustix::io::FdFlags::CLOEXEC)?;
    rustix::stdio::dup2_stdin(File::open("/dev/null")?)?;
    Ok(File::from(own))
}

/// Turns all standard streams of the process to `/dev/null`: a server in the background has nobody to talk
/// to.
///
/// # Errors
/// When the descriptors cannot be replaced.
pub fn silence_streams() -> io::Result<()> {
    let nowhere = File::options().read(true).write(true).open("/dev/null")?;
    rustix::stdio::dup2_stdin(&nowhere)?;
    rustix::stdio::dup2_stdout(&nowhere)?;
    Ok(rustix::stdio::dup2_stderr(&nowhere)?)
}

#[cfg(test)]
mod tests {
    use std::process::{Command, Stdio};

    use super::*;

    fn shell(script: &str) -> Child {
        let mut command = Command::new("/bin/sh");
        command.arg("-c").arg(script);
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.spawn().expect("a shell")
    }

    #[test]
    fn a_child_that_says_much_before_it_reads_blocks_nobody() {
        let mut child = shell("head -c 300000 /dev/zero >&2; wc -c");
        let mut pipes = ChildPipes::take(&mut child).expect("pipes");
        pipes.write_all(&vec![b'x'; 500_000]).expect("written");
        pipes.close_input();
        let mut out = String::new();
        pipes.read_to_string(&mut out).expect("text");
        assert_eq!(out.trim(), "500000");
        pipes.drain_errors().expect("drained");
        assert_eq!(pipes.take_said().len(), 300_000);
        child.wait().expect("ends");
    }
}
