//! Files other than configuration that are written in its syntax, such as `.hgsub`.

use std::cell::Cell;

use hg_types::Result;

use crate::Environment;
use crate::layer::{Entry, Layer, Origin};
use crate::parse::Parser;

/// The sections of a file in the syntax of configuration files.
#[derive(Clone, Default, Debug)]
pub struct Sections(Layer);

/// An item of a section.
#[derive(Clone, Copy, Debug)]
pub struct Item<'a> {
    /// The name.
    pub name: &'a [u8],
    /// The value.
    pub value: &'a [u8],
    /// Where it was set.
    pub origin: &'a Origin,
}

impl Sections {
    /// Parses `text`, the content of the file shown as `name`; `include` gives what is included.
    ///
    /// # Errors
    /// The first line that is malformed, or what `include` fails with.
    pub fn parse(
        env: &Environment,
        name: &[u8],
        text: &[u8],
        include: &dyn Fn(&[u8]) -> Result<Vec<u8>>,
    ) -> Result<Self> {
        let parser = Parser { env, include: Some(include), sequence: Cell::new(0) };
        let mut layer = Layer::default();
        parser.parse(&mut layer, name, text)?;
        Ok(Self(layer))
    }

    /// The items of a section, in order; items before the first section are in the one without a name.
    pub fn items(&self, section: &[u8]) -> impl Iterator<Item = Item<'_>> {
        self.0.section(section).iter().map(|entry| Item {
            name: &entry.name,
            value: &entry.value,
            origin: &entry.origin,
        })
    }

    /// Sets an item, as if it came later in the file.
    pub fn set(&mut self, section: &[u8], name: &[u8], value: &[u8], origin: Origin) {
        let (name, value) = (name.to_vec(), value.to_vec());
        self.0.set(section, Entry { name, value, origin, sequence: 0 });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_stand_before_and_in_sections() {
        let env = Environment::default();
        let text = b"s = t\n%include more\n[subpaths]\na = b\n";
        let include = |_: &[u8]| Ok(b"u = [git]v\n".to_vec());
        let sections = Sections::parse(&env, b".hgsub", text, &include).expect("well formed");
        let items: Vec<_> = sections.items(b"").map(|item| (item.name, item.value)).collect();
        assert_eq!(items, [(&b"s"[..], &b"t"[..]), (b"u", b"[git]v")]);
        assert_eq!(sections.items(b"subpaths").count(), 1);
        assert!(Sections::parse(&env, b".hgsub", b"nonsense\n", &include).is_err());
    }
}
