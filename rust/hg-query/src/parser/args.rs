//! Positional and keyword arguments of a call, matched against what the function declares.

use std::collections::BTreeMap;

use hg_types::{Error, Result};

use super::Tree;

/// The arguments a function takes, from a declaration such as `set startdepth depth` or
/// `file *lines startrev descend` or `**values`.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct ArgSpec {
    required: Vec<&'static str>,
    rest: Option<&'static str>,
    keys: Vec<&'static str>,
    any_keys: Option<&'static str>,
}

impl ArgSpec {
    /// Reads a declaration: names before `*name` are required, `*name` takes further positional
    /// arguments, names after it (or all names, without it) may be positional or keywords,
    /// `**name` takes any other keyword.
    #[must_use]
    pub fn new(declaration: &'static str) -> Self {
        let mut spec = Self::default();
        for word in declaration.split_whitespace() {
            if let Some(name) = word.strip_prefix("**") {
                spec.any_keys = Some(name);
            } else if let Some(name) = word.strip_prefix('*') {
                spec.rest = Some(name);
                spec.required = std::mem::take(&mut spec.keys);
            } else {
                spec.keys.push(word);
            }
        }
        spec
    }

    /// Sorts `arguments` into their places; `function` is named in errors.
    ///
    /// # Errors
    /// When there are too many or too few, or a keyword is unknown or given twice.
    pub fn bind(&self, arguments: &[Tree], function: &str) -> Result<Arguments> {
        let fail = |text: String| Error::parse(format!("{function} {text}"), None);
        let is_keyword = |tree: &Tree| tree.kind() == "keyvalue";
        let keywords = arguments.iter().position(is_keyword).unwrap_or(arguments.len());
        let (positional, keyword) = arguments.split_at(keywords);
        if positional.len() < self.required.len() {
            let count = self.required.len();
            return Err(fail(format!("takes at least {count} positional arguments")));
        }
        let named = self.required.len() + self.keys.len();
        if self.rest.is_none() && positional.len() > named {
            return Err(fail(format!("takes at most {named} positional arguments")));
        }
        let mut bound = Arguments::default();
        let mut positional = positional.iter().cloned();
        for (name, value) in self.required.iter().zip(&mut positional) {
            bound.named.insert(name, value);
        }
        match self.rest {
            Some(_) => bound.rest = positional.collect(),
            None => bound.named.extend(self.keys.iter().copied().zip(positional)),
        }
        for pair in keyword {
            let [Tree::Leaf("symbol", key), value] = pair.children() else {
                return Err(fail("got an invalid argument".into()));
            };
            if !is_keyword(pair) {
                return Err(fail("got an invalid argument".into()));
            }
            let key_text = String::from_utf8_lossy(key).into_owned();
            let twice = || fail(format!("got multiple values for keyword argument '{key_text}'"));
            if let Some(name) = self.keys.iter().find(|name| name.as_bytes() == &key[..]) {
                if bound.named.insert(name, value.clone()).is_some() {
                    return Err(twice());
                }
            } else if self.any_keys.is_some() {
                if bound.keywords.iter().any(|(name, _)| name == key) {
                    return Err(twice());
                }
                bound.keywords.push((key.clone(), value.clone()));
            } else {
                return Err(fail(format!("got an unexpected keyword argument '{key_text}'")));
            }
        }
        Ok(bound)
    }
}

/// Arguments in their places.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Arguments {
    /// The declared names that were given.
    pub named: BTreeMap<&'static str, Tree>,
    /// What `*name` took.
    pub rest: Vec<Tree>,
    /// What `**name` took, in order.
    pub keywords: Vec<(Vec<u8>, Tree)>,
}

impl Arguments {
    /// The argument called `name`, if it was given.
    #[must_use]
    pub fn get(&self, name: &str) -> Option<&Tree> {
        self.named.get(name)
    }
}

/// The arguments of a call: the items of its list, its only item, or none.
#[must_use]
pub fn list_items(tree: &Tree) -> &[Tree] {
    match tree {
        Tree::Nothing => &[],
        Tree::Node("list", items) => items,
        one => std::slice::from_ref(one),
    }
}

/// Binds the arguments of a call to a declaration.
///
/// # Errors
/// Those of [`ArgSpec::bind`].
pub fn build_args(tree: &Tree, function: &str, declaration: &'static str) -> Result<Arguments> {
    ArgSpec::new(declaration).bind(list_items(tree), function)
}
