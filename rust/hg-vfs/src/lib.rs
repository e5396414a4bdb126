//! Files: reading, mapping, atomic replacement, locks, permissions, path auditing.
