//! Hunks against those of `hg diff` with its options.

use std::collections::BTreeMap;

use hg_diff::{DiffOptions, unified};

use crate::oracle::{self, Random};

/// The hunks of each file in a diff, as text. A file's diff may lack a newline at its end.
fn split_files(output: &[u8]) -> BTreeMap<usize, Vec<u8>> {
    let text = std::str::from_utf8(output).expect("ascii");
    let files = text.split("diff -r ").skip(1).map(|file| {
        let (name, rest) = file.split_once('\n').expect("a first line");
        let number = name.rsplit('f').next().expect("a name").parse().expect("a number");
        let hunks = rest.find("@@").map_or("", |at| &rest[at..]);
        (number, hunks.as_bytes().to_vec())
    });
    files.collect()
}

/// Lines that differ in white space, blankness and content.
fn text(random: &mut Random, len: usize) -> String {
    const WORDS: [&str; 9] = ["", "a", "a b", "ab", "_f()", " a", "\ta", "\u{c}", "x y z"];
    const SPACES: [&str; 7] = ["", "", "", " ", "  ", "\r", " \t\r"];
    let mut out = String::new();
    for _ in 0..len {
        out += SPACES[random.below(SPACES.len())];
        out += WORDS[random.below(WORDS.len())];
        out += SPACES[random.below(SPACES.len())];
        if random.below(3) == 0 {
            out += WORDS[random.below(WORDS.len())];
        }
        out += "\n";
    }
    if random.below(4) == 0 {
        out.pop();
    }
    out
}

/// Changes some white space and some lines.
fn edited(random: &mut Random, old: &str) -> String {
    let mut out = String::new();
    for line in old.split_inclusive('\n') {
        match random.below(14) {
            0 => out += &line.replace(' ', "\t "),
            1 => out += &format!("{}  \n", line.trim_end()),
            2 => out += &format!("\n{line}"),
            3 => {}
            4 => out += &text(random, 2),
            5 => out += line.trim(),
            _ => out += line,
        }
    }
    out
}

fn options(args: &[&str]) -> DiffOptions {
    let has = |flag| args.contains(&flag);
    let context = args.iter().find_map(|arg| arg.strip_prefix("-U")).unwrap_or("3");
    DiffOptions {
        ignore_space: has("-w"),
        ignore_space_amount: has("-b"),
        ignore_blank_lines: has("-B"),
        ignore_space_at_eol: has("-Z"),
        show_function: has("-p"),
        context: context.parse().expect("a number"),
        ..DiffOptions::default()
    }
}

#[test]
fn hunks_are_the_oracles() {
    let Some(hg) = oracle::executable() else { return };
    let dir = tempfile::tempdir().expect("temporary directory");
    let mut random = Random(4242);
    let mut pairs = Vec::new();
    for round in 0..700 {
        let len = random.below(if round % 2 == 0 { 8 } else { 60 });
        let old = text(&mut random, len);
        let new = edited(&mut random, &old);
        pairs.push([old, new]);
    }
    let write = |which: usize| {
        for (number, pair) in pairs.iter().enumerate() {
            std::fs::write(dir.path().join(format!("f{number}")), &pair[which]).expect("written");
        }
    };
    oracle::run(&hg, dir.path(), &["init"]);
    write(0);
    oracle::run(&hg, dir.path(), &["commit", "-Aqm0"]);
    write(1);
    for args in [
        &[][..],
        &["-p"],
        &["-U0"],
        &["-U1", "-p"],
        &["-w"],
        &["-b"],
        &["-Z"],
        &["-B"],
        &["-w", "-B"],
        &["-b", "-B", "-U1"],
        &["-Z", "-B", "-U0"],
        &["-w", "-Z"],
        &["-b", "-Z", "-B"],
    ] {
        let args: Vec<&str> = args.to_vec();
        let options = options(&args);
        let output = oracle::run(&hg, dir.path(), &[&["diff", "--nodates"], &args[..]].concat());
        let mut expected = split_files(&output);
        let mut wrong = 0;
        for (number, [old, new]) in pairs.iter().enumerate() {
            let want = expected.remove(&number).unwrap_or_default();
            let mut got = Vec::new();
            for hunk in unified::hunks(old.as_bytes(), new.as_bytes(), &options) {
                hunk.write(&mut got);
            }
            if got != want {
                wrong += 1;
                if wrong < 4 && old.len() < 200 {
                    let show = |text: &[u8]| String::from_utf8_lossy(text).into_owned();
                    eprintln!("{args:?} f{number}\n old {old:?}\n new {new:?}");
                    eprintln!(" want {:?}\n got  {:?}", show(&want), show(&got));
                }
            }
        }
        eprintln!("{args:?}: {wrong} wrong");
        assert_eq!(wrong, 0, "with {args:?}");
    }
}
