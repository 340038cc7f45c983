"""The end of a clip: its words laid out and written, and what became of it in one event."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

from clipforge import events
from clipforge.captions import profiles
from clipforge.captions.cues import Cue
from clipforge.captions.draft import dress
from clipforge.captions.findings import Finding
from clipforge.captions.layout import lay_out
from clipforge.captions.lint import check
from clipforge.captions.profiles import Profile
from clipforge.captions.scene import Scene
from clipforge.captions.words import Word
from clipforge.engines.base import SAMPLE_RATE
from clipforge.errors import OutputFailed
from clipforge.events import ClipFinished
from clipforge.formats import Document
from clipforge.media.listen import Manifest
from clipforge.pipeline.examine import Output, kept_message
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.work import Work
from clipforge.settings import Settings
from clipforge.store.files import write_atomic
from clipforge.store.keys import digest_bytes
from clipforge.store.ledger import Ledger, OutputRecord


@dataclass(frozen=True, slots=True)
class Finisher:
    """Writes what a clip ends in, and notes it in the ledger."""

    prepared: Prepared
    ledger: Ledger

    def write(self, work: Work) -> ClipFinished:
        """Lay out and write every wanted output of a clip whose words are all known. Raises `OutputFailed`."""
        assert work.manifest is not None
        cues, findings = captions(work, self.prepared.settings)
        assert work.examined is not None
        for output in work.examined.wanted:
            self._write_one(work, output, cues)
        return ClipFinished(
            clip=work.name,
            status=events.CAPTIONED if cues else events.NO_SPEECH,
            outputs=tuple(str(o.path) for o in work.examined.wanted),
            cues=len(cues),
            windows=len(work.manifest.windows),
            windows_from_cache=work.from_cache,
            model=self.prepared.plan.model.name,
            language=work.recipe.language or "",
            media_s=work.media_s,
            took_s=time.monotonic() - work.began_at,
            saved_s=work.saved_s,
            findings=tuple(f"{finding.cue} {finding.id} {finding.message}" for finding in findings),
            message=kept_message(work.examined.kept),
            remedy="--overwrite" if work.examined.kept else "",
        )

    def _write_one(self, work: Work, output: Output, cues: Sequence[Cue]) -> None:
        assert work.manifest is not None
        language = work.recipe.language or ""
        document = Document(language, self.prepared.plan.model.name, work.manifest.duration_ms, work.clip.path.name)
        named = next(f for f in self.prepared.formats if f.name == output.format)
        data = named.write(cues, document).encode("utf-8")
        try:
            output.path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise OutputFailed(output.path, error.strerror or str(error)) from error
        digest = digest_bytes(data)
        self.ledger.announce(output.path, digest)
        written = write_atomic(output.path, data)
        self.ledger.put(
            OutputRecord(
                path=str(output.path.absolute()),
                digest=digest,
                size=written.st_size,
                mtime_ns=written.st_mtime_ns,
                inode=written.st_ino,
                clip=str(work.clip.path.absolute()),
                source_digest=work.digest or "",
                made=self.prepared.made,
                status=events.CAPTIONED if cues else events.NO_SPEECH,
                cues=len(cues),
                media_s=work.media_s,
                took_s=work.work_s,
                written_at=int(time.time()),
            )
        )


def captions(work: Work, settings: Settings) -> tuple[list[Cue], list[Finding]]:
    """The cues of a clip whose words are all known, and the rules that could not be obeyed."""
    assert work.manifest is not None
    manifest = work.manifest
    words = clip_words(work)
    if work.recipe.engine == "draft":
        words = dress(words)
    scene = Scene(work.recipe.language or "", manifest.duration_ms, manifest.fps)
    profile = profile_for(settings, manifest)
    cues = lay_out(words, profile, scene)
    return cues, check(cues, profile, scene)


def clip_words(work: Work) -> tuple[Word, ...]:
    """All words of a clip in order, their times counted from the clip's start."""
    assert work.manifest is not None
    return tuple(
        word.shifted(round(window.start * 1000 / SAMPLE_RATE))
        for index, window in enumerate(work.manifest.windows)
        for word in work.transcripts[index].words
    )


def profile_for(settings: Settings, manifest: Manifest) -> Profile:
    """The profile asked for, or the one for this shape of picture, with the user's own numbers."""
    profile = profiles.choose(settings.profile, manifest.width or 16, manifest.height or 9)
    return profile.override(max_line_length=settings.max_line_length, max_lines=settings.max_lines)
