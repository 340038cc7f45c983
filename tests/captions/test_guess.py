from __future__ import annotations

import pytest

from clipforge.captions.guess import guess_language
from tests.captions.speech import DIALOGUE, FRENCH, GERMAN, JAPANESE, LECTURE, NARRATION

SPANISH = (
    "Hola a todos y bienvenidos a este nuevo episodio. Hoy vamos a hablar de la historia del metro de Madrid, que fue "
    "inaugurado en el año 1919 por el rey."
)
PORTUGUESE = (
    "Olá a todos e bem-vindos a este novo episódio. Hoje vamos falar da história do metro de Lisboa, que foi "
    "inaugurado no ano de 1959 e que não parou de crescer."
)
ITALIAN = (
    "Ciao a tutti e benvenuti a questo nuovo episodio. Oggi parliamo della storia della metropolitana di Milano, che "
    "fu inaugurata nel 1964 e che non ha smesso di crescere."
)
DUTCH = (
    "Hallo allemaal en welkom bij deze nieuwe aflevering. Vandaag praten we over de geschiedenis van de metro in "
    "Amsterdam, die in 1977 werd geopend."
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        (NARRATION, "en"),
        (LECTURE, "en"),
        (DIALOGUE, "en"),
        (FRENCH, "fr"),
        (GERMAN, "de"),
        (JAPANESE, "ja"),
        (SPANISH, "es"),
        (PORTUGUESE, "pt"),
        (ITALIAN, "it"),
        (DUTCH, "nl"),
        ("今天天气很好，我们去公园散步。", "zh"),
        ("Yes. No. The end.", ""),
        ("Dobrý den a vítejte u dalšího dílu. Dnes budeme mluvit o historii pražského metra.", ""),
        ("", ""),
    ],
)
def test_languages_are_told_by_their_small_words(text: str, code: str) -> None:
    assert guess_language([text]) == code
