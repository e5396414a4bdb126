//! `hg manifest`.

use std::collections::BTreeSet;

use hg_types::{Error, FileFlags, HgPathBuf, Result};
use hg_wdir::manifest_of;

use crate::formatter::Value;
use crate::revision::{self, Target};
use crate::{Command, CommandContext, Formatter, spec};

/// `hg manifest`.
pub static COMMAND: Command = Command {
    spec: &spec::maintenance::MANIFEST,
    help: "List the files of a revision, by default of the first parent of the working directory.\n\
With --verbose, permissions and kinds are shown too, with --debug the ids of file revisions.\n\n\
With --all, list the files of all revisions, deleted and renamed ones included.\n\n\
Returns 0 on success.",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let mut fm = ctx.formatter("manifest")?;
    let rev = ctx.opts.nonempty("rev");
    if ctx.opts.flag("all") {
        if rev.is_some() || !ctx.args.is_empty() {
            return Err(Error::input("can't specify a revision with --all"));
        }
        for path in all_files(ctx)? {
            fm.start_item();
            let text = [path.as_bytes(), b"\n"].concat();
            fm.write(&[("path", Value::from(path.as_bytes()))], text, "");
        }
        fm.end()?;
        return Ok(0);
    }
    let spec = match (rev, &ctx.args[..]) {
        (Some(_), [_, ..]) | (None, [_, _, ..]) => {
            return Err(Error::input("please specify just one revision"));
        }
        (Some(rev), []) => rev,
        (None, [rev]) => rev,
        (None, []) => b".",
    };
    let target = revision::single(ctx, spec)?;
    let manifest = manifest_of(repo, &target.node(repo)?)?;
    for entry in manifest.iter() {
        fm.start_item();
        if let Target::Changeset(rev) = target {
            fm.context(rev);
        }
        write_entry(ctx, &mut fm, &entry);
    }
    fm.end()?;
    Ok(0)
}

fn write_entry(
    ctx: &CommandContext,
    fm: &mut Formatter,
    entry: &hg_format::manifest::ManifestEntry,
) {
    let (kind, mode): (&[u8], &[u8]) = match entry.flags {
        FileFlags::Symlink => (b"@", b"644"),
        FileFlags::Executable => (b"*", b"755"),
        FileFlags::Regular => (b"", b"644"),
        FileFlags::Tree => (b"d", b"755"),
    };
    let hex = entry.node.hex();
    let text = [&hex[..], b" "].concat();
    fm.cond_write(ctx.ui.is_debug(), &[("hash", Value::from(&hex[..]))], text, "");
    let shown = [mode, b" ", if kind.is_empty() { b" " } else { kind }, b" "].concat();
    let fields = [("mode", Value::from(mode)), ("type", Value::from(kind))];
    fm.cond_write(ctx.ui.is_verbose(), &fields, shown, "");
    let text = [entry.path.as_bytes(), b"\n"].concat();
    fm.write(&[("path", Value::from(entry.path.as_bytes()))], text, "");
}

fn all_files(ctx: &CommandContext) -> Result<BTreeSet<HgPathBuf>> {
    let repo = ctx.repo()?;
    let changelog = repo.changelog()?;
    let hidden = repo.hidden_revs()?;
    let mut out = BTreeSet::new();
    for rev in changelog.revs() {
        if hidden.contains(rev) {
            continue;
        }
        let entry = changelog.entry(rev)?;
        for path in entry.files() {
            if !out.contains(path) {
                out.insert(path.to_owned());
            }
        }
    }
    Ok(out)
}
