//! Merged texts against what `hg merge` leaves in the working directory.

use hg_diff::merge3::{self, Labels, Merge3, Style, Sync};

use crate::oracle::{self, Random};

/// A base and two texts that came out of it.
fn triples(random: &mut Random) -> Vec<[String; 3]> {
    let mut out = Vec::new();
    for round in 0..900 {
        let kinds = [2, 4, 12, 60, 1000][round % 5];
        let most = [4, 10, 40][random.below(3)];
        let len = 1 + random.below(most);
        let base = random.lines(len, kinds);
        let mut side = || {
            let edits = 1 + random.below(3);
            random.edit(&base, kinds, edits).concat()
        };
        let (mut local, mut other) = (side(), side());
        let mut base = base.concat();
        // Texts without a newline at their end, and with those of another system.
        for text in [&mut base, &mut local, &mut other] {
            if random.below(6) == 0 && !text.is_empty() {
                text.pop();
            }
            if round % 20 == 3 || random.below(30) == 0 {
                *text = text.replace('\n', "\r\n");
            }
        }
        out.push([base, local, other]);
    }
    out
}

#[test]
fn merges_are_the_oracles() {
    let Some(hg) = oracle::executable() else { return };
    let dir = tempfile::tempdir().expect("temporary directory");
    let triples = triples(&mut Random(31_415));
    let path = |number: usize| dir.path().join(format!("f{number}"));
    let write = |which: usize| {
        for (number, triple) in triples.iter().enumerate() {
            std::fs::write(path(number), &triple[which]).expect("written");
        }
    };
    oracle::run(&hg, dir.path(), &["init"]);
    for (which, at) in [(0, ""), (1, ""), (2, "0")] {
        if !at.is_empty() {
            oracle::run(&hg, dir.path(), &["update", "-qC", at]);
        }
        write(which);
        oracle::run(&hg, dir.path(), &["commit", "-Aqm", "x", "-d", &format!("{which} 0")]);
    }
    let labels = Labels { local: b"working copy", other: b"merge rev", base: b"common ancestor" };
    for (tool, style, sync) in [
        (":merge", Style::Merge, Sync::Strict),
        (":merge3", Style::Merge3, Sync::Strict),
        (":mergediff", Style::MergeDiff, Sync::Strict),
        (":union", Style::Union, Sync::Strict),
        (":union-other-first", Style::UnionOtherFirst, Sync::Strict),
        (":merge-local", Style::Local, Sync::Strict),
        (":merge-other", Style::Other, Sync::Strict),
        (":merge3", Style::Merge3, Sync::Relaxed),
        (":merge", Style::Merge, Sync::Relaxed),
    ] {
        oracle::run(&hg, dir.path(), &["update", "-qC", "1"]);
        let relaxed = format!("experimental.relaxed-block-sync-merge={}", sync == Sync::Relaxed);
        let config = ["ui.mergemarkers=basic", "ui.origbackuppath=../o", &relaxed];
        let config: Vec<&str> = config.iter().flat_map(|item| ["--config", item]).collect();
        oracle::run(
            &hg,
            dir.path(),
            &[&["merge", "-q", "--tool", tool, "2"], &config[..]].concat(),
        );
        let mut wrong = 0;
        for (number, [base, local, other]) in triples.iter().enumerate() {
            if local == other || local == base || other == base {
                continue;
            }
            let want = std::fs::read(path(number)).expect("merged");
            let sides = [base, local, other].map(String::as_bytes);
            let texts = Merge3::new(sides[0], sides[1], sides[2]).with_sync(sync);
            let got = merge3::merge_lines(&texts, style, &labels).text;
            if got != want {
                wrong += 1;
                if wrong < 4 && base.len() < 60 {
                    let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
                    eprintln!("{tool} f{number}\n base {base:?}\n local {local:?}");
                    eprintln!(" other {other:?}\n want {:?}\n got  {:?}", show(&want), show(&got));
                }
            }
        }
        eprintln!("{tool}: {wrong} wrong");
        assert_eq!(wrong, 0, "with {tool}, {sync:?}");
    }
}
