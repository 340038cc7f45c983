"""What the micro Whisper knows: its words, the sentences they are drawn into, and its tokens."""

from __future__ import annotations

import random
from types import MappingProxyType

CLASSES = MappingProxyType(
    {
        name: tuple(words.split())
        for name, words in {
            "num": "zero one two three four five six seven eight nine ten",
            "day": "monday tuesday wednesday thursday friday saturday sunday",
            "col": "red green blue yellow orange purple black white silver golden",
            "noun": "harbour boat captain lighthouse island bridge ferry anchor market castle river window garden "
            "camera microphone music picture story scene clip caption video editor studio director audience "
            "ticket weather storm mountain forest village doctor teacher children family coffee chocolate "
            "banana tomato kitchen hotel airport engine bicycle rocket planet elephant monkey dolphin penguin "
            "butterfly computer paper",
            "time": "morning evening today tomorrow yesterday",
            "verb": "follow open close begin finish record move turn stop wait listen watch remember",
            "prep": "under behind near between after",
            "adv": "slowly quickly together always never",
            "other": "the and we this is please hello goodbye welcome with your from left right",
        }.items()
    }
)
WORDS = tuple(word for words in CLASSES.values() for word in words)
WORD_ID = MappingProxyType({word: i for i, word in enumerate(WORDS)})

TEMPLATES = (
    "verb the col noun prep the noun",
    "the noun is prep the col noun",
    "num col noun and num noun",
    "please verb the noun adv",
    "this is the col noun from day",
    "hello noun we verb the noun time",
    "day time we verb with the noun",
    "your noun is col and the noun is col",
    "turn left prep the noun",
    "turn right prep the noun and stop",
    "welcome noun please verb the col noun",
    "goodbye noun and noun",
    "we always verb the noun from the noun",
    "record scene num with the noun",
    "verb your noun and verb the noun time",
)
"""The name of a class stands for any word of it."""


def sentence(draw: random.Random) -> str:
    """A sentence from one of the templates."""
    return " ".join(draw.choice(CLASSES[part]) if part in CLASSES else part for part in draw.choice(TEMPLATES).split())


def word_salad(draw: random.Random, least: int = 2, most: int = 9) -> str:
    """Words in no order: harder to hear than a sentence, since none of them can be guessed."""
    return " ".join(draw.choice(WORDS) for _ in range(draw.randint(least, most)))


def _byte_characters() -> list[str]:
    """GPT-2's printable character for each byte, in byte order."""
    printable = [*range(33, 127), *range(161, 173), *range(174, 256)]
    others = [byte for byte in range(256) if byte not in printable]
    character = {byte: chr(byte) for byte in printable} | {byte: chr(256 + i) for i, byte in enumerate(others)}
    return [character[byte] for byte in range(256)]


SPACE = "\u0120"
"""GPT-2's character for the space in front of a word."""
TEXT_TOKENS = (*_byte_characters(), *(SPACE + word for word in WORDS))
SPECIAL_TOKENS = (
    "<|endoftext|>",
    "<|startoftranscript|>",
    "<|translate|>",
    "<|transcribe|>",
    "<|startoflm|>",
    "<|startofprev|>",
    "<|nospeech|>",
    "<|notimestamps|>",
)
TIMESTAMP_S = 0.02
MAX_TIMESTAMP = 1500  # 30 s
TOKENS = (*TEXT_TOKENS, *SPECIAL_TOKENS, *(f"<|{i * TIMESTAMP_S:.2f}|>" for i in range(MAX_TIMESTAMP + 1)))
"""1,889 of them, and the empty token is not among them: CTranslate2 takes the model for English-only, and the prompt is
``<|startoftranscript|>`` alone. Text ids stand before that of ``<|endoftext|>``, as faster-whisper expects."""

FIRST_WORD = 256
END, START, _, _, _, PREVIOUS, NO_SPEECH, NO_TIMESTAMPS = range(len(TEXT_TOKENS), len(TEXT_TOKENS) + 8)
FIRST_TIMESTAMP = NO_TIMESTAMPS + 1
