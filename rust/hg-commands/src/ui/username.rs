//! Who the user is: `HGUSER`, `ui.username`, `EMAIL`, a question, a guess.

use bstr::ByteSlice as _;
use hg_types::{Error, Result};

use super::Ui;

impl Ui {
    /// The name for changesets, in the user's character set.
    pub fn username(&self) -> Result<Vec<u8>> {
        let user = match self.configured_username() {
            Some(user) => user,
            None => self.ask_username()?,
        };
        if user.is_empty() {
            return Err(Error::abort("no username supplied")
                .hint("use 'hg config --edit' to set your username"));
        }
        if user.contains(&b'\n') {
            let shown = hg_types::quoted(&user);
            return Err(Error::abort([b"username ", &*shown, b" contains a newline\n"].concat()));
        }
        Ok(user)
    }

    /// The name that environment or configuration give.
    #[must_use]
    pub fn configured_username(&self) -> Option<Vec<u8>> {
        let config = self.config();
        let env = config.environment();
        if let Some(user) = env.var("HGUSER") {
            return Some(user.to_vec());
        }
        let named = config.get_set("ui", "username").or_else(|| config.get_set("ui", "user"));
        if let Some(user) = named {
            return Some(hg_config::expand_variables(env, user));
        }
        env.var("EMAIL").map(<[u8]>::to_vec)
    }

    fn ask_username(&self) -> Result<Vec<u8>> {
        if self.config().get_bool("ui", "askusername")? && self.is_interactive() {
            return self.prompt("enter a commit username:", None);
        }
        if self.is_interactive() {
            return Ok(Vec::new());
        }
        let user = nix::unistd::User::from_uid(nix::unistd::getuid()).ok().flatten();
        let host = nix::unistd::gethostname().ok();
        let (Some(user), Some(host)) = (user, host) else {
            return Ok(Vec::new());
        };
        let guess = [user.name.as_bytes(), b"@", host.as_encoded_bytes()].concat();
        self.warn([b"no username found, using '", &*guess, b"' instead\n"].concat());
        Ok(guess)
    }

    /// A user's name without address: what stands before `<`, or before `@`.
    #[must_use]
    pub fn short_user(&self, user: &[u8]) -> Vec<u8> {
        if self.is_verbose() {
            return user.to_vec();
        }
        let user = &user[..user.find_byte(b'@').unwrap_or(user.len())];
        let user = user.find_byte(b'<').map_or(user, |at| &user[at + 1..]);
        let user = &user[..user.find_byte(b' ').unwrap_or(user.len())];
        user[..user.find_byte(b'.').unwrap_or(user.len())].to_vec()
    }
}
