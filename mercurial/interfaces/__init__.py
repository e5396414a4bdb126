"""Interfaces of objects."""
