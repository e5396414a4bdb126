//! The user's character set: `--encoding`, `HGENCODING`, the locale.

use hg_types::{Encoding, Error, Result};

use super::Ui;

impl Ui {
    /// Decides about the character set from options and environment.
    pub fn setup_encoding(&self, encoding: Option<&[u8]>, mode: Option<&[u8]>) -> Result<()> {
        let config = self.config();
        let env = config.environment();
        let name = match encoding.or_else(|| env.var_nonempty("HGENCODING")) {
            Some(name) => name,
            None => env.encoding_name(),
        };
        let Some(encoding) = Encoding::named(name) else {
            let parts = [b"unknown encoding: ", name];
            return Err(Error::abort(parts.concat()).hint("please check your locale settings"));
        };
        let mode = match mode.filter(|mode| *mode != b"strict") {
            Some(mode) => mode,
            None => env.var_nonempty("HGENCODINGMODE").unwrap_or(b"strict"),
        };
        let wide = env.var("HGENCODINGAMBIGUOUS") == Some(b"wide");
        *super::write(&self.encoding_name) = String::from_utf8_lossy(name).into_owned();
        self.set_encoding(encoding.strict(mode == b"strict").ambiguous_is_wide(wide));
        Ok(())
    }
}

impl Ui {
    /// The character set's name, as help and `debuginstall` show it.
    #[must_use]
    pub fn encoding_name(&self) -> String {
        super::read(&self.encoding_name).clone()
    }
}
