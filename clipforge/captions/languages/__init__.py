"""Which small words bind to what follows, language by language: data, one module a language.

The tables hold closed word classes and the commonest members of open ones: enough to keep a line from ending on "the",
not a grammar. Apostrophes are left out; of an elided or contracted word (``l'homme``, ``we've``) the part after the
apostrophe is looked up at the end of a line, the part before it at the start. A language without a table gets an empty
one: punctuation and pauses alone decide.
"""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

from clipforge.captions.languages.base import Language
from clipforge.captions.languages.chinese import CHINESE
from clipforge.captions.languages.dutch import DUTCH
from clipforge.captions.languages.english import ENGLISH
from clipforge.captions.languages.french import FRENCH
from clipforge.captions.languages.german import GERMAN
from clipforge.captions.languages.italian import ITALIAN
from clipforge.captions.languages.japanese import JAPANESE
from clipforge.captions.languages.portuguese import PORTUGUESE
from clipforge.captions.languages.spanish import SPANISH

_SPACED = (ENGLISH, SPANISH, FRENCH, GERMAN, PORTUGUESE, ITALIAN, DUTCH)
_TABLES: Mapping[str, Language] = MappingProxyType({table.code: table for table in (*_SPACED, CHINESE, JAPANESE)})

NEUTRAL = Language(code="")
"""For languages without a table."""


def language_of(code: str) -> Language:
    """The table of a language by its ISO 639-1 code, a regional tail allowed (``pt-BR``); else `NEUTRAL`."""
    return _TABLES.get(code.lower().replace("_", "-").partition("-")[0], NEUTRAL)


__all__ = ["NEUTRAL", "Language", "language_of"]
