"""Where captions go, and what is refused before any work."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.errors import BadSetting, OutputClash, OutputIsSource
from clipforge.media.find import FoundClip
from clipforge.pipeline.names import check_template, output_path, refuse_clashes
from clipforge.settings import Settings


def clip(path: str, root: str) -> FoundClip:
    return FoundClip(Path(path), Path(root))


def test_beside_the_clip_by_default() -> None:
    assert output_path(clip("in/a.b.mp4", "in"), Settings(), "srt", None) == Path("in/a.b.srt")


def test_folders_are_mirrored_below_the_output_folder() -> None:
    settings = Settings(output_dir=Path("out"))
    assert output_path(clip("in/day/one/a.mp4", "in"), settings, "vtt", None) == Path("out/day/one/a.vtt")
    assert output_path(clip("in/a.mp4", "in"), settings, "vtt", None) == Path("out/a.vtt")


def test_template() -> None:
    settings = Settings(name_template="{stem}.{lang}.{ext}")
    assert output_path(clip("a.mp4", "."), settings, "srt", "de") == Path("a.de.srt")
    assert output_path(clip("a.mp4", "."), settings, "srt", None) == Path("a.und.srt")
    assert output_path(clip("a{b}.mp4", "."), settings, "srt", "de") == Path("a{b}.de.srt")


@pytest.mark.parametrize(
    "template",
    [
        "{stem}",
        "captions.{ext}",
        "{stem}.{ext}.{model}",
        "{stem",
        "sub/{stem}.{ext}",
        "{stem.__class__}.{ext}",
        "{}.{ext}",
    ],
)
def test_a_template_that_cannot_work_is_refused(template: str) -> None:
    with pytest.raises(BadSetting, match="name-template"):
        check_template(template)


def test_two_clips_for_one_output() -> None:
    clips = [clip("in/a.mp4", "in"), clip("in/a.mov", "in")]
    with pytest.raises(OutputClash) as caught:
        refuse_clashes(clips, Settings(), ["srt"])
    assert caught.value.message == "both in/a.mp4 and in/a.mov would write in/a.srt"
    refuse_clashes(clips, Settings(name_template="{name}.{ext}"), ["srt"])


def test_files_of_one_name_from_two_folders() -> None:
    clips = [clip("x/a.mp4", "x"), clip("y/a.mp4", "y")]
    refuse_clashes(clips, Settings(), ["srt"])
    with pytest.raises(OutputClash):
        refuse_clashes(clips, Settings(output_dir=Path("out")), ["srt"])


def test_an_output_never_replaces_a_clip() -> None:
    with pytest.raises(OutputIsSource):
        refuse_clashes([clip("in/a.srt", "in")], Settings(), ["srt"])
    with pytest.raises(OutputIsSource):
        refuse_clashes([clip("in/a.mp4", "in"), clip("in/a.srt", "in")], Settings(), ["srt"])
