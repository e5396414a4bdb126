//! `hg import`.

use std::collections::BTreeMap;

use hg_diff::patch::message::{self, PatchMessage};
use hg_diff::patch::{ApplyOptions, PatchError};
use hg_match::{Matcher, canonical_path};
use hg_repo::commit::{MemoryFiles, NewCommit, commit};
use hg_repo::working::{CommitRequest, Draft, commit_working};
use hg_store::Repo;
use hg_store::extension::Building;
use hg_types::{Error, HgDate, HgPath, Node, Phase, Result};
use hg_vfs::{PathAuditor, bytes_to_path, path_to_bytes};
use hg_wdir::merge::{UpdateOptions, update};
use hg_wdir::{Status, WorkingDir, manifest_of, unfinished};

use crate::commands::addremove::similarity;
use crate::commit_message::{self, MessageOptions};
use crate::patching::{self, Rejects, patch_error, patch_memory, patch_working};
use crate::{Command, CommandContext, spec};

/// `hg import`.
pub static COMMAND: Command = Command {
    spec: &spec::import_export::IMPORT,
    help: "Apply patches one after the other and commit each, unless --no-commit is given. `-` reads\n\
from standard input.\n\n\
Patches may be plain, exported by :hg:`export`, or mail messages: author, date and description\n\
come from the patch unless options give them.\n\n\
The working directory must have no changes. With --bypass it is left alone: patches are applied\n\
to its first parent and committed at once. --exact applies each patch to the parent it names, and\n\
fails unless the result has the id that it names.\n\n\
Hunks that do not fit are written to ``.rej`` files; --partial commits the rest.\n\n\
Returns 0 on success, 1 on partial success (see --partial).",
    run,
};

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.is_empty() {
        return Err(Error::input("need at least one patch to import"));
    }
    let mut import = Import::new(ctx)?;
    let repo = ctx.repo()?;
    let _wlock = repo.wlock()?;
    if !import.bypass {
        unfinished::check_unfinished(repo, false)?;
    }
    if !import.bypass && (import.exact || !ctx.opts.flag("force")) {
        unfinished::refuse_changes(repo)?;
    }
    if import.no_commit {
        let partial = import.all()?;
        import.save_messages()?;
        return Ok(i32::from(partial));
    }
    if let Some(extension) = repo.extension() {
        extension.check(repo, Building::Import, hg_wdir::parents(repo)?)?;
    }
    let _lock = repo.lock()?;
    let transaction = repo.transaction("import")?;
    let partial = import.all()?;
    transaction.close()?;
    import.save_messages()?;
    Ok(i32::from(partial))
}

struct Import<'a> {
    ctx: &'a CommandContext,
    repo: &'a Repo,
    bypass: bool,
    exact: bool,
    no_commit: bool,
    partial: bool,
    options: ApplyOptions,
    similarity: f64,
    /// What the next patch is applied to.
    parents: [Node; 2],
    /// Descriptions of patches that were not committed.
    messages: Vec<Vec<u8>>,
}

/// What came of one patch.
struct Imported {
    rejected: bool,
}

impl<'a> Import<'a> {
    fn new(ctx: &'a CommandContext) -> Result<Self> {
        let repo = ctx.repo()?;
        let flag = |name| ctx.opts.flag(name);
        for (first, second) in [
            ("no-commit", "bypass"),
            ("no-commit", "secret"),
            ("exact", "edit"),
            ("exact", "prefix"),
        ] {
            if ctx.opts.is_set(first) && ctx.opts.is_set(second) {
                let text = format!("cannot specify both --{first} and --{second}");
                return Err(Error::input(text));
            }
        }
        if let Some(date) = ctx.opts.nonempty("date") {
            // A bad one is refused before anything is touched.
            let clock = hg_vfs::SystemClock::new(ctx.config().environment().var("TZ"));
            hg_types::parse_date(date, &clock)?;
        }
        let similarity = similarity(ctx, b"")?;
        let bypass = flag("bypass");
        if similarity > 0.0 && bypass {
            return Err(Error::input("cannot use --similarity with --bypass"));
        }
        let strip = usize::try_from(ctx.opts.int("strip").unwrap_or(1)).unwrap_or(0);
        let parents = hg_wdir::parents(repo)?;
        Ok(Self {
            ctx,
            repo,
            bypass,
            exact: flag("exact"),
            no_commit: flag("no-commit"),
            partial: flag("partial"),
            options: ApplyOptions { strip, ..ApplyOptions::default() },
            similarity,
            parents,
            messages: Vec::new(),
        })
    }

    /// Imports all patches; says whether one was applied in part.
    fn all(&mut self) -> Result<bool> {
        for name in &self.ctx.args {
            let text = self.read(name)?;
            let mut found = false;
            for patch in message::split(&text) {
                let Some(imported) = self.one(&patch)? else { continue };
                found = true;
                if imported.rejected {
                    let ui = &self.ctx.ui;
                    ui.write_error(b"patch applied partially\n", "");
                    ui.write_error(b"(fix the .rej files and run `hg commit --amend`)\n", "");
                    return Ok(true);
                }
            }
            if !found {
                let name = if name == b"-" { b"stdin" } else { &name[..] };
                return Err(Error::input([name, b": no diffs found"].concat()));
            }
        }
        Ok(false)
    }

    fn read(&self, name: &[u8]) -> Result<Vec<u8>> {
        let ui = &self.ctx.ui;
        if name == b"-" {
            ui.status("applying patch from stdin\n");
            return ui.read_all();
        }
        let base = self.ctx.opts.bytes("base").unwrap_or_default();
        let name = if base.is_empty() { name.to_vec() } else { hg_match::join_path(base, name) };
        ui.status([b"applying ", &name[..], b"\n"].concat());
        let path = name.strip_prefix(b"file://").unwrap_or(&name);
        if path.starts_with(b"http://") || path.starts_with(b"https://") {
            return Err(Error::abort("importing patches from URLs is not supported"));
        }
        std::fs::read(self.ctx.cwd().join(bytes_to_path(path))).map_err(|error| {
            let reason = hg_vfs::os_message(&error);
            Error::abort([&reason[..], b": '", path, b"'"].concat())
        })
    }

    /// Imports a patch; `None` when the text has none.
    fn one(&mut self, text: &[u8]) -> Result<Option<Imported>> {
        let ui = &self.ctx.ui;
        let encoding = ui.encoding();
        let found = message::extract(text, &encoding, &mut |text| ui.debug(text));
        if found.patch.is_none() {
            return Ok(None);
        }
        let given = commit_message::given_message(self.ctx)?;
        let message = match given.filter(|message| !message.is_empty()) {
            Some(message) => encoding.local(&message).into_owned(),
            None => found.message.trim_ascii().to_vec(),
        };
        ui.debug([b"message:\n", &message[..], b"\n"].concat());
        let prefix = prefix(self.ctx, self.repo)?;
        self.options = patching::options(self.ctx, self.options.strip, prefix)?;
        let parents = self.parents_of(&found)?;
        let patch = Patch { message, found, parents };
        let (node, rejected) =
            if self.bypass { self.in_memory(&patch)? } else { self.in_working_dir(&patch)? };
        if self.exact && self.no_commit {
            ui.warn("warning: can't check exact import with --no-commit\n");
        } else if self.exact && node.map(|node| node.hex()) != patch.found.node {
            return Err(Error::abort("patch is damaged or loses information"));
        }
        match node {
            Some(node) => ui.note([b"created ", &node.short()[..], b"\n"].concat()),
            None => ui.note("applied to working directory\n"),
        }
        self.parents = match node.filter(|_| self.bypass && !self.exact) {
            Some(node) => [node, Node::NULL],
            None => hg_wdir::parents(self.repo)?,
        };
        Ok(Some(Imported { rejected }))
    }

    /// The parents of the changeset to be made.
    fn parents_of(&self, found: &PatchMessage) -> Result<[Node; 2]> {
        let lookup = |id: &[u8]| -> Result<Node> {
            let rev = crate::revision::changeset(self.ctx, id)?;
            Ok(self.repo.changelog()?.node(rev))
        };
        if self.exact {
            let (Some(_), Some(p1)) = (&found.node, &found.p1) else {
                return Err(Error::input("not a Mercurial patch"));
            };
            let p2 = found.p2.as_ref().map_or(Ok(Node::NULL), |p2| lookup(p2))?;
            return Ok([lookup(p1)?, p2]);
        }
        let Some(p2) = &found.p2 else { return Ok(self.parents) };
        let named = found.p1.as_ref().map(|p1| Ok::<_, Error>([lookup(p1)?, lookup(p2)?]));
        let parents = match named {
            // Only where the patch was made is it a merge.
            Some(Ok([p1, p2])) if p1 == self.parents[0] => [p1, p2],
            Some(Ok(_)) => [self.parents[0], Node::NULL],
            _ => self.parents,
        };
        if parents[1].is_null() {
            self.ctx.ui.warn(
                "warning: import the patch as a normal revision\n\
                 (use --exact to import the patch as a merge)\n",
            );
        }
        Ok(parents)
    }

    /// Applies a patch to the working directory and commits that.
    fn in_working_dir(&mut self, patch: &Patch) -> Result<(Option<Node>, bool)> {
        let [p1, p2] = patch.parents;
        if p1 != self.parents[0] {
            let clean = UpdateOptions { force: true, ..UpdateOptions::default() };
            let stats = update(self.repo, p1, &clean, &*self.ctx.ui)?;
            super::update::show_stats(self.ctx, stats);
        }
        let mut wdir = WorkingDir::open(self.repo)?;
        if p2 != self.parents[1] {
            let copies = wdir.dirstate_mut().set_parents(p1, p2)?;
            for (path, source) in copies {
                wdir.dirstate_mut().set_copy(&path, Some(&source))?;
            }
        }
        if self.exact || self.ctx.opts.flag("import-branch") {
            hg_wdir::branch::write(self.repo, &self.branch(&patch.found)?)?;
        }
        let text = patch.found.patch.as_deref().unwrap_or_default();
        let (files, rejected) =
            match patch_working(self.ctx, &mut wdir, text, &self.options, self.similarity) {
                Ok(patched) if patched.rejected > 0 && !self.partial => {
                    let failed = PatchError::Apply(b"patch failed to apply".to_vec());
                    return Err(patch_error(failed));
                }
                Ok(patched) => (patched.files, patched.rejected > 0),
                Err(PatchError::Apply(_)) if self.partial => (Default::default(), true),
                Err(error) => {
                    if self.no_commit {
                        // No transaction takes back what was patched so far: it stays known.
                        wdir.write()?;
                    }
                    return Err(patch_error(error));
                }
            };
        wdir.write()?;
        drop(wdir);
        if self.no_commit {
            if !patch.message.is_empty() {
                self.messages.push(patch.message.clone());
            }
            return Ok((None, rejected));
        }
        let matcher = if self.exact || !p2.is_null() {
            Matcher::always()
        } else {
            Matcher::exact_files(files.into_iter().collect())
        };
        let form = if p2.is_null() { "import.normal.normal" } else { "import.normal.merge" };
        let edit = self.ctx.opts.flag("edit");
        let mut editor = |draft: &Draft| self.final_message(draft, edit, form);
        let mut request = CommitRequest {
            matcher: &matcher,
            message: self.stored(&patch.message)?,
            user: hg_repo::working::known_user(self.user(&patch.found)?),
            date: self.date(&patch.found)?,
            extra: BTreeMap::new(),
            phase: self.phase(),
            chosen: None,
            allow_empty: self.partial,
            recurse: false,
            editor: &mut editor,
        };
        Ok((commit_working(self.repo, &mut request)?, rejected))
    }

    /// Applies a patch to a changeset and commits that, without the working directory.
    fn in_memory(&self, patch: &Patch) -> Result<(Option<Node>, bool)> {
        let [p1, _] = patch.parents;
        let changelog = self.repo.changelog()?;
        let branch = if self.exact || self.ctx.opts.flag("import-branch") {
            self.branch(&patch.found)?
        } else {
            changelog.entry(changelog.rev(&p1)?)?.branch()
        };
        let manifest = manifest_of(self.repo, &p1)?;
        let text = patch.found.patch.as_deref().unwrap_or_default();
        let mut files = patch_memory(self.ctx, &manifest, text, &self.options, Rejects::Drop)
            .map_err(patch_error)?;
        let user = self.user(&patch.found)?;
        let mut draft = Draft {
            parents: patch.parents,
            branch: branch.clone(),
            user: user.clone(),
            message: self.stored(&patch.message)?,
            status: status_of(&files, |path| manifest.contains(path)),
            extra: BTreeMap::new(),
        };
        draft.message = self.final_message(&draft, false, "import.bypass")?;
        self.repo.vfs().write("last-message.txt", &draft.message)?;
        let new = NewCommit {
            parents: patch.parents,
            paths: files.0.keys().cloned().collect(),
            user,
            date: self.date(&patch.found)?,
            description: draft.message,
            extra: BTreeMap::from([(b"branch".to_vec(), branch)]),
            phase: self.phase(),
            ..NewCommit::default()
        };
        let transaction = self.repo.transaction("import")?;
        let node = commit(self.repo, &transaction, &new, &mut files)?;
        transaction.close()?;
        Ok((Some(node), false))
    }

    fn final_message(&self, draft: &Draft, edit: bool, form: &'static str) -> Result<Vec<u8>> {
        if self.exact {
            return Ok(hg_format::changeset::strip_description(&draft.message));
        }
        let edit = edit || draft.message.is_empty();
        let options = MessageOptions { message: draft.message.clone(), edit, form, note: None };
        commit_message::finish(self.ctx, &options, draft)
    }

    /// A message of the user's as it is stored.
    fn stored(&self, message: &[u8]) -> Result<Vec<u8>> {
        Ok(self.ctx.ui.encoding().from_local(message)?.into_owned())
    }

    fn user(&self, found: &PatchMessage) -> Result<Vec<u8>> {
        match found.user.as_ref().filter(|_| self.ctx.opts.nonempty("user").is_none()) {
            Some(user) => Ok(self.ctx.ui.encoding().from_local(user.trim_ascii())?.into_owned()),
            None => self.ctx.user(),
        }
    }

    fn date(&self, found: &PatchMessage) -> Result<HgDate> {
        match found.date.as_ref().filter(|_| self.ctx.opts.nonempty("date").is_none()) {
            Some(date) => {
                let config = self.ctx.config();
                let clock = hg_vfs::SystemClock::new(config.environment().var("TZ"));
                hg_types::parse_date(date, &clock)
            }
            None => self.ctx.date(),
        }
    }

    fn branch(&self, found: &PatchMessage) -> Result<Vec<u8>> {
        let local = found.branch.as_deref().unwrap_or(b"default");
        Ok(self.ctx.ui.encoding().from_local(local)?.into_owned())
    }

    fn phase(&self) -> Option<Phase> {
        self.ctx.opts.flag("secret").then_some(Phase::Secret)
    }

    /// Keeps the descriptions of what was not committed.
    fn save_messages(&self) -> Result<()> {
        if !self.messages.is_empty() {
            let text = self.messages.join(&b"\n* * *\n"[..]);
            self.repo.vfs().write("last-message.txt", &text)?;
        }
        Ok(())
    }
}

/// A patch that was found, and what is made of it.
struct Patch {
    message: Vec<u8>,
    found: PatchMessage,
    parents: [Node; 2],
}

/// The files of a new changeset by what happens to them.
fn status_of(files: &MemoryFiles, known: impl Fn(&HgPath) -> bool) -> Status {
    let mut out = Status::default();
    for (path, version) in &files.0 {
        let list = match version {
            None => &mut out.removed,
            Some(_) if known(path) => &mut out.modified,
            Some(_) => &mut out.added,
        };
        list.push(path.clone());
    }
    out
}

/// The directory that `--prefix` names, with a slash at its end.
fn prefix(ctx: &CommandContext, repo: &Repo) -> Result<Vec<u8>> {
    let Some(prefix) = ctx.opts.nonempty("prefix") else { return Ok(Vec::new()) };
    let auditor = PathAuditor::new(repo.wvfs().clone());
    let audit = |path: &HgPath| Ok(auditor.check(path.as_bytes())?);
    let cwd = ctx.cwd();
    let mut out =
        canonical_path(repo.root_bytes(), path_to_bytes(&cwd), prefix, &audit)?.into_vec();
    if !out.is_empty() {
        out.push(b'/');
    }
    Ok(out)
}
