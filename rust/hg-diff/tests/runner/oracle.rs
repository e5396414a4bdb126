//! The other implementation, and a source of repeatable randomness.

use std::path::{Path, PathBuf};
use std::process::Command;

/// The oracle's executable.
pub(crate) fn executable() -> Option<PathBuf> {
    let fallback = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg");
    let path = std::env::var_os("HG_ORACLE").map_or_else(fallback, PathBuf::from);
    if path.exists() {
        return Some(path);
    }
    #[expect(clippy::print_stderr, reason = "a skipped test says so")]
    {
        eprintln!("skipped: no oracle ({} does not exist)", path.display());
    }
    None
}

/// Runs the oracle in `dir`; exit codes of 0 and 1 are fine.
pub(crate) fn run(oracle: &Path, dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new(oracle)
        .args(args)
        .current_dir(dir)
        .envs([("HGRCPATH", "/dev/null"), ("HGUSER", "test"), ("TZ", "GMT"), ("LC_ALL", "C")])
        .env_remove("HGPLAIN")
        .output()
        .expect("the oracle runs");
    let code = output.status.code().expect("no signal");
    assert!(code <= 1, "{args:?}: {}", String::from_utf8_lossy(&output.stderr));
    output.stdout
}

/// A small generator of pseudo-random numbers (xorshift), the same on every run.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    /// A number below `bound`.
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 >> 11) as usize % bound
    }

    /// `len` lines out of an alphabet of `kinds`.
    pub(crate) fn lines(&mut self, len: usize, kinds: usize) -> Vec<String> {
        (0..len).map(|_| format!("l{}\n", self.below(kinds))).collect()
    }

    /// Some random insertions, deletions, replacements and moves of lines.
    pub(crate) fn edit(&mut self, lines: &[String], kinds: usize, edits: usize) -> Vec<String> {
        let mut out = lines.to_vec();
        for _ in 0..edits {
            let at = self.below(out.len() + 1);
            let end = (at + self.below(4)).min(out.len());
            let fresh = self.below(4);
            let new = self.lines(fresh, kinds);
            match self.below(4) {
                0 => drop(out.drain(at..end)),
                1 => {
                    let moved: Vec<_> = out.drain(at..end).collect();
                    let to = self.below(out.len() + 1);
                    out.splice(to..to, moved);
                }
                2 => drop(out.splice(at..at, new)),
                _ => drop(out.splice(at..end, new)),
            }
        }
        out
    }
}
