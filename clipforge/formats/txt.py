"""The running text, for reading and searching: a line for each paragraph, a blank line between them, no times."""

from __future__ import annotations

from collections.abc import Sequence

from clipforge.captions.cues import Cue
from clipforge.captions.words import join
from clipforge.formats.base import Document
from clipforge.formats.text import plain

PARAGRAPH_PAUSE_MS = 2000  # twice the second beyond which a pause is no longer one for breath or syntax


def write(cues: Sequence[Cue], document: Document) -> str:
    """The file as text; the empty text where there are no cues. A pause of `PARAGRAPH_PAUSE_MS` begins a paragraph: it
    is measured between words where the cues have them, because a cue may linger after its last."""
    paragraphs: list[str] = []
    silent_since: int | None = None
    for cue in cues:
        text = plain(join(cue.words) if cue.words else " ".join(cue.lines))
        if not text:
            continue
        begins, ends = (cue.words[0].start_ms, cue.words[-1].end_ms) if cue.words else (cue.in_ms, cue.out_ms)
        if silent_since is None or begins - silent_since >= PARAGRAPH_PAUSE_MS:
            paragraphs.append(text)
        else:
            paragraphs[-1] += ("" if cue.words and cue.words[0].glued else " ") + text
        silent_since = ends
    return "\n".join(f"{paragraph}\n" for paragraph in paragraphs)
