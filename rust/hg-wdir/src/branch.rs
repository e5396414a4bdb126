//! The branch that the next changeset will be on: `.hg/branch`.

use hg_store::Repo;
use hg_types::Result;

/// The branch of the working directory, in UTF-8.
///
/// # Errors
/// When it cannot be read.
pub fn read(repo: &Repo) -> Result<Vec<u8>> {
    let text = repo.vfs().try_read("branch")?.unwrap_or_default();
    let name = text.trim_ascii();
    Ok(if name.is_empty() { b"default".to_vec() } else { name.to_vec() })
}

/// Sets the branch of the working directory.
///
/// # Errors
/// When it cannot be written.
pub fn write(repo: &Repo, branch: &[u8]) -> Result<()> {
    if read(repo)? == branch && repo.vfs().exists("branch") {
        return Ok(());
    }
    Ok(repo.vfs().write_atomic_checked("branch", &[branch, b"\n"].concat())?)
}
