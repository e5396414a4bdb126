//! Who may do what: the section `[web]` (`hg help config.web`).

use hg_config::Config;
use hg_types::Result;

/// A request that is not answered: a code, and why.
pub(crate) type Denied = (u16, &'static str);

/// Who sends a request, and how.
pub(crate) struct Sender<'a> {
    /// The user, as whoever has checked that says.
    pub(crate) user: Option<&'a [u8]>,
    /// `GET`, `POST`, ...
    pub(crate) method: &'a str,
    /// Whether the connection is encrypted.
    pub(crate) is_secure: bool,
}

/// Whether a list of users names one; `*` is every one, and somebody without a name is on no other list.
fn names(list: &[Vec<u8>], user: Option<&[u8]>) -> bool {
    list == [b"*".to_vec()] || user.is_some_and(|user| list.iter().any(|name| name == user))
}

/// Whether a list that keeps users out does so.
fn keeps_out(list: &[Vec<u8>], user: Option<&[u8]>) -> bool {
    !list.is_empty() && (user.is_none() || names(list, user))
}

/// May the sender read at all?
pub(crate) fn check_read(config: &Config, sender: &Sender<'_>) -> Option<Denied> {
    const NO: Denied = (401, "read not authorized");
    if keeps_out(&config.get_list("web", "deny_read"), sender.user) {
        return Some(NO);
    }
    let allowed = config.get_list("web", "allow_read");
    (!allowed.is_empty() && !names(&allowed, sender.user)).then_some(NO)
}

/// May the sender pull?
pub(crate) fn check_pull(config: &Config) -> Result<Option<Denied>> {
    let allowed = match config.find_bool("web", "allow-pull")? {
        Some(allowed) => allowed,
        None => config.get_bool_or("web", "allowpull", true)?,
    };
    Ok((!allowed).then_some((401, "pull not authorized")))
}

/// May the sender push, in this way?
pub(crate) fn check_push(config: &Config, sender: &Sender<'_>) -> Result<Option<Denied>> {
    const NO: Denied = (401, "push not authorized");
    if sender.method != "POST" {
        return Ok(Some((405, "push requires POST request")));
    }
    if config.get_bool_or("web", "push_ssl", true)? && !sender.is_secure {
        return Ok(Some((403, "ssl required")));
    }
    if keeps_out(&config.get_list("web", "deny_push"), sender.user) {
        return Ok(Some(NO));
    }
    let mut allowed = config.get_list("web", "allow-push");
    if allowed.is_empty() {
        allowed = config.get_list("web", "allow_push");
    }
    Ok((!names(&allowed, sender.user)).then_some(NO))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn config(settings: &[(&str, &str)]) -> Config {
        let mut config = Config::default();
        for (name, value) in settings {
            config.set("web", name, value.as_bytes(), "test");
        }
        config
    }

    fn sender<'a>(user: Option<&'a str>, method: &'a str, is_secure: bool) -> Sender<'a> {
        Sender { user: user.map(str::as_bytes), method, is_secure }
    }

    #[test]
    fn reading_is_for_all_unless_somebody_is_named() {
        let read = |settings: &[(&str, &str)], user| {
            check_read(&config(settings), &sender(user, "GET", false)).is_none()
        };
        assert!(read(&[], None));
        assert!(!read(&[("deny_read", "*")], Some("u")));
        assert!(!read(&[("deny_read", "v")], None));
        assert!(read(&[("deny_read", "v")], Some("u")));
        assert!(!read(&[("allow_read", "u")], None));
        assert!(read(&[("allow_read", "u, v")], Some("v")));
        assert!(read(&[("allow_read", "*")], None));
    }

    #[test]
    fn pushing_is_for_those_who_are_named() {
        let push = |settings: &[(&str, &str)], sender: &Sender<'_>| {
            check_push(&config(settings), sender).expect("valid").map(|(code, _)| code)
        };
        let post = sender(Some("u"), "POST", true);
        assert_eq!(push(&[], &sender(Some("u"), "GET", true)), Some(405));
        assert_eq!(push(&[("allow-push", "*")], &sender(None, "POST", false)), Some(403));
        let open = [("allow-push", "*"), ("push_ssl", "no")];
        assert_eq!(push(&open, &sender(None, "POST", false)), None);
        assert_eq!(push(&[], &post), Some(401));
        assert_eq!(push(&[("allow_push", "u")], &post), None);
        assert_eq!(push(&[("allow-push", "*"), ("deny_push", "u")], &post), Some(401));
    }
}
