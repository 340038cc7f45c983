"""Repairs: what must hold for any cues, and what each finding's repair looks like."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.findings import ERROR
from clipforge.captions.lint import check
from clipforge.captions.profiles import PROFILES
from clipforge.captions.repair import REPAIRED_IDS, Leeway, repair
from clipforge.captions.scene import Scene
from tests.captions.speech import JAPANESE, NARRATION

NETFLIX = PROFILES["netflix-en"]
SCENE = Scene("en", 600_000, 25.0)


def repaired(*cues: Cue, profile: str = "netflix-en", scene: Scene = SCENE, leeway: Leeway | None = None) -> list[Cue]:
    return [cue for group in repair(cues, PROFILES[profile], scene, leeway) for cue in group]


def cue(text: str, in_ms: int = 1000, out_ms: int = 4000) -> Cue:
    return Cue(in_ms, out_ms, tuple(text.split("\n")))


GOOD = cue("The harbour wakes up before the sun does.")


def test_good_cues_are_left_alone() -> None:
    assert repair([GOOD], NETFLIX, SCENE) == [[GOOD]]


@pytest.mark.parametrize(
    ("before", "after"),
    [
        # overlap: the earlier cue ends sooner, and the least gap before the next one
        (
            [cue("First one."), cue("Second one.", 3900, 6000)],
            [cue("First one.", 1000, 3820), cue("Second one.", 3900, 6000)],
        ),
        # out before in, by a slip
        ([cue("Backwards.", 3000, 1000)], [cue("Backwards.", 1000, 3000)]),
        ([cue("Too late.", 598_000, 601_000)], [cue("Too late.", 598_000, 600_000)]),
        ([cue("Too early.", -100, 3000)], [cue("Too early.", 0, 3000)]),
        # too long a line, and lines that one would do for
        (
            [cue("By six, the market is already loud, and nobody sleeps.")],
            [cue("By six, the market is already loud,\nand nobody sleeps.")],
        ),
        ([cue("It fits,\nit does.")], [cue("It fits, it does.")]),
        # a bad break
        (
            [cue("They argue over the price of the\nturbot that came in at six.")],
            [cue("They argue over the price\nof the turbot that came in at six.")],
        ),
        # too fast: as slow as is aimed at, where there is room
        ([cue("They argue over the price.", 1000, 2000)], [cue("They argue over the price.", 1000, 2500)]),
        # too short, and far too long for what it says
        ([cue("Gone.", 1000, 1500)], [cue("Gone.", 1000, 1833)]),
        ([cue("Far too long.", 1000, 9000)], [cue("Far too long.", 1000, 8000)]),
        # gaps
        (
            [cue("First one."), cue("Second one.", 4040, 6000)],
            [cue("First one.", 1000, 3960), cue("Second one.", 4040, 6000)],
        ),
        (
            [cue("First one."), cue("Second one.", 4300, 6000)],
            [cue("First one.", 1000, 4220), cue("Second one.", 4300, 6000)],
        ),
    ],
)
def test_each_repair(before: list[Cue], after: list[Cue]) -> None:
    assert repaired(*before) == after


def test_a_text_that_no_cue_holds_is_divided_at_its_joints() -> None:
    long = cue(NARRATION[:184], 1000, 14_000)
    groups = repair([long], NETFLIX, SCENE)
    assert " ".join(c.text for c in groups[0]).split() == long.text.split()
    assert (groups[0][0].in_ms, groups[0][-1].out_ms) == (1000, 14_000)
    assert not [f for f in check(groups[0], NETFLIX, SCENE) if f.level == ERROR]


def test_what_may_not_be_divided_is_not() -> None:
    long = cue(NARRATION[:184], 1000, 14_000)
    assert len(repaired(long, leeway=Leeway(divisible=[False]))) == 1


def test_only_the_findings_asked_for_are_mended() -> None:
    two = [cue("It fits,\nit does."), cue("Second one.", 3900, 6000)]
    mended = repaired(*two, leeway=Leeway(ids=frozenset({"CF004"})))
    assert mended == [cue("It fits, it does."), two[1]]


def test_speakers_keep_their_lines() -> None:
    two = cue("-Yes.\n-No.")
    assert repaired(two) == [two]


def test_times_stay_on_the_grid() -> None:
    mended = repaired(cue("First one."), cue("Second one.", 3900, 6000), leeway=Leeway(grid_ms=10))
    assert all(time % 10 == 0 for c in mended for time in (c.in_ms, c.out_ms))


def test_japanese_lines_are_broken_without_spaces() -> None:
    text = JAPANESE[:30]
    (mended,) = repaired(cue(text, 1000, 6500), scene=Scene("ja", 600_000, 25.0))
    assert "".join(mended.lines) == text
    assert len(mended.lines) == 2


def test_words_a_minute_where_the_profile_counts_them() -> None:
    (mended,) = repaired(cue("one two three four five six", 1000, 2500), profile="bbc")
    assert mended.duration_ms >= 6 * 60_000 / 180


WORDS = st.sampled_from(
    [
        *NARRATION.split()[:60],
        "Dr.",
        "5",
        "km",
        "-Yes.",
        "a" * 50,
        "公園には",
        "人が。",
        "שלום",
        "👨‍👩‍👧",
        "[door]",
        "l'homme",
    ]
)
LINES = st.lists(st.lists(WORDS, min_size=1, max_size=14).map(" ".join), min_size=1, max_size=4).map(tuple)


def _messy(rows: list[tuple[int, int, tuple[str, ...]]]) -> list[Cue]:
    cues, at = [], 0
    for step, length, lines in rows:
        at += step
        cues.append(Cue(at, at + length, lines))
        at += max(0, length)
    return cues


MESSY = st.lists(st.tuples(st.integers(-1500, 3000), st.integers(-800, 12_000), LINES), min_size=1, max_size=6).map(
    _messy
)
ANY_PROFILE = st.sampled_from(list(PROFILES))


def overlaps(cues: list[Cue]) -> int:
    return sum(a.out_ms > b.in_ms for a, b in pairwise(cues))


@settings(max_examples=25)
@given(
    MESSY,
    ANY_PROFILE,
    st.sampled_from(["en", "", "ja"]),
    st.sampled_from([1, 10]),
    st.sets(st.sampled_from(sorted(REPAIRED_IDS))),
)
def test_a_repair_never_makes_worse(cues: list[Cue], profile: str, language: str, grid_ms: int, ids: set[str]) -> None:
    scene = Scene(language, 40_000, 25.0)
    leeway = Leeway(frozenset(ids) or REPAIRED_IDS, grid_ms)
    groups = repair(cues, PROFILES[profile], scene, leeway)
    after = [cue for group in groups for cue in group]

    for given_cue, group in zip(cues, groups, strict=True):
        said = [word for c in group for word in c.text.split()]
        if language == "ja" or any(ord(char) > 0x2E80 for char in given_cue.text):
            assert "".join(said) == "".join(given_cue.text.split())
        else:
            assert said == given_cue.text.split()
        assert all(line for c in group for line in c.lines)
    assert overlaps(after) <= overlaps(cues)

    before_found, after_found = (check(c, PROFILES[profile], scene) for c in (cues, after))
    assert {f.id for f in after_found} <= {f.id for f in before_found}
    errors = [Counter(f.level for f in found)[ERROR] for found in (before_found, after_found)]
    assert errors[1] <= errors[0]

    again = repair(after, PROFILES[profile], scene, leeway)
    assert [cue for group in again for cue in group] == after
