//! `hg backout`.

use std::collections::BTreeMap;

use hg_match::Matcher;
use hg_repo::revert;
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::WorkingDir;
use hg_wdir::merge::{UpdateOptions, update};

use crate::commands::commit::Before;
use crate::commit_message::{self, MessageOptions};
use crate::{Command, CommandContext, revision, spec};

/// `hg backout`.
pub static COMMAND: Command = Command {
    spec: &spec::manipulation::BACKOUT,
    help: "Undo a changeset by a new one with the opposite changes. When the changeset is not the\n\
parent of the working directory, its opposite is merged into the working directory first.\n\n\
--no-commit leaves the opposite changes in the working directory. --merge commits the opposite on\n\
top of the changeset itself and merges that.\n\n\
To undo a changeset that nobody else has, :hg:`commit --amend` or stripping are other ways.\n\n\
Returns 0 on success, 1 if nothing to backout or there are unresolved files.",
    run,
};

/// What is backed out.
struct Backout<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    rev: Revision,
    node: Node,
    /// The parent whose state comes back.
    parent: Node,
    /// The parents of the working directory before.
    working: [Node; 2],
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    if ctx.opts.flag("merge") && ctx.opts.flag("no-commit") {
        return Err(Error::input("cannot specify both --no-commit and --merge"));
    }
    let rev = named_revision(ctx)?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    hg_wdir::unfinished::refuse_changes(repo)?;
    let backout = prepare(ctx, repo, &rev)?;
    crate::merge_tool::force(ctx, ctx.opts.nonempty("tool"))?;
    backout.run()
}

fn named_revision(ctx: &CommandContext) -> Result<Vec<u8>> {
    let option = ctx.opts.nonempty("rev");
    match (ctx.args.first(), option) {
        (Some(_), Some(_)) => Err(Error::input("please specify just one revision")),
        (None, None) => Err(Error::input("please specify a revision to backout")),
        (Some(rev), None) => Ok(rev.clone()),
        (None, Some(rev)) => Ok(rev.to_vec()),
    }
}

fn prepare<'a>(ctx: &'a CommandContext, repo: &'a Repo, rev: &[u8]) -> Result<Backout<'a>> {
    let node = revision::single(ctx, rev)?.node(repo)?;
    let cl = repo.changelog()?;
    let rev = cl.rev(&node)?;
    let working = hg_wdir::parents(repo)?;
    if !cl.is_ancestor(rev, cl.rev(&working[0])?) {
        return Err(Error::input("cannot backout change that is not an ancestor"));
    }
    let [p1, p2] = cl.parent_nodes(rev);
    if p1.is_null() {
        return Err(Error::input("cannot backout a change with no parents"));
    }
    let parent = match ctx.opts.nonempty("parent") {
        None if !p2.is_null() => {
            return Err(Error::input("cannot backout a merge changeset"));
        }
        None => p1,
        Some(_) if p2.is_null() => {
            return Err(Error::input("cannot use --parent on non-merge changeset"));
        }
        Some(spec) => {
            let parent = revision::single(ctx, spec)?.node(repo)?;
            if ![p1, p2].contains(&parent) {
                let parts = [&parent.short()[..], b" is not a parent of ", &node.short()];
                return Err(Error::input(parts.concat()));
            }
            parent
        }
    };
    Ok(Backout { ctx, repo, rev, node, parent, working })
}

impl Backout<'_> {
    fn run(&self) -> Result<i32> {
        let ui = &self.ctx.ui;
        let on_top = self.working[0] == self.node;
        let before = Before::look(self.repo)?;
        if self.ctx.opts.flag("merge") || on_top {
            self.revert_on_top()?;
        } else if self.merge_opposite()? {
            ui.status("use 'hg resolve' to retry unresolved file merges\n");
            return Ok(1);
        }
        if self.ctx.opts.flag("no-commit") {
            let short = self.node.short();
            let parts = [b"changeset ", &short[..], b" backed out, don't forget to commit.\n"];
            ui.status(parts.concat());
            return Ok(0);
        }
        let Some(new) = self.commit()? else {
            ui.status("nothing changed\n");
            return Ok(1);
        };
        before.tell(self.ctx, self.repo, new)?;
        let cl = self.repo.changelog()?;
        let shown = |rev: Revision| [format!("{rev}:").into_bytes(), cl.node(rev).short()].concat();
        let new_rev = cl.rev(&new)?;
        let parts = [
            &b"changeset "[..],
            &shown(new_rev),
            b" backs out changeset ",
            &shown(self.rev),
            b"\n",
        ];
        ui.status(parts.concat());
        if self.ctx.opts.flag("merge") && !on_top {
            return self.merge_back(new, &shown(new_rev));
        }
        Ok(0)
    }

    /// Goes to the changeset and makes all files what its parent has.
    fn revert_on_top(&self) -> Result<()> {
        let clean = UpdateOptions { force: true, keep_branch: true, ..UpdateOptions::default() };
        update(self.repo, self.node, &clean, &*self.ctx.ui)?;
        let mut wdir = WorkingDir::open(self.repo)?;
        let everything = Matcher::always();
        let steps = revert::plan(&mut wdir, self.parent, &everything, false)?;
        let mut announce = |note: revert::RevertNote<'_>| {
            let revert::RevertNote::Step(step) = note else { return };
            super::revert::say(self.ctx, step, step.path.as_bytes());
        };
        revert::apply(&mut wdir, self.parent, &steps, &mut announce)?;
        wdir.write()
    }

    /// Merges the parent as if it descended from the changeset; says whether conflicts are left.
    fn merge_opposite(&self) -> Result<bool> {
        let labels = [&b"working copy"[..], b"parent of backed out change", b"backed out change"];
        let labels: Vec<Vec<u8>> = labels.iter().map(|label| label.to_vec()).collect();
        let options = UpdateOptions {
            branch_merge: true,
            force: true,
            ancestor: Some(self.rev),
            labels,
            ..UpdateOptions::default()
        };
        let stats = update(self.repo, self.parent, &options, &*self.ctx.ui)?;
        let mut wdir = WorkingDir::open(self.repo)?;
        let copies = wdir.dirstate_mut().set_parents(self.working[0], self.working[1])?;
        for (path, source) in copies {
            wdir.dirstate_mut().set_copy(&path, Some(&source))?;
        }
        wdir.write()?;
        super::update::show_stats(self.ctx, stats);
        Ok(stats.unresolved > 0)
    }

    fn commit(&self) -> Result<Option<Node>> {
        let given = commit_message::given_message(self.ctx)?;
        let edit = given.is_none() || self.ctx.opts.is_set("edit");
        let default = [b"Backed out changeset ", &self.node.short()[..]].concat();
        let message = given.unwrap_or(default);
        let options =
            MessageOptions { message: message.clone(), edit, form: "backout", note: None };
        let mut editor = |draft: &Draft| commit_message::finish(self.ctx, &options, draft);
        let matcher = crate::scope::match_patterns(self.ctx, &[])?;
        let mut request = CommitRequest {
            matcher: &matcher,
            message,
            user: hg_repo::working::known_user(self.ctx.user()?),
            date: self.ctx.date()?,
            extra: BTreeMap::new(),
            phase: None,
            chosen: None,
            allow_empty: false,
            recurse: false,
            editor: &mut editor,
        };
        commit_working(self.repo, &mut request)
    }

    fn merge_back(&self, new: Node, shown: &[u8]) -> Result<i32> {
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        let stats = update(self.repo, self.working[0], &clean, &*self.ctx.ui)?;
        let _ = stats;
        self.ctx.ui.status([b"merging with changeset ", shown, b"\n"].concat());
        let options = UpdateOptions { branch_merge: true, ..UpdateOptions::default() };
        let stats = update(self.repo, new, &options, &*self.ctx.ui)?;
        Ok(super::merge::report(self.ctx, stats))
    }
}
