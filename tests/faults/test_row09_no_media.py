"""Row 9: files that only say they are clips."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.clips import ffconcat_as_clip, hls_as_clip, truncated
from tests.faults.rows import patience_s
from tests.faults.runs import caption, folder_of, made
from tests.media.conftest import Canary, Listener

REFUSED_S = 2.0


def test_refused_by_name(home: Path, tmp_path: Path, attempt: int, canary: Canary, server: Listener) -> None:
    folder = folder_of(tmp_path / "clips")
    (folder / "empty.mp4").touch()
    truncated(made("captain").with_name("captain.mp4")).rename(folder / "truncated.mp4")
    address = f"http://127.0.0.1:{server.port}/x.ts"
    ffconcat_as_clip(folder / "list-of-a-file.mp4", str(canary.path))
    ffconcat_as_clip(folder / "list-of-an-address.mp4", address)
    hls_as_clip(folder / "playlist-of-a-file.mp4", str(canary.path))
    hls_as_clip(folder / "playlist-of-an-address.mp4", address)
    before = {p.name for p in folder.iterdir()}
    run, err = caption(home, folder)
    assert run.code == 1, err
    errors = {Path(e["clip"]).stem: e["error"] for e in run.of("clip_finished")}
    assert errors == {
        "empty": "ClipUnreadable",
        "truncated": "DamagedMedia",
        "list-of-a-file": "NotMedia",
        "list-of-an-address": "NotMedia",
        "playlist-of-a-file": "NotMedia",
        "playlist-of-an-address": "NotMedia",
    }
    assert all(e["took_s"] <= patience_s(REFUSED_S) for e in run.of("clip_finished"))
    assert not canary.was_opened()
    assert not server.was_called()
    assert {p.name for p in folder.iterdir()} == before


@pytest.mark.parametrize("target", ["file", "address"])
def test_the_traps_work(canary: Canary, server: Listener, target: str) -> None:
    import socket

    if target == "file":
        canary.path.open("rb").close()
        assert canary.was_opened(within_s=5)
    else:
        socket.create_connection(("127.0.0.1", server.port)).close()
        assert server.was_called(within_s=5)
