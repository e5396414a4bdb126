//! Revsets: the language that selects changesets (`hg help revisions`).
//!
//! A text goes through stages: *parsed*, aliases *expanded*, `##` *concatenated*, *analyzed*,
//! *optimized*; the last is evaluated to a [`SmartSet`]. [`any_revs`], [`rev_single`], [`rev_pair`]
//! and [`rev_range`] take what users type; [`revs`] takes what [`format_spec`] builds.

pub mod analyze;
mod args;
pub mod eval;
pub mod lang;
mod lines;
mod matching;
pub mod optimize;
mod predicates;
pub mod smartset;
mod spec;
pub mod symbols;
mod walk;

use hg_types::{Error, ErrorKind, Result, Revision};

use crate::context::QueryContext;
use crate::parser::{AliasRules, Tree};

pub(crate) use args::parse_error;
pub use predicates::Call;
pub use smartset::SmartSet;
pub use spec::{SpecArg, format_spec};
pub use symbols::is_revision;

/// The name of a stage between text and set.
pub const STAGES: [&str; 5] = ["parsed", "expanded", "concatenated", "analyzed", "optimized"];

/// The aliases of the configuration, unless `HGPLAIN` forbids them; those in `more` win.
#[must_use]
pub fn aliases(ctx: &QueryContext, more: &[(Vec<u8>, Vec<u8>)]) -> AliasRules {
    let plain = ctx.config.environment().plain().covers("revsetalias");
    let configured: Vec<_> = match plain {
        true => Vec::new(),
        false => ctx.config.items("revsetalias").collect(),
    };
    let more = more.iter().map(|(name, value)| (&name[..], &value[..]));
    AliasRules::new(lang::ALIAS_SYNTAX, configured.into_iter().chain(more))
}

/// What happens to texts of users that are not for programs.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    /// Names may contain operators; aliases are replaced.
    User,
    /// Made by a program: no names to look up, no aliases.
    Program,
}

/// Takes a text through all stages; `observe` sees each tree by the name of its stage.
///
/// # Errors
/// When the text is no revset.
pub fn compile(
    ctx: &QueryContext,
    text: &[u8],
    origin: Origin,
    local_aliases: &[(Vec<u8>, Vec<u8>)],
    observe: &mut dyn FnMut(&str, &Tree),
) -> Result<Tree> {
    // A number is looked up before it is taken for an expression.
    if origin == Origin::User && text.iter().all(u8::is_ascii_digit) {
        ctx.find_hidden()?;
    }
    let tree = match origin {
        Origin::User => {
            let rules = UserRules::new(ctx, local_aliases);
            compile_with(ctx, text, Some(&rules), observe)
        }
        Origin::Program => compile_with(ctx, text, None, observe),
    }?;
    ctx.find_hidden()?;
    Ok(tree)
}

/// Aliases, and whether the user was told what is wrong with them.
struct UserRules {
    rules: AliasRules,
    told: std::cell::Cell<bool>,
}

impl UserRules {
    fn new(ctx: &QueryContext, more: &[(Vec<u8>, Vec<u8>)]) -> Self {
        Self { rules: aliases(ctx, more), told: std::cell::Cell::new(ctx.told_of_aliases) }
    }

    fn expand(&self, ctx: &QueryContext, tree: Tree) -> Result<Tree> {
        let tree = lang::expand_aliases(tree, &self.rules)?;
        if !self.told.replace(true) {
            for (_, message) in self.rules.errors() {
                ctx.repo.reporter().warn(&[b"warning: ", message, b"\n"].concat());
            }
        }
        Ok(tree)
    }
}

/// Takes a text of a user, for whom there are alias rules, or of a program through all stages.
fn compile_with(
    ctx: &QueryContext,
    text: &[u8],
    rules: Option<&UserRules>,
    observe: &mut dyn FnMut(&str, &Tree),
) -> Result<Tree> {
    if text.is_empty() {
        return Err(parse_error("empty query"));
    }
    let lookup = |name: &[u8]| symbols::is_revision(ctx, name);
    let lookup: Option<lang::Lookup<'_>> = match rules {
        Some(_) => Some(&lookup),
        None => None,
    };
    let mut tree = lang::parse(text, lookup)?;
    observe(STAGES[0], &tree);
    if let Some(rules) = rules {
        tree = rules.expand(ctx, tree)?;
    }
    observe(STAGES[1], &tree);
    let tree = lang::fold_concat(tree)?;
    observe(STAGES[2], &tree);
    let tree = analyze::analyze(tree)?;
    observe(STAGES[3], &tree);
    analyze::check_calls(&tree)?;
    let tree = optimize::optimize(tree, &|name| predicates::weight(ctx, name));
    observe(STAGES[4], &tree);
    Ok(tree)
}

/// The revisions of an expression that a program has made.
///
/// # Errors
/// When it makes no sense or names what is not there.
pub fn revs<'q>(ctx: &'q QueryContext, spec: &[u8]) -> Result<SmartSet<'q>> {
    let tree = compile(ctx, spec, Origin::Program, &[], &mut |_, _| {})?;
    eval::eval_all(ctx, &tree)
}

/// The revisions of several expressions of a user, in order, each once.
///
/// # Errors
/// When one makes no sense or names what is not there.
pub fn any_revs<'q>(
    ctx: &'q QueryContext,
    specs: &[Vec<u8>],
    local_aliases: Option<&[(Vec<u8>, Vec<u8>)]>,
) -> Result<SmartSet<'q>> {
    if let ([spec], None) = (specs, local_aliases)
        && let Some(set) = simple(ctx, spec)?
    {
        return Ok(set);
    }
    let rules = UserRules::new(ctx, local_aliases.unwrap_or(&[]));
    let trees = specs.iter().map(|spec| compile_with(ctx, spec, Some(&rules), &mut |_, _| {}));
    let mut trees = trees.collect::<Result<Vec<_>>>()?;
    ctx.find_hidden()?;
    match trees.len() {
        0 => Ok(SmartSet::empty()),
        1 => eval::eval_all(ctx, &trees.remove(0)),
        _ => eval::eval_all(ctx, &Tree::Node("or", vec![Tree::Node("list", trees)])),
    }
}

/// A number, `.`, `tip` or `null`, without going through the language.
fn simple<'q>(ctx: &'q QueryContext, spec: &[u8]) -> Result<Option<SmartSet<'q>>> {
    // With --hidden, the working directory's parent may be one of them: not so simple.
    let fixed = spec == b"null" || spec == b"." && ctx.repo.view() != hg_store::View::Unfiltered;
    let plain = spec == b"tip"
        || (!spec.is_empty() && spec.iter().all(u8::is_ascii_digit) && spec.len() < 10);
    // Aliases may be one of these names, or wrong, which the user is to be told.
    if !fixed && (!plain || ctx.config.items("revsetalias").next().is_some()) {
        return Ok(None);
    }
    if !fixed {
        ctx.find_hidden()?;
    }
    Ok(Some(SmartSet::from_list(vec![symbols::resolve(ctx, spec)?])))
}

/// The revisions of several expressions of a user.
///
/// # Errors
/// When one makes no sense or names what is not there.
pub fn rev_range<'q>(ctx: &'q QueryContext, specs: &[Vec<u8>]) -> Result<SmartSet<'q>> {
    any_revs(ctx, specs, None)
}

/// The one revision that a user names: the last of the set. `default` stands for an empty text.
///
/// # Errors
/// When the set is empty, makes no sense or names what is not there.
pub fn rev_single(ctx: &QueryContext, spec: Option<&[u8]>, default: &[u8]) -> Result<Revision> {
    let spec = spec.filter(|spec| !spec.is_empty()).unwrap_or(default);
    let set = any_revs(ctx, &[spec.to_vec()], None)?;
    set.last()?.ok_or_else(|| Error::new(ErrorKind::UnknownRevision, "empty revision set"))
}

/// The two revisions that a user names for a comparison; `None` as the second means the working
/// directory.
///
/// # Errors
/// When there are none, or they make no sense.
pub fn rev_pair(ctx: &QueryContext, specs: &[Vec<u8>]) -> Result<(Revision, Option<Revision>)> {
    if specs.is_empty() {
        return Ok((ctx.wdir_parents()?[0], None));
    }
    let set = any_revs(ctx, specs, None)?;
    let empty = || Error::new(ErrorKind::UnknownRevision, "empty revision range");
    let (first, second) = (set.first()?.ok_or_else(empty)?, set.last()?.ok_or_else(empty)?);
    if first == second && specs.len() > 1 {
        for spec in specs {
            if any_revs(ctx, std::slice::from_ref(spec), None)?.is_empty()? {
                return Err(Error::new(
                    ErrorKind::UnknownRevision,
                    "empty revision on one side of range",
                ));
            }
        }
    }
    // One revision stands for a comparison with the working directory, a range of one does not.
    if first == second && specs.len() == 1 && !is_range(&specs[0], ctx)? {
        return Ok((first, None));
    }
    Ok((first, Some(second)))
}

/// Whether a text is a range at its top level.
fn is_range(spec: &[u8], ctx: &QueryContext) -> Result<bool> {
    let lookup = |name: &[u8]| symbols::is_revision(ctx, name);
    let tree = lang::parse(spec, Some(&lookup))?;
    let kinds = ["range", "rangepre", "rangepost", "rangeall"];
    Ok(kinds.contains(&tree.kind()))
}
