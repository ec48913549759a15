"""Does a sentence of running text, or a list item, commit the party to something?

Programmes mix promises with facts, greetings and slogans. A promise names who will act (we, the
party, the municipality) or what shall be, with a verb of will or duty in the main clause.
Everything else is left out: a voter is better served by silence than by a slogan quoted as policy.
"""

from __future__ import annotations

import re

_WE = (
    r"(?:vi|me|partiet|ap|[\wæøåÆØÅ-]{0,30}(?:parti|partiet)|høyre|høgre|venstre|sv|sp|rødt|raudt"
    r"|krf|mdg|frp)"
)
_WILL = r"(?:vil|skal|ønsker|ønskjer)"
_PARTY = re.compile(
    "|".join(
        (
            # The party wills: «Bærum Arbeiderparti vil …», «Derfor ønsker vi …», «skal vi styrke»
            rf"\b{_WE}\s(?:(?:derfor|også|fortsatt|bare|alltid)\s)?{_WILL}\b",
            r"\bog\svil\b",
            rf"\b{_WILL}\s(?:derfor\s)?(?:[\wæøåÆØÅ-]{{2,30}}\s)?{_WE}\b",
            # … works for, stands for, supports, plans
            rf"\b{_WE}\s(?:arbeider|jobber|kjemper|går\sinn)\s(?:for|mot)\b",
            rf"\b{_WE}\s(?:støtter|satser\spå|er\sfor|er\s(?:i)?mot|har\sambisjoner|prioriterer|lover|planlegger)\b",
            rf"\b{_WE}\smener\b.{{0,120}}\b(?:må|bør|nødvendig)\b",
            rf"\bmener\s{_WE}\b.{{0,120}}\b(?:må|skal|bør|nødvendig)\b",
            # «For å forebygge dette må vi iverksette …»; «vi må» alone is an appeal
            rf"^(?:da|for\så|derfor|her|samtidig)\b.{{0,120}}\bmå\s{_WE}\s",
            r"\bet\stiltak\s(?:er|vil\svære)\så\b",
            r"\bgjør\sdet\s(?:viktig|nødvendig)\så\b",
            rf"\b{_WE}\sser\s(?:behovet\sfor|viktigheten\sav)\b",
        )
    ),
    re.IGNORECASE,
)
_DUTY = re.compile(r"\b(?:skal|må|bør)\b", re.IGNORECASE)
# A verb of duty inside a clause that only explains: «er viktig for at kommunen skal …».
_SUBORDINATE = re.compile(
    r"(?:\bfor\sat|\bslik\sat|\bså\sat|\bopptatt\sav\sat|\bgjør\sat|\bhvordan|\bhvor|\bhvis|\bnår"
    r"|,\sder|\bder)\b(?P<clause>[^,.]{0,200})|\bsom\b(?P<relative>[^,.]{0,20})",
    re.IGNORECASE,
)
# Appeals, questions, conditions, visions without content, and what only comments on the last line.
_NOT = re.compile(
    "|".join(
        (
            r"[!?]\s*$",
            r"^(?:skal|svikter|trenger|må|bør|hvordan|hva|hvorfor|hvis|når)\b",
            r"^det\ser\s(?:viktig|avgjørende|nødvendig|bra|flott)\b.{0,60}\bat\b",
            r"\b(?:vi|me)\små\b",
            r"\bmå\svi\smøte\b",
            r"\ber,\sog\sskal\svære\b",
            r"^(?:og\s)?dette\s(?:skal|vil)\s(?:sikre|bidra|gi|føre|gjøre|resultere)\b",
            r"^(?:da|det|dette)\skreves\b",
            r"\ben\sslik\b.{0,30}$",
            r"\bskal\smed\b",
            r"\bkan\sbeslutte\b",
            r"\bspille\spå\slag\b",
            # «skal være en attraktiv arbeidsgiver.», «en god kommune å vokse opp i»: no content yet
            r"^(?:\S{1,40}\s){1,4}(?:skal|må)\s(?:være|bli)\s(?:et?|gode|en)\s(?:[\wæøå-]{2,20},?\s(?:og\s)?){0,3}[\wæøå-]{3,30}(?:\.|\så\s)",
            r"\bskal\s(?:være|bli)\sgode\s",
            r"\b(?:skal|vil)\s(?:[\wæøå-]{2,20}\s){0,3}oppleve[s]?\s(?:som|seg)\b",
            r"\bmå\svære\smålet\b",
            r"\b(?:varm|raus|gode\sliv|like\smuligheter|vugge\stil\sgrav|stolthet|livskvalitet)\b",
            r"\b(?:mellommenneskelig\w{0,6}|for\salle,\sikke)\b",
        )
    ),
    re.IGNORECASE,
)
_SOCIETY = re.compile(r"^I\s(?:20\d\d)\b")  # «I 2050 skal kommunen være et lavutslippssamfunn.»
_INFINITIVE = re.compile(
    r"(?:(?:ikke|å|fortsatt|alltid|fortsette\så|aktivt)\s)?(?:få|gi|ha|gå|ta|se|stå|bli|bo|la|si|dra|nå|slå"
    r"|krav\som|nei\stil|ja\stil|[a-zæøå-]{3,24}[bdfgjklmnprstvø]e)\s",
    re.IGNORECASE,
)
_SLOGAN_START = frozenset(
    "en et ei den det de alle hvordan hva hvorfor andre våre vår vårt".split()
)


def is_commitment(sentence: str) -> bool:
    """Tell whether the sentence is a promise that may stand alone as a quote."""
    if _NOT.search(sentence) and not _SOCIETY.search(sentence):
        return False
    if _PARTY.search(sentence):
        return True
    inside = [match.span(match.lastgroup or 0) for match in _SUBORDINATE.finditer(sentence)]
    return any(
        not any(first <= duty.start() < last for first, last in inside)
        for duty in _DUTY.finditer(sentence)
    )


def is_demand(item: str) -> bool:
    """Does a list item without a lead-in read as a promise: «Bygge …», «At kommunen skal …»?

    «Et bærekraftig Bærum» and the like are slogans.
    """
    words = item.split()
    if not words or words[0].lower() in _SLOGAN_START or item.rstrip().endswith(("!", "?")):
        return False
    return words[0].lower() == "at" or bool(_INFINITIVE.match(item))
