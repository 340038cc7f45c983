"""From torch's weights to the CTranslate2 folder that faster-whisper loads."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from ctranslate2.specs.model_spec import NumpyVariable, visit_spec
from ctranslate2.specs.whisper_spec import WhisperSpec
from tokenizers import AddedToken, Tokenizer, decoders, models, pre_tokenizers

from tests.models.train.model import DECODER_LAYERS, ENCODER_LAYERS, HEADS, MELS
from tests.models.train.synthesize import RATE
from tests.models.train.vocabulary import END, SPACE, TOKENS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Weights = dict[str, NDArray[np.float32]]

HALF = np.float32(63 / 127)


def export(weights_file: Path, folder: Path) -> None:
    """Writes ``model.bin`` (int8), ``config.json``, the tokenizer and the size of the features."""
    state = torch.load(weights_file, map_location="cpu", weights_only=True)
    weights: Weights = {name: tensor.float().numpy() for name, tensor in state.items()}
    spec = WhisperSpec(ENCODER_LAYERS, HEADS, DECODER_LAYERS, HEADS)
    _encoder(spec.encoder, weights)
    _decoder(spec.decoder, weights)
    spec.register_vocabulary(list(TOKENS))
    spec.config.suppress_ids = []
    spec.config.suppress_ids_begin = [TOKENS.index(SPACE)]  # the end may come first: such a text is empty
    spec.config.lang_ids = []
    spec.config.alignment_heads = [[DECODER_LAYERS - 1, 0]]
    spec.validate()
    spec.optimize(quantization="int8")
    _halve(spec)
    folder.mkdir(parents=True, exist_ok=True)
    spec.save(str(folder))
    _tokenizer().save(str(folder / "tokenizer.json"))
    features = {"feature_size": MELS, "sampling_rate": RATE, "hop_length": 160, "chunk_length": 30, "n_fft": 400}
    (folder / "preprocessor_config.json").write_text(json.dumps(features), "utf-8")


def _halve(spec: WhisperSpec) -> None:
    """Lets no weight be above half of what int8 holds, and the scales with them.

    Processors without VNNI add two products of a weight (8 bits, signed) and an activation (8 bits, unsigned) in 16
    bits, and cut off what does not fit. Two halves always fit, so that the model hears the same on all processors.
    """

    def halve(layer: Any, name: str, value: Any) -> None:
        if isinstance(value, NumpyVariable) and value.dtype == "int8" and value.shape:
            scale = getattr(layer, f"{name.rpartition('/')[2]}_scale")
            value.array = np.rint(value.array * HALF).astype(np.int8)
            scale.array = (scale.array * HALF).astype(np.float32)

    visit_spec(spec, halve)


def _tokenizer() -> Tokenizer:
    """A tokenizer without merges: a word is a token as it stands, anything else is bytes."""
    vocabulary = {token: i for i, token in enumerate(TOKENS)}
    tokenizer = Tokenizer(models.BPE(vocab=vocabulary, merges=[], ignore_merges=True))
    tokenizer.pre_tokenizer = pre_tokenizers.ByteLevel(add_prefix_space=False)
    tokenizer.decoder = decoders.ByteLevel()
    tokenizer.add_special_tokens([AddedToken(token, special=True, normalized=False) for token in TOKENS[END:]])
    return tokenizer


def _encoder(encoder: Any, weights: Weights) -> None:
    _linear(encoder.conv1, weights, "conv1")
    _linear(encoder.conv2, weights, "conv2")
    encoder.position_encodings.encodings = weights["frame_positions"]
    _norm(encoder.layer_norm, weights, "encoder_norm")
    for i, layer in enumerate(encoder.layer):
        _layer(layer, weights, f"encoder.{i}")


def _decoder(decoder: Any, weights: Weights) -> None:
    decoder.embeddings.weight = decoder.projection.weight = weights["embedding.weight"]
    decoder.position_encodings.encodings = weights["token_positions"]
    _norm(decoder.layer_norm, weights, "decoder_norm")
    for i, layer in enumerate(decoder.layer):
        _layer(layer, weights, f"decoder.{i}")
        cross = f"decoder.{i}.cross"
        _norm(layer.attention.layer_norm, weights, f"decoder.{i}.norm_cross")
        _linear(layer.attention.linear[0], weights, f"{cross}.query")
        _linear(layer.attention.linear[1], weights, f"{cross}.key", f"{cross}.value")
        _linear(layer.attention.linear[2], weights, f"{cross}.out")


def _layer(layer: Any, weights: Weights, name: str) -> None:
    own = f"{name}.attention"
    _norm(layer.self_attention.layer_norm, weights, f"{name}.norm_self")
    _linear(layer.self_attention.linear[0], weights, f"{own}.query", f"{own}.key", f"{own}.value")
    _linear(layer.self_attention.linear[1], weights, f"{own}.out")
    _norm(layer.ffn.layer_norm, weights, f"{name}.norm_forward")
    _linear(layer.ffn.linear_0, weights, f"{name}.expand")
    _linear(layer.ffn.linear_1, weights, f"{name}.contract")


def _norm(layer: Any, weights: Weights, name: str) -> None:
    layer.gamma, layer.beta = weights[f"{name}.weight"], weights[f"{name}.bias"]


def _linear(layer: Any, weights: Weights, *names: str) -> None:
    """One layer of the given ones laid over each other; one without a bias (keys) gets zeros."""
    matrices = [weights[f"{name}.weight"] for name in names]
    biases = [weights.get(f"{name}.bias") for name in names]
    layer.weight = np.concatenate(matrices)
    layer.bias = np.concatenate(
        [
            np.zeros(len(matrix), np.float32) if bias is None else bias
            for matrix, bias in zip(matrices, biases, strict=True)
        ]
    )
