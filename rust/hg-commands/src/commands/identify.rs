//! `hg identify`.

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_wdir::{StatusOptions, WorkingDir};

use crate::formatter::Value;
use crate::{Command, CommandContext, revision, spec};

/// `hg identify`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::IDENTIFY,
    help: "Print what the working directory, or the revision given, is: short node ids of its\n\
parents with a ``+`` if there are uncommitted changes, the branch unless it is the default one, tags\n\
and bookmarks. Options choose single facts.\n\n\
Returns 0 if successful.",
    run,
};

/// What is identified.
struct Subject {
    nodes: Vec<Node>,
    dirty: bool,
    branch: Vec<u8>,
    is_wdir: bool,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(Error::abort("identifying other repositories is not implemented yet"));
    }
    let repo = ctx.repo()?;
    let subject = match ctx.opts.nonempty("rev") {
        Some(spec) => of_revision(ctx, repo, spec)?,
        None => of_working_directory(repo)?,
    };
    show(ctx, repo, &subject)
}

fn of_revision(ctx: &CommandContext, repo: &Repo, spec: &[u8]) -> Result<Subject> {
    let node = revision::single(ctx, spec)?.node(repo)?;
    if node == Node::WDIR {
        return of_working_directory(repo);
    }
    let branch = repo.changelog()?.entry_of(&node)?.branch();
    Ok(Subject { nodes: vec![node], dirty: false, branch, is_wdir: false })
}

fn of_working_directory(repo: &Repo) -> Result<Subject> {
    let [p1, p2] = hg_wdir::parents(repo)?;
    let mut nodes = vec![p1];
    nodes.extend(Some(p2).filter(|node| !node.is_null()));
    let status = WorkingDir::open(repo)?.status(&Matcher::always(), StatusOptions::default())?;
    let dirty = status.has_changes() || !status.deleted.is_empty();
    Ok(Subject { nodes, dirty, branch: hg_wdir::branch::read(repo)?, is_wdir: true })
}

fn show(ctx: &CommandContext, repo: &Repo, subject: &Subject) -> Result<i32> {
    let flag = |name| ctx.opts.flag(name);
    let all = !["num", "id", "branch", "tags", "bookmarks"].into_iter().any(flag);
    let cl = repo.changelog()?;
    let mut fm = ctx.formatter("identify")?;
    fm.start_item();
    let dirty: &[u8] = if subject.dirty { b"+" } else { b"" };
    let ids: Vec<Vec<u8>> = subject.nodes.iter().map(|node| fm.hex(node)).collect();
    let mut words: Vec<Vec<u8>> = Vec::new();
    let id = [&ids.join(&b'+')[..], dirty].concat();
    fm.data(&[("id", Value::from(&id))]);
    if all || flag("id") {
        words.push(id);
    }
    if flag("num") {
        let mut numbers = Vec::new();
        for node in &subject.nodes {
            numbers.push(cl.rev(node)?.to_string());
        }
        words.push([numbers.join("+").as_bytes(), dirty].concat());
    }
    let tags = repo.tags()?;
    let marks = repo.bookmarks()?;
    let names = |list: Vec<&[Vec<u8>]>| -> Vec<Vec<u8>> {
        list.into_iter().flatten().map(|name| ctx.ui.encoding().local(name).into_owned()).collect()
    };
    let tags = names(subject.nodes.iter().map(|node| tags.names_of(node)).collect());
    let marks = names(subject.nodes.iter().map(|node| marks.names_of(node)).collect());
    let branch = ctx.ui.encoding().local(&subject.branch).into_owned();
    if all && !ctx.ui.is_quiet() {
        if branch != b"default" {
            words.push([b"(", &branch[..], b")"].concat());
        }
        words.extend([&tags, &marks].into_iter().filter(|n| !n.is_empty()).map(|n| n.join(&b'/')));
    } else {
        if flag("branch") {
            words.push(branch.clone());
        }
        if flag("tags") {
            words.push(tags.join(&b' '));
        }
        if flag("bookmarks") {
            words.push(marks.join(&b' '));
        }
    }
    let node = if subject.is_wdir { Node::WDIR } else { subject.nodes[0] };
    let parents: Vec<Node> = if subject.is_wdir {
        subject.nodes.clone()
    } else {
        let parents = cl.parent_nodes(cl.rev(&node)?);
        let second = Some(parents[1]).filter(|node| !node.is_null());
        std::iter::once(parents[0]).chain(second).collect()
    };
    fm.data(&[
        ("branch", Value::from(&branch)),
        ("dirty", Value::from(dirty)),
        ("tags", Value::list(tags, "tag")),
        ("bookmarks", Value::list(marks, "bookmark")),
        ("node", Value::from(node.hex())),
        ("parents", Value::list(parents.iter().map(Node::hex), "node")),
    ]);
    fm.plain([&words.join(&b' ')[..], b"\n"].concat(), "");
    fm.end()?;
    Ok(0)
}
