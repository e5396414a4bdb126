//! Whether the dirstate and the manifests of its parents agree.

use hg_store::Repo;
use hg_types::{Node, Result};

use crate::{WorkingDir, manifest_of};

/// Compares the dirstate with its parents' manifests; each contradiction is a line in `found`.
///
/// # Errors
/// When the dirstate or a manifest cannot be read.
pub fn verify_dirstate(repo: &Repo, found: &mut Vec<Vec<u8>>) -> Result<()> {
    let wdir = WorkingDir::open(repo)?;
    let changelog = repo.changelog()?;
    let known = |node: Node| {
        if changelog.has_node(&node) {
            return node;
        }
        let short = node.short();
        let text = [b"warning: ignoring unknown working parent ", &short[..], b"!\n"].concat();
        repo.reporter().warn(&text);
        Node::NULL
    };
    let [p1, p2] = wdir.dirstate().parents().map(known);
    let (m1, m2) = (manifest_of(repo, &p1)?, manifest_of(repo, &p2)?);
    let p1 = p1.short();
    for (path, entry) in wdir.dirstate().entries()? {
        let in_m1 = m1.contains(&path);
        let problem = if entry.is_merged() && !in_m1 && !m2.contains(&path) {
            b" marked as modified, but not in either manifest".to_vec()
        } else if entry.p1_tracked && !in_m1 {
            [b" marked as tracked in p1 (", &p1[..], b") but not in manifest1"].concat()
        } else if entry.is_added() && in_m1 {
            b" marked as added, but also in manifest1".to_vec()
        } else {
            continue;
        };
        found.push([path.as_bytes(), &problem].concat());
    }
    for path in m1.paths() {
        if !wdir.dirstate().get(path)?.is_some_and(|entry| entry.p1_tracked) {
            let problem =
                [b" in manifest1, but not marked as tracked in p1 (", &p1[..], b")"].concat();
            found.push([path.as_bytes(), &problem].concat());
        }
    }
    Ok(())
}
