"""Makes the ``.tsv`` files in this folder from its ``.txt`` files. Run by hand, never by the tests; needs libespeak-ng.

::

    python -m tests.bench.corpus.make     # the same bytes every time, with the same espeak-ng (made with 1.51)

espeak-ng speaks each phrase, from one punctuation mark to the next, and says when each of its phonemes begins; that
gives the words' starts and ends without any recognition. A machine speaks at one speed and pauses by rule, people do
not, so the phrases are then performed: each at its own pace around its speaker's, with pauses drawn from the speaker's
own distribution. What the distributions are after: pauses in speech are log-normal, with a median of some 0.2 s within
and 0.5 s between sentences when reading (Campione and Véronis, "A large-scale multilingual study of silent pause
duration", 2002); turns of a conversation change within about 0.2 s (Stivers et al., PNAS 2009); a speaker runs on over
some commas, and hesitates where no mark stands.

The texts: ``en-story`` is from Lewis Carroll, "Alice's Adventures in Wonderland" (1865), ``en-address`` from Abraham
Lincoln's address at Gettysburg (1863); the others were written for this corpus. ``A|`` opens a speaker's turn, an empty
line is a paragraph, and ``漢字[かんじ]`` gives the sound of the Han characters before the bracket.
"""

from __future__ import annotations

import ctypes
import random
import re
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count, pairwise, takewhile
from math import exp, log

from tests.bench.corpus import FOLDER


@dataclass(frozen=True)
class Speaker:
    """How a person speaks; pauses are medians in ms."""

    voice: str
    words_per_minute: int
    """While speaking, as espeak-ng counts."""
    comma_ms: float = 200
    sentence_ms: float = 520
    paragraph_ms: float = 1300
    runs_on: float = 0.25
    """The share of commas without a pause."""
    hesitates: float = 0.006
    """The share of words, marked by no punctuation, before which the speaker stops."""


TURN_MS = 220
CASTS = {
    "en-narration": (Speaker("en-us", 150),),
    "en-documentary": (Speaker("en-gb", 142, 260, 680, 1700),),
    "en-story": (Speaker("en-gb-x-rp", 155),),
    "en-interview": (Speaker("en-gb", 178, 150, 380), Speaker("en-us", 198, 130, 330, runs_on=0.4, hesitates=0.03)),
    "en-news": (Speaker("en-us", 174, 140, 420, 900, 0.35, 0.0),),
    "en-recipe": (Speaker("en-us-nyc", 164, 180, 600, hesitates=0.015),),
    "en-lecture": (Speaker("en-gb-scotland", 160, 220, 560, 1500, 0.35, 0.02),),
    "en-vlog": (Speaker("en-us", 235, 90, 240, 500, 0.55, 0.012),),
    "en-address": (Speaker("en-us", 112, 420, 1000, 2200, 0.05),),
    "en-conversation": (
        Speaker("en-us", 190, 120, 300, runs_on=0.4),
        Speaker("en-gb-x-gbclan", 180, 130, 330, runs_on=0.4),
    ),
    "en-lists": (Speaker("en-gb", 168, 240, 560),),
    "fr": (Speaker("fr-fr", 172),),
    "de": (Speaker("de", 150),),
    "es": (Speaker("es", 178),),
    "it": (Speaker("it", 172),),
    "pt": (Speaker("pt", 165),),
    "nl": (Speaker("nl", 160),),
    "zh": (Speaker("cmn", 280),),
    "ja": (Speaker("ja", 165),),
}
_PACE_SPREAD, _PAUSE_SPREAD, _HESITATION_MS = 0.09, 0.45, 320
_PHRASE = re.compile(r"[,;:.!?…，、。：；！？]+[\"'”’»“)]*(?=\s|$)|[，、。：；！？]")
_READ = re.compile(r"([\u3400-\u9fff々]+)\[(.+?)\]")
_WORD, _PHONEME, _END = 1, 7, 0

Span = tuple[str, float, float]
"""A word, and when it begins and ends, in ms."""


class _Name(ctypes.Union):
    _fields_ = [("number", ctypes.c_int), ("name", ctypes.c_char_p), ("string", ctypes.c_char * 8)]


class _Event(ctypes.Structure):
    """``espeak_EVENT`` of ``speak_lib.h``."""

    _fields_ = [
        ("type", ctypes.c_int),
        ("unique_identifier", ctypes.c_uint),
        ("text_position", ctypes.c_int),
        ("length", ctypes.c_int),
        ("audio_position", ctypes.c_int),
        ("sample", ctypes.c_int),
        ("user_data", ctypes.c_void_p),
        ("id", _Name),
    ]


_CALLBACK = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.c_void_p, ctypes.c_int, ctypes.POINTER(_Event))


class Synthesizer:
    """libespeak-ng, which keeps its state for the whole process: make one."""

    def __init__(self) -> None:
        self._library = ctypes.CDLL("libespeak-ng.so.1")
        synchronous, phoneme_events = 2, 1
        self._rate = self._library.espeak_Initialize(synchronous, 0, None, phoneme_events)
        self._words: list[tuple[int, float]] = []  # position of the word in the text, ms
        self._sounds: list[tuple[bool, float]] = []  # False for silence, ms at which it begins
        self._callback = _CALLBACK(self._note)
        self._library.espeak_SetSynthCallback(self._callback)

    def _note(self, samples: int | None, length: int, events: ctypes._Pointer[_Event]) -> int:
        for event in takewhile(lambda event: event.type != _END, map(events.__getitem__, count())):
            ms = event.sample * 1000 / self._rate
            if event.type == _WORD:
                self._words.append((event.text_position - 1, ms))
            elif event.type == _PHONEME:
                name = bytes(event.id.string).split(b"\0")[0].decode("utf-8", "replace")
                self._sounds.append((bool(name.strip("_:;|")), ms))
        return 0

    def say(self, text: str, voice: str, words_per_minute: int) -> tuple[list[tuple[int, float]], list[Span]]:
        """Where words begin, as (position in the text, ms), and the sounds: stretches without silence."""
        self._words, self._sounds = [], []
        self._library.espeak_SetVoiceByName(voice.encode())
        rate_parameter, utf8 = 1, 1
        self._library.espeak_SetParameter(rate_parameter, words_per_minute, 0)
        data = text.encode("utf-8")
        self._library.espeak_Synth(data, len(data) + 1, 0, 1, 0, utf8, None, None)
        spans = [("", begin, end) for (sounds, begin), (_, end) in pairwise(self._sounds) if sounds and end > begin]
        return self._words, spans


def spoken(synthesizer: Synthesizer, tokens: list[str], voice: str, words_per_minute: int) -> list[Span]:
    """One phrase, from 0 ms: words without an event of their own share the time of the one before, by their letters."""
    text = " ".join(tokens)
    events, sounds = synthesizer.say(text, voice, words_per_minute)
    begins, position = [], 0
    for token in tokens:
        at = [ms for where, ms in events if position <= where < position + len(token)]
        begins.append(min(at) if at else None)
        position += len(token) + 1
    first, last = sounds[0][1], sounds[-1][2]
    begins[0] = first
    found: list[Span] = []
    i = 0
    while i < len(tokens):
        j = i + 1
        while j < len(tokens) and begins[j] is None:
            j += 1
        begin = min(max(begins[i] or 0.0, first), last)
        after = max(begins[j] or 0.0, first) if j < len(tokens) else last
        end = max((e for _, b, e in sounds if b < after and e > begin), default=after)
        found += _shared(tokens[i:j], begin - first, max(begin, min(end, after)) - first)
        i = j
    return found


def _shared(tokens: list[str], begin: float, end: float) -> list[Span]:
    """Tokens one after another, each with time for its letters."""
    total = sum(map(len, tokens))
    found: list[Span] = []
    for token in tokens:
        lasts = (end - begin) * len(token) / total
        at = found[-1][2] if found else begin
        found.append((token, at, at + lasts))
    return found


def spoken_characters(synthesizer: Synthesizer, phrase: str, voice: str, words_per_minute: int) -> list[Span]:
    """One phrase of Chinese or Japanese: a word per character, each with time for its syllables."""
    pieces: list[tuple[str, float]] = []  # character, syllables
    at = 0
    for match in [*_READ.finditer(phrase), None]:
        pieces += [
            (char, 0.0 if char in "ゃゅょャュョ" else 1.0) for char in phrase[at : match.start() if match else None]
        ]
        if match:
            written, sound = match.groups()
            pieces += [(char, len(sound) / len(written)) for char in written]
            at = match.end()
    sound = _READ.sub(r"\2", phrase)
    _, sounds = synthesizer.say(sound, voice, words_per_minute)
    length = sounds[-1][2] - sounds[0][1]
    total = sum(syllables for char, syllables in pieces if char.isalnum())
    found: list[Span] = []
    for char, syllables in pieces:
        if not char.isalnum() and found:
            found[-1] = (found[-1][0] + char, *found[-1][1:])
            continue
        begin = found[-1][2] if found else 0.0
        found.append((char, begin, begin + length * syllables / total))
    return found


def phrases_of(line: str) -> list[str]:
    """A line cut after its punctuation; the dot of "Dr." does not count, where the next word has a capital."""
    found, at = [], 0
    for match in _PHRASE.finditer(line):
        before = line[at : match.end()].split()[-1]
        if before in ("Dr.", "Mr.", "Mrs.", "p.m.", "a.m."):
            continue
        found.append(line[at : match.end()].strip())
        at = match.end()
    return [phrase for phrase in (*found, line[at:].strip()) if phrase]


def perform(synthesizer: Synthesizer, text: str, cast: tuple[Speaker, ...], chance: random.Random) -> list[Span]:
    """The whole recording."""
    words: list[Span] = []
    time_ms = 400.0
    for line in text.splitlines():
        if not line.strip():
            time_ms += _drawn(cast[0].paragraph_ms, chance) - cast[0].sentence_ms
            continue
        mark, _, said = line.rpartition("| ")
        speaker = cast["AB".index(mark) if mark else 0]
        for phrase in phrases_of(said):
            for word, begin, end in _phrase(synthesizer, phrase, speaker, chance):
                words.append((word, time_ms + begin, time_ms + end))
            time_ms = words[-1][2] + _pause(phrase, speaker, chance)
        if mark:
            time_ms = words[-1][2] + _drawn(TURN_MS, chance)
    return words


def _phrase(synthesizer: Synthesizer, phrase: str, speaker: Speaker, chance: random.Random) -> list[Span]:
    pace = exp(chance.gauss(0, _PACE_SPREAD))
    rate = speaker.words_per_minute
    if speaker.voice in ("cmn", "ja"):
        spans = spoken_characters(synthesizer, phrase, speaker.voice, rate)
    else:
        spans = spoken(synthesizer, phrase.split(), speaker.voice, rate)
    late = 0.0
    found: list[Span] = []
    for i, (word, begin, end) in enumerate(spans):
        if i and chance.random() < speaker.hesitates:
            late += _drawn(_HESITATION_MS, chance)
        found.append((word, begin * pace + late, end * pace + late))
    return found


def _pause(phrase: str, speaker: Speaker, chance: random.Random) -> float:
    last = phrase.rstrip("\"'”’»“)")[-1]
    if last in ".!?…。！？":
        return _drawn(speaker.sentence_ms, chance)
    if last in ";:；：":
        return _drawn((speaker.comma_ms + speaker.sentence_ms) / 2, chance)
    return 0.0 if chance.random() < speaker.runs_on else _drawn(speaker.comma_ms, chance)


def _drawn(median_ms: float, chance: random.Random) -> float:
    return chance.lognormvariate(log(median_ms), _PAUSE_SPREAD)


def main(say: Callable[[str], None] = print) -> None:
    synthesizer = Synthesizer()
    for name, cast in CASTS.items():
        chance = random.Random(name)  # noqa: S311  # a performance, not a secret
        words = perform(synthesizer, (FOLDER / f"{name}.txt").read_text("utf-8"), cast, chance)
        lines = [f"{round(begin)}\t{round(end)}\t{word}\n" for word, begin, end in words]
        (FOLDER / f"{name}.tsv").write_text("".join(lines), "utf-8")
        minutes = words[-1][2] / 60_000
        say(f"{name:16} {len(words):5} words {minutes:5.1f} min {len(words) / minutes:4.0f} words a minute")


if __name__ == "__main__":
    main()
