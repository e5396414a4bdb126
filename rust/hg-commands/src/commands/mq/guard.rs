//! `hg qguard` and `hg qselect`.

use std::collections::BTreeMap;

use hg_repo::mq::Pushable;
use hg_repo::mq::series::bad_guard;
use hg_types::{Error, Result};

use super::Work;
use super::push::PushOptions;
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qguard`.
pub static GUARD: Command = Command {
    spec: &spec::QGUARD,
    help: "Show or set the guards of a patch, by default of the top one. A patch with ``+NAME`` is only\n\
           pushed while :hg:`qselect` has NAME selected, one with ``-NAME`` only while it has not.\n\n\
           Before guards that begin with ``-`` stands ``--``.\n\nReturns 0 on success.",
    run: run_guard,
};

/// `hg qselect`.
pub static SELECT: Command = Command {
    spec: &spec::QSELECT,
    help: "Show or set which guards are active (see :hg:`qguard`). Applied patches stay applied, unless\n\
           --pop takes away those that are guarded now, or --reapply puts the others back as well.\n\n\
           Returns 0 on success.",
    run: run_select,
};

fn run_guard(ctx: &CommandContext) -> Result<i32> {
    let _wlock = ctx.repo()?.wlock()?;
    let mut work = Work::open(ctx)?;
    if ctx.opts.flag("list") {
        if !ctx.args.is_empty() || ctx.opts.flag("none") {
            return Err(Error::abort("cannot mix -l/--list with options or arguments"));
        }
        for index in 0..work.queue.series()?.len() {
            work.show_guards(index)?;
        }
        return Ok(0);
    }
    let is_guard = |arg: &Vec<u8>| matches!(arg.first(), Some(b'+' | b'-'));
    let (name, guards) = match ctx.args.split_first() {
        Some((first, rest)) if !is_guard(first) => (Some(first.clone()), rest.to_vec()),
        _ => (None, ctx.args.clone()),
    };
    let name = match name {
        Some(name) => name,
        None => {
            let top = work.queue.top().map(|top| top.name.clone());
            top.ok_or_else(|| Error::abort("no patches applied"))?
        }
    };
    if !ctx.opts.flag("none") && guards.is_empty() {
        let found = work.look_up(&name)?;
        let index = work.queue.series()?.find(&found).unwrap_or_default();
        work.show_guards(index)?;
        return Ok(0);
    }
    let index = work.queue.series()?.find(&name);
    let index = index.ok_or_else(|| Error::abort([b"no patch named ", &name[..]].concat()))?;
    guards.iter().try_for_each(|guard| check_signed(guard))?;
    work.queue.series_mut()?.set_guards(index, &guards);
    work.queue.save()?;
    Ok(0)
}

/// Refuses guards without sign or with a bad name.
fn check_signed(guard: &[u8]) -> Result<()> {
    let shown = [&b"guard b"[..], &hg_types::quoted(guard)].concat();
    if guard.len() < 2 {
        return Err(Error::abort([&shown[..], b" too short"].concat()));
    }
    if !matches!(guard.first(), Some(b'+' | b'-')) {
        return Err(Error::abort([&shown[..], b" starts with invalid char"].concat()));
    }
    bad_guard(&guard[1..]).map_or(Ok(()), Err)
}

impl Work<'_> {
    fn show_guards(&self, index: usize) -> Result<()> {
        let series = self.queue.series()?;
        let ui = &self.ctx.ui;
        let name = series.name(index).unwrap_or_default();
        ui.write_label(name, &self.guard_label(index, name)?);
        ui.write(": ");
        let guards = series.guards(index);
        if guards.is_empty() {
            ui.write_label("unguarded", "qguard.unguarded");
        }
        for (at, guard) in guards.iter().enumerate() {
            if at > 0 {
                ui.write(" ");
            }
            let positive = guard.first() == Some(&b'+');
            ui.write_label(guard, if positive { "qguard.positive" } else { "qguard.negative" });
        }
        ui.write("\n");
        Ok(())
    }

    /// Tells why a patch is left out, to those who want to hear it.
    pub(super) fn explain(&self, index: usize, pushable: &Pushable, always: bool) -> Result<()> {
        let name = self.queue.series()?.name(index).unwrap_or_default();
        let ui = &self.ctx.ui;
        if !pushable.is_pushable() && (always && !ui.is_quiet() || ui.is_verbose()) {
            let parts = [b"skipping ", name, b" - guarded by ", &pushable.reason(), b"\n"];
            ui.write(parts.concat());
        }
        Ok(())
    }

    /// The patches that are not applied and could be; and those that are and could not.
    fn count(&self) -> Result<(usize, usize)> {
        let (mut unapplied, mut guarded) = (0, 0);
        let end = self.queue.end()?;
        for (index, name) in self.queue.series()?.names().enumerate() {
            let pushable = self.queue.pushable(index)?;
            if index < end && self.queue.position(name).is_none() {
                continue;
            }
            match (self.queue.position(name), pushable.is_pushable()) {
                (Some(_), false) => guarded += 1,
                (None, true) => unapplied += 1,
                (None, false) => self.explain(index, &pushable, false)?,
                (Some(_), true) => {}
            }
        }
        Ok((unapplied, guarded))
    }
}

fn run_select(ctx: &CommandContext) -> Result<i32> {
    let _wlock = ctx.repo()?.wlock()?;
    let mut work = Work::open(ctx)?;
    let ui = &ctx.ui;
    if !ctx.args.is_empty() || ctx.opts.flag("none") {
        let quietly = ctx.opts.flag("pop") || ctx.opts.flag("reapply");
        let before = if quietly { (0, 0) } else { work.count()? };
        work.queue.set_active_guards(ctx.args.clone())?;
        work.queue.save()?;
        if ctx.args.is_empty() {
            ui.status("guards deactivated\n");
        }
        if !quietly {
            tell_changes(&work, before)?;
        }
    } else if ctx.opts.flag("series") {
        show_all_guards(&work)?;
    } else {
        let active = work.queue.active_guards()?;
        if active.is_empty() {
            ui.write("no active guards\n");
        }
        for guard in active {
            ui.write([&guard[..], b"\n"].concat());
        }
    }
    reapply(&mut work)?;
    Ok(0)
}

fn tell_changes(work: &Work<'_>, (old_unapplied, old_guarded): (usize, usize)) -> Result<()> {
    let (unapplied, guarded) = work.count()?;
    let ui = &work.ctx.ui;
    if unapplied != old_unapplied {
        ui.status(format!(
            "number of unguarded, unapplied patches has changed from {old_unapplied} to {unapplied}\n"
        ));
    }
    if guarded != old_guarded {
        ui.status(format!(
            "number of guarded, applied patches has changed from {old_guarded} to {guarded}\n"
        ));
    }
    Ok(())
}

/// `--series`: all guards with how many patches have them.
fn show_all_guards(work: &Work<'_>) -> Result<()> {
    let ui = &work.ctx.ui;
    let series = work.queue.series()?;
    let mut counts: BTreeMap<Vec<u8>, usize> = BTreeMap::new();
    let mut without = 0;
    for index in 0..series.len() {
        let guards = series.guards(index);
        without += usize::from(guards.is_empty());
        for guard in guards {
            *counts.entry(guard.clone()).or_default() += 1;
        }
    }
    if ui.is_verbose() && without > 0 {
        counts.insert(b"NONE".to_vec(), without);
    }
    if counts.is_empty() {
        ui.note("no guards in series file\n");
        return Ok(());
    }
    let mut counts: Vec<(Vec<u8>, usize)> = counts.into_iter().collect();
    counts.sort_by(|(a, _), (b, _)| a.get(1..).cmp(&b.get(1..)).then_with(|| a.cmp(b)));
    ui.note("guards in series file:\n");
    for (guard, count) in counts {
        ui.note(format!("{count:2}  "));
        ui.write([&guard[..], b"\n"].concat());
    }
    Ok(())
}

/// `--pop` and `--reapply`.
fn reapply(work: &mut Work<'_>) -> Result<()> {
    let ctx = work.ctx;
    let again = ctx.opts.flag("reapply");
    if !again && !ctx.opts.flag("pop") {
        return Ok(());
    }
    let top = work.queue.top().map(|top| top.name.clone());
    let mut popped = false;
    for at in 0..work.queue.applied.len() {
        let name = work.queue.applied[at].name.clone();
        let index = work.queue.series()?.find(&name);
        let Some(index) = index else { continue };
        if work.queue.pushable(index)?.is_pushable() {
            continue;
        }
        ctx.ui.status("popping guarded patches\n");
        let below = at.checked_sub(1).map(|below| work.queue.applied[below].name.clone());
        let options = super::pop::PopOptions { all: below.is_none(), ..Default::default() };
        work.pop(below, &options)?;
        popped = true;
        break;
    }
    if popped && again {
        ctx.ui.status("reapplying unguarded patches\n");
        let options = PushOptions::default();
        work.push(top, &options)?;
    }
    work.queue.save()
}
