//! The queues of a repository: `patches.queues` lists them, `patches.queue` names the active one.

use hg_store::Repo;
use hg_types::{Error, Result};

/// The queue that every repository has.
const DEFAULT: &[u8] = b"patches";
const ALL: &str = "patches.queues";
const ACTIVE: &str = "patches.queue";

/// The name of the active queue.
///
/// # Errors
/// When the file cannot be read.
pub fn active(repo: &Repo) -> Result<Vec<u8>> {
    let name = repo.vfs().try_read(ACTIVE)?.unwrap_or_default();
    let name = name.split(|&byte| byte == b'\n').next().unwrap_or_default();
    Ok(if name.is_empty() { DEFAULT.to_vec() } else { name.to_vec() })
}

/// The directory of a queue below `.hg`.
#[must_use]
pub fn directory(name: &[u8]) -> Vec<u8> {
    if name == DEFAULT { DEFAULT.to_vec() } else { [DEFAULT, b"-", name].concat() }
}

/// All queues, sorted; the active one is among them.
///
/// # Errors
/// When a file cannot be read.
pub fn all(repo: &Repo) -> Result<Vec<Vec<u8>>> {
    let current = active(repo)?;
    let text = repo.vfs().try_read(ALL)?;
    let mut out: Vec<Vec<u8>> = match text {
        None => vec![DEFAULT.to_vec()],
        Some(text) => {
            let lines = text.split(|&byte| byte == b'\n').map(<[u8]>::trim_ascii);
            lines.filter(|line| !line.is_empty()).map(<[u8]>::to_vec).collect()
        }
    };
    if !out.contains(&current) {
        out.push(current);
    }
    out.sort();
    Ok(out)
}

/// Whether a queue can have this name.
#[must_use]
pub fn is_valid(name: &[u8]) -> bool {
    !name.iter().any(|byte| b":\\/.".contains(byte))
}

/// Makes a queue the active one.
///
/// # Errors
/// When patches of the one that was are applied, or the file cannot be written.
pub fn activate(repo: &Repo, name: &[u8]) -> Result<()> {
    if !super::Queue::open(repo)?.applied.is_empty() {
        let message = "new queue created, but cannot make active as patches are applied";
        return Err(Error::abort(message));
    }
    write_active(repo, name)
}

fn write_active(repo: &Repo, name: &[u8]) -> Result<()> {
    let text = if name == DEFAULT { &b""[..] } else { name };
    Ok(repo.vfs().write_atomic(ACTIVE, text)?)
}

/// Adds a queue to the list.
///
/// # Errors
/// When the file cannot be written.
pub fn add(repo: &Repo, name: &[u8]) -> Result<()> {
    let text = repo.vfs().try_read(ALL)?;
    let mut text = text.unwrap_or_else(|| [DEFAULT, b"\n"].concat());
    text.extend_from_slice(&[name, b"\n"].concat());
    Ok(repo.vfs().write_atomic(ALL, &text)?)
}

/// Takes a queue off the list.
///
/// # Errors
/// When it is the active one, is not there, or the file cannot be written.
pub fn delete(repo: &Repo, name: &[u8]) -> Result<()> {
    let mut names = all(repo)?;
    if active(repo)? == name {
        return Err(Error::abort("cannot delete currently active queue"));
    }
    if !names.iter().any(|known| known == name) {
        return Err(Error::abort("cannot delete queue that does not exist"));
    }
    names.retain(|known| known != name);
    write_all(repo, &names)
}

/// Gives the active queue another name.
///
/// # Errors
/// When its directory cannot be renamed, or a file cannot be written.
pub fn rename(repo: &Repo, name: &[u8]) -> Result<()> {
    let old = active(repo)?;
    let (from, to) = (directory(&old), directory(name));
    let vfs = repo.vfs();
    if vfs.lexists(&to) {
        let path = vfs.join(&to);
        let shown = path.as_os_str().as_encoded_bytes();
        let parts = [b"non-queue directory \"", shown, b"\" already exists"];
        return Err(Error::abort(parts.concat()));
    }
    if vfs.lexists(&from) {
        vfs.rename(&from, &to)?;
    }
    let renamed = |known: Vec<u8>| if known == old { name.to_vec() } else { known };
    let names: Vec<Vec<u8>> = all(repo)?.into_iter().map(renamed).collect();
    write_active(repo, name)?;
    write_all(repo, &names)
}

fn write_all(repo: &Repo, names: &[Vec<u8>]) -> Result<()> {
    let text: Vec<u8> = names.iter().flat_map(|name| [&name[..], b"\n"].concat()).collect();
    Ok(repo.vfs().write_atomic(ALL, &text)?)
}
