"""Small modules that extensions import."""
