from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.store.locks import Claims, locked
from tests.store import processes


def test_a_claim_is_one_at_a_time(tmp_path: Path) -> None:
    claims, others = Claims(tmp_path / "claims"), Claims(tmp_path / "claims")
    assert claims.take("ab")
    assert not claims.take("ab")
    assert not others.take("ab")
    assert not others.is_free("ab")
    assert others.take("cd")
    others.release("ab")
    assert not others.take("ab"), "what another has is not let go"
    claims.release("ab")
    claims.release("ab")
    assert others.is_free("ab")
    assert others.take("ab")
    claims.close()
    assert not claims.take("ab"), "closing one opening of the file undoes no lock of another"
    others.close()
    assert claims.take("ab")
    claims.close()


def test_thousands_of_claims_take_one_descriptor(tmp_path: Path) -> None:
    code = """
import resource, sys
from pathlib import Path
from clipforge.store.locks import Claims
resource.setrlimit(resource.RLIMIT_NOFILE, (20, 20))
claims = Claims(Path(sys.argv[1]))
print(sum(claims.take(f"{n:x}") for n in range(5000)), sum(claims.take(f"{n:x}") for n in range(5000)))
"""
    assert processes.run(code, tmp_path / "claims") == "5000 0\n"


HOLDER = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
claims = Claims(Path(sys.argv[1]))
print(claims.take("ab"), flush=True)
sys.stdin.read()
"""


def test_a_claim_goes_with_its_process(tmp_path: Path) -> None:
    holder = processes.start(HOLDER, tmp_path / "claims")
    assert holder.stdout
    assert holder.stdout.readline() == "True\n"
    claims = Claims(tmp_path / "claims")
    assert not claims.take("ab")
    processes.kill(holder)
    assert claims.take("ab")
    claims.close()


def test_work_goes_on_where_no_lock_can_be_made(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    one, other = Claims(tmp_path / "file" / "claims"), Claims(tmp_path / "file" / "claims")
    assert one.take("ab")
    assert other.take("ab")
    one.release("ab")
    assert one.take("ab")
    one.close()
    other.close()


def test_each_thing_is_done_once(tmp_path: Path) -> None:
    """Processes that claim, look whether it is done, and do it: the way two runs share a folder."""
    code = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
root, todo = Path(sys.argv[1]), set(range(40))
claims = Claims(root / "claims")
while todo:
    for n in list(todo):
        if claims.take(f"{n:x}"):
            if not (root / f"{n}.done").exists():
                (root / f"{n}.done").touch()
                with (root / "log").open("a") as log:
                    log.write(f"{n}\\n")
            claims.release(f"{n:x}")
            todo.discard(n)
"""
    for run in [processes.start(code, tmp_path) for _ in range(3)]:
        processes.finish(run)
    assert sorted(map(int, (tmp_path / "log").read_text().split())) == list(range(40))


def test_never_two_at_once(tmp_path: Path) -> None:
    code = """
import sys
from pathlib import Path
from clipforge.store.locks import Claims
claims, inside, mine = Claims(Path(sys.argv[1]) / "claims"), Path(sys.argv[1]) / "inside", 0
while mine < 500:
    if claims.take("ab"):
        inside.touch(exist_ok=False)
        inside.unlink()
        claims.release("ab")
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
