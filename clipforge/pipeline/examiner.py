"""The beginning of a clip: is there anything to do? Asked of its stat, the memo and the ledger alone."""

from __future__ import annotations

import time
from dataclasses import dataclass, field

from clipforge.errors import OutputFailed
from clipforge.pipeline.examine import Examined, examine, identify, no_place_for
from clipforge.pipeline.names import names_language, output_path
from clipforge.pipeline.outputs import Wish
from clipforge.pipeline.prepare import Prepared
from clipforge.pipeline.work import Work
from clipforge.store.files import Folders
from clipforge.store.ledger import Ledger
from clipforge.store.memo import StatMemo


@dataclass(frozen=True, slots=True)
class Examiner:
    """Knows which files a clip should end in, and how they stand now."""

    prepared: Prepared
    ledger: Ledger
    memo: StatMemo
    folders: Folders = field(default_factory=Folders)

    def identify(self, work: Work) -> None:
        """Fill in the clip's digest if its stat tells it. Raises `ClipUnreadable`."""
        work.looked_ns = time.time_ns()
        work.stat, work.digest = identify(work.clip.path, self.memo)

    def remember(self, work: Work) -> None:
        """The clip's digest was read: spare the next run the reading."""
        if work.stat is not None and work.digest is not None:
            self.memo.remember(work.clip.path, work.stat, work.digest, began_ns=work.looked_ns)

    def look(self, work: Work) -> Examined | None:
        """See how the clip's files stand now; None while their names are not known."""
        settings, language = self.prepared.settings, work.recipe.language
        if names_language(settings) and language is None:
            return None
        outputs = [(f.name, output_path(work.clip, settings, f.suffix, language)) for f in self.prepared.formats]
        wish = Wish(work.clip.path, work.digest, self.prepared.made, self.prepared.request.force, settings.overwrite)
        work.examined = examine(wish, outputs, self.ledger)
        return work.examined

    def nothing_to_do(self, work: Work) -> bool:
        """Whether every output is up to date or not ours to write. Raises `OutputFailed` where none can be written."""
        examined = self.look(work)
        if examined is None:
            return False
        for target in (output.target for output in examined.outputs if output.target is not None):
            self.folders.look(target.parent)
            why = no_place_for(target)
            if why is not None:
                raise OutputFailed(target, why)
        return not examined.wanted
