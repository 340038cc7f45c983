"""From what the user asked for to a recipe: checked as far as can be, and without what the engine ignores."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path

from clipforge.engines.base import Recipe
from clipforge.engines.catalogue import DRAFT
from clipforge.engines.devices import ON_CPU, Device, settle
from clipforge.engines.folders import Model, digest, file_digest
from clipforge.engines.languages import language_code
from clipforge.errors import BadSetting

TASKS = ("transcribe", "translate")

_DETECT = ("", "auto")


@dataclass(frozen=True, slots=True)
class Asked:
    """What the user wants, as far as it can change a word."""

    language: str | None = None
    """A code or an English name; None or ``auto``: detect it."""
    task: str = "transcribe"
    compute_type: str = "auto"
    """``auto``: the first one of the device."""
    beam_size: int = 5
    prompt: str = ""
    hotwords: str = ""
    multilingual: bool = False
    """Each stretch of speech in its own language."""
    device: Device = ON_CPU
    """Where it will run, since that decides which compute types there are."""


def recipe_for(model: Model, asked: Asked, of_file: Callable[[Path], str] = file_digest) -> Recipe:
    """The recipe. Its language is None only where a multilingual model has yet to detect it.

    ``of_file``: see `digest`. Options that the draft engine ignores are blank in its recipe, so that changing them does
    not transcribe again. Raises `BadSetting`, `UnknownName`.
    """
    language = asked_language(asked.language)
    _check_abilities(model, language, asked.task)
    if asked.multilingual and model.english_only:
        raise BadSetting("multilingual", "on", f"with model {model.name}", "off: this model knows English only")
    if model.engine == DRAFT:
        return Recipe(
            engine=DRAFT,
            model=model.name,
            model_digest=digest(model, of_file),
            library=f"pocketsphinx {_short_version('pocketsphinx')}",
            language="en",
            beam_size=0,
        )
    if asked.beam_size < 1:
        raise BadSetting("beam_size", str(asked.beam_size), "the recipe", "1 or more")
    return Recipe(
        engine="whisper",
        model=model.name,
        model_digest=digest(model, of_file),
        library=f"faster-whisper {_short_version('faster-whisper')}/ctranslate2 {_short_version('ctranslate2')}",
        language="en" if model.english_only else language,
        task=asked.task,
        compute_type=compute_type_for(asked.compute_type, asked.device),
        beam_size=asked.beam_size,
        prompt=" ".join(asked.prompt.split()),
        hotwords=" ".join(asked.hotwords.split()),
        multilingual=asked.multilingual,
    )


def asked_language(text: str | None) -> str | None:
    """The code of the language that is asked for; None where it is to be detected. Raises `UnknownName`."""
    return None if text is None or text.strip().lower() in _DETECT else language_code(text)


def compute_type_for(compute_type: str, device: Device) -> str:
    """The number format that is meant. Raises `BadSetting` where the device has no such arithmetic."""
    device = settle(device, compute_type)
    return device.types[0] if compute_type in ("auto", "default") else compute_type


def _check_abilities(model: Model, language: str | None, task: str) -> None:
    """Raises `BadSetting` for what the model cannot do, as far as its files and its name can tell."""
    here = f"with model {model.name}"
    if task not in TASKS:
        raise BadSetting("task", task, here, " or ".join(TASKS))
    if model.english_only and language not in (None, "en"):
        raise BadSetting("language", language or "", here, "en: this model knows English only")
    if language == "yue" and not model.cantonese:
        raise BadSetting("language", language, here, "zh: Cantonese came with large-v3 and turbo")
    if task == "translate" and not model.translates:
        raise BadSetting("task", task, here, "transcribe: this model was not made to translate")


def _short_version(package: str) -> str:
    """Major and minor: what can change results."""
    return ".".join(version(package).split(".")[:2])
