"""Spellings that people know from other Whisper tools, rewritten to ours before anything is parsed."""

from __future__ import annotations

from collections.abc import Sequence

from clipforge.settings import NAMES, spec_of

ALWAYS_SO = frozenset({"--word-timestamps", "--vad-filter"})
"""Switches of other tools for what ClipForge always does; their value, if any, is left out with them."""

_BOOLEAN_WORDS = frozenset({"true", "false"})


def _known_flags() -> dict[str, str]:
    """Every long flag, and for each the one that the command line knows."""
    known = {}
    for name in NAMES:
        spec = spec_of(name)
        flags = [part for flag in spec.flags for part in flag.split("/") if part.startswith("--")]
        known.update({flag: flag for flag in flags})
        known.update(dict.fromkeys(spec.hidden_flags, flags[0]))
    return known


def respell(arguments: Sequence[str]) -> list[str]:
    """``--output_dir x --word_timestamps True`` → ``--output-dir x``. What follows ``--`` is left alone."""
    known = _known_flags()
    result: list[str] = []
    rest = list(arguments)
    while rest:
        argument = rest.pop(0)
        if argument == "--":
            return [*result, argument, *rest]
        name, equals, value = argument.partition("=")
        flag = name.replace("_", "-")
        if name.startswith("--") and flag in ALWAYS_SO:
            if not equals and rest and rest[0].lower() in _BOOLEAN_WORDS:
                rest.pop(0)
        elif name.startswith("--") and flag in known:
            result.append(known[flag] + equals + value)
        else:
            result.append(argument)
    return result
