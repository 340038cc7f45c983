"""``clipforge models`` as users meet it; no connection leaves this machine."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from clipforge.engines.catalogue import CATALOGUE
from clipforge.engines.pins import PINS
from tests.cli.conftest import Ran, Run, environment
from tests.cli.test_interrupt import wait_for
from tests.clips import make_clip, speech
from tests.engines.hub import UNPINNED, Hub, running
from tests.engines.made import make_whisper

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"
WEIGHTS = 2_518_051
DEADLINE_S = 60


@pytest.fixture
def models(home: Path) -> Path:
    return home / ".local" / "share" / "clipforge" / "models"


@pytest.fixture
def hub() -> Iterator[Hub]:
    with running() as server:
        yield server


def put_in_hub_cache(home: Path, name: str) -> Path:
    pin = PINS[name]
    snapshot = home / f".cache/huggingface/hub/models--{pin.repo.replace('/', '--')}/snapshots/{pin.revision}"
    shutil.copytree(MICRO_WHISPER, snapshot)
    return snapshot


def test_list_and_path(cli: Run, home: Path, models: Path) -> None:
    shutil.copytree(MICRO_WHISPER, models / "tiny.en")
    snapshot = put_in_hub_cache(home, "base.en")
    (models / "broken").mkdir()
    done = cli("models", "list")
    assert done.code == 0, done.err
    rows = {line.split()[0]: line for line in done.out.splitlines()}
    assert set(rows) == {"name", "draft", "broken", *CATALOGUE}
    assert rows["tiny.en"].endswith(str(models / "tiny.en"))
    assert rows["base.en"].endswith(f"{snapshot} (Hugging Face cache)")
    assert rows["small"].endswith("clipforge models pull small")
    assert rows[UNPINNED].endswith(f"clipforge models pull {UNPINNED} --trust")
    assert "cannot be used: missing: model.bin" in rows["broken"]
    assert rows["large-v3"].split()[1:3] == ["2.9", "GiB"]
    assert cli("models", "path", "tiny.en").out.strip() == str(models / "tiny.en")
    assert cli("models", "path").out.strip() == str(models)
    assert cli("models", "path", "small").code == 4


def test_list_for_programs(cli: Run, models: Path) -> None:
    shutil.copytree(MICRO_WHISPER, models / "mine")
    found = {line["name"]: line for line in map(json.loads, cli("models", "list", "--json").out.splitlines())}
    assert list(found) == ["draft", *CATALOGUE, "mine"]
    assert found["mine"]["path"] == str(models / "mine")
    assert (found["small"]["path"], found["small"]["checked_by"], found["small"]["size_bytes"]) == (
        "",
        "pinned",
        486_212_372,
    )
    assert set(found["small"]) == {
        "name",
        "size_bytes",
        "languages",
        "translates",
        "memory_bytes",
        "speed",
        "where",
        "path",
        "checked_by",
        "trouble",
    }


def test_pull_verify_remove(cli: Run, models: Path, hub: Hub) -> None:
    env = {"HF_ENDPOINT": hub.url}
    refused = cli("models", "pull", UNPINNED, env=env)
    assert (refused.code, len(refused.err.splitlines())) == (2, 1)
    assert refused.err.rstrip().endswith(f"clipforge models pull {UNPINNED} --trust")
    done = cli("models", "pull", UNPINNED, "--trust", env=env)
    assert (done.code, done.out, done.err) == (0, f"{models / UNPINNED}\n", "")
    assert cli("models", "verify").out.split()[:3] == [UNPINNED, "ok", "trusted"]
    (models / UNPINNED / "config.json").write_text("{ }")
    verified = cli("models", "verify", UNPINNED, "--json")
    assert verified.code == 1
    assert json.loads(verified.out)["result"] == "differs"
    assert "remove" in verified.err
    assert cli("models", "remove", UNPINNED).out == f"removed {models / UNPINNED}\n"
    assert cli("models", "pull", UNPINNED, env=env).code == 0  # trusted before: compared with that
    assert cli("models", "verify").code == 0


def test_the_hugging_face_cache_is_not_removed_without_saying_so(cli: Run, home: Path, models: Path) -> None:
    snapshot = put_in_hub_cache(home, "tiny.en")
    refused = cli("models", "remove", "tiny.en")
    assert (refused.code, snapshot.exists()) == (2, True)
    assert "--hub-cache" in refused.err
    shutil.copytree(MICRO_WHISPER, models / "tiny.en")
    done = cli("models", "remove", "tiny.en")
    assert done.out == f"removed {models / 'tiny.en'}\n"
    assert "still in the Hugging Face cache" in done.err
    assert cli("models", "remove", "tiny.en", "--hub-cache").code == 0
    assert not snapshot.exists()


def test_pull_without_a_network(cli: Run, models: Path) -> None:
    # Port 9 of this machine: nobody listens there, and the answer is immediate.
    done = cli("models", "pull", "tiny", env={"HF_ENDPOINT": "http://127.0.0.1:9"})
    assert done.code == 4, done.out
    assert "could not get model tiny" in done.err
    assert len(done.err.splitlines()) == 1
    assert not list(models.iterdir())
    assert cli("models", "pull", "tinny").code == 2
    assert cli("models", "pull", "mine", "--from", "nowhere", "--trust").code == 2


def start_pull(home: Path, hub: Hub) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "clipforge", "models", "pull", UNPINNED, "--trust"],
        env=environment(home, {"HF_ENDPOINT": hub.url}),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def test_ctrl_c_in_the_middle_and_go_on(cli: Run, home: Path, models: Path, hub: Hub) -> None:
    hub.drops["model.bin"] = [1_500_000]
    hub.go_on.clear()
    run = start_pull(home, hub)
    part = models / f".{UNPINNED}.partial" / "model.bin"
    wait_for(lambda: part.exists() and part.stat().st_size == 1_500_000, "what the server has sent")
    os.kill(run.pid, signal.SIGINT)
    out, err = run.communicate(timeout=DEADLINE_S)
    assert (run.returncode, out) == (130, "")
    assert err.startswith("Interrupted")
    assert [path.name for path in models.iterdir()] == [f".{UNPINNED}.partial"]
    hub.go_on.set()
    hub.sent.clear()
    assert cli("models", "pull", UNPINNED, "--trust", env={"HF_ENDPOINT": hub.url}).code == 0
    assert hub.sent_of("model.bin") == [(1_500_000, WEIGHTS - 1_500_000)]


def test_two_pulls_at_once(home: Path, models: Path, hub: Hub) -> None:
    hub.drops["model.bin"] = [1_500_000]
    hub.go_on.clear()
    runs = [start_pull(home, hub) for _ in range(2)]
    assert hub.standing.wait(DEADLINE_S)
    hub.go_on.set()
    for run in runs:
        out, err = run.communicate(timeout=DEADLINE_S)
        assert (run.returncode, out, err) == (0, f"{models / UNPINNED}\n", "")
    assert sum(count for _, count in hub.sent_of("model.bin")) == WEIGHTS


# Models that cannot do what is asked, through clipforge caption: one line, before any work.


def refused(done: Ran, *says: str) -> None:
    assert done.code in (2, 4), done.out
    assert len(done.err.splitlines()) == 1, done.err
    assert all(text in done.err for text in says), done.err
    assert done.out == ""


def cut(folder: Path) -> None:
    (folder / "model.bin").write_bytes((folder / "model.bin").read_bytes()[:1_000_000])


def pointer(folder: Path) -> None:
    (folder / "model.bin").write_text("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 1\n")


def pytorch(folder: Path) -> None:
    (folder / "model.bin").rename(folder / "model.safetensors")


def text_model(folder: Path) -> None:
    """A real CTranslate2 model of another kind."""
    import numpy as np
    from ctranslate2.specs import TransformerSpec
    from ctranslate2.specs.model_spec import visit_spec

    def fill(layer: object, name: str, value: object) -> None:
        if value is None:
            setattr(layer, name.rpartition("/")[2], np.ones((8, 8), np.float32))

    spec = TransformerSpec.from_config((1, 1), 1)
    visit_spec(spec, fill)
    spec.register_source_vocabulary(["<s>", "</s>", *"abcdef"])
    spec.register_target_vocabulary(["<s>", "</s>", *"abcdef"])
    spec.validate()
    (folder / "model.bin").unlink()
    spec.save(str(folder))


@pytest.mark.parametrize(
    ("spoil", "says"),
    [
        (lambda folder: (folder / "model.bin").unlink(), "model.bin is missing"),
        (lambda folder: (folder / "tokenizer.json").unlink(), "tokenizer.json is missing"),
        (lambda folder: (folder / "config.json").unlink(), "config.json is missing"),
        (lambda folder: (folder / "vocabulary.json").unlink(), "vocabulary.json is missing"),
        (cut, "model.bin is cut short"),
        (pointer, "Git LFS pointer"),
        (pytorch, "ct2-transformers-converter"),
        (text_model, "not Whisper"),
        (lambda folder: (folder / "tokenizer.json").write_text("{"), "tokenizer.json is damaged"),
        (lambda folder: shutil.rmtree(folder), "there is no such folder"),
    ],
)
def test_model_folders_that_cannot_be_used(
    cli: Run, tmp_path: Path, hub: Hub, spoil: Callable[[Path], None], says: str
) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    spoil(shutil.copytree(MICRO_WHISPER, tmp_path / "model"))
    proxies = dict.fromkeys(("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy", "HF_ENDPOINT"), hub.url)
    refused(cli("caption", clip, "--model", "./model", env=proxies), "model", says)
    assert hub.asked == []  # nothing is fetched around a missing file
    assert not clip.with_suffix(".srt").exists()


def test_a_model_that_is_a_file(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    refused(cli("caption", clip, "--model", MICRO_WHISPER / "model.bin"), "is a file; a model is a folder")


def test_a_broken_download_in_the_hugging_face_cache_is_named(cli: Run, tmp_path: Path, home: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    (put_in_hub_cache(home, "tiny.en") / "tokenizer.json").unlink()
    done = cli("caption", clip, "--model", "tiny.en")
    refused(done, "tokenizer.json is missing", "clipforge models pull tiny.en")
    assert done.code == 4


@pytest.mark.parametrize(
    ("args", "says"),
    [
        (("--language", "es"), "knows English only"),
        (("--language", "klingon"), 'no language named "klingon"'),
        (("--task", "translate"), "was not made to translate"),
        (("--task", "sing"), "transcribe"),
        (("--compute-type", "float16"), "on this CPU): expected auto, int8"),
        (("--compute-type", "int4"), "expected auto or int8"),
        (("--device", "cuda"), "--device cpu"),
        (("--device", "tpu"), "auto"),
        (("--beam-size", "0"), "beam"),
    ],
)
def test_what_a_model_for_english_cannot_do(cli: Run, tmp_path: Path, args: tuple[str, str], says: str) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    refused(cli("caption", clip, "--model", MICRO_WHISPER, *args), says)


def test_what_a_model_for_many_languages_cannot_do(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    many = make_whisper(tmp_path / "many", [" hola"])
    refused(cli("caption", clip, "--model", many, "--language", "cantonese"), "Cantonese came with large-v3")


def test_a_machine_without_a_gpu_says_nothing_of_it(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "clip.mp4", speech("captain"))
    done = cli("caption", clip, "--model", MICRO_WHISPER, "--dry-run")
    assert (done.code, "PU" in done.err) == (0, False)
