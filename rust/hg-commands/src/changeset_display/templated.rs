//! Changesets through a template.

use std::borrow::Cow;
use std::rc::Rc;
use std::sync::Arc;

use hg_query::template::spec::{Parts, Spec};
use hg_query::template::{Changeset, Engine, Name, Scope, Value, Vars};
use hg_store::Repo;
use hg_types::Result;

use super::UiHost;
use crate::Ui;

/// Renders a template for each changeset.
pub(super) struct Templated {
    ui: Arc<Ui>,
    engine: Engine,
    parts: Parts,
    copies: bool,
    shown: usize,
    last_header: Option<Vec<u8>>,
    footer: Option<Vec<u8>>,
    buffer: Vec<u8>,
}

impl Templated {
    pub(super) fn new(ui: &Arc<Ui>, repo: &Repo, spec: &Spec, copies: bool) -> Result<Self> {
        let host = Rc::new(UiHost::new(ui, Some(repo.root_bytes())));
        let mut engine = Engine::new(host, Some(repo.clone()));
        engine.with_default_items();
        let item = spec.install(&mut engine, &ui.config(), "changeset")?;
        let parts = Parts::of(&engine, spec, item);
        let mut out = Self {
            ui: ui.clone(),
            engine,
            parts,
            copies,
            shown: 0,
            last_header: None,
            footer: None,
            buffer: Vec::new(),
        };
        if let Some(header) = out.parts.docheader.take() {
            out.write(&header, &Scope::new())?;
        }
        Ok(out)
    }

    fn write(&mut self, template: &[u8], scope: &Scope) -> Result<()> {
        self.buffer.clear();
        self.engine.render(template, scope, &mut self.buffer)?;
        self.ui.write(&self.buffer);
        Ok(())
    }

    fn scope(
        &self,
        changeset: &Rc<Changeset>,
        graph_width: usize,
        variables: Vec<(Name, Value)>,
    ) -> Scope {
        let mut vars = Vars::changeset(changeset.clone());
        vars.values.reserve(4);
        vars.values.push((Cow::Borrowed(b"index"), Value::from(self.shown)));
        if self.copies {
            vars.values.push((Cow::Borrowed(b"_copies"), Value::Bool(true)));
        }
        if graph_width > 0 {
            vars.values.push((Cow::Borrowed(b"graphwidth"), Value::from(graph_width)));
        }
        vars.values.extend(variables);
        Scope::root(vars)
    }

    /// Writes the header, unless the last one was the same.
    pub(super) fn show_header(
        &mut self,
        changeset: &Rc<Changeset>,
        graph_width: usize,
    ) -> Result<()> {
        let Some(header) = &self.parts.header else {
            return Ok(());
        };
        let scope = self.scope(changeset, graph_width, Vec::new());
        let mut text = Vec::new();
        self.engine.render(header, &scope, &mut text)?;
        if self.last_header.as_ref() != Some(&text) {
            self.ui.write(&text);
            self.last_header = Some(text);
        }
        Ok(())
    }

    pub(super) fn show(
        &mut self,
        changeset: &Rc<Changeset>,
        graph_width: usize,
        variables: Vec<(Name, Value)>,
    ) -> Result<()> {
        if let Some(separator) = self.parts.separator.clone().filter(|_| self.shown > 0) {
            self.write(&separator, &Scope::new())?;
        }
        self.show_header(changeset, graph_width)?;
        let scope = self.scope(changeset, graph_width, variables);
        self.buffer.clear();
        self.engine.render(&self.parts.item, &scope, &mut self.buffer)?;
        self.ui.write(&self.buffer);
        self.shown += 1;
        if self.footer.is_none()
            && let Some(footer) = &self.parts.footer
        {
            let mut text = Vec::new();
            self.engine.render(footer, &scope, &mut text)?;
            self.footer = Some(text);
        }
        Ok(())
    }

    pub(super) fn close(mut self) -> Result<()> {
        if let Some(footer) = self.footer.take() {
            self.ui.write(footer);
        }
        if let Some(docfooter) = self.parts.docfooter.take() {
            self.write(&docfooter, &Scope::new())?;
        }
        Ok(())
    }
}
