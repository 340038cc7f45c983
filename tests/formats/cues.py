"""Cues to write and read back, ordinary and hostile."""

from __future__ import annotations

from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.words import Word
from clipforge.formats import Document

TOUR = Document("en", "small", 12_345, "tour.mp4")

HOSTILE = (
    "00:00:01,000 --> 00:00:02,000",
    "00:00:01.000 --> 00:00:02.000",
    "1\n00:00:01,000 --> 00:00:02,000\nfalse cue",
    "<i>not italic</i>",
    '<font color="red">',
    "<00:00:05.000>",
    "AT&T &amp; &lt;b&gt;",
    "one\n\n\ntwo",
    "\r\rafter\r\n\r\ncarriage returns",
    "nul\0inside",
    "bell\a escape\x1b[31m",
    "separators\x1c\x85\u2028\u2029here",
    "\ufeffbyte order mark",
    "lone \ud83d half",
    "{\\an8}{y:i}{b}",
    "C:\\New \\hard",
    "WEBVTT",
    "NOTE this",
    "STYLE\n::cue { color: red }",
    "5 < 6, 7 > 6, <3",
    "42",
    "   ",
    "",
    "‏مرحبا‏",
    "日本語。",
)


def hostile_cues() -> list[Cue]:
    """One cue a text, two seconds apart."""
    return [Cue(2000 * i + 1000, 2000 * i + 2500, (text,)) for i, text in enumerate(HOSTILE)]


def cue_lists(texts: st.SearchStrategy[str]) -> st.SearchStrategy[list[Cue]]:
    """Lists of cues in order, without overlap, up to 100 hours and beyond, with one to three lines of these texts."""
    steps = st.tuples(st.integers(0, 50_000_000), st.integers(1, 10_000), st.lists(texts, min_size=1, max_size=3))

    def lay(rows: list[tuple[int, int, list[str]]]) -> list[Cue]:
        cues, at = [], 0
        for gap, length, lines in rows:
            words = tuple(Word(line, at + gap, at + gap + length) for line in lines)
            cues.append(Cue(at + gap, at + gap + length, tuple(lines), words))
            at += gap + length
        return cues

    return st.lists(steps, max_size=12).map(lay)


def without_words(cues: list[Cue]) -> list[Cue]:
    """As a reader gives them back."""
    return [Cue(cue.in_ms, cue.out_ms, cue.lines) for cue in cues]


anything = st.one_of(st.text(), st.sampled_from(HOSTILE))
"""Any text at all, lone surrogates included."""

ordinary = st.text(st.characters(categories=("L", "N", "P", "S"), exclude_characters="<>{}\\&"), min_size=1)
"""Text that no format has to change."""
