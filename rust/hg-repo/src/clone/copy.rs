//! Cloning by copying the store's files, as hard links where that works.

use std::fs;
use std::path::{Path, PathBuf};

use hg_format::requirements::{Requirements, name};
use hg_store::{InitOptions, Repo};
use hg_types::{Error, Reporter, Result};
use hg_vfs::Vfs;
use hg_wire::open::OpenContext;

/// Files of the cache directory that are worth copying.
const CACHES: [&str; 6] =
    ["branch2", "rbc-names-v2", "rbc-revs-v2", "tags2", "hgtagsfnodes1", "manifestfulltextcache"];

/// Makes a repository at `root` with the files of `source`'s store.
pub(super) fn copy_store(source: &Repo, root: &Path, context: &OpenContext) -> Result<Repo> {
    // Nobody should write meanwhile; when somebody does, what is copied is still consistent:
    // the changelog comes last, and what it does not mention yet is not looked at.
    let _lock = source.lock_with(false).ok();
    run_hooks(source)?;
    let init = InitOptions { requirements: Some(requirements(source)), ..InitOptions::default() };
    let repo = Repo::init(root, context.options(), &init)?;
    let mut copier = copy_history(source, repo.store_vfs().base())?;
    copy_caches(source, &repo, &mut copier)?;
    copy_bookmarks(source, &repo)?;
    copier.report(&*context.reporter);
    Ok(repo)
}

/// Copies the history of `source` into `.hg`, which is `vfs`; the caller holds the lock.
pub(crate) fn copy_into(source: &Repo, vfs: &Vfs, reporter: &dyn Reporter) -> Result<()> {
    let store = source.requires(name::STORE);
    let target = if store { vfs.join("store") } else { vfs.base().to_path_buf() };
    fs::create_dir_all(&target).map_err(|error| read_error(&target, error))?;
    let mut copier = copy_history(source, &target)?;
    let dummy = source.vfs().join("00changelog.i");
    if store && dummy.exists() {
        copier.file(&dummy, &vfs.join("00changelog.i"))?;
    }
    copier.report(reporter);
    Ok(())
}

/// Copies the files of a store to the directory `to`.
fn copy_history(source: &Repo, to: &Path) -> Result<Copier> {
    let mut copier = Copier { link: true, count: 0 };
    let publishing = source.is_publishing()?;
    let from = source.store_vfs().base();
    for name in ["data", "dh", "meta"] {
        copier.directory(&from.join(name), &to.join(name))?;
    }
    let mut last = Vec::new();
    let own_directory = source.requires(name::STORE);
    for file in files_of(from)? {
        let name = file.to_string_lossy().into_owned();
        if !own_directory && !is_history(&name) {
            continue;
        }
        if name.starts_with("00changelog") {
            last.push(file);
        } else if is_copied(&name) && !(publishing && name == "phaseroots") {
            copier.file(&from.join(&file), &to.join(&file))?;
        }
    }
    // The index names what the data holds: it comes after it.
    last.sort_by_key(|file| file.to_string_lossy().ends_with(".i"));
    for file in last.into_iter().filter(|file| is_copied(&file.to_string_lossy())) {
        copier.file(&from.join(&file), &to.join(&file))?;
    }
    Ok(copier)
}

fn run_hooks(source: &Repo) -> Result<()> {
    let clone = ("source".to_owned(), b"clone".to_vec());
    source.hooks().run(source, "preoutgoing", true, &vec![clone.clone()])?;
    let args = vec![("node".to_owned(), vec![b'0'; 40]), clone];
    source.hooks().run(source, "outgoing", false, &args)?;
    Ok(())
}

/// The source's requirements without those of its working directory or of a share.
fn requirements(source: &Repo) -> Requirements {
    let mut out = (*source.requirements()).clone();
    for own in [name::SHARED, name::RELATIVE_SHARED] {
        out.remove(own.as_bytes());
    }
    out
}

fn is_copied(name: &str) -> bool {
    let temporary = ["journal", "undo", "lock", "wlock"];
    !temporary.iter().any(|prefix| name.starts_with(prefix)) && !name.ends_with(".a")
}

/// Whether a file is of the history, where that shares a directory with everything else (repositories without `store`):
/// neither the working directory's state nor the configuration go along.
fn is_history(name: &str) -> bool {
    ["00changelog", "00manifest"].iter().any(|prefix| name.starts_with(prefix))
        || ["phaseroots", "obsstore"].contains(&name)
}

fn read_error(path: &Path, error: std::io::Error) -> Error {
    let name = path.as_os_str().as_encoded_bytes();
    let reason = error.to_string();
    let reason = reason.split(" (os error").next().unwrap_or_default().as_bytes().to_vec();
    Error::abort([&reason[..], b": '", name, b"'"].concat()).because(error)
}

/// The names of the plain files of a directory, sorted.
fn files_of(directory: &Path) -> Result<Vec<PathBuf>> {
    let mut out = Vec::new();
    let entries = match fs::read_dir(directory) {
        Ok(entries) => entries,
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(out),
        Err(error) => return Err(read_error(directory, error)),
    };
    for entry in entries {
        let entry = entry.map_err(|error| read_error(directory, error))?;
        if entry.file_type().is_ok_and(|kind| kind.is_file()) {
            out.push(PathBuf::from(entry.file_name()));
        }
    }
    out.sort();
    Ok(out)
}

fn copy_caches(source: &Repo, repo: &Repo, copier: &mut Copier) -> Result<()> {
    let (from, to) = (source.cache_vfs(), repo.cache_vfs());
    let wanted = |file: &PathBuf| {
        let name = file.to_string_lossy();
        CACHES.iter().any(|prefix| name.starts_with(prefix))
    };
    for file in files_of(from.base())?.into_iter().filter(wanted) {
        copier.file(&from.base().join(&file), &to.base().join(&file))?;
    }
    Ok(())
}

/// Bookmarks are moved in place: they get a file of their own.
fn copy_bookmarks(source: &Repo, repo: &Repo) -> Result<()> {
    if source.requires(name::BOOKMARKS_IN_STORE) {
        return Ok(());
    }
    let from = if source.shares_bookmarks() { source.shared_vfs() } else { source.vfs() };
    if let Some(text) = from.try_read("bookmarks")? {
        repo.vfs().write_atomic("bookmarks", &text)?;
    }
    Ok(())
}

/// Copies files, as links until that fails once.
struct Copier {
    link: bool,
    count: usize,
}

impl Copier {
    fn report(&self, reporter: &dyn Reporter) {
        let (verb, count) = (if self.link { "linked" } else { "copied" }, self.count);
        reporter.debug(format!("{verb} {count} files\n").as_bytes());
    }

    fn file(&mut self, from: &Path, to: &Path) -> Result<()> {
        // The new repository's own `requires` gives way.
        if to.exists() {
            fs::remove_file(to).map_err(|error| read_error(to, error))?;
        }
        self.count += 1;
        if self.link && fs::hard_link(from, to).is_ok() {
            return Ok(());
        }
        self.link = false;
        fs::copy(from, to).map_err(|error| read_error(from, error))?;
        Ok(())
    }

    fn directory(&mut self, from: &Path, to: &Path) -> Result<()> {
        let entries = match fs::read_dir(from) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
            Err(error) => return Err(read_error(from, error)),
        };
        fs::create_dir_all(to).map_err(|error| read_error(to, error))?;
        for entry in entries {
            let entry = entry.map_err(|error| read_error(from, error))?;
            let kind = entry.file_type().map_err(|error| read_error(from, error))?;
            let (from, to) = (entry.path(), to.join(entry.file_name()));
            if kind.is_dir() {
                self.directory(&from, &to)?;
            } else if kind.is_file() {
                self.file(&from, &to)?;
            }
        }
        Ok(())
    }
}
