//! The inner side of a transaction: beginning, pending files, closing, aborting.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use hg_format::dirstate::v2::Docket;
use hg_format::journal::{BACKUP_HEADER, Backup, encode_backup};
use hg_format::revlog::docket::Docket as ChangelogDocket;
use hg_types::{Error, ErrorKind, Result, to_hex};
use hg_vfs::IoResultExt as _;
use sha1::{Digest as _, Sha1};

use super::instabilities::Instabilities;
use super::journal::{BACKUPS, DESCRIPTION, JOURNAL, Journal, undo_name};
use super::{
    Callbacks, Changes, Guard, Location, Stage, Transaction, chain, over, recover, unpoison,
};
use crate::Repo;
use crate::hooks::HookArgs;
use crate::repo::RepoLock;

pub(super) type Callback = Box<dyn FnOnce(&Transaction) -> Result<()> + Send>;
type PendingCallback = Box<dyn FnMut(&Transaction) -> Result<bool> + Send>;
type TextSource = Arc<Mutex<Box<dyn Fn(&Repo) -> Result<Vec<u8>> + Send>>>;

/// A small file that is written as a whole.
#[derive(Clone)]
pub(super) struct Generator {
    pub(super) stage: Stage,
    pub(super) text: TextSource,
}

impl Generator {
    pub(super) fn make(&self, repo: &Repo) -> Result<Vec<u8>> {
        let text = self.text.lock().unwrap_or_else(PoisonError::into_inner);
        text(repo)
    }
}

/// What changes while a transaction runs.
pub(super) struct State {
    pub(super) depth: usize,
    pub(super) journal: Journal,
    /// Bytes to be written at the end, by file: where, and what.
    pub(super) delayed: BTreeMap<Vec<u8>, (u64, Vec<u8>)>,
    /// Dockets of changelogs, by file.
    pub(super) dockets: BTreeMap<Vec<u8>, Vec<u8>>,
    pub(super) generators: BTreeMap<(Location, Vec<u8>), Generator>,
    pub(super) pending: BTreeMap<String, PendingCallback>,
    pub(super) finalize: Callbacks,
    pub(super) post_close: Callbacks,
    pub(super) abort: Callbacks,
    pub(super) hook_args: BTreeMap<String, Vec<u8>>,
    pub(super) changes: Changes,
}

impl State {
    pub(super) fn delay(&mut self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()> {
        self.journal.add(name, offset)?;
        let (start, held) =
            self.delayed.entry(name.to_vec()).or_insert_with(|| (offset, Vec::new()));
        if *start + held.len() as u64 != offset {
            return Err(Error::new(ErrorKind::Programming, "delayed writes leave a gap"));
        }
        held.extend_from_slice(bytes);
        Ok(())
    }
}

/// The outermost transaction, shared by all its handles.
pub(crate) struct Running {
    pub(super) repo: Repo,
    pub(super) description: String,
    pub(super) id: Vec<u8>,
    state: Mutex<State>,
    open: AtomicBool,
    me: std::sync::Weak<Self>,
    lock: Mutex<Option<RepoLock>>,
    instabilities: Instabilities,
    /// The heads at the beginning, when hooks are to hear of tags.
    old_heads: Option<Vec<hg_types::Revision>>,
}

impl Running {
    pub(super) fn begin(repo: &Repo, description: &str) -> Result<Arc<Self>> {
        let lock = if repo.holds_lock() { repo.lock_plainly(true)? } else { repo.lock()? };
        let vfs = repo.store_vfs().raw();
        if !chain::carries(repo) && vfs.lexists(JOURNAL) {
            return Err(Error::abort("abandoned transaction found")
                .hint("run 'hg recover' to clean up transaction"));
        }
        let id = transaction_id();
        let args = vec![
            ("txnname".to_owned(), description.as_bytes().to_vec()),
            ("txnid".to_owned(), id.clone()),
        ];
        repo.hooks().run(repo, "pretxnopen", true, &args)?;
        // What could be put back has to be there: without the file, this is what it would say.
        if repo.holds_wlock() && !repo.vfs().lexists("branch") {
            repo.vfs().write("branch", b"default\n")?;
        }
        let origin_len = repo.changelog()?.len();
        let instabilities = Instabilities::count(repo)?;
        let track_tags = repo.config().get_bool_or("experimental", "hook-track-tags", false)?;
        let old_heads = match track_tags {
            true => Some(repo.heads()?),
            false => None,
        };
        let text = format!("{origin_len}\n{description}\n");
        repo.vfs().write(DESCRIPTION, text.as_bytes())?;
        let state = State {
            depth: 0,
            journal: chain::take_journal(repo).map_or_else(|| Journal::create(vfs), Ok)?,
            delayed: BTreeMap::new(),
            dockets: BTreeMap::new(),
            generators: BTreeMap::new(),
            pending: BTreeMap::new(),
            finalize: BTreeMap::new(),
            post_close: BTreeMap::new(),
            abort: BTreeMap::new(),
            hook_args: args.into_iter().collect(),
            changes: Changes { origin_len, ..Changes::default() },
        };
        Ok(Arc::new_cyclic(|me| Self {
            repo: repo.clone(),
            description: description.to_owned(),
            id,
            state: Mutex::new(state),
            open: AtomicBool::new(true),
            me: me.clone(),
            lock: Mutex::new(Some(lock)),
            instabilities,
            old_heads,
        }))
    }

    pub(super) fn is_open(&self) -> bool {
        self.open.load(Ordering::Acquire)
    }

    pub(super) fn state(&self) -> Result<Guard<'_>> {
        if self.is_open() { Ok(unpoison(&self.state)) } else { Err(over()) }
    }

    /// What has changed, also when the transaction is over.
    pub(super) fn final_changes(&self) -> Changes {
        unpoison(&self.state).changes.clone()
    }

    fn lend(&self) -> Result<Transaction> {
        self.me.upgrade().map(|running| Transaction::lent(&running)).ok_or_else(over)
    }

    pub(super) fn write_pending(&self) -> Result<bool> {
        let lent = self.lend()?;
        let mut callbacks = std::mem::take(&mut self.state()?.pending);
        let mut any = false;
        let mut outcome = Ok(());
        for callback in callbacks.values_mut() {
            match callback(&lent) {
                Ok(wrote) => any |= wrote,
                Err(error) => {
                    outcome = Err(error);
                    break;
                }
            }
        }
        {
            let mut state = self.state()?;
            // A callback may have added others; those win.
            callbacks.append(&mut state.pending);
            state.pending = callbacks;
        }
        outcome?;
        let generators = self.state()?.generators.clone();
        for ((location, name), generator) in &generators {
            let pending = [&name[..], b".pending"].concat();
            let text = generator.make(&self.repo)?;
            self.state()?.journal.temporary(*location, &pending)?;
            let file = location.encode(&self.repo, &pending);
            location.vfs(&self.repo).write_atomic(file, &text)?;
            any = true;
        }
        Ok(any | self.write_delayed_copies()?)
    }

    /// Writes `NAME.a` of each file that waits for the end: the file as it will be.
    fn write_delayed_copies(&self) -> Result<bool> {
        let store = self.repo.store_vfs();
        let delayed = self.state()?.delayed.clone();
        for (name, (offset, bytes)) in &delayed {
            let copy = [&name[..], b".a"].concat();
            self.state()?.journal.temporary(Location::Store, &copy)?;
            let old = store.try_map(name)?.unwrap_or_default();
            let kept = usize::try_from(*offset).ok().and_then(|offset| old.get(..offset));
            let kept = kept.ok_or_else(|| too_short(name))?;
            store.raw().write_atomic(store.encode(&copy), &[kept, bytes].concat())?;
        }
        Ok(!delayed.is_empty() | self.write_pending_dockets()?)
    }

    /// Notes in dockets what will be, beside what is.
    fn write_pending_dockets(&self) -> Result<bool> {
        let store = self.repo.store_vfs();
        let dockets = self.state()?.dockets.clone();
        for (name, coming) in &dockets {
            let decode = |bytes: &[u8]| {
                ChangelogDocket::decode(bytes).map_err(|source| {
                    Error::storage("damaged docket of a changelog").because(source)
                })
            };
            let old = match store.try_read(name)? {
                Some(bytes) => decode(&bytes)?,
                None => ChangelogDocket::default(),
            };
            let pending = decode(coming)?.pending_after(&old);
            store.write_atomic(name, &pending.encode())?;
        }
        Ok(!dockets.is_empty())
    }

    /// Writes what waited for the end.
    fn write_delayed(&self) -> Result<()> {
        use std::os::unix::fs::FileExt as _;
        let store = self.repo.store_vfs();
        let dockets = std::mem::take(&mut self.state()?.dockets);
        for (name, docket) in dockets {
            store.write_atomic(&name, &docket)?;
        }
        let delayed = std::mem::take(&mut self.state()?.delayed);
        for (name, (offset, bytes)) in delayed {
            let before = store.file_stat(&name);
            if before.map_or(0, |stat| stat.size) < offset {
                return Err(too_short(&name));
            }
            let path = store.join(&name);
            store.open_update(&name)?.write_all_at(&bytes, offset).when("writing", path)?;
        }
        Ok(())
    }

    pub(super) fn close(&self) -> Result<()> {
        if self.state()?.depth > 0 {
            return Err(over());
        }
        self.note_tag_moves()?;
        self.run_refusing_hooks()?;
        self.finalize()?;
        // Nothing that was made from wrong bytes is kept.
        hg_vfs::check_torn()?;
        self.repo.check_late()?;
        self.commit_journal()?;
        let post_close = std::mem::take(&mut self.state()?.post_close);
        let lent = self.lend()?;
        self.schedule_closing_hooks()?;
        self.open.store(false, Ordering::Release);
        self.repo.transaction_ended();
        let mut outcome = Ok(());
        let mut untold = Some(&self.instabilities);
        for (id, callback) in post_close {
            // The summary of what is new comes behind this.
            if id.as_str() >= "30"
                && let Some(instabilities) = untold.take()
            {
                outcome = outcome.and(instabilities.report_new(&self.repo));
            }
            // What comes after the end cannot undo it; the first failure is what the caller hears.
            let result = callback(&lent);
            outcome = outcome.and(result);
        }
        if !unpoison(&self.state).changes.revisions.is_empty() {
            self.repo.warm_branch_caches();
        }
        if let Some(instabilities) = untold {
            outcome = outcome.and(instabilities.report_new(&self.repo));
        }
        self.unlock();
        outcome
    }

    /// Writes down what became of tags, for hooks to read.
    fn note_tag_moves(&self) -> Result<()> {
        let Some(old_heads) = &self.old_heads else { return Ok(()) };
        let moves = self.repo.tag_moves(old_heads)?;
        if moves.is_empty() {
            return Ok(());
        }
        self.repo.vfs().create_dirs("changes")?;
        self.repo.vfs().write_atomic(crate::tags::moves::FILE, &moves)?;
        self.state()?.hook_args.insert("tag_moved".to_owned(), b"1".to_vec());
        Ok(())
    }

    /// Hooks that may refuse, with the pending changes visible to them.
    fn run_refusing_hooks(&self) -> Result<()> {
        let hooks = self.repo.hooks();
        let wanted = ["pretxnclose-bookmark", "pretxnclose-phase", "pretxnclose"]
            .iter()
            .any(|name| hooks.has(&self.repo, name));
        if !wanted {
            return Ok(());
        }
        let pending = self.write_pending()?;
        let mut args = self.hook_args()?;
        if pending {
            args.push(("pending".into(), self.repo.root_bytes().to_vec()));
        }
        let changes = self.state()?.changes.clone();
        for more in bookmark_args(&changes) {
            hooks.run(&self.repo, "pretxnclose-bookmark", true, &joined(&args, more))?;
        }
        for more in phase_args(&self.repo, &changes)? {
            hooks.run(&self.repo, "pretxnclose-phase", true, &joined(&args, more))?;
        }
        hooks.run(&self.repo, "pretxnclose", true, &args)?;
        Ok(())
    }

    fn hook_args(&self) -> Result<HookArgs> {
        Ok(self.state()?.hook_args.clone().into_iter().collect())
    }

    /// Writes everything for good: nothing refuses from here on.
    fn finalize(&self) -> Result<()> {
        let lent = self.lend()?;
        if self.repo.holds_wlock() {
            for name in ["branch", "dirstate"] {
                lent.backup(Location::Hg, name.as_bytes())?;
            }
            // A docket is worth nothing without the data file that it names.
            if let Some(name) = self.dirstate_data()? {
                lent.backup(Location::Hg, &name)?;
            }
        }
        self.write_generated(Stage::BeforeFinalize)?;
        self.write_fncache(&lent)?;
        // A finalizer may add others.
        loop {
            let Some((_, callback)) = self.state()?.finalize.pop_first() else { break };
            callback(&lent)?;
        }
        self.write_fncache(&lent)?;
        self.write_generated(Stage::BeforeFinalize)?;
        self.write_delayed()?;
        self.write_node_maps()?;
        self.write_generated(Stage::AfterFinalize)
    }

    /// The data file of a dirstate of version 2, if there is one.
    fn dirstate_data(&self) -> Result<Option<Vec<u8>>> {
        let vfs = self.repo.vfs();
        let docket = vfs.try_read("dirstate")?.and_then(|text| Docket::decode(&text).ok());
        let id = docket.map(|docket| docket.id).filter(|id| !id.is_empty() && !id.contains(&b'/'));
        let name = id.map(|id| [b"dirstate.", &id[..]].concat());
        Ok(name.filter(|name| vfs.lexists(name)))
    }

    /// Brings the stored node maps up to date, where the repository has them.
    fn write_node_maps(&self) -> Result<()> {
        let repo = &self.repo;
        if !repo.requires(hg_format::requirements::name::PERSISTENT_NODEMAP) {
            return Ok(());
        }
        let changelog = repo.changelog()?;
        let manifests = repo.manifest_log()?;
        for log in [&**changelog, manifests.revlog()] {
            if let Some(old) = log.write_nodemap(&mut &self.lend()?)? {
                self.state()?.post_close.insert(
                    format!("nodemap {}", log.name().radix.escape_ascii()),
                    Box::new(move |tr| tr.repo().store_vfs().try_remove(&old).map(|_| ())),
                );
            }
        }
        Ok(())
    }

    fn write_fncache(&self, lent: &Transaction) -> Result<()> {
        let store = self.repo.store_vfs();
        let Some(fncache) = store.fncache() else { return Ok(()) };
        if let Some(text) = fncache.changed_text() {
            lent.backup(Location::Store, crate::fncache::FILE.as_bytes())?;
            store.raw().write_atomic_checked(crate::fncache::FILE, &text)?;
            fncache.written();
        }
        Ok(())
    }

    fn write_generated(&self, stage: Stage) -> Result<()> {
        let mut chosen = Vec::new();
        {
            let mut state = self.state()?;
            let all = std::mem::take(&mut state.generators);
            for (key, generator) in all {
                if generator.stage == stage {
                    chosen.push((key, generator));
                } else {
                    state.generators.insert(key, generator);
                }
            }
        }
        for ((location, name), generator) in chosen {
            self.state()?.journal.backup(&self.repo, location, &name)?;
            let text = generator.make(&self.repo)?;
            let file = location.encode(&self.repo, &name);
            location.vfs(&self.repo).write_atomic_checked(file, &text)?;
        }
        Ok(())
    }

    /// Turns the journal into the undo files; the moment `journal` is gone the transaction is done.
    fn commit_journal(&self) -> Result<()> {
        let repo = &self.repo;
        let store = repo.store_vfs().raw();
        let backups = self.state()?.journal.backups.clone();
        if chain::leave_journal(repo, &mut self.state()?.journal)? {
            let temporary = backups.iter().filter(|entry| entry.name.is_empty());
            return remove_copies(repo, &temporary.cloned().collect::<Vec<_>>());
        }
        recover::remove_undo(repo)?;
        let mut text = BACKUP_HEADER.to_vec();
        for entry in &backups {
            let Some(location) = Location::from_bytes(&entry.location) else { continue };
            let vfs = location.vfs(repo);
            if entry.name.is_empty() {
                vfs.try_remove(location.encode(repo, &entry.backup))?;
                continue;
            }
            let mut undo = entry.clone();
            if !entry.backup.is_empty() {
                undo.backup = undo_name(&entry.backup);
                let encode = |name: &[u8]| location.encode(repo, name);
                vfs.link_or_copy(encode(&entry.backup), encode(&undo.backup))?;
            }
            encode_backup(&undo, &mut text);
        }
        store.write("undo.backupfiles", &text)?;
        store.rename(JOURNAL, "undo")?;
        repo.vfs().rename(DESCRIPTION, "undo.desc")?;
        store.try_remove(BACKUPS)?;
        remove_copies(repo, &backups)
    }

    /// `txnclose` and its sisters, once the locks are free.
    fn schedule_closing_hooks(&self) -> Result<()> {
        let hooks = self.repo.hooks();
        let wanted = ["txnclose-bookmark", "txnclose-phase", "txnclose"]
            .iter()
            .any(|name| hooks.has(&self.repo, name));
        if !wanted {
            return Ok(());
        }
        let args = self.hook_args()?;
        let changes = self.state()?.changes.clone();
        let phase_args = phase_args(&self.repo, &changes)?;
        self.repo.after_unlock(move |repo, _| {
            // Too late to refuse: the runner reports failures itself.
            for more in bookmark_args(&changes) {
                hooks.run_late(repo, "txnclose-bookmark", &joined(&args, more));
            }
            for more in phase_args {
                hooks.run_late(repo, "txnclose-phase", &joined(&args, more));
            }
            hooks.run_late(repo, "txnclose", &args);
        });
        Ok(())
    }

    /// Undoes everything. Never fails: what cannot be undone is left to `recover`, and told.
    pub(super) fn abort(&self) {
        if !self.is_open() {
            return;
        }
        let reporter = self.repo.reporter();
        let loud = unpoison(&self.state).journal.has_work();
        if loud {
            reporter.warn(b"transaction abort!\n");
        }
        if let (Ok(lent), Ok(args)) = (self.lend(), self.hook_args()) {
            let callbacks = std::mem::take(&mut unpoison(&self.state).abort);
            for callback in callbacks.into_values() {
                if let Err(error) = callback(&lent) {
                    reporter.warn(&[b"warning: ", &error.message[..], b"\n"].concat());
                }
            }
            let _ = self.repo.hooks().run(&self.repo, "txnabort", false, &args);
        }
        let state = unpoison(&self.state);
        recover::undo_and_tell(&self.repo, &state.journal, loud);
        drop(state);
        self.open.store(false, Ordering::Release);
        self.repo.transaction_ended();
        self.repo.clear();
        self.unlock();
    }

    fn unlock(&self) {
        drop(self.lock.lock().unwrap_or_else(PoisonError::into_inner).take());
    }
}

pub(super) fn remove_copies(repo: &Repo, backups: &[Backup]) -> Result<()> {
    for entry in backups.iter().filter(|entry| !entry.backup.is_empty()) {
        if let Some(location) = Location::from_bytes(&entry.location) {
            location.vfs(repo).try_remove(location.encode(repo, &entry.backup))?;
        }
    }
    Ok(())
}

fn too_short(name: &[u8]) -> Error {
    Error::storage([name, b" is shorter than when it was opened"].concat())
}

fn joined(common: &HookArgs, more: HookArgs) -> HookArgs {
    common.iter().cloned().chain(more).collect()
}

fn bookmark_args(changes: &Changes) -> Vec<HookArgs> {
    let hex = |node: &Option<hg_types::Node>| node.map(|node| node.hex()).unwrap_or_default();
    changes
        .bookmarks
        .iter()
        .map(|(name, (old, new))| {
            vec![
                ("bookmark".to_owned(), name.clone()),
                ("node".to_owned(), hex(new)),
                ("oldnode".to_owned(), hex(old)),
            ]
        })
        .collect()
}

fn phase_args(repo: &Repo, changes: &Changes) -> Result<Vec<HookArgs>> {
    let mut out = Vec::with_capacity(changes.phases.len());
    let changelog = repo.changelog()?;
    for (&rev, (old, new)) in &changes.phases {
        let node = changelog.node(rev);
        out.push(vec![
            ("node".to_owned(), node.hex()),
            ("phase".to_owned(), new.name().into()),
            ("oldphase".to_owned(), old.map(|old| old.name().into()).unwrap_or_default()),
        ]);
    }
    Ok(out)
}

/// An id that no other transaction has.
fn transaction_id() -> Vec<u8> {
    let time = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .map_or(0, |since| since.as_nanos());
    let mut hash = Sha1::new();
    hash.update(time.to_le_bytes());
    hash.update(std::process::id().to_le_bytes());
    hash.update(hg_vfs::host_id());
    let stack = 0_u8;
    hash.update(format!("{:p}", &raw const stack));
    [b"TXN:", &to_hex(&hash.finalize())[..]].concat()
}
