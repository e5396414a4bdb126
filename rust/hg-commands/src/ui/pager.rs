//! The pager: `pager.pager`, `pager.attend-COMMAND`, `--pager`.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::process::{Child, Command, Stdio};
use std::sync::PoisonError;

use hg_types::Result;

use super::Ui;

/// Whether a pager runs.
#[derive(Default)]
pub(super) struct State {
    disabled: bool,
    child: Option<Child>,
}

impl Ui {
    /// Sends the output of `command` through the pager from here on, if the user wants that.
    pub fn pager(&self, command: &str) -> Result<()> {
        let config = self.config();
        let env = config.environment();
        let always = command.starts_with("internal-always-");
        let item = format!("attend-{command}");
        let attended = match config.find_bool("pager", &item)? {
            Some(attended) => attended,
            None => {
                let listed = |name: &str| {
                    config.get_list("pager", name).iter().any(|word| word == command.as_bytes())
                };
                !listed("ignore")
            }
        };
        let mut state = self.pager.lock().unwrap_or_else(PoisonError::into_inner);
        if state.disabled
            || state.child.is_some()
            || !attended
            || !self.is_formatted()
            || env.plain().is_on()
            || (!always && !config.get_bool_or("ui", "paginate", true)?)
            || env.var("TERM") == Some(b"dumb")
        {
            return Ok(());
        }
        let configured = config.get("pager", "pager").map(<[u8]>::to_vec);
        let line = configured.unwrap_or_else(|| b"less".to_vec());
        if line.is_empty() || line == b"cat" {
            return Ok(());
        }
        if let Some(program) = missing_program(env, &line) {
            self.warn([b"missing pager command '", &*program, b"', skipping pager\n"].concat());
            return Ok(());
        }
        state.child = self.start_pager(&hg_config::expand_path(env, &line));
        Ok(())
    }

    /// Never starts a pager in this run.
    pub fn disable_pager(&self) {
        self.pager.lock().unwrap_or_else(PoisonError::into_inner).disabled = true;
    }

    /// Applies `--pager`: `auto`, or a boolean word.
    pub fn setup_pager(&self, option: Option<&[u8]>, command: &str) -> Result<()> {
        let Some(option) = option.filter(|option| *option != b"auto") else { return Ok(()) };
        match hg_config::value::parse_bool(option) {
            Some(true) => self.pager(&format!("internal-always-{command}")),
            Some(false) => {
                self.disable_pager();
                Ok(())
            }
            None => Ok(()),
        }
    }

    fn start_pager(&self, line: &[u8]) -> Option<Child> {
        let config = self.config();
        let env = config.environment();
        let mut process = Command::new("/bin/sh");
        process.arg("-c").arg(OsStr::from_bytes(line)).stdin(Stdio::piped());
        for (name, value) in [("LESS", "FRX"), ("LV", "-c")] {
            if env.var(name).is_none() {
                process.env(name, value);
            }
        }
        self.add_variables(&mut process);
        let mut child = process.spawn().ok()?;
        let input = child.stdin.take()?;
        let shared = std::sync::Arc::new(std::sync::Mutex::new(input));
        let mut sink = self.sink();
        sink.replace_output(Box::new(SharedInput(shared.clone())));
        if sink.streams().errors_is_terminal {
            sink.replace_errors(Box::new(SharedInput(shared)));
        }
        Some(child)
    }

    /// Waits for the pager.
    pub fn end_pager(&self) {
        let child = self.pager.lock().unwrap_or_else(PoisonError::into_inner).child.take();
        let Some(mut child) = child else { return };
        let mut sink = self.sink();
        sink.replace_output(Box::new(std::io::sink()));
        sink.replace_errors(Box::new(std::io::stderr()));
        drop(sink);
        // Its exit code is its own business.
        let _ = child.wait();
    }
}

/// The program that a pager's command line begins with, when it is not there. Command lines that only a
/// shell understands are left to the shell.
fn missing_program(env: &hg_config::Environment, line: &[u8]) -> Option<Vec<u8>> {
    use bstr::ByteSlice as _;
    if line.find_byteset(b"|&;<>()$`\\\" \t\n'*?[#~=%").is_some() {
        return None;
    }
    let program = line.split(|&b| b == b' ').next()?;
    let found = if program.contains(&b'/') {
        program.to_path_lossy().exists()
    } else {
        let path = env.var("PATH").unwrap_or_default();
        let mut directories = path.split(|&b| b == b':');
        directories.any(|dir| dir.to_path_lossy().join(program.to_path_lossy()).is_file())
    };
    (!found).then(|| program.to_vec())
}

/// The pager's input, for output and errors.
struct SharedInput(std::sync::Arc<std::sync::Mutex<std::process::ChildStdin>>);

impl std::io::Write for SharedInput {
    fn write(&mut self, data: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).write(data)
    }
    fn flush(&mut self) -> std::io::Result<()> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).flush()
    }
}
