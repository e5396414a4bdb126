//! Which extensions the configuration enables, and who runs the program because of that: this
//! program itself, or Python with the extensions loaded.

pub(crate) mod beautify;
pub mod list;

use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use hg_config::Config;

use hg_types::{Error, Result};

use crate::{Ui, spec};

/// Bundled extensions whose work this program does itself.
const NATIVE: &[&str] = &[
    "beautifygraph",
    "bookmarks",
    "color",
    "graphlog",
    "hbisect",
    "hgcia",
    "inotify",
    "interhg",
    "pager",
    "parentrevspec",
    "progress",
    "purge",
];

/// Bundled extensions that only add commands. They count as ours: one of their commands that is not
/// there yet says so itself, everything else works as if they were loaded.
#[rustfmt::skip]
const ADD_COMMANDS: &[&str] = &[
    "absorb", "amend", "convert", "fetch", "hgk", "histedit", "purge", "rebase", "record", "relink", "share",
    "shelve", "show", "split", "strip", "transplant", "uncommit",
];

/// A bundled extension that is written in Python.
#[derive(Clone, Copy, Debug)]
pub struct InPython {
    /// Its name.
    pub name: &'static str,
    /// The commands that it touches besides those that it adds; `None` for all.
    pub touches: Option<&'static [&'static str]>,
}

/// Bundled extensions in Python.
const IN_PYTHON: &[InPython] = &[
    InPython { name: "acl", touches: None },
    InPython { name: "blackbox", touches: None },
    InPython { name: "children", touches: Some(&[]) },
    InPython { name: "churn", touches: Some(&[]) },
    InPython { name: "closehead", touches: Some(&[]) },
    InPython { name: "commitextras", touches: Some(&["commit"]) },
    InPython { name: "extdiff", touches: Some(&[]) },
    InPython { name: "fix", touches: Some(&[]) },
    InPython { name: "gpg", touches: None },
    InPython { name: "highlight", touches: None },
    InPython { name: "keyword", touches: None },
    InPython { name: "logtoprocess", touches: None },
    InPython { name: "notify", touches: None },
    InPython { name: "patchbomb", touches: Some(&[]) },
    InPython { name: "releasenotes", touches: Some(&[]) },
    InPython { name: "schemes", touches: None },
];

/// The bundled extension in Python that a name in `[extensions]` means.
#[must_use]
pub fn bundled_in_python(name: &[u8]) -> Option<InPython> {
    let short = short_name(name);
    IN_PYTHON.iter().find(|known| known.name.as_bytes() == short).copied()
}

/// The name without `hgext.`.
fn short_name(name: &[u8]) -> &[u8] {
    name.strip_prefix(b"hgext.").or_else(|| name.strip_prefix(b"hgext/")).unwrap_or(name)
}

/// Bundled extensions that change what other commands do, and that are not here yet: the user is
/// warned in every run.
#[rustfmt::skip]
const MISSING: &[&str] = &[
    "automv", "bugzilla", "censor", "clonebundles", "eol", "factotum", "fastannotate", "fsmonitor", "journal",
    "largefiles", "lfs", "narrow", "phabricator", "remotefilelog", "remotenames", "sparse", "win32mbcs",
    "win32text", "zeroconf",
];

/// The extensions that a configuration enables.
#[derive(Clone, Default, Debug)]
pub struct Enabled {
    /// Those that this program provides.
    pub native: Vec<String>,
    /// Bundled ones that it does not provide yet.
    pub missing: Vec<String>,
    /// Bundled ones in Python that only touch a few commands; also among the foreign ones.
    pub contained: Vec<String>,
    /// All others: they need Python.
    pub foreign: Vec<Vec<u8>>,
}

impl Enabled {
    /// Reads `[extensions]`.
    #[must_use]
    pub fn of(config: &Config) -> Self {
        let mut out = Self::default();
        for (name, path) in config.items("extensions") {
            if path.starts_with(b"!") || name.contains(&b':') {
                continue;
            }
            match short_name(name).to_str() {
                Ok(short) if path.is_empty() && is_native(short) => {
                    out.native.push(short.to_owned());
                }
                Ok(short) if path.is_empty() && MISSING.contains(&short) => {
                    out.missing.push(short.to_owned());
                }
                _ => {
                    let contained = path.is_empty().then(|| bundled_in_python(name)).flatten();
                    if let Some(known) = contained.filter(|known| known.touches.is_some()) {
                        out.contained.push(known.name.to_owned());
                    }
                    out.foreign.push(name.to_vec());
                }
            }
        }
        out
    }

    /// Whether this program provides the extension and it is enabled.
    #[must_use]
    pub fn has_native(&self, name: &str) -> bool {
        self.native.iter().any(|native| native == name)
    }
}

/// Options that extensions of ours add to commands: extension, command, options.
static ADDED_OPTIONS: &[(&str, &str, &[spec::Opt])] = &[(
    "rebase",
    "pull",
    &[
        spec::flag("", "rebase", "rebase working directory to branch head"),
        spec::text("t", "tool", "TOOL", "specify merge tool for rebase"),
    ],
)];

/// The options of a command, with those that enabled extensions of ours add.
#[must_use]
pub fn options_of(config: &Config, command: &'static spec::Spec) -> Vec<&'static spec::Opt> {
    let mut out: Vec<&spec::Opt> = command.options.iter().collect();
    let mine = ADDED_OPTIONS.iter().filter(|(_, name, _)| *name == command.name());
    for (extension, _, options) in mine {
        let enabled = config
            .items("extensions")
            .any(|(name, path)| short_name(name) == extension.as_bytes() && path.is_empty());
        if enabled {
            out.extend(*options);
        }
    }
    let of_queue = command.extension == "mq" || command.name() == "qrecord";
    let has_repository = command.need != spec::Need::NoRepo || command.name() == "init";
    if has_repository && !of_queue && crate::commands::mq::setup::is_on(config) {
        out.push(&ON_PATCHES);
    }
    out
}

/// The option that has a command work on the repository of the patches.
static ON_PATCHES: spec::Opt = spec::flag("", "mq", "operate on patch repository");

/// Whether this program does an extension's work: it needs nothing, or its commands are here.
fn is_native(name: &str) -> bool {
    NATIVE.contains(&name)
        || ADD_COMMANDS.contains(&name)
        || crate::table::COMMANDS.iter().any(|command| command.spec.extension == name)
}

/// The bundled extension with a command of this name or, if none has it, of a name that begins with it; and that
/// name.
#[must_use]
pub fn provider(command: &[u8]) -> Option<(&'static str, &'static str)> {
    let named = |wanted: &dyn Fn(&str) -> bool| {
        spec::all().filter(|spec| !spec.extension.is_empty()).find_map(|spec| {
            let name = spec.names.split('|').find(|name| wanted(name))?;
            Some((name, spec.extension))
        })
    };
    if command == b"glog" {
        // The command itself is gone.
        return Some(("glog", "graphlog"));
    }
    named(&|name| name.as_bytes() == command)
        .or_else(|| named(&|name| name.as_bytes().starts_with(command)))
}

/// One line about a bundled extension.
#[must_use]
pub fn summary(name: &str) -> Option<&'static str> {
    list::BUNDLED.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// Where a Python is that has our packages: `HGPYTHON` (trusted to have them), beside the executable,
/// the place recorded when this was built, `PATH`.
#[must_use]
pub fn find_python(config: &Config) -> Option<PathBuf> {
    let env = config.environment();
    if let Some(named) = env.var_nonempty("HGPYTHON") {
        return Some(named.to_path_lossy().into_owned());
    }
    let executable = env.executable.as_deref().and_then(|path| path.canonicalize().ok());
    let beside = executable.as_deref().and_then(Path::parent).map(|dir| dir.join("python3"));
    let recorded = option_env!("QUICKSILVER_PYTHON").map(PathBuf::from);
    let path = env.var("PATH").unwrap_or_default();
    let in_path = path.split(|&b| b == b':').map(|dir| dir.to_path_lossy().join("python3"));
    beside.into_iter().chain(recorded).chain(in_path).find(|python| has_packages(python))
}

/// Whether our compiled module is among the packages of an interpreter: looked up, not asked, since
/// starting an interpreter to ask costs more than most commands.
fn has_packages(python: &Path) -> bool {
    python.is_file()
        && package_directories(python).iter().any(|packages| {
            packages.join("mercurial").read_dir().is_ok_and(|files| {
                let compiled = |file: std::fs::DirEntry| {
                    file.file_name().as_encoded_bytes().starts_with(b"rustext.")
                };
                files.flatten().any(compiled)
            })
        })
}

/// Where the packages of an interpreter may lie.
#[must_use]
pub fn package_directories(python: &Path) -> Vec<PathBuf> {
    let prefix = python.parent().and_then(Path::parent);
    let Some(Ok(libraries)) = prefix.map(|prefix| prefix.join("lib").read_dir()) else {
        return Vec::new();
    };
    libraries
        .flatten()
        .filter(|library| library.file_name().as_encoded_bytes().starts_with(b"python3"))
        .flat_map(|library| {
            ["site-packages", "dist-packages"].map(|name| library.path().join(name))
        })
        .collect()
}

/// Replaces this process by `python -m mercurial` with the same arguments; returns only when that fails.
#[must_use]
pub fn hand_over(python: &Path, executable: Option<&Path>, args: &[Vec<u8>]) -> std::io::Error {
    use std::os::unix::ffi::OsStrExt as _;
    use std::os::unix::process::CommandExt as _;
    let args = args.iter().map(|arg| std::ffi::OsStr::from_bytes(arg));
    let mut process = std::process::Command::new(python);
    process.args(["-m", "mercurial"]).args(args);
    if let (Some(executable), None) = (executable, std::env::var_os("HG")) {
        process.env("HG", executable);
    }
    process.exec()
}

/// Which absent extensions a repository's user has been told about.
const TOLD_FILE: &str = ".hg/cache/absent-extensions";

/// Says which enabled extensions cannot be had: always with `--verbose` and outside of repositories, and
/// once in each repository, so that a program that runs us a thousand times a day reads it once. An
/// extension that is marked as required (`NAME:required`) stops everything.
///
/// # Errors
/// When a required extension is absent.
pub fn tell_absent(ui: &Ui, root: Option<&Path>, absent: &[(Vec<u8>, &str)]) -> Result<()> {
    let config = ui.config();
    for (name, why) in absent {
        let required = [name, &b":required"[..]].concat();
        if config.get_bool_or("extensions", required, false)? {
            let parts: [&[u8]; 3] = [b"failed to import extension \"", name, b"\": "];
            let hint = "remove line from config if you don't need it";
            let message = [&parts.concat()[..], why.as_bytes()].concat();
            return Err(Error::abort(message).hint(hint));
        }
    }
    let list: Vec<u8> = absent.iter().flat_map(|(name, _)| [name, &b"\n"[..]].concat()).collect();
    let told = root.map(|root| root.join(TOLD_FILE));
    let known = told.as_ref().and_then(|path| std::fs::read(path).ok());
    if known.as_deref() == Some(&list) && !ui.is_verbose() {
        return Ok(());
    }
    for (name, why) in absent {
        let parts: [&[u8]; 5] =
            [b"*** failed to import extension \"", name, b"\": ", why.as_bytes(), b"\n"];
        ui.warn(parts.concat());
    }
    if let Some(told) = told {
        // Not being able to remember only means saying it again.
        let _ = told.parent().map(std::fs::create_dir);
        let _ = std::fs::write(told, list);
    }
    Ok(())
}
