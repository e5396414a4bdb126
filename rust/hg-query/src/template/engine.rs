//! The templates of one command: found by name, compiled on first use, rendered many times.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use hg_store::Repo;
use hg_types::{Error, ErrorKind, Result};

use crate::parser::{AliasRules, Tree, describe_location};
use crate::plugins::Plugins;

use super::code::Code;
use super::history::History;
use super::host::Host;
use super::scope::Scope;
use super::syntax;
use super::value::{Name, Value, Vars};

/// Templates and what they are evaluated with.
pub struct Engine {
    /// The user's side.
    pub host: Rc<dyn Host>,
    pub(super) plugins: Arc<Plugins>,
    history: Option<Rc<History>>,
    sources: HashMap<Vec<u8>, Source>,
    compiled: RefCell<HashMap<Vec<u8>, State>>,
    builtin: RefCell<HashMap<&'static str, Rc<Code>>>,
    defaults: Vec<(Name, Value)>,
    aliases: Option<AliasRules>,
    keywords: bool,
    default_items: bool,
    pub(super) caches: super::keywords::Caches,
    pub(super) queries: super::functions::Queries,
}

/// Where the text of a template comes from.
#[derive(Clone, Debug)]
pub(super) enum Source {
    /// The text itself.
    Text(Vec<u8>),
    /// A file that is read when the template is used; and what the user called it.
    File(std::path::PathBuf, Vec<u8>),
}

/// How some keywords show their items while no template of their name says otherwise.
const DEFAULT_ITEMS: [(&str, &str); 6] = [
    ("envvar", "{key}={value}"),
    ("extra", "{key}={value|stringescape}"),
    ("file_copy", "{name} ({source})"),
    ("filecopy", "{name} ({source})"),
    ("manifest", "{rev}:{node|formatnode}"),
    ("parent", "{rev}:{node|formatnode} "),
];

enum State {
    Compiling,
    Ready(Rc<Code>),
}

impl Engine {
    /// Without templates.
    #[must_use]
    pub fn new(host: Rc<dyn Host>, repo: Option<Repo>) -> Self {
        let history = repo.map(|repo| History::new(repo, Rc::clone(&host)));
        Self {
            plugins: host.plugins(),
            host,
            history,
            sources: HashMap::new(),
            compiled: RefCell::default(),
            builtin: RefCell::default(),
            defaults: Vec::new(),
            aliases: None,
            keywords: true,
            default_items: false,
            caches: super::keywords::Caches::default(),
            queries: super::functions::Queries::default(),
        }
    }

    /// Adds or replaces the template called `name`.
    pub fn add(&mut self, name: impl Into<Vec<u8>>, text: impl Into<Vec<u8>>) {
        self.add_source(name.into(), Source::Text(text.into()));
    }

    pub(super) fn add_source(&mut self, name: Vec<u8>, source: Source) {
        self.compiled.borrow_mut().remove(&name);
        self.sources.insert(name, source);
    }

    /// Makes names of the `templatealias` section usable.
    pub fn set_aliases<'a>(&mut self, definitions: impl IntoIterator<Item = (&'a [u8], &'a [u8])>) {
        let rules = syntax::alias_rules(definitions);
        self.aliases = (!rules.is_empty()).then_some(rules);
    }

    /// Adds a variable that templates see where nothing else is called so.
    pub fn set_default(&mut self, name: Name, value: Value) {
        self.defaults.push((name, value));
    }

    /// Leaves out all keywords: only variables are known.
    pub fn without_keywords(&mut self) {
        self.keywords = false;
    }

    /// Makes the templates of items usable by name that keywords of changesets are shown with by default.
    pub fn with_default_items(&mut self) {
        self.default_items = true;
    }

    /// The text of such a template.
    pub(super) fn default_item(&self, name: &[u8]) -> Option<&'static str> {
        let mut known = DEFAULT_ITEMS.iter().filter(|_| self.default_items);
        known.find(|(item, _)| item.as_bytes() == name).map(|(_, text)| *text)
    }

    pub(super) fn has_keywords(&self) -> bool {
        self.keywords
    }

    /// Whether there is a template called `name`.
    #[must_use]
    pub fn has(&self, name: &[u8]) -> bool {
        self.sources.contains_key(name)
    }

    /// Replaces aliases in a tree.
    ///
    /// # Errors
    /// When an alias is bad.
    pub fn expand_aliases(&self, tree: Tree) -> Result<Tree> {
        match &self.aliases {
            Some(aliases) => aliases.expand(tree),
            None => Ok(tree),
        }
    }

    /// The template called `name`, compiled.
    ///
    /// # Errors
    /// When it does not exist, cannot be read or compiled, or contains itself.
    pub fn template(&self, name: &[u8]) -> Result<Rc<Code>> {
        match self.compiled.borrow().get(name) {
            Some(State::Ready(code)) => return Ok(Rc::clone(code)),
            Some(State::Compiling) => {
                let message = [b"recursive reference '", name, b"' in template"].concat();
                return Err(Error::input(message));
            }
            None => {}
        }
        let Some(source) = self.sources.get(name) else {
            return match self.default_item(name) {
                Some(text) => self.builtin(text),
                None => Err(not_in_map(name)),
            };
        };
        self.compiled.borrow_mut().insert(name.to_vec(), State::Compiling);
        let compiled = self.compile_source(source);
        let mut states = self.compiled.borrow_mut();
        match compiled {
            Ok(code) => {
                let code = Rc::new(code);
                states.insert(name.to_vec(), State::Ready(Rc::clone(&code)));
                Ok(code)
            }
            Err(error) => {
                states.remove(name);
                Err(error)
            }
        }
    }

    fn compile_source(&self, source: &Source) -> Result<Code> {
        let text = match source {
            Source::Text(text) => text.clone(),
            Source::File(path, called) => std::fs::read(path).map_err(|error| {
                let why = hg_vfs::os_message(&error);
                let message = [&b"template file "[..], called, b": ", &why].concat();
                Error::abort(message).because(error)
            })?,
        };
        self.compile(&text)
    }

    /// Compiles a template that has no name.
    ///
    /// # Errors
    /// On syntax errors and unknown functions.
    pub fn compile(&self, text: &[u8]) -> Result<Code> {
        let tree = self.expand_aliases(syntax::parse(text)?)?;
        Code::compile(&tree, self).map_err(|error| describe_location(error, text, br"\n"))
    }

    /// Compiles a template of this program, once.
    pub(super) fn builtin(&self, text: &'static str) -> Result<Rc<Code>> {
        if let Some(code) = self.builtin.borrow().get(text) {
            return Ok(Rc::clone(code));
        }
        let tree = syntax::parse(text.as_bytes())?;
        let code = Rc::new(Code::compile(&tree, self)?);
        self.builtin.borrow_mut().insert(text, Rc::clone(&code));
        Ok(code)
    }

    /// Appends the rendering of the template called `name`.
    ///
    /// # Errors
    /// When it does not exist or cannot be evaluated.
    pub fn render(&self, name: &[u8], scope: &Scope, out: &mut Vec<u8>) -> Result<()> {
        let code = self.template(name)?;
        self.render_code(&code, scope, out)
    }

    /// Appends the rendering with these variables.
    ///
    /// # Errors
    /// When it does not exist or cannot be evaluated.
    pub fn render_vars(&self, name: &[u8], vars: Vars, out: &mut Vec<u8>) -> Result<()> {
        self.render(name, &Scope::root(vars), out)
    }

    /// The names of variables and keywords, and those of functions and filters, that a template uses, also through
    /// other templates.
    ///
    /// # Errors
    /// When a template cannot be read.
    pub fn symbols_used(&self, name: &[u8]) -> Result<(BTreeSet<Vec<u8>>, BTreeSet<Vec<u8>>)> {
        let (mut keywords, mut functions) = (BTreeSet::new(), BTreeSet::new());
        let mut todo = vec![name.to_vec()];
        let mut seen = BTreeSet::new();
        while let Some(name) = todo.pop() {
            let text = match self.sources.get(&name) {
                Some(Source::Text(text)) => text.clone(),
                _ => match self.default_item(&name) {
                    Some(text) => text.as_bytes().to_vec(),
                    None => continue,
                },
            };
            if !seen.insert(name) {
                continue;
            }
            let tree = self.expand_aliases(syntax::parse(&text)?)?;
            let (used, called) = syntax::symbols_used(&tree)?;
            todo.extend(used.iter().map(|name| name.to_vec()));
            keywords.extend(used.into_iter().map(<[u8]>::to_vec));
            functions.extend(called.into_iter().map(<[u8]>::to_vec));
        }
        Ok((keywords, functions))
    }

    /// The default of a variable.
    pub(super) fn default_of(&self, name: &[u8]) -> Option<&Value> {
        self.defaults.iter().find(|(known, _)| &known[..] == name).map(|(_, value)| value)
    }

    /// The repository and what is known of it; keywords that speak of it are empty without.
    #[must_use]
    pub fn history(&self) -> Option<&Rc<History>> {
        self.history.as_ref()
    }

    /// The repository, for what cannot do without.
    pub(super) fn need_repo(&self) -> Result<&Repo> {
        Ok(self.need_history()?.repo())
    }

    /// The history, for what cannot do without.
    pub(super) fn need_history(&self) -> Result<&Rc<History>> {
        self.history.as_ref().ok_or_else(|| unavailable("repo"))
    }
}

/// What a rendering without the needed context says.
pub(super) fn unavailable(resource: &str) -> Error {
    Error::abort(format!("template resource not available: {resource}"))
}

/// A template that does not exist.
pub(super) fn not_in_map(name: &[u8]) -> Error {
    Error::new(ErrorKind::Abort, [b"\"", name, b"\" not in template map"].concat())
}
