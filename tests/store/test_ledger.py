from __future__ import annotations

import os
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from clipforge.store.files import write_atomic
from clipforge.store.keys import digest_bytes
from clipforge.store.ledger import Ledger, OutputRecord, OutputState
from clipforge.store.statedb import StateDb

TEXT = b"1\n00:00:00,000 --> 00:00:01,000\nHello\n"


@pytest.fixture
def ledger(tmp_path: Path) -> Iterator[Ledger]:
    with StateDb.open(tmp_path / "root" / "ledger.db") as db:
        yield Ledger(db)


def record(path: Path, data: bytes, stat: os.stat_result) -> OutputRecord:
    return OutputRecord(
        path=str(path),
        digest=digest_bytes(data),
        size=stat.st_size,
        mtime_ns=stat.st_mtime_ns,
        inode=stat.st_ino,
        clip=str(path.with_suffix(".mp4")),
        source_digest="5" * 64,
        made={"beam_size": 5, "language": None, "formats": ["srt"], "temperature": 0.2, "vad": True},
        status="captioned",
        cues=1,
        media_s=20.5,
        took_s=1.25,
        written_at=int(time.time()),
    )


def written(ledger: Ledger, path: Path, data: bytes = TEXT) -> OutputRecord:
    made = record(path, data, write_atomic(path, data))
    ledger.put(made)
    return made


def settle(path: Path) -> None:
    """Make a file look old enough for its stat to be trusted."""
    os.utime(path, ns=(0, time.time_ns() - 10**10))


def test_record_comes_back(ledger: Ledger, tmp_path: Path) -> None:
    made = written(ledger, tmp_path / "clip.srt")
    assert ledger.get(tmp_path / "clip.srt") == made
    assert ledger.get(tmp_path / "clip.vtt") is None
    with StateDb.open(tmp_path / "root" / "ledger.db") as db:
        assert Ledger(db).get(tmp_path / "clip.srt") == made


def test_outputs_of_a_clip(ledger: Ledger, tmp_path: Path) -> None:
    vtt, srt = written(ledger, tmp_path / "clip.vtt"), written(ledger, tmp_path / "clip.srt")
    written(ledger, tmp_path / "other.srt")
    assert ledger.for_clip(tmp_path / "clip.mp4") == [srt, vtt]
    assert ledger.for_clip(tmp_path / "none.mp4") == []


def test_put_replaces(ledger: Ledger, tmp_path: Path) -> None:
    made = written(ledger, tmp_path / "clip.srt")
    newer = replace(made, status="no speech", cues=0)
    ledger.put(newer)
    assert ledger.for_clip(tmp_path / "clip.mp4") == [newer]


def test_absent_and_foreign(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    assert ledger.state(path) is OutputState.ABSENT
    path.write_bytes(TEXT)
    assert ledger.state(path) is OutputState.FOREIGN
    assert not ledger.is_ours(path)
    path.unlink()
    path.symlink_to("nowhere")
    assert ledger.state(path) is OutputState.FOREIGN


def test_ours_edited_absent(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    written(ledger, path)
    assert ledger.state(path) is OutputState.OURS
    assert ledger.is_ours(path)
    path.write_bytes(TEXT + b"more")
    assert ledger.state(path) is OutputState.EDITED
    path.write_bytes(TEXT)
    assert ledger.state(path) is OutputState.OURS
    path.unlink()
    assert ledger.state(path) is OutputState.ABSENT


def test_touched_or_restored_is_still_ours(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    written(ledger, path)
    os.utime(path, (1, 1))
    assert ledger.state(path) is OutputState.OURS
    path.unlink()
    path.write_bytes(TEXT)
    assert ledger.state(path) is OutputState.OURS


def test_edit_of_the_same_size_at_once(ledger: Ledger, tmp_path: Path) -> None:
    """In place and with the time set back, so that stat tells nothing: a young file is told by its digest."""
    path = tmp_path / "clip.srt"
    made = written(ledger, path)
    path.write_bytes(TEXT.replace(b"Hello", b"Hallo"))
    os.utime(path, ns=(0, made.mtime_ns))
    assert (path.stat().st_size, path.stat().st_mtime_ns, path.stat().st_ino) == (made.size, made.mtime_ns, made.inode)
    assert ledger.state(path) is OutputState.EDITED


def test_an_old_file_is_told_by_its_stat(ledger: Ledger, tmp_path: Path) -> None:
    """Seen from outside: once it was compared, its content is not read again."""
    path = tmp_path / "clip.srt"
    written(ledger, path)
    settle(path)
    assert ledger.state(path) is OutputState.OURS
    read_at = path.stat().st_mtime_ns
    path.write_bytes(TEXT.replace(b"Hello", b"Hallo"))
    os.utime(path, ns=(0, read_at))
    assert ledger.state(path) is OutputState.OURS
    os.utime(path, ns=(0, read_at + 1))
    assert ledger.state(path) is OutputState.EDITED


def test_announced_output_of_a_run_that_died(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    ledger.announce(path, digest_bytes(TEXT))
    assert ledger.state(path) is OutputState.ABSENT
    write_atomic(path, TEXT)
    assert ledger.state(path) is OutputState.OURS
    assert ledger.get(path) is None
    path.write_bytes(b"edited")
    assert ledger.state(path) is OutputState.FOREIGN


def test_announcing_does_not_disown_what_is_there(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    written(ledger, path)
    ledger.announce(path, digest_bytes(b"new"))
    assert ledger.state(path) is OutputState.OURS
    write_atomic(path, b"new")
    assert ledger.state(path) is OutputState.OURS
    write_atomic(path, b"edited")
    assert ledger.state(path) is OutputState.EDITED


def test_put_ends_an_announcement(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    ledger.announce(path, digest_bytes(b"first"))
    written(ledger, path, b"second")
    path.write_bytes(b"first")
    assert ledger.state(path) is OutputState.EDITED


def test_forget(ledger: Ledger, tmp_path: Path) -> None:
    path = tmp_path / "clip.srt"
    ledger.announce(path, digest_bytes(TEXT))
    written(ledger, path)
    ledger.forget(path)
    assert ledger.get(path) is None
    assert ledger.state(path) is OutputState.FOREIGN


def test_one_output_by_two_paths(ledger: Ledger, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "link").symlink_to("real")
    made = written(ledger, tmp_path / "real" / "clip.srt")
    assert ledger.state(tmp_path / "link" / "clip.srt") is OutputState.OURS
    monkeypatch.chdir(tmp_path / "real")
    assert ledger.get(Path("clip.srt")) == made


def test_name_that_is_not_text(ledger: Ledger, tmp_path: Path) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/\xff\n'\"-- ;.srt"))
    made = written(ledger, path)
    assert ledger.get(path) == made
    assert ledger.for_clip(Path(made.clip)) == [made]
    assert ledger.state(path) is OutputState.OURS


PLAIN = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text()


@pytest.fixture(scope="module")
def shared(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ledger]:
    with StateDb.open(tmp_path_factory.mktemp("shared") / "ledger.db") as db:
        yield Ledger(db)


@settings(deadline=None)
@given(
    made=st.dictionaries(st.text(), PLAIN | st.lists(PLAIN, max_size=3), max_size=5), inode=st.integers(0, 2**64 - 1)
)
def test_any_options_come_back(shared: Ledger, made: dict[str, object], inode: int) -> None:
    path = Path("/nowhere/clip.srt")
    kept = replace(record(path, TEXT, Path().stat()), made=made, inode=inode)
    shared.put(kept)
    assert shared.get(path) == kept


def test_adopt(ledger: Ledger, tmp_path: Path) -> None:
    """A person renames what we wrote over a file that they had edited."""
    path, offer = tmp_path / "clip.srt", tmp_path / "clip.new.srt"
    written(ledger, path)
    path.write_bytes(b"edited")
    newer = written(ledger, offer, b"newer")
    assert not ledger.adopt(path, newer)
    assert ledger.state(path) is OutputState.EDITED
    offer.rename(path)
    assert ledger.adopt(path, newer)
    assert ledger.state(path) is OutputState.OURS
    known = ledger.get(path)
    assert known
    assert known.digest == newer.digest
    path.unlink()
    assert not ledger.adopt(path, newer)
