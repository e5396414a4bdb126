//! From an `ssh://` location to words of a command line.

use hg_types::{Error, ErrorKind, Result};

use crate::url::Url;

/// Where a repository is, for `ssh`.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Location {
    /// The host, with the user before an `@`.
    pub host: Vec<u8>,
    /// The port, as written.
    pub port: Option<Vec<u8>>,
    /// The path there; relative to the user's home unless it begins with a slash.
    pub path: Vec<u8>,
}

impl Location {
    /// Takes an `ssh://` location apart.
    ///
    /// # Errors
    /// When it is none that may be used.
    pub fn parse(text: &[u8]) -> Result<Self> {
        let url = Url::parse(text)?;
        let Some(host) = url.host.as_ref().filter(|_| url.scheme.as_deref() == Some(b"ssh")) else {
            let message = [b"couldn't parse location ", text].concat();
            return Err(Error::new(ErrorKind::Repo, message));
        };
        refuse_injection(&url, text)?;
        if url.password.is_some() {
            return Err(Error::new(ErrorKind::Repo, "password in URL not supported"));
        }
        let host = match &url.user {
            Some(user) => [&user[..], host].join(&b'@'),
            None => host.clone(),
        };
        let mut path = url.path.clone().unwrap_or_default();
        if let Some(query) = &url.query {
            path = [&path[..], query].join(&b'?');
        }
        if path.is_empty() {
            path.push(b'.');
        }
        Ok(Self { host, port: url.port, path })
    }

    /// The words that say where `ssh` goes.
    pub(super) fn arguments(&self) -> Vec<u8> {
        let host = quote(&self.host);
        match &self.port {
            Some(port) => [b"-p ", &quote(port)[..], b" ", &host].concat(),
            None => host,
        }
    }
}

/// A host that looks like an option would be taken for one by `ssh`.
///
/// # Errors
/// When it does.
pub fn refuse_injection(url: &Url, location: &[u8]) -> Result<()> {
    // The first part of what becomes one word is what could be an option.
    let first = url.user.as_ref().or(url.host.as_ref());
    let option = first.is_some_and(|word| word.starts_with(b"-"));
    let parts = [&url.user, &url.host, &url.port, &url.path];
    if !option && !parts.into_iter().flatten().any(|part| part.contains(&0)) {
        return Ok(());
    }
    let location = hg_format::percent::unquote(location);
    let parts: [&[u8]; 3] = [b"potentially unsafe url: '", &location, b"'"];
    Err(Error::abort(parts.concat()))
}

/// Quotes a word for the shells on both sides.
pub(super) fn quote(word: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric() || b"._/+-".contains(b);
    if !word.is_empty() && word.iter().all(plain) {
        return word.to_vec();
    }
    [b"'", &bstr::ByteSlice::replace(word, "'", "'\\''")[..], b"'"].concat()
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;

    use super::*;

    #[test]
    fn words_are_quoted_where_a_shell_would_care() {
        for (location, arguments, path) in [
            ("ssh://h", "h", "."),
            ("ssh://u@h:22//abs", "-p 22 'u@h'", "/abs"),
            ("ssh://h/a'b", "h", "a'b"),
            ("ssh://h/p?q=1#branch", "h", "p?q=1"),
            ("ssh://h%20x/%2Fx", "'h x'", "/x"),
        ] {
            let parsed = Location::parse(location.as_bytes()).expect("valid");
            assert_eq!(parsed.arguments().as_bstr(), arguments);
            assert_eq!(parsed.path.as_bstr(), path);
        }
        assert_eq!(quote(b"a'b").as_bstr(), "'a'\\''b'");
    }

    #[test]
    fn options_and_passwords_are_refused() {
        for (location, message) in [
            ("ssh://-oProxyCommand=x/p", "potentially unsafe url: 'ssh://-oProxyCommand=x/p'"),
            ("ssh://%2DoX/p", "potentially unsafe url: 'ssh://-oX/p'"),
            ("ssh://-u@h/p", "potentially unsafe url: 'ssh://-u@h/p'"),
            ("ssh://u:p@h/x", "password in URL not supported"),
            ("ssh:///p", "couldn't parse location ssh:///p"),
        ] {
            let error = Location::parse(location.as_bytes()).expect_err(location);
            assert_eq!(error.message.as_bstr(), message);
        }
    }
}
