//! The second dirstate format: docket and tree.
#![no_main]

use hg_format::dirstate::v2::{Children, Docket, Tree};
use hg_types::HgPath;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|data: &[u8]| {
    let Some((&at, rest)) = data.split_first() else { return };
    let (docket, tree) = rest.split_at(usize::from(at).min(rest.len()));
    let Ok(docket) = Docket::decode(docket) else { return };
    let tree = Tree::new(tree, docket.tree);
    let _ = tree.node(HgPath::new(b"a/b/c"));
    if let Ok(root) = tree.root() {
        let _ = root.find(b"a");
        walk(root, &mut 10_000, 0);
    }
});

fn walk(children: Children<'_>, left: &mut usize, depth: usize) {
    for node in children.iter() {
        if *left == 0 || depth > 200 {
            return;
        }
        *left -= 1;
        let Ok(node) = node else { return };
        let _ = (node.path(), node.base_name(), node.copy_source(), node.entry());
        let _ = (node.directory_cache(), node.descendants(), node.flags());
        if let Ok(children) = node.children() {
            walk(children, left, depth + 1);
        }
    }
}
