//! `hg qpush` and `hg qgoto`.

use hg_types::{Error, Node, Result};
use hg_wdir::merge::{UpdateOptions, update};

use super::Work;
use super::apply::Outcome;
use super::pop::{PopOptions, keeping};
use crate::{Command, CommandContext, spec::extensions_mq as spec};

/// `hg qpush`.
pub static PUSH: Command = Command {
    spec: &spec::QPUSH,
    help: "Apply the next patch of the queue, or all up to the named one, or with --all every one. Each\n\
           becomes a changeset.\n\n\
           Local changes stop this. With --keep-changes they may be in other files than those of the\n\
           patches; --force patches on top of them, and saves what was there as FILE.orig.\n\n\
           Returns 0 on success.",
    run: run_push,
};

/// `hg qgoto`.
pub static GOTO: Command = Command {
    spec: &spec::QGOTO,
    help: "Push or pop patches until the named one is on top.\n\nReturns 0 on success.",
    run: run_goto,
};

/// How patches are pushed.
#[derive(Clone, Copy, Default)]
pub(super) struct PushOptions {
    pub(super) force: bool,
    pub(super) keep_changes: bool,
    pub(super) backup: bool,
    /// Name the patch in the description.
    pub(super) list: bool,
    pub(super) all: bool,
    /// Move the patch to the front first.
    pub(super) move_first: bool,
    /// Go to the parent that the patch names first.
    pub(super) exact: bool,
    /// More than the next patch is asked for: patches that are left out are told about.
    pub(super) several: bool,
}

fn run_push(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let (force, keep_changes) = keeping(ctx, &["exact"])?;
    let flag = |name| ctx.opts.flag(name);
    if flag("merge") {
        return super::save::push_merging(ctx);
    }
    let mut work = Work::open(ctx)?;
    let options = PushOptions {
        force,
        keep_changes,
        backup: !flag("no-backup"),
        list: flag("list"),
        all: flag("all"),
        move_first: flag("move"),
        exact: flag("exact"),
        several: flag("all"),
    };
    let target = ctx.args.first().filter(|name| !name.is_empty()).cloned();
    work.push(target, &options)
}

fn run_goto(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let (force, keep_changes) = keeping(ctx, &[])?;
    let [name] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let mut work = Work::open(ctx)?;
    let name = work.look_up(name)?;
    let backup = !ctx.opts.flag("no-backup");
    if work.queue.position(&name).is_some() {
        let options = PopOptions { force, keep_changes, backup, all: false };
        let code = work.pop(Some(name), &options)?;
        work.queue.save()?;
        return Ok(code);
    }
    let options = PushOptions { force, keep_changes, backup, ..PushOptions::default() };
    work.push(Some(name), &options)
}

impl Work<'_> {
    /// Pushes the next patch, all up to `target`, or every one.
    pub(super) fn push(&mut self, target: Option<Vec<u8>>, options: &PushOptions) -> Result<i32> {
        let ui = self.ctx.ui.clone();
        if !options.exact {
            self.tell_no_head()?;
        }
        if self.queue.series()?.is_empty() {
            ui.warn("no patches in series\n");
            return Ok(0);
        }
        let target = target.map(|name| self.look_up(&name)).transpose()?;
        let mut all = options.all;
        if let Some(name) = &target {
            if self.queue.top().is_some_and(|top| top.name == *name) {
                ui.write([b"qpush: ", &name[..], b" is already at the top\n"].concat());
                return Ok(0);
            }
            let index = self.queue.series()?.find(name).unwrap_or_default();
            let pushable = self.queue.pushable(index)?;
            if !pushable.is_pushable() {
                let parts = [b"cannot push '", &name[..], b"' - guarded by ", &pushable.reason()];
                ui.warn([&parts.concat()[..], b"\n"].concat());
                return Ok(1);
            }
            if self.queue.position(name).is_some()
                || (!options.move_first && index < self.queue.end()?)
            {
                let text = [b"cannot push to a previous patch: ", &name[..]].concat();
                return Err(Error::abort(text));
            }
            all = false;
        } else if all && self.queue.end()? == self.queue.series()?.len() {
            ui.warn("all patches are currently applied\n");
            return Ok(0);
        }
        let start = self.queue.end()?;
        for index in start..self.queue.series()?.len() {
            let pushable = self.queue.pushable(index)?;
            if pushable.is_pushable() {
                break;
            }
            self.explain(index, &pushable, false)?;
        }
        if start == self.queue.series()?.len() {
            ui.warn("patch series already fully applied\n");
            return Ok(1);
        }
        self.check_top_matches()?;
        let local = self.local_changes(options.force, options.keep_changes, true)?;
        if options.exact {
            self.go_to_recorded_parent(start, options)?;
        }
        if options.move_first {
            let name = target.as_deref();
            let name = name.ok_or_else(|| Error::abort("please specify the patch to move"))?;
            self.move_to(name, start)?;
        }
        let end = self.end_of_push(target.as_deref(), all, start)?;
        let several = options.several || target.is_some();
        let options = &PushOptions { several, ..*options };
        let outcome = self.apply(start..end, options, &local)?;
        self.tell_top(outcome)
    }

    fn tell_top(&self, outcome: Outcome) -> Result<i32> {
        let ui = &self.ctx.ui;
        let top = self.queue.top().map(|top| top.name.clone()).unwrap_or_default();
        if outcome == Outcome::Rejected {
            let parts = [b"errors during apply, please fix and qrefresh ", &top[..], b"\n"];
            ui.write(parts.concat());
        } else if !self.queue.applied.is_empty() {
            ui.write([b"now at: ", &top[..], b"\n"].concat());
        }
        Ok(match outcome {
            Outcome::Fine => 0,
            Outcome::Unreadable => 1,
            Outcome::Rejected => 2,
        })
    }

    fn tell_no_head(&self) -> Result<()> {
        let cl = self.repo.changelog()?;
        let at = cl.rev(&hg_wdir::parents(self.repo)?[0])?;
        if at.is_null() && cl.is_empty() {
            return Ok(());
        }
        let map = self.repo.branchmap()?;
        let is_head = map.iter().any(|(_, heads)| heads.contains(&at));
        if !is_head {
            self.ctx.ui.status("(working directory not at a head)\n");
        }
        Ok(())
    }

    fn check_top_matches(&self) -> Result<()> {
        self.check_top().map(|_| ())
    }

    /// `--exact`: what the next patch was made upon.
    fn go_to_recorded_parent(&self, start: usize, options: &PushOptions) -> Result<()> {
        if options.keep_changes {
            return Err(Error::abort("cannot use --exact and --keep-changes together"));
        }
        if options.move_first {
            return Err(Error::abort("cannot use --exact and --move together"));
        }
        if !self.queue.applied.is_empty() {
            return Err(Error::abort("cannot push --exact with applied patches"));
        }
        let series = self.queue.series()?;
        let name = series.name(start).unwrap_or_default().to_vec();
        let Some(parent) = self.queue.header(&name)?.parent else {
            let text = [&name[..], b" does not have a parent recorded"].concat();
            return Err(Error::abort(text));
        };
        let node = Node::from_hex(&parent);
        let found =
            node.filter(|node| self.repo.changelog().is_ok_and(|cl| cl.find(node).is_some()));
        let node = match found {
            Some(node) => node,
            None => {
                let rev = crate::revision::changeset(self.ctx, &parent)?;
                self.repo.changelog()?.node(rev)
            }
        };
        if hg_wdir::parents(self.repo)?[0] == node {
            return Ok(());
        }
        let clean = UpdateOptions { force: options.force, ..UpdateOptions::default() };
        let stats = update(self.repo, node, &clean, &*self.ctx.ui)?;
        crate::commands::update::show_stats(self.ctx, stats);
        Ok(())
    }

    /// Moves a patch to a place nearer to the front.
    fn move_to(&mut self, name: &[u8], start: usize) -> Result<()> {
        let series = self.queue.series()?;
        let index = series.find(name).unwrap_or_default();
        if index < start {
            let text = [b"cannot push to a previous patch: ", name].concat();
            return Err(Error::abort(text));
        }
        if index == start {
            return Ok(());
        }
        let line = series.line_of(start);
        let series = self.queue.series_mut()?;
        if let Some(text) = series.remove(index) {
            series.insert_line(line, &text);
        }
        self.queue.save()
    }

    /// Behind the last patch of the series that is applied.
    fn end_of_push(&self, target: Option<&[u8]>, all: bool, start: usize) -> Result<usize> {
        let series = self.queue.series()?;
        if let Some(place) = target.and_then(|name| series.find(name)) {
            return Ok(place + 1);
        }
        if all {
            return Ok(series.len());
        }
        for index in start..series.len() {
            if self.queue.pushable(index)?.is_pushable() {
                return Ok(index + 1);
            }
        }
        Ok(series.len())
    }
}
