"""Which files a clip's captions go to."""

from __future__ import annotations

import os
import string
from collections.abc import Sequence
from pathlib import Path

from clipforge.errors import BadSetting, OutputClash, OutputIsSource
from clipforge.media.find import FoundClip
from clipforge.settings import Settings

FIELDS = ("stem", "name", "lang", "ext")

UNKNOWN_LANGUAGE = "und"
"""ISO 639-2's code for an undetermined language."""


def check_template(template: str) -> None:
    """Raises `BadSetting` unless the template gives every format a name of its own."""
    try:
        used = {name for _, name, _, _ in string.Formatter().parse(template) if name is not None}
    except ValueError as error:
        raise _bad(template, str(error)) from error
    unknown = sorted(used.difference(FIELDS))
    if unknown:
        raise _bad(template, f"it has no {{{unknown[0]}}}")
    if "ext" not in used or not used & {"stem", "name"}:
        raise _bad(template, "it must hold {ext}, and {stem} or {name}")
    if os.sep in template:
        raise _bad(template, "it is a file's name, not a path: --output-dir names the folder")


def _bad(template: str, why: str) -> BadSetting:
    known = ", ".join(f"{{{name}}}" for name in FIELDS)
    return BadSetting("--name-template", template, why, f"a file name made from {known}, as {{stem}}.{{lang}}.{{ext}}")


def output_folder(clip: FoundClip, settings: Settings) -> Path:
    """The folder of a clip's captions."""
    if settings.output_dir is None:
        return clip.path.parent
    return settings.output_dir / Path(os.path.relpath(clip.path.parent, clip.root))


def output_path(clip: FoundClip, settings: Settings, suffix: str, language: str | None) -> Path:
    """Where the captions of ``clip`` in the format with ``suffix`` belong."""
    name = settings.name_template.format(
        stem=clip.path.stem, name=clip.path.name, lang=language or UNKNOWN_LANGUAGE, ext=suffix
    )
    return output_folder(clip, settings) / name


def names_language(settings: Settings) -> bool:
    """Whether an output's name is known only once the language is."""
    return "{lang}" in settings.name_template


def refuse_clashes(clips: Sequence[FoundClip], settings: Settings, suffixes: Sequence[str]) -> None:
    """Raises `OutputClash` or `OutputIsSource` before any work is done."""
    sources = {os.path.realpath(clip.path): clip.path for clip in clips}
    owners: dict[str, FoundClip] = {}
    for clip in clips:
        for suffix in suffixes:
            path = output_path(clip, settings, suffix, settings.language)
            real = os.path.realpath(path)
            if real in sources:
                raise OutputIsSource(sources[real])
            other = owners.setdefault(real, clip)
            if other is not clip:
                raise OutputClash(other.path, clip.path, path)
