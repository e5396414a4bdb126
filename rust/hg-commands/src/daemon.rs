//! Servers: in the background, until a signal ends them.

use std::ffi::OsStr;
use std::os::fd::BorrowedFd;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Command, Stdio};

use hg_types::{Error, Result};
use nix::poll::{PollFd, PollFlags, PollTimeout};
use nix::sys::signal::{SigSet, Signal};
use nix::sys::signalfd::{SfdFlags, SignalFd};

use crate::command_server::{failed, global_words};
use crate::options::OptValue;
use crate::{CommandContext, Ui};

/// What a server has to react to.
pub(crate) enum Event {
    /// Somebody has connected.
    Connection,
    /// A child process has ended.
    ChildEnded,
    /// It is to end, with these words.
    End(&'static str),
}

/// Signals, which are looked at between connections: nothing is left half done.
pub(crate) struct Signals(SignalFd);

fn unix(error: nix::Error) -> Error {
    failed("cannot serve")(error.into())
}

impl Signals {
    /// From now on, signals wait to be looked at, in this thread and those it starts.
    pub(crate) fn block() -> Result<Self> {
        let mut signals = SigSet::empty();
        for signal in [Signal::SIGTERM, Signal::SIGINT, Signal::SIGHUP, Signal::SIGCHLD] {
            signals.add(signal);
        }
        signals.thread_block().map_err(unix)?;
        SignalFd::with_flags(&signals, SfdFlags::SFD_CLOEXEC).map_err(unix).map(Self)
    }

    /// Waits for a connection or a signal.
    pub(crate) fn wait(&self, listener: BorrowedFd<'_>) -> Result<Event> {
        use std::os::fd::AsFd as _;
        loop {
            let mut ready = [
                PollFd::new(listener, PollFlags::POLLIN),
                PollFd::new(self.0.as_fd(), PollFlags::POLLIN),
            ];
            match nix::poll::poll(&mut ready, PollTimeout::NONE) {
                Ok(_) | Err(nix::Error::EINTR) => {}
                Err(error) => return Err(unix(error)),
            }
            let any = |at: usize| ready.get(at).and_then(PollFd::any).unwrap_or(false);
            let (connected, signalled) = (any(0), any(1));
            if signalled && let Some(signal) = self.0.read_signal().map_err(unix)? {
                let number = i32::try_from(signal.ssi_signo).unwrap_or(0);
                return Ok(match Signal::try_from(number) {
                    Ok(Signal::SIGCHLD) => Event::ChildEnded,
                    Ok(Signal::SIGINT) => Event::End("interrupted!\n"),
                    _ => Event::End("killed!\n"),
                });
            }
            if connected {
                return Ok(Event::Connection);
            }
        }
    }
}

/// The program that runs, for starting it once more.
pub(crate) fn program(ui: &Ui) -> Result<Command> {
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
pub(crate) fn write_pid(ctx: &CommandContext) -> Result<()> {
    let Some(name) = ctx.opts.nonempty("pid-file") else { return Ok(()) };
    let path = ctx.cwd().join(OsStr::from_bytes(name));
    let line = format!("{}\n", std::process::id());
    std::fs::write(path, line).map_err(failed("cannot write the process's number"))
}

/// How a server is told which file it removes once it is ready.
const UNLINK: &[u8] = b"unlink:";

/// Whether a server is to be started in the background, by this process.
pub(crate) fn is_wanted(ctx: &CommandContext) -> bool {
    ctx.opts.flag("daemon") && ctx.opts.list("daemon-postexec").is_empty()
}

/// Starts this program again in the background, and waits until it says that it is ready.
pub(crate) fn start(ctx: &CommandContext) -> Result<i32> {
    let waiting = tempfile::Builder::new().prefix("hg-service-").tempfile();
    let waiting = waiting.map_err(failed("cannot start a server"))?.into_temp_path();
    let mut command = program(&ctx.ui)?;
    command.arg("serve");
    for (name, value) in ctx.opts.iter_given() {
        add_option(&mut command, name, value);
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

/// Adds an option as it was given.
fn add_option(command: &mut Command, name: &str, value: &OptValue) {
    let mut add = |value: &[u8]| {
        command.arg(format!("--{name}")).arg(OsStr::from_bytes(value));
    };
    match value {
        OptValue::Text(value) => add(value),
        OptValue::List(values) => values.iter().for_each(|value| add(value)),
        OptValue::Int(value) => add(value.to_string().as_bytes()),
        OptValue::Flag(true) => {
            command.arg(format!("--{name}"));
        }
        OptValue::Flag(false) => {}
    }
}

/// Cuts the ties to the terminal, when started by [`start`], and says that the server is ready.
pub(crate) fn detach(ctx: &CommandContext) -> Result<()> {
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
