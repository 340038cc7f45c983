"""What a CTranslate2 ``model.bin`` says of itself: which kind of model, how large, and whether the file is whole.

Only the headers are read, a seek per variable: milliseconds, whatever the size. The format is that of
``ctranslate2/specs/model_spec.py``: version, name and revision of the spec, then each variable with its shape, type and
bytes, then the aliases. Of a version other than 6 only the name is read.
"""

from __future__ import annotations

import re
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

WHISPER = "WhisperSpec"
_READABLE_VERSION = 6
_MAX_NAME = 512
_MAX_VARIABLES = 100_000  # large-v3 has about 2,000


class Unreadable(ValueError):
    """The file is not a whole CTranslate2 model; the text says why."""


@dataclass(frozen=True, slots=True)
class Weights:
    """The outline of a model file."""

    spec: str
    """``WhisperSpec`` for a Whisper model."""
    shapes: Mapping[str, tuple[int, ...]]
    """Of every variable."""
    size_bytes: int
    encoder_heads: int = 0
    """0 where the file does not say."""

    @property
    def parameters(self) -> int:
        """How many numbers the weights hold, quantization scales left out."""
        total = 0
        for name, shape in self.shapes.items():
            count = 1
            for side in shape:
                count *= side
            total += 0 if name.endswith("weight_scale") else count
        return total

    @property
    def width(self) -> int:
        """Of the decoder's embeddings; 0 where the model has none."""
        shape = self.shapes.get("decoder/embeddings/weight", ())
        return shape[1] if len(shape) == 2 else 0

    @property
    def vocabulary(self) -> int:
        """Tokens that the decoder knows; 0 where the model has none."""
        shape = self.shapes.get("decoder/embeddings/weight", ())
        return shape[0] if len(shape) == 2 else 0

    @property
    def mels(self) -> int:
        """Mel bins that the encoder takes; 0 where the model has none."""
        shape = self.shapes.get("encoder/conv1/weight", ())
        return shape[1] if len(shape) == 3 else 0

    def layers(self, part: str) -> int:
        """Layers of ``encoder`` or ``decoder``."""
        return len({name.split("/")[1] for name in self.shapes if re.match(rf"{part}/layer_\d+/", name)})


def read_weights(path: Path) -> Weights:
    """The outline of ``path``. Raises `Unreadable`; OSError where it cannot be read."""
    size_bytes = path.stat().st_size
    with path.open("rb") as file:
        try:
            version, spec = _integer(file, "<I"), _text(file)
            if version != _READABLE_VERSION:
                if not (0 < version < 100 and spec.isascii() and spec.isidentifier()):
                    raise Unreadable("model.bin is not a CTranslate2 model")
                return Weights(spec, {}, size_bytes)
            _integer(file, "<I")  # revision of the spec
            shapes, heads = _variables(file, size_bytes)
        except (struct.error, UnicodeDecodeError):
            raise Unreadable(_why(path, size_bytes)) from None
    return Weights(spec, shapes, size_bytes, heads)


def _variables(file: BinaryIO, size_bytes: int) -> tuple[dict[str, tuple[int, ...]], int]:
    """Shapes by name, and the encoder's heads. Each variable is proven to lie inside the file, up to the last alias."""
    shapes: dict[str, tuple[int, ...]] = {}
    heads = 0
    count = _integer(file, "<I")
    if count > _MAX_VARIABLES:
        raise Unreadable("model.bin is not a CTranslate2 model")
    for _ in range(count):
        name = _text(file)
        rank = _integer(file, "<B")
        shapes[name] = struct.unpack(f"<{rank}I", file.read(4 * rank))
        _integer(file, "<B")  # type
        length = _integer(file, "<I")
        if name == "encoder/num_heads":
            heads = int.from_bytes(file.read(length), "little")
            length = 0
        if file.seek(length, 1) > size_bytes:
            raise Unreadable(f"model.bin is cut short: it ends inside {name}")
    for _ in range(_integer(file, "<I")):
        _text(file)
        _text(file)
    return shapes, heads


def _why(path: Path, size_bytes: int) -> str:
    if size_bytes == 0:
        return "model.bin is empty"
    with path.open("rb") as file:
        if file.read(32).startswith(b"version https://git-lfs"):
            return "model.bin is a Git LFS pointer, not the model: run git lfs pull there"
    return "model.bin is cut short, or is not a CTranslate2 model"


def _integer(file: BinaryIO, form: str) -> int:
    value: int = struct.unpack(form, file.read(struct.calcsize(form)))[0]
    return value


def _text(file: BinaryIO) -> str:
    length = _integer(file, "<H")
    if not 0 < length <= _MAX_NAME:
        raise struct.error
    raw = file.read(length)
    if len(raw) != length or raw[-1:] != b"\0":
        raise struct.error
    return raw[:-1].decode("utf-8")
