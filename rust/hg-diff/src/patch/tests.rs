use std::collections::BTreeMap;
use std::sync::Mutex;

use hg_types::{Encoding, FileFlags, HgPath, Reporter};
use proptest::prelude::*;

use super::*;
use crate::{DiffOptions, FileChange, Side, file_diff};

/// Files in memory.
#[derive(Default)]
struct Memory(BTreeMap<Vec<u8>, (Vec<u8>, FileFlags)>, Vec<u8>);

impl Backend for Memory {
    fn read(&mut self, path: &HgPath) -> Result<Option<(Vec<u8>, FileFlags)>> {
        Ok(self.0.get(path.as_bytes()).cloned())
    }
    fn exists(&mut self, path: &HgPath) -> Result<bool> {
        Ok(self.0.contains_key(path.as_bytes()))
    }
    fn write(
        &mut self,
        path: &HgPath,
        content: Option<&[u8]>,
        flags: FileFlags,
        _source: Option<&HgPath>,
    ) -> Result<()> {
        let entry = self.0.entry(path.as_bytes().to_vec()).or_default();
        entry.1 = flags;
        if let Some(content) = content {
            entry.0 = content.to_vec();
        }
        Ok(())
    }
    fn remove(&mut self, path: &HgPath) -> Result<()> {
        self.0.remove(path.as_bytes());
        Ok(())
    }
    fn write_rejects(&mut self, _: &HgPath, _: usize, _: usize, text: &[u8]) -> Result<()> {
        self.1.extend_from_slice(text);
        Ok(())
    }
}

/// Keeps what it hears.
#[derive(Default)]
struct Ears(Mutex<Vec<u8>>);

impl Reporter for Ears {
    fn warn(&self, text: &[u8]) {
        self.0.lock().expect("no panic").extend_from_slice(text);
    }
    fn status(&self, _: &[u8]) {}
    fn note(&self, _: &[u8]) {}
    fn debug(&self, _: &[u8]) {}
    fn progress(&self, _: &str, _: Option<u64>, _: &[u8], _: &str, _: Option<u64>) {}
}

fn patched(old: &[u8], patch: &[u8], options: &ApplyOptions) -> (Memory, Outcome, Vec<u8>) {
    let mut files = Memory::default();
    files.0.insert(b"a".to_vec(), (old.to_vec(), FileFlags::Regular));
    let ears = Ears::default();
    let outcome = apply(patch, &mut files, options, &ears).expect("well-formed");
    (files, outcome, ears.0.into_inner().expect("no panic"))
}

fn text() -> impl Strategy<Value = Vec<u8>> {
    prop::collection::vec(prop::sample::select(&b"abc\n\n\0"[..]), 0..60)
}

proptest! {
    #[test]
    fn own_diffs_apply(old in text(), new in text(), context in 0_i64..5) {
        let options = DiffOptions { git: true, context, ..DiffOptions::default() };
        let side = |content| Side {
            path: b"a",
            content: Some(content),
            flags: FileFlags::Regular,
            date: Default::default(),
        };
        let change = FileChange { old: side(&old), new: side(&new), copy: None, revisions: &[] };
        let patch = file_diff(&change, &options).map(|diff| diff.to_bytes()).unwrap_or_default();
        let (files, outcome, _) = patched(&old, &patch, &ApplyOptions::default());
        prop_assert_eq!(outcome, Outcome::default());
        prop_assert_eq!(&files.0[&b"a"[..]].0, &new);
    }

    #[test]
    fn garbage_never_panics(lines in prop::collection::vec(prop::sample::select(vec![
        "diff --git a/a b/a\n", "--- a/a\n", "+++ b/a\n", "@@ -1,2 +1,2 @@\n", "@@ -0,0 +1 @@\n",
        " x\n", "-x\n", "+x\n", "\\ No newline at end of file\n", "GIT binary patch\n",
        "literal 3\n", "delta 4\n", "Mc$`b*O5$Pw00T?_*Z=?k\n", "rename from a\n", "rename to b\n",
        "copy from a\n", "copy to c\n", "new file mode 100755\n", "deleted file mode 100644\n",
        "***************\n", "*** a/a\n", "*** 1,2 ****\n", "--- 1,2 ----\n", "! x\n", "  x\n", "\n",
    ]), 0..14)) {
        let patch = lines.concat();
        let mut files = Memory::default();
        files.0.insert(b"a".to_vec(), (b"x\ny\n".to_vec(), FileFlags::Regular));
        let _ = apply(patch.as_bytes(), &mut files, &ApplyOptions::default(), &Ears::default());
        let _ = message::split(patch.as_bytes());
        let _ = message::extract(patch.as_bytes(), &Encoding::default(), &mut |_| ());
    }
}

#[test]
fn offsets_and_fuzz_are_told() {
    let patch = b"--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-2\n+add some skew\n@@ -2,2 +2,3 @@\n not matching\n ... a bit\n+line\n";
    let (files, outcome, heard) = patched(b"1\n2\n3\n4\n", patch, &ApplyOptions::default());
    assert_eq!(files.0[&b"a"[..]].0, b"1\nadd some skew\n3\n4\nline\n");
    assert_eq!(outcome, Outcome { rejected: 0, fuzzy: true });
    let expected = "patching file a\nHunk #2 succeeded at 5 with fuzz 2 (offset 1 lines).\n";
    assert_eq!(String::from_utf8_lossy(&heard), expected);
}

#[test]
fn rejects_are_kept() {
    let patch = b"--- a/a\n+++ b/a\n@@ -1,1 +1,1 @@\n-no\n+yes\n";
    let (files, outcome, heard) = patched(b"1\n", patch, &ApplyOptions::default());
    assert_eq!(outcome.rejected, 1);
    assert_eq!(files.1, b"--- a\n+++ a\n@@ -1,1 +1,1 @@\n-no\n+yes\n");
    assert_eq!(heard, b"patching file a\nHunk #1 FAILED at 0\n");
}

#[test]
fn exported_changesets_are_read() {
    let text = b"# HG changeset patch\n# User me\n# Date 1 0\n#      Thu\n# Node ID 12\n# Parent  34\nfirst\n\nsecond\n\ndiff -r 1 a\n--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+a\n";
    let found = message::extract(text, &Encoding::default(), &mut |_| ());
    assert_eq!(found.message, b"first\n\nsecond\n\n");
    assert_eq!(found.user.as_deref(), Some(&b"me"[..]));
    assert_eq!(found.p1.as_deref(), Some(&b"34"[..]));
    assert_eq!(found.patch.as_deref(), Some(&text[..]));
    assert_eq!(message::split(&[&text[..], text].concat()).len(), 2);
}

#[test]
fn mail_is_read() {
    let text = b"From: =?utf-8?q?Rapha=C3=ABl_H_=3Ch=40d=2Eorg=3E?=\nSubject: [PATCH] =?UTF-8?q?=C5=A7?=\n\nbody\n---\nnot this\n--- a/a\n+++ b/a\n@@ -0,0 +1 @@\n+a\n";
    let found = message::extract(text, &Encoding::default(), &mut |_| ());
    assert_eq!(found.user.as_deref(), Some("Raphaël H <h@d.org>".as_bytes()));
    assert_eq!(found.message, "ŧ\nbody\n".as_bytes());
}
