//! Functions that ask the repository.

use std::collections::BTreeSet;
use std::rc::Rc;

use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, NodePrefix, Result};

use super::super::code::Arguments;
use super::super::engine::{Engine, unavailable};
use super::super::keywords;
use super::super::raw::{self, unwrap};
use super::super::scope::Scope;
use super::super::value::{ItemForm, List, ListKind, Sequence, Value};
use super::{Function, expect, function};

pub(super) const FUNCTIONS: &[Function] = &[
    function("diff", |engine, scope, arguments| {
        let args = expect(arguments, 0, 2, "diff expects zero, one, or two arguments")?;
        let changeset = scope.changeset().ok_or_else(|| unavailable("ctx"))?;
        let pattern = |at: usize| -> Result<Option<Vec<u8>>> {
            let text = args.get(at).map(|code| engine.string(code, scope)).transpose()?;
            let text = text.map(|text| super::super::text::trim(&text).to_vec());
            Ok(text.filter(|text| !text.is_empty()))
        };
        let (include, exclude) = (pattern(0)?, pattern(1)?);
        let text = engine.host.diff(changeset, include.as_deref(), exclude.as_deref())?;
        Ok(Value::Bytes(text))
    }),
    function("files", files),
    function("latesttag", |engine, scope, arguments| {
        let args = expect(arguments, 0, 1, "latesttag expects at most one argument")?;
        engine.need_repo()?;
        let changeset = scope.changeset().ok_or_else(|| unavailable("ctx"))?;
        let pattern = args.first().map(|code| engine.string(code, scope)).transpose()?;
        keywords::latest_tags(engine, changeset, pattern.as_deref())
    }),
    function("mailmap", mailmap),
    function("obsfatedate", |engine, scope, arguments| {
        let args = expect(arguments, 1, 1, "obsfatedate expects one argument")?;
        let mut dates = Vec::new();
        for marker in markers(engine, scope, args.first(), "obsfatedate")? {
            if let Some(Value::Sequence(date)) = marker.parts.get(4)
                && let [Value::Float(seconds), Value::Int(offset)] = date.parts[..]
            {
                dates.push((seconds, offset));
            }
        }
        dates.sort_by(|left, right| left.0.total_cmp(&right.0).then(left.1.cmp(&right.1)));
        dates.dedup();
        let date =
            |(seconds, offset)| Value::tuple(vec![Value::Float(seconds), Value::Int(offset)]);
        let items = dates.into_iter().map(date).collect();
        let kind = ListKind::Named(b"date"[..].into(), Vec::new());
        Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Date, shown: None })))
    }),
    function("obsfateoperations", |engine, scope, arguments| {
        let args = expect(arguments, 1, 1, "obsfateoperations expects one argument")?;
        let markers = markers(engine, scope, args.first(), "obsfateoperations")?;
        Ok(Value::text_list(metadata(engine, scope, &markers, b"operation")?, "operation"))
    }),
    function("obsfateusers", |engine, scope, arguments| {
        let args = expect(arguments, 1, 1, "obsfateusers expects one argument")?;
        let markers = markers(engine, scope, args.first(), "obsfateusers")?;
        Ok(Value::text_list(metadata(engine, scope, &markers, b"user")?, "user"))
    }),
    function("obsfateverb", |engine, scope, arguments| {
        let args = expect(arguments, 2, 2, "obsfateverb expects two arguments")?;
        let bad = || Error::parse("obsfateverb first argument should be countable", None);
        let successors = engine.eval(&args[0], scope)?;
        engine.eval(&args[1], scope)?;
        let count = if raw::is_false(&successors) { Some(0) } else { raw::len(&successors) };
        Ok(Value::from(keywords::verb(count.ok_or_else(bad)?)))
    }),
    function("shortest", shortest),
];

fn files(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 1, "files expects one argument")?;
    let changeset = scope.changeset().ok_or_else(|| unavailable("ctx"))?;
    let pattern = engine.string(&args[0], scope)?;
    let manifest = changeset.manifest()?;
    let paths = engine.host.matching_files(changeset, &pattern)?;
    let paths: Vec<&HgPathBuf> = paths.iter().filter(|path| manifest.contains(path)).collect();
    let items = paths.iter().map(|path| Value::from(HgPath::as_bytes(path))).collect();
    let kind = ListKind::Files(b"file"[..].into());
    Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Plain, shown: None })))
}

fn shortest(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 2, "shortest() expects one or two arguments")?;
    let hex = engine.string(&args[0], scope)?;
    let minimum = match args.get(1) {
        Some(code) => engine.integer(code, scope, "shortest() expects an integer minlength")?,
        None => 4,
    };
    let repo = engine.need_repo()?;
    let changelog = repo.changelog()?;
    let node = match hex.len() {
        40 => Node::from_hex(&hex),
        // The working directory's id is as much of a candidate as those of changesets.
        0..40 if hex.is_empty() || NodePrefix::from_hex(&hex).is_some() => {
            let context = super::query_context(engine)?;
            match crate::revset::symbols::prefix(&context, &hex) {
                Ok(Some(rev)) => Some(context.node(rev)),
                Ok(None) => None,
                Err(error) if error.kind == ErrorKind::AmbiguousPrefix => None,
                Err(error) => return Err(error),
            }
        }
        _ => None,
    };
    let Some(node) = node else {
        return Ok(Value::Bytes(hex));
    };
    let known = node == Node::WDIR || node.is_null() || changelog.has_node(&node);
    if !known {
        let preferring = engine.host.config().get("experimental", "revisions.disambiguatewithin");
        return match preferring {
            Some(query) if !query.is_empty() => {
                Err(Error::abort([b"00changelog@", &hex[..], b": no node"].concat()))
            }
            _ => Ok(Value::Bytes(hex)),
        };
    }
    let minimum = usize::try_from(minimum).unwrap_or(1).max(1);
    Ok(Value::Bytes(shortest_prefix(engine, &node, minimum)?))
}

/// The shortest start of an id that names nothing else: no other id, and no revision number.
fn shortest_prefix(engine: &Engine, node: &Node, minimum: usize) -> Result<Vec<u8>> {
    let changelog = engine.need_repo()?.changelog()?;
    let hex = node.hex();
    let config = engine.host.config();
    let with_x = config.get_bool("experimental", "revisions.prefixhexnode").unwrap_or(false);
    let number = |prefix: &[u8]| -> bool {
        // A prefix that reads as a revision number would be taken for one.
        if prefix.first() == Some(&b'0') && prefix != b"0" {
            return false;
        }
        let number = std::str::from_utf8(prefix).ok().and_then(|text| text.parse::<usize>().ok());
        number.is_some_and(|number| number < changelog.len())
    };
    let mut len = match preferred_digits(engine, node)? {
        Some(digits) => digits,
        None if node.is_null() || *node == Node::WDIR => {
            let shared = |rev| shared_digits(node, &changelog.node(rev));
            changelog.revs().map(shared).max().unwrap_or(0) + 1
        }
        // The id of the working directory is one more to be told from.
        None => changelog.shortest_prefix_len(node).max(shared_digits(node, &Node::WDIR) + 1),
    };
    len = len.max(minimum).min(40);
    if with_x {
        let prefix = &hex[..len];
        return Ok(if number(prefix) { [b"x", prefix].concat() } else { prefix.to_vec() });
    }
    while len < 40 && number(&hex[..len]) {
        len += 1;
    }
    Ok(hex[..len].to_vec())
}

/// The digits that tell an id from the others in the set in which the user wants prefixes to be short.
fn preferred_digits(engine: &Engine, node: &Node) -> Result<Option<usize>> {
    let config = engine.host.config();
    let query = config.get("experimental", "revisions.disambiguatewithin").unwrap_or_default();
    if query.is_empty() {
        return Ok(None);
    }
    if *node == Node::WDIR {
        return Err(Error::abort("working directory revision cannot be specified"));
    }
    let changelog = engine.need_repo()?.changelog()?;
    let revs = super::revset_call::answer(engine, query)?;
    let nodes: Vec<Node> = revs.revs.iter().map(|&rev| changelog.node(rev)).collect();
    if !nodes.contains(node) {
        return Ok(None);
    }
    let others = nodes.iter().filter(|other| *other != node);
    Ok(Some(others.map(|other| shared_digits(node, other)).max().unwrap_or(0) + 1))
}

fn shared_digits(left: &Node, right: &Node) -> usize {
    left.hex().iter().zip(&right.hex()).take_while(|(a, b)| a == b).count()
}

type Markers = Vec<Rc<Sequence>>;

fn markers(
    engine: &Engine,
    scope: &Scope,
    code: Option<&super::super::code::Code>,
    function: &str,
) -> Result<Markers> {
    let of_what = if function == "obsfateusers" { " of obsmakers" } else { "" };
    let message = format!("{function} first argument should be an iterable{of_what}");
    let bad = || Error::parse(message.clone(), None);
    let value = code.map(|code| engine.eval(code, scope)).transpose()?.unwrap_or_default();
    let parts = match &value {
        Value::Sequence(list) => &list.parts,
        Value::List(list) => &list.items,
        _ if raw::len(&value) == Some(0) => return Ok(Vec::new()),
        _ => return Err(bad()),
    };
    let marker = |item: &Value| match unwrap(item) {
        Value::Sequence(marker) => Ok(Rc::clone(marker)),
        _ => Err(bad()),
    };
    parts.iter().map(marker).collect()
}

fn metadata(
    engine: &Engine,
    scope: &Scope,
    markers: &Markers,
    key: &[u8],
) -> Result<BTreeSet<Vec<u8>>> {
    let mut out = BTreeSet::new();
    for marker in markers {
        let Some(Value::Sequence(pairs)) = marker.parts.get(3) else { continue };
        for pair in &pairs.parts {
            let Value::Sequence(pair) = pair else { continue };
            if let [name, value] = &pair.parts[..]
                && engine.text_of(name, scope)? == key
            {
                out.insert(engine.text_of(value, scope)?);
            }
        }
    }
    Ok(out)
}

/// The author as `.mailmap` in the working directory has it.
fn mailmap(engine: &Engine, scope: &Scope, arguments: &Arguments) -> Result<Value> {
    let args = expect(arguments, 1, 1, "mailmap expects one argument")?;
    let author = engine.string(&args[0], scope)?;
    let text = engine.need_repo()?.wvfs().try_read(".mailmap").ok().flatten().unwrap_or_default();
    Ok(Value::Bytes(map_author(&text, &author)))
}

fn map_author(mailmap: &[u8], author: &[u8]) -> Vec<u8> {
    use super::super::text::trim;
    let Some((name, address)) = author_parts(author) else {
        return author.to_vec();
    };
    let mut best: Option<(bool, Option<Vec<u8>>, Option<Vec<u8>>)> = None;
    for line in mailmap.split(|&c| c == b'\n') {
        let line = trim(line);
        if line.is_empty() || line[0] == b'#' {
            continue;
        }
        let Some(entry) = parse_mailmap_line(line) else { continue };
        if !entry.commit_email.eq_ignore_ascii_case(&address) {
            continue;
        }
        let by_name = match &entry.commit_name {
            Some(wanted) if !wanted.eq_ignore_ascii_case(&name) => continue,
            Some(_) => true,
            None => false,
        };
        if by_name || !best.as_ref().is_some_and(|(named, ..)| *named) {
            best = Some((by_name, entry.name, entry.email));
        }
    }
    let Some((_, new_name, new_email)) = best else {
        return author.to_vec();
    };
    let (name, address) = (new_name.unwrap_or(name), new_email.unwrap_or(address));
    [&name[..], b" <", &address, b">"].concat()
}

fn author_parts(author: &[u8]) -> Option<(Vec<u8>, Vec<u8>)> {
    let open = author.iter().position(|&c| c == b'<')?;
    let close = author.iter().rposition(|&c| c == b'>')?;
    let address = author.get(open + 1..close)?;
    Some((super::super::text::trim(&author[..open]).to_vec(), address.to_vec()))
}

struct MailmapEntry {
    name: Option<Vec<u8>>,
    email: Option<Vec<u8>>,
    commit_name: Option<Vec<u8>>,
    commit_email: Vec<u8>,
}

/// `Name <email> Old Name <old email>`, each part but the last address optional.
fn parse_mailmap_line(line: &[u8]) -> Option<MailmapEntry> {
    let mut names: Vec<Vec<u8>> = Vec::new();
    let mut emails: Vec<Vec<u8>> = Vec::new();
    let mut rest = line;
    while let Some(open) = rest.iter().position(|&c| c == b'<') {
        let close = rest[open..].iter().position(|&c| c == b'>')? + open;
        names.push(super::super::text::trim(&rest[..open]).to_vec());
        emails.push(rest[open + 1..close].to_vec());
        rest = &rest[close + 1..];
    }
    let some = |text: &Vec<u8>| (!text.is_empty()).then(|| text.clone());
    match (&names[..], &emails[..]) {
        ([name], [email]) => Some(MailmapEntry {
            name: some(name),
            email: None,
            commit_name: None,
            commit_email: email.clone(),
        }),
        ([name, old_name], [email, old_email]) => Some(MailmapEntry {
            name: some(name),
            email: some(email),
            commit_name: some(old_name),
            commit_email: old_email.clone(),
        }),
        _ => None,
    }
}
