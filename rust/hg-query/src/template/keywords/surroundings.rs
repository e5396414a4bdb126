//! What does not depend on a changeset.

use std::rc::Rc;

use hg_types::{Error, Result};

use super::super::engine::Engine;
use super::super::host::{SubOptions, Verbosity};
use super::super::scope::Scope;
use super::super::value::{Change, Dict, Item, List, Name, PairForm, Value, Vars};
use super::{Keyword, Needs, name, shown_by_style, style_shows};

pub(super) const KEYWORDS: &[Keyword] = &[
    Keyword { name: "envvars", needs: Needs::Nothing, run: envvars },
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

/// The environment, as far as the configuration lets templates see it.
fn envvars(engine: &Engine, scope: &Scope) -> Result<Value> {
    let mut variables = engine.host.environment();
    variables.sort();
    let pairs: Vec<(Vec<u8>, Value)> =
        variables.into_iter().map(|(name, value)| (name, Value::Bytes(value))).collect();
    let shown = if style_shows(engine, "envvar", "envvars") {
        let items = pairs.iter().map(|(key, value)| {
            Vars::new([("key", Value::from(&key[..])), ("value", value.clone())])
        });
        shown_by_style(engine, scope, "envvar", "envvars", items.collect())?
    } else {
        None
    };
    let (key, value) = (name("key"), name("value"));
    Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form: PairForm::Run, shown })))
}

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
            let form = PairForm::Options;
            Value::Dict(Rc::new(Dict { pairs: options(location), key, value, form, shown: None }))
        });
        let names = locations.iter().flatten().map(|(name, _)| name.as_bytes());
        let list = List {
            items: all.collect(),
            shown: Some(names.collect::<Vec<_>>().concat()),
            ..List::default()
        };
        // Nothing that can be taken apart in templates.
        let urls =
            Item { value: Some(Value::List(Rc::new(list))), vars: Vars::default(), template: None };
        values.push((name("urls"), Value::Item(Rc::new(urls))));
        let vars = Vars { values, change: Change::Keep };
        pairs.push((peer, Value::Item(Rc::new(Item { value: url, vars, template: None }))));
    }
    let (key, value) = (name("name"), name("url"));
    let form = PairForm::Open;
    Ok(Value::Dict(Rc::new(Dict { pairs, key, value, form, shown: None })))
}
