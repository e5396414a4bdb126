//! Making changesets of patches.

use std::collections::{BTreeMap, BTreeSet};

use hg_diff::patch::{Event, Parser, PatchError, strip_path};
use hg_match::Matcher;
use hg_repo::mq::{Applied, PatchHeader};
use hg_repo::working::{CommitRequest, Draft, commit_working, known_user};
use hg_types::{Error, HgDate, HgPathBuf, Phase, Result};
use hg_wdir::{Status, WorkingDir};

use super::Work;
use super::pop::overlaps;
use super::push::PushOptions;
use crate::patching::{self, patch_error, patch_working};

/// How many leading parts of names in patches are left out.
const STRIP: usize = 1;

/// What ends a push of patches that local changes are in the way of.
const CONFLICT: &str = "conflicting local changes found";

/// What came of applying.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Outcome {
    /// All patches were applied.
    Fine,
    /// A patch cannot be read.
    Unreadable,
    /// A patch was applied in part.
    Rejected,
}

/// What a patch did to the files.
pub(super) struct Touched {
    pub(super) files: BTreeSet<HgPathBuf>,
    pub(super) failed: bool,
}

/// The files that a patch names, as far as it can be read.
fn files_named(patch: &[u8]) -> BTreeSet<HgPathBuf> {
    let mut out = BTreeSet::new();
    let mut parser = Parser::new(patch);
    let mut note = |name: &[u8]| {
        if name != b"/dev/null"
            && let Ok((_, path)) = strip_path(name, STRIP, b"")
        {
            out.insert(HgPathBuf::from_vec(path));
        }
    };
    while let Ok(Some(event)) = parser.next() {
        match event {
            Event::File { old, new, git, .. } => match git {
                Some(git) => {
                    note(&[b"b/", &git.path[..]].concat());
                    if let Some(old) = git.old_path {
                        note(&[b"a/", &old[..]].concat());
                    }
                }
                None => {
                    note(&old);
                    note(&new);
                }
            },
            Event::Copies(_) | Event::Hunk(_) => {}
        }
    }
    out
}

impl Work<'_> {
    /// Applies patches of the series, each becoming a changeset.
    pub(super) fn apply(
        &mut self,
        places: std::ops::Range<usize>,
        options: &PushOptions,
        local: &Status,
    ) -> Result<Outcome> {
        let repo = self.repo;
        let _lock = repo.lock()?;
        let before = hg_wdir::SavedDirstate::take(repo)?;
        let (applied, start) = (self.queue.applied.clone(), hg_wdir::parents(repo)?[0]);
        let tr = repo.transaction("qpush")?;
        let extension = repo.set_extension(None);
        let outcome = self.apply_all(places, options, local);
        repo.set_extension(extension);
        repo.forget_tags();
        // A patch that is in the way of local changes ends the push: what came before it stays.
        let keeps =
            outcome.as_ref().map_or_else(|error| error.message == CONFLICT.as_bytes(), |_| true);
        if keeps {
            tr.close()?;
            hg_store::transaction::remove_undo(repo)?;
            self.queue.save()?;
            return outcome;
        }
        drop(tr);
        self.queue.applied = applied;
        self.clean_up(before, start)?;
        outcome
    }

    /// Takes back what patches have done to the files of a push that came to nothing.
    fn clean_up(&self, before: hg_wdir::SavedDirstate, start: hg_types::Node) -> Result<()> {
        let (ui, repo) = (&self.ctx.ui, self.repo);
        ui.warn("cleaning up working directory...\n");
        before.restore(repo)?;
        let mut wdir = WorkingDir::open(repo)?;
        let touched = Matcher::exact_files(self.touched.borrow().iter().cloned().collect());
        let steps = hg_repo::revert::plan(&mut wdir, start, &touched, false)?;
        let naming = crate::scope::Naming::relative(self.ctx, repo);
        hg_repo::revert::apply(&mut wdir, start, &steps, &mut |note| {
            if let hg_repo::revert::RevertNote::Step(step) = note
                && step.acts()
            {
                let verb: &[u8] = match step.action {
                    hg_repo::revert::RevertAction::Remove => b"removing ",
                    hg_repo::revert::RevertAction::Forget => b"forgetting ",
                    _ => b"reverting ",
                };
                ui.status([verb, &naming.name(&step.path), b"\n"].concat());
            }
        })?;
        wdir.write()?;
        for path in self.made.borrow().iter() {
            if !wdir.dirstate().is_tracked(path)? && repo.wvfs().lexists(path) {
                repo.wvfs().remove_with_parents(path)?;
            }
        }
        ui.warn("done\n");
        Ok(())
    }

    fn apply_all(
        &mut self,
        places: std::ops::Range<usize>,
        options: &PushOptions,
        local: &Status,
    ) -> Result<Outcome> {
        let ui = self.ctx.ui.clone();
        let mut any = false;
        for index in places {
            let name = self.queue.series()?.name(index).unwrap_or_default().to_vec();
            if self.queue.position(&name).is_some() {
                continue;
            }
            let pushable = self.queue.pushable(index)?;
            if !pushable.is_pushable() {
                self.explain(index, &pushable, options.several && any)?;
                continue;
            }
            ui.status([b"applying ", &name[..], b"\n"].concat());
            let Ok(text) = self.queue.patches().read(&name) else {
                ui.warn([b"unable to read ", &name[..], b"\n"].concat());
                return Ok(Outcome::Unreadable);
            };
            let header = PatchHeader::parse(&text, self.queue.is_plain()?);
            let named = if header.has_diff { files_named(&text) } else { BTreeSet::new() };
            if options.force && options.backup {
                self.back_up(local, &named)?;
            }
            if options.keep_changes && overlaps(local, &named) {
                let error = Error::abort(CONFLICT);
                return Err(error.hint("did you forget to qrefresh?"));
            }
            any = true;
            let made = named.iter().filter(|path| !self.repo.wvfs().lexists(path));
            self.made.borrow_mut().extend(made.cloned());
            self.touched.borrow_mut().extend(named.iter().cloned());
            let touched = match header.has_diff {
                true => self.patch(&text)?,
                false => Touched { files: BTreeSet::new(), failed: false },
            };
            if !header.has_diff {
                ui.warn([b"patch ", &name[..], b" is empty\n"].concat());
            }
            let node = self.commit_patch(&header, &name, touched.files, options.list)?;
            self.queue.applied.push(Applied { node, name: name.clone() });
            if touched.failed {
                ui.warn("patch failed, rejects left in working directory\n");
                return Ok(Outcome::Rejected);
            }
        }
        Ok(Outcome::Fine)
    }

    /// Applies a patch to the working directory.
    pub(super) fn patch(&self, text: &[u8]) -> Result<Touched> {
        let ui = &self.ctx.ui;
        let mut wdir = WorkingDir::open(self.repo)?;
        let complain = |reason: &[u8]| {
            if ui.is_verbose() {
                ui.note([reason, b"\n"].concat());
            } else {
                ui.warn("patch failed, unable to continue (try -v)\n");
            }
        };
        let options = match patching::options(self.ctx, STRIP, Vec::new()) {
            Ok(options) => options,
            Err(error) => {
                complain(&error.message);
                return Ok(Touched { files: BTreeSet::new(), failed: true });
            }
        };
        let patched = patch_working(self.ctx, &mut wdir, text, &options, 0.0);
        wdir.write()?;
        match patched {
            Ok(patched) => {
                let failed = patched.rejected > 0;
                if failed {
                    complain(b"patch failed to apply");
                }
                Ok(Touched { files: patched.files, failed })
            }
            Err(PatchError::Backend(error)) => Err(error),
            Err(error) => {
                complain(&patch_error(error).message);
                // Whatever the patch did before it failed belongs to it.
                let files = files_named(text);
                Ok(Touched { files, failed: true })
            }
        }
    }

    fn commit_patch(
        &self,
        header: &PatchHeader,
        name: &[u8],
        files: BTreeSet<HgPathBuf>,
        with_name: bool,
    ) -> Result<hg_types::Node> {
        let ctx = self.ctx;
        let encoding = ctx.ui.encoding();
        let mut message = header.message();
        let named = [b"imported patch ", name].concat();
        if message.is_empty() {
            message = named;
        } else if with_name {
            message.extend_from_slice(&[b"\n\n", &named[..]].concat());
        }
        let user = match &header.user {
            Some(user) => encoding.from_local(user)?.into_owned(),
            None => ctx.user()?,
        };
        let date = match &header.date {
            Some(date) => self.read_date(date)?,
            None => ctx.date()?,
        };
        let secret = ctx.config().get_bool_or("mq", "secret", false)?;
        let matcher = Matcher::exact_files(self.committable(files)?.into_iter().collect());
        let message = encoding.from_local(&message)?.into_owned();
        let mut editor = |draft: &Draft| {
            hg_repo::working::save_message(self.repo, &encoding.local(&draft.message))?;
            Ok(hg_format::changeset::strip_description(&draft.message))
        };
        let mut request = CommitRequest {
            matcher: &matcher,
            message,
            user: known_user(user),
            date,
            extra: BTreeMap::new(),
            phase: secret.then_some(Phase::Secret),
            chosen: None,
            allow_empty: true,
            recurse: false,
            editor: &mut editor,
        };
        let made = commit_working(self.repo, &mut request)?;
        made.ok_or_else(|| Error::abort("repo commit failed"))
    }

    /// The files among these that have changes.
    fn committable(&self, files: BTreeSet<HgPathBuf>) -> Result<BTreeSet<HgPathBuf>> {
        let matcher = Matcher::exact_files(files.into_iter().collect());
        let mut wdir = WorkingDir::open(self.repo)?;
        let status = wdir.status(&matcher, hg_wdir::StatusOptions::default())?;
        let lists = [status.modified, status.added, status.removed];
        Ok(lists.into_iter().flatten().collect())
    }

    /// A date as a header has it.
    pub(super) fn read_date(&self, text: &[u8]) -> Result<HgDate> {
        let config = self.ctx.config();
        let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
        hg_types::parse_date(text, &clock)
    }
}
