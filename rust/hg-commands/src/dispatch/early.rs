//! Options that act before the command is known: they decide which configuration holds.

use hg_config::Config;

/// Values of the early options, taken from anywhere before `--`.
#[derive(Clone, Default, PartialEq, Eq, Debug)]
pub(crate) struct EarlyOptions {
    /// `--config`.
    pub(crate) config: Vec<Vec<u8>>,
    /// `--config-file`.
    pub(crate) config_files: Vec<Vec<u8>>,
    /// `--cwd`.
    pub(crate) cwd: Option<Vec<u8>>,
    /// `-R`, `--repository`, `--repo`.
    pub(crate) repository: Option<Vec<u8>>,
    /// The repository of the server that this run belongs to.
    pub(crate) inherited: Option<Vec<u8>>,
    /// `--debugger`.
    pub(crate) debugger: bool,
    /// `--traceback`.
    pub(crate) traceback: bool,
    /// `--profile`.
    pub(crate) profile: bool,
    /// Whether early options must stand first (`HGPLAIN=+strictflags`).
    pub(crate) strict: bool,
}

/// Early options with a value, by the words that introduce them.
const WITH_VALUE: &[(&[u8], Kind)] = &[
    (b"--config", Kind::Config),
    (b"--config-file", Kind::ConfigFile),
    (b"--cwd", Kind::Cwd),
    (b"--repository", Kind::Repository),
    (b"--repo", Kind::Repository),
];

#[derive(Clone, Copy)]
enum Kind {
    Config,
    ConfigFile,
    Cwd,
    Repository,
}

impl EarlyOptions {
    /// Looks through `args`; with `strict` only before the first word that is no early option.
    pub(crate) fn parse(args: &[Vec<u8>], strict: bool) -> Self {
        let mut out = Self { strict, ..Self::default() };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            if arg == b"--" {
                break;
            }
            match &**arg {
                b"--debugger" => out.debugger = true,
                b"--traceback" => out.traceback = true,
                b"--profile" => out.profile = true,
                b"-R" => {
                    if let Some(value) = args.next() {
                        out.store(Kind::Repository, value.clone());
                    }
                }
                _ if arg.starts_with(b"-R") => out.store(Kind::Repository, arg[2..].to_vec()),
                _ => match with_value(arg) {
                    Some((kind, Some(value))) => out.store(kind, value),
                    Some((kind, None)) => {
                        if let Some(value) = args.next() {
                            out.store(kind, value.clone());
                        }
                    }
                    None if strict && !arg.starts_with(b"-") => break,
                    None => {}
                },
            }
        }
        out
    }

    /// The repository that was named; the server's, if neither one nor a directory was.
    pub(crate) fn repository(&self) -> Option<&[u8]> {
        let inherited = self.inherited.as_deref().filter(|_| self.cwd.is_none());
        self.repository.as_deref().or(inherited)
    }

    fn store(&mut self, kind: Kind, value: Vec<u8>) {
        match kind {
            Kind::Config => self.config.push(value),
            Kind::ConfigFile => self.config_files.push(value),
            Kind::Cwd => self.cwd = Some(value),
            Kind::Repository => self.repository = Some(value),
        }
    }
}

/// The words of a command line that are no early options nor their values.
pub(crate) fn without(args: &[Vec<u8>], strict: bool) -> Vec<Vec<u8>> {
    let mut out = Vec::new();
    let mut rest = args.iter();
    while let Some(arg) = rest.next() {
        let is_flag = matches!(&**arg, b"--debugger" | b"--traceback" | b"--profile");
        if arg == b"--" || (strict && !arg.starts_with(b"-")) {
            out.push(arg.clone());
            out.extend(rest.by_ref().cloned());
        } else if arg == b"-R" || matches!(with_value(arg), Some((_, None))) {
            if rest.next().is_none() {
                out.push(arg.clone());
            }
        } else if !is_flag && !arg.starts_with(b"-R") && with_value(arg).is_none() {
            out.push(arg.clone());
        }
    }
    out
}

/// The early option that `arg` is, with the value after `=`.
fn with_value(arg: &[u8]) -> Option<(Kind, Option<Vec<u8>>)> {
    WITH_VALUE.iter().find_map(|&(word, kind)| {
        let rest = arg.strip_prefix(word)?;
        match rest.split_first() {
            None => Some((kind, None)),
            Some((b'=', value)) => Some((kind, Some(value.to_vec()))),
            Some(_) => None,
        }
    })
}

/// Items that say how much is told, with the words of a command line that set them.
pub(crate) const LEVELS: [(&str, &[&[u8]]); 3] = [
    ("quiet", &[b"-q", b"--quiet"]),
    ("verbose", &[b"-v", b"--verbose"]),
    ("debug", &[b"--debug"]),
];

/// The configuration while extensions are loaded: they hear how much to tell before the command line is parsed.
pub(crate) fn with_levels(config: &Config, args: &[Vec<u8>]) -> Config {
    let mut out = config.clone();
    let given = |words: &[&[u8]]| {
        args.iter().take_while(|arg| *arg != b"--").any(|arg| words.contains(&arg.as_slice()))
    };
    for (item, words) in LEVELS {
        if given(words) {
            out.set("ui", item, "on", words[0]);
        }
    }
    out
}
