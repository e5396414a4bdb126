//! The one place where errors become text and exit codes (`hg help scripting`, and
//! `ui.detailed-exit-code`).

use hg_types::{Error, ErrorKind};

use crate::Ui;

/// Exit code of a command that failed, in the ordinary scheme.
const FAILED: i32 = 255;

/// What an error does to the exit code when `ui.detailed-exit-code` is on.
#[must_use]
pub fn detailed_exit_code(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::Input
        | ErrorKind::Parse
        | ErrorKind::UnknownRevision
        | ErrorKind::HiddenRevision
        | ErrorKind::AmbiguousPrefix => 10,
        ErrorKind::State | ErrorKind::LockHeld => 20,
        ErrorKind::Config | ErrorKind::ConfigParse => 30,
        ErrorKind::Hook => 40,
        ErrorKind::Storage => 50,
        ErrorKind::Remote => 100,
        ErrorKind::Security => 150,
        ErrorKind::Intervention => 240,
        ErrorKind::Canceled => 250,
        _ => FAILED,
    }
}

/// The exit code of an error without `ui.detailed-exit-code`.
#[must_use]
pub fn simple_exit_code(kind: ErrorKind) -> i32 {
    match kind {
        ErrorKind::Intervention => 1,
        _ => FAILED,
    }
}

/// Tells the user about an error and returns the exit code.
pub fn report(ui: &Ui, error: &Error) -> i32 {
    let config = ui.config();
    let detailed = config.get_bool("ui", "detailed-exit-code").unwrap_or(false);
    if error.kind != ErrorKind::BrokenPipe {
        ui.flush();
        let reported = ui.host().and_then(|host| host.report(ui, error));
        if let Some(code) = reported {
            return code;
        }
        if config.get_bool("ui", "traceback").unwrap_or(false) {
            ui.error(trace(error));
        }
        ui.error(text(error));
    }
    if detailed { detailed_exit_code(error.kind) } else { simple_exit_code(error.kind) }
}

/// The causes of an error, innermost last, for `--traceback`.
fn trace(error: &Error) -> Vec<u8> {
    let mut out = b"Traceback (most recent call last):\n".to_vec();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        out.extend_from_slice(format!("  caused by: {inner}\n").as_bytes());
        cause = inner.source();
    }
    out
}

/// The text for an error: prefix, message, hint, complete lines.
#[must_use]
pub fn text(error: &Error) -> Vec<u8> {
    let mut out = Vec::new();
    match error.kind {
        ErrorKind::ConfigParse | ErrorKind::Intervention => {}
        ErrorKind::Config => out.extend_from_slice(b"config error: "),
        ErrorKind::Parse => match error.location {
            Some(at) => out.extend_from_slice(format!("hg: parse error at {at}: ").as_bytes()),
            // Errors in files say themselves where they are.
            None if error.message.starts_with(b"at ") => {
                out.extend_from_slice(b"hg: parse error ");
            }
            None => out.extend_from_slice(b"hg: parse error: "),
        },
        ErrorKind::Programming => out.extend_from_slice(b"** programming error: "),
        _ => out.extend_from_slice(b"abort: "),
    }
    out.extend_from_slice(&error.message);
    out.push(b'\n');
    if let Some(hint) = &error.hint {
        out.push(b'(');
        out.extend_from_slice(hint);
        out.extend_from_slice(b")\n");
    }
    out
}
