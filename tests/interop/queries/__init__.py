"""A differential fuzzer of the query languages: revsets, filesets, templates."""
