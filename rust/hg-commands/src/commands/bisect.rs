//! `hg bisect`.

use hg_query::QueryContext;
use hg_query::bisect::{self, State, Step};
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{UpdateOptions, update};

use super::update::show_stats;
use crate::changeset_display::{DisplayOptions, Displayer, one_line_summary};
use crate::{Command, CommandContext, revision, spec};
use hg_wdir::unfinished::refuse_changes;

/// `hg bisect`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::BISECT,
    help: "Find the changeset that introduced a problem. Mark one that has it with -b/--bad and one that has
not with -g/--good; then the changeset half way between is checked out (unless -U/--noupdate is
given) to be tested. Mark it good or bad, and go on until the first bad one is found. What cannot
be tested is marked with -s/--skip.

With -c/--command a program tests: status 0 means good, 125 skips, 127 aborts, all others mean bad.
It finds the id of the changeset in the environment variable HG_NODE.

Revsets such as :hg:`log -r \"bisect(pruned)\"` show what is known.

Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let (action, spec) = action(ctx)?;
    refuse_combinations(ctx)?;
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    if action == Some("reset") {
        State::reset(repo)?;
        return Ok(0);
    }
    let query = revision::query(ctx)?;
    let mut session = Session { ctx, query: &query, state: State::load(repo)? };
    let named = spec.map(|spec| session.named(spec)).transpose()?;
    if let Some(action) = action {
        session.mark(action, named)?;
        if session.state.good.is_empty() || session.state.bad.is_empty() {
            return Ok(0);
        }
    }
    if let Some(command) = ctx.opts.nonempty("command") {
        return session.run_command(command, spec);
    }
    session.check()?;
    let step = bisect::next(&query, &session.state)?;
    if ctx.opts.flag("extend") {
        return session.extend(&step);
    }
    if step.remaining == 0 {
        session.show_result(&step)?;
        return Ok(0);
    }
    session.go_on(&step)
}

const MARKS: [&str; 3] = ["good", "bad", "skip"];

fn refuse_combinations(ctx: &CommandContext) -> Result<()> {
    let mut given: Vec<&str> = ["bad", "command", "extend", "good", "reset", "skip"]
        .into_iter()
        .filter(|name| match *name {
            "command" => ctx.opts.nonempty(name).is_some(),
            name => ctx.opts.flag(name),
        })
        .collect();
    given.sort_unstable();
    match given[..] {
        [first, second, ..] => {
            Err(Error::input(format!("--{first} and --{second} are incompatible")))
        }
        _ => Ok(()),
    }
}

/// What to do, and the revision that it is about.
fn action(ctx: &CommandContext) -> Result<(Option<&'static str>, Option<&[u8]>)> {
    let option =
        [MARKS[0], MARKS[1], MARKS[2], "reset"].into_iter().find(|name| ctx.opts.flag(name));
    let arguments: Vec<&[u8]> = ctx.args.iter().map(Vec::as_slice).collect();
    let spelled = |word: &[u8]| {
        [MARKS[0], MARKS[1], "reset", "init"].into_iter().find(|name| name.as_bytes() == word)
    };
    if option.is_none()
        && let Some(word) = arguments.first().and_then(|word| spelled(word))
    {
        ctx.ui.warn("(use of 'hg bisect <cmd>' is deprecated)\n");
        let word = if word == "init" { "reset" } else { word };
        // As in the oracle, an empty name is none of a changeset.
        return Ok((Some(word), Some(arguments.get(1).copied().unwrap_or_default())));
    }
    match arguments[..] {
        [] => Ok((option, None)),
        [one] => Ok((option, Some(one))),
        _ => Err(Error::input("incompatible arguments")),
    }
}

struct Session<'a> {
    ctx: &'a CommandContext,
    query: &'a QueryContext,
    state: State,
}

impl Session<'_> {
    fn save(&self) -> Result<()> {
        self.state.save(&self.query.repo)
    }

    fn list(&mut self, mark: &str) -> &mut Vec<Node> {
        match mark {
            "good" => &mut self.state.good,
            "bad" => &mut self.state.bad,
            _ => &mut self.state.skip,
        }
    }

    /// The changesets that the user names.
    fn named(&self, spec: &[u8]) -> Result<Vec<Revision>> {
        let revs = revision::range(self.query, &[spec.to_vec()])?.to_vec()?;
        match revs.contains(&Revision::WDIR) {
            true => Err(Error::input("working directory revision cannot be specified")),
            false => Ok(revs),
        }
    }

    fn mark(&mut self, mark: &str, named: Option<Vec<Revision>>) -> Result<()> {
        let nodes: Vec<Node> = match named {
            Some(revs) => {
                // What is named outside of a known range says nothing.
                let range = bisect::of_status(self.query, &self.state, b"range")?;
                let known = |rev: &Revision| range.is_empty() || range.contains(rev);
                revs.into_iter().filter(known).map(|rev| self.query.node(rev)).collect()
            }
            None => vec![self.query.node(self.query.wdir_parents()?[0])],
        };
        self.list(mark).extend(nodes);
        self.save()
    }

    fn check(&self) -> Result<()> {
        match (self.state.good.is_empty(), self.state.bad.is_empty()) {
            (false, false) => Ok(()),
            (true, _) => Err(Error::state("cannot bisect (no known good revisions)")),
            _ => Err(Error::state("cannot bisect (no known bad revisions)")),
        }
    }

    /// Checks a changeset out, unless that is not wanted.
    fn update_to(&self, rev: Revision, loud: bool) -> Result<()> {
        if self.ctx.opts.flag("noupdate") {
            return Ok(());
        }
        let repo = &self.query.repo;
        if repo.vfs().exists("updatestate") {
            let hint = "use 'hg update' to get a consistent checkout";
            return Err(Error::state("last update was interrupted").hint(hint));
        }
        refuse_changes(repo)?;
        let options = UpdateOptions { force: true, ..UpdateOptions::default() };
        let stats = update(repo, self.query.node(rev), &options, &*self.ctx.ui)?;
        if loud {
            show_stats(self.ctx, stats);
        }
        Ok(())
    }

    fn summary(&self, rev: Revision) -> Result<Vec<u8>> {
        one_line_summary(&self.ctx.ui, &self.query.repo, rev, "bisect")
    }

    fn go_on(&mut self, step: &Step) -> Result<i32> {
        let rev = step.revs.first().copied().unwrap_or(Revision::NULL);
        let remaining = step.remaining;
        let tests = usize::BITS - 1 - remaining.leading_zeros().min(usize::BITS - 1);
        let start = [b"Testing changeset ", &self.summary(rev)?[..]].concat();
        let end = format!(" ({remaining} changesets remaining, ~{tests} tests)\n");
        self.ctx.ui.write([&start[..], end.as_bytes()].concat());
        self.state.current = vec![self.query.node(rev)];
        self.save()?;
        self.update_to(rev, true)?;
        Ok(0)
    }

    fn extend(&mut self, step: &Step) -> Result<i32> {
        let further = match step.remaining {
            0 => bisect::extend(self.query, &self.state, step),
            _ => None,
        };
        let Some(rev) = further else {
            return Err(Error::state("nothing to extend"));
        };
        let text = [b"Extending search to changeset ", &self.summary(rev)?[..], b"\n"];
        self.ctx.ui.write(text.concat());
        self.state.current = vec![self.query.node(rev)];
        self.save()?;
        self.update_to(rev, true)?;
        Ok(0)
    }

    fn show_result(&self, step: &Step) -> Result<()> {
        let ui = &self.ctx.ui;
        let options = DisplayOptions::default();
        let mut display = Displayer::of(ui, &self.query.repo, options)?;
        let quality = if step.looks_for_good { "good" } else { "bad" };
        if step.revs.len() == 1 {
            ui.write(format!("The first {quality} revision is:\n"));
        } else {
            ui.write(format!(
                "Due to skipped revisions, the first {quality} revision could be any of:\n"
            ));
        }
        for &rev in &step.revs {
            display.show(rev)?;
        }
        if let Some(rev) = bisect::extend(self.query, &self.state, step) {
            let node = String::from_utf8_lossy(&self.query.node(rev).short()).into_owned();
            ui.write(format!(
                "Not all ancestors of this changeset have been checked.\nUse bisect --extend to \
                 continue the bisection from\nthe common ancestor, {node}.\n"
            ));
        }
        display.close()
    }

    /// Lets a program test until the search has come to its end.
    fn run_command(&mut self, command: &[u8], spec: Option<&[u8]>) -> Result<i32> {
        let first = self.first_node(spec)?;
        let outcome = self.test_from(command, first);
        // As in the oracle, what is tested later does not stay the current one.
        self.state.current = vec![first];
        self.save()?;
        outcome
    }

    /// Tests one changeset after the other.
    fn test_from(&mut self, command: &[u8], mut node: Node) -> Result<i32> {
        loop {
            self.state.current = vec![node];
            self.save()?;
            let mark = self.test(command, node)?;
            self.list(mark).push(node);
            let rev = self.query.changelog().rev(&node)?;
            let line = [b"changeset ", &self.summary(rev)?[..], b": ", mark.as_bytes(), b"\n"];
            self.ctx.ui.status(line.concat());
            self.save()?;
            self.check()?;
            let step = bisect::next(self.query, &self.state)?;
            let next = step.revs.first().copied().unwrap_or(Revision::NULL);
            node = self.query.node(next);
            if step.remaining > 0 {
                self.update_to(next, false)?;
                continue;
            }
            self.update_to(next, false)?;
            self.show_result(&step)?;
            return Ok(0);
        }
    }

    fn first_node(&self, spec: Option<&[u8]>) -> Result<Node> {
        if let Some(spec) = spec {
            let rev = revision::changeset(self.ctx, spec)?;
            return Ok(self.query.node(rev));
        }
        if self.ctx.opts.flag("noupdate") {
            let complaint = "current bisect revision is unknown - start a new bisect to fix";
            return self.state.current.first().copied().ok_or_else(|| Error::state(complaint));
        }
        let [p1, p2] = self.query.wdir_parents()?;
        if !p2.is_null() {
            return Err(Error::state("current bisect revision is a merge"));
        }
        Ok(self.query.node(p1))
    }

    /// What a program says about a changeset.
    fn test(&self, command: &[u8], node: Node) -> Result<&'static str> {
        use std::os::unix::ffi::OsStrExt as _;
        use std::os::unix::process::ExitStatusExt as _;
        let mut process = std::process::Command::new("/bin/sh");
        process.arg("-c").arg(std::ffi::OsStr::from_bytes(command));
        process.current_dir(self.ctx.cwd());
        self.ctx.ui.add_variables(&mut process);
        process.env("HG_NODE", std::ffi::OsStr::from_bytes(&node.hex()));
        let status = self.ctx.ui.run_program(&mut process);
        let failed = |what: &str| Error::abort([what.as_bytes(), command].concat());
        let status = status.map_err(|_| failed("failed to execute "))?;
        if status.signal().is_some() {
            return Err(Error::abort([command, b" killed"].concat()));
        }
        match status.code() {
            Some(0) => Ok("good"),
            Some(125) => Ok("skip"),
            Some(127) => Err(failed("failed to execute ")),
            _ => Ok("bad"),
        }
    }
}
