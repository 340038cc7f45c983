"""Result lines: what became of each clip, and of the run."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path

from clipforge import events, formats
from clipforge.captions.cues import Cue
from clipforge.cli.show import clock, count, duration, one_line, path_text, size
from clipforge.events import ClipFinished, RunFinished

Span = tuple[str, str]
"""Text and its style, in rich's words; empty for plain."""

_LOOKS: dict[str, Span] = {
    events.CAPTIONED: ("✓", "green"),
    events.UP_TO_DATE: ("=", "dim"),
    events.NO_SPEECH: ("–", "yellow"),
    events.NO_AUDIO: ("–", "yellow"),
    events.KEPT: ("~", "yellow"),
    events.FAILED: ("✗", "red"),
}

NAME_WIDTH = 20
SHOWN_CUES = 20
SHOWN_FINDINGS = 10


def clip_line(event: ClipFinished) -> list[Span]:
    """`` ✓ harbour-tour.mp4   9 cues   examples/harbour-tour.srt``."""
    symbol, style = _LOOKS[event.status]
    name = path_text(Path(event.clip).name)
    what = count(event.cues, "cue") if event.status == events.CAPTIONED else event.status
    head: list[Span] = [(f" {symbol} ", style), (f"{name:<{NAME_WIDTH}}  ", ""), (f"{what:<10}", style)]
    tail = [path_text(path) for path in event.outputs]
    if event.status == events.NO_SPEECH and tail:
        tail[-1] += " (empty)"
    if event.findings:
        tail.append(count(len(event.findings), "finding"))
    if event.message:
        tail.append(one_line(event.message))
    if event.remedy:
        tail.append(f"→  {one_line(event.remedy)}")
    return [*head, ("  " + "  ".join(tail), "")] if tail else head


def run_line(event: RunFinished) -> str:
    """`` 3 captioned, 1 without speech in 14.2 s · 7.9× real time · peak 0.6 GiB``."""
    parts = [
        (event.captioned, "captioned"),
        (event.up_to_date, "up to date"),
        (event.no_speech, "without speech"),
        (event.no_audio, "without audio"),
        (event.kept, "kept"),
        (event.failed, "failed"),
    ]
    facts = [f"{', '.join(f'{n} {what}' for n, what in parts if n)} in {duration(event.took_s)}"]
    if event.media_s and event.took_s:
        facts.append(f"{event.media_s / event.took_s:.1f}× real time")
    if event.saved_s >= 0.1:
        facts.append(f"{duration(event.saved_s)} of work saved")
    if event.peak_bytes:
        facts.append(f"peak {size(event.peak_bytes)}")
    return " " + " · ".join(facts)


def finding_lines(event: ClipFinished) -> list[str]:
    """``market.srt cue 4 CF005 reading speed 21.3 > 20 CPS (netflix-en)``; ``clipforge lint`` names lines instead."""
    name = path_text(Path(event.outputs[0]).name) if event.outputs else ""
    return [f" {name} cue {finding}".replace(" cue 0 ", " ", 1) for finding in event.findings]


def captions_of(outputs: Iterable[str]) -> Sequence[Cue]:
    """The cues of the first output that can be read back; none if there is no such file."""
    for path in outputs:
        known = formats.FORMATS.get(Path(path).suffix.removeprefix("."))
        if known is not None and known.read is not None:
            return known.read(Path(path).read_text(encoding="utf-8"))
    return ()


def caption_lines(cues: Sequence[Cue]) -> list[list[Span]]:
    """The first captions with their in times, as they will be seen."""
    lines: list[list[Span]] = []
    for cue in cues[:SHOWN_CUES]:
        for number, text in enumerate(cue.lines):
            when = clock(cue.in_ms) if number == 0 else ""
            lines.append([(f"   {when:>7}  ", "dim"), (one_line(text), "")])
    if len(cues) > SHOWN_CUES:
        lines.append([(f"            … {len(cues) - SHOWN_CUES} more", "dim")])
    return lines
