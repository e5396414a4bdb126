//! Deltas against those the oracle stores: file revisions are read out of uncompressed inline
//! revlogs (`hg help internals.revlogs`).

use hg_diff::delta;

use crate::oracle::{self, Random};

const ENTRY: usize = 64;

fn number(bytes: &[u8], at: usize) -> usize {
    u32::from_be_bytes(bytes[at..at + 4].try_into().expect("four bytes")) as usize
}

/// The delta stored for revision 1, if it is one against revision 0.
fn stored_delta(revlog: &[u8]) -> Option<Vec<u8>> {
    let second = ENTRY + number(revlog, 8);
    let entry = &revlog[second..];
    if number(entry, 16) != 0 {
        return None;
    }
    let data = &entry[ENTRY..ENTRY + number(entry, 8)];
    Some(match data.first()? {
        b'u' => data[1..].to_vec(),
        _ => data.to_vec(),
    })
}

#[test]
fn deltas_are_the_oracles() {
    let Some(hg) = oracle::executable() else { return };
    let dir = tempfile::tempdir().expect("temporary directory");
    let mut random = Random(77);
    // A long last line makes storing a delta worth while.
    let padding = "p".repeat(9000);
    let mut pairs = Vec::new();
    for round in 0..1200 {
        let kinds = [2, 3, 5, 40][round % 4];
        let len = 1 + random.below(60);
        let old = random.lines(len, kinds);
        let edits = 1 + random.below(6);
        let new = random.edit(&old, kinds, edits);
        let end = if round % 2 == 0 { "" } else { "\n" };
        pairs.push([old, new].map(|lines| format!("{}{padding}{end}", lines.concat())));
    }
    let write = |which: usize| {
        for (number, pair) in pairs.iter().enumerate() {
            std::fs::write(dir.path().join(format!("f{number}")), &pair[which]).expect("written");
        }
    };
    oracle::run(&hg, dir.path(), &["init", "--config", "format.revlog-compression=none"]);
    write(0);
    oracle::run(&hg, dir.path(), &["commit", "-Aqm0"]);
    write(1);
    oracle::run(&hg, dir.path(), &["commit", "-qm1"]);
    let (mut compared, mut wrong) = (0, 0);
    for (number, [old, new]) in pairs.iter().enumerate() {
        let path = dir.path().join(format!(".hg/store/data/f{number}.i"));
        let revlog = std::fs::read(path).expect("a revlog");
        if old == new {
            continue;
        }
        let Some(want) = stored_delta(&revlog) else { continue };
        compared += 1;
        let got = delta::make(old.as_bytes(), new.as_bytes()).expect("small");
        if got != want {
            wrong += 1;
            if wrong < 4 {
                let show = |delta: &[u8]| {
                    let hunks: Vec<_> = delta::hunks(delta).collect();
                    hunks
                        .iter()
                        .map(|hunk| {
                            let hunk = hunk.expect("well-formed");
                            let data = String::from_utf8_lossy(hunk.data).into_owned();
                            (hunk.start, hunk.end, data)
                        })
                        .collect::<Vec<_>>()
                };
                let short = |text: &str| text.replace(&padding, "PAD");
                eprintln!("f{number} {:?} {:?}", short(old), short(new));
                eprintln!(" want {:?}\n got  {:?}", show(&want), show(&got));
            }
        }
    }
    assert!(compared > 900, "only {compared} deltas were stored");
    assert_eq!(wrong, 0, "of {compared} deltas differ");
}
