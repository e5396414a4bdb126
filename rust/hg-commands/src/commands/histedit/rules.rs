//! The list of actions as text.

use std::collections::BTreeSet;

use hg_repo::histedit::{Action, VERBS, Verb};
use hg_store::Repo;
use hg_store::revlog::PrefixMatch;
use hg_types::{Error, Node, NodePrefix, Result};

use crate::CommandContext;
use crate::changeset_display::by_template;

/// No line is cut shorter than this.
const SHORTEST_LINE: i64 = 22;

/// The list, one action a line.
pub(super) fn text(ctx: &CommandContext, repo: &Repo, actions: &[Action]) -> Result<Vec<u8>> {
    let config = ctx.config();
    let configured = config.get("histedit", "summary-template");
    let template = configured.unwrap_or(b"{rev} {desc|firstline}");
    let width = config.get_int("histedit", "linelen")?.max(SHORTEST_LINE);
    let width = usize::try_from(width).unwrap_or(usize::MAX);
    let cl = repo.changelog()?;
    let mut out = Vec::new();
    for action in actions {
        let summary = by_template(&ctx.ui, repo, cl.rev(&action.node)?, template)?;
        let summary = summary.split(|&byte| byte == b'\n').next().unwrap_or_default();
        let line =
            [action.verb.name().as_bytes(), b" ", &action.node.short(), b" ", summary].concat();
        out.extend_from_slice(&ellipsis(ctx, &line, width));
        out.push(b'\n');
    }
    Ok(out)
}

/// A line in at most `width` columns.
fn ellipsis(ctx: &CommandContext, line: &[u8], width: usize) -> Vec<u8> {
    let encoding = ctx.ui.encoding();
    if encoding.width(line) <= width {
        return line.to_vec();
    }
    let mut kept = encoding.decode_lossy(line);
    while !kept.is_empty() && encoding.width(&encoding.encode(&kept).0) > width.saturating_sub(3) {
        kept.pop();
    }
    kept.push_str("...");
    encoding.encode(&kept).0
}

/// What stands below the list in the editor.
pub(super) fn comment(first: Node, last: Node) -> Vec<u8> {
    let short = |node: Node| String::from_utf8_lossy(&node.short()).into_owned();
    let mut lines = vec![
        format!("Edit history between {} and {}", short(first), short(last)),
        String::new(),
        "Commits are listed from least to most recent".to_owned(),
        String::new(),
        "You can reorder changesets by reordering the lines".to_owned(),
        String::new(),
        "Commands:".to_owned(),
        String::new(),
    ];
    for (_, name, what) in VERBS {
        lines.push(format!(" {}, {name} = {what}", &name[..1]));
    }
    lines.push(String::new());
    let commented = lines.iter().map(|line| match line.is_empty() {
        true => "#\n".to_owned(),
        false => format!("# {line}\n"),
    });
    commented.collect::<String>().into_bytes()
}

/// Reads a list.
pub(super) fn read(repo: &Repo, text: &[u8]) -> Result<Vec<Action>> {
    let mut actions = Vec::new();
    let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
    let mut rules = Vec::new();
    for line in lines.filter(|line| !line.is_empty() && !line.starts_with(b"#")) {
        let Some(at) = line.iter().position(|&byte| byte == b' ') else {
            return Err(bad([b"malformed line \"", line, b"\""].concat()));
        };
        rules.push((&line[..at], line[at + 1..].trim_ascii_start()));
    }
    for (verb, rest) in rules {
        let Some(verb) = Verb::named(verb) else {
            return Err(bad([b"unknown action \"", verb, b"\""].concat()));
        };
        let name = rest.split(|&byte| byte == b' ').next().unwrap_or_default();
        actions.push(Action { verb, node: find(repo, name)? });
    }
    Ok(actions)
}

/// Checks a list that is to be about `expected`; what is missing is dropped, if the user wants that.
pub(super) fn complete(
    ctx: &CommandContext,
    actions: Vec<Action>,
    expected: &[Node],
) -> Result<Vec<Action>> {
    verify(&actions, expected)?;
    let missing: BTreeSet<Node> = expected
        .iter()
        .copied()
        .filter(|node| !actions.iter().any(|action| action.node == *node))
        .collect();
    if missing.is_empty() {
        return Ok(actions);
    }
    if ctx.config().get_bool_or("histedit", "dropmissing", false)? {
        if actions.is_empty() {
            let hint = "use strip extension to remove commits";
            return Err(bad(b"no rules provided".to_vec()).hint(hint));
        }
        let dropped = missing.into_iter().map(|node| Action { verb: Verb::Drop, node });
        return Ok(dropped.chain(actions).collect());
    }
    let short = missing.first().map(Node::short).unwrap_or_default();
    let hint =
        [b"use \"drop ", &short[..], b"\" to discard, see also: 'hg help -e histedit.config'"];
    Err(bad([b"missing rules for changeset ", &short[..]].concat()).hint(hint.concat()))
}

fn bad(message: Vec<u8>) -> Error {
    Error::parse(message, None)
}

fn find(repo: &Repo, name: &[u8]) -> Result<Node> {
    let Some(prefix) = NodePrefix::from_hex(name).filter(|_| name.len() >= 4) else {
        return Err(bad([b"invalid changeset ", name].concat()));
    };
    let cl = repo.changelog()?;
    match cl.find_prefix(&prefix, |_| true) {
        PrefixMatch::One(rev) if !rev.is_null() => Ok(cl.node(rev)),
        _ => {
            let short = &name[..name.len().min(12)];
            Err(bad([b"unknown changeset ", short, b" listed"].concat()))
        }
    }
}

fn verify(actions: &[Action], expected: &[Node]) -> Result<()> {
    let mut seen = BTreeSet::new();
    for (at, action) in actions.iter().enumerate() {
        let (name, short) = (action.verb.name().as_bytes(), action.node.short());
        let listed = expected.contains(&action.node);
        if action.verb == Verb::Base && listed {
            let parts =
                [name, b" \"", &short, b"\" changeset was an edited list candidate"].concat();
            return Err(bad(parts).hint("base must only use unlisted changesets"));
        }
        if action.verb != Verb::Base && !listed {
            let parts = [name, b" \"", &short, b"\" changeset was not a candidate"].concat();
            return Err(bad(parts).hint("only use listed changesets"));
        }
        if action.verb != Verb::Base && !seen.insert(action.node) {
            return Err(bad([b"duplicated command for changeset ", &short[..]].concat()));
        }
        if at == 0 && action.verb.folds() {
            return Err(bad([b"first changeset cannot use verb \"", name, b"\""].concat()));
        }
    }
    Ok(())
}
