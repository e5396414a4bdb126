"""Bundled extensions in Python. None yet: those of daily use are native."""
