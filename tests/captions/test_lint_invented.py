"""Invented text: credits, farewells, loops, and more text than the speech under it can have held."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from clipforge.captions.cues import Cue
from clipforge.captions.lint import check
from clipforge.captions.phrases import CREDITS, SIGN_OFFS, plain
from clipforge.captions.profiles import PROFILES
from clipforge.captions.repeats import most_repeats, repeats
from clipforge.captions.scene import Scene
from clipforge.captions.words import Doubt, Word

Speech = tuple[tuple[int, int], ...] | None


def invented(*texts: str, language: str = "en", speech: Speech = None) -> list[str]:
    """What CF011 says of cues of three seconds each, the first from 1 s."""
    cues = [Cue(1000 + 4000 * i, 4000 + 4000 * i, tuple(text.split("\n"))) for i, text in enumerate(texts)]
    found = check(cues, PROFILES["netflix-en"], Scene(language, 600_000, 25.0, speech_ms=speech))
    assert all((f.level, f.repairable) == ("warning", False) and f.source for f in found if f.id == "CF011")
    return [f"{f.cue} {f.message}" for f in found if f.id == "CF011"]


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Subtitles by the Amara.org community"),
        ("en", "Untertitelung des ZDF für funk, 2017"),
        ("de", "Untertitel im Auftrag des ZDF, 2020"),
        ("fr", "Sous-titres réalisés par\nla communauté d'Amara.org"),
        ("fr", "Sous-titrage ST' 501"),
        ("it", "Sottotitoli e revisione a cura di QTSS"),
        ("ru", "Субтитры сделал DimaTorzok"),
        ("ko", "MBC 뉴스 이덕영입니다."),
        ("zh", "请不吝点赞 订阅 转发 打赏支持明镜与点点栏目"),
    ],
)
def test_credits_count_in_every_language_and_over_any_speech(language: str, text: str) -> None:
    said = f"1 a credit that engines invent: {' '.join(text.split(chr(10)))[:41]}"
    for speech in (None, ((0, 60_000),), ()):
        (found,) = invented(text, language=language, speech=speech)
        assert found.startswith(said)


@pytest.mark.parametrize(
    ("language", "text"),
    [
        ("en", "Thanks for watching!"),
        ("en", "Thank you for watching."),
        ("fr", "Merci d'avoir regardé cette vidéo !"),
        ("de", "Vielen Dank fürs Zuschauen."),
        ("es", "¡Gracias por ver el video!"),
        ("pt-BR", "Obrigado por assistir."),
        ("it", "Grazie per la visione."),
        ("nl", "Bedankt voor het kijken!"),
        ("ja", "ご視聴ありがとうございました。"),
        ("zh", "谢谢观看"),
        ("sw", "Thanks for watching!"),
    ],
)
def test_farewells_count_where_no_speech_is_known_to_be(language: str, text: str) -> None:
    assert len(invented(text, language=language)) == 1
    assert len(invented(text, language=language, speech=((20_000, 30_000),))) == 1
    assert invented(text, language=language, speech=((1200, 3500),)) == [], "somebody said it"


@pytest.mark.parametrize(
    "text",
    [
        "Thanks for watching the dogs.",
        "He said thank you for watching\nthe shop while I was out.",
        "We subtitled it ourselves.",
        "The amaranth grows here.",
    ],
)
def test_what_only_looks_like_it_is_left_alone(text: str) -> None:
    assert invented(text) == []


def test_every_phrase_is_written_as_texts_are_compared() -> None:
    for phrase in [*CREDITS, *(phrase for group in SIGN_OFFS.values() for phrase in group)]:
        assert plain(phrase) == phrase
        assert len(phrase) >= 4


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("No, no, no, no, no!", '1 "no" in a row: times 5 > 3 (netflix-en)'),
        ("Come on, come on, come on.", '1 "come on" in a row: times 3 > 2 (netflix-en)'),
        (
            "And so I think that\nso I think that so I think that.",
            '1 "so i think that" in a row: times 3 > 2 (netflix-en)',
        ),
    ],
)
def test_a_phrase_over_and_over(text: str, message: str) -> None:
    assert invented(text) == [message]


@pytest.mark.parametrize("text", ["No, no, no!", "Come on, come on.", "ha ha ha", "- - - - -", "1 2 3 1 2 3"])
def test_people_repeat_themselves_too(text: str) -> None:
    assert invented(text) == []


def test_loops_without_spaces() -> None:
    assert invented("ありがとうありがとうありがとう", language="ja") == [
        '1 "ありがとう" in a row: times 3 > 2 (netflix-en)'
    ]
    assert invented("ははははは", language="ja") == []


def test_the_same_cue_over_and_over() -> None:
    assert invented("No!", "No!") == []
    assert invented("I see.", "I see.", "I see.", "I see.", "Yes.") == [
        "3 the same text in a row: cues 3 > 2 (netflix-en)",
        "4 the same text in a row: cues 4 > 2 (netflix-en)",
    ]


def test_little_speech_under_much_text() -> None:
    text = "What happens to a fishing port?"  # 31 characters: 620 ms at 50 a second
    assert invented(text, speech=()) == ["1 speech under it 0 < 620 ms (netflix-en)"]
    half = ((0, 900), (1100, 1400), (9000, 9999))  # 300 ms in the 400 ms before the cue, 300 ms under it
    assert invented(text, speech=half) == ["1 speech under it 600 < 620 ms (netflix-en)"]
    assert invented(text, speech=((1100, 2400),)) == []
    assert invented(text, speech=None) == [], "unknown is not none"


@pytest.mark.parametrize("text", ["[door slams]", "(LAUGHTER)", "♪ La la la ♪", "【拍手】", "*sighs*"])
def test_sound_labels_need_no_speech(text: str) -> None:
    assert invented(text, speech=()) == []


def test_words_that_the_engine_doubts_are_told_where_they_were_kept() -> None:
    texts = ["I", "was", "here.", "Bye", "bye", "now."]
    words = tuple(Word(text, 1000 + 400 * i, 1300 + 400 * i) for i, text in enumerate(texts))
    doubt = Doubt(words[3:], ("little speech", "no speech"), dropped=True)
    cue = Cue(1000, 3500, ("I was here. Bye bye now.",), words)
    found = check([cue], PROFILES["netflix-en"], Scene("en", 60_000, 25.0, doubts=(doubt,)))
    assert [f.message for f in found if f.id == "CF011"] == [
        "may be invented (little speech, no speech): Bye bye now. (netflix-en)"
    ]


WORDS = st.lists(st.sampled_from(["a", "b", "B,", "c", "-", "d."]), max_size=40)


@given(WORDS)
def test_a_found_phrase_really_repeats(words: list[str]) -> None:
    found = repeats(words)
    plain_words = [w for word in words if (w := word.lower().strip(".,-"))]
    if found is None:
        assert not any(plain_words[i : i + 4] == [plain_words[i]] * 4 for i in range(len(plain_words) - 3))
        return
    phrase, times = found
    assert times > most_repeats(len(phrase))
    run = list(phrase) * times
    starts = [i for i in range(len(plain_words)) if plain_words[i : i + len(run)] == run]
    assert starts


def test_ten_thousand_equal_cues_are_each_told() -> None:
    cues = [Cue(1000 * i, 1000 * i + 900, ("Yes.",)) for i in range(10_000)]
    speech = tuple((1000 * i, 1000 * i + 500) for i in range(10_000))
    found = check(cues, PROFILES["shorts"], Scene("en", 10_000_000, 25.0, speech_ms=speech))
    assert len([f for f in found if f.id == "CF011"]) == 9_998
