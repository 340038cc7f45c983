"""Words to lay out: texts read aloud with made-up but lifelike times, and strategies for any times at all."""

from __future__ import annotations

import random

from hypothesis import strategies as st

from clipforge.captions.words import Word

NARRATION = (
    "The harbour wakes up before the sun does. At four in the morning, the first boats come back with their catch, and "
    "the ice machines start to hum along the quay. By six, the market is already loud: buyers from the big restaurants "
    "argue over the price of turbot, while the smaller fishmongers wait for whatever is left. Maria Santos has worked "
    "here for thirty-one years. She knows every skipper by name, and most of them have known her since they were "
    "children. Last year, the city council approved a plan to turn the old warehouses into apartments, and the first "
    "residents will move in next spring. Some people think that it will bring new life to the waterfront. Others, like "
    "Maria, are not so sure. What happens to a fishing port when there are no more fishermen? Nobody can say."
)
LECTURE = (
    "So what I want to do today is to give you an overview of how memory works in a modern operating system and why "
    "it matters to you even if you never write a single line of kernel code in your life. The first thing to "
    "understand is that the addresses that your program sees are not real. They are virtual. Every time the processor"
    " reads or writes, the memory management unit translates that virtual address into a physical one, using a table "
    "that the operating system maintains for each process."
)
DIALOGUE = (
    "Are you coming? No. Why not? Because I don't want to. Come on, it's going to be fun. You said that last time. "
    "Last time was different! We had no idea that it would rain. Dr. Evans knew. He always knows. Fine, stay here "
    "then. I will. Good. Good! Wait, where are you going? Out. I told you, I'm meeting Sarah Connor at 9 p.m. in "
    "front of the old cinema on Main Street, and I'm already late, so if you want to come with me you'd better put "
    "your shoes on."
)
FRENCH = (
    "Bonjour à tous et bienvenue dans ce nouvel épisode. Aujourd'hui, nous allons parler de l'histoire du métro "
    "parisien, qui a été inauguré le 19 juillet 1900 à l'occasion de l'Exposition universelle. Ce jour-là, peu de gens "
    "s'étaient déplacés, parce que l'ouverture n'avait pas été annoncée dans les journaux."
)
GERMAN = (
    "Guten Abend, meine Damen und Herren, und herzlich willkommen zur heutigen Sendung. Die Bundesregierung hat am "
    "Mittwoch beschlossen, dass die Förderung für den Ausbau der erneuerbaren Energien bis zum Ende des Jahres "
    "verlängert wird."
)
JAPANESE = (
    "今日は天気がいいので、公園まで散歩に行きました。"
    "公園にはたくさんの人がいて、子供たちはサッカーボールで遊んでいました。"
)


def read_aloud(
    text: str, cps: float = 15, seed: int = 1, start_ms: int = 300, speaker: str | None = None
) -> list[Word]:
    """The words of a text at a speaking rate, with pauses after its punctuation."""
    chance = random.Random(seed)  # noqa: S311
    words: list[Word] = []
    time_ms = start_ms
    for token in text.split():
        lasts = max(80, round((len(token) + 1) * 1000 / cps * chance.uniform(0.8, 1.2)))
        words.append(Word(token, time_ms, time_ms + lasts, speaker=speaker))
        time_ms += lasts
        if token[-1] in ".!?":
            time_ms += chance.randint(350, 900)
        elif token[-1] in ",;:":
            time_ms += chance.randint(80, 300)
    return words


def read_characters(text: str, ms_per_character: int = 110) -> list[Word]:
    """The same for a script without spaces: a word per character, punctuation on the one before."""
    words: list[Word] = []
    time_ms = 300
    for char in text:
        if char in "。、，？！":
            last = words.pop()
            words.append(Word(last.text + char, last.start_ms, last.end_ms, glued=last.glued))
            time_ms += 300
        else:
            words.append(Word(char, time_ms, time_ms + ms_per_character, glued=bool(words)))
            time_ms += ms_per_character
    return words


def undressed(words: list[Word]) -> list[Word]:
    """As an engine without punctuation and capitals would have written them."""
    return [Word(w.text.strip('.,;:!?"').lower(), w.start_ms, w.end_ms) for w in words]


TEXTS = st.one_of(
    st.text(st.sampled_from("abcdefghijABCDE'-.,!?"), min_size=1, max_size=12),
    st.sampled_from(
        [
            "the",
            "a",
            "and",
            "of",
            "I",
            "Dr.",
            "no.",
            "5",
            "km",
            "l'homme",
            "公園",
            "を",
            "ですね。",
            "שלום",
            "👨‍👩‍👧",
            "é",
        ]
    ),
    st.text(st.sampled_from("abc"), min_size=40, max_size=60),
)
SPEAKERS = st.sampled_from([None, None, None, "A", "B"])


def any_words() -> st.SearchStrategy[list[Word]]:
    """Words with any times whatever."""
    time_ms = st.integers(-2000, 90_000)
    made = st.builds(Word, TEXTS, time_ms, time_ms, glued=st.booleans(), speaker=SPEAKERS)
    return st.lists(made, min_size=1, max_size=40)


def spoken_words(least_ms: int = 30) -> st.SearchStrategy[list[Word]]:
    """Words in order, each as long as a mouth needs, with silences of any length between them."""
    mark = st.sampled_from(["", "", "", "", ",", ".", "?"])
    pause_ms = st.sampled_from([0, 0, 0, 0, 0, 20, 150, 400, 900, 1900, 2600, 9000])
    spoken = st.tuples(st.integers(1, 11), mark, st.integers(least_ms, 900), pause_ms)
    return st.builds(_spoken, st.lists(spoken, min_size=1, max_size=40), st.integers(0, 3000))


def _spoken(spoken: list[tuple[int, str, int, int]], time_ms: int) -> list[Word]:
    words: list[Word] = []
    for length, mark, lasts_ms, pause_ms in spoken:
        end_ms = time_ms + max(lasts_ms, 25 * length)
        words.append(Word("abcdefghijk"[:length] + mark, time_ms, end_ms))
        time_ms = end_ms + pause_ms
    return words
