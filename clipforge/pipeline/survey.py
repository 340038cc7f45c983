"""The first job of a clip whose content is not known yet: what are its bytes, how long is it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from clipforge.media.probe import probe
from clipforge.store.keys import digest_file


@dataclass(frozen=True, slots=True)
class SurveyJob:
    clip: Path


@dataclass(frozen=True, slots=True)
class Survey:
    """What a clip is."""

    digest: str
    """SHA-256 of the file's bytes."""
    duration_ms: int


def survey(job: SurveyJob, report: Callable[[float], None]) -> Survey:
    """Probe and digest a clip, in a worker. Probing first: a file that is no media is refused before it is read whole.

    Raises `ClipUnreadable`, `NotMedia` or `DamagedMedia`.
    """
    facts = probe(job.clip)
    return Survey(digest_file(job.clip, report), facts.duration_ms)
