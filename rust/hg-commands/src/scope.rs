//! Which files a command is about: matchers from its arguments, and names of files for the user.

use std::path::PathBuf;

use hg_match::{Audit, FilesetCompiler, MatchOptions, Matcher, PatternKind, matcher, path_to};
use hg_query::fileset::Compiler;
use hg_repo::subrepo::Of;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Result, Revision};
use hg_vfs::{PathAuditor, path_to_bytes};

use crate::CommandContext;
use crate::revision::Target;

/// The matcher of a command's `-I`, `-X` and of `patterns`, which are plain names unless they say
/// otherwise.
///
/// # Errors
/// When a pattern is invalid, outside of the repository, or forbidden.
pub fn match_patterns(ctx: &CommandContext, patterns: &[Vec<u8>]) -> Result<Matcher> {
    match_with(ctx, patterns, PatternKind::RelPath)
}

/// The matcher of a command's `-I`, `-X` and arguments.
///
/// # Errors
/// Those of [`match_patterns`].
pub fn match_arguments(ctx: &CommandContext) -> Result<Matcher> {
    match_own(ctx, &match_tree(ctx)?)
}

/// [`match_tree`] for a side of a comparison: filesets are about the files of its changeset.
///
/// # Errors
/// Those of [`match_changeset`] and of [`match_patterns`].
pub(crate) fn match_tree_at(ctx: &CommandContext, side: Target) -> Result<Matcher> {
    match side {
        Target::Changeset(rev) if ctx.within.is_none() => {
            match_changeset(ctx, &ctx.args, &ctx.repo()?.changelog()?.node(rev))
        }
        _ => match_tree(ctx),
    }
}

/// What of [`match_tree`] lies in the repository itself, for commands that need both: filesets are compiled once.
///
/// # Errors
/// When the subrepositories cannot be read.
pub(crate) fn match_own(ctx: &CommandContext, tree: &Matcher) -> Result<Matcher> {
    Ok(tree.outside(crate::nested::paths(ctx.repo()?, Of::Working)?))
}

/// The same with what lies in subrepositories of the working directory.
///
/// # Errors
/// Those of [`match_patterns`].
pub(crate) fn match_tree(ctx: &CommandContext) -> Result<Matcher> {
    match &ctx.within {
        Some(within) => Ok(within.matcher.clone()),
        None => match_patterns(ctx, &ctx.args),
    }
}

/// The matcher of `patterns` alone.
///
/// # Errors
/// Those of [`match_patterns`].
pub fn match_named(ctx: &CommandContext, patterns: &[Vec<u8>]) -> Result<Matcher> {
    let repo = ctx.repo()?;
    let auditor = PathAuditor::new(repo.wvfs().clone());
    let audit = |path: &HgPath| Ok(auditor.check(path.as_bytes())?);
    matcher(&MatchOptions {
        patterns,
        default_kind: PatternKind::RelPath,
        audit: &audit,
        filesets: Some(&Filesets { ctx, rev: None }),
        ..MatchOptions::new(repo.root_bytes(), path_to_bytes(&ctx.cwd()))
    })
}

/// The matcher of a command's `-I`, `-X` and of `patterns` for the files of a revision: what is on
/// disk does not matter.
///
/// # Errors
/// When a pattern is invalid, outside of the repository, or forbidden.
pub fn match_stored(
    ctx: &CommandContext,
    patterns: &[Vec<u8>],
    default_kind: PatternKind,
) -> Result<Matcher> {
    let audit = |path: &HgPath| Ok(hg_vfs::check_path(path.as_bytes())?);
    // Without an option it is the first parent of the working directory.
    let rev = ctx.opts.nonempty("rev").unwrap_or(b".");
    let filesets = Filesets { ctx, rev: Some(rev) };
    match_audited(ctx, patterns, default_kind, &audit, &filesets)
}

/// [`match_stored`], with what lies in subrepositories; inside of one, what of it is meant.
pub(crate) fn match_stored_tree(
    ctx: &CommandContext,
    patterns: &[Vec<u8>],
    default_kind: PatternKind,
) -> Result<Matcher> {
    match &ctx.within {
        Some(within) => Ok(within.matcher.clone()),
        None => match_stored(ctx, patterns, default_kind),
    }
}

/// The matcher of a command's `-I`, `-X` and of `patterns`, which are plain names unless they say otherwise, for the files
/// of a changeset.
///
/// # Errors
/// When a pattern is invalid, outside of the repository, or forbidden.
pub fn match_changeset(
    ctx: &CommandContext,
    patterns: &[Vec<u8>],
    node: &hg_types::Node,
) -> Result<Matcher> {
    let audit = |path: &HgPath| Ok(hg_vfs::check_path(path.as_bytes())?);
    let hex = node.hex();
    let filesets = Filesets { ctx, rev: Some(&hex) };
    match_audited(ctx, patterns, PatternKind::RelPath, &audit, &filesets)
}

/// The matcher of a command's `-I` and `-X` alone, for the files of a revision or of the working
/// directory.
///
/// # Errors
/// When a pattern is invalid, outside of the repository, or forbidden.
pub fn match_included(ctx: &CommandContext, rev: Revision) -> Result<Matcher> {
    if rev.is_wdir() {
        return match_patterns(ctx, &[]);
    }
    let audit = |path: &HgPath| Ok(hg_vfs::check_path(path.as_bytes())?);
    let filesets = Filesets { ctx, rev: ctx.opts.nonempty("rev") };
    match_audited(ctx, &[], PatternKind::RelPath, &audit, &filesets)
}

/// Compiles the filesets in the patterns of a command; the repository is asked only if there are any.
struct Filesets<'a> {
    ctx: &'a CommandContext,
    /// Whose files they are about; `None` for the working directory's.
    rev: Option<&'a [u8]>,
}

impl FilesetCompiler for Filesets<'_> {
    fn compile(&self, expression: &[u8]) -> Result<Matcher> {
        let mut query = crate::revision::query(self.ctx)?;
        // The command itself has resolved the revision before.
        query.told_of_aliases = true;
        let rev = match self.rev {
            Some(spec) => hg_query::revset::rev_single(&query, Some(spec), b".")?,
            None => Revision::WDIR,
        };
        // Each question within the fileset is one more occasion.
        query.told_of_aliases = false;
        Compiler::new(&query, rev).telling().compile(expression)
    }
}

/// The same with another meaning of patterns without a kind.
///
/// # Errors
/// Those of [`match_patterns`].
pub fn match_with(
    ctx: &CommandContext,
    patterns: &[Vec<u8>],
    default_kind: PatternKind,
) -> Result<Matcher> {
    let repo = ctx.repo()?;
    let auditor = PathAuditor::new(repo.wvfs().clone());
    let audit = |path: &HgPath| match auditor.check(path.as_bytes()) {
        Err(hg_vfs::Error::Blocked(_)) => {
            // Subrepositories may be entered.
            let nested = hg_repo::subrepo::all_paths(repo)?;
            let auditor = PathAuditor::new(repo.wvfs().clone()).allow_nested(nested);
            Ok(auditor.check(path.as_bytes())?)
        }
        other => Ok(other?),
    };
    let filesets = Filesets { ctx, rev: None };
    match_audited(ctx, patterns, default_kind, &audit, &filesets)
}

fn match_audited(
    ctx: &CommandContext,
    patterns: &[Vec<u8>],
    default_kind: PatternKind,
    audit: Audit,
    filesets: &dyn FilesetCompiler,
) -> Result<Matcher> {
    let repo = ctx.repo()?;
    let cwd = ctx.cwd();
    let (include, exclude) = (ctx.opts.list("include"), ctx.opts.list("exclude"));
    matcher(&MatchOptions {
        patterns,
        include,
        exclude,
        default_kind,
        audit,
        filesets: Some(filesets),
        ..MatchOptions::new(repo.root_bytes(), path_to_bytes(&cwd))
    })
}

/// Names files for the user, from the root or from the current directory.
#[derive(Clone, Debug)]
pub struct Naming {
    root: Vec<u8>,
    cwd: Option<PathBuf>,
    /// The way from the root to the repository whose files are named.
    prefix: HgPathBuf,
}

impl Naming {
    /// Names relative to the current directory.
    #[must_use]
    pub fn relative(ctx: &CommandContext, repo: &Repo) -> Self {
        Self { cwd: Some(ctx.cwd()), ..Self::at_root(ctx, repo) }
    }

    /// Names relative to the root of the outermost repository.
    fn at_root(ctx: &CommandContext, repo: &Repo) -> Self {
        match &ctx.within {
            Some(within) => {
                Self { root: within.root.clone(), cwd: None, prefix: within.prefix.clone() }
            }
            None => Self::from_root(repo),
        }
    }

    /// Names relative to the root.
    #[must_use]
    pub fn from_root(repo: &Repo) -> Self {
        Self { root: repo.root_bytes().to_vec(), cwd: None, prefix: HgPathBuf::default() }
    }

    /// Names as `ui.relative-paths` says; `legacy` holds when it leaves that to the command.
    ///
    /// # Errors
    /// When the item is malformed.
    pub fn configured(ctx: &CommandContext, repo: &Repo, legacy: bool) -> Result<Self> {
        let config = ctx.config();
        let relative = match config.get("ui", "relative-paths") {
            None | Some(b"legacy") => legacy,
            Some(text) => hg_config::value::parse_bool(text).ok_or_else(|| {
                let message = [b"ui.relative-paths is not a boolean ('", text, b"')"].concat();
                Error::new(ErrorKind::Config, message)
            })?,
        };
        Ok(if relative { Self::relative(ctx, repo) } else { Self::at_root(ctx, repo) })
    }

    /// Names as `ui.relative-paths` says; else relative when the user gave any patterns.
    ///
    /// # Errors
    /// When the item is malformed.
    pub fn by_patterns(ctx: &CommandContext, repo: &Repo) -> Result<Self> {
        let given = |name: &str| !ctx.opts.list(name).is_empty();
        let any = !ctx.args.is_empty() || given("include") || given("exclude");
        Self::configured(ctx, repo, any)
    }

    /// Names of the files in a subrepository, as those of the repository around.
    #[must_use]
    pub fn inside(&self, subrepo: &HgPath) -> Self {
        let prefix = match self.prefix.is_empty() {
            true => subrepo.to_owned(),
            false => self.prefix.join(subrepo.as_bytes()),
        };
        Self { prefix, ..self.clone() }
    }

    /// The path from the outermost repository.
    #[must_use]
    pub fn full(&self, path: &HgPath) -> HgPathBuf {
        match self.prefix.is_empty() {
            true => path.to_owned(),
            false => self.prefix.join(path.as_bytes()),
        }
    }

    /// The name of `path`.
    #[must_use]
    pub fn name(&self, path: &HgPath) -> Vec<u8> {
        let full;
        let path = match self.prefix.is_empty() {
            true => path,
            false => {
                full = self.prefix.join(path.as_bytes());
                &full
            }
        };
        match &self.cwd {
            Some(cwd) => path_to(&self.root, path_to_bytes(cwd), path),
            None => path.as_bytes().to_vec(),
        }
    }
}

/// Writes unless `--quiet`, in the colours of `label` (and of every status message).
pub fn status_label(ctx: &CommandContext, text: &[u8], label: &str) {
    ctx.ui.status_label(text, label);
}

/// Tells the user what was named and cannot be looked at; returns how many there were.
pub fn warn_bad(
    ctx: &CommandContext,
    naming: &Naming,
    bad: &[(hg_types::HgPathBuf, Vec<u8>)],
) -> usize {
    for (path, reason) in bad {
        ctx.ui.warn([&naming.name(path)[..], b": ", reason, b"\n"].concat());
    }
    bad.len()
}

/// Files that are not in a revision although they were named, and why.
pub type Bad = Vec<(hg_types::HgPathBuf, Vec<u8>)>;

/// The files of a revision's manifest that match, sorted; and what was named and is not there.
#[must_use]
pub fn files_in(
    manifest: &hg_store::Manifest,
    node: &hg_types::Node,
    matcher: &Matcher,
) -> (Vec<hg_types::HgPathBuf>, Bad) {
    let files: Vec<_> =
        manifest.paths().filter(|path| matcher.matches(path)).map(HgPath::to_owned).collect();
    let mut bad = Bad::new();
    for path in matcher.files() {
        if !path.is_empty() && !manifest.contains(&path) && !manifest.has_dir(&path) {
            let reason = [b"no such file in rev ", &node.short()[..]].concat();
            bad.push((path, reason));
        }
    }
    bad.sort();
    bad.dedup();
    (files, bad)
}
