"""Shot changes near a cue's times, and lines against the safe area."""

from __future__ import annotations

from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.layout import lay_out
from clipforge.captions.lint import check
from clipforge.captions.profiles import PROFILES, Profile, SafeArea
from clipforge.captions.scene import Scene
from clipforge.captions.words import Word
from tests.captions.speech import NARRATION, read_aloud

NETFLIX = PROFILES["netflix-en"]
TEXT = "The harbour wakes up."


def picture(*cues: Cue, shots: tuple[int, ...], profile: Profile = NETFLIX) -> list[str]:
    found = check(cues, profile, Scene("en", 60_000, 25.0, shots))
    return [f"{f.cue} {f.message}" for f in found if f.id == "CF012"]


def cue(in_ms: int, out_ms: int, words: tuple[Word, ...] = ()) -> Cue:
    return Cue(in_ms, out_ms, (TEXT,), words)


@pytest.mark.parametrize(
    ("in_ms", "out_ms", "messages"),
    [
        (5000, 9920, []),
        (5040, 9920, []),  # within a frame
        (5100, 9920, ["1 appears after a shot change by 100 > 40 ms (netflix-en)"]),
        (5500, 9920, ["1 appears after a shot change by 500 > 40 ms (netflix-en)"]),
        (5501, 9920, []),
        (4900, 9920, []),  # before the cut: sync decides
        (5000, 9700, ["1 disappears before a shot change by 300 > 80 ms (netflix-en)"]),
        (5000, 9500, ["1 disappears before a shot change by 500 > 80 ms (netflix-en)"]),
        (5000, 9499, []),
        (5000, 10_000, ["1 disappears before a shot change by 0 > 80 ms (netflix-en)"]),
        (5000, 10_001, []),
    ],
)
def test_zones(in_ms: int, out_ms: int, messages: list[str]) -> None:
    assert picture(cue(in_ms, out_ms), shots=(5000, 10_000)) == messages


def test_a_finding_of_shots_is_a_warning_that_can_be_repaired() -> None:
    (found,) = check([cue(5100, 8000)], NETFLIX, Scene("en", 60_000, 25.0, (5000,)))
    assert (found.id, found.level, found.repairable) == ("CF012", "warning", True)
    assert found.source == NETFLIX.source_of("shot_zone_ms")


def test_what_other_rules_forbid_is_no_finding() -> None:
    before = cue(1000, 5010)
    assert picture(before, cue(5100, 8000), shots=(5000,)) == [], "the gap would be too small"
    words = tuple(Word(word, 6000 + 500 * i, 6400 + 500 * i) for i, word in enumerate(TEXT.split()))
    assert picture(cue(6000, 7900, words), shots=(7950,)) == [], "the last word would be cut off"
    assert picture(cue(6000, 8250, words), shots=(8800,)) == []
    assert picture(cue(6000, 8300, words), shots=(8800,)) == [], "it would linger"
    assert picture(cue(5600, 6450), shots=(6480,)) == [], "it would be too short"
    assert picture(cue(5100, 12_050), shots=(5000,)) == [], "it would be too long"


def test_profiles_that_leave_shots_alone() -> None:
    for name in ("youtube", "shorts"):
        assert picture(cue(5100, 9700), shots=(5000, 10_000), profile=PROFILES[name]) == []


def test_the_bbc_ends_at_the_cut() -> None:
    bbc = PROFILES["bbc"]
    assert picture(cue(5000, 10_000), shots=(5000, 10_000), profile=bbc) == []
    assert picture(cue(5000, 9800), shots=(10_000,), profile=bbc) == [
        "1 disappears before a shot change by 200 > 0 ms (bbc)"
    ]


def test_lines_higher_than_the_safe_area() -> None:
    tight = replace(NETFLIX, line_height=0.08, safe_area=SafeArea(top=0.7, bottom=0.2))
    (found,) = check([Cue(1000, 4000, ("One of us", "will have to go now."))], tight, Scene("en", 9000, 25.0))[-1:]
    assert (found.id, found.level, found.repairable) == ("CF012", "error", False)
    assert found.message == "lines higher than the safe area: share of the picture 0.16 > 0.1 (netflix-en)"
    assert picture(cue(1000, 4000), shots=(), profile=tight) == []


@settings(max_examples=40)
@given(
    st.lists(st.integers(0, 60_000), max_size=30, unique=True),
    st.integers(1, 50),
    st.sampled_from(["netflix-en", "bbc"]),
)
def test_what_layout_makes_of_shots_has_no_findings_of_time(shots: list[int], seed: int, name: str) -> None:
    words = read_aloud(NARRATION, seed=seed)
    scene = Scene("en", words[-1].end_ms + 2000, 25.0, tuple(sorted(shots)))
    found = check(lay_out(words, PROFILES[name], scene), PROFILES[name], scene)
    assert [f for f in found if f.level == "error" and f.id != "CF005"] == []
