"""Row 14: an output that cannot be written, and models that cannot be used."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest

from tests.faults.disks import permissions_bind
from tests.faults.rows import patience_s
from tests.faults.runs import MICRO_WHISPER, caption, folder_of
from tests.media.conftest import Listener

REFUSED_S = 5.0


@pytest.mark.parametrize("output", ["beside", "elsewhere"])
def test_read_only_output(home: Path, tmp_path: Path, attempt: int, output: str) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    out = tmp_path / "out"
    out.mkdir()
    target = folder if output == "beside" else out
    target.chmod(0o555)
    began = time.monotonic()
    run, err = caption(home, folder, *(("-o", str(out)) if target == out else ()), preexec_fn=permissions_bind)
    assert time.monotonic() - began <= patience_s(REFUSED_S)
    target.chmod(0o755)
    assert not run.of("run_started"), "before work"
    assert run.code == (1 if output == "beside" else 2)
    assert "permission denied" in (run.clip("captain.mp4")["message"] if output == "beside" else err)
    assert [p.name for p in target.iterdir()] == (["captain.mp4"] if output == "beside" else [])


@pytest.mark.parametrize("missing", ["model.bin", "config.json", "tokenizer.json", "vocabulary.json"])
def test_partial_model(home: Path, tmp_path: Path, attempt: int, server: Listener, missing: str) -> None:
    model = Path(shutil.copytree(MICRO_WHISPER, tmp_path / "model"))
    (model / missing).unlink()
    check_refused(home, tmp_path, model, server, missing.removesuffix(".json"))


@pytest.mark.parametrize("damaged", ["model.bin", "config.json", "tokenizer.json"])
@pytest.mark.parametrize("how", ["truncated", "garbage", "empty"])
def test_corrupt_model(home: Path, tmp_path: Path, attempt: int, server: Listener, damaged: str, how: str) -> None:
    model = Path(shutil.copytree(MICRO_WHISPER, tmp_path / "model"))
    data = (model / damaged).read_bytes()
    (model / damaged).chmod(0o644)
    (model / damaged).write_bytes(
        {"truncated": data[: len(data) // 2], "garbage": b"\xff" * len(data), "empty": b""}[how]
    )
    check_refused(home, tmp_path, model, server, damaged)


def check_refused(home: Path, tmp_path: Path, model: Path, server: Listener, names: str) -> None:
    folder = folder_of(tmp_path / "clips", "captain")
    address = f"http://127.0.0.1:{server.port}"
    network = {"HF_ENDPOINT": address, "http_proxy": address, "https_proxy": address}
    began = time.monotonic()
    run, err = caption(home, folder, "-m", model, env=network)
    assert time.monotonic() - began <= patience_s(REFUSED_S)
    assert run.code == 2, err
    assert not run.of("run_started"), "before work"
    assert names in err
    assert "Traceback" not in err
    assert not server.was_called()
    assert [p.name for p in folder.iterdir()] == ["captain.mp4"]
