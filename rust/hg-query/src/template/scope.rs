//! The variables that an expression sees, innermost first, and what its keywords speak of.

use std::borrow::Cow;
use std::rc::Rc;

use super::changeset::Changeset;
use super::value::{Change, Name, Value, Vars};

/// Variables and context; cheap to clone and to extend.
#[derive(Clone, Debug, Default)]
pub struct Scope(Rc<Frame>);

#[derive(Debug, Default)]
struct Frame {
    parent: Option<Scope>,
    values: Vec<(Name, Value)>,
    changeset: Option<Rc<Changeset>>,
    file: Option<Vec<u8>>,
    /// Whether variables of another changeset further out are none of this.
    hides: bool,
}

impl Scope {
    /// Without variables and changeset.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// With these variables, without anything around them.
    #[must_use]
    pub fn root(vars: Vars) -> Self {
        Self::default().with(vars)
    }

    /// This scope with further variables that hide those of the same name.
    #[must_use]
    pub fn with(&self, vars: Vars) -> Self {
        let Vars { mut values, change } = vars;
        let hides = !matches!(change, Change::Named(_));
        let (mut changeset, mut file) = (self.0.changeset.clone(), self.0.file.clone());
        let old_node = |scope: &Self| match &scope.0.changeset {
            Some(old) if scope.get(b"originalnode").is_none() => {
                Some((Cow::Borrowed(&b"originalnode"[..]), Value::Bytes(old.node().hex())))
            }
            _ => None,
        };
        match change {
            Change::Keep => {}
            Change::Clear => {
                values.extend(old_node(self));
                (changeset, file) = (None, None);
            }
            Change::Changeset(new) | Change::Named(new) => {
                values.extend(old_node(self));
                (changeset, file) = (Some(new), None);
            }
            Change::File(path) => file = Some(path),
            Change::ChangesetFile(new, path) => {
                values.extend(old_node(self));
                (changeset, file) = (Some(new), Some(path));
            }
        }
        let parent = (!self.is_empty()).then(|| self.clone());
        Self(Rc::new(Frame { parent, values, changeset, file, hides }))
    }

    /// This scope with one more variable.
    #[must_use]
    pub fn with_value(&self, name: Name, value: Value) -> Self {
        self.with(Vars { values: vec![(name, value)], change: Change::Keep })
    }

    /// The variable called `name`.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&Value> {
        let mut frame = &self.0;
        loop {
            if let Some((_, value)) = frame.values.iter().rev().find(|(key, _)| &key[..] == name) {
                return Some(value);
            }
            frame = &frame.parent.as_ref()?.0;
        }
    }

    /// The variable called `name`, unless it was set for another changeset.
    #[must_use]
    pub fn get_of_changeset(&self, name: &[u8]) -> Option<&Value> {
        let mut frame = &self.0;
        loop {
            if let Some((_, value)) = frame.values.iter().rev().find(|(key, _)| &key[..] == name) {
                return Some(value);
            }
            let outer = &frame.parent.as_ref()?.0;
            match (&frame.changeset, &outer.changeset) {
                (Some(inner), Some(outer)) if frame.hides && !Rc::ptr_eq(inner, outer) => {
                    return None;
                }
                _ => frame = outer,
            }
        }
    }

    /// The changeset that keywords speak of.
    #[must_use]
    pub fn changeset(&self) -> Option<&Rc<Changeset>> {
        self.0.changeset.as_ref()
    }

    /// The file that keywords speak of: that of an item, or the one a command tells about.
    #[must_use]
    pub fn file(&self) -> Option<&[u8]> {
        self.0.file.as_deref().or_else(|| match self.get(b"path") {
            Some(Value::Bytes(path)) if self.changeset().is_some() => Some(path),
            _ => None,
        })
    }

    fn is_empty(&self) -> bool {
        let frame = &self.0;
        frame.parent.is_none() && frame.values.is_empty() && frame.changeset.is_none()
    }
}
