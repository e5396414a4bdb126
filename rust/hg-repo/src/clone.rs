//! Cloning: a new repository with what another one has.

use std::path::{Path as FilePath, PathBuf};

use bstr::ByteSlice as _;
use hg_store::{InitOptions, Repo};
use hg_types::{Error, Interaction, Node, Result};
use hg_wdir::merge::{UpdateOptions, UpdateStats, update};
use hg_wire::open::{OpenContext, Opened, is_remote, open, open_peer};
use hg_wire::paths::Path;
use hg_wire::peer::Peer;
use hg_wire::pull::{PullOptions, Streaming, pull};
use hg_wire::url::Url;

pub(crate) mod copy;
mod elsewhere;
mod pooled;
mod template;

pub use elsewhere::clone_elsewhere;
pub use pooled::Pool;

/// How a clone is made.
#[derive(Clone, Debug, Default)]
pub struct CloneOptions {
    /// Use the exchange protocol even where files could be copied.
    pub pull: bool,
    /// Only these and their ancestors.
    pub revs: Vec<Vec<u8>>,
    /// Only these branches and their ancestors.
    pub branches: Vec<Vec<u8>>,
    /// What to check out.
    pub checkout: Checkout,
    /// Take the files of another machine's store as they are.
    pub stream: bool,
    /// Where histories are kept that several clones share.
    pub pool: Option<Pool>,
}

/// What is checked out in a new clone.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Checkout {
    /// Nothing.
    Nothing,
    /// What suits best.
    #[default]
    Default,
    /// What a symbol names.
    Symbol(Vec<u8>),
}

/// What came of a clone.
pub struct Cloned {
    /// The new repository.
    pub repo: Repo,
    /// What the checkout did, if there was one.
    pub stats: Option<UpdateStats>,
}

/// What cloning needs.
pub struct CloneContext<'a> {
    /// For opening repositories.
    pub open: OpenContext,
    /// For questions during the checkout.
    pub interaction: &'a dyn Interaction,
    /// Says what the checkout did.
    pub show_stats: &'a dyn Fn(&UpdateStats),
    /// Lets plugins set the new repository up, before anything is checked out.
    pub set_up: &'a dyn Fn(&Repo) -> Result<()>,
}

/// Makes a clone of `source` in `destination` (by default what the source is called).
///
/// # Errors
/// When the source cannot be read, the destination is not empty, or the checkout fails.
pub fn clone(
    context: &CloneContext<'_>,
    source: &Path,
    destination: Option<&[u8]>,
    options: &CloneOptions,
) -> Result<Cloned> {
    let reporter = &context.open.reporter;
    let mut peer = open_peer(&context.open, &source.location, None)?;
    let wanted = wanted_symbols(&mut *peer, source, options)?;
    let target = match destination {
        Some(target) => target.to_vec(),
        None => {
            let name = default_name(&source.location);
            if !name.is_empty() {
                reporter.status(&[&b"destination directory: "[..], &name, b"\n"].concat());
            }
            name
        }
    };
    let root = destination_directory(context, &target)?;
    if let Some(pool) = &options.pool
        && let Some(cloned) =
            pooled::clone_pooled(context, pool, &mut *peer, source, &root, &wanted, options)?
    {
        return Ok(cloned);
    }
    let created = !root.exists();
    let guard = Cleanup { root: root.clone(), remove_root: created, armed: true };
    let repo = fill(context, &mut *peer, source, &root, &wanted, options)?;
    guard.disarm();
    repo.vfs().write("hgrc", &template::hgrc(&default_path(context, source)))?;
    let repo = Repo::open(&root, context.open.options())?;
    (context.set_up)(&repo)?;
    let stats = check_out(context, &repo, &mut *peer, &wanted, options)?;
    Ok(Cloned { repo, stats })
}

/// Removes what was begun when cloning fails.
struct Cleanup {
    root: PathBuf,
    remove_root: bool,
    armed: bool,
}

impl Cleanup {
    fn disarm(mut self) {
        self.armed = false;
    }
}

impl Drop for Cleanup {
    fn drop(&mut self) {
        if self.armed {
            let target = if self.remove_root { self.root.clone() } else { self.root.join(".hg") };
            // The failure that led here is what the user hears.
            let _ = std::fs::remove_dir_all(target);
        }
    }
}

/// The symbols that limit the clone; the first is checked out.
fn wanted_symbols(
    peer: &mut dyn Peer,
    source: &Path,
    options: &CloneOptions,
) -> Result<Vec<Vec<u8>>> {
    hg_wire::lookup::with_branches(peer, source, &options.branches, &options.revs, None)
}

/// The last component of a location.
pub(crate) fn default_name(location: &[u8]) -> Vec<u8> {
    let path = Url::parse_with(location, false).map(|url| url.path.unwrap_or_default());
    let path = hg_config::normalize_path(&path.unwrap_or_default().to_path_lossy());
    path.file_name().map(|name| name.as_encoded_bytes().to_vec()).unwrap_or_default()
}

fn destination_directory(context: &CloneContext<'_>, target: &[u8]) -> Result<PathBuf> {
    if target.is_empty() {
        return Err(Error::input("empty destination path is not valid"));
    }
    let url = Url::parse_with(target, false)?;
    match url.scheme.as_deref() {
        None | Some(b"file" | b"bundle") => {}
        Some(scheme) => {
            hg_wire::open::local_path(target).map(|_| ()).or_else(|error| {
                let unsafe_url = error.message.starts_with(b"potentially unsafe");
                if unsafe_url { Err(error) } else { Ok(()) }
            })?;
            return Err(Error::abort([b"cannot create new ", scheme, b" repository"].concat()));
        }
    }
    let path = url.local_path();
    let expanded = hg_config::expand_path(context.open.config.environment(), &path);
    let root = hg_config::normalize_path(&context.open.cwd.join(expanded.to_path_lossy()));
    if let Ok(entries) = std::fs::read_dir(&root) {
        if entries.count() > 0 {
            return Err(Error::input([b"destination '", &path[..], b"' is not empty"].concat()));
        }
    } else if root.exists() {
        return Err(Error::input([b"destination '", &path[..], b"' already exists"].concat()));
    }
    Ok(root)
}

/// Makes the repository at `root` and puts into it what the source has.
fn fill(
    context: &CloneContext<'_>,
    peer: &mut dyn Peer,
    source: &Path,
    root: &FilePath,
    wanted: &[Vec<u8>],
    options: &CloneOptions,
) -> Result<Repo> {
    if !options.pull
        && wanted.is_empty()
        && !is_remote(&source.location)
        && let Opened::Repo(other) = open(&context.open, &source.location)?
        && hg_wire::facts::serves_all(&other)?
    {
        return copy::copy_store(&other, root, &context.open);
    }
    let heads = wanted.iter().map(|symbol| peer.lookup(symbol)).collect::<Result<Vec<Node>>>()?;
    let mut open_options = context.open.options();
    // All bookmarks of a clone are new: nothing to tell.
    open_options.config.set("ui", "quietbookmarkmove", b"true", "clone");
    let repo = Repo::init(root, open_options, &InitOptions::default())?;
    let streaming = if options.stream { Streaming::Wanted } else { Streaming::IfPreferred };
    let heads = (!heads.is_empty()).then_some(heads);
    let pull_options = PullOptions { heads, streaming, ..PullOptions::default() };
    pull(&repo, peer, &pull_options)?;
    Ok(repo)
}

/// What `paths.default` is in the new repository.
fn default_path(context: &CloneContext<'_>, source: &Path) -> Vec<u8> {
    let Ok(mut url) = Url::parse_with(&source.location, false) else {
        return source.location.clone();
    };
    let fragment = source.branch.as_ref().map(|branch| [&b"#"[..], branch].concat());
    let fragment = fragment.unwrap_or_default();
    if !url.is_local() {
        url.password = None;
        return [url.to_bytes(), fragment].concat();
    }
    let path = url.path.clone().unwrap_or_default();
    let expanded = hg_config::expand_path(context.open.config.environment(), &path);
    let full = hg_config::normalize_path(&context.open.cwd.join(expanded.to_path_lossy()));
    let prefix: &[u8] = if url.scheme.as_deref() == Some(b"bundle") { b"bundle:" } else { b"" };
    [prefix, full.as_os_str().as_encoded_bytes(), &fragment].concat()
}

fn check_out(
    context: &CloneContext<'_>,
    repo: &Repo,
    peer: &mut dyn Peer,
    wanted: &[Vec<u8>],
    options: &CloneOptions,
) -> Result<Option<UpdateStats>> {
    let changelog = repo.changelog()?;
    let symbol = match &options.checkout {
        Checkout::Nothing => return Ok(None),
        Checkout::Symbol(symbol) => Some(symbol),
        Checkout::Default => wanted.first(),
    };
    let mut node = match symbol {
        Some(symbol) => Some(peer.lookup(symbol)?).filter(|node| changelog.has_node(node)),
        None => None,
    };
    if let (None, Checkout::Symbol(symbol)) = (node, &options.checkout) {
        node = (context.open.lookup)(repo, symbol).ok();
    }
    let mut bookmark = None;
    let reporter = &context.open.reporter;
    let branch_of = |node: &Node| changelog.entry_of(node).map(|entry| entry.branch());
    let mut text = None;
    if node.is_none()
        && let Some(at) = repo.bookmarks()?.get(b"@")
    {
        let branch = branch_of(&at)?;
        let mut line = b"updating to bookmark @".to_vec();
        if branch != b"default" {
            line.extend([&b" on branch "[..], &branch].concat());
        }
        line.push(b'\n');
        text = Some(line);
        node = Some(at);
        bookmark = Some(b"@".to_vec());
    }
    let target = match node {
        Some(node) => node,
        None => default_target(repo)?,
    };
    let text = match text {
        Some(text) => text,
        None if target.is_null() => b"updating to branch default\n".to_vec(),
        None => [&b"updating to branch "[..], &branch_of(&target)?, b"\n"].concat(),
    };
    reporter.status(&text);
    let stats = update(repo, target, &UpdateOptions::default(), context.interaction)?;
    (context.show_stats)(&stats);
    if let Checkout::Symbol(symbol) = &options.checkout {
        bookmark = repo.bookmarks()?.get(symbol).map(|_| symbol.clone());
    }
    if let Some(name) = bookmark {
        repo.set_active_bookmark(Some(&name))?;
    }
    Ok(Some(stats))
}

/// The tip of the default branch, else the tip.
fn default_target(repo: &Repo) -> Result<Node> {
    let changelog = repo.changelog()?;
    let tip = repo.branchmap()?.tip(b"default").map(|(rev, _)| rev);
    Ok(changelog.node(tip.unwrap_or_else(|| changelog.tip())))
}
