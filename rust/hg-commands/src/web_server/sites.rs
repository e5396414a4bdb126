//! The repositories that are served, and under which paths (`hg help hgweb`).

use std::ffi::OsStr;
use std::os::unix::ffi::OsStrExt as _;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use bstr::ByteSlice as _;
use hg_config::Config;
use hg_server::{Site, Visit};
use hg_store::{OpenOptions, Repo};
use hg_types::{Clock, Result};
use hg_vfs::{SystemClock, path_to_bytes};

use super::Logs;
use crate::hooks::Hooks;
use crate::{CommandContext, Ui, remote};

/// The deepest directory in which repositories are looked for.
const DEPTH: usize = 32;

/// A repository under a path of the server.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Place {
    /// The path, without slashes around it; empty for the only one.
    pub(super) name: Vec<u8>,
    /// Where the repository is.
    pub(super) root: PathBuf,
}

/// The repositories that the section `[paths]` of a configuration names: `name = path`, where a path that
/// ends in `*` stands for the repositories in a directory, and in `**` for all those below it.
pub(super) fn of_file(config: &Config, cwd: &Path, file: &[u8]) -> Result<Vec<Place>> {
    let mut only = Config::empty(config.environment().clone());
    only.apply_option_file(file)?;
    let mut out = Vec::new();
    for (name, path) in only.items("paths") {
        let name = name.trim_with(|c| c == '/').to_vec();
        let expanded = hg_config::expand_path(config.environment(), path);
        let whole = cwd.join(OsStr::from_bytes(&expanded));
        let path = path_to_bytes(&whole);
        let (base, depth) = match path.strip_suffix(b"/**") {
            Some(base) => (base, DEPTH),
            None => match path.strip_suffix(b"/*") {
                Some(base) => (base, 1),
                None => {
                    out.push(Place { name, root: whole.clone() });
                    continue;
                }
            },
        };
        collect(&mut out, &name, Path::new(OsStr::from_bytes(base)), depth);
    }
    // The longest path that fits is the one that is meant.
    out.sort_by(|a, b| b.name.len().cmp(&a.name.len()).then_with(|| a.name.cmp(&b.name)));
    Ok(out)
}

/// A repository and its subrepositories, each under its path.
pub(super) fn of_tree(ctx: &CommandContext, repo: &Repo) -> Result<Vec<Place>> {
    let mut names = vec![Vec::new()];
    names.extend(hg_repo::subrepo::all_paths(repo)?);
    let mut out: Vec<Place> = Vec::new();
    for name in names {
        let root = repo.wvfs().join(&name);
        if root.join(".hg").is_dir() {
            let parts = [b"adding ", &name[..], b" = ", path_to_bytes(&root), b"\n"];
            ctx.ui.debug(parts.concat());
            out.push(Place { name, root });
        }
    }
    out.sort_by(|a, b| b.name.len().cmp(&a.name.len()).then_with(|| a.name.cmp(&b.name)));
    Ok(out)
}

fn collect(out: &mut Vec<Place>, name: &[u8], directory: &Path, depth: usize) {
    if directory.join(".hg").is_dir() {
        out.push(Place { name: name.to_vec(), root: directory.to_owned() });
        return;
    }
    // Directories that cannot be listed have nothing to serve.
    let entries = std::fs::read_dir(directory).into_iter().flatten().flatten();
    for entry in entries.filter(|_| depth > 0) {
        let file_name = entry.file_name();
        if file_name.as_bytes().starts_with(b".") || !entry.path().is_dir() {
            continue;
        }
        let name = match name {
            b"" => file_name.as_bytes().to_vec(),
            name => [name, file_name.as_bytes()].join(&b'/'),
        };
        collect(out, &name, &entry.path(), depth - 1);
    }
}

/// What this server serves.
pub(super) struct Served {
    ui: Arc<Ui>,
    /// The configuration without any repository's own.
    config: Config,
    places: Vec<Place>,
    prefix: Vec<u8>,
    logs: Logs,
    clock: SystemClock,
    name: Vec<u8>,
}

impl Served {
    pub(super) fn new(
        ctx: &CommandContext,
        config: Config,
        places: Vec<Place>,
        prefix: Vec<u8>,
        logs: Logs,
        name: Vec<u8>,
    ) -> Self {
        let clock = SystemClock::new(config.environment().var("TZ"));
        let name = if name.is_empty() { b"Quicksilver".to_vec() } else { name };
        Self { ui: ctx.ui.clone(), config, places, prefix, logs, clock, name }
    }

    /// The repository a path leads to, and what of the path leads on.
    fn find<'a>(&self, path: &'a [u8]) -> Option<(&Place, &'a [u8])> {
        let path = below(path.strip_prefix(b"/").unwrap_or(path), &self.prefix)?;
        self.places.iter().find_map(|place| Some((place, below(path, &place.name)?)))
    }
}

/// What of a path is below `start`, of which it must be whole parts.
fn below<'a>(path: &'a [u8], start: &[u8]) -> Option<&'a [u8]> {
    if start.is_empty() {
        return Some(path);
    }
    match path.strip_prefix(start)? {
        b"" => Some(b""),
        rest => rest.strip_prefix(b"/"),
    }
}

impl Site for Served {
    fn visit(&self, path: &[u8]) -> Result<Option<(Visit, Vec<u8>)>> {
        let Some((place, rest)) = self.find(path) else { return Ok(None) };
        // Each request has somebody of its own to speak to.
        let ui = Arc::new(self.ui.copy());
        ui.push_buffer(true);
        let options = OpenOptions {
            config: self.config.clone(),
            reporter: Some(ui.clone()),
            hooks: Some(Arc::new(Hooks::new(ui.clone()))),
            ..OpenOptions::default()
        };
        let repo = Repo::open(&place.root, options)?;
        let lookup = remote::lookup(&ui);
        let said = move || {
            let text = ui.pop_buffer();
            ui.push_buffer(true);
            text
        };
        Ok(Some((Visit { repo, lookup, said: Box::new(said) }, rest.to_vec())))
    }

    fn clock(&self) -> &dyn Clock {
        &self.clock
    }

    fn name(&self) -> Vec<u8> {
        self.name.clone()
    }

    fn log_access(&self, line: &[u8]) {
        self.logs.access.line(line);
    }

    fn log_error(&self, line: &[u8]) {
        self.logs.errors.line(line);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_cut_at_slashes() {
        assert_eq!(below(b"a/b", b"a"), Some(&b"b"[..]));
        assert_eq!(below(b"a", b"a"), Some(&b""[..]));
        assert_eq!(below(b"ab", b"a"), None);
        assert_eq!(below(b"ab", b""), Some(&b"ab"[..]));
    }

    #[test]
    fn repositories_below_a_directory_are_found() {
        let directory = tempfile::tempdir().expect("a directory");
        for name in ["a/.hg", "b/c/.hg", "d", ".e/.hg", "a/nested/.hg"] {
            std::fs::create_dir_all(directory.path().join(name)).expect("made");
        }
        let found = |depth| {
            let mut out = Vec::new();
            collect(&mut out, b"x", directory.path(), depth);
            let mut names: Vec<Vec<u8>> = out.into_iter().map(|place| place.name).collect();
            names.sort();
            names
        };
        assert_eq!(found(1), [b"x/a".to_vec()]);
        assert_eq!(found(DEPTH), [b"x/a".to_vec(), b"x/b/c".to_vec()]);
    }
}
