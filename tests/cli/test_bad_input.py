"""Bad input: one clear line, the right exit code, nothing lost, the other clips done."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.cli.conftest import Run
from tests.clips import make_clip, speech

MICRO_WHISPER = Path(__file__).parents[1] / "models" / "micro-whisper"


@pytest.fixture
def good(tmp_path: Path) -> Path:
    return make_clip(tmp_path / "good.mp4", speech("captain"))


def empty(path: Path, _: Path) -> None:
    path.touch()


def text(path: Path, _: Path) -> None:
    path.write_text("Dear diary, this is no video.\n" * 40)


def concat_list(path: Path, good: Path) -> None:
    path.write_text(f"ffconcat version 1.0\nfile '{good}'\n")


def playlist(path: Path, good: Path) -> None:
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\n{good}\n#EXT-X-ENDLIST\n")


def truncated(path: Path, good: Path) -> None:
    data = good.read_bytes()
    path.write_bytes(data[: len(data) * 2 // 3])


def noise(path: Path, _: Path) -> None:
    path.write_bytes(bytes(range(256)) * 400)


def absent(path: Path, _: Path) -> None:
    pass


@pytest.mark.parametrize(
    ("make", "says"),
    [
        (absent, "no such file"),
        (empty, "the file is empty"),
        (text, "not a media file"),
        (concat_list, "ffconcat"),
        (playlist, "not a media file"),
        (truncated, "truncated"),
        (noise, "not a media file"),
    ],
)
def test_one_bad_clip_never_stops_the_others(
    cli: Run, good: Path, tmp_path: Path, make: Callable[[Path, Path], None], says: str
) -> None:
    bad = tmp_path / "bad.mp4"
    make(bad, good)
    done = cli("caption", bad, good)
    assert done.code == 1, done.out + done.err
    lines = [line for line in done.out.splitlines() if "bad.mp4" in line]
    assert len(lines) == 1
    assert "✗" in lines[0]
    assert says in lines[0]
    assert "✓ good.mp4" in done.out
    assert not bad.with_suffix(".srt").exists()
    assert "1 captioned, 1 failed" in done.err
    assert "Traceback" not in done.err


def test_fail_fast(cli: Run, good: Path, tmp_path: Path) -> None:
    (tmp_path / "bad.mp4").touch()
    done = cli("caption", "bad.mp4", good, "--fail-fast", "--json")
    assert done.code == 1
    assert [e["status"] for e in done.of("clip_finished")] == ["failed"]
    assert done.of("run_finished")[0]["not_started"] == 1


def test_eight_channels(cli: Run, tmp_path: Path) -> None:
    clip = make_clip(tmp_path / "surround.mkv", speech("captain"), channels=8)
    done = cli("caption", clip)
    assert done.code == 0, done.out
    assert "aptain" in clip.with_suffix(".srt").read_text()


def test_a_name_that_leaves_no_room_for_the_suffix(cli: Run, good: Path, tmp_path: Path) -> None:
    long = tmp_path / ("x" * 251 + ".mp4")
    shutil.copy(good, long)
    done = cli("caption", long, good, "-f", "json")
    assert done.code == 1
    assert "the file name is too long" in done.out
    assert "✓ good.mp4" in done.out


@pytest.mark.parametrize(
    ("arguments", "code", "says"),
    [
        (["-f", "sub"], 2, 'no format named "sub"'),
        (["-f", "str"], 2, "Did you mean srt?"),
        (["-l", "klingon"], 2, 'no language named "klingon"'),
        (["-m", "smal"], 2, "Did you mean small?"),
        (["-m", "small"], 4, "clipforge models pull small"),
        (["--profile", "netflx"], 2, "Did you mean netflix-en?"),
        (["--jobs", "0"], 2, "--jobs = '0' (flag): expected a whole number, 1 or more"),
        (["--max-memory", "lots"], 2, "a size like 6GiB"),
        (["--cache-limit", "lots"], 2, "--cache-limit"),
        (["--max-memory", "10MiB"], 2, "draft needs"),
        (["--name-template", "captions"], 2, "--name-template"),
        (["-m", "draft", "-l", "fr"], 2, "English"),
        (["--task", "sing"], 2, "transcribe or translate"),
        (["--audio-track", "0"], 2, "--audio-track"),
        (["--formt", "srt"], 2, "--formt"),
        (["--audio-track", "3"], 1, "no audio track 3; it has 1"),
    ],
)
def test_wrong_requests(cli: Run, good: Path, arguments: list[str], code: int, says: str) -> None:
    done = cli("caption", good, *arguments)
    assert done.code == code, done.out + done.err
    assert says in done.err + done.out
    if code != 1 and says != "--formt":
        assert len(done.err.strip().splitlines()) == 1, "one line"
    assert not good.with_suffix(".srt").exists()


@pytest.mark.skipif(Path("/dev/nvidia0").exists(), reason="this machine has what the test does without")
def test_a_gpu_that_is_not_here(cli: Run, good: Path) -> None:
    done = cli("caption", good, "-m", MICRO_WHISPER, "--device", "cuda")
    assert done.code == 4, done.out + done.err
    assert "--device cpu" in done.err
    assert len(done.err.splitlines()) == 1


def test_nothing_found(cli: Run, tmp_path: Path) -> None:
    (tmp_path / "empty").mkdir()
    done = cli("caption", "empty")
    assert done.code == 2
    assert "no media files found in empty" in done.err
    assert cli("caption").code == 2


def test_a_model_that_does_not_fit_names_what_would(cli: Run, home: Path, good: Path) -> None:
    models = home / ".local" / "share" / "clipforge" / "models"
    models.mkdir(parents=True)
    shutil.copytree(MICRO_WHISPER, models / "tiny.en")
    shutil.copytree(MICRO_WHISPER, models / "large-v3")
    with (models / "large-v3" / "model.bin").open("r+b") as weights:
        weights.truncate(3_087_284_237)  # the real one's size, as a hole: it is refused before it is read
    done = cli("caption", good, "-m", "large-v3", "--max-memory", "1GiB")
    assert done.code == 2
    assert "large-v3 needs" in done.err
    assert "--max-memory allows 1.0" in done.err
    assert "Fits: tiny.en" in done.err


def test_two_clips_for_one_output_are_refused_before_work(cli: Run, tmp_path: Path, good: Path) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        shutil.copy(good, tmp_path / folder / "clip.mp4")
    done = cli("caption", "a/clip.mp4", "b/clip.mp4", "-o", "out")
    assert done.code == 2
    assert "both a/clip.mp4 and b/clip.mp4 would write out/clip.srt" in done.err
    assert not (tmp_path / "out").exists()


def test_an_output_that_would_replace_its_source(cli: Run, tmp_path: Path, good: Path) -> None:
    named = good.rename(tmp_path / "film.srt")
    before = named.read_bytes()
    done = cli("caption", named)
    assert done.code == 2
    assert "would overwrite the clip itself" in done.err
    assert named.read_bytes() == before


def test_an_output_folder_that_cannot_be_written(cli: Run, tmp_path: Path, good: Path) -> None:
    (tmp_path / "file").write_text("a file, not a folder")
    done = cli("caption", good, "-o", "file/out")
    assert done.code == 2
    assert "cannot write in file/out" in done.err


@pytest.mark.parametrize(
    ("content", "says"),
    [
        ("beamsize = 3\n", "Did you mean beam_size?"),
        ("jobs = 0\n", "expected a whole number, 1 or more"),
        ("jobs = \n", "clipforge.toml"),
    ],
)
def test_a_wrong_settings_file(cli: Run, tmp_path: Path, good: Path, content: str, says: str) -> None:
    (tmp_path / "clipforge.toml").write_text(content)
    done = cli("caption", good)
    assert done.code == 2
    assert says in done.err


def test_a_bug_leaves_a_log(cli: Run, good: Path, tmp_path: Path) -> None:
    # A module of ours that cannot be imported stands for any bug.
    (tmp_path / "sitecustomize.py").write_text("import sys\nsys.modules['clipforge.pipeline.run'] = None\n")
    done = cli("caption", good, cold=True, env={"PYTHONPATH": str(tmp_path)})
    assert done.code == 3
    assert "this is a bug in ClipForge" in done.err
    log = Path(done.err.strip().splitlines()[-1].removeprefix("The log to report: "))
    assert "Traceback" in log.read_text()
