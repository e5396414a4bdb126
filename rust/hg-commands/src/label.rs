//! Names that users give: tags, bookmarks, branches.

use hg_types::{Error, Result};

/// Refuses names that would be taken for something else; `kind` is what is being named.
///
/// # Errors
/// Reserved names, numbers, and names with characters of the query language.
pub fn check_new(name: &[u8], kind: &str) -> Result<()> {
    if name.is_empty() || name.iter().all(u8::is_ascii_whitespace) {
        let plural = if kind == "branch" { "branch" } else { kind };
        return Err(Error::input(format!("{plural} names cannot consist entirely of whitespace")));
    }
    if matches!(name, b"tip" | b"." | b"null") {
        let parts = [&b"the name '"[..], name, b"' is reserved"];
        return Err(Error::input(parts.concat()));
    }
    for bad in [b':', 0, b'\n', b'\r'] {
        if name.contains(&bad) {
            let shown = match bad {
                b':' => "':'".to_owned(),
                other => format!("'{}'", (other as char).escape_default()),
            };
            return Err(Error::input(format!("{shown} cannot be used in a name")));
        }
    }
    let digits = name.strip_prefix(b"-").or(name.strip_prefix(b"+")).unwrap_or(name);
    if !digits.is_empty() && digits.iter().all(u8::is_ascii_digit) {
        return Err(Error::input("cannot use an integer as a name"));
    }
    if name.trim_ascii() != name {
        let shown = String::from_utf8_lossy(name).into_owned();
        return Err(Error::input(format!("leading or trailing whitespace in name '{shown}'")));
    }
    Ok(())
}
