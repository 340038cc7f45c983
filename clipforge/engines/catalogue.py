"""The Whisper models that have a name: where they are, how large they are, what they can do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from clipforge.engines.cost import Cost, Shape, cost_of
from clipforge.engines.pins import PINS, Pin

_EXTRAS_BYTES = 3_600_000  # tokenizer.json and vocabulary, where the pins do not say


@dataclass(frozen=True, slots=True)
class CatalogueEntry:
    """A model that `pull` can fetch."""

    pin: Pin
    """Where it is, and what its files must be."""
    shape: Shape
    parameters: int
    """Counted in the published weights; half the bytes of the published ``model.bin`` (`pins`), which is float16."""
    english_only: bool = False
    """By its vocabulary (``.en``), or because it was trained on English alone (the distilled ones)."""
    translates: bool = True
    """False where it was trained to write down only, as OpenAI says of turbo."""
    cantonese: bool = False
    """Whether it knows ``yue`` as well: the vocabulary of large-v3, which turbo shares."""

    @property
    def repo(self) -> str:
        """On the Hugging Face hub."""
        return self.pin.repo

    @property
    def download_bytes(self) -> int:
        """Of all files."""
        return self.pin.size_bytes or 2 * self.parameters + _EXTRAS_BYTES

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


def _entry(
    name: str, shape: Shape, parameters: int, *, english: bool = False, translates: bool = True
) -> CatalogueEntry:
    return CatalogueEntry(
        PINS[name], shape, parameters, english, translates and not english, cantonese=name in ("turbo", "large-v3")
    )


CATALOGUE: Mapping[str, CatalogueEntry] = MappingProxyType(
    {
        "tiny": _entry("tiny", _TINY, 37_800_000),
        "tiny.en": _entry("tiny.en", _TINY, 37_800_000, english=True),
        "base": _entry("base", _BASE, 72_600_000),
        "base.en": _entry("base.en", _BASE, 72_600_000, english=True),
        "small": _entry("small", _SMALL, 241_700_000),
        "distil-small.en": _entry("distil-small.en", _DISTIL_SMALL, 166_100_000, english=True),
        "small.en": _entry("small.en", _SMALL, 241_700_000, english=True),
        "distil-medium.en": _entry("distil-medium.en", _DISTIL_MEDIUM, 394_400_000, english=True),
        "medium": _entry("medium", _MEDIUM, 763_900_000),
        "medium.en": _entry("medium.en", _MEDIUM, 763_900_000, english=True),
        "distil-large-v2": _entry("distil-large-v2", _DISTIL_LARGE, 756_200_000, english=True),
        "distil-large-v3": _entry("distil-large-v3", _DISTIL_LARGE, 756_400_000, english=True),
        "turbo": _entry("turbo", _TURBO, 808_900_000, translates=False),
        "large-v1": _entry("large-v1", _LARGE, 1_543_300_000),
        "large-v2": _entry("large-v2", _LARGE, 1_543_300_000),
        "large-v3": _entry("large-v3", _LARGE, 1_543_500_000),
    }
)
"""By name, the better one later: ``auto`` takes the last that is here, fits and keeps up."""

ALIASES: Mapping[str, str] = MappingProxyType({"large": "large-v3", "large-v3-turbo": "turbo"})
"""Other names that people know for the same models."""

DRAFT = "draft"
AUTO = "auto"

NAMES = (AUTO, DRAFT, *CATALOGUE, *ALIASES)
"""Everything that ``--model`` takes by name."""
