"""Whisper models of real shape with made-up weights, for timing and memory.

Run it: ``python -m tests.bench.timing_model small FOLDER``.

The folder loads in everything that reads CTranslate2 Whisper models. It has the shapes of the real model of that name,
and so its arithmetic and its memory, in int8. Its words mean nothing: whatever it hears, each window is the same so
many words and then the end, so that every program that runs it does the same decoding work, and a comparison of two
programs is one of how they use a model. The word times are arbitrary: who judges words by them may drop some.

The way of it: the last feed-forward block of the decoder turns the direction of one token's embedding into that of the
next, so strongly that the random layers before it do not matter. What is said depends on the last token alone: not on
prompts, times or what was said before. Next likely to the word that follows is the same word again, so that the beams
beside the best one end one word after it.
"""

from __future__ import annotations

import argparse
import json
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

import numpy as np

from clipforge.engines.languages import LANGUAGES

if TYPE_CHECKING:
    from ctranslate2.specs.whisper_spec import WhisperSpec
    from numpy.typing import NDArray

    Floats = NDArray[np.float32]

POSITIONS, FRAMES, TIMESTAMPS = 448, 1500, 1501
MAX_FIRST_TIMESTAMP = 50  # a text begins within the first second: openai/whisper, max_initial_timestamp
MAX_TOKENS = 220
"""Half of the decoder's positions, less the tokens that open and close a text: what Whisper itself allows a window."""


@dataclass(frozen=True)
class Shape:
    width: int
    encoder_layers: int
    decoder_layers: int
    mels: int = 80
    languages: int = 99

    @property
    def heads(self) -> int:
        return self.width // 64


SHAPES = MappingProxyType(
    {
        "tiny": Shape(384, 4, 4),
        "base": Shape(512, 6, 6),
        "small": Shape(768, 12, 12),
        "medium": Shape(1024, 24, 24),
        "large-v3": Shape(1280, 32, 32, mels=128, languages=100),
        "turbo": Shape(1280, 32, 4, mels=128, languages=100),
    }
)
"""Source: openai/whisper, ``ModelDimensions`` of the published checkpoints."""


def make(shape: str | Shape, folder: Path, *, tokens: int = 60, multilingual: bool = True) -> Path:
    """Writes the model folder and returns it. Each window of speech is ``tokens`` words of one token each.

    The English-only kind has one token fewer and no languages in its prompt. Raises `ValueError` for a name that is
    not in `SHAPES`, and for ``tokens`` outside 1 to `MAX_TOKENS`.
    """
    if isinstance(shape, str) and shape not in SHAPES:
        raise ValueError(f"no shape {shape!r}; there are {', '.join(SHAPES)}")
    if not 1 <= tokens <= MAX_TOKENS:
        raise ValueError(f"{tokens} tokens; a window holds 1 to {MAX_TOKENS}")
    sizes = SHAPES[shape] if isinstance(shape, str) else shape
    vocabulary = _Vocabulary.of(pseudo_words(tokens), sizes.languages, multilingual)
    _write_weights(folder, sizes, vocabulary)
    _write_tokenizer(folder, vocabulary)
    features = {"feature_size": sizes.mels, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), "utf-8")
    return folder


def pseudo_words(count: int) -> list[str]:
    """Different words of two or three syllables with a space before each; no phrase recurs, as in natural text."""
    draw = random.Random(0)  # noqa: S311  # no secret
    words: dict[str, None] = {}
    while len(words) < count:
        syllables = (draw.choice("bdfgklmnprst") + draw.choice("aeiou") for _ in range(draw.choice((2, 2, 3))))
        words[" " + "".join(syllables) + draw.choice(("", "n", "r", "s"))] = None
    return list(words)


@dataclass(frozen=True)
class _Vocabulary:
    tokens: tuple[str, ...]
    script: tuple[str, ...]
    languages: tuple[str, ...]
    special: tuple[str, ...]
    """Between the text and the timestamps."""

    @classmethod
    def of(cls, script: Sequence[str], languages: int, multilingual: bool) -> _Vocabulary:
        spoken = tuple(f"<|{code}|>" for code in list(LANGUAGES)[:languages])
        special = ("<|endoftext|>", "<|startoftranscript|>", *spoken, "<|translate|>", "<|transcribe|>")
        special += ("<|startoflm|>", "<|startofprev|>", "<|nospeech|>", "<|notimestamps|>")
        # CTranslate2 takes a model for multilingual when the empty token is in its vocabulary.
        text = [*([""] if multilingual else []), "<unk>", *script]
        text_count = 50_257 if multilingual else 50_256
        text += [f" w{i}" for i in range(text_count - len(text))]
        times = (f"<|{i * 0.02:.2f}|>" for i in range(TIMESTAMPS))
        return cls((*text, *special, *times), tuple(script), spoken, special)


def _write_weights(folder: Path, sizes: Shape, vocabulary: _Vocabulary) -> None:
    from ctranslate2.specs.whisper_spec import WhisperSpec

    spec = WhisperSpec(sizes.encoder_layers, sizes.heads, sizes.decoder_layers, sizes.heads)
    _Filler(sizes).fill(spec)
    _teach(spec, sizes, vocabulary)
    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    spec.register_vocabulary(list(vocabulary.tokens))
    spec.config.suppress_ids = [ids["<unk>"]]
    spec.config.suppress_ids_begin = [ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids[language] for language in vocabulary.languages]
    layers = range(sizes.decoder_layers // 2, sizes.decoder_layers)
    spec.config.alignment_heads = [[layer, head] for layer in layers for head in range(0, sizes.heads, 4)]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))


def _write_tokenizer(folder: Path, vocabulary: _Vocabulary) -> None:
    from tokenizers import AddedToken, Tokenizer, decoders, models

    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))  # noqa: S106  # a token of another kind
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in vocabulary.special])
    tokenizer.save(str(folder / "tokenizer.json"))


class _Filler:
    """Random weights for every layer; none of them stands out against what `_teach` lays over them."""

    def __init__(self, sizes: Shape) -> None:
        self._width, self._mels = sizes.width, sizes.mels
        self._draw = np.random.default_rng(0)

    def fill(self, spec: WhisperSpec) -> None:
        width, encoder, decoder = self._width, spec.encoder, spec.decoder
        for conv, inputs in ((encoder.conv1, self._mels), (encoder.conv2, width)):
            conv.weight, conv.bias = self._normal(width, inputs, 3), np.zeros(width, np.float32)
        encoder.position_encodings.encodings = self._normal(FRAMES, width, scale=0.1)
        decoder.position_encodings.encodings = self._normal(POSITIONS, width, scale=0.001)
        for stack in (encoder, decoder):
            self._norm(stack.layer_norm)
            for layer in stack.layer:
                self._attention(layer.self_attention, (3 * width, width))
                self._norm(layer.ffn.layer_norm)
                self._linear(layer.ffn.linear_0, 4 * width, width)
                self._linear(layer.ffn.linear_1, width, 4 * width, scale=0.0005)
        for layer in decoder.layer:
            self._attention(layer.attention, (width, 2 * width, width))

    def _normal(self, *shape: int, scale: float = 0.02) -> Floats:
        return self._draw.standard_normal(shape, np.float32) * np.float32(scale)

    def _norm(self, layer: Any) -> None:
        layer.gamma, layer.beta = np.ones(self._width, np.float32), np.zeros(self._width, np.float32)

    def _linear(self, layer: Any, outputs: int, inputs: int, scale: float = 0.02) -> None:
        layer.weight, layer.bias = self._normal(outputs, inputs, scale=scale), np.zeros(outputs, np.float32)

    def _attention(self, attention: Any, outputs: Sequence[int]) -> None:
        self._norm(attention.layer_norm)
        for layer, count in zip(attention.linear, outputs, strict=True):
            self._linear(layer, count, self._width)
        attention.linear[-1].weight *= np.float32(0.005)


def _teach(spec: WhisperSpec, sizes: Shape, vocabulary: _Vocabulary) -> None:
    """Lays the script over the weights: embeddings, and the last feed-forward block of the decoder.

    Every word of the script has an axis of its own, and so have the kinds of other tokens. One hidden unit stands for
    one axis: where it hears it, it adds that of what follows, and a little of its own.

    A text with times ends with one, so that a program goes on with the next whole window and not behind the last word:
    by Whisper's rules a time is due when all times together are likelier than any other token. Without times, the end
    is the likeliest token.
    """
    last = len(vocabulary.script) - 1
    prompt, end, other, opening, english, closing, closed = range(last + 1, last + 8)
    ids = {token: i for i, token in enumerate(vocabulary.tokens)}
    embeddings = np.random.default_rng(1).standard_normal((len(ids), sizes.width), np.float32) * np.float32(0.005)
    embeddings[:, : closed + 1] = 0
    first_time = ids["<|0.00|>"]
    after_start = first_time + MAX_FIRST_TIMESTAMP + 1
    axes = np.full(len(ids), other)
    axes[ids["<|startoftranscript|>"] : after_start] = prompt
    axes[after_start:] = closed
    axes[[ids[word] for word in vocabulary.script]] = range(last + 1)
    axes[ids["<|endoftext|>"]] = end
    axes[ids["<|startoftranscript|>"]] = opening
    embeddings[np.arange(len(ids)), axes] = 1
    embeddings[ids[vocabulary.languages[0]], english] = 1
    embeddings[first_time, prompt] = 2  # the likeliest first time
    embeddings[after_start:, closing] = 1
    embeddings[-1, closing] = 1.1  # the likeliest last one
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = embeddings
    follows = {axis: axis + 1 for axis in range(last)}  # the script, word by word
    follows |= {last: end, end: end, other: end, closed: end, prompt: 0, opening: english if "" in ids else 0}
    feed_forward = spec.decoder.layer[-1].ffn
    # Every other unit: int8 products are added in pairs, and processors without VNNI cut off the sum of two large ones.
    for unit, (heard, said) in zip(range(0, 4 * sizes.width, 2), follows.items(), strict=False):
        feed_forward.linear_0.weight[unit] = 0
        feed_forward.linear_0.weight[unit, heard] = 1
        feed_forward.linear_1.weight[:, unit] = 0
        feed_forward.linear_1.weight[heard, unit] = 0.3
        feed_forward.linear_1.weight[said, unit] = 1
        if heard == last:  # a time is exp(4) times less likely than the end, and there are 1,450 of them
            feed_forward.linear_1.weight[closing, unit] = 1 - 4 * (2 / sizes.width) ** 0.5


def main() -> None:
    parser = argparse.ArgumentParser(description="Write a Whisper model of real shape for timing.")
    parser.add_argument("shape", choices=SHAPES)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--tokens", type=int, default=60, help="words that each window yields")
    parser.add_argument("--english-only", action="store_true", help="like the .en models: no languages")
    given = parser.parse_args()
    make(given.shape, given.folder, tokens=given.tokens, multilingual=not given.english_only)


if __name__ == "__main__":
    main()
