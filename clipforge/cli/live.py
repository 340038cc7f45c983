"""The moving picture at the bottom of a terminal: one bar for the run, one line for each clip in work."""

from __future__ import annotations

import sys
from pathlib import Path
from types import TracebackType

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from clipforge.cli.console import PlainPrinter
from clipforge.cli.results import Span
from clipforge.cli.show import duration, path_text
from clipforge.events import ClipFinished, ClipProgress, Event, Notice, RunFinished, RunStarted

ACCENT = "cyan"
MOST_ROWS = 6
STAGES_SHOWN = ("listening", "transcribing", "looking")


class LivePrinter:
    """Draws on standard error; results go above the bars where standard output is the same terminal."""

    def __init__(self, plain: PlainPrinter, *, both: bool) -> None:
        self._plain = plain
        self._progress = plain.progress
        self._both = both
        self._console = Console(file=sys.stderr, highlight=False)
        self._rows: dict[str, ClipProgress] = {}
        self._drawing = False
        self._live = Live(console=self._console, get_renderable=self._draw, refresh_per_second=8, transient=True)

    def __enter__(self) -> LivePrinter:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        try:
            self._stop()
        except OSError:
            if error is None:  # else the terminal has gone, and that is why we stop
                raise

    def __call__(self, event: Event) -> None:
        match event:
            case RunStarted():
                self._progress.take(event)
                self._live.start()
                self._drawing = True
            case ClipProgress():
                self._progress.take(event)
                self._rows.pop(event.clip, None)
                if event.stage in STAGES_SHOWN and event.done < 1:  # a clip that waits for its next stage has no row
                    self._rows[event.clip] = event
            case ClipFinished():
                self._progress.take(event)
                self._rows.pop(event.clip, None)
                for line in self._plain.result_lines(event):
                    self._result(event, line)
            case RunFinished():
                self._stop()
                for number, text in enumerate(self._plain.closing_lines(event)):
                    self._console.print(Text(text, style="" if number else "bold"))
            case Notice():
                if self._drawing:
                    self._live.stop()
                self._plain.note(event)
                if self._drawing:
                    self._live.start()
            case _:
                self._progress.take(event)

    def _result(self, event: ClipFinished, line: list[Span]) -> None:
        if self._both:
            self._console.print(Text.assemble(*line), soft_wrap=True)
        else:
            self._plain.print_result(event, "".join(text for text, _ in line))

    def _stop(self) -> None:
        if self._drawing:
            self._drawing = False
            self._live.stop()

    def _draw(self) -> RenderableType:
        progress = self._progress
        width = self._console.width
        total, done = progress.total_s, progress.done_s
        left = progress.left_s()
        overall = Table.grid(padding=(0, 1))
        overall.add_row(
            "",
            ProgressBar(total=total or 1, completed=done, width=max(10, width - 36), complete_style=ACCENT),
            f"{100 * done / total:3.0f} %" if total else "  0 %",
            f"{duration(left)} left" if left is not None else "",
        )
        rows = Table.grid(padding=(0, 1))
        name_width = max(12, width // 3)
        for row in list(self._rows.values())[-MOST_ROWS:]:
            name = Text(path_text(Path(row.clip).name), overflow="ellipsis", no_wrap=True)
            name.truncate(name_width, overflow="ellipsis", pad=True)
            bar = ProgressBar(total=1, completed=row.done, width=max(8, width - name_width - 30), complete_style=ACCENT)
            rows.add_row(" ", name, f"{row.stage:<12}", bar, f"{100 * row.done:3.0f} %")
        return Group(Text(progress.headline(), overflow="ellipsis", no_wrap=True), overall, rows)
