//! `hg debugrevspec`.

use hg_query::parser::Tree;
use hg_query::revset::{self, Origin, STAGES, SmartSet, eval};
use hg_types::{Error, Result};

use crate::sequence::{Change, compare};
use crate::{Command, CommandContext, revision, spec};

/// `hg debugrevspec`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGREVSPEC,
    help: "Use -p/--show-stage to print the tree of a revset after one of the stages: parsed, expanded,
concatenated, analyzed, optimized; or all of them.

Use --verify-optimized to compare the result with that of the tree that was not optimized.
Returns 1 when they differ.",
    run,
};

/// Which trees are printed.
struct Stages<'a> {
    /// Those that were named, as they are.
    named: Vec<&'a str>,
    last: usize,
    optimize: bool,
}

impl<'a> Stages<'a> {
    fn of(ctx: &'a CommandContext) -> Result<Self> {
        let last = if ctx.opts.flag("no-optimized") { 3 } else { 4 };
        let optimize = ctx.opts.flag("optimize");
        let wanted = ctx.opts.list("show-stage");
        if !wanted.is_empty() && optimize {
            return Err(Error::abort("cannot use --optimize with --show-stage"));
        }
        if ctx.opts.flag("verify-optimized") && last < 4 {
            return Err(Error::abort("cannot use --verify-optimized with --no-optimized"));
        }
        let known = &STAGES[..=last];
        if wanted.len() == 1 && wanted[0] == b"all" {
            return Ok(Self { named: known.to_vec(), last, optimize });
        }
        let mut named = Vec::new();
        for stage in wanted {
            let found = known.iter().find(|name| name.as_bytes() == stage);
            let unknown = || Error::abort([b"invalid stage name: ", &stage[..]].concat());
            named.push(*found.ok_or_else(unknown)?);
        }
        Ok(Self { named, last, optimize })
    }
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let [expr] = &ctx.args[..] else {
        return Err(ctx.usage_error());
    };
    let stages = Stages::of(ctx)?;
    let query = revision::query(ctx)?;
    let trees = compile(ctx, &query, expr, &stages)?;
    let show_set = ctx.opts.flag("show-set") || ctx.ui.is_verbose();
    if ctx.opts.flag("verify-optimized") {
        return verify(ctx, &query, &trees, show_set);
    }
    let set = eval::eval_all(&query, &trees[stages.last])?;
    if show_set {
        show(ctx, "set", &set);
    }
    if ctx.opts.tristate("show-revs") == Some(false) {
        return Ok(0);
    }
    for rev in set.iter() {
        ctx.ui.write(format!("{}\n", rev?));
    }
    Ok(0)
}

/// The trees of all stages; prints those that are wanted.
fn compile(
    ctx: &CommandContext,
    query: &hg_query::QueryContext,
    expr: &[u8],
    stages: &Stages<'_>,
) -> Result<Vec<Tree>> {
    let mut trees: Vec<Tree> = Vec::new();
    let mut observe = |stage: &str, tree: &Tree| {
        let print = |header: bool| {
            if header {
                ctx.ui.write(format!("* {stage}:\n"));
            }
            ctx.ui.write([&tree.pretty()[..], b"\n"].concat());
        };
        let changed = trees.last() != Some(tree);
        if !stages.named.is_empty() {
            if stages.named.contains(&stage) {
                print(true);
            }
        } else if ctx.ui.is_verbose() {
            match stage {
                "parsed" => print(false),
                "expanded" | "concatenated" if changed => print(true),
                "optimized" if stages.optimize => print(true),
                _ => {}
            }
        }
        trees.push(tree.clone());
    };
    revset::compile(query, expr, Origin::User, &[], &mut observe)?;
    Ok(trees)
}

fn show(ctx: &CommandContext, title: &str, set: &SmartSet<'_>) {
    ctx.ui.write([b"* ", title.as_bytes(), b":\n", &set.repr().pretty()[..], b"\n"].concat());
}

fn verify(
    ctx: &CommandContext,
    query: &hg_query::QueryContext,
    trees: &[Tree],
    show_set: bool,
) -> Result<i32> {
    let analyzed = eval::eval_all(query, &trees[3])?;
    let optimized = eval::eval_all(query, &trees[4])?;
    if show_set {
        show(ctx, "analyzed set", &analyzed);
        show(ctx, "optimized set", &optimized);
    }
    let (analyzed, optimized) = (analyzed.to_vec()?, optimized.to_vec()?);
    if analyzed == optimized {
        return Ok(0);
    }
    ctx.ui.write_label("--- analyzed\n", "diff.file_a");
    ctx.ui.write_label("+++ optimized\n", "diff.file_b");
    for (change, rev) in compare(&analyzed, &optimized) {
        let (sign, label) = match change {
            Change::Removed => ('-', "diff.deleted"),
            Change::Added => ('+', "diff.inserted"),
            Change::Kept => (' ', ""),
        };
        ctx.ui.write_label(format!("{sign}{rev}\n"), label);
    }
    Ok(1)
}
