"""Every setting, declared once: its type, default, flags, help, and what it can change.

The command line builds its options from here, ``clipforge.toml`` and ``CLIPFORGE_*`` take the same names, and the cache
asks here which settings can change a word. How the places are put together is in `layers`.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from enum import Enum
from pathlib import Path
from typing import Any, get_type_hints


class Scope(Enum):
    """What a setting can change, and so what has to be made again when it does."""

    LISTEN = "which sound is heard"
    WORDS = "which words are recognized"
    LAYOUT = "how words become captions"
    FILES = "which files are written, and where"
    RUN = "how the work is done"


@dataclass(frozen=True, slots=True)
class Spec:
    """What is known of a setting beside its type and default."""

    scope: Scope
    help: str
    flags: tuple[str, ...]
    choices: tuple[str, ...] = ()
    metavar: str = ""
    least: int | None = None
    hidden_flags: tuple[str, ...] = ()
    """Spellings that people know from other tools."""
    tables: bool = False
    """True where a file may describe what the setting names in a table of its own: ``[profile.house]``."""


def setting(default: Any, scope: Scope, explained: str, *flags: str, **more: Any) -> Any:
    """A dataclass field that carries its `Spec`."""
    return field(default=default, metadata={"spec": Spec(scope, explained, flags, **more)})


@dataclass(frozen=True, slots=True)
class Settings:
    """All settings of a run, resolved."""

    model: str = setting(
        "auto",
        Scope.WORDS,
        "A Whisper model's name, a model folder, draft, or auto: the best one on this machine.",
        "-m",
        "--model",
        metavar="NAME|FOLDER",
    )
    language: str | None = setting(
        None,
        Scope.WORDS,
        "Language spoken: en, english. Detected if not given.",
        "-l",
        "--language",
        metavar="CODE",
    )
    task: str = setting(
        "transcribe",
        Scope.WORDS,
        "Write down what is said, or translate it to English.",
        "--task",
        choices=("transcribe", "translate"),
    )
    prompt: str = setting(
        "",
        Scope.WORDS,
        "Text that shows Whisper the names and style to expect.",
        "--prompt",
        metavar="TEXT",
        hidden_flags=("--initial-prompt",),
    )
    hotwords: str = setting("", Scope.WORDS, "Words that Whisper should listen for.", "--hotwords", metavar="WORDS")
    multilingual: bool = setting(
        False,
        Scope.WORDS,
        "Detect the language of each stretch of speech, for clips that change it.",
        "--multilingual",
    )
    beam_size: int = setting(
        5, Scope.WORDS, "Guesses that Whisper follows side by side.", "--beam-size", metavar="N", least=1
    )
    compute_type: str = setting(
        "auto",
        Scope.WORDS,
        "Number format of the model's arithmetic: int8, int8_float16, float16, float32 and more.",
        "--compute-type",
        metavar="TYPE",
        choices=("auto", "int8", "int8_float16", "int8_float32", "int8_bfloat16", "float16", "bfloat16", "float32"),
    )
    audio_track: int | None = setting(
        None,
        Scope.LISTEN,
        "Which audio track to caption, from 1. The clip's default one if not given.",
        "--audio-track",
        metavar="N",
        least=1,
    )
    format: tuple[str, ...] = setting(
        ("srt",),
        Scope.FILES,
        "Caption files to write: srt, vtt, txt, json; several with commas.",
        "-f",
        "--format",
        metavar="LIST",
        hidden_flags=("--output-format",),
    )
    profile: str | None = setting(
        None,
        Scope.LAYOUT,
        "Rules that captions obey: netflix-en, bbc, youtube, shorts, or your own [profile.NAME] in clipforge.toml. "
        "By the shape of the picture if not given.",
        "--profile",
        metavar="NAME",
        tables=True,
    )
    max_line_length: int | None = setting(
        None,
        Scope.LAYOUT,
        "Characters in a line, instead of the profile's number.",
        "--max-line-length",
        metavar="N",
        least=8,
        hidden_flags=("--max-line-width",),
    )
    max_lines: int | None = setting(
        None,
        Scope.LAYOUT,
        "Lines in a caption, instead of the profile's number.",
        "--max-lines",
        metavar="N",
        least=1,
        hidden_flags=("--max-line-count",),
    )
    max_cps: float | None = setting(
        None,
        Scope.LAYOUT,
        "Characters a second that can be read, instead of the profile's reading speed.",
        "--max-cps",
        metavar="N",
        least=1,
    )
    keep_doubtful: bool = setting(
        False,
        Scope.LAYOUT,
        "Keep words that are dropped because they look invented.",
        "--keep-doubtful",
    )
    shots: bool = setting(
        False,
        Scope.LAYOUT,
        "Look for shot changes in the picture, and let captions keep to them as the profile says.",
        "--shots/--no-shots",
    )
    output_dir: Path | None = setting(
        None,
        Scope.FILES,
        "Where to write, folders mirrored. Beside each clip if not given.",
        "-o",
        "--output-dir",
        metavar="FOLDER",
    )
    name_template: str = setting(
        "{stem}.{ext}",
        Scope.FILES,
        "Names of caption files, from {stem}, {name} (the clip's whole name), {lang} and {ext}.",
        "--name-template",
        metavar="TEMPLATE",
    )
    overwrite: bool = setting(
        False,
        Scope.FILES,
        "Also replace caption files that were edited or are not ours.",
        "--overwrite",
    )
    recursive: bool = setting(True, Scope.RUN, "Look for clips in folders below, too.", "--recursive/--no-recursive")
    jobs: int | None = setting(
        None,
        Scope.RUN,
        "Processes that work at once. As many as cores and memory allow if not given.",
        "-j",
        "--jobs",
        metavar="N",
        least=1,
    )
    max_memory: str | None = setting(
        None,
        Scope.RUN,
        "Memory for all processes together, as 6GiB, 6000M or 75%. 80 % of what there is if not given.",
        "--max-memory",
        metavar="SIZE",
    )
    device: str = setting("auto", Scope.RUN, "Where Whisper runs.", "--device", choices=("auto", "cpu", "cuda"))
    cache: bool = setting(True, Scope.RUN, "Keep and use results of earlier runs.", "--cache/--no-cache")
    cache_dir: Path | None = setting(None, Scope.RUN, "Where results are kept.", "--cache-dir", metavar="FOLDER")
    cache_limit: str = setting(
        "20GiB", Scope.RUN, "Size of the cache; the longest unused results go first.", "--cache-limit", metavar="SIZE"
    )
    state_dir: Path | None = setting(
        None,
        Scope.RUN,
        "Where it is remembered which files were written, and from what.",
        "--state-dir",
        metavar="FOLDER",
    )
    fail_fast: bool = setting(False, Scope.RUN, "Stop at the first clip that fails.", "--fail-fast")
    json: bool = setting(False, Scope.RUN, "Print one JSON object per event on standard output.", "--json")
    quiet: bool = setting(False, Scope.RUN, "Print errors only.", "-q", "--quiet")
    verbose: bool = setting(False, Scope.RUN, "Say what was decided, and why.", "-v", "--verbose")


_TYPES: Mapping[str, Any] = get_type_hints(Settings)
_DEFAULTS = Settings()
NAMES: tuple[str, ...] = tuple(f.name for f in fields(Settings))


def spec_of(name: str) -> Spec:
    """The `Spec` of a setting."""
    spec: Spec = Settings.__dataclass_fields__[name].metadata["spec"]
    return spec


def type_of(name: str) -> Any:
    """The setting's type as annotated, ``| None`` included."""
    return _TYPES[name]


def default_of(name: str) -> Any:
    return getattr(_DEFAULTS, name)


def in_scope(scope: Scope) -> tuple[str, ...]:
    """Names of all settings of a scope, in order of declaration."""
    return tuple(name for name in NAMES if spec_of(name).scope is scope)
