"""German."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

GERMAN = Language(
    code="de",
    determiners=words(
        """
        der die das den dem des ein eine einen einem einer eines kein keine keinen keinem keiner mein meine meinen
        meinem meiner dein deine sein seine seinen seinem seiner ihr ihre ihren ihrem ihrer unser unsere unseren
        unserem euer eure dieser diese dieses diesen diesem jeder jede jedes jeden jedem alle aller allen viele
        vielen einige manche welcher welche welches
        """
    ),
    prepositions=words(
        """
        in im ins an am ans auf aus bei beim mit nach von vom zu zum zur für durch gegen ohne um über unter vor
        hinter neben zwischen seit bis wegen während trotz statt ab pro
        """
    ),
    conjunctions=words(
        """
        und oder aber denn sondern dass weil wenn als ob obwohl damit während bevor nachdem sobald solange falls
        sodass wie wo was wer warum wann wohin woher sowie
        """
    ),
    subjects=words("ich du er wir man"),
    auxiliaries=words(
        """
        bin bist ist sind seid war waren habe hast hat haben hatte hatten werde wirst wird werden wurde wurden kann
        kannst können konnte muss musst müssen soll sollte will wollen wollte darf dürfen möchte möchten nicht nie
        würde würden konnten musste mussten sollten wollten durfte durften hätte hätten wäre wären könnte könnten
        müsste sei habe gewesen worden
        """
    ),
    modifiers=words(
        """
        große großen großer großes kleine kleinen kleiner kleines gute guten guter gutes neue neuen neuer neues alte
        alten alter altes erste ersten erster letzte letzten nächste nächsten andere anderen ganze ganzen eigene
        eigenen zwei drei vier fünf sechs sieben acht neun zehn zwanzig hundert tausend
        """
    ),
    degrees=words("sehr zu ganz so mehr weniger fast nur auch noch schon gar"),
    either=words("es sie"),
    loose=words("mich dich sich uns euch mir dir ihm ihn ihnen hier da dann dort immer"),
    particles=words("zurück weg los hin her"),
    titles=words("herr herrn frau dr prof doktor professor sankt"),
    abbreviations=words("z b bzw usw ca u a d h nr st str vgl evtl"),
    units=UNITS
    | words(
        """
        prozent grad kilometer meter euro dollar sekunden minuten stunden tage tagen wochen monate jahre jahren uhr
        millionen
        """
    ),
    names_by_capitals=False,
)
