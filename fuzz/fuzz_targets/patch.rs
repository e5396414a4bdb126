//! Patches, parsed and applied to files in memory.
#![no_main]

use std::collections::HashMap;

use hg_diff::patch::{ApplyOptions, Backend, EolMode, Result, apply};
use hg_types::{FileFlags, HgPath, HgPathBuf, Silent};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&mode, text)) = data.split_first() else { return };
    let mut backend = Memory::default();
    let content = b"a\nb\nc\nd\ne\nf\n".to_vec();
    for name in [&b"a"[..], b"b", b"d/c"] {
        backend.0.insert(HgPath::new(name).to_owned(), content.clone());
    }
    let eol = [EolMode::Strict, EolMode::Lf, EolMode::Crlf, EolMode::Auto][usize::from(mode) % 4];
    let options = ApplyOptions { strip: usize::from(mode >> 6), eol, ..ApplyOptions::default() };
    let _ = apply(text, &mut backend, &options, &Silent);
});

#[derive(Default)]
struct Memory(HashMap<HgPathBuf, Vec<u8>>);

impl Backend for Memory {
    fn read(&mut self, path: &HgPath) -> Result<Option<(Vec<u8>, FileFlags)>> {
        Ok(self.0.get(path).map(|content| (content.clone(), FileFlags::default())))
    }

    fn exists(&mut self, path: &HgPath) -> Result<bool> {
        Ok(self.0.contains_key(path))
    }

    fn write(
        &mut self,
        path: &HgPath,
        content: Option<&[u8]>,
        _: FileFlags,
        _: Option<&HgPath>,
    ) -> Result<()> {
        if let Some(content) = content {
            self.0.insert(path.to_owned(), content.to_vec());
        }
        Ok(())
    }

    fn remove(&mut self, path: &HgPath) -> Result<()> {
        self.0.remove(path);
        Ok(())
    }

    fn write_rejects(&mut self, _: &HgPath, _: usize, _: usize, _: &[u8]) -> Result<()> {
        Ok(())
    }
}
