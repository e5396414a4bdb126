//! Sharing: working directories that use the history of another repository.

use bstr::ByteSlice as _;
use hg_format::requirements::{Requirements, is_working_dir, name};
use hg_store::{InitOptions, Repo, default_requirements};
use hg_types::{Error, Interaction, Node, Result};
use hg_wdir::merge::{UpdateOptions, UpdateStats, update};
use hg_wire::open::{OpenContext, Opened, open};
use hg_wire::paths::Path;

use crate::clone::{copy, default_name};

/// How a share is made.
#[derive(Clone, Copy, Debug, Default)]
pub struct ShareOptions {
    /// Its bookmarks are the source's.
    pub bookmarks: bool,
    /// The way to the source is kept relative, so that both can be moved together.
    pub relative: bool,
    /// Nothing is checked out.
    pub no_update: bool,
}

/// Makes a working directory in `destination` (by default what the source is called) that uses the
/// history of the repository at `source`; gives it and what the checkout did.
///
/// # Errors
/// When the source is not on this machine, or the destination is a repository already.
pub fn share(
    context: &OpenContext,
    source: &Path,
    named: &[u8],
    destination: Option<&[u8]>,
    options: ShareOptions,
    interaction: &dyn Interaction,
) -> Result<(Repo, Option<UpdateStats>)> {
    let origin = open_local(context, source)?;
    let target = match destination.filter(|target| !target.is_empty()) {
        Some(target) => target.to_vec(),
        None => default_name(named),
    };
    let expanded = hg_config::expand_path(context.config.environment(), &target);
    let root = hg_config::normalize_path(&context.cwd.join(expanded.to_path_lossy()));
    let origin_config = origin.config();
    let default = origin_config.get("paths", "default").filter(|path| !path.is_empty());
    let repo = make(context, &origin, &root, target, options, default)?;
    if options.no_update {
        return Ok((repo, None));
    }
    context.reporter.status(b"updating working directory\n");
    let target = first_target(context, &repo, source.branch.as_deref())?;
    let stats = update(&repo, target, &UpdateOptions::default(), interaction)?;
    Ok((repo, Some(stats)))
}

/// Makes a working directory at `root` that uses the history of `origin`; `default` is where it
/// pulls from.
pub(crate) fn make(
    context: &OpenContext,
    origin: &Repo,
    root: &std::path::Path,
    display: Vec<u8>,
    options: ShareOptions,
    default: Option<&[u8]>,
) -> Result<Repo> {
    let init = InitOptions {
        requirements: Some(requirements(context, origin, options)?),
        share_of: Some((origin.shared_vfs().base().to_path_buf(), options.relative)),
        share_bookmarks: options.bookmarks,
    };
    let mut open_options = context.options();
    open_options.display_root = Some(display);
    let repo = Repo::init(root, open_options, &init)?;
    if let Some(default) = default {
        repo.vfs().write("hgrc", &[b"[paths]\ndefault = ", default, b"\n"].concat())?;
    }
    Repo::open(root, context.options())
}

/// Opens what can be shared.
fn open_local(context: &OpenContext, source: &Path) -> Result<Repo> {
    let url = hg_wire::url::Url::parse_with(&source.location, false)?;
    if url.is_local()
        && url.scheme.as_deref() != Some(b"bundle")
        && let Opened::Repo(repo) = open(context, &source.location)?
    {
        return Ok(repo);
    }
    Err(Error::abort("can only share local repositories"))
}

fn requirements(
    context: &OpenContext,
    origin: &Repo,
    options: ShareOptions,
) -> Result<Requirements> {
    let kind = if options.relative { name::RELATIVE_SHARED } else { name::SHARED };
    let mut out = (*origin.requirements()).clone();
    if origin.requires(name::SHARE_SAFE) {
        // The history's requirements are read from the source each time.
        out = default_requirements(&context.config)?;
        out.retain(|name| is_working_dir(name));
        out.insert(name::SHARE_SAFE.as_bytes().to_vec());
    }
    for other in [name::SHARED, name::RELATIVE_SHARED] {
        out.remove(other.as_bytes());
    }
    out.insert(kind.as_bytes().to_vec());
    Ok(out)
}

/// What is checked out: what the source's location asks for, the branch `default`, the tip.
pub(crate) fn first_target(
    context: &OpenContext,
    repo: &Repo,
    wanted: Option<&[u8]>,
) -> Result<Node> {
    for symbol in wanted.into_iter().chain([&b"default"[..]]) {
        if let Ok(node) = (context.lookup)(repo, symbol) {
            return Ok(node);
        }
    }
    let changelog = repo.changelog()?;
    Ok(changelog.node(changelog.tip()))
}

/// Gives a share a history of its own, a copy of what it used until now.
///
/// # Errors
/// When it is no share, or the history cannot be copied.
pub fn unshare(repo: &Repo) -> Result<()> {
    if !repo.is_shared() {
        return Err(Error::abort("this is not a shared repo"));
    }
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let origin = repo.open_source()?;
    copy::copy_into(&origin, repo.vfs(), &*repo.reporter())?;
    let mut requirements = (*repo.requirements()).clone();
    for kind in [name::SHARED, name::RELATIVE_SHARED] {
        requirements.remove(kind.as_bytes());
    }
    // Until the requirements say otherwise, the copy is not looked at.
    Repo::write_own_requirements(repo.vfs(), &requirements)?;
    repo.vfs().rename("sharedpath", "sharedpath.old")?;
    Ok(())
}
