"""Italian."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

ITALIAN = Language(
    code="it",
    determiners=words(
        """
        il lo la i gli le l un uno una mio mia miei mie tuo tua suo sua suoi sue nostro nostra nostri nostre vostro
        vostra loro questo questa questi queste quel quello quella quei quegli quelle ogni qualche tutto tutta tutti
        tutte altro altra altri altre alcuni alcune nessun nessuna del della dello dei degli delle dell al alla allo
        ai agli alle all dal dalla dai dalle dall nel nella nei negli nelle nell sul sulla sui sulle sull quell
        quest
        """
    ),
    prepositions=words(
        """
        di d a da in con su per tra fra del della dello dei degli delle dell al alla allo ai agli alle all dal dalla
        dai dalle dall nel nella nei negli nelle nell sul sulla sui sulle sull verso senza sotto sopra dopo prima
        durante contro fino
        """
    ),
    conjunctions=words(
        """
        e ed o ma però né che perché quando mentre dove come se anche benché quindi dunque chi cui quale quali
        quanto
        """
    ),
    subjects=words("io tu egli noi voi mi ti si ci vi ne m t s c v"),
    auxiliaries=words(
        """
        non ho hai ha abbiamo avete hanno avevo aveva avevano sono sei è siamo siete era erano ero stato stata stati
        essere avere sto sta stanno vado va vanno posso può possiamo possono devo deve dobbiamo devono voglio vuole
        mai sarà saranno sarebbe poteva potevano doveva dovevano voleva volevano stava stavano avrebbe avrebbero
        potrebbe dovrebbe fosse siano abbia
        """
    ),
    modifiers=words(
        """
        molta molti molte gran grande grandi piccolo piccola buon buono buona bel bello bella nuovo nuova vecchio
        primo prima secondo ultimo ultima stesso stessa poco pochi due tre quattro cinque sei sette otto nove dieci
        venti cento mille
        """
    ),
    degrees=words("molto più meno troppo tanto così quasi solo"),
    loose=words("lui lei esso essa ancora già sempre qui"),
    titles=words("sig sigg dott dottssa prof signor signora signorina don donna san santo santa"),
    abbreviations=words("ecc es pag ca vs"),
    units=UNITS
    | words(
        """
        per cento gradi chilometri metri euro dollari secondi minuti ore giorni settimane mesi anni milioni
        """
    ),
)
