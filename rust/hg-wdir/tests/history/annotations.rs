//! `hg annotate` of every file.

use std::time::{Duration, Instant};

use bstr::ByteSlice as _;
use hg_diff::DiffOptions;
use hg_types::{HgPathBuf, Revision};
use hg_wdir::annotate::{AnnotateOptions, Start, annotate};
use hg_wdir::snapshot::RevisionSnapshot;

use crate::history;

const TEMPLATE: &str = "{lines % '{rev} {path}:{lineno}: {line}'}=== {path}\n";

#[test]
fn annotations_of_files() {
    let Some(history) = history() else { return };
    let rev = Revision::new(history.last);
    let snapshot = RevisionSnapshot::new(&history.repo, rev).expect("readable");
    let ignoring = DiffOptions { ignore_space: true, ..DiffOptions::default() };
    for (args, follow, diff) in [
        (&[][..], true, DiffOptions::default()),
        (&["--no-follow"], false, DiffOptions::default()),
        (&["-w"], true, ignoring),
    ] {
        let options = AnnotateOptions { follow, diff, skip: None };
        let number = rev.get().to_string();
        let output = history.oracle(
            &[&["annotate", "-a", "-r", &number, "-T", TEMPLATE, "glob:**"], args].concat(),
        );
        let mut rest = &output[..];
        let (mut ours, mut slowest) = (Duration::ZERO, (Duration::ZERO, HgPathBuf::default()));
        for entry in snapshot.manifest().iter() {
            let path = entry.path.to_owned();
            let started = Instant::now();
            let start = Start::Committed { rev, path: path.clone(), node: entry.node };
            let annotation = annotate(&history.repo, &start, &options).expect("annotated");
            ours += started.elapsed();
            slowest = slowest.max((started.elapsed(), path.clone()));
            let mut got = Vec::new();
            for (line, text) in annotation.iter() {
                let origin = annotation.origin(line);
                got.extend_from_slice(
                    format!("{} {}:{}: ", origin.rev, origin.path, line.number).as_bytes(),
                );
                got.extend_from_slice(text);
            }
            let marker = format!("=== {path}\n");
            let end = rest.find(&marker).expect("a marker");
            let want = &rest[..end];
            if want != got {
                let pairs = want.lines().zip(got.lines()).filter(|(want, got)| want != got);
                for (want, got) in pairs.take(10) {
                    eprintln!("want {}\ngot  {}", want.as_bstr(), got.as_bstr());
                }
            }
            assert!(want == got, "{path} with {args:?}");
            rest = &rest[end + marker.len()..];
        }
        eprintln!("{args:?}: {ours:?}, slowest {slowest:?}");
    }
}
