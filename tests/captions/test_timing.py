"""In and out times."""

from __future__ import annotations

from clipforge.captions.profiles import PROFILES, Profile
from clipforge.captions.scene import Scene
from clipforge.captions.timing import Pace, Utterance, time_cues

NETFLIX = PROFILES["netflix-en"]
GAP_MS, EARLY_MS = 84, 83  # two frames


def times(
    said: list[Utterance], profile: Profile = NETFLIX, media_ms: int = 60_000, shots: tuple[int, ...] = ()
) -> list[tuple[int, int]]:
    return time_cues(said, Pace.of(profile, Scene("en", media_ms, 24.0, shots)), media_ms)


def test_a_slow_cue_ends_a_little_after_its_last_word() -> None:
    assert times([Utterance(1000, 4000, 5, 30)]) == [(1000, 4000 + NETFLIX.tail_ms)]


def test_a_fast_cue_borrows_silence_up_to_the_linger_limit() -> None:
    assert times([Utterance(1000, 3000, 8, 36)]) == [(1000, 3400)]  # 36 characters at 15 CPS
    assert times([Utterance(1000, 3000, 16, 45)]) == [(1000, 3500)]  # half a second past the word, no more


def test_a_cue_over_the_limit_borrows_the_silence_before_it_too() -> None:
    """No more than it needs, and no more than the profile lets it be early."""
    assert times([Utterance(1000, 3000, 16, 51)]) == [(950, 3500)]  # 51 characters at 20 CPS
    assert times([Utterance(1000, 3000, 16, 80)]) == [(1000 - EARLY_MS, 3500)]
    assert times([Utterance(2000, 4000, 12, 12)], PROFILES["bbc"]) == [(1500, 5500)]  # 12 words at 180 a minute


def test_cues_before_it_make_room_for_a_cue_over_the_limit() -> None:
    said = [Utterance(2000, 3000, 6, 6), Utterance(4000, 5000, 9, 9), Utterance(6000, 8000, 6, 6)]
    assert times(said, PROFILES["bbc"])[:2] == [(1000, 3000), (3000, 6000)]


def test_no_cue_is_early_at_the_cost_of_one_that_is_too_fast_itself() -> None:
    said = [Utterance(1000, 3000, 9, 9), Utterance(3000, 4000, 9, 9)]
    (_, before_out), (after_in, _) = times(said, PROFILES["bbc"])
    assert before_out == after_in == 3000


def test_a_short_word_is_held_for_the_least_duration() -> None:
    assert times([Utterance(1000, 1200, 1, 3)]) == [(1000, 1833)]


def test_nothing_outlasts_the_clip() -> None:
    assert times([Utterance(1000, 1990, 1, 3)], media_ms=2000) == [(1000, 2000)]


def test_no_cue_outlasts_the_longest_allowed() -> None:
    said = [Utterance(1000, 7900, 20, 300), Utterance(8200, 9500, 5, 15)]
    assert times(said)[0] == (1000, 1000 + NETFLIX.most_ms)
    assert times([Utterance(1000, 7900, 20, 139), said[1]])[0] == (1000, 1000 + NETFLIX.most_ms)


def test_flickering_gaps_are_closed_to_the_least_gap() -> None:
    said = [Utterance(1000, 3000, 5, 30), Utterance(3400, 5000, 5, 20)]
    assert times(said)[0] == (1000, 3400 - GAP_MS)


def test_a_gap_too_long_to_close_without_lingering_is_opened() -> None:
    said = [Utterance(1000, 3000, 5, 30), Utterance(3700, 5000, 5, 20)]
    assert times(said)[0] == (1000, 3700 - NETFLIX.chain_below_ms)


def test_the_next_cue_takes_precedence_over_reading_speed() -> None:
    said = [Utterance(1000, 3000, 16, 38), Utterance(3010, 5000, 5, 20)]
    assert times(said) == [(1000, 3010 - GAP_MS), (3010, 5250)]


def test_a_boxed_in_cue_borrows_the_silence_before_it() -> None:
    said = [Utterance(1000, 2000, 5, 10), Utterance(4000, 4300, 1, 3), Utterance(4400, 6000, 5, 20)]
    assert times(said)[1] == (4400 - GAP_MS - NETFLIX.least_ms, 4400 - GAP_MS)


def test_an_in_time_shortly_after_a_cut_moves_to_it() -> None:
    assert times([Utterance(5300, 8000, 5, 20)], shots=(5000,))[0][0] == 5000
    assert times([Utterance(5600, 8000, 5, 20)], shots=(5000,))[0][0] == 5600


def test_an_out_time_shortly_before_a_cut_moves_to_two_frames_before_it() -> None:
    assert times([Utterance(1000, 4000, 5, 20)], shots=(4600,))[0][1] == 4600 - GAP_MS
    assert times([Utterance(1000, 4000, 5, 20)], shots=(5000,))[0][1] == 4250


def test_a_cut_moves_nothing_into_the_words_before_it() -> None:
    said = [Utterance(1000, 4950, 5, 20), Utterance(5300, 8000, 5, 20)]
    before, after = times(said, shots=(5000,))
    assert before[1] >= 4950
    assert after[0] == 5300


def test_a_gap_without_frames_is_closed_altogether() -> None:
    said = [Utterance(1000, 3000, 5, 5), Utterance(3900, 5000, 5, 5)]
    assert times(said, PROFILES["bbc"])[0] == (1000, 3900)
