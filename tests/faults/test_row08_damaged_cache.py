"""Row 8: what can happen to the files of the cache between two runs."""

from __future__ import annotations

import os
import pickle
import shutil
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.faults.runs import caption, folder_of, text_of

Damage = Callable[[Path, Path], None]
"""Given the database and a path where code that runs would leave its mark."""


class Trap:
    """Runs code when it is unpickled."""

    def __init__(self, mark: Path) -> None:
        self.mark = mark

    def __reduce__(self) -> tuple[Callable[[str], None], tuple[str]]:
        return os.mkdir, (str(self.mark),)


def change(database: Path, statement: str, *values: object) -> None:
    with closing(sqlite3.connect(database)) as db:
        assert db.execute(statement, values).rowcount > 0
        db.commit()


def truncated(database: Path, _: Path) -> None:
    os.truncate(database, database.stat().st_size // 2)


def garbage(database: Path, _: Path) -> None:
    database.write_bytes(os.urandom(database.stat().st_size))


def empty(database: Path, _: Path) -> None:
    os.truncate(database, 0)


def flipped(database: Path, _: Path) -> None:
    with closing(sqlite3.connect(database)) as db:
        ((rowid, value),) = db.execute("SELECT rowid, value FROM Cache WHERE key LIKE 'words/%'").fetchall()
    at = value.index(b"aptain")
    changed = value[:at] + bytes([value[at] ^ 1]) + value[at + 1 :]
    change(database, "UPDATE Cache SET value = ? WHERE rowid = ?", changed, rowid)


def missing(database: Path, _: Path) -> None:
    gone = "aa/bb/" + 28 * "0" + ".val"
    statement = "UPDATE Cache SET mode = 2, value = NULL, filename = ? WHERE key LIKE 'words/%'"
    change(database, statement, gone)


def planted(database: Path, mark: Path) -> None:
    code = pickle.dumps(Trap(mark))
    change(database, "UPDATE Cache SET mode = 4, value = ? WHERE key LIKE 'words/%'", code)


@pytest.fixture(scope="module")
def known(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A home whose cache knows the words of a clip, and the captions that they make."""
    home = tmp_path_factory.mktemp("known")
    folder = folder_of(home / "clips", "captain")
    run, err = caption(home, folder)
    assert run.code == 0, err
    return home, text_of(folder / "captain.srt")


@pytest.mark.parametrize("damage", [truncated, garbage, empty, flipped, missing, planted], ids=lambda d: d.__name__)
def test_never_wrong_text(home: Path, tmp_path: Path, attempt: int, known: tuple[Path, str], damage: Damage) -> None:
    shutil.copytree(known[0] / ".cache", home / ".cache")
    folder = folder_of(tmp_path / "clips", "captain")
    database, mark = home / ".cache" / "clipforge" / "cache" / "cache.db", tmp_path / "code-was-run"
    damage(database, mark)
    run, err = caption(home, folder)
    assert run.code == 0, err
    assert run.windows_transcribed() == 1, "a miss"
    assert text_of(folder / "captain.srt") == known[1]
    assert not mark.exists()
    told = [e["message"] for e in run.of("notice") if "set aside" in e["message"]]
    assert len(told) == (damage in (truncated, garbage, empty))
    with closing(sqlite3.connect(database)) as db:
        ((value,),) = db.execute("SELECT value FROM Cache WHERE key LIKE 'words/%'").fetchall()
    assert b"aptain" in value, "kept anew"


def test_without_damage_nothing_is_made_again(home: Path, tmp_path: Path, known: tuple[Path, str]) -> None:
    """The copy of a cache is a cache: the misses above come from the damage."""
    shutil.copytree(known[0] / ".cache", home / ".cache")
    run, err = caption(home, folder_of(tmp_path / "clips", "captain"))
    assert run.windows_transcribed() == 0, err
