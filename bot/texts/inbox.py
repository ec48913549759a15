"""The sentences of staff's queue and of one case, in bokmål."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _statuses() -> Mapping[str, str]:
    return {
        "new": "Ny",
        "taken": "Tatt",
        "solved": "Løst",
        "silent": "Finnes ikke i programmet",
        "irrelevant": "Ikke relevant",
        "spam": "Spam",
    }


def _complaints() -> Mapping[str, str]:
    return {
        "topic": "Feil tema",
        "meaning": "Fant ikke det som var ment",
        "place": "Feil kommune",
        "outdated": "Utdatert",
        "other": "Noe annet",
        "missing": "Savner det i programmet",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class InboxTexts:
    """One attribute a sentence; a misspelt one fails where the page is made."""

    statuses: Mapping[str, str] = field(default_factory=_statuses)
    complaints: Mapping[str, str] = field(default_factory=_complaints)
    """What voters said was wrong."""

    # ---- the queue
    title: str = "Innboks"
    lead: str = (
        "Spørsmål boten ikke svarte sikkert på, eller som noen var misfornøyd med. Like spørsmål står sammen. "
        "Nyeste dag først; innenfor en dag er rekkefølgen tilfeldig."
    )
    lead_all: str = "Alt som er spurt om. Like spørsmål står sammen. Nyeste dag først; innenfor en dag er rekkefølgen tilfeldig."
    filters: str = "Filtrer"
    more_filters: str = "Flere filtre"
    show: str = "Hva"
    show_needy: str = "Det noen bør se på"
    show_all: str = "Alt som er spurt om"
    municipality: str = "Kommune"
    no_municipality: str = "Ingen bestemt"
    outcome: str = "Utfall"
    reason: str = "Tilbakemelding"
    disliked: str = "Tommel ned"
    status: str = "Status"
    open: str = "Åpne saker"
    """New, taken, or come back."""
    again: str = "Kommet tilbake"
    """Instead of its status, for a solved case that failed again."""
    owner: str = "Har den"
    nobody: str = "Ingen"
    since: str = "Fra dag"
    until: str = "Til dag"
    search: str = "Ord i spørsmålet"
    search_hint: str = "Søk: begynnelsen av ordene holder, og æ, ø og å kan skrives a og o."
    apply: str = "Vis"
    clear: str = "Nullstill"
    found: str = "{cases} saker, {answers} spørsmål"
    found_one: str = "1 sak, {answers} spørsmål"
    none_found: str = "Ingen saker passer med filteret."
    none_left: str = "Innboksen er tom. Det er ingenting her som noen bør se på."
    not_read: str = "Søket har gått gjennom {percent} % av dagene så langt, de nyeste først. Last siden på nytt om litt."
    times: str = "{count} ganger"
    once: str = "1 gang"
    not_kept: str = "Ordene er ikke lagret"
    thumbs_down: str = "{count} tommel ned"

    # ---- one case
    case: str = "Spørsmål"
    back: str = "Til innboksen"
    asked: str = "Spurt"
    asked_on: str = "{day}"
    asked_between: str = "{first} – {last}"
    all_places: str = "Ingen bestemt kommune"
    wordings: str = "Slik ble det spurt og svart"
    more_wordings: str = "Og {count} andre måter det ble spurt på eller svart på."
    newest_of: str = "De {shown} nyeste av {total} spørsmål vises."
    answer: str = "Svaret slik velgeren så det"
    same_version: str = "Programmene er de samme nå som da."
    other_version: str = (
        "Programmene er byttet ut siden. Sitatene er ordrett de samme som da, men overskrifter, perioder og "
        "setningene rundt kan være andre."
    )
    pledge_gone: str = "1 løfte som ble vist, finnes ikke lenger i programmene og kan ikke vises."
    pledges_gone: str = (
        "{count} løfter som ble vist, finnes ikke lenger i programmene og kan ikke vises."
    )
    answer_unknown: str = (
        "Svaret kan ikke vises igjen: det er laget av tekst som ikke finnes lenger."
    )
    why: str = "Hvorfor dette svaret"
    why_kept: str = "Slik det ble regnet ut da velgeren spurte."
    why_none: str = "Begrunnelsen er ikke lagret for dette spørsmålet."
    today: str = "Med dagens utgave"
    today_same: str = "Spurt på nytt nå. Programmene er de samme som da velgeren spurte."
    today_other: str = "Spurt på nytt nå. Programmene er byttet ut siden velgeren spurte, så svaret kan være et annet."
    today_nothing: str = "Ingen løfter."
    score: str = "Poeng"
    matched: str = "Ord som traff"
    pledge: str = "Løfte"
    feedback: str = "Tilbakemeldinger"
    feedback_none: str = "Ingen har sagt noe om svaret."
    helpful: str = "Tommel opp"
    work: str = "Saken"
    again_why: str = (
        "Saken var løst, men spørsmålet fikk siden et svar som ikke var godt nok, eller noen var misfornøyd. "
        "Se om rettelsen virker. Lagrer du den som «Løst», går den ut av innboksen igjen."
    )
    note: str = "Notat"
    note_hint: str = (
        "For medarbeidere. Ikke skriv navn; navn, numre og adresser vi kjenner igjen, tas bort."
    )
    save: str = "Lagre"
    mend: str = "Rett opp"
    mend_hint: str = "Knytt spørsmålet til riktige løfter, eller si at det er utenfor programmet."
    history: str = "Historikk"
    history_none: str = "Ingen har gjort noe med saken."
    history_line: str = "{day}: {name} satte «{status}»"
    history_owner: str = "har den: {owner}"
    history_again: str = "saken var kommet tilbake"
    undo: str = "Angre siste endring"
    undo_failed: str = "Det er ingen endring å angre."
    conflict: str = "Noen andre endret saken mens du skrev. Ingenting av ditt er lagret ennå."
    conflict_theirs: str = "{name} satte «{status}» {day}"
    conflict_note: str = "Notatet er nå: «{note}»"
    conflict_yours: str = (
        "Det du skrev, står i skjemaet. Se over, og lagre på nytt hvis det skal gjelde."
    )
    bad_form: str = "Skjemaet var ikke gyldig. Velg en status fra listen, og prøv igjen."


INBOX = InboxTexts()
