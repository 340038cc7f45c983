"""How much of a prompt a Whisper model takes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

MOST_TOKENS = 223
"""What prompt and hotwords together may take: half of the decoder's 448 positions, less the token that opens them.
faster-whisper allows each of them as much, and then has no room left for the words."""


@dataclass(frozen=True, slots=True)
class Prompts:
    """Prompt and hotwords as token ids, cut to what the model takes."""

    prompt: tuple[int, ...]
    hotwords: tuple[int, ...]
    cut: int
    """How many tokens were left out: of the prompt its head, of the hotwords their tail."""


def fit(prompt: str, hotwords: str, tokens_of: Callable[[str], Sequence[int]]) -> Prompts:
    """The end of the prompt and the beginning of the hotwords, as much as the model takes.

    ``tokens_of``: the model's tokenizer; it is given text that begins with a space, as words inside a sentence do.
    """
    ids = [tuple(tokens_of(f" {text.strip()}")) if text.strip() else () for text in (prompt, hotwords)]
    kept_hotwords = ids[1][:MOST_TOKENS]
    room = MOST_TOKENS - len(kept_hotwords)
    kept_prompt = ids[0][len(ids[0]) - min(room, len(ids[0])) :]
    return Prompts(kept_prompt, kept_hotwords, sum(map(len, ids)) - len(kept_prompt) - len(kept_hotwords))


def tokens_cut(model: Path, prompt: str, hotwords: str) -> int:
    """How many tokens of prompt and hotwords the model in this folder will not take.

    Loads the model's tokenizer, where the text is long enough for that to matter; 0 where it cannot be loaded, which
    the engine will say better.
    """
    if len(f" {prompt} {hotwords}".encode()) <= MOST_TOKENS:  # a token is at least one byte
        return 0
    from tokenizers import Tokenizer

    try:
        tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    except Exception:  # the library raises nothing more special
        return 0
    return fit(prompt, hotwords, lambda text: list(tokenizer.encode(text, add_special_tokens=False).ids)).cut
