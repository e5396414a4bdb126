//! `sort()`.

use std::cmp::Ordering;

use bstr::ByteSlice as _;
use hg_types::{Error, Result, Revision};

use crate::context::QueryContext;
use crate::graph::topological_order;
use crate::names;
use crate::revset::args::{keyword_arguments, parse_error, string};
use crate::revset::eval::{Order, eval, eval_all};
use crate::revset::smartset::{BaseSet, SmartSet};

use super::Call;
use super::meta::{description, user};

#[derive(Clone, Copy, PartialEq, Eq)]
enum Key {
    Rev,
    Branch,
    Desc,
    User,
    Date,
    Node,
    Topo,
    Random,
}

impl Key {
    fn named(name: &[u8]) -> Option<Self> {
        Some(match name {
            b"rev" => Self::Rev,
            b"branch" => Self::Branch,
            b"desc" => Self::Desc,
            b"user" | b"author" => Self::User,
            b"date" => Self::Date,
            b"node" => Self::Node,
            b"topo" => Self::Topo,
            b"random" => Self::Random,
            _ => return None,
        })
    }

    fn value(self, ctx: &QueryContext, rev: Revision) -> Result<Value> {
        Ok(match self {
            Self::Branch => Value::Text(names::branch(ctx, rev)?),
            Self::Desc => Value::Text(description(ctx, rev)?),
            Self::User => Value::Text(user(ctx, rev)?),
            Self::Date if rev.is_wdir() => Value::Number(ctx.clock.now()),
            Self::Date => Value::Number(ctx.entry(rev)?.date().seconds),
            Self::Node => Value::Text(ctx.node(rev).0.to_vec()),
            Self::Rev | Self::Topo | Self::Random => Value::Number(rev.get().into()),
        })
    }
}

#[derive(PartialEq, Eq, PartialOrd, Ord)]
enum Value {
    Number(i64),
    Text(Vec<u8>),
}

/// A key and whether it is reversed.
type KeySpec = (Key, bool);

/// `sort(set[, [-]key... [, ...]])`
pub(super) fn sort<'q>(call: Call<'q, '_>) -> Result<SmartSet<'q>> {
    let Call { ctx, subset, order, .. } = call;
    let declaration = "set keys topo.firstbranch random.seed";
    let arguments = keyword_arguments(call.arguments, "sort", declaration)?;
    let Some(set) = arguments.get("set") else {
        return Err(parse_error("sort requires one or two arguments"));
    };
    let keys = match arguments.get("keys") {
        Some(keys) => parse_keys(string(keys, "sort spec must be a string")?)?,
        None => vec![(Key::Rev, false)],
    };
    let has = |key| keys.iter().any(|(found, _)| *found == key);
    for (key, name) in [(Key::Topo, "topo"), (Key::Random, "random")] {
        if keys.len() > 1 && has(key) {
            let message = format!("{name} sort order cannot be combined with other sort keys");
            return Err(parse_error(message));
        }
    }
    let only_with = |option: &str, key: &str| {
        parse_error(format!("{option} can only be used when using the {key} sort key"))
    };
    if arguments.get("topo.firstbranch").is_some() && !has(Key::Topo) {
        return Err(only_with("topo.firstbranch", "topo"));
    }
    if arguments.get("random.seed").is_some() && !has(Key::Random) {
        return Err(only_with("random.seed", "random"));
    }
    let revs = eval(ctx, subset, set, order)?;
    if keys.is_empty() || order != Order::Define {
        return Ok(revs);
    }
    let first_branch = match arguments.get("topo.firstbranch") {
        Some(tree) => eval_all(ctx, tree)?.to_vec()?,
        None => Vec::new(),
    };
    match keys[..] {
        [(Key::Rev, reverse)] => Ok(revs.sorted(reverse)),
        [(Key::Topo, reverse)] => {
            let mut members = revs.to_vec()?;
            members.sort_unstable_by(|a, b| b.cmp(a));
            let ordered = topological_order(ctx, members, &first_branch)?;
            let set = SmartSet::Base(BaseSet::from_list(ordered).topological());
            Ok(if reverse { set.reversed() } else { set })
        }
        [(Key::Random, reverse)] => {
            let seed = match arguments.get("random.seed") {
                Some(seed) => Some(string(seed, "random.seed must be a string")?),
                None => None,
            };
            let mut members = revs.to_vec()?;
            shuffle(&mut members, seed, ctx);
            let set = SmartSet::from_list(members);
            Ok(if reverse { set.reversed() } else { set })
        }
        _ => sort_by_keys(ctx, &revs, &keys),
    }
}

fn parse_keys(text: &[u8]) -> Result<Vec<KeySpec>> {
    text.fields()
        .map(|field| {
            let (name, reverse) = match field.strip_prefix(b"-") {
                Some(name) => (name, true),
                None => (field, false),
            };
            let unknown = || Error::parse([b"unknown sort key '", field, b"'"].concat(), None);
            Ok((Key::named(name).ok_or_else(unknown)?, reverse))
        })
        .collect()
}

fn sort_by_keys<'q>(
    ctx: &'q QueryContext,
    revs: &SmartSet<'q>,
    keys: &[KeySpec],
) -> Result<SmartSet<'q>> {
    let mut decorated = Vec::new();
    for rev in revs.iter() {
        let rev = rev?;
        let values = keys.iter().map(|(key, _)| key.value(ctx, rev));
        decorated.push((values.collect::<Result<Vec<_>>>()?, rev));
    }
    decorated.sort_by(|(a, _), (b, _)| {
        let pairs = a.iter().zip(b).zip(keys);
        let decisive =
            pairs.map(|((a, b), (_, reverse))| if *reverse { b.cmp(a) } else { a.cmp(b) });
        decisive.into_iter().find(|order| order.is_ne()).unwrap_or(Ordering::Equal)
    });
    Ok(SmartSet::from_list(decorated.into_iter().map(|(_, rev)| rev).collect()))
}

/// Shuffles; the same seed gives the same order.
fn shuffle(members: &mut [Revision], seed: Option<&[u8]>, ctx: &QueryContext) {
    use std::hash::{BuildHasher as _, DefaultHasher, Hash as _, Hasher as _, RandomState};
    let mut hasher = DefaultHasher::new();
    match seed {
        Some(seed) => seed.hash(&mut hasher),
        None => (ctx.clock.now(), RandomState::new().hash_one(0)).hash(&mut hasher),
    }
    let mut state = hasher.finish();
    for at in (1..members.len()).rev() {
        // SplitMix64.
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        let range = u64::try_from(at + 1).unwrap_or(u64::MAX);
        let chosen = usize::try_from((mixed ^ (mixed >> 31)) % range).unwrap_or(0);
        members.swap(at, chosen);
    }
}
