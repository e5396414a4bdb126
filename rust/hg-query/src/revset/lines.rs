//! `followlines()`.

use hg_diff::DiffOptions;
use hg_match::PatternKind;
use hg_types::{Error, Result, Revision};
use hg_wdir::annotate::Start;
use hg_wdir::diff::options::{DiffFlags, Features, from_config};

use crate::QueryContext;
use crate::changes;
use crate::filehistory::lines::{LineAncestors, line_descendants};
use crate::parser::Tree;
use crate::revset::args::{clamped, integer, keyword_arguments, parse_error, range, string};
use crate::revset::eval::eval_all;
use crate::revset::smartset::{Direction, GeneratorSet};

use super::predicates::Call;
use super::smartset::SmartSet;

/// `followlines(file, fromline:toline[, startrev=., descend=False])`
pub(super) fn follow_lines<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let declaration = "file *lines startrev descend";
    let arguments = keyword_arguments(call.arguments, "followlines", declaration)?;
    let Some(file) = arguments.get("file") else {
        return Err(parse_error("followlines takes at least 1 positional arguments"));
    };
    let start = match arguments.get("startrev") {
        None => ctx.wdir_parents()?[0],
        Some(tree) => match eval_all(ctx, tree)?.to_vec()?[..] {
            [rev] => rev,
            _ => return Err(parse_error("followlines expects exactly one revision")),
        },
    };
    let [lines] = &arguments.rest[..] else {
        return Err(parse_error("followlines requires a line range"));
    };
    let pattern = string(file, "followlines requires a pattern")?;
    let path = match PatternKind::is_given(pattern) {
        false => ctx.canonical(pattern)?,
        true => {
            let kind = PatternKind::Path;
            let matcher = ctx.matcher(&[pattern.to_vec()], &[], &[], kind, Some(start))?;
            let mut files = changes::files_of(ctx, start)?;
            files.retain(|path| matcher.matches(path));
            match &files[..] {
                [path] => path.clone(),
                _ => return Err(parse_error("followlines expects exactly one file")),
            }
        }
    };
    let lines = line_range(line_bounds(lines)?)?;
    let flags = DiffFlags::default();
    let reporter = ctx.repo.reporter();
    let options = from_config(&ctx.config, "diff", &flags, Features::ALL, &*reporter)?;
    let place = if start.is_wdir() {
        Start::working(&ctx.repo, &path)?
    } else {
        let node = changes::manifest(ctx, start)?.node(&path).ok_or_else(|| {
            let node = ctx.node(start).hex();
            Error::abort([path.as_bytes(), b"@", &node, b": not found in manifest"].concat())
        })?;
        Start::Committed { rev: start, path: path.clone(), node }
    };
    let descend = match arguments.get("descend") {
        None => false,
        Some(tree) => boolean(tree)?,
    };
    let revs = match (descend, &place) {
        (true, Start::Committed { path, node, .. }) => {
            let (path, node) = (path.clone(), *node);
            let find = move || {
                let found = line_descendants(ctx, &options, (&path, node), start, &lines)?;
                Ok(found.into_iter().collect::<std::collections::BTreeSet<_>>())
            };
            SmartSet::Generator(GeneratorSet::new(deferred(find), Direction::Ascending))
        }
        (true, Start::Working { .. }) => SmartSet::empty(),
        (false, _) => {
            let revs = Box::new(line_ancestors(ctx, options, place, lines));
            SmartSet::Generator(GeneratorSet::new(revs, Direction::Descending))
        }
    };
    Ok(call.subset.and(revs))
}

/// What `find` finds, once the first of it is asked for.
fn deferred<'q, I: IntoIterator<Item = Revision>>(
    find: impl FnOnce() -> Result<I> + 'q,
) -> Box<dyn Iterator<Item = Result<Revision>> + 'q>
where
    I::IntoIter: 'q,
{
    let once = std::iter::once_with(find);
    Box::new(once.flat_map(|found| {
        let (revs, error) = match found {
            Ok(revs) => (Some(revs.into_iter().map(Ok)), None),
            Err(error) => (None, Some(Err(error))),
        };
        revs.into_iter().flatten().chain(error)
    }))
}

/// Each revision once. Nothing is read before the first is asked for.
fn line_ancestors<'q>(
    ctx: &'q QueryContext,
    options: DiffOptions,
    place: Start,
    lines: std::ops::Range<usize>,
) -> impl Iterator<Item = Result<Revision>> + 'q {
    let mut walk = None;
    let mut given = Some((options, place, lines));
    let mut last = None;
    let mut next = move || -> Result<Option<Revision>> {
        if let Some((options, place, lines)) = given.take() {
            walk = Some(LineAncestors::new(ctx, options, place, lines)?);
        }
        let Some(walk) = &mut walk else { return Ok(None) };
        while let Some(version) = walk.next_version()? {
            if last.replace(version.rev) != Some(version.rev) {
                return Ok(Some(version.rev));
            }
        }
        Ok(None)
    };
    let mut failed = false;
    std::iter::from_fn(move || {
        if failed {
            return None;
        }
        let found = next().transpose();
        failed = matches!(found, Some(Err(_)));
        found
    })
}

/// The first and the last line, as they were given.
fn line_bounds(tree: &Tree) -> Result<(i64, i64)> {
    let (first, last) = match tree.text() {
        Some(_) => (Some(tree), Some(tree)),
        None => range(tree, "followlines expects a line number or a range")?,
    };
    let bounds = "line range bounds must be integers";
    let number = |bound: &Tree| match tree.text() {
        Some(_) => integer(bound, "followlines expects a line number or a range").map(clamped),
        None => integer(bound, bounds).map(clamped),
    };
    let (Some(first), Some(last)) = (first.map(number).transpose()?, last.map(number).transpose()?)
    else {
        return Err(parse_error(bounds));
    };
    Ok((first, last))
}

/// The lines between two numbers that are counted from one; counted from 0.
fn line_range((first, last): (i64, i64)) -> Result<std::ops::Range<usize>> {
    if last < first {
        return Err(parse_error("line range must be positive"));
    }
    match (usize::try_from(first), usize::try_from(last)) {
        (Ok(first), Ok(last)) if first > 0 => Ok(first - 1..last),
        _ => Err(parse_error("fromline must be strictly positive")),
    }
}

/// What `descend` says.
fn boolean(tree: &Tree) -> Result<bool> {
    let text = tree.as_symbol().ok_or_else(|| parse_error("not a symbol"))?;
    hg_config::value::parse_bool(text)
        .ok_or_else(|| parse_error("descend argument must be a boolean"))
}
