//! Compares diffs, copies and annotations of a real history with the oracle's. The repository
//! is named by `HG_HISTORY`, the oracle by `HG_ORACLE`; without them the tests are skipped.
//! `HG_RANGE` (`first:last`) limits the revisions.

mod annotations;
mod diffs;

use std::path::{Path, PathBuf};
use std::process::Command;

use hg_store::Repo;

/// A repository and the oracle.
pub(crate) struct History {
    pub(crate) repo: Repo,
    root: PathBuf,
    oracle: PathBuf,
    pub(crate) first: i32,
    pub(crate) last: i32,
}

/// What the environment names.
pub(crate) fn history() -> Option<History> {
    let variable = |name| std::env::var_os(name).map(PathBuf::from);
    let (Some(root), Some(oracle)) = (variable("HG_HISTORY"), variable("HG_ORACLE")) else {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: HG_HISTORY and HG_ORACLE are not set");
        }
        return None;
    };
    let repo = Repo::open(&root, hg_store::OpenOptions::default()).expect("a repository");
    let tip = repo.changelog().expect("a changelog").tip().get();
    let range = std::env::var("HG_RANGE").unwrap_or_default();
    let (first, last) = range.split_once(':').unwrap_or(("0", ""));
    let last = last.parse().unwrap_or(tip).min(tip);
    Some(History { repo, root, oracle, first: first.parse().unwrap_or(0), last })
}

impl History {
    /// The output of the oracle.
    pub(crate) fn oracle(&self, args: &[&str]) -> Vec<u8> {
        run(&self.oracle, &self.root, args)
    }
}

fn run(oracle: &Path, dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new(oracle)
        .args(args)
        .current_dir(dir)
        .envs([("HGRCPATH", "/dev/null"), ("HGUSER", "test"), ("TZ", "GMT"), ("LC_ALL", "C")])
        .output()
        .expect("the oracle runs");
    assert!(output.status.success(), "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}
