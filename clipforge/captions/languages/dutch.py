"""Dutch."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

DUTCH = Language(
    code="nl",
    determiners=words(
        """
        de het een mijn jouw je zijn haar ons onze jullie hun uw dit deze die geen elk elke ieder iedere alle
        sommige veel welke welk
        """
    ),
    prepositions=words(
        """
        in op aan uit bij met naar van voor door tegen zonder om over onder achter naast tussen sinds tot tijdens
        volgens wegens binnen buiten per vanaf te
        """
    ),
    conjunctions=words(
        """
        en of maar want dus dat omdat als wanneer toen terwijl hoewel zodat voordat nadat totdat waar wat wie waarom
        hoe
        """
    ),
    subjects=words("ik jij hij zij wij we ze men"),
    auxiliaries=words(
        """
        ben bent is was waren heb hebt heeft hebben had hadden word wordt worden werd werden kan kun kunt kunnen kon
        konden moet moeten moest mag mogen zal zult zullen zou zouden wil willen wilde wilden mocht mochten moesten
        zouden hoef hoeft hoefde geweest niet nooit
        """
    ),
    modifiers=words(
        """
        grote groot kleine klein goede goed nieuwe nieuw oude oud eerste laatste volgende andere hele eigen zelfde
        twee drie vier vijf zes zeven acht negen tien twintig honderd duizend
        """
    ),
    degrees=words("heel erg zeer te zo meer minder bijna maar ook nog al"),
    loose=words("me zich hem het er hier daar dan altijd"),
    particles=words("mee weg terug heen"),
    titles=words("dhr mevr mw dr prof meneer mevrouw sint"),
    abbreviations=words("bijv bv enz ca nr blz"),
    units=UNITS
    | words(
        """
        procent graden kilometer meter euro dollar seconden minuten uur dagen weken maanden jaar miljoen
        """
    ),
)
