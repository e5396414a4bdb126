//! Commands, dispatch, help, user interface: everything between argv and the library.
//!
//! [`run`] is the door: it takes arguments, an environment and streams and returns an exit code.

mod call;
pub mod changeset_display;
mod command;
mod command_server;
pub mod commands;
pub mod commit_message;
mod daemon;
pub mod diff_display;
pub mod dispatch;
pub mod error;
pub mod extensions;
pub mod file_name;
pub mod formatter;
pub mod help;
pub mod hooks;
pub mod host;
pub mod interactive;
pub mod label;
mod line_range;
pub mod log;
pub mod merge_tool;
mod nested;
pub mod options;
pub mod output_name;
pub mod patching;
pub mod remote;
pub mod revision;
pub mod rewriting;
pub mod scope;
pub mod sequence;
pub mod spec;
mod storage;
pub mod table;
pub mod ui;
mod web_server;

pub use call::{Invocation, call, is_usage_error};
pub use command::{Command, CommandContext};
pub use dispatch::{Request, run};
pub use formatter::{Formatter, Value};
pub use host::Host;
pub use options::Opts;
pub use ui::{Streams, Ui};

/// What this process gives: its variables, current directory and executable.
#[must_use]
pub fn process_environment() -> hg_config::Environment {
    use std::os::unix::ffi::OsStringExt as _;
    hg_config::Environment {
        variables: std::env::vars_os()
            .map(|(name, value)| (name.into_vec(), value.into_vec()))
            .collect(),
        cwd: std::env::current_dir().unwrap_or_default(),
        executable: std::env::current_exe().ok(),
    }
}
