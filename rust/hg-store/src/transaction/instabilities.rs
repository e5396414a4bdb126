//! Telling the user when a transaction leaves changesets unstable.

use hg_types::Result;

use crate::Repo;

/// How many changesets are unstable, by kind.
#[derive(Clone, Copy, Default, PartialEq, Eq, Debug)]
pub(super) struct Instabilities {
    counts: [usize; 3],
}

/// The kinds, as messages call them.
const KINDS: [&str; 3] = ["orphan", "content-divergent", "phase-divergent"];

impl Instabilities {
    /// Counts; nothing is unstable without markers.
    pub(super) fn count(repo: &Repo) -> Result<Self> {
        if repo.obsstore()?.is_empty() {
            return Ok(Self::default());
        }
        let hidden = repo.hidden_revs()?;
        let sets =
            [repo.orphan_revs()?, repo.content_divergent_revs()?, repo.phase_divergent_revs()?];
        let counts = sets.map(|set| set.iter().filter(|&rev| !hidden.contains(rev)).count());
        Ok(Self { counts })
    }

    /// Says how many have come since the counting.
    pub(super) fn report_new(&self, repo: &Repo) -> Result<()> {
        let wanted =
            repo.config().get_bool_or("experimental", "evolution.report-instabilities", true)?;
        if !wanted {
            return Ok(());
        }
        let now = Self::count(repo)?;
        for (at, kind) in KINDS.iter().enumerate() {
            let new = now.counts[at].saturating_sub(self.counts[at]);
            if new > 0 {
                repo.reporter().warn(format!("{new} new {kind} changesets\n").as_bytes());
            }
        }
        Ok(())
    }
}
