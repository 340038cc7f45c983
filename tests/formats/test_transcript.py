from __future__ import annotations

import json
import math
from dataclasses import replace
from pathlib import Path

from hypothesis import given, settings

from clipforge.captions.cues import Cue
from clipforge.captions.words import Doubt, HeardWindow, Transcript, Word
from clipforge.engines.doubt import Heard, Spoken
from clipforge.formats import Document, transcript
from tests.formats.cues import TOUR, anything, cue_lists

DOCS = Path(__file__).parents[2] / "docs" / "json.md"

FERRY = [
    Cue(1000, 2500, ("The ferry", "leaves."), (Word("The", 1020, 1200, 0.98765), Word("ferry", 1200, 1600, math.nan))),
    Cue(3000, 4000, ("今日は",), (Word("今日", 3000, 3400, speaker="A"), Word("は", 3400, 3600, 0.5, glued=True))),
]

DOUBT = Doubt((Word("ferry", 200, 600, 0.1),), ("repeats", "word times"), dropped=True)
HEARD = replace(
    TOUR,
    windows=(
        HeardWindow(1000, 2600, Transcript((), "en", {"confidence": 0.8, "again": "no speech"}, (DOUBT,))),
        HeardWindow(3000, 4000, Transcript((), "ja")),
    ),
)


def test_write() -> None:
    assert transcript.write(FERRY, TOUR).splitlines() == [
        '{"schema": 1, "clip": "tour.mp4", "duration_ms": 12345, "language": "en", "model": "small", "cues": [',
        '{"in_ms": 1000, "out_ms": 2500, "lines": ["The ferry", "leaves."], "words": ['
        '{"text": "The", "start_ms": 1020, "end_ms": 1200, "confidence": 0.988}, '
        '{"text": "ferry", "start_ms": 1200, "end_ms": 1600, "confidence": null}]},',
        '{"in_ms": 3000, "out_ms": 4000, "lines": ["今日は"], "words": ['
        '{"text": "今日", "start_ms": 3000, "end_ms": 3400, "confidence": null, "speaker": "A"}, '
        '{"text": "は", "start_ms": 3400, "end_ms": 3600, "confidence": 0.5, "glued": true}]}',
        '], "windows": []}',
    ]


def test_windows() -> None:
    assert json.loads(transcript.write(FERRY, HEARD))["windows"] == [
        {
            "start_ms": 1000,
            "end_ms": 2600,
            "language": "en",
            "confidence": 0.8,
            "again": "no speech",
            "doubts": [
                {
                    "start_ms": 1200,
                    "end_ms": 1600,
                    "text": "ferry",
                    "signals": ["repeats", "word times"],
                    "dropped": True,
                }
            ],
        },
        {"start_ms": 3000, "end_ms": 4000, "language": "ja"},
    ]
    lines = transcript.write(FERRY, HEARD).splitlines()
    assert len(lines) == 1 + len(FERRY) + 1 + len(HEARD.windows) + 1


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
    loaded = json.loads(transcript.write(FERRY, HEARD))
    facts = Heard((Spoken("a", (FERRY[0].words[0],), 1, -0.2, 0.1),), "no speech", "alone", "b").facts()
    fields = {
        *loaded,
        *facts,
        *(f for window in loaded["windows"] for f in window),
        *(f for window in loaded["windows"] for doubt in window.get("doubts", ()) for f in doubt),
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
    windows = tuple(
        HeardWindow(w.pop("start_ms"), w.pop("end_ms"), Transcript((), w.pop("language"), w)) for w in loaded["windows"]
    )
    document = Document(loaded["language"], loaded["model"], loaded["duration_ms"], loaded["clip"], windows)
    assert transcript.write(cues, document) == example
