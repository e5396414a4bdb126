//! `hg debugserve`.

use std::fs::{File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::sync::{Arc, Mutex, PoisonError};

use hg_query::parser::escape;
use hg_types::{Error, Result};

use super::serve::serve_stdio;
use crate::{Command, CommandContext, remote, spec};

/// `hg debugserve`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGSERVE,
    help: "Serve one client over standard input and output, as ``hg serve --stdio`` does. What is \
           written, and when, can be logged to a file or a file descriptor.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    if !ctx.opts.flag("sshstdio") {
        return Err(Error::abort("only --sshstdio is currently supported"));
    }
    let Some(log) = log(ctx)? else { return serve_stdio(ctx, |out| Box::new(out), || ()) };
    let (outputs, errors) = (log.clone(), log);
    let observed =
        |out| Box::new(Observed { out: BufWriter::new(out), log: outputs }) as Box<dyn Write>;
    serve_stdio(ctx, observed, move || errors.say(b"e> flush() -> None\n"))
}

/// Where to log, if anywhere.
fn log(ctx: &CommandContext) -> Result<Option<Log>> {
    let file = match (ctx.opts.nonempty("logiofd"), ctx.opts.nonempty("logiofile")) {
        (Some(_), Some(_)) => {
            return Err(Error::abort("cannot use both --logiofd and --logiofile"));
        }
        (Some(number), None) => {
            let number = std::str::from_utf8(number).ok().and_then(|text| text.parse::<u32>().ok());
            let number = number.ok_or_else(|| Error::abort("--logiofd needs a file descriptor"))?;
            let open = hg_vfs::duplicate_descriptor(number);
            open.map_err(|error| Error::abort("Bad file descriptor").because(error))?
        }
        (None, Some(name)) => {
            let open =
                OpenOptions::new().append(true).create(true).open(remote::file_path(ctx, name));
            open.map_err(|error| remote::io_error(name, error))?
        }
        (None, None) => return Ok(None),
    };
    Ok(Some(Log(Arc::new(Mutex::new(file)))))
}

#[derive(Clone)]
struct Log(Arc<Mutex<File>>);

impl Log {
    fn say(&self, text: &[u8]) {
        let mut file = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        // A log that cannot be written must not end the service.
        let _ = file.write_all(text);
    }
}

/// Logs what is written.
struct Observed {
    out: BufWriter<File>,
    log: Log,
}

impl Write for Observed {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.out.write_all(bytes)?;
        self.log.say(&described(bytes));
        Ok(bytes.len())
    }

    fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        self.write(bytes).map(|_| ())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.out.flush()?;
        self.log.say(b"o> flush() -> None\n");
        Ok(())
    }
}

/// The line about a write, and lines with what was written.
fn described(bytes: &[u8]) -> Vec<u8> {
    let size = bytes.len();
    let mut out = format!("o> write({size}) -> {size}:").into_bytes();
    if bytes.is_empty() {
        out.extend_from_slice(b" \n");
        return out;
    }
    out.push(b'\n');
    for line in bytes.split_inclusive(|&b| b == b'\n') {
        out.extend_from_slice(b"o>     ");
        out.extend_from_slice(&escape(line));
        out.push(b'\n');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn writes_are_described() {
        assert_eq!(described(b""), b"o> write(0) -> 0: \n");
        assert_eq!(described(b"a'\n\xffb"), b"o> write(5) -> 5:\no>     a\\'\\n\no>     \\xffb\n");
    }
}
