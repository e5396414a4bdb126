//! `--line-range`: changesets that change given lines of files.

use std::collections::BTreeMap;
use std::ops::Range;

use hg_diff::line_range::overlap;
use hg_diff::unified::Hunk;
use hg_query::QueryContext;
use hg_query::filehistory::lines::LineAncestors;
use hg_types::{Error, HgPath, HgPathBuf, Result, Revision};
use hg_wdir::annotate::Start;
use hg_wdir::diff::options::{Features, from_config};

use crate::CommandContext;
use crate::diff_display::flags;
use crate::line_range::LineRange;
use crate::scope::match_named;

/// The lines in question, by the paths of their files.
type FileLines = BTreeMap<HgPathBuf, Vec<Range<usize>>>;

/// The changesets that change lines, and where those stand in each of them.
pub struct FollowedLines(BTreeMap<Revision, FileLines>);

impl FollowedLines {
    /// The changesets.
    pub(super) fn revs(&self) -> Vec<Revision> {
        self.0.keys().copied().collect()
    }

    /// The files in a changeset.
    pub(super) fn files(&self, rev: Revision) -> Vec<HgPathBuf> {
        self.0.get(&rev).map(|files| files.keys().cloned().collect()).unwrap_or_default()
    }

    /// Whether a hunk, context included, touches the lines.
    ///
    /// As in the oracle, the hunk counts its lines from 1 and the lines are counted from 0.
    #[must_use]
    pub fn touched_by(&self, rev: Revision, path: &HgPath, hunk: &Hunk) -> bool {
        let start = usize::try_from(hunk.new_start).unwrap_or(0);
        let end = start + usize::try_from(hunk.new_len).unwrap_or(0);
        let ranges = self.0.get(&rev).and_then(|files| files.get(path));
        ranges.is_some_and(|ranges| ranges.iter().any(|range| overlap(&(start..end), range)))
    }
}

/// Follows the lines that `--line-range` names from the working directory; `None` without any.
pub(super) fn followed(
    ctx: &CommandContext,
    query: &QueryContext,
) -> Result<Option<FollowedLines>> {
    let specs = ctx.opts.list("line-range");
    if specs.is_empty() {
        return Ok(None);
    }
    if !ctx.opts.flag("follow") {
        return Err(Error::input("--line-range requires --follow"));
    }
    if !ctx.args.is_empty() {
        return Err(Error::input("FILE arguments are not compatible with --line-range option"));
    }
    let config = ctx.config();
    let options = from_config(&config, "diff", &flags(&ctx.opts), Features::ALL, &*ctx.ui)?;
    let mut found: BTreeMap<Revision, FileLines> = BTreeMap::new();
    for (path, range) in named_lines(ctx, query, specs)? {
        let start = Start::working(&query.repo, &path)?;
        let walk = LineAncestors::new(query, options.clone(), start, range.lines())?;
        let mut walk = walk.within_file();
        while let Some(version) = walk.next_version()? {
            let files = found.entry(version.rev).or_default();
            files.entry(version.path).or_default().push(version.lines);
        }
    }
    Ok(Some(FollowedLines(found)))
}

/// The files and lines that were named.
fn named_lines(
    ctx: &CommandContext,
    query: &QueryContext,
    specs: &[Vec<u8>],
) -> Result<Vec<(HgPathBuf, LineRange)>> {
    let tracked = hg_query::changes::files_of(query, Revision::WDIR)?;
    let mut out = Vec::new();
    for spec in specs {
        let (pattern, range) = LineRange::parse(spec)?;
        let matcher = match_named(ctx, &[pattern.to_vec()])?;
        let files: Vec<&HgPathBuf> = tracked.iter().filter(|path| matcher.matches(path)).collect();
        match (&files[..], &matcher.files()[..]) {
            ([path], _) => out.push(((*path).clone(), range)),
            ([], [path]) if !matcher.has_patterns() => {
                let message =
                    [b"cannot follow file not in parent revision: \"", path.as_bytes(), b"\""];
                return Err(Error::state(message.concat()));
            }
            _ => {
                let parts = [b"line range pattern '", pattern, b"' must match exactly one file"];
                return Err(Error::parse(parts.concat(), None));
            }
        }
    }
    Ok(out)
}
