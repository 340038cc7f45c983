"""Do a window's words depend on what else is in its batch, on the batch's size, on the threads?

Run it: ``python -m tests.bench.same_words [MODEL_FOLDER]``. Windows of recorded speech, clean and over noise, are heard
by the micro Whisper, or the model in the folder (`timing_model` makes such, of real shape), in batches of 1, 2, 4, 8,
with 1 and 2 threads, in several orders; each is compared with what it gives alone, to the last digit.
"""

from __future__ import annotations

import random
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clipforge.captions.words import Transcript
from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.whisper import WhisperEngine
from tests.clips import samples, speech

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

MICRO = Path(__file__).parents[1] / "models" / "micro-whisper"
NAMES = ("captain", "kitchen", "storm", "butterfly", "week", "ferry", "goodbye", "pause")
BATCHES, THREADS, TYPES = (1, 2, 4, 8), (1, 2), ("int8", "float32")


def windows() -> list[Samples]:
    """Each recording, and the same over noise that makes the model unsure."""
    draw = np.random.default_rng(0)
    found: list[Samples] = []
    for name in NAMES:
        sound = samples(speech(name)).astype(np.float32) / np.float32(32768)
        found += [sound, sound + draw.normal(0, 0.01, len(sound)).astype(np.float32)]
    return found


def differing(heard: Sequence[Transcript], alone: Sequence[Transcript]) -> tuple[int, int]:
    """Windows with other text, and windows in which anything is different: words, times, probabilities, doubts."""
    pairs = list(zip(heard, alone, strict=True))
    texts = sum([w.text for w in a.words] != [w.text for w in b.words] for a, b in pairs)
    return texts, sum(a != b for a, b in pairs)


def main() -> None:
    folder = Path(sys.argv[1]) if len(sys.argv) > 1 else MICRO
    model, rounds = folder_model(folder), 2 if folder == MICRO else 1
    sounds = windows()[:: 1 if folder == MICRO else 2]
    print("| compute type | batch | threads | windows compared | other text | anything else |")
    print("|---|---|---|---|---|---|")
    for compute_type in TYPES:
        recipe = recipe_for(model, Asked(language="en", compute_type=compute_type))
        alone = WhisperEngine(recipe, Placement(model.path)).transcribe(sounds)
        for threads in THREADS:
            for batch in BATCHES:
                engine = WhisperEngine(recipe, Placement(model.path, batch_size=batch, threads=threads))
                found = np.zeros(2, int)
                for seed in range(rounds):
                    order = random.Random(seed).sample(range(len(sounds)), len(sounds))  # noqa: S311  # any order will do
                    heard = engine.transcribe([sounds[i] for i in order])
                    found += differing(heard, [alone[i] for i in order])
                texts, any_other = found.tolist()
                compared = rounds * len(sounds)
                print(f"| {compute_type} | {batch} | {threads} | {compared} | {texts} | {any_other} |", flush=True)


if __name__ == "__main__":
    main()
