"""What each boundary between two words costs layout: to end a cue there, to end a line there, to run across it.

All in one currency, that of `breaks.COST`. A pause makes a break cheaper and running across dearer, so text without
punctuation is laid out by its pauses alone.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass

from clipforge.captions.breaks import COST, SENTENCE_MARKS, Joint, joints_of
from clipforge.captions.heard import Heard
from clipforge.captions.languages import language_of
from clipforge.captions.profiles import CHEVRON, DASH, NEW_CUE, Profile
from clipforge.captions.scene import Scene
from clipforge.captions.words import Word

LINE_SHARE = 0.7
"""A line break against the end of a cue at the same place: the eye is back within the cue."""
JOINED_SENTENCES = 5.0
"""Two sentences in one cue."""
JOINED_SHOTS = 2.0
"""A cue that runs across a shot change which a boundary between words would allow it to end at."""
JOINED_SPEAKERS = {DASH: 6.0, CHEVRON: 6.0, NEW_CUE: 60.0}
"""Two speakers in one cue; where each should have his own, only a cue too short to be read is worse."""


@dataclass(frozen=True, slots=True)
class _Weight:
    """What a pause says about the text."""

    breath_ms: float
    """Gaps up to here are articulation, not a pause."""
    noticed_ms: float
    """Within a sentence, running across a pause up to here costs nothing."""
    full_ms: float
    """From here a pause does all it can for the break at it."""
    per_s: float
    """The cost of a second of silence inside a cue."""


_PUNCTUATED = _Weight(breath_ms=100, noticed_ms=250, full_ms=800, per_s=8.0)
_WORDS_PER_SENTENCE_END = 40
"""Text with fewer sentence ends than this counts as unpunctuated: there, a pause is all that tells of one."""
_WORDS_PER_SENTENCE = 15
_SENTENCE_PAUSE_MS = (120, 500)
"""The bounds of what can be a text's own sentence pause: synthetic speech to slow narration."""
_RELIEF = (0.0, 0.9, 0.9, 0.9, 0.9, 0.9, 0.6, 0.4, 0.0)
"""The share of a break's cost that a full pause takes away, by `Joint`: after "the" a speaker hesitates, no more."""
_SPOKEN_MS = 400
_SPOKEN_MS_PER_LETTER = 120
"""A word that lasts longer than this is followed by a pause, whatever its end says: engines let ends drift."""


@dataclass(frozen=True, slots=True)
class Prices:
    """Per boundary k, before word k; the lists have one entry more than there are words, for the end."""

    cue: list[float]
    line: list[float]
    joined: list[float]
    """Running sum: ``joined[j - 1] - joined[i]`` is what words i to j pay for what lies between them."""
    must: list[bool]
    """True where a cue has to end."""
    sentences: list[int]
    """Running count of the sentences that begin after the first word, by punctuation."""


def price(words: Sequence[Word], heard: Heard, profile: Profile, scene: Scene) -> Prices:
    """The prices of all boundaries of a text."""
    joints = joints_of([w.text for w in words], [w.glued for w in words], language_of(scene.language))
    pauses = _pauses(words, heard)
    unpunctuated = sum(w.text[-1] in SENTENCE_MARKS for w in words) * _WORDS_PER_SENTENCE_END < len(words)
    weight = _unpunctuated(pauses) if unpunctuated else _PUNCTUATED
    cue, line, joined, must, sentences = [0.0], [0.0], [0.0], [True], [0]
    total = 0.0
    across = JOINED_SPEAKERS[profile.speakers]
    starts, ends, shots = heard.starts, heard.ends, scene.shots_ms
    for k in range(1, len(words)):
        kind, pause = joints[k], pauses[k]
        turn = words[k].speaker != words[k - 1].speaker
        relief = _RELIEF[kind] * min(1.0, max(0.0, pause - weight.breath_ms) / weight.full_ms)
        cue.append(0.0 if turn else COST[kind] * (1 - relief))
        line.append(LINE_SHARE * COST[kind] * (1 - relief / 2))
        total += across + _silence(pause - weight.breath_ms, weight) if turn else _running_across(kind, pause, weight)
        if shots and bisect_left(shots, ends[k - 1]) < bisect_left(shots, starts[k] + 1):
            total += JOINED_SHOTS
        joined.append(total)
        sentences.append(sentences[-1] + (kind is Joint.SENTENCE))
        must.append(pause >= profile.pause_ms)
    return Prices([*cue, 0.0], [*line, 0.0], [*joined, total], [*must, True], sentences)


def _pauses(words: Sequence[Word], heard: Heard) -> list[int]:
    """The silence before each word, in ms; 0 before the first."""
    pauses = [0]
    for k in range(1, len(words)):
        spoken_ms = _SPOKEN_MS + _SPOKEN_MS_PER_LETTER * len(words[k - 1].text)
        pauses.append(heard.starts[k] - min(heard.ends[k - 1], heard.starts[k - 1] + spoken_ms))
    return pauses


def _unpunctuated(pauses: Sequence[int]) -> _Weight:
    """Weighs by the text's own sentence pause: about as many pauses are as long as there should be sentences."""
    longest_first = sorted(pauses, reverse=True)
    least, most = _SENTENCE_PAUSE_MS
    full = min(most, max(least, longest_first[len(pauses) // _WORDS_PER_SENTENCE]))
    return _Weight(breath_ms=0.1 * full, noticed_ms=0.3 * full, full_ms=full, per_s=12_000 / full)


def _running_across(kind: Joint, pause_ms: int, weight: _Weight) -> float:
    if kind is Joint.SENTENCE:
        return JOINED_SENTENCES + _silence(pause_ms - weight.breath_ms, weight)
    return _silence(pause_ms - weight.noticed_ms, weight)


def _silence(length_ms: float, weight: _Weight) -> float:
    return weight.per_s * max(0.0, length_ms) / 1000
