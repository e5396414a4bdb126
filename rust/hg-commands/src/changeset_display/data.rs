//! Changesets for other programs: JSON and CBOR.

use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::spec::Spec;
use hg_query::template::{Changeset, Code, Dict, Engine, Scope, Value, append_cbor, append_json};
use hg_query::template::{JsonStyle, Vars, syntax};
use hg_store::Repo;
use hg_types::{HgPath, HgPathBuf, Result};

use super::{Differ, UiHost};
use crate::Ui;

/// Writes each changeset as an object with fields.
pub(super) struct DataForm {
    ui: Arc<Ui>,
    engine: Engine,
    is_json: bool,
    selection: Option<Selection>,
    count: usize,
}

/// What `json(...)` names.
struct Selection {
    fields: Vec<Vec<u8>>,
    code: Code,
}

impl DataForm {
    pub(super) fn new(ui: &Arc<Ui>, repo: &Repo, form: &str) -> Result<Self> {
        let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
        let engine = Engine::new(host, Some(repo.clone()));
        let is_json = form == "json";
        ui.write(if is_json { &b"["[..] } else { b"\x9f" });
        Ok(Self { ui: ui.clone(), engine, is_json, selection: None, count: 0 })
    }

    /// Only the values that a call `json(rev, node|short)` names.
    pub(super) fn selecting(
        ui: &Arc<Ui>,
        repo: &Repo,
        spec: &Spec,
        (form, call): (&str, &[u8]),
    ) -> Result<Self> {
        let mut out = Self::new(ui, repo, form)?;
        out.engine.with_default_items();
        spec.install(&mut out.engine, &ui.config(), "changeset")?;
        if out.is_json {
            ui.write("\n ");
        }
        let arguments = &call[form.len()..];
        let tree = syntax::parse_expression(&[b"dict", arguments].concat())?;
        let (fields, _) = syntax::symbols_used(&tree)?;
        let fields = fields.into_iter().map(<[u8]>::to_vec).collect();
        let code = Code::compile(&out.engine.expand_aliases(tree.clone())?, &out.engine)?;
        out.selection = Some(Selection { fields, code });
        Ok(out)
    }

    pub(super) fn show(
        &mut self,
        changeset: &Rc<Changeset>,
        copies: bool,
        differ: Option<&dyn Differ>,
    ) -> Result<()> {
        let fields = self.fields(changeset, copies, differ)?;
        let mut out = Vec::new();
        match &self.selection {
            Some(selection) => {
                let mut vars = Vars::changeset(changeset.clone());
                let named = fields.into_iter().map(|(name, value)| (name.as_bytes().into(), value));
                vars.values.extend(named);
                vars.values.push((b"index"[..].into(), Value::from(self.count)));
                let value = self.engine.eval(&selection.code, &Scope::root(vars))?;
                if self.is_json {
                    out.extend_from_slice(if self.count > 0 { b",\n " } else { b"" });
                    append_json(&value, JsonStyle::ForHtml, &mut out)?;
                } else {
                    append_cbor(&value, &mut out)?;
                }
            }
            None if self.is_json => {
                out.extend_from_slice(if self.count > 0 { b",\n {" } else { b"\n {" });
                for (at, (name, value)) in fields.iter().enumerate() {
                    let comma = if at > 0 { "," } else { "" };
                    out.extend_from_slice(format!("{comma}\n  \"{name}\": ").as_bytes());
                    append_json(value, JsonStyle::Plain, &mut out)?;
                }
                out.extend_from_slice(b"\n }");
            }
            None => {
                let pairs = fields.into_iter().map(|(name, value)| (name.into(), value)).collect();
                let dict = Dict { pairs, ..Dict::default() };
                append_cbor(&Value::Dict(Rc::new(dict)), &mut out)?;
            }
        }
        self.count += 1;
        self.ui.write(out);
        Ok(())
    }

    pub(super) fn close(self) -> Result<()> {
        self.ui.write(if self.is_json { &b"\n]\n"[..] } else { b"\xff" });
        Ok(())
    }

    /// Whether a field is wanted, when without selection it would be shown if `usual`.
    fn wants(&self, name: &str, usual: bool) -> bool {
        match &self.selection {
            None => usual,
            Some(selection) => selection.fields.iter().any(|field| field == name.as_bytes()),
        }
    }

    /// The fields, sorted by name.
    fn fields(
        &self,
        changeset: &Changeset,
        copies: bool,
        differ: Option<&dyn Differ>,
    ) -> Result<Vec<(&'static str, Value)>> {
        let mut out = Vec::new();
        out.push(("rev", Value::from(changeset.rev().get())));
        out.push(("node", Value::Bytes(changeset.node().hex())));
        let quiet = self.ui.is_quiet() && self.selection.is_none();
        if !quiet {
            self.common_fields(changeset, &mut out)?;
            self.file_fields(changeset, copies, &mut out)?;
        }
        if self.wants("diff", !quiet && differ.is_some_and(Differ::has_patch)) {
            let patch = match differ {
                Some(differ) => differ.patch(&self.ui, changeset)?,
                None => self.engine.host.diff(changeset, None, None)?,
            };
            out.push(("diff", Value::Bytes(patch)));
        }
        if self.wants("diffstat", !quiet && differ.is_some_and(Differ::has_stat)) {
            out.push(("diffstat", stat_value(&self.engine, changeset)?));
        }
        out.sort_by_key(|(name, _)| *name);
        Ok(out)
    }

    fn common_fields(
        &self,
        changeset: &Changeset,
        out: &mut Vec<(&'static str, Value)>,
    ) -> Result<()> {
        let encoding = self.ui.encoding();
        let text = |stored: &[u8]| Value::local(encoding.to_local(stored));
        let entry = changeset.entry()?;
        out.push(("branch", text(&entry.branch())));
        out.push(("phase", Value::from(changeset.phase()?.name())));
        out.push(("user", text(entry.user())));
        out.push(("date", Value::from(entry.date())));
        out.push(("desc", text(entry.description())));
        let names = |names: Vec<Vec<u8>>, name| {
            Value::list(names.iter().map(|name| text(name)).collect(), name)
        };
        if self.wants("bookmarks", true) {
            out.push(("bookmarks", names(changeset.bookmarks()?, "bookmark")));
        }
        if self.wants("tags", true) {
            out.push(("tags", names(changeset.tags()?, "tag")));
        }
        let changelog = changeset.repo().changelog()?;
        let [p1, p2] = changeset.parents();
        let parents = if p2.is_null() { vec![p1] } else { vec![p1, p2] };
        let parents = parents.into_iter().map(|rev| changelog.node(rev).hex());
        out.push(("parents", Value::text_list(parents, "node")));
        Ok(())
    }

    fn file_fields(
        &self,
        changeset: &Changeset,
        copies: bool,
        out: &mut Vec<(&'static str, Value)>,
    ) -> Result<()> {
        let debug = self.ui.is_debug();
        let verbose = self.ui.is_verbose() && !debug;
        if self.wants("manifest", debug) {
            out.push(("manifest", Value::Bytes(changeset.manifest_id()?.1.hex())));
        }
        if self.wants("extra", debug) {
            let extra = changeset.entry()?.extra();
            let pairs = extra.into_iter().map(|(key, value)| (key, Value::Bytes(value)));
            out.push(("extra", Value::dict(pairs.collect(), "key", "value")));
        }
        let paths = |paths: &[HgPathBuf]| {
            Value::text_list(paths.iter().map(|path: &HgPathBuf| path.as_bytes()), "file")
        };
        for name in ["added", "modified", "removed"] {
            if self.wants(name, debug) {
                let lists = changeset.file_lists()?;
                let list = match name {
                    "added" => &lists.added,
                    "modified" => &lists.modified,
                    _ => &lists.removed,
                };
                out.push((name, paths(list)));
            }
        }
        if self.wants("files", verbose) {
            out.push(("files", paths(&changeset.files()?)));
        }
        let copied = if copies { changeset.copies()? } else { &[] };
        if copies && self.wants("copies", self.ui.is_verbose() && !copied.is_empty()) {
            let bytes = |path: &HgPath| path.as_bytes().to_vec();
            let pairs = copied
                .iter()
                .map(|copied| (bytes(&copied.path), Value::Bytes(bytes(&copied.source))));
            out.push(("copies", Value::dict(pairs.collect(), "name", "source")));
        }
        Ok(())
    }
}

fn stat_value(engine: &Engine, changeset: &Changeset) -> Result<Value> {
    let stat = engine.host.diff_stat(changeset)?;
    let items = stat.into_iter().map(|line| {
        let pairs = vec![
            (b"additions".to_vec(), Value::from(line.added)),
            (b"binary".to_vec(), Value::Bool(line.binary)),
            (b"name".to_vec(), Value::Bytes(line.path)),
            (b"removals".to_vec(), Value::from(line.removed)),
        ];
        Value::dict(pairs, "key", "value")
    });
    Ok(Value::list(items.collect(), "diffstat"))
}
