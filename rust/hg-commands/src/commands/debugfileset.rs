//! `hg debugfileset`.

use std::collections::BTreeSet;

use hg_match::Matcher;
use hg_query::QueryContext;
use hg_query::fileset::{self, STAGES, subrepo_paths};
use hg_types::{Error, HgPathBuf, Result, Revision};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::{Command, CommandContext, revision, spec};

/// `hg debugfileset`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGFILESET,
    help: "Use -p/--show-stage to print the tree of a fileset after one of the stages: parsed, analyzed,
optimized; or all of them. Without --all-files, the files of the working directory or of the
revision are tested.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let [expr] = &ctx.args[..] else {
        return Err(ctx.usage_error());
    };
    let query = revision::query(ctx)?;
    let rev = match ctx.opts.nonempty("rev") {
        Some(spec) => hg_query::revset::rev_single(&query, Some(spec), b".")?,
        None => Revision::WDIR,
    };
    let wanted = stages(ctx)?;
    let mut observe = |stage: &str, tree: &hg_query::parser::Tree| {
        let named = wanted.contains(&stage);
        if named {
            ctx.ui.write(format!("* {stage}:\n"));
        }
        let first = wanted.is_empty() && stage == STAGES[0] && ctx.ui.is_verbose();
        if named || first {
            ctx.ui.write([&tree.pretty()[..], b"\n"].concat());
        }
    };
    let matcher = fileset::compile(&query, rev, expr, &mut observe)?;
    let show = ctx.opts.tristate("show-matcher");
    if show.unwrap_or(false) || (show.is_none() && ctx.ui.is_verbose()) {
        ctx.ui.write([b"* matcher:\n", &matcher.pretty()[..], b"\n"].concat());
    }
    for path in candidates(ctx, &query, rev)? {
        let matches = matcher.matches(&path);
        query.repo.check_late()?;
        if matches {
            ctx.ui.write([path.as_bytes(), b"\n"].concat());
        }
    }
    Ok(0)
}

fn stages(ctx: &CommandContext) -> Result<Vec<&'static str>> {
    let wanted = ctx.opts.list("show-stage");
    if wanted.len() == 1 && wanted[0] == b"all" {
        return Ok(STAGES.to_vec());
    }
    let find = |name: &Vec<u8>| {
        let found = STAGES.iter().find(|stage| stage.as_bytes() == name).copied();
        found.ok_or_else(|| Error::abort([b"invalid stage name: ", &name[..]].concat()))
    };
    wanted.iter().map(find).collect()
}

/// The files that are tested, sorted.
fn candidates(
    ctx: &CommandContext,
    query: &QueryContext,
    rev: Revision,
) -> Result<BTreeSet<HgPathBuf>> {
    let mut out = BTreeSet::new();
    let all = ctx.opts.flag("all-files");
    if all {
        for rev in query.changelog().revs().filter(|rev| !query.is_hidden(*rev)) {
            out.extend(query.entry(rev)?.files().map(ToOwned::to_owned));
            out.extend(subrepo_paths(query, rev)?);
        }
    }
    if all || rev.is_wdir() {
        let mut wdir = WorkingDir::open(&query.repo)?;
        let options = StatusOptions { unknown: true, ignored: true, clean: true };
        let status = wdir.status(&Matcher::always(), options)?;
        let lists = [
            status.modified,
            status.added,
            status.removed,
            status.deleted,
            status.unknown,
            status.ignored,
            status.clean,
        ];
        out.extend(lists.into_iter().flatten());
        out.extend(subrepo_paths(query, Revision::WDIR)?);
    } else {
        out.extend(query.entry(rev)?.files().map(ToOwned::to_owned));
        out.extend(subrepo_paths(query, rev)?);
    }
    Ok(out)
}
