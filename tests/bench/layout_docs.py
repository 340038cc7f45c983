"""Writes what docs/captions.md shows of real output: examples before and after, and the table of profiles.

Run from the root of the repository: ``python -m tests.bench.layout_docs``. A test compares the page with it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from clipforge.captions.cues import Cue
from clipforge.captions.profiles import DASH, NEW_CUE, PROFILES, WPM, Profile
from clipforge.captions.rules import Span
from tests.bench.corpus import Text, texts
from tests.bench.layout import ours
from tests.bench.others import greedy_filler

PAGE = Path(__file__).parents[2] / "docs" / "captions.md"
EXAMPLES = {
    "example-narration": ("en-narration", "netflix-en", "At", "left."),
    "example-numbers": ("en-lists", "netflix-en", "The", "free."),
    "example-interview": ("en-interview", "netflix-en", "Write", "isn't."),
    "example-french": ("fr", "netflix-en", "Ma", "bonbon."),
    "example-shorts": ("en-vlog", "shorts", "My", "away."),
}
"""Name of the block: text, profile, the first word of the excerpt (that begins a sentence) and its last."""


def excerpt(text: Text, first: str, last: str) -> Text:
    """From the first such word that begins a sentence to the next such word."""
    words = [word.text for word in text.words]
    begin = next(i for i, word in enumerate(words) if word == first and (not i or words[i - 1][-1] in '.!?"'))
    end = next(i for i in range(begin, len(words)) if words[i].rstrip('"') == last) + 1
    shift = -text.words[begin].start_ms
    return Text(text.name, text.language, tuple(word.shifted(shift) for word in text.words[begin:end]))


def show(cues: Sequence[Cue]) -> str:
    """Times in seconds, one line of the caption a line."""
    shown: list[str] = []
    for cue in cues:
        times = f"{cue.in_ms / 1000:5.2f} – {cue.out_ms / 1000:5.2f}"
        shown += [f"{times if not i else '':13}  {line}" for i, line in enumerate(cue.lines)]
    return "\n".join(shown)


def example(name: str, profile: str, first: str, last: str) -> str:
    text = excerpt(next(text for text in texts() if text.name == name), first, last)
    before, after = greedy_filler(text, PROFILES[profile]), ours(text, PROFILES[profile])
    return f"Greedy filler:\n\n```text\n{show(before)}\n```\n\nClipForge, `{profile}`:\n\n```text\n{show(after)}\n```"


def _span(span: Span) -> str:
    return f"{span.frames} frames" if span.frames else f"{span.ms / 1000:g} s"


def _speakers(profile: Profile) -> str:
    return {DASH: "`-A` / `-B` in one cue", NEW_CUE: "a cue each"}.get(profile.speakers, "`>>` before each turn")


def profile_table() -> str:
    """One row a rule, one column a profile."""
    rows: dict[str, Callable[[Profile], str]] = {
        "characters a line × lines": lambda p: f"{p.max_line_length} × {p.max_lines}",
        "reading speed, limit (aim)": lambda p: (
            f"{p.max_speed:g} ({p.aim_speed:g}) {'words a minute' if p.speed_unit == WPM else 'CPS'}"
        ),
        "a cue lasts": lambda p: f"{p.least_ms / 1000:g}–{p.most_ms / 1000:g} s",
        "least gap": lambda p: _span(p.gap),
        "gaps that are closed": lambda p: f"under {p.chain_below_ms / 1000:g} s",
        "may appear early by": lambda p: _span(p.early),
        "may linger for": lambda p: f"{p.linger_ms / 1000:g} s",
        "two speakers": _speakers,
        "words a cue": lambda p: f"{p.min_words}–{p.max_words}" if p.max_words else "any",
        "shot changes": lambda p: f"within {p.shot_zone_ms / 1000:g} s" if p.shot_zone_ms else "not looked at",
    }
    lines = ["| | " + " | ".join(f"`{name}`" for name in PROFILES) + " |", "|---" * (len(PROFILES) + 1) + "|"]
    lines += [f"| {what} | " + " | ".join(cell(p) for p in PROFILES.values()) + " |" for what, cell in rows.items()]
    return "\n".join(lines)


def blocks() -> dict[str, str]:
    """Per name, what stands on the page between its two comments."""
    return {"profiles": profile_table(), **{name: example(*what) for name, what in EXAMPLES.items()}}


def filled(page: str) -> str:
    """The page with every block as it would be made now. Raises ValueError where one has no place."""
    for name, block in blocks().items():
        begin, end = f"<!-- made: {name} -->\n", "<!-- end -->"
        head, found, tail = page.partition(begin)
        _, closed, rest = tail.partition(end)
        if not (found and closed):
            raise ValueError(name)
        page = f"{head}{begin}{block}\n{end}{rest}"
    return page


if __name__ == "__main__":
    PAGE.write_text(filled(PAGE.read_text("utf-8")), "utf-8")
