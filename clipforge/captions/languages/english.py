"""English."""

from __future__ import annotations

from clipforge.captions.languages.base import UNITS, Language, words

ENGLISH = Language(
    code="en",
    determiners=words(
        """
        the a an my your his its our their this these those no every each some any another such whose both either
        neither
        """
    ),
    prepositions=words(
        """
        of to at by past from with for in on into onto over about between among during without within against toward
        towards under above below behind beside besides across through around until till upon per via despite except
        including near inside outside beyond throughout after before since than as like unlike
        """
    ),
    conjunctions=words(
        """
        and but or nor so yet because that which who whom if when while where why how what whether although though
        unless until before after since whenever wherever whatever whoever once
        """
    ),
    subjects=words("i he she we they"),
    auxiliaries=words(
        """
        am is are was were be been being have has had do does did will would shall should can could may might must
        cannot not never m re ve ll d s t gonna wanna gotta let
        """
    ),
    modifiers=words(
        """
        much many few several good bad great big small little large long short old new young high low first second
        third last next other same own whole main real true different important best better worst early late full
        certain possible public private local social human national free open strong hard easy simple clear red
        green blue black white hot cold warm dark half two three four five six seven eight nine ten eleven twelve
        fifteen twenty thirty forty fifty hundred thousand million billion dear
        """
    ),
    adjective_endings=("ful", "ous", "ive", "able", "ible", "ical", "less"),
    degrees=words("very too quite really just only even almost rather pretty so more most less least"),
    either=words("it you that there"),
    loose=words("her one here also then still always often all"),
    particles=words("up out off away back down along together apart aside forward"),
    directions=words("up down off out along"),
    titles=words(
        """
        mr mrs ms miss dr prof st sir lady lord captain president professor doctor king queen saint uncle aunt
        """
    ),
    titles_have_capitals=True,
    abbreviations=words(
        """
        vs etc eg ie approx vol fig dept est inc ltd co jr sr jan feb mar apr jun jul aug sep sept oct nov dec
        """
    ),
    units=UNITS
    | words(
        """
        percent degrees miles kilometers kilometres meters metres feet inches pounds dollars euros cents tons
        seconds minutes hours days weeks months years times people million billion thousand hundred am pm oclock
        """
    ),
)
