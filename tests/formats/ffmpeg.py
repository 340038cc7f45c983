"""What ffmpeg makes of a caption file: a second reader, which shares no code with ours."""

from __future__ import annotations

import re
import subprocess

import imageio_ffmpeg

Seen = tuple[int, int, str]  # in time and out time in ms, text

_CUE = re.compile(
    r"(\d+)\n(\d+):(\d\d):(\d\d),(\d{3}) --> (\d+):(\d\d):(\d\d),(\d{3})\n(.*?)\n\n(?=\d+\n\d+:|\Z)", re.DOTALL
)


def seen_by_ffmpeg(text: str, kind: str) -> list[Seen]:
    """The cues of a file of ``kind`` (``srt`` or ``webvtt``), decoded to what is shown and printed as SubRip."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-v", "error", "-f", kind, "-i", "-", "-f", "srt", "-"]
    done = subprocess.run(command, input=text.encode("utf-8"), capture_output=True, check=True)
    assert done.stderr == b""
    printed = done.stdout.decode("utf-8")
    cues = []
    for match in _CUE.finditer(printed):
        _, *times, shown = match.groups()
        h1, m1, s1, ms1, h2, m2, s2, ms2 = map(int, times)
        # decoded WebVTT passes through ASS: that is how ffmpeg escapes there, and its SubRip encoder lets it stand
        shown = shown.replace("\\{{}", "{").replace("\\\u2060", "\\")
        cues.append((((h1 * 60 + m1) * 60 + s1) * 1000 + ms1, ((h2 * 60 + m2) * 60 + s2) * 1000 + ms2, shown))
    return cues
