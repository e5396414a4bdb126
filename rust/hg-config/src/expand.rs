//! Expansion of `~`, `~user`, `$NAME` and `${NAME}` in paths.

use crate::Environment;

/// Expands variables, then a leading `~`.
#[must_use]
pub fn expand_path(env: &Environment, path: &[u8]) -> Vec<u8> {
    expand_user(env, &expand_variables(env, path))
}

/// Expands a leading `~` or `~user`; unknown users stay as they are.
#[must_use]
pub fn expand_user(env: &Environment, path: &[u8]) -> Vec<u8> {
    let Some(rest) = path.strip_prefix(b"~") else {
        return path.to_vec();
    };
    let end = rest.iter().position(|&b| b == b'/').unwrap_or(rest.len());
    let (user, tail) = rest.split_at(end);
    let home = if user.is_empty() { env.home() } else { crate::trust::user_home(user) };
    let Some(home) = home else {
        return path.to_vec();
    };
    let trimmed = home.strip_suffix(b"/").unwrap_or(&home);
    let mut out = trimmed.to_vec();
    out.extend_from_slice(tail);
    if out.is_empty() {
        out.push(b'/');
    }
    out
}

/// Expands `$NAME` and `${NAME}`; variables that are not set stay as they are.
#[must_use]
pub fn expand_variables(env: &Environment, text: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.iter().position(|&b| b == b'$') {
        out.extend_from_slice(&rest[..at]);
        let after = &rest[at + 1..];
        let (name, used) = variable_name(after);
        match env.var(name).filter(|_| !name.is_empty()) {
            Some(value) => out.extend_from_slice(value),
            None => out.extend_from_slice(&rest[at..=at + used]),
        }
        rest = &after[used..];
    }
    out.extend_from_slice(rest);
    out
}

/// The variable name at the start of `text` (after the `$`) and how many bytes it takes.
fn variable_name(text: &[u8]) -> (&[u8], usize) {
    if let Some(inner) = text.strip_prefix(b"{") {
        return match inner.iter().position(|&b| b == b'}') {
            Some(end) => (&inner[..end], end + 2),
            None => (&[], 0),
        };
    }
    let end =
        text.iter().position(|b| !(b.is_ascii_alphanumeric() || *b == b'_')).unwrap_or(text.len());
    (&text[..end], end)
}
