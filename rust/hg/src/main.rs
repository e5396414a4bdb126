//! The native `hg` executable: a `main`, nothing else.

use std::os::unix::ffi::OsStringExt;

use hg_commands::{Request, Streams, run};

fn main() -> std::process::ExitCode {
    let args = std::env::args_os().skip(1).map(OsStringExt::into_vec).collect();
    let env = hg_commands::process_environment();
    let code = run(Request { args, env, streams: Streams::of_process(), host: None, base: None });
    std::process::ExitCode::from(u8::try_from(code & 255).unwrap_or(255))
}
