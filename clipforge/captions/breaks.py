"""How good it is to break between two words: the joints of a text, and what each costs.

Order of preference after the Netflix and BBC guidelines: sentence end, clause mark, comma, before a conjunction, before
a preposition; never inside a phrase that belongs together.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import IntEnum

from clipforge.captions.languages import Language
from clipforge.captions.measure import clusters
from clipforge.captions.scripts import is_hiragana, is_unspaced, unspaced_joint_is_bound

_OPENING = "\"'“‘«‹„‚([{¿¡「『（【《〈"
_CLOSING = "\"'”’»›“‘)]}」』）】》〉"
SENTENCE_MARKS = frozenset(".!?…。！？؟۔।॥")
_CLAUSE = frozenset(";:—–；：؛")
_COMMA = frozenset(",，、،")
_DASHES = "-–—"
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


COST = (0.0, 1.0, 2.0, 3.5, 4.5, 6.5, 9.5, 45.0, 100.0)
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
        opens=text[0] in _OPENING or text[0] in _DASHES,
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


def joint(
    before: Token,
    after: Token,
    language: Language,
    *,
    glued: bool = False,
    opening: bool = False,
    following: Token | None = None,
) -> Joint:
    """What stands between two neighbouring words.

    ``glued``: no space between them. ``opening``: ``before`` is the first word of its sentence, so that its capital
    does not make it a name. ``following``: the word after ``after``, where it is known: it tells the particle of "sat
    down there" from the preposition of "ran down the hill".
    """
    if _belongs_to_neighbour(before, after):
        return Joint.GLUED
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
    if after.head in language.particles:
        alone = after.head not in language.directions or bool(after.mark)
        return Joint.BOUND if alone or not _may_open_phrase(following, language) else Joint.LOOSE
    return _phrase_joint(before, after, language, opening)


def _belongs_to_neighbour(before: Token, after: Token) -> bool:
    """True beside a mark that is a word by itself: the French ``«`` and ``?``, a dash with spaces around it."""
    if not after.core and after.first not in _OPENING:
        return after.first not in _DASHES or before.mark is not Mark.SENTENCE
    return not before.core and before.first in _OPENING and before.mark is Mark.NONE


def _may_open_phrase(following: Token | None, language: Language) -> bool:
    return following is None or following.head in language.determiners


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
    )


def _is_title(before: Token, after: Token, language: Language) -> bool:
    """True for "Captain Ahab" and "Mr. and", not for "the captain sang"."""
    named = after.capital and (before.capital or not language.titles_have_capitals)
    return named or before.mark is Mark.ABBREVIATION


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
    starts_phrase = head in language.prepositions or head in language.determiners
    if before.core in language.titles and _is_title(before, after, language):
        return Joint.BOUND
    if _binds(before, language):
        if end in language.prepositions or end in language.conjunctions:
            return Joint.BOUND
        if head in language.conjunctions:  # "he thanked us all | and left"
            return Joint.CONJUNCTION
        apart = end in language.subjects and end not in language.determiners and starts_phrase
        return Joint.LOOSE if apart else Joint.BOUND  # "kommt er | mit dem Zug"
    if before.numeric and (after.core in language.units or after.numeric):
        return Joint.BOUND
    if end in language.degrees:
        return Joint.LOOSE if starts_phrase or head in language.conjunctions else Joint.BOUND
    if head in language.conjunctions:
        return Joint.CONJUNCTION
    if end in language.auxiliaries:
        return Joint.LOOSE if starts_phrase else Joint.BOUND
    if end in language.either and head in language.auxiliaries:
        return Joint.BOUND
    if head in language.subjects:
        return Joint.PREPOSITION
    if end in language.modifiers and not starts_phrase and head not in language.auxiliaries:
        return Joint.BOUND
    if before.capital and after.capital and language.names_by_capitals and language.code:
        return Joint.LOOSE if opening else Joint.BOUND
    if head in language.prepositions:
        return Joint.LOOSE if after.mark else Joint.PREPOSITION  # "the world we live in."
    if before.numeric or end in language.loose or end in language.either:
        return Joint.LOOSE
    if len(before.core) >= _SHORTEST_DERIVED and before.core.endswith(language.adjective_endings) and not starts_phrase:
        return Joint.LOOSE
    return Joint.PLAIN


def joints_of(texts: Sequence[str], glued: Sequence[bool], language: Language) -> list[Joint]:
    """The joint before each word; the first entry, before the text, is `Joint.SENTENCE`.

    ``glued[i]``: no space stands before word i.
    """
    known: dict[str, Token] = {}
    tokens: list[Token] = []
    for text in texts:
        token = known.get(text)
        if token is None:
            token = known[text] = token_of(text, language)
        if not token.core and token.mark is Mark.NONE and tokens and not token.opens:
            token = replace(token, mark=tokens[-1].mark)  # the » that closes a sentence ends it
        tokens.append(token)
    found = [Joint.SENTENCE] if tokens else []
    opening = True
    for k in range(1, len(tokens)):
        following = tokens[k + 1] if k + 1 < len(tokens) else None
        found.append(joint(tokens[k - 1], tokens[k], language, glued=glued[k], opening=opening, following=following))
        opening = found[-1] is Joint.SENTENCE
    return found
