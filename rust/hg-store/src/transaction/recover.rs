//! Undoing: a transaction that was aborted, one that was interrupted (`recover`), and the last one
//! that was closed (`rollback`).

use hg_format::journal::{Appended, Backup, decode, decode_backups};
use hg_types::{Error, Node, Result};

use super::Location;
use super::close::remove_copies;
use super::journal::{BACKUPS, JOURNAL, Journal};
use crate::Repo;

/// Cuts files back and puts copies back.
pub(super) fn undo(repo: &Repo, appended: &[Appended], backups: &[Backup]) -> Result<()> {
    let store = repo.store_vfs();
    // The last note of a file counts: strip moves lengths down.
    let mut lengths = std::collections::BTreeMap::new();
    for entry in appended {
        lengths.insert(&entry.name, entry.length);
    }
    for (name, length) in lengths {
        if length == 0 {
            store.try_remove(name)?;
            continue;
        }
        match store.file_stat(name) {
            Some(stat) if stat.size > length => store.truncate(name, length)?,
            Some(stat) if stat.size == length => {}
            found => {
                let size = found.map_or(0, |stat| stat.size);
                let shown = [
                    b"attempted to truncate ",
                    &name[..],
                    format!(" to {length} bytes, but it was already {size} bytes\n").as_bytes(),
                ]
                .concat();
                return Err(Error::storage(shown.trim_ascii_end()));
            }
        }
    }
    for entry in backups {
        let Some(location) = Location::from_bytes(&entry.location) else {
            let text = [
                b"couldn't handle ",
                &entry.name[..],
                b": unknown cache location ",
                &entry.location,
                b"\n",
            ];
            repo.reporter().warn(&text.concat());
            continue;
        };
        let vfs = location.vfs(repo);
        let (file, copy) =
            (location.encode(repo, &entry.name), location.encode(repo, &entry.backup));
        if entry.name.is_empty() {
            vfs.try_remove(copy)?;
        } else if entry.backup.is_empty() {
            vfs.try_remove(file)?;
        } else if vfs.lexists(&copy) {
            // A second name needs no space on a disk that may be full. Renaming one name of a
            // file to another one of the same file does nothing.
            let placed = temporary(&file);
            vfs.link_or_copy(copy, &placed)?;
            vfs.rename_checked(&placed, file)?;
            vfs.try_remove(placed)?;
        } else if location == Location::Hg && is_wdir_state(&entry.name) {
            let path = vfs.join(&copy);
            let reason = b" ([Errno 2] No such file or directory: b'";
            let path = hg_vfs::path_to_bytes(&path);
            let parts = [b"failed to recover ", &entry.name[..], reason, path, b"')\n"];
            repo.reporter().warn(&parts.concat());
        } else if !entry.cache {
            let text = [b"cannot restore ", &entry.name[..], b": its copy is missing"].concat();
            return Err(Error::storage(text));
        }
    }
    Ok(())
}

/// Whether a file says what the working directory is at: the branch, the dirstate and its data.
fn is_wdir_state(name: &[u8]) -> bool {
    name == b"branch" || name == b"dirstate" || name.starts_with(b"dirstate.")
}

/// Undoes a transaction of this process, and says how it went unless there was nothing to undo.
pub(super) fn undo_and_tell(repo: &Repo, journal: &Journal, loud: bool) {
    let reporter = repo.reporter();
    let undone = undo(repo, &journal.appended, &journal.backups)
        .and_then(|()| remove_journal(repo, &journal.backups));
    match undone {
        Ok(()) if loud => reporter.warn(b"rollback completed\n"),
        Ok(()) => {}
        Err(error) => {
            reporter.warn(b"rollback failed - please run hg recover\n");
            let cause = [b"(failure reason: ", &error.message[..], b")\n"].concat();
            reporter.warn(&cause);
        }
    }
}

fn temporary(name: &[u8]) -> Vec<u8> {
    [name, b".restored~"].concat()
}

/// Removes the journal and its copies.
pub(super) fn remove_journal(repo: &Repo, backups: &[Backup]) -> Result<()> {
    let store = repo.store_vfs().raw();
    store.try_remove(JOURNAL)?;
    store.try_remove(BACKUPS)?;
    // The description stays: it means nothing without a journal.
    remove_copies(repo, backups)
}

/// Removes what an earlier transaction left for `rollback`.
///
/// # Errors
/// When a file cannot be removed.
pub fn remove_undo(repo: &Repo) -> Result<()> {
    let store = repo.store_vfs().raw();
    let text = store.try_read("undo.backupfiles")?.unwrap_or_default();
    // A list that cannot be read is of no use to anybody.
    let backups = decode_backups(&text).unwrap_or_default();
    let old = backups.iter().filter(|entry| is_undo_copy(&entry.backup)).cloned();
    remove_copies(repo, &old.collect::<Vec<_>>())?;
    store.try_remove("undo.backupfiles")?;
    store.try_remove("undo")?;
    for name in ["undo.dirstate", "undo.branch", "undo.desc", "undo.bookmarks"] {
        repo.vfs().try_remove(name)?;
    }
    store.try_remove("undo.phaseroots")?;
    Ok(())
}

/// The list of copies comes from a file: it must not make us remove anything else.
fn is_undo_copy(name: &[u8]) -> bool {
    name.starts_with(b"undo.backup.") || name.windows(13).any(|part| part == b"/undo.backup.")
}

fn check_names(appended: &[Appended], backups: &[Backup]) -> Result<()> {
    let names = appended
        .iter()
        .map(|entry| &entry.name)
        .chain(backups.iter().flat_map(|entry| [&entry.name, &entry.backup]));
    for name in names {
        let bad = name.starts_with(b"/") || name.split(|&b| b == b'/').any(|part| part == b"..");
        if bad {
            return Err(Error::storage(
                [b"journal names a file outside the store: ", &name[..]].concat(),
            ));
        }
    }
    Ok(())
}

fn read_journal(repo: &Repo, prefix: &str) -> Result<Option<(Vec<Appended>, Vec<Backup>)>> {
    let store = repo.store_vfs().raw();
    let Some(text) = store.try_read(prefix)? else { return Ok(None) };
    let (appended, bad) = decode(&text);
    for line in bad {
        let text = format!("couldn't read journal entry '{}'!\n", line.escape_ascii());
        repo.reporter().warn(text.as_bytes());
    }
    let name = format!("{prefix}.backupfiles");
    let text = store.try_read(&name)?.unwrap_or_default();
    let backups = decode_backups(&text)
        .map_err(|_| Error::storage(format!("unknown {prefix} version, cannot read {name}")))?;
    check_names(&appended, &backups)?;
    Ok(Some((appended, backups)))
}

/// Undoes an interrupted transaction; says whether there was one.
///
/// # Errors
/// When the lock cannot be had, or the journal cannot be read or undone.
pub fn recover(repo: &Repo) -> Result<bool> {
    let _lock = repo.lock()?;
    let Some((appended, backups)) = read_journal(repo, JOURNAL)? else {
        repo.reporter().warn(b"no interrupted transaction available\n");
        return Ok(false);
    };
    repo.reporter().status(b"rolling back interrupted transaction\n");
    undo(repo, &appended, &backups)?;
    remove_journal(repo, &backups)?;
    repo.clear();
    Ok(true)
}

/// What undoing the last transaction did.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Rollback {
    /// There is nothing to undo.
    Nothing,
    /// It was (or, for a dry run, would be) undone.
    Done {
        /// Whether the parents of the working directory are gone with it: `.hg/dirstate` and
        /// `.hg/branch` have been put back then.
        parents_gone: bool,
    },
}

/// Undoes the last closed transaction. `wdir_parents` are the parents of the working directory.
///
/// # Errors
/// When the locks cannot be had, when changes would be lost and `force` is not set, or when files
/// cannot be put back.
pub fn rollback(
    repo: &Repo,
    dry_run: bool,
    force: bool,
    wdir_parents: [Node; 2],
) -> Result<Rollback> {
    let _wlock = repo.wlock()?;
    let _lock = repo.lock()?;
    let Some((appended, mut backups)) = read_journal(repo, "undo")? else {
        repo.reporter().warn(b"no rollback information available\n");
        return Ok(Rollback::Nothing);
    };
    let described = describe(repo)?;
    if let Some(undo) = &described {
        let changelog = repo.changelog()?;
        let tip = changelog.node(changelog.tip());
        if undo.name == b"commit" && !force && wdir_parents[0] != tip {
            return Err(Error::abort(
                "rollback of last commit while not checked out may lose data",
            )
            .hint("use -f to force"));
        }
    }
    let message = described.as_ref().map_or_else(
        || b"rolling back unknown transaction\n".to_vec(),
        |undo| undo.message.clone(),
    );
    repo.reporter().status(&message);
    if dry_run {
        return Ok(Rollback::Done { parents_gone: false });
    }
    let old_len = described.map_or(0, |undo| undo.old_len);
    let mut parents_gone = false;
    for node in wdir_parents {
        let rev = repo.changelog()?.find(&node).and_then(hg_types::Revision::index);
        parents_gone |= !node.is_null() && rev.is_none_or(|rev| rev >= old_len);
    }
    if !parents_gone {
        backups.retain(|entry| entry.location != b"plain" || !is_wdir_state(&entry.name));
    }
    undo(repo, &appended, &backups)?;
    let kept = repo.vfs().try_read("undo.desc")?;
    remove_undo(repo)?;
    if let Some(kept) = kept {
        repo.vfs().write("undo.desc", &kept)?;
    }
    repo.clear();
    Ok(Rollback::Done { parents_gone })
}

struct Described {
    old_len: usize,
    name: Vec<u8>,
    message: Vec<u8>,
}

fn describe(repo: &Repo) -> Result<Option<Described>> {
    let Some(text) = repo.vfs().try_read("undo.desc")? else { return Ok(None) };
    let mut lines = text.split(|&b| b == b'\n');
    let length =
        lines.next().and_then(|line| std::str::from_utf8(line).ok()?.parse::<usize>().ok());
    let (Some(old_len), Some(name)) = (length, lines.next()) else { return Ok(None) };
    let detail = lines.next().filter(|line| !line.is_empty());
    let tip = i64::try_from(old_len).unwrap_or(i64::MAX) - 1;
    let verbose = repo.config().get_bool("ui", "verbose").unwrap_or(false);
    let name = name.to_vec();
    let mut message =
        [format!("repository tip rolled back to revision {tip} (undo ").as_bytes(), &name].concat();
    if let Some(detail) = detail.filter(|_| verbose) {
        message.extend_from_slice(&[b": ", detail].concat());
    }
    message.extend_from_slice(b")\n");
    Ok(Some(Described { old_len, name, message }))
}
