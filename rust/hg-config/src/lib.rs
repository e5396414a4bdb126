//! The registry of configuration items, the layers of hgrc files, origins.
