"""The end of a clip: its words laid out and written, and what became of it in one event."""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass

from clipforge import events
from clipforge.captions import profiles
from clipforge.captions.cues import Cue
from clipforge.captions.draft import dress
from clipforge.captions.findings import Finding
from clipforge.captions.layout import lay_out
from clipforge.captions.lint import check
from clipforge.captions.lint_invented import left_out
from clipforge.captions.profiles import Profile
from clipforge.captions.scene import Scene
from clipforge.captions.seams import joined
from clipforge.captions.words import Doubt, HeardWindow, Word
from clipforge.engines.base import SAMPLE_RATE
from clipforge.events import ClipFinished
from clipforge.formats import Document
from clipforge.media.listen import Manifest
from clipforge.pipeline.ends import OVERWRITE, as_it_is
from clipforge.pipeline.examiner import Examiner
from clipforge.pipeline.outputs import Output, end_offer, kept_message
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.request import Request
from clipforge.pipeline.work import Work
from clipforge.store.files import write_atomic
from clipforge.store.keys import digest_bytes
from clipforge.store.ledger import OutputRecord


@dataclass(frozen=True, slots=True)
class Finisher:
    """Writes what a clip ends in, and notes it in the ledger."""

    prepared: Prepared
    examiner: Examiner

    def write(self, work: Work) -> ClipFinished:
        """Lay out and write every wanted output of a clip whose words are all known. Raises `OutputFailed`."""
        assert work.manifest is not None
        cues, findings = captions(work, self.prepared.request)
        ledger = self.examiner.ledger
        with ledger.writing():
            # Once more: somebody may have edited or made a file since, and another run may have written it.
            examined = self.examiner.look(work)
            assert examined is not None
            for output in examined.wanted:
                self._write_one(work, output, cues)
        if not examined.wanted:
            return as_it_is(work, self.prepared.plan.model.name)
        message = kept_message(examined.outputs)
        return ClipFinished(
            clip=work.name,
            status=events.CAPTIONED if cues else events.NO_SPEECH,
            outputs=tuple(str(o.target) for o in examined.wanted),
            cues=len(cues),
            windows=len(work.manifest.windows),
            windows_from_cache=work.from_cache,
            model=self.prepared.plan.model.name,
            language=work.recipe.language or "",
            media_s=work.media_s,
            took_s=time.monotonic() - work.began_at,
            saved_s=work.saved_s,
            findings=tuple(f"{finding.cue} {finding.id} {finding.message}" for finding in findings),
            broken_rules=tuple(asdict(finding) for finding in findings),
            message=message,
            remedy=OVERWRITE if message else "",
        )

    def _write_one(self, work: Work, output: Output, cues: Sequence[Cue]) -> None:
        assert work.manifest is not None
        assert work.examined is not None
        assert output.target is not None
        path, ledger = output.target, self.examiner.ledger
        language = work.recipe.language or ""
        model, windows = self.prepared.plan.model.name, heard_windows(work)
        document = Document(language, model, work.manifest.duration_ms, work.clip.path.name, windows)
        named = next(f for f in self.prepared.formats if f.name == output.format)
        data = named.write(cues, document).encode("utf-8")
        folder = self.examiner.folders.ready(path)
        digest = digest_bytes(data)
        ledger.announce(path, digest)
        written = write_atomic(path, data, folder=folder)
        ledger.put(
            OutputRecord(
                path=str(path.absolute()),
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
        if path == output.path:
            end_offer(path, work.examined.wish, ledger)


def captions(work: Work, request: Request) -> tuple[list[Cue], list[Finding]]:
    """The cues of a clip whose words are all known, and the rules that could not be obeyed."""
    assert work.manifest is not None
    manifest = work.manifest
    keep = request.settings.keep_doubtful
    words = clip_words(work, keep)
    if work.recipe.engine == "draft":
        words = dress(words)
    scene = Scene(
        work.recipe.language or "",
        manifest.duration_ms,
        manifest.fps,
        shots_ms=work.shots.times_ms if work.shots is not None else (),
        speech_ms=manifest.speech_ms,
        doubts=tuple(doubt for doubt in _doubts(work) if keep or not doubt.dropped),
    )
    profile = profile_for(request, manifest)
    cues = lay_out(words, profile, scene)
    dropped = () if keep else [doubt for doubt in _doubts(work) if doubt.dropped]
    return cues, [*left_out(dropped, profile), *check(cues, profile, scene)]


def clip_words(work: Work, keep_doubtful: bool = False) -> tuple[Word, ...]:
    """All words of a clip in order, their times counted from the clip's start."""
    return joined(heard_windows(work), keep_doubtful)


def heard_windows(work: Work) -> tuple[HeardWindow, ...]:
    """The clip's windows in order, and what was heard in them."""
    assert work.manifest is not None
    return tuple(
        HeardWindow(
            round(window.start * 1000 / SAMPLE_RATE), round(window.end * 1000 / SAMPLE_RATE), work.transcripts[index]
        )
        for index, window in enumerate(work.manifest.windows)
    )


def _doubts(work: Work) -> tuple[Doubt, ...]:
    """What the engine holds for invented, dropped or not, by the clip's time."""
    return tuple(doubt.shifted(window.start_ms) for window in heard_windows(work) for doubt in window.transcript.doubts)


def profile_for(request: Request, manifest: Manifest) -> Profile:
    """The profile asked for, or the one for this shape of picture, with the user's own numbers."""
    settings = request.settings
    profile = profiles.choose(settings.profile, manifest.width or 16, manifest.height or 9, request.profiles)
    return profile.override(
        max_line_length=settings.max_line_length, max_lines=settings.max_lines, max_cps=settings.max_cps
    )
