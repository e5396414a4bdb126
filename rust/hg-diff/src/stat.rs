//! Summaries of diffs: changed lines of each file as a histogram.

use crate::file_diff::{Body, CopyKind, FileDiff};

/// Changed lines of one file.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct FileStat {
    /// The path, or `old => new` for a rename.
    pub name: Vec<u8>,
    /// Lines added.
    pub added: usize,
    /// Lines removed.
    pub removed: usize,
    /// Whether the file is binary.
    pub binary: bool,
}

impl FileStat {
    /// Counts the lines of a file's diff.
    #[must_use]
    pub fn of(diff: &FileDiff) -> Self {
        let name = match diff.copy {
            Some(CopyKind::Rename) => [&diff.old_path[..], b" => ", &diff.new_path].concat(),
            _ => diff.new_path.clone(),
        };
        let sum = |count: fn(&crate::unified::Hunk) -> usize| diff.hunks().iter().map(count).sum();
        Self {
            name,
            added: sum(|hunk| hunk.added),
            removed: sum(|hunk| hunk.removed),
            binary: matches!(&diff.body, Body::Binary(text) if !text.is_empty()),
        }
    }
}

/// A piece of output and its label, empty for none.
pub type Span = (Vec<u8>, &'static str);

/// Sums of a list of files: files, added and removed lines.
#[must_use]
pub fn totals(stats: &[FileStat]) -> (usize, usize, usize) {
    let sum = |count: fn(&FileStat) -> usize| stats.iter().map(count).sum();
    (stats.len(), sum(|stat| stat.added), sum(|stat| stat.removed))
}

/// The histogram, at most `width` columns wide; `columns` measures a name. Nothing for no files.
#[must_use]
pub fn histogram(stats: &[FileStat], width: usize, columns: impl Fn(&[u8]) -> usize) -> Vec<Span> {
    let mut out = Vec::new();
    if stats.is_empty() {
        return out;
    }
    let most = stats.iter().map(|stat| stat.added + stat.removed).max().unwrap_or(0);
    let name_width = stats.iter().map(|stat| columns(&stat.name)).max().unwrap_or(0);
    let mut count_width = most.to_string().len();
    if stats.iter().any(|stat| stat.binary) {
        count_width = count_width.max(3);
    }
    let graph_width = width.saturating_sub(count_width + name_width + 6).max(10);
    let scale = |count: usize| {
        if most <= graph_width { count } else { (count * graph_width / most).max(count.min(1)) }
    };
    for stat in stats {
        let count =
            if stat.binary { "Bin".to_owned() } else { (stat.added + stat.removed).to_string() };
        let padding = name_width - columns(&stat.name);
        let mut line = b" ".to_vec();
        line.extend_from_slice(&stat.name);
        line.extend_from_slice(format!("{:padding$} |  {count:>count_width$} ", "").as_bytes());
        out.push((line, ""));
        let (added, removed) = (scale(stat.added), scale(stat.removed));
        if added > 0 {
            out.push((vec![b'+'; added], "diffstat.inserted"));
        }
        if removed > 0 {
            out.push((vec![b'-'; removed], "diffstat.deleted"));
        }
        out.push((b"\n".to_vec(), ""));
    }
    let (files, added, removed) = totals(stats);
    let summary =
        format!(" {files} files changed, {added} insertions(+), {removed} deletions(-)\n");
    out.push((summary.into_bytes(), ""));
    out
}
