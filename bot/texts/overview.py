"""The sentences of staff's figures: the page, the charts, /statistikk and the weekly report. Bokmål."""

from __future__ import annotations

from dataclasses import dataclass, field


def _outcomes() -> dict[str, str]:
    return {"hit": "Treff", "weak": "Svakt treff", "none": "Ikke funnet", "fixed": "Fast svar"}


def _verdicts() -> dict[str, str]:
    return {"helpful": "Nyttig", "not_helpful": "Ikke nyttig"}


def _complaints() -> dict[str, str]:
    return {
        "topic": "Feil tema",
        "meaning": "Ikke det jeg mente",
        "place": "Feil kommune",
        "outdated": "Utdatert",
        "other": "Annet",
        "missing": "Savnet i programmet",
    }


def _months() -> tuple[str, ...]:
    return (
        "januar", "februar", "mars", "april", "mai", "juni", "juli", "august", "september",
        "oktober", "november", "desember",
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class OverviewTexts:
    """One attribute a sentence; a misspelt one fails where it is used."""

    outcomes: dict[str, str] = field(default_factory=_outcomes)
    verdicts: dict[str, str] = field(default_factory=_verdicts)
    complaints: dict[str, str] = field(default_factory=_complaints)
    months: tuple[str, ...] = field(default_factory=_months)
    period: str = "{first} – {last}"
    total: str = "I alt"
    topic: str = "Tema"
    municipality: str = "Kommune"
    questions: str = "Spørsmål"
    bar_head: str = "Dager"
    no_municipality: str = "uten kommune"
    topic_outside: str = "Utenfor programmene"
    topic_other: str = "Uten tema"
    hidden: str = "Skjult, for få"
    hidden_short: str = "skjult"
    part: str = "{name} {percent}"
    parts: str = "Av dem: {parts}."

    # ---- charts
    days_title: str = "Spørsmål etter utfall"
    days_said: str = "{total} spørsmål."
    days_few: str = "Færre enn fem spørsmål; tallene er skjult."
    votes_title: str = "Hva velgerne syntes om svarene"
    votes_said: str = "{total} stemmer, {percent} nyttig."
    votes_none: str = "Ingen stemmer."
    votes_few: str = "For få stemmer til å vise."
    topics_title: str = "Mest spurt om"
    topics_said: str = "Øverst: {first}."
    topics_none: str = "Ingen temaer med nok spørsmål til å vise."
    silent_title: str = "Spurt om uten å finne svar"
    silent_label: str = "{topic}, {place}"
    silent_said: str = "Øverst: {first}."
    silent_none: str = "Ingen temaer med minst fem ubesvarte spørsmål."

    # ---- the page
    title: str = "Oversikt"
    lead: str = (
        "Hva velgerne spør om, hvordan boten svarer, og hvor programmene er tause. "
        "Tallene går til og med i går."
    )
    lead_restricted: str = "Bare spørsmål om {place}."
    privacy: str = "Tall under fem er skjult, og så mange andre at ingen kan regne dem ut. Derfor kan tabellene ha hull."
    no_texts: str = "Loggen er slått av i innstillingene, så her er bare antall: ingen stemmer og ingen spørsmål."
    period_label: str = "Periode"
    periods: dict[int, str] = field(
        default_factory=lambda: {7: "7 dager", 28: "4 uker", 91: "13 uker", 364: "52 uker"}
    )
    numbers: str = "Tallene bak: {title}"
    nothing: str = "Ingen tall å vise for denne perioden."
    key_asked: str = "spørsmål"
    key_found: str = "fikk treff"
    key_helpful: str = "av stemmene sier nyttig"
    complaints_title: str = "Hva som var galt"
    complaint: str = "Grunn"
    complaint_count: str = "Antall"
    coverage_link: str = "Hva programmene dekker, kommune for kommune"
    export_title: str = "Ta med køen"
    export_lead: str = "Spørsmålene som trenger øyne i perioden, med navn og numre tatt ut. Det skrives i revisjonssporet."
    export_csv: str = "Last ned CSV"
    export_xlsx: str = "Last ned Excel"

    # ---- coverage
    coverage_title: str = "Dekning"
    coverage_lead: str = (
        "Hvor mange løfter hver kommunes programmer har om hvert tema. "
        "✕ er ingen, △ er færre enn fem. Trykk på et tall for å se løftene."
    )
    sign_none: str = "✕"
    sign_few: str = "△"
    coverage_details: str = "Undertemaer"
    coverage_no_topics: str = "Det er ingen topics.toml, så løftene er ikke ordnet etter tema."
    coverage_summary: str = "{silent} av {total} temaer uten løfter i {place}"
    coverage_cell: str = "{count} løfter om {topic} i {place}"
    coverage_all: str = "Hovedtemaer"
    coverage_back: str = "Til dekningen"
    pledges_title: str = "{topic}, {place}"
    pledges_count: str = "{count} løfter. Det nærmeste temaet først."
    pledges_one: str = "1 løfte."
    pledges_none: str = (
        "Programmene for {place} har ingen løfter om dette. Det er et hull å vite om."
    )

    # ---- export
    export_head: tuple[str, ...] = (
        "dag", "spørsmål", "utfall", "kommune", "årsak", "stemme", "tilbakemelding", "status",
    )  # fmt: skip
    export_name: str = "innboks-{first}-{last}"
    export_caption: str = (
        "{count} spørsmål som trenger øyne, siste {days} dager. Del ikke filen videre."
    )
    export_too_large: str = "Filen er for stor for Telegram. Last den ned fra nettsidene."
    export_empty: str = "Ingen spørsmål trenger øyne i de siste {days} dagene."
    export_sheet: str = "Innboks"

    # ---- Telegram
    failed: str = "Loggen svarer ikke akkurat nå. Prøv igjen om litt."
    card: str = (
        "{question}\n\n{outcomes}{place}\nSpurt {times}, sist {day}. Status: {status}{owner}"
    )
    card_place: str = " · {place}"
    card_owner: str = " ({owner})"
    card_once: str = "én gang"
    card_times: str = "{count} ganger"
    card_disliked: str = "👎 {count}"
    card_outcome: str = "{name} {count}"
    card_left: str = "Sak {number} av {total}"
    card_no_words: str = "(Ordene er ikke lagret.)"
    inbox_empty: str = "Innboksen er tom. Ingenting trenger øyne nå."
    button_take: str = "Tar den"
    button_solved: str = "Løst"
    button_silent: str = "Finnes ikke"
    button_irrelevant: str = "Ikke relevant"
    button_spam: str = "Spam"
    button_next: str = "Neste"
    done: str = "Lagret: {status}"
    conflict: str = "{name} endret saken før deg. Se den på nytt, og velg igjen."
    somebody: str = "Noen"
    gone: str = "Saken finnes ikke lenger."
    statistics: str = (
        "{period}\n\n{asked}\n{votes}\n\nMest spurt om:\n{topics}\n\nIkke funnet svar på:\n{silent}"
    )
    report: str = "Ukerapport\n{statistics}"
    line: str = "• {name}: {count}"
    nothing_line: str = "• Ingen med minst fem"


OVERVIEW = OverviewTexts()
