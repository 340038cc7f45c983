"""Speech probabilities → stretches of speech → windows of at most 30 s. Pure; positions are samples at 16 kHz.

Windows are laid from the end of the recording towards its head: where a window begins depends on what comes after it
and on nothing before it::

    stretches   ──  ────   ─────── ──   ─────     ────  ───── ──    ──────── ────
    windows     └────────┘ └──────────────────┘   └────────────┘    └───────────┘ ◀─ begins here
                ◀─ head: takes what is left

So a trim at the head leaves all windows as they were but the one or two at the new head. The other direction heals as
well, because each step takes the longest silence among many: after a trim at the tail, old and new windows meet again
after 8 windows on average (one in ten: 21; simulated narration). Laying them as full as possible instead would need 5 %
fewer windows.
"""

from __future__ import annotations

import itertools
from bisect import bisect_left, bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_RATE = 16_000
FRAME = 512
"""Samples per probability: 32 ms."""
MAX_WINDOW = 30 * _RATE
"""What Whisper's encoder takes."""

SPEECH_FROM = 0.5
"""A frame this speech-like begins a stretch: silero's own default."""
SPEECH_UNTIL = 0.35
"""A frame less speech-like than this ends it; between the two, what was goes on. Silero's default: 0.15 below."""
LEAST_SILENCE = 5 * FRAME
"""160 ms, faster-whisper's value for batches. A shorter dip is a plosive's closure, not a place to cut."""
LEAST_SPEECH = 4 * FRAME
"""128 ms: shorter is a click. The shortest words ("I", "no") run to about that."""
PADDING = 6400
"""400 ms of sound on either side of a stretch, half of the silence at most: faster-whisper's value. Detection comes
late at soft onsets."""
SLACK = 8 * _RATE
"""Windows of 22 to 30 s count as equally full: among their silences the longest is cut. Wider heals faster and fills
worse: 12 s would need 13 % more windows than the fewest possible, 8 s needs 6 %, 4 s needs 1 %."""
BREAK = 10 * _RATE
"""Silence this long is never inside a window: it invites invented text, and costs as much of the encoder's 30 s as the
half window that a cut leaves empty."""
_SMOOTHING = 5  # frames; one frame's dip says little


@dataclass(frozen=True, slots=True)
class Run:
    """Frames that follow each other without a gap. The last one reaches up to the next run."""

    start: int
    """Sample at which the first frame begins."""
    probabilities: NDArray[np.float32]
    """Shape (frames,): speech probability of each `FRAME` samples."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """Speech without a silence of `LEAST_SILENCE` in it, and the sound around it."""

    start: int
    end: int
    """With padding."""
    spoken_from: int
    spoken_to: int
    """Without."""
    silence_before: int
    """Length of the silence in front of it, before padding."""


def find_speech(runs: Sequence[Run], total: int) -> list[tuple[int, int]]:
    """Where there is speech in a recording of ``total`` samples: (start, end), ascending, not padded."""
    speech: list[tuple[int, int]] = []
    for start, end in _raw_speech(runs, total):
        if speech and start - speech[-1][1] < LEAST_SILENCE:
            speech[-1] = (speech[-1][0], end)
        else:
            speech.append((start, end))
    return [(start, end) for start, end in speech if end - start >= LEAST_SPEECH]


def _raw_speech(runs: Sequence[Run], total: int) -> Iterator[tuple[int, int]]:
    import numpy as np

    began: int | None = None
    for run in runs:
        loud = run.probabilities >= SPEECH_FROM
        decided = loud | (run.probabilities < SPEECH_UNTIL)
        # Each frame takes the answer of the last decided one, itself included; the first may be the run's before.
        last = np.maximum.accumulate(np.where(decided, np.arange(len(loud)), -1))
        speaking = np.where(last >= 0, loud[last], began is not None)
        turns = np.flatnonzero(np.diff(speaking, prepend=began is not None))
        for at in turns:
            sample = run.start + int(at) * FRAME
            if began is None:
                began = sample
            else:
                yield began, sample
                began = None
    if began is not None:
        yield began, total


def pad_speech(speech: Sequence[tuple[int, int]], total: int) -> list[Stretch]:
    """Stretches with sound on either side of them. They may touch, never overlap.

    Padding alone makes no stretch longer than a window.
    """
    stretches = []
    for i, (start, end) in enumerate(speech):
        before = start - speech[i - 1][1] if i else start
        after = speech[i + 1][0] - end if i + 1 < len(speech) else 2 * (total - end)
        room = (MAX_WINDOW - (end - start)) // 2 if end - start <= MAX_WINDOW else PADDING
        # The half of an odd silence is rounded so that neighbours touch and do not overlap.
        left = min(PADDING, room, before // 2 if i else before)
        right = min(PADDING, room, after - after // 2)
        stretches.append(Stretch(start - left, end + right, start, end, before))
    return stretches


def plan(runs: Sequence[Run], total: int) -> list[tuple[int, int]]:
    """Windows (start, end) over a recording of ``total`` samples.

    Ascending, not overlapping, each at most `MAX_WINDOW` long and with speech in it; together they cover all speech.
    They are cut at silences, and inside speech only where it goes on for 30 s: there at the least speech-like place.
    """
    windows: list[tuple[int, int]] = []
    group: list[Stretch] = []
    for stretch in pad_speech(find_speech(runs, total), total):
        if group and stretch.silence_before >= BREAK:
            windows += _pack(group, runs)
            group = []
        group.append(stretch)
    return windows + _pack(group, runs)


def _pack(group: Sequence[Stretch], runs: Sequence[Run]) -> list[tuple[int, int]]:
    """The windows over stretches that lie close together."""
    windows: list[tuple[int, int]] = []
    last = len(group) - 1
    while last >= 0:
        head, end = group[0].start, group[last].end
        while end - head > MAX_WINDOW and end - group[last].start > MAX_WINDOW:
            cut = _least_speech(runs, *_cut_range(group[last], head, end))
            windows.append((cut, end))
            end = cut
        first = 0 if end - head <= MAX_WINDOW else _first_of_window(group, last, end)
        windows.append((group[first].start, end))
        last = first - 1
    return windows[::-1]


def _cut_range(stretch: Stretch, head: int, end: int) -> tuple[int, int]:
    """Where the window that ends at ``end``, deep in a long stretch, may begin; there is speech on both sides.

    As early as possible, but the last two windows share what is left.
    """
    earliest = max(end - MAX_WINDOW, stretch.spoken_from + LEAST_SPEECH)
    latest = head + MAX_WINDOW if _last_two(head, end) else end - MAX_WINDOW + SLACK
    return earliest, max(earliest, min(latest, stretch.spoken_to - LEAST_SPEECH, end - LEAST_SPEECH))


def _last_two(head: int, end: int) -> bool:
    return end - head <= 2 * MAX_WINDOW


def _first_of_window(group: Sequence[Stretch], last: int, end: int) -> int:
    """The stretch that begins the window ending at ``end``, in stretch ``last``: one after a silence as long as any."""
    head = group[0].start
    earliest, latest = end - MAX_WINDOW, end - MAX_WINDOW + SLACK
    fitting = range(max(1, bisect_left(group, earliest, key=lambda stretch: stretch.start)), last + 1)
    good = [i for i in fitting if group[i - 1].end <= head + MAX_WINDOW] if _last_two(head, end) else []
    good = good or [i for i in fitting if group[i].start <= latest]
    # Of equally long silences the earliest: it fills the window best. Where none is early enough, the next.
    return max(good, key=lambda i: (group[i].silence_before, -i)) if good else fitting[0]


def _least_speech(runs: Sequence[Run], earliest: int, latest: int) -> int:
    """The middle of the least speech-like frame between two places, the earliest of equals."""
    import numpy as np

    best, place = 2.0, earliest
    nearest = max(0, bisect_right(runs, earliest, key=lambda run: run.start) - 1)
    for run in itertools.takewhile(lambda run: run.start < latest, itertools.islice(runs, nearest, None)):
        first = max(0, -(-(earliest - run.start) // FRAME))
        frames = run.probabilities[first : max(0, (latest - run.start) // FRAME)]
        if not len(frames):
            continue
        kernel = np.full(_SMOOTHING, 1 / _SMOOTHING, np.float32)
        smooth = np.convolve(np.pad(frames, _SMOOTHING // 2, mode="edge"), kernel, mode="valid")
        at = int(np.argmin(smooth))
        if smooth[at] < best:
            best, place = float(smooth[at]), run.start + (first + at) * FRAME + FRAME // 2
    return place
