//! Matching blocks against the hunks of `hg diff -U0`.

use std::collections::BTreeMap;

use hg_diff::{blocks, lines};

use crate::oracle::{self, Random};

type Gaps = Vec<[usize; 4]>;

/// The changed regions of each file in the output of `hg diff -U0`.
fn oracle_gaps(output: &[u8]) -> BTreeMap<usize, Gaps> {
    let mut out: BTreeMap<usize, Gaps> = BTreeMap::new();
    let mut file = 0;
    for line in lines::split(output) {
        let line = std::str::from_utf8(line).expect("ascii");
        if let Some(rest) = line.strip_prefix("diff -r ") {
            file = rest.trim().rsplit('f').next().expect("a name").parse().expect("a number");
        } else if let Some(rest) = line.strip_prefix("@@ -") {
            let (old, rest) = rest.split_once(" +").expect("two sides");
            let (new, _) = rest.split_once(" @@").expect("an end");
            let side = |text: &str| {
                let (start, len) = text.split_once(',').expect("start and length");
                let (start, len): (usize, usize) =
                    (start.parse().expect("number"), len.parse().expect("number"));
                let first = if len == 0 { start } else { start - 1 };
                [first, first + len]
            };
            let ([a1, a2], [b1, b2]) = (side(old), side(new));
            out.entry(file).or_default().push([a1, a2, b1, b2]);
        }
    }
    out
}

fn our_gaps(old: &str, new: &str) -> Gaps {
    let (old, new) = (lines::split_vec(old.as_bytes()), lines::split_vec(new.as_bytes()));
    let mut out: Gaps = Vec::new();
    let (mut a, mut b) = (0, 0);
    for block in blocks::matching(&old, &new) {
        if block.a1 > a || block.b1 > b {
            out.push([a, block.a1, b, block.b1]);
        }
        (a, b) = (block.a2, block.b2);
    }
    out
}

fn pairs(random: &mut Random) -> Vec<(Vec<String>, Vec<String>)> {
    let mut out = Vec::new();
    for round in 0..3000 {
        let kinds = [2, 3, 5, 10, 40, 1000][round % 6];
        let most = [6, 12, 40, 120][random.below(4)];
        let len = 1 + random.below(most);
        let old = random.lines(len, kinds);
        let new = if round % 3 == 0 {
            let len = 1 + random.below(most);
            random.lines(len, kinds)
        } else {
            let edits = 1 + random.below(6);
            random.edit(&old, kinds, edits)
        };
        out.push((old, new));
    }
    // Around the length from which common lines are left out.
    for (len, kinds) in [
        (9000, 4000),
        (5000, 40),
        (1500, 10),
        (1100, 3),
        (34_000, 20_000),
        (34_000, 1000),
        (31_000, 970),
        (30_990, 500),
        (33_000, 30_000),
    ] {
        let mut old = random.lines(len, kinds);
        for line in old.iter_mut().step_by(29) {
            *line = "common\n".into();
        }
        let new = random.edit(&old, kinds, len / 50);
        out.push((old, new));
    }
    out
}

#[test]
fn blocks_are_the_oracles() {
    let Some(hg) = oracle::executable() else { return };
    let dir = tempfile::tempdir().expect("temporary directory");
    let seed = std::env::var("HG_SEED").ok().and_then(|seed| seed.parse().ok()).unwrap_or(88_172);
    let pairs = pairs(&mut Random(seed));
    let write = |which: fn(&(Vec<String>, Vec<String>)) -> &Vec<String>| {
        for (number, pair) in pairs.iter().enumerate() {
            std::fs::write(dir.path().join(format!("f{number}")), which(pair).concat())
                .expect("written");
        }
    };
    oracle::run(&hg, dir.path(), &["init"]);
    write(|pair| &pair.0);
    oracle::run(&hg, dir.path(), &["commit", "-Aqm0"]);
    write(|pair| &pair.1);
    let output = oracle::run(&hg, dir.path(), &["diff", "-U0", "--nodates"]);
    let mut expected = oracle_gaps(&output);
    let mut wrong = 0;
    for (number, (old, new)) in pairs.iter().enumerate() {
        let want = expected.remove(&number).unwrap_or_default();
        let got = our_gaps(&old.concat(), &new.concat());
        if got != want {
            wrong += 1;
            eprintln!("f{number}: {} lines, {:?} and {:?}", old.len(), want.first(), got.first());
            if wrong < 6 && old.len() < 30 {
                eprintln!("f{number}\n old {old:?}\n new {new:?}\n want {want:?}\n got  {got:?}");
            }
        }
    }
    assert_eq!(wrong, 0, "of {} pairs differ", pairs.len());
}
