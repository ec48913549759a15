"""Every sentence on staff's pages, in bokmål. Sections follow the pages.

``{…}`` are filled where the page is made; the page escapes.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


def _errors() -> Mapping[int, str]:
    return {
        400: "Skjemaet kunne ikke leses. Gå tilbake og prøv igjen.",
        401: "Du er logget ut. Logg inn igjen; det du skrev, er ikke lagret.",
        403: "Det har du ikke lov til, eller siden er for gammel. Gå tilbake, last den på nytt og prøv igjen.",
        404: "Denne siden finnes ikke.",
        405: "Slik kan ikke denne siden brukes.",
        413: "Det du sendte, er for stort.",
        414: "Adressen er for lang.",
        415: "Dette er ikke et skjema fra disse sidene.",
        421: "Sidene svarer ikke på denne adressen. Bruk adressen du har fått.",
        429: "For mange forsøk. Vent et minutt, og prøv igjen.",
        500: "Noe gikk galt hos oss. Prøv igjen; den som drifter boten, får vite det.",
        503: "Spørsmålsloggen kan ikke brukes akkurat nå. Prøv igjen om litt.",
    }


def _said() -> Mapping[str, str]:
    return {
        "signed_out": "Du er logget ut.",
        "case_saved": "Saken er lagret.",
        "case_undone": "Siste endring er angret.",
        "member_saved": "Lagret.",
        "member_removed": "Fjernet. Sidene er stengt for personen fra nå av.",
    }


@dataclass(frozen=True, slots=True, kw_only=True)
class StaffTexts:
    """The sentences. One attribute each; a misspelt one fails where the page is made."""

    # ---- every page
    product: str = "Løftebot"
    skip: str = "Hopp til innholdet"
    menu: str = "Sider"
    sign_out: str = "Logg ut"
    signed_in_as: str = "Innlogget som {name}"
    only_municipality: str = "bare {place}"
    page_number: str = "Side {page} av {pages}"
    previous: str = "Forrige"
    next: str = "Neste"
    pages_label: str = "Bla i sidene"
    table: str = "Tabell"
    none_found: str = "Ingenting her."
    all: str = "Alle"
    months: tuple[str, ...] = (
        "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november", "desember",
    )  # fmt: skip
    navigation: tuple[tuple[str, str, bool], ...] = (
        # path, label, for admins only
        ("/", "Innboks", False),
        ("/forslag", "Rettelser", False),
        ("/oversikt", "Oversikt", False),
        ("/programmer", "Programmer", False),
        ("/prov", "Prøv", False),
        ("/oppdater", "Oppdater", True),
        ("/medarbeidere", "Medarbeidere", True),
    )
    outcomes: Mapping[str, str] = field(
        default_factory=lambda: {
            "hit": "Treff",
            "weak": "Svakt treff",
            "none": "Ikke funnet",
            "fixed": "Fast svar",
            "error": "Feil",
        }
    )
    said: Mapping[str, str] = field(default_factory=_said)
    """After something was done, by the key that ``rendering.redirect`` puts into the address."""
    errors: Mapping[int, str] = field(default_factory=_errors)
    """By HTTP status."""
    error_title: str = "Det gikk ikke"
    to_start: str = "Til forsiden"

    # ---- signing in
    login_title: str = "Logg inn"
    login_press: str = "Trykk på knappen for å logge inn. Lenken virker én gang."
    login_button: str = "Logg inn"
    login_how: str = (
        "Skriv /weblogin til boten i en privat samtale, så får du en lenke som virker i {minutes} minutter. "
        "Uten Telegram: be den som drifter boten, om en lenke."
    )
    login_broken: str = (
        "Lenken virker ikke: den er brukt, for gammel eller erstattet av en nyere. Be om en ny."
    )
    login_continue: str = "Er du logget inn fra før?"
    login_continue_link: str = "Gå til sidene"
    login_memory: str = "Du logges ut etter 30 minutter uten bruk, senest etter 8 timer, og når boten startes på nytt."
    # in Telegram
    weblogin: str = (
        "Her er lenken din til nettsidene. Den virker én gang, i {minutes} minutter, og en ny lenke "
        "gjør den gamle ugyldig. Ikke gi den til andre.\n\n{link}"
    )
    alert_pages: str = (
        "Nettsidene for medarbeidere har stoppet. Boten svarer velgerne som før. Start boten på nytt, "
        "og se i loggen hva som skjedde."
    )
    weblogin_failed: str = "Fikk ikke laget en lenke. Prøv igjen om litt."

    # ---- programmes and pledges
    programmes_title: str = "Programmer"
    programmes_lead: str = "Alt boten kan sitere, slik den leser det nå. Versjon {fingerprint}."
    municipality: str = "Kommune"
    programme: str = "Program"
    period: str = "Periode"
    pledges: str = "Løfter"
    pledge: str = "Løfte"
    file: str = "Fil"
    received: str = "Lest fra"
    checksum: str = "Kontrollsum (SHA-256)"
    published: str = "Hos partiet"
    not_searched: str = "Søkes ikke i"
    filter: str = "Filtrer"
    filter_pledges: str = "Ord i løftet eller overskriften"
    filter_button: str = "Vis"
    filter_clear: str = "Vis alle"
    shown_of: str = "{shown} av {total} løfter"
    heading_none: str = "Uten overskrift"
    line: str = "linje {line}"
    page_line: str = "side {page}, linje {line}"
    where: str = "Hvor det står"
    in_context: str = "Slik står det i programmet"
    headings: str = "Overskrifter"
    lead_in: str = "Innledning"
    parent: str = "Under punktet"
    examples_count: str = "Eksempelspørsmål"
    topics: str = "Emner"
    topics_none: str = "Ingen"
    pledge_id: str = "Id"
    pledge_previous: str = "Forrige løfte"
    pledge_next: str = "Neste løfte"
    no_programme: str = "Uten periode"

    # ---- trying a question
    trial_title: str = "Prøv et spørsmål"
    trial_lead: str = (
        "Du får nøyaktig det svaret en velger får. Ingenting logges, og det telles ikke."
    )
    trial_question: str = "Spørsmål"
    trial_language: str = "Språk"
    trial_button: str = "Spør"
    trial_answer: str = "Svaret"
    trial_why: str = "Hvorfor"
    trial_empty: str = "Skriv et spørsmål først."
    trial_too_long: str = "Spørsmålet er for langt. Boten leser høyst {most} tegn."
    trial_outcome: str = "Utfall"
    trial_hits: str = "Løfter i svaret, og flere som kan vises"
    trial_score: str = "Poeng"
    trial_words: str = "Ord som traff"
    trial_more: str = "flere treff"
    languages: Mapping[str, str] = field(
        default_factory=lambda: {"nb": "Bokmål", "nn": "Nynorsk", "en": "Engelsk"}
    )

    # ---- why an answer was given
    why_probability: str = "Sannsynlighet for svar"
    why_rule: str = "Avgjort av"
    why_rules: Mapping[str, str] = field(
        default_factory=lambda: {
            "probability": "hvor godt løftene passer",
            "pattern": "et fast mønster",
            "nearest outside": "ligner mest på noe programmene ikke handler om",
            "other_party": "spørsmålet gjelder et annet parti",
            "other_municipality": "spørsmålet gjelder en annen kommune",
            "empty": "ingen ord å søke med",
            "approved": "en medarbeider har godkjent svaret på akkurat dette spørsmålet",
        }
    )
    why_topic: str = "Nærmeste emne"
    why_example: str = "Nærmeste eksempelspørsmål"
    why_unmatched: str = "Ord uten treff"
    why_concepts: str = "Slik ble spørsmålet lest"

    # ---- staff
    staff_title: str = "Medarbeidere"
    staff_lead: str = "Hvem som kan åpne disse sidene. Å fjerne noen virker straks."
    staff_name: str = "Navn"
    staff_role: str = "Rolle"
    staff_all_municipalities: str = "Alle kommuner"
    staff_telegram: str = "Telegram-id"
    staff_telegram_hint: str = "Valgfritt. Tall; gjør at /weblogin virker."
    staff_name_hint: str = "Vises i historikken. 1 til 60 tegn."
    staff_add: str = "Legg til eller endre"
    staff_add_hint: str = "Et navn som finnes fra før, endres."
    staff_save: str = "Lagre"
    staff_remove: str = "Fjern"
    staff_invite: str = "Lag lenke"
    staff_change: str = "Endre"
    staff_in_settings: str = "I innstillingene"
    staff_in_settings_hint: str = "Endres i config.toml: telegram.admins og telegram.reviewers."
    staff_actions: str = "Valg"
    staff_you: str = "deg"
    staff_link_title: str = "Lenke til {name}"
    staff_link: str = (
        "Kopier lenken nå: den vises bare her og nå. Den virker én gang, i {minutes} minutter."
    )
    staff_back: str = "Tilbake til medarbeiderne"
    staff_bad_name: str = "Navnet må ha 1 til {most} tegn, og kan ikke være bare tall."
    staff_bad_role: str = "Velg en rolle."
    staff_bad_place: str = "Velg en kommune fra listen."
    staff_admin_place: str = (
        "En admin har alle kommuner. Velg «Alle kommuner» eller rollen gransker."
    )
    staff_bad_id: str = "Telegram-id er bare tall."
    staff_not_settings: str = "Denne står i innstillingene og endres i config.toml."
    staff_not_self: str = "Du kan ikke fjerne eller endre deg selv. Be en annen admin."
    staff_id_taken: str = "En annen har denne Telegram-id-en."
    staff_last: str = "Det må være minst én admin igjen."
    staff_unknown: str = "Det finnes ingen med dette navnet."
    roles: Mapping[str, str] = field(
        default_factory=lambda: {"admin": "Admin", "reviewer": "Gransker"}
    )

    # ---- loftebot review
    cli_invited: str = "Gi lenken til {name}. Den virker én gang, i {minutes} minutter; en ny lenke gjør den ugyldig."
    cli_nobody: str = "Ingen ennå. Legg til den første: loftebot review invite NAVN --role admin"
    cli_fixed: str = (
        "«{name}» står i innstillingene og endres der: telegram.admins og telegram.reviewers."
    )
    cli_unknown: str = "«{name}» er ikke på listen. Se den med: loftebot review staff"
    cli_removed: str = "{name} er fjernet. Sidene er stengt for personen fra nå av."
    cli_role: str = "«{name}» er ny. Oppgi rollen: --role admin eller --role reviewer."
    cli_place: str = "ingen programmer er fra «{place}». Her er: {known}."
    cli_place_role: str = (
        "--municipality gjelder bare sammen med --role reviewer: en admin ser alle kommuner."
    )
    cli_no_log: str = "{path}: finnes ikke. Start boten først (loftebot run eller loftebot chat), eller rett storage.directory."
    cli_running: str = (
        "{path}: en løftebot kjører alt. Den viser sidene selv når review.enabled er true; "
        "sett det, og start den på nytt. (loftebot review er for den som ikke kjører boten.)"
    )
    cli_serving: str = "Nettsidene er på {address}. Lag en lenke med: loftebot review invite NAVN. Stopp med Ctrl-C."


STAFF = StaffTexts()
