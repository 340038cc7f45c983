from __future__ import annotations

from textwrap import dedent

import pytest
from hypothesis import given, settings

from clipforge.captions.cues import Cue
from clipforge.formats import srt
from tests.formats.cues import TOUR, anything, cue_lists, hostile_cues
from tests.formats.ffmpeg import seen_by_ffmpeg


def test_write() -> None:
    cues = [
        Cue(0, 1500, ("Welcome to the harbour.",)),
        Cue(61_001, 3_723_004, ("Two", "lines")),
        Cue(360_000_000, 360_001_000, ("After a hundred hours",)),
    ]
    assert srt.write(cues, TOUR) == dedent(
        """\
        1
        00:00:00,000 --> 00:00:01,500
        Welcome to the harbour.

        2
        00:01:01,001 --> 01:02:03,004
        Two
        lines

        3
        100:00:00,000 --> 100:00:01,000
        After a hundred hours

        """
    )


def test_no_cues_make_an_empty_file() -> None:
    assert srt.write([], TOUR) == ""


def test_a_cue_without_text_is_left_out_and_the_others_are_numbered_on() -> None:
    cues = [Cue(0, 1000, (" \0 ",)), Cue(1000, 2000, ("Here",))]
    assert srt.write(cues, TOUR) == "1\n00:00:01,000 --> 00:00:02,000\nHere\n\n"


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("<i>Titanic</i>", "‹i›Titanic‹/i›"),
        ("{\\an8}up", "(\\an8)up"),
        ("a --> b", "a --› b"),
        ("C:\\new", "C:\\\u2060new"),
        ("one\n\n two\t\t2", "one\ntwo 2"),
        ("nul\0 and\x1b[31m", "nul and [31m"),
        ("5 < 6 & 7 > 6?", "5 ‹ 6 & 7 › 6?"),
        ("I <3 you & }", "I <3 you & )"),
        ("{\nopen", "(\nopen"),
    ],
)
def test_text_that_a_player_would_obey_stays_text(text: str, written: str) -> None:
    assert srt.write([Cue(0, 1000, (text,))], TOUR) == f"1\n00:00:00,000 --> 00:00:01,000\n{written}\n\n"


def test_a_tag_cannot_span_lines() -> None:
    assert srt.write([Cue(0, 1000, ("a <i", "> b"))], TOUR).splitlines()[2:4] == ["a ‹i", "› b"]


@settings(deadline=None, max_examples=15)
@given(cues=cue_lists(anything))
def test_ffmpeg_reads_the_same_times_and_text(cues: list[Cue]) -> None:
    written = srt.write(cues, TOUR)
    expected = [(cue.in_ms, cue.out_ms, cue.text.replace("\\\u2060", "\\")) for cue in srt.read(written)]
    assert seen_by_ffmpeg(written, "srt") == expected


def test_ffmpeg_reads_hostile_text_as_text() -> None:
    cues = hostile_cues()
    seen = seen_by_ffmpeg(srt.write(cues, TOUR), "srt")
    assert [times for *times, _ in seen] == [[cue.in_ms, cue.out_ms] for cue in cues if cue.text.strip()]
    assert "‹i›not italic‹/i›" in [text for *_, text in seen]


def test_read_files_by_others() -> None:
    text = dedent(
        """\

        00:00:01,000 --> 00:00:02,500
        No number

        seven
        00:00:03.000 --> 00:00:04.000 X1:10 X2:20 Y1:1 Y2:2
        A point for a comma, and a position

        9
        this is no time --> nor this
        Lost

        10
        00:00:05,000 --> 00:00:06,000

        11
        00:00:07,000 --> 00:00:08,000
        Last line, <i>tags kept</i>"""
    )
    assert srt.read(text) == [
        Cue(1000, 2500, ("No number",)),
        Cue(3000, 4000, ("A point for a comma, and a position",)),
        Cue(7000, 8000, ("Last line, <i>tags kept</i>",)),
    ]
