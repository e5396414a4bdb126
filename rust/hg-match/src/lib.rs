//! Patterns, matchers and .hgignore, compiled once and shared by threads.
