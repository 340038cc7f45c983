"""How other tools cut the same words into cues, for `tests.bench.layout` to compare.

The rule of each is written out here, but for stable-ts, which is called.
"""

from __future__ import annotations

import textwrap
from collections.abc import Callable, Sequence
from typing import Any

from clipforge.captions.cues import Cue
from clipforge.captions.profiles import Profile
from clipforge.captions.words import Word, join
from tests.bench.corpus import Text

LINE_WIDTH, LINE_COUNT = 42, 2
LONG_PAUSE_MS = 3000
WORDS_PER_CUE = 10


def _cue(lines: Sequence[Sequence[Word]]) -> Cue:
    """From the start of the first word to the end of the last, as all of these tools have it."""
    words = tuple(word for line in lines for word in line)
    return Cue(words[0].start_ms, words[-1].end_ms, tuple(join(line) for line in lines), words)


def greedy_filler(text: Text, profile: Profile) -> list[Cue]:
    """The writer of openai/whisper (``whisper/utils.py``) with ``--max_line_width 42 --max_line_count 2``.

    A word goes on the line while there is room, else on the next; a cue ends when its lines are full, or where two
    words begin more than 3 s apart. With both options given, the writer pays no attention to the model's segments.
    """
    cues: list[Cue] = []
    lines: list[list[Word]] = []
    length = 0
    last_ms = text.words[0].start_ms
    for word in text.words:
        long_pause = word.start_ms - last_ms > LONG_PAUSE_MS
        width = len(word.text) + (not word.glued)
        if lines and length + width <= LINE_WIDTH and not long_pause:
            lines[-1].append(word)
            length += width
        else:
            if lines and (long_pause or len(lines) >= LINE_COUNT):
                cues.append(_cue(lines))
                lines = []
            lines.append([word])
            length = len(word.text)
        last_ms = word.start_ms
    return [*cues, _cue(lines)]


def fixed_splitting(text: Text, profile: Profile) -> list[Cue]:
    """Ten words a cue, wrapped at 42 characters: what scripts around pysubs2 make of words with times."""
    cues: list[Cue] = []
    for i in range(0, len(text.words), WORDS_PER_CUE):
        words = iter(text.words[i : i + WORDS_PER_CUE])
        running = " ".join(word.text for word in text.words[i : i + WORDS_PER_CUE])
        wrapped = textwrap.wrap(running, LINE_WIDTH, break_long_words=False, break_on_hyphens=False)
        cues.append(_cue([[next(words) for _ in line.split()] for line in wrapped]))
    return cues


def stable_ts() -> Callable[[Text, Profile], list[Cue]] | None:
    """stable-ts with its default regrouping; it makes no line breaks. None where it is not installed."""
    try:
        from stable_whisper import WhisperResult  # type: ignore[import-not-found]
    except (ImportError, OSError):  # OSError: a PyTorch that does not fit the machine
        return None

    def regroup(text: Text, profile: Profile) -> list[Cue]:
        words = [
            {
                "word": word.text if word.glued else f" {word.text}",
                "start": word.start_ms / 1000,
                "end": word.end_ms / 1000,
                "probability": 1.0,
            }
            for word in text.words
        ]
        segment = {"start": words[0]["start"], "end": words[-1]["end"], "text": join(text.words), "words": words}
        result: Any = WhisperResult({"language": text.language, "segments": [segment]})
        result.regroup()
        cues: list[Cue] = []
        following = iter(text.words)
        for found in result.segments:
            own = tuple(next(following) for _ in found.words)
            cues.append(Cue(round(found.start * 1000), round(found.end * 1000), (found.text.strip(),), own))
        return cues

    return regroup
