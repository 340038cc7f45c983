from __future__ import annotations

import os
import sqlite3
import stat
from contextlib import closing
from pathlib import Path

import pytest

from clipforge.store.locks import locked
from clipforge.store.memo import StatMemo
from clipforge.store.statedb import StateDb
from tests.store import processes

REMEMBER = "INSERT OR REPLACE INTO announced VALUES (?, ?)"
RECALL = "SELECT digest FROM announced WHERE place = ?"


def works(db: StateDb) -> bool:
    db.tell(REMEMBER, (b"place", "digest"))
    return db.ask(RECALL, (b"place",)) == [("digest",)]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "root" / "ledger.db"
    with StateDb.open(path) as db:
        for i in range(500):
            db.tell(REMEMBER, (b"place %d" % i, "digest" * 10))
    return path


def test_keeps_what_it_is_told(path: Path) -> None:
    with StateDb.open(path) as db:
        assert db.ask(RECALL, (b"place 7",)) == [("digest" * 10,)]
        assert db.notices == []
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


@pytest.mark.parametrize("size", [0, 1, 99, 511, 4096, 5000])
def test_truncated(path: Path, size: int) -> None:
    os.truncate(path, size)
    with StateDb.open(path) as db:
        assert db.ask(RECALL, (b"place 7",)) == []
        assert works(db)
        (notice,) = db.notices
        assert "ledger.db.broken-1" in notice
    with StateDb.open(path) as db:
        assert db.ask(RECALL, (b"place",)) == [("digest",)]
        assert db.notices == []


@pytest.mark.parametrize("schema", ["CREATE TABLE announced (x)", "PRAGMA user_version = 1", "CREATE TABLE other (x)"])
def test_another_programs_database(tmp_path: Path, schema: str) -> None:
    path = tmp_path / "ledger.db"
    with closing(sqlite3.connect(path)) as database:
        database.execute(schema)
        database.commit()
    with StateDb.open(path) as db:
        assert works(db)
        assert "set aside" in db.notices[0]


def test_damage_that_shows_only_in_use(path: Path) -> None:
    size = path.stat().st_size
    with path.open("r+b") as file:
        file.seek(4096)
        file.write(b"\xaa" * (size - 4096))
    with StateDb.open(path) as db:
        for i in range(500):
            db.ask(RECALL, (b"place %d" % i,))
        assert works(db)
        assert len(db.notices) == 1


def test_below_a_regular_file(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with StateDb.open(tmp_path / "file" / "ledger.db") as db:
        assert not works(db)
        StatMemo(db).remember(tmp_path / "file", (tmp_path / "file").stat(), "digest", began_ns=2**62)
        assert StatMemo(db).lookup(tmp_path / "file") is None
        (notice,) = db.notices
        assert "not a directory" in notice


def test_read_only(path: Path) -> None:
    with processes.ordinary_user() as folder:
        path = folder / "root" / "ledger.db"
        with StateDb.open(path) as db:
            assert works(db)
        for file in path.parent.iterdir():
            file.chmod(0o400)
        path.parent.chmod(0o500)
        with StateDb.open(path) as db:
            db.tell(REMEMBER, (b"more", "digest"))
            db.tell(REMEMBER, (b"yet more", "digest"))
            assert len(db.notices) == 1
        path.parent.chmod(0o700)


FULL = """
import resource, sys
from pathlib import Path
from clipforge.store.statedb import StateDb
db = StateDb.open(Path(sys.argv[1]))
db.tell("INSERT INTO announced VALUES (?, ?)", (b"first", "digest"))
resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, 100_000))
for i in range(500):
    db.tell("INSERT INTO announced VALUES (?, ?)", (b"%d" % i, "digest" * 100))
print(len(db.notices), db.ask("SELECT digest FROM announced WHERE place = ?", (b"first",)))
"""


def test_disk_full(tmp_path: Path) -> None:
    assert processes.run(FULL, tmp_path / "ledger.db").strip() == "1 [('digest',)]"
    with StateDb.open(tmp_path / "ledger.db") as db:
        assert db.ask(RECALL, (b"first",)) == [("digest",)]
        assert works(db)
        assert db.notices == []


WRITER = """
import sys
from pathlib import Path
from clipforge.store.statedb import StateDb
with StateDb.open(Path(sys.argv[1])) as db:
    for i in range(150):
        db.tell("INSERT INTO announced VALUES (?, ?)", (b"%s %d" % (sys.argv[2].encode(), i), "x"), durable=i % 50 == 0)
        assert db.ask("SELECT COUNT(*) FROM announced")
    assert db.notices == [], db.notices
"""


def test_processes_open_and_write_at_once(tmp_path: Path) -> None:
    writers = [processes.start(WRITER, tmp_path / "root" / "ledger.db", me) for me in "abcd"]
    for writer in writers:
        processes.finish(writer)
    with StateDb.open(tmp_path / "root" / "ledger.db") as db:
        assert db.ask("SELECT COUNT(*) FROM announced") == [(600,)]


def test_an_earlier_place_is_taken_over(path: Path, tmp_path: Path) -> None:
    new = tmp_path / "state" / "ledger.db"
    with StateDb.open(new) as db:
        db.tell(REMEMBER, (b"place 7", "newer"))
    for _ in range(2):
        with StateDb.open(new, moved_from=path) as db:
            assert db.ask(RECALL, (b"place 7",)) == [("newer",)], "what is known here goes first"
            assert db.ask(RECALL, (b"place 8",)) == [("digest" * 10,)]
            assert db.notices == []
    assert list(path.parent.iterdir()) == []


def test_an_earlier_place_that_is_damaged_is_left_alone(path: Path, tmp_path: Path) -> None:
    path.write_bytes(b"garbage" * 1000)
    with StateDb.open(tmp_path / "state" / "ledger.db", moved_from=path) as db:
        assert works(db)
        assert db.notices == []
    assert path.exists()


def test_an_earlier_place_while_two_open(path: Path, tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from clipforge.store.statedb import StateDb
with StateDb.open(Path(sys.argv[1]), moved_from=Path(sys.argv[2])) as db:
    print(db.ask("SELECT COUNT(*) FROM announced")[0][0], db.notices)
"""
    runs = [processes.start(code, tmp_path / "state" / "ledger.db", path) for _ in range(3)]
    assert {processes.finish(run) for run in runs} == {"500 []\n"}


def test_alone(path: Path) -> None:
    with StateDb.open(path) as one, StateDb.open(path) as other:
        with one.alone(), pytest.raises(TimeoutError), locked(path.with_name("outputs.lock"), wait_s=0):
            pass
        with other.alone():
            pass
