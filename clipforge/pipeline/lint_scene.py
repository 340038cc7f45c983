"""What a caption file is checked against: its language, its clip, and so the profile."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain
from pathlib import Path

from clipforge.captions import profiles
from clipforge.captions.guess import guess_language
from clipforge.captions.profiles import Profile
from clipforge.captions.scene import Scene
from clipforge.engines.languages import LANGUAGES, language_code
from clipforge.errors import ClipError
from clipforge.formats.sources import Source
from clipforge.media.find import MEDIA_SUFFIXES, OWN_MARK
from clipforge.media.probe import Probe, probe
from clipforge.settings import Settings

UNKNOWN_LENGTH_MS = 10**12
"""For a file without its clip: no cue is that late."""

_KINDS_OF_TRACK = frozenset({"sdh", "cc", "forced", "default"})
"""What names carry beside the language: ``clip.en.forced.srt``."""
_TAG = re.compile(r"[a-z]{2,3}(?:[-_][a-z]{2}|[-_][0-9]{3}|[-_][a-z]{4})?", re.IGNORECASE)
_THREE_LETTERS = {"eng": "en", "spa": "es", "fra": "fr", "fre": "fr", "deu": "de", "ger": "de", "por": "pt"} | {
    "ita": "it",
    "nld": "nl",
    "dut": "nl",
    "jpn": "ja",
    "zho": "zh",
    "chi": "zh",
    "kor": "ko",
    "rus": "ru",
    "ara": "ar",
}
"""ISO 639-2 codes that players write into names."""
# fmt: off
_SOUND_SUFFIXES = frozenset({
    ".wav", ".w64", ".mp3", ".m4a", ".m4b", ".aac", ".flac", ".ogg", ".oga", ".opus", ".wma", ".aif", ".aiff", ".mka",
})
# fmt: on


@dataclass(frozen=True, slots=True)
class Against:
    """What to check with."""

    profile: Profile
    scene: Scene


def against(path: Path, source: Source, settings: Settings, own: Mapping[str, Profile], media: Path | None) -> Against:
    """The scene and the profile of a caption file. ``media``: its clip, where it was named.

    Raises `ClipError` for a clip that was named and cannot be read, `UnknownName` for a profile.
    """
    clip = media or sibling_clip(path)
    facts = _probed(clip, named=media is not None) if clip is not None else None
    video = facts.video if facts else None
    profile = profiles.choose(settings.profile, video.width if video else 16, video.height if video else 9, own)
    profile = profile.override(
        max_line_length=settings.max_line_length, max_lines=settings.max_lines, max_cps=settings.max_cps
    )
    length_ms = facts.duration_ms if facts and facts.duration_ms else UNKNOWN_LENGTH_MS
    return Against(profile, Scene(_language(path, source, settings), length_ms, video.fps if video else None))


def _language(path: Path, source: Source, settings: Settings) -> str:
    """As it was given, else as the name has it, else as the file says, else guessed; empty where nothing tells."""
    if settings.language is not None:
        return language_code(settings.language)
    named = name_parts(path)[1] or source.language
    return named or guess_language(chain.from_iterable(cue.lines for cue in source.cues))


def name_parts(path: Path) -> tuple[str, str]:
    """``clip.en.forced.srt`` as ``("clip", "en")``; the language is empty where the name has none."""
    stem, language = path.stem, ""
    while "." in stem:
        head, _, tail = stem.rpartition(".")
        if tail.lower() not in _KINDS_OF_TRACK:
            language = _tag(tail)
            stem = head if language else stem
            break
        stem = head
    return stem, language


def _tag(text: str) -> str:
    """A language tag as a file's name has it (``en``, ``pt-BR``, ``eng``), or nothing."""
    if not _TAG.fullmatch(text):
        return ""
    plain = text.lower().replace("_", "-")
    head = plain.partition("-")[0]
    if head in LANGUAGES:
        return text.replace("_", "-")
    return _THREE_LETTERS.get(head, "")


def sibling_clip(path: Path) -> Path | None:
    """The clip beside a caption file: ``clip.mp4`` of ``clip.srt``, ``clip.en.srt`` and ``clip.mp4.srt``."""
    clips = _clips_in(path.parent)
    stem = name_parts(path)[0]
    for name in (path.stem, stem):
        if name in clips:
            return path.parent / clips[name]
    return None


@lru_cache(maxsize=64)
def _clips_in(folder: Path) -> Mapping[str, str]:
    """The media files of a folder, by name and by stem; with a picture before those without, where both are there."""
    try:
        names = sorted(item.name for item in folder.iterdir() if item.suffix.lower() in MEDIA_SUFFIXES)
    except OSError:
        return {}
    clips = [name for name in names if not Path(name).stem.endswith(OWN_MARK)]
    clips.sort(key=lambda name: Path(name).suffix.lower() in _SOUND_SUFFIXES)
    found = {name: name for name in clips}
    for name in clips:
        found.setdefault(Path(name).stem, name)
    return found


@lru_cache(maxsize=256)
def _probed(clip: Path, *, named: bool) -> Probe | None:
    """What a clip says of itself. One that nobody named and that cannot be read is as good as none."""
    try:
        return probe(clip)
    except ClipError:
        if named:
            raise
        return None


def check_request(settings: Settings, own: Mapping[str, Profile], media: Path | None) -> None:
    """Raises now what would be raised for every file: `UnknownName`, `ClipError`."""
    if settings.language is not None:
        language_code(settings.language)
    profiles.choose(settings.profile, 16, 9, own)
    if media is not None:
        _probed(media, named=True)
