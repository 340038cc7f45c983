"""Command lines as people know them from other Whisper tools."""

from __future__ import annotations

import pytest

from clipforge.cli.spelling import respell


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("caption a.mp4 --output_dir out", "caption a.mp4 --output-dir out"),
        ("caption a.mp4 --beam_size=8 --compute_type int8", "caption a.mp4 --beam-size=8 --compute-type int8"),
        ("caption a.mp4 --output_format vtt", "caption a.mp4 --format vtt"),
        ("caption a.mp4 --initial_prompt Hi", "caption a.mp4 --prompt Hi"),
        ("caption a.mp4 --word_timestamps True -q", "caption a.mp4 -q"),
        ("caption --word_timestamps a.mp4", "caption a.mp4"),
        ("caption --vad_filter=True a.mp4", "caption a.mp4"),
        ("caption --max_line_width 30 a.mp4", "caption --max-line-length 30 a.mp4"),
        ("caption --no_recursive a.mp4", "caption --no-recursive a.mp4"),
        ("caption --no_such_flag a.mp4", "caption --no_such_flag a.mp4"),
        ("caption -- --output_dir", "caption -- --output_dir"),
        ("caption my_clip_1.mp4", "caption my_clip_1.mp4"),
    ],
)
def test_respell(typed: str, meant: str) -> None:
    assert respell(typed.split()) == meant.split()
