"""Words that a model may have invented: Whisper writes down farewells, credits and loops where nobody speaks. Pure.

No one sign is enough. People do say "thank you for watching", and "no, no, no, no"; a low voice in a loud hall looks
like little speech. So each word collects the signals that speak against it, words in a row with the same signals make a
`Doubt`, and only where `ENOUGH` signals agree are they dropped.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import TYPE_CHECKING

from clipforge.captions.phrases import credit_in, is_sign_off, plain
from clipforge.captions.repeats import LONGEST, most_repeats
from clipforge.captions.words import Doubt, Word, join
from clipforge.engines.doubt import NO_SPEECH, Heard
from clipforge.engines.loudness import FRAME_MS, smooth
from clipforge.engines.times import Pause, pauses

if TYPE_CHECKING:
    from clipforge.engines.loudness import Loudness

LITTLE_SPEECH, KNOWN_PHRASE, WORD_TIMES, REPEATS, UNHEARD_AGAIN = (
    "little speech",
    "known phrase",
    "word times",
    "repeats",
    "unheard again",
)
SIGNALS = (LITTLE_SPEECH, NO_SPEECH, UNHEARD_AGAIN, KNOWN_PHRASE, WORD_TIMES, REPEATS)
"""Little sound that changes under the words; the model itself holds that nobody speaks; heard alone, the window gave no
text; a phrase that models are known to invent; words too short, too long and too unlikely; a phrase over and over."""

ENOUGH = 2

STEADY_DB = 4.0
"""Syllables rise and fall by more than that; a tone, hum or hiss does not (white noise 1.5 dB, pink noise 3)."""
AROUND_MS = 250
"""How much sound beside a word is looked at with it: a syllable lasts 200 ms on average."""
LONG_SILENCE_MS = 1000
"""In a shorter pause a word may have been aligned beside its sound."""
MOSTLY = 0.8
"""A word that lies in a pause for that share of its time has no sound under it."""
LEAST_CONFIDENCE, SHORT_MS = 0.15, 133  # openai/whisper
STRETCHED_MS = 1200
"""Of 651 words of synthesized narration none lasted more than 0.92 s."""
PART_MS = 500
"""A pause as long as this parts what is said, as the end of a sentence does."""
_ENDS = (".", "!", "?", "。", "！", "？", "…")


def doubts(words: Sequence[Word], heard: Heard, levels: Loudness, language: str) -> tuple[Doubt, ...]:
    """The words that may be invented, in order.

    ``words`` are those of ``heard`` with the times that captions will have; ``levels`` are those of the window.
    """
    signals: list[set[str]] = [set() for _ in words]
    silent = [part.is_over_silence for part in heard.spoken for _ in part.words]
    quiet = [pause for pause in pauses(levels) if pause.end_ms - pause.start_ms >= LONG_SILENCE_MS]
    for i, word in enumerate(words):
        if _little_sound(word, levels, quiet):
            signals[i].add(LITTLE_SPEECH)
        if silent[i]:
            signals[i].add(NO_SPEECH)
        if heard.unheard_again:
            signals[i].add(UNHEARD_AGAIN)
    for start, end in _parts(words):
        said = plain(join(words[start:end]))
        found = set()
        if credit_in(said) is not None or is_sign_off(said, language):
            found.add(KNOWN_PHRASE)
        if are_anomalous(words[start:end]):
            found.add(WORD_TIMES)
        for i in range(start, end):
            signals[i] |= found
    for start, end in loops([word.text for word in words]):
        over_little = sum(LITTLE_SPEECH in found for found in signals[start:end])
        for i in range(start, end):
            signals[i].add(REPEATS)
            if 2 * over_little < end - start:  # "no … no … no … no": one of them was aligned beside its sound
                signals[i].discard(LITTLE_SPEECH)
    rows = [
        (tuple(name for name in SIGNALS if name in found), word) for found, word in zip(signals, words, strict=True)
    ]
    return tuple(
        Doubt(tuple(word for _, word in group), found, len(found) >= ENOUGH)
        for found, group in groupby(rows, key=lambda row: row[0])
        if found
    )


def are_anomalous(words: Sequence[Word]) -> bool:
    """True where the words of a part are on average too short or too unlikely, or stretched ones take half its time.

    Short and unlikely are as in openai/whisper (``word_anomaly_score`` in ``transcribe.py``; its other rule, a sum of 3
    in eight words, short words at a quick pace fulfil). Stretched is stricter than its 2 s, because times have been
    corrected.
    """
    lengths_ms = [word.end_ms - word.start_ms for word in words]
    unlikely = sum(word.confidence is not None and word.confidence < LEAST_CONFIDENCE for word in words)
    short_s = sum(max(0, SHORT_MS - length_ms) / 1000 for length_ms in lengths_ms)
    stretched_ms = sum(length_ms for length_ms in lengths_ms if length_ms > STRETCHED_MS)
    return unlikely + 15 * short_s + 0.01 >= len(words) or stretched_ms > sum(lengths_ms) / 2


def loops(texts: Sequence[str]) -> list[tuple[int, int]]:
    """(first, after the last) of the words that make a phrase said more often in a row than people say it."""
    said = [plain(text) for text in texts]
    found: list[tuple[int, int]] = []
    at = 0
    while at < len(said):
        end = max((_end_of_loop(said, at, length) for length in range(1, LONGEST + 1)), default=at)
        if end > at:
            found.append((at, end))
        at = max(end, at + 1)
    return found


def _end_of_loop(said: Sequence[str], start: int, length: int) -> int:
    """Where the loop of a phrase of ``length`` words ends, ``start`` where there is none."""
    phrase = said[start : start + length]
    end = start
    while any(phrase) and said[end : end + length] == phrase:
        end += length
    return end if end - start > length * most_repeats(length) else start


def _parts(words: Sequence[Word]) -> Iterator[tuple[int, int]]:
    """(first, after the last) of what stands between two ends of sentences or longer pauses."""
    start = 0
    for i, word in enumerate(words):
        is_last = i + 1 == len(words)
        if is_last or word.text.endswith(_ENDS) or words[i + 1].start_ms - word.end_ms >= PART_MS:
            yield start, i + 1
            start = i + 1


def _little_sound(word: Word, levels: Loudness, quiet: Sequence[Pause]) -> bool:
    """True where a word stands in a pause, or over sound that does not change."""
    import numpy as np

    length_ms = word.end_ms - word.start_ms
    in_pause_ms = sum(max(0, min(word.end_ms, p.end_ms) - max(word.start_ms, p.start_ms)) for p in quiet)
    if length_ms and in_pause_ms >= MOSTLY * length_ms:
        return True
    even = smooth(levels)
    # With what comes before it and with what comes after it: one of them may be where a tone begins or ends.
    for start_ms, end_ms in ((word.start_ms - AROUND_MS, word.end_ms), (word.start_ms, word.end_ms + AROUND_MS)):
        around = even[max(0, start_ms) // FRAME_MS : end_ms // FRAME_MS]
        if len(around) >= AROUND_MS // FRAME_MS:
            least, most = np.percentile(around, (5, 95))
            if most - least < STEADY_DB:
                return True
    return False
