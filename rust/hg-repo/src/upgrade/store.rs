//! Writing the histories of a repository again: into a new store beside the old one, which then
//! takes its place.

use std::fs;
use std::path::Path;
use std::sync::Arc;
use std::time::Instant;

use hg_format::requirements::{Requirements, name};
use hg_format::revlog::FLAG_HAS_COPIES;
use hg_store::revlog::{NewRevision, Revlog, RevlogName, RevlogOptions};
use hg_store::{InitOptions, OpenOptions, Repo, Transaction};
use hg_types::{Error, Reporter, Result};
use hg_vfs::path_to_bytes;
use hg_wire::stream_apply::readable_size;

use super::Upgrade;

/// The requirement that keeps everybody out while one store takes the place of the other.
const IN_PROGRESS: &[u8] = b"upgradeinprogress";

/// Revisions that are appended before they are written.
const BATCH: usize = 4096;

/// What is written again.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub struct Histories {
    /// The histories of files.
    pub filelogs: bool,
    /// Those of directories.
    pub manifests: bool,
    /// That of changesets.
    pub changelog: bool,
    /// Deltas are computed anew instead of taken over.
    pub new_deltas: bool,
}

impl Histories {
    /// Whether there is anything to write.
    #[must_use]
    pub const fn any(self) -> bool {
        self.filelogs || self.manifests || self.changelog
    }
}

/// A kind of histories.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Kind {
    Filelogs,
    Manifests,
    Changelog,
}

impl Kind {
    const ALL: [Self; 3] = [Self::Filelogs, Self::Manifests, Self::Changelog];

    const fn title(self) -> &'static str {
        match self {
            Self::Filelogs => "filelogs",
            Self::Manifests => "manifest",
            Self::Changelog => "changelog",
        }
    }

    fn of(radix: &[u8]) -> Self {
        if radix.starts_with(b"data/") { Self::Filelogs } else { Self::Manifests }
    }

    const fn is_in(self, histories: Histories) -> bool {
        match self {
            Self::Filelogs => histories.filelogs,
            Self::Manifests => histories.manifests,
            Self::Changelog => histories.changelog,
        }
    }
}

/// One history and its sizes.
struct Log {
    kind: Kind,
    radix: Vec<u8>,
    revisions: usize,
    stored: u64,
    tracked: u64,
}

/// The migration of one store into another.
pub(super) struct Migration<'a> {
    pub(super) repo: &'a Repo,
    pub(super) upgrade: &'a Upgrade,
    pub(super) histories: Histories,
    pub(super) reporter: &'a dyn Reporter,
}

impl Migration<'_> {
    /// Fills a new store below `staging` and puts it into the place of the old one.
    pub(super) fn run(&self, staging: &Path, backup: Option<&Path>) -> Result<()> {
        let options = OpenOptions {
            config: (*self.repo.config()).clone(),
            config_is_complete: true,
            ..OpenOptions::default()
        };
        let requirements = Some(self.upgrade.new.clone());
        let init = InitOptions { requirements, ..InitOptions::default() };
        let new = Repo::init(staging, options, &init)?;
        self.fill(&new)?;
        self.copy_rest(&new)?;
        self.say("data fully upgraded in a temporary repository\n");
        self.swap(&new, staging, backup)
    }

    fn say(&self, text: &str) {
        self.reporter.status(text.as_bytes());
    }

    /// Writes all histories.
    fn fill(&self, new: &Repo) -> Result<()> {
        let _lock = new.lock()?;
        let tr = new.transaction("upgrade")?;
        let logs = self.logs()?;
        if logs.is_empty() {
            return tr.close();
        }
        let sum = |kind: Option<Kind>, of: &dyn Fn(&Log) -> u64| -> u64 {
            logs.iter().filter(|log| kind.is_none_or(|kind| log.kind == kind)).map(of).sum()
        };
        let revisions = |log: &Log| log.revisions as u64;
        self.say(&format!(
            "migrating {} total revisions ({} in filelogs, {} in manifests, {} in changelog)\n",
            sum(None, &revisions),
            sum(Some(Kind::Filelogs), &revisions),
            sum(Some(Kind::Manifests), &revisions),
            sum(Some(Kind::Changelog), &revisions),
        ));
        self.say(&format!(
            "migrating {} in store; {} tracked data\n",
            readable_size(sum(None, &|log| log.stored)),
            readable_size(sum(None, &|log| log.tracked)),
        ));
        let start = Instant::now();
        for kind in Kind::ALL {
            let own: Vec<&Log> = logs.iter().filter(|log| log.kind == kind).collect();
            if !own.is_empty() {
                self.migrate(&tr, kind, &own)?;
            }
        }
        self.say("finished migrating:\n");
        self.number("total-revlog   :", logs.len() as u64);
        self.number("total-revisions:", sum(None, &revisions));
        // Upstream has nothing but zero here, whatever the kinds have grown by.
        self.signed("size-change:", 0);
        self.elapsed(start);
        tr.close()
    }

    /// All histories, in the order in which they are written.
    fn logs(&self) -> Result<Vec<Log>> {
        let mut radixes: Vec<Vec<u8>> = hg_store::fncache::history_names(self.repo)?
            .iter()
            .filter_map(|name| name.strip_suffix(b".i").map(<[u8]>::to_vec))
            .collect();
        radixes.sort_unstable();
        let mut out = Vec::new();
        let mut add = |kind: Kind, radix: Vec<u8>| -> Result<()> {
            let log = open(self.repo, kind, &radix)?;
            if log.is_empty() {
                return Ok(());
            }
            let tracked = log.revs().map(|rev| log.raw_size(rev)).sum::<Result<usize>>()? as u64;
            let (revisions, stored) = (log.len(), size(self.repo, &radix));
            out.push(Log { kind, radix, revisions, stored, tracked });
            Ok(())
        };
        for radix in radixes {
            add(Kind::of(&radix), radix)?;
        }
        add(Kind::Manifests, b"00manifest".to_vec())?;
        add(Kind::Changelog, b"00changelog".to_vec())?;
        Ok(out)
    }

    /// Writes histories of one kind.
    fn migrate(&self, tr: &Transaction, kind: Kind, logs: &[&Log]) -> Result<()> {
        let start = Instant::now();
        self.say(&format!("migrating {}:\n", kind.title()));
        match kind {
            Kind::Filelogs => self.number("revlog-count:", logs.len() as u64),
            Kind::Manifests => self.number("filelog-count:", logs.len() as u64),
            Kind::Changelog => {}
        }
        self.number("total-revisions:", logs.iter().map(|log| log.revisions as u64).sum());
        let stored = logs.iter().map(|log| log.stored).sum::<u64>();
        self.signed("store-size:", signed(stored));
        self.signed("tracked-size:", signed(logs.iter().map(|log| log.tracked).sum()));
        for (at, log) in logs.iter().enumerate() {
            self.reporter.progress(kind.title(), Some(at as u64), b"", "", Some(logs.len() as u64));
            if kind.is_in(self.histories) {
                self.rewrite(tr, log)?;
            } else {
                self.copy(tr.repo(), log)?;
            }
        }
        self.reporter.progress(kind.title(), None, b"", "", None);
        let after: u64 = logs.iter().map(|log| size(tr.repo(), &log.radix)).sum();
        // The index of the changelog is not there before the transaction closes.
        let pending = match kind {
            Kind::Changelog if kind.is_in(self.histories) => {
                let entries = logs.iter().map(|log| log.revisions as u64).sum::<u64>();
                entries * hg_format::revlog::entry::ENTRY_LEN as u64
            }
            _ => 0,
        };
        self.signed("size-change:", signed(after + pending) - signed(stored));
        self.elapsed(start);
        Ok(())
    }

    fn note(&self, what: &str, log: &Log, end: &str) {
        self.reporter.debug(&[what.as_bytes(), &log.radix, b".i", end.as_bytes(), b"\n"].concat());
    }

    /// Stores all revisions again.
    fn rewrite(&self, tr: &Transaction, log: &Log) -> Result<()> {
        self.note(&format!("cloning {} revisions from ", log.revisions), log, "");
        let old = open(self.repo, log.kind, &log.radix)?;
        let mut new = open(tr.repo(), log.kind, &log.radix)?;
        let same_deltas = old.header().general_delta == new.header().general_delta;
        for (at, rev) in old.revs().enumerate() {
            let parents = old.parents(rev);
            let base = old.delta_parent(rev)?;
            let usable = !self.histories.new_deltas
                && !base.is_null()
                && (same_deltas || parents.contains(&base));
            let delta = if usable { Some(old.chunk(rev)?) } else { None };
            let revision = NewRevision {
                text: old.raw_revision(rev)?,
                p1: parents[0],
                p2: parents[1],
                linkrev: old.linkrev(rev),
                flags: old.flags(rev) & !FLAG_HAS_COPIES,
                node: Some(old.node(rev)),
                delta: delta.as_deref().map(|delta| (base, delta)),
            };
            if new.append_revision(&revision)? != rev {
                let text = [b"a revision is twice in ", &log.radix[..]].concat();
                return Err(Error::storage(text));
            }
            if at % BATCH == BATCH - 1 {
                new.flush(&mut &*tr)?;
            }
        }
        if log.kind == Kind::Changelog && tr.repo().keeps_changed_files() {
            let files = old.revs().map(|rev| self.repo.changed_files(rev));
            return new.add_side_data(&mut &*tr, 0, &files.collect::<Result<Vec<_>>>()?);
        }
        new.flush(&mut &*tr)
    }

    /// Takes the files as they are.
    fn copy(&self, to: &Repo, log: &Log) -> Result<()> {
        let end = format!(" containing {} revisions", log.revisions);
        self.note("blindly copying ", log, &end);
        for name in open(self.repo, log.kind, &log.radix)?.file_names().into_iter().rev() {
            if self.repo.store_vfs().exists(&name) {
                let mut from = self.repo.store_vfs().open(&name)?;
                let mut file = to.store_vfs().open_append(&name)?;
                std::io::copy(&mut from, &mut file).map_err(|error| failed(&name, error))?;
            }
        }
        Ok(())
    }

    /// Copies what else is in the store.
    fn copy_rest(&self, new: &Repo) -> Result<()> {
        let (from, to) = (self.repo.store_vfs().base(), new.store_vfs().base());
        let entries = fs::read_dir(from).map_err(|error| failed(b"store", error))?;
        let mut names: Vec<_> = entries
            .flatten()
            .filter(|entry| entry.file_type().is_ok_and(|kind| kind.is_file()))
            .map(|entry| entry.file_name())
            .collect();
        names.sort();
        for name in names {
            let text = name.to_string_lossy().into_owned();
            let other = ["00changelog", "00manifest", "fncache", "undo", "journal", "lock"];
            if other.iter().any(|start| text.starts_with(start)) {
                continue;
            }
            self.say(&format!("copying {text}\n"));
            fs::copy(from.join(&name), to.join(&name))
                .map_err(|error| failed(text.as_bytes(), error))?;
        }
        Ok(())
    }

    /// Puts the new store into the place of the old one.
    fn swap(&self, new: &Repo, staging: &Path, backup: Option<&Path>) -> Result<()> {
        let repo = self.repo;
        // Who reads the new store before this is over is kept out, too.
        let mut coming: Requirements = self.upgrade.new.clone();
        coming.insert(IN_PROGRESS.to_vec());
        if coming.contains(name::SHARE_SAFE.as_bytes()) {
            new.write_requirements(coming)?;
        }
        self.say(
            "marking source repository as being upgraded; clients will be unable to read from \
             repository\n",
        );
        let mut going = self.upgrade.old.clone();
        going.insert(IN_PROGRESS.to_vec());
        repo.write_requirements(going)?;
        self.say("starting in-place swap of repository data\n");
        let vfs = repo.vfs();
        if let Some(backup) = backup {
            let shown = backup.to_string_lossy();
            self.say(&format!("replaced files will be backed up at {shown}\n"));
            fs::copy(vfs.join("requires"), backup.join("requires"))
                .map_err(|error| failed(b"requires", error))?;
        }
        self.say("replacing store...\n");
        let start = Instant::now();
        let old = backup.unwrap_or(staging).join("store");
        let place = vfs.join("store");
        let rename = |from: &Path, to: &Path| {
            fs::rename(from, to).map_err(|error| failed(path_to_bytes(from), error))
        };
        rename(&place, &old)?;
        if let Err(error) = rename(new.store_vfs().base(), &place) {
            // Without a backup, the old store would go with the directory it is in now.
            rename(&old, &place)?;
            repo.write_requirements(self.upgrade.old.clone())?;
            return Err(error);
        }
        // The lock is ours until the end.
        rename(&old.join("lock"), &place.join("lock"))?;
        let seconds = start.elapsed().as_secs_f64();
        self.say(&format!(
            "store replacement complete; repository was inconsistent for {seconds:.1}s\n"
        ));
        self.say("finalizing requirements file and making repository readable again\n");
        repo.write_requirements(self.upgrade.new.clone())?;
        repo.clear();
        Ok(())
    }

    fn number(&self, label: &str, number: u64) {
        let width = 28 - label.len();
        self.say(&format!("     {label}{number:>width$}\n"));
    }

    /// A number of bytes, which may have become fewer.
    fn signed(&self, label: &str, bytes: i64) {
        let sign = if bytes < 0 { "-" } else { "" };
        let size = readable_size(bytes.unsigned_abs());
        let (number, unit) = size.split_once(' ').unwrap_or((&size, ""));
        let width = 28 - label.len();
        let number = format!("{sign}{number}");
        self.say(&format!("     {label}{number:>width$} {unit}\n"));
    }

    fn elapsed(&self, start: Instant) {
        let seconds = start.elapsed().as_secs();
        self.say(&format!("     elapsed-time:{seconds:>15} seconds\n"));
    }
}

fn signed(bytes: u64) -> i64 {
    i64::try_from(bytes).unwrap_or(i64::MAX)
}

fn failed(what: &[u8], error: std::io::Error) -> Error {
    let reason = error.to_string();
    let reason = reason.split(" (os error").next().unwrap_or_default();
    Error::abort([reason.as_bytes(), b": '", what, b"'"].concat()).because(error)
}

fn open(repo: &Repo, kind: Kind, radix: &[u8]) -> Result<Revlog> {
    let changelog = kind == Kind::Changelog;
    let nodemap = radix.starts_with(b"00") && repo.requires(name::PERSISTENT_NODEMAP);
    let options = RevlogOptions {
        changelog,
        changelog_v2: repo.requires(name::CHANGELOG_V2),
        persistent_nodemap: nodemap,
        ..repo.revlog_options()?
    };
    Revlog::open(repo.revlog_files(), RevlogName::new(radix), Arc::new(options))
}

/// Bytes of the files of a history.
fn size(repo: &Repo, radix: &[u8]) -> u64 {
    [&b".i"[..], b".d"].iter().map(|end| repo.store_vfs().len_of([radix, end].concat())).sum()
}
