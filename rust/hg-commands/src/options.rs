//! Option values of one invocation and the parser that makes them: the conventions of GNU getopt,
//! unique prefixes of long names, `--no-NAME` for flags.

use std::collections::BTreeMap;

use bstr::ByteSlice as _;

use crate::spec::{Opt, OptKind};

/// The value of an option that was given.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum OptValue {
    /// A flag, and whether it is on.
    Flag(bool),
    /// The last text given.
    Text(Vec<u8>),
    /// The last number given.
    Int(i64),
    /// All texts given.
    List(Vec<Vec<u8>>),
}

/// Option values by long name.
#[derive(Clone, Default, Debug)]
pub struct Opts {
    given: BTreeMap<&'static str, OptValue>,
    defaults: BTreeMap<&'static str, OptValue>,
}

impl Opts {
    /// No values given, with the defaults of `table`.
    #[must_use]
    pub fn with_defaults<'a>(table: impl Iterator<Item = &'a Opt>) -> Self {
        let mut out = Self::default();
        for opt in table {
            out.add_default(opt);
        }
        out
    }

    fn add_default(&mut self, opt: &Opt) {
        if opt.default.is_empty() {
            return;
        }
        let text = opt.default.as_bytes();
        let value = match opt.kind {
            OptKind::Flag => OptValue::Flag(opt.default == "on"),
            OptKind::Text => OptValue::Text(text.to_vec()),
            OptKind::Int => OptValue::Int(hg_config::value::parse_int(text).unwrap_or(0)),
            OptKind::List => OptValue::List(vec![text.to_vec()]),
        };
        self.defaults.insert(opt.long, value);
    }

    /// The value of an option, given or default.
    #[must_use]
    pub fn value(&self, name: &str) -> Option<&OptValue> {
        self.given.get(name).or_else(|| self.defaults.get(name))
    }

    /// Whether a flag is on.
    #[must_use]
    pub fn flag(&self, name: &str) -> bool {
        self.value(name) == Some(&OptValue::Flag(true))
    }

    /// Whether a flag was turned on or off, `None` when it was not given and has no default.
    #[must_use]
    pub fn tristate(&self, name: &str) -> Option<bool> {
        match self.value(name) {
            Some(OptValue::Flag(on)) => Some(*on),
            _ => None,
        }
    }

    /// The text of an option, given or default.
    #[must_use]
    pub fn bytes(&self, name: &str) -> Option<&[u8]> {
        match self.value(name) {
            Some(OptValue::Text(text)) => Some(text),
            _ => None,
        }
    }

    /// The text of an option unless it is empty.
    #[must_use]
    pub fn nonempty(&self, name: &str) -> Option<&[u8]> {
        self.bytes(name).filter(|text| !text.is_empty())
    }

    /// The texts of an option that can be repeated; empty when it was not given.
    #[must_use]
    pub fn list(&self, name: &str) -> &[Vec<u8>] {
        match self.value(name) {
            Some(OptValue::List(texts)) => texts,
            _ => &[],
        }
    }

    /// The number of an option.
    #[must_use]
    pub fn int(&self, name: &str) -> Option<i64> {
        match self.value(name) {
            Some(OptValue::Int(number)) => Some(*number),
            Some(OptValue::Text(text)) => hg_config::value::parse_int(text),
            _ => None,
        }
    }

    /// Whether the user gave the option (with any value).
    #[must_use]
    pub fn given(&self, name: &str) -> bool {
        self.given.contains_key(name)
    }

    /// Whether the option has a value that counts as set: an enabled flag, a text or list that is
    /// not empty, a number.
    #[must_use]
    pub fn is_set(&self, name: &str) -> bool {
        match self.value(name) {
            None => false,
            Some(OptValue::Flag(on)) => *on,
            Some(OptValue::Text(text)) => !text.is_empty(),
            Some(OptValue::Int(number)) => *number != 0,
            Some(OptValue::List(texts)) => !texts.is_empty(),
        }
    }

    /// Sets a value as if the user had given it.
    pub fn set(&mut self, name: &'static str, value: OptValue) {
        self.given.insert(name, value);
    }

    /// Forgets a value that the user gave.
    pub fn unset(&mut self, name: &str) {
        self.given.remove(name);
    }

    /// The values that were given, by name.
    pub fn iter_given(&self) -> impl Iterator<Item = (&'static str, &OptValue)> {
        self.given.iter().map(|(name, value)| (*name, value))
    }

    /// Adds a value that was given elsewhere: lists grow, the others are replaced.
    pub fn add(&mut self, name: &'static str, value: &OptValue) {
        match (self.given.get_mut(name), value) {
            (Some(OptValue::List(texts)), OptValue::List(more)) => texts.extend_from_slice(more),
            _ => {
                self.given.insert(name, value.clone());
            }
        }
    }

    /// Takes a value; `name` is the option as complaints call it.
    fn store(
        &mut self,
        opt: &Opt,
        on: bool,
        text: Option<Vec<u8>>,
        name: &str,
    ) -> Result<(), UsageError> {
        let text = text.unwrap_or_default();
        match opt.kind {
            OptKind::Flag => self.set(opt.long, OptValue::Flag(on)),
            OptKind::Text => self.set(opt.long, OptValue::Text(text)),
            OptKind::Int => match hg_config::value::parse_int(&text) {
                Some(number) => self.set(opt.long, OptValue::Int(number)),
                None => {
                    let parts = [
                        b"invalid value '",
                        &*text,
                        b"' for option ",
                        name.as_bytes(),
                        b", expected int",
                    ];
                    return Err(UsageError(parts.concat()));
                }
            },
            OptKind::List => match self.given.get_mut(opt.long) {
                Some(OptValue::List(texts)) => texts.push(text),
                _ => self.set(opt.long, OptValue::List(vec![text])),
            },
        }
        Ok(())
    }
}

/// Arguments that do not fit the table: the text after `hg COMMAND: `.
#[derive(PartialEq, Eq, Debug)]
pub struct UsageError(pub Vec<u8>);

/// How options and other arguments may be mixed.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Order {
    /// Options anywhere before `--`.
    Mixed,
    /// Options end at the first other argument.
    OptionsFirst,
}

/// Parses `args`; returns the values and the other arguments.
pub fn parse(
    args: &[Vec<u8>],
    table: &[&Opt],
    order: Order,
) -> Result<(Opts, Vec<Vec<u8>>), UsageError> {
    let mut opts = Opts::with_defaults(table.iter().copied());
    let mut rest = Vec::new();
    let mut args = args.iter();
    while let Some(arg) = args.next() {
        if arg == b"--" {
            break;
        } else if let Some(long) = arg.strip_prefix(b"--") {
            long_option(long, table, &mut args, &mut opts)?;
        } else if arg.len() > 1 && arg.starts_with(b"-") {
            short_options(&arg[1..], table, &mut args, &mut opts)?;
        } else {
            rest.push(arg.clone());
            if order == Order::OptionsFirst {
                break;
            }
        }
    }
    rest.extend(args.cloned());
    Ok((opts, rest))
}

type Args<'a> = std::slice::Iter<'a, Vec<u8>>;

fn long_option(
    arg: &[u8],
    table: &[&Opt],
    args: &mut Args<'_>,
    opts: &mut Opts,
) -> Result<(), UsageError> {
    let (name, value) = match arg.split_once_str("=") {
        Some((name, value)) => (name, Some(value.to_vec())),
        None => (arg, None),
    };
    let (opt, on) = find_long(name, table)?;
    let full = if on { opt.long.to_owned() } else { negation(opt) };
    if opt.kind == OptKind::Flag {
        if value.is_some() {
            return Err(UsageError(
                format!("option --{full} must not have an argument").into_bytes(),
            ));
        }
        return opts.store(opt, on, None, "");
    }
    let Some(value) = value.or_else(|| args.next().cloned()) else {
        return Err(UsageError(format!("option --{full} requires argument").into_bytes()));
    };
    opts.store(opt, true, Some(value), &format!("--{full}"))
}

/// The name that turns a flag off: `no-NAME`, or `NAME` for a flag called `no-NAME`.
fn negation(opt: &Opt) -> String {
    match opt.long.strip_prefix("no-") {
        Some(positive) => positive.to_owned(),
        None => format!("no-{}", opt.long),
    }
}

/// The option that a long name or a unique prefix of it means, and whether it turns it on.
fn find_long<'a>(name: &[u8], table: &[&'a Opt]) -> Result<(&'a Opt, bool), UsageError> {
    if let Some(&opt) = table.iter().find(|opt| opt.long.as_bytes() == name) {
        return Ok((opt, true));
    }
    let mut found: Vec<(String, &Opt, bool)> = Vec::new();
    for &opt in table {
        let mut names = vec![(opt.long.to_owned(), true)];
        if opt.kind == OptKind::Flag {
            names.push((negation(opt), false));
        }
        for (candidate, on) in names {
            if candidate.as_bytes() == name {
                return Ok((opt, on));
            }
            if candidate.as_bytes().starts_with(name) {
                found.push((candidate, opt, on));
            }
        }
    }
    let complaint = |what: &[u8]| UsageError([b"option --", name, what].concat());
    match &*found {
        [] => Err(complaint(b" not recognized")),
        [(_, opt, on)] => Ok((*opt, *on)),
        _ => Err(complaint(b" not a unique prefix")),
    }
}

fn short_options(
    letters: &[u8],
    table: &[&Opt],
    args: &mut Args<'_>,
    opts: &mut Opts,
) -> Result<(), UsageError> {
    let mut rest = letters;
    while let Some((&letter, after)) = rest.split_first() {
        rest = after;
        let Some(opt) = table.iter().find(|opt| opt.short.as_bytes() == [letter]) else {
            return Err(UsageError([b"option -", &[letter][..], b" not recognized"].concat()));
        };
        if opt.kind == OptKind::Flag {
            opts.store(opt, true, None, "")?;
            continue;
        }
        let value = if rest.is_empty() { args.next().cloned() } else { Some(rest.to_vec()) };
        let Some(value) = value else {
            return Err(UsageError([b"option -", &[letter][..], b" requires argument"].concat()));
        };
        opts.store(opt, true, Some(value), &format!("-{}", char::from(letter)))?;
        break;
    }
    Ok(())
}

#[cfg(test)]
mod tests;
