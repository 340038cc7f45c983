"""Spanish."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

SPANISH = Language(
    code="es",
    determiners=words(
        """
        el la los las un una unos unas lo mi mis tu tus su sus nuestro nuestra nuestros nuestras este esta estos
        estas ese esa esos esas aquel aquella cada todo toda todos todas algún alguna algunos algunas ningún ninguna
        otro otra otros otras al del cualquier
        """
    ),
    prepositions=words(
        """
        a ante bajo con contra de desde durante en entre hacia hasta mediante para por según sin sobre tras al del
        """
    ),
    conjunctions=words(
        """
        y e o u ni pero sino que porque pues si cuando mientras donde como aunque quien quienes cual cuales cuyo
        cuya qué cómo cuándo dónde quién cuál
        """
    ),
    subjects=words("yo tú él ella nosotros nosotras ellos ellas usted ustedes me te se le les nos os"),
    auxiliaries=words(
        """
        no he has ha hemos han había habías habíamos habían haber soy eres es somos son era eras éramos eran fue
        fueron ser estoy estás está estamos están estaba estaban voy vas va vamos van puedo puedes puede podemos
        pueden debo debes debe debemos deben quiero quiere nunca podía podían debía debían quería querían tenía
        tenían había sido será serán sería haya hubiera
        """
    ),
    modifiers=words(
        """
        gran grande buen bueno buena mal mejor peor primer primera segundo tercer último última nuevo nueva mismo
        misma mucho mucha tanta tantos tantas muchos muchas poco pocos dos tres cuatro cinco seis siete ocho nueve
        diez veinte cien mil
        """
    ),
    degrees=words("muy más menos tan tanto bastante demasiado casi solo"),
    loose=words("también ya siempre así aquí ahí"),
    titles=words("sr sra srta dr dra don doña señor señora santo santa san"),
    abbreviations=words("etc ej pág núm aprox vs"),
    units=UNITS
    | words(
        """
        por ciento grados kilómetros metros euros dólares segundos minutos horas días semanas meses años millones
        """
    ),
)
