"""Speech cut in two at every 100 ms and joined again: no word is lost, none comes twice."""

from __future__ import annotations

import difflib
from itertools import pairwise

import pytest

from clipforge.captions.seams import joined
from clipforge.captions.words import HeardWindow
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.engines.outline import MICRO
from tests.engines.sound import expected, speech, utterance

MS = 16  # samples


@pytest.mark.parametrize(
    ("name", "cuts"), [("captain", range(400, 2700, 100)), ("pause", range(2200, 5600, 200))], ids=["speech", "a pause"]
)
def test_cut_in_two_and_joined(micro: WhisperEngine, name: str, cuts: range) -> None:
    sound, true = speech(name), utterance(name).words
    length_ms = len(sound) // MS
    greedy = micro.for_recipe(recipe_for(folder_model(MICRO), Asked(beam_size=1)))
    halves = greedy.transcribe([part for cut in cuts for part in (sound[: cut * MS], sound[cut * MS :])])
    in_silence, in_speech = [], []
    for i, cut in enumerate(cuts):
        found = joined([HeardWindow(0, cut, halves[2 * i]), HeardWindow(cut, length_ms, halves[2 * i + 1])])
        said = [word.text for word in found]
        assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
        if all(cut <= word.start_ms - 100 or cut >= word.end_ms + 100 for word in true):
            in_silence.append(said == expected(name))
            continue
        # A word that was cut may be misheard, its neighbours too; it never comes twice.
        assert not [a.text for a, b in pairwise(found) if a.text == b.text], f"cut at {cut} ms"
        blocks = difflib.SequenceMatcher(None, said, expected(name)).get_matching_blocks()
        in_speech.append(min(sum(block.size for block in blocks), len(true) - 1) / (len(true) - 1))
    # The rest is for the model's own mistakes.
    assert sum(in_silence) >= 0.9 * len(in_silence)
    assert sum(in_speech) >= 0.9 * len(in_speech)
    assert len(in_silence) > 10 if name == "pause" else len(in_speech) > 20
