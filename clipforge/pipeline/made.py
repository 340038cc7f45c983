"""What an output was made with: plain facts, kept in the ledger, and the difference between two of them in words."""

from __future__ import annotations

from collections.abc import Mapping

from clipforge.captions.own_profiles import numbers_of
from clipforge.captions.profiles import Profile
from clipforge.engines.base import Recipe
from clipforge.media.revision import LISTEN_REVISION, SHOTS_REVISION
from clipforge.settings import NAMES, Scope, Settings, default_of, in_scope, spec_of

LAYOUT_REVISION = 2
"""Raise it when the same words come out as other captions, or as another file."""

Made = Mapping[str, object]

_OF_MODEL = frozenset({"model_digest", "library", "language"})
_OF_ENGINE = _OF_MODEL | {"engine", "task", "compute_type", "beam_size", "prompt", "hotwords", "multilingual"}

_OF_PROFILE = "profile."

_REVISIONS = {
    "listen_revision": "this version of ClipForge listens differently",
    "layout_revision": "this version of ClipForge lays captions out differently",
    "shots_revision": "this version of ClipForge finds shot changes differently",
    "model_digest": "the model's files differ",
    "library": "the engine's library differs",
    "revision": "this version of ClipForge hears words differently",
}


def made_with(settings: Settings, recipe: Recipe, own: Profile | None = None) -> dict[str, str | int | float | None]:
    """Everything that can change an output's text. ``recipe`` is the run's: its language is the one asked for.

    ``own``: the profile asked for, where it is the user's own. Of a published one the name says all.
    """
    presentation = {name: getattr(settings, name) for name in in_scope(Scope.LAYOUT)}
    numbers = {f"{_OF_PROFILE}{name}": value for name, value in numbers_of(own).items()} if own is not None else {}
    if settings.shots:
        numbers["shots_revision"] = SHOTS_REVISION
    return {
        **recipe.options(),
        "audio_track": settings.audio_track,
        "listen_revision": LISTEN_REVISION,
        "layout_revision": LAYOUT_REVISION,
        **presentation,
        **numbers,
    }


def differences(before: Made, now: Made) -> tuple[str, ...]:
    """One short phrase for each fact that differs: ``beam size 5 → 8``."""
    changed = [name for name in now if _fact(before, name) != now[name]]
    if "model" in changed:
        # Another model brings another digest, and another engine other options: the name says it all.
        implied = _OF_ENGINE if "engine" in changed else _OF_MODEL
        changed = [name for name in changed if name not in implied]
    if "profile" in changed:
        changed = [name for name in changed if not name.startswith(_OF_PROFILE)]
    if "shots" in changed:
        changed = [name for name in changed if name != "shots_revision"]
    return tuple(_phrase(name, _fact(before, name), now[name]) for name in changed)


def _fact(made: Made, name: str) -> object:
    """A setting that did not exist yet had its default."""
    return made.get(name, default_of(name) if name in NAMES else None)


_UNSET = {"language": "auto", "profile": "auto", "audio_track": "default"} | dict.fromkeys(
    ("max_line_length", "max_lines", "max_cps"), "the profile's"
)


def _phrase(name: str, before: object, now: object) -> str:
    if name in _REVISIONS:
        return _REVISIONS[name]
    label = name.removeprefix(_OF_PROFILE).replace("_", " ")
    if name.startswith(_OF_PROFILE):
        label = f"the profile's {label}"
    return f"{label} {_value(name, before)} → {_value(name, now)}"


def _value(name: str, value: object) -> str:
    if value is None or value == "":
        return _UNSET.get(name, "none")
    if isinstance(value, bool):
        return "on" if value else "off"
    text = f"{value:g}" if isinstance(value, float) else str(value)
    return f'"{text}"' if name in ("prompt", "hotwords") else text


def listening(settings: Settings) -> dict[str, object]:
    """What can change how a clip is heard: part of the key of its manifest."""
    chosen = {name: getattr(settings, name) for name in in_scope(Scope.LISTEN)}
    return {**chosen, "revision": LISTEN_REVISION}


def option_label(name: str) -> str:
    """The flag by which people know a setting."""
    return spec_of(name).flags[-1].split("/")[0]
