"""Which files are linted, against what, and what a repair leaves on the disk."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from clipforge.captions.profiles import PROFILES
from clipforge.errors import NoCaptionFiles, UnknownName
from clipforge.formats.sources import parse
from clipforge.pipeline.lint import LintRequest, chosen_ids, find_caption_files, lint
from clipforge.pipeline.lint_file import IDS, FileReport, Task, lint_file
from clipforge.pipeline.lint_scene import UNKNOWN_LENGTH_MS, Against, against, name_parts, sibling_clip
from clipforge.settings import Settings
from tests.clips import make_clip, silence

ALL = frozenset(IDS)
GOOD = "1\n00:00:01,000 --> 00:00:04,000\nThe harbour wakes up before the sun does.\n\n"
OVERLAP = GOOD + "2\n00:00:03,900 --> 00:00:06,000\n<i>The boats come back.</i>\n\n"


def write(path: Path, text: str | bytes) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def task(**more: object) -> Task:
    return Task(Settings(), ALL, **more)  # type: ignore[arg-type]


def run(path: Path, **more: object) -> FileReport:
    return lint_file(path, task(**more))


def ids(report: FileReport) -> list[str]:
    return [f"{each.line} {each.finding.id}" for each in report.found]


def test_folders_are_searched_for_caption_files(tmp_path: Path) -> None:
    for name in ("b.srt", "a.VTT", "c.ass", "d.txt", "e.mp4", ".hidden.srt", "sub/f.ssa", ".git/g.srt"):
        write(tmp_path / name, "")
    (tmp_path / "sub" / "loop").symlink_to(tmp_path)
    (tmp_path / "folder.srt").mkdir()
    names = [str(p.relative_to(tmp_path)) for p in find_caption_files([tmp_path], recursive=True)]
    assert names == ["a.VTT", "b.srt", "c.ass", "sub/f.ssa"]
    assert len(find_caption_files([tmp_path], recursive=False)) == 3
    assert find_caption_files([tmp_path / "d.txt", tmp_path / "d.txt"], recursive=True) == [tmp_path / "d.txt"]


def test_nothing_found_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(NoCaptionFiles, match="no caption files"):
        lint(LintRequest((tmp_path,), task()))


@pytest.mark.parametrize(
    ("select", "ignore", "chosen"),
    [
        ([], [], set(IDS)),
        (["CF005"], [], {"CF005"}),
        (["CF01"], [], {"CF010", "CF011", "CF012"}),
        (["ALL"], ["CF00"], {"CF010", "CF011", "CF012"}),
        (["CF005"], ["CF00"], {"CF005"}),
        (["CF00"], ["CF005"], set(IDS[:9]) - {"CF005"}),
        (["CF005"], ["CF005"], set()),
        ([], ["ALL"], set()),
    ],
)
def test_ids_are_chosen_by_prefix(select: list[str], ignore: list[str], chosen: set[str]) -> None:
    assert chosen_ids(select, ignore) == chosen


def test_an_unknown_id_is_an_error() -> None:
    with pytest.raises(UnknownName, match="CF099"):
        chosen_ids(["CF099"], [])


@pytest.mark.parametrize(
    ("name", "parts"),
    [
        ("clip.srt", ("clip", "")),
        ("clip.en.srt", ("clip", "en")),
        ("clip.pt-BR.vtt", ("clip", "pt-BR")),
        ("clip.eng.forced.srt", ("clip", "en")),
        ("my.clip.srt", ("my.clip", "")),
        ("clip.mp4.srt", ("clip.mp4", "")),
        ("clip.sdh.srt", ("clip", "")),
    ],
)
def test_languages_in_names(name: str, parts: tuple[str, str]) -> None:
    assert name_parts(Path(name)) == parts


def test_the_clip_beside_a_file_is_found(tmp_path: Path) -> None:
    for name in ("tour.mp4", "tour.wav", "song.mp3", "tour.captioned.mp4"):
        write(tmp_path / name, b"x")
    found = {
        n: sibling_clip(tmp_path / n) for n in ("tour.srt", "tour.en.srt", "song.ass", "tour.mp4.vtt", "other.srt")
    }
    assert {name: clip and clip.name for name, clip in found.items()} == {
        "tour.srt": "tour.mp4",
        "tour.en.srt": "tour.mp4",
        "song.ass": "song.mp3",
        "tour.mp4.vtt": "tour.mp4",
        "other.srt": None,
    }


def by(path: Path, settings: Settings | None = None, media: Path | None = None) -> Against:
    source = parse(path.read_bytes(), path.suffix)
    assert source is not None
    return against(path, source, settings or Settings(), {}, media)


def test_frame_rate_length_and_shape_come_from_the_clip(tmp_path: Path) -> None:
    file = write(tmp_path / "tall.srt", GOOD)
    assert by(file).scene.media_ms == UNKNOWN_LENGTH_MS
    (tmp_path / "clips").mkdir()
    tall = make_clip(tmp_path / "clips" / "tall.mp4", silence(2), size=(90, 160))
    found = by(write(tmp_path / "clips" / "tall.en.srt", GOOD))
    assert found.profile == PROFILES["shorts"]
    assert (found.scene.fps, found.scene.language) == (25.0, "en")
    assert 1900 <= found.scene.media_ms <= 2200
    assert by(file, media=tall).profile == PROFILES["shorts"]


def test_the_language_is_given_or_named_or_said_or_guessed(tmp_path: Path) -> None:
    french = "WEBVTT\nLanguage: fr\n\n00:01.000 --> 00:04.000\nx\n"
    assert by(write(tmp_path / "a.vtt", french)).scene.language == "fr"
    assert by(write(tmp_path / "a.de.vtt", french)).scene.language == "de"
    assert by(write(tmp_path / "a.de.vtt", french), Settings(language="spanish")).scene.language == "es"
    guessed = GOOD.replace("does.", "does and the boats are back with all of their catch.")
    assert by(write(tmp_path / "b.srt", guessed)).scene.language == "en"
    assert (
        by(write(tmp_path / "c.srt", GOOD.replace("The harbour wakes up before the sun does.", "Hm."))).scene.language
        == ""
    )


def test_numbers_of_ones_own_go_before_the_profiles(tmp_path: Path) -> None:
    found = by(write(tmp_path / "a.srt", GOOD), Settings(max_line_length=20, max_lines=1, max_cps=9.0)).profile
    assert (found.max_line_length, found.max_lines, found.max_speed) == (20, 1, 9.0)


def test_a_finding_says_where(tmp_path: Path) -> None:
    report = run(write(tmp_path / "a.srt", OVERLAP))
    (found,) = report.found
    assert (found.line, found.finding.id, found.finding.cue) == (6, "CF002", 2)


def test_what_cannot_be_read_is_a_finding(tmp_path: Path) -> None:
    (tmp_path / "folder.srt").mkdir()
    os.mkfifo(tmp_path / "pipe.srt")
    write(tmp_path / "x.png", b"\x89PNG\r\n\x1a\n\0\0\0\r")
    messages = {}
    for name in ("none.srt", "folder.srt", "pipe.srt", "x.png"):
        (found,) = run(tmp_path / name).found
        assert (found.finding.id, found.finding.level, found.line) == ("CF001", "error", 1)
        messages[name] = found.finding.message
    assert messages == {
        "none.srt": "No such file or directory",
        "folder.srt": "a folder that may not be read",
        "pipe.srt": "is no regular file",
        "x.png": "no caption file: neither SubRip nor WebVTT nor ASS",
    }


def test_a_repair_is_written_whole_and_keeps_the_rest(tmp_path: Path) -> None:
    file = write(tmp_path / "a.srt", OVERLAP)
    file.chmod(0o640)
    report = run(file, repairs=True, writes=True)
    assert (ids(report), report.mended) == ([], 1)
    assert file.read_text() == OVERLAP.replace("00:00:04,000", "00:00:03,816")
    assert file.stat().st_mode & 0o777 == 0o640
    assert [item.name for item in tmp_path.iterdir()] == ["a.srt"]
    assert run(file, repairs=True, writes=True) == FileReport(file, ())


def test_what_would_be_repaired_is_told_and_not_written(tmp_path: Path) -> None:
    file = write(tmp_path / "a.srt", OVERLAP)
    report = run(file, repairs=True)
    assert (ids(report), report.mended) == (["6 CF002"], 1)
    assert report.texts == (OVERLAP, OVERLAP.replace("00:00:04,000", "00:00:03,816"))
    assert file.read_text() == OVERLAP


def test_a_file_in_utf_16_becomes_utf_8(tmp_path: Path) -> None:
    file = write(tmp_path / "a.srt", OVERLAP.encode("utf-16"))
    assert "1 CF001" in ids(run(file))
    assert ids(run(file, repairs=True, writes=True)) == []
    assert file.read_text(encoding="utf-8") == OVERLAP.replace("00:00:04,000", "00:00:03,816")


def test_a_guessed_encoding_is_kept(tmp_path: Path) -> None:
    file = write(tmp_path / "a.srt", OVERLAP.replace("boats", "cafés").encode("cp1252"))
    report = run(file, repairs=True, writes=True)
    assert [each.finding.id for each in report.found] == ["CF001"]
    assert b"caf\xe9s" in file.read_bytes()
    assert b"00:00:03,816" in file.read_bytes()


def test_a_link_out_of_the_folder_is_not_followed_for_writing(tmp_path: Path) -> None:
    target = write(tmp_path / "elsewhere" / "a.srt", OVERLAP)
    link = tmp_path / "here" / "a.srt"
    link.parent.mkdir()
    link.symlink_to(target)
    report = run(link, repairs=True, writes=True)
    assert report.failure is not None
    assert "symbolic link" in report.failure.message
    assert target.read_text() == OVERLAP


def test_only_what_was_selected_is_repaired(tmp_path: Path) -> None:
    file = write(tmp_path / "a.srt", OVERLAP)
    report = lint_file(file, Task(Settings(), frozenset({"CF003"}), repairs=True, writes=True))
    assert (ids(report), file.read_text()) == ([], OVERLAP)


def test_many_files_are_shared_out_and_reported_in_order(tmp_path: Path) -> None:
    note = "NOTE\n" + f"{'x' * 400}\n" * 800
    good = f"WEBVTT\n\n{note}\n00:01.000 --> 00:04.000\nThe harbour wakes up before the sun does.\n"
    names = [f"{n:02}.vtt" for n in range(16)]
    for number, name in enumerate(names):
        write(tmp_path / name, good.replace("00:04.000", "00:00.500") if number % 3 else good)
    only = Task(Settings(), frozenset({"CF002"}))
    reports = list(lint(LintRequest((tmp_path,), only, processes=2)))
    assert [report.path.name for report in reports] == names
    assert [len(report.found) for report in reports] == [int(number % 3 > 0) for number in range(16)]
