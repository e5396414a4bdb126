//! Patches applied by another program (`ui.patch`).

use std::collections::BTreeSet;
use std::io::Write as _;
use std::process::{Command, Stdio};

use hg_diff::lines;
use hg_types::{Error, HgPathBuf, Result};

use crate::CommandContext;

/// Has `program` apply a patch in the root; gives the files that it names in its output.
pub(super) fn run(
    ctx: &CommandContext,
    program: &[u8],
    patch: &[u8],
    strip: usize,
) -> Result<BTreeSet<HgPathBuf>> {
    use std::os::unix::ffi::OsStrExt as _;
    let repo = ctx.repo()?;
    let file = std::env::temp_dir().join(format!("hg-patch-{}", std::process::id()));
    let failed = |error: std::io::Error| {
        let reason = hg_vfs::os_message(&error);
        Error::abort([b"patch command failed: ", &reason[..]].concat())
    };
    std::fs::File::create(&file).and_then(|mut file| file.write_all(patch)).map_err(failed)?;
    let name = hg_wdir::merge::shell_quote(file.as_os_str().as_bytes());
    let line = [program, format!(" -p{strip} < ").as_bytes(), &name].concat();
    let output = Command::new("/bin/sh")
        .arg("-c")
        .arg(std::ffi::OsStr::from_bytes(&line))
        .current_dir(repo.root())
        .stdin(Stdio::null())
        // What the program complains about is for the user.
        .stderr(Stdio::inherit())
        .output();
    // Nobody needs the file any more.
    let _ = std::fs::remove_file(&file);
    let output = output.map_err(failed)?;
    let files = read_output(ctx, &output.stdout);
    if !output.status.success() {
        let how = match output.status.code() {
            Some(code) => format!("exited with status {code}"),
            None => "killed by a signal".to_owned(),
        };
        return Err(Error::abort(format!("patch command failed: {how}")));
    }
    Ok(files)
}

/// Shows what the program says, and collects the files that it patches.
fn read_output(ctx: &CommandContext, output: &[u8]) -> BTreeSet<HgPathBuf> {
    let mut out = BTreeSet::new();
    let mut current: &[u8] = b"";
    let mut named = false;
    for line in lines::split(output) {
        let text = line.trim_ascii_end();
        ctx.ui.note([text, b"\n"].concat());
        let contains = |part: &[u8]| text.windows(part.len()).any(|window| window == part);
        if let Some(name) = text.strip_prefix(b"patching file ") {
            current =
                name.strip_prefix(b"'").and_then(|name| name.strip_suffix(b"'")).unwrap_or(name);
            named = false;
            out.insert(HgPathBuf::from(current));
        } else if contains(b"with fuzz") || contains(b"FAILED") {
            if !std::mem::replace(&mut named, true) {
                ctx.ui.warn([b"patching file ", current, b"\n"].concat());
            }
            ctx.ui.warn([text, b"\n"].concat());
        } else if contains(b"saving rejects to file") {
            ctx.ui.warn([text, b"\n"].concat());
        }
    }
    out
}
