//! `hg branches`.

use std::collections::BTreeSet;

use hg_types::{Result, Revision};

use crate::formatter::Value;
use crate::{Command, CommandContext, revision, spec};

/// `hg branches`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::BRANCHES,
    help: "List the named branches with their tips, newest first. Branches without open heads\n\
           are listed only with --closed; those that were merged into others are called inactive.\n\n\
           Use :hg:`update NAME` to switch to a branch.\n\nReturns 0.",
    run,
};

struct Row {
    active: bool,
    tip: Revision,
    name: Vec<u8>,
    open: bool,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let chosen = chosen(ctx)?;
    let (only_active, closed) = (ctx.opts.flag("active"), ctx.opts.flag("closed"));
    let current = hg_query::template::working_branch(repo)?;
    let mut fm = ctx.formatter("branches")?;
    for row in rows(ctx)? {
        if chosen.as_ref().is_some_and(|chosen| !chosen.contains(&row.name)) {
            continue;
        }
        let (mut label, notice) = if row.active {
            ("branches.active", "")
        } else if only_active {
            continue;
        } else if row.open {
            ("branches.inactive", " (inactive)")
        } else if closed {
            ("branches.closed", " (closed)")
        } else {
            continue;
        };
        let is_current = row.name == current;
        if is_current {
            label = "branches.current";
        }
        let name = ctx.ui.encoding().local(&row.name).into_owned();
        let node = repo.changelog()?.node(row.tip);
        let hex = fm.hex(&node);
        fm.start_item();
        fm.context(row.tip);
        fm.write(&[("branch", Value::from(&name))], &name, label);
        let used = row.tip.to_string().len() + ctx.ui.encoding().width(&name);
        let padding = " ".repeat(31_usize.saturating_sub(used));
        let place = format!("{padding} {}:", row.tip).into_bytes();
        let phase = repo.phases()?.phase(row.tip).name();
        let fields =
            [("rev", Value::Int(row.tip.get().into())), ("node", Value::from(hex.clone()))];
        let tip_label = format!("log.changeset changeset.{phase}");
        let shown = !ctx.ui.is_quiet();
        fm.cond_write(shown, &fields, [&place[..], &hex].concat(), &tip_label);
        fm.data(&[
            ("active", Value::Bool(row.active)),
            ("closed", Value::Bool(!row.open)),
            ("current", Value::Bool(is_current)),
        ]);
        if shown {
            fm.plain(notice, "");
        }
        fm.plain("\n", "");
    }
    fm.end()?;
    Ok(0)
}

/// The branches of the revisions of `--rev`.
fn chosen(ctx: &CommandContext) -> Result<Option<BTreeSet<Vec<u8>>>> {
    let revs = ctx.opts.list("rev");
    if revs.is_empty() {
        return Ok(None);
    }
    let query = revision::query(ctx)?;
    let mut out = BTreeSet::new();
    for rev in revision::range(&query, revs)?.iter() {
        let rev = rev?;
        out.insert(if rev.is_wdir() {
            hg_query::template::working_branch(ctx.repo()?)?
        } else {
            query.entry(rev)?.branch()
        });
    }
    Ok(Some(out))
}

/// All branches, active and newest first.
fn rows(ctx: &CommandContext) -> Result<Vec<Row>> {
    let repo = ctx.repo()?;
    let heads: BTreeSet<Revision> = repo.heads()?.into_iter().collect();
    let map = repo.branchmap()?;
    let mut rows = Vec::new();
    for (name, _) in map.iter() {
        let Some((tip, is_closed)) = map.tip(name) else { continue };
        let active = !is_closed && map.open_heads(name).any(|head| heads.contains(&head));
        rows.push(Row { active, tip, name: name.to_vec(), open: !is_closed });
    }
    rows.sort_by(|left, right| {
        let key = |row: &Row| (row.active, row.tip, row.name.clone(), row.open);
        key(right).cmp(&key(left))
    });
    Ok(rows)
}
