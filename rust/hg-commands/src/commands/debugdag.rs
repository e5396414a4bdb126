//! `hg debugdag`.

use std::collections::{BTreeMap, HashSet};

use hg_format::tags::decode_lines;
use hg_repo::dag::describe::{Describer, Look, Step};
use hg_store::{Repo, TagKind};
use hg_types::{Error, Result, Revision};

use crate::storage::open_revlog;
use crate::{Command, CommandContext, spec};

/// `hg debugdag`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDAG,
    help: "Describe the graph of the changesets, or of the revlog whose index FILE is, as ``hg \
           debugbuilddag`` reads it. Revisions REV of FILE get a label.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let steps = match ctx.args.split_first() {
        Some((file, revs)) => steps_of_revlog(ctx, file, revs)?,
        None => match ctx.optional_repo() {
            Some(repo) => steps_of_history(ctx, repo)?,
            None => return Err(Error::abort("need repo for changelog dag")),
        },
    };
    let look = Look { dots: ctx.opts.flag("dots"), spaces: ctx.opts.flag("spaces") };
    let mut out = Vec::new();
    let mut describer = Describer::new(look, &mut out);
    let failure = steps.into_iter().try_for_each(|step| describer.add(step)).err();
    // What came before a gap is shown as far as whole lines go.
    let whole = describer.whole_lines();
    match failure {
        None => describer.finish(),
        Some(_) => out.truncate(whole),
    }
    if !out.is_empty() {
        out.push(b'\n');
        ctx.ui.write(out);
    }
    failure.map_or(Ok(0), Err)
}

fn node(rev: Revision, parents: [Revision; 2]) -> Step {
    let parents = parents.into_iter().filter(|parent| !parent.is_null());
    Step::Node(rev.get().into(), parents.map(|parent| parent.get().into()).collect())
}

fn steps_of_revlog(ctx: &CommandContext, file: &[u8], revs: &[Vec<u8>]) -> Result<Vec<Step>> {
    let revlog = open_revlog(ctx, Some(file))?.revlog;
    let mut labelled = HashSet::new();
    for rev in revs {
        let number = std::str::from_utf8(rev).ok().and_then(|text| text.trim().parse().ok());
        let invalid = || Error::abort([b"invalid revision identifier ", &rev[..]].concat());
        labelled.insert(number.and_then(|rev: i64| revlog.check_rev(rev)).ok_or_else(invalid)?);
    }
    let mut out = Vec::new();
    for rev in revlog.revs() {
        out.push(node(rev, revlog.parents(rev)));
        if labelled.contains(&rev) {
            out.push(Step::Label(rev.get().into(), format!("r{rev}").into_bytes()));
        }
    }
    Ok(out)
}

fn steps_of_history(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Step>> {
    let changelog = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    let labels = if ctx.opts.flag("tags") { labels(repo)? } else { BTreeMap::new() };
    let encoding = ctx.ui.encoding();
    let mut branch = b"default".to_vec();
    let mut out = Vec::new();
    for rev in changelog.revs().filter(|&rev| !hidden.contains(rev)) {
        if ctx.opts.flag("branches") {
            let other = changelog.entry(rev)?.branch();
            if other != branch {
                out.push(Step::Branch(encoding.to_local(&other).local));
                branch = other;
            }
        }
        out.push(node(rev, changelog.parents(rev)));
        for name in labels.get(&rev).into_iter().flatten() {
            let name = encoding.to_local(name).local;
            out.push(Step::Label(rev.get().into(), name));
        }
    }
    Ok(out)
}

/// Tags by changeset: those in history, those of this clone, `tip`.
fn labels(repo: &Repo) -> Result<BTreeMap<Revision, Vec<Vec<u8>>>> {
    let changelog = repo.changelog()?;
    let tags = repo.tags()?;
    let mut all: Vec<_> = tags.iter().collect();
    let local = repo.vfs().try_read("localtags")?.unwrap_or_default();
    let names: Vec<_> =
        decode_lines(&local).filter_map(|(_, line)| Some(line.ok()?.name)).collect();
    all.sort_by_key(|(name, _, kind)| match kind {
        Some(TagKind::Global) => 0,
        Some(TagKind::Local) => 1 + names.iter().position(|other| other == name).unwrap_or(0),
        None => usize::MAX,
    });
    let mut out = BTreeMap::<Revision, Vec<Vec<u8>>>::new();
    for (name, node, _) in all {
        if let Some(rev) = changelog.find(&node) {
            out.entry(rev).or_default().push(name.to_vec());
        }
    }
    Ok(out)
}
