"""What every format must do; each format's own looks are in its own file."""

from __future__ import annotations

import pytest
from hypothesis import given, settings

from clipforge import formats
from clipforge.captions.cues import Cue
from clipforge.errors import UnknownName
from clipforge.formats import FORMATS, Format
from tests.formats.cues import TOUR, anything, cue_lists, hostile_cues, ordinary, without_words

every_format = pytest.mark.parametrize("known", FORMATS.values(), ids=FORMATS)
readable = [known for known in FORMATS.values() if known.read is not None]
every_readable = pytest.mark.parametrize("known", readable, ids=[known.name for known in readable])


def test_the_registry() -> None:
    assert formats.names() == ("srt", "vtt", "txt", "json")
    assert {name: known.name for name, known in FORMATS.items()} == {name: name for name in formats.names()}
    assert len({known.suffix for known in FORMATS.values()}) == len(FORMATS)
    assert formats.get("vtt") is FORMATS["vtt"]


def test_an_unknown_format_is_named_with_the_nearest() -> None:
    with pytest.raises(UnknownName, match=r'no format named "strt"\. Did you mean srt\?'):
        formats.get("strt")


@every_format
@settings(deadline=None, max_examples=50)
@given(cues=cue_lists(anything))
def test_whatever_the_text_the_file_is_clean_utf8(known: Format, cues: list[Cue]) -> None:
    text = known.write(cues, TOUR)
    assert text.encode("utf-8").decode("utf-8") == text
    assert not text or text.endswith("\n")
    assert all(character == "\n" or character.isprintable() or ord(character) > 0x9F for character in text)
    assert text == known.write(cues, TOUR)


@every_readable
@settings(deadline=None, max_examples=50)
@given(cues=cue_lists(ordinary))
def test_ordinary_cues_come_back_as_they_were(known: Format, cues: list[Cue]) -> None:
    assert known.read is not None
    assert known.read(known.write(cues, TOUR)) == without_words(cues)


@every_readable
@settings(deadline=None, max_examples=50)
@given(cues=cue_lists(anything))
def test_whatever_the_text_what_is_read_stays_the_same_when_written_again(known: Format, cues: list[Cue]) -> None:
    assert known.read is not None
    once = known.read(known.write(cues, TOUR))
    assert known.read(known.write(once, TOUR)) == once
    shown = [cue for cue in cues if any(line.strip("\ufeff\0") and not line.isspace() for line in cue.lines)]
    assert {(cue.in_ms, cue.out_ms) for cue in once} <= {(cue.in_ms, cue.out_ms) for cue in shown}


@every_readable
def test_hostile_text_makes_no_cue_and_loses_none(known: Format) -> None:
    assert known.read is not None
    cues = hostile_cues()
    shown = [cue for cue in cues if cue.text.strip()]
    assert [(cue.in_ms, cue.out_ms) for cue in known.read(known.write(cues, TOUR))] == [
        (cue.in_ms, cue.out_ms) for cue in shown
    ]


@every_readable
@settings(deadline=None, max_examples=50)
@given(text=anything)
def test_reading_anything_at_all_raises_nothing(known: Format, text: str) -> None:
    assert known.read is not None
    known.read(text)
    known.read(f"1\n00:00:01,000 --> 00:00:02,000\n{text}")
    known.read(f"WEBVTT\n\n00:01.000 --> {text}\nx")


@every_readable
@pytest.mark.parametrize(
    "change", [lambda t: "\ufeff" + t, lambda t: t.replace("\n", "\r\n"), lambda t: t.rstrip("\n")]
)
def test_a_bom_crlf_or_a_missing_last_line_end_change_nothing(known: Format, change: object) -> None:
    assert known.read is not None
    assert callable(change)
    cues = [Cue(1000, 2000, ("Hello", "there")), Cue(3000, 4000, ("Goodbye",))]
    assert known.read(change(known.write(cues, TOUR))) == cues
