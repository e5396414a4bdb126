//! Opening the repositories that locations name.

use std::path::{Path as FilePath, PathBuf};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_store::{HookRunner, NestedRepos, OpenOptions, Repo};
use hg_types::{Error, ErrorKind, Reporter, Result};

use crate::bundle_repo::BundlePeer;
use crate::http::{Asker, HttpContext};
use crate::local::{LocalPeer, Lookup};
use crate::peer::{Peer, unsupported_scheme};
use crate::ssh::SshContext;
use crate::static_http::StaticPeer;
use crate::url::Url;

/// What opening another repository needs.
#[derive(Clone)]
pub struct OpenContext {
    /// The configuration without any repository's own.
    pub config: Config,
    /// The current directory.
    pub cwd: PathBuf,
    /// Whoever hears what the other repository has to say.
    pub reporter: Arc<dyn Reporter + Send + Sync>,
    /// Whoever runs the other repository's hooks.
    pub hooks: Option<Arc<dyn HookRunner>>,
    /// How symbols are looked up there.
    pub lookup: Lookup,
    /// Whoever is asked for passwords; without one, nobody is.
    pub asker: Option<Arc<dyn Asker>>,
    /// Whether servers are believed to be who they say (`--insecure`).
    pub insecure: bool,
    /// What is done about nested repositories in those that are made.
    pub nested: Option<Arc<dyn NestedRepos>>,
}

impl OpenContext {
    /// What speaking to a repository over `ssh` needs.
    #[must_use]
    pub fn ssh(&self) -> SshContext {
        SshContext { config: self.config.clone(), reporter: Arc::clone(&self.reporter) }
    }

    /// What speaking to a repository over HTTP needs.
    #[must_use]
    pub fn http(&self) -> HttpContext {
        HttpContext {
            config: self.config.clone(),
            reporter: Arc::clone(&self.reporter),
            asker: self.asker.clone(),
            insecure: self.insecure,
        }
    }

    /// The options for opening a repository.
    #[must_use]
    pub fn options(&self) -> OpenOptions {
        OpenOptions {
            config: self.config.clone(),
            reporter: Some(Arc::clone(&self.reporter)),
            hooks: self.hooks.clone(),
            nested: self.nested.clone(),
            ..OpenOptions::default()
        }
    }
}

/// What a location is.
pub enum Opened {
    /// A repository on this machine.
    Repo(Repo),
    /// A bundle file.
    Bundle(PathBuf),
}

/// The local path that a location names.
pub fn local_path(location: &[u8]) -> Result<Vec<u8>> {
    let url = Url::parse_with(location, false)?;
    match url.scheme.as_deref() {
        None | Some(b"file") => Ok(url.local_path()),
        Some(b"bundle") => Ok(url.path.clone().unwrap_or_default()),
        Some(scheme @ (b"ssh" | b"http" | b"https" | b"static-http" | b"union")) => {
            crate::ssh::refuse_injection(&url, location)?;
            Err(unsupported_scheme(scheme))
        }
        Some(_) => Err(not_found(&url.to_bytes())),
    }
}

fn not_found(location: &[u8]) -> Error {
    Error::new(ErrorKind::Repo, [b"repository ", location, b" not found"].concat())
}

/// Opens what a location names.
pub fn open(context: &OpenContext, location: &[u8]) -> Result<Opened> {
    let path = local_path(location)?;
    let expanded = hg_config::expand_path(context.config.environment(), &path);
    let full = hg_config::normalize_path(&context.cwd.join(expanded.to_path_lossy()));
    if location.starts_with(b"bundle:") || full.is_file() {
        return Ok(Opened::Bundle(full));
    }
    if !full.join(".hg").is_dir() {
        return Err(not_found(&path));
    }
    Repo::open(&full, context.options()).map(Opened::Repo)
}

/// Opens what a location names as a peer; `repo` is what a bundle file lies on top of.
pub fn open_peer(
    context: &OpenContext,
    location: &[u8],
    repo: Option<&Repo>,
) -> Result<Box<dyn Peer>> {
    if is_ssh(location) {
        return Ok(Box::new(context.ssh().peer(location)?));
    }
    if is_http(location) {
        return Ok(Box::new(context.http().peer(location)?));
    }
    if is_static(location) {
        return Ok(Box::new(StaticPeer::open(context, location)?));
    }
    match open(context, location)? {
        Opened::Repo(other) => Ok(Box::new(LocalPeer::new(other, context.lookup.clone()))),
        Opened::Bundle(file) => Ok(Box::new(BundlePeer::open(&file, location, repo, context)?)),
    }
}

/// Whether a location is reached over `ssh`.
#[must_use]
pub fn is_ssh(location: &[u8]) -> bool {
    has_scheme(location, &[b"ssh"])
}

/// Whether a location is reached over HTTP.
#[must_use]
pub fn is_http(location: &[u8]) -> bool {
    has_scheme(location, &[b"http", b"https"])
}

/// Whether a location is on another machine, where only peers can be.
#[must_use]
pub fn is_remote(location: &[u8]) -> bool {
    is_ssh(location) || is_http(location) || is_static(location)
}

/// Whether a location is the files of a web server.
#[must_use]
pub fn is_static(location: &[u8]) -> bool {
    has_scheme(location, &[b"static-http"])
}

fn has_scheme(location: &[u8], schemes: &[&[u8]]) -> bool {
    Url::parse_with(location, false)
        .is_ok_and(|url| url.scheme.is_some_and(|scheme| schemes.contains(&scheme.as_slice())))
}

/// Whether two paths name the same directory.
#[must_use]
pub fn same_file(a: &FilePath, b: &FilePath) -> bool {
    match (a.canonicalize(), b.canonicalize()) {
        (Ok(a), Ok(b)) => a == b,
        _ => a == b,
    }
}
