//! Predicates that read changesets: who, when, what they say.

use std::collections::HashSet;

use bstr::ByteSlice as _;
use hg_match::PythonRegex;
use hg_types::{DateRange, Node, Result, Revision};

use crate::context::QueryContext;
use crate::names;
use crate::parser::{Tree, quote};
use crate::pattern::{StringPattern, contains_in_characters};
use crate::revset::args::{arguments, keyword_arguments, no_arguments, parse_error, string};
use crate::revset::eval::eval_all;
use crate::revset::matching;
use crate::revset::smartset::{Condition, SmartSet};

use super::select::set_or_all;
use super::{Call, quoted};

/// `name 'text'`, as conditions print it.
fn described(name: &str, text: &[u8]) -> Vec<u8> {
    [name.as_bytes(), b" ", &quoted(text)].concat()
}

/// `user(string)`, also `author`.
pub(super) fn author<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "author requires a string")?;
    let pattern = StringPattern::part_folded(text, ctx.encoding)?;
    let test = move |rev| Ok(pattern.matches(&user(ctx, rev)?));
    Ok(call.subset.filter(Condition::described(described("user", text), test).reading(ctx)))
}

/// The user in the user's character set.
pub(crate) fn user(ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
    if rev.is_wdir() {
        return Ok(ctx.config.get("ui", "username").unwrap_or_default().to_vec());
    }
    Ok(ctx.encoding.local(ctx.entry(rev)?.user()).into_owned())
}

/// The description in the user's character set.
pub(crate) fn description(ctx: &QueryContext, rev: Revision) -> Result<Vec<u8>> {
    Ok(ctx.encoding.local(ctx.entry(rev)?.description()).into_owned())
}

/// `desc(string)`
pub(super) fn desc<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "desc requires a string")?;
    let pattern = StringPattern::part_folded(text, ctx.encoding)?;
    let test = move |rev| Ok(pattern.matches(&description(ctx, rev)?));
    Ok(call.subset.filter(Condition::described(described("desc", text), test).reading(ctx)))
}

/// `date(interval)`
pub(super) fn date<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "date requires a string")?;
    let range = DateRange::parse(text, &*ctx.clock)?;
    let test = move |rev: Revision| {
        let seconds = match rev.is_wdir() {
            true => ctx.clock.now(),
            false => ctx.entry(rev)?.date().seconds,
        };
        Ok(range.contains(seconds))
    };
    Ok(call.subset.filter(Condition::described(described("date", text), test).reading(ctx)))
}

/// `closed()`
pub(super) fn closed<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    no_arguments(call.arguments, "closed")?;
    let branches = call.ctx.repo.rev_branches()?;
    let test = move |rev: Revision| Ok(!rev.is_wdir() && branches.closes(rev));
    Ok(call.subset.filter(Condition::described("branch closed", test)))
}

/// `keyword(string)`
pub(super) fn keyword<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "keyword requires a string")?;
    let wanted = ctx.encoding.lower(text);
    let shown = described("keyword", &wanted);
    let test = move |rev| {
        let has =
            |text: &[u8]| contains_in_characters(&ctx.encoding.lower(text), &wanted, ctx.encoding);
        any_text(ctx, rev, has)
    };
    Ok(call.subset.filter(Condition::described(shown, test).reading(ctx)))
}

/// `grep(regex)`
pub(super) fn grep<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let text = string(call.arguments, "grep requires a string")?;
    let complain = |why| parse_error(format!("invalid match pattern: {why}"));
    let regex = PythonRegex::new(text).map_err(complain)?;
    let test = move |rev| any_text(ctx, rev, |text| regex.is_match(text));
    Ok(call.subset.filter(Condition::described(described("grep", text), test).reading(ctx)))
}

/// Whether the name of a changed file, the user or the description is what is looked for.
fn any_text(ctx: &QueryContext, rev: Revision, wanted: impl Fn(&[u8]) -> bool) -> Result<bool> {
    let entry = ctx.entry(rev)?;
    Ok(entry.files().any(|path| wanted(path.as_bytes()))
        || wanted(&user(ctx, rev)?)
        || wanted(&description(ctx, rev)?))
}

/// `extra(label, [value])`
pub(super) fn extra<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = keyword_arguments(call.arguments, "extra", "label value")?;
    let Some(label) = arguments.get("label") else {
        return Err(parse_error("extra takes at least 1 argument"));
    };
    let label = string(label, "first argument to extra must be a string")?.to_vec();
    let value = match arguments.get("value") {
        Some(value) => Some(string(value, "second argument to extra must be a string")?),
        None => None,
    };
    let pattern = value.map(StringPattern::whole).transpose()?;
    let shown = pattern.as_ref().map_or_else(|| b"None".to_vec(), |pattern| quote(&pattern.text));
    let description = [b"extra[", &quoted(&label)[..], b"] ", &shown].concat();
    let test = move |rev: Revision| {
        let extra = extras(ctx, rev)?;
        let value = extra.get(&label);
        Ok(match (value, &pattern) {
            (Some(value), Some(pattern)) => pattern.matches(value),
            (value, _) => value.is_some(),
        })
    };
    Ok(call.subset.filter(Condition::described(description, test).reading(ctx)))
}

type Extra = std::collections::BTreeMap<Vec<u8>, Vec<u8>>;

fn extras(ctx: &QueryContext, rev: Revision) -> Result<Extra> {
    let mut extra = ctx.entry(rev)?.extra();
    if rev.is_wdir() {
        extra.insert(b"branch".to_vec(), names::branch(ctx, rev)?);
    } else {
        extra.entry(b"branch".to_vec()).or_insert_with(|| b"default".to_vec());
    }
    Ok(extra)
}

/// `converted([id])`
pub(super) fn converted<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let arguments = arguments(call.arguments, 0..=1, "converted takes one or no arguments")?;
    let wanted = match arguments.first() {
        Some(id) => Some(string(id, "converted requires a revision")?.to_vec()),
        None => None,
    };
    let shown = wanted.as_deref().map_or_else(|| b"None".to_vec(), quote);
    let test = move |rev| {
        let extra = ctx.entry(rev)?.extra();
        let source = extra.get(&b"convert_revision"[..]);
        Ok(source
            .is_some_and(|source| wanted.as_ref().is_none_or(|wanted| source.starts_with(wanted))))
    };
    Ok(call
        .subset
        .filter(Condition::described([b"converted ", &shown[..]].concat(), test).reading(ctx)))
}

/// The revision that a graft, transplant or rebase was made from.
fn source(ctx: &QueryContext, rev: Revision) -> Result<Option<Revision>> {
    let extra = ctx.entry(rev)?.extra();
    let labels = [&b"source"[..], b"transplant_source", b"rebase_source"];
    let Some(value) = labels.iter().find_map(|label| extra.get(*label)) else {
        return Ok(None);
    };
    let node = Node::from_hex(value).or_else(|| Node::from_slice(value));
    let found = node.and_then(|node| ctx.changelog().find(&node));
    Ok(found.filter(|rev| !ctx.is_hidden(*rev)))
}

/// `origin([set])`
pub(super) fn origin<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let mut origins = HashSet::new();
    for rev in set_or_all(ctx, call.arguments)?.iter() {
        let Some(mut first) = source(ctx, rev?)? else {
            continue;
        };
        while let Some(before) = source(ctx, first)? {
            first = before;
        }
        origins.insert(first);
    }
    Ok(call.subset.among(origins))
}

/// `destination([set])`
pub(super) fn destination<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let ctx = call.ctx;
    let sources = match call.arguments {
        Tree::Nothing => None,
        set => Some(eval_all(ctx, set)?),
    };
    let mut found = std::collections::BTreeSet::new();
    for rev in call.subset.iter() {
        let rev = rev?;
        let mut lineage = vec![rev];
        let mut at = rev;
        // What comes from something that comes from the sources comes from them.
        while let Some(before) = source(ctx, at)? {
            let wanted = match &sources {
                None => true,
                Some(sources) => sources.contains(before)?,
            };
            if wanted || found.contains(&before) {
                found.extend(lineage);
                break;
            }
            lineage.push(before);
            at = before;
        }
    }
    let shown: Vec<String> = found.iter().map(ToString::to_string).collect();
    let description = format!("destination [{}]", shown.join(", "));
    let test = move |rev| Ok(found.contains(&rev));
    Ok(call.subset.filter(Condition::described(description, test)))
}

/// `matching(revision [, field])`
pub(super) fn matching<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let arguments = arguments(call.arguments, 1..=2, "matching takes 1 or 2 arguments")?;
    let models = eval_all(call.ctx, &arguments[0])?;
    let fields = match arguments.get(1) {
        Some(fields) => string(fields, "matching requires a string as its second argument")?
            .fields()
            .map(<[u8]>::to_vec)
            .collect(),
        None => vec![b"metadata".to_vec()],
    };
    matching::matching(call.ctx, call.subset, &models, &fields)
}
