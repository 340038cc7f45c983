"""Word times against the sound: on made-up levels, and on recordings whose times are known."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.words import Word
from clipforge.engines.loudness import FRAME_MS, loudness, smooth
from clipforge.engines.times import LEAST_PAUSE_MS, corrected, pauses
from clipforge.engines.whisper import WhisperEngine
from tests.engines.sound import expected, noise, silence, speech, texts, utterance
from tests.speech import utterances

LOUD, QUIET = -20.0, -70.0


def levels(*parts: tuple[float, int]) -> np.ndarray[tuple[int], np.dtype[np.float64]]:
    """(dB, ms) one after the other."""
    return np.concatenate([np.zeros(0), *(np.full(length_ms // FRAME_MS, level) for level, length_ms in parts)])


def times(words: Sequence[Word]) -> list[tuple[int, int]]:
    return [(word.start_ms, word.end_ms) for word in words]


def words(*bounds: tuple[int, int]) -> list[Word]:
    return [Word(f"w{i}", start_ms, end_ms) for i, (start_ms, end_ms) in enumerate(bounds)]


TWO_PHRASES = levels((QUIET, 400), (LOUD, 600), (QUIET, 500), (LOUD, 600), (QUIET, 400))


@pytest.mark.parametrize(
    ("aligned", "right"),
    [
        # The first word swallows leading silence; a word before a pause swallows the pause.
        ([(0, 700), (700, 1500), (1500, 2500)], [(400, 700), (700, 1000), (1500, 2100)]),
        # Or the word after it does.
        ([(0, 700), (700, 990), (990, 2500)], [(400, 700), (700, 1000), (1500, 2100)]),
        # A border a little past the pause.
        ([(400, 1540), (1540, 2100)], [(400, 1000), (1500, 2100)]),
        # Nobody pauses for half a second inside a word: it belongs where more of it sounds.
        ([(400, 800), (800, 2100)], [(400, 1000), (1500, 2100)]),
        # What stands in the pause stays there.
        ([(400, 1000), (1150, 1350), (1500, 2100)], [(400, 1000), (1150, 1350), (1500, 2100)]),
        # Times that are right stay right.
        ([(400, 700), (700, 1000), (1500, 1800), (1800, 2100)], [(400, 700), (700, 1000), (1500, 1800), (1800, 2100)]),
    ],
)
def test_words_keep_clear_of_pauses(aligned: list[tuple[int, int]], right: list[tuple[int, int]]) -> None:
    assert times(corrected(words(*aligned), TWO_PHRASES)) == right


@pytest.mark.parametrize(
    "track",
    [levels((QUIET, 2500)), levels((LOUD, 2500)), levels((-40.0, 1000), (-30.0, 1500)), levels()],
    ids=["silence", "a tone", "no contrast", "nothing"],
)
def test_sound_that_tells_nothing_moves_nothing(track: np.ndarray[tuple[int], np.dtype[np.float64]]) -> None:
    given_words = words((0, 700), (700, 2500))
    assert list(corrected(given_words, track)) == given_words
    assert corrected([], track) == ()


def test_the_closure_of_a_plosive_is_no_pause() -> None:
    track = levels((QUIET, 400), (LOUD, 300), (QUIET, LEAST_PAUSE_MS - 10), (LOUD, 300), (QUIET, 400))
    assert [(p.start_ms, p.end_ms) for p in pauses(track)] == [(0, 400), (1150, 1550)]


@st.composite
def windows(draw: st.DrawFn) -> tuple[list[Word], np.ndarray[tuple[int], np.dtype[np.float64]]]:
    parts = draw(
        st.lists(st.tuples(st.sampled_from([LOUD, QUIET, -45.0]), st.integers(1, 40)), min_size=1, max_size=12)
    )
    track = levels(*((level, frames * FRAME_MS) for level, frames in parts))
    length_ms = len(track) * FRAME_MS
    borders = sorted(draw(st.lists(st.integers(0, length_ms), min_size=2, max_size=20)))
    return words(*zip(borders[::2], borders[1::2], strict=False)), track


@given(windows())
def test_words_stay_in_order_and_inside(
    window: tuple[list[Word], np.ndarray[tuple[int], np.dtype[np.float64]]],
) -> None:
    before, track = window
    after = corrected(before, track)
    assert [w.text for w in after] == [w.text for w in before]
    assert all(0 <= w.start_ms <= w.end_ms <= len(track) * FRAME_MS for w in after)
    assert all(a.end_ms <= b.start_ms for a, b in pairwise(after))
    for old, new in zip(before, after, strict=True):
        assert new.end_ms > new.start_ms or old.end_ms == old.start_ms


def test_loudness_is_in_db_of_full_scale() -> None:
    square = np.tile(np.array([0.1, -0.1], np.float32), 800)
    assert loudness(square) == pytest.approx(np.full(10, -20.0), abs=0.01)
    assert loudness(square[:159]).shape == (0,)
    assert smooth(loudness(square)) == pytest.approx(np.full(10, -20.0), abs=0.01)
    assert smooth(loudness(silence(0))).shape == (0,)


# On recordings. Utterances that the model gets right word by word; `long` is cut where it pauses.

RIGHT = ("captain", "kitchen", "storm", "butterfly", "week", "ferry", "goodbye", "pause")


@pytest.mark.parametrize(
    ("gain", "hiss"), [(1.0, 0.0), (0.03, 0.0), (1.0, 0.001)], ids=["clean", "low gain", "moderate noise"]
)
def test_word_times_of_recordings(micro: WhisperEngine, gain: float, hiss: float) -> None:
    names = [name for name in RIGHT if name in utterances()]
    # Leading silence of several lengths, so that first words are put to the test.
    leads_s = [0.1, 0.6]
    cases = [(name, lead_s) for name in names for lead_s in leads_s]
    sounds = []
    for name, lead_s in cases:
        sound = np.concatenate([silence(lead_s), speech(name), silence(0.3)]) * np.float32(gain)
        sounds.append(sound + noise(len(sound) / 16000, hiss * gain)[: len(sound)] if hiss else sound)
    starts, ends, compared = [], [], 0
    for (name, lead_s), heard in zip(cases, micro.transcribe(sounds), strict=True):
        if texts(heard) != expected(name):
            continue  # how often it is right is measured elsewhere
        compared += 1
        for found, true in zip(heard.words, utterance(name).words, strict=True):
            starts.append(abs(found.start_ms - true.start_ms - 1000 * lead_s))
            ends.append(abs(found.end_ms - true.end_ms - 1000 * lead_s))
    assert compared >= len(cases) / 2
    assert np.median(starts) <= 40
    assert np.percentile(starts, 90) <= 120
    assert np.percentile(ends, 90) <= 150
