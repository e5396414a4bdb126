//! `--cmdserver unix`: a server of its own for everyone who connects to a local socket.

use std::ffi::OsStr;
use std::io::Write as _;
use std::os::fd::{AsFd as _, OwnedFd};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::net::{UnixListener, UnixStream};
use std::os::unix::process::CommandExt as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

use hg_types::{Clock as _, Error, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use super::{failed, global_words};
use crate::{CommandContext, Ui};

/// Waits for connections until a signal ends it.
pub(super) fn listen(ctx: &CommandContext) -> Result<i32> {
    let address = ctx.opts.nonempty("address").filter(|_| ctx.opts.given("address"));
    let Some(address) = address else {
        return Err(Error::abort("no socket path specified with --address"));
    };
    let path = ctx.cwd().join(OsStr::from_bytes(address));
    if ctx.opts.flag("daemon") && ctx.opts.list("daemon-postexec").is_empty() {
        return start_daemon(ctx, &path);
    }
    // Signals are looked at between connections, so that the socket is always removed.
    let mut signals = SigSet::empty();
    for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGCHLD] {
        signals.add(signal);
    }
    let unix = |error: nix::Error| failed("cannot serve")(error.into());
    signals.thread_block().map_err(unix)?;
    let signals = SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC).map_err(unix)?;
    let socket = Socket::bind(&path)?;
    write_pid(ctx)?;
    ctx.ui.status([b"listening at ", address, b"\n"].concat());
    ctx.ui.flush();
    become_daemon(ctx)?;
    let mut workers = Workers { ctx, children: Vec::new() };
    loop {
        let mut ready = [
            PollFd::new(socket.listener.as_fd(), PollFlags::POLLIN),
            PollFd::new(signals.as_fd(), PollFlags::POLLIN),
        ];
        match nix::poll::poll(&mut ready, PollTimeout::NONE) {
            Ok(_) | Err(nix::Error::EINTR) => {}
            Err(error) => return Err(unix(error)),
        }
        let any = |at: usize| ready.get(at).and_then(PollFd::any).unwrap_or(false);
        let (connected, signalled) = (any(0), any(1));
        if signalled && let Some(signal) = signals.read_signal().map_err(unix)? {
            let number = i32::try_from(signal.ssi_signo).unwrap_or(0);
            match Signal::try_from(number) {
                Ok(Signal::SIGCHLD) => workers.reap(),
                ended => {
                    let interrupted = ended == Ok(Signal::SIGINT);
                    ctx.ui.error(if interrupted { "interrupted!\n" } else { "killed!\n" });
                    return Ok(255);
                }
            }
        }
        if connected {
            let (stream, _) = socket.listener.accept().map_err(failed("cannot accept"))?;
            workers.start(stream)?;
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
        let mut command = program(&self.ctx.ui)?;
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

/// The program that runs, for starting it once more.
fn program(ui: &Ui) -> Result<Command> {
    let config = ui.config();
    let env = config.environment();
    if let Some(hg) = env.var("HG") {
        return Ok(Command::new(OsStr::from_bytes(hg)));
    }
    let Some(executable) = &env.executable else {
        return Err(Error::abort("cannot find this program"));
    };
    let mut command = Command::new(executable);
    if ui.host().is_some() {
        // Then it is the interpreter.
        command.args(["-m", "mercurial"]);
    }
    Ok(command)
}

/// `--pid-file`.
fn write_pid(ctx: &CommandContext) -> Result<()> {
    let Some(name) = ctx.opts.nonempty("pid-file") else { return Ok(()) };
    let path = ctx.cwd().join(OsStr::from_bytes(name));
    let line = format!("{}\n", std::process::id());
    std::fs::write(path, line).map_err(failed("cannot write the process's number"))
}

/// How a server is told which file it removes once it is ready.
const UNLINK: &[u8] = b"unlink:";

/// Starts this program again in the background, and waits until it says that it is ready.
fn start_daemon(ctx: &CommandContext, path: &Path) -> Result<i32> {
    let waiting = tempfile::Builder::new().prefix("hg-service-").tempfile();
    let waiting = waiting.map_err(failed("cannot start a server"))?.into_temp_path();
    let mut command = program(&ctx.ui)?;
    command.args(["serve", "--cmdserver", "unix", "--daemon", "--address"]).arg(path);
    if let Some(name) = ctx.opts.nonempty("pid-file") {
        command.arg("--pid-file").arg(OsStr::from_bytes(name));
    }
    let after = [UNLINK, waiting.as_os_str().as_bytes()].concat();
    command.arg("--daemon-postexec").arg(OsStr::from_bytes(&after));
    command.args(global_words(ctx).iter().map(|word| OsStr::from_bytes(word)));
    command.stdin(Stdio::null()).current_dir(ctx.cwd());
    ctx.ui.flush();
    let mut child = command.spawn().map_err(failed("cannot start a server"))?;
    while waiting.exists() {
        if let Ok(Some(_)) = child.try_wait() {
            return Err(Error::abort("child process failed to start"));
        }
        std::thread::sleep(std::time::Duration::from_millis(10));
    }
    Ok(0)
}

/// Cuts the ties to the terminal, when started by [`start_daemon`], and says that the server is ready.
fn become_daemon(ctx: &CommandContext) -> Result<()> {
    let after = ctx.opts.list("daemon-postexec");
    if after.is_empty() {
        return Ok(());
    }
    // Fails only for the leader of a session, which needs no new one.
    let _ = nix::unistd::setsid();
    hg_vfs::silence_streams().map_err(failed("cannot serve"))?;
    ctx.ui.streams_to_nowhere();
    for action in after {
        let Some(file) = action.strip_prefix(UNLINK) else {
            let parts = [b"unknown daemon-postexec action: ", &action[..]];
            return Err(Error::abort(parts.concat()));
        };
        std::fs::remove_file(OsStr::from_bytes(file)).map_err(failed("cannot serve"))?;
    }
    Ok(())
}
