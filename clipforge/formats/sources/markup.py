"""What of a cue's text is seen, and moving its line breaks without touching anything else.

A place in a text is known by how much ink stands before it: characters that are no white space. Markup, spaces and line
breaks have none, so a place is the same in a file and in what is seen of it.
"""

from __future__ import annotations

import html
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from types import MappingProxyType

from clipforge.formats.text import shown_lines


@dataclass(frozen=True, slots=True)
class Markup:
    """What is not text, in one format."""

    tag: re.Pattern[str]
    """Matches one tag."""
    signs: str
    """Where none of these characters stands, there is no markup."""
    line_break: re.Pattern[str]
    """Matches one line break."""
    soft_break: str = ""
    """What stands for a space at which a line may break."""
    has_references: bool = False
    """True where ``&amp;`` is ``&``."""
    hard_space: str = ""
    """What stands for a space at which no line breaks."""

    def has_tags(self, body: str) -> bool:
        return bool(self.tag.search(body))

    def seen(self, body: str) -> tuple[str, ...]:
        """The lines as they are seen; empty where nothing is."""
        if any(sign in body for sign in self.signs):
            body = self.tag.sub("", body)
            if self.soft_break:
                body = body.replace(self.soft_break, " ")
            if self.hard_space:
                body = body.replace(self.hard_space, "\u00a0")
            body = self.line_break.sub("\n", body)
            if self.has_references:
                body = html.unescape(body)
        else:
            body = self.line_break.sub("\n", body)
        body = _ODD_BREAKS.sub(" ", body)
        return tuple(shown_lines(body.split("\n")))


_ODD_BREAKS = re.compile("[\v\f\x1c-\x1e\x85\u2028\u2029]")
_NEWLINE = re.compile("\r\n|\n|\r")
_SPACE = "[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f \u2028\u2029]"

SUBRIP = Markup(re.compile(r"</?[A-Za-z][^<>\r\n]*>|\{\\[^{}\r\n]*\}|\ufeff"), "<{\ufeff", _NEWLINE)
WEBVTT = Markup(re.compile(r"<[^>]*>|\ufeff"), "<&\ufeff", _NEWLINE, has_references=True)
ASS = Markup(re.compile(r"\{[^{}]*\}|\ufeff"), "{\\\ufeff", re.compile(r"\\N"), soft_break="\\n", hard_space="\\h")

MARKUP: Mapping[str, Markup] = MappingProxyType({"srt": SUBRIP, "vtt": WEBVTT, "ass": ASS})

TAG, BREAK, SPACE, TEXT = "tag", "break", "space", "text"


@dataclass(frozen=True, slots=True)
class _Piece:
    kind: str
    raw: str
    ink: int = 0


@lru_cache
def _pattern(markup: Markup) -> re.Pattern[str]:
    space = f"(?:{re.escape(markup.soft_break)}|{_SPACE})+" if markup.soft_break else f"{_SPACE}+"
    texts = [re.escape(markup.hard_space)] if markup.hard_space else []
    texts += [r"&#?\w+;"] if markup.has_references else []
    parts = {TAG: markup.tag.pattern, BREAK: markup.line_break.pattern, SPACE: space, TEXT: "|".join([*texts, "."])}
    return re.compile("|".join(f"(?P<{kind}>{pattern})" for kind, pattern in parts.items()), re.DOTALL)


def _pieces(body: str, markup: Markup) -> list[_Piece]:
    found = []
    for match in _pattern(markup).finditer(body):
        kind, raw = match.lastgroup or TEXT, match.group()
        shown = html.unescape(raw) if markup.has_references else raw
        ink = sum(not char.isspace() for char in shown) if kind == TEXT and raw != markup.hard_space else 0
        found.append(_Piece(kind, raw, ink))
    return found


def places(lines: Sequence[str]) -> set[int]:
    """The places at which these lines break."""
    found, ink = set(), 0
    for line in lines[:-1]:
        ink += _ink(line)
        found.add(ink)
    return found


def _ink(text: str) -> int:
    return sum(not char.isspace() for char in text)


def _spaced(lines: Sequence[str]) -> set[int]:
    """The places within lines at which there is a space."""
    found, ink = set(), 0
    for line in lines:
        for char in line:
            if char.isspace():
                found.add(ink)
            else:
                ink += 1
    return found


def rebroken(body: str, lines: Sequence[str], markup: Markup, line_break: str) -> str:
    """The body with its text broken into these lines, which say the same in other lines.

    ``line_break``: what ends a line in this file.
    """
    wanted, spaced = places(lines), _spaced(lines)
    parts: list[str] = []
    gap: list[_Piece] = []
    ink = 0
    for piece in _pieces(body, markup):
        if not piece.ink:
            gap.append(piece)
            continue
        parts += _joined(gap, ink in wanted, ink in spaced, line_break) if ink else [p.raw for p in gap]
        parts.append(piece.raw)
        gap = []
        ink += piece.ink
    return "".join([*parts, *(piece.raw for piece in gap)])


def _joined(gap: Sequence[_Piece], breaks: bool, spaced: bool, line_break: str) -> list[str]:
    """What stands between two characters, with a line break or without one."""
    if breaks == any(piece.kind == BREAK for piece in gap):
        return [piece.raw for piece in gap]
    between = line_break if breaks else " " if spaced else ""
    parts = []
    done = False
    for piece in gap:
        if piece.kind not in (BREAK, SPACE):
            parts.append(piece.raw)
        elif not done:
            parts.append(between)
            done = True
    return parts if done else [*_after_closing_tags(parts, between)]


def _after_closing_tags(parts: Sequence[str], between: str) -> list[str]:
    closing = 0
    while closing < len(parts) and parts[closing].startswith("</"):
        closing += 1
    return [*parts[:closing], between, *parts[closing:]]
