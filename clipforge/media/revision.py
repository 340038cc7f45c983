"""The versions of how clips are heard and seen. By themselves, because every run asks for them and few runs listen."""

from __future__ import annotations

LISTEN_REVISION = 2
"""Part of a manifest's key. Raise it whenever the same clip would get other windows or other samples."""

SHOTS_REVISION = 1
"""Part of the key of a clip's shot changes. Raise it whenever the same picture would get others."""
