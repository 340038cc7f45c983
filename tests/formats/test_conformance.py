"""What we write, read back by others: the same count, times and text.

The others share no code with ours: pysubs2, ffmpeg, and for WebVTT webvtt-py in its strict mode, which refuses a file
that the specification does.
"""

from __future__ import annotations

import html
from collections.abc import Callable

import pytest
from hypothesis import given, settings

from clipforge.captions.cues import Cue
from clipforge.captions.layout import lay_out
from clipforge.captions.profiles import PROFILES
from clipforge.captions.scene import Scene
from clipforge.captions.words import Word
from clipforge.formats import FORMATS
from clipforge.formats.srt import harmless
from tests.bench.corpus import Text, texts
from tests.formats.cues import TOUR, cue_lists, ordinary
from tests.formats.ffmpeg import Seen, seen_by_ffmpeg

TEXTS = (
    "AT&T & Söhne &amp; &lt;b&gt;",
    "5 < 6, 7 > 6, <3",
    "from a --> to b",
    "<i>not italic</i> <v Bob>not a voice",
    "{\\an8}not above",
    "C:\\New \\hard",
    "👩‍👩‍👧 👍🏽 🇫🇷 ☎️",
    "שלום, עולם!",
    "‏مرحبا بالعالم، كيف الحال؟",
    "e\u0301te\u0301, नि, ก็, ậ",
    "日本語です。「ｱｲｳ」、１２３",
    "‘Curly’ “quotes” – dashes — and…",
    "-Who is it?\n-It's me.",
    "♪ la la ♪\n[door opens]",
    "1",
    "NOTE this",
    "WEBVTT",
    "STYLE",
)


def _ms(time: str) -> int:
    hours, minutes, seconds = time.split(":")
    return (int(hours) * 60 + int(minutes)) * 60_000 + round(float(seconds) * 1000)


def pysubs2_srt(text: str) -> list[Seen]:
    import pysubs2

    events = pysubs2.SSAFile.from_string(text, format_="srt")
    return [(event.start, event.end, event.text.replace("\\N", "\n")) for event in events]


def pysubs2_vtt(text: str) -> list[Seen]:
    """It leaves character references to whoever shows the text."""
    import pysubs2

    events = pysubs2.SSAFile.from_string(text, format_="vtt")
    return [(event.start, event.end, html.unescape(event.text.replace("\\N", "\n"))) for event in events]


def ffmpeg_srt(text: str) -> list[Seen]:
    return seen_by_ffmpeg(text, "srt")


def ffmpeg_vtt(text: str) -> list[Seen]:
    return seen_by_ffmpeg(text, "webvtt")


def webvtt_py(text: str) -> list[Seen]:
    import webvtt

    found = webvtt.from_string(text, strict=True)
    return [(_ms(cue.start), _ms(cue.end), html.unescape(cue.text)) for cue in found.captions]


READERS: dict[str, tuple[Callable[[str], list[Seen]], ...]] = {
    "srt": (pysubs2_srt, ffmpeg_srt),
    "vtt": (pysubs2_vtt, ffmpeg_vtt, webvtt_py),
}
NOT_CAPTIONS = {"txt", "json"}
each_reader = pytest.mark.parametrize(
    ("kind", "reader"),
    [pytest.param(kind, reader, id=reader.__name__) for kind, readers in READERS.items() for reader in readers],
)


def expected(kind: str, cues: list[Cue]) -> list[Seen]:
    """SubRip cannot hold markup as text: there, the nearest look-alikes are what everybody must see."""
    return [(cue.in_ms, cue.out_ms, harmless(cue.text) if kind == "srt" else cue.text) for cue in cues]


def without_ass_escapes(seen: list[Seen]) -> list[Seen]:
    """Both readers keep text as ASS has it, where a backslash and an N are a line break unless something invisible
    stands between them."""
    return [(begin, end, text.replace("\u2060", "").replace("\\N", "\n")) for begin, end, text in seen]


def test_every_format_of_captions_has_two_readers_that_are_not_ours() -> None:
    assert set(FORMATS) - NOT_CAPTIONS == set(READERS)
    assert all(len(readers) >= 2 for readers in READERS.values())


@each_reader
def test_difficult_text_comes_back(kind: str, reader: Callable[[str], list[Seen]]) -> None:
    cues = [Cue(2000 * i + 1001, 2000 * i + 2503, tuple(text.split("\n"))) for i, text in enumerate(TEXTS)]
    seen = reader(FORMATS[kind].write(cues, TOUR))
    assert without_ass_escapes(seen) == without_ass_escapes(expected(kind, cues))


@pytest.mark.parametrize(("kind", "reader"), [("srt", ffmpeg_srt), ("vtt", ffmpeg_vtt), ("vtt", webvtt_py)])
def test_text_that_looks_like_the_times_of_a_cue_comes_back(kind: str, reader: Callable[[str], list[Seen]]) -> None:
    """pysubs2 is not asked: it takes any line with two times for the head of a cue, whatever stands between them."""
    times = ("00:00:05.000 --> 00:00:06.000", "00:00:05,000 --> 00:00:06,000")
    cues = [Cue(1000, 2000, times), Cue(3000, 4000, ("x",))]
    assert reader(FORMATS[kind].write(cues, TOUR)) == expected(kind, cues)


@each_reader
@settings(deadline=None, max_examples=15)
@given(cues=cue_lists(ordinary.filter(lambda text: not text.isdigit())))
def test_any_ordinary_text_comes_back(kind: str, reader: Callable[[str], list[Seen]], cues: list[Cue]) -> None:
    """pysubs2 takes a last line of digits for the number of the next cue, and reads no more than 99 hours."""
    cues = [cue for cue in cues if cue.out_ms < 360_000_000]
    assert reader(FORMATS[kind].write(cues, TOUR)) == expected(kind, cues)


@each_reader
@pytest.mark.parametrize("spoken", texts(), ids=lambda text: text.name)
def test_real_captions_come_back(kind: str, reader: Callable[[str], list[Seen]], spoken: Text) -> None:
    cues = lay_out(spoken.words, PROFILES["netflix-en"], Scene(spoken.language, spoken.media_ms))
    assert reader(FORMATS[kind].write(cues, TOUR)) == expected(kind, cues)


@each_reader
def test_captions_of_two_speakers_come_back(kind: str, reader: Callable[[str], list[Seen]]) -> None:
    words = [Word("Why?", 1000, 1400, speaker="A"), Word("Because.", 1450, 1900, speaker="B")]
    for profile in ("netflix-en", "youtube"):
        cues = lay_out(words, PROFILES[profile], Scene("en", 5000))
        assert [len(cue.lines) for cue in cues] == [2]
        assert reader(FORMATS[kind].write(cues, TOUR)) == expected(kind, cues)
