//! `hg qsave` and `hg qrestore`: the state of a queue kept in a changeset, as old ways of merging queues
//! need it.

use std::collections::BTreeMap;

use hg_repo::mq::{Applied, SAVE_NAME};
use hg_repo::strip::{StripOptions, strip};
use hg_repo::working::{CommitRequest, Draft, commit_working, known_user};
use hg_store::Repo;
use hg_types::{Error, Node, Result};

use super::Work;
use crate::commit_message::given_message;
use crate::{Command, CommandContext, revision, spec::extensions_mq as spec};

/// `hg qsave`.
pub static SAVE: Command = Command {
    spec: &spec::QSAVE,
    help: "Keep which patches there are and which are applied in a changeset. Use :hg:`rebase` instead.",
    run: run_save,
};

/// `hg qrestore`.
pub static RESTORE: Command = Command {
    spec: &spec::QRESTORE,
    help: "Make the queue what :hg:`qsave` kept in a changeset. Use :hg:`rebase` instead.",
    run: run_restore,
};

/// What stands before the state in the description.
const HEADING: &[u8] = b"\n\nPatch Data:\n";

/// A directory below `.hg` as a path.
pub(super) fn absolute_name(repo: &Repo, name: &[u8]) -> Vec<u8> {
    hg_vfs::path_to_bytes(&repo.vfs().join(name)).to_vec()
}

pub(super) fn push_merging(_: &CommandContext) -> Result<i32> {
    Err(Error::abort("pushing patches of another queue is not supported: use 'hg rebase'"))
}

fn run_save(ctx: &CommandContext) -> Result<i32> {
    let message = given_message(ctx)?;
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let code = work.save_state(message)?;
    if code != 0 {
        return Ok(code);
    }
    work.queue.save()?;
    hg_store::transaction::remove_undo(repo)?;
    if ctx.opts.flag("copy") {
        copy_queue(ctx, &work)?;
    }
    if ctx.opts.flag("empty") {
        work.queue.applied.clear();
        work.queue.save()?;
    }
    Ok(0)
}

/// `--copy`: keeps a copy of the directory of patches.
fn copy_queue(ctx: &CommandContext, work: &Work<'_>) -> Result<()> {
    let patches = work.queue.patches();
    let from = hg_vfs::path_to_bytes(patches.base()).to_vec();
    let to = match ctx.opts.nonempty("name") {
        Some(name) => {
            let directory = hg_match::join_path(
                from.rsplitn(2, |&byte| byte == b'/').nth(1).unwrap_or_default(),
                name,
            );
            let path = hg_vfs::bytes_to_path(&directory);
            if path.exists() {
                if !path.is_dir() {
                    let parts =
                        [b"destination ", &directory[..], b" exists and is not a directory"];
                    return Err(Error::abort(parts.concat()));
                }
                if !ctx.opts.flag("force") {
                    let parts = [b"destination ", &directory[..], b" exists, use -f to force"];
                    return Err(Error::abort(parts.concat()));
                }
            }
            directory
        }
        None => next_copy(&from),
    };
    ctx.ui.warn([b"copy ", &from[..], b" to ", &to[..], b"\n"].concat());
    copy_tree(hg_vfs::bytes_to_path(&from), hg_vfs::bytes_to_path(&to))
        .map_err(|error| Error::abort(hg_vfs::os_message(&error)))
}

/// `patches.N` behind the last copy.
fn next_copy(from: &[u8]) -> Vec<u8> {
    let mut number = 1;
    loop {
        let path = [from, format!(".{number}").as_bytes()].concat();
        if !hg_vfs::bytes_to_path(&path).exists() {
            return path;
        }
        number += 1;
    }
}

fn copy_tree(from: &std::path::Path, to: &std::path::Path) -> std::io::Result<()> {
    std::fs::create_dir_all(to)?;
    for entry in from.read_dir()? {
        let entry = entry?;
        let target = to.join(entry.file_name());
        if entry.file_type()?.is_dir() {
            copy_tree(&entry.path(), &target)?;
        } else {
            std::fs::copy(entry.path(), target)?;
        }
    }
    Ok(())
}

impl Work<'_> {
    fn save_state(&mut self, message: Option<Vec<u8>>) -> Result<i32> {
        let ui = &self.ctx.ui;
        if self.queue.applied.is_empty() {
            ui.warn("save: no patches applied, exiting\n");
            return Ok(1);
        }
        if self.queue.applied.iter().any(|one| one.name == SAVE_NAME) {
            ui.warn("status is already saved\n");
            return Ok(1);
        }
        let mut text = match message {
            Some(message) => [b"hg patches: ", message.trim_ascii_end()].concat(),
            None => b"hg patches saved state".to_vec(),
        };
        text.extend_from_slice(HEADING);
        for one in &self.queue.applied {
            text.extend_from_slice(&[&one.line()[..], b"\n"].concat());
        }
        for name in self.queue.series()?.names() {
            text.extend_from_slice(&[b":", name, b"\n"].concat());
        }
        let text = self.ctx.ui.encoding().from_local(&text)?.into_owned();
        let matcher = hg_match::Matcher::never();
        let mut editor =
            |draft: &Draft| Ok(hg_format::changeset::strip_description(&draft.message));
        let mut request = CommitRequest {
            matcher: &matcher,
            message: text,
            user: known_user(self.ctx.user()?),
            date: super::new::now(self.ctx)?,
            extra: BTreeMap::new(),
            phase: None,
            chosen: None,
            allow_empty: true,
            recurse: false,
            editor: &mut editor,
        };
        let node = self.unchecked(|| commit_working(self.repo, &mut request))?;
        let node = node.ok_or_else(|| Error::abort("repo commit failed"))?;
        self.queue.applied.push(Applied { node, name: SAVE_NAME.to_vec() });
        Ok(0)
    }
}

/// What a saved state says: applied patches, and the series.
fn read_state(description: &[u8]) -> Option<(Vec<Applied>, Vec<Vec<u8>>)> {
    let at = description.windows(HEADING.len()).position(|part| part == HEADING)?;
    let (mut applied, mut series) = (Vec::new(), Vec::new());
    for line in description[at + HEADING.len()..].split(|&byte| byte == b'\n') {
        let Some(colon) = line.iter().position(|&byte| byte == b':') else { continue };
        let name = line[colon + 1..].to_vec();
        match Node::from_hex(&line[..colon]) {
            Some(node) => applied.push(Applied { node, name }),
            None => series.push(name),
        }
    }
    Some((applied, series))
}

fn run_restore(ctx: &CommandContext) -> Result<i32> {
    let [rev] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let rev = revision::changeset(ctx, rev)?;
    let cl = repo.changelog()?;
    let node = cl.node(rev);
    let description = ctx.ui.encoding().local(cl.entry(rev)?.description()).into_owned();
    let Some((applied, series)) = read_state(&description) else {
        ctx.ui.warn("no saved patch data found\n");
        return Ok(0);
    };
    let first = description.split(|&byte| byte == b'\n').next().unwrap_or_default();
    ctx.ui.warn([b"restoring status: ", first, b"\n"].concat());
    let current = work.queue.series_mut()?;
    while current.remove(0).is_some() {}
    for (at, name) in series.iter().enumerate() {
        current.insert(at, name);
    }
    work.queue.applied = applied;
    work.queue.save()?;
    if ctx.opts.flag("delete") {
        if cl.children(rev).is_empty() {
            let parts = [b"removing save entry ", &node.short()[..], b"\n"];
            ctx.ui.warn(parts.concat());
            if hg_wdir::parents(repo)?.contains(&node) {
                let parent = work.parent_of(node)?;
                let options = hg_wdir::merge::UpdateOptions::default();
                let stats = hg_wdir::merge::update(repo, parent, &options, &*ctx.ui)?;
                crate::commands::update::show_stats(ctx, stats);
            }
            strip(repo, &[rev], &StripOptions { backup: false, ..StripOptions::default() })?;
        } else {
            ctx.ui.warn("save entry has children, leaving it alone\n");
        }
    }
    Ok(0)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_states() {
        let hex = "ad120869acf0c6c266f1293ca5da567d8b382f1d";
        let text = format!("hg patches: x\n\nPatch Data:\n{hex}:p1\n:p1\n:p2");
        let (applied, series) = read_state(text.as_bytes()).expect("there is a state");
        assert_eq!(applied[0].name, b"p1");
        assert_eq!(series, [b"p1".to_vec(), b"p2".to_vec()]);
        assert!(read_state(b"nothing").is_none());
    }
}
