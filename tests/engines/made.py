"""A small multilingual Whisper that says what it is told, whatever it hears: for languages and texts nobody recorded.

The way of it: each position of the decoder carries the direction of the token that is to follow, strongly enough for
the made-up layers not to matter. All else is as in a real model: 51,865 tokens, languages, tasks, alignment heads.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
from ctranslate2.specs.whisper_spec import WhisperSpec
from numpy.typing import NDArray
from tokenizers import AddedToken, Tokenizer, decoders, models

from clipforge.engines.languages import LANGUAGES

if TYPE_CHECKING:
    from clipforge.engines.base import Samples

WIDTH, VOCABULARY, PROMPT = 64, 51_865, 4  # prompt: start, language, task, no timestamps


def make_whisper(
    folder: Path, script: Sequence[str], language: str = "es", sounds: Mapping[str, Samples] | None = None
) -> Path:
    """A model folder. Every window is heard as the tokens of ``script``, and as spoken in ``language``.

    ``sounds``: two languages with a sound for each; a window is then spoken in the one whose sound it is more like.
    """
    if sounds is not None:
        scratch = make_whisper(folder.with_name(f"{folder.name}-deaf"), script, language)
        return _save(folder, script, tuple(sounds), [_heard(scratch, sound) for sound in sounds.values()])
    return _save(folder, script, (language,), [])


def _heard(folder: Path, sound: Samples) -> NDArray[np.float32]:
    """What the encoder makes of a sound, on average over the window's frames."""
    from faster_whisper import WhisperModel
    from faster_whisper.audio import pad_or_trim

    model = WhisperModel(str(folder), device="cpu", compute_type="int8", local_files_only=True)
    encoded = np.asarray(model.encode(pad_or_trim(model.feature_extractor(sound)[..., :-1])))
    mean: NDArray[np.float32] = encoded[0].mean(0)
    return mean


def _save(folder: Path, script: Sequence[str], languages: Sequence[str], heard: Sequence[NDArray[np.float32]]) -> Path:
    rng = np.random.default_rng(0)
    distinct = list(dict.fromkeys(script))
    tokens, special = _vocabulary(distinct)
    ids = {token: i for i, token in enumerate(tokens)}
    spec = WhisperSpec(1, 1, 1, 1)
    _fill(spec, rng)
    spoken = [f"<|{language}|>" for language in languages]
    direction = {token: axis for axis, token in enumerate([*distinct, "<|endoftext|>", *spoken])}
    if heard:
        _listen_for(spec, heard, [direction[token] for token in spoken])
    embeddings = rng.standard_normal((VOCABULARY, WIDTH), np.float32) * np.float32(0.005)
    for token, axis in direction.items():
        embeddings[ids[token]] = 0
        embeddings[ids[token], axis] = 3
    positions = rng.standard_normal((448, WIDTH), np.float32) * np.float32(0.05)
    for at in range(448):
        step = max(at - (PROMPT - 1), 0)
        token = script[step] if step < len(script) else "<|endoftext|>"
        for towards in spoken if at == 0 else [token]:
            positions[at, direction[towards]] += 12
    spec.decoder.embeddings.weight = spec.decoder.projection.weight = embeddings
    spec.decoder.position_encodings.encodings = positions
    spec.register_vocabulary(tokens)
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [ids["<|endoftext|>"]]
    spec.config.lang_ids = [ids[f"<|{code}|>"] for code in LANGUAGES if code != "yue"]
    spec.config.alignment_heads = [[0, 0]]
    spec.validate()
    spec.optimize(quantization="int8")
    folder.mkdir(parents=True)
    spec.save(str(folder))
    tokenizer = Tokenizer(models.WordLevel(ids, unk_token="<unk>"))  # noqa: S106  # a token of another kind
    tokenizer.decoder = decoders.Fuse()
    tokenizer.add_special_tokens([AddedToken(token, special=True) for token in special if "." not in token])
    tokenizer.save(str(folder / "tokenizer.json"))
    sizes = {"feature_size": 80, "sampling_rate": 16000, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(sizes))
    return folder


def _listen_for(spec: WhisperSpec, heard: Sequence[NDArray[np.float32]], axes: Sequence[int]) -> None:
    """Lets the decoder's look at the sound push each position towards the language whose sound is nearer."""
    first, second = heard
    between = (first - second) / np.sum((first - second) ** 2)  # 1 apart along this
    middle = float(between @ (first + second)) / 2
    attention = spec.decoder.layer[0].attention
    value, bias = np.zeros((WIDTH, WIDTH), np.float32), np.zeros(WIDTH, np.float32)
    for axis, push in zip(axes, (8.0, -8.0), strict=True):
        value[axis], bias[axis] = push * between, -push * middle
    attention.linear[1].weight[WIDTH:], attention.linear[1].bias[WIDTH:] = value, bias
    attention.linear[2].weight, attention.linear[2].bias = np.eye(WIDTH, dtype=np.float32), np.zeros(WIDTH, np.float32)


def _vocabulary(words: Sequence[str]) -> tuple[list[str], list[str]]:
    special = ["<|endoftext|>", "<|startoftranscript|>"]
    special += [f"<|{code}|>" for code in LANGUAGES if code != "yue"]
    special += [f"<|{name}|>" for name in ("translate", "transcribe", "startoflm", "startofprev")]
    special += ["<|nospeech|>", "<|notimestamps|>"]
    special += [f"<|{i * 0.02:.2f}|>" for i in range(1501)]
    text = ["", "<unk>", *words]  # the empty token is what makes a model multilingual
    text += [f" w{i}" for i in range(VOCABULARY - len(special) - len(text))]
    return text + special, special


def _fill(spec: WhisperSpec, rng: np.random.Generator) -> None:
    """Small random numbers for every weight that is not set elsewhere."""

    def normal(*shape: int) -> NDArray[np.float32]:
        return rng.standard_normal(shape, np.float32) * np.float32(0.01)

    def norm(layer: object) -> None:
        layer.gamma, layer.beta = np.ones(WIDTH, np.float32), np.zeros(WIDTH, np.float32)  # type: ignore[attr-defined]

    def linear(layer: object, outputs: int, inputs: int) -> None:
        layer.weight, layer.bias = normal(outputs, inputs), np.zeros(outputs, np.float32)  # type: ignore[attr-defined]

    encoder, decoder = spec.encoder, spec.decoder
    for conv, inputs in ((encoder.conv1, 80), (encoder.conv2, WIDTH)):
        conv.weight, conv.bias = normal(WIDTH, inputs, 3), np.zeros(WIDTH, np.float32)
    encoder.position_encodings.encodings = normal(1500, WIDTH)
    norm(encoder.layer_norm)
    norm(decoder.layer_norm)
    for layer in (encoder.layer[0], decoder.layer[0]):
        norm(layer.ffn.layer_norm)
        linear(layer.ffn.linear_0, 4 * WIDTH, WIDTH)
        linear(layer.ffn.linear_1, WIDTH, 4 * WIDTH)
    of_self = (3 * WIDTH, WIDTH)
    blocks = [(encoder.layer[0].self_attention, of_self), (decoder.layer[0].self_attention, of_self)]
    for attention, outputs in (*blocks, (decoder.layer[0].attention, (WIDTH, 2 * WIDTH, WIDTH))):
        norm(attention.layer_norm)
        for part, count in zip(attention.linear, outputs, strict=True):
            linear(part, count, WIDTH)
