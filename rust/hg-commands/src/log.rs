//! Which changesets `log` shows and which of their files: shared by the commands that list history.

mod files;
mod graph;
mod lines;

use std::rc::Rc;

use hg_match::Matcher;
use hg_query::QueryContext;
use hg_query::filehistory::linked_revisions;
use hg_query::revset::eval::{Order, eval};
use hg_query::revset::{self, Origin, SmartSet, SpecArg, format_spec};
use hg_types::{Error, Result, Revision};

use crate::changeset_display::Displayer;
use crate::scope::match_patterns;
use crate::{CommandContext, revision};

pub use graph::{show_foreign_graph, show_graph};
pub use lines::FollowedLines;

use files::{FileChoice, choose};

/// Tells which files of a changeset are wanted.
pub type FilesOf = Box<dyn Fn(Revision) -> Result<Matcher>>;

/// Which changesets to show.
pub struct Selection<'q> {
    /// The changesets, in the order in which they are shown.
    pub revs: SmartSet<'q>,
    /// The files whose changes are shown.
    pub files: FilesOf,
    /// The lines whose changes are shown, when not all are.
    pub lines: Option<Rc<FollowedLines>>,
}

/// The number that `--limit` gives.
///
/// # Errors
/// When it is no positive number.
pub fn limit(ctx: &CommandContext) -> Result<Option<usize>> {
    let Some(text) = ctx.opts.nonempty("limit") else {
        return Ok(None);
    };
    let number = std::str::from_utf8(text).ok().and_then(|text| text.trim().parse::<i64>().ok());
    let Some(number) = number else {
        return Err(Error::input("limit must be a positive integer"));
    };
    match usize::try_from(number) {
        Ok(number) if number > 0 => Ok(Some(number)),
        _ => Err(Error::input("limit must be positive")),
    }
}

/// How history is followed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Follow {
    No,
    All,
    FirstParents,
}

impl Follow {
    fn of(ctx: &CommandContext) -> Self {
        // As in the oracle, `grep` follows first parents only.
        let follow = ctx.opts.flag("follow");
        let first = follow && ctx.command.spec.name() == "grep";
        match (ctx.opts.flag("follow-first") || first, follow) {
            (true, _) => Self::FirstParents,
            (false, true) => Self::All,
            (false, false) => Self::No,
        }
    }
}

/// The changesets that the options of `log` select.
///
/// # Errors
/// When an option is malformed or names what is not there.
pub fn select<'q>(ctx: &CommandContext, query: &'q QueryContext) -> Result<Selection<'q>> {
    if let Some(lines) = lines::followed(ctx, query)? {
        return select_lines(ctx, query, lines);
    }
    let conditions = conditions(ctx, query)?;
    select_files(ctx, query, &ctx.args, conditions)
}

/// The changesets that change lines and fulfil the other conditions.
fn select_lines<'q>(
    ctx: &CommandContext,
    query: &'q QueryContext,
    lines: FollowedLines,
) -> Result<Selection<'q>> {
    let follow = Follow::of(ctx);
    let starts = starts(ctx, query, follow)?;
    let mut conditions = conditions(ctx, query)?;
    // Names to include or leave out are of the files that a changeset touches.
    if ["include", "exclude"].iter().any(|name| !ctx.opts.list(name).is_empty()) {
        conditions.push(scan_call(ctx, &[]));
    }
    let revs = narrow(ctx, query, initial(query, &starts, follow)?, conditions)?;
    // As in the oracle, `--limit` counts changesets whether they change the lines or not.
    let revs = revs.and(SmartSet::from_set(lines.revs()));
    let lines = Rc::new(lines);
    let files = {
        let lines = lines.clone();
        Box::new(move |rev| Ok(Matcher::exact_files(lines.files(rev))))
    };
    Ok(Selection { revs, files, lines: Some(lines) })
}

/// The changesets from which history starts, and all that it follows, whatever they change.
///
/// # Errors
/// When an option names what is not there.
pub fn all_followed<'q>(ctx: &CommandContext, query: &'q QueryContext) -> Result<SmartSet<'q>> {
    let follow = Follow::of(ctx);
    initial(query, &starts(ctx, query, follow)?, follow)
}

/// The changesets that change files matching `patterns` and fulfil `conditions`, which are revsets.
///
/// # Errors
/// When an option is malformed or names what is not there.
pub fn select_files<'q>(
    ctx: &CommandContext,
    query: &'q QueryContext,
    patterns: &[Vec<u8>],
    conditions: Vec<Vec<u8>>,
) -> Result<Selection<'q>> {
    let follow = Follow::of(ctx);
    let starts = starts(ctx, query, follow)?;
    let matcher = match_patterns(ctx, patterns)?;
    let choice = choose(ctx, query, (&matcher, patterns), &starts, follow)?;
    let mut revs = initial(query, &starts, follow)?;
    let matched: FilesOf = {
        let matcher = matcher.clone();
        Box::new(move |_| Ok(matcher.clone()))
    };
    let mut parts = conditions;
    let files = match choice {
        FileChoice::Everything => matched,
        FileChoice::Nothing => {
            return Ok(Selection { revs: SmartSet::empty(), files: matched, lines: None });
        }
        FileChoice::Filelogs(paths) => {
            let mut linked = Vec::new();
            for path in &paths {
                linked.extend(linked_revisions(query, path)?);
            }
            revs = revs.and(SmartSet::from_set(linked));
            matched
        }
        FileChoice::Scan => {
            parts.push(scan_call(ctx, patterns));
            matched
        }
        FileChoice::Followed(history) => {
            revs = SmartSet::from_list(history.revs());
            history.into_files()
        }
    };
    let revs = narrow(ctx, query, revs, parts)?;
    Ok(Selection { revs, files, lines: None })
}

/// Applies conditions, the order of the graph, and `--limit`.
fn narrow<'q>(
    ctx: &CommandContext,
    query: &'q QueryContext,
    mut revs: SmartSet<'q>,
    parts: Vec<Vec<u8>>,
) -> Result<SmartSet<'q>> {
    if ctx.opts.list("rev").is_empty() {
        query.find_hidden()?;
    }
    if !parts.is_empty() {
        let spec = parts.join(&b" and "[..]);
        let tree = revset::compile(query, &spec, Origin::Program, &[], &mut |_, _| {})?;
        revs = eval(query, revs, &tree, Order::Follow)?;
    }
    if ctx.opts.flag("graph") && !revs.is_topo() && revs.ascending() != Some(false) {
        revs = revs.sorted(true);
    }
    if ctx.opts.flag("graph") && ctx.config().get_bool_or("experimental", "log.topo", false)? {
        revs = topological(query, revs)?;
    }
    if let Some(limit) = limit(ctx)? {
        revs = revs.slice(0, limit as u128)?;
    }
    Ok(revs)
}

fn topological<'q>(query: &'q QueryContext, revs: SmartSet<'q>) -> Result<SmartSet<'q>> {
    if revs.is_topo() {
        return Ok(revs);
    }
    let descending = revs.sorted(true).to_vec()?;
    let ordered = hg_query::graph::topological_order(query, descending, &[])?;
    Ok(SmartSet::Base(revset::smartset::BaseSet::from_list(ordered).topological()))
}

/// Where history starts: what `--rev` names, or the working directory's parent.
enum Starts<'q> {
    /// Everything is looked at.
    Everything,
    /// What the user has named.
    Named(SmartSet<'q>),
    /// The working directory.
    Working,
}

fn starts<'q>(ctx: &CommandContext, query: &'q QueryContext, follow: Follow) -> Result<Starts<'q>> {
    let specs = ctx.opts.list("rev");
    Ok(match (specs.is_empty(), follow) {
        (false, _) => Starts::Named(revision::range(query, specs)?),
        (true, Follow::No) => Starts::Everything,
        (true, _) => Starts::Working,
    })
}

impl Starts<'_> {
    fn revs(&self, query: &QueryContext) -> Result<Vec<Revision>> {
        match self {
            Self::Named(set) => set.to_vec(),
            _ => {
                let p1 = query.wdir_parents()?[0];
                Ok(if p1.is_null() { Vec::new() } else { vec![p1] })
            }
        }
    }
}

/// The changesets before any condition, in order.
fn initial<'q>(
    query: &'q QueryContext,
    starts: &Starts<'q>,
    follow: Follow,
) -> Result<SmartSet<'q>> {
    if follow == Follow::No {
        return Ok(match starts {
            Starts::Named(set) => set.clone(),
            _ => eval::full_descending(query),
        });
    }
    let from = starts.revs(query)?;
    if from.is_empty() {
        return Ok(SmartSet::empty());
    }
    let predicate = match follow {
        Follow::FirstParents => "_firstancestors",
        _ => "ancestors",
    };
    let spec = format_spec(&format!("reverse({predicate}(%))"), &[SpecArg::Revs(&from)]);
    revset::revs(query, &spec)
}

/// The module of the same name gives the whole repository in ascending order only.
mod eval {
    use hg_query::QueryContext;
    use hg_query::revset::{SmartSet, eval};

    pub(super) fn full_descending(query: &QueryContext) -> SmartSet<'_> {
        eval::full(query).sorted(true)
    }
}

fn call(name: &str, argument: &[u8]) -> Vec<u8> {
    format_spec(&format!("{name}(%)"), &[SpecArg::Text(argument)])
}

fn any(parts: impl Iterator<Item = Vec<u8>>) -> Vec<u8> {
    let parts: Vec<Vec<u8>> = parts.collect();
    [b"(", &parts.join(&b" or "[..])[..], b")"].concat()
}

/// What the options demand of a changeset, as revsets.
fn conditions(ctx: &CommandContext, query: &QueryContext) -> Result<Vec<Vec<u8>>> {
    let opts = &ctx.opts;
    let mut parts = Vec::new();
    if opts.flag("only-merges") {
        parts.push(b"merge()".to_vec());
    }
    if opts.flag("no-merges") {
        parts.push(b"not merge()".to_vec());
    }
    if let Some(date) = opts.nonempty("date") {
        parts.push(call("date", date));
    }
    let keywords = opts.list("keyword");
    if !keywords.is_empty() {
        parts.push(any(keywords.iter().map(|text| call("keyword", text))));
    }
    let users = opts.list("user");
    if !users.is_empty() {
        let literal = |name: &Vec<u8>| call("user", &[b"literal:", &name[..]].concat());
        parts.push(any(users.iter().map(literal)));
    }
    let mut branches = Vec::new();
    for name in opts.list("only-branch").iter().chain(opts.list("branch")) {
        let branch = hg_query::names::look_up_branch(query, name)?;
        branches.push(call("branch", &[b"literal:", &branch[..]].concat()));
    }
    if !branches.is_empty() {
        parts.push(any(branches.into_iter()));
    }
    let bookmarks = opts.list("bookmark");
    if !bookmarks.is_empty() {
        for name in bookmarks {
            let stored = query.encoding.from_local(name)?;
            if query.repo.bookmarks()?.get(&stored).is_none() {
                let message = [b"bookmark '", &name[..], b"' does not exist"].concat();
                return Err(Error::input(message));
            }
        }
        parts.push(any(bookmarks.iter().map(|name| bookmark_spec(name))));
    }
    let pruned = opts.list("prune");
    if !pruned.is_empty() {
        let with_ancestors = any(pruned.iter().map(|name| call("ancestors", name)));
        parts.push([b"not ", &with_ancestors[..]].concat());
    }
    Ok(parts)
}

/// The changesets that belong to a bookmark alone.
fn bookmark_spec(name: &[u8]) -> Vec<u8> {
    let name = [b"literal:", name].concat();
    let text = SpecArg::Text(&name);
    format_spec(
        "(ancestors(bookmark(%)) - ancestors(head() and not bookmark(%)) \
         - ancestors(bookmark() and not bookmark(%)))",
        &[text, text, text],
    )
}

/// The condition that one of a changeset's files matches the arguments.
fn scan_call(ctx: &CommandContext, patterns: &[Vec<u8>]) -> Vec<u8> {
    let mut arguments = vec![b"r:".to_vec(), b"d:relpath".to_vec()];
    let lists =
        [("p:", patterns), ("i:", ctx.opts.list("include")), ("x:", ctx.opts.list("exclude"))];
    for (prefix, values) in lists {
        arguments.extend(values.iter().map(|value| [prefix.as_bytes(), value].concat()));
    }
    format_spec("_matchfiles(%)", &[SpecArg::Arguments(&arguments)])
}

/// So many changesets are shown before any is read ahead: who wants few gets them at once.
const SHOWN_FIRST: usize = 32;
/// So many changesets are read ahead at most.
const READ_AHEAD: usize = 2048;

/// Shows changesets one after the other.
///
/// # Errors
/// When one cannot be read.
pub fn show_list(ctx: &CommandContext, revs: &SmartSet<'_>, mut display: Displayer) -> Result<()> {
    let mut revs = revs.iter();
    let mut size = SHOWN_FIRST;
    loop {
        let batch = revs.by_ref().take(size).collect::<Result<Vec<_>>>()?;
        if batch.is_empty() {
            break;
        }
        if size > SHOWN_FIRST {
            display.read_ahead(&batch)?;
        }
        for &rev in &batch {
            display.show(rev)?;
            ctx.ui.check()?;
        }
        size = (size * 4).min(READ_AHEAD);
    }
    display.close()
}
