//! Whether the states that changesets have recorded are still there.

use std::collections::BTreeMap;

use hg_format::substate;
use hg_store::Repo;
use hg_types::{Error, ErrorKind, HgPath, HgPathBuf, Node, Result, Revision};

use super::{HgSubrepo, Kind, Of, check_allowed, states};

/// Warns of subrepositories' changesets that are hidden or missing.
///
/// # Errors
/// When history cannot be read.
pub fn verify(repo: &Repo) -> Result<()> {
    let mut links = Links { judges_names: true, ..Links::default() };
    let warn = |text: &[u8]| repo.reporter().warn(&[text, b"\n"].concat());
    let changelog = repo.changelog()?;
    for rev in (0..changelog.len()).map(Revision::from_index) {
        let told = links.check(repo, std::iter::once(rev), &mut |text| {
            warn(text);
            Ok(())
        });
        match told {
            Ok(()) => {}
            // What is written there is wrong, and the rest can still be looked at.
            Err(error)
                if matches!(
                    error.kind,
                    ErrorKind::Abort | ErrorKind::Input | ErrorKind::ConfigParse
                ) =>
            {
                let node = changelog.node(rev).short();
                warn(&[b".hgsubstate is corrupt in revision ", &node[..]].concat());
            }
            Err(error) => return Err(error),
        }
    }
    Ok(())
}

/// Refuses changesets that refer to what is hidden or missing.
pub(super) fn check_outgoing(repo: &Repo, revs: &[Revision]) -> Result<()> {
    if repo.filelog(HgPath::new(substate::FILE_NAME))?.is_empty() {
        return Ok(());
    }
    Links::default().check(repo, revs.iter().copied(), &mut |text| Err(Error::abort(text)))
}

/// What changesets refer to.
#[derive(Default)]
struct Links {
    opened: BTreeMap<HgPathBuf, HgSubrepo>,
    /// Whether a name or kind that would not be opened is an error too.
    judges_names: bool,
}

impl Links {
    /// Tells what is wrong with the subrepositories that changesets have recorded.
    fn check(
        &mut self,
        repo: &Repo,
        revs: impl Iterator<Item = Revision>,
        tell: &mut dyn FnMut(&[u8]) -> Result<()>,
    ) -> Result<()> {
        let changelog = repo.changelog()?;
        let file = HgPath::new(substate::FILE_NAME);
        for rev in revs {
            if repo.is_hidden(rev)? || !changelog.entry(rev)?.files().any(|path| path == file) {
                continue;
            }
            let node = changelog.node(rev);
            for (path, state) in &states(repo, Of::Changeset(node))? {
                if self.judges_names {
                    check_allowed(repo, path, &state.kind)?;
                }
                if state.kind != Kind::Hg || state.revision.is_empty() {
                    continue;
                }
                let root = repo.wvfs().join(path);
                if !root.join(".hg").is_dir() {
                    let root = hg_vfs::path_to_bytes(&root);
                    let start = format!("{rev}: repository ");
                    tell(&[start.as_bytes(), root, b" not found"].concat())?;
                    continue;
                }
                if !self.opened.contains_key(path) {
                    self.opened.insert(path.clone(), HgSubrepo::open(repo, path, state)?);
                }
                let fault = self.opened.get(path).map(|sub| fault(sub, &state.revision));
                if let Some(fault) = fault.transpose()?.flatten() {
                    let parts: [&[u8]; 6] = [
                        b"subrepo '",
                        path.as_bytes(),
                        b"' ",
                        fault.as_bytes(),
                        b" in revision ",
                        &node.short(),
                    ];
                    tell(&parts.concat())?;
                }
            }
        }
        Ok(())
    }
}

/// What is wrong with a changeset of a subrepository.
fn fault(sub: &HgSubrepo, revision: &[u8]) -> Result<Option<&'static str>> {
    let repo = sub.repo();
    let node = Node::from_hex(revision).unwrap_or(Node::WDIR);
    if node.is_null() {
        return Ok(None);
    }
    let found = repo.changelog()?.find(&node);
    Ok(match found {
        Some(rev) if repo.is_hidden(rev)? => Some("is hidden"),
        Some(_) => None,
        None => Some("not found"),
    })
}
