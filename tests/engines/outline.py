"""Model folders of any size that take no space: whole by their headers, with holes where the weights would be."""

from __future__ import annotations

import struct
from pathlib import Path

from clipforge.engines.cost import Shape

MICRO = Path(__file__).parent.parent / "models" / "micro-whisper"
"""A real model, for all that has to be understood."""

INT8, FLOAT16 = (1, 1), (4, 2)
"""(CTranslate2's number of the type, bytes of one weight)."""


def make_folder(
    path: Path, shape: Shape, mels: int = 80, spec: str = "WhisperSpec", of: tuple[int, int] = INT8
) -> Path:
    """A folder like a converted Whisper model of this shape."""
    path.mkdir(parents=True)
    (path / "config.json").write_text("{}")
    (path / "tokenizer.json").write_text("{}")
    (path / "vocabulary.json").write_text("[]")
    (path / "preprocessor_config.json").write_text("{}")
    width = shape.width
    variables: list[tuple[str, tuple[int, ...]]] = [
        ("decoder/embeddings/weight", (shape.vocabulary, width)),
        ("encoder/conv1/weight", (width, mels, 3)),
    ]
    for part, layers, squares in (("encoder", shape.encoder_layers, 12), ("decoder", shape.decoder_layers, 16)):
        for layer in range(layers):
            variables.append((f"{part}/layer_{layer}/self_attention/linear_0/weight", (squares * width, width)))
            variables.append((f"{part}/layer_{layer}/self_attention/layer_norm/gamma", (width,)))
    with (path / "model.bin").open("wb") as file:
        file.write(struct.pack("<I", 6) + _text(spec) + struct.pack("<II", 3, len(variables)))
        for name, sides in variables:
            count = 1
            for side in sides:
                count *= side
            file.write(_text(name) + struct.pack(f"<B{len(sides)}IBI", len(sides), *sides, of[0], count * of[1]))
            file.seek(count * of[1], 1)
        file.write(struct.pack("<I", 1) + _text("decoder/projection/weight") + _text("decoder/embeddings/weight"))
    return path


def _text(text: str) -> bytes:
    raw = text.encode() + b"\0"
    return struct.pack("<H", len(raw)) + raw
