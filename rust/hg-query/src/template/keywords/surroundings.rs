//! What does not depend on a changeset.

use std::rc::Rc;

use hg_types::{Error, Result};

use super::super::engine::Engine;
use super::super::host::{SubOptions, Verbosity};
use super::super::scope::Scope;
use super::super::value::{Change, Dict, Item, Name, PairForm, Value, Vars};
use super::{Keyword, Needs, name};

pub(super) const KEYWORDS: &[Keyword] = &[
    Keyword {
        name: "envvars",
        needs: Needs::Nothing,
        run: |engine, _| {
            let mut pairs: Vec<(Vec<u8>, Value)> = engine
                .host
                .environment()
                .into_iter()
                .map(|(name, value)| (name, Value::Bytes(value)))
                .collect();
            pairs.sort_by(|left, right| left.0.cmp(&right.0));
            Ok(Value::dict(pairs, "key", "value"))
        },
    },
    Keyword { name: "graphwidth", needs: Needs::Nothing, run: |_, _| Ok(Value::Int(0)) },
    Keyword {
        name: "index",
        needs: Needs::Nothing,
        run: |_, _| Err(Error::parse("can't use index in this context", None)),
    },
    Keyword { name: "peerurls", needs: Needs::Repo, run: peerurls },
    Keyword {
        name: "reporoot",
        needs: Needs::Repo,
        run: |engine, _| Ok(Value::from(engine.need_repo()?.root_bytes())),
    },
    Keyword {
        name: "termwidth",
        needs: Needs::Nothing,
        run: |engine, _| Ok(Value::from(engine.host.width())),
    },
    Keyword {
        name: "verbosity",
        needs: Needs::Nothing,
        run: |engine, _| {
            Ok(Value::from(match engine.host.verbosity() {
                Verbosity::Quiet => "quiet",
                Verbosity::Normal => "",
                Verbosity::Verbose => "verbose",
                Verbosity::Debug => "debug",
            }))
        },
    },
];

/// `[paths]`: each name with its address; in `%`, sub-options too.
fn peerurls(engine: &Engine, _: &Scope) -> Result<Value> {
    let mut pairs: Vec<(Vec<u8>, Value)> = Vec::new();
    for (peer, locations) in engine.host.peer_urls()? {
        let options = |location: &SubOptions| -> Vec<(Vec<u8>, Value)> {
            let option =
                |(name, value): &(&str, Vec<u8>)| (name.as_bytes().to_vec(), value.clone().into());
            location.iter().map(option).collect()
        };
        let of_first = locations.first().map(options).unwrap_or_default();
        let url = of_first.first().map(|(_, url)| url.clone());
        let mut values: Vec<(Name, Value)> =
            of_first.into_iter().map(|(name, value)| (name.into(), value)).collect();
        let all = locations.iter().map(|location| {
            let (key, value) = (name("key"), name("value"));
            let dict =
                Dict { pairs: options(location), key, value, form: PairForm::Key, shown: None };
            Value::Dict(Rc::new(dict))
        });
        values.push((name("urls"), Value::list(all.collect(), "url")));
        let vars = Vars { values, change: Change::Keep };
        pairs.push((peer, Value::Item(Rc::new(Item { value: url, vars, template: None }))));
    }
    let (key, value) = (name("name"), name("url"));
    let form = PairForm::Open;
    Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form, shown: None })))
}
