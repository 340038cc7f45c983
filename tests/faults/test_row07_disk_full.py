"""Row 7: no room for an output, a cache value, a database, the spool."""

from __future__ import annotations

from pathlib import Path

from tests.faults.disks import files_limited_to, fill, small_disk
from tests.faults.runs import Run, are_whole, caption, folder_of, leftovers, start


def warnings(run: Run) -> list[str]:
    return [e["message"] for e in run.of("notice") if e["level"] == "warning" and "draft" not in e["message"]]


def test_output(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain", "kitchen")
    with small_disk(tmp_path / "out", 64 * 1024) as out:
        filler = fill(out)
        run, err = caption(home, folder, "-o", out)
        assert run.code == 1, err
        assert run.ends() == {"captain.mp4": "failed", "kitchen.mp4": "failed"}
        for event in run.of("clip_finished"):
            assert event["error"] == "OutputFailed"
            assert "the disk is full" in event["message"]
        assert [p.name for p in out.iterdir()] == [filler.name]
        filler.unlink()
        again, err = caption(home, folder, "-o", out)
        assert again.code == 0, err
        assert again.windows_transcribed() == 0, "the words were kept"
        assert sorted(p.name for p in out.iterdir()) == ["captain.srt", "kitchen.srt"]
        assert are_whole(out)


def test_cache_value(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain", "kitchen")
    with small_disk(home / ".cache" / "clipforge" / "cache", 512 * 1024) as disk:
        run = start(home, folder)
        run.until(lambda e: e["event"] == "clip_progress" and e["stage"] == "listening")
        fill(disk)
        err = run.rest()
    assert run.code == 0, err
    assert run.ends() == {"captain.mp4": "captioned", "kitchen.mp4": "captioned"}
    (warning,) = warnings(run)
    assert "new results are not kept" in warning
    assert are_whole(folder)
    assert leftovers(folder) == []


def test_opening_the_cache(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    with small_disk(home / ".cache" / "clipforge" / "cache", 64 * 1024) as disk:
        fill(disk)
        run, err = caption(home, folder)
    assert run.code == 0, err
    assert run.ends() == {"captain.mp4": "captioned"}
    (warning,) = warnings(run)
    assert "going on without the cache" in warning
    assert are_whole(folder)


def test_opening_the_ledger(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    with small_disk(home / ".local" / "state" / "clipforge", 64 * 1024) as disk:
        fill(disk)
        run, err = caption(home, folder)
    assert run.code == 0, err
    assert run.ends() == {"captain.mp4": "captioned"}
    (warning,) = warnings(run)
    assert "ledger" in warning
    assert are_whole(folder)


def test_spool(home: Path, tmp_path: Path, attempt: int) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    with small_disk(home / ".cache" / "clipforge" / "spool", 64 * 1024):
        run, err = caption(home, folder)
    check_no_room(run, folder, err)


def test_spool_larger_than_files_may_be(home: Path, tmp_path: Path, attempt: int) -> None:
    """Without root, a limit on the size of files stands for the full disk."""
    folder = folder_of(tmp_path / "clips", "captain")
    run, err = caption(home, folder, preexec_fn=files_limited_to(90_000))
    check_no_room(run, folder, err)


def check_no_room(run: Run, folder: Path, err: str) -> None:
    assert run.code == 1, err
    event = run.clip("captain.mp4")
    assert event["status"] == "failed"
    assert event["error"] != "WorkerDied"
    assert event["message"]
    assert sorted(p.name for p in folder.iterdir()) == ["captain.mp4"]
