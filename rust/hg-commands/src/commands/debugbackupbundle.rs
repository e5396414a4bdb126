//! `hg debugbackupbundle`.

use std::rc::Rc;

use bstr::ByteSlice as _;
use hg_store::{Repo, View};
use hg_types::{Clock as _, HgDate, HgPath, Result, Revision};
use hg_vfs::SystemClock;

use crate::changeset_display::{Differ, DisplayOptions, Displayer};
use crate::diff_display::ChangesetDiffer;
use crate::{Command, CommandContext, log, remote, spec};

/// `hg debugbackupbundle`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGBACKUPBUNDLE,
    help: "List the changesets of the bundles that were made as backups, newest first, as far as the \
           repository does not have them. With ``--verbose``, whole changesets and where the bundles \
           are. With ``--recover``, add everything from the first one that has a changeset.",
    run,
};

/// A bundle in the directory of backups.
struct Backup {
    /// As shown: relative to the current directory.
    name: Vec<u8>,
    modified: i64,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    if !ctx.args.is_empty() {
        return Err(ctx.usage_error());
    }
    let repo = ctx.repo()?;
    let backups = backups(ctx, repo)?;
    let wanted = ctx.opts.nonempty("recover");
    match wanted {
        None if backups.is_empty() => {
            ctx.ui.status("no backup changesets found\n");
            return Ok(0);
        }
        Some(name) if has(ctx, repo, name) => {
            ctx.ui.warn([name, b" already exists in the repo\n"].concat());
            return Ok(0);
        }
        Some(_) => {}
        None => ctx.ui.status(
            "Recover changesets using: hg debugbackupbundle --recover <changeset hash>\n\n\
             Available backup changesets:",
        ),
    }
    for backup in &backups {
        let Some((other, revs)) = open(ctx, repo, backup)? else { continue };
        let Some(name) = wanted else {
            list(ctx, backup, &other, revs)?;
            continue;
        };
        if has(ctx, &other, name) {
            ctx.ui.status([b"Unbundling ", name, b"\n"].concat());
            drop(other);
            let lock = repo.lock()?;
            super::unbundle::unbundle(ctx, repo, &backup.name, "unbundle")?;
            drop(lock);
        }
    }
    Ok(0)
}

/// The backups, newest first.
fn backups(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Backup>> {
    let directory = repo.vfs().join("strip-backup");
    let Ok(entries) = std::fs::read_dir(&directory) else { return Ok(Vec::new()) };
    let naming = crate::scope::Naming::relative(ctx, repo);
    let mut out = Vec::new();
    for entry in entries.filter_map(std::io::Result::ok) {
        let path = entry.path();
        if path.extension().is_none_or(|end| end != "hg") {
            continue;
        }
        let Ok(meta) = std::fs::metadata(&path) else { continue };
        let file = entry.file_name();
        let inside = [b".hg/strip-backup/", file.as_encoded_bytes()].concat();
        let name = naming.name(HgPath::new(&inside));
        out.push(Backup { name, modified: std::os::unix::fs::MetadataExt::mtime(&meta) });
    }
    out.sort_by(|a, b| (b.modified, &b.name).cmp(&(a.modified, &a.name)));
    Ok(out)
}

/// The repository with a backup on top, and what it adds; nothing if it adds nothing or stands on
/// changesets that are not there.
fn open(
    ctx: &CommandContext,
    repo: &Repo,
    backup: &Backup,
) -> Result<Option<(Repo, Vec<Revision>)>> {
    let path = remote::file_path(ctx, &backup.name);
    let opened =
        hg_wire::bundle_repo::open(&path, &backup.name, repo.root(), &remote::open_context(ctx)?);
    let other = match opened {
        Ok(other) => other,
        Err(error) if error.message.ends_with(b"unknown parent") => {
            let text = [b"\nwarning: unable to open bundle ", &backup.name[..]].concat();
            ctx.ui.warn(text);
            return Ok(None);
        }
        Err(error) => return Err(error),
    };
    let known = repo.changelog()?.len();
    let secret = other.filtered_revs(View::Served)?;
    let added = (known..other.changelog()?.len()).map(Revision::from_index);
    let revs: Vec<_> = added.filter(|&rev| !secret.contains(rev)).collect();
    Ok((!revs.is_empty()).then_some((other, revs)))
}

fn has(ctx: &CommandContext, repo: &Repo, name: &[u8]) -> bool {
    remote::lookup(&ctx.ui)(repo, name).is_ok()
}

fn list(
    ctx: &CommandContext,
    backup: &Backup,
    other: &Repo,
    mut revs: Vec<Revision>,
) -> Result<()> {
    let ui = &ctx.ui;
    let clock = SystemClock::new(ctx.config().environment().var("TZ"));
    let date = HgDate::new(backup.modified, clock.offset_at(backup.modified));
    let shown = date.format(b"%a %H:%M, %Y-%m-%d");
    ui.status(format!("\n{:<50}\n", shown.to_str_lossy()));
    if ui.is_verbose() {
        ui.status([b"bundle:      ", &backup.name[..], b"\n"].concat());
    }
    let changelog = other.changelog()?;
    if ctx.opts.flag("no-merges") {
        revs.retain(|&rev| changelog.parents(rev)[1].is_null());
    }
    if let Some(limit) = log::limit(ctx)? {
        revs.truncate(limit);
    }
    let everything = Box::new(|_| Ok(hg_match::Matcher::always()));
    let differ = ChangesetDiffer::from_opts(ui, other, &ctx.opts, everything)?;
    let differ = differ.map(|differ| Rc::new(differ) as Rc<dyn Differ>);
    let options = if ui.is_verbose() {
        DisplayOptions { differ, ..DisplayOptions::from_opts(&ctx.opts) }
    } else {
        let line = br#"{label("status.modified", node|short)} {desc|firstline}\n"#;
        DisplayOptions { differ, template: line.to_vec(), ..DisplayOptions::default() }
    };
    let mut display = Displayer::of(ui, other, options)?;
    for rev in revs {
        display.show(rev)?;
    }
    display.close()
}
