"""Events, drawn: for machines as JSON lines, for logs as plain lines, for people with bars.

Standard output holds results, standard error everything else. On a terminal that shows both, the bars stay below.
"""

from __future__ import annotations

import json
import time
from types import TracebackType
from typing import Protocol, TextIO

from clipforge import events
from clipforge.cli.results import (
    SHOWN_FINDINGS,
    Span,
    caption_lines,
    captions_of,
    clip_line,
    finding_lines,
    run_line,
)
from clipforge.cli.show import count, duration, one_line, size
from clipforge.events import ClipFinished, ClipMeasured, ClipProgress, Event, Notice, RunFinished, RunStarted
from clipforge.settings import Settings

LEAST_SECONDS_BETWEEN_LINES = 10.0
"""How often a log that nobody watches hears about progress."""


STAGE_SHARES = {"reading": (0.0, 0.02), "listening": (0.02, 0.1), "transcribing": (0.1, 1.0)} | dict.fromkeys(
    ("looking", "writing"), (1.0, 1.0)
)
"""Of a clip's work, where each stage begins and ends; transcribing is nearly all of it with every engine."""


class Printer(Protocol):
    """Takes every event of a run, in order."""

    def __call__(self, event: Event) -> None: ...

    def __enter__(self) -> Printer: ...

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None: ...


class JsonPrinter:
    """One object per event on standard output and nothing else there."""

    def __init__(self, out: TextIO) -> None:
        self._out = out

    def __call__(self, event: Event) -> None:
        print(json.dumps(events.as_json(event)), file=self._out, flush=True)

    def __enter__(self) -> JsonPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        pass


class PlainPrinter:
    """Lines without movement or colour."""

    def __init__(self, results: TextIO, notes: TextIO, settings: Settings, *, shows_captions: bool) -> None:
        self._results = results
        self._notes = notes
        self._settings = settings
        self._shows_captions = shows_captions
        self.progress = Progress()
        self._last_line_at = time.monotonic()

    def __enter__(self) -> PlainPrinter:
        return self

    def __exit__(self, *_: object) -> None:
        pass

    def __call__(self, event: Event) -> None:
        self.progress.take(event)
        match event:
            case Notice():
                self.note(event)
            case RunStarted():
                self.say(self.progress.headline())
            case ClipFinished():
                for line in self.result_lines(event):
                    self.print_result(event, "".join(text for text, _ in line))
            case RunFinished():
                for text in self.closing_lines(event):
                    self.say(text)
            case _:
                self._progress_line()

    def result_lines(self, event: ClipFinished) -> list[list[Span]]:
        """What a clip's end looks like, captions included where the run is about one clip."""
        lines = []
        if self._shows_captions and event.status == events.CAPTIONED and not self._settings.quiet:
            lines = caption_lines(captions_of(event.outputs))
        return [*lines, clip_line(event)]

    def closing_lines(self, event: RunFinished) -> list[str]:
        """The run in one line, and the first findings."""
        findings = self.progress.findings
        shown = len(findings) if self._settings.verbose else SHOWN_FINDINGS
        more = [f" … {len(findings) - shown} more: -v"] if len(findings) > shown else []
        return [run_line(event), *findings[:shown], *more]

    def print_result(self, event: ClipFinished, line: str) -> None:
        if not self._settings.quiet:
            print(line, file=self._results, flush=True)
        elif event.status == events.FAILED:
            print(line, file=self._notes, flush=True)

    def note(self, event: Notice) -> None:
        if event.level == "info" and not self._settings.verbose:
            return
        self.say(one_line(event.message + (f"  →  {event.remedy}" if event.remedy else "")))

    def say(self, line: str) -> None:
        if not self._settings.quiet:
            print(line, file=self._notes, flush=True)

    def _progress_line(self) -> None:
        now = time.monotonic()
        if now - self._last_line_at >= LEAST_SECONDS_BETWEEN_LINES:
            self._last_line_at = now
            self.say(self.progress.line())


class Progress:
    """Where the run stands, in seconds of media."""

    def __init__(self) -> None:
        self.started: RunStarted | None = None
        self.media_s: dict[str, float] = {}
        self.fraction: dict[str, float] = {}
        self.finished = 0
        self.never_measured = 0
        self.cached = 0
        self.used_bytes = 0
        self.findings: list[str] = []
        self._began = time.monotonic()

    def take(self, event: Event) -> None:
        match event:
            case RunStarted():
                self.started, self._began = event, time.monotonic()
            case ClipMeasured():
                self.media_s[event.clip] = event.media_s
            case ClipProgress():
                begin, end = STAGE_SHARES[event.stage]
                self.fraction[event.clip] = begin + (end - begin) * event.done
            case ClipFinished():
                self.fraction[event.clip] = 1.0
                self.findings += finding_lines(event)
                self.finished += event.status != events.UP_TO_DATE
                self.never_measured += self.started is not None and event.clip not in self.media_s
                self.cached += event.status == events.UP_TO_DATE or 0 < event.windows == event.windows_from_cache
            case events.MemoryUsed():
                self.used_bytes = event.used_bytes

    @property
    def total_s(self) -> float:
        """Seconds of media in the run; clips that are not measured yet count as the mean of those that are."""
        clips = self.started.clips if self.started else 0
        known = sum(self.media_s.values())
        unknown = max(0, clips - len(self.media_s) - self.never_measured)
        return known + unknown * known / len(self.media_s) if self.media_s else 0.0

    @property
    def done_s(self) -> float:
        return sum(self.media_s.get(clip, 0.0) * part for clip, part in self.fraction.items())

    def left_s(self) -> float | None:
        """Seconds of time left, from the pace so far; None while there is none."""
        done, total = self.done_s, self.total_s
        if done < 0.05 * total or not done:
            return None
        return (time.monotonic() - self._began) * (total - done) / done

    def headline(self) -> str:
        """`` Captioning 4 clips (1 min 52 s) with small · 2 workers · 0.4 of 18.7 GiB``."""
        if self.started is None:
            return ""
        length = f" ({duration(self.total_s)})" if self.media_s else ""
        parts = [f"Captioning {count(self.started.clips, 'clip')}{length} with {self.started.model}"]
        parts.append(count(self.started.workers, "worker"))
        budget = size(self.started.budget_bytes)
        parts.append(f"{self.used_bytes / 2**30:.1f} of {budget}" if self.used_bytes else budget)
        if self.cached:
            parts.append(f"{self.cached} from cache")
        return " " + " · ".join(parts)

    def line(self) -> str:
        """`` 58 % · 12 of 20 clips · 1 min 09 s left``."""
        total = self.total_s
        parts = [f"{100 * self.done_s / total:.0f} %" if total else "0 %"]
        if self.started:
            parts.append(f"{self.finished} of {count(self.started.clips, 'clip')}")
        left = self.left_s()
        if left is not None:
            parts.append(f"{duration(left)} left")
        return " " + " · ".join(parts)
