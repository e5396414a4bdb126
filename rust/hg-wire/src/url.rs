//! Locations of repositories: local paths and URLs, with the `#branch` at their end.
//!
//! Described in `hg help urls`.

use hg_format::percent;
use hg_types::{Error, Result};

/// A location taken apart.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Url {
    /// `http`, `ssh`, `file`, `bundle`, ...; `None` for a local path.
    pub scheme: Option<Vec<u8>>,
    /// The user.
    pub user: Option<Vec<u8>>,
    /// The password.
    pub password: Option<Vec<u8>>,
    /// The host.
    pub host: Option<Vec<u8>>,
    /// The port, as written.
    pub port: Option<Vec<u8>>,
    /// The path; without a leading slash when there is a host.
    pub path: Option<Vec<u8>>,
    /// What follows `?`.
    pub query: Option<Vec<u8>>,
    /// What follows `#`.
    pub fragment: Option<Vec<u8>>,
    /// Whether the path is a local one.
    local: bool,
}

/// Bytes of a path that are not quoted.
const PATH_SAFE: &[u8] = b"/!~*'()+:\\";

/// Bytes of other parts that are not quoted.
const SAFE: &[u8] = b"!~*'()+";

impl Url {
    /// Takes a location apart.
    pub fn parse(text: &[u8]) -> Result<Self> {
        Self::parse_with(text, true)
    }

    /// Takes a location apart, its `#branch` only if `with_fragment`.
    pub fn parse_with(text: &[u8], with_fragment: bool) -> Result<Self> {
        let mut url = Self::default();
        let mut rest = text;
        if with_fragment && let Some(at) = rest.iter().position(|&b| b == b'#') {
            let fragment = &rest[at + 1..];
            url.fragment = (!fragment.is_empty()).then(|| fragment.to_vec());
            rest = &rest[..at];
        }
        let drive =
            |text: &[u8]| text.len() >= 2 && text[1] == b':' && text[0].is_ascii_alphabetic();
        if rest.starts_with(b"\\\\") || drive(rest) || !has_scheme(rest) {
            url.local = true;
            url.path = Some(rest.to_vec());
            return Ok(url);
        }
        let colon = rest.iter().position(|&b| b == b':').unwrap_or_default();
        let scheme = rest[..colon].to_ascii_lowercase();
        rest = &rest[colon + 1..];
        if scheme == b"bundle" || scheme == b"union" {
            url.scheme = Some(scheme);
            url.path = Some(rest.strip_prefix(b"//").unwrap_or(rest).to_vec());
            url.local = true;
            return Ok(url);
        }
        if scheme == b"file" {
            url.local = true;
        }
        url.scheme = Some(scheme);
        url.fragment = url.fragment.map(|fragment| percent::unquote(&fragment));
        match rest.strip_prefix(b"//") {
            Some(rest) => url.parse_authority(rest)?,
            None => url.path = Some(percent::unquote(rest)),
        }
        Ok(url)
    }

    fn parse_authority(&mut self, rest: &[u8]) -> Result<()> {
        let (authority, path) = match rest.iter().position(|&b| b == b'/') {
            Some(slash) => (&rest[..slash], Some(&rest[slash + 1..])),
            None => (rest, None),
        };
        let (mut path, mut query) = (path.map(<[u8]>::to_vec), None);
        if self.scheme.as_deref() != Some(b"file")
            && let Some(at) = path.as_ref().and_then(|path| path.iter().position(|&b| b == b'?'))
        {
            query = path.as_ref().map(|path| path[at + 1..].to_vec());
            path = path.map(|path| path[..at].to_vec());
        }
        self.query = query;
        if self.scheme.as_deref() == Some(b"file") {
            if !matches!(authority, b"" | b"localhost" | b"127.0.0.1" | b"[::1]") {
                return Err(Error::abort("file:// URLs can only refer to localhost"));
            }
            self.host = (!authority.is_empty()).then(|| authority.to_vec());
            // The slash belongs to a local path, except before a drive letter.
            let path = path.unwrap_or_default();
            let is_drive = path.len() >= 2 && path[1] == b':' && path[0].is_ascii_alphabetic();
            let slash: &[u8] = if is_drive { b"" } else { b"/" };
            self.path = Some(percent::unquote(&[slash, &path].concat()));
            return Ok(());
        }
        self.path = path.map(|path| percent::unquote(&path));
        let mut host = authority;
        if let Some(at) = host.iter().rposition(|&b| b == b'@') {
            let account = &host[..at];
            host = &host[at + 1..];
            let (user, password) = match account.iter().position(|&b| b == b':') {
                Some(colon) => (&account[..colon], Some(&account[colon + 1..])),
                None => (account, None),
            };
            self.user = Some(percent::unquote(user));
            self.password = password.filter(|p| !p.is_empty()).map(percent::unquote);
        }
        let port_at = host.iter().rposition(|&b| b == b':');
        let port_at =
            port_at.filter(|&at| !(host.starts_with(b"[") && host.ends_with(b"]") && at > 0));
        if let Some(at) = port_at {
            self.port = Some(percent::unquote(&host[at + 1..]));
            host = &host[..at];
        }
        self.host = (!host.is_empty()).then(|| percent::unquote(host));
        Ok(())
    }

    /// Whether the location is on this machine.
    #[must_use]
    pub fn is_local(&self) -> bool {
        self.local
    }

    /// The path in the local file system.
    #[must_use]
    pub fn local_path(&self) -> Vec<u8> {
        let path = self.path.clone().unwrap_or_default();
        match self.scheme.as_deref() {
            Some(b"bundle") => [b"bundle:", path.as_slice()].concat(),
            _ => path,
        }
    }

    /// The location as text.
    #[must_use]
    pub fn to_bytes(&self) -> Vec<u8> {
        let mut out = Vec::new();
        let fragment = |out: &mut Vec<u8>, quoted: bool| {
            if let Some(fragment) = &self.fragment {
                out.push(b'#');
                out.extend(if quoted {
                    percent::quote(fragment, PATH_SAFE)
                } else {
                    fragment.clone()
                });
            }
        };
        let path = self.path.as_deref().unwrap_or_default();
        let Some(scheme) = &self.scheme else {
            out.extend_from_slice(path);
            fragment(&mut out, false);
            return out;
        };
        out.extend_from_slice(scheme);
        out.push(b':');
        if scheme == b"bundle" || scheme == b"union" {
            out.extend_from_slice(path);
            fragment(&mut out, false);
            return out;
        }
        let has_account = self.user.is_some() || self.password.is_some() || self.host.is_some();
        if has_account || path.is_empty() || path.starts_with(b"/") {
            out.extend_from_slice(b"//");
        }
        if let Some(user) = &self.user {
            out.extend(percent::quote(user, SAFE));
            if let Some(password) = &self.password {
                out.push(b':');
                out.extend(percent::quote(password, SAFE));
            }
            out.push(b'@');
        }
        if let Some(host) = &self.host {
            let literal = host.starts_with(b"[") && host.ends_with(b"]");
            out.extend(if literal { host.clone() } else { percent::quote(host, SAFE) });
        }
        if let Some(port) = &self.port {
            out.push(b':');
            out.extend(percent::quote(port, SAFE));
        }
        if self.host.is_some() && !path.starts_with(b"/") | !self.local {
            out.push(b'/');
        }
        out.extend(percent::quote(path, PATH_SAFE));
        if let Some(query) = &self.query {
            out.push(b'?');
            out.extend_from_slice(query);
        }
        fragment(&mut out, true);
        out
    }

    /// The location as text with the password hidden.
    #[must_use]
    pub fn to_public_bytes(&self) -> Vec<u8> {
        let mut public = self.clone();
        if public.password.is_some() {
            public.password = Some(b"***".to_vec());
        }
        public.to_bytes()
    }
}

fn has_scheme(text: &[u8]) -> bool {
    let colon = text.iter().position(|&b| b == b':');
    colon.is_some_and(|at| {
        at > 0 && text[..at].iter().all(|&b| b.is_ascii_alphanumeric() || b"+.-".contains(&b))
    })
}

/// `location` as messages show it: without its password.
#[must_use]
pub fn hide_password(location: &[u8]) -> Vec<u8> {
    match Url::parse(location) {
        Ok(url) if url.password.is_some() => url.to_public_bytes(),
        _ => location.to_vec(),
    }
}

/// What the transaction of an exchange is called. Here, and only here, the location of a
/// repository on this machine has its slashes.
#[must_use]
pub fn in_transaction(what: &str, location: &[u8]) -> String {
    let url = hide_password(location);
    let url = String::from_utf8_lossy(&url);
    match url.strip_prefix("file:/").filter(|path| !path.starts_with('/')) {
        Some(path) => format!("{what}\nfile:///{path}"),
        None => format!("{what}\n{url}"),
    }
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn texts_come_back_normalised() {
        for (given, expected) in [
            ("ssh://u:p@h:22/x#br", "ssh://u:***@h:22/x#br"),
            ("http://user:pw@host/a b?q=1#f", "http://user:***@host/a%20b?q=1#f"),
            ("file:///tmp/w/a", "file:///tmp/w/a"),
            ("file://localhost/tmp/w/a", "file://localhost/tmp/w/a"),
            ("bundle:a+b.hg", "bundle:a+b.hg"),
            ("/abs#b", "/abs#b"),
            ("http:foo", "http:foo"),
            ("http://host", "http://host/"),
            ("http://", "http://"),
            ("http://h/%61#%61", "http://h/a#a"),
            ("https://[::1]:80/x", "https://[::1]:80/x"),
            ("ssh://h//abs", "ssh://h//abs"),
            ("http://u:@h/", "http://u@h/"),
            ("a:b", "a:b"),
        ] {
            let url = Url::parse(given.as_bytes()).expect("valid");
            assert_eq!(url.to_public_bytes().as_bstr(), expected);
        }
        assert!(Url::parse(b"file://foo").is_err());
    }

    proptest! {
        #[test]
        fn any_bytes_never_panic(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            if let Ok(url) = Url::parse(&bytes) {
                let _ = url.to_bytes();
            }
        }
    }
}
