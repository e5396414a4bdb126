//! Who runs a command: this program, or Python with extensions loaded. Decided once the command is known
//! and before any work is done; the interpreter then takes over with the same arguments.
//!
//! Python is needed when an enabled extension is not ours and may touch the command, or when an in-process
//! hook may fire. An extension says which commands it touches with a literal in its module:
//! `touchedcommands = [b"push", b"pull"]`; it is read here without starting Python. One that says nothing
//! may touch every command. Help and listings speak of all extensions.

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_types::{Error, ErrorKind, Result};

use super::Base;
use crate::extensions::{self, Enabled};
use crate::{Ui, spec};

/// Commands that speak of all commands and extensions.
const SPEAK_OF_ALL: &[&[u8]] =
    &[b"", b"help", b"version", b"debugcommands", b"debugcomplete", b"debugextensions", b"serve"];

/// Commands in which only the hooks around them fire.
#[rustfmt::skip]
const READ_ONLY: &[&[u8]] = &[
    b"annotate", b"archive", b"branches", b"bundle", b"cat", b"config", b"diff", b"export", b"files", b"grep",
    b"heads", b"help", b"identify", b"incoming", b"locate", b"log", b"manifest", b"outgoing", b"parents", b"paths",
    b"root", b"status", b"summary", b"tags", b"tip", b"verify", b"version",
];

/// Commands that work on another repository too, whose hooks fire there.
const REMOTE: &[&[u8]] = &[b"bundle", b"clone", b"incoming", b"outgoing", b"pull", b"push"];

/// What stands for this run before the command is known.
pub(super) struct Handover {
    args: Vec<Vec<u8>>,
    /// Where the program was started.
    start: PathBuf,
    /// The server that the run belongs to: it asks a server in Python instead.
    base: Option<Base>,
    /// Extensions that need Python, with the commands that they touch.
    touching: Vec<(Vec<u8>, Vec<Vec<u8>>)>,
    python: Option<PathBuf>,
}

impl Handover {
    /// Looks at the configuration. Hands over at once when an extension may touch any command; without
    /// Python the run goes on here, and the user is told what is missing.
    pub(super) fn decide(
        ui: &Ui,
        args: &[Vec<u8>],
        start: &Path,
        base: Option<Base>,
        root: Option<&Path>,
    ) -> Result<Self> {
        let config = ui.config();
        let Enabled { missing, foreign, .. } = Enabled::of(&config);
        let mut this = Self {
            args: args.to_vec(),
            start: start.to_path_buf(),
            base,
            touching: Vec::new(),
            python: None,
        };
        let needs_python = !foreign.is_empty() || has_python_hooks(&config);
        if needs_python {
            this.python = extensions::find_python(&config);
        }
        let not_yet = "it is not part of this program yet";
        let mut absent: Vec<(Vec<u8>, &str)> =
            missing.into_iter().map(|name| (name.into_bytes(), not_yet)).collect();
        match &this.python {
            Some(python) => {
                for name in foreign {
                    match touched(&config, python, &name) {
                        Some(commands) => this.touching.push((name, commands)),
                        None => return Err(this.hand_over(ui)),
                    }
                }
            }
            None => {
                let no_python = "no Python with this program's packages was found";
                // Those that only add commands are missed when one of these is called.
                let missed = foreign.into_iter().filter(|name| {
                    extensions::bundled_in_python(name).is_none_or(|known| known.touches.is_none())
                });
                absent.extend(missed.map(|name| (name, no_python)));
            }
        }
        if !absent.is_empty() {
            extensions::tell_absent(ui, root, &absent)?;
        }
        Ok(this)
    }

    /// Hands over when Python is needed for the command called `name`, which this program knows or not.
    pub(super) fn before(&self, ui: &Ui, name: &[u8], known: bool, help: bool) -> Result<()> {
        if REMOTE.contains(&name) && self.other_has_python_hooks(&ui.config()) {
            return match extensions::find_python(&ui.config()) {
                Some(python) => Err(self.hand_over_to(ui, &python)),
                None => Ok(()),
            };
        }
        if self.python.is_none() {
            return Ok(());
        }
        let touched = self.touching.iter().any(|(_, commands)| {
            !known
                || help
                || SPEAK_OF_ALL.contains(&name)
                || commands.iter().any(|command| command == name)
        });
        if touched || python_hook_may_fire(&ui.config(), name) {
            return Err(self.hand_over(ui));
        }
        Ok(())
    }

    /// Whether a repository on this machine that the arguments or `[paths]` name has hooks in Python. They
    /// are looked for as text: reading the configuration in earnest is for whoever opens it.
    fn other_has_python_hooks(&self, config: &Config) -> bool {
        let env = config.environment();
        let words = self.args.iter().map(Vec::as_slice).filter(|arg| !arg.starts_with(b"-"));
        let configured = config.items("paths").map(|(_, value)| value);
        words.chain(configured).any(|place| {
            let place = place.strip_prefix(b"file://").unwrap_or(place);
            let path = place.split_str("#").next().unwrap_or(place);
            let path = env.cwd.join(hg_config::expand_path(env, path).to_path_lossy());
            let text = std::fs::read(path.join(".hg/hgrc")).unwrap_or_default();
            text.contains_str("python:")
        })
    }

    /// Replaces this process; returns only when that fails.
    fn hand_over(&self, ui: &Ui) -> Error {
        match &self.python {
            Some(python) => self.hand_over_to(ui, python),
            None => Error::abort("no Python was found"),
        }
    }

    fn hand_over_to(&self, ui: &Ui, python: &Path) -> Error {
        ui.flush();
        if let Some(base) = &self.base {
            let _ = base.needs_python.set(python.to_path_buf());
            return Error::new(ErrorKind::BrokenPipe, "only Python can run this");
        }
        // The same arguments act once more there, `--cwd` too. If this fails, so will the rest.
        let _ = std::env::set_current_dir(&self.start);
        let executable = ui.config().environment().executable.clone();
        let failure = extensions::hand_over(python, executable.as_deref(), &self.args);
        let parts = [b"cannot start ", python.as_os_str().as_encoded_bytes()];
        Error::abort(parts.concat()).because(failure)
    }
}

fn python_hooks(config: &Config) -> impl Iterator<Item = &[u8]> {
    config
        .items("hooks")
        .filter(|(name, action)| action.starts_with(b"python:") && !name.contains(&b':'))
        .map(|(name, _)| name)
}

fn has_python_hooks(config: &Config) -> bool {
    python_hooks(config).next().is_some()
}

/// Whether a hook in Python can fire while a command runs.
fn python_hook_may_fire(config: &Config, command: &[u8]) -> bool {
    let mut hooks = python_hooks(config);
    hooks.any(|hook| {
        let point = hook.split_str(".").next().unwrap_or(hook);
        let around = ["pre-", "post-", "fail-"]
            .iter()
            .find_map(|prefix| point.strip_prefix(prefix.as_bytes()));
        match around {
            Some(around) => around == command,
            None => !READ_ONLY.contains(&command),
        }
    })
}

/// The commands that an extension touches, if it says so.
fn touched(config: &Config, python: &Path, name: &[u8]) -> Option<Vec<Vec<u8>>> {
    let path = config.get("extensions", name).unwrap_or_default();
    if path.is_empty()
        && let Some(bundled) = extensions::bundled_in_python(name)
    {
        let own = spec::all().filter(|spec| spec.extension == bundled.name);
        let names = own.flat_map(|spec| spec.names.split('|'));
        let listed = bundled.touches?.iter().copied();
        return Some(names.chain(listed).map(|name| name.as_bytes().to_vec()).collect());
    }
    let text = std::fs::read(module_file(config, python, name, path)?).ok()?;
    declaration(&text)
}

/// The file of an extension's module.
fn module_file(config: &Config, python: &Path, name: &[u8], path: &[u8]) -> Option<PathBuf> {
    let file = |base: PathBuf| {
        let package = base.join("__init__.py");
        let module = PathBuf::from([base.as_os_str(), ".py".as_ref()].concat_os());
        if base.is_file() {
            Some(base)
        } else if package.is_file() {
            Some(package)
        } else {
            module.is_file().then_some(module)
        }
    };
    if !path.is_empty() {
        let path = hg_config::expand_path(config.environment(), path);
        return file(config.environment().cwd.join(path.to_path_lossy()));
    }
    let relative = name.replace(".", "/").to_path_lossy().into_owned();
    let packages = extensions::package_directories(python);
    let path = config.environment().var("PYTHONPATH").unwrap_or_default();
    let extra = path.split_str(":").filter(|dir| !dir.is_empty());
    let directories = extra.map(|dir| dir.to_path_lossy().into_owned()).chain(packages);
    directories
        .flat_map(|dir| ["hgext", "hgext3rd", ""].map(|package| dir.join(package).join(&relative)))
        .find_map(file)
}

/// Joins pieces of a path without a separator.
trait ConcatOs {
    fn concat_os(&self) -> std::ffi::OsString;
}

impl ConcatOs for [&std::ffi::OsStr; 2] {
    fn concat_os(&self) -> std::ffi::OsString {
        let mut out = self[0].to_owned();
        out.push(self[1]);
        out
    }
}

/// Reads `touchedcommands = [b"a", b"b"]` at the start of a line of a module's text.
fn declaration(text: &[u8]) -> Option<Vec<Vec<u8>>> {
    const NAME: &[u8] = b"touchedcommands";
    let mut lines = text.lines_with_terminator();
    let mut offset = 0;
    let start = loop {
        let line = lines.next()?;
        if line.starts_with(NAME) {
            break offset + NAME.len();
        }
        offset += line.len();
    };
    let rest = text[start..].trim_start();
    let rest = rest.strip_prefix(b"=")?.trim_start();
    let rest = rest.strip_prefix(b"[").or_else(|| rest.strip_prefix(b"("))?;
    let end = rest.find_byteset(b"])")?;
    let mut out = Vec::new();
    for word in rest[..end].split_str(",") {
        let word = word.trim();
        if word.is_empty() {
            continue;
        }
        let word = word.strip_prefix(b"b").unwrap_or(word);
        let quote = word.first().filter(|c| matches!(c, b'"' | b'\''))?;
        let inner = word[1..].strip_suffix(&[*quote])?;
        out.push(inner.to_vec());
    }
    Some(out)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn declarations_are_read_from_the_text() {
        let text = b"import os\ntouchedcommands = [b'push',\n    b\"pull\",]\n";
        assert_eq!(declaration(text), Some(vec![b"push".to_vec(), b"pull".to_vec()]));
        assert_eq!(declaration(b"touchedcommands = ()\n"), Some(Vec::new()));
        assert_eq!(declaration(b"x = 1\n"), None);
        assert_eq!(declaration(b"touchedcommands = make()\n"), None);
    }
}
