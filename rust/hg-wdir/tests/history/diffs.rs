//! `hg log -p` and diffs between distant revisions.

use std::time::{Duration, Instant};

use bstr::ByteSlice as _;
use hg_diff::DiffOptions;
use hg_match::Matcher;
use hg_store::Repo;
use hg_types::Revision;
use hg_wdir::copies::{self, Side};
use hg_wdir::diff::{Changes, DiffRequest};
use hg_wdir::snapshot::RevisionSnapshot;

use crate::history;

fn diff(repo: &Repo, old: Revision, new: Revision, options: &DiffOptions) -> Vec<u8> {
    let matcher = Matcher::always();
    let snapshots = [old, new].map(|rev| RevisionSnapshot::new(repo, rev).expect("readable"));
    let [before, after] = &snapshots;
    let changes = Changes::between(before, after, &matcher);
    let copies = if options.git {
        copies::path_copies(repo, &Side::Revision(old), &Side::Revision(new), &matcher)
            .expect("copies")
    } else {
        copies::Copies::new()
    };
    let request = DiffRequest {
        old: before,
        new: after,
        changes: &changes,
        copies: &copies,
        options,
        full_ids: false,
        show_path: None,
        keep: None,
    };
    request.to_bytes().expect("a diff")
}

fn show(text: &[u8]) -> String {
    String::from_utf8_lossy(&text[..text.len().min(3000)]).into_owned()
}

#[test]
fn patches_of_changesets() {
    let Some(history) = history() else { return };
    let changelog = history.repo.changelog().expect("a changelog");
    for git in [true, false] {
        let options = DiffOptions { git, ..DiffOptions::default() };
        let (mut at, mut wrong) = (history.first, 0);
        let (mut ours, mut theirs) = (Duration::ZERO, Duration::ZERO);
        while at <= history.last {
            let end = (at + 999).min(history.last);
            let started = Instant::now();
            let mut args = vec!["log", "-p", "-T", "=== {rev} ===\n", "-r"];
            let range = format!("{at}:{end}");
            args.push(&range);
            if git {
                args.push("--git");
            }
            let output = history.oracle(&args);
            theirs += started.elapsed();
            for rev in at..=end {
                let rev = Revision::new(rev);
                let marker = format!("=== {rev} ===\n");
                let start = output.find(&marker).expect("a header") + marker.len();
                let next = format!("=== {} ===\n", rev.get() + 1);
                let stop = output[start..].find(&next).map_or(output.len(), |len| start + len);
                // The log puts an empty line behind each diff.
                let want = &output[start..stop];
                let want = want.strip_suffix(b"\n").unwrap_or(want);
                let started = Instant::now();
                let got = diff(&history.repo, changelog.parents(rev)[0], rev, &options);
                ours += started.elapsed();
                if got != want {
                    wrong += 1;
                    if wrong < 3 {
                        eprintln!("{rev} git {git}\nWANT\n{}\nGOT\n{}", show(want), show(&got));
                    }
                }
            }
            at = end + 1;
        }
        eprintln!("git {git}: {wrong} wrong; oracle {theirs:?}, here {ours:?}");
        assert_eq!(wrong, 0, "patches differ with git {git}");
    }
}

#[test]
fn diffs_between_revisions() {
    let Some(history) = history() else { return };
    let mut state = 12_345_u64;
    let span = u64::try_from(history.last - history.first + 1).expect("positive");
    let mut random = || {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963);
        history.first + i32::try_from((state >> 33) % span).expect("a revision")
    };
    let options = DiffOptions { git: true, ..DiffOptions::default() };
    for round in 0..40 {
        let old = random();
        let near = (old + random() % 60 - 30).clamp(history.first, history.last);
        let new = if round % 2 == 0 { random() } else { near };
        let (from, to) = (old.to_string(), new.to_string());
        let want = history.oracle(&["diff", "--git", "-r", &from, "-r", &to]);
        let got = diff(&history.repo, Revision::new(old), Revision::new(new), &options);
        assert!(got == want, "{old}:{new}\nWANT\n{}\nGOT\n{}", show(&want), show(&got));
    }
}
