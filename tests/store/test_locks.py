from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.store.locks import Claims, locked
from tests.store import processes


def test_a_claim_is_one_at_a_time(tmp_path: Path) -> None:
    claims = Claims(tmp_path)
    with claims.take("ab") as claim:  # type: ignore[union-attr]
        assert claim
        assert claims.take("ab") is None
        assert Claims(tmp_path).take("ab") is None
        other = claims.take("cd")
        assert other
        other.release()
    again = claims.take("ab")
    assert again
    again.release()
    again.release()
    assert list(tmp_path.iterdir()) == []


HOLDER = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
claim = Claims(Path(sys.argv[1])).take("ab")
print(claim is not None, flush=True)
sys.stdin.read()
"""


def test_a_claim_goes_with_its_process(tmp_path: Path) -> None:
    holder = processes.start(HOLDER, tmp_path)
    assert holder.stdout
    assert holder.stdout.readline() == "True\n"
    claims = Claims(tmp_path)
    assert claims.take("ab") is None
    assert claims.sweep() == 0
    processes.kill(holder)
    assert list(tmp_path.iterdir()) != []
    claim = claims.take("ab")
    assert claim
    claim.release()


def test_sweep_removes_the_files_of_the_dead(tmp_path: Path) -> None:
    holder = processes.start(HOLDER, tmp_path)
    assert holder.stdout
    holder.stdout.readline()
    processes.kill(holder)
    assert Claims(tmp_path).sweep() == 1
    assert list(tmp_path.iterdir()) == []
    assert Claims(tmp_path / "none").sweep() == 0


def test_work_goes_on_where_no_lock_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    claims = Claims(tmp_path / "file")
    one, other = claims.take("ab"), claims.take("ab")
    assert one
    assert other
    one.release()
    other.release()


def test_each_thing_is_done_once(tmp_path: Path) -> None:
    """Processes that claim, look whether it is done, and do it: the way two runs share a folder."""
    code = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
root, todo = Path(sys.argv[1]), set(range(40))
(root / "locks").mkdir(exist_ok=True)
claims = Claims(root / "locks")
while todo:
    for n in list(todo):
        if claim := claims.take(f"{n:x}"):
            with claim:
                if not (root / f"{n}.done").exists():
                    (root / f"{n}.done").touch()
                    with (root / "log").open("a") as log:
                        log.write(f"{n}\\n")
            todo.discard(n)
"""
    for run in [processes.start(code, tmp_path) for _ in range(3)]:
        processes.finish(run)
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == list(range(40))
    assert list((tmp_path / "locks").iterdir()) == []


def test_never_two_at_once(tmp_path: Path) -> None:
    """Also when one opens the lock file in the moment in which its holder removes it."""
    code = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
claims, inside, mine = Claims(Path(sys.argv[1])), Path(sys.argv[1]) / "inside", 0
while mine < 500:
    if claim := claims.take("ab"):
        inside.touch(exist_ok=False)
        inside.unlink()
        claim.release()
        mine += 1
"""
    for run in [processes.start(code, tmp_path) for _ in range(3)]:
        processes.finish(run)


def test_waiting_for_a_lock_ends(tmp_path: Path) -> None:
    lock = tmp_path / "lock"
    with locked(lock), pytest.raises(TimeoutError, match="another process holds lock"), locked(lock, wait_s=0.05):
        pass
    with locked(tmp_path / "lock", wait_s=0):
        pass
