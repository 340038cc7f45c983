"""What becomes of caption files that were edited, and of what was offered beside them."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import pytest

from clipforge.pipeline.outputs import Output, Wish, end_offer, judge, kept_message, offer_path
from clipforge.store.files import write_atomic
from clipforge.store.keys import digest_bytes
from clipforge.store.ledger import Ledger, OutputRecord, OutputState
from clipforge.store.statedb import StateDb


@dataclass
class Desk:
    """A clip with its caption file, and a ledger."""

    ledger: Ledger
    path: Path
    wish: Wish

    @property
    def offer(self) -> Path:
        return offer_path(self.path)

    def judged(self) -> Output:
        return judge("srt", self.path, self.wish, self.ledger)

    def write(self, text: bytes) -> Path:
        """What the run would do: write to where it is to go."""
        target = self.judged().target
        assert target is not None
        stat = write_atomic(target, text)
        self.ledger.put(
            OutputRecord(
                path=str(target),
                digest=digest_bytes(text),
                size=stat.st_size,
                mtime_ns=stat.st_mtime_ns,
                inode=stat.st_ino,
                clip=str(self.wish.clip),
                source_digest=self.wish.digest or "",
                made=self.wish.made,
                status="captioned",
                cues=1,
                media_s=1,
                took_s=1,
                written_at=int(time.time()),
            )
        )
        if target == self.path:
            end_offer(self.path, self.wish, self.ledger)
        return target

    def clip_changes(self) -> None:
        self.wish = replace(self.wish, digest=digest_bytes(os.urandom(8)))


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    with StateDb.open(tmp_path / "state" / "ledger.db") as db:
        wish = Wish(tmp_path / "clip.mp4", "5" * 64, {"beam_size": 5}, force=False, overwrite=False)
        yield Desk(Ledger(db), tmp_path / "clip.srt", wish)


@pytest.fixture
def edited(desk: Desk) -> Desk:
    """A person has edited the captions, and nothing else has happened."""
    assert desk.write(b"first") == desk.path
    desk.path.write_bytes(b"edited")
    return desk


def test_name_of_an_offer() -> None:
    assert offer_path(Path("in/clip.srt")) == Path("in/clip.new.srt")
    assert offer_path(Path("clip.en.vtt")) == Path("clip.en.new.vtt")


def test_written_once(desk: Desk) -> None:
    desk.write(b"first")
    assert desk.judged().target is None
    assert not desk.judged().is_kept
    assert kept_message([desk.judged()]) == ""
    desk.clip_changes()
    assert desk.judged().target == desk.path


def test_an_edit_alone_is_kept_without_an_offer(edited: Desk) -> None:
    output = edited.judged()
    assert output.target is None
    assert output.is_kept
    assert kept_message([output]) == "clip.srt was edited since ClipForge wrote it"


def test_what_is_new_goes_beside_once(edited: Desk) -> None:
    edited.clip_changes()
    output = edited.judged()
    assert output.target == edited.offer
    assert output.is_kept
    said = "clip.srt was edited since ClipForge wrote it: the new captions are in clip.new.srt"
    assert kept_message([output]) == said
    edited.write(b"second")
    assert edited.judged().target is None
    assert kept_message([edited.judged()]) == said
    edited.clip_changes()
    assert edited.write(b"third") == edited.offer
    assert edited.path.read_bytes() == b"edited"


def test_who_deletes_the_offer_is_asked_again_only_about_something_newer(edited: Desk) -> None:
    edited.clip_changes()
    edited.write(b"second")
    edited.offer.unlink()
    assert edited.judged().target is None
    assert kept_message([edited.judged()]) == "clip.srt was edited since ClipForge wrote it"
    edited.clip_changes()
    assert edited.judged().target == edited.offer


def test_who_takes_the_offer_has_a_file_of_ours_again(edited: Desk) -> None:
    edited.clip_changes()
    edited.write(b"second")
    edited.offer.rename(edited.path)
    assert edited.judged().state is OutputState.OURS
    assert edited.judged().target is None
    edited.clip_changes()
    assert edited.write(b"third") == edited.path


def test_an_offer_that_was_edited_is_kept_too(edited: Desk) -> None:
    edited.clip_changes()
    edited.write(b"second")
    edited.offer.write_bytes(b"edited as well")
    edited.clip_changes()
    assert edited.judged().target is None
    assert edited.judged().is_kept


def test_a_file_in_the_offers_place_that_is_not_ours_or_another_clips(edited: Desk) -> None:
    edited.offer.write_bytes(b"mine")
    edited.clip_changes()
    assert edited.judged().target is None
    other = Desk(edited.ledger, edited.offer, replace(edited.wish, clip=edited.path.with_name("clip.new.mp4")))
    edited.offer.unlink()
    other.write(b"of clip.new.mp4")
    assert edited.judged().target is None
    assert edited.offer.read_bytes() == b"of clip.new.mp4"


def test_a_file_that_was_never_ours_is_kept(desk: Desk) -> None:
    desk.path.write_bytes(b"mine")
    assert desk.judged().target is None
    assert kept_message([desk.judged()]) == "clip.srt was not written by ClipForge"


def test_force_offers_again(edited: Desk) -> None:
    edited.wish = replace(edited.wish, force=True)
    assert edited.write(b"second") == edited.offer
    assert edited.write(b"third") == edited.offer


def test_overwrite_replaces_and_ends_the_offer(edited: Desk) -> None:
    edited.clip_changes()
    edited.write(b"second")
    edited.wish = replace(edited.wish, overwrite=True)
    assert edited.write(b"third") == edited.path
    assert not edited.offer.exists()
    assert edited.judged().target is None


def test_overwrite_leaves_an_offer_that_was_edited(edited: Desk) -> None:
    edited.clip_changes()
    edited.write(b"second")
    edited.offer.write_bytes(b"edited as well")
    edited.wish = replace(edited.wish, overwrite=True)
    edited.write(b"third")
    assert edited.offer.read_bytes() == b"edited as well"
