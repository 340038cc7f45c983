"""Text that speech recognition invents where nobody speaks: data.

Whisper learned from subtitles that people had put on the web, and gives back their credits and farewells over
silence, music and noise. The lists hold what its users report again and again (discussions 679 and 928 of
openai/whisper), written as `plain` leaves a text. Barański et al. (ICASSP 2025) found such phrases to be few and
frequent.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from types import MappingProxyType

CREDITS: tuple[str, ...] = (
    "amara org",  # "Subtitles by the Amara.org community", in some thirty languages
    "subtitles by steamteamextra",
    "transcription by castingwords",
    "transcription outsourcing llc",
    "untertitelung des zdf",
    "untertitel im auftrag des zdf",
    "untertitelung im auftrag des zdf",
    "untertitel von stephanie geiges",
    "copyright wdr",
    "sous titrage st 501",
    "sous titrage société radio canada",
    "sottotitoli e revisione a cura di qtss",
    "sottotitoli creati dalla comunità",
    "tv gelderland 2021",
    "napisy stworzone przez społeczność",
    "teksting av nicolai winther",
    "tekstet av nicolai winther",
    "altyazı m k",
    "субтитры сделал dimatorzok",
    "субтитры создавал dimatorzok",
    "редактор субтитров",
    "корректор а егорова",
    "ترجمة نانسي قنقر",
    "字幕by索兰娅",
    "打赏支持明镜与点点",
    "明镜需要您的支持",
    "mbc 뉴스 이덕영입니다",
)
"""Parts of credits. Nobody says them, so they count wherever they stand, in a text of any language."""

SIGN_OFFS: Mapping[str, tuple[str, ...]] = MappingProxyType(
    {
        "en": (
            "thank you for watching",
            "thanks for watching",
            "thank you so much for watching",
            "thanks for watching and i ll see you next time",
            "thank you for your attention",
            "please subscribe",
            "please subscribe to my channel",
            "like and subscribe",
            "don t forget to like and subscribe",
            "see you next time",
            "see you in the next video",
            "i ll see you in the next one",
            "bye bye",
        ),
        "es": (
            "gracias por ver el video",
            "gracias por ver el vídeo",
            "muchas gracias por ver el video",
            "gracias por ver",
            "suscríbete al canal",
            "no olvides suscribirte",
            "hasta la próxima",
        ),
        "fr": (
            "merci d avoir regardé cette vidéo",
            "merci d avoir regardé",
            "merci à tous et à bientôt",
            "n oubliez pas de vous abonner",
            "abonnez vous",
            "à la prochaine",
        ),
        "de": (
            "vielen dank fürs zuschauen",
            "danke fürs zuschauen",
            "vielen dank für die aufmerksamkeit",
            "vielen dank für ihre aufmerksamkeit",
            "bis zum nächsten mal",
            "das war s für heute",
        ),
        "pt": (
            "obrigado por assistir",
            "obrigada por assistir",
            "obrigado por assistirem",
            "inscreva se no canal",
            "não se esqueça de se inscrever no canal",
            "até a próxima",
        ),
        "it": (
            "grazie per la visione",
            "grazie per aver guardato il video",
            "grazie per aver guardato",
            "iscriviti al canale",
            "grazie a tutti",
            "alla prossima",
        ),
        "nl": (
            "bedankt voor het kijken",
            "dank je wel voor het kijken",
            "bedankt voor het luisteren",
            "abonneer je op het kanaal",
            "tot de volgende keer",
        ),
        "zh": (
            "谢谢观看",
            "谢谢大家观看",
            "感谢观看",
            "感谢收看",
            "請不吝點贊訂閱轉發",
            "请不吝点赞订阅转发",
            "请不吝点赞订阅转发打赏支持",
            "謝謝觀看",
            "多謝您的觀看",
        ),
        "ja": (
            "ご視聴ありがとうございました",
            "ご視聴いただきありがとうございました",
            "最後までご視聴いただきありがとうございました",
            "チャンネル登録をお願いします",
            "チャンネル登録よろしくお願いします",
            "次の動画でお会いしましょう",
        ),
        "ru": ("спасибо за просмотр", "спасибо за внимание", "продолжение следует", "подписывайтесь на канал"),
        "ko": ("시청해주셔서 감사합니다", "시청해 주셔서 감사합니다", "구독과 좋아요 부탁드립니다"),
        "pl": ("dziękuję za oglądanie", "dziękuję za uwagę"),
        "tr": ("izlediğiniz için teşekkürler", "abone olmayı unutmayın"),
    }
)
"""Farewells by ISO 639-1 code. People do say them: they count as a cue of their own, where no speech is known to be."""

_UNSPACED = r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]"
_BETWEEN_UNSPACED = re.compile(f"(?<={_UNSPACED}) (?={_UNSPACED})")


def plain(text: str) -> str:
    """A text for comparing: small letters, one space for all that is neither letter nor digit.

    Between Chinese, Japanese and Thai characters no space is left.
    """
    words = " ".join(re.findall(r"\w+", text.casefold()))
    return _BETWEEN_UNSPACED.sub("", words)


def credit_in(text: str) -> str | None:
    """The credit that a `plain` text holds."""
    return next((part for part in CREDITS if part in text), None)


def is_sign_off(text: str, language: str) -> bool:
    """True where a `plain` text is one of the language's farewells, or one in English: they come in any language."""
    code = language.lower().replace("_", "-").partition("-")[0]
    return text in SIGN_OFFS.get(code, ()) or text in SIGN_OFFS["en"]
