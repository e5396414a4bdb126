//! Holds the floors of ARCHITECTURE.md: a crate depends only on crates on floors below its own.

use std::collections::BTreeMap;
use std::process::Command;

/// Crate name and floor, as in the table of ARCHITECTURE.md.
const FLOORS: &[(&str, u8)] = &[
    ("hg-types", 0),
    ("hg-pyo3", 0),
    ("hg-format", 1),
    ("hg-diff", 1),
    ("hg-vfs", 1),
    ("hg-config", 2),
    ("hg-match", 2),
    ("hg-store", 3),
    ("hg-tls", 3),
    ("hg-wdir", 4),
    ("hg-wire", 4),
    ("hg-query", 5),
    ("hg-repo", 6),
    ("hg-server", 6),
    ("hg-commands", 7),
    ("hg", 8),
    ("hg-cpython", 8),
];

/// Crates that only some crates may know, and which.
const FENCED: &[(&str, &[&str])] = &[
    ("cpython", &["hg-cpython"]),
    ("python3-sys", &["hg-cpython"]),
    ("hg-pyo3", &["hg-cpython"]),
    ("pyo3-ffi", &["hg-pyo3"]),
    ("memmap2", &["hg-vfs"]),
    ("rustls", &["hg-tls"]),
    ("ring", &["hg-tls"]),
    ("clap", &["hg-commands"]),
];

fn dependencies() -> BTreeMap<String, Vec<String>> {
    let output = Command::new(env!("CARGO"))
        .args(["metadata", "--no-deps", "--format-version", "1", "--offline"])
        .output()
        .expect("cargo metadata runs");
    let metadata: serde_json::Value =
        serde_json::from_slice(&output.stdout).expect("cargo metadata prints JSON");
    let text = |value: &serde_json::Value| value.as_str().expect("a string").to_owned();
    let packages = metadata["packages"].as_array().expect("packages");
    packages
        .iter()
        .map(|package| {
            let wanted = package["dependencies"].as_array().expect("dependencies");
            let normal = wanted.iter().filter(|dep| dep["kind"].is_null());
            (text(&package["name"]), normal.map(|dep| text(&dep["name"])).collect())
        })
        .collect()
}

#[test]
fn crates_depend_only_on_lower_floors() {
    let floors: BTreeMap<_, _> = FLOORS.iter().copied().collect();
    for (name, wanted) in dependencies() {
        let own = floors.get(&*name).unwrap_or_else(|| panic!("{name} has no floor"));
        for dependency in wanted {
            if let Some(floor) = floors.get(&*dependency) {
                assert!(floor < own, "{name} (floor {own}) uses {dependency} (floor {floor})");
            }
        }
    }
}

#[test]
fn fenced_crates_are_used_only_where_allowed() {
    for (name, wanted) in dependencies() {
        for (fenced, users) in FENCED {
            let used = wanted.iter().any(|dependency| dependency == fenced);
            assert!(!used || users.contains(&&*name), "{name} uses {fenced}");
        }
    }
}
