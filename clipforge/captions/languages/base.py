"""The word classes that a language's table holds."""

from __future__ import annotations

from dataclasses import dataclass


def words(text: str) -> frozenset[str]:
    """The words of a table, written as running text."""
    return frozenset(text.split())


UNITS = words("km m cm mm kg g mg l ml h min s ms hz khz mhz ghz kb mb gb tb fps px °c °f % € $ £ kw kwh w v")


@dataclass(frozen=True, slots=True)
class Language:
    """Word classes of one language, in lower case."""

    code: str
    """ISO 639-1."""
    determiners: frozenset[str] = frozenset()
    """Articles, possessives, quantifiers: bound to their noun."""
    prepositions: frozenset[str] = frozenset()
    conjunctions: frozenset[str] = frozenset()
    """Coordinating and subordinating ones, relative and question words: a good place to break is before them."""
    subjects: frozenset[str] = frozenset()
    """Pronouns that stand before their verb: bound to it."""
    auxiliaries: frozenset[str] = frozenset()
    """Auxiliaries, modals, copulas, and negations that stand before the verb."""
    modifiers: frozenset[str] = frozenset()
    """Common adjectives and numerals that stand before their noun."""
    adjective_endings: tuple[str, ...] = ()
    """Endings that tell most adjectives, where adjectives stand before their noun."""
    degrees: frozenset[str] = frozenset()
    """Adverbs that stand before what they qualify, be it a whole clause."""
    either: frozenset[str] = frozenset()
    """Pronouns that are subject or object by the same form: bound to an auxiliary that follows."""
    loose: frozenset[str] = frozenset()
    """Words that often bind to the next one and sometimes end a phrase."""
    particles: frozenset[str] = frozenset()
    """Bound to the word before: verb particles, trailing negations."""
    directions: frozenset[str] = frozenset()
    """Particles that are prepositions too, before a determiner ("up the hill")."""
    titles: frozenset[str] = frozenset()
    """Bound to the name after; with a full stop they end no sentence."""
    abbreviations: frozenset[str] = frozenset()
    """Others that end no sentence with their full stop."""
    units: frozenset[str] = frozenset()
    titles_have_capitals: bool = False
    """True where a title before a name is written with a capital."""
    names_by_capitals: bool = True
    """False where every noun has a capital."""
