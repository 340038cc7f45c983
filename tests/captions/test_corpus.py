"""Half an hour of speech, laid out: the marks that `tests.bench.layout` prints."""

from __future__ import annotations

import pytest

from clipforge.captions.profiles import PROFILES, Profile
from tests.bench.corpus import Text, texts
from tests.bench.layout import BAD_BREAKS_MARK, ours, tally_of
from tests.bench.layout_docs import PAGE, filled
from tests.bench.others import greedy_filler

CORPUS = texts()


def test_the_corpus_is_what_it_says() -> None:
    assert sum(text.media_ms for text in CORPUS) >= 30 * 60_000
    assert len({text.language for text in CORPUS}) == 9
    for text in CORPUS:
        times = [time for word in text.words for time in (word.start_ms, word.end_ms)]
        assert times == sorted(times)


@pytest.mark.parametrize("profile", PROFILES.values(), ids=lambda profile: profile.name)
@pytest.mark.parametrize("language", sorted({text.language for text in CORPUS}))
def test_every_mark_is_reached(profile: Profile, language: str) -> None:
    spoken: list[Text] = [text for text in CORPUS if text.language == language]
    tally = tally_of(ours, spoken, profile)
    assert tally.kept, f"{tally.row(language)}\n{tally.misses}"


def test_the_marks_can_be_missed() -> None:
    """By the filler that the common tools use, on the same words."""
    tally = tally_of(greedy_filler, CORPUS, PROFILES["netflix-en"])
    assert not tally.kept
    assert tally.bad_per_100 > 10 * BAD_BREAKS_MARK


def test_the_docs_show_what_layout_makes_now() -> None:
    """Where this fails: ``python -m tests.bench.layout_docs``."""
    page = PAGE.read_text("utf-8")
    assert filled(page) == page
