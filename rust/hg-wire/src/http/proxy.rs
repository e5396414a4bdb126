//! Which way requests go: straight, or through a proxy (`hg help config.http_proxy`).

use hg_config::Config;
use hg_types::{Error, Result};

use super::digest::basic;
use crate::url::Url;

/// A server that passes requests on.
#[derive(Clone, PartialEq, Eq, Debug)]
pub(super) struct Proxy {
    /// Its host.
    pub(super) host: Vec<u8>,
    /// Its port.
    pub(super) port: Vec<u8>,
    /// The proxy as it is told about.
    pub(super) shown: Vec<u8>,
    /// How we say who we are there.
    pub(super) authorization: Option<Vec<u8>>,
}

impl Proxy {
    /// The proxy for requests to `host`, if they need one; encrypted or not, it is the same.
    pub(super) fn find(config: &Config, host: &[u8]) -> Result<Option<Self>> {
        let environment = config.environment();
        let variable = |name: &str| environment.var_nonempty(name).map(<[u8]>::to_vec);
        let setting = |name: &str| {
            config.get("http_proxy", name).filter(|value| !value.is_empty()).map(<[u8]>::to_vec)
        };
        let configured = setting("host");
        let Some(mut place) = configured.or_else(|| variable("http_proxy")) else {
            return Ok(None);
        };
        if !config.get_bool_or("http_proxy", "always", false)? {
            let mut direct = vec![b"localhost".to_vec(), b"127.0.0.1".to_vec()];
            direct.extend(
                config
                    .get_list("http_proxy", "no")
                    .into_iter()
                    .map(|name| name.to_ascii_lowercase()),
            );
            if let Some(names) = variable("no_proxy") {
                let names =
                    names.split(|&b| b == b',').map(|name| name.trim_ascii().to_ascii_lowercase());
                direct.extend(names);
            }
            if direct.iter().any(|name| is_named(name, &host.to_ascii_lowercase())) {
                return Ok(None);
            }
        }
        if !place.starts_with(b"http://") && !place.starts_with(b"https://") {
            place = [b"http://", &place[..]].concat();
        }
        let mut url = Url::parse(&place)?;
        let Some(host) = url.host.clone() else {
            return Err(Error::abort("invalid http_proxy.host"));
        };
        let (user, password) = match setting("user") {
            Some(user) => (Some(user), setting("passwd")),
            None => (url.user.take(), url.password.take()),
        };
        let mut place = url.clone();
        (place.user, place.password) = (user.clone(), password.clone());
        let shown = place.to_public_bytes();
        let authorization = user.map(|user| basic(&user, &password.unwrap_or_default()));
        let port = url.port.unwrap_or_else(|| b"80".to_vec());
        Ok(Some(Self { host, port, shown, authorization }))
    }
}

/// Whether a host is meant by a name: `*` is every one, `.x` and `*.x` those below `x`.
fn is_named(name: &[u8], host: &[u8]) -> bool {
    match name {
        b"*" => true,
        [b'*', below @ ..] if below.starts_with(b".") => {
            host.ends_with(below) || host == &below[1..]
        }
        [b'.', ..] => host.ends_with(name) || host == &name[1..],
        _ => host == name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn find(settings: &[(&str, &str)], host: &str) -> Option<Proxy> {
        let mut config = Config::default();
        for (name, value) in settings {
            config.set("http_proxy", name, value.as_bytes(), "test");
        }
        Proxy::find(&config, host.as_bytes()).expect("valid")
    }

    #[test]
    fn some_hosts_are_spoken_to_straight() {
        let settings = [("host", "proxy:3128"), ("no", "here.org, *.near.org, .by.org")];
        let proxy = find(&settings, "far.org").expect("a proxy");
        assert_eq!((proxy.host.as_slice(), proxy.port.as_slice()), (&b"proxy"[..], &b"3128"[..]));
        for host in
            ["localhost", "127.0.0.1", "here.org", "HERE.org", "x.near.org", "near.org", "y.by.org"]
        {
            assert_eq!(find(&settings, host), None, "{host}");
        }
        let always = [&settings[..], &[("always", "yes")]].concat();
        assert!(find(&always, "localhost").is_some());
        assert_eq!(find(&[], "far.org"), None);
    }

    #[test]
    fn accounts_come_from_the_settings_or_the_location() {
        let proxy = find(&[("host", "http://u:p@proxy/")], "far.org").expect("a proxy");
        assert_eq!(proxy.authorization, Some(basic(b"u", b"p")));
        assert_eq!(proxy.port, b"80");
        let named = [("host", "proxy"), ("user", "a"), ("passwd", "b")];
        assert_eq!(
            find(&named, "far.org").expect("a proxy").authorization,
            Some(basic(b"a", b"b"))
        );
    }
}
