"""What lint points out, rule by rule."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.lint import Finding, check
from clipforge.captions.profiles import PROFILES
from clipforge.captions.scene import Scene
from clipforge.captions.words import Word

NETFLIX = PROFILES["netflix-en"]


def findings(*cues: Cue, profile: str = "netflix-en", language: str = "en", fps: float | None = 24.0) -> list[Finding]:
    return check(cues, PROFILES[profile], Scene(language, 60_000, fps))


def cue(text: str, in_ms: int = 1000, out_ms: int = 4000, words: tuple[Word, ...] = ()) -> Cue:
    return Cue(in_ms, out_ms, tuple(text.split("\n")), words)


def test_a_good_cue_has_none() -> None:
    assert findings(cue("The harbour wakes up before the sun does.")) == []


@pytest.mark.parametrize(
    ("cues", "messages"),
    [
        ([cue("Too late.", 59_000, 60_500)], ["CF002 goes on after the clip ends 60500 > 60000 ms (netflix-en)"]),
        ([cue("Back.", 2000, 1000)], ["CF002 disappears before it appears, at 2000 > 1000 ms (netflix-en)"]),
        (
            [cue("First one."), cue("Second one.", 3900, 6000)],
            ["CF002 overlaps the cue before it by 100 > 0 ms (netflix-en)"],
        ),
        (
            [cue("All the boats of the harbour and their crews", 1000, 5000)],
            ["CF003 line length 44 > 42 CPL (netflix-en)"],
        ),
        (
            [cue("One line,\nor two lines,\nor three lines.")],
            ["CF004 lines 3 > 2 (netflix-en)"],
        ),
        ([cue("It fits,\nit does.")], ["CF004 fits on one line: lines 2 > 1 (netflix-en)"]),
        (
            [cue("What happens to a fishing port\nwhen there are no more fishermen?", 1000, 3000)],
            ["CF005 reading speed 31.5 > 20 CPS (netflix-en)"],
        ),
        ([cue("Gone.", 1000, 1500)], ["CF006 on screen for 500 < 833 ms (netflix-en)"]),
        ([cue("Far too long.", 1000, 9000)], ["CF006 on screen for 8000 > 7000 ms (netflix-en)"]),
        (
            [cue("First one."), cue("Second one.", 4040, 6000)],
            ["CF007 gap before it 40 < 83 ms (netflix-en)"],
        ),
        (
            [cue("First one."), cue("Second one.", 4300, 6000)],
            ["CF007 flickering gap before it 300 < 500 ms (netflix-en)"],
        ),
        (
            [cue("They argue over the price of the\nturbot that came in at six.")],
            ["CF009 line ends inside a phrase: the | turbot (netflix-en)"],
        ),
        (
            [cue("They argue over the"), cue("price of turbot.", 4084, 6000)],
            ["CF009 cue ends inside a phrase: the | price (netflix-en)"],
        ),
        (
            [cue("They argue over the price of turbot,\nthey do.")],
            ["CF010 the shorter line's share of the longer 0.22 < 0.5 (netflix-en)"],
        ),
        (
            [cue("They argue all day over the price of\nturbot.")],
            [
                "CF009 line ends inside a phrase: of | turbot. (netflix-en)",
                "CF010 a lone word on a line: turbot. (netflix-en)",
            ],
        ),
        (
            [cue("They argue over the price of"), cue("turbot.", 4084, 6000)],
            [
                "CF009 cue ends inside a phrase: of | turbot. (netflix-en)",
                "CF010 a lone word in a cue: turbot. (netflix-en)",
            ],
        ),
    ],
)
def test_each_rule(cues: list[Cue], messages: list[str]) -> None:
    assert [f"{f.id} {f.message}" for f in findings(*cues)] == messages


def test_a_finding_carries_its_numbers() -> None:
    (found,) = findings(cue("All the boats of the harbour and their crews", 1000, 5000))
    assert (found.cue, found.measured, found.limit, found.profile) == (1, 44, 42, "netflix-en")
    assert (found.level, found.repairable, found.unit) == ("error", True, "CPL")
    assert found.source == NETFLIX.source_of("max_line_length")


def test_an_unknown_frame_rate_is_said() -> None:
    (found,) = findings(cue("First one."), cue("Second one.", 4040, 6000), fps=None)
    assert found.message == "gap before it 40 < 83 ms (netflix-en, 24 fps assumed)"


def test_a_single_word_too_long_cannot_be_repaired() -> None:
    (found,) = findings(cue("Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"), language="de")
    assert (found.id, found.repairable) == ("CF003", False)


def test_speech_too_fast_is_told_from_bad_timing() -> None:
    text = "What happens to a fishing port\nwhen there are no more fishermen?"
    words = tuple(Word(w, 1000 + 125 * i, 1125 + 125 * i) for i, w in enumerate(text.split()))
    after = cue("Nobody can say.", 2584, 4000)
    (found,) = findings(cue(text, 1000, 2500, words), after)
    assert (found.id, found.level, found.repairable) == ("CF005", "warning", False)
    assert found.message.startswith("speech-rate 42.0 > 20 CPS")
    (found,) = findings(cue(text, 1000, 3000), cue("Nobody can say.", 9000, 10_000))
    assert (found.id, found.level) == ("CF005", "error")


@pytest.mark.parametrize(
    ("in_ms", "out_ms", "message"),
    [
        (800, 4000, "appears before its first word by 200 > 83 ms (netflix-en)"),
        (1200, 4000, "appears after its first word by 200 > 83 ms (netflix-en)"),
        (1000, 3000, "cuts off its last word by 500 > 0 ms (netflix-en)"),
        (1000, 4500, "lingers after its last word for 1000 > 500 ms (netflix-en)"),
    ],
)
def test_sync_where_the_words_are_known(in_ms: int, out_ms: int, message: str) -> None:
    words = (Word("Slowly", 1000, 2000), Word("now.", 2500, 3500))
    assert [f.message for f in findings(cue("Slowly now.", in_ms, out_ms, words))] == [message]


def test_words_a_minute_where_the_profile_counts_them() -> None:
    (found,) = [f for f in findings(cue("one two three four five six", 1000, 2500), profile="bbc") if f.id == "CF005"]
    assert found.message == "reading speed 240.0 > 180 wpm (bbc)"


def test_time_for_each_word_where_the_profile_wants_it_and_there_is_room() -> None:
    slow = cue("one two three four five six", 1000, 2700)
    assert "CF006" in {f.id for f in findings(slow, profile="bbc")}
    assert "CF006" not in {f.id for f in findings(slow, cue("seven", 2700, 5000), profile="bbc")}


def test_speakers_marks_are_no_bad_breaks() -> None:
    assert findings(cue("-I said no, and I meant the\n-You did not.", 1000, 5000)) == []


def test_japanese_lines_are_measured_and_broken_as_japanese() -> None:
    found = findings(cue("公園にはたくさんの人が\nいて、子供たちがいました。", 1000, 5000), language="ja")
    assert [f.id for f in found] == ["CF009"]


LINES = st.lists(st.text("ab -.>é公、 ", max_size=50), max_size=4).map(tuple)
TIMES = st.integers(-1000, 100_000)


@given(st.lists(st.builds(Cue, TIMES, TIMES, LINES), max_size=12), st.sampled_from(list(PROFILES)))
def test_any_cues_can_be_checked(cues: list[Cue], profile: str) -> None:
    found = check(cues, PROFILES[profile], Scene("ja", 60_000))
    assert all(1 <= f.cue <= len(cues) and f.message and f.source for f in found)
