//! `hg phase`.

use hg_types::{Error, Phase, Result, Revision};

use crate::{Command, CommandContext, revision, spec};

/// `hg phase`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::PHASE,
    help: "Without option, print the phase of each revision given (by default of the parents of the\n\
working directory). With -p/--public, -d/--draft or -s/--secret, change it.\n\n\
Changesets only move to a lower phase (public < draft < secret) unless -f/--force is given.\n\n\
Returns 0 on success, 1 if some phases could not be changed.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let chosen: Vec<Phase> = [Phase::Public, Phase::Draft, Phase::Secret]
        .into_iter()
        .filter(|phase| ctx.opts.flag(phase.name()))
        .collect();
    if chosen.len() > 1 {
        return Err(Error::input("only one phase can be specified"));
    }
    let mut specs = ctx.args.clone();
    specs.extend_from_slice(ctx.opts.list("rev"));
    if specs.is_empty() {
        specs.push(b".".to_vec());
    }
    let query = revision::query(ctx)?;
    let revs: Vec<Revision> = revision::range(&query, &specs)?.iter().collect::<Result<_>>()?;
    drop(query);
    let Some(&target) = chosen.first() else {
        let phases = repo.phases()?;
        for rev in revs {
            ctx.ui.write(format!("{rev}: {}\n", phases.phase(rev).name()));
        }
        return Ok(0);
    };
    change(ctx, target, &revs)
}

fn change(ctx: &CommandContext, target: Phase, revs: &[Revision]) -> Result<i32> {
    let repo = ctx.repo()?;
    if revs.is_empty() {
        return Err(Error::input("empty revision set"));
    }
    if revs.iter().any(|rev| rev.is_null()) && target > Phase::Public {
        return Err(Error::abort("cannot change null revision phase"));
    }
    let _lock = repo.lock()?;
    let before = repo.phases()?;
    let tr = repo.transaction("phase")?;
    repo.advance_phases(&tr, target, revs)?;
    if ctx.opts.flag("force") {
        repo.retract_phases(&tr, target, revs)?;
    }
    tr.close()?;
    let after = repo.phases()?;
    let cl = repo.changelog()?;
    let changed = cl.revs().filter(|rev| before.phase(*rev) != after.phase(*rev)).count();
    let rejected = revs.iter().filter(|rev| after.phase(**rev) < target).count();
    if rejected > 0 {
        ctx.ui.warn(format!("cannot move {rejected} changesets to a higher phase, use --force\n"));
    }
    if changed > 0 {
        let text = format!("phase changed for {changed} changesets\n");
        if rejected > 0 { ctx.ui.status(text) } else { ctx.ui.note(text) }
    } else {
        ctx.ui.warn("no phases changed\n");
    }
    Ok(i32::from(rejected > 0))
}
