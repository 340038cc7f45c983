"""The version of how clips are heard. By itself, because every run asks for it and few runs listen."""

from __future__ import annotations

LISTEN_REVISION = 1
"""Part of a manifest's key. Raise it whenever the same clip would get other windows or other samples."""
