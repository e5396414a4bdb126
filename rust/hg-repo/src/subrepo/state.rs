//! Which subrepositories there are, where they come from, and at which revision they are.

use std::collections::BTreeMap;

use hg_format::substate;
use hg_store::Repo;
use hg_types::{Error, HgPath, HgPathBuf, Node, Result};
use hg_wdir::{WorkingDir, manifest_of};

use super::{Subrepos, config};

/// What keeps a subrepository's history.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub enum Kind {
    /// Mercurial.
    #[default]
    Hg,
    /// Git.
    Git,
    /// Subversion.
    Svn,
    /// Nothing that is known.
    Other(Vec<u8>),
}

impl Kind {
    pub(super) fn from_name(name: &[u8]) -> Self {
        match name {
            b"hg" => Self::Hg,
            b"git" => Self::Git,
            b"svn" => Self::Svn,
            other => Self::Other(other.to_vec()),
        }
    }

    /// The name, as in `.hgsub`.
    #[must_use]
    pub fn name(&self) -> &[u8] {
        match self {
            Self::Hg => b"hg",
            Self::Git => b"git",
            Self::Svn => b"svn",
            Self::Other(name) => name,
        }
    }
}

/// What a subrepository is to be; the default is one that is not there.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct State {
    /// Where it comes from.
    pub source: Vec<u8>,
    /// The revision, as its kind writes it; empty before the first commit.
    pub revision: Vec<u8>,
    /// Its kind.
    pub kind: Kind,
}

impl State {
    /// As `--debug` shows it.
    #[must_use]
    pub fn shown(&self) -> Vec<u8> {
        [&self.source[..], &self.revision, self.kind.name()].join(&b':')
    }
}

/// Subrepositories by path.
pub type States = BTreeMap<HgPathBuf, State>;

/// Whose subrepositories.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Of {
    /// The working directory's.
    Working,
    /// A changeset's.
    Changeset(Node),
}

/// A tracked file's content as it is there.
enum Found {
    Untracked,
    /// Tracked, but not on disk.
    Missing,
    Text(Vec<u8>),
}

/// Reads tracked files of the working directory or of a changeset.
struct Files<'a> {
    repo: &'a Repo,
    of: Of,
    wdir: Option<WorkingDir>,
}

impl<'a> Files<'a> {
    fn new(repo: &'a Repo, of: Of) -> Self {
        Self { repo, of, wdir: None }
    }

    fn read(&mut self, path: &HgPath) -> Result<Found> {
        let node = match self.of {
            Of::Working => return self.read_working(path),
            Of::Changeset(node) => node,
        };
        let manifest = manifest_of(self.repo, &node)?;
        let Some(node) = manifest.node(path) else { return Ok(Found::Untracked) };
        let content = self.repo.filelog(path)?.read_node(&node)?;
        Ok(Found::Text(content.into_vec()))
    }

    fn read_working(&mut self, path: &HgPath) -> Result<Found> {
        let text = self.repo.wvfs().lstat(path)?;
        if text.is_none() && path.as_bytes() != substate::SPEC_NAME {
            return Ok(Found::Untracked);
        }
        let wdir = match &self.wdir {
            Some(wdir) => wdir,
            None => self.wdir.insert(WorkingDir::open(self.repo)?),
        };
        if !wdir.dirstate().is_tracked(path)? {
            return Ok(Found::Untracked);
        }
        match text {
            Some(_) => Ok(Found::Text(self.repo.wvfs().read(path)?)),
            None => Ok(Found::Missing),
        }
    }
}

/// The subrepositories of the working directory or of a changeset.
///
/// # Errors
/// When the files that describe them are malformed.
pub fn states(repo: &Repo, of: Of) -> Result<States> {
    let any = match of {
        Of::Working => has_any(repo),
        // Without a history of the file, no manifest needs to be read.
        Of::Changeset(_) => !repo.filelog(HgPath::new(substate::SPEC_NAME))?.is_empty(),
    };
    if !any {
        return Ok(States::new());
    }
    let mut files = Files::new(repo, of);
    let spec = HgPath::new(substate::SPEC_NAME);
    let text = match files.read(spec)? {
        Found::Untracked => return Ok(States::new()),
        Found::Missing => {
            let name = shown_name(repo, spec)?;
            let text = [b"warning: subrepo spec file '", &name[..], b"' not found\n"].concat();
            repo.reporter().warn(&text);
            return Ok(States::new());
        }
        Found::Text(text) => text,
    };
    let spec =
        config::Spec::parse(repo, &text, &mut |name| match files.read(HgPath::new(name))? {
            Found::Text(text) => Ok(text),
            _ => {
                let name = shown_name(repo, HgPath::new(name))?;
                Err(Error::abort([b"subrepo spec file '", &name[..], b"' not found"].concat()))
            }
        })?;
    let revisions = revisions(repo, files)?;
    spec.states(repo, &revisions)
}

/// Whether the working directory can have subrepositories at all: cheap, as every update asks.
fn has_any(repo: &Repo) -> bool {
    [substate::SPEC_NAME, substate::FILE_NAME].iter().any(|name| repo.wvfs().lexists(name))
}

fn revisions(repo: &Repo, mut files: Files<'_>) -> Result<BTreeMap<HgPathBuf, Vec<u8>>> {
    let path = HgPath::new(substate::FILE_NAME);
    let Found::Text(text) = files.read(path)? else { return Ok(BTreeMap::new()) };
    substate::decode(&text).or_else(|error| {
        let name = shown_name(repo, path)?;
        let line = format!("' line {}", error.line);
        let parts = [b"invalid subrepository revision specifier in '", &name[..], line.as_bytes()];
        Err(Error::abort(parts.concat()))
    })
}

/// A file's name for messages: from the current directory.
fn shown_name(repo: &Repo, path: &HgPath) -> Result<Vec<u8>> {
    let own = Subrepos::of(repo);
    let cwd = hg_vfs::path_to_bytes(&own.context()?.cwd);
    Ok(hg_match::path_to(repo.root_bytes(), cwd, path))
}

/// Writes what the working directory's subrepositories are at.
///
/// # Errors
/// When it cannot be written.
pub(super) fn write(repo: &Repo, states: &States) -> Result<()> {
    let recorded = states.iter().filter(|(_, state)| !state.revision.is_empty());
    let lines = recorded.map(|(path, state)| (path.as_bytes(), &state.revision[..]));
    let text = substate::encode(lines);
    let flags = hg_types::FileFlags::Regular;
    hg_wdir::merge::write_file(repo, HgPath::new(substate::FILE_NAME), &text, flags)
}
