//! `hg debugformat`.

use hg_config::Config;
use hg_format::requirements::{Requirements, name};
use hg_store::default_requirements;
use hg_types::Result;

use crate::{Command, CommandContext, Formatter, Value, spec};

/// `hg debugformat`.
pub static COMMAND: Command = Command {
    spec: &spec::debug_a_m::DEBUGFORMAT,
    help: "Show which variants of its formats the repository uses; with --verbose also what the\n\
configuration asks for and what is the default. PATTERNs limit the list.",
    run,
};

/// Variants that a requirement tells.
const BY_REQUIREMENT: [(&str, &str); 14] = [
    ("fncache", name::FNCACHE),
    ("fileindex-v1", "fileindex-v1"),
    ("dirstate-v2", name::DIRSTATE_V2),
    ("tracked-hint", name::DIRSTATE_TRACKED_HINT),
    ("dotencode", name::DOTENCODE),
    ("fragile-plain-encode", name::PLAIN_STORE),
    ("generaldelta", name::GENERALDELTA),
    ("share-safe", name::SHARE_SAFE),
    ("sparserevlog", name::SPARSE_REVLOG),
    ("delta-info-flags", "exp-delta-info-revlog"),
    ("persistent-nodemap", name::PERSISTENT_NODEMAP),
    ("copies-sdc", "exp-copies-sidedata-changeset"),
    ("revlog-v2", "exp-revlogv2.2"),
    ("changelog-v2", "exp-changelog-v2"),
];

/// A variant: what the repository has, what the configuration asks for, what is the default.
struct Variant {
    name: &'static str,
    values: [Vec<u8>; 3],
}

fn run(ctx: &CommandContext) -> Result<i32> {
    let repo = ctx.repo()?;
    let config = ctx.config();
    let plain = Config::empty(config.environment().clone());
    let wanted = [
        (*repo.requirements()).clone(),
        default_requirements(&config)?,
        default_requirements(&plain)?,
    ];
    let mut variants: Vec<Variant> = BY_REQUIREMENT
        .iter()
        .map(|(name, requirement)| Variant {
            name,
            values: wanted.each_ref().map(|set| yes_or_no(set.contains(requirement.as_bytes()))),
        })
        .collect();
    let always = std::array::from_fn(|_| yes_or_no(true));
    variants.push(Variant { name: "plain-cl-delta", values: always });
    let engines = wanted.each_ref().map(|set| compression(set).as_bytes().to_vec());
    let levels = [level(&config, &engines[0]), level(&config, &engines[1]), b"default".to_vec()];
    variants.push(Variant { name: "compression", values: engines });
    variants.push(Variant { name: "compression-level", values: levels });
    show(ctx, &variants)
}

fn yes_or_no(yes: bool) -> Vec<u8> {
    if yes { b"yes".to_vec() } else { b"no".to_vec() }
}

fn compression(requirements: &Requirements) -> &'static str {
    let has = |name: &str| requirements.contains(name.as_bytes());
    if has(name::ZSTD) {
        "zstd"
    } else if has(name::NO_COMPRESSION) || has("revlog-compression-none") {
        "none"
    } else {
        "zlib"
    }
}

/// What is configured for a compression engine.
fn level(config: &Config, engine: &[u8]) -> Vec<u8> {
    let item = [b"revlog.", engine, b".level"].concat();
    config.get_set("storage", item).map_or_else(|| b"default".to_vec(), <[u8]>::to_vec)
}

fn show(ctx: &CommandContext, variants: &[Variant]) -> Result<i32> {
    let mut fm = ctx.formatter_without_history("debugformat")?;
    let verbose = ctx.ui.is_verbose();
    fm.plain(format!("{:<WIDTH$}{:>4}", "format-variant", "repo"), "");
    if verbose {
        fm.plain(" config default", "");
    }
    fm.plain("\n", "");
    let wanted = |name: &str| {
        let found = |part: &Vec<u8>| name.as_bytes().windows(part.len().max(1)).any(|w| w == part);
        ctx.args.is_empty() || ctx.args.iter().any(found)
    };
    for variant in variants.iter().filter(|variant| wanted(variant.name)) {
        item(&mut fm, variant, verbose);
    }
    fm.end()?;
    Ok(0)
}

/// Columns of the names.
const WIDTH: usize = 31;

fn item(fm: &mut Formatter, variant: &Variant, verbose: bool) {
    let [repo, config, default] = &variant.values;
    let state = match (repo == config, repo == default) {
        (false, _) => "mismatchconfig",
        (true, false) => "mismatchdefault",
        (true, true) => "uptodate",
    };
    let text = |value: &[u8]| String::from_utf8_lossy(value).into_owned();
    fm.start_item();
    let name = format!("{:<WIDTH$}", format!("{}:", variant.name));
    fm.write(&[("name", variant.name.into())], name, &format!("formatvariant.name.{state}"));
    let shown = format!(" {:>3}", text(repo));
    fm.write(&[("repo", value(repo))], shown, &format!("formatvariant.repo.{state}"));
    let special = if config == default { "default" } else { "special" };
    let (shown, label) =
        (format!(" {:>6}", text(config)), format!("formatvariant.config.{special}"));
    fm.cond_write(verbose, &[("config", value(config))], shown, &label);
    let shown = format!(" {:>7}", text(default));
    fm.cond_write(verbose, &[("default", value(default))], shown, "formatvariant.default");
    fm.plain("\n", "");
}

fn value(text: &[u8]) -> Value {
    match text {
        b"yes" => Value::Bool(true),
        b"no" => Value::Bool(false),
        text => text.into(),
    }
}
