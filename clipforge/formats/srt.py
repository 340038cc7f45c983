"""SubRip: UTF-8 without BOM, LF, numbered from 1, composed and parsed by pysrt.

SubRip cannot escape anything, and players obey ``<i>``, ``{\\an8}``, ``\\N`` and a second ``-->`` wherever they
stand. Braces, and angle brackets that could be a tag or an arrow, are therefore replaced by their nearest look-alikes,
which every font has; a backslash that would break the line is followed by a word joiner, which cannot be seen.
"""

from __future__ import annotations

import io
import re
from collections.abc import Sequence

from clipforge.captions.cues import Cue
from clipforge.formats.base import Document
from clipforge.formats.text import shown_lines, unix_lines

_ANGLES = str.maketrans("<>", "‹›")
_BRACES = str.maketrans("{}", "()")


def harmless(text: str) -> str:
    """A cue's text, all lines of it, without anything that a SubRip player takes for markup."""
    if re.search("<.*>", text, re.DOTALL):
        text = text.translate(_ANGLES)
    text = text.replace("-->", "--›").translate(_BRACES)
    return re.sub(r"\\(?=[Nnh])", "\\\\\u2060", text)


def write(cues: Sequence[Cue], document: Document) -> str:
    """The file as text; the empty text where there are no cues."""
    from pysrt import SubRipFile, SubRipItem

    texts = [harmless("\n".join(shown_lines(cue.lines))) for cue in cues]
    shown = [(cue, text) for cue, text in zip(cues, texts, strict=True) if text]
    items = [
        SubRipItem(number, start=cue.in_ms, end=cue.out_ms, text=text)
        for number, (cue, text) in enumerate(shown, start=1)
    ]
    file = io.StringIO()
    SubRipFile(items, eol="\n").write_into(file)
    return file.getvalue()


def read(text: str) -> list[Cue]:
    """The cues in the file's order, with their markup as it stands. A missing number is no harm."""
    from pysrt import SubRipFile

    items = SubRipFile.from_string(unix_lines(text))
    cues = (Cue(item.start.ordinal, item.end.ordinal, tuple(shown_lines([item.text]))) for item in items)
    return [cue for cue in cues if cue.lines]
