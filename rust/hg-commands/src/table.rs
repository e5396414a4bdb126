//! The command table. Adding a command is one file in `commands/` and one line here.

use crate::Command;
use crate::commands::{config, init, root, status, version};

/// Every command that can run.
pub static COMMANDS: &[&Command] =
    &[&config::COMMAND, &init::COMMAND, &root::COMMAND, &status::COMMAND, &version::COMMAND];
