//! `[encode]` and `[decode]`: programs between files of the working directory and what is stored.
//!
//! The configuration gives patterns and commands; for each file the first pattern that matches
//! counts. A command gets the content as standard input (`pipe:`, or nothing said), or finds and leaves
//! it in files (`tempfile:`, with `INFILE` and `OUTFILE` in the command). Plugins may name functions that
//! commands refer to ([`NamedFilters`]), and replace either direction as a whole ([`FilterReplacement`]).

use std::borrow::Cow;
use std::io::{self, Write as _};
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::{Command, ExitStatus, Stdio};

use bstr::ByteSlice as _;
use hg_match::{MatchOptions, PatternKind, matcher};
use hg_store::{Repo, RepoMethod};
use hg_types::{Error, HgPath, Node, Result};
use hg_vfs::path_to_bytes;

/// What a plugin does instead of [`encode`] ([`RepoMethod::Wread`]), [`decode`] ([`RepoMethod::Wwritedata`]) or
/// [`decode_to_write`] ([`RepoMethod::Wwrite`]); see [`hg_store::RepoOverrides::part`].
pub struct FilterReplacement(pub FilterFunction);

/// What becomes of content; it may be told which version of the file is written.
pub type FilterFunction =
    Box<dyn Fn(&HgPath, &[u8], Option<Node>) -> Result<Vec<u8>> + Send + Sync>;

/// The functions that plugins have named for `[encode]` and `[decode]` ([`RepoMethod::Datafilter`]).
pub struct NamedFilters(pub NamedFunction);

/// Applies the function that a command names to content; `None` when it names none.
pub type NamedFunction =
    Box<dyn Fn(&[u8], &HgPath, &[u8]) -> Result<Option<Vec<u8>>> + Send + Sync>;

/// What is stored of a file of the working directory that has this content.
///
/// # Errors
/// When a pattern is invalid or the program fails.
pub fn encode<'a>(repo: &Repo, path: &HgPath, content: Cow<'a, [u8]>) -> Result<Cow<'a, [u8]>> {
    match replacement(repo, RepoMethod::Wread) {
        Some(function) => Ok(Cow::Owned(function.0(path, &content, None)?)),
        None => plainly(repo, Direction::Encode, path, content),
    }
}

/// What a file of the working directory has of this stored content, that of `version` if it is one.
///
/// # Errors
/// When a pattern is invalid or the program fails.
pub fn decode<'a>(
    repo: &Repo,
    path: &HgPath,
    content: Cow<'a, [u8]>,
    version: Option<Node>,
) -> Result<Cow<'a, [u8]>> {
    match replacement(repo, RepoMethod::Wwritedata) {
        Some(function) => Ok(Cow::Owned(function.0(path, &content, version)?)),
        None => plainly(repo, Direction::Decode, path, content),
    }
}

/// [`decode`] for content that is about to be written into the working directory.
///
/// # Errors
/// When a pattern is invalid or the program fails.
pub fn decode_to_write<'a>(
    repo: &Repo,
    path: &HgPath,
    content: Cow<'a, [u8]>,
    version: Option<Node>,
) -> Result<Cow<'a, [u8]>> {
    match replacement(repo, RepoMethod::Wwrite) {
        Some(function) => Ok(Cow::Owned(function.0(path, &content, version)?)),
        None => plainly(repo, Direction::Decode, path, content),
    }
}

/// Whether any stored content is changed on its way into the working directory.
pub(crate) fn decodes(repo: &Repo) -> bool {
    repo.replaced(RepoMethod::Wwrite).is_some() || repo.config().items("decode").next().is_some()
}

fn replacement(repo: &Repo, method: RepoMethod) -> Option<Box<FilterReplacement>> {
    repo.replacement(method)
}

/// Which way content goes.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Direction {
    /// From the working directory to the store.
    Encode,
    /// From the store to the working directory.
    Decode,
}

/// The originals of [`encode`] and [`decode`]: what replacements build upon.
///
/// # Errors
/// When a pattern is invalid or the program fails.
pub fn plainly<'a>(
    repo: &Repo,
    direction: Direction,
    path: &HgPath,
    content: Cow<'a, [u8]>,
) -> Result<Cow<'a, [u8]>> {
    let section = match direction {
        Direction::Encode => "encode",
        Direction::Decode => "decode",
    };
    let config = repo.config();
    for (pattern, command) in config.items(section) {
        if command == b"!" || !matches(repo, pattern, path)? {
            continue;
        }
        let text = [b"filtering ", path.as_bytes(), b" through ", command, b"\n"].concat();
        repo.reporter().debug(&text);
        let named = repo.replacement::<NamedFilters>(RepoMethod::Datafilter);
        if let Some(named) = named
            && let Some(made) = named.0(command, path, &content)?
        {
            return Ok(Cow::Owned(made));
        }
        return Ok(Cow::Owned(match command.strip_prefix(b"tempfile:") {
            Some(command) => through_files(command.trim_start(), &content)?,
            None => {
                let command = command.strip_prefix(b"pipe:").unwrap_or(command);
                through_pipe(command.trim_start(), &content)?
            }
        }));
    }
    Ok(content)
}

fn matches(repo: &Repo, pattern: &[u8], path: &HgPath) -> Result<bool> {
    let patterns = [pattern.to_vec()];
    let root = repo.root_bytes();
    let options = MatchOptions {
        patterns: &patterns,
        default_kind: PatternKind::Glob,
        ..MatchOptions::new(root, root)
    };
    Ok(matcher(&options)?.matches(path))
}

fn shell(command: &[u8]) -> Command {
    let mut shell = Command::new("/bin/sh");
    shell.arg("-c").arg(std::ffi::OsStr::from_bytes(command));
    shell
}

fn cannot_run(error: io::Error) -> Error {
    Error::abort([b"cannot run filter: ", &hg_vfs::os_message(&error)[..]].concat()).because(error)
}

/// What the command makes of `content`, whatever status it ends with.
fn through_pipe(command: &[u8], content: &[u8]) -> Result<Vec<u8>> {
    let mut shell = shell(command);
    let mut child =
        shell.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn().map_err(cannot_run)?;
    let input = child.stdin.take();
    let output = std::thread::scope(|scope| {
        // Both ends at once: neither pipe may fill up. A command need not read all it is given.
        scope.spawn(move || input.map(|mut input| input.write_all(content)));
        child.wait_with_output()
    });
    Ok(output.map_err(cannot_run)?.stdout)
}

fn through_files(command: &[u8], content: &[u8]) -> Result<Vec<u8>> {
    let named = |prefix: &str| tempfile::Builder::new().prefix(prefix).tempfile();
    let input = named("hg-filter-in-").map_err(cannot_run)?;
    let output = named("hg-filter-out-").map_err(cannot_run)?;
    input.as_file().write_all(content).map_err(cannot_run)?;
    let command = command.replace("INFILE", path_to_bytes(input.path()));
    let command = command.replace("OUTFILE", path_to_bytes(output.path()));
    let status = shell(&command).status().map_err(cannot_run)?;
    if !status.success() {
        let why = explain(status);
        return Err(Error::abort([b"command '", &command[..], b"' failed: ", &why].concat()));
    }
    // By name: the command may have put another file in its place.
    std::fs::read(output.path()).map_err(cannot_run)
}

fn explain(status: ExitStatus) -> Vec<u8> {
    match (status.code(), status.signal()) {
        (Some(code), _) => format!("exited with status {code}"),
        (None, Some(signal)) => format!("killed by signal {signal}"),
        (None, None) => "ended for no known reason".to_owned(),
    }
    .into_bytes()
}
