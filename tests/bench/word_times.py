"""How far off word times are, before and after they are corrected. Needs flite and espeak-ng.

Run it: ``python -m tests.bench.word_times [UTTERANCES]``. Utterances of one to three phrases from the micro Whisper's
vocabulary, in its seven voices, with leads, pauses and tails of random length, are heard clean, over pink noise, and at
low gain. Words are compared with the synthesizer's times where the text is right.
"""

from __future__ import annotations

import difflib
import random
import sys
from collections import defaultdict
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from clipforge.captions.words import Word
from clipforge.engines.base import Placement
from clipforge.engines.folders import folder_model
from clipforge.engines.loudness import loudness
from clipforge.engines.recipes import Asked, recipe_for
from clipforge.engines.times import corrected
from clipforge.engines.whisper import WhisperEngine, in_order
from tests.bench.spoken import RATE, VOICES, say

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

MICRO = Path(__file__).parents[1] / "models" / "micro-whisper"
WORDS = {
    "NUMBER": "one two three four five six seven eight nine ten",
    "DAY": "monday tuesday wednesday thursday friday saturday sunday",
    "COLOUR": "red green blue yellow orange purple black white silver golden",
    "THING": "harbour boat captain lighthouse island bridge ferry market castle river window garden camera music "
    "picture story scene video editor director ticket weather storm mountain forest village doctor teacher family "
    "coffee kitchen hotel airport engine rocket elephant dolphin butterfly computer paper",
    "VERB": "follow open close begin finish record move turn stop wait listen watch remember",
    "PLACE": "under behind near between after",
}
SENTENCES = (
    "VERB the COLOUR THING PLACE the THING",
    "the THING is PLACE the COLOUR THING",
    "NUMBER COLOUR THING and NUMBER THING",
    "please VERB the THING slowly",
    "this is the COLOUR THING from DAY",
    "turn left PLACE the THING and stop",
    "welcome THING please VERB the COLOUR THING",
    "goodbye THING and THING",
    "THING",
)
PAUSE_MS = 100  # a border with less between two words is none


@dataclass(frozen=True)
class Utterance:
    """Sound, and what is said in it: the words with their times, their text all lower case."""

    sound: Samples
    words: tuple[Word, ...]


def utterances(count: int) -> list[Utterance]:
    draw = random.Random(20)  # noqa: S311  # the same utterances each time
    return [utterance(draw, VOICES[i % len(VOICES)]) for i in range(count)]


def utterance(draw: random.Random, voice: str) -> Utterance:
    parts = [np.zeros(round(draw.uniform(0.1, 0.9) * RATE), np.float32)]
    words: list[Word] = []
    phrases = draw.choice((1, 1, 2, 3))
    while phrases:
        names = draw.choice(SENTENCES).split()
        phrase = say(voice, [draw.choice(WORDS.get(name, name).split()) for name in names], draw.uniform(0.85, 1.15))
        if phrase is None:
            continue
        phrases -= 1
        at_ms = sum(map(len, parts)) * 1000 / RATE
        for text, (start_ms, end_ms) in zip(phrase.words, phrase.times_ms, strict=True):
            words.append(Word(text, round(at_ms + start_ms), round(at_ms + end_ms)))
        pause_s = draw.uniform(0.2, 1.5) if phrases else draw.uniform(0.1, 0.9)
        parts += [phrase.samples, np.zeros(round(pause_s * RATE), np.float32)]
    return Utterance(np.concatenate(parts), tuple(words))


def over_noise(below_db: float) -> Callable[[Samples], Samples]:
    """Pink noise, so many dB below the speech."""

    def add(sound: Samples) -> Samples:
        spectrum = np.fft.rfft(np.random.default_rng(len(sound)).standard_normal(len(sound)))
        pink = np.fft.irfft(spectrum / np.sqrt(np.maximum(np.arange(len(spectrum)), 1)), len(sound))
        speech_rms = np.sqrt(np.mean(sound[np.abs(sound) > 0.01] ** 2))
        mixed: Samples = (sound + pink / pink.std() * speech_rms * 10 ** (-below_db / 20)).astype(np.float32)
        return mixed

    return add


def quiet(sound: Samples) -> Samples:
    """34 dB quieter, over the hiss of a converter, in steps of 16 bits."""
    hiss = np.random.default_rng(len(sound)).standard_normal(len(sound)) * 1e-4
    stepped: Samples = (np.round((sound * 0.02 + hiss) * 32768) / 32768).astype(np.float32)
    return stepped


CONDITIONS: dict[str, Callable[[Samples], Samples]] = {
    "clean": lambda sound: sound,
    "noise at -30 dB": over_noise(30),
    "noise at -20 dB": over_noise(20),
    "low gain": quiet,
}


def errors(found: Sequence[Word], true: Sequence[Word]) -> dict[str, list[int]]:
    """By kind of border: how many ms later than in truth, for the words that were heard right."""
    late: dict[str, list[int]] = defaultdict(list)
    heard, said = ([word.text for word in words] for words in (found, true))
    for block in difflib.SequenceMatcher(None, heard, said, autojunk=False).get_matching_blocks():
        for k in range(block.size):
            i, word, right = block.b + k, found[block.a + k], true[block.b + k]
            after_pause = i and right.start_ms - true[i - 1].end_ms > PAUSE_MS
            before_pause = i + 1 == len(true) or true[i + 1].start_ms - right.end_ms > PAUSE_MS
            kind = "start, first word" if not i else "start, after a pause" if after_pause else "start, others"
            late[kind].append(word.start_ms - right.start_ms)
            late["start"].append(word.start_ms - right.start_ms)
            late["end, before a pause" if before_pause else "end, others"].append(word.end_ms - right.end_ms)
            late["end"].append(word.end_ms - right.end_ms)
    return late


def main() -> None:
    spoken = utterances(int(sys.argv[1]) if len(sys.argv) > 1 else 105)
    model = folder_model(MICRO)
    engine = WhisperEngine(recipe_for(model, Asked(beam_size=1)), Placement(model.path, batch_size=4))
    print(f"{len(spoken)} utterances, {sum(len(u.words) for u in spoken)} words; ms off, median / 90th percentile")
    print("| sound | border | words | as aligned | corrected |\n|---|---|---|---|---|")
    for name, change in CONDITIONS.items():
        before: dict[str, list[int]] = defaultdict(list)
        after: dict[str, list[int]] = defaultdict(list)
        for at in range(0, len(spoken), 4):
            batch = spoken[at : at + 4]
            sounds = [change(u.sound) for u in batch]
            for one, sound, heard in zip(batch, sounds, engine.aligned(sounds), strict=True):
                words = in_order(heard.spoken, len(sound))
                for kept, times in ((before, words), (after, corrected(words, loudness(sound)))):
                    for kind, values in errors(times, one.words).items():
                        kept[kind] += values
        for kind in sorted(after, reverse=True):
            print(f"| {name} | {kind} | {len(after[kind])} | {_off(before[kind])} | {_off(after[kind])} |", flush=True)
            name = ""
    _check_order(spoken)


def _off(values: Sequence[int]) -> str:
    off = np.abs(values)
    return f"{np.median(off):.0f} / {np.percentile(off, 90):.0f}"


def _check_order(spoken: Sequence[Utterance]) -> None:
    """Times that are right must stay right: the synthesizer's own are corrected, too."""
    moved = []
    for one in spoken:
        found = corrected(one.words, loudness(one.sound))
        assert all(a.end_ms <= b.start_ms for a, b in pairwise(found))
        moved += [abs(a.start_ms - b.start_ms) for a, b in zip(found, one.words, strict=True)]
        moved += [abs(a.end_ms - b.end_ms) for a, b in zip(found, one.words, strict=True)]
    print(f"\nTrue times, corrected: moved by {_off(moved)} ms, {np.mean(np.array(moved) > 60):.1%} by more than 60 ms")


if __name__ == "__main__":
    main()
