//! What a subrepository's store looked like when it was last pushed to, or cloned from, a location: as long as
//! that has not changed, there is nothing to push.

use hg_store::Repo;
use hg_types::Result;
use hg_wire::url::Url;
use sha1::{Digest as _, Sha1};

use super::Subrepos;

/// The files that change with the store.
const WATCHED: [&str; 3] = ["bookmarks", "store/phaseroots", "store/00changelog.i"];

fn hex(data: &[u8]) -> String {
    Sha1::digest(data).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The file that is about a location, however that is written.
fn file_name(repo: &Repo, location: &[u8]) -> Result<String> {
    let url = Url::parse(location)?;
    let mut full = location.to_vec();
    if url.is_local() {
        let own = Subrepos::of(repo);
        let cwd = &own.context()?.cwd;
        let path = hg_match::join_path(hg_vfs::path_to_bytes(cwd), &url.local_path());
        full = hg_match::normalize_path(&path);
    }
    Ok(format!("cache/storehash/{}", &hex(&full)[..12]))
}

fn lines(repo: &Repo) -> Result<Vec<u8>> {
    let mut out = Vec::new();
    for name in WATCHED {
        let content = repo.vfs().try_read(name)?.unwrap_or_default();
        out.extend_from_slice(format!("{name} = {}\n", hex(&content)).as_bytes());
    }
    Ok(out)
}

/// Whether nothing has changed since the last time.
pub(super) fn is_clean(repo: &Repo, location: &[u8]) -> Result<bool> {
    let known = repo.vfs().try_read(file_name(repo, location)?)?.unwrap_or_default();
    let mut parts = known.splitn(2, |&byte| byte == b'\n');
    // The first line names the location for people.
    let known = parts.nth(1).unwrap_or_default();
    Ok(known == lines(repo)?)
}

/// Remembers how things are.
pub(super) fn remember(repo: &Repo, location: &[u8]) -> Result<()> {
    let _lock = repo.lock()?;
    repo.vfs().create_dirs("cache/storehash")?;
    let text = [&b"# "[..], location, b"\n", &lines(repo)?].concat();
    repo.vfs().write(file_name(repo, location)?, &text)?;
    Ok(())
}
