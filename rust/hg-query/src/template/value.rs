//! What template expressions evaluate to: plain values, and lists, dicts and mappings that know how their items
//! are shown and what their items are called in `{list % "{name}"}`.

use std::borrow::Cow;
use std::rc::Rc;

use hg_types::{HgDate, LocalText, Revision};

use super::changeset::Changeset;

/// The name of a variable.
pub type Name = Cow<'static, [u8]>;

/// A value.
#[derive(Clone, Debug, Default)]
pub enum Value {
    /// Nothing: an absent keyword or dict item.
    #[default]
    None,
    /// `True` or `False`.
    Bool(bool),
    /// `true` or `false`, a text to all but conditions.
    YesNo(Rc<YesNo>),
    /// An integer.
    Int(i64),
    /// A fraction: only commands that measure give it.
    Float(f64),
    /// Text in the user's character set, or any bytes.
    Bytes(Vec<u8>),
    /// Text that came from storage and that the user's character set may not be able to show.
    Local(Rc<LocalText>),
    /// A point in time.
    Date(HgDate, DateForm),
    /// Items of one kind.
    List(Rc<List>),
    /// Keys and values.
    Dict(Rc<Dict>),
    /// A value that is also a set of variables: a parent, the manifest, an item of a list.
    Item(Rc<Item>),
    /// Several sets of variables.
    Mappings(Rc<Mappings>),
    /// Parts that nothing is known of: neither how they are shown nor what they are called.
    Sequence(Rc<Sequence>),
    /// What `%` made.
    Strings(Rc<Vec<Vec<u8>>>),
    /// No [`Item`]: a search without match.
    NoItem,
    /// The name of a template that is being rendered stands for this, so that it cannot contain itself.
    Recursive,
}

/// An answer and its text.
#[derive(Clone, Debug)]
pub struct YesNo {
    /// What conditions see.
    pub yes: bool,
    /// What everything else sees.
    pub text: Value,
}

/// How a date without filter is shown.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum DateForm {
    /// `seconds offset`.
    Pair,
    /// `seconds.0offset`, as the `date` keyword has it.
    Keyword,
    /// `secondsoffset`, in dicts.
    Joined,
}

/// A list: `{files}`, `{revset(...)}`.
#[derive(Clone, Debug, Default)]
pub struct List {
    /// The items.
    pub items: Vec<Value>,
    /// What each item means.
    pub kind: ListKind,
    /// How an item looks in the list.
    pub form: ItemForm,
    /// What old-style templates of the style (`start_files`, `file`, ...) made of the whole.
    pub shown: Option<Vec<u8>>,
}

/// What the items of a [`List`] are.
#[derive(Clone, Debug)]
pub enum ListKind {
    /// A value called by a name, with further variables that are the same for each.
    Named(Name, Vec<(Name, Value)>),
    /// Revision numbers of a query, which upstream shows so inside of other values; the changeset is in the context of
    /// each.
    Revisions(Rc<[u8]>),
    /// What `filter` left of such.
    FilteredRevisions(Rc<[u8]>),
    /// Revision numbers that are not called anything.
    Changesets,
    /// Paths in the changeset.
    Files(Name),
    /// Names of the changeset, called by their name space and `name`.
    Names(Name),
    /// Ids of changesets, which are not called anything; the changeset is in the context of each.
    Nodes,
    /// Tags of the nearest tagged ancestor, at this distance; how many changesets came since is counted when an item
    /// is looked at.
    LatestTags(Revision, usize),
}

impl ListKind {
    /// Whether the items are those of a query, whose order belongs to it.
    #[must_use]
    pub fn is_query(&self) -> bool {
        matches!(self, Self::Revisions(_) | Self::FilteredRevisions(_))
    }
}

impl Default for ListKind {
    fn default() -> Self {
        Self::Named(Cow::Borrowed(b"item"), Vec::new())
    }
}

/// How an item of a list looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum ItemForm {
    /// As its value.
    #[default]
    Plain,
    /// `rev:node`, the node in the length that suits the verbosity.
    RevNode,
    /// `rev:node` with a blank behind, also the last.
    RevNodeBlank,
    /// `seconds offset` of a date.
    Date,
    /// As its value, with a colon between two.
    Colons,
    /// As its value, with `; ` between two.
    Sets,
}

/// Parts without names, as programs see them.
#[derive(Clone, Debug, Default)]
pub struct Sequence {
    /// The parts.
    pub parts: Vec<Value>,
    /// Whether it is a tuple, and no list, to Python.
    pub is_tuple: bool,
}

/// A dict: `{extras}`, `{dict(a=1)}`.
#[derive(Clone, Debug, Default)]
pub struct Dict {
    /// Keys and values in order.
    pub pairs: Vec<(Vec<u8>, Value)>,
    /// What a key is called.
    pub key: Name,
    /// What a value is called.
    pub value: Name,
    /// How an item looks.
    pub form: PairForm,
    /// What old-style templates made of the whole.
    pub shown: Option<Vec<u8>>,
}

/// How an item of a [`Dict`] looks.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum PairForm {
    /// `key=value`.
    #[default]
    Equals,
    /// `key=value`; an item brings the variables of its value along.
    Open,
    /// `key=value`, one right after the other.
    Run,
    /// `key=value` with escapes in the value, one right after the other.
    EscapedRun,
    /// `key=value` with escapes in the value.
    Escaped,
    /// `key (value)`.
    Copy,
    /// The key alone.
    Key,
    /// The key alone, one right after the other.
    Options,
    /// `key: value`.
    Colon,
}

/// A value with variables.
#[derive(Clone, Debug)]
pub struct Item {
    /// The value in comparisons and for JSON; `None` when there are only variables.
    pub value: Option<Value>,
    /// The variables.
    pub vars: Vars,
    /// How it is shown: a template over the variables, else the value is.
    pub template: Option<&'static str>,
}

/// Several sets of variables.
#[derive(Clone, Debug, Default)]
pub struct Mappings {
    /// One set for each item.
    pub items: Vec<Vars>,
    /// How one is shown.
    pub template: Option<&'static str>,
    /// What stands between two.
    pub separator: &'static str,
}

/// Variables that an item brings along, and what it does to the context.
#[derive(Clone, Debug, Default)]
pub struct Vars {
    /// Names and values.
    pub values: Vec<(Name, Value)>,
    /// The change of the context.
    pub change: Change,
}

/// How variables change the context of keywords.
#[derive(Clone, Debug, Default)]
pub enum Change {
    /// Not at all.
    #[default]
    Keep,
    /// There is no changeset any more: `node` means something else.
    Clear,
    /// Keywords speak of another changeset.
    Changeset(Rc<Changeset>),
    /// The same, where only its id is among the variables: what is set further out still hides keywords.
    Named(Rc<Changeset>),
    /// Keywords also speak of a file of the changeset.
    File(Vec<u8>),
    /// Keywords speak of another changeset, and of a file of it.
    ChangesetFile(Rc<Changeset>, Vec<u8>),
}

impl Vars {
    /// Variables alone.
    #[must_use]
    pub fn new(values: impl IntoIterator<Item = (&'static str, Value)>) -> Self {
        let named = |(name, value): (&'static str, Value)| (Cow::Borrowed(name.as_bytes()), value);
        Self { values: values.into_iter().map(named).collect(), change: Change::Keep }
    }

    /// A changeset alone.
    #[must_use]
    pub fn changeset(changeset: Rc<Changeset>) -> Self {
        Self { values: Vec::new(), change: Change::Changeset(changeset) }
    }
}

impl Value {
    /// Bytes of anything.
    #[must_use]
    pub fn bytes(bytes: impl Into<Vec<u8>>) -> Self {
        Self::Bytes(bytes.into())
    }

    /// `true` or `false`.
    #[must_use]
    pub fn yes_no(yes: bool) -> Self {
        Self::YesNo(Rc::new(YesNo { yes, text: Self::from(if yes { "true" } else { "false" }) }))
    }

    /// Text from storage.
    #[must_use]
    pub fn local(text: LocalText) -> Self {
        match text.stored {
            None => Self::Bytes(text.local),
            Some(_) => Self::Local(Rc::new(text)),
        }
    }

    /// A list of values called `name`.
    #[must_use]
    pub fn list(items: Vec<Self>, name: &'static str) -> Self {
        let kind = ListKind::Named(Cow::Borrowed(name.as_bytes()), Vec::new());
        Self::List(Rc::new(List { items, kind, ..List::default() }))
    }

    /// A tuple.
    #[must_use]
    pub fn tuple(parts: Vec<Self>) -> Self {
        Self::Sequence(Rc::new(Sequence { parts, is_tuple: true }))
    }

    /// A list of texts called `name`.
    #[must_use]
    pub fn text_list<T: Into<Vec<u8>>>(
        items: impl IntoIterator<Item = T>,
        name: &'static str,
    ) -> Self {
        Self::list(items.into_iter().map(|item| Self::Bytes(item.into())).collect(), name)
    }

    /// A dict whose items are called `key` and `value`.
    #[must_use]
    pub fn dict(pairs: Vec<(Vec<u8>, Self)>, key: &'static str, value: &'static str) -> Self {
        let (key, value) = (Cow::Borrowed(key.as_bytes()), Cow::Borrowed(value.as_bytes()));
        Self::Dict(Rc::new(Dict { pairs, key, value, ..Dict::default() }))
    }
}

impl From<bool> for Value {
    fn from(value: bool) -> Self {
        Self::Bool(value)
    }
}

impl From<i64> for Value {
    fn from(value: i64) -> Self {
        Self::Int(value)
    }
}

impl From<i32> for Value {
    fn from(value: i32) -> Self {
        Self::Int(value.into())
    }
}

impl From<usize> for Value {
    fn from(value: usize) -> Self {
        Self::Int(i64::try_from(value).unwrap_or(i64::MAX))
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<HgDate> for Value {
    fn from(value: HgDate) -> Self {
        Self::Date(value, DateForm::Pair)
    }
}
