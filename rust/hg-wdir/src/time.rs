//! When a modification time can be trusted.

use std::fs::File;

use hg_format::dirstate::Timestamp;
use hg_store::Repo;
use hg_vfs::NodeStat;

/// What the clock of the file system said: a file changed before that will show another time when
/// it is changed again.
#[derive(Clone, Copy, Debug)]
pub struct FileClock {
    seconds: i64,
    nanoseconds: u32,
}

impl FileClock {
    /// Asks the file system that holds `.hg`, by making a file; `None` when none can be made.
    #[must_use]
    pub fn now(repo: &Repo) -> Option<Self> {
        let name = format!(".hg-checktime-{}", std::process::id());
        let path = repo.vfs().join(&name);
        File::create(&path).ok()?;
        let stat = NodeStat::of(&path).ok().flatten();
        // Nothing depends on the file any more.
        let _ = std::fs::remove_file(&path);
        stat.map(|stat| Self { seconds: stat.mtime, nanoseconds: stat.mtime_nanoseconds })
    }

    /// The modification time of a file seen after this moment, when it lies strictly before it; a
    /// later change must then give another time.
    #[must_use]
    pub fn reliable(&self, stat: &NodeStat) -> Option<Timestamp> {
        // A day ahead nobody sets a clock by accident: the time was made up, and says as much as any.
        if stat.mtime >= self.seconds.saturating_add(86_400) {
            return Some(Timestamp::new(stat.mtime, stat.mtime_nanoseconds));
        }
        self.past(stat)
    }

    /// The same, for directories, whose times the system sets.
    #[must_use]
    pub fn past(&self, stat: &NodeStat) -> Option<Timestamp> {
        let time = Timestamp::new(stat.mtime, stat.mtime_nanoseconds);
        if stat.mtime < self.seconds {
            return Some(time);
        }
        // Within one second nanoseconds decide, for those who keep them.
        let earlier = stat.mtime == self.seconds
            && stat.mtime_nanoseconds != 0
            && stat.mtime_nanoseconds < self.nanoseconds;
        earlier.then_some(Timestamp { second_ambiguous: true, ..time })
    }
}
