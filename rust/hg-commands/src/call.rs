//! Commands as functions, for programs and extensions: `commit(ui, repo, files, options)`.

use std::sync::Arc;

use hg_store::Repo;
use hg_types::{Error, Result};

use crate::dispatch::{command, is_usage};
use crate::options::{OptValue, Opts};
use crate::spec::{OptKind, Spec};
use crate::{CommandContext, Ui};

/// A command and what it is called with.
pub struct Invocation {
    /// The command's own name.
    pub name: Vec<u8>,
    /// The arguments that are no options.
    pub args: Vec<Vec<u8>>,
    /// Options by long name, with underscores or dashes. What equals the default counts as not given.
    pub options: Vec<(String, OptValue)>,
}

/// Runs a built-in command in this process and returns its exit code. Hooks around commands do not run.
///
/// # Errors
/// What the command fails with; an unknown command.
pub fn call(ui: &Arc<Ui>, repo: Option<&Repo>, invocation: Invocation) -> Result<i32> {
    let Invocation { name, args, options } = invocation;
    let Some(command) = command(&name) else {
        let parts = [b"command '", &*name, b"' is not implemented yet"];
        return Err(Error::abort(parts.concat()));
    };
    let extra = extra_of(&options);
    let opts = options_of(command.spec, options);
    let repo = repo.cloned();
    let context = CommandContext {
        ui: ui.clone(),
        opts,
        globals: Opts::default(),
        args,
        command,
        extra,
        repo,
        within: None,
    };
    context.run()
}

/// Whether an error says that a command's arguments are wrong.
#[must_use]
pub fn is_usage_error(error: &Error) -> bool {
    is_usage(error)
}

/// Further values for a changeset, given as `extra` with texts `KEY=VALUE`.
fn extra_of(given: &[(String, OptValue)]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let lists = given.iter().filter(|(name, _)| name == "extra");
    let texts = lists.filter_map(|(_, value)| match value {
        OptValue::List(texts) => Some(texts),
        _ => None,
    });
    let pair = |text: &Vec<u8>| {
        let at = text.iter().position(|&byte| byte == b'=')?;
        Some((text[..at].to_vec(), text[at + 1..].to_vec()))
    };
    texts.flatten().filter_map(pair).collect()
}

fn options_of(spec: &'static Spec, given: Vec<(String, OptValue)>) -> Opts {
    let mut opts = Opts::with_defaults(spec.options.iter());
    for (name, value) in given {
        let same = |long: &str| long == name || long.replace('-', "_") == name;
        let Some(opt) = spec.options.iter().find(|opt| same(opt.long)) else { continue };
        let value = match (opt.kind, value) {
            (OptKind::Flag, OptValue::Int(number)) => OptValue::Flag(number != 0),
            (OptKind::Flag, OptValue::Text(text)) => OptValue::Flag(!text.is_empty()),
            (OptKind::List, OptValue::Text(text)) => OptValue::List(vec![text]),
            (OptKind::Int, OptValue::Text(text)) => match hg_config::value::parse_int(&text) {
                Some(number) => OptValue::Int(number),
                None => continue,
            },
            (OptKind::Text, OptValue::Int(number)) => {
                OptValue::Text(number.to_string().into_bytes())
            }
            (_, value) => value,
        };
        let empty = match &value {
            OptValue::Text(text) => text.is_empty() && opt.default.is_empty(),
            OptValue::List(texts) => texts.is_empty(),
            OptValue::Flag(on) => !on && opt.default.is_empty(),
            OptValue::Int(_) => false,
        };
        if !empty && opts.value(opt.long) != Some(&value) {
            opts.set(opt.long, value);
        }
    }
    opts
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn defaults_count_as_not_given() {
        let spec = crate::spec::find(b"commit").expect("commit is known");
        let opts = options_of(
            spec,
            vec![
                ("message".to_owned(), OptValue::Text(b"x".to_vec())),
                ("logfile".to_owned(), OptValue::Text(Vec::new())),
                ("close_branch".to_owned(), OptValue::Flag(true)),
                ("amend".to_owned(), OptValue::Flag(false)),
                ("no_such".to_owned(), OptValue::Flag(true)),
            ],
        );
        assert_eq!(opts.bytes("message"), Some(&b"x"[..]));
        assert!(opts.flag("close-branch"));
        assert!(!opts.given("logfile") && !opts.given("amend") && !opts.given("no_such"));
    }
}
