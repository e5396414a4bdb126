//! Both programs on one working directory: whatever is done, by whichever of them, they must agree
//! on what has changed. Needs the other program: `HG_ORACLE` or `.oracle/hg` in the workspace.

use std::path::{Path, PathBuf};
use std::process::Command;

use hg_match::Matcher;
use hg_store::{OpenOptions, Repo};
use hg_types::HgPath;
use hg_wdir::{Status, StatusOptions, WorkingDir};

fn oracle() -> Option<PathBuf> {
    let given = std::env::var_os("HG_ORACLE").map(PathBuf::from);
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg");
    let found = given.or_else(|| beside.exists().then_some(beside));
    if found.is_none() {
        #[expect(clippy::print_stderr, reason = "a skipped test says so")]
        {
            eprintln!("skipped: HG_ORACLE is not set");
        }
    }
    found
}

struct Pair {
    program: PathBuf,
    root: PathBuf,
    v2: bool,
    _directory: tempfile::TempDir,
}

impl Pair {
    fn new(program: PathBuf, v2: bool) -> Self {
        let directory = tempfile::tempdir().expect("a temporary directory");
        let root = directory.path().join("r");
        std::fs::create_dir(&root).expect("writable");
        let root = root.canonicalize().expect("just made");
        let pair = Self { program, root, v2, _directory: directory };
        pair.hg(&["init", "."]);
        pair
    }

    fn hg(&self, arguments: &[&str]) -> String {
        let mut command = Command::new(&self.program);
        command.current_dir(&self.root).env("HGRCPATH", "/dev/null").env("HGPLAIN", "1");
        command.env("HGUSER", "test").env("TZ", "GMT");
        command.args(arguments);
        if self.v2 {
            command.args(["--config", "format.use-dirstate-v2=1"]);
            command.args(["--config", "storage.dirstate-v2.slow-path=allow"]);
        }
        let output = command.output().expect("the oracle runs");
        String::from_utf8_lossy(&output.stdout).into_owned()
    }

    fn open(&self) -> WorkingDir {
        let repo = Repo::open(&self.root, OpenOptions::default()).expect("a repository");
        WorkingDir::open(&repo).expect("a dirstate")
    }

    fn our_status(&self) -> String {
        let options = StatusOptions { unknown: true, ignored: true, clean: true };
        let status = self.open().status(&Matcher::always(), options).expect("status");
        printed(&status)
    }

    fn compare(&self, after: &str) {
        let theirs = self.hg(&["status", "-A", "--config", "ui.statuscopies=0"]);
        let theirs: String = theirs
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|l| format!("{l}\n"))
            .collect();
        assert_eq!(self.our_status(), theirs, "after {after}, oracle first");
    }

    fn compare_ours_first(&self, after: &str) {
        let ours = self.our_status();
        let theirs = self.hg(&["status", "-A"]);
        let theirs: String = theirs
            .lines()
            .filter(|line| !line.starts_with(' '))
            .map(|l| format!("{l}\n"))
            .collect();
        assert_eq!(ours, theirs, "after {after}, ours first");
    }
}

fn printed(status: &Status) -> String {
    let mut out = String::new();
    for (letter, list) in [
        ('M', &status.modified),
        ('A', &status.added),
        ('R', &status.removed),
        ('!', &status.deleted),
        ('?', &status.unknown),
        ('I', &status.ignored),
        ('C', &status.clean),
    ] {
        for path in list {
            out.push_str(&format!("{letter} {path}\n"));
        }
    }
    out
}

struct Random(u64);

impl Random {
    fn below(&mut self, limit: usize) -> usize {
        self.0 =
            self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).expect("31 bits") % limit
    }
}

const NAMES: [&str; 12] = [
    "a",
    "b.o",
    "d/a",
    "d/b.o",
    "d/e/f",
    "d/e/g",
    "d.c",
    "x/y/z/w",
    "x/q",
    "ignored/f",
    "z z",
    "ln",
];

fn edit(root: &Path, random: &mut Random) -> String {
    let name = NAMES[random.below(NAMES.len())];
    let path = root.join(name);
    let what = random.below(8);
    let _ = std::fs::create_dir_all(path.parent().expect("below the root"));
    match what {
        0..=2 => {
            let _ = std::fs::remove_dir_all(&path);
            let _ = std::fs::write(&path, format!("{}", random.below(3)));
        }
        3 => drop(std::fs::remove_file(&path)),
        4 => {
            let _ = std::fs::remove_file(&path);
            let _ = std::os::unix::fs::symlink("1", &path);
        }
        5 => {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = if random.below(2) == 0 { 0o755 } else { 0o644 };
            let _ = std::fs::set_permissions(&path, std::fs::Permissions::from_mode(mode));
        }
        6 => drop(std::fs::remove_dir_all(path.parent().filter(|p| *p != root).unwrap_or(&path))),
        _ => {
            let _ = std::fs::remove_file(&path);
            let _ = std::fs::create_dir_all(path.join("sub"));
            let _ = std::fs::write(path.join("sub/file"), "1");
        }
    }
    format!("edit {what} of {name}")
}

fn track(pair: &Pair, random: &mut Random) -> String {
    let name = NAMES[random.below(NAMES.len())];
    let what = random.below(7);
    match what {
        0 => drop(pair.hg(&["addremove", "-q", "--similarity", "0"])),
        1 => drop(pair.hg(&["commit", "-m", "x"])),
        2 => drop(pair.hg(&["forget", name])),
        3 => drop(pair.hg(&["update", "-q", "-C", "null"])),
        4 => drop(pair.hg(&["update", "-q", "-C", "tip"])),
        5 => {
            let mut wdir = pair.open();
            let lock = wdir.repo().wlock().expect("free");
            if pair.root.join(name).symlink_metadata().is_ok_and(|meta| !meta.is_dir()) {
                // Clashes are refused, that is all.
                let _ = wdir.dirstate_mut().set_tracked(HgPath::new(name));
            }
            wdir.write().expect("writable");
            drop(lock);
        }
        _ => {
            let mut wdir = pair.open();
            let lock = wdir.repo().wlock().expect("free");
            wdir.dirstate_mut().set_untracked(HgPath::new(name)).expect("valid");
            wdir.write().expect("writable");
            drop(lock);
        }
    }
    format!("step {what} with {name}")
}

fn random_histories(v2: bool, seeds: std::ops::Range<u64>) {
    let Some(program) = oracle() else { return };
    for seed in seeds {
        let mut random = Random(seed * 7 + 1);
        let pair = Pair::new(program.clone(), v2);
        std::fs::write(pair.root.join(".hgignore"), "syntax: glob\n*.o\nignored\n")
            .expect("writable");
        let mut log = String::new();
        for step in 0..12 {
            for _ in 0..random.below(5) {
                log.push_str(&edit(&pair.root, &mut random));
                log.push('\n');
            }
            log.push_str(&track(&pair, &mut random));
            log.push('\n');
            if step % 2 == 0 {
                pair.compare(&format!("seed {seed}:\n{log}"));
            } else {
                pair.compare_ours_first(&format!("seed {seed}:\n{log}"));
            }
        }
    }
}

#[test]
fn random_histories_version_1() {
    random_histories(false, 0..3);
}

#[test]
fn random_histories_version_2() {
    random_histories(true, 100..103);
}
