//! Binary deltas, text diff, three-way merge and patch text. No files.
