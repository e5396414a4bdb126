//! Names of output files with `%` placeholders (`hg cat -o`, `hg export -o`).

use hg_types::{Error, HgPath, Node, Result, Revision};

/// What the placeholders stand for.
#[derive(Clone, Copy, Debug, Default)]
pub struct FileName<'a> {
    /// The changeset: id and number.
    pub changeset: Option<(Node, Revision)>,
    /// The file that is written.
    pub path: Option<&'a HgPath>,
    /// The root of the repository.
    pub root: &'a [u8],
    /// Position among the files written, from 1, and their number.
    pub sequence: Option<(usize, usize)>,
    /// Digits that the highest revision number has.
    pub revision_width: usize,
    /// First line of the description.
    pub description: Option<&'a [u8]>,
}

impl FileName<'_> {
    /// Replaces the placeholders in `format`.
    ///
    /// # Errors
    /// When one is not known or has no meaning here.
    pub fn expand(&self, format: &[u8]) -> Result<Vec<u8>> {
        let mut out = Vec::with_capacity(format.len());
        let mut rest = format;
        while let Some((&byte, after)) = rest.split_first() {
            rest = after;
            if byte != b'%' {
                out.push(byte);
                continue;
            }
            let Some((&letter, after)) = rest.split_first() else {
                return Err(Error::abort("incomplete format spec in output filename"));
            };
            rest = after;
            if matches!(letter, b'd' | b'p' | b's')
                && let Some(path) = self.path
            {
                // The name comes from a repository that may be hostile, and is written to.
                hg_vfs::check_path(path.as_bytes())?;
            }
            match self.placeholder(letter) {
                Some(text) => out.extend_from_slice(&text),
                None => {
                    let parts =
                        [&b"invalid format spec '%"[..], &[letter], b"' in output filename"];
                    return Err(Error::abort(parts.concat()));
                }
            }
        }
        Ok(out)
    }

    fn placeholder(&self, letter: u8) -> Option<Vec<u8>> {
        Some(match letter {
            b'%' => b"%".to_vec(),
            b'H' => self.changeset?.0.hex(),
            b'h' => self.changeset?.0.short(),
            b'R' => self.changeset?.1.to_string().into_bytes(),
            b'r' => {
                let (rev, width) = (self.changeset?.1.get(), self.revision_width);
                format!("{rev:0width$}").into_bytes()
            }
            b'b' => HgPath::new(self.root).file_name().to_vec(),
            b's' => self.path?.file_name().to_vec(),
            b'd' => {
                let directory = self.path?.parent().map_or(&b""[..], HgPath::as_bytes);
                if directory.is_empty() { b".".to_vec() } else { directory.to_vec() }
            }
            b'p' => self.path?.as_bytes().to_vec(),
            b'N' => self.sequence?.1.to_string().into_bytes(),
            b'n' => {
                let (position, total) = self.sequence?;
                let width = total.to_string().len();
                format!("{position:0width$}").into_bytes()
            }
            b'm' => {
                let description = self.description?;
                description.iter().map(|&b| if is_word(b) { b } else { b'_' }).collect()
            }
            _ => return None,
        })
    }
}

fn is_word(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || byte == b'_'
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn placeholders() {
        let name = FileName {
            path: Some(HgPath::new("a/b.c")),
            root: b"/r/repo",
            sequence: Some((3, 12)),
            changeset: Some((Node::NULL, Revision::new(7))),
            revision_width: 3,
            ..FileName::default()
        };
        let expand = |format: &str| {
            name.expand(format.as_bytes()).map(|name| String::from_utf8(name).expect("ASCII"))
        };
        assert_eq!(expand("%b-%d/%s.%n.%r%%").expect("known"), "repo-a/b.c.03.007%");
        assert!(expand("%q").is_err());
        let hostile = FileName { path: Some(HgPath::new("../x")), ..FileName::default() };
        assert!(hostile.expand(b"out/%p").is_err() && hostile.expand(b"out/x").is_ok());
        assert!(expand("%").is_err());
        assert!(expand("%m").is_err());
    }
}
