//! `hg grep`.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use hg_match::{Matcher, PythonRegex};
use hg_query::line_search::{Found, FoundLine, HistorySearch, matching_lines};
use hg_query::{QueryContext, changes};
use hg_types::{Error, HgDate, HgPath, HgPathBuf, Result, Revision};

use crate::formatter::Value;
use crate::log::Selection;
use crate::scope::{Naming, match_patterns};
use crate::sequence::{Change, compare};
use crate::{Command, CommandContext, Formatter, log, revision, spec};

/// `hg grep`.
pub static COMMAND: Command = Command {
    spec: &spec::content::GREP,
    help: "Search for a regular expression in the files of the working directory, or with -r/--rev in those
of changesets.

With --diff, show where it came (``+``) and went (``-``) in the changes of each changeset.
-f/--follow follows the history of the working directory's parent, or of the files named.

Returns 0 if a match is found, 1 otherwise.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let Some((pattern, files)) = ctx.args.split_first() else {
        return Err(ctx.usage_error());
    };
    let flags: &[u8] = if ctx.opts.flag("ignore-case") { b"(?mi)" } else { b"(?m)" };
    let Ok(regex) = PythonRegex::new(&[flags, pattern].concat()) else {
        let why = PythonRegex::new(pattern).err().unwrap_or_else(|| "bad pattern".to_owned());
        ctx.ui.warn(format!("grep: invalid match pattern: {why}\n"));
        return Ok(1);
    };
    let query = revision::query(ctx)?;
    let diff = ctx.opts.flag("all") || ctx.opts.flag("diff");
    let follow = ctx.opts.flag("follow");
    if ctx.opts.flag("all-files")
        && let Some(name) = ["all", "diff"].into_iter().find(|name| ctx.opts.flag(name))
    {
        return Err(Error::input(format!("cannot specify both --all-files and --{name}")));
    }
    let plain = !diff && !follow && ctx.opts.list("rev").is_empty();
    let mut search = Search {
        ctx,
        query: &query,
        regex: Arc::new(regex),
        fm: Formatter::with_repo(
            &ctx.ui,
            Some(&query.repo),
            "grep",
            ctx.opts.nonempty("template"),
        )?,
        naming: Naming::configured(ctx, &query.repo, false)?,
        plain,
        diff,
        found: false,
    };
    ctx.ui.pager("grep")?;
    if plain {
        let matcher = match_patterns(ctx, files)?;
        search.revision(Revision::WDIR, &matcher)?;
    } else if diff {
        let selection = log::select_files(ctx, &query, files, Vec::new())?;
        if follow {
            for rev in selection.revs.iter() {
                let rev = rev?;
                search.revision(rev, &(selection.files)(rev)?)?;
            }
        } else {
            search.history(&selection)?;
        }
    } else {
        let matcher = match_patterns(ctx, files)?;
        for rev in log::all_followed(ctx, &query)?.iter() {
            search.revision(rev?, &matcher)?;
        }
    }
    let found = search.found;
    search.fm.end()?;
    Ok(i32::from(!found))
}

struct Search<'a> {
    ctx: &'a CommandContext,
    query: &'a QueryContext,
    regex: Arc<PythonRegex>,
    fm: Formatter,
    naming: Naming,
    plain: bool,
    diff: bool,
    found: bool,
}

/// How many changesets are searched at once: few at first, so that the first lines come soon.
const FIRST_BATCH: usize = 64;
/// How many changesets are searched at once at most.
const LARGEST_BATCH: usize = 2048;

impl Search<'_> {
    /// Shows where matching lines came and went in changesets.
    fn history(&mut self, selection: &Selection<'_>) -> Result<()> {
        let (repo, regex) = (self.query.repo.clone(), Arc::clone(&self.regex));
        let mut searched = HistorySearch::new(&repo, &regex);
        let mut revs = selection.revs.iter();
        let mut size = FIRST_BATCH;
        loop {
            let batch = revs.by_ref().take(size).collect::<Result<Vec<_>>>()?;
            if batch.is_empty() {
                return Ok(());
            }
            size = (size * 4).min(LARGEST_BATCH);
            let stored: Vec<Revision> =
                batch.iter().copied().filter(|rev| !rev.is_wdir()).collect();
            let mut matchers = HashMap::new();
            for &rev in &stored {
                matchers.insert(rev, (selection.files)(rev)?);
            }
            let wanted = |rev: Revision, path: &HgPath| {
                matchers.get(&rev).is_some_and(|matcher| matcher.matches(path))
            };
            let found = searched.batch(&stored, wanted)?;
            let mut found: HashMap<Revision, _> = stored.into_iter().zip(found).collect();
            for rev in batch {
                if rev.is_wdir() {
                    self.revision(rev, &(selection.files)(rev)?)?;
                }
                for file in found.remove(&rev).unwrap_or_default() {
                    self.show_changes(rev, &file.path, &file.before, &file.after)?;
                }
                self.ctx.ui.check()?;
            }
        }
    }

    fn revision(&mut self, rev: Revision, matcher: &Matcher) -> Result<()> {
        let files: BTreeSet<HgPathBuf> = match (self.diff, rev.is_wdir()) {
            (true, false) => {
                let entry = self.query.entry(rev)?;
                entry.files().filter(|path| matcher.matches(path)).map(ToOwned::to_owned).collect()
            }
            _ => {
                let tracked = changes::files_of(self.query, rev)?;
                tracked.into_iter().filter(|path| matcher.matches(path)).collect()
            }
        };
        if rev.is_wdir() {
            let auditor = hg_vfs::PathAuditor::new(self.query.repo.wvfs().clone());
            for path in &files {
                auditor.check(path.as_bytes())?;
            }
        }
        for path in files {
            let Some(content) = self.content(rev, &path)? else {
                continue;
            };
            if self.diff {
                self.show_differences(rev, &path, &content)?;
            } else {
                let lines = matching_lines(&self.regex, &content);
                let shown = lines.iter().map(|line| (None, line)).collect::<Vec<_>>();
                self.show(rev, &path, &shown, is_binary(&content))?;
            }
            self.ctx.ui.check()?;
        }
        Ok(())
    }

    fn content(&self, rev: Revision, path: &HgPathBuf) -> Result<Option<Vec<u8>>> {
        if rev.is_wdir() {
            let wdir = hg_wdir::WorkingDir::open(&self.query.repo)?;
            // A file that is gone is passed over, one that another hides is not.
            return match wdir.lstat_existing(path) {
                Err(error) if error.is_absent() => Ok(None),
                _ => Ok(Some(wdir.read_existing(path)?.1)),
            };
        }
        changes::content(self.query, rev, path)
    }

    fn show_differences(&mut self, rev: Revision, path: &HgPathBuf, content: &[u8]) -> Result<()> {
        let parent = self.query.parents(rev)?[0];
        let source = match self.ctx.opts.flag("follow") {
            true => self.copy_source(rev, path)?,
            false => None,
        };
        let before = changes::content(self.query, parent, source.as_ref().unwrap_or(path))?;
        let before = before.unwrap_or_default();
        let old = Found::in_content(&self.regex, &before);
        self.show_changes(rev, path, &old, &Found::in_content(&self.regex, content))
    }

    /// Shows the lines that match on one side only.
    fn show_changes(
        &mut self,
        rev: Revision,
        path: &HgPathBuf,
        old: &Found,
        new: &Found,
    ) -> Result<()> {
        let changed: Vec<_> = compare(&old.lines, &new.lines)
            .into_iter()
            .filter_map(|(change, line)| match change {
                Change::Kept => None,
                Change::Removed => Some((Some('-'), line)),
                Change::Added => Some((Some('+'), line)),
            })
            .collect();
        self.show(rev, path, &changed, old.binary || new.binary)
    }

    fn copy_source(&self, rev: Revision, path: &HgPathBuf) -> Result<Option<HgPathBuf>> {
        if rev.is_wdir() {
            let wdir = hg_wdir::WorkingDir::open(&self.query.repo)?;
            return wdir.dirstate().copy_source(path);
        }
        let Some(node) = changes::manifest(self.query, rev)?.node(path) else {
            return Ok(None);
        };
        let log = self.query.repo.filelog(path)?;
        Ok(log.renamed(log.rev(&node)?)?.map(|(source, _)| source))
    }

    fn show(
        &mut self,
        rev: Revision,
        path: &HgPathBuf,
        lines: &[(Option<char>, &FoundLine)],
        binary: bool,
    ) -> Result<()> {
        if lines.is_empty() {
            return Ok(());
        }
        let opts = &self.ctx.opts;
        let names_only = opts.flag("files-with-matches");
        let (user, date) = self.author(rev)?;
        let node = self.query.node(rev);
        for (change, line) in lines {
            self.fm.start_item();
            self.fm.context(rev);
            let hex = if self.fm.is_plain() { self.fm.hex(&node) } else { node.hex() };
            self.fm.data(&[("node", Value::from(&hex[..]))]);
            self.columns(rev, path, line.number, *change, (&user, date));
            if !names_only {
                self.fm.plain(self.separator(), "grep.sep");
                if binary && !opts.flag("text") {
                    self.fm.plain(" Binary file matches", "");
                } else {
                    self.show_text(line);
                }
            }
            self.fm.plain(self.line_end(), "");
            self.found = true;
            if names_only || (binary && !opts.flag("text")) {
                break;
            }
        }
        Ok(())
    }

    fn author(&self, rev: Revision) -> Result<(Vec<u8>, HgDate)> {
        if rev.is_wdir() {
            let user = self.ctx.ui.username().unwrap_or_default();
            let date = match self.ctx.config().get("devel", "default-date") {
                Some(text) => hg_types::parse_date(text, &*self.query.clock)?,
                None => self.query.clock.date(),
            };
            return Ok((user, date));
        }
        let entry = self.query.entry(rev)?;
        Ok((self.query.encoding.local(entry.user()).into_owned(), entry.date()))
    }

    fn separator(&self) -> &'static str {
        if self.ctx.opts.flag("print0") { "\0" } else { ":" }
    }

    fn line_end(&self) -> &'static str {
        if self.ctx.opts.flag("print0") { "\0" } else { "\n" }
    }

    /// What stands before the text of a line.
    fn columns(
        &mut self,
        rev: Revision,
        path: &HgPathBuf,
        number: usize,
        change: Option<char>,
        (user, date): (&[u8], HgDate),
    ) {
        let ui = &self.ctx.ui;
        let opts = &self.ctx.opts;
        let name = self.naming.name(path);
        let shown_user = if ui.is_verbose() { user.to_vec() } else { ui.short_user(user) };
        let shown_date = if ui.is_quiet() {
            date.format(b"%Y-%m-%d")
        } else {
            date.format(HgDate::DEFAULT_FORMAT)
        };
        let number_text = number.to_string().into_bytes();
        let mut columns: Vec<(&'static str, Value, Vec<u8>, bool, &str)> = vec![
            ("path", Value::from(path.as_bytes()), name, true, "grep.filename"),
            ("rev", Value::from(rev.get()), rev.to_string().into_bytes(), !self.plain, "grep.rev"),
            (
                "lineno",
                Value::from(i64::try_from(number).unwrap_or(0)),
                number_text,
                opts.flag("line-number"),
                "grep.linenumber",
            ),
        ];
        if let Some(change) = change {
            let text = change.to_string().into_bytes();
            let label = match change {
                '+' => "grep.inserted grep.change",
                _ => "grep.deleted grep.change",
            };
            columns.push(("change", Value::from(&text[..]), text.clone(), true, label));
        }
        columns.push(("user", Value::from(user), shown_user, opts.flag("user"), "grep.user"));
        columns.push(("date", Value::from(date), shown_date, opts.flag("date"), "grep.date"));
        let separator = self.separator();
        for (position, (name, value, text, shown, label)) in columns.into_iter().enumerate() {
            if shown && position > 0 {
                self.fm.plain(separator, "grep.sep");
            }
            self.fm.cond_write(shown, &[(name, value)], text, label);
        }
    }

    /// The line, with what matches marked.
    fn show_text(&mut self, line: &FoundLine) {
        let mut texts = self.fm.nested_as("{text}");
        let mut put = |range: std::ops::Range<usize>, matched: bool| {
            if range.is_empty() {
                return;
            }
            let text = &line.text[range];
            texts.start_item();
            let label = if matched { "grep.match" } else { "" };
            texts.write(&[("text", Value::from(text))], text, label);
            texts.data(&[("matched", Value::from(matched))]);
        };
        let length = line.text.len();
        let (mut from, first_end) = (0, line.first.1.min(length));
        put(0..line.first.0.min(length), false);
        put(line.first.0.min(length)..first_end, true);
        from = from.max(first_end);
        let mut at = from;
        while at < length {
            let Some((start, end)) = self.regex.find(&line.text, at) else {
                break;
            };
            if end == at {
                at += 1;
                continue;
            }
            put(from..start, false);
            put(start..end, true);
            from = end;
            at = end;
        }
        put(from..length, false);
        self.fm.end_nested("texts", texts);
    }
}

fn is_binary(content: &[u8]) -> bool {
    content.contains(&0)
}
