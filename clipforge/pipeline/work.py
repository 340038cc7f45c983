"""A clip on its way through the stages: what is known of it so far, and what the cache can add."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any, TypeVar

from clipforge.captions.words import Transcript, transcript_from_data, transcript_to_data
from clipforge.engines.base import Recipe
from clipforge.media.find import FoundClip
from clipforge.media.listen import Manifest, manifest_from_data, manifest_to_data
from clipforge.media.revision import SHOTS_REVISION
from clipforge.media.shots import Shots, shots_from_data
from clipforge.pipeline.examine import Examined
from clipforge.store.cache import ResultCache
from clipforge.store.keys import key

T = TypeVar("T")


@dataclass(slots=True, eq=False)
class Work:
    """One clip, and what has been found out about it. Only the flow changes it."""

    clip: FoundClip
    recipe: Recipe
    """Its language is None until it is known."""
    stat: os.stat_result | None = None
    looked_ns: int = 0
    """When `stat` was taken."""
    digest: str | None = None
    examined: Examined | None = None
    manifest: Manifest | None = None
    spool: Path | None = None
    needs_shots: bool = False
    """Its captions are laid out by its shot changes."""
    shots: Shots | None = None
    """None until they are known."""
    transcripts: dict[int, Transcript] = field(default_factory=dict)
    """By index of the window in the manifest."""
    from_cache: int = 0
    saved_s: float = 0.0
    work_s: float = 0.0
    """Seconds of engine work behind the transcripts, whenever it was done."""
    began_at: float = field(default_factory=time.monotonic)
    turn: str = ""
    """The claim under which the clip is worked on; empty where there is none yet."""
    finished: bool = False

    @property
    def name(self) -> str:
        """As events and result lines call the clip."""
        return str(self.clip.path)

    @property
    def media_s(self) -> float:
        return self.manifest.duration_ms / 1000 if self.manifest else 0.0

    @property
    def missing(self) -> list[int]:
        """Indices of the windows whose words are not known yet."""
        windows = self.manifest.windows if self.manifest else ()
        return [index for index in range(len(windows)) if index not in self.transcripts]

    @property
    def waits_for_shots(self) -> bool:
        return self.needs_shots and self.shots is None

    def word_key(self, index: int) -> str:
        """The key of a window's words."""
        assert self.manifest is not None  # windows are known before their keys
        return word_key(self.manifest.windows[index].digest, self.recipe)

    def fill_from_cache(self, index: int, transcript: Transcript, work_s: float) -> None:
        """The words of a window were made earlier, or by another run."""
        self.transcripts[index] = transcript
        self.from_cache += 1
        self.saved_s += work_s
        self.work_s += work_s

    def done(self) -> float:
        """0 to 1: windows transcribed."""
        windows = self.manifest.windows if self.manifest else ()
        return len(self.transcripts) / len(windows) if windows else 0.0


def word_key(window_digest: str, recipe: Recipe) -> str:
    """Words are known by the samples they were heard in and by everything that can change them.

    The model's name is left out: its digest says more, and a renamed folder is the same model.
    """
    return key("words", {"window": window_digest, **_options(recipe)})


def _options(recipe: Recipe) -> dict[str, object]:
    # Where each window is heard in its own language, that of the clip changes no word.
    left_out = {"model", "language"} if recipe.multilingual else {"model"}
    return {name: value for name, value in recipe.options().items() if name not in left_out}


@dataclass(frozen=True, slots=True)
class Memory:
    """What the cache knows of clips."""

    cache: ResultCache
    listening: Mapping[str, object]
    """What can change how a clip is heard."""
    forced: bool
    """Words are made again, whatever is known."""

    def recall_manifest(self, work: Work) -> None:
        work.manifest = self.manifest_of(work.digest)

    def manifest_of(self, digest: str | None) -> Manifest | None:
        """What was heard in the clip with these bytes, if it was ever listened to in this way."""
        found = self._recall("manifest", self._manifest_key(digest), manifest_from_data) if digest else None
        return found[0] if found else None

    def keep_manifest(self, work: Work, took_s: float) -> None:
        assert work.manifest is not None
        self.cache.put("manifest", self._manifest_key(work.digest), manifest_to_data(work.manifest), work_s=took_s)

    def recall_shots(self, work: Work) -> None:
        found = self._recall("shots", self._shots_key(work), shots_from_data)
        work.shots = found[0] if found else None

    def keep_shots(self, work: Work, shots: Shots, took_s: float) -> None:
        work.shots = shots
        self.cache.put("shots", self._shots_key(work), {"times_ms": list(shots.times_ms)}, work_s=took_s)

    def recall_language(self, work: Work) -> None:
        if work.recipe.language is None and not self.forced:
            found = self._recall("language", self._language_key(work), lambda data: str(data["language"]))
            if found is not None:
                work.recipe = replace(work.recipe, language=found[0])

    def keep_language(self, work: Work, language: str, took_s: float) -> None:
        entry_key = self._language_key(work)
        work.recipe = replace(work.recipe, language=language)
        self.cache.put("language", entry_key, {"language": language}, work_s=took_s)

    @property
    def is_shared(self) -> bool:
        """Whether other runs can use what this one makes, and this one what they make."""
        return self.cache.keeps and not self.forced

    def turn_of(self, work: Work, recipe: Recipe) -> str:
        """What a clip's turn is called: runs that would do the same with it take turns. ``recipe``: as asked for."""
        return key("turn", {"manifest": self._manifest_key(work.digest), **_options(recipe)})

    def recall_words(self, work: Work) -> None:
        """Fill in the transcripts that the cache has."""
        if self.forced or work.recipe.language is None:
            return
        for index in work.missing:
            found = self.words(work.word_key(index))
            if found is not None:
                work.fill_from_cache(index, *found)

    def words(self, word_key: str) -> tuple[Transcript, float] | None:
        """What was heard in a window, and the seconds of work behind it."""
        return self._recall("words", word_key, transcript_from_data)

    def keep_words(self, word_key: str, transcript: Transcript, work_s: float) -> None:
        self.cache.put("words", word_key, transcript_to_data(transcript), work_s=work_s)

    def _recall(self, kind: str, entry_key: str, read: Callable[[Any], T]) -> tuple[T, float] | None:
        """What was kept, and the seconds of work behind it."""
        entry = self.cache.get(kind, entry_key)
        if entry is None:
            return None
        try:
            return read(entry.data), entry.work_s
        except (LookupError, TypeError, ValueError):
            return None  # it is whole, but another version of ClipForge wrote it, and otherwise

    def _shots_key(self, work: Work) -> str:
        return key("shots", {"clip": work.digest, "revision": SHOTS_REVISION})

    def _manifest_key(self, digest: str | None) -> str:
        return key("manifest", {"clip": digest, **self.listening})

    def _language_key(self, work: Work) -> str:
        recipe = work.recipe
        facts = {"model_digest": recipe.model_digest, "library": recipe.library}
        return key("language", {"clip": work.digest, **self.listening, **facts})
