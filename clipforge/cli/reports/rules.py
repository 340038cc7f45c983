"""What each finding is about, in a few words."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType

RULES: Mapping[str, str] = MappingProxyType(
    {
        "CF001": "parses, and reads back as the same",
        "CF002": "order, overlap, inside the clip",
        "CF003": "line length",
        "CF004": "number of lines; one if it fits",
        "CF005": "reading speed",
        "CF006": "duration",
        "CF007": "gap between cues",
        "CF008": "in sync with its words",
        "CF009": "breaks inside a phrase",
        "CF010": "balance; lone words",
        "CF011": "invented text",
        "CF012": "shot changes; safe area",
    }
)
