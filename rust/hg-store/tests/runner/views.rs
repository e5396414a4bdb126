//! Phases, bookmarks, tags, branches and hidden changesets against the oracle.

use std::fmt::Write as _;
use std::path::Path;

use hg_config::{Config, Environment};
use hg_store::{OpenOptions, Repo, TagKind};
use hg_types::Revision;

use crate::oracle::Oracle;

fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// What the oracle's `log` prints with [`LOG`].
fn log(repo: &Repo) -> String {
    let (changelog, hidden) = (repo.changelog().expect("read"), repo.hidden_revs().expect("read"));
    let (phases, tags) = (repo.phases().expect("read"), repo.tags().expect("read"));
    let (marks, obsolete) = (repo.bookmarks().expect("read"), repo.obsolete_revs().expect("read"));
    let branches = repo.rev_branches().expect("read");
    let (orphans, divergent, bumped) = (
        repo.orphan_revs().expect("read"),
        repo.content_divergent_revs().expect("read"),
        repo.phase_divergent_revs().expect("read"),
    );
    let mut out = String::new();
    for at in (0..changelog.len()).rev() {
        let rev = Revision::from_index(at);
        if hidden.contains(rev) {
            continue;
        }
        let node = changelog.node(rev);
        let join =
            |names: &[Vec<u8>]| names.iter().map(|name| text(name)).collect::<Vec<_>>().join(",");
        let mut troubles = Vec::new();
        for (set, name) in
            [(&orphans, "orphan"), (&bumped, "phase-divergent"), (&divergent, "content-divergent")]
        {
            if set.contains(rev) {
                troubles.push(name);
            }
        }
        let _ = writeln!(
            out,
            "{rev} {} [{}] [{}] [{}] {} [{}]",
            phases.phase(rev).name(),
            text(branches.branch(rev)),
            join(tags.names_of(&node)),
            join(marks.names_of(&node)),
            if obsolete.contains(rev) { "obsolete" } else { "" },
            troubles.join(","),
        );
    }
    out
}

const LOG: &str = "{rev} {phase} [{branch}] [{join(tags, ',')}] [{join(bookmarks, ',')}] \
                   {ifeq(obsolete, 'obsolete', 'obsolete', '')} [{join(instabilities, ',')}]\n";

/// What the oracle's `branches -c` prints with [`BRANCHES`], sorted.
fn branches(repo: &Repo) -> String {
    let map = repo.branchmap().expect("read");
    let mut lines: Vec<String> = map
        .names()
        .map(|name| {
            let (tip, closed) = map.tip(name).expect("has heads");
            format!("{} {tip} {closed}\n", text(name))
        })
        .collect();
    lines.sort();
    lines.concat()
}

const BRANCHES: &str = "{branch} {rev} {ifeq(closed, 'True', 'true', 'false')}\n";

fn sorted(lines: &str) -> String {
    let mut lines: Vec<String> = lines.lines().map(|line| format!("{line}\n")).collect();
    lines.sort();
    lines.concat()
}

fn heads(repo: &Repo) -> String {
    let map = repo.branchmap().expect("read");
    let mut all: Vec<Revision> = map.names().flat_map(|name| map.heads(name).to_vec()).collect();
    all.sort();
    all.iter().rev().map(|rev| format!("{rev}\n")).collect()
}

fn tags(repo: &Repo) -> String {
    let changelog = repo.changelog().expect("read");
    let tags = repo.tags().expect("read");
    let mut out = String::new();
    for (name, node, kind) in tags.iter() {
        let rev = changelog.find(&node).expect("known");
        let kind = if kind == Some(TagKind::Local) { "local" } else { "" };
        let _ = writeln!(out, "{} {rev} {kind}", text(name));
    }
    sorted(&out)
}

/// Compares everything, with the caches there and without.
fn compare(oracle: &Oracle, args: &[&str]) {
    let run = |first: &[&str]| oracle.run(&[first, args].concat());
    let expected = (
        run(&["log", "-T", LOG]),
        sorted(&run(&["branches", "-c", "-T", BRANCHES])),
        run(&["heads", "-c", "-T", "{rev}\n"]),
        sorted(&run(&["tags", "-T", "{tag} {rev} {type}\n"]).replace("global", "")),
    );
    for round in ["the oracle's caches", "no caches", "our caches"] {
        if round == "no caches" {
            std::fs::remove_dir_all(oracle.path().join(".hg/cache")).expect("removed");
            std::fs::create_dir(oracle.path().join(".hg/cache")).expect("made");
        }
        let repo = oracle.open();
        repo.set_show_hidden(args.contains(&"--hidden"));
        assert_eq!(log(&repo), expected.0, "log with {round}");
        assert_eq!(branches(&repo), expected.1, "branches with {round}");
        assert_eq!(heads(&repo), expected.2, "heads with {round}");
        assert_eq!(tags(&repo), expected.3, "tags with {round}");
    }
    // What we wrote, the oracle must believe to the same end.
    assert_eq!(run(&["log", "-T", LOG]), expected.0, "the oracle with our caches");
    assert_eq!(sorted(&run(&["branches", "-c", "-T", BRANCHES])), expected.1);
}

struct Script<'a>(&'a Oracle);

impl Script<'_> {
    fn hg(&self, line: &str) {
        let args: Vec<&str> = line.split(' ').collect();
        self.0.run(&[&args[..], &["--config", "experimental.evolution=all"]].concat());
    }

    fn write(&self, name: &str, content: &str) {
        std::fs::write(self.0.path().join(name), content).expect("written");
    }

    fn commit(&self, name: &str) {
        self.write(name, name);
        self.hg(&format!("commit -qAm {name}"));
    }
}

/// Branches that are closed, reopened, left and come back to; tags moved on several heads.
fn branchy() -> Option<Oracle> {
    let oracle = Oracle::new()?;
    let script = Script(&oracle);
    script.hg("init .");
    ["a", "b", "c"].into_iter().for_each(|name| script.commit(name));
    script.hg("branch -q foo");
    script.commit("d");
    script.hg("commit -q --close-branch -m close");
    script.hg("update -q 2");
    script.hg("branch -q bar");
    script.commit("e");
    script.hg("branch -q default -f");
    script.commit("f");
    script.hg("tag -r 0 one");
    script.hg("tag -r 1 two");
    script.hg("tag -f -r 2 one");
    script.hg("tag -l -r 1 local");
    script.hg("tag -f -l -r 0 two");
    script.hg("update -q 6");
    script.commit("g");
    script.hg("tag -f -r 3 one");
    script.hg("tag -r 3 three");
    script.hg("tag --remove three");
    script.hg("update -q foo");
    script.commit("h");
    script.hg("phase -p 1");
    script.hg("phase -fs 5");
    script.hg("bookmark -r 3 zz");
    script.hg("bookmark -i -r 3 aa");
    Some(oracle)
}

#[test]
fn branches_tags_bookmarks_phases() {
    let Some(oracle) = branchy() else { return };
    compare(&oracle, &[]);
}

#[test]
fn obsolete_and_hidden() {
    let Some(oracle) = branchy() else { return };
    let script = Script(&oracle);
    script.commit("i");
    script.write("i", "changed");
    script.hg("commit --amend -qm amended");
    compare(&oracle, &[]);
    compare(&oracle, &["--hidden"]);
    // An orphan, a divergence, a public predecessor, a pruned one.
    let node = |rev: &str| oracle.run(&["log", "--hidden", "-r", rev, "-T", "{node}"]);
    script.commit("j");
    script.commit("k");
    script.hg("update -q .^");
    script.write("j", "other");
    script.hg("commit --amend -qm j2");
    compare(&oracle, &[]);
    script.hg("update -q 3");
    script.commit("l");
    script.hg("update -q 3");
    script.commit("m");
    script.hg("update -q 3");
    script.commit("n");
    let [l, m, n] = ["desc('re:^l$')", "desc('re:^m$')", "desc('re:^n$')"].map(node);
    script.hg(&format!("debugobsolete {l} {m}"));
    script.hg(&format!("debugobsolete {l} {n}"));
    compare(&oracle, &[]);
    script.hg("update -q 4");
    script.commit("o");
    let [o, e] = ["desc('re:^o$')", "0"].map(node);
    script.hg(&format!("debugobsolete {e} {o}"));
    compare(&oracle, &[]);
    compare(&oracle, &["--hidden"]);
    script.hg(&format!("debugobsolete --record-parents {o}"));
    script.hg("update -q null");
    compare(&oracle, &[]);
}

/// A repository of one's own to compare on: a copy is made of what `HG_TEST_REPO` names.
#[test]
fn big_repository() {
    let Some(source) = std::env::var_os("HG_TEST_REPO") else { return };
    let Some(oracle) = Oracle::new() else { return };
    copy_tree(&Path::new(&source).join(".hg"), &oracle.path().join(".hg"));
    compare(&oracle, &[]);
}

fn copy_tree(from: &Path, to: &Path) {
    std::fs::create_dir_all(to).expect("made");
    for entry in std::fs::read_dir(from).expect("read") {
        let entry = entry.expect("read");
        let target = to.join(entry.file_name());
        if entry.file_type().expect("known").is_dir() {
            copy_tree(&entry.path(), &target);
        } else {
            // Filelogs are not looked into, but for tags.
            let name = entry.file_name().into_string().unwrap_or_default();
            let inside = from.to_string_lossy().contains("/store/data");
            if !inside || name.contains("hgtags") {
                let _ = std::fs::copy(entry.path(), &target);
            }
        }
    }
}

/// Opening with an environment of its own sees what a running transaction left for hooks.
#[test]
fn pending_files_are_seen_by_hooks_only() {
    let Some(oracle) = Oracle::new() else { return };
    let script = Script(&oracle);
    script.hg("init .");
    script.commit("a");
    let repo = oracle.open();
    let tr = repo.transaction("test").expect("begins");
    let tip = repo.changelog().expect("read").tip();
    repo.retract_phases(&tr, hg_types::Phase::Secret, &[tip]).expect("moved");
    repo.change_bookmarks(&tr, &[(b"x".to_vec(), Some(repo.changelog().expect("read").node(tip)))])
        .expect("moved");
    assert!(tr.write_pending().expect("written"));
    let mut env = Environment { cwd: oracle.path().into(), ..Environment::default() };
    assert_eq!(oracle.open().phases().expect("read").phase(tip), hg_types::Phase::Draft);
    env.set_var("HG_PENDING", oracle.path().as_os_str().as_encoded_bytes());
    let options = OpenOptions { config: Config::empty(env), ..OpenOptions::default() };
    let inside = Repo::open(oracle.path(), options).expect("opens");
    assert_eq!(inside.phases().expect("read").phase(tip), hg_types::Phase::Secret);
    assert_eq!(inside.bookmarks().expect("read").len(), 1);
    tr.close().expect("closes");
    script.hg("verify");
    assert_eq!(oracle.run(&["log", "-T", "{phase} {bookmarks}"]), "secret x");
}
