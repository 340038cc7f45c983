"""How long a text is on screen: grapheme clusters for reading speed, columns for line length.

Clusters follow the extended grapheme clusters of Unicode Standard Annex 29 as far as the standard library's tables go:
combining marks, joined and coloured emoji, flags and Hangul syllables count once. Indic conjuncts (rule GB9c) are not
joined, so such text is measured slightly too long, never too short.
"""

from __future__ import annotations

import unicodedata

_JOINER = "\u200d"
_MARKS = frozenset({"Mn", "Me", "Mc"})


def characters(text: str) -> int:
    """Grapheme clusters of one line."""
    return len(text) if text.isascii() else len(clusters(text))


def columns(text: str) -> int:
    """Grapheme clusters of one line, full-width ones (Chinese, Japanese, Korean, emoji) counted as two."""
    return len(text) if text.isascii() else sum(1 + is_full_width(c[0]) for c in clusters(text))


def is_full_width(char: str) -> bool:
    return unicodedata.east_asian_width(char) in {"W", "F"}


def clusters(text: str) -> list[str]:
    """The text cut into what a reader sees as single characters."""
    found: list[str] = []
    for char in text:
        if found and _joins(found[-1], char):
            found[-1] += char
        else:
            found.append(char)
    return found


def _joins(cluster: str, char: str) -> bool:
    """True where ``char`` is drawn as part of the cluster before it."""
    code, last = ord(char), ord(cluster[-1])
    if code < 0x300:
        return False
    if unicodedata.category(char) in _MARKS or char in "\u200c\u200d\u0e33\u0eb3":
        return True
    if 0x1F3FB <= code <= 0x1F3FF or 0xE0020 <= code <= 0xE007F:  # skin tones; tags of subdivision flags
        return True
    if 0x1F1E6 <= code <= 0x1F1FF:  # regional indicators pair up as flags
        return len(cluster) == 1 and 0x1F1E6 <= last <= 0x1F1FF
    if 0x1160 <= code <= 0x11FF:  # Hangul vowels and finals
        return 0x1100 <= last <= 0x11FF or 0xAC00 <= last <= 0xD7A3
    return cluster[-1] == _JOINER and unicodedata.category(char) == "So"
