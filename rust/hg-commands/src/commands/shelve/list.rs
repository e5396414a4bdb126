//! Showing shelved changes.

use std::time::SystemTime;

use hg_diff::stat::{FileStat, histogram};
use hg_query::template::short_age;
use hg_repo::shelve::{self, Shelf};
use hg_store::Repo;
use hg_types::{Error, HgDate, Result};

use crate::CommandContext;

/// `--patch` and `--stat`: the named ones, or the newest.
pub(super) fn show(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    let shelves = shelve::list(repo)?;
    if ctx.args.is_empty() {
        let Some((_, newest)) = shelves.first() else {
            return Err(Error::abort("there are no shelves to show"));
        };
        return list_named(ctx, repo, std::slice::from_ref(&newest.name));
    }
    for name in &ctx.args {
        if !Shelf::new(name).exists(repo) {
            return Err(Error::abort([&b"cannot find shelf "[..], name].concat()));
        }
    }
    list_named(ctx, repo, &ctx.args)
}

/// `--list`.
pub(super) fn list(ctx: &CommandContext, repo: &Repo) -> Result<i32> {
    list_named(ctx, repo, &ctx.args)
}

fn list_named(ctx: &CommandContext, repo: &Repo, names: &[Vec<u8>]) -> Result<i32> {
    let ui = &ctx.ui;
    let width = ui.terminal_width();
    let now = HgDate { seconds: seconds(SystemTime::now()), offset: 0 };
    for (at, (made, shelf)) in shelve::list(repo)?.into_iter().enumerate() {
        if !names.is_empty() && !names.contains(&shelf.name) {
            continue;
        }
        let label = if at == 0 { "shelve.newest" } else { "shelve.name" };
        ui.write_label(&shelf.name, label);
        if ui.is_quiet() {
            ui.write("\n");
            continue;
        }
        let columns = ui.encoding().width(&shelf.name);
        ui.write(" ".repeat(16usize.saturating_sub(columns)));
        let age = short_age(HgDate { seconds: seconds(made), offset: 0 }, now);
        let age = [b"(", &age[..], b")"].concat();
        ui.write_label(&age, "shelve.age");
        ui.write(" ".repeat(12usize.saturating_sub(age.len())));
        let patch = shelf.patch(repo)?;
        let (description, diff) = split_patch(&patch);
        ui.write([description, b"\n"].concat());
        if ctx.opts.flag("patch") {
            ui.write("\n");
            ui.write(diff);
        }
        if ctx.opts.flag("stat") {
            for (text, label) in histogram(&stats(diff), width, |name| ui.encoding().width(name)) {
                ui.write_label(text, label);
            }
        }
    }
    Ok(0)
}

fn seconds(time: SystemTime) -> i64 {
    let since = time.duration_since(SystemTime::UNIX_EPOCH).unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}

/// The first line of the description, and the diff.
fn split_patch(patch: &[u8]) -> (&[u8], &[u8]) {
    let mut description = &b""[..];
    let mut at = 0;
    for line in patch.split_inclusive(|&byte| byte == b'\n') {
        if line.starts_with(b"diff ") {
            break;
        }
        if description.is_empty() && !line.starts_with(b"#") {
            description = line.trim_ascii_end();
        }
        at += line.len();
    }
    (description, &patch[at..])
}

/// The changed lines of each file of a diff.
fn stats(diff: &[u8]) -> Vec<FileStat> {
    let mut out: Vec<FileStat> = Vec::new();
    let mut in_hunk = false;
    let mut renamed_from: Option<Vec<u8>> = None;
    for line in diff.split(|&byte| byte == b'\n') {
        if let Some(names) = line.strip_prefix(b"diff --git a/") {
            // Both names are the same, but for copies, whose names follow.
            let name = names.get(..names.len().saturating_sub(3) / 2).unwrap_or_default();
            out.push(FileStat { name: name.to_vec(), added: 0, removed: 0, binary: false });
            in_hunk = false;
            continue;
        }
        let Some(file) = out.last_mut() else { continue };
        if line.starts_with(b"@@ ") {
            in_hunk = true;
        } else if in_hunk {
            file.added += usize::from(line.first() == Some(&b'+'));
            file.removed += usize::from(line.first() == Some(&b'-'));
        } else if let Some(source) = line.strip_prefix(b"rename from ") {
            renamed_from = Some(source.to_vec());
        } else if let Some(target) = line.strip_prefix(b"rename to ") {
            let source = renamed_from.take().unwrap_or_default();
            // Lines keep their ends here: that is how upstream shows it.
            file.name = [&source[..], b"\n => ", target, b"\n"].concat();
        } else if let Some(target) = line.strip_prefix(b"copy to ") {
            file.name = target.to_vec();
        } else if line.starts_with(b"GIT binary patch") || line.starts_with(b"Binary file") {
            file.binary = true;
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patches_are_taken_apart() {
        let patch = b"# HG changeset patch\n# x\nchanges\nmore\n\ndiff --git a/f b/f\n@@ -1 +1 @@\n-x\n+y\n\
            diff --git a/o b/n\nrename from o\nrename to n\n";
        let (description, diff) = split_patch(patch);
        assert_eq!(description, b"changes");
        let stats = stats(diff);
        let facts: Vec<_> =
            stats.iter().map(|stat| (&stat.name[..], stat.added, stat.removed)).collect();
        assert_eq!(facts, [(&b"f"[..], 1, 1), (b"o\n => n\n", 0, 0)]);
    }
}
