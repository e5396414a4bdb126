//! Revisions that the user names in options.

use std::sync::Arc;

use hg_query::QueryContext;
use hg_query::revset::{self, SmartSet};
use hg_store::Repo;
use hg_store::revlog::PrefixMatch;
use hg_types::{Error, Node, Result, Revision};
use hg_vfs::{SystemClock, path_to_bytes};

use crate::CommandContext;

/// What a revision names.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Target {
    /// A changeset, or the null revision.
    Changeset(Revision),
    /// The working directory.
    WorkingDirectory,
}

impl Target {
    /// What a revision number stands for.
    #[must_use]
    pub fn of(rev: Revision) -> Self {
        if rev.is_wdir() { Self::WorkingDirectory } else { Self::Changeset(rev) }
    }

    /// The changeset's id.
    ///
    /// # Errors
    /// When the changelog cannot be read.
    pub fn node(&self, repo: &Repo) -> Result<Node> {
        Ok(match self {
            Self::Changeset(rev) => repo.changelog()?.node(*rev),
            Self::WorkingDirectory => Node::WDIR,
        })
    }
}

/// The repository of a command, to be asked in the languages of `hg-query`.
///
/// # Errors
/// When there is no repository, or its changelog cannot be read.
pub fn query(ctx: &CommandContext) -> Result<QueryContext> {
    allow_hidden(ctx)?;
    query_of(ctx, ctx.repo()?)
}

/// Commands that look at hidden changesets when these are named and `experimental.directaccess` allows it.
const DIRECT: &[&str] = &[
    "annotate",
    "archive",
    "bookmarks",
    "cat",
    "diff",
    "export",
    "files",
    "grep",
    "identify",
    "locate",
    "log",
    "manifest",
    "parents",
    "revert",
    "status",
    "update",
];

/// Shows hidden changesets that the user names by their ids (or numbers, with `experimental.directaccess.revnums`).
///
/// # Errors
/// When the configuration is malformed or the history cannot be read.
pub fn allow_hidden(ctx: &CommandContext) -> Result<()> {
    let config = ctx.config();
    let wanted = config.get_bool_or("experimental", "directaccess", false)?;
    if !wanted || !DIRECT.contains(&ctx.command.spec.name()) {
        return Ok(());
    }
    let numbers = config.get_bool_or("experimental", "directaccess.revnums", false)?;
    let repo = ctx.repo()?;
    let hidden = repo.hidden_revs()?;
    if hidden.is_empty() {
        return Ok(());
    }
    let options = ["rev", "change", "from", "to"];
    let given = options.iter().flat_map(|name| {
        let one = ctx.opts.nonempty(name).map(<[u8]>::to_vec);
        ctx.opts.list(name).iter().cloned().chain(one)
    });
    let cl = repo.changelog()?;
    let mut pinned = Vec::new();
    for spec in given.chain(ctx.args.iter().cloned()) {
        let words = spec.split(|byte| !byte.is_ascii_alphanumeric());
        for word in words.filter(|word| !word.is_empty()) {
            let number = std::str::from_utf8(word).ok().and_then(|word| word.parse().ok());
            let rev = match number.and_then(|number: i64| cl.check_rev(number)) {
                Some(rev) if numbers => Some(rev),
                Some(_) => None,
                None => hg_types::NodePrefix::from_hex(word).and_then(|prefix| {
                    match cl.find_prefix(&prefix, |_| true) {
                        PrefixMatch::One(rev) => Some(rev),
                        _ => None,
                    }
                }),
            };
            pinned.extend(rev.filter(|rev| hidden.contains(*rev)).map(|rev| cl.node(rev)));
        }
    }
    repo.pin(pinned);
    Ok(())
}

/// Any repository, to be asked as the user of a command.
///
/// # Errors
/// When its changelog cannot be read.
pub fn query_of(ctx: &CommandContext, repo: &Repo) -> Result<QueryContext> {
    let mut query = QueryContext::new(repo, clock(ctx), path_to_bytes(&ctx.cwd()))?;
    query.remotes = Some(Arc::new(crate::remote::QueryRemotes::new(ctx)));
    Ok(query.with_encoding(ctx.ui.encoding()).with_plugins(ctx.ui.plugins()))
}

/// The user's clock.
pub fn clock(ctx: &CommandContext) -> Arc<SystemClock> {
    Arc::new(SystemClock::new(ctx.config().environment().var("TZ")))
}

/// The one revision that `spec` names; `.` when it is empty.
///
/// # Errors
/// When there is none.
pub fn single(ctx: &CommandContext, spec: &[u8]) -> Result<Target> {
    let query = query(ctx)?;
    Ok(Target::of(revset::rev_single(&query, Some(spec), b".")?))
}

/// The two revisions that a list of revision options names: old and new; `None` for the first parent
/// and the working directory.
///
/// # Errors
/// When one names nothing, or there are too many.
pub fn pair(ctx: &CommandContext, revs: &[Vec<u8>]) -> Result<(Option<Target>, Option<Target>)> {
    if revs.is_empty() {
        return Ok((None, None));
    }
    let query = query(ctx)?;
    let (old, new) = revset::rev_pair(&query, revs)?;
    Ok((Some(Target::of(old)), new.map(Target::of)))
}

/// The revisions that a list of revision options names, in order.
///
/// # Errors
/// When one names nothing.
pub fn range<'q>(query: &'q QueryContext, specs: &[Vec<u8>]) -> Result<SmartSet<'q>> {
    revset::rev_range(query, specs)
}

/// The changeset that an option or argument names; the working directory is none.
///
/// # Errors
/// When it names nothing or the working directory.
pub fn changeset(ctx: &CommandContext, spec: &[u8]) -> Result<Revision> {
    match single(ctx, spec)? {
        Target::Changeset(rev) => Ok(rev),
        Target::WorkingDirectory => {
            Err(Error::input("working directory revision cannot be specified"))
        }
    }
}

/// The newest changeset whose date fits; says which it is.
///
/// # Errors
/// When there is none, or the date is none.
pub fn of_date(ctx: &CommandContext, date: &[u8]) -> Result<Revision> {
    let query = query(ctx)?;
    let spec = [b"last(date('", date, b"'))"].concat();
    let Some(rev) = revset::revs(&query, &spec)?.iter().next().transpose()? else {
        return Err(Error::input("revision matching date not found"));
    };
    let when = query.entry(rev)?.date().format(b"%a %b %d %H:%M:%S %Y %1%2");
    let start = format!("found revision {rev} from ");
    ctx.ui.status([start.as_bytes(), &when, b"\n"].concat());
    Ok(rev)
}
