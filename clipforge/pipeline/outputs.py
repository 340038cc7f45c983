"""What becomes of each caption file: written, left alone as up to date, or kept because it is a person's.

A file that a person edited is never overwritten: what is new goes beside it, ``name.new.srt``, once for each text that
there is to offer. Who takes the offer renames it over the old file; who does not deletes it, and is not asked again.
A file that ClipForge never wrote means that the clip has captions: it is kept, and no work is done for it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from clipforge.pipeline.made import Made, differences
from clipforge.store.ledger import Ledger, OutputRecord, OutputState


@dataclass(frozen=True, slots=True)
class Wish:
    """What a clip's files should be made from."""

    clip: Path
    digest: str | None
    """SHA-256 of the clip's bytes, where it is known."""
    made: Made
    force: bool
    overwrite: bool

    def is_met_by(self, record: OutputRecord | None) -> bool:
        """Whether a file was made from just this."""
        return (
            record is not None
            and self.digest is not None
            and record.source_digest == self.digest
            and not differences(record.made, self.made)
        )


@dataclass(frozen=True, slots=True)
class Output:
    """One file that captions go to, as it stands now."""

    format: str
    path: Path
    """Where they belong."""
    state: OutputState
    record: OutputRecord | None
    target: Path | None = None
    """Where they are to be written; None where nothing is to be written."""
    offer: Path | None = None
    """The file beside an edited one that has what is new, or would have it."""

    @property
    def is_kept(self) -> bool:
        """Whether it stays as it is because it is not ours to replace."""
        return self.target != self.path and self.state in (OutputState.EDITED, OutputState.FOREIGN)


def offer_path(path: Path) -> Path:
    """``clip.new.srt`` for ``clip.srt``."""
    return path.with_name(f"{path.stem}.new{path.suffix}")


def judge(name: str, path: Path, wish: Wish, ledger: Ledger) -> Output:
    """How the file at ``path`` in the format ``name`` stands, and what is to be done about it."""
    state, record = ledger.state(path), ledger.get(path)
    if state is OutputState.EDITED and _took_the_offer(path, wish, ledger):
        state, record = OutputState.OURS, ledger.get(path)
    output = Output(name, path, state, record)
    is_met = wish.is_met_by(record) and not wish.force
    if state is OutputState.OURS and is_met:
        return output
    if state in (OutputState.ABSENT, OutputState.OURS) or wish.overwrite:
        return _to(output, path)
    if state is OutputState.EDITED and not is_met:
        return _offered(output, wish, ledger)
    return output


def _to(output: Output, target: Path | None, offer: Path | None = None) -> Output:
    return Output(output.format, output.path, output.state, output.record, target, offer)


def _offered(output: Output, wish: Wish, ledger: Ledger) -> Output:
    """An edited file for which there is a newer text."""
    offer = offer_path(output.path)
    state, record = ledger.state(offer), ledger.get(offer)
    if state in (OutputState.EDITED, OutputState.FOREIGN) or (state is OutputState.OURS and not _is_for(record, wish)):
        return output
    if _is_for(record, wish) and wish.is_met_by(record) and not wish.force:
        return _to(output, None, offer if state is OutputState.OURS else None)
    return _to(output, offer, offer)


def _took_the_offer(path: Path, wish: Wish, ledger: Ledger) -> bool:
    """Whether a person put what was offered in the place of the edited file."""
    record = ledger.get(offer_path(path))
    return record is not None and _is_for(record, wish) and ledger.adopt(path, record)


def _is_for(record: OutputRecord | None, wish: Wish) -> bool:
    return record is not None and record.clip == str(wish.clip.absolute())


def end_offer(path: Path, wish: Wish, ledger: Ledger) -> None:
    """``path`` itself has what is new: what was offered beside it goes, if nobody touched it."""
    offer = offer_path(path)
    if _is_for(ledger.get(offer), wish):
        if ledger.is_ours(offer):
            offer.unlink(missing_ok=True)
        ledger.forget(offer)


def kept_message(outputs: Sequence[Output]) -> str:
    """Why outputs stay as they are, and where what is new has gone, in one line."""
    parts = [
        f"{output.path.name} was edited since ClipForge wrote it{_where(output)}"
        for output in outputs
        if output.is_kept and output.state is OutputState.EDITED
    ]
    foreign = [o.path.name for o in outputs if o.is_kept and o.state is OutputState.FOREIGN]
    if foreign:
        parts.append(f"{', '.join(foreign)} was not written by ClipForge")
    return "; ".join(parts)


def _where(output: Output) -> str:
    if output.offer is None:
        return ""
    return f": the new captions are in {output.offer.name}"
