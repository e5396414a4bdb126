//! Repositories made by one program and checked by the other: what we write, the oracle verifies;
//! what the oracle writes, in every format it still writes, we read.
#![expect(clippy::print_stderr, reason = "says why a test is skipped")]

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;

use hg_format::changeset::NewChangeset;
use hg_format::revlog::Compression;
use hg_store::changelog::Changelog;
use hg_store::filelog::{Filelog, NewFile};
use hg_store::manifest::{ManifestChanges, ManifestLog};
use hg_store::revlog::{
    Revlog, RevlogFiles, RevlogName, RevlogOptions, RevlogTransaction, hash_text,
};
use hg_types::{FileFlags, HgDate, HgPath, HgPathBuf, Node, Result, Revision};
use hg_vfs::Vfs;

/// The oracle's executable: `$HG_ORACLE` or `.oracle/hg` below the workspace.
fn oracle() -> Option<PathBuf> {
    let beside = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../.oracle/hg");
    let path = std::env::var_os("HG_ORACLE").map_or(beside, PathBuf::from);
    if !path.exists() {
        eprintln!("skipped: no oracle; set HG_ORACLE");
        return None;
    }
    Some(path)
}

fn run(hg: &Path, dir: &Path, args: &[&str]) -> Vec<u8> {
    let output = Command::new(hg)
        .args(args)
        .current_dir(dir)
        .env("HGRCPATH", "/dev/null")
        .env("HGUSER", "test")
        .env("TZ", "GMT")
        .output()
        .expect("the oracle runs");
    let err = String::from_utf8_lossy(&output.stderr);
    let out = String::from_utf8_lossy(&output.stdout);
    assert!(output.status.success(), "hg {args:?}: {err}{out}");
    output.stdout
}

/// The least that a transaction does.
struct TestTransaction {
    store: Vfs,
    journal: Vec<(Vec<u8>, u64)>,
    delayed: HashMap<Vec<u8>, (u64, Vec<u8>)>,
}

impl TestTransaction {
    fn new(store: &Vfs) -> Self {
        Self { store: store.clone(), journal: Vec::new(), delayed: HashMap::new() }
    }

    fn close(self) {
        for (name, (offset, bytes)) in self.delayed {
            assert_eq!(self.store.stat(&name).expect("stat").map_or(0, |meta| meta.len()), offset);
            self.store.append(&name, &bytes).expect("appends");
        }
    }
}

impl RevlogTransaction for TestTransaction {
    fn add(&mut self, name: &[u8], offset: u64) -> Result<()> {
        if !self.journal.iter().any(|(at, _)| at == name) {
            let len = self.store.stat(name)?.map_or(0, |meta| meta.len());
            assert_eq!(len, offset, "{}", name.escape_ascii());
            self.journal.push((name.to_vec(), offset));
        }
        Ok(())
    }

    fn add_backup(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }

    fn settle(&mut self, _: &[u8], _: &[u8]) -> Result<()> {
        unreachable!("only changelogs of the second format have dockets")
    }

    fn delay(&mut self, name: &[u8], offset: u64, bytes: &[u8]) -> Result<()> {
        let (start, all) =
            self.delayed.entry(name.to_vec()).or_insert_with(|| (offset, Vec::new()));
        assert_eq!(*start + all.len() as u64, offset);
        all.extend_from_slice(bytes);
        Ok(())
    }
}

/// Numbers that look random and are the same in every run.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        (self.0 % sides as u64) as usize
    }

    fn line(&mut self) -> Vec<u8> {
        format!("line {:x} {:x} {:x}\n", self.roll(1 << 30), self.roll(1 << 30), self.roll(9))
            .into_bytes()
    }
}

type Files = std::collections::BTreeMap<HgPathBuf, Vec<u8>>;

/// Writes a history of changesets with branches, merges, copies, removals.
struct Writer {
    store: Vfs,
    options: Arc<RevlogOptions>,
    changelog: Changelog,
    manifests: ManifestLog,
    contents: Vec<Files>,
    paths: std::collections::BTreeSet<HgPathBuf>,
}

impl Writer {
    fn new(store: &Path, options: RevlogOptions, tree: bool) -> Self {
        let store = Vfs::new(store);
        let files: Arc<dyn RevlogFiles> = Arc::new(store.clone());
        let options = Arc::new(options);
        let changelog = Changelog::open(Arc::clone(&files), &options, false).expect("opens");
        let manifests = ManifestLog::open(files, Arc::clone(&options), tree).expect("opens");
        let (contents, paths) = (Vec::new(), std::collections::BTreeSet::new());
        Self { store, options, changelog, manifests, contents, paths }
    }

    fn filelog(&self, path: &HgPath) -> Filelog {
        let files = Arc::new(self.store.clone());
        Filelog::open(files, path, Arc::clone(&self.options)).expect("opens")
    }

    fn commit(&mut self, dice: &mut Dice) {
        let mut tr = TestTransaction::new(&self.store);
        let rev = Revision::from_index(self.changelog.len());
        let pick = |dice: &mut Dice| match self.changelog.len() {
            0 => Revision::NULL,
            len => Revision::from_index(len - 1 - dice.roll(len.min(4))),
        };
        let p1 = pick(dice);
        let mut p2 = if dice.roll(5) == 0 { pick(dice) } else { Revision::NULL };
        if self.changelog.is_ancestor(p2, p1) || self.changelog.is_ancestor(p1, p2) {
            p2 = Revision::NULL;
        }
        let parents = [p1, p2].map(|parent| match parent.index() {
            Some(_) => self.changelog.entry(parent).expect("reads").manifest(),
            None => Node::NULL,
        });
        let [m1, m2] = parents.map(|node| self.manifests.read(&node).expect("reads"));
        let mut files = p1.index().map(|at| self.contents[at].clone()).unwrap_or_default();
        let mut changes = ManifestChanges::new();
        for _ in 0..=dice.roll(4) {
            let path =
                HgPathBuf::from(format!("dir{}/file{}", dice.roll(2), dice.roll(4)).as_str());
            if changes.contains_key(&path) {
                continue;
            }
            if dice.roll(12) == 0 {
                if files.remove(&path).is_some() {
                    changes.insert(path, None);
                }
                continue;
            }
            let mut log = self.filelog(&path);
            let content = edit(files.get(&path), dice);
            let [f1, f2] = [&m1, &m2].map(|m| m.node(&path).unwrap_or(Node::NULL));
            let [mut f1, mut f2] = [f1, f2].map(|node| log.rev(&node).expect("known"));
            if f1.is_null() || log.is_ancestor(f1, f2) {
                (f1, f2) = (f2, Revision::NULL);
            } else if log.is_ancestor(f2, f1) {
                f2 = Revision::NULL;
            }
            let source = m1.iter().find(|entry| f1.is_null() && *entry.path != *path);
            let copy = source.filter(|_| dice.roll(2) == 0).map(|entry| (entry.path, entry.node));
            let new = NewFile { content: &content, copy, p1: f1, p2: f2, linkrev: rev };
            let (_, node) = log.add(&mut tr, &new).expect("adds");
            let reread = self.filelog(&path);
            assert_eq!(&*reread.read_node(&node).expect("reads"), &content[..]);
            changes.insert(path.clone(), Some((node, FileFlags::Regular)));
            self.paths.insert(path.clone());
            files.insert(path, content);
        }
        let manifest = self.manifests.add(&mut tr, parents, &changes, rev).expect("adds");
        let changeset = NewChangeset {
            manifest: Some(manifest),
            user: b"test".to_vec(),
            date: HgDate::new(i64::from(rev.get()), 0),
            files: changes.keys().cloned().collect(),
            extra: Default::default(),
            description: format!("change {rev}").into_bytes(),
        };
        let (added, _) = self.changelog.add(&mut tr, &changeset, [p1, p2], None).expect("adds");
        assert_eq!(added, rev);
        tr.close();
        self.contents.push(files);
    }

    fn write_fncache(&self) {
        let mut names = Vec::new();
        let meta = ["dir0", "dir1"].map(|dir| format!("meta/{dir}/00manifest").into_bytes());
        let data = self.paths.iter().map(|path| [b"data/", path.as_bytes()].concat());
        for radix in data.chain(meta) {
            for end in [".i", ".d"] {
                let name = [&radix, end.as_bytes()].concat();
                if self.store.exists(&name) {
                    names.extend_from_slice(&name);
                    names.push(b'\n');
                }
            }
        }
        self.store.write("fncache", &names).expect("writes");
    }
}

fn edit(old: Option<&Vec<u8>>, dice: &mut Dice) -> Vec<u8> {
    let mut lines: Vec<Vec<u8>> = old
        .map(|old| old.split_inclusive(|&b| b == b'\n').map(<[u8]>::to_vec).collect())
        .unwrap_or_default();
    let count = if dice.roll(6) == 0 { 4000 } else { 5 };
    let at = dice.roll(lines.len() + 1);
    if dice.roll(3) == 0 {
        let end = (at + dice.roll(30)).min(lines.len());
        lines.drain(at..end);
    }
    let new: Vec<_> = (0..1 + dice.roll(count)).map(|_| dice.line()).collect();
    lines.splice(at..at, new);
    if dice.roll(20) == 0 {
        lines.insert(0, b"\x01\n".to_vec());
    }
    lines.concat()
}

/// Checks every revision of every revlog below a store, and gives their number.
fn read_everything(store: &Path, options: &RevlogOptions) -> usize {
    let vfs: Arc<dyn RevlogFiles> = Arc::new(Vfs::new(store));
    let mut stack = vec![store.to_path_buf()];
    let mut count = 0;
    while let Some(directory) = stack.pop() {
        for entry in std::fs::read_dir(directory).expect("readable") {
            let path = entry.expect("readable").path();
            if path.is_dir() {
                stack.push(path);
            } else if path.extension().is_some_and(|end| end == "i") {
                let name = path.strip_prefix(store).expect("below").with_extension("");
                let name = RevlogName::new(hg_vfs::path_to_bytes(&name));
                let log = Revlog::open(Arc::clone(&vfs), name, Arc::new(options.clone()));
                let log = log.expect("opens");
                for rev in log.revs() {
                    let text = log.revision(rev).expect("reads");
                    let [p1, p2] = log.parent_nodes(rev);
                    assert_eq!(hash_text(&text, &p1, &p2), log.node(rev));
                    assert_eq!(log.raw_size(rev).expect("known"), text.len());
                    assert_eq!(log.find(&log.node(rev)), Some(rev));
                }
                count += log.len();
            }
        }
    }
    count
}

fn init(hg: &Path, config: &[&str]) -> tempfile::TempDir {
    let dir = tempfile::tempdir().expect("temporary directory");
    let mut args = vec!["init", "."];
    for item in config {
        args.extend(["--config", item]);
    }
    run(hg, dir.path(), &args);
    dir
}

#[test]
fn the_oracle_verifies_what_we_write() {
    let Some(hg) = oracle() else { return };
    let variants: [(&[&str], RevlogOptions); 5] = [
        (&["experimental.treemanifest=1"], RevlogOptions::default()),
        (&[], RevlogOptions::default()),
        (
            &["format.revlog-compression=zlib"],
            RevlogOptions { compression: Compression::Zlib(-1), ..RevlogOptions::default() },
        ),
        (
            &["format.sparse-revlog=0", "format.revlog-compression=none"],
            RevlogOptions {
                compression: Compression::None,
                sparse: false,
                ..RevlogOptions::default()
            },
        ),
        (
            &["format.usegeneraldelta=0"],
            RevlogOptions { general_delta: false, sparse: false, ..RevlogOptions::default() },
        ),
    ];
    for (config, options) in variants {
        let dir = init(&hg, config);
        let store = dir.path().join(".hg/store");
        let mut writer =
            Writer::new(&store, options.clone(), config == ["experimental.treemanifest=1"]);
        let mut dice = Dice(0x9e37_79b9_7f4a_7c15);
        for _ in 0..120 {
            writer.commit(&mut dice);
        }
        writer.write_fncache();
        let said = run(&hg, dir.path(), &["verify"]);
        let said = String::from_utf8_lossy(&said);
        assert!(said.contains("checked 120 changesets"), "{config:?}: {said}");
        assert!(store.join("data/dir0").read_dir().expect("dir").any(|entry| {
            entry.expect("entry").path().extension().is_some_and(|end| end == "d")
        }));
        for at in [0, 17, 119] {
            let Some((path, content)) = writer.contents[at].iter().next() else { continue };
            let rev = at.to_string();
            let path = path.to_string();
            assert_eq!(&run(&hg, dir.path(), &["cat", "-r", &rev, &path]), content);
        }
        // And the oracle goes on from there.
        run(&hg, dir.path(), &["update", "-q", "119"]);
        std::fs::write(dir.path().join("more"), "more\n").expect("writes");
        run(&hg, dir.path(), &["commit", "-qAm", "more"]);
        run(&hg, dir.path(), &["verify", "-q"]);
        assert!(read_everything(&store, &options) > 240);
    }
}

#[test]
fn we_read_every_format_the_oracle_writes() {
    let Some(hg) = oracle() else { return };
    let variants: [&[&str]; 8] = [
        &[],
        &["format.usegeneraldelta=0"],
        &["format.revlog-compression=zlib"],
        &["format.revlog-compression=none"],
        &["format.usestore=0"],
        &["format.usefncache=0"],
        &["format.sparse-revlog=0"],
        &["experimental.treemanifest=1"],
    ];
    for config in variants {
        let dir = init(&hg, config);
        let mut dice = Dice(77);
        let file = dir.path().join("sub/file");
        std::fs::create_dir(dir.path().join("sub")).expect("creates");
        let mut content = Vec::new();
        for _ in 0..6 {
            content = edit(Some(&content), &mut dice);
            std::fs::write(&file, &content).expect("writes");
            run(&hg, dir.path(), &["commit", "-qAm", "x"]);
        }
        let mut store = dir.path().join(".hg/store");
        if !store.join("00changelog.i").exists() {
            store = dir.path().join(".hg");
        }
        let options = RevlogOptions::default();
        let expected = if config[..] == ["experimental.treemanifest=1"] { 24 } else { 18 };
        assert_eq!(read_everything(&store, &options), expected, "{config:?}");
        let vfs: Arc<dyn RevlogFiles> = Arc::new(Vfs::new(&store));
        let changelog = Changelog::open(Arc::clone(&vfs), &options, false).expect("opens");
        let tree = config.contains(&"experimental.treemanifest=1");
        let manifests = ManifestLog::open(Arc::clone(&vfs), Arc::new(options.clone()), tree);
        let entry = changelog.entry(changelog.tip()).expect("reads");
        let manifest = manifests.expect("opens").read(&entry.manifest()).expect("reads");
        let node = manifest.node(HgPath::new("sub/file")).expect("listed");
        let log = Filelog::open(vfs, HgPath::new("sub/file"), Arc::new(options)).expect("opens");
        assert_eq!(&*log.read_node(&node).expect("reads"), &content[..], "{config:?}");
    }
}

#[test]
fn node_maps_are_shared_with_the_oracle() {
    let Some(hg) = oracle() else { return };
    let allow = "storage.revlog.persistent-nodemap.slow-path=allow";
    let dir = init(&hg, &["format.use-persistent-nodemap=1", allow]);
    let oracle = |args: &[&str]| run(&hg, dir.path(), &[args, &["--config", allow]].concat());
    let store = dir.path().join(".hg/store");
    let options = RevlogOptions { persistent_nodemap: true, ..RevlogOptions::default() };
    let mut writer = Writer::new(&store, options.clone(), false);
    let mut dice = Dice(4711);
    for round in 0..4 {
        for _ in 0..60 >> round {
            writer.commit(&mut dice);
        }
        let mut tr = TestTransaction::new(&writer.store);
        for log in [&*writer.changelog, writer.manifests.revlog()] {
            if let Some(old) = log.write_nodemap(&mut tr).expect("writes") {
                writer.store.remove(old).expect("removes");
            }
        }
        oracle(&["debugnodemap", "-c", "--check"]);
        let said = String::from_utf8(oracle(&["debugnodemap", "-c", "--metadata"])).expect("text");
        assert!(said.contains(&format!("tip-rev: {}\n", writer.changelog.tip())), "{said}");
    }
    writer.write_fncache();
    oracle(&["update", "-q", "0"]);
    std::fs::write(dir.path().join("more"), "more\n").expect("writes");
    oracle(&["commit", "-qAm", "more"]);
    let files: Arc<dyn RevlogFiles> = Arc::new(writer.store.clone());
    let changelog = Changelog::open(files, &options, false).expect("opens");
    for rev in changelog.revs() {
        let node = changelog.node(rev);
        assert_eq!(changelog.find(&node), Some(rev));
        let prefix = hg_types::NodePrefix::from_hex(&node.hex()[..12]).expect("hex");
        let found = changelog.find_prefix(&prefix, |_| true);
        assert_eq!(found, hg_store::revlog::PrefixMatch::One(rev));
    }
    assert_eq!(changelog.find(&Node([5; 20])), None);
}
