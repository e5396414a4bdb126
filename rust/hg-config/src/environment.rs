//! What a run takes from its process: variables, current directory, the executable's place.

use std::collections::BTreeMap;
use std::path::PathBuf;

use hg_types::Encoding;

/// Everything that configuration and user interface take from the process, as a value.
#[derive(Clone, Default, Debug)]
pub struct Environment {
    /// The environment variables.
    pub variables: BTreeMap<Vec<u8>, Vec<u8>>,
    /// The current directory, absolute.
    pub cwd: PathBuf,
    /// The running executable, absolute, when known.
    pub executable: Option<PathBuf>,
}

impl Environment {
    /// The value of a variable.
    #[must_use]
    pub fn var(&self, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        self.variables.get(name.as_ref()).map(Vec::as_slice)
    }

    /// The value of a variable, unless it is unset or empty.
    #[must_use]
    pub fn var_nonempty(&self, name: impl AsRef<[u8]>) -> Option<&[u8]> {
        self.var(name).filter(|value| !value.is_empty())
    }

    /// The name of the user's character set: `HGENCODING`, or what the locale says.
    #[must_use]
    pub fn encoding_name(&self) -> &[u8] {
        self.var_nonempty("HGENCODING").unwrap_or_else(|| self.locale_encoding())
    }

    /// The user's character set; `None` for an unknown one.
    #[must_use]
    pub fn encoding(&self) -> Option<Encoding> {
        let strict = self.var_nonempty("HGENCODINGMODE").unwrap_or(b"strict") == b"strict";
        Some(Encoding::named(self.encoding_name())?.strict(strict))
    }

    /// The character set that the locale's variables name.
    fn locale_encoding(&self) -> &[u8] {
        let names = ["LC_ALL", "LC_CTYPE", "LANG"];
        let value = names.iter().find_map(|name| self.var_nonempty(name)).unwrap_or_default();
        if let Some(dot) = value.iter().position(|&b| b == b'.') {
            let end = value.iter().position(|&b| b == b'@').unwrap_or(value.len());
            if dot + 1 < end {
                return &value[dot + 1..end];
            }
        }
        // Without a locale every system that is still in use speaks UTF-8.
        b"utf-8"
    }

    /// Sets a variable.
    pub fn set_var(&mut self, name: impl Into<Vec<u8>>, value: impl Into<Vec<u8>>) {
        self.variables.insert(name.into(), value.into());
    }

    /// The home directory: `HOME`, else the user database's.
    #[must_use]
    pub fn home(&self) -> Option<Vec<u8>> {
        if let Some(home) = self.var_nonempty("HOME") {
            return Some(home.to_vec());
        }
        crate::trust::current_user_home()
    }

    /// Whether output is to be plain for scripts (`HGPLAIN`, `HGPLAINEXCEPT`).
    #[must_use]
    pub fn plain(&self) -> Plain {
        if self.var("HGPLAIN").is_none() && self.var("HGPLAINEXCEPT").is_none() {
            return Plain::default();
        }
        let except = self.var("HGPLAINEXCEPT").unwrap_or_default();
        let mut exceptions: Vec<Vec<u8>> =
            except.split(|&b| b == b',').map(<[u8]>::to_vec).collect();
        if self.var("HGPLAIN") == Some(b"+strictflags") {
            exceptions.push(b"+strictflags".to_vec());
        }
        Plain { on: true, exceptions }
    }
}

/// Plain mode: output for scripts, without the user's customizations.
#[derive(Clone, Default, Debug)]
pub struct Plain {
    on: bool,
    exceptions: Vec<Vec<u8>>,
}

impl Plain {
    /// Whether plain mode is on at all.
    #[must_use]
    pub fn is_on(&self) -> bool {
        self.on
    }

    /// Whether plain mode holds for `feature` (`alias`, `color`, `i18n`, `progress`, `revsetalias`,
    /// `templatealias`, `exitcode`).
    #[must_use]
    pub fn covers(&self, feature: &str) -> bool {
        self.on && !self.exceptions.iter().any(|name| name == feature.as_bytes())
    }

    /// Whether early options must stand first and complete (`HGPLAIN=+strictflags`).
    #[must_use]
    pub fn strict_flags(&self) -> bool {
        self.on && self.exceptions.iter().any(|name| name == b"+strictflags")
    }
}
