"""What a scene says of shots and speech."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.scene import Scene

TIMES = st.integers(0, 1000)


@given(st.lists(TIMES, unique=True, max_size=20).map(sorted), TIMES)
def test_the_shots_on_both_sides_of_a_time(shots: list[int], now: int) -> None:
    scene = Scene("en", 1000, shots_ms=tuple(shots))
    assert scene.shot_until(now) == max((at for at in shots if at <= now), default=None)
    assert scene.shot_from(now) == min((at for at in shots if at >= now), default=None)


@given(st.lists(TIMES, unique=True, max_size=20).map(sorted), TIMES, TIMES)
def test_speech_between_two_times(bounds: list[int], one: int, other: int) -> None:
    stretches = tuple(zip(bounds[::2], bounds[1::2], strict=False))
    start, end = sorted((one, other))
    spoken = {at for begin, stop in stretches for at in range(begin, stop)}
    assert Scene("en", 1000, speech_ms=stretches).speech_between(start, end) == len(spoken & set(range(start, end)))
    assert Scene("en", 1000).speech_between(start, end) is None
