//! Options that every command takes.

use super::{Opt, flag, list, text};

/// The global options, in the order of `hg help -v`.
pub static OPTIONS: &[Opt] = &[
    text("R", "repository", "REPO", "repository root directory or name of overlay bundle file"),
    text("", "cwd", "DIR", "change working directory"),
    flag(
        "y",
        "noninteractive",
        "do not prompt, automatically pick the first choice for all prompts",
    ),
    flag("q", "quiet", "suppress output"),
    flag("v", "verbose", "enable additional output"),
    text("", "color", "TYPE", "when to colorize (boolean, always, auto, never, or debug)"),
    list("", "config", "CONFIG", "set/override config option (use 'section.name=value')"),
    list("", "config-file", "HGRC", "load config file to set/override config options"),
    flag("", "debug", "enable debugging output"),
    flag("", "debugger", "start debugger"),
    text("", "encoding", "ENCODE", "set the charset encoding"),
    text("", "encodingmode", "MODE", "set the charset encoding mode").or("strict"),
    flag("", "traceback", "always print a traceback on exception"),
    flag("", "time", "time how long the command takes"),
    flag("", "profile", "print command execution profile"),
    flag("", "version", "output version information and exit"),
    flag("h", "help", "display help and exit"),
    flag("", "hidden", "consider hidden changesets"),
    text("", "pager", "TYPE", "when to paginate (boolean, always, auto, or never)").or("auto"),
];
