//! The predicates of filesets.

use std::collections::HashSet;
use std::sync::Arc;

use hg_format::mergestate::FileState;
use hg_match::{Matcher, PythonRegex};
use hg_types::similar::{similar, suggestion};
use hg_types::{Encoding, Error, FileFlags, HgPath, HgPathBuf, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::merge::MergeState;

use crate::changes;
use crate::context::QueryContext;
use crate::parser::{Tree, list_items, quote};
use crate::pattern::StringPattern;
use crate::plugins::FilesetCall;
use crate::revset;

use super::content::Contents;
use super::env::Env;
use super::eval::eval;
use super::size::SizeRange;

fn bad(message: impl Into<Vec<u8>>) -> Error {
    Error::parse(message, None)
}

fn no_arguments(arguments: &Tree, name: &str) -> Result<()> {
    match arguments {
        Tree::Nothing => Ok(()),
        _ => Err(bad(format!("{name} takes no arguments"))),
    }
}

fn string<'t>(tree: &'t Tree, complaint: &str) -> Result<&'t [u8]> {
    tree.text().ok_or_else(|| bad(complaint))
}

/// A matcher for fixed paths.
fn of_paths(name: &str, paths: impl IntoIterator<Item = HgPathBuf>) -> Matcher {
    let set: HashSet<HgPathBuf> = paths.into_iter().collect();
    Matcher::predicate(name, Arc::new(move |path| set.contains(path)))
}

const NAMES: &[&str] = &[
    "added",
    "binary",
    "clean",
    "copied",
    "deleted",
    "encoding",
    "eol",
    "exec",
    "grep",
    "hgignore",
    "ignored",
    "missing",
    "modified",
    "portable",
    "removed",
    "resolved",
    "revs",
    "size",
    "status",
    "subrepo",
    "symlink",
    "tracked",
    "unknown",
    "unresolved",
];

/// Evaluates the predicate called `name`.
pub(super) fn call(env: &Env<'_>, name: &[u8], arguments: &Tree) -> Result<Matcher> {
    if let Some(custom) = env.ctx.plugins.filesets.find(name) {
        let (base, rev) = (env.base, env.rev);
        return custom.matcher(&FilesetCall { ctx: env.ctx, base, rev, arguments });
    }
    let Some(known) = NAMES.iter().find(|known| known.as_bytes() == name) else {
        let error = bad([b"unknown identifier: ", name].concat());
        let names = NAMES.iter().map(|name| name.as_bytes());
        return Err(match suggestion(&similar(name, names)) {
            Some(hint) => error.hint(hint),
            None => error,
        });
    };
    match *known {
        "binary" | "exec" | "symlink" | "grep" | "eol" | "encoding" | "size" => {
            by_content(env, known, arguments)
        }
        "revs" => revs(env, arguments),
        "status" => status_between(env, arguments),
        "subrepo" => subrepo(env, arguments),
        "portable" => {
            no_arguments(arguments, known)?;
            let test = |path: &HgPath| hg_wdir::portable::windows_problem(path).is_none();
            Ok(Matcher::predicate(*known, Arc::new(test)))
        }
        "hgignore" => {
            no_arguments(arguments, known)?;
            let ignore = WorkingDir::open(&env.ctx.repo)?.ignore()?;
            Ok(ignore.matcher().clone())
        }
        _ => fixed(env, known, arguments),
    }
}

/// Predicates whose files are known before any is asked about.
fn fixed(env: &Env<'_>, name: &str, arguments: &Tree) -> Result<Matcher> {
    no_arguments(arguments, name)?;
    if name == "tracked" {
        let tracked = env.tracked()?;
        return Ok(Matcher::predicate(name, Arc::new(move |path| tracked.contains(path))));
    }
    if matches!(name, "resolved" | "unresolved") && !env.rev.is_wdir() {
        return Ok(Matcher::never());
    }
    let paths = match name {
        "resolved" => {
            in_state(env, |state| matches!(state, FileState::Resolved | FileState::ResolvedPath))?
        }
        "unresolved" => in_state(env, |state| {
            matches!(state, FileState::Unresolved | FileState::UnresolvedPath)
        })?,
        "copied" => copied(env)?,
        _ => {
            let status = env.status()?;
            let list = match name {
                "added" => &status.added,
                "clean" => &status.clean,
                "deleted" | "missing" => &status.deleted,
                "ignored" => &status.ignored,
                "modified" => &status.modified,
                "removed" => &status.removed,
                _ => &status.unknown,
            };
            list.clone()
        }
    };
    let shown = if name == "missing" { "deleted" } else { name };
    Ok(of_paths(shown, paths))
}

fn in_state(env: &Env<'_>, wanted: fn(FileState) -> bool) -> Result<Vec<HgPathBuf>> {
    let state = MergeState::read(&env.ctx.repo)?;
    let files = state.files().iter().filter(|file| wanted(file.state));
    Ok(files.map(|file| file.path.clone()).collect())
}

fn copied(env: &Env<'_>) -> Result<Vec<HgPathBuf>> {
    if env.rev.is_wdir() {
        let copies = WorkingDir::open(&env.ctx.repo)?.copies(&Matcher::always())?;
        return Ok(copies.into_keys().collect());
    }
    let mut found = Vec::new();
    let manifest = changes::manifest(env.ctx, env.rev)?;
    // Whichever changeset made the copy: what counts is how the file's revision came to be.
    for entry in manifest.iter() {
        let log = env.ctx.repo.filelog(entry.path)?;
        if log.renamed(log.rev(&entry.node)?)?.is_some() {
            found.push(entry.path.to_owned());
        }
    }
    Ok(found)
}

type Test = Arc<dyn Fn(&HgPath) -> bool + Send + Sync>;

fn by_content(env: &Env<'_>, name: &str, arguments: &Tree) -> Result<Matcher> {
    let contents = Contents::of(env)?;
    let mut shown = name.as_bytes().to_vec();
    let mut argument = |complaint: &str| -> Result<Vec<u8>> {
        let text = string(arguments, complaint)?.to_vec();
        shown.extend([b"(", &quote(&text)[..], b")"].concat());
        Ok(text)
    };
    let test: Test = match name {
        "binary" => {
            no_arguments(arguments, name)?;
            Arc::new(move |path| contents.read(path).is_some_and(|text| text.contains(&0)))
        }
        "exec" | "symlink" => {
            no_arguments(arguments, name)?;
            let wanted = if name == "exec" { FileFlags::Executable } else { FileFlags::Symlink };
            Arc::new(move |path| contents.flags(path) == Some(wanted))
        }
        "grep" => {
            let pattern = argument("grep requires a pattern")?;
            let complain = |why| bad(format!("invalid match pattern: {why}"));
            let regex = PythonRegex::new(&pattern).map_err(complain)?;
            Arc::new(move |path| contents.read(path).is_some_and(|text| regex.is_match(&text)))
        }
        "eol" => {
            let style = argument("eol requires a style name")?;
            Arc::new(move |path| contents.read(path).is_some_and(|text| has_eol(&text, &style)))
        }
        "encoding" => {
            let label = argument("encoding requires an encoding name")?;
            let Some(encoding) = Encoding::named(&label) else {
                return Ok(of_unknown_encoding(env, shown, contents, &label));
            };
            Arc::new(move |path| {
                contents.read(path).is_some_and(|text| encoding.from_local(&text).is_ok())
            })
        }
        _ => {
            let text = argument("size requires an expression")?;
            let range = SizeRange::parse(&text)?;
            Arc::new(move |path| contents.size(path).is_some_and(|size| range.contains(size)))
        }
    };
    Ok(Matcher::predicate(shown, test))
}

/// Complains as soon as there is a text to be read.
fn of_unknown_encoding(env: &Env<'_>, shown: Vec<u8>, contents: Contents, label: &[u8]) -> Matcher {
    let repo = env.ctx.repo.clone();
    let message = [b"unknown encoding '", label, b"'"].concat();
    let test = move |path: &HgPath| {
        if contents.read(path).is_some() {
            repo.fail_late(Error::abort(&message[..]));
        }
        false
    };
    Matcher::predicate(shown, Arc::new(test))
}

/// Whether a text that is not binary has line ends of a style.
fn has_eol(text: &[u8], style: &[u8]) -> bool {
    if text.contains(&0) {
        return false;
    }
    let after = |at: usize| text.get(at + 1);
    let mut places = text.iter().enumerate();
    match style {
        b"dos" | b"win" => text.windows(2).any(|pair| pair == b"\r\n"),
        b"unix" => places.any(|(at, c)| *c == b'\n' && (at == 0 || text[at - 1] != b'\r')),
        b"mac" => places.any(|(at, c)| *c == b'\r' && after(at) != Some(&b'\n')),
        _ => false,
    }
}

/// `revs(revs, pattern)`
fn revs(env: &Env<'_>, arguments: &Tree) -> Result<Matcher> {
    let [spec, pattern] = list_items(arguments) else {
        return Err(bad("revs takes two arguments"));
    };
    let spec = string(spec, "first argument to revs must be a revision")?;
    let set = revset::any_revs(env.ctx, &[spec.to_vec()], None)?;
    let mut matchers = Vec::new();
    for rev in set.iter() {
        let rev = rev?;
        let other = env.between(env.ctx.parents(rev)?[0], rev);
        matchers.push(eval(&other, pattern)?);
    }
    Ok(Matcher::union(matchers))
}

/// `status(base, rev, pattern)`
fn status_between(env: &Env<'_>, arguments: &Tree) -> Result<Matcher> {
    let [base, rev, pattern] = list_items(arguments) else {
        return Err(bad("status takes three arguments"));
    };
    let [base, rev] = [(base, "first"), (rev, "second")].map(|(tree, which)| {
        let complaint = format!("{which} argument to status must be a revision");
        let text = string(tree, &complaint)?;
        if text.is_empty() { Err(bad(complaint)) } else { Ok(text.to_vec()) }
    });
    let (base, rev) = (base?, rev?);
    let (base, rev): (Revision, Option<Revision>) = revset::rev_pair(env.ctx, &[base, rev])?;
    let other = env.between(base, rev.unwrap_or(Revision::WDIR));
    eval(&Env { tells: true, ..other }, pattern)
}

/// The paths that `.hgsub` names, when it is tracked.
///
/// # Errors
/// When history or the working directory cannot be read.
pub fn subrepo_paths(ctx: &QueryContext, rev: Revision) -> Result<HashSet<HgPathBuf>> {
    let path = HgPath::new(".hgsub");
    if !changes::has_file(ctx, rev, path)? {
        return Ok(HashSet::new());
    }
    let text = changes::content(ctx, rev, path)?.unwrap_or_default();
    let lines = text.split(|&c| c == b'\n').take_while(|line| !line.starts_with(b"["));
    let paths = lines.filter_map(|line| {
        let end = line.iter().position(|&c| c == b'=')?;
        Some(HgPathBuf::from(line[..end].trim_ascii()))
    });
    Ok(paths.filter(|path| !path.is_empty()).collect())
}

/// `subrepo([pattern])`
fn subrepo(env: &Env<'_>, arguments: &Tree) -> Result<Matcher> {
    let paths = subrepo_paths(env.ctx, env.rev)?;
    let pattern = match arguments {
        Tree::Nothing => None,
        tree => Some(tree),
    };
    let Some(pattern) = pattern else {
        return Ok(of_paths("subrepo", paths));
    };
    let text = match (pattern.text(), pattern.children()) {
        (Some(text), _) => text.to_vec(),
        (None, [kind, text]) if pattern.kind() == "kindpat" => {
            let complaint = "subrepo requires a pattern or no arguments";
            [string(kind, complaint)?, b":", string(text, complaint)?].concat()
        }
        _ => return Err(bad("subrepo requires a pattern or no arguments")),
    };
    let shown = [b"subrepo(", &quote(&text)[..], b")"].concat();
    if hg_match::PatternKind::is_given(&text) {
        let matcher =
            env.ctx.matcher(&[text], &[], &[], hg_match::PatternKind::Path, Some(env.rev))?;
        let test = move |path: &HgPath| paths.contains(path) && matcher.matches(path);
        return Ok(Matcher::predicate(shown, Arc::new(test)));
    }
    let wanted = StringPattern::whole(&text)?;
    let test = move |path: &HgPath| paths.contains(path) && wanted.matches(path.as_bytes());
    Ok(Matcher::predicate(shown, Arc::new(test)))
}
