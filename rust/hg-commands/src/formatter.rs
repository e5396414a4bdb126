//! Output of items with fields: plain text, or one of the machine-readable forms, or a template.
//!
//! A command says for each item which fields it has and what the plain text looks like:
//!
//! ```ignore
//! let mut fm = ctx.formatter("tags")?;
//! for tag in tags {
//!     fm.start_item();
//!     fm.write(&[("tag", tag.name.into())], &tag.name, "log.tag");
//!     fm.cond_write(!quiet, &[("rev", Value::Int(tag.rev))], format!(" {}", tag.rev), "log.rev");
//!     fm.plain("\n", "");
//! }
//! fm.end()?;
//! ```

pub(crate) mod cbor;
mod debug;
mod json;
mod pickle;
mod template;
mod value;

use std::sync::Arc;

use hg_types::{Result, Revision};

use crate::Ui;

pub use value::Value;

/// The fields of an item, in the order they were given.
pub type Item = Vec<(&'static str, Value)>;

/// Items that are a field of another item.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Nested {
    /// The items.
    pub items: Vec<Item>,
    /// The changeset that each is about.
    pub contexts: Vec<Option<Revision>>,
    /// How templates show one that they do not take apart.
    pub template: Option<&'static str>,
}

/// Turns items into one form of output.
pub trait Backend {
    /// Items will follow, or the end.
    fn begin(&mut self, ui: &Ui) -> Result<()> {
        let _ = ui;
        Ok(())
    }
    /// Takes the next item; `context` is the changeset it is about, when it is about one.
    fn item(&mut self, ui: &Ui, item: &Item, context: Option<Revision>) -> Result<()>;
    /// No item follows.
    fn end(&mut self, ui: &Ui) -> Result<()>;
    /// Which fields the output may use: `None` for all. Commands can skip the costly ones.
    fn fields(&self) -> Option<Vec<Vec<u8>>> {
        None
    }
}

enum Form {
    Plain,
    Backend(Box<dyn Backend>),
    /// Collects items that are a field of another one.
    Nested(Nested),
}

/// Writes items; see the module's description.
pub struct Formatter {
    ui: Arc<Ui>,
    form: Form,
    item: Option<Item>,
    context: Option<Revision>,
    hex_full: bool,
    failure: Option<hg_types::Error>,
}

impl Formatter {
    /// A formatter for `topic` in the form that `template` (the value of `-T`) names.
    pub fn new(ui: &Arc<Ui>, topic: &'static str, template: Option<&[u8]>) -> Result<Self> {
        Self::with_repo(ui, None, topic, template)
    }

    /// A formatter whose templates can use the keywords of changesets.
    pub fn with_repo(
        ui: &Arc<Ui>,
        repo: Option<&hg_store::Repo>,
        topic: &'static str,
        template: Option<&[u8]>,
    ) -> Result<Self> {
        let config = ui.config();
        let template = match template {
            None if config.get_bool_or("ui", "formatdebug", false)? => Some(&b"debug"[..]),
            None if config.get_bool_or("ui", "formatjson", false)? => Some(&b"json"[..]),
            given => given,
        };
        let form = match template {
            None => Form::Plain,
            Some(b"json") => Form::Backend(Box::new(json::Json::default())),
            Some(b"debug") => Form::Backend(Box::new(debug::Debug::new(topic))),
            Some(b"cbor") => Form::Backend(Box::new(cbor::Cbor::default())),
            Some(b"pickle") => Form::Backend(Box::new(pickle::Pickle::default())),
            Some(spec) => Form::Backend(template::backend(ui, repo, topic, spec)?),
        };
        let mut form = form;
        if let Form::Backend(backend) = &mut form {
            backend.begin(ui)?;
        }
        let hex_full = ui.is_debug();
        Ok(Self { ui: ui.clone(), form, item: None, context: None, hex_full, failure: None })
    }

    /// A formatter for text only, whatever `-T` says.
    #[must_use]
    pub fn plain_only(ui: &Arc<Ui>) -> Self {
        Self {
            ui: ui.clone(),
            form: Form::Plain,
            item: None,
            context: None,
            hex_full: ui.is_debug(),
            failure: None,
        }
    }

    /// Whether the output is plain text.
    #[must_use]
    pub fn is_plain(&self) -> bool {
        matches!(self.form, Form::Plain)
    }

    /// A node id as text: short in plain output without `--debug`.
    #[must_use]
    pub fn hex(&self, node: &hg_types::Node) -> Vec<u8> {
        if self.hex_full || !self.is_plain() { node.hex() } else { node.short() }
    }

    /// Whether the output may use any of these fields: costly ones can be left out otherwise.
    #[must_use]
    pub fn wants(&self, names: &[&str]) -> bool {
        match &self.form {
            Form::Plain => false,
            Form::Nested(_) => true,
            Form::Backend(backend) => backend.fields().is_none_or(|fields| {
                names.iter().any(|name| fields.iter().any(|field| field == name.as_bytes()))
            }),
        }
    }

    /// Whether a template names any of these fields. Unlike with [`Formatter::wants`], forms that show whatever they are
    /// given do not ask for any.
    #[must_use]
    pub fn names(&self, names: &[&str]) -> bool {
        matches!(&self.form, Form::Backend(backend) if backend.fields().is_some())
            && self.wants(names)
    }

    /// Begins the next item.
    pub fn start_item(&mut self) {
        self.finish_item();
        if !self.is_plain() {
            self.item = Some(Item::new());
        }
    }

    /// Writes the item that was begun, before somebody else writes.
    pub(crate) fn flush(&mut self) {
        self.finish_item();
    }

    /// Says which changeset the item is about, so that templates can use its keywords.
    pub fn context(&mut self, rev: Revision) {
        self.context = Some(rev);
    }

    /// Adds fields that plain output does not show.
    pub fn data(&mut self, fields: &[(&'static str, Value)]) {
        if let Some(item) = &mut self.item {
            for (name, value) in fields {
                item.retain(|(known, _)| known != name);
                item.push((name, value.clone()));
            }
        }
    }

    /// Adds fields, and in plain output writes `text` in the colours of `label`.
    pub fn write(&mut self, fields: &[(&'static str, Value)], text: impl AsRef<[u8]>, label: &str) {
        self.cond_write(true, fields, text, label);
    }

    /// Adds fields; plain output shows `text` only if `shown`.
    pub fn cond_write(
        &mut self,
        shown: bool,
        fields: &[(&'static str, Value)],
        text: impl AsRef<[u8]>,
        label: &str,
    ) {
        match self.form {
            Form::Plain if shown => self.ui.write_label(text, label),
            Form::Plain => {}
            _ => self.data(fields),
        }
    }

    /// Writes text that only plain output has.
    pub fn plain(&mut self, text: impl AsRef<[u8]>, label: &str) {
        if self.is_plain() {
            self.ui.write_label(text, label);
        }
    }

    /// A formatter for the items of a field of the current item; give it to [`Self::end_nested`].
    #[must_use]
    pub fn nested(&self) -> Self {
        let form = match self.form {
            Form::Plain => Form::Plain,
            _ => Form::Nested(Nested::default()),
        };
        Self {
            ui: self.ui.clone(),
            form,
            item: None,
            context: self.context,
            hex_full: self.hex_full,
            failure: None,
        }
    }

    /// The same, for items that templates show as `template` when they do not take them apart.
    #[must_use]
    pub fn nested_as(&self, template: &'static str) -> Self {
        let mut nested = self.nested();
        if let Form::Nested(items) = &mut nested.form {
            items.template = Some(template);
        }
        nested
    }

    /// Adds the items of `nested` as the field `name`.
    pub fn end_nested(&mut self, name: &'static str, mut nested: Self) {
        nested.finish_item();
        if let Form::Nested(nested) = nested.form {
            self.data(&[(name, Value::Items(nested))]);
        }
    }

    /// Ends the output.
    pub fn end(mut self) -> Result<()> {
        self.finish_item();
        if let Some(error) = self.failure {
            return Err(error);
        }
        match &mut self.form {
            Form::Backend(backend) => backend.end(&self.ui),
            _ => Ok(()),
        }
    }

    /// Tells a failure to write what came before.
    ///
    /// # Errors
    /// When there was one.
    pub fn check(&mut self) -> Result<()> {
        self.failure.take().map_or(Ok(()), Err)
    }

    fn finish_item(&mut self) {
        let context = self.context.take();
        let Some(item) = self.item.take() else { return };
        match &mut self.form {
            Form::Plain => {}
            Form::Nested(nested) => {
                nested.items.push(item);
                nested.contexts.push(context);
            }
            Form::Backend(backend) => {
                if self.failure.is_none() {
                    self.failure = backend.item(&self.ui, &item, context).err();
                }
            }
        }
    }
}
