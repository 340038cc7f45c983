from __future__ import annotations

from textwrap import dedent

from hypothesis import given, settings

from clipforge.captions.cues import Cue
from clipforge.formats import vtt
from tests.formats.cues import TOUR, anything, cue_lists, hostile_cues
from tests.formats.ffmpeg import seen_by_ffmpeg


def test_write() -> None:
    cues = [
        Cue(0, 1500, ("Fish & <chips>",)),
        Cue(61_001, 3_723_004, ("Two --> lines", "NOTE here")),
        Cue(360_000_000, 360_001_000, ("After a hundred hours",)),
    ]
    assert vtt.write(cues, TOUR) == dedent(
        """\
        WEBVTT

        00:00:00.000 --> 00:00:01.500
        Fish &amp; &lt;chips&gt;

        00:01:01.001 --> 01:02:03.004
        Two --&gt; lines
        NOTE here

        100:00:00.000 --> 100:00:01.000
        After a hundred hours
        """
    )


def test_no_cues_make_a_file_of_the_header_alone() -> None:
    assert vtt.write([], TOUR) == "WEBVTT\n"


@settings(deadline=None, max_examples=15)
@given(cues=cue_lists(anything))
def test_ffmpeg_reads_the_same_times_and_text(cues: list[Cue]) -> None:
    written = vtt.write(cues, TOUR)
    assert seen_by_ffmpeg(written, "webvtt") == [(cue.in_ms, cue.out_ms, cue.text) for cue in vtt.read(written)]


def test_ffmpeg_reads_hostile_text_as_text() -> None:
    cues = hostile_cues()
    seen = seen_by_ffmpeg(vtt.write(cues, TOUR), "webvtt")
    assert [times for *times, _ in seen] == [[cue.in_ms, cue.out_ms] for cue in cues if cue.text.strip()]
    assert {"<i>not italic</i>", "AT&T &amp; &lt;b&gt;", "00:00:01.000 --> 00:00:02.000"} <= {text for *_, text in seen}


def test_read_files_by_others() -> None:
    text = dedent(
        """\
        WEBVTT - with a title
        Kind: captions

        STYLE
        ::cue { color: gold }

        NOTE
        A comment

        intro
        00:01.000 --> 00:02.500 align:start line:0%
        <v Anna>Fish &amp; <c.loud>chips</c>, <00:00:02.000>5&nbsp;&lt;&nbsp;6

        01:00:03.000-->01:00:04.000
        Two
        lines


        00:99.000 --> 00:05.000
        No such time

        00:00:06.000 --> 00:00:07.000
        <b></b>
        """
    )
    assert vtt.read(text) == [
        Cue(1000, 2500, ("Fish & chips, 5\u00a0<\u00a06",)),
        Cue(3_603_000, 3_604_000, ("Two", "lines")),
    ]
