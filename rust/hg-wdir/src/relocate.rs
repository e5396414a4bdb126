//! Giving the working directory another parent while its files stay as they are.

use hg_match::Matcher;
use hg_types::{HgPathBuf, Node, Result};

use crate::copies::{Side, path_copies};
use crate::dirstate::FileUpdate;
use crate::{WorkingDir, manifest_of};

/// Makes `parent` the one parent: files that differ between it and the old first parent become modified,
/// added or removed, and what is known of copies is carried over. The dirstate is not written.
///
/// # Errors
/// When a manifest or the dirstate cannot be read.
pub fn relocate(wdir: &mut WorkingDir, parent: Node) -> Result<()> {
    let repo = wdir.repo().clone();
    let cl = repo.changelog()?;
    let from = wdir.dirstate().p1();
    let (old, new) = (manifest_of(&repo, &from)?, manifest_of(&repo, &parent)?);
    let sides = [Side::Revision(cl.rev(&parent)?), Side::Revision(cl.rev(&from)?)];
    let mut copies = path_copies(&repo, &sides[0], &sides[1], &Matcher::always())?;
    let recorded = wdir.dirstate().copies()?;
    for (path, source) in &recorded {
        let origin = copies.get(source).unwrap_or(source).clone();
        copies.insert(path.clone(), origin);
    }
    let dirstate = wdir.dirstate_mut();
    dirstate.set_parents(parent, Node::NULL)?;
    for difference in new.diff(&old) {
        let path = difference.path;
        let update = FileUpdate {
            tracked: dirstate.is_tracked(path)?,
            p1_tracked: new.contains(path),
            possibly_dirty: true,
            ..FileUpdate::default()
        };
        dirstate.update_file(path, update)?;
    }
    for (path, _) in recorded {
        dirstate.set_copy(&path, None)?;
    }
    let holds = |path: &HgPathBuf, source: &HgPathBuf| new.contains(source) && !new.contains(path);
    for (path, source) in copies.iter().filter(|(path, source)| holds(path, source)) {
        if dirstate.is_tracked(path)? {
            dirstate.set_copy(path, Some(source))?;
        }
    }
    Ok(())
}
