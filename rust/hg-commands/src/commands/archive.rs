//! `hg archive`.

use std::io::{self, Write};
use std::rc::Rc;

use hg_query::template::Host;
use hg_repo::archive::{ArchiveKind, ArchiveOptions, Destination, archive, metadata, tidy_prefix};
use hg_types::{Error, Result, Revision};
use hg_vfs::{SystemClock, bytes_to_path, path_to_bytes};

use crate::changeset_display::UiHost;
use crate::file_name::FileName;
use crate::output_name::OutputNames;
use crate::revision::{self, Target};
use crate::scope::match_included;
use crate::{Command, CommandContext, Ui, spec};

/// `hg archive`.
pub static COMMAND: Command = Command {
    spec: &spec::import_export::ARCHIVE,
    help: "Write the files of a revision, by default of the first parent of the working directory, to a\n\
directory or an archive, without history. The kind follows from the name of DEST unless --type\n\
names one:\n\n\
``files``  a directory (default)\n\n``tar``    a tarball\n\n``tbz2``   a tarball, bzip2\n\n\
``tgz``    a tarball, gzip\n\n``txz``    a tarball, xz\n\n``uzip``   a zip file, not compressed\n\n\
``zip``    a zip file\n\n\
A DEST of ``-`` is the standard output. The name may have the placeholders that :hg:`help export`\n\
lists. All names in an archive start with the prefix, by default the name of the archive without\n\
what tells the kind; -p/--prefix sets another one.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [destination] = &ctx.args[..] else {
        return Err(ctx.usage_error());
    };
    let repo = ctx.repo()?;
    let rev = match revision::single(ctx, ctx.opts.nonempty("rev").unwrap_or(b"."))? {
        Target::WorkingDirectory => Revision::WDIR,
        Target::Changeset(rev) if rev.is_null() => {
            return Err(Error::abort("no working directory: please specify a revision"));
        }
        Target::Changeset(rev) => rev,
    };
    let name = expand(ctx, destination, rev)?;
    let to_stdout = name == b"-";
    let full = hg_match::join_path(path_to_bytes(&ctx.cwd()), &name);
    if !to_stdout && inside_itself(&full, repo.root_bytes()) {
        return Err(Error::abort("repository root cannot be destination"));
    }
    let kind = match ctx.opts.nonempty("type") {
        Some(name) => ArchiveKind::named(name)
            .ok_or_else(|| Error::abort([b"unknown archive type '", name, b"'"].concat()))?,
        None => ArchiveKind::of_file(&name).unwrap_or(ArchiveKind::Files),
    };
    let prefix = prefix(ctx, kind, &name, to_stdout, rev)?;
    let matcher = match_included(ctx, rev)?;
    let host: Rc<dyn Host> = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
    let described = ctx.config().get_bool("ui", "archivemeta")?;
    let options = ArchiveOptions {
        rev,
        matcher: &matcher,
        prefix: &prefix,
        decode: !ctx.opts.flag("no-decode"),
        mtime: mtime(ctx, rev)?,
        subrepos: ctx.opts.flag("subrepos"),
        metadata: if described { Some(metadata(repo, rev, &host)?) } else { None },
    };
    let destination = if to_stdout {
        Destination::Stream(Box::new(ToUser(&ctx.ui)), is_seekable())
    } else {
        Destination::Path(bytes_to_path(&full))
    };
    archive(repo, kind, destination, &options)?;
    Ok(0)
}

/// Replaces the placeholders in the name of the archive or in the prefix.
fn expand(ctx: &CommandContext, format: &[u8], rev: Revision) -> Result<Vec<u8>> {
    let repo = ctx.repo()?;
    let width = repo.changelog()?.len().saturating_sub(1).to_string().len();
    let about = FileName { revision_width: width, ..FileName::default() };
    OutputNames::new(&ctx.ui, repo, format)?.name(rev, &about)
}

/// Whether a directory is the root of the repository, however it is named.
fn inside_itself(full: &[u8], root: &[u8]) -> bool {
    let real = |path: &[u8]| bytes_to_path(path).canonicalize().ok();
    real(full).is_some_and(|full| Some(full) == real(root))
}

fn prefix(
    ctx: &CommandContext,
    kind: ArchiveKind,
    name: &[u8],
    to_stdout: bool,
    rev: Revision,
) -> Result<Vec<u8>> {
    let given = ctx.opts.nonempty("prefix");
    if !kind.is_file() {
        if to_stdout {
            return Err(Error::abort("cannot archive plain files to stdout"));
        }
        if given.is_some() {
            return Err(Error::abort("cannot give prefix when archiving to files"));
        }
        return Ok(Vec::new());
    }
    let format = match given {
        Some(prefix) => prefix.to_vec(),
        None if to_stdout => b"%b-%h".to_vec(),
        None => {
            let name = hg_types::HgPath::new(name).file_name();
            return tidy_prefix(kind.strip_suffix(name));
        }
    };
    tidy_prefix(&expand(ctx, &format, rev)?)
}

/// The time of all members: the changeset's, or now.
fn mtime(ctx: &CommandContext, rev: Revision) -> Result<i64> {
    if rev.is_wdir() {
        let clock = SystemClock::new(ctx.config().environment().var("TZ"));
        return Ok(hg_types::Clock::date(&clock).seconds);
    }
    Ok(ctx.repo()?.changelog()?.entry(rev)?.date().seconds)
}

/// Whether the standard output is a file.
fn is_seekable() -> bool {
    use std::io::Seek as _;
    use std::os::fd::AsFd as _;
    let copy = io::stdout().as_fd().try_clone_to_owned();
    copy.is_ok_and(|fd| std::fs::File::from(fd).stream_position().is_ok())
}

/// Hands bytes to the user's standard output.
struct ToUser<'a>(&'a Ui);

impl Write for ToUser<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.write(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.0.flush();
        Ok(())
    }
}
