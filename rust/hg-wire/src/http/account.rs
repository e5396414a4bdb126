//! Names and passwords: those of the location, of `[auth]`, and those that the user gives.

use std::collections::BTreeMap;
use std::sync::Arc;

use hg_config::Config;
use hg_types::{Error, ErrorKind, Result};

use super::digest::Challenge;
use super::{Asker, HttpContext};
use crate::url::Url;

/// A user with a password.
pub(super) type Account = (Vec<u8>, Vec<u8>);

/// Who the user is at a server.
pub(super) struct Accounts {
    config: Config,
    asker: Option<Arc<dyn Asker>>,
    reporter: Arc<dyn hg_types::Reporter + Send + Sync>,
    user: Option<Vec<u8>>,
    password: Option<Vec<u8>>,
    /// The location without them.
    place: Vec<u8>,
    known: Option<Account>,
}

impl Accounts {
    pub(super) fn new(context: &HttpContext, url: &Url) -> Self {
        let mut this = Self {
            config: context.config.clone(),
            asker: context.asker.clone(),
            reporter: Arc::clone(&context.reporter),
            user: None,
            password: None,
            place: Vec::new(),
            known: None,
        };
        this.leave_for(url);
        this
    }

    /// Forgets who the user is: at another server, that is another question.
    pub(super) fn leave_for(&mut self, url: &Url) {
        let mut place = url.clone();
        (place.user, place.password) = (None, None);
        self.place = place.to_bytes();
        (self.user, self.password) = (url.user.clone(), url.password.clone());
        self.known = None;
    }

    /// The account for a server that has asked for one.
    ///
    /// # Errors
    /// When there is none, and nobody who could give one.
    pub(super) fn find(&mut self, challenge: &Challenge) -> Result<Account> {
        if let Some(account) = &self.known {
            self.tell(account);
            return Ok(account.clone());
        }
        let (mut user, mut password) = (self.user.clone(), self.password.clone());
        if (user.is_none() || password.is_none())
            && let Some(found) = self.entry(user.as_deref())
        {
            user = found.user.or(user);
            password = found.password.or(password);
        }
        let account = match (user, password) {
            (Some(user), Some(password)) => (user, password),
            (user, password) => self.ask(challenge, user, password)?,
        };
        self.tell(&account);
        Ok(self.known.insert(account).clone())
    }

    /// The entry of `[auth]` for this place.
    fn entry(&self, user: Option<&[u8]>) -> Option<Entry> {
        let found = find_entry(&self.config, &self.place, user)?;
        let text = [b"using auth.", &found.name[..], b".* for authentication\n"].concat();
        self.reporter.debug(&text);
        Some(found)
    }

    /// The files that say who the user is when a connection is made.
    pub(super) fn identity(&self) -> Option<hg_tls::Identity> {
        let found = self.entry(self.user.as_deref())?;
        let (certificate, key) = (found.certificate?, found.key?);
        Some(hg_tls::Identity { certificate, key })
    }

    /// Asks for what the key in a file is encrypted with.
    pub(super) fn ask_passphrase(&self, file: &[u8]) -> Result<Option<Vec<u8>>> {
        let Some(asker) = self.asker.as_ref().filter(|asker| asker.is_interactive()) else {
            let message = "error: Inappropriate ioctl for device";
            return Err(Error::new(ErrorKind::Remote, message));
        };
        asker.ask_password(Some(&[b"passphrase for ", file, b": "].concat()))
    }

    fn ask(
        &self,
        challenge: &Challenge,
        user: Option<Vec<u8>>,
        password: Option<Vec<u8>>,
    ) -> Result<Account> {
        let wanted = [b"http authorization required for ", &self.place[..]].concat();
        let Some(asker) = self.asker.as_ref().filter(|asker| asker.is_interactive()) else {
            return Err(Error::abort(wanted));
        };
        asker.show(&[&wanted[..], b"\n"].concat());
        let realm = challenge.get("realm").unwrap_or_default();
        asker.show(&[b"realm: ", realm, b"\n"].concat());
        let user = match user {
            Some(user) => {
                asker.show(&[b"user: ", &user[..], b"\n"].concat());
                user
            }
            None => asker.ask(b"user:")?,
        };
        let password = match password {
            Some(password) => password,
            None => asker.ask_password(None)?.unwrap_or_default(),
        };
        Ok((user, password))
    }

    fn tell(&self, (user, password): &Account) {
        let hidden =
            if password.is_empty() { b"not set".to_vec() } else { vec![b'*'; password.len()] };
        let text = [b"http auth: user ", &user[..], b", password ", &hidden, b"\n"].concat();
        self.reporter.debug(&text);
    }
}

/// The server knows the account no longer, or never did.
pub(super) fn refused() -> Error {
    Error::new(ErrorKind::Abort, "authorization failed")
}

/// What `[auth]` has for a location.
#[derive(Default, Debug, PartialEq, Eq)]
struct Entry {
    name: Vec<u8>,
    user: Option<Vec<u8>>,
    password: Option<Vec<u8>>,
    certificate: Option<Vec<u8>>,
    key: Option<Vec<u8>>,
}

/// The entry with the longest prefix of `place` (`hg help config.auth`).
fn find_entry(config: &Config, place: &[u8], user: Option<&[u8]>) -> Option<Entry> {
    let at = place.windows(3).position(|w| w == b"://")?;
    let (scheme, rest) = (&place[..at], &place[at + 3..]);
    let mut groups: BTreeMap<&[u8], BTreeMap<&[u8], Vec<u8>>> = BTreeMap::new();
    for (name, value) in config.items("auth") {
        let Some(dot) = name.iter().rposition(|&b| b == b'.') else { continue };
        let value = match &name[dot + 1..] {
            b"username" | b"cert" | b"key" => {
                hg_config::expand_variables(config.environment(), value)
            }
            _ => value.to_vec(),
        };
        groups.entry(&name[..dot]).or_default().insert(&name[dot + 1..], value);
    }
    let mut best: Option<((usize, bool), &[u8], &BTreeMap<&[u8], Vec<u8>>)> = None;
    for (name, group) in &groups {
        let get = |name: &[u8]| group.get(name).map(Vec::as_slice);
        let Some(mut prefix) = get(b"prefix").filter(|prefix| !prefix.is_empty()) else { continue };
        let mut schemes: Vec<&[u8]> =
            get(b"schemes").unwrap_or(b"https").split(|&b| b == b' ').collect();
        if let Some(at) = prefix.windows(3).position(|w| w == b"://") {
            schemes = vec![&prefix[..at]];
            prefix = &prefix[at + 3..];
        }
        let fits_user = user.is_none_or(|user| get(b"username").is_none_or(|known| known == user));
        let fits = prefix == b"*" || rest.starts_with(prefix);
        if !fits || !fits_user || !schemes.contains(&scheme) {
            continue;
        }
        let length = if prefix == b"*" { 0 } else { prefix.len() };
        let rank = (length, get(b"username").is_some());
        if best.is_none_or(|(known, ..)| rank > known) {
            best = Some((rank, name, group));
        }
    }
    let (_, name, group) = best?;
    let get = |name: &[u8]| group.get(name).cloned();
    Some(Entry {
        name: name.to_vec(),
        user: get(b"username"),
        password: get(b"password"),
        certificate: get(b"cert"),
        key: get(b"key"),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_longest_prefix_wins() {
        let mut config = Config::default();
        for (name, value) in [
            ("a.prefix", "example.org"),
            ("a.username", "a"),
            ("a.password", "p"),
            ("b.prefix", "https://example.org/deep"),
            ("b.username", "b"),
            ("c.prefix", "*"),
            ("c.schemes", "http https"),
            ("c.password", "c"),
        ] {
            config.set("auth", name, value.as_bytes(), "test");
        }
        let find = |place: &str, user: Option<&str>| {
            find_entry(&config, place.as_bytes(), user.map(str::as_bytes))
        };
        let user = |entry: Option<Entry>| entry.and_then(|entry| entry.user);
        assert_eq!(user(find("https://example.org/x", None)), Some(b"a".to_vec()));
        assert_eq!(user(find("https://example.org/deep/x", None)), Some(b"b".to_vec()));
        assert_eq!(user(find("https://example.org/deep/x", Some("a"))), Some(b"a".to_vec()));
        let any = find("http://example.org/", None).expect("the star");
        assert_eq!((any.user, any.password), (None, Some(b"c".to_vec())));
        assert_eq!(any.name, b"c");
    }
}
