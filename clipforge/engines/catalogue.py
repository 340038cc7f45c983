"""The Whisper models that have a name: where they are, how large they are, what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clipforge.engines.cost import Cost, Shape, cost_of

_EXTRAS_BYTES = 3_000_000  # tokenizer.json and vocabulary: 2.2 to 3.6 MB


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model that `pull` can fetch."""

    repo: str
    """On the Hugging Face hub; as faster-whisper names it (``faster_whisper/utils.py``)."""
    shape: Shape
    parameters: int
    """Counted in the published weights."""
    english_only: bool = False
    """By its vocabulary (``.en``), or because it was trained on English alone (the distilled ones)."""
    translates: bool = True
    """False where it was trained to write down only, as OpenAI says of turbo."""

    @property
    def download_bytes(self) -> int:
        """The published files are float16: two bytes a parameter."""
        return 2 * self.parameters + _EXTRAS_BYTES

    @property
    def cost(self) -> Cost:
        return cost_of(self.shape, self.parameters, 2 * self.parameters)

    @property
    def resident_bytes(self) -> int:
        """Of a worker process at batch 1, int8 on a CPU, at its peak."""
        return self.cost.bytes_at(1)


# width, encoder layers, decoder layers
_TINY, _BASE, _SMALL, _MEDIUM = Shape(384, 4, 4), Shape(512, 6, 6), Shape(768, 12, 12), Shape(1024, 24, 24)
_LARGE, _TURBO = Shape(1280, 32, 32), Shape(1280, 32, 4)
_DISTIL_SMALL, _DISTIL_MEDIUM, _DISTIL_LARGE = Shape(768, 12, 4), Shape(1024, 24, 2), Shape(1280, 32, 2)


def _english(repo: str, shape: Shape, parameters: int) -> CatalogueEntry:
    return CatalogueEntry(repo, shape, parameters, english_only=True, translates=False)


CATALOGUE: Mapping[str, CatalogueEntry] = MappingProxyType(
    {
        "tiny": CatalogueEntry("Systran/faster-whisper-tiny", _TINY, 37_800_000),
        "tiny.en": _english("Systran/faster-whisper-tiny.en", _TINY, 37_800_000),
        "base": CatalogueEntry("Systran/faster-whisper-base", _BASE, 72_600_000),
        "base.en": _english("Systran/faster-whisper-base.en", _BASE, 72_600_000),
        "small": CatalogueEntry("Systran/faster-whisper-small", _SMALL, 241_700_000),
        "distil-small.en": _english("Systran/faster-distil-whisper-small.en", _DISTIL_SMALL, 166_100_000),
        "small.en": _english("Systran/faster-whisper-small.en", _SMALL, 241_700_000),
        "distil-medium.en": _english("Systran/faster-distil-whisper-medium.en", _DISTIL_MEDIUM, 394_400_000),
        "medium": CatalogueEntry("Systran/faster-whisper-medium", _MEDIUM, 763_900_000),
        "medium.en": _english("Systran/faster-whisper-medium.en", _MEDIUM, 763_900_000),
        "distil-large-v2": _english("Systran/faster-distil-whisper-large-v2", _DISTIL_LARGE, 756_200_000),
        "distil-large-v3": _english("Systran/faster-distil-whisper-large-v3", _DISTIL_LARGE, 756_400_000),
        "turbo": CatalogueEntry("mobiuslabsgmbh/faster-whisper-large-v3-turbo", _TURBO, 808_900_000, translates=False),
        "large-v1": CatalogueEntry("Systran/faster-whisper-large-v1", _LARGE, 1_543_300_000),
        "large-v2": CatalogueEntry("Systran/faster-whisper-large-v2", _LARGE, 1_543_300_000),
        "large-v3": CatalogueEntry("Systran/faster-whisper-large-v3", _LARGE, 1_543_500_000),
    }
)
"""By name, the better one later: ``auto`` takes the last that is here, fits and keeps up."""

ALIASES: Mapping[str, str] = MappingProxyType({"large": "large-v3", "large-v3-turbo": "turbo"})
"""Other names that people know for the same models."""

DRAFT = "draft"
AUTO = "auto"

NAMES = (AUTO, DRAFT, *CATALOGUE, *ALIASES)
"""Everything that ``--model`` takes by name."""
