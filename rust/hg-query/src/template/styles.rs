//! The styles that come with the program, as map files.

/// The names of the styles, sorted.
#[must_use]
pub fn names() -> Vec<&'static str> {
    STYLES.iter().map(|(name, _)| *name).collect()
}

/// The map of a style.
#[must_use]
pub fn text(name: &str) -> Option<&'static str> {
    STYLES.iter().find(|(known, _)| *known == name).map(|(_, text)| *text)
}

/// The style in the map file `map-cmdline.NAME`, or called `NAME`.
#[must_use]
pub fn of_file(file: &[u8]) -> Option<&'static str> {
    let name = file.strip_prefix(b"map-cmdline.").unwrap_or(file);
    STYLES.iter().map(|(known, _)| *known).find(|known| known.as_bytes() == name)
}

const STYLES: &[(&str, &str)] = &[
    ("bisect", include_str!("styles/bisect.map")),
    ("changelog", include_str!("styles/changelog.map")),
    ("compact", include_str!("styles/compact.map")),
    ("default", include_str!("styles/default.map")),
    ("phases", include_str!("styles/phases.map")),
    ("show", include_str!("styles/show.map")),
    ("status", include_str!("styles/status.map")),
    ("xml", include_str!("styles/xml.map")),
];
