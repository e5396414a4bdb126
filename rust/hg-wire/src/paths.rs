//! The section `[paths]`: names of other repositories with their sub-options.
//!
//! Described in `hg help config.paths`.

use std::path::Path as FilePath;

use bstr::ByteSlice as _;
use hg_config::{Config, expand_path, value};
use hg_types::{Error, Result};

use crate::url::Url;

/// How bookmarks are exchanged with a path (`bookmarks.mode`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum BookmarksMode {
    /// Both sides' bookmarks are merged.
    #[default]
    Default,
    /// The local bookmarks become those of the other side.
    Mirror,
    /// Bookmarks stay as they are.
    Ignore,
}

/// One location of a name in `[paths]`, or a location given by itself.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Path {
    /// The name; `None` for a location that is not from the configuration.
    pub name: Option<Vec<u8>>,
    /// The location as written (expanded), with its fragment.
    pub raw: Vec<u8>,
    /// The location to pull from, without fragment.
    pub location: Vec<u8>,
    /// What follows `#`.
    pub branch: Option<Vec<u8>>,
    /// The location to push to, if it is another one.
    pub push_url: Option<Vec<u8>>,
    /// A revset of what to push by default.
    pub push_rev: Option<Vec<u8>>,
    /// The value of `multi-urls`, if set.
    pub multi_urls: bool,
    /// How bookmarks are exchanged.
    pub bookmarks_mode: Option<BookmarksMode>,
}

impl Path {
    /// A location by itself.
    pub fn from_location(location: &[u8]) -> Result<Self> {
        let mut path = Self { raw: location.to_vec(), ..Self::default() };
        path.split()?;
        Ok(path)
    }

    fn split(&mut self) -> Result<()> {
        let mut url = Url::parse(&self.raw)?;
        self.branch = url.fragment.take();
        // Without a host it names nothing, and is complained about as it was written.
        let nowhere = url.scheme.as_deref() == Some(b"ssh") && url.host.is_none();
        self.location = if nowhere { self.raw.clone() } else { url.to_bytes() };
        Ok(())
    }

    /// This path as something to push to.
    #[must_use]
    pub fn for_push(&self) -> Self {
        let mut out = self.clone();
        if let Some(url) = out.push_url.take() {
            out.raw.clone_from(&url);
            out.location = url;
        }
        out
    }

    /// The sub-options that are set, sorted, as `hg paths` shows them.
    #[must_use]
    pub fn sub_options(&self) -> Vec<(&'static str, Vec<u8>)> {
        let mut out = Vec::new();
        match self.bookmarks_mode {
            Some(BookmarksMode::Default) => out.push(("bookmarks.mode", b"default".to_vec())),
            Some(BookmarksMode::Mirror) => out.push(("bookmarks.mode", b"mirror".to_vec())),
            Some(BookmarksMode::Ignore) => out.push(("bookmarks.mode", b"ignore".to_vec())),
            None => {}
        }
        if self.multi_urls {
            out.push(("multi-urls", b"yes".to_vec()));
        }
        if let Some(rev) = &self.push_rev {
            out.push(("pushrev", rev.clone()));
        }
        if let Some(url) = &self.push_url {
            out.push(("pushurl", url.clone()));
        }
        out
    }
}

/// All names in `[paths]`.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    entries: Vec<(Vec<u8>, Vec<Path>)>,
    /// Sub-options that hold for every path and location (`*:OPTION`).
    defaults: Vec<(Vec<u8>, Vec<u8>)>,
    /// What is wrong with sub-options; complete lines for the user.
    pub warnings: Vec<Vec<u8>>,
}

impl Paths {
    /// Reads the section. `root` is the repository's, `cwd` the current directory.
    pub fn load(config: &Config, root: Option<&FilePath>, cwd: &FilePath) -> Result<Self> {
        let defaults = config.sub_options("paths", "*");
        let mut out = Self { defaults, ..Self::default() };
        let own = root.map(|root| root.join(".hg"));
        let items: Vec<(Vec<u8>, Vec<u8>)> = config
            .items("paths")
            .filter(|(name, value)| !name.contains(&b':') && *name != b"*" && !value.is_empty())
            .map(|(name, value)| (name.to_vec(), value.to_vec()))
            .collect();
        for (name, text) in items {
            // Relative to the repository for its own files, to the user's home for others, and to
            // the current directory on the command line.
            let file = config.source_file("paths", &name);
            let file = file.map(|file| file.to_path_lossy().into_owned());
            let home = config.environment().home();
            let home = home.as_deref().map(|home| home.to_path_lossy());
            let base = match (&file, own.as_deref()) {
                (None, _) => cwd,
                (Some(file), Some(own)) if file.starts_with(own) => root.unwrap_or(cwd),
                _ => home.as_deref().unwrap_or(cwd),
            };
            let options = options_of(config, &name);
            let multi = options
                .iter()
                .any(|(key, value)| key == b"multi-urls" && value::parse_bool(value) == Some(true));
            let locations = if multi { value::parse_list(&text) } else { vec![text] };
            let mut paths = Vec::new();
            for location in locations {
                let raw = absolute_location(config, &location, base);
                let mut path = Path { name: Some(name.clone()), raw, ..Path::default() };
                path.split()?;
                out.apply_options(&mut path, &name, &options)?;
                paths.push(path);
            }
            out.entries.push((name, paths));
        }
        out.chain()?;
        Ok(out)
    }

    /// Sets what the sub-options of `name` say.
    fn apply_options(
        &mut self,
        path: &mut Path,
        name: &[u8],
        options: &[(Vec<u8>, Vec<u8>)],
    ) -> Result<()> {
        for (key, value) in options {
            match key.as_slice() {
                b"pushurl" => {
                    let mut url = Url::parse(value)?;
                    if url.scheme.is_none() {
                        let parts: [&[u8]; 5] = [
                            b"(paths.",
                            name,
                            b":pushurl not a URL; ignoring: \"",
                            value,
                            b"\")\n",
                        ];
                        self.warnings.push(parts.concat());
                        continue;
                    }
                    if url.fragment.take().is_some() {
                        let parts: [&[u8]; 3] = [
                            b"(\"#fragment\" in paths.",
                            name,
                            b":pushurl not supported; ignoring)\n",
                        ];
                        self.warnings.push(parts.concat());
                    }
                    path.push_url = Some(url.to_bytes());
                }
                b"pushrev" => path.push_rev = Some(value.clone()),
                b"multi-urls" => path.multi_urls = value::parse_bool(value) == Some(true),
                b"bookmarks.mode" => {
                    path.bookmarks_mode = match value.as_slice() {
                        b"default" => Some(BookmarksMode::Default),
                        b"mirror" => Some(BookmarksMode::Mirror),
                        b"ignore" => Some(BookmarksMode::Ignore),
                        _ => {
                            let parts: [&[u8]; 5] = [
                                b"(paths.",
                                name,
                                b":bookmarks.mode has unknown value: \"",
                                value,
                                b"\")\n",
                            ];
                            self.warnings.push(parts.concat());
                            None
                        }
                    };
                }
                _ => {}
            }
        }
        Ok(())
    }

    /// Replaces every `path://NAME` by what NAME stands for.
    fn chain(&mut self) -> Result<()> {
        let originals = self.entries.clone();
        for (_, paths) in &mut self.entries {
            let mut out = Vec::new();
            for path in paths.drain(..) {
                let url = Url::parse(&path.raw)?;
                if url.scheme.as_deref() != Some(b"path") {
                    out.push(path);
                    continue;
                }
                let target = url.host.clone().unwrap_or_default();
                let found = originals.iter().find(|(name, _)| *name == target);
                let cannot = |reason: &[u8]| {
                    let parts: [&[u8]; 5] = [b"cannot use `", &path.raw, b"`, \"", &target, reason];
                    Error::abort(parts.concat())
                };
                let Some((_, sources)) = found else {
                    return Err(cannot(b"\" is not a known path"));
                };
                for source in sources {
                    let scheme = Url::parse(&source.raw)?.scheme;
                    if scheme.as_deref() == Some(b"path") {
                        return Err(cannot(b"\" is also defined as a `path://`"));
                    }
                    out.push(inherit(&path, source));
                }
            }
            *paths = out;
        }
        Ok(())
    }

    /// The names, sorted, with their locations.
    #[must_use]
    pub fn sorted(&self) -> Vec<(&[u8], &[Path])> {
        let mut out: Vec<_> =
            self.entries.iter().map(|(name, paths)| (name.as_slice(), paths.as_slice())).collect();
        out.sort_unstable_by_key(|(name, _)| *name);
        out
    }

    /// The locations of a name.
    #[must_use]
    pub fn get(&self, name: &[u8]) -> Option<&[Path]> {
        let entry = self.entries.iter().find(|(key, _)| key == name);
        entry.map(|(_, paths)| paths.as_slice())
    }

    /// What a command's argument means: a name, or else a location.
    pub fn resolve(&self, argument: &[u8]) -> Result<Vec<Path>> {
        if let Some(paths) = self.get(argument) {
            return Ok(paths.to_vec());
        }
        self.location(argument).map(|path| vec![path])
    }

    /// A location by itself, with the sub-options that hold for all.
    fn location(&self, location: &[u8]) -> Result<Path> {
        let mut path = Path::from_location(location)?;
        let mut quiet = self.clone();
        quiet.apply_options(&mut path, b"*", &self.defaults)?;
        Ok(path)
    }

    /// What a pull, `incoming` and the like use: the arguments, else `default`.
    pub fn for_pull(&self, arguments: &[Vec<u8>]) -> Result<Vec<Path>> {
        let found = if arguments.is_empty() {
            match self.get(b"default") {
                Some(paths) => paths.to_vec(),
                None => vec![Path::from_location(b"default")?],
            }
        } else {
            let mut found = Vec::new();
            for argument in arguments {
                found.extend(self.resolve(argument)?);
            }
            found
        };
        Ok(found)
    }

    /// What a push and `outgoing` use: the arguments, else `default-push`, else `default`.
    /// A local path must be there.
    pub fn for_push(&self, arguments: &[Vec<u8>], cwd: &FilePath) -> Result<Vec<Path>> {
        let mut found = Vec::new();
        if arguments.is_empty() {
            match self.get(b"default-push").or_else(|| self.get(b"default")) {
                Some(paths) => found.extend_from_slice(paths),
                None => {
                    return Err(Error::new(
                        hg_types::ErrorKind::Config,
                        "default repository not configured!",
                    )
                    .hint("see 'hg help config.paths'"));
                }
            }
        }
        for argument in arguments {
            if let Some(paths) = self.get(argument) {
                found.extend_from_slice(paths);
                continue;
            }
            let path = self.location(argument)?;
            let url = Url::parse_with(&path.location, false)?;
            if url.scheme.is_none() && !is_there(&cwd.join(url.local_path().to_path_lossy())) {
                let parts: [&[u8]; 3] = [b"repository ", argument, b" does not exist"];
                return Err(Error::new(hg_types::ErrorKind::Repo, parts.concat()));
            }
            found.push(path);
        }
        Ok(found.iter().map(Path::for_push).collect())
    }
}

/// Whether a path may be pushed to, or at least looked at: a repository or a bundle file.
fn is_there(path: &FilePath) -> bool {
    path.join(".hg").is_dir() || path.is_file()
}

/// The sub-options of a name, with those for all names where it has none of its own.
fn options_of(config: &Config, name: &[u8]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut out = config.sub_options("paths", name);
    for (key, value) in config.sub_options("paths", "*") {
        if !out.iter().any(|(own, _)| *own == key) {
            out.push((key, value));
        }
    }
    out
}

/// `path`, which refers to `source`, with what it does not say itself taken from there.
fn inherit(path: &Path, source: &Path) -> Path {
    let mut out = path.clone();
    out.raw.clone_from(&source.raw);
    out.location.clone_from(&source.location);
    out.branch = path.branch.clone().or_else(|| source.branch.clone());
    if let Some(branch) = &out.branch {
        out.raw = [&out.location, &b"#"[..], branch].concat();
    }
    out.push_url = path.push_url.clone().or_else(|| source.push_url.clone());
    out.push_rev = path.push_rev.clone().or_else(|| source.push_rev.clone());
    out.bookmarks_mode = path.bookmarks_mode.or(source.bookmarks_mode);
    out.multi_urls |= source.multi_urls;
    out
}

/// A location as it is in the configuration, variables expanded, a local one made absolute.
fn absolute_location(config: &Config, text: &[u8], base: &FilePath) -> Vec<u8> {
    let expanded = expand_path(config.environment(), text);
    let Ok(url) = Url::parse(&expanded) else {
        return expanded;
    };
    if url.scheme.is_some() {
        return url.to_bytes();
    }
    let mut local = url.clone();
    let path = base.join(url.local_path().to_path_lossy());
    local.path = Some(normalized(&path).into_os_string().into_encoded_bytes());
    local.to_bytes()
}

/// A path without `.` and `..`, symbolic links not looked at.
#[must_use]
pub fn normalized(path: &FilePath) -> std::path::PathBuf {
    let mut out = std::path::PathBuf::new();
    for part in path.components() {
        match part {
            std::path::Component::CurDir => {}
            std::path::Component::ParentDir => {
                out.pop();
            }
            other => out.push(other),
        }
    }
    out
}
