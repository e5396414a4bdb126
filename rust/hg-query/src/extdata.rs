//! Data about changesets that the user keeps elsewhere: the section `[extdata]` names files and commands whose
//! lines start with a revision.

use std::collections::HashMap;
use std::process::{Command, Stdio};

use bstr::ByteSlice as _;
use hg_types::{Error, ErrorKind, Result, Revision};

use crate::context::QueryContext;
use crate::revset;

/// The data of a source with the visible revisions it is about, as first met. Lines about what is unknown here are left out.
///
/// # Errors
/// When there is no such source, it cannot be read, or a line starts with what is no revset.
pub fn read(ctx: &QueryContext, source: &[u8]) -> Result<Vec<(Revision, Vec<u8>)>> {
    let Some(place) = ctx.config.get("extdata", source) else {
        return Err(Error::abort([b"unknown extdata source '", source, b"'"].concat()));
    };
    let (text, outcome) = match place.strip_prefix(b"shell:") {
        Some(command) => output_of(ctx, command)?,
        None => (content_of(ctx, place)?, Ok(())),
    };
    let mut found: Vec<(Revision, Vec<u8>)> = Vec::new();
    let mut places = HashMap::new();
    for line in text.lines() {
        let line = line.trim();
        let (name, value) = match line.find_byte(b' ') {
            Some(blank) => (&line[..blank], &line[blank + 1..]),
            None => (line, &b""[..]),
        };
        match revset::rev_single(ctx, Some(name), b".") {
            Ok(rev) => {
                let at = *places.entry(rev).or_insert(found.len());
                let value = ctx.encoding.local(value).into_owned();
                match found.get_mut(at) {
                    Some(known) => known.1 = value,
                    None => found.push((rev, value)),
                }
            }
            Err(error) if is_unknown(&error) => {}
            Err(error) => return Err(error),
        }
    }
    // Whether all went well is seen when all was read.
    outcome?;
    Ok(found)
}

fn is_unknown(error: &Error) -> bool {
    use ErrorKind::{AmbiguousPrefix, HiddenRevision, UnknownRevision};
    matches!(error.kind, UnknownRevision | HiddenRevision | AmbiguousPrefix)
}

/// What a command of the shell prints, run in the root of the repository, and how it ended.
fn output_of(ctx: &QueryContext, command: &[u8]) -> Result<(Vec<u8>, Result<()>)> {
    let environment = ctx.config.environment();
    let mut process = Command::new("/bin/sh");
    process.arg("-c").arg(command.to_os_str_lossy()).current_dir(ctx.repo.root());
    process.stdin(Stdio::null()).stderr(Stdio::inherit()).env_clear();
    for (name, value) in &environment.variables {
        process.env(name.to_os_str_lossy(), value.to_os_str_lossy());
    }
    let fail = |why: String| {
        let parts: [&[u8]; 4] = [b"extdata command '", command, b"' failed: ", why.as_bytes()];
        Error::abort(parts.concat())
    };
    let output = process.output().map_err(|error| fail(error.to_string()))?;
    let outcome = match output.status.code() {
        Some(0) => Ok(()),
        Some(code) => Err(fail(format!("exited with status {code}"))),
        None => Err(fail("killed by a signal".to_owned())),
    };
    Ok((output.stdout, outcome))
}

/// The content of a file. A path is relative to the repository, one that follows `file:` to the current directory.
fn content_of(ctx: &QueryContext, place: &[u8]) -> Result<Vec<u8>> {
    let (base, path) = match place.strip_prefix(b"file:") {
        Some(path) => (&ctx.cwd[..], path.strip_prefix(b"//").unwrap_or(path)),
        None if place.find(b"://").is_some() => {
            return Err(Error::abort([b"extdata from ", place, b" is not supported"].concat()));
        }
        None => (ctx.repo.root_bytes(), place),
    };
    let path = hg_match::join_path(base, path);
    std::fs::read(path.to_path_lossy()).map_err(|error| {
        let message = [&b"error: "[..], &hg_vfs::os_message(&error)].concat();
        Error::new(ErrorKind::Remote, message).because(error)
    })
}
