//! The user as operations see them that cannot decide alone: questions and programs.

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::fs::PermissionsExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use hg_types::{Error, Interaction, Result, ShellCommand};

use super::{Ui, UiMethod};

impl Interaction for Ui {
    fn choose(&self, prompt: &[u8], default: usize) -> Result<usize> {
        self.prompt_choice(prompt, default)
    }

    fn run_shell(&self, command: &ShellCommand<'_>) -> Result<i32> {
        if let Some(overrides) = self.replaced(UiMethod::System) {
            let environment = command.environment;
            return overrides.system(command.command, command.directory, environment);
        }
        let mut process = Command::new("/bin/sh");
        process.arg("-c").arg(OsStr::from_bytes(command.command));
        self.add_variables(&mut process);
        process.current_dir(command.directory);
        for (name, value) in command.environment {
            process.env(OsStr::from_bytes(name), OsStr::from_bytes(value));
        }
        let status = self.run_program(&mut process).map_err(|error| {
            Error::abort([b"cannot run ", command.command].concat()).because(error)
        })?;
        Ok(status.code().unwrap_or_else(|| -status.signal().unwrap_or(1)))
    }

    fn find_program(&self, name: &[u8]) -> Option<PathBuf> {
        let path = Path::new(OsStr::from_bytes(name));
        if path.components().count() > 1 {
            return is_program(path).then(|| path.to_owned());
        }
        let config = self.config();
        let directories = config.environment().var("PATH")?;
        std::env::split_paths(OsStr::from_bytes(directories))
            .map(|directory| directory.join(path))
            .find(|candidate| is_program(candidate))
    }
}

fn is_program(path: &Path) -> bool {
    path.metadata().is_ok_and(|found| found.is_file() && found.permissions().mode() & 0o111 != 0)
}
