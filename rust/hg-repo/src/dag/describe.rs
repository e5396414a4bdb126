//! The description of a graph, as [`super::parse`] reads it, from the graph.

use std::collections::HashMap;

use hg_types::{Error, Result};

/// Lines are not longer where they can be shorter.
const WIDTH: usize = 70;

/// What happens in a graph, in order.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Step {
    /// A node with a number and the numbers of its parents; the numbers follow each other.
    Node(i64, Vec<i64>),
    /// A name for a node.
    Label(i64, Vec<u8>),
    /// The branch of what follows.
    Branch(Vec<u8>),
}

/// How a description looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Look {
    /// Runs are dots rather than a number.
    pub dots: bool,
    /// Elements are separated by spaces.
    pub spaces: bool,
}

/// Writes the description of what `steps` tell; the text ends without a line feed.
#[derive(Debug)]
pub struct Describer<'a> {
    look: Look,
    out: &'a mut Vec<u8>,
    /// Where the current line starts.
    line: usize,
    /// A line feed is due before the next element.
    broken: bool,
    run: usize,
    next: i64,
    labels: HashMap<i64, Vec<u8>>,
}

impl<'a> Describer<'a> {
    /// A describer that appends to `out`.
    pub fn new(look: Look, out: &'a mut Vec<u8>) -> Self {
        let line = out.len();
        Self { look, out, line, broken: false, run: 0, next: 0, labels: HashMap::new() }
    }

    /// Adds a step.
    ///
    /// # Errors
    /// When a node's number is not the next one.
    pub fn add(&mut self, step: Step) -> Result<()> {
        match step {
            Step::Node(number, parents) => self.node(number, &parents)?,
            Step::Label(number, name) => {
                self.end_run();
                self.element(&[b":", &name[..]].concat(), true);
                self.broken = true;
                self.labels.insert(number, name);
            }
            Step::Branch(name) => {
                self.end_run();
                self.broken |= self.column() > 0;
                self.element(&[b"@", &word(&name)[..]].concat(), false);
            }
        }
        Ok(())
    }

    /// Where the text of whole lines ends, without the last line feed.
    #[must_use]
    pub fn whole_lines(&self) -> usize {
        if self.broken { self.out.len() } else { self.line.saturating_sub(1) }
    }

    /// Writes what is not written yet.
    pub fn finish(mut self) {
        self.end_run();
    }

    fn node(&mut self, number: i64, parents: &[i64]) -> Result<()> {
        if number != self.next {
            return Err(Error::abort(format!("expected id {}, got {number}", self.next)));
        }
        self.next += 1;
        let linear = parents == [number - 1] || (parents.is_empty() && number == 0);
        if linear {
            self.run += 1;
            return Ok(());
        }
        self.end_run();
        if self.look.dots {
            self.broken |= self.column() > 0;
        }
        if parents.is_empty() {
            self.element(b"$", true);
            self.run += 1;
            return Ok(());
        }
        let mut text = b"*".to_vec();
        for (at, &parent) in parents.iter().enumerate() {
            if at > 0 {
                text.push(b'/');
            }
            match self.labels.get(&parent) {
                Some(label) => text.extend_from_slice(label),
                None if parent == number - 1 => {}
                None => text.extend_from_slice((number - parent).to_string().as_bytes()),
            }
        }
        self.element(&text, true);
        Ok(())
    }

    fn column(&self) -> usize {
        self.out.len() - self.line
    }

    fn break_line(&mut self) {
        self.out.push(b'\n');
        self.line = self.out.len();
        self.broken = false;
    }

    fn element(&mut self, text: &[u8], spaced: bool) {
        if self.broken {
            self.break_line();
        }
        let space = usize::from(self.look.spaces && spaced && self.column() > 0);
        // Room for a space is reckoned with whether there is one or not.
        if self.column() > 0 && self.column() + 1 + text.len() > WIDTH {
            self.break_line();
        } else if space > 0 {
            self.out.push(b' ');
        }
        self.out.extend_from_slice(text);
    }

    fn end_run(&mut self) {
        let count = std::mem::take(&mut self.run);
        if count == 0 {
            return;
        }
        if !self.look.dots {
            self.element(format!("+{count}").as_bytes(), true);
            return;
        }
        if self.broken {
            self.break_line();
        }
        for _ in 0..count {
            if self.column() + 1 >= WIDTH {
                self.break_line();
            }
            self.out.push(b'.');
        }
    }
}

/// A name as it stands in a description: in quotes unless it is letters and digits.
fn word(name: &[u8]) -> Vec<u8> {
    let plain = |b: &u8| b.is_ascii_alphanumeric();
    if !name.is_empty() && name.iter().all(plain) {
        return name.to_vec();
    }
    let mut out = vec![b'"'];
    for &b in name {
        if b == b'\\' {
            out.push(b'\\');
        }
        out.push(b);
    }
    out.push(b'"');
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn describe(look: Look, steps: Vec<Step>) -> String {
        let mut out = Vec::new();
        let mut describer = Describer::new(look, &mut out);
        for step in steps {
            describer.add(step).expect("numbers follow each other");
        }
        describer.finish();
        String::from_utf8(out).expect("ASCII")
    }

    fn steps() -> Vec<Step> {
        let node = |number: i64, parents: &[i64]| Step::Node(number, parents.to_vec());
        vec![
            node(0, &[]),
            node(1, &[0]),
            Step::Label(1, b"f".to_vec()),
            node(2, &[1]),
            Step::Branch(b"x y".to_vec()),
            node(3, &[1]),
            node(4, &[3, 0]),
            node(5, &[]),
            node(6, &[5]),
        ]
    }

    #[test]
    fn elements() {
        assert_eq!(describe(Look::default(), steps()), "+2:f\n+1\n@\"x y\"*f*/4$+2");
        let look = Look { dots: true, spaces: false };
        assert_eq!(describe(look, steps()), "..:f\n.\n@\"x y\"\n*f\n*/4\n$..");
        let look = Look { dots: false, spaces: true };
        assert_eq!(describe(look, steps()), "+2 :f\n+1\n@\"x y\" *f */4 $ +2");
    }

    #[test]
    fn long_lines_are_broken() {
        let line = |count: i64| {
            (0..count).map(|n| Step::Node(n, (n > 0).then_some(n - 1).into_iter().collect()))
        };
        let text = describe(Look { dots: true, spaces: false }, line(100).collect());
        assert_eq!(text.lines().map(str::len).collect::<Vec<_>>(), [69, 31]);
        let comb = (0..100).map(|n| Step::Node(n, (n > 2).then_some(n - 3).into_iter().collect()));
        let text = describe(Look::default(), comb.collect());
        assert!(text.lines().all(|line| line.len() <= WIDTH));
    }

    #[test]
    fn numbers_must_follow_each_other() {
        let mut out = Vec::new();
        let error = Describer::new(Look::default(), &mut out).add(Step::Node(1, Vec::new()));
        assert_eq!(error.map_err(|error| error.message), Err(b"expected id 0, got 1".to_vec()));
    }
}
