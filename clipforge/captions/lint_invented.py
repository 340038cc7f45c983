"""Lint's rule against invented text: text that speech recognition writes where nobody speaks.

Signs, each a guess, so each a warning: a phrase that engines are known to invent, a phrase said over and over, more
text than the speech under it can have held, the engine's own doubts. None can be repaired without dropping text, which
is for a person to decide.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from clipforge.captions.findings import WARNING, Finding, Place, Rule
from clipforge.captions.measure import characters, clusters, columns
from clipforge.captions.phrases import credit_in, is_sign_off, plain
from clipforge.captions.profiles import Profile
from clipforge.captions.repeats import LONGEST, most_repeats, repeats
from clipforge.captions.scripts import is_unspaced
from clipforge.captions.words import Doubt, join

_REPORTED = "reports of Whisper's users: openai/whisper, discussions 679 and 928"
_LOOP = "openai/whisper, transcribe.py: a text that repeats itself was not heard but looped"
_ENGINE = "the engine's own doubts"
_PHYSICS = "ClipForge's own choice: twice the rate of fast speech"
CREDIT = Rule("CF011", "a credit that engines invent:", level=WARNING, source=_REPORTED)
SIGN_OFF = Rule("CF011", "a farewell that engines invent:", level=WARNING, source=_REPORTED)
SAME_AGAIN = Rule("CF011", "the same text in a row: cues", level=WARNING, source=_LOOP)
LITTLE_SPEECH = Rule("CF011", "speech under it", "ms", below=True, level=WARNING, source=_PHYSICS)

MS_PER_COLUMN = 20
"""50 letters a second, 25 full-width characters: twice the rate of fast speech."""
PADDING_MS = 400
"""Speech detection comes late at soft onsets, and a cue may be timed without regard to it."""
MOST_SAME = 2
"""Cues of the same text in a row that are speech: "No!" "No!"."""

_COUNTED = 100  # cues of the same text that are counted before it is clear enough
_CHARACTERS = range(3, 3 * LONGEST + 1)  # lengths of a phrase in a script without spaces: "ははは" is laughter
_NOT_SPOKEN = re.compile(r"\[[^]]*\]|\([^)]*\)|[（【][^）】]*[）】]|\*[^*]*\*|[♪♫][^♪♫]*[♪♫]?")


def invented(place: Place) -> Iterator[Finding]:
    """Signs that a cue's text was invented. Sound labels (``[door slams]``, ``♪``) are left out: they are no speech."""
    text = _NOT_SPOKEN.sub(" ", " ".join(place.cue.lines)).strip()
    if not text:
        return
    spoken_ms = place.scene.speech_between(place.cue.in_ms - PADDING_MS, place.cue.out_ms + PADDING_MS)
    needed_ms = MS_PER_COLUMN * columns(text)
    hardly_spoken = spoken_ms is not None and spoken_ms < needed_ms
    said = plain(text)
    if credit_in(said) is not None:
        yield place.finding(CREDIT, _shown(text), "said by nobody", repairable=False)
    elif is_sign_off(said, place.scene.language) and (spoken_ms is None or hardly_spoken):
        yield place.finding(SIGN_OFF, _shown(text), "said by nobody", repairable=False)
    elif spoken_ms is not None and hardly_spoken:
        yield place.finding(LITTLE_SPEECH, spoken_ms, needed_ms, repairable=False)
    yield from _doubted(place)
    yield from _repeated(place, text)


def _doubted(place: Place) -> Iterator[Finding]:
    """Words of the cue that the engine itself holds for invented."""
    own = {(word.text, word.start_ms) for word in place.cue.words}
    for doubt in place.scene.doubts:
        kept = [word for word in doubt.words if (word.text, word.start_ms) in own]
        if kept:
            rule = Rule("CF011", f"may be invented ({', '.join(doubt.signals)}):", level=WARNING, source=_ENGINE)
            yield place.finding(rule, _shown(join(kept)), "said by nobody", repairable=False)


def left_out(doubts: Iterable[Doubt], profile: Profile) -> list[Finding]:
    """What the engine dropped, for a person to look at. No cue has it: ``cue`` is 0."""
    return [
        Finding(
            id="CF011",
            cue=0,
            message=f"left out at {doubt.start_ms / 1000:.1f} s ({', '.join(doubt.signals)}): {_shown(doubt.text)}",
            measured=_shown(doubt.text),
            limit="said by nobody",
            profile=profile.name,
            repairable=False,
            source=_ENGINE,
            level=WARNING,
        )
        for doubt in doubts
    ]


def _repeated(place: Place, text: str) -> Iterator[Finding]:
    unspaced = is_unspaced(text[0])
    lengths = _CHARACTERS if unspaced else range(1, LONGEST + 1)
    looped = repeats(clusters(text.replace(" ", "")) if unspaced else text.split(), lengths[0], lengths[-1])
    if looped is not None:
        phrase, times = looped
        shown = _shown(("" if unspaced else " ").join(phrase))
        rule = Rule("CF011", f'"{shown}" in a row: times', level=WARNING, source=_LOOP)
        yield place.finding(rule, times, most_repeats(len(phrase)), repairable=False)
        return
    same = 1
    while same <= min(place.index, _COUNTED) and place.cues[place.index - same].lines == place.cue.lines:
        same += 1
    if same > MOST_SAME:
        yield place.finding(SAME_AGAIN, same, MOST_SAME, repairable=False)


def _shown(text: str) -> str:
    return text if characters(text) <= 42 else "".join(clusters(text)[:41]) + "…"
