"""Which words may be invented, and which of them are dropped."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from clipforge.captions.words import Word
from clipforge.engines.doubt import Heard, Spoken
from clipforge.engines.invented import (
    KNOWN_PHRASE,
    LITTLE_SPEECH,
    REPEATS,
    UNHEARD_AGAIN,
    WORD_TIMES,
    are_anomalous,
    doubts,
    loops,
)
from clipforge.engines.whisper import WhisperEngine
from tests.engines.sound import expected, noise, silence, speech, texts

Levels = np.ndarray[tuple[int], np.dtype[np.float64]]
LONG_S = 6


def syllables() -> Levels:
    """Five rises and falls a second."""
    return -30 + 15 * np.sin(2 * np.pi * 5 * np.arange(100 * LONG_S) / 100)


def said(text: str, *, from_ms: int = 0, each_ms: int = 300, confidence: float = 0.9) -> tuple[Word, ...]:
    return tuple(
        Word(word, from_ms + i * each_ms, from_ms + (i + 1) * each_ms, confidence)
        for i, word in enumerate(text.split())
    )


def heard(words: tuple[Word, ...], no_speech_prob: float = 0.01) -> Heard:
    return Heard((Spoken(" ".join(w.text for w in words), words, len(words), -0.2, no_speech_prob),))


@pytest.mark.parametrize(
    ("text", "signals"),
    [
        ("the ferry leaves at nine.", []),
        ("Thank you for watching.", [(KNOWN_PHRASE,)]),
        ("thank you for watching the children today", []),
        ("no no no", []),
        ("no no no no", [(REPEATS,)]),
        ("come on come on come on", [(REPEATS,)]),
        ("we say no no no no to that", [(REPEATS,)]),
    ],
)
def test_one_signal_is_told_and_drops_nothing(text: str, signals: list[tuple[str, ...]]) -> None:
    words = said(text)
    found = doubts(words, heard(words), syllables(), "en")
    assert [doubt.signals for doubt in found] == signals
    assert not any(doubt.dropped for doubt in found)


def test_two_signals_drop() -> None:
    words = said("Thank you for watching.")
    (over_hum,) = doubts(words, heard(words), np.full(600, -20.0), "en")
    assert (over_hum.signals, over_hum.dropped) == ((LITTLE_SPEECH, KNOWN_PHRASE), True)
    assert over_hum.text == "Thank you for watching."
    (unheard,) = doubts(words, replace(heard(words), unheard_again=True), syllables(), "en")
    assert (unheard.signals, unheard.dropped) == ((UNHEARD_AGAIN, KNOWN_PHRASE), True)


def test_only_the_words_over_silence_are_doubted() -> None:
    levels = np.concatenate([syllables()[:300], np.full(300, -80.0)])
    words = (*said("the ferry leaves at nine."), *said("Bye-bye.", from_ms=4500))
    (doubt,) = doubts(words, heard(words), levels, "en")
    assert (doubt.text, doubt.dropped) == ("Bye-bye.", True)
    assert doubt.signals == (LITTLE_SPEECH, KNOWN_PHRASE)


@pytest.mark.parametrize(
    ("words", "anomalous"),
    [
        (said("the ferry leaves at nine"), False),
        (said("the ferry leaves at nine", each_ms=70), False),
        (said("the ferry leaves at nine", each_ms=20), True),
        (said("the ferry", confidence=0.05), True),
        (said("hello hello", each_ms=1400), True),
        ((*said("goal", each_ms=1500), *said("the ferry leaves at nine from here", from_ms=1500)), False),
    ],
)
def test_word_times_that_nobody_speaks(words: tuple[Word, ...], anomalous: bool) -> None:
    assert are_anomalous(words) is anomalous


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("", []),
        ("no no no", []),
        ("No, no. NO no!", [(0, 4)]),
        ("and so on and so on and on", []),
        ("well come on come on come on then stop stop stop stop", [(1, 7), (8, 12)]),
        ("la " * 30, [(0, 30)]),
    ],
)
def test_loops(text: str, found: list[tuple[int, int]]) -> None:
    assert loops(text.split()) == found


@pytest.mark.parametrize(("in_silence", "dropped"), [((2,), False), ((0, 1, 2, 3), True)], ids=["one", "all"])
def test_a_loop_over_silence_is_dropped_as_a_whole_or_not_at_all(in_silence: tuple[int, ...], dropped: bool) -> None:
    starts_ms = [0, 1500, 3200, 4500]
    levels = np.full(600, -80.0)
    for i, start_ms in enumerate(starts_ms):
        at = (start_ms + 700 if i in in_silence else start_ms) // 10
        levels[at : at + 30] = np.linspace(-32.0, -18.0, 30)
    words = tuple(Word("no", start_ms, start_ms + 300, 0.9) for start_ms in starts_ms)
    (doubt,) = doubts(words, heard(words), levels, "en")
    assert doubt.dropped is dropped
    assert (LITTLE_SPEECH in doubt.signals) is dropped


# With the micro Whisper.


def tone(seconds: float) -> np.ndarray[tuple[int], np.dtype[np.float32]]:
    return (0.2 * np.sin(2 * np.pi * 440 * np.arange(int(16000 * seconds)) / 16000)).astype(np.float32)


@pytest.mark.parametrize(
    "sound",
    [tone(2), tone(6), tone(12), noise(4), noise(10, 0.003), noise(2, 0.1), silence(5) + noise(5, 0.0005)],
    ids=["tone 2 s", "tone 6 s", "tone 12 s", "noise", "faint noise", "loud noise", "hiss"],
)
def test_what_the_model_invents_is_dropped_and_told(
    micro: WhisperEngine, sound: np.ndarray[tuple[int], np.dtype[np.float32]]
) -> None:
    (found,) = micro.transcribe([sound])
    assert found.words == ()
    assert all(len(doubt.signals) >= 2 for doubt in found.doubts)
    assert found.believed(keep_doubtful=True) == tuple(word for doubt in found.doubts for word in doubt.words)


def test_repeated_speech_is_kept(micro: WhisperEngine) -> None:
    (found,) = micro.transcribe([speech("hello")])
    assert texts(found) == expected("hello") == ["hello"] * 4
    (doubt,) = found.doubts
    assert (doubt.signals, doubt.dropped) == ((REPEATS,), False)
    assert doubt.words == found.words
    assert WORD_TIMES not in doubt.signals


def test_speech_before_and_after_a_tone_is_kept(micro: WhisperEngine) -> None:
    (found,) = micro.transcribe([np.concatenate([speech("captain"), tone(3)])])
    assert texts(found)[:5] == expected("captain")
    assert all(doubt.start_ms >= 2600 for doubt in found.doubts)
