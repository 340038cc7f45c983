"""What must hold for every input, and what good layout looks like."""

from __future__ import annotations

from itertools import pairwise
from math import ceil

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.heard import hear
from clipforge.captions.layout import Scene, lay_out
from clipforge.captions.lint import ERROR, check
from clipforge.captions.measure import columns
from clipforge.captions.profiles import CHEVRON, DASH, PROFILES, Profile, choose
from clipforge.captions.words import Word, join
from tests.captions.speech import (
    DIALOGUE,
    FRENCH,
    GERMAN,
    JAPANESE,
    LECTURE,
    NARRATION,
    any_words,
    read_aloud,
    read_characters,
    spoken_words,
    undressed,
)

NETFLIX = PROFILES["netflix-en"]
TIGHT = NETFLIX.override(max_line_length=9, max_lines=1)
THREE = NETFLIX.override(max_line_length=14, max_lines=3)
ANY_PROFILE = st.sampled_from([*PROFILES.values(), choose("bbc", 9, 16), TIGHT, THREE])
ANY_LANGUAGE = st.sampled_from(["", "en", "de", "ja", "xx", "pt-BR"])


def scene_for(words: list[Word], language: str = "en", spare_ms: int = 1500) -> Scene:
    return Scene(language, words[-1].end_ms + spare_ms)


def unmarked(cue: Cue, profile: Profile) -> str:
    """The cue's text as one line, without the marks of speakers."""
    lines = list(cue.lines)
    if profile.speakers == DASH and len({word.speaker for word in cue.words}) > 1:
        lines = [line.removeprefix("-") for line in lines]
    if profile.speakers == CHEVRON:
        lines = [line.removeprefix(">> ") for line in lines]
    return "".join(lines).replace(" ", "")


@given(any_words(), ANY_PROFILE, ANY_LANGUAGE, st.integers(0, 60_000), st.none() | st.floats(10, 120))
@example([Word("so", 0, 0)] * 100, NETFLIX, "en", 3_600_000, None)
@example([Word("go", 5000, 4000), Word("on", 1000, 900)], NETFLIX, "en", 1, None)
@example([Word("Nooo", 0, 40_000)], NETFLIX, "en", 40_000, None)
@example([Word("late", 9000, 9500), Word("later", 9500, 9900)], NETFLIX, "en", 2000, None)
@example([Word("hi", 0, 200)], NETFLIX, "en", 200, 24.0)
@example([Word("a", 0, 6900), Word("b", 6900, 6950), Word("c", 6950, 13_850)], NETFLIX, "en", 20_000, None)
def test_whatever_the_times(
    words: list[Word], profile: Profile, language: str, media_ms: int, fps: float | None
) -> None:
    cues = lay_out(words, profile, Scene(language, media_ms, fps))
    rules = profile.for_language(language)

    assert [word for cue in cues for word in cue.words] == words
    for cue in cues:
        assert unmarked(cue, rules) == "".join(word.text for word in cue.words).replace(" ", "")
        assert 1 <= len(cue.lines) <= rules.max_lines
        assert all(cue.lines)
        for line in cue.lines:
            single = any(line in (word.text, f"-{word.text}", f">> {word.text}") for word in cue.words)
            assert columns(line) <= rules.max_line_length or single
        assert 0 <= cue.in_ms < cue.out_ms <= max(media_ms, len(words))
        assert cue.duration_ms <= rules.most_ms
    for before, after in pairwise(cues):
        assert before.out_ms <= after.in_ms


@given(any_words(), ANY_PROFILE, st.integers(1000, 60_000))
def test_times_that_could_be_true_are_kept(words: list[Word], profile: Profile, media_ms: int) -> None:
    """In sync: never in after the first word, never out before the last one unless something forces it."""
    heard = hear(words, media_ms, profile.most_ms)
    cues = lay_out(words, profile, Scene("en", media_ms))
    gap_ms = ceil(profile.gap.at(24))
    first = 0
    for cue, after in zip(cues, [*cues[1:], None], strict=True):
        last = first + len(cue.words) - 1
        assert cue.in_ms <= heard.starts[first]
        if cue.out_ms < heard.ends[last]:
            assert after is not None
            room = after.in_ms - cue.in_ms
            assert cue.out_ms == after.in_ms - min(gap_ms, room // 2)
        if after is not None and after.in_ms - cue.out_ms < gap_ms:
            assert after.in_ms - cue.in_ms < 2 * gap_ms
        first = last + 1


@given(spoken_words(least_ms=150), st.sampled_from(list(PROFILES.values())), st.integers(0, 3000))
def test_speech_is_laid_out_without_an_error(words: list[Word], profile: Profile, spare_ms: int) -> None:
    """Of words that a mouth could speak, every guarantee holds without exception, and lint agrees."""
    scene = scene_for(words, spare_ms=spare_ms)
    if scene.media_ms < profile.least_ms:
        return
    findings = check(lay_out(words, profile, scene), profile, scene)
    assert [f for f in findings if f.id == "CF004" or (f.level == ERROR and f.id != "CF005")] == []


def may_join(words: tuple[Word, ...], profile: Profile) -> bool:
    """True where the rules allow these words in one cue, by the plainest filling there is."""
    lines, line = 1, words[0].text
    for word in words[1:]:
        if columns(f"{line} {word.text}") <= profile.max_line_length:
            line += f" {word.text}"
        else:
            lines, line = lines + 1, word.text
    pauses = [b.start_ms - a.end_ms for a, b in pairwise(words)]
    return (
        lines <= profile.max_lines
        and words[-1].end_ms - words[0].start_ms <= profile.most_ms
        and max(pauses, default=0) < profile.pause_ms
    )


@given(spoken_words(), st.sampled_from([*PROFILES.values(), TIGHT, THREE]))
def test_a_cue_is_short_only_where_it_is_boxed_in(words: list[Word], profile: Profile) -> None:
    scene = scene_for(words, spare_ms=0)
    cues = lay_out(words, profile, scene)
    gap_ms = ceil(profile.gap.at(24))
    for before, cue, after in zip([None, *cues], cues, [*cues[1:], None], strict=False):
        if cue.duration_ms >= profile.least_ms:
            continue
        assert cue.in_ms == 0 if before is None else cue.in_ms - before.out_ms <= gap_ms
        assert cue.out_ms == scene.media_ms if after is None else after.in_ms - cue.out_ms <= gap_ms
        assert before is None or not may_join(before.words + cue.words, profile)
        assert after is None or not may_join(cue.words + after.words, profile)


@given(spoken_words(), ANY_PROFILE)
def test_no_cue_runs_across_a_long_pause(words: list[Word], profile: Profile) -> None:
    for cue in lay_out(words, profile, scene_for(words)):
        for a, b in pairwise(cue.words):
            assert b.start_ms - a.end_ms < profile.pause_ms


@given(spoken_words(), st.lists(st.integers(0, 60_000), max_size=30).map(sorted))
def test_shot_changes_keep_every_guarantee(words: list[Word], shots: list[int]) -> None:
    scene = Scene("en", words[-1].end_ms + 2000, 25.0, tuple(shots))
    cues = lay_out(words, NETFLIX, scene)
    errors = [f for f in check(cues, NETFLIX, scene) if f.level == ERROR and f.id != "CF005"]
    assert errors == []


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda p: p.name)
@pytest.mark.parametrize(
    ("text", "language"), [(NARRATION, "en"), (LECTURE, "en"), (DIALOGUE, "en"), (FRENCH, "fr"), (GERMAN, "de")]
)
def test_reading_speed_misses_are_the_speakers(text: str, language: str, profile: Profile) -> None:
    words = read_aloud(text, cps=19)
    scene = scene_for(words, language)
    findings = check(lay_out(words, profile, scene), profile, scene)
    assert [f.message for f in findings if f.level == ERROR] == []


def test_nothing_said_gives_no_cues() -> None:
    assert lay_out([], NETFLIX, Scene("en", 10_000)) == []
    assert lay_out([Word("", 0, 10), Word(" ", 20, 30)], NETFLIX, Scene("en", 10_000)) == []


def test_narration_reads_as_an_editor_would_have_it() -> None:
    words = read_aloud(NARRATION)
    cues = lay_out(words, NETFLIX, scene_for(words))
    assert [cue.text for cue in cues] == [
        "The harbour wakes up before the sun does.",
        "At four in the morning, the first boats\ncome back with their catch,",
        "and the ice machines start\nto hum along the quay.",
        "By six, the market is already loud:",
        "buyers from the big restaurants argue\nover the price of turbot,",
        "while the smaller fishmongers wait\nfor whatever is left.",
        "Maria Santos has worked here\nfor thirty-one years.",
        "She knows every skipper by name,",
        "and most of them have known her\nsince they were children.",
        "Last year, the city council approved\na plan to turn the old warehouses",
        "into apartments, and the first residents\nwill move in next spring.",
        "Some people think that it will bring\nnew life to the waterfront.",
        "Others, like Maria, are not so sure.",
        "What happens to a fishing port\nwhen there are no more fishermen?",
        "Nobody can say.",
    ]


def test_text_without_punctuation_is_broken_at_its_pauses() -> None:
    words = undressed(read_aloud(NARRATION))[:38]
    cues = lay_out(words, NETFLIX, scene_for(words))
    assert [cue.text for cue in cues] == [
        "the harbour wakes up before the sun does",
        "at four in the morning",
        "the first boats come back with their catch",
        "and the ice machines start\nto hum along the quay",
        "by six the market is already loud",
    ]


def test_japanese_breaks_between_phrases() -> None:
    words = read_characters(JAPANESE)
    cues = lay_out(words, NETFLIX, scene_for(words, "ja"))
    assert [cue.text for cue in cues] == [
        "今日は天気がいいので、\n公園まで散歩に行きました。",
        "公園にはたくさんの人がいて、",
        "子供たちはサッカーボールで\n遊んでいました。",
    ]


def test_shorts_have_two_to_six_words() -> None:
    words = read_aloud(NARRATION)
    assert {len(cue.words) for cue in lay_out(words, PROFILES["shorts"], scene_for(words))} <= {2, 3, 4, 5, 6}


def test_right_to_left_text_is_left_as_it_is() -> None:
    words = read_aloud("שלום לכולם, ברוכים הבאים לתוכנית שלנו היום. אנחנו נדבר על ההיסטוריה של העיר העתיקה.")
    cues = lay_out(words, NETFLIX, scene_for(words, "he"))
    assert " ".join(" ".join(cue.lines) for cue in cues) == join(words)


def conversation() -> list[Word]:
    first = read_aloud("I said no.", 17, speaker="A")
    second = read_aloud("You did not.", 17, start_ms=first[-1].end_ms + 50, speaker="B")
    third = read_aloud("I did, and you know it.", 17, start_ms=second[-1].end_ms + 900, speaker="A")
    return first + second + third


@pytest.mark.parametrize(
    ("profile", "expected"),
    [
        ("netflix-en", ["-I said no.\n-You did not.", "I did, and you know it."]),
        ("youtube", ["I said no.\n>> You did not.", ">> I did, and you know it."]),
        ("shorts", ["I said no.", "You did not.", "I did, and you know it."]),
    ],
)
def test_two_speakers_are_told_apart(profile: str, expected: list[str]) -> None:
    words = conversation()
    assert [cue.text for cue in lay_out(words, PROFILES[profile], scene_for(words))] == expected


def test_a_last_word_at_the_very_end_is_shown_long_enough() -> None:
    """It borrows the silence before it: an editor would rather be early than flash."""
    words = [*read_aloud("That was all there is to say about it."), Word("Goodbye.", 9700, 9900)]
    cues = lay_out(words, NETFLIX, Scene("en", 10_000))
    assert (cues[-1].text, cues[-1].in_ms, cues[-1].out_ms) == ("Goodbye.", 10_000 - NETFLIX.least_ms, 10_000)


def test_one_word_longer_than_the_line_stands_alone_on_it() -> None:
    long = "Donaudampfschifffahrtselektrizitätenhauptbetriebswerk"
    words = read_aloud(f"Das {long} ist groß.")
    cues = lay_out(words, NETFLIX, scene_for(words, "de"))
    assert [line for cue in cues for line in cue.lines if columns(line) > 42] == [long]


def test_overrides_hold_for_every_language() -> None:
    words = read_characters(JAPANESE)
    cues = lay_out(words, NETFLIX.override(max_line_length=20, max_lines=1), scene_for(words, "ja"))
    assert all(len(cue.lines) == 1 and columns(cue.text) <= 20 for cue in cues)


TURNS = st.lists(st.tuples(st.sampled_from("AB"), st.integers(1, 12), st.integers(0, 1500)), min_size=1, max_size=12)


def turns_of(turns: list[tuple[str, int, int]]) -> list[Word]:
    """Turns of so many words, each word long enough for a cue of its own, and the silence after each turn."""
    words: list[Word] = []
    time_ms = 500
    for speaker, count, pause_ms in turns:
        for i in range(count):
            words.append(Word("word" + "s" * (i % 4), time_ms, time_ms + 1100, speaker=speaker))
            time_ms += 1100
        time_ms += pause_ms
    return words


@given(TURNS, st.sampled_from(list(PROFILES.values())))
def test_every_turn_of_a_speaker_can_be_seen(turns: list[tuple[str, int, int]], profile: Profile) -> None:
    words = turns_of(turns)
    before: str | None = None
    for cue in lay_out(words, profile, scene_for(words)):
        several = len({word.speaker for word in cue.words}) > 1
        assert not (several and profile.speakers not in (DASH, CHEVRON))
        at = 0
        for line in cue.lines:
            count = len(line.removeprefix("-").removeprefix(">> ").split(" >> ")[0].split())
            first = cue.words[at]
            if profile.speakers == DASH:
                assert line.startswith("-") is several
            elif profile.speakers == CHEVRON:
                assert line.startswith(">> ") is (before is not None and first.speaker != before)
            else:
                assert not line.startswith(("-", ">"))
            own = cue.words[at : at + count]
            assert len({word.speaker for word in own}) == 1
            before, at = own[-1].speaker, at + count
        assert at == len(cue.words)


@pytest.mark.parametrize(("spare", "cues"), [(0, 2), (1, 1)])
def test_the_mark_of_a_speaker_counts_in_the_line(spare: int, cues: int) -> None:
    """A turn that fills its line leaves no room for the dash that a second speaker in its cue would give it."""
    said = "They told us that it would never be solved"[: 42 - spare]
    assert columns(said) == 42 - spare
    first = read_aloud(said, 17, speaker="A")
    words = [*first, Word("No.", first[-1].end_ms, first[-1].end_ms + 150, speaker="B")]
    found = lay_out(words, NETFLIX.override(max_lines=2), Scene("en", words[-1].end_ms + 400))
    assert len(found) == cues
    assert all(columns(line) <= 42 for cue in found for line in cue.lines)
