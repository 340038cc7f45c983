from __future__ import annotations

import json
import math
from pathlib import Path

from hypothesis import given, settings

from clipforge.captions.cues import Cue
from clipforge.captions.words import Word
from clipforge.formats import Document, transcript
from tests.formats.cues import TOUR, anything, cue_lists

DOCS = Path(__file__).parents[2] / "docs" / "json.md"

FERRY = [
    Cue(1000, 2500, ("The ferry", "leaves."), (Word("The", 1020, 1200, 0.98765), Word("ferry", 1200, 1600, math.nan))),
    Cue(3000, 4000, ("今日は",), (Word("今日", 3000, 3400, speaker="A"), Word("は", 3400, 3600, 0.5, glued=True))),
]


def test_write() -> None:
    assert transcript.write(FERRY, TOUR).splitlines() == [
        '{"schema": 1, "clip": "tour.mp4", "duration_ms": 12345, "language": "en", "model": "small", "cues": [',
        '{"in_ms": 1000, "out_ms": 2500, "lines": ["The ferry", "leaves."], "words": ['
        '{"text": "The", "start_ms": 1020, "end_ms": 1200, "confidence": 0.988}, '
        '{"text": "ferry", "start_ms": 1200, "end_ms": 1600, "confidence": null}]},',
        '{"in_ms": 3000, "out_ms": 4000, "lines": ["今日は"], "words": ['
        '{"text": "今日", "start_ms": 3000, "end_ms": 3400, "confidence": null, "speaker": "A"}, '
        '{"text": "は", "start_ms": 3400, "end_ms": 3600, "confidence": 0.5, "glued": true}]}',
        "]}",
    ]


def test_no_cues() -> None:
    written = transcript.write([], TOUR)
    assert written.count("\n") == 1
    assert json.loads(written)["cues"] == []


def test_a_clip_whose_name_is_not_utf8() -> None:
    name = b"caf\xe9\n.mp4".decode("utf-8", "surrogateescape")
    written = transcript.write([], Document("", "draft", 0, name))
    assert json.loads(written.encode("utf-8"))["clip"] == "caf\ufffd .mp4"


@settings(deadline=None, max_examples=50)
@given(cues=cue_lists(anything))
def test_every_cue_and_word_is_there_with_its_times(cues: list[Cue]) -> None:
    loaded = json.loads(transcript.write(cues, TOUR).encode("utf-8"))
    assert [(cue["in_ms"], cue["out_ms"]) for cue in loaded["cues"]] == [(cue.in_ms, cue.out_ms) for cue in cues]
    assert [[(w["start_ms"], w["end_ms"]) for w in cue["words"]] for cue in loaded["cues"]] == [
        [(w.start_ms, w.end_ms) for w in cue.words] for cue in cues
    ]


def test_every_field_is_documented() -> None:
    section = DOCS.read_text("utf-8").partition("## The transcript file")[2].partition("\n## ")[0]
    loaded = json.loads(transcript.write(FERRY, TOUR))
    fields = {
        *loaded,
        *(f for cue in loaded["cues"] for f in cue),
        *(f for c in loaded["cues"] for w in c["words"] for f in w),
    }
    assert {field for field in fields if f"| `{field}` |" not in section} == set()


def test_the_documented_example_is_what_is_written() -> None:
    example = DOCS.read_text("utf-8").partition("```json\n")[2].partition("```")[0]
    loaded = json.loads(example)
    cues = [
        Cue(
            cue["in_ms"],
            cue["out_ms"],
            tuple(cue["lines"]),
            tuple(Word(w["text"], w["start_ms"], w["end_ms"], w["confidence"]) for w in cue["words"]),
        )
        for cue in loaded["cues"]
    ]
    document = Document(loaded["language"], loaded["model"], loaded["duration_ms"], loaded["clip"])
    assert transcript.write(cues, document) == example
