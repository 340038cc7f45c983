"""Caption files by anybody: what is read, and what is pointed out, with line and column."""

from __future__ import annotations

import codecs
from textwrap import dedent

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge import formats
from clipforge.captions.cues import Cue
from clipforge.formats.sources import Source, kind_of, parse
from clipforge.formats.sources.base import apply
from clipforge.formats.sources.decoding import decode
from tests.formats.cues import HOSTILE, TOUR, cue_lists, hostile_cues, ordinary

SRT = "1\n00:00:01,000 --> 00:00:02,000\nHello\nthere\n\n2\n00:00:03,000 --> 00:00:04,000\nGoodbye\n\n"
CUES = [Cue(1000, 2000, ("Hello", "there")), Cue(3000, 4000, ("Goodbye",))]

ASS = dedent(
    """\
    [Script Info]
    ; a comment
    Title: Tour
    Language: fr

    [V4+ Styles]
    Format: Name, Fontname, Fontsize
    Style: Default,Source Sans 3,48

    [Events]
    Format: Layer, Start, End, Style, Name, MarginL, MarginR, MarginV, Effect, Text
    Dialogue: 0,0:00:03.00,0:00:04.00,Default,,0,0,0,,Goodbye, all
    Comment: 0,0:00:00.00,0:00:09.00,Default,,0,0,0,,not shown
    Dialogue: 0,0:00:01.00,0:00:02.00,Default,,0,0,0,,{\\i1}Hello{\\i0}\\Nthere\\hyou
    Dialogue: 1,0:00:00.00,0:00:09.00,Sign,,0,0,0,,{\\pos(10,20)}EXIT
    Dialogue: 1,0:00:00.00,0:00:09.00,Sign,,0,0,0,,{\\p1}m 0 0 l 10 10{\\p0}
    """
)


def read(text: str | bytes, suffix: str = ".srt") -> Source:
    source = parse(text if isinstance(text, bytes) else text.encode(), suffix)
    assert source is not None
    return source


def faults(text: str | bytes, suffix: str = ".srt") -> list[str]:
    return [f"{f.line}:{f.column} {f.message}" for f in read(text, suffix).faults]


def mended(text: str | bytes, suffix: str = ".srt") -> str:
    source = read(text, suffix)
    return apply(source.text, [edit for fault in source.faults for edit in fault.edits])


def test_subrip() -> None:
    source = read(SRT)
    assert (source.kind, source.cues, source.faults) == ("srt", CUES, ())
    assert [entry.line for entry in source.entries] == [2, 7]


def test_webvtt() -> None:
    source = read(
        dedent(
            """\
            WEBVTT
            Kind: captions
            Language: pt-BR

            STYLE
            ::cue { color: gold }

            NOTE
            A comment

            intro
            00:01.000 --> 00:02.500 align:start line:0%
            <v Anna>Fish &amp; <c.loud>chips</c>, 5&nbsp;&lt;&nbsp;6
            """
        ),
        ".vtt",
    )
    assert (source.kind, source.language, source.faults) == ("vtt", "pt-BR", ())
    assert source.cues == [Cue(1000, 2500, ("Fish & chips, 5\u00a0<\u00a06",))]
    assert source.entries[0].line == 12


def test_ass_in_the_order_of_its_times_without_comments_signs_and_drawings() -> None:
    source = read(ASS, ".ass")
    assert (source.kind, source.language, source.faults) == ("ass", "fr", ())
    assert source.cues == [Cue(1000, 2000, ("Hello", "there\u00a0you")), Cue(3000, 4000, ("Goodbye, all",))]
    assert [entry.line for entry in source.entries] == [14, 12]


@pytest.mark.parametrize(
    "data",
    [
        SRT.encode(),
        codecs.BOM_UTF8 + SRT.encode(),
        SRT.replace("\n", "\r\n").encode(),
        SRT.replace("\n", "\r").encode(),
        codecs.BOM_UTF16_LE + SRT.encode("utf-16-le"),
        codecs.BOM_UTF16_BE + SRT.encode("utf-16-be"),
        codecs.BOM_UTF32_LE + SRT.encode("utf-32-le"),
        SRT.encode("utf-16-le"),
        SRT.rstrip("\n").encode(),
        SRT.replace("1\n", "", 1).encode(),
        SRT.replace("Hello\n", "Hello\n\n\n").encode(),
        SRT.replace("there\n\n", "there\n").encode(),
        SRT.replace(",", ".").encode(),
        SRT.replace("Hello", "<i>Hello</i>").encode(),
        SRT.replace("Hello", "{\\an8}Hello").encode(),
        SRT.replace("Hello", "\0Hello").encode(),
        SRT.replace(" --> ", "-->").encode(),
        SRT.replace("02,000", "02,000 X1:10 X2:20").encode(),
    ],
)
def test_the_classic_horrors_are_survived(data: bytes) -> None:
    assert read(data).cues == CUES


@pytest.mark.parametrize(
    ("text", "found", "repaired"),
    [
        ("", [], None),
        ("Nothing but prose --", ["1:1 no cue: no line with two times and an arrow between them"], None),
        (SRT.replace("1\n", "", 1), ["1:1 a cue without a number"], SRT),
        (
            SRT.replace("Hello\n", "Hello\n\n\n"),
            ["4:1 an empty line inside a cue: many players end it there"],
            SRT,
        ),
        (SRT.replace("there\n\n", "there\n"), ["5:1 no empty line before this cue"], SRT),
        (
            SRT.replace("01,000", "01.000"),
            ["2:1 not as SubRip writes times: 00:00:01.000"],
            SRT,
        ),
        (SRT.replace("02,000", "62,000"), ["2:18 no such time: 00:00:62,000"], None),
        (SRT.replace("02,000", "02,00"), ["2:18 milliseconds have three digits: 00:00:02,00"], None),
        (
            SRT.replace("00:00:03,000", "three"),
            ["7:7 an arrow, but not between two times: the cue is lost"],
            None,
        ),
        (
            SRT.replace("00:00:03,000 -->", "00:00:03,000 ->"),
            ["7:1 times without the arrow -->: this cue is not shown"],
            None,
        ),
        (SRT.replace("Goodbye", " "), ["7:1 a cue without text"], None),
        ("Title\n\n" + SRT, ["1:1 text before the first cue"], None),
        (
            SRT.replace("there", "the\0re"),
            ["4:4 a NUL character: many players stop there"],
            SRT.replace("there", "the re"),
        ),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n", ["1:1 its name says srt, but this is vtt"], None),
    ],
)
def test_faults_of_subrip(text: str, found: list[str], repaired: str | None) -> None:
    assert faults(text) == found
    if repaired is not None:
        assert mended(text) == repaired
        assert faults(repaired) == []


@pytest.mark.parametrize(
    ("text", "found", "repaired"),
    [
        ("WEBVTT\n", [], None),
        (
            "00:01.000 --> 00:02.000\nx\n",
            ["1:1 no WEBVTT on the first line: browsers refuse it"],
            "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n",
        ),
        (
            "WEBVTT\n00:01.000 --> 00:02.000\nx\n",
            ["2:1 no empty line below WEBVTT"],
            "WEBVTT\n\n00:01.000 --> 00:02.000\nx\n",
        ),
        (
            "WEBVTT\n\n00:00:01,000 --> 00:02.000\nx\n",
            ["3:1 not as WebVTT writes times: 00:00:01,000"],
            "WEBVTT\n\n00:00:01.000 --> 00:02.000\nx\n",
        ),
        ("WEBVTT\n\n00:01.000 --> 00:02.000\nx\n\ny\n", ["6:1 text that belongs to no cue is never shown"], None),
        ("WEBVTT\n\n00:99.000 --> 00:02.000\nx\n", ["3:1 no such time: 00:99.000"], None),
    ],
)
def test_faults_of_webvtt(text: str, found: list[str], repaired: str | None) -> None:
    assert faults(text, ".vtt") == found
    if repaired is not None:
        assert mended(text, ".vtt") == repaired
        assert faults(repaired, ".vtt") == []


@pytest.mark.parametrize(
    ("change", "found"),
    [
        (("0:00:03.00", "0:00:3"), ["12:13 no time: 0:00:3"]),
        ((",,Goodbye, all", ""), ["12:1 8 fields, where the format has 10"]),
        (("[Events]", "[Event]"), ["1:1 no [Events]: there is no caption in it"]),
        (("Effect, Text", "Text, Effect"), ["11:1 events need Start, End and, last, Text"]),
    ],
)
def test_faults_of_ass(change: tuple[str, str], found: list[str]) -> None:
    assert faults(ASS.replace(*change), ".ass") == found


def test_encodings_are_named() -> None:
    cafe = SRT.replace("there", "à la café")
    assert faults(codecs.BOM_UTF16_LE + cafe.encode("utf-16-le")) == ["1:1 UTF-16-LE, where UTF-8 is expected"]
    assert faults(cafe.encode("latin-1")) == ["4:1 not UTF-8: read as Windows-1252, which is a guess"]
    assert read(cafe.encode("latin-1")).cues[0].lines == ("Hello", "à la café")
    damaged = cafe.encode().replace(b"Goodbye", b"Good\xffbye")
    assert faults(damaged) == ["8:5 a byte that is not UTF-8"]
    assert faults(b"\xff\xfe\0")[0] == "1:1 not in the encoding that its first bytes say"
    assert read(cafe.encode("utf-16-le")).cues[0].lines == ("Hello", "à la café")


def test_a_second_reader_has_its_say() -> None:
    # pysubs2 knows no hours of five digits, and no more does many a player
    found = faults("WEBVTT\n\n10000:00:01.000 --> 10000:00:02.000\nx\n", ".vtt")
    assert len(found) == 1
    assert found[0].startswith("3:1 pysubs2 reads ")


def test_what_a_file_is() -> None:
    assert kind_of(SRT, ".txt") == "srt"
    assert kind_of(ASS, "") == "ass"
    assert kind_of("\ufeffWEBVTT", ".srt") in ("vtt", "srt")
    assert kind_of("Dear diary", ".txt") is None
    assert parse(b"\x89PNG\r\n\x1a\n\0\0\0", ".png") is None


@settings(max_examples=60)
@given(
    st.one_of(
        st.binary(max_size=300),
        st.text().map(str.encode),
        st.sampled_from(HOSTILE).map(lambda t: t.encode("utf-8", "replace")),
    ),
    st.sampled_from([".srt", ".vtt", ".ass"]),
)
def test_any_bytes_are_read_and_would_be_written_back_as_they_were(data: bytes, suffix: str) -> None:
    text, encoding = decode(data)
    assert encoding.encode(text) == data
    source = parse(data, suffix)
    assert source is not None
    for fault in source.faults:
        assert 1 <= fault.line <= text.count("\n") + text.count("\r") + 1
        assert fault.column >= 1


@pytest.mark.parametrize("name", ["srt", "vtt"])
@settings(max_examples=40)
@given(cues=cue_lists(ordinary))
def test_nothing_is_wrong_with_what_we_write(name: str, cues: list[Cue]) -> None:
    written = formats.get(name).write(cues, TOUR)
    source = read(written, f".{name}")
    assert source.faults == ()
    assert source.cues == [Cue(cue.in_ms, cue.out_ms, cue.lines) for cue in cues]


@pytest.mark.parametrize("name", ["srt", "vtt"])
def test_nothing_is_wrong_with_hostile_text_that_we_write(name: str) -> None:
    assert read(formats.get(name).write(hostile_cues(), TOUR), f".{name}").faults == ()
