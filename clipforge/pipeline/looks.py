"""Shot changes of clips, where they are asked for: from the cache, or by a job beside all else."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from clipforge.media.shots import ShotsJob
from clipforge.pipeline.finish import profile_for
from clipforge.pipeline.request import Request
from clipforge.pipeline.work import Memory, Work


@dataclass(frozen=True, slots=True)
class Looks:
    """Decides which clips are looked at. Only the writing of a clip waits for its shots."""

    request: Request
    memory: Memory
    ffmpeg: Path

    def begin(self, work: Work) -> ShotsJob | None:
        """The job that finds a clip's shots; None where captions are the same without, or it was begun before, or they
        are known from an earlier run."""
        if work.needs_shots or not self._matter(work):
            return None
        work.needs_shots = True
        self.memory.recall_shots(work)
        assert work.manifest is not None
        return ShotsJob(work.clip.path, self.ffmpeg, work.manifest.duration_ms) if work.shots is None else None

    def _matter(self, work: Work) -> bool:
        """Whether anything is said over a picture whose shots the profile heeds."""
        manifest = work.manifest
        if not self.request.settings.shots or manifest is None or not manifest.windows or not manifest.width:
            return False
        return profile_for(self.request, manifest).shot_zone_ms > 0
