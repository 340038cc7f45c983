"""Repairing cues without touching their words: what lint finds and time, silence and other line breaks can mend.

A repair is a guess that is kept only if lint agrees: each is tried on its cue and the neighbours, and stays where fewer
or lesser rules are broken than before, and none that the file obeyed.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from clipforge.captions.cues import Cue
from clipforge.captions.findings import ERROR, Finding
from clipforge.captions.lint import check
from clipforge.captions.profiles import Profile
from clipforge.captions.repair.proposals import REPAIRED_IDS, Place, kind_of, proposals
from clipforge.captions.scene import Scene

__all__ = ["REPAIRED_IDS", "Leeway", "repair"]

_PRECEDENCE = ("CF002", "CF003", "CF004", "CF006", "CF005", "CF008", "CF007", "CF009", "CF010", "CF012", "CF011")
"""No overlap, lines, least duration, reading speed, then grammar and balance."""
_AROUND = 2
"""Neighbours on either side that a finding can depend on, and one more, whose findings tell nothing here."""
_MOST_PASSES = 50

Score = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Leeway:
    """What a repair may do."""

    ids: frozenset[str] = REPAIRED_IDS
    """The findings to mend."""
    grid_ms: int = 1
    """Times are whole numbers of this."""
    divisible: Sequence[bool] | None = None
    """Per cue, whether it may become several; None: all may."""


def repair(cues: Sequence[Cue], profile: Profile, scene: Scene, leeway: Leeway | None = None) -> list[list[Cue]]:
    """Per cue, the cues that it becomes: itself where there is nothing to do, several where it had to be divided.

    Words and their order stay, no overlap comes to be, no id is found that was not found before, and what comes out is
    left alone when repaired again.
    """
    leeway = leeway or Leeway()
    before = check(cues, profile, scene)
    leeway = replace(leeway, ids=leeway.ids & REPAIRED_IDS)
    if not any(finding.id in leeway.ids for finding in before):
        return [[cue] for cue in cues]
    whole = [False] * len(cues)
    for divisible in (leeway.divisible or [True] * len(cues), whole):
        bench = _Bench(cues, profile, scene, replace(leeway, divisible=divisible), before)
        bench.work(before)
        after = check(bench.cues, profile, scene)
        if {finding.id for finding in after} <= bench.known and _score(after) <= _score(before):
            return bench.grouped(len(cues))
    return [[cue] for cue in cues]


def _score(findings: Sequence[Finding]) -> Score:
    """Lower is better: fewer errors, then errors of lesser rules, then fewer warnings, and of lesser rules."""
    counts = Counter((finding.level == ERROR, finding.id) for finding in findings)
    score: list[int] = []
    for is_error in (True, False):
        by_rule = [counts[is_error, rule] for rule in _PRECEDENCE]
        score += [sum(by_rule), *by_rule]
    return tuple(score)


def _overlaps(cues: Sequence[Cue]) -> int:
    return sum(before.out_ms > after.in_ms for before, after in pairwise(cues))


class _Bench:
    """The cues in work."""

    def __init__(
        self, cues: Sequence[Cue], profile: Profile, scene: Scene, leeway: Leeway, findings: Sequence[Finding]
    ) -> None:
        self.cues = list(cues)
        self.known = {finding.id for finding in findings}
        self._origins = list(range(len(cues)))
        self._profile = profile
        self._rules = profile.for_language(scene.language)
        self._scene = scene
        self._leeway = leeway
        self._in_vain: set[tuple[str, int, tuple[Cue, ...]]] = set()

    def work(self, findings: Sequence[Finding]) -> None:
        """Pass after pass, until nothing gets better."""
        for _ in range(_MOST_PASSES):
            found = {(f.cue - 1, f.id) for f in findings if f.id in self._leeway.ids and f.cue > 0}
            # From the end, so that a cue which becomes several moves no index that is still needed.
            order = sorted(found, key=lambda at: (-at[0], _PRECEDENCE.index(at[1])))
            if not sum([self._mend(index, rule) for index, rule in order]):
                return
            findings = check(self.cues, self._profile, self._scene)

    def grouped(self, count: int) -> list[list[Cue]]:
        """Per cue given, those that it has become."""
        groups: list[list[Cue]] = [[] for _ in range(count)]
        for cue, origin in zip(self.cues, self._origins, strict=True):
            groups[origin].append(cue)
        return groups

    def _mend(self, index: int, rule: str) -> bool:
        """Keeps the best of what is proposed for a finding, where that is better than nothing."""
        first, last = max(0, index - 1 - _AROUND), index + 1 + _AROUND
        attempt = (kind_of(rule), index - first, tuple(self.cues[first:last]))
        if attempt in self._in_vain:
            return False
        best, kept = self._judged(self.cues[first:last]), None
        overlaps = _overlaps(self.cues[first:last])
        for proposal in proposals(rule, self._place(index)):
            if proposal.cues == [self.cues[proposal.at]]:
                continue
            around = [*self.cues[first : proposal.at], *proposal.cues, *self.cues[proposal.at + 1 : last]]
            score = self._judged(around) if _overlaps(around) <= overlaps else None
            if score is not None and (best is None or score < best):
                best, kept = score, proposal
        if kept is None:
            self._in_vain.add(attempt)
            return False
        self.cues[kept.at : kept.at + 1] = kept.cues
        self._origins[kept.at : kept.at + 1] = [self._origins[kept.at]] * len(kept.cues)
        return True

    def _place(self, index: int) -> Place:
        divisible = self._leeway.divisible is None or self._leeway.divisible[self._origins[index]]
        return Place(self.cues, index, self._rules, self._scene, self._leeway.grid_ms, divisible)

    def _judged(self, cues: Sequence[Cue]) -> Score | None:
        """The score of some neighbours; None where they break a rule that the file obeyed."""
        findings = check(cues, self._profile, self._scene)
        return _score(findings) if all(finding.id in self.known for finding in findings) else None
