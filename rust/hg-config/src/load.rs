//! Which files are read and in which order; what plain mode and `ui.tweakdefaults` change.

use std::io::ErrorKind as IoKind;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use crate::config::OVERLAY;
use crate::layer::{Entry, Layer, Origin};
use crate::parse::{Parser, normalize, strerror};
use crate::{Config, Environment, expand_path, merge_tools, trust};

/// Items of `[ui]` that plain mode takes out of files.
const PLAIN_DROPS: &[&str] = &[
    "debug",
    "fallbackencoding",
    "quiet",
    "slash",
    "logtemplate",
    "message-output",
    "statuscopies",
    "style",
    "traceback",
    "verbose",
];

/// What `ui.tweakdefaults` sets where nothing else does.
const TWEAKED: &[(&str, &str, &str)] = &[
    ("commands", "grep.all-files", "True"),
    ("commands", "update.check", "noconflict"),
    ("commands", "status.verbose", "True"),
    ("commands", "resolve.explicit-re-merge", "True"),
    ("diff", "git", "1"),
    ("diff", "showfunc", "1"),
    ("diff", "word-diff", "1"),
    ("ui", "rollback", "False"),
    ("ui", "statuscopies", "yes"),
    ("ui", "interface", "curses"),
    ("ui", "relative-paths", "yes"),
];

/// The configuration files of a repository.
#[derive(Clone, Debug)]
pub struct RepoLayers {
    /// The working directory's root; paths in `[paths]` are relative to it.
    pub root: PathBuf,
    /// The `.hg` directory.
    pub hg_dir: PathBuf,
    /// The share source's `.hg`, when its configuration applies too (share-safe).
    pub share_source: Option<PathBuf>,
}

impl RepoLayers {
    /// Finds the files of the repository at `root` from its `requires` and `sharedpath`.
    #[must_use]
    pub fn of(root: &Path) -> Self {
        let hg_dir = root.join(".hg");
        let share_source = share_source(&hg_dir);
        Self { root: root.to_path_buf(), hg_dir, share_source }
    }
}

/// The share source's `.hg` when `hg_dir` is a share that reads its configuration.
fn share_source(hg_dir: &Path) -> Option<PathBuf> {
    let requires = std::fs::read(hg_dir.join("requires")).ok()?;
    let has = |name: &[u8]| requires.lines().any(|line| line == name);
    if !has(b"share-safe") || !(has(b"shared") || has(b"relshared")) {
        return None;
    }
    let text = std::fs::read(hg_dir.join("sharedpath")).ok()?;
    let text = text.strip_suffix(b"\n").unwrap_or(&text);
    let path = text.to_path_lossy();
    Some(if path.is_relative() { normalize(&hg_dir.join(path)) } else { path.into_owned() })
}

impl Config {
    /// Reads the system's and the user's files, or those `HGRCPATH` names.
    pub fn load(env: &Environment) -> Result<Self> {
        let mut config = Self::empty(env.clone());
        let Some(listed) = env.var("HGRCPATH").map(<[u8]>::to_vec) else {
            config.builtin_merge_tools = true;
            config.files_read.push(merge_tools::ORIGIN.into());
            for path in config.system_files() {
                config.read_file(&path, true)?;
            }
            config.read_variables();
            for path in config.user_files() {
                config.read_file(&path, true)?;
            }
            config.tweak_defaults()?;
            return Ok(config);
        };
        config.read_variables();
        for entry in listed.split(|&b| b == b':').filter(|entry| !entry.is_empty()) {
            let path = expand_path(env, entry).to_path_lossy().into_owned();
            if trust::absolute(env, &path).is_dir() {
                for file in config.rc_files(&path) {
                    config.read_file(&file, true)?;
                }
            } else {
                config.read_file(&path, true)?;
            }
        }
        config.tweak_defaults()?;
        Ok(config)
    }

    /// Reads a repository's files on top: the share source's, its own, its unshared ones.
    pub fn load_repo(&mut self, layers: &RepoLayers) -> Result<()> {
        let root = layers.root.as_os_str().as_encoded_bytes().to_vec();
        self.set("bundle", "mainreporoot", root, "repo");
        if self.env.var_nonempty("HGRCSKIPREPO").is_some() {
            return Ok(());
        }
        if let Some(source) = &layers.share_source {
            self.read_file(&source.join("hgrc"), false)?;
        }
        self.read_file(&layers.hg_dir.join("hgrc"), false)?;
        self.read_file(&layers.hg_dir.join("hgrc-not-shared"), false)?;
        self.tweak_defaults()
    }

    /// Applies one `--config SECTION.NAME=VALUE`.
    pub fn apply_option(&mut self, option: &[u8]) -> Result<()> {
        let malformed = || {
            let parts =
                [b"malformed --config option: '", option, b"' (use --config section.name=value)"];
            Error::input(parts.concat())
        };
        let (key, value) = option.split_once_str("=").ok_or_else(malformed)?;
        let (section, name) = key.split_once_str(".").ok_or_else(malformed)?;
        let (section, name) = (section.trim(), name.trim());
        if section.is_empty() || name.is_empty() {
            return Err(malformed());
        }
        self.set(section, name, value.trim(), "--config");
        Ok(())
    }

    /// Applies one `--config-file FILE`.
    pub fn apply_option_file(&mut self, path: &[u8]) -> Result<()> {
        let file = path.to_path_lossy();
        let data = trust::read_file(&self.env, &file).map_err(|error| match error.kind() {
            IoKind::NotFound => {
                Error::input([b"missing file \"", path, b"\" for --config-file"].concat())
            }
            _ => Error::abort([path, b": ", strerror(&error).as_bytes()].concat()),
        })?;
        let mut layer = Layer::default();
        let parser = self.parser();
        parser.parse(&mut layer, path, &data).map_err(|error| {
            let text = error.message.strip_prefix(b"config error at ").unwrap_or(&error.message);
            let (place, what) = text.split_once_str(": ").unwrap_or((text, b""));
            Error::input([b"invalid --config-file content at ", place].concat()).hint(what)
        })?;
        for entry_section in layer.names().map(<[u8]>::to_vec).collect::<Vec<_>>() {
            for entry in layer.section(&entry_section) {
                let entry = Entry { sequence: OVERLAY + entry.sequence, ..entry.clone() };
                for target in [&mut self.overlay, &mut self.trusted, &mut self.untrusted] {
                    target.set(&entry_section, entry.clone());
                }
            }
        }
        Ok(())
    }

    /// Sets what `ui.tweakdefaults` stands for, unless plain mode is on.
    pub fn tweak_defaults(&mut self) -> Result<()> {
        if self.env.plain().covers("tweakdefaults") || !self.get_bool("ui", "tweakdefaults")? {
            return Ok(());
        }
        for &(section, name, value) in TWEAKED {
            if self.trusted.get(section.as_bytes(), name.as_bytes()).is_some() {
                continue;
            }
            let entry = Entry {
                name: name.into(),
                value: value.into(),
                origin: Origin::named("<tweakdefaults>"),
                sequence: 0,
            };
            self.trusted.set(section.as_bytes(), entry.clone());
            self.untrusted.set(section.as_bytes(), entry);
        }
        Ok(())
    }

    fn parser(&self) -> Parser<'_> {
        Parser { env: &self.env, include: None, sequence: self.sequence.into() }
    }

    /// Reads a file on top of the others; `trusted` files are not asked who owns them.
    fn read_file(&mut self, path: &Path, trusted: bool) -> Result<()> {
        let name = path.as_os_str().as_encoded_bytes().to_vec();
        if trusted {
            self.files_read.push(name.clone());
        }
        let file = match trust::read_owned(&self.env, path) {
            Ok(file) => file,
            Err(error)
                if matches!(
                    error.kind(),
                    IoKind::NotFound
                        | IoKind::PermissionDenied
                        | IoKind::IsADirectory
                        | IoKind::NotADirectory
                ) =>
            {
                return Ok(());
            }
            Err(error) => {
                return Err(Error::abort([&*name, b": ", strerror(&error).as_bytes()].concat()));
            }
        };
        let trusted = trusted || self.trusts(&file, &name)?;
        let mut layer = Layer::default();
        let parser = self.parser();
        let parsed = parser.parse(&mut layer, &name, &file.data);
        self.sequence = parser.sequence.get();
        match parsed {
            Err(error) if !trusted => {
                self.warnings.push([b"ignored ", &*error.message, b"\n"].concat());
            }
            other => other?,
        }
        self.drop_for_plain(&mut layer);
        self.merge(&layer, trusted);
        Ok(())
    }

    /// Lays a file's items under those set by hand and over everything else.
    fn merge(&mut self, layer: &Layer, trusted: bool) {
        if trusted {
            self.trusted.update(layer);
            self.trusted.update(&self.overlay);
        } else {
            for section in layer.names() {
                for entry in layer.section(section) {
                    let parts = [
                        b"ignoring untrusted configuration option ",
                        section,
                        b".",
                        &entry.name,
                        b" = ",
                        &entry.value,
                        b"\n",
                    ];
                    self.debug_notes.push(parts.concat());
                }
            }
        }
        self.untrusted.update(layer);
        self.untrusted.update(&self.overlay);
    }

    /// Whether the owner of a repository's file is trusted; says so when not.
    fn trusts(&mut self, file: &trust::Owned, name: &[u8]) -> Result<bool> {
        if file.uid == trust::current_uid() {
            return Ok(true);
        }
        let users = self.get_list("trusted", "users");
        let groups = self.get_list("trusted", "groups");
        let any = |names: &[Vec<u8>]| names.iter().any(|name| name == b"*");
        let (user, group) = (trust::user_name(file.uid), trust::group_name(file.gid));
        if any(&users) || any(&groups) || users.contains(&user) || groups.contains(&group) {
            return Ok(true);
        }
        if self.get_bool("ui", "report_untrusted")? {
            let parts: [&[u8]; 7] = [
                b"not trusting file ",
                name,
                b" from untrusted user ",
                &user,
                b", group ",
                &group,
                b"\n",
            ];
            self.warnings.push(parts.concat());
        }
        Ok(false)
    }

    /// Takes out of a file what plain mode ignores.
    fn drop_for_plain(&self, layer: &mut Layer) {
        let plain = self.env.plain();
        if !plain.is_on() {
            return;
        }
        for name in PLAIN_DROPS {
            layer.remove(b"ui", name.as_bytes());
        }
        for section in ["defaults", "commands", "command-templates"] {
            layer.clear_section(section.as_bytes());
        }
        for (section, feature) in
            [("alias", "alias"), ("revsetalias", "revsetalias"), ("templatealias", "templatealias")]
        {
            if plain.covers(feature) {
                layer.clear_section(section.as_bytes());
            }
        }
    }

    /// Items that stand for environment variables.
    fn read_variables(&mut self) {
        for (variable, section, name) in
            [("EDITOR", "ui", "editor"), ("VISUAL", "ui", "editor"), ("PAGER", "pager", "pager")]
        {
            let Some(value) = self.env.var(variable).map(<[u8]>::to_vec) else { continue };
            let origin = Origin::named(format!("${variable}"));
            let entry = Entry { name: name.into(), value, origin, sequence: 0 };
            self.trusted.set(section.as_bytes(), entry.clone());
            self.untrusted.set(section.as_bytes(), entry);
        }
    }

    fn system_files(&self) -> Vec<PathBuf> {
        let mut out = Vec::new();
        let root = self.env.executable.as_deref().and_then(Path::parent).and_then(Path::parent);
        let roots = root.map(|root| root.join("etc/mercurial")).into_iter();
        for directory in roots.chain([PathBuf::from("/etc/mercurial")]) {
            let file = directory.join("hgrc");
            if !out.contains(&file) {
                out.push(file);
                out.extend(self.rc_files(&directory.join("hgrc.d")));
            }
        }
        out
    }

    /// The files that are the user's own, whether they exist or not.
    #[must_use]
    pub fn user_files(&self) -> Vec<PathBuf> {
        let Some(home) = self.env.home() else { return Vec::new() };
        let home = home.to_path_lossy().into_owned();
        let xdg = match self.env.var_nonempty("XDG_CONFIG_HOME") {
            Some(directory) => expand_path(&self.env, directory).to_path_lossy().into_owned(),
            None => home.join(".config"),
        };
        vec![home.join(".hgrc"), xdg.join("hg/hgrc")]
    }

    /// The system-wide files of this installation, whether they exist or not.
    #[must_use]
    pub fn installation_files(&self) -> Vec<PathBuf> {
        self.system_files()
    }

    /// The `*.rc` files of a directory, sorted.
    fn rc_files(&self, directory: &Path) -> Vec<PathBuf> {
        let Ok(entries) = std::fs::read_dir(trust::absolute(&self.env, directory)) else {
            return Vec::new();
        };
        let mut names: Vec<_> = entries
            .flatten()
            .map(|entry| entry.file_name())
            .filter(|name| name.as_encoded_bytes().ends_with(b".rc"))
            .collect();
        names.sort();
        names.into_iter().map(|name| directory.join(name)).collect()
    }
}

#[cfg(test)]
mod tests;
