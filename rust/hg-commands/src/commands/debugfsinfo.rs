//! `hg debugfsinfo`.

use std::os::unix::fs::MetadataExt as _;
use std::path::Path;

use hg_types::Result;
use hg_vfs::bytes_to_path;

use crate::{Command, CommandContext, spec};

/// `hg debugfsinfo`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGFSINFO,
    help: "Show what the file system of PATH, by default of the current directory, can do.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let given = match ctx.args.as_slice() {
        [] => b".".to_vec(),
        [path] => path.clone(),
        _ => return Err(ctx.usage_error()),
    };
    let path = ctx.cwd().join(bytes_to_path(&given));
    let mounts = std::fs::read("/proc/self/mountinfo").unwrap_or_default();
    let mount = mount_of(&mounts, &path.canonicalize().unwrap_or_else(|_| path.clone()));
    let probe = tempfile::Builder::new().prefix(".hg-checkfs-").tempdir_in(&path).ok();
    let answer = |can: Option<bool>| match can {
        Some(true) => "yes",
        Some(false) => "no",
        None => "(unknown)",
    };
    let probed = |check: fn(&Path) -> bool| probe.as_ref().map(|dir| check(dir.path()));
    let exec = answer(probed(can_set_exec));
    let symlink = answer(probed(can_link));
    let hardlink = answer(probed(can_hard_link));
    let sensitive = answer(probed(is_case_sensitive));
    let kind = mount.unwrap_or("(unknown)");
    ctx.ui.write([b"path: ", &given[..], b"\n"].concat());
    ctx.ui.write("mounted on: (unknown)\n");
    ctx.ui.write(format!("exec: {exec}\nfstype: {kind}\nsymlink: {symlink}\n"));
    ctx.ui.write(format!("hardlink: {hardlink}\ncase-sensitive: {sensitive}\n"));
    Ok(0)
}

/// The type of the file system that holds a path, by the longest mount point above it.
fn mount_of<'m>(mounts: &'m [u8], path: &Path) -> Option<&'m str> {
    let text = std::str::from_utf8(mounts).ok()?;
    let entry = |line: &'m str| {
        let (front, back) = line.split_once(" - ")?;
        Some((front.split(' ').nth(4)?, back.split(' ').next()?))
    };
    let above = text.lines().filter_map(entry).filter(|(point, _)| path.starts_with(point));
    above.max_by_key(|(point, _)| point.len()).map(|(_, kind)| match kind {
        // All three share a magic number, by which the oldest is known.
        "ext3" | "ext4" => "ext2",
        other => other,
    })
}

fn can_set_exec(directory: &Path) -> bool {
    use std::os::unix::fs::PermissionsExt as _;
    let file = directory.join("exec");
    std::fs::write(&file, b"").is_ok()
        && std::fs::set_permissions(&file, std::fs::Permissions::from_mode(0o755)).is_ok()
        && file.metadata().is_ok_and(|stat| stat.mode() & 0o100 != 0)
}

fn can_link(directory: &Path) -> bool {
    std::os::unix::fs::symlink(".", directory.join("link")).is_ok()
}

fn can_hard_link(directory: &Path) -> bool {
    let file = directory.join("original");
    std::fs::write(&file, b"").is_ok() && std::fs::hard_link(&file, directory.join("copy")).is_ok()
}

fn is_case_sensitive(directory: &Path) -> bool {
    std::fs::write(directory.join("case"), b"").is_ok() && !directory.join("CASE").exists()
}
