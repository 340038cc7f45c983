"""From words to cues, by one global optimisation.

::

    words ──▶ hear ──────▶ price ──────▶ search ──────────▶ time ────▶ cues
              times to     joints and    cue and line       in, out,
              build on     pauses        breaks together    chaining

What holds for every input, `lay_out` says.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from clipforge.captions.cues import Cue
from clipforge.captions.heard import Heard, hear
from clipforge.captions.lines import Lines, Ruler
from clipforge.captions.measure import characters, columns
from clipforge.captions.prices import price
from clipforge.captions.profiles import CHEVRON, DASH, WPM, Profile
from clipforge.captions.scene import Scene
from clipforge.captions.search import Task, cheapest_cues
from clipforge.captions.timing import Pace, time_cues, utterances_of
from clipforge.captions.words import Word, join

__all__ = ["Scene", "lay_out"]

_MARKS = {DASH: "-", CHEVRON: ">> "}


def lay_out(words: Sequence[Word], profile: Profile, scene: Scene) -> list[Cue]:
    """The words as cues under a profile's rules; ``words`` in the order they were spoken, times from the clip's start.

    For every input:

    - The words of the cues are the words given, in order, none changed; only words without text are left out.
    - No line is longer than the profile's line length, unless it is a single word; no cue has more lines than allowed,
      or more than it needs; none runs across a pause of ``pause_ms``.
    - ``0 <= in < out <= media_ms``, no two cues overlap, none lasts longer than ``most_ms``.

    As long as the times could be true (see `hear`):

    - No cue appears after its first word starts.
    - None disappears before its last word ends, unless the next cue has to appear, the clip ends, or the word lasts
      longer than a cue may.
    - The least gap is kept, unless the next cue appears within twice that gap.
    - The least duration is kept, unless what is said before, after and within the cue leaves no room for it and the
      rules above forbid to join it with its neighbours.

    In a clip of fewer milliseconds than words, cues may run past its end.
    """
    words = [word for word in words if word.text.strip()]
    if not words:
        return []
    profile = profile.for_language(scene.language)
    text = _Text.of(words, profile, hear(words, scene.media_ms, profile.most_ms))
    prices = price(words, text.heard, profile, scene)
    lines = Lines(text.ruler, prices.line, profile.max_line_length, profile.max_lines, len(text.turn_mark))
    pace = Pace.of(profile, scene)
    starts = cheapest_cues(Task(text.heard, prices, lines, pace, text.loads))
    times = time_cues(utterances_of(starts, text.heard, text.loads), pace, text.heard.limit_ms)
    bounds = [*starts, len(words)]
    return [
        Cue(in_ms, out_ms, text.lines_of(lines.split(i, j), j), tuple(words[i:j]))
        for (in_ms, out_ms), (i, j) in zip(times, pairwise(bounds), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Text:
    """The words, measured."""

    words: Sequence[Word]
    heard: Heard
    ruler: Ruler
    loads: list[float]
    """Units of reading before each word, and at the end."""
    mark: str
    """What opens a line at which another speaker begins."""
    turn_mark: str
    """What opens every line of a cue in which several speak; where there is one, `mark` is not used."""

    @classmethod
    def of(cls, words: Sequence[Word], profile: Profile, heard: Heard) -> _Text:
        mark = _MARKS.get(profile.speakers, "")
        turns = _turns(words)
        begins: list[int] = []
        ends: list[int] = []
        loads: list[float] = [0.0]
        sizes: dict[str, tuple[int, int]] = {}
        column = 0
        for i, word in enumerate(words):
            size = sizes.get(word.text)
            if size is None:
                size = sizes[word.text] = (columns(word.text), characters(word.text))
            space = 0 if word.glued or not i else 1
            begins.append(column + space)
            column += space + size[0]
            if profile.speakers == CHEVRON and i and turns[i - 1] == i:
                column += len(mark)
            ends.append(column)
            loads.append(loads[-1] + (1 if profile.speed_unit == WPM else space + size[1]))
        turn_mark = mark if profile.speakers == DASH else ""
        return cls(words, heard, Ruler(begins, ends, turns), loads, mark, turn_mark)

    def lines_of(self, starts: Sequence[int], end: int) -> tuple[str, ...]:
        """The text of the lines that begin at these words; the last one stops before word ``end``."""
        several = self.ruler.turns[starts[0]] < end
        return tuple(
            self._opening(i, several) + join(self.words[i:j]) for i, j in zip(starts, [*starts[1:], end], strict=True)
        )

    def _opening(self, i: int, several: bool) -> str:
        if self.turn_mark:
            return self.turn_mark if several else ""
        return self.mark if i and self.ruler.turns[i - 1] == i else ""


def _turns(words: Sequence[Word]) -> list[int]:
    """Per word: the first later word of another speaker, or the number of words."""
    turns = [len(words)] * len(words)
    for i in range(len(words) - 2, -1, -1):
        turns[i] = i + 1 if words[i].speaker != words[i + 1].speaker else turns[i + 1]
    return turns
