"""Writing systems that put no space between words, and where their lines may not break."""

from __future__ import annotations

_NEVER_FIRST = frozenset("ーぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ々ゝゞヽヾ")
"""Line-start prohibitions (kinsoku, JIS X 4051) beyond punctuation."""


def is_unspaced(char: str) -> bool:
    """True for Han, kana, Bopomofo, Thai, Lao, Myanmar and Khmer, and the full-width punctuation used with them."""
    code = ord(char)
    return (
        0x2E80 <= code <= 0x31FF
        or 0x3400 <= code <= 0x9FFF
        or 0xF900 <= code <= 0xFAFF
        or 0xFF00 <= code <= 0xFFEF
        or 0x20000 <= code <= 0x3FFFF
        or 0x0E00 <= code <= 0x0EFF
        or 0x1000 <= code <= 0x109F
        or 0x1780 <= code <= 0x17FF
    )


def unspaced_joint_is_bound(last: str, first: str) -> bool:
    """True where a line should not break between these two characters of one run of text.

    In Japanese a phrase mostly ends in hiragana and the next begins in another script, so a change from hiragana is the
    natural place, and a run of katakana is one word.
    """
    if first in _NEVER_FIRST:
        return True
    if is_hiragana(first):
        return True
    return _is_katakana(last) and _is_katakana(first)


def is_hiragana(char: str) -> bool:
    return 0x3041 <= ord(char) <= 0x309F


def _is_katakana(char: str) -> bool:
    return 0x30A0 <= ord(char) <= 0x30FF
