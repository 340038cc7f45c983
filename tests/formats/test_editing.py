"""Changing a caption file in place: what is repaired changes, every other byte stays."""

from __future__ import annotations

import itertools
import re
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.formats.sources import Source, parse
from clipforge.formats.sources.editing import can_split, edited
from clipforge.formats.sources.markup import ASS, SUBRIP, WEBVTT, rebroken

SRT = dedent(
    """\
    1
    00:00:01,000 --> 00:00:02,000  X1:10 X2:20
    {\\an8}<i>One two</i>
    three

    7
    00:00:03.000 --> 00:00:04.000
    <font color="red">four  five</font>

    """
)
VTT = dedent(
    """\
    WEBVTT - a title
    Kind: captions

    STYLE
    ::cue { color: gold }

    NOTE 00:01 is not a time

    intro
    00:01.000 --> 00:02.000 align:start line:0%
    <v Anna>One &amp; <i>two</i>
    three

    01:00:03.000 --> 01:00:04.000
    four five
    """
)
ASS_FILE = dedent(
    """\
    [Script Info]
    ; a comment
    PlayResX: 1920

    [V4+ Styles]
    Format: Name, Fontname
    Style: Default,Source Sans 3

    [Events]
    Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
    Dialogue: 0,0:00:03.00,0:00:04.00,Default,Bob,0,0,0,,four, five
    Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,kept
    Dialogue: 3,0:00:01.00,0:00:02.00,Default,Anna,1,2,3,fx,{\\an8}One {\\i1}two{\\i0}\\Nthree
    """
)


def source(text: str, suffix: str) -> Source:
    read = parse(text.encode(), suffix)
    assert read is not None
    return read


def edit(text: str, suffix: str, *cues: list[Cue]) -> str:
    made = edited(source(text, suffix), cues)
    assert made is not None
    return made.text


def test_unchanged_cues_change_nothing() -> None:
    for text, suffix in ((SRT, ".srt"), (VTT, ".vtt"), (ASS_FILE, ".ass")):
        assert edit(text, suffix, *([cue] for cue in source(text, suffix).cues)) == text


def test_subrip() -> None:
    first, second = [Cue(1000, 2500, ("One", "two three"))], [Cue(3100, 4000, ("four five",))]
    expected = SRT.replace("02,000", "02,500").replace("<i>One two</i>\nthree", "<i>One\ntwo</i> three")
    assert edit(SRT, ".srt", first, second) == expected.replace("00:00:03.000", "00:00:03,100")


def test_subrip_keeps_its_line_ends_and_byte_order_mark() -> None:
    data = b"\xef\xbb\xbf" + SRT.replace("\n", "\r\n").encode()
    read = parse(data, ".srt")
    assert read is not None
    made = edited(read, [[Cue(1000, 2000, ("One", "two three"))], [read.cues[1]]])
    assert made is not None
    expected = SRT.replace("<i>One two</i>\nthree", "<i>One\ntwo</i> three")
    assert made.encoding.encode(made.text) == b"\xef\xbb\xbf" + expected.replace("\n", "\r\n").encode()


def test_webvtt() -> None:
    first, second = [Cue(900, 2000, ("One & two three",))], [Cue(3_603_000, 3_605_000, ("four", "five"))]
    expected = (
        VTT.replace("00:01.000 -->", "00:00.900 -->")
        .replace("two</i>\nthree", "two</i> three")
        .replace("01:00:04.000\nfour five", "01:00:05.000\nfour\nfive")
    )
    assert edit(VTT, ".vtt", first, second) == expected


def test_ass() -> None:
    first, second = [Cue(1000, 2500, ("One two three",))], [Cue(3010, 4000, ("four,", "five"))]
    expected = (
        ASS_FILE.replace("0:00:02.00", "0:00:02.50")
        .replace("{\\i0}\\Nthree", "{\\i0} three")
        .replace("0:00:03.00", "0:00:03.01")
        .replace("four, five", "four,\\Nfive")
    )
    assert edit(ASS_FILE, ".ass", first, second) == expected


def test_a_cue_made_several_takes_along_what_stood_around_it() -> None:
    plain = "1\n00:00:01,000 --> 00:00:09,000 X1:10\none two\nthree\n\n2\n00:00:10,000 --> 00:00:11,000\nfour\n"
    parts = [Cue(1000, 4000, ("one two",)), Cue(4100, 9000, ("three",))]
    assert edit(plain, ".srt", parts, [Cue(10_000, 11_000, ("four",))]) == (
        "1\n00:00:01,000 --> 00:00:04,000 X1:10\none two\n\n2\n00:00:04,100 --> 00:00:09,000 X1:10\nthree\n\n"
        "3\n00:00:10,000 --> 00:00:11,000\nfour\n"
    )
    vtt = "WEBVTT\n\nname\n00:01.000 --> 00:09.000 line:0%\none two\nthree\n"
    assert edit(vtt, ".vtt", parts) == (
        "WEBVTT\n\nname\n00:01.000 --> 00:04.000 line:0%\none two\n\n00:04.100 --> 00:09.000 line:0%\nthree\n"
    )
    ass = ASS_FILE.replace("{\\an8}One {\\i1}two{\\i0}\\Nthree", "one two three").replace("0:00:02.00", "0:00:09.00")
    (line,) = [line for line in ass.splitlines() if "one two" in line]
    made = edit(ass, ".ass", parts, [Cue(3000, 4000, ("four, five",))])
    first = line.replace("0:00:09.00", "0:00:04.00").replace("two three", "two")
    second = line.replace("0:00:01.00", "0:00:04.10").replace("one two three", "three")
    assert made == ass.replace(line, f"{first}\n{second}")


def test_markup_forbids_to_divide() -> None:
    assert can_split(source(SRT, ".srt")) == [False, False]
    assert can_split(source(VTT, ".vtt")) == [False, True]
    assert can_split(source(ASS_FILE, ".ass")) == [False, True]


@pytest.mark.parametrize(
    ("body", "lines", "expected"),
    [
        ("<i>今日</i>は", ("今日", "は"), "<i>今日</i>\nは"),
        ("今日\nは", ("今日は",), "今日は"),
        ("a\u00a0b c", ("a\u00a0b", "c"), "a\u00a0b\nc"),
        (" one\n\n two ", ("one two",), " one two "),
        ("- <b>a</b> <u>b</u>", ("- a", "b"), "- <b>a</b>\n<u>b</u>"),
    ],
)
def test_line_breaks_move_and_markup_stays(body: str, lines: tuple[str, ...], expected: str) -> None:
    assert rebroken(body, lines, SUBRIP, "\n") == expected


def test_character_references_and_ass_codes_count_as_what_they_show() -> None:
    assert rebroken("a&amp;b c&lt;3", ("a&b", "c<3"), WEBVTT, "\n") == "a&amp;b\nc&lt;3"
    assert rebroken("a\\hb\\nc d", ("a\u00a0b c", "d"), ASS, "\\N") == "a\\hb\\nc\\Nd"


TOKENS = st.sampled_from(
    ["one", "two,", "<i>three</i>", "<b>", "</b>", "{\\an8}", "four", "5 < 6", "今日は", "é", "&", "<"]
)
BODIES = st.lists(st.lists(TOKENS, min_size=1, max_size=6).map(" ".join), min_size=1, max_size=3).map("\n".join)


@settings(max_examples=150)
@given(BODIES, st.data())
def test_whatever_the_markup_only_white_space_changes(body: str, data: st.DataObject) -> None:
    seen = SUBRIP.seen(body)
    words = " ".join(seen).split(" ")
    cuts = data.draw(st.sets(st.integers(1, max(1, len(words) - 1))))
    bounds = [0, *sorted(cut for cut in cuts if cut < len(words)), len(words)]
    lines = tuple(" ".join(words[a:b]) for a, b in itertools.pairwise(bounds))
    made = rebroken(body, lines, SUBRIP, "\n")
    assert re.sub(r"\s", "", made) == re.sub(r"\s", "", body)
    if seen:
        assert SUBRIP.seen(made) == lines
