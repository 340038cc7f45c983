"""Lint's rules of text: line length, number of lines, breaks, balance."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from clipforge.captions.breaks import Joint, Mark, joint, token_of
from clipforge.captions.cues import Cue
from clipforge.captions.findings import WARNING, Finding, Place, Rule
from clipforge.captions.languages import Language, language_of
from clipforge.captions.measure import characters, columns
from clipforge.captions.profiles import WPM, Profile
from clipforge.captions.scripts import is_unspaced

LINE_LENGTH = Rule("CF003", "line length", "CPL", "max_line_length")
TOO_MANY_LINES = Rule("CF004", "lines", "", "max_lines")
FITS_ON_ONE = Rule("CF004", "fits on one line: lines", "", "max_lines", level=WARNING)
LINE_BREAK = Rule("CF009", "line ends inside a phrase:", "", "breaks", level=WARNING)
CUE_BREAK = Rule("CF009", "cue ends inside a phrase:", "", "breaks", level=WARNING)
LONE_ON_LINE = Rule("CF010", "a lone word on a line:", "", "breaks", level=WARNING)
LONE_WORD = Rule("CF010", "a lone word in a cue:", "", "breaks", level=WARNING)
UNBALANCED = Rule("CF010", "the shorter line's share of the longer", "", "breaks", below=True, level=WARNING)

_FAIR = 0.5
"""The share of the longer line's length that the shorter one should reach (see `lines.BALANCE`)."""


def text_load(cue: Cue, profile: Profile) -> int:
    """Units of reading in a cue: characters with their spaces, a line break counting as none, or words."""
    if profile.speed_unit == WPM:
        return len(cue.text.split())
    return sum(characters(line) for line in cue.lines)


def line_length(place: Place) -> Iterator[Finding]:
    """Each line that is too long; one that is a single word cannot be repaired."""
    limit = place.profile.max_line_length
    for line in place.cue.lines:
        if columns(line) > limit:
            several = len(place.cue.words) > 1 or len(line.split()) > 1
            yield place.finding(LINE_LENGTH, columns(line), limit, repairable=several)


def line_count(place: Place) -> Iterator[Finding]:
    """Too many lines, or more than one where one would do."""
    lines, profile = place.cue.lines, place.profile
    if len(lines) > profile.max_lines:
        yield place.finding(TOO_MANY_LINES, len(lines), profile.max_lines)
    elif len(lines) > 1 and not _several_speakers(place.cue):
        spaces = sum(not _meets_unspaced(upper, lower) for upper, lower in pairwise(lines))
        if sum(map(columns, lines)) + spaces <= profile.max_line_length:
            yield place.finding(FITS_ON_ONE, len(lines), 1)


def bad_breaks(place: Place) -> Iterator[Finding]:
    """Lines that end inside a phrase, and a cue that does while the next one follows at once."""
    language = language_of(place.scene.language)
    lines = place.cue.lines
    for upper, lower in pairwise(lines):
        if not _opens_turn(lower) and _joint(upper, lower, language) >= Joint.BOUND:
            yield place.finding(LINE_BREAK, _ends(upper, lower), "kept together")
    after = place.after
    if after is None or not lines or not after.lines or after.in_ms - place.cue.out_ms >= place.profile.chain_below_ms:
        return
    if place.cue.words and after.words and place.cue.words[-1].speaker != after.words[0].speaker:
        return
    if not _opens_turn(after.lines[0]) and _joint(lines[-1], after.lines[0], language) >= Joint.BOUND:
        yield place.finding(CUE_BREAK, _ends(lines[-1], after.lines[0]), "kept together")


def balance(place: Place) -> Iterator[Finding]:
    """A lone word in a cue; a line of one word, or of less than half the other, where grammar offered better."""
    lines, language = place.cue.lines, language_of(place.scene.language)
    if len(lines) == 1 and _is_fragment(place, language):
        yield place.finding(LONE_WORD, lines[0], "joined to its phrase")
    if len(lines) != 2 or _several_speakers(place.cue):
        return
    shorter, longer = sorted(columns(line) for line in lines)
    if shorter < _FAIR * longer and _could_be_fairer(lines, place.profile, language):
        lone = next((line for line in lines if len(line.split()) == 1), None)
        if lone is not None:
            yield place.finding(LONE_ON_LINE, lone, "balanced with the other line")
        else:
            yield place.finding(UNBALANCED, round(shorter / longer, 2), _FAIR)


def _ends(upper: str, lower: str) -> str:
    return f"{_last_word(upper)} | {_first_word(lower)}"


def _opens_turn(line: str) -> bool:
    return line.startswith(("-", "–", ">"))


def _several_speakers(cue: Cue) -> bool:
    return len({word.speaker for word in cue.words}) > 1 or any(_opens_turn(line) for line in cue.lines)


def _meets_unspaced(before: str, after: str) -> bool:
    return bool(before and after) and (is_unspaced(before[-1]) or is_unspaced(after[0]))


def _last_word(line: str) -> str:
    return line.split()[-1] if line.split() else ""


def _first_word(line: str) -> str:
    return line.split()[0] if line.split() else ""


def _joint(upper: str, lower: str, language: Language) -> Joint:
    """What stands between the end of one line and the start of the next."""
    before, after = _last_word(upper), _first_word(lower)
    if not before or not after:
        return Joint.SENTENCE
    if _meets_unspaced(before, after):
        return joint(token_of(before[-1], language), token_of(after[0], language), language, glued=True)
    opening = len(upper.split()) == 1
    then = lower.split()[1:2]
    following = token_of(then[0], language) if then else None
    return joint(token_of(before, language), token_of(after, language), language, opening=opening, following=following)


def _is_fragment(place: Place, language: Language) -> bool:
    """True where a cue's only word is no sentence, and the neighbour that it belongs to is close in time."""
    cue, before, after = place.cue, place.before, place.after
    near = place.profile.chain_below_ms
    if len(cue.text.split()) != 1 or is_unspaced(cue.text.strip()[-1]):
        return False
    token = token_of(cue.text.strip(), language)
    if token.mark >= Mark.CLAUSE:
        return before is not None and _runs_on(before, language) and cue.in_ms - before.out_ms < near
    return after is not None and after.in_ms - cue.out_ms < near


def _runs_on(cue: Cue, language: Language) -> bool:
    return bool(cue.lines) and token_of(_last_word(cue.lines[-1]) or " ", language).mark < Mark.CLAUSE


def _could_be_fairer(lines: Sequence[str], profile: Profile, language: Language) -> bool:
    """True where another break of the same two lines is fair, fits, and is no worse than between any two words."""
    texts = " ".join(lines).split()
    tokens = [token_of(text, language) for text in texts]
    for k in range(1, len(texts)):
        upper, lower = columns(" ".join(texts[:k])), columns(" ".join(texts[k:]))
        fits = max(upper, lower) <= profile.max_line_length
        if fits and min(upper, lower) >= _FAIR * max(upper, lower):
            kind = joint(tokens[k - 1], tokens[k], language, opening=k == 1)
            if kind <= Joint.PREPOSITION:
                return True
    return False
