"""What the user interface is made of: one class a topic, joined in `mercurial.ui`."""

from __future__ import annotations
