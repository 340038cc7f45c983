"""The beginning of a clip: is there anything to do? Asked of its stat, the memo and the ledger alone."""

from __future__ import annotations

import time
from dataclasses import dataclass

from clipforge import events
from clipforge.errors import OutputFailed
from clipforge.events import ClipFinished
from clipforge.pipeline.examine import Asks, examine, identify, kept_message, no_place_for
from clipforge.pipeline.names import names_language, output_path
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.work import Work
from clipforge.store.ledger import Ledger
from clipforge.store.memo import StatMemo


@dataclass(frozen=True, slots=True)
class Examiner:
    """Knows which files a clip should end in, and how they stand now."""

    prepared: Prepared
    ledger: Ledger
    memo: StatMemo

    def identify(self, work: Work) -> None:
        """Fill in the clip's digest if its stat tells it. Raises `ClipUnreadable`."""
        work.looked_ns = time.time_ns()
        work.stat, work.digest = identify(work.clip.path, self.memo)

    def remember(self, work: Work) -> None:
        """The clip's digest was read: spare the next run the reading."""
        if work.stat is not None and work.digest is not None:
            self.memo.remember(work.clip.path, work.stat, work.digest, began_ns=work.looked_ns)

    def nothing_to_do(self, work: Work) -> bool:
        """Whether every output is up to date or not ours to write. Raises `OutputFailed` where none can be written."""
        settings, language = self.prepared.settings, work.recipe.language
        if names_language(settings) and language is None:
            return False
        outputs = [(f.name, output_path(work.clip, settings, f.suffix, language)) for f in self.prepared.formats]
        asks = Asks(self.prepared.request.force, settings.overwrite)
        work.examined = examine(work.clip, work.digest, outputs, self.prepared.made, self.ledger, asks)
        for output in work.examined.wanted:
            why = no_place_for(output.path)
            if why is not None:
                raise OutputFailed(output.path, why)
        return not work.examined.wanted

    def as_it_is(self, work: Work) -> ClipFinished:
        """A clip with nothing to do: up to date, or kept."""
        assert work.examined is not None
        examined = work.examined
        current = [o for o in examined.outputs if o not in examined.kept]
        records = [o.record for o in current if o.record is not None]
        return ClipFinished(
            clip=work.name,
            status=events.UP_TO_DATE if current else events.KEPT,
            outputs=tuple(str(o.path) for o in examined.outputs),
            cues=max((r.cues for r in records), default=0),
            model=self.prepared.plan.model.name,
            media_s=max((r.media_s for r in records), default=0.0),
            saved_s=max((r.took_s for r in records), default=0.0),
            message=kept_message(examined.kept),
            remedy="--overwrite" if examined.kept else "",
        )
