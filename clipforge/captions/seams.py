"""The words of a clip from those of its windows. Pure.

Windows are cut at silences, so that words need only be laid one after the other. In speech without a silence for 30
seconds a cut can fall into a word; each window then holds a half, and a half is often heard as the whole word.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from clipforge.captions.phrases import plain
from clipforge.captions.words import HeardWindow, Word

SEAM_MS = 60
"""A word this close to the cut reaches up to it: two steps of Whisper's alignment, and one more."""
MS_PER_LETTER, MS_PER_WORD = 100, 100
"""One word lasts no longer than this at a slow pace (the synthesizers' slowest: 85 ms a letter); the same word said
twice does."""


def joined(windows: Sequence[HeardWindow], keep_doubtful: bool = False) -> tuple[Word, ...]:
    """All words in order, their times counted from the clip's start. ``windows`` are in order and do not overlap.

    Words that were dropped as invented are left out, unless they are to be kept.
    """
    words: list[Word] = []
    end_ms: int | None = None
    for window in windows:
        found = [word.shifted(window.start_ms) for word in window.transcript.believed(keep_doubtful)]
        if words and found and end_ms is not None and _are_halves(words[-1], found[0], end_ms, window.start_ms):
            words[-1] = _one(words[-1], found.pop(0))
        words += found
        end_ms = window.end_ms
    return tuple(words)


def _are_halves(before: Word, after: Word, end_ms: int, start_ms: int) -> bool:
    """True where a word was cut in two: by text, by place, and by how long both last together."""
    said = plain(before.text)
    return (
        bool(said)
        and said == plain(after.text)
        and start_ms - end_ms <= 1  # windows that touch; one millisecond for rounding
        and end_ms - before.end_ms <= SEAM_MS
        and after.start_ms - start_ms <= SEAM_MS
        and after.end_ms - before.start_ms <= MS_PER_LETTER * len(said) + MS_PER_WORD
    )


def _one(before: Word, after: Word) -> Word:
    """The surer half, over the time of both."""
    surer = after if (after.confidence or 0.0) > (before.confidence or 0.0) else before
    return replace(surer, start_ms=before.start_ms, end_ms=after.end_ms, glued=before.glued)
