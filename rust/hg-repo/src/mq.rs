//! Patch queues: the files below `.hg/patches` that say which patches there are, which of them are
//! applied, and which guards are active. The formats are those of upstream's extension.

use std::cell::OnceCell;
use std::collections::HashSet;

use hg_store::Repo;
use hg_types::{Error, Node, Result};
use hg_vfs::Vfs;

pub mod header;
pub mod names;
pub mod queues;
pub mod series;

pub use header::PatchHeader;
pub use series::Series;

/// The name of the changeset that keeps the state of a queue, among the applied patches.
pub const SAVE_NAME: &[u8] = b".hg.patches.save.line";

/// A patch that is applied.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Applied {
    /// The changeset.
    pub node: Node,
    /// The patch.
    pub name: Vec<u8>,
}

impl Applied {
    /// The line of the file `status`.
    #[must_use]
    pub fn line(&self) -> Vec<u8> {
        [&self.node.hex()[..], b":", &self.name].concat()
    }
}

/// Why a patch is pushed or not.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Pushable {
    /// It has no guards.
    Unguarded,
    /// One of its positive guards is active, or no negative one is.
    Allowed(Option<Vec<u8>>),
    /// These guards keep it back.
    Guarded(Vec<Vec<u8>>),
}

impl Pushable {
    /// Whether it is pushed.
    #[must_use]
    pub fn is_pushable(&self) -> bool {
        !matches!(self, Self::Guarded(_))
    }

    /// The guards that keep it back, quoted.
    #[must_use]
    pub fn reason(&self) -> Vec<u8> {
        match self {
            Self::Guarded(guards) => {
                let quoted: Vec<Vec<u8>> = guards.iter().map(|g| hg_types::quoted(g)).collect();
                quoted.join(&b' ')
            }
            _ => Vec::new(),
        }
    }
}

/// A patch queue.
pub struct Queue {
    repo: Repo,
    /// The directory below `.hg`.
    directory: Vec<u8>,
    patches: Vfs,
    series: OnceCell<Series>,
    series_changed: bool,
    /// The applied patches, the lowest first.
    pub applied: Vec<Applied>,
    applied_before: Vec<Applied>,
    guards: OnceCell<Vec<Vec<u8>>>,
    guards_changed: bool,
    /// What is wrong with the file `status`.
    complaints: Vec<Vec<u8>>,
}

impl Queue {
    /// The active queue of a repository.
    ///
    /// # Errors
    /// When its state cannot be read.
    pub fn open(repo: &Repo) -> Result<Self> {
        Self::open_in(repo, queues::directory(&queues::active(repo)?))
    }

    /// The queue in a directory below `.hg`.
    ///
    /// # Errors
    /// When its state cannot be read.
    pub fn open_in(repo: &Repo, directory: Vec<u8>) -> Result<Self> {
        let patches = repo.vfs().at(&directory);
        let text = patches.try_read("status")?.unwrap_or_default();
        let (applied, complaints) = decode_status(&text);
        Ok(Self {
            repo: repo.clone(),
            directory,
            patches,
            series: OnceCell::new(),
            series_changed: false,
            applied_before: applied.clone(),
            applied,
            guards: OnceCell::new(),
            guards_changed: false,
            complaints,
        })
    }

    /// What is wrong with the file `status`.
    #[must_use]
    pub fn complaints(&self) -> &[Vec<u8>] {
        &self.complaints
    }

    /// The repository.
    #[must_use]
    pub fn repo(&self) -> &Repo {
        &self.repo
    }

    /// The directory of the patches.
    #[must_use]
    pub fn patches(&self) -> &Vfs {
        &self.patches
    }

    /// The directory below `.hg`.
    #[must_use]
    pub fn directory(&self) -> &[u8] {
        &self.directory
    }

    /// The patches in order.
    ///
    /// # Errors
    /// When the file is malformed.
    pub fn series(&self) -> Result<&Series> {
        if let Some(series) = self.series.get() {
            return Ok(series);
        }
        let path = self.patches.join("series");
        let text = self.patches.try_read("series")?.unwrap_or_default();
        let series = Series::parse(&text, path.as_os_str().as_encoded_bytes())?;
        Ok(self.series.get_or_init(|| series))
    }

    /// The patches in order, to be changed.
    ///
    /// # Errors
    /// When the file is malformed.
    pub fn series_mut(&mut self) -> Result<&mut Series> {
        self.series()?;
        self.series_changed = true;
        self.series.get_mut().ok_or_else(|| Error::abort("the series was not read"))
    }

    /// The active guards, sorted.
    ///
    /// # Errors
    /// When the file cannot be read.
    pub fn active_guards(&self) -> Result<&[Vec<u8>]> {
        if let Some(guards) = self.guards.get() {
            return Ok(guards);
        }
        let text = self.patches.try_read("guards")?.unwrap_or_default();
        let mut guards = Vec::new();
        for (at, line) in text.split(|&byte| byte == b'\n').enumerate() {
            let guard = line.trim_ascii();
            if guard.is_empty() {
                continue;
            }
            match series::bad_guard(guard) {
                Some(bad) => {
                    let path = self.patches.join("guards");
                    let place = [path.as_os_str().as_encoded_bytes(), b":"].concat();
                    let number = (at + 1).to_string();
                    let parts = [&place[..], number.as_bytes(), b": ", &bad.message, b"\n"];
                    self.repo.reporter().warn(&parts.concat());
                }
                None => guards.push(guard.to_vec()),
            }
        }
        Ok(self.guards.get_or_init(|| guards))
    }

    /// Replaces the active guards.
    ///
    /// # Errors
    /// When one has a bad name.
    pub fn set_active_guards(&mut self, mut guards: Vec<Vec<u8>>) -> Result<()> {
        if let Some(bad) = guards.iter().find_map(|guard| series::bad_guard(guard)) {
            return Err(bad);
        }
        guards.sort();
        guards.dedup();
        self.guards = OnceCell::from(guards);
        self.guards_changed = true;
        Ok(())
    }

    /// Whether a patch may be pushed.
    ///
    /// # Errors
    /// When the queue's files cannot be read.
    pub fn pushable(&self, index: usize) -> Result<Pushable> {
        let guards = self.series()?.guards(index);
        if guards.is_empty() {
            return Ok(Pushable::Unguarded);
        }
        let active = self.active_guards()?;
        let is_active =
            |guard: &&Vec<u8>| active.iter().any(|name| Some(&name[..]) == guard.get(1..));
        let signed = |sign: u8| guards.iter().filter(move |guard| guard.first() == Some(&sign));
        let negative: Vec<Vec<u8>> = signed(b'-').filter(is_active).cloned().collect();
        if !negative.is_empty() {
            return Ok(Pushable::Guarded(negative));
        }
        let positive: Vec<Vec<u8>> = signed(b'+').cloned().collect();
        if positive.is_empty() {
            return Ok(Pushable::Allowed(None));
        }
        Ok(match positive.iter().find(is_active) {
            Some(guard) => Pushable::Allowed(Some(guard.clone())),
            None => Pushable::Guarded(positive),
        })
    }

    /// The top patch.
    #[must_use]
    pub fn top(&self) -> Option<&Applied> {
        self.applied.last()
    }

    /// Whether a patch is applied, and where among them.
    #[must_use]
    pub fn position(&self, name: &[u8]) -> Option<usize> {
        self.applied.iter().position(|applied| applied.name == name)
    }

    /// Where in the series the next patch stands: behind the top one.
    ///
    /// # Errors
    /// When the series cannot be read.
    pub fn end(&self) -> Result<usize> {
        let Some(top) = self.top() else { return Ok(0) };
        let Some(place) = self.series()?.find(&top.name) else { return Ok(0) };
        Ok(place + 1)
    }

    /// The header of a patch; empty when the file is not there.
    ///
    /// # Errors
    /// When it cannot be read.
    pub fn header(&self, name: &[u8]) -> Result<PatchHeader> {
        let plain = self.is_plain()?;
        let text = self.patches.try_read(name)?.unwrap_or_default();
        Ok(PatchHeader::parse(&text, plain))
    }

    /// Whether new patches get no lines for programs.
    ///
    /// # Errors
    /// When the item is malformed.
    pub fn is_plain(&self) -> Result<bool> {
        self.repo.config().get_bool_or("mq", "plain", false)
    }

    /// Makes the directory of the patches.
    ///
    /// # Errors
    /// When it cannot be made.
    pub fn create_directory(&self) -> Result<()> {
        Ok(self.repo.vfs().create_dirs(&self.directory)?)
    }

    /// Writes a patch; directories in its name are made.
    ///
    /// # Errors
    /// When it cannot be written; the old text is still there then.
    pub fn write_patch(&self, name: &[u8], text: &[u8]) -> Result<()> {
        let path = [&self.directory[..], b"/", name].concat();
        if let Some(slash) = path.iter().rposition(|&byte| byte == b'/') {
            self.repo.vfs().create_dirs(&path[..slash])?;
        }
        Ok(self.patches.write_atomic(name, text)?)
    }

    /// Writes what has changed: which patches are applied, the series, the guards.
    ///
    /// # Errors
    /// When a file cannot be written.
    pub fn save(&mut self) -> Result<()> {
        if self.applied != self.applied_before {
            self.create_directory()?;
            let text: Vec<u8> =
                self.applied.iter().flat_map(|one| [&one.line()[..], b"\n"].concat()).collect();
            self.patches.write_atomic("status", &text)?;
            self.applied_before = self.applied.clone();
        }
        if self.series_changed {
            self.create_directory()?;
            let text = self.series()?.to_bytes();
            self.patches.write_atomic("series", &text)?;
            self.series_changed = false;
        }
        if self.guards_changed {
            self.create_directory()?;
            let guards = self.active_guards()?;
            let text: Vec<u8> =
                guards.iter().flat_map(|guard| [&guard[..], b"\n"].concat()).collect();
            self.patches.write_atomic("guards", &text)?;
            self.guards_changed = false;
        }
        self.repo.forget_tags();
        Ok(())
    }

    /// The files in the directory that are no patches of the series, sorted.
    ///
    /// # Errors
    /// When a directory cannot be read.
    pub fn strangers(&self) -> Result<Vec<Vec<u8>>> {
        let known: HashSet<&[u8]> = self.series()?.names().collect();
        let mut out = Vec::new();
        let mut directories = vec![Vec::new()];
        while let Some(directory) = directories.pop() {
            if !self.patches.is_dir(&directory) {
                continue;
            }
            for entry in self.patches.read_dir(&directory)? {
                let own: &[u8] = &entry.name;
                let name = match directory.is_empty() {
                    true => own.to_vec(),
                    false => [&directory[..], b"/", own].concat(),
                };
                if self.patches.is_dir(&name) {
                    if own != b".hg" {
                        directories.push(name);
                    }
                } else if !known.contains(&name[..]) && !is_own_file(own) {
                    out.push(name);
                }
            }
        }
        out.sort();
        Ok(out)
    }
}

/// Files in the directory of a queue that are no patches.
fn is_own_file(name: &[u8]) -> bool {
    matches!(name, b"status" | b"series" | b"guards") || name.starts_with(b".")
}

/// Reads the file `status`; lines that make no sense are complained about and left out.
fn decode_status(text: &[u8]) -> (Vec<Applied>, Vec<Vec<u8>>) {
    let (mut applied, mut complaints) = (Vec::new(), Vec::new());
    for line in text.split(|&byte| byte == b'\n').filter(|line| !line.is_empty()) {
        let colon = line.iter().position(|&byte| byte == b':');
        let found = colon.and_then(|at| Some((Node::from_hex(&line[..at])?, &line[at + 1..])));
        match found {
            Some((node, name)) => applied.push(Applied { node, name: name.to_vec() }),
            None => {
                let shown = hg_types::quoted(line);
                let parts = [&b"malformated mq status line: ["[..], &shown, b"]\n"];
                complaints.push(parts.concat());
            }
        }
    }
    (applied, complaints)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn status_lines() {
        let hex = "ad120869acf0c6c266f1293ca5da567d8b382f1d";
        let (applied, complaints) = decode_status(format!("{hex}:p:1\ngarbage\n").as_bytes());
        assert_eq!(applied.len(), 1);
        assert_eq!(applied[0].name, b"p:1");
        assert_eq!(applied[0].line(), format!("{hex}:p:1").as_bytes());
        assert_eq!(complaints, [b"malformated mq status line: ['garbage']\n".to_vec()]);
    }
}
