//! Predicates that ask for files.

use std::cell::OnceCell;
use std::collections::BTreeSet;

use hg_match::{Matcher, PatternKind};
use hg_types::{HgPath, HgPathBuf, Result, Revision};

use crate::changes;
use crate::context::QueryContext;
use crate::filehistory;
use crate::parser::quote;
use crate::pattern::StringPattern;
use crate::revset::args::{arguments, keyword_arguments, parse_error, string};
use crate::revset::eval::eval_all;
use crate::revset::smartset::{Condition, Direction, GeneratorSet, SmartSet};
use crate::revset::walk;

use super::{Call, quoted};

/// A matcher for one pattern; `rev` is what filesets in it are asked about.
fn matcher_of(
    ctx: &QueryContext,
    pattern: &[u8],
    default: PatternKind,
    rev: Option<Revision>,
) -> Result<Matcher> {
    ctx.matcher(&[pattern.to_vec()], &[], &[], default, rev)
}

/// `contains(pattern)`
pub(super) fn contains<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "contains requires a pattern")?.to_vec();
    let description = [b"contains ", &quoted(&text)[..]].concat();
    let is_set = text.starts_with(b"set:");
    let is_pattern = PatternKind::is_given(&text);
    // A wrong pattern is complained about when the first revision is looked at.
    let (path, fixed) = (OnceCell::new(), OnceCell::new());
    let test = move |rev: Revision| {
        if !is_pattern {
            return changes::has_file(ctx, rev, once(&path, || ctx.canonical(&text))?);
        }
        let own;
        let matcher = if is_set {
            own = matcher_of(ctx, &text, PatternKind::Glob, Some(rev))?;
            &own
        } else {
            once(&fixed, || matcher_of(ctx, &text, PatternKind::Glob, None))?
        };
        let files = changes::files_of(ctx, rev)?;
        Ok(files.iter().any(|path| matcher.matches(path)))
    };
    Ok(call.subset.filter(Condition::described(description, test)))
}

/// What is made when it is first needed.
fn once<T>(cell: &OnceCell<T>, make: impl FnOnce() -> Result<T>) -> Result<&T> {
    match cell.get() {
        Some(known) => Ok(known),
        None => {
            let made = make()?;
            Ok(cell.get_or_init(|| made))
        }
    }
}

type PickChange = fn(&changes::Status) -> &[HgPathBuf];

/// `modifies(pattern)`
pub(super) fn modifies<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    by_status(call, "modifies", "modified", |status| &status.modified)
}

/// `adds(pattern)`
pub(super) fn adds<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    by_status(call, "adds", "added", |status| &status.added)
}

/// `removes(pattern)`
pub(super) fn removes<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    by_status(call, "removes", "removed", |status| &status.removed)
}

fn by_status<'q>(
    call: Call<'q, '_>,
    name: &str,
    field: &str,
    pick: PickChange,
) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, &format!("{name} requires a pattern"))?.to_vec();
    let description = [b"status.", field.as_bytes(), b" ", &quoted(&text)].concat();
    let is_set = text.starts_with(b"set:");
    let fixed = OnceCell::new();
    let test = move |rev: Revision| {
        let own;
        let matcher = if is_set {
            own = status_matcher(ctx, &text, Some(rev))?;
            &own
        } else {
            once(&fixed, || status_matcher(ctx, &text, None))?
        };
        // The list of files in the changeset rules most changesets out.
        if !rev.is_wdir() && !ctx.entry(rev)?.files().any(|path| matcher.matches(path)) {
            return Ok(false);
        }
        let status = changes::status(ctx, rev)?;
        Ok(pick(&status).iter().any(|path| matcher.matches(path)))
    };
    Ok(call.subset.filter(Condition::described(description, test).reading(ctx)))
}

/// A matcher for which a plain name is a file, never a directory.
fn status_matcher(ctx: &QueryContext, text: &[u8], rev: Option<Revision>) -> Result<Matcher> {
    let matcher = matcher_of(ctx, text, PatternKind::Glob, rev)?;
    let files = matcher.files();
    if !matcher.has_patterns() && files.len() == 1 && !matcher.is_always() {
        return Ok(Matcher::exact_files(files));
    }
    Ok(matcher)
}

/// `file(pattern)`
pub(super) fn file<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let pattern = string(call.arguments, "file requires a pattern")?.to_vec();
    let patterns = FilePatterns { patterns: vec![pattern], ..FilePatterns::default() };
    patterns.filter(call.ctx, call.subset)
}

/// What `_matchfiles` is given.
#[derive(Default)]
struct FilePatterns {
    patterns: Vec<Vec<u8>>,
    include: Vec<Vec<u8>>,
    exclude: Vec<Vec<u8>>,
    default: Option<Vec<u8>>,
    rev: Option<Revision>,
}

impl FilePatterns {
    fn filter<'q>(self, ctx: &'q QueryContext, subset: SmartSet<'q>) -> Result<SmartSet<'q>> {
        let default = self.default.as_deref().unwrap_or(b"glob");
        let kind = PatternKind::from_name(default).unwrap_or(PatternKind::Glob);
        let named = self.rev;
        // Filesets are asked about each revision, unless one was named.
        let lists = [&self.patterns, &self.include, &self.exclude];
        let of_each = named.is_none()
            && lists.iter().any(|list| list.iter().any(|text| text.starts_with(b"set:")));
        let list = |texts: &[Vec<u8>]| {
            let quoted: Vec<Vec<u8>> = texts.iter().map(|text| quote(text)).collect();
            quoted.join(&b", "[..])
        };
        let description = [
            b"matchfiles patterns=[",
            &list(&self.patterns)[..],
            b"], include=[",
            &list(&self.include),
            b"] exclude=[",
            &list(&self.exclude),
            b"], default=",
            &quoted(default),
            b", rev=",
            named.map_or_else(|| "None".to_owned(), |rev| rev.to_string()).as_bytes(),
        ]
        .concat();
        let fixed = OnceCell::new();
        let test = move |rev: Revision| {
            let make = |rev: Option<Revision>| {
                ctx.matcher(&self.patterns, &self.include, &self.exclude, kind, rev)
            };
            let own;
            let matcher = if of_each {
                own = make(Some(rev))?;
                &own
            } else {
                once(&fixed, || make(named))?
            };
            if rev.is_wdir() {
                let status = changes::status(ctx, rev)?;
                return Ok(status.all().any(|path| matcher.matches(path)));
            }
            Ok(ctx.entry(rev)?.files().any(|path| matcher.matches(path)))
        };
        Ok(subset.filter(Condition::described(description, test).reading(ctx)))
    }
}

/// `_matchfiles("p:pattern", "i:include", "x:exclude", "r:rev", "d:kind")`
pub(super) fn match_files<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let complaint = "_matchfiles requires at least one argument";
    let arguments = arguments(call.arguments, 1..=usize::MAX, complaint)?;
    let mut out = FilePatterns::default();
    for argument in arguments {
        let text = string(argument, "_matchfiles requires string arguments")?;
        let (prefix, value) = text.split_at(text.len().min(2));
        let value = value.to_vec();
        match prefix {
            b"p:" => out.patterns.push(value),
            b"i:" => out.include.push(value),
            b"x:" => out.exclude.push(value),
            b"r:" if out.rev.is_some() => {
                return Err(parse_error("_matchfiles expected at most one revision"));
            }
            b"r:" if value.is_empty() => out.rev = Some(Revision::WDIR),
            b"r:" => out.rev = Some(crate::revset::symbols::resolve(call.ctx, &value)?),
            b"d:" if out.default.is_some() => {
                return Err(parse_error("_matchfiles expected at most one default mode"));
            }
            b"d:" => out.default = Some(value),
            _ => return Err(parse_error([b"invalid _matchfiles prefix: ", text].concat())),
        }
    }
    out.filter(call.ctx, call.subset)
}

/// `filelog(pattern)`
pub(super) fn filelog<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "filelog requires a pattern")?;
    let files: Vec<HgPathBuf> = if PatternKind::is_given(text) {
        let matcher = matcher_of(ctx, text, PatternKind::Glob, Some(Revision::WDIR))?;
        let tracked = changes::files_of(ctx, Revision::WDIR)?;
        tracked.into_iter().filter(|path| matcher.matches(path)).collect()
    } else {
        vec![ctx.canonical(text)?]
    };
    let mut found = BTreeSet::new();
    for path in files {
        found.extend(filehistory::linked_revisions(ctx, &path)?);
    }
    Ok(call.subset.among(found))
}

/// `follow([file[, startrev]])`
pub(super) fn follow<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    follow_files(call, "follow", false)
}

/// `_followfirst([file[, startrev]])`
pub(super) fn follow_first<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    follow_files(call, "_followfirst", true)
}

fn follow_files<'q>(call: Call<'q, '_>, name: &str, first_only: bool) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = keyword_arguments(call.arguments, name, "file startrev")?;
    let start = arguments.get("startrev");
    let given = start.is_some();
    let starts = match start {
        Some(tree) => eval_all(ctx, tree)?,
        None => SmartSet::from_list(vec![ctx.wdir_parents()?[0]]),
    };
    let Some(pattern) = arguments.get("file") else {
        return Ok(call.subset.and(walk::ancestors(ctx, &starts, 0, None, first_only)?));
    };
    let pattern = string(pattern, &format!("{name} expected a pattern"))?;
    let mut walk = filehistory::AncestorWalk::new(ctx, first_only);
    for rev in starts.iter() {
        let rev = rev?;
        // Without a start, filesets ask the working directory.
        let seen_from = if given { rev } else { Revision::WDIR };
        let matcher = matcher_of(ctx, pattern, PatternKind::Path, Some(seen_from))?;
        for path in changes::files_of(ctx, rev)?.iter().filter(|path| matcher.matches(path)) {
            walk.start(rev, path)?;
        }
    }
    let revs = walk.revisions();
    Ok(call.subset.and(SmartSet::Generator(GeneratorSet::new(revs, Direction::Descending))))
}

/// `followlines(file, fromline:toline[, startrev=., descend=False])`
pub(super) fn follow_lines<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    crate::revset::lines::follow_lines(call)
}

/// `diffcontains(pattern)`
pub(super) fn diff_contains<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = keyword_arguments(call.arguments, "diffcontains", "pattern")?;
    let Some(pattern) = arguments.get("pattern") else {
        return Err(parse_error("diffcontains takes at least 1 argument"));
    };
    let text = string(pattern, "diffcontains requires a string pattern")?;
    let description = [b"diffcontains ", &quoted(text)[..]].concat();
    let pattern = StringPattern::part(text)?;
    let test = move |rev: Revision| {
        let parent = ctx.parents(rev)?[0];
        // What `grep --diff` looks at: files that the changeset names and has, not removed ones.
        let files: Vec<_> = match rev.is_wdir() {
            true => changes::status(ctx, rev)?.all().cloned().collect(),
            false => ctx.entry(rev)?.files().map(HgPath::to_owned).collect(),
        };
        for path in &files {
            if !changes::has_file(ctx, rev, path)? {
                continue;
            }
            let matching = |rev: Revision| -> Result<Vec<Vec<u8>>> {
                let content = changes::content(ctx, rev, path)?.unwrap_or_default();
                let lines = content.split(|&c| c == b'\n');
                Ok(lines.filter(|line| pattern.matches(line)).map(<[u8]>::to_vec).collect())
            };
            if matching(parent)? != matching(rev)? {
                return Ok(true);
            }
        }
        Ok(false)
    };
    Ok(call.subset.filter(Condition::described(description, test)))
}

/// `subrepo([pattern])`
pub(super) fn subrepo<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let complaint = "subrepo takes at most one argument";
    let arguments = arguments(call.arguments, 0..=1, complaint)?;
    let text = match arguments.first() {
        Some(pattern) => Some(string(pattern, "subrepo requires a pattern")?),
        None => None,
    };
    let wanted = text.map(<[u8]>::to_vec);
    let shown = text.map_or_else(|| b"None".to_vec(), quote);
    let state_file = HgPath::new(".hgsubstate");
    let test = move |rev: Revision| {
        if !ctx.entry(rev)?.files().any(|path| path == state_file) {
            return Ok(false);
        }
        let Some(wanted) = &wanted else {
            return Ok(true);
        };
        let pattern = StringPattern::whole(wanted)?;
        let state = |rev: Revision| changes::content(ctx, rev, state_file);
        let (old, new) = (state(ctx.parents(rev)?[0])?, state(rev)?);
        let (old, new) = (old.unwrap_or_default(), new.unwrap_or_default());
        let (old, new): (BTreeSet<&[u8]>, BTreeSet<&[u8]>) =
            (old.split(|&c| c == b'\n').collect(), new.split(|&c| c == b'\n').collect());
        Ok(old.symmetric_difference(&new).any(|line| {
            let path = line.splitn(2, |&c| c == b' ').nth(1);
            path.is_some_and(|path| pattern.matches(path))
        }))
    };
    Ok(call.subset.filter(Condition::described([b"subrepo ", &shown[..]].concat(), test)))
}
