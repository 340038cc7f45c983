from __future__ import annotations

from clipforge.captions.cues import Cue
from clipforge.captions.words import Word
from clipforge.formats import txt
from tests.formats.cues import TOUR


def test_cues_run_on_and_a_long_pause_begins_a_paragraph() -> None:
    cues = [
        Cue(0, 1500, ("Welcome to", "the harbour.")),
        Cue(2000, 3000, ("The ferry leaves",)),
        Cue(3499, 4000, ("at noon.",)),
        Cue(6000, 7000, ("Goodbye.",)),
    ]
    assert txt.write(cues, TOUR) == "Welcome to the harbour. The ferry leaves at noon.\n\nGoodbye.\n"


def test_a_pause_is_measured_between_words_not_between_lingering_cues() -> None:
    first = Cue(0, 2000, ("One.",), (Word("One.", 100, 900),))
    second = Cue(2100, 4000, ("Two.",), (Word("Two.", 2900, 3800),))
    assert txt.write([first, second], TOUR) == "One.\n\nTwo.\n"


def test_words_that_are_glued_stay_glued_across_lines_and_cues() -> None:
    first = Cue(0, 1000, ("今日は",), (Word("今日", 0, 500), Word("は", 500, 900, glued=True)))
    second = Cue(1000, 2000, ("晴れ。",), (Word("晴れ。", 1000, 1900, glued=True),))
    assert txt.write([first, second], TOUR) == "今日は晴れ。\n"


def test_line_breaks_in_the_text_make_no_paragraph() -> None:
    assert txt.write([Cue(0, 1000, ("a\n\nb\0",)), Cue(1000, 2000, ("  ",))], TOUR) == "a b\n"


def test_no_cues_make_an_empty_file() -> None:
    assert txt.write([], TOUR) == ""
