//! The files of a changeset.

use std::rc::Rc;

use hg_types::{HgPath, HgPathBuf, Result};

use super::super::changeset::Changeset;
use super::super::engine::Engine;
use super::super::scope::Scope;
use super::super::value::{Change, Dict, ItemForm, List, ListKind, PairForm, Value, Vars};
use super::{Keyword, Needs, changeset, name, of_changeset, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[
    of_changeset("diffstat", |engine, scope| {
        let stat = engine.host.diff_stat(changeset(scope)?)?;
        let added: usize = stat.iter().map(|line| line.added).sum();
        let removed: usize = stat.iter().map(|line| line.removed).sum();
        Ok(Value::Bytes(format!("{}: +{added}/-{removed}", stat.len()).into_bytes()))
    }),
    of_changeset("file_adds", |engine, scope| {
        list(engine, scope, &changeset(scope)?.file_lists()?.added, "file_add", "file_adds")
    }),
    of_changeset("file_copies", |engine, scope| copies(engine, scope, changeset(scope)?)),
    of_changeset("file_copies_switch", |engine, scope| match scope.get(b"_copies") {
        Some(Value::Bool(true)) => copies(engine, scope, changeset(scope)?),
        _ => copies_of(engine, scope, Vec::new()),
    }),
    of_changeset("file_dels", |engine, scope| {
        list(engine, scope, &changeset(scope)?.file_lists()?.removed, "file_del", "file_dels")
    }),
    of_changeset("file_mods", |engine, scope| {
        list(engine, scope, &changeset(scope)?.file_lists()?.modified, "file_mod", "file_mods")
    }),
    of_changeset("files", |engine, scope| {
        let changeset = changeset(scope)?;
        list(engine, scope, &changeset.files()?, "file", "files")
    }),
    Keyword {
        name: "path",
        needs: Needs::File,
        run: |_, scope| Ok(scope.file().map_or(Value::None, Value::from)),
    },
    Keyword { name: "size", needs: Needs::File, run: size },
    Keyword { name: "status", needs: Needs::File, run: status },
    of_changeset("subrepos", subrepos),
];

/// A list of paths; in `%` each also is the file of the context.
pub(crate) fn list(
    engine: &Engine,
    scope: &Scope,
    paths: &[HgPathBuf],
    singular: &'static str,
    plural: &'static str,
) -> Result<Value> {
    let items: Vec<Value> = paths.iter().map(|path| Value::from(path.as_bytes())).collect();
    let shown = if style_shows(engine, singular, plural) {
        let vars = paths.iter().map(|path| Vars {
            values: vec![(name(singular), Value::from(path.as_bytes()))],
            change: Change::File(path.as_bytes().to_vec()),
        });
        shown_by_style(engine, scope, singular, plural, vars.collect())?
    } else {
        None
    };
    let kind = ListKind::Files(name("file"));
    Ok(Value::List(Rc::new(List { items, kind, form: ItemForm::Plain, shown })))
}

fn copies(engine: &Engine, scope: &Scope, changeset: &Changeset) -> Result<Value> {
    let copies = changeset.copies()?;
    let pairs = copies
        .iter()
        .map(|copied| (copied.path.as_bytes().to_vec(), Value::from(copied.source.as_bytes())));
    copies_of(engine, scope, pairs.collect())
}

fn copies_of(engine: &Engine, scope: &Scope, pairs: Vec<(Vec<u8>, Value)>) -> Result<Value> {
    let shown = if style_shows(engine, "file_copy", "file_copies") {
        let vars = pairs.iter().map(|(path, source)| Vars {
            values: vec![(name("name"), Value::from(&path[..])), (name("source"), source.clone())],
            change: Change::File(path.clone()),
        });
        shown_by_style(engine, scope, "file_copy", "file_copies", vars.collect())?
    } else {
        None
    };
    let (key, value) = (name("name"), name("source"));
    Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form: PairForm::Copy, shown })))
}

fn size(_: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let path = HgPath::new(scope.file().unwrap_or_default());
    if changeset.rev().is_wdir() {
        return Ok(Value::Int(super::super::wdir::size(changeset.repo(), path)?));
    }
    let Some(node) = changeset.manifest()?.node(path) else {
        return Ok(Value::None);
    };
    let filelog = changeset.repo().filelog(path)?;
    Ok(Value::from(filelog.size(filelog.rev(&node)?)?))
}

fn status(_: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let path = HgPath::new(scope.file().unwrap_or_default());
    let lists = changeset.status()?;
    let has = |list: &[HgPathBuf]| list.binary_search_by(|known| (**known).cmp(path)).is_ok();
    Ok(if has(&lists.modified) {
        Value::from("M")
    } else if has(&lists.added) {
        Value::from("A")
    } else if has(&lists.removed) {
        Value::from("R")
    } else if has(&lists.missing) {
        Value::from("!")
    } else if changeset.manifest()?.contains(path) {
        Value::from("C")
    } else {
        Value::None
    })
}

/// Nested repositories whose recorded state the changeset changed.
fn subrepos(engine: &Engine, scope: &Scope) -> Result<Value> {
    let changeset = changeset(scope)?;
    let path = HgPath::new(b".hgsubstate");
    let read = |manifest: &hg_store::Manifest| -> Result<Vec<(Vec<u8>, Vec<u8>)>> {
        let Some(node) = manifest.node(path) else {
            return Ok(Vec::new());
        };
        let text = changeset.repo().filelog(path)?.read_node(&node)?.into_vec();
        let lines = text.split(|&c| c == b'\n').filter_map(|line| {
            let blank = line.iter().position(|&c| c == b' ')?;
            Some((line[blank + 1..].to_vec(), line[..blank].to_vec()))
        });
        Ok(lines.collect())
    };
    let mut names = Vec::new();
    if changeset.manifest()?.contains(path) || changeset.entry()?.files().any(|file| file == path) {
        let mut now = read(changeset.manifest()?)?;
        if !changeset.manifest()?.contains(HgPath::new(b".hgsub")) {
            now.clear();
        }
        let parent = Changeset::open(changeset.history(), changeset.parents()[0])?;
        let before = read(parent.manifest()?)?;
        let changed = now.iter().filter(|state| !before.contains(state)).map(|(name, _)| name);
        let gone = before.iter().filter(|(name, _)| !now.iter().any(|(other, _)| other == name));
        // Where all are gone, nothing is told.
        names = changed.chain(gone.map(|(name, _)| name)).cloned().collect();
        names.sort();
        if now.is_empty() {
            names.clear();
        }
    }
    let items = names.into_iter().map(Value::Bytes).collect();
    super::names::list(engine, scope, items, "subrepo", "subrepos")
}
