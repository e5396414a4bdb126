//! `hg qsave` and `hg qrestore`: the state of a queue kept in a changeset, as old ways of merging queues
//! need it.

use std::collections::BTreeMap;

use hg_repo::mq::series::Series;
use hg_repo::mq::{Applied, SAVE_NAME};
use hg_repo::strip::{StripOptions, strip};
use hg_repo::working::{CommitRequest, Draft, commit_working, known_user};
use hg_store::Repo;
use hg_types::{Error, Node, Result, Revision};
use hg_wdir::merge::{UpdateOptions, update};

use super::Work;
use super::queues::queue_repository;
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

/// The line of the description before the state.
const HEADING: &[u8] = b"Patch Data:";

/// What a line with the parents of the repository of the patches begins with.
const PARENTS: &[u8] = b"Dirstate: ";

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
        if let Some(inner) = self.inner_repository()? {
            let parents = inner.wdir_parents();
            let parts =
                [b"\n", PARENTS, &parents[0].hex()[..], b" ", &parents[1].hex()[..]].concat();
            text.extend_from_slice(&parts);
        }
        text.extend_from_slice(&[b"\n\n", HEADING, b"\n"].concat());
        for one in &self.queue.applied {
            text.extend_from_slice(&[&one.line()[..], b"\n"].concat());
        }
        let series = self.queue.series()?.to_bytes();
        for line in series.split_inclusive(|&byte| byte == b'\n') {
            text.extend_from_slice(&[b":", line].concat());
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

/// What a saved state says.
#[derive(Default)]
struct Saved {
    applied: Vec<Applied>,
    /// The text of the file.
    series: Vec<u8>,
    /// The parents of the working directory of the repository of the patches, if they had one.
    parents: Option<[Node; 2]>,
}

fn read_state(description: &[u8]) -> Result<Option<Saved>> {
    let mut saved = Saved::default();
    let mut begun = false;
    for line in description.split(|&byte| byte == b'\n') {
        if line == HEADING {
            begun = true;
        } else if let Some(parents) = line.strip_prefix(PARENTS) {
            saved.parents = Some(read_parents(parents)?);
        } else if begun {
            read_entry(line, &mut saved)?;
        }
    }
    Ok(begun.then_some(saved))
}

/// A line of the state: what stands before the colon is the changeset of an applied patch; without, it is
/// a line of the series.
fn read_entry(line: &[u8], saved: &mut Saved) -> Result<()> {
    let malformed = || Error::abort([b"malformed saved patch data: ", line].concat());
    let colon = line.iter().position(|&byte| byte == b':').ok_or_else(malformed)?;
    let (hex, rest) = (&line[..colon], &line[colon + 1..]);
    if hex.is_empty() {
        saved.series.extend_from_slice(&[rest, b"\n"].concat());
    } else {
        let node = Node::from_hex(hex).ok_or_else(malformed)?;
        saved.applied.push(Applied { node, name: rest.to_vec() });
    }
    Ok(())
}

fn read_parents(text: &[u8]) -> Result<[Node; 2]> {
    let mut words = text.split(|&byte| byte == b' ').map(Node::from_hex);
    match (words.next().flatten(), words.next().flatten()) {
        (Some(first), Some(second)) => Ok([first, second]),
        _ => {
            let parts = [b"malformed parents of the queue repository: ", text];
            Err(Error::abort(parts.concat()))
        }
    }
}

fn run_restore(ctx: &CommandContext) -> Result<i32> {
    let [rev] = &ctx.args[..] else { return Err(ctx.usage_error()) };
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    let mut work = Work::open(ctx)?;
    let rev = revision::changeset(ctx, rev)?;
    let cl = repo.changelog()?;
    let description = ctx.ui.encoding().local(cl.entry(rev)?.description()).into_owned();
    let Some(saved) = read_state(&description)? else {
        ctx.ui.warn("no saved patch data found\n");
        return Ok(0);
    };
    let path = work.queue.patches().join("series");
    let series = Series::parse(&saved.series, hg_vfs::path_to_bytes(&path))?;
    let first = description.split(|&byte| byte == b'\n').next().unwrap_or_default();
    ctx.ui.warn([b"restoring status: ", first, b"\n"].concat());
    if ctx.opts.flag("delete") {
        work.remove_saved(rev)?;
    }
    if let Some(parents) = saved.parents {
        let short = parents.map(|node| node.short());
        let parts =
            [b"saved queue repository parents: ", &short[0][..], b" ", &short[1][..], b"\n"];
        ctx.ui.warn(parts.concat());
        if ctx.opts.flag("update") {
            work.update_patches(parents[0])?;
        }
    }
    // Only now: the series may be among the files that the update has written.
    *work.queue.series_mut()? = series;
    work.queue.applied = saved.applied;
    work.queue.save()?;
    Ok(0)
}

impl Work<'_> {
    fn inner_repository(&self) -> Result<Option<Repo>> {
        queue_repository(&self.ctx.ui, self.repo, &self.ctx.config())
    }

    /// Removes the changeset that kept the state.
    fn remove_saved(&self, rev: Revision) -> Result<()> {
        let (ctx, repo) = (self.ctx, self.repo);
        let cl = repo.changelog()?;
        let node = cl.node(rev);
        if !cl.children(rev).is_empty() {
            ctx.ui.warn("save entry has children, leaving it alone\n");
            return Ok(());
        }
        ctx.ui.warn([b"removing save entry ", &node.short()[..], b"\n"].concat());
        if hg_wdir::parents(repo)?.contains(&node) {
            let parent = self.parent_of(node)?;
            let stats = update(repo, parent, &UpdateOptions::default(), &*ctx.ui)?;
            crate::commands::update::show_stats(ctx, stats);
        }
        strip(repo, &[rev], &StripOptions { backup: false, ..StripOptions::default() })?;
        Ok(())
    }

    /// Brings the repository of the patches to `node`, over local changes.
    fn update_patches(&self, node: Node) -> Result<()> {
        let ui = &self.ctx.ui;
        ui.status("updating queue directory\n");
        let Some(inner) = self.inner_repository()? else {
            ui.warn("unable to load queue repository\n");
            return Ok(());
        };
        let _wlock = inner.wlock()?;
        if node != Node::NULL && inner.changelog()?.find(&node).is_none() {
            return Err(Error::abort([b"unknown revision '", &node.hex()[..], b"'"].concat()));
        }
        let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
        let stats = update(&inner, node, &clean, &**ui)?;
        crate::commands::update::show_stats(self.ctx, stats);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn saved_states() {
        let hex = "ad120869acf0c6c266f1293ca5da567d8b382f1d";
        let text = format!("hg patches: x\n\nPatch Data:\n{hex}:p1\n:p1\n:p2 #+guard");
        let saved = read_state(text.as_bytes()).expect("readable").expect("there is a state");
        assert_eq!(saved.applied[0].name, b"p1");
        assert_eq!(saved.series, b"p1\np2 #+guard\n");
        assert_eq!(saved.parents, None);
        assert!(read_state(b"nothing").expect("readable").is_none());
    }

    #[test]
    fn saved_parents() {
        let hex = "ad120869acf0c6c266f1293ca5da567d8b382f1d";
        let null = "0".repeat(40);
        let text = format!("x\nDirstate: {hex} {null}\n\nPatch Data:\n:p1");
        let saved = read_state(text.as_bytes()).expect("readable").expect("there is a state");
        let node = Node::from_hex(hex.as_bytes()).expect("a hash");
        assert_eq!(saved.parents, Some([node, Node::NULL]));
        for bad in ["Dirstate: ", "Dirstate: ab cd", &format!("Dirstate: {hex}")] {
            assert!(read_state(format!("{bad}\nPatch Data:").as_bytes()).is_err());
        }
        for bad in ["p1", "ab:p1"] {
            assert!(read_state(format!("x\nPatch Data:\n{bad}").as_bytes()).is_err());
        }
    }
}
