//! `--cmdserver unix`: a server of its own for everyone who connects to a local socket.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Stdio};

use hg_types::{Clock as _, Error, Result};

use super::{failed, global_words};
use crate::CommandContext;
use crate::daemon::{self, Event, Signals};

/// Waits for connections until a signal ends it.
pub(super) fn listen(ctx: &CommandContext) -> Result<i32> {
    let address = ctx.opts.nonempty("address").filter(|_| ctx.opts.given("address"));
    let Some(address) = address else {
        return Err(Error::abort("no socket path specified with --address"));
    };
    let path = ctx.cwd().join(OsStr::from_bytes(address));
    if daemon::is_wanted(ctx) {
        return daemon::start(ctx);
    }
    // Signals are looked at between connections, so that the socket is always removed.
    let signals = Signals::block()?;
    let socket = Socket::bind(&path)?;
    daemon::write_pid(ctx)?;
    ctx.ui.status([b"listening at ", address, b"\n"].concat());
    ctx.ui.flush();
    daemon::detach(ctx)?;
    let mut workers = Workers { ctx, children: Vec::new() };
    loop {
        match signals.wait(socket.listener.as_fd())? {
            Event::ChildEnded => workers.reap(),
            Event::End(words) => {
                ctx.ui.error(words);
                return Ok(255);
            }
            Event::Connection => {
                let (stream, _) = socket.listener.accept().map_err(failed("cannot accept"))?;
                workers.start(stream)?;
            }
        }
    }
}

/// A socket in the file system, which goes away with the server.
struct Socket {
    listener: UnixListener,
    path: PathBuf,
}

impl Socket {
    fn bind(path: &Path) -> Result<Self> {
        let directory = path.parent().unwrap_or(Path::new("/"));
        let refused = |error: std::io::Error, path: &Path| {
            let path = path.as_os_str().as_bytes();
            let parts = [&hg_vfs::os_message(&error)[..], b": '", path, b"'"];
            Error::abort(parts.concat()).because(error)
        };
        if let Err(error) = directory.metadata() {
            return Err(refused(error, directory));
        }
        let listener = UnixListener::bind(path).map_err(|error| refused(error, path))?;
        Ok(Self { listener, path: path.to_owned() })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        // Somebody may have removed it already.
        let _ = std::fs::remove_file(&self.path);
    }
}

/// The servers that talk to somebody.
struct Workers<'a> {
    ctx: &'a CommandContext,
    children: Vec<Child>,
}

impl Workers<'_> {
    /// Starts a server like this one that talks over a connection.
    fn start(&mut self, stream: UnixStream) -> Result<()> {
        let input: OwnedFd = stream.try_clone().map_err(failed("cannot serve"))?.into();
        let output: OwnedFd = stream.into();
        let mut command = daemon::program(&self.ctx.ui)?;
        command.args(["serve", "--cmdserver", "pipe"]);
        command.args(global_words(self.ctx).iter().map(|word| OsStr::from_bytes(word)));
        command.stdin(Stdio::from(input)).stdout(Stdio::from(output)).process_group(0);
        command.current_dir(self.ctx.cwd());
        let child = command.spawn().map_err(failed("cannot start a server"))?;
        self.log(child.id(), &format!("forked worker process (pid={})", child.id()));
        self.children.push(child);
        Ok(())
    }

    /// Forgets those that have ended.
    fn reap(&mut self) {
        let mut ended = Vec::new();
        self.children.retain_mut(|child| match child.try_wait() {
            Ok(None) => true,
            Ok(Some(_)) | Err(_) => {
                ended.push(child.id());
                false
            }
        });
        for id in ended {
            self.log(std::process::id(), &format!("worker process exited (pid={id})"));
        }
    }

    /// Writes a line into `cmdserver.log`.
    fn log(&self, process: u32, text: &str) {
        let config = self.ctx.config();
        let Some(name) = config.get("cmdserver", "log").filter(|name| !name.is_empty()) else {
            return;
        };
        let tracked = config.get_list("cmdserver", "track-log");
        if !tracked.iter().any(|topic| topic == b"cmdserver" || topic == b"*") {
            return;
        }
        let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
        let date = clock.date().format(b"%Y/%m/%d %H:%M:%S");
        let rest = format!(" ({process})> {text}\n");
        let line = [&date[..], rest.as_bytes()].concat();
        let path = hg_config::expand_path(config.environment(), name);
        let path = self.ctx.cwd().join(OsStr::from_bytes(&path));
        // A log that cannot be written must not end the service.
        let _ = std::fs::OpenOptions::new()
            .append(true)
            .create(true)
            .open(path)
            .and_then(|mut file| file.write_all(&line));
    }
}
