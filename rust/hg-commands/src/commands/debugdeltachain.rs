//! `hg debugdeltachain`.

use std::collections::HashMap;

use hg_store::revlog::{Revlog, SparseReading};
use hg_types::{Result, Revision};

use crate::formatter::{Formatter, Value};
use crate::storage::open_revlog;
use crate::{Command, CommandContext, spec};

/// `hg debugdeltachain`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGDELTACHAIN,
    help: "Show how each revision of a revlog is stored, and what reading it takes.",
    run,
};

/// What is shown beside the chains themselves.
struct Wanted {
    sizes: bool,
    distances: bool,
    reads: Option<SparseReading>,
}

fn run(ctx: &CommandContext) -> Result<i32> {
    if ctx.args.len() > 1 {
        return Err(ctx.usage_error());
    }
    let storage = open_revlog(ctx, ctx.args.first().map(|file| &file[..]))?;
    let revlog = &storage.revlog;
    let revs = match ctx.opts.list("rev") {
        [] => revlog.revs().collect::<Vec<_>>(),
        names => names.iter().map(|name| storage.lookup_strictly(name)).collect::<Result<_>>()?,
    };
    let shown = |name| ctx.opts.tristate(name).unwrap_or(ctx.opts.flag("all-info"));
    let wanted = Wanted {
        sizes: shown("size-info"),
        distances: shown("dist-info"),
        reads: reading(ctx)?.filter(|_| shown("sparse-info")),
    };
    let mut fm = ctx.formatter_without_history("debugdeltachain")?;
    fm.plain(wanted.header(), "");
    let mut chain_ids = HashMap::new();
    for rev in revs {
        wanted.show(&mut fm, revlog, rev, &mut chain_ids)?;
    }
    fm.end()?;
    Ok(0)
}

/// How chains are read in pieces, if the configuration wants that.
fn reading(ctx: &CommandContext) -> Result<Option<SparseReading>> {
    let config = ctx.config();
    if !config.get_bool_or("experimental", "sparse-read", true)? {
        return Ok(None);
    }
    let usual = SparseReading::default();
    let density = config
        .get("experimental", "sparse-read.density-threshold")
        .and_then(|text| std::str::from_utf8(text).ok()?.parse().ok())
        .unwrap_or(usual.density);
    let min_gap = config
        .get("experimental", "sparse-read.min-gap-size")
        .and_then(hg_config::value::parse_bytes)
        .and_then(|size| u64::try_from(size).ok())
        .unwrap_or(usual.min_gap);
    Ok(Some(SparseReading { density, min_gap }))
}

fn int(number: impl TryInto<i64>) -> Value {
    Value::Int(number.try_into().unwrap_or(i64::MAX))
}

#[expect(clippy::cast_precision_loss, reason = "a ratio need not be exact")]
fn ratio(part: u64, whole: u64) -> f64 {
    if whole == 0 { part as f64 } else { part as f64 / whole as f64 }
}

impl Wanted {
    fn header(&self) -> String {
        let mut out = "    rev      p1      p2  chain# chainlen     prev   delta".to_owned();
        if self.sizes {
            out += "       size    rawsize  chainsize     ratio";
        }
        if self.distances {
            out += "   lindist extradist extraratio";
        }
        if self.reads.is_some() {
            out += "   readsize largestblk rddensity srchunks";
        }
        out + "\n"
    }

    fn show(
        &self,
        fm: &mut Formatter,
        revlog: &Revlog,
        rev: Revision,
        chain_ids: &mut HashMap<Revision, usize>,
    ) -> Result<()> {
        let [p1, p2] = revlog.parents(rev);
        let mut chain = revlog.delta_chain(rev)?;
        // Empty deltas need no reading.
        let full = chain.first().copied();
        chain.retain(|&rev| Some(rev) == full || !revlog.chunk_range(rev).is_empty());
        let first = chain.first().copied().unwrap_or(rev);
        let next_id = chain_ids.len() + 1;
        let id = *chain_ids.entry(first).or_insert(next_id);
        let previous = chain.iter().rev().nth(1).copied().unwrap_or(Revision::NULL);
        let kind = revlog.delta_kind(rev)?.name();
        // A delta against the empty text counts it as a link of the chain.
        let length = chain.len() + usize::from(!revlog.stores_text(first)?);
        fm.start_item();
        let fields = [
            ("rev", int(rev.get())),
            ("p1", int(p1.get())),
            ("p2", int(p2.get())),
            ("chainid", int(id)),
            ("chainlen", int(length)),
            ("prevrev", int(previous.get())),
            ("deltatype", kind.into()),
        ];
        let text = format!("{rev:>7} {p1:>7} {p2:>7} {id:>7} {length:>8} {previous:>8} {kind:>7}");
        fm.write(&fields, text, "");
        let sizes = chain.iter().map(|&rev| {
            let range = revlog.chunk_range(rev);
            range.end - range.start
        });
        let chain_size: u64 = sizes.sum();
        if self.sizes {
            show_sizes(fm, revlog, rev, chain_size)?;
        }
        if self.distances {
            let linear =
                revlog.chunk_range(rev).end.saturating_sub(revlog.chunk_range(first).start);
            let extra = linear.saturating_sub(chain_size);
            let extra_ratio = ratio(extra, chain_size);
            let fields = [
                ("lindist", int(linear)),
                ("extradist", int(extra)),
                ("extraratio", fraction(extra_ratio, chain_size)),
            ];
            fm.write(&fields, format!(" {linear:>9} {extra:>9} {extra_ratio:>10.5}"), "");
        }
        if let Some(reading) = self.reads {
            let pieces = revlog.read_sizes(&chain, reading);
            let read: u64 = pieces.iter().sum();
            let largest = pieces.iter().copied().max().unwrap_or(0);
            let density = if read == 0 { 1.0 } else { ratio(chain_size, read) };
            let count = pieces.len();
            let fields = [
                ("readsize", int(read)),
                ("largestblock", int(largest)),
                ("readdensity", fraction(density, read)),
                ("srchunks", int(count)),
            ];
            fm.write(&fields, format!(" {read:>10} {largest:>10} {density:>9.5} {count:>8}"), "");
        }
        fm.plain("\n", "");
        Ok(())
    }
}

/// A ratio, which is a whole number where there was nothing to divide by.
fn fraction(ratio: f64, divisor: u64) -> Value {
    match divisor {
        0 => Value::Int(i64::from(ratio > 0.0)),
        _ => Value::Float(ratio),
    }
}

fn show_sizes(fm: &mut Formatter, revlog: &Revlog, rev: Revision, chain_size: u64) -> Result<()> {
    let size = revlog.entry(rev)?.compressed_len;
    let raw = revlog.raw_size(rev)?;
    let chain_ratio = ratio(chain_size, raw as u64);
    let fields = [
        ("compsize", int(size)),
        ("uncompsize", int(raw)),
        ("chainsize", int(chain_size)),
        ("chainratio", fraction(chain_ratio, raw as u64)),
    ];
    fm.write(&fields, format!(" {size:>10} {raw:>10} {chain_size:>10} {chain_ratio:>9.5}"), "");
    Ok(())
}
