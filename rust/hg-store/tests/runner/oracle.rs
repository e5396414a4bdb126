//! The oracle: another implementation to compare with, named by `HG_ORACLE`.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use hg_config::{Config, Environment};
use hg_store::{OpenOptions, Repo};

/// The oracle's `hg`, or `None` with a word on stderr.
pub(crate) fn find() -> Option<PathBuf> {
    let named = std::env::var_os("HG_ORACLE").map(PathBuf::from);
    let local = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg");
    let found = named.or(Some(local)).filter(|path| path.exists());
    if found.is_none() {
        #[expect(clippy::print_stderr, reason = "a skipped test should say so")]
        {
            eprintln!("skipped: no oracle (set HG_ORACLE)");
        }
    }
    found
}

/// A directory with the oracle to run in it.
pub(crate) struct Oracle {
    hg: PathBuf,
    pub(crate) dir: tempfile::TempDir,
}

impl Oracle {
    /// A fresh directory, `None` when there is no oracle.
    pub(crate) fn new() -> Option<Self> {
        Some(Self { hg: find()?, dir: tempfile::tempdir().expect("temporary directory") })
    }

    pub(crate) fn path(&self) -> &Path {
        self.dir.path()
    }

    pub(crate) fn output(&self, args: &[&str]) -> Output {
        Command::new(&self.hg)
            .args(args)
            .current_dir(self.path())
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HGRCPATH", "/dev/null")
            .env("HGUSER", "test")
            .env("TZ", "GMT")
            .output()
            .expect("the oracle runs")
    }

    /// Runs it and gives what it printed; it must succeed.
    pub(crate) fn run(&self, args: &[&str]) -> String {
        let out = self.output(args);
        let text = String::from_utf8_lossy(&out.stdout).into_owned();
        let errors = String::from_utf8_lossy(&out.stderr).into_owned();
        assert!(out.status.success(), "{args:?}: {text}{errors}");
        text
    }

    /// Opens the repository with our library.
    pub(crate) fn open(&self) -> Repo {
        let env = Environment { cwd: self.path().into(), ..Environment::default() };
        let options = OpenOptions { config: Config::empty(env), ..OpenOptions::default() };
        Repo::open(self.path(), options).expect("the oracle's repository opens")
    }
}
