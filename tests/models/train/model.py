"""The micro Whisper in torch: Whisper's layout, with heads that start out looking where they should.

Two places of the initialisation decide whether so small a model learns in minutes: encoder heads that begin by looking
a fixed way to the side, and a decoder that begins by looking a little past the word just read (`point_forward`).
"""

from __future__ import annotations

import math
from collections.abc import Sequence

import numpy as np
import torch
from faster_whisper.feature_extractor import FeatureExtractor
from torch import Tensor, nn
from torch.nn import functional

from tests.models.train.vocabulary import TOKENS, WORDS

WIDTH, HEADS, ENCODER_LAYERS, DECODER_LAYERS = 128, 4, 3, 2
HEAD_WIDTH = WIDTH // HEADS
PAIRS = HEAD_WIDTH // 2
MELS, FRAMES, POSITIONS = 80, 1500, 448
FRAMES_PER_S = 50

ENCODER_OFFSETS = ((-12, -4, 4, 12), (-20, -7, 7, 20), (-30, -10, 10, 30))
"""For each layer and head: how many frames to the side it looks at first."""


def frequencies() -> Tensor:
    """Of the sinusoids that mark an encoder position, shape (WIDTH / 2,), as in openai/whisper."""
    return torch.exp(-math.log(10000) / (WIDTH // 2 - 1) * torch.arange(WIDTH // 2))


class Attention(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.query = nn.Linear(WIDTH, WIDTH)
        self.key = nn.Linear(WIDTH, WIDTH, bias=False)
        self.value = nn.Linear(WIDTH, WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)

    def forward(self, x: Tensor, causal: bool = False) -> Tensor:
        query, key, value = self._heads(self.query(x)), self._heads(self.key(x)), self._heads(self.value(x))
        mixed = functional.scaled_dot_product_attention(query, key, value, is_causal=causal)
        return self.out(mixed.transpose(1, 2).flatten(2))

    def across(self, x: Tensor, encoded: Tensor) -> tuple[Tensor, Tensor]:
        """Attention to the encoder, and the logarithm of head 0's weights."""
        query, key = self._heads(self.query(x)), self._heads(self.key(encoded))
        weights = (query @ key.transpose(-1, -2) / math.sqrt(HEAD_WIDTH)).float().log_softmax(-1)
        value = self._heads(self.value(encoded))
        mixed = weights.exp().to(value.dtype) @ value
        return self.out(mixed.transpose(1, 2).flatten(2)), weights[:, 0]

    def _heads(self, x: Tensor) -> Tensor:
        return x.view(*x.shape[:2], HEADS, HEAD_WIDTH).transpose(1, 2)


class Layer(nn.Module):
    def __init__(self, of_decoder: bool) -> None:
        super().__init__()
        self.norm_self = nn.LayerNorm(WIDTH)
        self.attention = Attention()
        if of_decoder:
            self.norm_cross = nn.LayerNorm(WIDTH)
            self.cross = Attention()
        self.norm_forward = nn.LayerNorm(WIDTH)
        self.expand = nn.Linear(WIDTH, 4 * WIDTH)
        self.contract = nn.Linear(4 * WIDTH, WIDTH)

    def forward(self, x: Tensor, encoded: Tensor | None = None) -> tuple[Tensor, Tensor | None]:
        x = x + self.attention(self.norm_self(x), causal=encoded is not None)
        weights = None
        if encoded is not None:
            seen, weights = self.cross.across(self.norm_cross(x), encoded)
            x = x + seen
        return x + self.contract(functional.gelu(self.expand(self.norm_forward(x)))), weights


class MicroWhisper(nn.Module):
    def __init__(self) -> None:
        super().__init__()
        self.conv1 = nn.Conv1d(MELS, WIDTH, 3, padding=1)
        self.conv2 = nn.Conv1d(WIDTH, WIDTH, 3, stride=2, padding=1)
        angles = torch.arange(FRAMES)[:, None] * frequencies()
        self.register_buffer("frame_positions", torch.cat([angles.sin(), angles.cos()], 1))
        self.encoder = nn.ModuleList(Layer(of_decoder=False) for _ in range(ENCODER_LAYERS))
        self.encoder_norm = nn.LayerNorm(WIDTH)
        self.decoder = nn.ModuleList(Layer(of_decoder=True) for _ in range(DECODER_LAYERS))
        self.decoder_norm = nn.LayerNorm(WIDTH)
        for layer, offsets in zip(self.encoder, ENCODER_OFFSETS, strict=True):
            for head, frames in enumerate(offsets):
                _look_aside(layer.attention, head, frames, first=2, gain=1.6)
        self.embedding = nn.Embedding(len(TOKENS), WIDTH)
        nn.init.normal_(self.embedding.weight, std=0.05)
        self.token_positions = nn.Parameter(torch.randn(POSITIONS, WIDTH) * 0.02)
        self.frame_word = nn.Linear(WIDTH, len(WORDS) + 1)

    def encode(self, mel: Tensor, first_frame: int = 0) -> Tensor:
        """``mel``: (batch, MELS, 2 × frames). Returns (batch, frames, WIDTH)."""
        x = functional.gelu(self.conv2(functional.gelu(self.conv1(mel)))).transpose(1, 2)
        x = x + self.frame_positions[first_frame : first_frame + x.shape[1]]
        for layer in self.encoder:
            x, _ = layer(x)
        return self.encoder_norm(x)

    def forward(self, mel: Tensor, tokens: Tensor, first_frame: int = 0) -> tuple[Tensor, Tensor, list[Tensor]]:
        """Logits per token, word logits per frame (for training alone), and each decoder layer's log weights."""
        encoded = self.encode(mel, first_frame)
        x = self.embedding(tokens) + self.token_positions[: tokens.shape[1]]
        looks = []
        for layer in self.decoder:
            x, weights = layer(x, encoded)
            looks.append(weights)
        return self.decoder_norm(x) @ self.embedding.weight.T, self.frame_word(encoded), looks


def point_forward(model: MicroWhisper, gain: float = 2.0, ahead: int = 20, first: int = 8) -> None:
    """Lays a start for the decoder over its weights: head 0 of the first layer copies the position that it looks at
    (that of the word just said, see the losses); head 0 of the last looks ``ahead`` frames past that."""
    pairs, sines = torch.arange(PAIRS), torch.arange(first, first + PAIRS)
    cosines = WIDTH // 2 + sines
    reader, pointer = model.decoder[0].cross, model.decoder[-1].cross
    with torch.no_grad():
        reader.value.weight[:HEAD_WIDTH] *= 0.3
        reader.out.weight[:, :HEAD_WIDTH] *= 0.3
        reader.value.weight[pairs, sines] += 1
        reader.value.weight[PAIRS + pairs, cosines] += 1
        reader.out.weight[sines, pairs] += gain
        reader.out.weight[cosines, PAIRS + pairs] += gain
    _look_aside(pointer, head=0, frames=ahead, first=first, gain=2.5)


def _look_aside(attention: Attention, head: int, frames: int, first: int, gain: float) -> None:
    """Lays over a head's weights that it looks so many frames past the position in its query: the query is turned by
    that many frames at each of its frequencies, counted from the ``first``."""
    start = head * HEAD_WIDTH
    sine_rows = torch.arange(start, start + PAIRS)
    cosine_rows = sine_rows + PAIRS
    sines = torch.arange(first, first + PAIRS)
    cosines = WIDTH // 2 + sines
    turn = frequencies()[sines] * frames
    query, key = attention.query.weight, attention.key.weight
    with torch.no_grad():
        query[start : start + HEAD_WIDTH] *= 0.3
        key[start : start + HEAD_WIDTH] *= 0.3
        key[sine_rows, sines] += gain
        key[cosine_rows, cosines] += gain
        query[sine_rows, sines] += gain * turn.cos()
        query[sine_rows, cosines] += gain * turn.sin()
        query[cosine_rows, cosines] += gain * turn.cos()
        query[cosine_rows, sines] -= gain * turn.sin()


class Features:
    """faster-whisper's log-mel features; zeros after the sound, as it pads them."""

    def __init__(self) -> None:
        self._filters = torch.from_numpy(FeatureExtractor().mel_filters)
        self._taper = torch.hann_window(400)

    def __call__(self, sounds: Sequence[np.ndarray[tuple[int], np.dtype[np.float32]]], frames: int) -> Tensor:
        """Shape (sounds, MELS, frames), 100 frames a second."""
        features = torch.zeros(len(sounds), MELS, frames)
        for i, sound in enumerate(sounds):
            padded = torch.from_numpy(np.pad(sound, (0, 160)))
            power = torch.stft(padded, 400, 160, window=self._taper, return_complex=True)[:, :-1].abs() ** 2
            mel = (self._filters @ power).clamp(min=1e-10).log10()
            mel = (torch.maximum(mel, mel.max() - 8) + 4) / 4
            mel = mel[:, :-1][:, :frames]
            features[i, :, : mel.shape[1]] = mel
        return features
