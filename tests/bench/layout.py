"""How good the captions are: the same words laid out by us and as the common tools do it.

Run from the root of the repository: ``python -m tests.bench.layout``. Prints the tables of docs/benchmarks.md, and
exits with 1 where a mark is missed. The row of stable-ts needs it installed (``pip install stable-ts``).

What the columns count, each against the limits of the row's profile:

- CPL, lines, CPS, least and most duration: the share of cues that keep the limit. CPS is the profile's reading speed,
  in words a minute for ``bbc``.
- CPS allowed: the same where speech rate allows, that is, without the cues that were spoken too fast. A run of cues was
  spoken too fast if its words would be over the limit even with all the silence around them: shown from the end of the
  word before (no earlier than the profile lets a cue appear before its first word) to the start of the word after (no
  later than it lets a cue linger), less the least gaps. A cue was spoken too fast if it stands in such a run, be it
  alone: then somebody in it has to be over the limit, wherever the times are put.
- Least gap: the share of neighbouring cues that keep it; an overlap does not.
- Bad breaks: findings CF009 per 100 breaks. A break is the end of a line, or of a cue that is not the last.
- Orphans: lines and cues of a single word that is no sentence by itself, per 100 cues. None are counted in scripts
  without spaces.
- In sync: the mean distance of in time and first word, in ms.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, chain, pairwise

from clipforge.captions.cues import Cue
from clipforge.captions.layout import lay_out
from clipforge.captions.lint import check
from clipforge.captions.lint_text import text_load
from clipforge.captions.measure import columns
from clipforge.captions.profiles import PROFILES, WPM, Profile
from clipforge.captions.scene import Scene
from clipforge.captions.scripts import is_unspaced
from tests.bench.corpus import Text, texts
from tests.bench.others import fixed_splitting, greedy_filler, stable_ts

BAD_BREAKS_MARK, SPEED_MARK = 2.0, 95.0
_ENDS = tuple('.!?…。！？"”»“')
_RUN = 8
"""Cues on either side that are looked at for a run that was spoken too fast."""
_SLACK_MS = 1
"""Limits in frames are no whole milliseconds."""


@dataclass
class Tally:
    """What was counted, of any number of texts."""

    cues: int = 0
    lines_fit: int = 0
    few_lines: int = 0
    slow: int = 0
    could_be_slow: int = 0
    long_enough: int = 0
    short_enough: int = 0
    gaps: int = 0
    wide_gaps: int = 0
    breaks: int = 0
    bad_breaks: int = 0
    orphans: int = 0
    off_ms: int = 0
    misses: list[str] = field(default_factory=list)
    """Cues too fast where speech rate is no excuse."""

    def row(self, name: str) -> str:
        shares = [
            _share(self.lines_fit, self.cues),
            _share(self.few_lines, self.cues),
            _share(self.slow, self.cues),
            _share(self.slow, self.could_be_slow),
            _share(self.long_enough, self.cues),
            _share(self.short_enough, self.cues),
            _share(self.wide_gaps, self.gaps),
        ]
        counts = [f"{self.bad_per_100:.2f}", f"{100 * self.orphans / self.cues:.1f}", f"{self.off_ms / self.cues:.0f}"]
        return f"| {name} | " + " | ".join([str(self.cues), *shares, *counts]) + " |"

    @property
    def bad_per_100(self) -> float:
        return 100 * self.bad_breaks / self.breaks

    @property
    def kept(self) -> bool:
        """True where every mark is reached."""
        guaranteed = (self.lines_fit, self.few_lines, self.long_enough, self.short_enough)
        return (
            all(count == self.cues for count in guaranteed)
            and self.wide_gaps == self.gaps
            and 100 * self.slow >= SPEED_MARK * self.could_be_slow
            and self.bad_per_100 < BAD_BREAKS_MARK
        )


HEAD = """\
| {} | cues | CPL % | lines % | CPS % | CPS allowed % | least % | most % | gap % | bad breaks | orphans | in sync ms |
|---|---|---|---|---|---|---|---|---|---|---|---|"""


def _share(count: int, of: int) -> str:
    return "–" if not of else "100" if count == of else f"{100 * count / of:.1f}"


class _Speech:
    """How fast the words behind runs of cues were spoken."""

    def __init__(self, text: Text, profile: Profile, cues: Sequence[Cue], gap_ms: float, scene: Scene) -> None:
        self._ends = [0, *(word.end_ms for word in text.words)]
        self._starts = [*(word.start_ms for word in text.words), text.media_ms]
        self._firsts = [0, *accumulate(len(cue.words) for cue in cues)]
        self._loads = [text_load(cue, profile) for cue in cues]
        self._profile = profile
        self._gap_ms = gap_ms
        self._early_ms = profile.early.at(scene.frame_rate)

    def needs_ms(self, i: int, j: int) -> float:
        """The time that cues i to j, exclusive, need at the fastest speed allowed."""
        unit_ms = (60_000 if self._profile.speed_unit == WPM else 1000) / self._profile.max_speed
        return sum(self._loads[i:j]) * unit_ms

    def was_too_fast(self, c: int) -> bool:
        last = len(self._loads)
        around = range(max(0, c - _RUN), c + 1), range(c + 1, min(last, c + _RUN) + 1)
        return any(self.too_fast(i, j) for i in around[0] for j in around[1])

    def too_fast(self, i: int, j: int) -> bool:
        """True where not even all the silence around cues i to j would be enough."""
        first, after = self._firsts[i], self._firsts[j]
        begin = max(self._ends[first] + self._gap_ms, self._starts[first] - self._early_ms)
        end = min(self._starts[after] - self._gap_ms, self._ends[after] + self._profile.linger_ms)
        could_ms = end - min(begin, self._starts[first]) - (j - i - 1) * self._gap_ms
        return min(could_ms, (j - i) * self._profile.most_ms) + _SLACK_MS < self.needs_ms(i, j)


def count(tally: Tally, cues: Sequence[Cue], text: Text, profile: Profile) -> None:
    """Adds one text's cues to a tally. Every cue carries its words."""
    scene = Scene(text.language, text.media_ms)
    profile = profile.for_language(text.language)
    gap_ms = profile.gap.at(scene.frame_rate)
    before_line = ""
    speech = _Speech(text, profile, cues, gap_ms, scene)
    for c, cue in enumerate(cues):
        tally.cues += 1
        tally.lines_fit += all(columns(line) <= profile.max_line_length for line in cue.lines)
        tally.few_lines += len(cue.lines) <= profile.max_lines
        tally.long_enough += cue.duration_ms >= profile.least_ms
        tally.short_enough += cue.duration_ms <= profile.most_ms
        tally.off_ms += abs(cue.in_ms - cue.words[0].start_ms)
        tally.breaks += len(cue.lines) - 1
        for line in cue.lines:
            tally.orphans += _is_orphan(line, before_line)
            before_line = line
        slow = cue.duration_ms + _SLACK_MS >= speech.needs_ms(c, c + 1)
        could = slow or not speech.was_too_fast(c)
        tally.slow += slow
        tally.could_be_slow += could
        if could and not slow:
            tally.misses.append(f"{text.name}: {cue.text!r} ({profile.name})")
    for before, following in pairwise(cues):
        tally.gaps += 1
        tally.wide_gaps += following.in_ms - before.out_ms + _SLACK_MS >= gap_ms
    tally.breaks += len(cues) - 1
    tally.bad_breaks += sum(finding.id == "CF009" for finding in check(cues, profile, scene))


def _is_orphan(line: str, before: str) -> bool:
    """True for a word that is neither a sentence ("Good!") nor in a script without spaces."""
    sentence = line.endswith(_ENDS) and (not before or before.endswith(_ENDS))
    return len(line.split()) == 1 and not sentence and not is_unspaced(line[-1])


Tool = Callable[[Text, Profile], list[Cue]]


def ours(text: Text, profile: Profile) -> list[Cue]:
    return lay_out(text.words, profile, Scene(text.language, text.media_ms))


def tally_of(tool: Tool, of: Iterable[Text], profile: Profile) -> Tally:
    tally = Tally()
    for text in of:
        cues = tool(text, profile)
        if [word.text for cue in cues for word in cue.words] != [word.text for word in text.words]:
            raise SystemExit(f"{text.name}: words were lost or changed")
        count(tally, cues, text, profile)
    return tally


def show(cues: Sequence[Cue]) -> str:
    """As in the docs: times in seconds, lines with a bar between them."""
    return "\n".join(f"{cue.in_ms / 1000:6.2f} – {cue.out_ms / 1000:6.2f}  {' | '.join(cue.lines)}" for cue in cues)


def main() -> int:
    corpus = texts()
    spaced = [text for text in corpus if text.language not in ("zh", "ja")]
    minutes = sum(text.media_ms for text in corpus) / 60_000
    print(f"{len(corpus)} texts, {sum(len(t.words) for t in corpus)} words, {minutes:.0f} minutes\n")
    netflix = PROFILES["netflix-en"]
    print(HEAD.format("netflix-en's limits, texts with spaces"))
    print(tally_of(ours, spaced, netflix).row("ClipForge"))
    for name, tool in (("greedy filler", greedy_filler), ("fixed splitting", fixed_splitting)):
        print(tally_of(tool, spaced, netflix).row(name))
    regroup = stable_ts()
    print("| stable-ts | not installed |" if regroup is None else tally_of(regroup, spaced, netflix).row("stable-ts"))
    tallies: list[Tally] = []
    print("\n" + HEAD.format("profile, all texts"))
    for profile in PROFILES.values():
        tallies.append(tally_of(ours, corpus, profile))
        print(tallies[-1].row(profile.name))
    for profile in PROFILES.values():
        print("\n" + HEAD.format(f"{profile.name}, by language"))
        for language in dict.fromkeys(text.language for text in corpus):
            tallies.append(tally_of(ours, [text for text in corpus if text.language == language], profile))
            print(tallies[-1].row(language))
    kept = all(tally.kept for tally in tallies)
    print(f"\nevery mark {'is reached' if kept else 'is NOT reached'}")
    print(*chain.from_iterable(tally.misses for tally in tallies), sep="\n")
    return 0 if kept else 1


if __name__ == "__main__":
    sys.exit(main())
