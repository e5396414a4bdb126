//! `hg tag`.

use std::borrow::Cow;
use std::collections::BTreeMap;

use hg_format::tags::encode_line;
use hg_match::Matcher;
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_store::TagKind;
use hg_types::{Error, HgPathBuf, Node, Result};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::commit_message::{self, MessageOptions};
use crate::{Command, CommandContext, label, revision, spec};

/// `hg tag`.
pub static COMMAND: Command = Command {
    spec: &spec::organization::TAG,
    help: "Give a revision (by default the first parent of the working directory) one or more names.\n\
Tags are lines of the versioned file ``.hgtags``: they travel with the history, and every change of\n\
them is committed at once. -l/--local keeps them to this repository, without a commit.\n\n\
An existing tag moves only with -f/--force; --remove deletes it.\n\n\
Returns 0 on success.",
    run,
};

/// The versioned file of tags.
const TAGS_FILE: &str = ".hgtags";

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let names = names(ctx)?;
    let named = target(ctx, repo, &names)?;
    if !ctx.opts.flag("local") {
        check_working_directory(ctx, repo)?;
    }
    let node = checked_node(ctx, named)?;
    warn_of_branches(ctx, repo, &names)?;
    let message = message(ctx, &names, node)?;
    let local: &[u8] = if ctx.opts.flag("local") { b"1" } else { b"0" };
    let hook_args = |name: &Vec<u8>| {
        vec![
            ("node".to_owned(), node.hex()),
            ("tag".to_owned(), name.clone()),
            ("local".to_owned(), local.to_vec()),
        ]
    };
    for name in &names {
        repo.hooks().run(repo, "pretag", true, &hook_args(name))?;
    }
    if ctx.opts.flag("local") {
        let text = repo.vfs().try_read("localtags")?.unwrap_or_default();
        let encoding = ctx.ui.encoding();
        let stored = |name| encoding.local(name);
        repo.vfs().write("localtags", &with_lines(repo, text, &names, node, stored)?)?;
    } else {
        commit_tags(ctx, repo, &names, node, message)?;
    }
    repo.invalidate();
    for name in &names {
        repo.hooks().run(repo, "tag", false, &hook_args(name))?;
    }
    Ok(0)
}

fn names(ctx: &CommandContext) -> Result<Vec<Vec<u8>>> {
    if ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let encoding = ctx.ui.encoding();
    let mut names = Vec::new();
    for arg in &ctx.args {
        let name = encoding.from_local(arg.trim_ascii())?.into_owned();
        label::check_new(&name, "tag")?;
        if names.contains(&name) {
            return Err(Error::input("tag names must be unique"));
        }
        names.push(name);
    }
    Ok(names)
}

/// What the names will stand for: null to remove them.
fn target(ctx: &CommandContext, repo: &Repo, names: &[Vec<u8>]) -> Result<Node> {
    let remove = ctx.opts.flag("remove");
    if ctx.opts.nonempty("rev").is_some() && remove {
        return Err(Error::input("cannot specify both --rev and --remove"));
    }
    let tags = repo.tags()?;
    for name in names {
        let shown = name.escape_ascii().to_string();
        if remove {
            let (wanted, word) = match ctx.opts.flag("local") {
                true => (TagKind::Local, "local"),
                false => (TagKind::Global, "global"),
            };
            match tags.kind(name) {
                None => return Err(Error::input(format!("tag '{shown}' does not exist"))),
                Some(kind) if kind != wanted => {
                    return Err(Error::input(format!("tag '{shown}' is not a {word} tag")));
                }
                Some(_) => {}
            }
        } else if !ctx.opts.flag("force") && tags.get(name).is_some() {
            let message = format!("tag '{shown}' already exists (use -f to force)");
            return Err(Error::input(message));
        }
    }
    if remove {
        return Ok(Node::NULL);
    }
    let spec = ctx.opts.nonempty("rev").unwrap_or(b".");
    revision::single(ctx, spec)?.node(repo)
}

/// Refuses what is no changeset.
fn checked_node(ctx: &CommandContext, node: Node) -> Result<Node> {
    if ctx.opts.flag("remove") {
        return Ok(node);
    }
    if node.is_null() {
        return Err(Error::input("cannot tag null revision"));
    }
    if node == Node::WDIR {
        return Err(Error::input("cannot tag working directory"));
    }
    Ok(node)
}

fn warn_of_branches(ctx: &CommandContext, repo: &Repo, names: &[Vec<u8>]) -> Result<()> {
    let branches = repo.branchmap()?;
    for name in names.iter().filter(|name| branches.contains(name)) {
        let shown = ctx.ui.encoding().local(name);
        let text = [b"warning: tag ", &shown[..], b" conflicts with existing branch name\n"];
        ctx.ui.warn(text.concat());
    }
    Ok(())
}

fn message(ctx: &CommandContext, names: &[Vec<u8>], node: Node) -> Result<Vec<u8>> {
    if let Some(given) = ctx.opts.nonempty("message") {
        return Ok(ctx.ui.encoding().from_local(given)?.into_owned());
    }
    let list = names.join(&b", "[..]);
    if ctx.opts.flag("remove") {
        return Ok([b"Removed tag ", &list[..]].concat());
    }
    Ok([b"Added tag ", &list[..], b" for changeset ", &node.short()].concat())
}

/// A commit of tags must not take anything else along, nor land in the middle of nowhere.
fn check_working_directory(ctx: &CommandContext, repo: &Repo) -> Result<()> {
    let [p1, p2] = hg_wdir::parents(repo)?;
    if !p2.is_null() {
        return Err(Error::state("uncommitted merge"));
    }
    let cl = repo.changelog()?;
    let rev = cl.rev(&p1)?;
    let branch = hg_wdir::branch::read(repo)?;
    let heads = repo.branchmap()?;
    let at_head = heads.heads(&branch).contains(&rev) || heads.heads(&branch).is_empty();
    if !at_head && !ctx.opts.flag("force") {
        let message = "working directory is not at a branch head (use -f to force)";
        return Err(Error::input(message));
    }
    let matcher = tags_matcher();
    let status = WorkingDir::open(repo)?.status(&matcher, StatusOptions::default())?;
    if status.has_changes() || !status.deleted.is_empty() {
        let hint = "please commit .hgtags manually";
        return Err(Error::abort("working copy of .hgtags is changed").hint(hint));
    }
    Ok(())
}

fn tags_matcher() -> Matcher {
    Matcher::exact_files(vec![HgPathBuf::from(TAGS_FILE)])
}

/// A tags file with lines for `names`; a name that had a value keeps it on record first.
fn with_lines<'n>(
    repo: &Repo,
    mut text: Vec<u8>,
    names: &'n [Vec<u8>],
    node: Node,
    stored: impl Fn(&'n [u8]) -> Cow<'n, [u8]>,
) -> Result<Vec<u8>> {
    let tags = repo.tags()?;
    if !text.is_empty() && !text.ends_with(b"\n") {
        text.push(b'\n');
    }
    for name in names {
        if let Some(old) = tags.get(name) {
            encode_line(&old, &stored(name), &mut text);
        }
        encode_line(&node, &stored(name), &mut text);
    }
    Ok(text)
}

fn commit_tags(
    ctx: &CommandContext,
    repo: &Repo,
    names: &[Vec<u8>],
    node: Node,
    message: Vec<u8>,
) -> Result<()> {
    let text = repo.wvfs().try_read(TAGS_FILE)?.unwrap_or_default();
    repo.wvfs().write(TAGS_FILE, &with_lines(repo, text, names, node, Cow::Borrowed)?)?;
    let mut wdir = WorkingDir::open(repo)?;
    let path = HgPathBuf::from(TAGS_FILE);
    if wdir.dirstate_mut().set_tracked(&path)? {
        wdir.write()?;
    }
    drop(wdir);
    let form = if ctx.opts.flag("remove") { "tag.remove" } else { "tag.add" };
    let options = MessageOptions {
        message: message.clone(),
        edit: ctx.opts.is_set("edit"),
        form,
        note: None,
    };
    let mut editor = |draft: &Draft| commit_message::finish(ctx, &options, draft);
    let matcher = tags_matcher();
    let mut request = CommitRequest {
        matcher: &matcher,
        message,
        user: hg_repo::working::known_user(ctx.user()?),
        date: ctx.date()?,
        extra: BTreeMap::new(),
        phase: None,
        chosen: None,
        allow_empty: false,
        recurse: false,
        editor: &mut editor,
    };
    commit_working(repo, &mut request)?;
    Ok(())
}
