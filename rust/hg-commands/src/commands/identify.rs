//! `hg identify`.

use hg_match::Matcher;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, Node, Result, Revision};
use hg_wdir::{StatusOptions, WorkingDir};
use hg_wire::local::LocalPeer;

use crate::formatter::Value;
use crate::revision::Target;
use crate::{Command, CommandContext, Formatter, revision, spec};

/// `hg identify`.
pub static COMMAND: Command = Command {
    spec: &spec::navigation::IDENTIFY,
    help: "Print a short summary of where the working directory stands: the id of its parent or\n\
           parents, \"+\" if there are changes, the branch unless it is the default one, tags and\n\
           bookmarks.\n\n\
           With -r/--rev, a revision is identified instead; with SOURCE, the tip of another\n\
           repository. Options choose what is printed.\n\nReturns 0 if successful.",
    run,
};

/// What is known of what is identified.
struct Facts {
    node: Node,
    branch: Vec<u8>,
    tags: Vec<Vec<u8>>,
    bookmarks: Vec<Vec<u8>>,
    context: Revision,
    output: Vec<Vec<u8>>,
}

impl Facts {
    /// The tip of another repository is that of what it lets others see.
    fn tip_of_served(&mut self, repo: &Repo, target: Target) -> Result<()> {
        let changelog = repo.changelog()?;
        let secret = repo.filtered_revs(hg_store::View::Served)?;
        let tip = changelog.revs().rev().find(|rev| !secret.contains(*rev));
        self.tags.retain(|tag| tag != b"tip");
        let here = match target {
            Target::Changeset(rev) => Some(rev) == tip,
            Target::WorkingDirectory => {
                tip.is_some_and(|tip| repo.wdir_parents().contains(&changelog.node(tip)))
            }
        };
        if here {
            self.tags.push(b"tip".to_vec());
            self.tags.sort();
        }
        Ok(())
    }
}

/// What a symbol stands for among what others may see.
fn served(ctx: &CommandContext, repo: &Repo, symbol: &[u8]) -> Result<Target> {
    let mut peer = LocalPeer::new(repo.clone(), crate::remote::lookup(&ctx.ui));
    let node = hg_wire::peer::Peer::lookup(&mut peer, symbol).map_err(|error| match symbol {
        // A revset, unlike the other symbols: what others may not see is left out of it.
        b"." => Error::abort("empty revision set"),
        _ => error,
    })?;
    Ok(Target::of(repo.changelog()?.rev(&node)?))
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let other = match &ctx.args[..] {
        [] => None,
        [source] => Some(source),
        _ => return Err(ctx.usage_error()),
    };
    if other.is_none() && ctx.optional_repo().is_none() {
        let message = "there is no Mercurial repository here (.hg not found)";
        return Err(Error::new(ErrorKind::Input, message));
    }
    if let Some(source) = other.filter(|source| crate::remote::is_remote(ctx, source)) {
        return remote(ctx, source);
    }
    let repo = match other {
        Some(source) => {
            let named = crate::remote::paths(ctx)?.for_pull(std::slice::from_ref(source))?;
            let path = named.into_iter().next().unwrap_or_default();
            crate::remote::local_repo(ctx, &path.location)?
        }
        None => {
            crate::revision::allow_hidden(ctx)?;
            ctx.repo()?.clone()
        }
    };
    let mut fm = ctx.formatter("identify")?;
    fm.start_item();
    let target = match (other, ctx.opts.nonempty("rev")) {
        (Some(_), Some(symbol)) => served(ctx, &repo, symbol)?,
        _ => target(ctx, &repo)?,
    };
    let chosen = ["num", "id", "branch", "tags", "bookmarks"];
    let by_default = !chosen.iter().any(|name| ctx.opts.flag(name));
    let mut facts = match target {
        Target::WorkingDirectory => working_directory(ctx, &repo, &mut fm, by_default)?,
        Target::Changeset(rev) => changeset(ctx, &repo, &mut fm, (rev, by_default))?,
    };
    if other.is_some() {
        facts.tip_of_served(&repo, target)?;
    }
    show(ctx, fm, facts, by_default)?;
    Ok(0)
}

/// Identifies a changeset of a repository that is not on this machine.
fn remote(ctx: &CommandContext, source: &[u8]) -> Result<i32> {
    let chosen = |name: &str| ctx.opts.flag(name);
    if ["num", "branch", "tags"].into_iter().any(chosen) {
        return Err(Error::input("can't query remote revision number, branch, or tags"));
    }
    let paths = crate::remote::paths(ctx)?;
    let path = paths.for_pull(&[source.to_vec()])?.into_iter().next().unwrap_or_default();
    let mut peer = crate::remote::peer(ctx, &path.location)?;
    let revs: Vec<Vec<u8>> = ctx.opts.nonempty("rev").map(<[u8]>::to_vec).into_iter().collect();
    let symbols = hg_wire::lookup::with_branches(&mut *peer, &path, &[], &revs, None)?;
    let symbol = symbols.first().map_or(&b"tip"[..], Vec::as_slice);
    let node = peer.lookup(symbol)?;
    let mut fm = ctx.formatter("identify")?;
    fm.start_item();
    let id = fm.hex(&node);
    fm.data(&[("id", Value::from(&id))]);
    let by_default = !["id", "bookmarks"].into_iter().any(chosen);
    let mut output = Vec::new();
    if by_default || chosen("id") {
        output.push(id);
    }
    let wants_marks = chosen("bookmarks") || by_default && !ctx.ui.is_quiet();
    if wants_marks && has_bookmarks(&mut *peer)? {
        let marks = hg_wire::pull::fetch_bookmarks(&mut *peer)?;
        let here = marks.into_iter().filter(|(_, at)| *at == node).map(|(name, _)| name);
        let marks: Vec<Vec<u8>> =
            here.map(|name| ctx.ui.encoding().local(&name).into_owned()).collect();
        if by_default {
            output.extend((!marks.is_empty()).then(|| marks.join(&b'/')));
        } else {
            output.extend(marks.iter().cloned());
        }
        fm.data(&[("bookmarks", Value::list(marks, "bookmark"))]);
    }
    fm.data(&[("node", Value::node(&node))]);
    fm.plain([&output.join(&b' ')[..], b"\n"].concat(), "");
    fm.end()?;
    Ok(0)
}

/// Whether the other side knows bookmarks at all.
fn has_bookmarks(peer: &mut dyn hg_wire::peer::Peer) -> Result<bool> {
    Ok(peer.list_keys(b"namespaces")?.iter().any(|(name, _)| name == b"bookmarks"))
}

fn target(ctx: &CommandContext, repo: &Repo) -> Result<Target> {
    let Some(spec) = ctx.opts.nonempty("rev") else {
        return Ok(Target::WorkingDirectory);
    };
    let query = revision::query_of(ctx, repo)?;
    Ok(Target::of(hg_query::revset::rev_single(&query, Some(spec), b".")?))
}

fn working_directory(
    ctx: &CommandContext,
    repo: &Repo,
    fm: &mut Formatter,
    by_default: bool,
) -> Result<Facts> {
    let changelog = repo.changelog()?;
    let [p1, p2] = repo.wdir_parents();
    let parents = if p2.is_null() { vec![p1] } else { vec![p1, p2] };
    let status = WorkingDir::open(repo)?.status(&Matcher::always(), StatusOptions::default())?;
    let nested = repo.nested().map_or(Ok(false), |nested| nested.is_dirty(repo, true))?;
    let is_dirty = status.has_changes() || !status.deleted.is_empty() || nested;
    let dirty = if is_dirty { "+" } else { "" };
    fm.data(&[("dirty", Value::from(dirty))]);
    let ids: Vec<Vec<u8>> = parents.iter().map(|node| fm.hex(node)).collect();
    let id = [&ids.join(&b'+')[..], dirty.as_bytes()].concat();
    fm.data(&[("id", Value::from(&id))]);
    let mut output = Vec::new();
    if by_default || ctx.opts.flag("id") {
        output.push(id);
    }
    if ctx.opts.flag("num") {
        let mut numbers = Vec::new();
        for node in &parents {
            numbers.push(changelog.rev(node)?.to_string().into_bytes());
        }
        output.push([&numbers.join(&b'+')[..], dirty.as_bytes()].concat());
    }
    fm.data(&[("parents", Value::list(ids, "node"))]);
    let tags = repo.tags()?;
    let bookmarks = repo.bookmarks()?;
    Ok(Facts {
        node: Node::WDIR,
        branch: hg_wdir::branch::read(repo)?,
        tags: parents.iter().flat_map(|node| tags.names_of(node)).cloned().collect(),
        bookmarks: parents.iter().flat_map(|node| bookmarks.names_of(node)).cloned().collect(),
        context: Revision::WDIR,
        output,
    })
}

fn changeset(
    ctx: &CommandContext,
    repo: &Repo,
    fm: &mut Formatter,
    (rev, by_default): (Revision, bool),
) -> Result<Facts> {
    let changelog = repo.changelog()?;
    let node = changelog.node(rev);
    let id = fm.hex(&node);
    fm.data(&[("id", Value::from(&id))]);
    let mut output = Vec::new();
    if by_default || ctx.opts.flag("id") {
        output.push(id);
    }
    if ctx.opts.flag("num") {
        output.push(rev.to_string().into_bytes());
    }
    Ok(Facts {
        node,
        branch: changelog.entry(rev)?.branch(),
        tags: repo.tags()?.names_of(&node).to_vec(),
        bookmarks: repo.bookmarks()?.names_of(&node).to_vec(),
        context: rev,
        output,
    })
}

fn show(ctx: &CommandContext, mut fm: Formatter, facts: Facts, by_default: bool) -> Result<()> {
    let encoding = ctx.ui.encoding();
    let local = |names: &[Vec<u8>]| -> Vec<Vec<u8>> {
        names.iter().map(|name| encoding.local(name).into_owned()).collect()
    };
    let mut output = facts.output;
    let branch = encoding.local(&facts.branch).into_owned();
    let (tags, bookmarks) = (local(&facts.tags), local(&facts.bookmarks));
    if by_default && !ctx.ui.is_quiet() {
        if branch != b"default" {
            output.push([b"(", &branch[..], b")"].concat());
        }
        output.extend((!tags.is_empty()).then(|| tags.join(&b'/')));
        output.extend((!bookmarks.is_empty()).then(|| bookmarks.join(&b'/')));
    } else {
        if ctx.opts.flag("branch") {
            output.push(branch.clone());
        }
        if ctx.opts.flag("tags") {
            output.extend(tags.iter().cloned());
        }
        if ctx.opts.flag("bookmarks") {
            output.extend(bookmarks.iter().cloned());
        }
    }
    fm.data(&[
        ("node", Value::node(&facts.node)),
        ("branch", Value::from(&branch)),
        ("tags", Value::list(tags, "tag")),
        ("bookmarks", Value::list(bookmarks, "bookmark")),
    ]);
    fm.context(facts.context);
    fm.plain([&output.join(&b' ')[..], b"\n"].concat(), "");
    fm.end()
}
