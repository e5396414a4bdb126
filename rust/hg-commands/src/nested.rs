//! What commands do about subrepositories: opening them, and going through a tree of repositories.

use std::sync::Arc;

use hg_match::Matcher;
use hg_repo::subrepo::{self, Direction, HgSubrepo, Of, State, Subrepo, Subrepos, source_of};
use hg_store::{NestedRepos, Repo};
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, Result};
use hg_wire::paths::Path;

use crate::options::Opts;
use crate::revision::Target;
use crate::scope::Naming;
use crate::{CommandContext, Ui, remote};

/// What a repository needs for its subrepositories.
pub(crate) fn subrepos(ui: &Arc<Ui>, globals: &Opts, opts: &Opts) -> Arc<dyn NestedRepos> {
    let (own, globals, opts) = (ui.clone(), globals.clone(), opts.clone());
    let make = move || remote::nested_context(&own, &globals, &opts, true);
    Arc::new(Subrepos::new(Box::new(make), ui.clone()))
}

/// Where in a tree of repositories a command has come, when it is not at the outermost one.
#[derive(Clone)]
pub(crate) struct Within {
    /// The root of the outermost repository.
    pub(crate) root: Vec<u8>,
    /// The way from there.
    pub(crate) prefix: HgPathBuf,
    /// Which files of the repository the command is about, those in its subrepositories included.
    pub(crate) matcher: Matcher,
}

/// A subrepository, and what of it a command is about.
pub(crate) struct Inner<'a> {
    ctx: &'a CommandContext,
    pub(crate) sub: Box<dyn Subrepo>,
    /// Which of its files.
    pub(crate) matcher: Matcher,
}

impl Inner<'_> {
    /// The command as it goes on in a subrepository of Mercurial's.
    pub(crate) fn enter(&self, hg: &HgSubrepo) -> CommandContext {
        let ctx = self.ctx;
        let around = ctx.within.as_ref();
        let root = ctx.repo.as_ref().map(|repo| repo.root_bytes().to_vec()).unwrap_or_default();
        let within = Within {
            root: around.map_or(root, |around| around.root.clone()),
            prefix: join(around.map(|around| &*around.prefix), self.sub.path()),
            matcher: self.matcher.clone(),
        };
        CommandContext {
            ui: ctx.ui.clone(),
            opts: ctx.opts.clone(),
            globals: ctx.globals.clone(),
            args: ctx.args.clone(),
            command: ctx.command,
            extra: ctx.extra.clone(),
            repo: Some(hg.repo()),
            within: Some(within),
        }
    }

    /// [`Self::enter`]; filesets ask the repository that files are in, at `rev`.
    ///
    /// # Errors
    /// When a pattern is malformed.
    pub(crate) fn enter_at(&self, hg: &HgSubrepo, target: Target) -> Result<CommandContext> {
        let mut inside = self.enter(hg);
        let is_set = |text: &Vec<u8>| text.starts_with(b"set:");
        if !inside.args.is_empty() && inside.args.iter().all(is_set) {
            let args = inside.args.clone();
            let matcher = match target {
                Target::WorkingDirectory => crate::scope::match_patterns(&inside, &args)?,
                Target::Changeset(_) => {
                    crate::scope::match_changeset(&inside, &args, &target.node(&hg.repo())?)?
                }
            };
            if let Some(within) = &mut inside.within {
                within.matcher = matcher;
            }
        }
        Ok(inside)
    }

    /// The way from the outermost repository.
    pub(crate) fn full_path(&self) -> HgPathBuf {
        let around = self.ctx.within.as_ref();
        join(around.map(|around| &*around.prefix), self.sub.path())
    }

    /// Writes what another program has said.
    pub(crate) fn write(&self, text: &[u8]) {
        self.ctx.ui.write(text);
    }

    /// How its files are named.
    pub(crate) fn naming(&self, naming: &Naming) -> Naming {
        naming.inside(self.sub.path())
    }

    /// Goes on after a changeset was not there, which is only told; the result is then nothing.
    ///
    /// # Errors
    /// All other errors.
    pub(crate) fn forgive<T: Default>(&self, result: Result<T>) -> Result<T> {
        self.forgive_with(result, T::default())
    }

    /// [`Self::forgive`] with a result for what is not there.
    ///
    /// # Errors
    /// All other errors.
    pub(crate) fn forgive_with<T>(&self, result: Result<T>, otherwise: T) -> Result<T> {
        match result {
            Err(error) if is_lookup(&error) => {
                let parts: [&[u8]; 5] = [
                    b"warning: error \"",
                    &error.message,
                    b"\" in subrepository \"",
                    &self.sub.shown(),
                    b"\"\n",
                ];
                self.ctx.ui.warn(parts.concat());
                Ok(otherwise)
            }
            other => other,
        }
    }
}

fn join(around: Option<&HgPath>, path: &HgPath) -> HgPathBuf {
    around.map_or_else(|| path.to_owned(), |around| around.join(path.as_bytes()))
}

/// The path of a file from the outermost repository.
pub(crate) fn full_path(ctx: &CommandContext, file: &HgPath) -> HgPathBuf {
    join(ctx.within.as_ref().map(|within| &*within.prefix), file)
}

/// Whether an error says that a changeset is not there.
pub(crate) fn is_lookup(error: &Error) -> bool {
    matches!(error.kind, ErrorKind::UnknownRevision | ErrorKind::HiddenRevision)
}

/// The subrepositories of a revision.
pub(crate) fn of(repo: &Repo, target: Target) -> Result<Of> {
    Ok(match target {
        Target::WorkingDirectory => Of::Working,
        Target::Changeset(_) => Of::Changeset(target.node(repo)?),
    })
}

/// The paths of the subrepositories.
pub(crate) fn paths(repo: &Repo, of: Of) -> Result<Vec<HgPathBuf>> {
    Ok(subrepo::states(repo, of)?.into_keys().collect())
}

/// Which subrepositories a command goes into.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(crate) enum Which {
    /// All of them.
    All,
    /// Those that were named, or in which something was.
    Named,
}

impl Which {
    /// What `-S` says.
    pub(crate) fn from_opts(ctx: &CommandContext) -> Self {
        // Whoever is inside has been led there.
        match ctx.opts.flag("subrepos") || ctx.within.is_some() {
            true => Self::All,
            false => Self::Named,
        }
    }
}

/// Goes through subrepositories; `matcher` is about the files of the whole tree.
///
/// # Errors
/// When one cannot be opened, or `visit` fails.
pub(crate) fn for_each(
    ctx: &CommandContext,
    states: impl IntoIterator<Item = (HgPathBuf, State)>,
    (matcher, which): (&Matcher, Which),
    visit: &mut dyn FnMut(&Inner) -> Result<()>,
) -> Result<()> {
    let repo = ctx.repo()?;
    let named = matcher.files();
    for (path, state) in states {
        let is_named = || named.iter().any(|file| *file == path || file.is_below(&path));
        if which == Which::Named && !is_named() {
            continue;
        }
        let sub = subrepo::open(repo, &path, &state)?;
        visit(&Inner { ctx, sub, matcher: matcher.inside(&path) })?;
    }
    Ok(())
}

/// The two sides of a comparison in a subrepository, as revisions of its own; no second one stands for its
/// working directory.
///
/// # Errors
/// When a changeset is not there.
pub(crate) fn sides(hg: &HgSubrepo, other: Option<&State>) -> Result<(Target, Option<Target>)> {
    let repo = hg.repo();
    let target = |state: &State| -> Result<Target> {
        let node = match state.revision.is_empty() {
            true => Node::NULL,
            false => Node::from_hex(&state.revision).unwrap_or(Node::WDIR),
        };
        let rev = repo
            .changelog()?
            .find(&node)
            .or_else(|| node.is_null().then_some(hg_types::Revision::NULL));
        let unknown = || {
            let text = [b"unknown revision '", &state.revision[..], b"'"].concat();
            Error::new(ErrorKind::UnknownRevision, text)
        };
        rev.map(Target::Changeset).ok_or_else(unknown)
    };
    Ok((target(hg.state())?, other.map(target).transpose()?))
}

/// Fails when subrepositories have changes, which cannot be taken along and must not be left out unsaid.
///
/// # Errors
/// When one has, or cannot be looked at.
pub(crate) fn refuse_changed(repo: &Repo, matcher: &Matcher) -> Result<()> {
    subrepo::for_each(repo, subrepo::Of::Working, &mut |sub| {
        let reason = match matcher.matches(sub.path()) {
            true => sub.dirty_reason(true, false)?,
            false => None,
        };
        reason.map_or(Ok(()), |reason| Err(Error::abort(reason)))
    })
}

/// Compares the subrepositories of the working directory, those within others too, with where each comes from or
/// goes to; the code is 0 when `compare` finds something anywhere.
///
/// # Errors
/// When one cannot be opened, or `compare` fails.
pub(crate) fn in_subrepos(
    repo: &Repo,
    direction: Direction,
    compare: &mut dyn FnMut(&Repo, &Path) -> Result<i32>,
) -> Result<i32> {
    let mut code = 1;
    for (path, state) in &subrepo::states(repo, Of::Working)? {
        let sub = subrepo::open(repo, path, state)?;
        let Some(hg) = sub.as_hg() else { continue };
        let repo = hg.repo();
        let Some(location) = source_of(&repo, direction)? else { continue };
        code = std::cmp::min(code, compare(&repo, &Path::from_location(&location)?)?);
        code = std::cmp::min(code, in_subrepos(&repo, direction, compare)?);
    }
    Ok(code)
}
