"""Every sentence on the pages that mend answers and read programmes anew, in bokmål.

``{…}`` are filled where the page is made; the page escapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

FAULTS: Mapping[str, str] = MappingProxyType({
    "no_question": "Skriv spørsmålet.",
    "too_long": "Spørsmålet er for langt. Skriv det med høyst {most} tegn.",
    "pledges": "Kryss av for minst ett løfte, og høyst {most}.",
    "no_such_pledge": "Løftet {pledge} finnes ikke lenger. Søk på nytt.",
    "no_such_topic": "Velg et emne.",
    "politics": "«{topic}» er politikk og har ikke noe fast svar. Velg et emne utenfor programmene.",
    "already": "Dette er rettet fra før (linje {line} i corrections.toml).",
    "contradiction": "Spørsmålet er rettet på en annen måte fra før (linje {line} i corrections.toml). Fjern den rettelsen først.",
    "waiting_already": "Dette er alt foreslått, og venter på godkjenning.",
    "word": "Skriv et ord, eller et uttrykk på høyst {most} ord.",
    "targets": "Skriv ett til {most} ord fra programmene, ett på hver linje.",
    "why": "Skriv en kort grunn, høyst {most} tegn.",
    "itself": "«{word}» kan ikke føre til seg selv.",
    "two_way": "«{target}» fører alt til «{word}». Et synonym går bare én vei.",
    "not_in_programmes": "Ingen løfter inneholder «{target}». Velg et ord som står i et program.",
    "synonym_already": "«{word}» fører dit fra før.",
    "others_place": "Du ser gjennom {place}, og kan bare knytte til løfter derfra.",
    "for_all": "Rettelsen gjelder alle kommuner. Du ser bare gjennom {place}, så en annen må avgjøre den.",
    "own": "Du laget forslaget selv. En annen må publisere det.",
    "decided": "Forslaget er alt avgjort av {name}. Ingenting er endret.",
    "busy": "En annen publiserer eller leser inn akkurat nå. Ingenting er endret. Prøv igjen om litt.",
    "other_changes": "Mappen med programmer har andre endringer som ikke er publisert. Les dem inn og publiser dem først («Oppdater», eller /reload). Ingenting er endret.",
    "not_writable": (
        "Boten har ikke lov til å skrive {path} ({reason}). Ingenting er endret, og forslaget venter fortsatt. "
        "Be den som drifter boten, åpne for det: docs/drift.md, «Rettelser fra nettsidene»."
    ),
    "folder": "Mappen med programmer er ikke i orden. Ingenting er endret. {what}",
    "no_such_proposal": "Forslaget finnes ikke lenger.",
    "no_preview": "Se hva som endres, før du publiserer.",
})  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class MendingTexts:
    """The sentences. One attribute each; a misspelt one fails where the page is made."""

    # ---- mending
    mend_title: str = "Rett opp"
    mend_lead: str = "Det du foreslår, blir prøvd og vist frem før noen velger får se det."
    mend_case: str = "Tilbake til saken"
    kinds_label: str = "Hva slags rettelse"
    kinds: Mapping[str, str] = field(
        default_factory=lambda: {
            "example": "Programmet svarer på dette",
            "outside": "Utenfor programmene",
            "synonym": "Et ord boten ikke kjente",
        }
    )
    kind_hints: Mapping[str, str] = field(
        default_factory=lambda: {
            "example": "Knytt spørsmålet til løftene som svarer på det.",
            "outside": "Velg emnet som har det faste svaret.",
            "synonym": "Et ord velgere bruker, og ordene programmene bruker. Det går bare én vei.",
        }
    )
    question: str = "Spørsmålet"
    question_hint: str = "Skriv det gjerne om. Ta ut navn, steder og annet som peker på noen; det som er sladdet, står i klammer."
    question_missing: str = (
        "Ordene er ikke tatt vare på. Skriv spørsmålet slik du tror det ble stilt."
    )
    search: str = "Finn løfter"
    search_hint: str = (
        "Skriv ord fra løftet du leter etter. Tomt felt: løfter som ligner spørsmålet."
    )
    search_button: str = "Søk"
    found: str = "Løfter å velge blant"
    found_none: str = "Ingen løfter passer. Prøv andre ord."
    topic: str = "Emne"
    topic_none: str = "Velg et emne"
    word: str = "Ordet velgere bruker"
    to: str = "Ord fra programmene"
    to_hint: str = "Ett på hver linje, det viktigste først."
    why: str = "Hvorfor"
    why_hint: str = "Kort, for den som leser filen senere."
    propose: str = "Foreslå"
    # ---- proposals
    proposals_title: str = "Rettelser"
    proposals_lead: str = "Rettelser som venter på godkjenning, og de siste som er avgjort."
    waiting: str = "Venter"
    decided: str = "Avgjort"
    none_waiting: str = "Ingen forslag venter."
    none_decided: str = "Ingen er avgjort ennå."
    new: str = "Ny rettelse"
    proposal: str = "Forslag"
    kind: str = "Slag"
    about: str = "Gjelder"
    made_by: str = "Laget av"
    made_on: str = "Dag"
    state: str = "Stand"
    decided_by: str = "Avgjort av"
    states: Mapping[str, str] = field(
        default_factory=lambda: {
            "waiting": "Venter",
            "published": "Publisert",
            "refused": "Avvist",
            "withdrawn": "Trukket",
        }
    )
    leads_to: str = "Fører til"
    pledge_gone: str = "(løftet finnes ikke lenger)"
    # ---- preview
    preview: str = "Hva som endres"
    preview_lead: str = "Prøv rettelsen på de siste spørsmålene og på alle kjente spørsmål. Ingenting blir publisert."
    preview_button: str = "Vis hva som endres"
    preview_running: str = "Prøver rettelsen … siden oppdaterer seg selv."
    preview_progress: str = "Prøver rettelsen … {done} av {of}. Siden oppdaterer seg selv."
    preview_failed: str = "Kunne ikke prøves: {what}"
    preview_own: str = "Spørsmålet selv"
    preview_works: str = "Rettelsen virker."
    preview_works_not: str = "Rettelsen virker ikke slik den er ment, og kan ikke publiseres slik."
    preview_logged: str = "Av de {tried} siste spørsmålene får {changed} et annet svar"
    preview_goldens: str = "Av {tried} kjente spørsmål får {changed} et annet svar"
    times: str = "{count} ganger"
    preview_same: str = "Ingen av dem får et annet svar."
    preview_other: str = "Mappen med programmer har også andre endringer som ikke er publisert. De må publiseres først."
    now: str = "Nå"
    then: str = "Etterpå"
    nothing_shown: str = "ingen løfter"
    # ---- deciding
    decide: str = "Avgjør"
    publish: str = "Publiser"
    refuse: str = "Avvis"
    withdraw: str = "Trekk tilbake"
    publishing: str = "Publiserer … siden oppdaterer seg selv."
    published: str = "Publisert. {total} løfter, versjon {fingerprint}. Rettelser som virker: {passed} av {corrections}."
    refused_by_gates: str = (
        "Ikke publisert. Filen er som før, og det gamle innholdet svarer videre."
    )
    failed: str = (
        "Noe gikk galt. Ingenting er publisert; den som drifter boten, finner årsaken i loggen."
    )
    # ---- reading the programmes anew
    reload_title: str = "Oppdater"
    reload_lead: str = "Leser mappen med programmer på nytt ved siden av det som svarer. Ingenting endres før du publiserer."
    reload_start: str = "Les inn"
    reload_running: str = "Leser … siden oppdaterer seg selv."
    reload_progress: str = "Leser … {done} av {of} setninger. Siden oppdaterer seg selv."
    reload_result: str = "Resultat"
    reload_diff: str = (
        "+{added} −{removed} ~{changed}, kjente spørsmål {passed}/{goldens}, {answers} endrede svar"
    )
    reload_facts: str = "{total} løfter, versjon {fingerprint}."
    reload_serving: str = "I drift: {total} løfter, versjon {fingerprint}."
    reload_confirm: str = "Ja, {percent} % færre løfter er ment."
    reload_unconfirmed: str = "Kryss av for at så mange færre løfter er ment."
    reload_gone: str = (
        "Dette gjelder ikke lenger: noen har publisert eller lest inn på nytt. Ingenting er endret."
    )


MENDING = MendingTexts()


def sentence(fault: str, values: Mapping[str, object]) -> str:
    """Return what is wrong and what to do, in one sentence or two."""
    return FAULTS[fault].format(**values)
