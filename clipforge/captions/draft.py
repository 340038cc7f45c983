"""Dressing the words of an engine that writes in lower case without punctuation."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clipforge.captions.breaks import Joint, Token, joint, token_of
from clipforge.captions.languages import language_of
from clipforge.captions.languages.base import words as words_of
from clipforge.captions.words import Word

_ALWAYS_CAPITAL = words_of(
    """
    monday tuesday wednesday thursday friday saturday sunday mondays tuesdays wednesdays thursdays fridays saturdays
    sundays january february april june july august september october november december christmas easter english french
    german spanish italian american british european america england britain london paris europe
    """
)
"""Words that English never writes small, the commonest of those that are nothing else ("may" and "march" are)."""
SENTENCE_PAUSE_MS = 500
"""A silence from which a new sentence is taken to begin, unless the word before it shows that the speaker hesitates."""


def dress(words: Sequence[Word]) -> tuple[Word, ...]:
    """English words with a capital where a sentence seems to begin; "I", "Monday" and the like as English writes them.

    A sentence begins at the first word and after a long pause, unless the word before the pause cannot end one ("the",
    "and"). No punctuation is made up: nobody heard it. Words that already have a capital somewhere are returned as
    they are: their engine knows how to write.
    """
    if any(word.text != word.text.lower() for word in words):
        return tuple(words)
    english = language_of("en")
    dressed: list[Word] = []
    before: tuple[Word, Token] | None = None
    for word in words:
        token = token_of(word.text, english) if word.text else None
        text = word.text
        if token is not None:
            if token.head == "i":
                text = text.replace("i", "I", 1)
            elif token.head in _ALWAYS_CAPITAL or before is None or _begins_sentence(before, word, token):
                text = _capitalised(text)
            before = word, token
        dressed.append(replace(word, text=text) if text != word.text else word)
    return tuple(dressed)


def _begins_sentence(before: tuple[Word, Token], word: Word, token: Token) -> bool:
    last, last_token = before
    if word.speaker != last.speaker:
        return True
    if word.start_ms - last.end_ms < SENTENCE_PAUSE_MS or word.glued:
        return False
    return joint(last_token, token, language_of("en")) is not Joint.BOUND


def _capitalised(text: str) -> str:
    """The first letter in upper case, whatever stands before it; untouched where a digit comes first."""
    for i, char in enumerate(text):
        if char.isalnum():
            return text[:i] + char.upper() + text[i + 1 :]
    return text
