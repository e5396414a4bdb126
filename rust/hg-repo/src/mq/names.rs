//! What a patch queue changes about its repository: applied patches have tags, and nothing is built upon
//! them by accident.

use hg_store::Repo;
use hg_store::extension::{Building, RepoExtension};
use hg_types::{Error, Node, Phase, Result, Revision};

use super::{Applied, Queue};

/// Installed in repositories with patch queues.
#[derive(Clone, Copy, Debug, Default)]
pub struct QueueNames;

impl QueueNames {
    fn applied(repo: &Repo) -> Result<Vec<Applied>> {
        let queue = Queue::open(repo)?;
        for complaint in queue.complaints() {
            repo.reporter().warn(complaint);
        }
        Ok(queue.applied)
    }
}

impl RepoExtension for QueueNames {
    fn tags(&self, repo: &Repo, is_tag: &dyn Fn(&[u8]) -> bool) -> Result<Vec<(Vec<u8>, Node)>> {
        let applied = Self::applied(repo)?;
        let (Some(first), Some(last)) = (applied.first(), applied.last()) else {
            return Ok(Vec::new());
        };
        let cl = repo.changelog()?;
        let reporter = repo.reporter();
        if cl.find(&last.node).is_none() {
            let short = last.node.short();
            let parts = [&b"mq status file refers to unknown node "[..], &short, b"\n"];
            reporter.warn(&parts.concat());
            return Ok(Vec::new());
        }
        let mut names: Vec<(Vec<u8>, Node)> =
            applied.iter().map(|one| (one.name.clone(), one.node)).collect();
        names.push((b"qtip".to_vec(), last.node));
        names.push((b"qbase".to_vec(), first.node));
        if let Some(base) = cl.find(&first.node) {
            names.push((b"qparent".to_vec(), cl.node(cl.parents(base)[0])));
        }
        names.retain(|(name, _)| {
            let taken = is_tag(name);
            if taken {
                let parts = [&b"tag "[..], name, b" overrides mq patch of the same name\n"];
                reporter.warn(&parts.concat());
            }
            !taken
        });
        Ok(names)
    }

    fn check(&self, repo: &Repo, what: Building, parents: [Node; 2]) -> Result<()> {
        let applied = Self::applied(repo)?;
        if !applied.iter().any(|one| parents.contains(&one.node)) {
            return Ok(());
        }
        Err(Error::abort(match what {
            Building::Commit => "cannot commit over an applied mq patch",
            Building::Import => "cannot import over an applied patch",
        }))
    }

    fn check_push(&self, repo: &Repo, heads: Option<&[Node]>) -> Result<()> {
        let applied = Self::applied(repo)?;
        if applied.is_empty() {
            return Ok(());
        }
        let (cl, phases) = (repo.changelog()?, repo.phases()?);
        let going = match heads {
            Some(heads) => {
                let heads: Vec<Revision> = heads.iter().filter_map(|node| cl.find(node)).collect();
                Some((cl.ancestor_set(heads.iter().copied()), heads))
            }
            None => None,
        };
        for one in &applied {
            let rev = cl.rev(&one.node)?;
            let goes = going
                .as_ref()
                .is_none_or(|(below, heads)| heads.contains(&rev) || below.contains(rev));
            if goes && phases.phase(rev) < Phase::Secret {
                return Err(Error::abort("source has mq patches applied"));
            }
        }
        Ok(())
    }
}
