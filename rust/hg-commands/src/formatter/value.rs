//! The value of a field.

use std::collections::BTreeMap;

use hg_types::{HgDate, HgPath, HgPathBuf, Node};

use super::Nested;

/// The value of a field.
#[derive(Clone, PartialEq, Debug)]
pub enum Value {
    /// Nothing.
    None,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// A number.
    Float(f64),
    /// Text.
    Bytes(Vec<u8>),
    /// A point in time.
    Date(HgDate),
    /// A point in time whose seconds are no whole number for programs.
    FloatDate(HgDate),
    /// Values of one kind.
    List {
        /// The values.
        values: Vec<Self>,
        /// What a template calls one of them (`file`).
        name: &'static str,
        /// What a template writes between them.
        separator: &'static str,
    },
    /// Named values.
    Dict {
        /// Names and values.
        pairs: Vec<(Vec<u8>, Self)>,
        /// What a template calls a name.
        key: &'static str,
        /// What a template calls a value.
        value: &'static str,
    },
    /// Items below this one.
    Items(Nested),
}

impl Value {
    /// A list that templates show separated by spaces.
    pub fn list(values: impl IntoIterator<Item = impl Into<Self>>, name: &'static str) -> Self {
        let values = values.into_iter().map(Into::into).collect();
        Self::List { values, name, separator: " " }
    }

    /// Named values, in order of their names.
    #[must_use]
    pub fn dict(pairs: BTreeMap<Vec<u8>, Self>, key: &'static str, value: &'static str) -> Self {
        Self::Dict { pairs: pairs.into_iter().collect(), key, value }
    }

    /// A node id as 40 digits.
    #[must_use]
    pub fn node(node: &Node) -> Self {
        Self::Bytes(node.hex())
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

impl From<&[u8]> for Value {
    fn from(value: &[u8]) -> Self {
        Self::Bytes(value.to_vec())
    }
}

impl From<Vec<u8>> for Value {
    fn from(value: Vec<u8>) -> Self {
        Self::Bytes(value)
    }
}

impl From<&Vec<u8>> for Value {
    fn from(value: &Vec<u8>) -> Self {
        Self::Bytes(value.clone())
    }
}

impl From<&str> for Value {
    fn from(value: &str) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<&HgPath> for Value {
    fn from(value: &HgPath) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<&HgPathBuf> for Value {
    fn from(value: &HgPathBuf) -> Self {
        Self::Bytes(value.as_bytes().to_vec())
    }
}

impl From<HgDate> for Value {
    fn from(value: HgDate) -> Self {
        Self::Date(value)
    }
}

impl<T: Into<Self>> From<Option<T>> for Value {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::None, Into::into)
    }
}

/// The seconds of a date as a number that need not be whole.
#[expect(clippy::cast_precision_loss, reason = "dates are far smaller")]
pub(super) fn seconds(date: HgDate) -> f64 {
    date.seconds as f64
}
