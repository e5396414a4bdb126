//! `hg annotate`.

use std::rc::Rc;

use hg_diff::binary::is_binary;
use hg_diff::lines;
use hg_match::PatternKind;
use hg_query::template::{Changeset, History};
use hg_store::revlog::RevBits;
use hg_types::{Error, HgPath, HgPathBuf, Node, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::annotate::{AnnotateOptions, Annotation, Line, Start, annotate};
use hg_wdir::diff::options::{Features, from_config};
use hg_wdir::snapshot::RevisionSnapshot;

use crate::changeset_display::UiHost;
use crate::diff_display::flags;
use crate::formatter::Value;
use crate::line_range::LineRange;
use crate::revision::{self, Target};
use crate::scope::{Naming, match_patterns, match_stored};
use crate::{Command, CommandContext, Formatter, spec};

mod columns;

use columns::Columns;

/// `hg annotate`.
pub static COMMAND: Command = Command {
    spec: &spec::content::ANNOTATE,
    help: "Show for every line of files which changeset it comes from.\n\n\
Without options that choose what is shown, that is the revision number; with --file, --user or\n\
--date it is left out unless --number is given too.\n\n\
Files with NUL bytes are binary and only mentioned, unless -a/--text is given.\n\n\
-T/--template knows ``lines`` and ``path`` for each file; each line has ``line``, ``lineno`` and\n\
``path`` beside the keywords of its changeset.\n\nReturns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let ranges = ctx.opts.list("line-range");
    if ctx.args.is_empty() && ranges.is_empty() {
        return Err(Error::input("at least one filename or pattern is required"));
    }
    if !ranges.is_empty() && !ctx.args.is_empty() {
        return Err(Error::input("cannot combine filename or pattern and --line-range"));
    }
    if !ranges.is_empty() && !follows(ctx) {
        return Err(Error::input("--line-range is incompatible with --no-follow"));
    }
    let columns = Columns::of(ctx)?;
    let target = revision::single(ctx, ctx.opts.bytes("rev").unwrap_or_default())?;
    let mut job = Job::new(ctx, target, columns)?;
    let mut fm = Formatter::with_repo(
        &ctx.ui,
        Some(ctx.repo()?),
        "annotate",
        ctx.opts.nonempty("template"),
    )?;
    let (paths, missing) =
        if ranges.is_empty() { job.files(&ctx.args)? } else { (job.ranges(ranges)?, None) };
    for path in paths {
        job.file(&mut fm, &path)?;
        ctx.ui.check()?;
    }
    if let Some(error) = missing {
        return Err(error);
    }
    fm.end()?;
    Ok(0)
}

/// Whether copies and renames are followed.
fn follows(ctx: &CommandContext) -> bool {
    let on = ctx.opts.tristate("follow").filter(|_| ctx.opts.given("follow"));
    !ctx.opts.flag("no-follow") && on != Some(false)
}

/// What stays the same for all files.
struct Job<'a> {
    ctx: &'a CommandContext,
    target: Target,
    columns: Columns,
    options: hg_diff::DiffOptions,
    skip: Option<RevBits>,
    history: Rc<History>,
    /// The lines to show, all without one.
    range: Option<LineRange>,
}

impl<'a> Job<'a> {
    fn new(ctx: &'a CommandContext, target: Target, columns: Columns) -> Result<Self> {
        let repo = ctx.repo()?;
        let whitespace = Features { git: false, whitespace: true, format: false };
        let config = ctx.config();
        let options = from_config(&config, "annotate", &flags(&ctx.opts), whitespace, &*ctx.ui)?;
        let skipped = ctx.opts.list("skip");
        let skip = if skipped.is_empty() {
            None
        } else {
            let query = revision::query(ctx)?;
            let mut bits = RevBits::with_len(repo.changelog()?.len());
            bits.extend(revision::range(&query, skipped)?.to_vec()?);
            Some(bits)
        };
        let host = Rc::new(UiHost::new(&ctx.ui, Some(repo.root_bytes())));
        let history = History::new(repo.clone(), host);
        Ok(Self { ctx, target, columns, options, skip, history, range: None })
    }

    /// The files that `--line-range` names. As in the oracle, the first range is that of all.
    fn ranges(&mut self, specs: &[Vec<u8>]) -> Result<Vec<HgPathBuf>> {
        let mut paths: Vec<HgPathBuf> = Vec::new();
        for spec in specs {
            let (pattern, range) = LineRange::parse(spec)?;
            let (found, missing) = self.files(&[pattern.to_vec()])?;
            if let Some(error) = missing {
                return Err(error);
            }
            let [path] = &found[..] else {
                let parts = [b"line range pattern '", pattern, b"' must match exactly one file"];
                return Err(Error::parse(parts.concat(), None));
            };
            self.range.get_or_insert(range);
            if !paths.contains(path) {
                paths.push(path.clone());
            }
        }
        paths.sort();
        Ok(paths)
    }

    /// The files to annotate, and what is wrong with others that are named: the run ends with it.
    fn files(&self, patterns: &[Vec<u8>]) -> Result<(Vec<HgPathBuf>, Option<Error>)> {
        let repo = self.ctx.repo()?;
        let matcher = match self.target {
            Target::Changeset(_) => match_stored(self.ctx, patterns, PatternKind::RelPath)?,
            Target::WorkingDirectory => match_patterns(self.ctx, patterns)?,
        };
        let (name, found, missing) = match self.target {
            Target::Changeset(rev) => {
                let snapshot = RevisionSnapshot::new(repo, rev)?;
                let manifest = snapshot.manifest();
                let matching = manifest.paths().filter(|path| matcher.matches(path));
                let found: Vec<_> = matching.map(ToOwned::to_owned).collect();
                let named = matcher.files().into_iter();
                let missing = named.filter(|path| {
                    matcher.exact(path) && !manifest.contains(path) && !manifest.has_dir(path)
                });
                let missing: Vec<_> = missing.collect();
                (repo.changelog()?.node(rev).short(), found, missing)
            }
            Target::WorkingDirectory => {
                let mut wdir = WorkingDir::open(repo)?;
                let options = hg_wdir::StatusOptions { clean: true, ..Default::default() };
                let status = wdir.status(&matcher, options)?;
                let mut found = [status.modified, status.added, status.clean].concat();
                let gone = [status.deleted, status.removed].concat();
                let manifest = wdir.p1_manifest()?;
                for path in matcher.files() {
                    let exact = matcher.exact(&path) && !found.contains(&path);
                    if exact && (gone.contains(&path) || !manifest.has_dir(&path)) {
                        found.push(path);
                    }
                }
                found.sort();
                (Vec::new(), found, Vec::new())
            }
        };
        let error = missing.iter().min().map(|path| {
            let naming = Naming::relative(self.ctx, repo);
            let shown = naming.name(path);
            let parts = [&shown[..], b": no such file in rev ", &name];
            Error::abort(parts.concat())
        });
        Ok((found, error))
    }

    fn file(&self, fm: &mut Formatter, path: &HgPath) -> Result<()> {
        let repo = self.ctx.repo()?;
        let start = self.start(path)?;
        fm.start_item();
        let content = match &start {
            Start::Committed { path, node, .. } => repo.filelog(path)?.read_node(node)?.into_vec(),
            Start::Working { content, .. } => content.clone(),
        };
        if !self.ctx.opts.flag("text") && is_binary(&content) {
            let naming = Naming::configured(self.ctx, repo, true)?;
            fm.data(&[("path", Value::from(path.as_bytes()))]);
            fm.plain([&naming.name(path)[..], b": binary file\n"].concat(), "");
            return Ok(());
        }
        let skip = |rev: Revision| self.skip.as_ref().is_some_and(|bits| bits.contains(rev));
        let options = AnnotateOptions {
            follow: follows(self.ctx),
            diff: self.options.clone(),
            skip: self.skip.as_ref().map(|_| &skip as &dyn Fn(Revision) -> bool),
        };
        let mut annotation = annotate(repo, &start, &options)?;
        if let Some(range) = self.range {
            range.cut(&mut annotation);
        }
        self.lines(fm, &annotation)?;
        fm.data(&[("path", Value::from(path.as_bytes()))]);
        Ok(())
    }

    /// Writes the lines of a file.
    fn lines(&self, fm: &mut Formatter, annotation: &Annotation) -> Result<()> {
        let columns = &self.columns;
        if fm.is_plain() {
            let working = self.target == Target::WorkingDirectory;
            let text = columns.text(self.ctx, &self.history, annotation, working)?;
            for (prefix, line) in text.iter().zip(lines::split(&annotation.content)) {
                fm.plain(prefix, "");
                fm.plain(line, "");
            }
            if !annotation.content.is_empty() && !annotation.content.ends_with(b"\n") {
                fm.plain("\n", "");
            }
            return Ok(());
        }
        let columns = columns.with_wanted(fm, self.ctx.opts.nonempty("template"));
        let mut nested = fm.nested_as("{rev}: {line}");
        for (line, text) in annotation.iter() {
            let origin = annotation.origin(line);
            nested.start_item();
            nested.context(origin.rev);
            let fields = columns.fields(&self.history, annotation, line)?;
            nested.data(&[("line", Value::from(text))]);
            nested.data(&fields);
        }
        fm.end_nested("lines", nested);
        Ok(())
    }

    fn start(&self, path: &HgPath) -> Result<Start> {
        let repo = self.ctx.repo()?;
        let rev = match self.target {
            Target::Changeset(rev) => rev,
            Target::WorkingDirectory => return Start::working(repo, path),
        };
        let snapshot = RevisionSnapshot::new(repo, rev)?;
        let node = snapshot.manifest().node(path).unwrap_or(Node::NULL);
        Ok(Start::Committed { rev, path: path.to_owned(), node })
    }
}

/// The changeset of a line, opened.
fn changeset_of(history: &Rc<History>, annotation: &Annotation, line: &Line) -> Result<Changeset> {
    Changeset::open(history, annotation.origin(line).rev)
}
