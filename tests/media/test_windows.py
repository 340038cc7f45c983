from __future__ import annotations

import random

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.media.windows import (
    BREAK,
    FRAME,
    LEAST_SILENCE,
    LEAST_SPEECH,
    MAX_WINDOW,
    PADDING,
    Run,
    find_speech,
    pad_speech,
    plan,
)

RATE = 16_000


def run_of(*parts: tuple[float, float], start: int = 0) -> Run:
    """Frames from (seconds, probability) pairs."""
    frames = [np.full(round(seconds * RATE / FRAME), probability, np.float32) for seconds, probability in parts]
    return Run(start, np.concatenate(frames))


def length(run: Run) -> int:
    return run.start + len(run.probabilities) * FRAME


def talk(seed: int, minutes: float, mean_silence_s: float, mean_speech_s: float) -> Run:
    """A recording of random stretches, a little uncertain everywhere."""
    draw = random.Random(seed)  # noqa: S311  # no secret
    parts: list[tuple[float, float]] = []
    while sum(seconds for seconds, _ in parts) < minutes * 60:
        parts.append((0.05 + draw.expovariate(1 / mean_speech_s), 0.95))
        parts.append((0.05 + draw.expovariate(1 / mean_silence_s), 0.05))
    run = run_of(*parts)
    noise = np.random.default_rng(seed).uniform(-0.04, 0.04, len(run.probabilities)).astype(np.float32)
    return Run(0, run.probabilities + noise)


def check(runs: list[Run], total: int) -> list[tuple[int, int]]:
    """What holds for every plan."""
    windows, speech = plan(runs, total), find_speech(runs, total)
    edges = [edge for window in windows for edge in window]
    assert edges == sorted(edges)
    assert all(0 <= start < end <= total for start, end in windows)
    assert all(end - start <= MAX_WINDOW for start, end in windows)
    assert all(any(a < end and start < b for a, b in speech) for start, end in windows), "a window without speech"
    for a, b in speech:
        inside = [(max(a, start), min(b, end)) for start, end in windows if start < b and a < end]
        assert sum(end - start for start, end in inside) == b - a, "speech outside all windows"
    return windows


@given(st.lists(st.integers(0, 4), max_size=60), st.lists(st.integers(0, 600), max_size=60), st.integers(0, 511))
@settings(deadline=None)
def test_any_probabilities(levels: list[int], counts: list[int], rest: int) -> None:
    """Any pattern on any grid: each level makes a run of its own, and runs do not join at multiples of a frame."""
    runs, at = [], 0
    for level, count in zip(levels, counts, strict=False):
        if count:
            runs.append(Run(at, np.full(count, level / 4, np.float32)))
            at += count * FRAME + (37 * count) % FRAME
    check(runs, at + rest if runs else 0)


@given(st.integers(0, 10**9), st.sampled_from([0.1, 0.5, 3.0, 20.0]), st.sampled_from([0.5, 2.5, 20.0, 200.0]))
@settings(deadline=None, max_examples=40)
def test_any_talk(seed: int, mean_silence_s: float, mean_speech_s: float) -> None:
    run = talk(seed, 10, mean_silence_s, mean_speech_s)
    check([run], length(run))


@given(
    st.integers(0, 10**9),
    st.floats(0, 1),
    st.sampled_from([0.2, 0.5, 3.0]),
    st.sampled_from([1.0, 2.5, 5.0]),
)
@settings(deadline=None, max_examples=100)
def test_a_trim_at_the_head_leaves_later_windows(
    seed: int, share: float, mean_silence_s: float, mean_speech_s: float
) -> None:
    run = talk(seed, 20, mean_silence_s, mean_speech_s)
    frames = round(share * len(run.probabilities))
    trimmed = Run(0, run.probabilities[frames:])
    before, shift = set(plan([run], length(run))), frames * FRAME
    after = plan([trimmed], length(trimmed))
    changed = [(start, end) for start, end in after if (start + shift, end + shift) not in before]
    assert len(changed) <= 3
    assert changed == after[: len(changed)], "only at the head"


def test_nothing_and_silence() -> None:
    assert plan([], 0) == []
    assert plan([run_of((60, 0.0))], 60 * RATE) == []


def test_a_click_is_no_speech() -> None:
    for frames, found in ((3, 0), (4, 1)):
        probabilities = np.zeros(100, np.float32)
        probabilities[50 : 50 + frames] = 1.0
        assert len(find_speech([Run(0, probabilities)], 100 * FRAME)) == found
        assert found == (frames * FRAME >= LEAST_SPEECH)


def test_uncertain_frames_go_on_with_what_was() -> None:
    levels = [0.4] * 5 + [0.6] * 5 + [0.4] * 5 + [0.3] * 10 + [0.4] * 5
    assert find_speech([Run(0, np.array(levels, np.float32))], 30 * FRAME) == [(5 * FRAME, 15 * FRAME)]


def test_the_state_goes_on_over_a_run_boundary() -> None:
    first, second = Run(0, np.array([0.9] * 10, np.float32)), Run(5200, np.array([0.4] * 10 + [0.1] * 10, np.float32))
    assert find_speech([first, second], 5200 + 20 * FRAME) == [(0, 5200 + 10 * FRAME)]


def test_a_dip_shorter_than_a_silence_is_speech() -> None:
    for frames, stretches in ((4, 1), (5, 2)):
        levels = [0.9] * 20 + [0.1] * frames + [0.9] * 20
        assert len(find_speech([Run(0, np.array(levels, np.float32))], len(levels) * FRAME)) == stretches
        assert (stretches == 2) == (frames * FRAME >= LEAST_SILENCE)


def test_padding_takes_at_most_half_of_a_silence() -> None:
    speech = [(1000, 20_000), (25_001, 40_000), (80_000, 90_000)]
    padded = [(s.start, s.end) for s in pad_speech(speech, 93_000)]
    assert padded == [(0, 22_501), (22_501, 40_000 + PADDING), (80_000 - PADDING, 93_000)]


def test_one_window_as_long_as_it_fits() -> None:
    run = run_of((9.6, 0.9), (0.64, 0.1), (9.6, 0.9), (0.64, 0.1), (9.216, 0.9))
    assert plan([run], length(run)) == [(0, length(run))]


def test_long_silence_is_in_no_window() -> None:
    for seconds, windows in ((9.5, 1), (10.5, 2)):
        run = run_of((3.2, 0.9), (seconds, 0.0), (3.2, 0.9))
        assert len(plan([run], length(run))) == windows
        assert (windows == 2) == (seconds * RATE >= BREAK)


def test_cuts_at_the_longest_of_the_late_silences() -> None:
    parts = [(2.56, 0.9), (0.32, 0.1)] * 39 + [(2.56, 0.9)]
    parts[-24] = (1.92, 0.1)  # the longest, but further than a window reaches
    parts[-18] = (0.96, 0.1)  # 27 s before the end
    parts[-10] = (1.6, 0.1)  # longer, but it would leave half of the window empty
    run = run_of(*parts)
    after_it = length(run) - length(run_of(*parts[-17:]))
    assert plan([run], length(run))[-1] == (after_it - PADDING, length(run))


def test_unbroken_speech_is_cut_at_its_weakest_place() -> None:
    probabilities = run_of((70, 0.99)).probabilities.copy()
    end = len(probabilities) * FRAME
    weak = (end - 25 * RATE) // FRAME
    probabilities[weak - 2 : weak + 3] = 0.7
    windows = plan([Run(0, probabilities)], end)
    assert windows[-1] == (weak * FRAME + FRAME // 2, end)
    assert windows[0][0] == 0
    assert [a[1] for a in windows[:-1]] == [b[0] for b in windows[1:]]


def test_unbroken_speech_without_a_weak_place_fills_windows() -> None:
    run = run_of((600, 1.0))
    windows = plan([run], length(run))
    assert len(windows) == 21
    assert all(end - start > MAX_WINDOW - 2 * FRAME for start, end in windows[2:])


@pytest.mark.parametrize(("mean_silence_s", "mean_speech_s"), [(0.5, 2.5), (0.2, 4.0)])
def test_windows_are_nearly_as_few_as_can_be(mean_silence_s: float, mean_speech_s: float) -> None:
    planned = fewest = 0
    for seed in range(20):
        run = talk(seed, 20, mean_silence_s, mean_speech_s)
        total = length(run)
        planned += len(plan([run], total))
        start = None
        for stretch in pad_speech(find_speech([run], total), total):
            if start is None or stretch.end - start > MAX_WINDOW:
                start, fewest = stretch.start, fewest + 1
    assert planned <= 1.08 * fewest
