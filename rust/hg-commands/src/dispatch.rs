//! From arguments to a command: early options, configuration, aliases, the repository, hooks,
//! errors. Written once, over the command table.

mod base;
mod early;
mod find;
mod handover;
mod shell;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_config::{Config, Environment, RepoLayers};
use hg_store::{OpenOptions, Repo};
use hg_types::{Error, Result};

use crate::extensions::{self, Enabled};
use crate::hooks::{self, Hooks};
use crate::options::{self, Opts, Order, UsageError};
use crate::spec::{self, Need, Opt, Spec};
use crate::{Command, CommandContext, Host, Streams, Ui, error, help};

pub use base::Base;
use early::EarlyOptions;
pub(crate) use find::{Entry, Found, ShellAlias, available, entry, find_command, listing};
use handover::Handover;

/// One run of the program: arguments (without the program's name), environment, streams.
pub struct Request {
    /// The arguments after the program's name.
    pub args: Vec<Vec<u8>>,
    /// What the process gives.
    pub env: Environment,
    /// Input and output.
    pub streams: Streams,
    /// Whoever loads extensions; without one, a run that needs extensions hands over to Python.
    pub host: Option<Arc<dyn Host>>,
    /// For runs of a command server: what they have in common with it.
    pub base: Option<Base>,
}

/// A failure on the way to a command or in it.
#[derive(Debug)]
pub(crate) enum Failure {
    /// An ordinary error.
    Error(Error),
    /// The arguments of a command are wrong: complaint, then its usage.
    Usage(Entry, Vec<u8>),
    /// The global arguments are wrong.
    GlobalUsage(Vec<u8>),
    /// The arguments of an alias without meaning are wrong: name, complaint, what the alias lacks.
    BadAliasUsage(Vec<u8>, Vec<u8>, Box<Error>),
    /// Help was asked about an alias without meaning.
    HelpInstead(Error),
    /// No command has that name.
    Unknown(Vec<u8>),
    /// Several commands begin with that name.
    Ambiguous(Vec<u8>, Vec<Vec<u8>>),
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self::Error(error)
    }
}

/// A failure to find a command, as an error that a command can return.
#[derive(Debug, thiserror::Error)]
#[error("no such command")]
struct Lookup(std::sync::Mutex<Option<Failure>>);

/// Wraps a failure to find a command, so that commands about commands report it the same way.
pub(crate) fn carry(failure: Failure) -> Error {
    Error::input("no such command").because(Lookup(std::sync::Mutex::new(Some(failure))))
}

/// Marks errors of [`usage_error`] among ordinary ones.
#[derive(Debug, thiserror::Error)]
#[error("usage")]
struct Usage;

/// Whether an error is one of [`usage_error`].
pub(crate) fn is_usage(error: &Error) -> bool {
    error.source.as_ref().is_some_and(|source| source.is::<Usage>())
}

/// The error for arguments that do not fit `command`.
#[must_use]
pub fn usage_error(complaint: &[u8]) -> Error {
    Error::input(complaint).because(Usage)
}

/// Runs the program and returns its exit code.
#[must_use]
pub fn run(request: Request) -> i32 {
    let Request { args, env, streams, host, base } = request;
    let plain = Arc::new(Config::empty(env.clone()));
    let ui = match Ui::new(plain, streams) {
        Ok(ui) => Arc::new(ui.with_host(host)),
        Err(_) => return 255,
    };
    let outcome = dispatch(&ui, &args, &env, base);
    // A truncated file explains every other failure, and nothing read from it can be trusted.
    let outcome = match hg_vfs::take_torn_file() {
        Some(path) => Err(Error::from(hg_vfs::Error::Torn { path }).into()),
        None => outcome,
    };
    let code = match outcome {
        Ok(code) => code,
        Err(failure) => report(&ui, failure),
    };
    finish(&ui, code)
}

/// Sends the last output; a stream that refuses it decides the exit code.
fn finish(ui: &Ui, code: i32) -> i32 {
    ui.flush();
    let result = ui.check();
    ui.end_pager();
    match result {
        Ok(()) => code & 255,
        Err(failure) => error::report(ui, &failure),
    }
}

/// Tells the user what went wrong.
fn report(ui: &Arc<Ui>, failure: Failure) -> i32 {
    let usage_code = |ui: &Ui| {
        let detailed = ui.config().get_bool("ui", "detailed-exit-code").unwrap_or(false);
        if detailed { 10 } else { 255 }
    };
    match failure {
        Failure::Error(failure) => return error::report(ui, &failure),
        Failure::GlobalUsage(complaint) => {
            ui.warn([b"hg: ", &*complaint, b"\n"].concat());
            ui.warn("(use 'hg help -v' for a list of global options)\n");
        }
        Failure::Usage(entry, complaint) => {
            ui.warn([b"hg ", &*entry.name, b": ", &*complaint, b"\n"].concat());
            help::short_usage(ui, &entry);
        }
        Failure::BadAliasUsage(name, complaint, error) => {
            ui.warn([b"hg ", &*name, b": ", &*complaint, b"\n"].concat());
            ui.write(help::bad_alias(ui, &error));
        }
        Failure::HelpInstead(error) => {
            ui.write(help::bad_alias(ui, &error));
            return 0;
        }
        Failure::Unknown(name) => find::report_unknown(ui, &name),
        Failure::Ambiguous(name, candidates) => {
            ui.warn([b"hg: command '", &*name, b"' is ambiguous:\n"].concat());
            ui.warn([b"    ", &*candidates.join(&b' '), b"\n"].concat());
        }
    }
    usage_code(ui)
}

/// What is known before the command line is parsed in full.
pub(crate) struct Session {
    pub(crate) ui: Arc<Ui>,
    pub(crate) early: EarlyOptions,
    pub(crate) root: Option<PathBuf>,
    /// What decides whether Python takes over.
    handover: Option<Handover>,
    /// The empty repository below a bundle; goes at the end.
    scratch: std::cell::OnceCell<hg_wire::bundle_repo::Scratch>,
}

fn dispatch(
    ui: &Arc<Ui>,
    args: &[Vec<u8>],
    env: &Environment,
    base: Option<Base>,
) -> Result<i32, Failure> {
    let mut early = EarlyOptions::parse(args, env.plain().strict_flags());
    let mut config = Config::load(env)?;
    if let Some(base) = &base {
        config.take_settings(&base.settings);
        early.inherited = base.repository.clone();
    }
    ui.reconfigure(Arc::new(config.clone()))?;
    for file in &early.config_files {
        config.apply_option_file(file).map_err(|error| {
            // The way out that is not seen from the command line.
            let elsewhere = early.cwd.is_some() && error.hint.is_none();
            if elsewhere {
                error.hint("this file is resolved before --cwd is processed")
            } else {
                error
            }
        })?;
    }
    for option in &early.config {
        if let Err(error) = config.apply_option(option) {
            // What stands so far may say which exit code this has.
            ui.reconfigure(Arc::new(config))?;
            return Err(error.into());
        }
    }
    config.tweak_defaults()?;
    if early.traceback {
        config.set("ui", "traceback", "on", "--traceback");
    }
    ui.reconfigure(Arc::new(config.clone()))?;
    if let Some(directory) = &early.cwd {
        change_directory(&mut config, directory)?;
    }
    let root = find_root(&config, &early)?;
    if let Some(root) = root.as_deref().filter(|root| root.join(".hg").is_dir()) {
        load_repository_config(ui, &mut config, root)?;
    }
    ui.reconfigure(Arc::new(config))?;
    let handover = load_extensions(ui, args, &env.cwd, base, root.as_deref())?;
    let session =
        Session { ui: ui.clone(), early, root, handover, scratch: std::cell::OnceCell::new() };
    session.run(args)
}

/// Loads extensions into the host that this run has; without one, decides whether Python takes over.
fn load_extensions(
    ui: &Arc<Ui>,
    args: &[Vec<u8>],
    start: &Path,
    base: Option<Base>,
    root: Option<&Path>,
) -> Result<Option<Handover>> {
    let Some(host) = ui.host() else {
        return Handover::decide(ui, args, start, base, root).map(Some);
    };
    let config = ui.config();
    let Enabled { missing, foreign, native, .. } = Enabled::of(&config);
    let source = |name: &Vec<u8>| {
        (name.clone(), config.get("extensions", name).unwrap_or_default().to_vec())
    };
    let mut absent: Vec<(Vec<u8>, &str)> = Vec::new();
    absent.extend(
        missing.into_iter().map(|name| (name.into_bytes(), "it is not part of this program yet")),
    );
    if !absent.is_empty() {
        extensions::tell_absent(ui, root, &absent)?;
    }
    let foreign: Vec<_> = foreign.iter().map(source).collect();
    let before = (*config).clone();
    ui.reconfigure(Arc::new(early::with_levels(&before, args)))?;
    host.load(ui, &foreign, &native)?;
    // The parsed command line decides what counts from here on.
    let mut after = (*ui.config()).clone();
    for (item, _) in early::LEVELS {
        match before.get_set("ui", item) {
            Some(value) => after.set("ui", item, value, before.source("ui", item)),
            None => after.unset("ui", item),
        }
    }
    ui.reconfigure(Arc::new(after))?;
    Ok(None)
}

fn load_repository_config(ui: &Ui, config: &mut Config, root: &Path) -> Result<()> {
    let loaded = config.load_repo(&RepoLayers::of(root));
    for warning in config.take_warnings() {
        ui.warn(warning);
    }
    loaded
}

fn change_directory(config: &mut Config, directory: &[u8]) -> Result<()> {
    let path = config.environment().cwd.join(directory.to_path_lossy());
    std::env::set_current_dir(&path).map_err(|failure| {
        let text = failure.to_string();
        let text = text.split(" (os error").next().unwrap_or_default().to_owned();
        Error::abort([text.as_bytes(), b": '", directory, b"'"].concat())
    })?;
    config.set_cwd(std::env::current_dir().unwrap_or(path));
    Ok(())
}

/// The repository that `-R` names, or that the current directory lies in.
fn find_root(config: &Config, early: &EarlyOptions) -> Result<Option<PathBuf>> {
    use hg_wire::{paths::Paths, url::Url};
    let env = config.environment();
    let here = find_above(&env.cwd);
    let Some(named) = early.repository().filter(|name| !name.is_empty()) else {
        return Ok(here);
    };
    let mut local = config.clone();
    if let Some(here) = &here {
        // A broken file here must not keep anybody from another repository.
        let _ = local.load_repo(&RepoLayers::of(here));
    }
    let location = if local.has("paths", named) {
        let paths = Paths::load(&local, here.as_deref(), &env.cwd)?;
        let path = paths.get(named).and_then(|paths| paths.first());
        path.map_or_else(|| named.to_vec(), |path| path.location.clone())
    } else {
        hg_config::expand_path(env, named)
    };
    let path = match Url::parse_with(&location, false) {
        Ok(url) if url.is_local() => url.local_path(),
        _ => location,
    };
    Ok(Some(path.to_path_lossy().into_owned()))
}

/// A bundle file that stands where a repository could, with the repository named before a `+`.
fn bundle_overlay(named: &Path) -> Option<(Option<PathBuf>, PathBuf)> {
    if named.is_file() {
        return Some((None, named.to_path_buf()));
    }
    let bytes = named.as_os_str().as_encoded_bytes();
    let rest = bytes.strip_prefix(b"bundle:")?;
    let path = |bytes: &[u8]| bytes.to_path_lossy().into_owned();
    match rest.iter().position(|&b| b == b'+') {
        Some(plus) => Some((Some(path(&rest[..plus])), path(&rest[plus + 1..]))),
        None => Some((None, path(rest))),
    }
}

/// Whoever may run only `hg -R REPO serve --stdio` through ssh must not be able to say more with it.
fn check_stdio(spec: &Spec, line: &[Vec<u8>]) -> Result<()> {
    if spec.name() != "serve" || !line.iter().any(|word| word == b"--stdio") {
        return Ok(());
    }
    if let [option, root, command, stdio] = line
        && (&option[..], &command[..], &stdio[..]) == (&b"-R"[..], b"serve", b"--stdio")
        && !root.starts_with(b"--")
    {
        return Ok(());
    }
    let words: Vec<Vec<u8>> = line.iter().map(|word| hg_types::quoted(word)).collect();
    let parts: [&[u8]; 3] =
        [b"potentially unsafe serve --stdio invocation: [", &words.join(&b", "[..]), b"]"];
    Err(Error::abort(parts.concat()))
}

/// The nearest directory at or above `start` that holds a `.hg`.
fn find_above(start: &Path) -> Option<PathBuf> {
    start.ancestors().find(|directory| directory.join(".hg").is_dir()).map(Path::to_path_buf)
}

/// A command line parsed in full.
struct Parsed {
    entry: Entry,
    args: Vec<Vec<u8>>,
    opts: Opts,
    globals: Opts,
}

impl Session {
    fn run(self, args: &[Vec<u8>]) -> Result<i32, Failure> {
        if let Some(code) = self.try_shell_alias(args)? {
            return Ok(code);
        }
        let parsed = self.parse(args)?;
        self.check_early(&parsed.globals)?;
        self.apply_globals(&parsed.globals)?;
        if parsed.globals.flag("version") {
            return self.invoke_named(b"version", Opts::default(), Vec::new(), parsed.globals);
        }
        if parsed.globals.flag("help") && parsed.entry.name.is_empty() {
            return Ok(help::help(&self.ui, help::Request::default())?);
        }
        if parsed.globals.flag("help") {
            return Ok(help::command_help(&self.ui, &parsed.entry)?);
        }
        if parsed.entry.name.is_empty() {
            return Ok(help::short_list(&self.ui)?);
        }
        self.invoke(parsed, args)
    }

    /// Parses global options up to the command, finds it, parses the rest by its table.
    fn parse(&self, args: &[Vec<u8>]) -> Result<Parsed, Failure> {
        let added = self.ui.host().map(|host| host.global_options()).unwrap_or_default();
        let globals: Vec<&Opt> =
            spec::global::OPTIONS.iter().chain(added.iter().copied()).collect();
        let (mut global_values, rest) = options::parse(args, &globals, Order::OptionsFirst)
            .map_err(|UsageError(text)| self.early_complaint(text))?;
        let Some((name, rest)) = rest.split_first() else {
            self.consider_handover(None, &global_values)?;
            let entry = Entry::nothing();
            return Ok(Parsed {
                entry,
                args: Vec::new(),
                opts: Opts::default(),
                globals: global_values,
            });
        };
        let found = find::find(&self.ui, name);
        self.consider_handover(Some(found.as_ref().ok()), &global_values)?;
        let entry = match found? {
            Found::BadAlias(error) => return Err(bad_alias(name, error, rest, &globals)),
            found => found.into_entry()?,
        };
        let mut rest = entry.expand_arguments(rest)?;
        if let Some(defaults) = self.ui.config().get_set("defaults", &entry.name) {
            let mut words = shell::split(defaults).map_err(Error::abort)?;
            words.append(&mut rest);
            rest = words;
        }
        let own = crate::extensions::options_of(&self.ui.config(), entry.spec());
        let added = self.ui.host().map(|host| host.global_options()).unwrap_or_default();
        let table: Vec<&Opt> =
            own.iter().copied().chain(spec::global::OPTIONS).chain(added.iter().copied()).collect();
        let order = if self.early.strict { Order::OptionsFirst } else { Order::Mixed };
        let (values, rest) = options::parse(&rest, &table, order).map_err(|UsageError(text)| {
            match self.early_complaint(text) {
                Failure::GlobalUsage(text) => {
                    if let Err(error) = self.set_verbosity_of_usage(args) {
                        return error.into();
                    }
                    Failure::Usage(entry.clone(), text)
                }
                other => other,
            }
        })?;
        let mut opts = Opts::with_defaults(own.iter().copied());
        for (name, value) in values.iter_given() {
            if own.iter().any(|opt| opt.long == name) {
                opts.set(name, value.clone());
            } else {
                global_values.add(name, value);
            }
        }
        Ok(Parsed { entry, args: rest, opts, globals: global_values })
    }

    /// Lets Python take over, if it is needed for the command that was found, or for none.
    fn consider_handover(
        &self,
        found: Option<Option<&Found>>,
        globals: &Opts,
    ) -> Result<(), Failure> {
        let Some(handover) = &self.handover else { return Ok(()) };
        let (name, known) = match found {
            None => (&b""[..], true),
            Some(Some(Found::Entry(entry))) => (entry.spec().name().as_bytes(), true),
            Some(Some(Found::ShellAlias(_) | Found::BadAlias(_))) => return Ok(()),
            Some(_) => (&b"?"[..], false),
        };
        Ok(handover.before(&self.ui, name, known, globals.flag("help"))?)
    }

    /// What is told about a command line that cannot be parsed is as short or long as its words ask for.
    fn set_verbosity_of_usage(&self, args: &[Vec<u8>]) -> Result<()> {
        let has = |long: &[u8], short: &[u8]| args.iter().any(|arg| arg == long || arg == short);
        let mut config = (*self.ui.config()).clone();
        for (long, short, item) in [
            (&b"--quiet"[..], &b"-q"[..], "quiet"),
            (b"--verbose", b"-v", "verbose"),
            (b"--debug", b"--debug", "verbose"),
        ] {
            if has(long, short) {
                config.set("ui", item, "on", long);
            }
        }
        self.ui.reconfigure(Arc::new(config))
    }

    /// `--config` without value has its own words.
    fn early_complaint(&self, text: Vec<u8>) -> Failure {
        // A value of the wrong type is bad input, not bad usage.
        if text.starts_with(b"invalid value ") {
            return Failure::Error(Error::input(text));
        }
        let shortened = text
            .strip_prefix(b"option --")
            .and_then(|rest| rest.strip_suffix(b" not a unique prefix"))
            .is_some_and(|name| b"config".starts_with(name) && name.len() > 2);
        if shortened || text == b"option --config requires argument" {
            return Error::input("option --config may not be abbreviated").into();
        }
        Failure::GlobalUsage(text)
    }

    /// Options that act before the command line is parsed must have been seen then.
    fn check_early(&self, globals: &Opts) -> Result<(), Failure> {
        let early = &self.early;
        let complaint = if globals.list("config") != &*early.config {
            "option --config may not be abbreviated"
        } else if globals.list("config-file") != &*early.config_files {
            "option --config-file may not be abbreviated"
        } else if globals.bytes("cwd") != early.cwd.as_deref() {
            "option --cwd may not be abbreviated"
        } else if globals.bytes("repository") != early.repository.as_deref() {
            "option -R has to be separated from other options (e.g. not -qR) and --repository may only be abbreviated as --repo"
        } else if globals.flag("debugger") != early.debugger {
            "option --debugger may not be abbreviated"
        } else if globals.flag("profile") != early.profile {
            "option --profile may not be abbreviated"
        } else {
            return Ok(());
        };
        Err(Error::input(complaint).into())
    }

    /// Makes the global options count: levels, colour, character set, interaction.
    fn apply_globals(&self, globals: &Opts) -> Result<()> {
        let mut config = (*self.ui.config()).clone();
        if ["verbose", "debug", "quiet"].iter().any(|name| globals.flag(name)) {
            for name in ["verbose", "debug", "quiet"] {
                let value = if globals.flag(name) { "True" } else { "False" };
                config.set("ui", name, value, format!("--{name}"));
            }
        }
        if globals.flag("traceback") {
            config.set("ui", "traceback", "on", "--traceback");
        }
        if globals.flag("noninteractive") {
            config.set("ui", "interactive", "off", "-y");
        }
        if let Some(color) = globals.nonempty("color") {
            config.set("ui", "color", color, "--color");
        }
        self.ui.reconfigure(Arc::new(config))?;
        if globals.flag("debugger") {
            return Err(Error::abort("there is no debugger for this program"));
        }
        self.ui.setup_encoding(globals.nonempty("encoding"), globals.nonempty("encodingmode"))?;
        extensions::beautify::tell(&self.ui);
        self.ui.setup_color()
    }

    fn invoke_named(
        self,
        name: &[u8],
        opts: Opts,
        args: Vec<Vec<u8>>,
        globals: Opts,
    ) -> Result<i32, Failure> {
        let entry = find::find(&self.ui, name)?.into_entry()?;
        self.invoke(Parsed { entry, args, opts, globals }, &[name.to_vec()])
    }

    fn invoke(self, parsed: Parsed, line: &[Vec<u8>]) -> Result<i32, Failure> {
        let Parsed { entry, args, opts, globals } = parsed;
        let spec = entry.spec();
        check_stdio(spec, line)?;
        let Some(command) = entry.command() else {
            let parts = [b"command '", spec.name().as_bytes(), b"' is not implemented yet"];
            return Err(Error::abort(parts.concat()).into());
        };
        let repo = match self.repository_for(spec, &args)? {
            Some(root) => Some(self.open(&root)?),
            None => None,
        };
        let repo = match repo {
            // Options that only an extension adds are never set without it.
            Some(main) if opts.flag("mq") => {
                Some(crate::commands::mq::on_patches(&self.ui, &main)?)
            }
            repo => repo,
        };
        if let Some(host) = self.ui.host() {
            host.populate(&self.ui)?;
        }
        if let Some(repo) = &repo {
            hg_repo::upgrade::upgrade_automatically(repo)?;
            repo.set_show_hidden(globals.flag("hidden"));
            if let Some(host) = self.ui.host() {
                host.repository(&self.ui, repo)?;
            }
        }
        let rerouted = self.ui.host().filter(|_| repo.is_some());
        let command = rerouted.and_then(|host| host.reroute(command)).unwrap_or(command);
        let ui = self.ui.clone();
        ui.setup_pager(globals.nonempty("pager"), spec.name())?;
        let extra = Vec::new();
        let context =
            CommandContext { ui, opts, globals, args, command, extra, repo, within: None };
        if context.repo.is_some() {
            context.ui.repeat_color_complaints();
        }
        if pages(&context) {
            context.ui.pager(spec.name())?;
        }
        let started = std::time::Instant::now();
        let result = self.run_with_hooks(&entry, &context, line);
        if context.globals.flag("time") {
            report_time(&context.ui, started);
        }
        match result {
            Err(failure) if is_usage(&failure) => Err(Failure::Usage(entry, failure.message)),
            Err(failure) => Err(carried(failure)),
            Ok(code) => Ok(code),
        }
    }

    /// Runs `pre-NAME`, the command, then `post-NAME` or `fail-NAME`.
    fn run_with_hooks(
        &self,
        entry: &Entry,
        context: &CommandContext,
        line: &[Vec<u8>],
    ) -> Result<i32> {
        if !self.ui.config().has_section_untrusted("hooks") {
            return context.run();
        }
        let name = entry.name.to_str_lossy();
        let hooks = Hooks::of_run(self.ui.clone());
        let repo = context.optional_repo();
        let options = context.command.spec.options;
        let mut args = hooks::command_args(line, &context.args, &context.opts, options);
        hooks.run_in(repo, &format!("pre-{name}"), true, &args)?;
        let result = context.run();
        match self.ui.late_failure().map_or(result, Err) {
            Ok(code) => {
                args.push(("result".to_owned(), code.to_string().into_bytes()));
                hooks.run_in(repo, &format!("post-{name}"), false, &args)?;
                Ok(code)
            }
            Err(failure) => {
                hooks.run_in(repo, &format!("fail-{name}"), false, &args)?;
                Err(failure)
            }
        }
    }

    fn open(&self, root: &Path) -> Result<Repo> {
        let options = OpenOptions {
            config: (*self.ui.config()).clone(),
            config_is_complete: true,
            reporter: Some(self.ui.clone()),
            hooks: Some(Arc::new(Hooks::of_run(self.ui.clone()))),
            display_root: self.early.repository().map(<[u8]>::to_vec),
            ..OpenOptions::default()
        };
        let repo = Repo::open(root, options)?;
        crate::commands::mq::setup::set_up(&self.ui.config(), &repo);
        if let Some((_, file)) = self.root.as_deref().and_then(bundle_overlay) {
            let name = self.early.repository().unwrap_or_default();
            hg_wire::bundle_repo::lay_over(&repo, &file, name)?;
        }
        Ok(repo)
    }

    /// The repository that a bundle given as `-R` lies over: the one named with it, the one around
    /// the current directory, or an empty one.
    fn below_bundle(&self, named: &Path) -> Result<PathBuf> {
        if let Some((Some(below), _)) = bundle_overlay(named) {
            return Ok(absolute(&below));
        }
        let config = self.ui.config();
        let main = config.get("bundle", "mainreporoot").filter(|root| !root.is_empty());
        if let Some(root) = main {
            return Ok(root.to_path_lossy().into_owned());
        }
        if let Some(root) = find_above(&self.ui.cwd()) {
            return Ok(root);
        }
        let options = OpenOptions { config: (*config).clone(), ..OpenOptions::default() };
        let scratch = hg_wire::bundle_repo::Scratch::new(options)?;
        Ok(self.scratch.get_or_init(|| scratch).root().to_path_buf())
    }

    /// The repository a command works on, if it works on one.
    fn repository_for(&self, spec: &Spec, args: &[Vec<u8>]) -> Result<Option<PathBuf>, Failure> {
        if spec.need == Need::NoRepo {
            let is_named = self.early.repository.as_ref().is_some_and(|name| !name.is_empty());
            if !spec.names.is_empty() && is_named {
                self.ui.warn("warning: --repository ignored\n");
            }
            return Ok(None);
        }
        if let Some(root) = &self.root {
            if root.join(".hg").is_dir() {
                let real = absolute(root);
                // Read again under its real name, which origins and warnings then show.
                let mut config = (*self.ui.config()).clone();
                load_repository_config(&self.ui, &mut config, &real)?;
                self.ui.reconfigure(Arc::new(config))?;
                return Ok(Some(real));
            }
            if bundle_overlay(root).is_some() {
                let below = self.below_bundle(root)?;
                let mut config = (*self.ui.config()).clone();
                load_repository_config(&self.ui, &mut config, &below)?;
                self.ui.reconfigure(Arc::new(config))?;
                return Ok(Some(below));
            }
            let named = self.early.repository().unwrap_or_default();
            if hg_wire::open::is_remote(named) {
                let parts: [&[u8]; 3] = [b"repository '", named, b"' is not local"];
                return Err(Error::abort(parts.concat()).into());
            }
            let parts = [b"repository ", named, b" not found"];
            return Err(Error::abort(parts.concat()).into());
        }
        match spec.need {
            Need::Optional => Ok(None),
            Need::RepoOfFile if !args.is_empty() => match self.infer_root(args) {
                Some(root) => {
                    let mut config = (*self.ui.config()).clone();
                    load_repository_config(&self.ui, &mut config, &root)?;
                    self.ui.reconfigure(Arc::new(config))?;
                    Ok(Some(root))
                }
                None => Err(self.no_repository().into()),
            },
            _ => Err(self.no_repository().into()),
        }
    }

    fn no_repository(&self) -> Error {
        let cwd = self.ui.cwd();
        let cwd = cwd.as_os_str().as_encoded_bytes();
        let parts = [b"no repository found in '", cwd, b"' (.hg not found)"];
        Error::input(parts.concat())
    }

    /// The one repository that all file arguments lie in.
    fn infer_root(&self, args: &[Vec<u8>]) -> Option<PathBuf> {
        let cwd = self.ui.cwd();
        let mut roots = args.iter().map(|arg| find_above(&cwd.join(arg.to_path_lossy())));
        let first = roots.next()??;
        roots.all(|root| root.as_ref() == Some(&first)).then(|| absolute(&first))
    }

    fn try_shell_alias(&self, args: &[Vec<u8>]) -> Result<Option<i32>, Failure> {
        let globals: Vec<&Opt> = spec::global::OPTIONS.iter().collect();
        let Ok((_, rest)) = options::parse(args, &globals, Order::OptionsFirst) else {
            return Ok(None);
        };
        let Some((name, rest)) = rest.split_first() else { return Ok(None) };
        match find::find(&self.ui, name) {
            Ok(Found::ShellAlias(alias)) => {
                // Options that act early have acted.
                Ok(Some(alias.run(&self.ui, &early::without(rest, self.early.strict))?))
            }
            _ => Ok(None),
        }
    }
}

/// Whether the output of a command is long enough to go through the pager.
fn pages(context: &CommandContext) -> bool {
    match context.command.spec.name() {
        "annotate" | "branches" | "config" | "diff" | "files" | "grep" | "heads" | "locate"
        | "log" | "manifest" | "paths" | "status" | "summary" | "tags" => true,
        "cat" | "export" => context.opts.nonempty("output").is_none_or(|output| output == b"-"),
        "resolve" | "shelve" => context.opts.flag("list"),
        _ => false,
    }
}

/// `--time`: how long the command took, by the clock and by the processor.
fn report_time(ui: &Ui, started: std::time::Instant) {
    use nix::sys::resource::{UsageWho, getrusage};
    let seconds = |time: nix::sys::time::TimeVal| {
        std::time::Duration::new(
            u64::try_from(time.tv_sec()).unwrap_or(0),
            u32::try_from(time.tv_usec()).unwrap_or(0) * 1000,
        )
        .as_secs_f64()
    };
    let usage = |who| {
        let usage = getrusage(who).ok();
        usage.map_or((0.0, 0.0), |usage| (seconds(usage.user_time()), seconds(usage.system_time())))
    };
    let (own, children) = (usage(UsageWho::RUSAGE_SELF), usage(UsageWho::RUSAGE_CHILDREN));
    ui.warn(format!(
        "time: real {:.3} secs (user {:.3}+{:.3} sys {:.3}+{:.3})\n",
        started.elapsed().as_secs_f64(),
        own.0,
        children.0,
        own.1,
        children.1
    ));
}

/// An alias without meaning has no options of its own; then its definition is the problem.
fn bad_alias(name: &[u8], error: Error, rest: &[Vec<u8>], globals: &[&Opt]) -> Failure {
    match options::parse(rest, globals, Order::Mixed) {
        Ok((values, _)) if values.flag("help") => Failure::HelpInstead(error),
        Ok(_) => Failure::Error(error),
        Err(UsageError(text)) => Failure::BadAliasUsage(name.to_vec(), text, Box::new(error)),
    }
}

/// The failure that an error carries, or the error.
fn carried(error: Error) -> Failure {
    let inner = error.source.as_ref().and_then(|source| source.downcast_ref::<Lookup>());
    match inner.and_then(|lookup| lookup.0.lock().ok()?.take()) {
        Some(failure) => failure,
        None => Failure::Error(error),
    }
}

/// The real path, as far as it exists.
fn absolute(path: &Path) -> PathBuf {
    path.canonicalize().unwrap_or_else(|_| path.to_path_buf())
}

/// The table entry of a command by its own name.
#[must_use]
pub fn command(name: &[u8]) -> Option<&'static Command> {
    find::registered(name)
}
