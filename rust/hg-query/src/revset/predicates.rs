//! The predicates of the language.

mod files;
mod graph;
mod lists;
mod meta;
mod named;
mod phase;
mod select;
mod sort;
mod special;

use hg_types::similar::{similar, suggestion};
use hg_types::{Error, Result};

use crate::context::QueryContext;
use crate::parser::{Tree, quote};

use super::args::parse_error;
use super::eval::Order;
use super::optimize::{ORDINARY, Weight};
use super::smartset::{Condition, SmartSet};

/// What a predicate is called with.
pub struct Call<'q, 't> {
    /// Whom to ask.
    pub ctx: &'q QueryContext,
    /// The set that the result is part of.
    pub subset: SmartSet<'q>,
    /// The arguments: nothing, one, or a list.
    pub arguments: &'t Tree,
    /// Whose order the result has.
    pub order: Order,
}

/// Evaluates a predicate.
type Run = for<'q, 't> fn(Call<'q, 't>) -> Result<SmartSet<'q>>;

/// A predicate.
#[derive(Clone, Copy)]
struct Predicate {
    /// Its name.
    name: &'static str,
    /// What it costs, see [`super::optimize`].
    weight: Weight,
    /// How it is evaluated.
    run: Run,
}

const fn predicate(name: &'static str, weight: Weight, run: Run) -> Predicate {
    Predicate { name, weight, run }
}

/// Searching texts costs more than asking the index.
const TEXTS: Weight = 20;
/// Comparing manifests.
const STATUS: Weight = 60;
/// Reading manifests.
const MANIFEST: Weight = 200;

/// All predicates, by name.
static PREDICATES: &[Predicate] = &[
    predicate("_commonancestorheads", ORDINARY, graph::common_ancestor_heads),
    predicate("_destmerge", ORDINARY, special::dest_merge),
    predicate("_destupdate", ORDINARY, special::dest_update),
    predicate("_firstancestors", ORDINARY, graph::first_ancestors),
    predicate("_firstdescendants", ORDINARY, graph::first_descendants),
    predicate("_followfirst", ORDINARY, files::follow_first),
    predicate("_hexlist", ORDINARY, lists::hex_list),
    predicate("_internal", ORDINARY, phase::internal),
    predicate("_intlist", 0, lists::int_list),
    predicate("_list", ORDINARY, lists::list),
    predicate("_matchfiles", ORDINARY, files::match_files),
    predicate("_notpublic", ORDINARY, phase::not_public),
    predicate("_phaseandancestors", ORDINARY, phase::phase_and_ancestors),
    predicate("_rev", ORDINARY, lists::existing_rev),
    predicate("adds", STATUS, files::adds),
    predicate("all", ORDINARY, select::all),
    predicate("ancestor", 1, graph::ancestor),
    predicate("ancestors", ORDINARY, graph::ancestors),
    predicate("author", TEXTS, meta::author),
    predicate("bisect", ORDINARY, special::bisect),
    predicate("bisected", ORDINARY, special::bisect),
    predicate("bookmark", ORDINARY, named::bookmark),
    predicate("branch", TEXTS, named::branch),
    predicate("branchpoint", ORDINARY, graph::branch_point),
    predicate("bundle", ORDINARY, special::bundle),
    predicate("children", ORDINARY, graph::children),
    predicate("closed", TEXTS, meta::closed),
    predicate("commonancestors", ORDINARY, graph::common_ancestors),
    predicate("conflictlocal", ORDINARY, special::conflict_local),
    predicate("conflictother", ORDINARY, special::conflict_other),
    predicate("contains", MANIFEST, files::contains),
    predicate("contentdivergent", ORDINARY, special::content_divergent),
    predicate("converted", ORDINARY, meta::converted),
    predicate("date", TEXTS, meta::date),
    predicate("desc", TEXTS, meta::desc),
    predicate("descendants", ORDINARY, graph::descendants),
    predicate("destination", TEXTS, meta::destination),
    predicate("diffcontains", 220, files::diff_contains),
    predicate("draft", ORDINARY, phase::draft),
    predicate("expectsize", ORDINARY, select::expect_size),
    predicate("extdata", 200, special::extdata),
    predicate("extinct", ORDINARY, special::extinct),
    predicate("extra", ORDINARY, meta::extra),
    predicate("file", TEXTS, files::file),
    predicate("filelog", ORDINARY, files::filelog),
    predicate("first", 0, select::limit),
    predicate("follow", ORDINARY, files::follow),
    predicate("followlines", ORDINARY, files::follow_lines),
    predicate("grep", TEXTS, meta::grep),
    predicate("head", ORDINARY, named::head),
    predicate("heads", ORDINARY, graph::heads),
    predicate("hidden", ORDINARY, special::hidden),
    predicate("id", ORDINARY, lists::id),
    predicate("keyword", TEXTS, meta::keyword),
    predicate("last", ORDINARY, select::last),
    predicate("limit", 0, select::limit),
    predicate("matching", ORDINARY, meta::matching),
    predicate("max", ORDINARY, select::max),
    predicate("merge", ORDINARY, graph::merge),
    predicate("min", ORDINARY, select::min),
    predicate("modifies", STATUS, files::modifies),
    predicate("named", ORDINARY, named::named),
    predicate("nodefromfile", ORDINARY, lists::node_from_file),
    predicate("none", ORDINARY, select::none),
    predicate("obsolete", ORDINARY, special::obsolete),
    predicate("only", ORDINARY, graph::only),
    predicate("origin", ORDINARY, meta::origin),
    predicate("orphan", ORDINARY, special::orphan),
    predicate("outgoing", TEXTS, special::outgoing),
    predicate("p1", ORDINARY, graph::p1),
    predicate("p2", ORDINARY, graph::p2),
    predicate("parents", ORDINARY, graph::parents),
    predicate("phasedivergent", ORDINARY, special::phase_divergent),
    predicate("present", ORDINARY, select::present),
    predicate("public", ORDINARY, phase::public),
    predicate("remote", ORDINARY, special::remote),
    predicate("removes", STATUS, files::removes),
    predicate("rev", ORDINARY, lists::rev),
    predicate("reverse", 0, select::reverse),
    predicate("revset", ORDINARY, select::revset),
    predicate("roots", ORDINARY, graph::roots),
    predicate("secret", ORDINARY, phase::secret),
    predicate("sort", TEXTS, sort::sort),
    predicate("stack", ORDINARY, special::stack),
    predicate("subrepo", ORDINARY, files::subrepo),
    predicate("successors", ORDINARY, special::successors),
    predicate("tag", ORDINARY, named::tag),
    predicate("tagged", ORDINARY, named::tag),
    predicate("unstable", ORDINARY, special::unstable),
    predicate("user", TEXTS, meta::author),
    predicate("wdir", 0, special::wdir),
];

fn find(name: &[u8]) -> Option<&'static Predicate> {
    let at = PREDICATES.binary_search_by(|predicate| predicate.name.as_bytes().cmp(name)).ok()?;
    Some(&PREDICATES[at])
}

impl<'q> Condition<'q> {
    /// Says that the condition reads the changesets it is asked about.
    pub(in crate::revset) fn reading(self, ctx: &'q QueryContext) -> Self {
        self.preparing(move |revs| ctx.read_ahead(revs))
    }
}

/// The weight of a predicate.
pub(super) fn weight(ctx: &QueryContext, name: &[u8]) -> Weight {
    match ctx.plugins.predicates.find(name) {
        Some(custom) => custom.weight(),
        None => find(name).map_or(ORDINARY, |found| found.weight),
    }
}

/// Evaluates the predicate called `name`.
pub(super) fn call<'q>(
    ctx: &'q QueryContext,
    name: &[u8],
    subset: SmartSet<'q>,
    arguments: &Tree,
    order: Order,
) -> Result<SmartSet<'q>> {
    let call = Call { ctx, subset, arguments, order };
    if let Some(custom) = ctx.plugins.predicates.find(name) {
        return custom.call(call);
    }
    match find(name) {
        Some(found) => (found.run)(call),
        None => {
            let documented = PREDICATES.iter().map(|predicate| predicate.name.as_bytes());
            let public = documented.filter(|name| {
                !name.starts_with(b"_") && !matches!(*name, b"tagged" | b"bisected")
            });
            Err(unknown(name, &public.collect::<Vec<_>>()))
        }
    }
}

/// The error for an unknown name, with a hint at similar ones.
pub(super) fn unknown(name: &[u8], known: &[&[u8]]) -> Error {
    let error = parse_error([b"unknown identifier: ", name].concat());
    match suggestion(&similar(name, known.iter().copied())) {
        Some(hint) => error.hint(hint),
        None => error,
    }
}

/// A text as conditions print it.
fn quoted(text: &[u8]) -> Vec<u8> {
    quote(text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_sorted() {
        assert!(PREDICATES.is_sorted_by_key(|predicate| predicate.name));
    }
}
