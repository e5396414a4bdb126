//! The native `hg` executable: a `main`, nothing else.

fn main() {}
