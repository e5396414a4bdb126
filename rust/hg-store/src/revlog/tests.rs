//! Damaged files, graphs against a simple model, and stores kept in memory.

use std::collections::BTreeSet;
use std::sync::Arc;

use hg_types::{Error, NodePrefix, Result, Revision};
use hg_vfs::Vfs;
use proptest::prelude::*;

use super::*;

/// Writes at once and remembers nothing.
struct Direct(Vfs);

impl RevlogTransaction for Direct {
    fn add(&mut self, _: &[u8], _: u64) -> Result<()> {
        Ok(())
    }
    fn add_backup(&mut self, _: &[u8]) -> Result<()> {
        Ok(())
    }
    fn settle(&mut self, _: &[u8], _: &[u8]) -> Result<()> {
        unreachable!("only changelogs of the second format have dockets")
    }

    fn delay(&mut self, name: &[u8], _: u64, bytes: &[u8]) -> Result<()> {
        Ok(self.0.append(name, bytes)?)
    }
}

fn open(dir: &std::path::Path, options: &RevlogOptions) -> Result<Revlog> {
    let files = Arc::new(Vfs::new(dir));
    Revlog::open(files, RevlogName::new("log"), Arc::new(options.clone()))
}

fn texts() -> Vec<Vec<u8>> {
    let mut text: Vec<Vec<u8>> = (0..60).map(|n| format!("line {n}\n").into_bytes()).collect();
    (0..40usize)
        .map(|n| {
            text[n * 7 % 60] = format!("changed in {n}\n").into_bytes();
            text.concat()
        })
        .collect()
}

fn fill(dir: &std::path::Path, options: &RevlogOptions) {
    let mut log = open(dir, options).expect("opens");
    let mut tr = Direct(Vfs::new(dir));
    for text in texts() {
        let (p1, p2) = (log.tip(), Revision::NULL);
        log.add_revision(&mut tr, &NewRevision::new(text, p1, p2, p1)).expect("adds");
    }
}

fn variants() -> Vec<RevlogOptions> {
    let base = RevlogOptions::default();
    vec![
        base.clone(),
        RevlogOptions { max_inline: 100, ..base.clone() },
        RevlogOptions { general_delta: false, sparse: false, ..base.clone() },
        RevlogOptions { changelog: true, ..base.clone() },
        RevlogOptions { compression: Compression::Zlib(-1), ..base },
    ]
}

#[test]
fn what_is_written_is_read() {
    for options in variants() {
        let dir = tempfile::tempdir().expect("directory");
        fill(dir.path(), &options);
        let log = open(dir.path(), &options).expect("opens");
        for (rev, text) in log.revs().zip(texts()) {
            assert_eq!(**log.revision(rev).expect("reads"), text);
        }
        assert_eq!(log.len(), 40);
        assert_eq!(log.header().inline, options.max_inline > 100 && !options.changelog);
        let chain = log.delta_chain(log.tip()).expect("sound");
        assert_eq!(chain.len() == 1, options.changelog);
    }
}

/// Asks everything there is to ask; answers may be errors but nothing may panic or hang.
fn poke(log: &Revlog) {
    for rev in log.revs() {
        let _ = (log.revision(rev), log.delta_chain(rev), log.is_snapshot(rev), log.linkrev(rev));
        let _ = (log.find(&log.node(rev)), log.shortest_prefix_len(&log.node(rev)));
    }
    let _ = (log.heads(), log.children(Revision::NULL), log.ancestor_set(log.revs()));
    let _ = log.common_ancestor_heads(&[Revision::new(3), log.tip()]);
    let _ = log.missing_ancestors([log.tip()], [Revision::new(1)]);
    let prefix = NodePrefix::from_hex(b"a").expect("hex");
    let _ = log.find_prefix(&prefix, |_| true);
}

#[test]
fn damage_gives_errors() {
    let mut seed = 0x2545_f491_4f6c_dd1d_u64;
    let mut roll = move |sides: usize| {
        seed ^= seed << 13;
        seed ^= seed >> 7;
        seed ^= seed << 17;
        usize::try_from(seed % sides as u64).expect("small")
    };
    for options in variants() {
        let dir = tempfile::tempdir().expect("directory");
        fill(dir.path(), &options);
        let names: Vec<_> = ["log.i", "log.d"]
            .iter()
            .map(|name| dir.path().join(name))
            .filter(|p| p.exists())
            .collect();
        let sound: Vec<_> = names.iter().map(|path| std::fs::read(path).expect("reads")).collect();
        for round in 0..400 {
            let at = roll(names.len());
            let mut bytes = sound[at].clone();
            for _ in 0..=roll(4) {
                let place = roll(bytes.len());
                bytes[place] =
                    if round % 2 == 0 { bytes[place] ^ 1 << roll(8) } else { [0, 0xff][roll(2)] };
            }
            if roll(4) == 0 {
                bytes.truncate(roll(bytes.len()));
            }
            std::fs::write(&names[at], &bytes).expect("writes");
            if let Ok(log) = open(dir.path(), &options) {
                poke(&log);
            }
            std::fs::write(&names[at], &sound[at]).expect("writes");
        }
    }
}

#[test]
fn errors_name_the_revlog() {
    let dir = tempfile::tempdir().expect("directory");
    let options = RevlogOptions { max_inline: 100, ..RevlogOptions::default() };
    fill(dir.path(), &options);
    let said = |result: Result<Text>| result.expect_err("damaged").to_string();
    let data = dir.path().join("log.d");
    let bytes = std::fs::read(&data).expect("reads");
    std::fs::write(&data, &bytes[..bytes.len() - 1]).expect("writes");
    let log = open(dir.path(), &options).expect("opens");
    assert!(said(log.revision(log.tip())).starts_with("partial read of revlog log.d; expected "));
    let mut flipped = bytes.clone();
    *flipped.last_mut().expect("not empty") ^= 1;
    std::fs::write(&data, &flipped).expect("writes");
    let log = open(dir.path(), &options).expect("opens");
    assert_eq!(said(log.revision(log.tip())), "integrity check failed on log:39");
    let index = dir.path().join("log.i");
    let bytes = std::fs::read(&index).expect("reads");
    std::fs::write(&index, &bytes[..70]).expect("writes");
    let error: Error = open(dir.path(), &options).expect_err("truncated");
    assert_eq!(error.to_string(), "index log is corrupted");
    std::fs::write(&index, b"\0\0\0\x02rest").expect("writes");
    let error = open(dir.path(), &options).expect_err("unknown");
    assert_eq!(error.to_string(), "unknown version (2) in revlog log");
}

#[test]
fn groups_are_taken_in() {
    for options in variants() {
        let dir = tempfile::tempdir().expect("directory");
        let mut tr = Direct(Vfs::new(dir.path()));
        let texts = texts();
        let mut group = Vec::new();
        let mut last = (Node::NULL, Vec::new());
        for text in &texts {
            let node = hash_text(text, &last.0, &Node::NULL);
            let delta = hg_diff::delta::make(&last.1, text).expect("short");
            group.push(IncomingRevision {
                node,
                p1: last.0,
                p2: Node::NULL,
                link: node,
                delta_base: last.0,
                delta,
                flags: 0,
            });
            last = (node, text.clone());
        }
        let mut log = open(dir.path(), &options).expect("opens");
        let mut overlay = log.clone();
        let feed = || group.clone().into_iter().map(Ok);
        overlay.overlay_group(feed(), |_, next| Ok(next), |_, _| Ok(())).expect("adds");
        assert_eq!(overlay.len(), 40);
        assert!(open(dir.path(), &options).expect("opens").is_empty());
        let outcome = log.add_group(&mut tr, feed(), |_, next| Ok(next), |_, _| Ok(()));
        assert_eq!(outcome.expect("adds").added, 40);
        let outcome = log.add_group(&mut tr, feed(), |_, next| Ok(next), |_, _| Ok(()));
        assert_eq!(outcome.expect("adds").duplicates.len(), 40);
        let log = open(dir.path(), &options).expect("opens");
        for (rev, text) in log.revs().zip(&texts) {
            assert_eq!(**log.revision(rev).expect("reads"), *text);
        }
        let mut wrong = group[39].clone();
        wrong.node = Node([7; 20]);
        let mut log = log;
        let outcome =
            log.add_group(&mut tr, [Ok(wrong)].into_iter(), |_, next| Ok(next), |_, _| Ok(()));
        assert_eq!(outcome.expect_err("wrong").to_string(), "integrity check failed on log:40");
    }
}

/// A revlog in memory with the given parents.
fn graph(parents: &[(usize, usize)]) -> Revlog {
    let files = Arc::new(Vfs::new("/nonexistent"));
    let mut log = Revlog::open(files, RevlogName::new("g"), Arc::default()).expect("opens");
    for (at, &(a, b)) in parents.iter().enumerate() {
        let pick = |n: usize| match n % (at + 1) {
            0 => Revision::NULL,
            n => Revision::from_index(n - 1),
        };
        let (mut p1, mut p2) = (pick(a), pick(b));
        if p1 == p2 || p1.is_null() {
            (p1, p2) = (p1.max(p2), Revision::NULL);
        }
        let text = format!("{at}").into_bytes();
        log.append_revision(&NewRevision::new(text, p1, p2, Revision::NULL)).expect("adds");
    }
    log
}

fn model_ancestors(log: &Revlog, rev: Revision) -> BTreeSet<Revision> {
    let mut out = BTreeSet::new();
    let mut stack = vec![rev];
    while let Some(rev) = stack.pop() {
        if !rev.is_null() && out.insert(rev) {
            stack.extend(log.parents(rev));
        }
    }
    out
}

proptest! {
    #[test]
    fn graph_questions_agree_with_a_model(
        parents in proptest::collection::vec((any::<usize>(), any::<usize>()), 1..24),
        picks: [usize; 4],
    ) {
        let log = graph(&parents);
        let [a, b, c, d] = picks.map(|pick| Revision::from_index(pick % log.len()));
        let above = |rev| model_ancestors(&log, rev);
        prop_assert_eq!(log.is_ancestor(a, b), above(b).contains(&a));
        let walked: Vec<_> = log.ancestors([a, b], Revision::new(0), true).collect();
        let mut expected: Vec<_> = above(a).union(&above(b)).copied().collect();
        expected.reverse();
        prop_assert_eq!(walked, expected);
        let common: BTreeSet<_> = above(a).intersection(&above(b)).copied().collect();
        let common: BTreeSet<_> = common.intersection(&above(c)).copied().collect();
        let heads: Vec<_> = common
            .iter()
            .filter(|&&rev| !common.iter().any(|&other| other != rev && above(other).contains(&rev)))
            .copied()
            .collect();
        prop_assert_eq!(log.common_ancestor_heads(&[a, b, c]), heads);
        let base: BTreeSet<_> = above(c).union(&above(d)).copied().collect();
        let wanted: BTreeSet<_> = above(a).union(&above(b)).copied().collect();
        let missing: Vec<_> = wanted.difference(&base).copied().collect();
        prop_assert_eq!(log.missing_ancestors([a, b], [c, d]), missing);
        let below: Vec<_> = log.revs().filter(|&rev| rev != a && above(rev).contains(&a)).collect();
        prop_assert_eq!(log.descendant_set([a]).iter().collect::<Vec<_>>(), below);
        let heads: Vec<_> = log.revs().filter(|&rev| log.children(rev).is_empty()).collect();
        prop_assert_eq!(log.heads(), heads);
        let roots: RevBits = [a, b].into_iter().collect();
        let between: Vec<_> = log
            .revs()
            .filter(|&rev| above(c).contains(&rev))
            .filter(|&rev| above(rev).contains(&a) || above(rev).contains(&b))
            .collect();
        prop_assert_eq!(log.reachable(&roots, &[c], true).iter().collect::<Vec<_>>(), between);
        let node = log.node(a);
        let len = log.shortest_prefix_len(&node);
        let prefix = NodePrefix::from_hex(&node.hex()[..len]).expect("hex");
        prop_assert_eq!(log.find_prefix(&prefix, |_| true), PrefixMatch::One(a));
    }
}

#[test]
fn old_inline_changelogs_are_split() {
    let dir = tempfile::tempdir().expect("directory");
    let inline = RevlogOptions { general_delta: false, sparse: false, ..RevlogOptions::default() };
    fill(dir.path(), &inline);
    let options = RevlogOptions { changelog: true, ..inline };
    let mut log = open(dir.path(), &options).expect("opens");
    assert!(log.header().inline);
    let mut tr = Direct(Vfs::new(dir.path()));
    let new = NewRevision::new(b"more".to_vec(), log.tip(), Revision::NULL, Revision::new(40));
    log.add_revision(&mut tr, &new).expect("adds");
    let new = NewRevision::new(b"yet more".to_vec(), log.tip(), Revision::NULL, Revision::new(41));
    log.add_revision(&mut tr, &new).expect("adds");
    let reread = open(dir.path(), &options).expect("opens");
    assert!(!reread.header().inline);
    for log in [&log, &reread] {
        assert_eq!(log.len(), 42);
        for (rev, text) in log.revs().zip(texts()) {
            assert_eq!(**log.revision(rev).expect("reads"), text);
        }
        assert_eq!(**log.revision(log.tip()).expect("reads"), *b"yet more");
    }
}

#[test]
fn the_tip_of_a_long_changelog_costs_nothing() {
    let dir = tempfile::tempdir().expect("directory");
    let options = RevlogOptions { changelog: true, ..RevlogOptions::default() };
    let mut log = open(dir.path(), &options).expect("opens");
    let mut tr = Direct(Vfs::new(dir.path()));
    for n in 0..20_000 {
        let text = format!("changeset {n}").into_bytes();
        let new = NewRevision::new(text, log.tip(), Revision::NULL, Revision::NULL);
        log.append_revision(&new).expect("adds");
    }
    log.flush(&mut tr).expect("writes");
    let start = std::time::Instant::now();
    let log = open(dir.path(), &options).expect("opens");
    let tip = log.tip();
    assert_eq!(log.find(&log.node(tip)), Some(tip));
    assert_eq!(**log.revision(tip).expect("reads"), *b"changeset 19999");
    assert!(log.nodes.is_unbuilt(), "no table for one look-up");
    // Far more than it takes, far less than reading the whole index would.
    assert!(start.elapsed() < std::time::Duration::from_millis(200));
    assert_eq!(log.find(&Node([9; 20])), None);
    assert!(!log.nodes.is_unbuilt());
}
