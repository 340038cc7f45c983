"""French."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

FRENCH = Language(
    code="fr",
    determiners=words(
        """
        le la les l un une des du au aux mon ma mes ton ta tes son sa ses notre nos votre vos leur leurs ce cet
        cette ces chaque tout toute tous toutes quelque quelques aucun aucune plusieurs quel quelle quels quelles
        """
    ),
    prepositions=words(
        """
        à de d en dans sur sous par pour avec sans chez entre vers depuis pendant contre avant après malgré parmi
        selon dès jusque jusqu hors outre du des au aux
        """
    ),
    conjunctions=words(
        """
        et ou mais donc or ni car que qu qui quoi dont où quand lorsque lorsqu puisque puisqu parce comme comment
        pourquoi si quoique tandis afin lequel laquelle lesquels
        """
    ),
    subjects=words("je j tu il elle on nous vous ils elles ne n me m te t se s c ça y"),
    auxiliaries=words(
        """
        ai as a avons avez ont avais avait avions aviez avaient aura auront suis es est sommes êtes sont étais était
        étions étaient été être avoir sera seront vais vas va allons allez vont peux peut pouvons pouvez peuvent
        dois doit devons devez doivent veux veut voulait fait faut allait allaient pouvait pouvaient devait devaient
        pourrait faisait viens vient aurait serait soit
        """
    ),
    modifiers=words(
        """
        grand grande grands grandes petit petite petits petites bon bonne beau belle nouveau nouvelle jeune vieux
        vieille premier première deuxième dernier dernière autre autres même mauvais gros deux trois quatre cinq six
        sept huit neuf dix vingt cent mille beaucoup peu
        """
    ),
    degrees=words("très plus moins trop assez si aussi bien presque"),
    loose=words("lui toujours encore alors ici"),
    particles=words("pas jamais rien là"),
    titles=words("m mm mme mmes mlle dr pr monsieur madame mademoiselle saint sainte maître"),
    abbreviations=words("etc ex env p av"),
    units=UNITS
    | words(
        """
        pour cent degrés kilomètres mètres euros dollars secondes minutes heures jours semaines mois ans années
        millions
        """
    ),
)
