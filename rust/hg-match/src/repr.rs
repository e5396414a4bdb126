//! Printable forms, as Python and `hg debugignore` show them.

/// Breaks a nested form (`<a b=<c>>`) into lines, one for each part that opens with `<`, indented
/// by how deep it lies.
#[must_use]
pub fn pretty(form: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(form.len() + 64);
    let mut line = Vec::new();
    // Texts are not told from structure: brackets in them count too.
    let mut depth = 0isize;
    let mut next_depth = 0isize;
    let mut opened = 0usize;
    for &byte in form {
        if byte == b'<' {
            let name = trailing_name(&line);
            let rest = line.split_off(name);
            let kept = line.trim_ascii_end().len();
            line.truncate(kept);
            if !line.is_empty() || opened > 0 {
                push_line(&mut out, depth, &line);
            }
            depth = next_depth;
            line = rest;
            next_depth += 1;
            opened += 1;
        } else if byte == b'>' {
            next_depth -= 1;
        }
        line.push(byte);
    }
    push_line(&mut out, depth, &line);
    out
}

/// Where the `name=` at the end of `line` starts; its length when there is none.
fn trailing_name(line: &[u8]) -> usize {
    let Some(before) = line.strip_suffix(b"=") else {
        return line.len();
    };
    let letters = before
        .iter()
        .rev()
        .take_while(|byte| byte.is_ascii_alphanumeric() || **byte == b'_')
        .count();
    if letters == 0 { line.len() } else { before.len() - letters }
}

fn push_line(out: &mut Vec<u8>, depth: isize, line: &[u8]) {
    if !out.is_empty() {
        out.push(b'\n');
    }
    out.extend(std::iter::repeat_n(b' ', usize::try_from(depth).unwrap_or(0) * 2));
    out.extend_from_slice(line);
}

#[cfg(test)]
mod tests {
    use bstr::ByteSlice as _;

    use super::*;

    #[test]
    fn breaks_lines_before_parts() {
        let form = b"<differencematcher m1=<intersectionmatcher m1=<p patterns='a'>, \
            m2=<q>>, m2=<includematcher includes='x<y>z|m= <q> w=<p>k> <z'>>";
        let expected = "<differencematcher
  m1=<intersectionmatcher
    m1=<p patterns='a'>,
    m2=<q>>,
  m2=<includematcher includes='x
    <y>z|m=
    <q>
    w=<p>k>
  <z'>>";
        assert_eq!(pretty(form).as_bstr(), expected);
        let union = b"<unionmatcher matchers=[<a>, <b>]>";
        assert_eq!(pretty(union).as_bstr(), "<unionmatcher matchers=[\n  <a>,\n  <b>]>");
        assert_eq!(pretty(b"<alwaysmatcher>").as_bstr(), "<alwaysmatcher>");
    }
}
