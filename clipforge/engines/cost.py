"""What a model costs: memory of a worker process, and seconds of work. Pure arithmetic over the model's shape.

The constants were fitted to models of the published shapes with made-up weights, int8 on one thread, windows of 30 s
with 100 words each, beam 5, word times on. Peak resident memory of the process, measured and (as computed here), MiB:

========  ====  ===========  ===========  ===========  ===========  ==========
shape     load  batch 1      batch 2      batch 4      batch 8      s a window
========  ====  ===========  ===========  ===========  ===========  ==========
tiny       122   232  (275)   337  (365)   516  (545)   797  (904)         2.3
base       157   299  (346)   418  (474)   628  (729)  1022 (1239)         4.1
small      324   536  (618)   729  (856)  1146 (1332)  1749 (2284)        11.2
medium     831  1291 (1332)  1729 (1786)                                  32.0
turbo      881  1170 (1192)  1477 (1464)                                  31.5
large-v3  1586  2337 (2303)  3020 (2984)                                  61.3
========  ====  ===========  ===========  ===========  ===========  ==========

The seconds are of one core of a busy machine. Loading a float16 file, which is what the hub has, as int8 takes more for
a moment than running it at batch 1: 643 MiB for ``small``, 1543 for ``medium``, whose files are 461 and 1456.
"""

from __future__ import annotations

from dataclasses import dataclass

MIB = 2**20
_FRAMES = 1500  # of a 30 s window after the encoder's convolutions

PROCESS_BYTES = 90 * MIB
"""Python, faster-whisper and its libraries: 61 MiB after import, 76 to 114 with a model, its weights not counted."""
LOAD_BYTES = 100 * MIB
"""More while a model is loaded, beside the size of its file: 92 MiB for ``small``, none for ``medium`` (float16)."""
WORKSPACE_BYTES = 60 * MIB
WINDOW_BYTES = 12 * MIB
"""Of each window of a batch, whatever the model. Then, by its shape, all in float32:"""
HEAD_BYTES = _FRAMES * _FRAMES * 4
"""attention of one encoder layer, for each of its heads,"""
WIDTH_BYTES = _FRAMES * 4 * 4
"""one feed-forward layer, four times as wide as the rest, for each unit of width,"""
MEMORY_BYTES = 2 * _FRAMES * 4
"""and its frames' keys and values, for each decoder layer and unit of width."""

_TOKENS = 400  # 80 words of a window, followed by a beam of 5
_OVERHEAD_S = 0.25
_ENCODER_S_PER_GMAC, _DECODER_S_PER_GMAC = 0.013, 0.068
"""Fitted to the table's seconds, then scaled so that ``small`` takes 7 s: on an idle machine 5.4 s were measured with
60 tokens a window, and dense speech has 100."""

BYTES_PER_PARAMETER = {"float32": 4, "float16": 2, "bfloat16": 2, "int16": 2}
"""Of a compute type; 1 for all that begin with int8."""


@dataclass(frozen=True, slots=True)
class Shape:
    """What a Whisper model's cost depends on."""

    width: int
    encoder_layers: int
    decoder_layers: int
    vocabulary: int = 51_865
    heads: int = 0
    """Of an encoder layer; 0: one for each 64 of the width, as in all published sizes."""


@dataclass(frozen=True, slots=True)
class Cost:
    """What one worker process needs."""

    process_bytes: int
    """With the engine loaded, its weights not counted, and nothing to do."""
    weights_bytes: int
    """Of the weights as int8; the engine's whole model for draft."""
    load_bytes: int
    """At its peak while it loads the model."""
    window_bytes: int
    """More for each window of a batch."""
    work_s: float
    """Seconds of one core for a 30 s window full of speech, by itself."""
    decode_s: float = 0.0
    """Of these, the decoder's: what batches make less."""

    def bytes_at(self, batch_size: int, compute_type: str = "int8") -> int:
        """The peak of a worker process that takes ``batch_size`` windows at a time."""
        weights_bytes = self.weights_bytes * BYTES_PER_PARAMETER.get(compute_type, 1)
        return max(self.load_bytes, self.process_bytes + weights_bytes + batch_size * self.window_bytes)


DRAFT_COST = Cost(40 * MIB, 150 * MIB, 160 * MIB, 30 * MIB, 6.0)
"""148 MiB after load, 161 after eight clips, 181 after 30 s of noise, which is the worst for its search. Five times
real time on clear speech."""


def cost_of(shape: Shape, parameters: int, file_bytes: int) -> Cost:
    """The cost of a Whisper model. ``file_bytes``: size of its ``model.bin``."""
    attention_bytes = (shape.heads or shape.width // 64) * HEAD_BYTES
    memory_bytes = shape.decoder_layers * shape.width * MEMORY_BYTES
    return Cost(
        process_bytes=PROCESS_BYTES + WORKSPACE_BYTES,
        weights_bytes=parameters,
        load_bytes=PROCESS_BYTES + LOAD_BYTES + file_bytes,
        window_bytes=WINDOW_BYTES + attention_bytes + shape.width * WIDTH_BYTES + memory_bytes,
        work_s=round(sum(_work_s(shape)), 1),
        decode_s=_work_s(shape)[1],
    )


def _work_s(shape: Shape) -> tuple[float, float]:
    """Seconds by a window's multiplications: the encoder's, in large matrices, and the decoder's, token by token."""
    width = shape.width
    encoder = _FRAMES * shape.encoder_layers * (12 * width * width + 2 * _FRAMES * width)
    decoder = _TOKENS * (shape.decoder_layers * (14 * width * width + 2 * _FRAMES * width) + shape.vocabulary * width)
    return _OVERHEAD_S + _ENCODER_S_PER_GMAC * encoder / 1e9, _DECODER_S_PER_GMAC * decoder / 1e9
