//! The report of `hg debugrevlog`.

use std::fmt::Write as _;

use hg_format::revlog::Header;

use super::stats::{Sizes, Stats};

/// A number and what part of a whole it is.
struct Part {
    number: u64,
    whole: u64,
    width: usize,
    gap: usize,
}

impl std::fmt::Display for Part {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        #[expect(clippy::cast_precision_loss, reason = "a percentage need not be exact")]
        let percent = match self.whole {
            0 => 100.0,
            whole => 100.0 * self.number as f64 / whole as f64,
        };
        write!(
            f,
            "{:>width$} {:gap$}({percent:5.2}%)",
            self.number,
            "",
            width = self.width,
            gap = self.gap
        )
    }
}

fn digits(number: u64) -> usize {
    number.to_string().len()
}

/// Digits in groups of three.
fn grouped(number: u64) -> String {
    let text = number.to_string();
    let mut out = String::new();
    for (at, digit) in text.chars().enumerate() {
        if at > 0 && (text.len() - at).is_multiple_of(3) {
            out.push(' ');
        }
        out.push(digit);
    }
    out
}

struct Report {
    out: String,
    width: usize,
}

impl Report {
    fn line(&mut self, text: std::fmt::Arguments<'_>) {
        // Writing to a string does not fail.
        let _ = writeln!(self.out, "{text}");
    }

    fn part(&mut self, label: &str, number: u64, whole: u64) {
        let part = Part { number, whole, width: self.width, gap: 0 };
        self.line(format_args!("{label}: {part}"));
    }
}

/// The whole report.
pub(super) fn report(header: Header, stats: &Stats) -> String {
    let mut report = Report { out: String::new(), width: digits(stats.stored) };
    let mut flags = Vec::new();
    flags.extend(header.inline.then_some("inline"));
    flags.extend(header.general_delta.then_some("generaldelta"));
    let flags = if flags.is_empty() { "(none)".to_owned() } else { flags.join(", ") };
    report.line(format_args!("format : {}\nflags  : {flags}\n", header.version));
    numbers(&mut report, stats);
    sizes(&mut report, stats);
    chunks(&mut report, stats);
    report.line(format_args!("\ntotal-stored-content: {} bytes\n", grouped(stats.texts.sum)));
    chains(&mut report, stats);
    extremes(&mut report, stats);
    if stats.deltas.count > 0 {
        bases(&mut report, header, stats);
    }
    report.out
}

fn numbers(report: &mut Report, stats: &Stats) {
    let (all, width) = (stats.revisions, report.width);
    report.line(format_args!("revisions     : {all:>width$}"));
    report.part("    merges    ", stats.merges, all);
    report.part("    normal    ", all - stats.merges, all);
    report.line(format_args!("revisions     : {all:>width$}"));
    let empty = stats.empty_texts + stats.empty_deltas;
    report.part("    empty     ", empty, all);
    report.part("                   text  ", stats.empty_texts, empty);
    report.part("                   delta ", stats.empty_deltas, empty);
    report.part("    snapshot  ", stats.snapshot_count(), all);
    for (depth, (sizes, unrelated)) in &stats.snapshots {
        let part = Part { number: sizes.count, whole: all, width: width + 6, gap: 0 };
        let mut line = format!("      lvl-{depth:<4}: {part}");
        if *unrelated > 0 {
            let part = Part { number: *unrelated, whole: sizes.count, width, gap: 0 };
            let _ = write!(line, "  non-ancestor-bases: {part}");
        }
        report.line(format_args!("{line}"));
    }
    report.part("    deltas    ", stats.deltas.count, all);
}

fn sizes(report: &mut Report, stats: &Stats) {
    let (all, width) = (stats.stored, report.width);
    report.line(format_args!("revision size : {all:>width$}"));
    report.part("    snapshot  ", stats.snapshot_size(), all);
    for (depth, (sizes, _)) in &stats.snapshots {
        let part = Part { number: sizes.sum, whole: all, width: width + 6, gap: 0 };
        report.line(format_args!("      lvl-{depth:<4}: {part}"));
    }
    report.part("    deltas    ", stats.deltas.sum, all);
}

fn chunks(report: &mut Report, stats: &Stats) {
    let width = report.width;
    let label = |kind: &[u8]| match kind {
        [byte] if byte.is_ascii_alphabetic() => {
            format!("    0x{byte:02x} ({})  ", char::from(*byte))
        }
        [byte] => format!("    0x{byte:02x}      "),
        _ => "    empty     ".to_owned(),
    };
    report.line(format_args!("\nchunks        : {:>width$}", stats.revisions));
    for (kind, (count, _)) in &stats.chunks {
        report.part(label(kind).get(..14).unwrap_or_default(), *count, stats.revisions);
    }
    report.line(format_args!("chunks size   : {:>width$}", stats.stored));
    for (kind, (_, size)) in &stats.chunks {
        report.part(label(kind).get(..14).unwrap_or_default(), *size, stats.stored);
    }
    report.line(format_args!(""));
}

fn chains(report: &mut Report, stats: &Stats) {
    let lengths = &stats.chain_lengths;
    let ratio = stats.texts.sum.checked_div(stats.stored).unwrap_or(0);
    let numbers = [
        ("avg chain length  ", lengths.average()),
        ("max chain length  ", lengths.max),
        ("max chain reach   ", stats.longest_reach),
        ("compression ratio ", ratio),
    ];
    let width = digits(numbers.iter().map(|(_, number)| *number).max().unwrap_or(0));
    for (label, number) in numbers {
        report.line(format_args!("{label}: {number:>width$}"));
    }
}

fn extremes(report: &mut Report, stats: &Stats) {
    let mut line = |label: &str, sizes: &Sizes| {
        let (min, max, average) = (sizes.min, sizes.max, sizes.average());
        report.line(format_args!("{label:<37}: {min} / {max} / {average}"));
    };
    line("\nuncompressed data size (min/max/avg) ", &stats.texts);
    let full = stats.snapshots.get(&0).map(|(sizes, _)| *sizes).unwrap_or_default();
    line("full revision size (min/max/avg)", &full);
    line("inter-snapshot size (min/max/avg)", &stats.intermediate);
    for (depth, (sizes, _)) in stats.snapshots.range(1..) {
        line(&format!("    level-{depth:<3} (min/max/avg)"), sizes);
    }
    line("delta size (min/max/avg)", &stats.deltas);
}

fn bases(report: &mut Report, header: Header, stats: &Stats) {
    let (all, to) = (stats.deltas.count, stats.against);
    report.width = digits(all);
    report.line(format_args!(""));
    report.part("deltas against prev  ", to.previous, all);
    if to.previous > 0 {
        for (label, number) in [
            ("    where prev = p1  ", to.previous_is_p1),
            ("    where prev = p2  ", to.previous_is_p2),
            ("    other-ancestor   ", to.previous_is_ancestor),
            ("    unrelated        ", to.previous_is_unrelated),
        ] {
            let part = Part { number, whole: to.previous, width: report.width, gap: 4 };
            report.line(format_args!("{label}: {part}"));
        }
    }
    if header.general_delta {
        report.part("deltas against p1    ", to.p1, all);
        report.part("deltas against p2    ", to.p2, all);
        report.part("deltas against ancs  ", to.ancestor, all);
        report.part("deltas against other ", to.other, all);
    }
}
