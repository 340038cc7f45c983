"""How good it is to break between two words: the joints of a text, and what each costs.

Order of preference after the Netflix and BBC guidelines: sentence end, clause mark, comma, before a conjunction, before
a preposition; never inside a phrase that belongs together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from clipforge.captions.languages import Language
from clipforge.captions.measure import clusters
from clipforge.captions.scripts import is_hiragana, is_unspaced, unspaced_joint_is_bound

_OPENING = "\"'“‘«‹„‚([{¿¡「『（【《〈"
_CLOSING = "\"'”’»›“‘)]}」』）】》〉"
SENTENCE_MARKS = frozenset(".!?…。！？؟۔।॥")
_CLAUSE = frozenset(";:—–；：؛")
_COMMA = frozenset(",，、،")
_NEVER_FIRST = SENTENCE_MARKS | _CLAUSE | _COMMA | frozenset(_CLOSING)
_PUNCTUATION = _OPENING + "".join(_NEVER_FIRST) + "-"
_APOSTROPHES = str.maketrans("’ʼ", "''")


_SHORTEST_DERIVED = 7
"""Letters from which an ending tells an adjective: "useful" may be one, "five" and "table" look like one."""


class Mark(IntEnum):
    """The punctuation that a word ends with."""

    NONE = 0
    COMMA = 1
    CLAUSE = 2
    SENTENCE = 3
    ABBREVIATION = 4
    """A full stop that need not end a sentence."""


class Joint(IntEnum):
    """What stands between two words, best place to break first."""

    SENTENCE = 0
    CLAUSE = 1
    COMMA = 2
    CONJUNCTION = 3
    PREPOSITION = 4
    PLAIN = 5
    LOOSE = 6
    """Often belongs together."""
    BOUND = 7
    """Belongs together; a break here is a finding."""
    GLUED = 8
    """Inside a word."""


COST = (0.0, 1.0, 2.0, 3.5, 4.5, 6.5, 9.5, 20.0, 100.0)
"""Of a break at each `Joint`, in the currency of layout. Chosen by reading laid-out transcripts."""


@dataclass(frozen=True, slots=True)
class Token:
    """What matters of one word at a joint."""

    core: str
    """Lower case, without the punctuation around it."""
    head: str
    """The core up to its first apostrophe."""
    tail: str
    """The core after its last apostrophe."""
    mark: Mark
    opens: bool
    """True where it begins with an opening quote, bracket or dash."""
    capital: bool
    numeric: bool
    first: str
    last: str


def token_of(text: str, language: Language) -> Token:
    """Reads one word; ``text`` is not empty."""
    bare = text.strip(_PUNCTUATION)
    core = bare.lower().translate(_APOSTROPHES)
    return Token(
        core=core,
        head=core.partition("'")[0],
        tail=core.rpartition("'")[2],
        mark=_mark_of(text, bare, core, language),
        opens=text[0] in _OPENING or text[0] in "-–—",
        capital=bare[:1].isupper(),
        numeric=bare[:1].isdigit(),
        first=text[0],
        last=text[-1],
    )


def _mark_of(text: str, bare: str, core: str, language: Language) -> Mark:
    last = text.rstrip(_CLOSING)[-1:]
    if last in _COMMA:
        return Mark.COMMA
    if last in _CLAUSE:
        return Mark.CLAUSE
    if last not in SENTENCE_MARKS:
        return Mark.CLAUSE if text.endswith("--") else Mark.NONE
    if last == "." and not text.endswith(".."):
        plain = core.replace(".", "")
        if "." in core or plain in language.titles or plain in language.abbreviations:
            return Mark.ABBREVIATION
        if len(bare) == 1 and bare.isupper() and bare != "I":  # J. S. Bach
            return Mark.ABBREVIATION
    return Mark.SENTENCE


def joint(before: Token, after: Token, language: Language, *, glued: bool = False, opening: bool = False) -> Joint:
    """What stands between two neighbouring words.

    ``glued``: no space between them. ``opening``: ``before`` is the first word of its sentence, so that its capital
    does not make it a name.
    """
    if before.mark is Mark.SENTENCE:
        return Joint.SENTENCE
    if before.mark is Mark.ABBREVIATION and after.capital and _is_small(after.core, language):
        return Joint.SENTENCE
    if before.mark is Mark.CLAUSE:
        return Joint.CLAUSE
    if before.mark is Mark.COMMA:
        return Joint.COMMA
    if glued:
        return _glued_joint(before, after, language)
    if after.opens:
        return Joint.LOOSE if _binds(before, language) else Joint.COMMA
    return _phrase_joint(before, after, language, opening)


def _glued_joint(before: Token, after: Token, language: Language) -> Joint:
    """Between two words without a space: breakable only in scripts that write no spaces."""
    if not (is_unspaced(before.last) or is_unspaced(after.first)):
        return Joint.GLUED
    if after.first in _NEVER_FIRST or before.last in _OPENING or len(clusters(before.last + after.first)) == 1:
        return Joint.GLUED
    if after.core in language.conjunctions:
        return Joint.CONJUNCTION
    if before.numeric or after.core in language.particles or unspaced_joint_is_bound(before.last, after.first):
        return Joint.BOUND
    if before.core in language.particles or after.core in language.prepositions or is_hiragana(before.last):
        return Joint.PREPOSITION
    return Joint.PLAIN


def _binds(token: Token, language: Language) -> bool:
    """True for small words that nothing should follow on the next line."""
    end = token.tail
    return (
        end in language.determiners
        or end in language.prepositions
        or end in language.conjunctions
        or end in language.subjects
        or token.core in language.titles
    )


def _is_small(core: str, language: Language) -> bool:
    return (
        core in language.determiners
        or core in language.prepositions
        or core in language.conjunctions
        or core in language.subjects
    )


def _phrase_joint(before: Token, after: Token, language: Language, opening: bool) -> Joint:
    """Between two words of one clause."""
    head, end = after.head, before.tail
    if _binds(before, language):
        alone = end in language.determiners or end in language.subjects  # "he thanked us all | and left"
        stays = end in language.prepositions or end in language.conjunctions
        return Joint.CONJUNCTION if alone and not stays and head in language.conjunctions else Joint.BOUND
    if before.numeric and (after.core in language.units or after.numeric):
        return Joint.BOUND
    starts_phrase = head in language.prepositions or head in language.determiners
    if end in language.degrees:
        return Joint.LOOSE if starts_phrase or head in language.conjunctions else Joint.BOUND
    if head in language.conjunctions:
        return Joint.CONJUNCTION
    if end in language.auxiliaries:
        return Joint.LOOSE if starts_phrase else Joint.BOUND
    if head in language.subjects:
        return Joint.PREPOSITION
    if end in language.modifiers and not starts_phrase and head not in language.auxiliaries:
        return Joint.BOUND
    if before.capital and after.capital and language.names_by_capitals and language.code:
        return Joint.LOOSE if opening else Joint.BOUND
    if head in language.particles:
        return Joint.LOOSE
    if head in language.prepositions:
        return Joint.LOOSE if after.mark else Joint.PREPOSITION  # "the world we live in."
    if before.numeric or end in language.loose:
        return Joint.LOOSE
    if len(before.core) >= _SHORTEST_DERIVED and before.core.endswith(language.adjective_endings) and not starts_phrase:
        return Joint.LOOSE
    return Joint.PLAIN


def joints_of(texts: Sequence[str], glued: Sequence[bool], language: Language) -> list[Joint]:
    """The joint before each word; the first entry, before the text, is `Joint.SENTENCE`.

    ``glued[i]``: no space stands before word i.
    """
    known: dict[str, Token] = {}
    found: list[Joint] = []
    before: Token | None = None
    opening = True
    for text, is_glued in zip(texts, glued, strict=True):
        token = known.get(text)
        if token is None:
            token = known[text] = token_of(text, language)
        if before is None:
            found.append(Joint.SENTENCE)
        else:
            found.append(joint(before, token, language, glued=is_glued, opening=opening))
            opening = found[-1] is Joint.SENTENCE
        before = token
    return found
