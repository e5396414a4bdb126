//! `hg export`.

use std::rc::Rc;

use hg_query::template::{Changeset, History};
use hg_types::{Error, ErrorKind, Result, Revision};

use crate::changeset_display::UiHost;
use crate::diff_display::{Comparison, DiffStyle};
use crate::file_name::FileName;
use crate::formatter::Value;
use crate::output_name::OutputNames;
use crate::revision::{self, Target};
use crate::{Command, CommandContext, Formatter, spec};

/// `hg export`.
pub static COMMAND: Command = Command {
    spec: &spec::import_export::EXPORT,
    help: "Print changesets as patches: a header with author, date, branch (unless it is the default),\n\
ids of the changeset and its parents, and the description, then the changes against the first\n\
parent, or against the second with --switch-parent. Without revisions, the first parent of the\n\
working directory is exported. --bookmark exports what only that bookmark leads to.\n\n\
-o/--output writes to files. Their names may have templates and these specifications::\n\n\
  %%  a percent sign\n  %H  changeset id (40 digits)\n  %N  number of patches\n\
  %R  revision number\n  %b  name of the repository\n  %h  changeset id (12 digits)\n\
  %m  first line of the description, letters and digits only\n\
  %n  number of the patch, counted from 1, with leading zeros\n\
  %r  revision number with leading zeros\n\n\
-T/--template knows ``diff`` and ``parents`` beside the common keywords.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let revs = revisions(ctx)?;
    if revs.is_empty() {
        return Err(Error::input("export requires at least one changeset"));
    }
    let many = if revs.len() > 1 { "exporting patches:\n" } else { "exporting patch:\n" };
    ctx.ui.note(many);
    let export = Export::new(ctx)?;
    match ctx.opts.nonempty("output").filter(|format| *format != b"-") {
        None => {
            let mut fm = formatter(ctx)?;
            for &rev in &revs {
                export.write(&mut fm, rev, true)?;
                ctx.ui.check()?;
            }
            fm.end()?;
        }
        Some(format) => export.to_files(&revs, format)?,
    }
    Ok(0)
}

fn formatter(ctx: &CommandContext) -> Result<Formatter> {
    let template = ctx.opts.nonempty("template");
    Formatter::with_repo(&ctx.ui, Some(ctx.repo()?), "export", template)
}

fn revisions(ctx: &CommandContext) -> Result<Vec<Revision>> {
    let query = revision::query(ctx)?;
    if let Some(bookmark) = ctx.opts.nonempty("bookmark") {
        if !ctx.opts.list("rev").is_empty() {
            return Err(Error::input("cannot specify both --rev and --bookmark"));
        }
        if ctx.repo()?.bookmarks()?.get(bookmark).is_none() {
            let parts = [b"bookmark '", bookmark, b"' not found"];
            return Err(Error::input(parts.concat()));
        }
        return revision::range(&query, &[only_bookmark(bookmark)])?.to_vec();
    }
    let mut specs = [&ctx.args[..], ctx.opts.list("rev")].concat();
    if specs.is_empty() {
        specs.push(b".".to_vec());
    }
    revision::range(&query, &specs)?.to_vec()
}

/// The revset of what only one bookmark leads to.
fn only_bookmark(bookmark: &[u8]) -> Vec<u8> {
    let mut name = b"'literal:".to_vec();
    for &byte in bookmark {
        if matches!(byte, b'\'' | b'\\') {
            name.push(b'\\');
        }
        name.push(byte);
    }
    name.push(b'\'');
    let parts: [&[u8]; 7] = [
        b"ancestors(bookmark(",
        &name,
        b")) - ancestors(head() and not bookmark(",
        &name,
        b")) - ancestors(bookmark() and not bookmark(",
        &name,
        b"))",
    ];
    parts.concat()
}

/// A changeset as a patch in git's format.
pub(crate) fn patch_text(ctx: &CommandContext, rev: Revision) -> Result<Vec<u8>> {
    let mut export = Export::new(ctx)?;
    export.style.options.git = true;
    ctx.ui.push_buffer(false);
    let mut fm = Formatter::with_repo(&ctx.ui, Some(ctx.repo()?), "export", None)?;
    let written = export.write(&mut fm, rev, false).and_then(|()| fm.end());
    let text = ctx.ui.pop_buffer();
    written?;
    Ok(text)
}

/// What stands before the diff of an exported changeset.
pub(crate) fn header_text(ctx: &CommandContext, rev: Revision) -> Result<Vec<u8>> {
    let export = Export::new(ctx)?;
    ctx.ui.push_buffer(false);
    let mut fm = Formatter::with_repo(&ctx.ui, Some(ctx.repo()?), "export", None)?;
    let written = export.write_head(&mut fm, rev).and_then(|_| fm.end());
    let text = ctx.ui.pop_buffer();
    written?;
    Ok(text)
}

/// Writes changesets as patches.
struct Export<'a> {
    ctx: &'a CommandContext,
    history: Rc<History>,
    style: DiffStyle,
}

impl<'a> Export<'a> {
    fn new(ctx: &'a CommandContext) -> Result<Self> {
        let repo = ctx.repo()?;
        let host = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
        let style = DiffStyle::from_opts(&ctx.ui, &ctx.opts)?;
        Ok(Self { ctx, history: History::new(repo.clone(), host), style })
    }

    /// Writes a changeset; `colored` lets the diff have colours.
    fn write(&self, fm: &mut Formatter, rev: Revision, colored: bool) -> Result<()> {
        let parent = self.write_head(fm, rev)?;
        self.write_diff(fm, [parent, rev], colored)
    }

    /// Writes what stands before the diff; gives the revision to compare with.
    fn write_head(&self, fm: &mut Formatter, rev: Revision) -> Result<Revision> {
        let (ctx, repo) = (self.ctx, self.ctx.repo()?);
        let changelog = repo.changelog()?;
        let changeset = Changeset::open(&self.history, rev)?;
        let entry = changeset.entry()?;
        let encoding = ctx.ui.encoding();
        let (user, description) = (encoding.local(entry.user()), entry.description());
        let description = encoding.local(description.trim_ascii_end()).into_owned();
        let branch = encoding.local(&entry.branch()).into_owned();
        let mut parents = changeset.parents();
        if ctx.opts.flag("switch-parent") && !parents[1].is_null() {
            parents.swap(0, 1);
        }
        let hex = |rev: Revision| changelog.node(rev).hex();
        let date = entry.date();
        fm.start_item();
        fm.context(rev);
        fm.plain("# HG changeset patch\n", "");
        fm.write(&[("user", user[..].into())], [b"# User ", &user[..], b"\n"].concat(), "");
        let numbers = format!("# Date {} {}\n", date.seconds, date.offset);
        fm.write(&[("date", Value::Date(date))], numbers, "");
        let readable = date.format(b"%a %b %d %H:%M:%S %Y %1%2");
        fm.plain([b"#      ", &readable[..], b"\n"].concat(), "");
        let line = [b"# Branch ", &branch[..], b"\n"].concat();
        fm.cond_write(branch != b"default", &[("branch", branch[..].into())], line, "");
        let node = changeset.node().hex();
        let line = [b"# Node ID ", &node[..], b"\n"].concat();
        fm.write(&[("node", node[..].into())], line, "");
        fm.plain([b"# Parent  ", &hex(parents[0])[..], b"\n"].concat(), "");
        let known = parents.iter().filter(|parent| !parent.is_null());
        fm.data(&[("parents", Value::list(known.map(|&parent| hex(parent)), "parent"))]);
        if !parents[1].is_null() {
            fm.plain([b"# Parent  ", &hex(parents[1])[..], b"\n"].concat(), "");
        }
        let text = [&description[..], b"\n"].concat();
        fm.write(&[("desc", description[..].into())], text, "");
        fm.plain("\n", "");
        Ok(parents[0])
    }

    fn write_diff(&self, fm: &mut Formatter, revs: [Revision; 2], colored: bool) -> Result<()> {
        let (ui, repo) = (&self.ctx.ui, self.ctx.repo()?);
        if !fm.is_plain() && !fm.wants(&["diff"]) {
            return Ok(());
        }
        let matcher = hg_match::Matcher::always();
        let git = self.style.options.git;
        let comparison = Comparison::new(ui, repo, revs.map(Target::of), &matcher, git)?;
        if fm.is_plain() && colored {
            return self.style.write(ui, &comparison);
        }
        let text = self.style.to_bytes(&comparison, ui.is_debug())?;
        if fm.is_plain() {
            ui.write(text);
        } else {
            fm.data(&[("diff", text[..].into())]);
        }
        Ok(())
    }

    /// Writes each changeset to the file that the format names.
    fn to_files(&self, revs: &[Revision], format: &[u8]) -> Result<()> {
        let ui = &self.ctx.ui;
        let names = OutputNames::new(ui, self.ctx.repo()?, format)?;
        let revision_width = revs.iter().map(|rev| rev.to_string().len()).max().unwrap_or(0);
        // Changesets for the same file are written together.
        let mut files: Vec<(Vec<u8>, Vec<Revision>)> = Vec::new();
        for (at, &rev) in revs.iter().enumerate() {
            let sequence = Some((at + 1, revs.len()));
            let about = FileName { sequence, revision_width, ..FileName::default() };
            let name = names.name(rev, &about)?;
            match files.iter_mut().find(|(known, _)| *known == name) {
                Some((_, revs)) => revs.push(rev),
                None => files.push((name, vec![rev])),
            }
        }
        for (name, revs) in files {
            ui.push_buffer(false);
            let written = self.one_file(&revs);
            let text = ui.pop_buffer();
            written?;
            ui.note([&name[..], b"\n"].concat());
            write_file(self.ctx, &name, &text)?;
        }
        Ok(())
    }

    fn one_file(&self, revs: &[Revision]) -> Result<()> {
        let mut fm = formatter(self.ctx)?;
        for &rev in revs {
            self.write(&mut fm, rev, false)?;
        }
        fm.end()
    }
}

fn write_file(ctx: &CommandContext, name: &[u8], text: &[u8]) -> Result<()> {
    use std::os::unix::ffi::OsStrExt as _;
    let written = std::fs::write(ctx.cwd().join(std::ffi::OsStr::from_bytes(name)), text);
    written.map_err(|error| {
        let reason = hg_vfs::os_message(&error);
        let parts = [&reason[..], b": '", name, b"'"];
        Error::new(ErrorKind::Io, parts.concat())
    })
}
