//! Who owns a configuration file and whether its owner is trusted; the user database.

use std::fs::{File, Metadata};
use std::io::Read as _;
use std::os::unix::fs::MetadataExt as _;
use std::path::{Path, PathBuf};

use bstr::ByteSlice as _;

use crate::Environment;

/// Largest configuration file that is read: beyond it somebody named the wrong file.
const MAX_SIZE: u64 = 64 << 20;

/// Resolves `path` against the environment's current directory.
pub(crate) fn absolute(env: &Environment, path: &Path) -> PathBuf {
    if path.is_absolute() || env.cwd.as_os_str().is_empty() {
        return path.to_path_buf();
    }
    env.cwd.join(path)
}

/// Reads a whole file; the path is relative to the environment's current directory.
pub(crate) fn read_file(env: &Environment, path: &Path) -> std::io::Result<Vec<u8>> {
    let mut data = Vec::new();
    File::open(absolute(env, path))?.take(MAX_SIZE).read_to_end(&mut data)?;
    Ok(data)
}

/// A file with its content and owner.
pub(crate) struct Owned {
    pub(crate) data: Vec<u8>,
    pub(crate) uid: u32,
    pub(crate) gid: u32,
}

/// Reads a file together with its owner.
pub(crate) fn read_owned(env: &Environment, path: &Path) -> std::io::Result<Owned> {
    let file = File::open(absolute(env, path))?;
    let metadata: Metadata = file.metadata()?;
    let mut data = Vec::new();
    file.take(MAX_SIZE).read_to_end(&mut data)?;
    Ok(Owned { data, uid: metadata.uid(), gid: metadata.gid() })
}

/// The effective user of this process.
pub(crate) fn current_uid() -> u32 {
    nix::unistd::geteuid().as_raw()
}

/// Name of a user; the number when the user database does not know it.
#[must_use]
pub fn user_name(uid: u32) -> Vec<u8> {
    match nix::unistd::User::from_uid(uid.into()) {
        Ok(Some(user)) => user.name.into_bytes(),
        _ => uid.to_string().into_bytes(),
    }
}

/// Name of a group; the number when the group database does not know it.
pub(crate) fn group_name(gid: u32) -> Vec<u8> {
    match nix::unistd::Group::from_gid(gid.into()) {
        Ok(Some(group)) => group.name.into_bytes(),
        _ => gid.to_string().into_bytes(),
    }
}

/// Home of a user by name.
pub(crate) fn user_home(name: &[u8]) -> Option<Vec<u8>> {
    let user = nix::unistd::User::from_name(name.to_str().ok()?).ok()??;
    Some(user.dir.into_os_string().into_encoded_bytes())
}

/// Home of the user that runs this process.
pub(crate) fn current_user_home() -> Option<Vec<u8>> {
    let user = nix::unistd::User::from_uid(nix::unistd::getuid()).ok()??;
    Some(user.dir.into_os_string().into_encoded_bytes())
}
