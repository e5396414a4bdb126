use super::*;
use crate::spec::{flag, int, list, text};

static TABLE: &[Opt] = &[
    flag("f", "follow", ""),
    flag("", "follow-first", ""),
    list("r", "rev", "REV", ""),
    text("l", "limit", "NUM", ""),
    flag("M", "no-merges", ""),
    int("p", "strip", "NUM", "").or("1"),
];

fn run(args: &[&str]) -> Result<(Opts, Vec<String>), String> {
    let args: Vec<Vec<u8>> = args.iter().map(|arg| arg.as_bytes().to_vec()).collect();
    let table: Vec<&Opt> = TABLE.iter().collect();
    match parse(&args, &table, Order::Mixed) {
        Ok((opts, rest)) => {
            Ok((opts, rest.into_iter().map(|arg| String::from_utf8(arg).unwrap()).collect()))
        }
        Err(UsageError(text)) => Err(String::from_utf8(text).unwrap()),
    }
}

#[test]
fn mixes_options_and_arguments() {
    let (opts, rest) = run(&["a", "-fr", "-1", "b", "--rev=2", "--lim", "3", "--", "-x"]).unwrap();
    assert!(opts.flag("follow"));
    assert_eq!(opts.list("rev"), [b"-1".to_vec(), b"2".to_vec()]);
    assert_eq!(opts.int("limit"), Some(3));
    assert_eq!(opts.int("strip"), Some(1));
    assert_eq!(rest, ["a", "b", "-x"]);
}

#[test]
fn negation_turns_flags_off() {
    let (opts, _) = run(&["--follow", "--no-follow", "--merges"]).unwrap();
    assert_eq!(opts.tristate("follow"), Some(false));
    assert_eq!(opts.tristate("no-merges"), Some(false));
    assert_eq!(opts.tristate("follow-first"), None);
}

#[test]
fn errors_in_the_words_users_know() {
    assert_eq!(run(&["--foo"]).unwrap_err(), "option --foo not recognized");
    assert_eq!(run(&["--fo"]).unwrap_err(), "option --fo not a unique prefix");
    assert_eq!(run(&["--limit"]).unwrap_err(), "option --limit requires argument");
    assert_eq!(run(&["-l"]).unwrap_err(), "option -l requires argument");
    assert_eq!(run(&["-Z"]).unwrap_err(), "option -Z not recognized");
    assert_eq!(run(&["--follow=1"]).unwrap_err(), "option --follow must not have an argument");
    assert_eq!(run(&["-p", "x"]).unwrap_err(), "invalid value 'x' for option -p, expected int");
}
