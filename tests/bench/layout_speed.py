"""How long layout takes: one, two and four hours of words, on one core.

Run from the root of the repository: ``python -m tests.bench.layout_speed``.
"""

from __future__ import annotations

import time

from clipforge.captions.layout import Scene, lay_out
from clipforge.captions.profiles import PROFILES
from clipforge.captions.words import Word
from tests.captions.speech import DIALOGUE, LECTURE, NARRATION, read_aloud

WORDS_AN_HOUR = 10_000
RUNS = 5


def hours_of_words(hours: int) -> list[Word]:
    """Narration, lecture and dialogue by turns, until there are enough words."""
    wanted = hours * WORDS_AN_HOUR
    text = " ".join((NARRATION, LECTURE, DIALOGUE))
    return read_aloud(" ".join([text] * (wanted // len(text.split()) + 1)))[:wanted]


def seconds_for(words: list[Word], profile: str) -> float:
    """The best of several runs, in seconds of processor time."""
    scene = Scene("en", words[-1].end_ms + 1000)
    taken: list[float] = []
    for _ in range(RUNS):
        begun = time.process_time()
        lay_out(words, PROFILES[profile], scene)
        taken.append(time.process_time() - begun)
    return min(taken)


def main() -> None:
    print(f"{'profile':<12} {'words':>7} {'seconds':>8} {'µs/word':>8} {'ratio':>6}")
    for profile in PROFILES:
        before = None
        for hours in (1, 2, 4):
            words = hours_of_words(hours)
            seconds = seconds_for(words, profile)
            ratio = f"{seconds / before:.2f}" if before else ""
            print(f"{profile:<12} {len(words):>7} {seconds:>8.3f} {seconds / len(words) * 1e6:>8.1f} {ratio:>6}")
            before = seconds


if __name__ == "__main__":
    main()
