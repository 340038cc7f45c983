"""What stands between two words."""

from __future__ import annotations

from pathlib import Path

import pytest

from clipforge.captions.breaks import COST, Joint, joints_of
from clipforge.captions.languages import language_of


def joint_at(text: str, language: str = "en") -> Joint:
    """The joint at the bar in the text."""
    before = text.partition("|")[0].split()
    words = text.replace("|", " ").split()
    return joints_of(words, [False] * len(words), language_of(language))[len(before)]


def test_better_places_cost_less() -> None:
    assert list(COST) == sorted(COST)
    assert len(COST) == len(Joint)


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("It is over. | We left", "en", Joint.SENTENCE),
        ('"Over?" | We left', "en", Joint.SENTENCE),
        ("He asked Dr. | Evans", "en", Joint.BOUND),
        ("at 9 p.m. | in front", "en", Joint.PREPOSITION),
        ("at 9 p.m. | We left", "en", Joint.SENTENCE),
        ("music by J. | Bach", "en", Joint.BOUND),
        ("three things: | salt", "en", Joint.CLAUSE),
        ("the boats, | the nets", "en", Joint.COMMA),
        ("the boats came | and went", "en", Joint.CONJUNCTION),
        ("he thanked us all | and left", "en", Joint.CONJUNCTION),
        ("they moved | into the house", "en", Joint.PREPOSITION),
        ("I think | we should", "en", Joint.PREPOSITION),
        ("the boats | came", "en", Joint.PLAIN),
        ("the | boats", "en", Joint.BOUND),
        ("a big | boat", "en", Joint.BOUND),
        ("a beautiful | boat", "en", Joint.LOOSE),
        ("and then Maria | Santos came", "en", Joint.BOUND),
        ("that she | knows", "en", Joint.BOUND),
        ("it has | gone", "en", Joint.BOUND),
        ("we've | gone", "en", Joint.BOUND),
        ("they don't | know", "en", Joint.BOUND),
        ("about 5 | km", "en", Joint.BOUND),
        ("they went | of", "en", Joint.PREPOSITION),
        ("they went to | bed", "en", Joint.BOUND),
        ("even | if it rains", "en", Joint.LOOSE),
        ("turn it | off now", "en", Joint.BOUND),
        ("turned the lights | off.", "en", Joint.BOUND),
        ("they ran | down the hill", "en", Joint.LOOSE),
        ("when you | can see", "en", Joint.BOUND),
        ("Mr. | and Mrs. Green", "en", Joint.BOUND),
        ("we met Captain | Ahab", "en", Joint.BOUND),
        ("follow the captain | and sing", "en", Joint.CONJUNCTION),
        ("follow the captain | tomorrow", "en", Joint.PLAIN),
        ("kommt er | mit dem Zug", "de", Joint.LOOSE),
        ("la ville | ?", "fr", Joint.GLUED),
        ("dit « | bonjour »", "fr", Joint.GLUED),
        ("pendant trois jours. » | Je ne sais pas", "fr", Joint.SENTENCE),
        ("er kam | – und ging", "de", Joint.GLUED),
        ("er kam – | und ging", "de", Joint.CLAUSE),
        ("It is over. | - And now?", "en", Joint.SENTENCE),
        ("la casa | de mi abuela", "es", Joint.PREPOSITION),
        ("para una | casa", "es", Joint.BOUND),
        ("je l'ai | mangé", "fr", Joint.BOUND),
        ("il a vu | l'homme", "fr", Joint.PLAIN),
        ("le jour | qu'il est venu", "fr", Joint.CONJUNCTION),
        ("das kleine | Haus", "de", Joint.BOUND),
        ("Haus und Hof | Garten", "de", Joint.PLAIN),
        ("ele disse | que não", "pt", Joint.CONJUNCTION),
        ("dell' | acqua", "it", Joint.BOUND),
        ("het oude | huis", "nl", Joint.BOUND),
        ("the | boats", "xx", Joint.PLAIN),
        ("Maria | Santos", "", Joint.PLAIN),
    ],
)
def test_joints(text: str, language: str, expected: Joint) -> None:
    assert joint_at(text, language) is expected


@pytest.mark.parametrize(
    ("before", "after", "language", "expected"),
    [
        ("don", "'t", "en", Joint.GLUED),
        ("公", "園", "ja", Joint.PLAIN),
        ("は", "た", "ja", Joint.BOUND),
        ("で", "遊", "ja", Joint.PREPOSITION),
        ("サ", "ッ", "ja", Joint.BOUND),
        ("園", "、", "ja", Joint.GLUED),
        ("的", "人", "zh", Joint.PREPOSITION),
        ("我", "们", "zh", Joint.BOUND),
        ("很", "好", "", Joint.PLAIN),
        ("ก", "ิน", "th", Joint.GLUED),
    ],
)
def test_joints_without_a_space(before: str, after: str, language: str, expected: Joint) -> None:
    assert joints_of([before, after], [False, True], language_of(language))[1] is expected


def marked(file: str) -> list[tuple[str, str, bool, bool]]:
    """Per place that an editor marked: language, the words around it, was it marked as bad, do we call it bad."""
    found = []
    for line in (Path(__file__).parent / file).read_text("utf-8").splitlines():
        if line.startswith("#"):
            continue
        language, _, text = line.partition("\t")
        words: list[str] = []
        marks: list[tuple[int, str]] = []
        for token in text.split():
            if token in ("|", "/"):
                marks.append((len(words), token))
            else:
                words.append(token)
        joints = joints_of(words, [False] * len(words), language_of(language))
        found += [(language, f"{words[k - 1]} | {words[k]}", m == "/", joints[k] >= Joint.BOUND) for k, m in marks]
    return found


def test_the_tables_agree_with_an_editor() -> None:
    """In all languages together and in each: hardly a bad place is missed, hardly a good one called bad."""
    places = marked("marked_breaks.txt")
    assert {language for language, *_ in places} == {"en", "es", "fr", "de", "it", "pt", "nl"}
    for language in ["", "en", "es", "fr", "de", "it", "pt", "nl"]:
        own = [place for place in places if place[0].startswith(language)]
        bad = [ours for _, _, theirs, ours in own if theirs]
        good = [ours for _, _, theirs, ours in own if not theirs]
        assert sum(bad) >= 0.95 * len(bad) - 0.5, [text for _, text, theirs, ours in own if theirs and not ours]
        assert sum(good) <= 0.05 * len(good) + 1.5, [text for _, text, theirs, ours in own if ours and not theirs]


def test_the_tables_agree_on_sentences_that_they_were_not_made_with() -> None:
    places = marked("marked_breaks_unseen.txt")
    bad = [ours for _, _, theirs, ours in places if theirs]
    good = [ours for _, _, theirs, ours in places if not theirs]
    assert sum(bad) >= 0.85 * len(bad)
    assert sum(good) <= 0.02 * len(good)
