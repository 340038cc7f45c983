from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from clipforge.media.find import FoundClip, find_clips


def nothing(_: Path) -> bool:
    return False


@pytest.fixture
def tree(tmp_path: Path) -> Callable[..., Path]:
    def make(*names: str) -> Path:
        for name in names:
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(b"x")
        return tmp_path

    return make


def names(clips: list[FoundClip], root: Path) -> list[str]:
    return [str(clip.path.relative_to(root)) for clip in clips]


def test_a_folder(tree: Callable[..., Path]) -> None:
    root = tree("b.mp4", "a.MKV", "sub/c.mov", "notes.txt", "a.srt", "audio.flac", "no_suffix")
    found = find_clips([root], recursive=True, skip=nothing)
    assert names(found, root) == ["a.MKV", "audio.flac", "b.mp4", "sub/c.mov"]
    assert {clip.root for clip in found} == {root}
    assert names(find_clips([root], recursive=False, skip=nothing), root) == ["a.MKV", "audio.flac", "b.mp4"]


def test_hidden_and_own_files_are_left_out(tree: Callable[..., Path]) -> None:
    root = tree("a.mp4", ".hidden.mp4", ".cache/b.mp4", "a.captioned.mp4", "skipped.mp4", "captioned.mp4")
    found = find_clips([root], recursive=True, skip=lambda path: path.stem == "skipped")
    assert names(found, root) == ["a.mp4", "captioned.mp4"]


def test_what_is_named_itself_is_taken(tree: Callable[..., Path]) -> None:
    root = tree("notes.txt", ".hidden.mp4", "a.captioned.mp4", "skipped.mp4")
    paths = [root / n for n in ("skipped.mp4", "notes.txt", ".hidden.mp4", "a.captioned.mp4", "missing.mp4")]
    found = find_clips(paths, recursive=True, skip=lambda _: True)
    assert found == [FoundClip(path, root) for path in paths]


def test_order_of_arguments_and_no_file_twice(tree: Callable[..., Path]) -> None:
    root = tree("x/b.mp4", "x/a.mp4", "y/c.mp4")
    (root / "y/link.mp4").symlink_to(root / "x/a.mp4")
    paths = [root / "y", root / "x/b.mp4", root / "x", root / "x/../x/a.mp4"]
    found = find_clips(paths, recursive=True, skip=nothing)
    # a.mp4 was met first through the link.
    assert found == [
        FoundClip(root / "y/c.mp4", root / "y"),
        FoundClip(root / "y/link.mp4", root / "y"),
        FoundClip(root / "x/b.mp4", root / "x"),
    ]


def test_loops_of_links_end(tree: Callable[..., Path]) -> None:
    root = tree("a.mp4", "sub/b.mp4")
    (root / "sub/up").symlink_to(root)
    (root / "self.mp4").symlink_to("self.mp4")
    assert names(find_clips([root], recursive=True, skip=nothing), root) == ["a.mp4", "self.mp4", "sub/b.mp4"]


def test_only_files_count_in_a_folder_and_broken_links_are_reported(tree: Callable[..., Path]) -> None:
    root = tree("a.mp4")
    os.mkfifo(root / "pipe.mp4")
    (root / "folder.mp4").mkdir()
    (root / "gone.mp4").symlink_to(root / "nowhere.mp4")
    assert names(find_clips([root], recursive=True, skip=nothing), root) == ["a.mp4", "gone.mp4"]


def test_hostile_names(tree: Callable[..., Path]) -> None:
    hostile = ["-x.mp4", "a\nb.mp4", "a.srt,drawtext=x.mp4", "http:x.mp4", "not-utf8-\udcff.mp4", "😀.mp4"]
    root = tree(*hostile)
    assert names(find_clips([root], recursive=True, skip=nothing), root) == sorted(hostile)


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_a_folder_that_may_not_be_read_is_reported(tree: Callable[..., Path]) -> None:
    root = tree("a.mp4", "closed/b.mp4")
    (root / "closed").chmod(0)
    try:
        assert names(find_clips([root], recursive=True, skip=nothing), root) == ["a.mp4", "closed"]
    finally:
        (root / "closed").chmod(0o700)


def test_nothing_found_is_the_callers_to_say(tmp_path: Path) -> None:
    assert find_clips([tmp_path], recursive=True, skip=nothing) == []
