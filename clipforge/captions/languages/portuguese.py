"""Portuguese."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

PORTUGUESE = Language(
    code="pt",
    determiners=words(
        """
        o a os as um uma uns umas meu minha meus minhas teu tua seu sua seus suas nosso nossa nossos nossas este
        esta estes estas esse essa esses essas aquele aquela cada todo toda todos todas algum alguma alguns nenhum
        nenhuma outro outra outros outras ao aos à às do da dos das no na nos nas num numa pelo pela pelos pelas
        """
    ),
    prepositions=words(
        """
        a ante após até com contra de desde durante em entre para pra perante por sem sob sobre trás ao aos à às do
        da dos das no na nos nas num numa pelo pela
        """
    ),
    conjunctions=words(
        """
        e ou mas nem que porque pois se quando enquanto onde como embora porém quem qual quais cujo cuja quê
        """
    ),
    subjects=words("eu tu ele ela nós eles elas você vocês me te se lhe lhes"),
    auxiliaries=words(
        """
        não sou és é somos são era eram foi foram ser estou está estamos estão estava estavam tenho tem temos têm
        tinha tinham ter vou vai vamos vão posso pode podemos podem devo deve devemos devem quero quer há nunca
        podia podiam devia deviam queria queriam ia iam será seria teria poderia seja fosse tenha sido
        """
    ),
    modifiers=words(
        """
        tanta tanto tantos tantas muita muitos muitas grande bom boa mau má melhor pior primeiro primeira segundo
        último última novo nova mesmo mesma pouco poucos dois duas três quatro cinco seis sete oito nove dez vinte
        cem mil
        """
    ),
    degrees=words("muito mais menos tão bem quase só"),
    loose=words("também já sempre assim aqui ali"),
    titles=words("sr sra srta dr dra dom dona senhor senhora santo santa são"),
    abbreviations=words("etc ex pág aprox vs"),
    units=UNITS
    | words(
        """
        por cento graus quilômetros quilómetros metros euros reais segundos minutos horas dias semanas meses anos
        milhões
        """
    ),
)
