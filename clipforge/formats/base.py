"""What a caption format is."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from clipforge.captions.cues import Cue
from clipforge.captions.words import HeardWindow


@dataclass(frozen=True, slots=True)
class Document:
    """What a caption file may say about itself besides its cues."""

    language: str
    """ISO 639-1 code of the captions; empty where unknown."""
    model: str
    """The name of the model that heard the words."""
    media_ms: int
    """How long the clip is."""
    clip: str
    """The clip's file name, without its folder."""
    windows: tuple[HeardWindow, ...] = ()
    """What was heard, window by window."""


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of caption file. The functions work on whole files as text; encoding is UTF-8 without BOM, LF."""

    name: str
    suffix: str
    """Without the dot."""
    write: Callable[[Sequence[Cue], Document], str]
    """The file that holds these cues, which are in order and do not overlap. No cues make a valid, empty file. Whatever
    a cue's text holds comes out as text: see `clipforge.formats.text`."""
    read: Callable[[str], list[Cue]] | None = None
    """The cues of a file of this format, by whomever it was written: what cannot be read as a cue is passed over, and
    nothing is raised. None where a file of the format does not hold the times of its cues, or is for machines."""
