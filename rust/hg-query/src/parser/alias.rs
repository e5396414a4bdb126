//! Aliases: `name = expression` and `name($1, arg) = expression`, expanded in parsed trees.

use std::collections::HashMap;

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use super::{Tree, list_items};

/// What the expansion must know of a language.
#[derive(Clone, Copy)]
pub struct AliasSyntax {
    /// What an alias is called in messages: `revset alias`.
    pub section: &'static str,
    /// Parses an expression in which symbols may contain `$`; gives tree and end position.
    pub parse: fn(&[u8]) -> Result<(Tree, usize)>,
    /// Parses a complete definition, with the simplifications of the language applied.
    pub parse_definition: fn(&[u8]) -> Result<Tree>,
    /// Name and arguments of a call in any notation of the language.
    pub call: fn(&Tree) -> Option<(&[u8], Vec<Tree>)>,
}

/// One alias.
#[derive(Clone, Debug)]
pub struct Alias {
    /// The name; the whole declaration when that is bad.
    pub name: Vec<u8>,
    /// The names of the arguments; `None` when it is not a function.
    pub arguments: Option<Vec<Vec<u8>>>,
    replacement: Tree,
    /// Why it cannot be used.
    pub error: Option<Vec<u8>>,
}

/// The aliases of a configuration section, in expansion order.
pub struct AliasRules {
    syntax: AliasSyntax,
    aliases: HashMap<Vec<u8>, Alias>,
    order: Vec<Vec<u8>>,
}

impl AliasRules {
    /// Reads declarations and definitions. A bad one is an error only once it is used.
    pub fn new<'a>(
        syntax: AliasSyntax,
        definitions: impl IntoIterator<Item = (&'a [u8], &'a [u8])>,
    ) -> Self {
        let mut rules = Self { syntax, aliases: HashMap::new(), order: Vec::new() };
        for (declaration, definition) in definitions {
            let alias = build(&syntax, declaration, definition);
            rules.order.push(alias.name.clone());
            rules.aliases.insert(alias.name.clone(), alias);
        }
        rules
    }

    /// Whether there are none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.aliases.is_empty()
    }

    /// The complaints about unusable aliases, as `(name, message)`.
    pub fn errors(&self) -> impl Iterator<Item = (&[u8], &[u8])> {
        self.order.iter().filter_map(|name| {
            let alias = self.aliases.get(name)?;
            Some((&alias.name[..], alias.error.as_deref()?))
        })
    }

    /// Replaces every use of an alias in `tree`.
    ///
    /// # Errors
    /// When a used alias is bad, called with a wrong number of arguments, or expands for ever.
    pub fn expand(&self, tree: Tree) -> Result<Tree> {
        let mut expansion = Expansion { rules: self, active: Vec::new(), cache: HashMap::new() };
        expansion.tree(tree)
    }
}

struct Expansion<'a> {
    rules: &'a AliasRules,
    active: Vec<&'a [u8]>,
    cache: HashMap<&'a [u8], Tree>,
}

impl<'a> Expansion<'a> {
    fn tree(&mut self, tree: Tree) -> Result<Tree> {
        let Some((alias, arguments)) = self.find(&tree) else {
            return match tree {
                Tree::Node(kind, children) => {
                    let children = children.into_iter().map(|child| self.tree(child));
                    Ok(Tree::Node(kind, children.collect::<Result<_>>()?))
                }
                leaf => Ok(leaf),
            };
        };
        if let Some(error) = &alias.error {
            return Err(Error::abort(error.clone()));
        }
        if self.active.contains(&&alias.name[..]) {
            let section = self.rules.section();
            let text = [b"infinite expansion of ", section, b" \"", &alias.name, b"\" detected"];
            return Err(Error::parse(text.concat(), None));
        }
        let wanted = alias.arguments.as_ref().map(Vec::len);
        if let (Some(given), Some(wanted)) = (&arguments, wanted)
            && given.len() != wanted
        {
            let message = format!("invalid number of arguments: {}", given.len());
            return Err(Error::parse(message, None));
        }
        let replacement = match self.cache.get(&alias.name[..]) {
            Some(known) => known.clone(),
            None => {
                self.active.push(&alias.name);
                let expanded = self.tree(alias.replacement.clone())?;
                self.active.pop();
                self.cache.insert(&alias.name, expanded.clone());
                expanded
            }
        };
        let (Some(names), Some(given)) = (&alias.arguments, arguments) else {
            return Ok(replacement);
        };
        let given = given.into_iter().map(|argument| self.tree(argument));
        let values: HashMap<&[u8], Tree> =
            names.iter().map(|name| &name[..]).zip(given.collect::<Result<Vec<_>>>()?).collect();
        Ok(substitute(replacement, &values))
    }

    /// The alias that `tree` calls or names, and the arguments of the call.
    fn find(&self, tree: &Tree) -> Option<(&'a Alias, Option<Vec<Tree>>)> {
        if let Some(alias) = tree.as_symbol().and_then(|name| self.rules.aliases.get(name))
            && alias.arguments.is_none()
        {
            return Some((alias, None));
        }
        let (name, arguments) = (self.rules.syntax.call)(tree)?;
        let alias = self.rules.aliases.get(name).filter(|alias| alias.arguments.is_some())?;
        Some((alias, Some(arguments)))
    }
}

impl AliasRules {
    fn section(&self) -> &'static [u8] {
        self.syntax.section.as_bytes()
    }
}

/// Puts the values in place of the argument marks.
fn substitute(tree: Tree, values: &HashMap<&[u8], Tree>) -> Tree {
    match tree {
        Tree::Leaf("_aliasarg", name) => values.get(&name[..]).cloned().unwrap_or(Tree::Nothing),
        Tree::Node(kind, children) => {
            let children = children.into_iter().map(|child| substitute(child, values));
            Tree::Node(kind, children.collect())
        }
        leaf => leaf,
    }
}

fn build(syntax: &AliasSyntax, declaration: &[u8], definition: &[u8]) -> Alias {
    let (name, arguments, error) = match read_declaration(syntax, declaration) {
        Ok((name, arguments)) => (name, arguments, None),
        Err(Bad { name, message }) => {
            (name.unwrap_or_else(|| declaration.to_vec()), None, Some(message))
        }
    };
    let complain = |what: &str, why: &[u8]| {
        let section = syntax.section.as_bytes();
        [b"bad ", what.as_bytes(), b" of ", section, b" \"", &name, b"\": ", why].concat()
    };
    if let Some(message) = error {
        let error = Some(complain("declaration", &message));
        // Usable in both forms, so that either use reports it.
        return Alias { arguments, replacement: Tree::Nothing, error, name };
    }
    let names = arguments.as_deref().unwrap_or_default();
    let parsed = (syntax.parse_definition)(definition).and_then(|tree| mark(tree, names));
    match parsed {
        Ok(replacement) => Alias { name, arguments, replacement, error: None },
        Err(error) => {
            let error = Some(complain("definition", &message_of(&error)));
            Alias { name, arguments, replacement: Tree::Nothing, error }
        }
    }
}

/// A bad declaration: the name, when at least that is known, and what is wrong.
struct Bad {
    name: Option<Vec<u8>>,
    message: Vec<u8>,
}

type Declared = (Vec<u8>, Option<Vec<Vec<u8>>>);

fn read_declaration(syntax: &AliasSyntax, declaration: &[u8]) -> Result<Declared, Bad> {
    let bad = |message: Vec<u8>| Bad { name: None, message };
    let (tree, end) = (syntax.parse)(declaration).map_err(|error| bad(message_of(&error)))?;
    if end != declaration.len() {
        return Err(bad(format!("at {end}: invalid token").into_bytes()));
    }
    if let Some(name) = tree.as_symbol() {
        return Ok((valid_name(name).map_err(bad)?, None));
    }
    let Some((name, arguments)) = tree.as_call() else {
        return Err(bad(b"invalid format".to_vec()));
    };
    let name = valid_name(name).map_err(bad)?;
    let mut names = Vec::new();
    for argument in list_items(arguments) {
        let Some(argument) = argument.as_symbol() else {
            return Err(bad(b"invalid argument list".to_vec()));
        };
        names.push(argument.to_vec());
    }
    let mut unique = names.clone();
    unique.sort();
    unique.dedup();
    if unique.len() != names.len() {
        let message = b"argument names collide with each other".to_vec();
        return Err(Bad { name: Some(name), message });
    }
    Ok((name, Some(names)))
}

fn valid_name(name: &[u8]) -> Result<Vec<u8>, Vec<u8>> {
    match name.starts_with(b"$") {
        true => Err([b"invalid symbol '", name, b"'"].concat()),
        false => Ok(name.to_vec()),
    }
}

/// Marks the places of the arguments in a definition.
fn mark(tree: Tree, names: &[Vec<u8>]) -> Result<Tree> {
    match tree {
        Tree::Leaf("symbol", name) if names.contains(&name) => Ok(Tree::Leaf("_aliasarg", name)),
        Tree::Leaf("symbol", name) if name.starts_with(b"$") => {
            Err(Error::parse([b"invalid symbol '", &name[..], b"'"].concat(), None))
        }
        Tree::Node(kind, children) => {
            let children = children.into_iter().map(|child| mark(child, names));
            Ok(Tree::Node(kind, children.collect::<Result<_>>()?))
        }
        leaf => Ok(leaf),
    }
}

/// A parse error in one line: `at 3: unexpected token`.
fn message_of(error: &Error) -> Vec<u8> {
    match error.location {
        Some(location) => format!("at {location}: {}", error.message.as_bstr()).into_bytes(),
        None => error.message.clone(),
    }
}
