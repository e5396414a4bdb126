//! `hg debugobsolete`.

use hg_format::obs_markers::Marker;
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};

use crate::formatter::{Formatter, Value};
use crate::{Command, CommandContext, revision, spec};

/// `hg debugobsolete`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_n_z::DEBUGOBSOLETE,
    help: "Without arguments, display all obsolescence markers. With arguments, store one: the first \
           changeset was replaced by the others.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.opts.list("delete").is_empty() {
        return delete(ctx);
    }
    match ctx.args.split_first() {
        Some((predecessor, successors)) => create(ctx, predecessor, successors),
        None => show(ctx),
    }
}

fn node(text: &[u8]) -> Result<Node> {
    Node::from_hex(text).ok_or_else(|| {
        Error::input("changeset references must be full hexadecimal node identifiers")
    })
}

fn delete(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut positions = Vec::new();
    for text in ctx.opts.list("delete") {
        let number = std::str::from_utf8(text).ok().and_then(|text| text.parse().ok());
        let shown = String::from_utf8_lossy(text);
        let bad = || {
            Error::input(format!("invalid index value: b'{shown}'"))
                .hint("use integers for indices")
        };
        positions.push(number.ok_or_else(bad)?);
    }
    if repo.current_transaction().is_some() {
        return Err(Error::abort("cannot delete obsmarkers in the middle of transaction."));
    }
    let deleted = repo.delete_markers(&positions)?;
    ctx.ui.write(format!("deleted {deleted} obsolescence markers\n"));
    Ok(0)
}

fn create(ctx: &CommandContext, predecessor: &[u8], successors: &[Vec<u8>]) -> Result<i32> {
    let repo = ctx.repo()?;
    if !ctx.opts.list("rev").is_empty() {
        return Err(Error::abort("cannot select revision when creating marker"));
    }
    let user = ctx.user()?;
    let date = ctx.date()?;
    let predecessor = node(predecessor)?;
    let successors = successors.iter().map(|text| node(text)).collect::<Result<Vec<_>>>()?;
    let _lock = repo.lock()?;
    let parents = match ctx.opts.flag("record-parents") {
        true => Some(recorded_parents(repo, &predecessor)?),
        false => None,
    };
    let flags = u16::try_from(ctx.opts.int("flags").unwrap_or(0))
        .map_err(|_| Error::input("bad obsmarker input: flags"))?;
    let marker = Marker {
        predecessor,
        successors,
        flags,
        metadata: vec![(b"user".to_vec(), user)],
        #[expect(clippy::cast_precision_loss, reason = "exact for any date there is")]
        seconds: date.seconds as f64,
        offset: date.offset,
        parents,
    };
    let tr = repo.transaction("debugobsolete")?;
    if !repo.evolution("createmarkers")? {
        return Err(Error::abort("creating obsolete markers is not enabled on this repo"));
    }
    hg_wire::summary::register(&tr)?;
    repo.add_markers(&tr, &[marker])?;
    tr.close()?;
    Ok(0)
}

fn recorded_parents(repo: &Repo, node: &Node) -> Result<Vec<Node>> {
    let changelog = repo.changelog()?;
    let Some(rev) = changelog.find(node) else {
        return Err(Error::abort("cannot used --record-parents on unknown changesets"));
    };
    let parents = changelog.parents(rev).into_iter();
    Ok(parents.filter(|rev| *rev != Revision::NULL).map(|rev| changelog.node(rev)).collect())
}

fn show(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let store = repo.obsstore()?;
    let chosen: Option<Vec<&Marker>> = match ctx.opts.list("rev") {
        [] => None,
        revs => {
            let changelog = repo.changelog()?;
            let query = revision::query(ctx)?;
            let revs = revision::range(&query, revs)?.to_vec()?;
            let nodes = revs.into_iter().map(|rev| changelog.node(rev));
            let known = |node: &Node| changelog.find(node).is_some();
            Some(match ctx.opts.flag("exclusive") {
                true => store.exclusive(nodes, known),
                false => store.relevant(nodes),
            })
        }
    };
    let with_index = ctx.opts.flag("index");
    let mut fm = ctx.formatter("debugobsolete")?;
    let place = |marker: &Marker| {
        let at = store.markers().iter().position(|one| std::ptr::eq(one, marker));
        at.and_then(|at| i64::try_from(at).ok()).unwrap_or(i64::MAX)
    };
    for marker in chosen.unwrap_or_else(|| store.markers().iter().collect()) {
        show_one(&mut fm, with_index.then(|| place(marker)), marker);
    }
    fm.end()?;
    Ok(0)
}

/// One line: index, predecessor, successors, flags, parents, date, metadata.
fn show_one(fm: &mut Formatter, index: Option<i64>, marker: &Marker) {
    fm.start_item();
    if let Some(at) = index {
        fm.write(&[("index", Value::Int(at))], format!("{at} "), "");
    }
    let hex = marker.predecessor.hex();
    fm.write(&[("prednode", Value::from(&hex[..]))], [&hex[..], b" "].concat(), "");
    let nodes = |nodes: &[Node]| nodes.iter().map(Node::hex).collect::<Vec<_>>();
    let successors = nodes(&marker.successors);
    let mut shown = successors.join(&b' ');
    if !shown.is_empty() {
        shown.push(b' ');
    }
    let listed = Value::list(successors.iter().map(|hex| Value::from(&hex[..])), "node");
    fm.cond_write(!successors.is_empty(), &[("succnodes", listed)], shown, "");
    let flags = Value::Int(marker.flags.into());
    fm.write(&[("flag", flags)], format!("{:X} ", marker.flags), "");
    if let Some(parents) = marker.parents.as_deref().map(nodes) {
        let shown = [b"{", &parents.join(&b", "[..])[..], b"} "].concat();
        let listed = Value::list(parents.iter().map(|hex| Value::from(&hex[..])), "node");
        fm.write(&[("parentnodes", listed)], shown, "");
    }
    let date = marker.date();
    let shown = [b"(", &date.format(b"%a %b %d %H:%M:%S %Y %1%2")[..], b") "].concat();
    fm.write(&[("date", Value::Date(date))], shown, "");
    let mut metadata = marker.metadata.clone();
    metadata.sort();
    let pairs: Vec<_> =
        metadata.iter().map(|(key, value)| (key.clone(), Value::from(&value[..]))).collect();
    let shown: Vec<Vec<u8>> = metadata
        .iter()
        .map(|(key, value)| [b"'", &key[..], b"': '", value, b"'"].concat())
        .collect();
    let shown = [b"{", &shown.join(&b", "[..])[..], b"}"].concat();
    let metadata = Value::Dict { pairs, key: "key", value: "value" };
    fm.write(&[("metadata", metadata)], shown, "");
    fm.plain("\n", "");
}
