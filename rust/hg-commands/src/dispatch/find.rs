//! Which command a name means: aliases of the user, exact names, unique prefixes.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_types::similar::{similar, suggestion};
use hg_types::{Error, ErrorKind};

use super::{Failure, shell};
use crate::extensions::Enabled;
use crate::spec::{self, Spec};
use crate::{Command, Ui, extensions, help, table};

/// A command as the user called it: an entry of the table, or an alias of one.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    /// The name in messages: the command's own, or the alias's.
    pub(crate) name: Vec<u8>,
    /// The command; `None` for no command at all.
    spec: Option<&'static Spec>,
    /// The command, when an extension added it.
    added: Option<&'static Command>,
    /// The alias that led here.
    pub(crate) alias: Option<Alias>,
}

/// A user's alias of a command.
#[derive(Clone, Debug)]
pub(crate) struct Alias {
    /// The name of the command it stands for, as its definition has it.
    pub(crate) target: Vec<u8>,
    /// Arguments that come first.
    pub(crate) args: Vec<Vec<u8>>,
    /// The alias that this one is made of.
    pub(crate) inner: Option<Box<Self>>,
}

/// A user's alias of a shell command line.
#[derive(Clone, Debug)]
pub(crate) struct ShellAlias {
    /// Its name.
    pub(crate) name: Vec<u8>,
    /// The command line.
    pub(crate) definition: Vec<u8>,
}

/// What a name means.
#[derive(Debug)]
pub(crate) enum Found {
    /// A command.
    Entry(Entry),
    /// A shell command line.
    ShellAlias(ShellAlias),
    /// An alias whose definition is wrong.
    BadAlias(Error),
    /// Several commands begin so.
    Ambiguous(Vec<Vec<u8>>),
    /// Nothing.
    Unknown,
}

static NO_COMMAND: Spec = Spec {
    names: "",
    summary: "",
    synopsis: "",
    category: spec::Category::None,
    need: spec::Need::NoRepo,
    extension: "",
    options: &[],
};

impl Entry {
    /// No command: only global options were given.
    pub(crate) fn nothing() -> Self {
        Self { name: Vec::new(), spec: None, added: None, alias: None }
    }

    pub(crate) fn of(spec: &'static Spec) -> Self {
        Self { name: spec.name().into(), spec: Some(spec), added: None, alias: None }
    }

    /// Whether an extension has added or replaced it.
    pub(crate) fn is_added(&self) -> bool {
        self.added.is_some()
    }

    /// The specification of the command.
    pub(crate) fn spec(&self) -> &'static Spec {
        self.spec.unwrap_or(&NO_COMMAND)
    }

    /// The command, if it can run.
    pub(crate) fn command(&self) -> Option<&'static Command> {
        self.added.or_else(|| registered(self.spec?.name().as_bytes()))
    }

    /// The arguments of the alias with `$1` and so on filled in, then the ones left over.
    pub(crate) fn expand_arguments(&self, given: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Failure> {
        let mut args = given.to_vec();
        let mut alias = self.alias.as_ref();
        while let Some(current) = alias {
            args = current.expand(&args)?;
            alias = current.inner.as_deref();
        }
        Ok(args)
    }
}

impl Alias {
    /// The command and arguments that it stands for, as one text.
    pub(crate) fn definition(&self) -> Vec<u8> {
        let mut words = vec![self.target.clone()];
        words.extend(self.args.iter().cloned());
        words.join(&b' ')
    }

    fn expand(&self, given: &[Vec<u8>]) -> Result<Vec<Vec<u8>>, Failure> {
        let mut used = vec![false; given.len()];
        // Values are put between the quotation marks that the words of the definition need: they
        // stay whole, as long as they have no such marks themselves.
        let words: Vec<Vec<u8>> = self.args.iter().map(|arg| shell::quote(arg)).collect();
        let (line, changed) = fill_in(&words.join(&b' '), given, &mut used)?;
        let mut out = match changed {
            true => shell::split(&line).map_err(Error::abort)?,
            false => self.args.clone(),
        };
        let left = given.iter().zip(used).filter(|(_, used)| !used).map(|(arg, _)| arg.clone());
        out.extend(left);
        Ok(out)
    }
}

/// Replaces `$1` and so on in `text`; says whether there was any.
fn fill_in(text: &[u8], given: &[Vec<u8>], used: &mut [bool]) -> Result<(Vec<u8>, bool), Failure> {
    let mut out = Vec::new();
    let mut changed = false;
    let mut rest = text;
    while let Some(at) = rest.find_byte(b'$') {
        out.extend_from_slice(&rest[..at]);
        rest = &rest[at + 1..];
        let digits = rest.iter().take_while(|b| b.is_ascii_digit()).count();
        if digits == 0 {
            out.push(b'$');
            continue;
        }
        let number = hg_config::value::parse_int(&rest[..digits]).unwrap_or(0);
        rest = &rest[digits..];
        let index = usize::try_from(number).ok().and_then(|number| number.checked_sub(1));
        let Some(value) = index.and_then(|index| given.get(index)) else {
            return Err(Error::input("too few arguments for command alias").into());
        };
        if let Some(used) = index.and_then(|index| used.get_mut(index)) {
            *used = true;
        }
        out.extend_from_slice(value);
        changed = true;
    }
    out.extend_from_slice(rest);
    Ok((out, changed))
}

impl ShellAlias {
    /// Runs the command line; the result is its exit code.
    pub(crate) fn run(&self, ui: &Ui, args: &[Vec<u8>]) -> Result<i32, Failure> {
        let name = &*self.name;
        let all: Vec<&[u8]> = std::iter::once(name).chain(args.iter().map(|a| &**a)).collect();
        let line = self.interpolate(args);
        let variables = [("HG_ARGS", all.join(&b' '))];
        Ok(shell::system(ui, &line, &variables))
    }

    /// Fills in `$0`, `$1`, `$@`, `"$@"`, `$$`.
    fn interpolate(&self, args: &[Vec<u8>]) -> Vec<u8> {
        let quoted: Vec<Vec<u8>> = args.iter().map(|arg| always_quote(arg)).collect();
        let mut out = Vec::new();
        let mut rest = &*self.definition;
        while !rest.is_empty() {
            if let Some(after) = rest.strip_prefix(b"\"$@\"") {
                out.extend_from_slice(&quoted.join(&b' '));
                rest = after;
                continue;
            }
            let Some(after) = rest.strip_prefix(b"$") else {
                out.push(rest[0]);
                rest = &rest[1..];
                continue;
            };
            let digits = after.iter().take_while(|b| b.is_ascii_digit()).count();
            if let Some(tail) = after.strip_prefix(b"@") {
                out.extend_from_slice(&args.join(&b' '));
                rest = tail;
            } else if let Some(tail) = after.strip_prefix(b"$") {
                out.push(b'$');
                rest = tail;
            } else if digits > 0 {
                let number = hg_config::value::parse_int(&after[..digits]).unwrap_or(0);
                match usize::try_from(number).unwrap_or(usize::MAX) {
                    0 => out.extend_from_slice(&self.name),
                    number => {
                        out.extend_from_slice(args.get(number - 1).map_or(&[], |arg| &**arg));
                    }
                }
                rest = &after[digits..];
            } else {
                out.push(b'$');
                rest = after;
            }
        }
        out
    }
}

/// Quotes a word for the shell whether it needs it or not.
fn always_quote(word: &[u8]) -> Vec<u8> {
    let quoted = shell::quote(word);
    if quoted == word { [b"'", word, b"'"].concat() } else { quoted }
}

impl Found {
    pub(crate) fn into_entry(self) -> Result<Entry, Failure> {
        match self {
            Self::Entry(entry) => Ok(entry),
            Self::BadAlias(error) => Err(error.into()),
            Self::Ambiguous(names) => Err(Failure::Ambiguous(Vec::new(), names)),
            Self::Unknown => Err(Failure::Unknown(Vec::new())),
            Self::ShellAlias(alias) => Err(Failure::Unknown(alias.name)),
        }
    }
}

/// The registered command with this exact name.
pub(crate) fn registered(name: &[u8]) -> Option<&'static Command> {
    table::COMMANDS.iter().copied().find(|command| command.spec.name().as_bytes() == name)
}

/// Specifications of the commands that this configuration has.
pub(crate) fn available(config: &Config) -> Vec<&'static Spec> {
    let enabled = Enabled::of(config);
    spec::all()
        .filter(|spec| {
            spec.extension.is_empty()
                || enabled.has_native(spec.extension)
                // The patch queue brings `strip` along.
                || (spec.extension == "strip" && enabled.has_native("mq"))
                || enabled.contained.iter().any(|name| name == spec.extension)
        })
        .collect()
}

/// What `name` means.
pub(crate) fn find(ui: &Ui, name: &[u8]) -> Result<Found, Failure> {
    let config = ui.config();
    let aliases = alias_definitions(&config);
    let added = ui.host().map(|host| host.commands()).unwrap_or_default();
    let specs = with_added(available(&config), &added);
    let mut found = find_among(&config, &specs, &aliases, name)?;
    if let Found::Entry(entry) = &mut found {
        let same = |command: &&&'static Command| {
            entry.spec.is_some_and(|spec| std::ptr::eq(spec, command.spec))
        };
        entry.added = added.iter().find(same).copied();
    }
    Ok(found)
}

/// The specifications with those of extensions, which take the place of built-in ones of their name.
fn with_added(mut specs: Vec<&'static Spec>, added: &[&'static Command]) -> Vec<&'static Spec> {
    for command in added {
        match specs.iter_mut().find(|spec| spec.name() == command.spec.name()) {
            Some(spec) => *spec = command.spec,
            None => specs.push(command.spec),
        }
    }
    specs
}

/// Specifications of the commands that this run has, those of extensions among them.
pub(crate) fn all_available(ui: &Ui) -> Vec<&'static Spec> {
    let added = ui.host().map(|host| host.commands()).unwrap_or_default();
    with_added(available(&ui.config()), &added)
}

/// Definitions of `[alias]` in order, without the sub-options.
pub(crate) fn alias_definitions(config: &Config) -> Vec<(Vec<u8>, Vec<u8>)> {
    config
        .items("alias")
        .filter(|(name, _)| !name.contains(&b':'))
        .map(|(name, definition)| (name.to_vec(), definition.to_vec()))
        .collect()
}

type Definitions = [(Vec<u8>, Vec<u8>)];

fn find_among(
    config: &Config,
    specs: &[&'static Spec],
    aliases: &Definitions,
    name: &[u8],
) -> Result<Found, Failure> {
    if let Some(at) = aliases.iter().rposition(|(alias, _)| alias == name) {
        return Ok(resolve_alias(config, specs, aliases, at));
    }
    // A command's only name wins over another one's alias (`debugrevlogindex`).
    let only_name = specs.iter().find(|spec| spec.names.as_bytes() == name);
    if let Some(spec) = only_name.or_else(|| specs.iter().find(|spec| has_name(spec, name))) {
        return Ok(Found::Entry(Entry::of(spec)));
    }
    let strict = config.get_bool("ui", "strict").unwrap_or(false);
    let candidates = if strict { Vec::new() } else { prefixed(specs, aliases, name) };
    match &*candidates {
        [] => Err(Failure::Unknown(name.to_vec())),
        [only] => find_among(config, specs, aliases, only),
        _ => Err(Failure::Ambiguous(name.to_vec(), candidates)),
    }
}

fn has_name(spec: &Spec, name: &[u8]) -> bool {
    spec.names.split('|').any(|candidate| candidate.as_bytes() == name)
}

/// Names that begin with `prefix`, one for each command, sorted; debug commands only without others.
fn prefixed(specs: &[&'static Spec], aliases: &Definitions, prefix: &[u8]) -> Vec<Vec<u8>> {
    let mut ordinary = Vec::new();
    let mut debug = Vec::new();
    for spec in specs {
        let name = spec.names.split('|').find(|name| name.as_bytes().starts_with(prefix));
        let shadowed = |name: &str| aliases.iter().any(|(alias, _)| alias == name.as_bytes());
        let Some(name) = name.filter(|name| !shadowed(name)) else { continue };
        let group =
            if spec.is_debug() || name.starts_with("debug") { &mut debug } else { &mut ordinary };
        group.push(name.as_bytes().to_vec());
    }
    for (alias, _) in aliases.iter().filter(|(alias, _)| alias.starts_with(prefix)) {
        ordinary.push(alias.clone());
    }
    let mut found = if ordinary.is_empty() { debug } else { ordinary };
    found.sort();
    found.dedup();
    found
}

/// Early options that an alias must not contain.
const EARLY: &[&[u8]] = &[
    b"--config",
    b"--config-file",
    b"--cwd",
    b"--debugger",
    b"--profile",
    b"-R",
    b"--repository",
    b"--repo",
];

fn resolve_alias(
    config: &Config,
    specs: &[&'static Spec],
    aliases: &Definitions,
    at: usize,
) -> Found {
    let (name, definition) = &aliases[at];
    let bad = |text: Vec<u8>| Found::BadAlias(Error::new(ErrorKind::Config, text));
    if definition.is_empty() {
        return bad([b"no definition for alias '", &**name, b"'"].concat());
    }
    if let Some(line) = definition.strip_prefix(b"!") {
        return Found::ShellAlias(ShellAlias { name: name.clone(), definition: line.to_vec() });
    }
    let mut words = match shell::split(definition) {
        Ok(words) if !words.is_empty() => words,
        Ok(_) => return bad([b"no definition for alias '", &**name, b"'"].concat()),
        Err(why) => {
            let parts = [b"error in definition for alias '", &**name, b"': ", why.as_bytes()];
            return bad(parts.concat());
        }
    };
    let early = early_options(&words);
    if !early.is_empty() {
        let parts: [&[u8]; 5] = [
            b"error in definition for alias '",
            name,
            b"': ",
            &early.join(&b'/'),
            b" may only be given on the command line",
        ];
        return bad(parts.concat());
    }
    let target = words.remove(0);
    // An alias sees the ones defined before it, so that it can extend a command of its own name.
    match find_among(config, specs, &aliases[..at], &target) {
        Ok(Found::Entry(entry)) => {
            let inner = entry.alias.map(Box::new);
            let env = config.environment();
            let words = words.iter().map(|word| hg_config::expand_path(env, word)).collect();
            let alias = Alias { target, args: words, inner };
            Found::Entry(Entry { name: name.clone(), alias: Some(alias), ..entry })
        }
        Ok(Found::ShellAlias(inner)) => Found::ShellAlias(ShellAlias {
            name: name.clone(),
            definition: [&*inner.definition, b" ", &words.join(&b' ')].concat(),
        }),
        Ok(other @ (Found::BadAlias(_) | Found::Ambiguous(_) | Found::Unknown)) => other,
        Err(Failure::Ambiguous(..)) => {
            bad([b"alias '", &**name, b"' resolves to ambiguous command '", &target, b"'"].concat())
        }
        Err(_) => {
            let parts = [b"alias '", &**name, b"' resolves to unknown command '", &target, b"'"];
            let mut error = Error::new(ErrorKind::Config, parts.concat());
            if let Some((target, extension)) = extensions::provider(&target) {
                let parts = [
                    b"'",
                    target.as_bytes(),
                    b"' is provided by '",
                    extension.as_bytes(),
                    b"' extension",
                ];
                error = error.hint(parts.concat());
            }
            Found::BadAlias(error)
        }
    }
}

/// The early options among the words of an alias that have their values.
fn early_options(words: &[Vec<u8>]) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut words = words.iter();
    while let Some(word) = words.next() {
        if word == b"--" {
            break;
        }
        let name = word.split(|&b| b == b'=').next().unwrap_or(word);
        let flag = matches!(name, b"--debugger" | b"--profile");
        let complete = flag || word.len() > name.len();
        if word.starts_with(b"-R") && word.len() > 2 {
            out.push(b"-R".to_vec());
        } else if EARLY.contains(&name) && (complete || words.next().is_some()) {
            out.push(name.to_vec());
        }
    }
    out
}

/// All commands and aliases that help lists, by name.
pub(crate) fn listing(ui: &Ui) -> BTreeMap<Vec<u8>, Entry> {
    let config = ui.config();
    let added = ui.host().map(|host| host.commands()).unwrap_or_default();
    let entry = |spec: &'static Spec| Entry {
        added: added.iter().find(|command| std::ptr::eq(command.spec, spec)).copied(),
        ..Entry::of(spec)
    };
    let mut out: BTreeMap<Vec<u8>, Entry> = with_added(available(&config), &added)
        .into_iter()
        .map(|spec| (spec.name().as_bytes().to_vec(), entry(spec)))
        .collect();
    for (name, _) in alias_definitions(&config) {
        if let Ok(Found::Entry(entry)) = find(ui, &name) {
            out.insert(name, entry);
        }
    }
    out
}

/// `hg: unknown command 'x'` with what may help.
pub(crate) fn report_unknown(ui: &Ui, name: &[u8]) {
    ui.warn([b"hg: unknown command '", name, b"'\n"].concat());
    if let Some(text) = help::disabled_command(ui, name) {
        ui.write(text);
        return;
    }
    let config = ui.config();
    let mut names: Vec<Vec<u8>> = all_available(ui)
        .iter()
        .flat_map(|spec| spec.names.split('|'))
        .map(|name| name.as_bytes().to_vec())
        .collect();
    names.extend(alias_definitions(&config).into_iter().map(|(name, _)| name));
    let mut alike = similar(name, names.iter().map(Vec::as_slice));
    alike.dedup();
    match suggestion(&alike) {
        Some(text) => ui.warn([b"(", &*text, b")\n"].concat()),
        None => ui.warn("(use 'hg help' for a list of commands)\n"),
    }
}

/// What `name` means, for help: failures are findings too.
pub(crate) fn find_command(ui: &Ui, name: &[u8]) -> Found {
    match find(ui, name) {
        Ok(found) => found,
        Err(Failure::Ambiguous(_, names)) => Found::Ambiguous(names),
        Err(_) => Found::Unknown,
    }
}

/// The command that `name` means, for commands about commands.
pub(crate) fn entry(ui: &Ui, name: &[u8]) -> Result<Entry, Error> {
    match find(ui, name).and_then(Found::into_entry) {
        Ok(entry) => Ok(entry),
        Err(Failure::Error(error)) => Err(error),
        Err(failure) => Err(super::carry(failure)),
    }
}
