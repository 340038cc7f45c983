"""Guessing the language of a text by its script and its small words."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

from clipforge.captions.languages import language_of
from clipforge.captions.scripts import is_hiragana

_BY_WORDS = ("en", "es", "fr", "de", "pt", "it", "nl")
_ENOUGH_WORDS = 1000
_LEAST_HITS = 5
_LEAST_SHARE = 0.2
"""Of the words, those that are in the language's tables; about every third one is, in running text."""
_LEAST_LEAD = 1.3
"""The best against the second best: Spanish and Portuguese share many small words."""


def guess_language(lines: Iterable[str]) -> str:
    """ISO 639-1 code of one of the languages that have tables of their own; empty where the text does not tell."""
    words: list[str] = []
    han = 0
    for line in lines:
        if any(map(is_hiragana, line)):
            return "ja"
        han += sum("\u4e00" <= char <= "\u9fff" for char in line)
        words += (token.strip(".,;:!?…\"'«»“”„()[]-–—¿¡").lower() for token in line.split())
        if len(words) >= _ENOUGH_WORDS:
            break
    if han > len(words):
        return "zh"
    counts = Counter(words)
    hits = sorted(((_hits(counts, code), code) for code in _BY_WORDS), reverse=True)
    (best, code), (second, _) = hits[:2]
    sure = best >= max(_LEAST_HITS, _LEAST_SHARE * len(words)) and best >= _LEAST_LEAD * second
    return code if sure else ""


def _hits(counts: Counter[str], code: str) -> int:
    table = language_of(code)
    small = table.determiners | table.prepositions | table.conjunctions | table.subjects | table.auxiliaries
    return sum(counts[word] for word in small)
