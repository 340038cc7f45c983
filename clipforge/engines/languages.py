"""The languages that Whisper knows, by ISO 639-1 code (three letters where there is no shorter one).

Source: the table of openai/whisper, ``whisper/tokenizer.py``, in its order; ``yue`` came with large-v3.
"""

from __future__ import annotations

from types import MappingProxyType

from clipforge.errors import UnknownName

_TABLE = """
en english   zh chinese   de german   es spanish   ru russian   ko korean   fr french   ja japanese   pt portuguese
tr turkish   pl polish   ca catalan   nl dutch   ar arabic   sv swedish   it italian   id indonesian   hi hindi
fi finnish   vi vietnamese   he hebrew   uk ukrainian   el greek   ms malay   cs czech   ro romanian   da danish
hu hungarian   ta tamil   no norwegian   th thai   ur urdu   hr croatian   bg bulgarian   lt lithuanian   la latin
mi maori   ml malayalam   cy welsh   sk slovak   te telugu   fa persian   lv latvian   bn bengali   sr serbian
az azerbaijani   sl slovenian   kn kannada   et estonian   mk macedonian   br breton   eu basque   is icelandic
hy armenian   ne nepali   mn mongolian   bs bosnian   kk kazakh   sq albanian   sw swahili   gl galician   mr marathi
pa punjabi   si sinhala   km khmer   sn shona   yo yoruba   so somali   af afrikaans   oc occitan   ka georgian
be belarusian   tg tajik   sd sindhi   gu gujarati   am amharic   yi yiddish   lo lao   uz uzbek   fo faroese
ht haitian-creole   ps pashto   tk turkmen   nn nynorsk   mt maltese   sa sanskrit   lb luxembourgish   my myanmar
bo tibetan   tl tagalog   mg malagasy   as assamese   tt tatar   haw hawaiian   ln lingala   ha hausa   ba bashkir
jw javanese   su sundanese   yue cantonese
"""

LANGUAGES = MappingProxyType(
    {code: name.replace("-", " ") for code, name in zip(_TABLE.split()[::2], _TABLE.split()[1::2], strict=True)}
)
"""Code to English name, in lower case."""

_ALIASES = MappingProxyType(
    {
        "burmese": "my",
        "valencian": "ca",
        "flemish": "nl",
        "haitian": "ht",
        "letzeburgesch": "lb",
        "pushto": "ps",
        "panjabi": "pa",
        "moldavian": "ro",
        "moldovan": "ro",
        "sinhalese": "si",
        "castilian": "es",
        "mandarin": "zh",
        "jv": "jw",  # the ISO code; Whisper's own is the old one
    }
)

_CODES = {name: code for code, name in LANGUAGES.items()} | dict(_ALIASES)


def language_code(name: str) -> str:
    """The code of a language given by code or English name, in any case: ``spanish`` → ``es``, ``en-GB`` → ``en``.

    Raises `UnknownName`.
    """
    plain = " ".join(name.lower().replace("_", "-").split())
    for candidate in (plain, plain.partition("-")[0]):
        if candidate in LANGUAGES:
            return candidate
        if candidate in _CODES:
            return _CODES[candidate]
    raise UnknownName("language", name, (*_CODES, *LANGUAGES), "a code such as en, or a name such as english")
