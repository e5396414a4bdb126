//! Hooks: command lines of `[hooks]`, run around commands and by transactions
//! (`hg help config.hooks`).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::os::unix::process::ExitStatusExt as _;
use std::process::Command;
use std::rc::Rc;
use std::sync::Arc;

use hg_config::Config;
use hg_query::template::map::unquote;
use hg_query::template::{Changeset, Engine, History, Scope, Vars};
use hg_store::{HookArgs, HookRunner, Repo};
use hg_types::{Error, ErrorKind, Node, Result};

use crate::Ui;
use crate::changeset_display::UiHost;

/// Runs the hooks of the configuration.
pub struct Hooks {
    ui: Arc<Ui>,
    /// The repository is the one that the user works in: what was set for the run counts.
    of_run: bool,
}

/// How the configuration refers to a function that an extension has set as a hook.
const OBJECT: &[u8] = b"python-object:";

/// Columns of a conflict marker's text behind its sign.
const MARKER_COLUMNS: usize = 80 - 8;

/// A text of at most so many columns, with dots where something was cut off.
fn ellipsis(ui: &Ui, text: &[u8], columns: usize) -> Vec<u8> {
    let encoding = ui.encoding();
    if encoding.width(text) <= columns {
        return text.to_vec();
    }
    let mut out = String::new();
    let mut width = 0;
    for c in encoding.decode_lossy(text).chars() {
        width += encoding.char_width(c);
        if width > columns - 3 {
            break;
        }
        out.push(c);
    }
    out.push_str("...");
    encoding.encode(&out).0
}

/// A hook: its full name and what it does.
struct Hook {
    name: Vec<u8>,
    action: Vec<u8>,
    priority: i64,
    trusted: bool,
}

impl Hooks {
    /// Hooks that speak to `ui`, as the configuration of each repository says.
    #[must_use]
    pub fn new(ui: Arc<Ui>) -> Self {
        Self { ui, of_run: false }
    }

    /// Hooks of the repository whose configuration `ui` has, with what was set since (by extensions).
    #[must_use]
    pub fn of_run(ui: Arc<Ui>) -> Self {
        Self { ui, of_run: true }
    }

    /// Runs all hooks of a name, in a repository or without. Says whether one of them failed.
    pub fn run_in(
        &self,
        repo: Option<&Repo>,
        name: &str,
        throw: bool,
        args: &HookArgs,
    ) -> Result<bool> {
        // Each repository has hooks of its own, the one at the other end of a push too.
        let config = match repo {
            Some(repo) if !self.of_run => repo.config(),
            _ => self.ui.config(),
        };
        let mut failed = false;
        for hook in hooks_named(&config, name)? {
            if !hook.trusted {
                self.untrusted(&hook, throw)?;
                continue;
            }
            if hook.action.starts_with(b"python:") || hook.action.starts_with(OBJECT) {
                if let Some(host) = self.ui.host() {
                    failed |= self.run_in_host(host, repo, (name, throw), &hook, args)?;
                    continue;
                }
                let parts = [&*hook.name, b" hook needs Python, which is not available here"];
                return Err(Error::new(ErrorKind::Hook, parts.concat()));
            }
            failed |= self.run_one(repo, name, &hook, throw, args)?;
        }
        Ok(failed)
    }

    /// Lets the host run a hook that is a function.
    fn run_in_host(
        &self,
        host: &Arc<dyn crate::Host>,
        repo: Option<&Repo>,
        (kind, throw): (&str, bool),
        hook: &Hook,
        args: &HookArgs,
    ) -> Result<bool> {
        if let Some(transaction) = repo.and_then(Repo::current_transaction) {
            transaction.write_pending()?;
        }
        host.hook(&crate::host::HookCall {
            ui: &self.ui,
            repo,
            kind,
            name: &hook.name,
            action: &hook.action,
            throw,
            args,
        })
    }

    fn untrusted(&self, hook: &Hook, throw: bool) -> Result<()> {
        if throw {
            let parts = [b"untrusted hook ", &*hook.name, b" not executed"];
            let hint = "see 'hg help config.trusted'";
            return Err(Error::new(ErrorKind::Hook, parts.concat()).hint(hint));
        }
        self.ui.warn([b"warning: untrusted hook ", &*hook.name, b" not executed\n"].concat());
        Ok(())
    }

    fn run_one(
        &self,
        repo: Option<&Repo>,
        kind: &str,
        hook: &Hook,
        throw: bool,
        args: &HookArgs,
    ) -> Result<bool> {
        let ui = &self.ui;
        ui.note([b"running hook ", &*hook.name, b": ", &hook.action, b"\n"].concat());
        let mut process = Command::new("/bin/sh");
        process.arg("-c").arg(OsStr::from_bytes(&hook.action));
        ui.add_variables(&mut process);
        if let Some(repo) = repo {
            process.current_dir(repo.root());
            // Hooks see what the running transaction has written so far.
            if !args.iter().any(|(name, _)| name == "pending")
                && let Some(transaction) = repo.current_transaction()
                && transaction.write_pending()?
            {
                process.env("HG_PENDING", repo.root());
            }
        }
        process.env("HG_HOOKNAME", OsStr::from_bytes(&hook.name)).env("HG_HOOKTYPE", kind);
        for (name, value) in args {
            process.env(format!("HG_{}", name.to_uppercase()), OsStr::from_bytes(value));
        }
        let config = ui.config();
        let plain = [&*hook.name, b":run-with-plain"].concat();
        if !matches!(config.get_set("hooks", plain), Some(b"no" | b"false" | b"off" | b"0")) {
            process.env("HGPLAIN", "1");
        }
        let why = match ui.run_program(&mut process) {
            Ok(status) if status.success() => return Ok(false),
            Ok(status) => match (status.code(), status.signal()) {
                (Some(code), _) => format!("exited with status {code}"),
                (None, signal) => format!("killed by signal {}", signal.unwrap_or(0)),
            },
            Err(error) => error.to_string(),
        };
        let text = [&*hook.name, b" hook ", why.as_bytes()].concat();
        if throw {
            return Err(Error::new(ErrorKind::Hook, text));
        }
        ui.warn([b"warning: ", &*text, b"\n"].concat());
        Ok(true)
    }
}

impl HookRunner for Hooks {
    fn has(&self, _repo: &Repo, name: &str) -> bool {
        hooks_named(&self.ui.config(), name).is_ok_and(|hooks| !hooks.is_empty())
    }

    fn run(&self, repo: &Repo, name: &str, throw: bool, args: &HookArgs) -> Result<bool> {
        self.run_in(Some(repo), name, throw, args)
    }

    fn run_late(&self, repo: &Repo, name: &str, args: &HookArgs) {
        if let Err(failure) = self.run(repo, name, false, args) {
            self.ui.fail_later(failure);
        }
    }

    fn conflict_marker(
        &self,
        repo: &Repo,
        node: &Node,
        template: &[u8],
        label: &[u8],
    ) -> Result<Vec<u8>> {
        let host = Rc::new(UiHost::new(&self.ui, Some(repo.root_bytes())));
        let engine = Engine::new(host.clone(), Some(repo.clone()));
        let history = History::new(repo.clone(), host);
        let changeset = Changeset::open(&history, repo.changelog()?.rev(node)?)?;
        let scope = Scope::root(Vars::changeset(Rc::new(changeset)));
        let mut text = [label, b" "].concat();
        engine.render_code(&engine.compile(unquote(template))?, &scope, &mut text)?;
        let line = text.split(|&byte| byte == b'\n').next().unwrap_or_default();
        Ok(ellipsis(&self.ui, line, MARKER_COLUMNS))
    }
}

/// The hooks of a name (`NAME` and `NAME.anything`), those of high priority first.
fn hooks_named(config: &Config, name: &str) -> Result<Vec<Hook>> {
    let mut out = Vec::new();
    let is_it = |full: &[u8]| {
        full.strip_prefix(name.as_bytes())
            .is_some_and(|rest| rest.is_empty() || rest.starts_with(b"."))
    };
    let mut names: Vec<(Vec<u8>, Vec<u8>, bool)> = Vec::new();
    for (full, action) in config.items("hooks") {
        names.push((full.to_vec(), action.to_vec(), true));
    }
    for (full, action) in config.untrusted_items("hooks") {
        let known = names.iter().find(|(name, _, _)| *name == full);
        if known.is_none_or(|(_, trusted, _)| *trusted != action) {
            names.retain(|(name, _, _)| *name != full);
            names.push((full, action, false));
        }
    }
    for (full, action, trusted) in names {
        if !is_it(&full) || full.contains(&b':') || action.is_empty() {
            continue;
        }
        let item = [b"priority.", &*full].concat();
        let priority = match config.get_set("hooks", &item) {
            Some(text) => hg_config::value::parse_int(text).ok_or_else(|| {
                let parts = [b"hooks.", &*item, b" is not a valid integer ('", text, b"')"];
                Error::new(ErrorKind::Config, parts.concat())
            })?,
            None => 0,
        };
        out.push(Hook { name: full, action, priority, trusted });
    }
    out.sort_by_key(|hook| std::cmp::Reverse(hook.priority));
    Ok(out)
}

/// The arguments of `pre-`, `post-` and `fail-` hooks of a command.
#[must_use]
pub fn command_args(
    line: &[Vec<u8>],
    rest: &[Vec<u8>],
    opts: &crate::Opts,
    table: &[crate::spec::Opt],
) -> HookArgs {
    use crate::options::OptValue;
    use crate::spec::OptKind;
    let quote = |text: &[u8], out: &mut Vec<u8>| hg_types::python_bytes(text, out);
    let list = |texts: &[Vec<u8>], out: &mut Vec<u8>| {
        out.push(b'[');
        for (at, text) in texts.iter().enumerate() {
            if at > 0 {
                out.extend_from_slice(b", ");
            }
            quote(text, out);
        }
        out.push(b']');
    };
    let mut pats = Vec::new();
    list(rest, &mut pats);
    let mut names: Vec<(String, &crate::spec::Opt)> =
        table.iter().map(|opt| (opt.long.replace('-', "_"), opt)).collect();
    names.sort_by(|a, b| a.0.cmp(&b.0));
    let mut text = b"{".to_vec();
    for (at, (name, opt)) in names.iter().enumerate() {
        if at > 0 {
            text.extend_from_slice(b", ");
        }
        text.extend_from_slice(format!("'{name}': ").as_bytes());
        match (opts.value(opt.long), opt.kind) {
            (Some(OptValue::Flag(true)), _) => text.extend_from_slice(b"True"),
            (Some(OptValue::Flag(false)), _) => text.extend_from_slice(b"False"),
            (Some(OptValue::Text(value)), _) => quote(value, &mut text),
            (Some(OptValue::Int(number)), _) => {
                text.extend_from_slice(number.to_string().as_bytes());
            }
            (Some(OptValue::List(texts)), _) => list(texts, &mut text),
            (None, OptKind::Flag | OptKind::Int) => text.extend_from_slice(b"None"),
            (None, OptKind::Text) => text.extend_from_slice(b"''"),
            (None, OptKind::List) => text.extend_from_slice(b"[]"),
        }
    }
    text.push(b'}');
    vec![
        ("args".to_owned(), line.join(&b' ')),
        ("pats".to_owned(), pats),
        ("opts".to_owned(), text),
    ]
}
