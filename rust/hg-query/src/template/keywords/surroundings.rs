//! What does not depend on a changeset.

use hg_types::{Error, Result};

use super::super::engine::Engine;
use super::super::host::Verbosity;
use super::super::scope::Scope;
use super::super::value::{Dict, PairForm, Value};
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
    let config = engine.host.config();
    let mut pairs: Vec<(Vec<u8>, Value)> = config
        .items("paths")
        .filter(|(name, _)| !name.contains(&b':'))
        .map(|(name, url)| (name.to_vec(), Value::from(url)))
        .collect();
    pairs.sort_by(|left, right| left.0.cmp(&right.0));
    let (key, value) = (name("name"), name("url"));
    let form = PairForm::Equals;
    Ok(Value::Dict(std::rc::Rc::new(Dict { pairs, key, value, form, shown: None })))
}
