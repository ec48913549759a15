"""Bokmål."""

from bot.texts.catalogue import Texts

NB = Texts(
    code="nb",
    weak="Nærmeste treff – kanskje ikke det du spurte om:",
    none_silent=(
        "Programmene jeg har, sier ikke noe konkret om dette. "
        "Det betyr ikke at partiet er for eller imot."
    ),
    none_silent_in=(
        "Programmet for {place} sier ikke noe konkret om dette. "
        "Det betyr ikke at partiet er for eller imot."
    ),
    none_empty=(
        "Jeg fant ingen sak i meldingen. Skriv hva du lurer på, for eksempel "
        "«Hva mener dere om søndagsåpne butikker?»"
    ),
    none_other_party=(
        "Jeg svarer bare for {party} og kan ikke si hva {names} mener. Spør gjerne hva vi vil."
    ),
    none_other_municipality=(
        "Jeg har ikke noe program for {names}. Jeg har programmer for {places}."
    ),
    quote_too_long=(
        "Løftet som passer best, er for langt for én melding. Det står i «{title}» ({period})."
    ),
    and_word="og",
    period_unknown="periode ikke oppgitt",
    period_ended="{period}, perioden er over",
    period_coming="{period}, kommende periode",
    source="Kilde: {title} ({period})",
    under_heading="Under «{heading}»",
    under_parent="{parent}",
    helpful="👍",
    not_helpful="👎",
    vote_stored="Takk! Svaret ditt er lagret.",
    vote_failed="Svaret ditt ble ikke lagret. Prøv igjen.",
    vote_expired="Svaret er slettet, så tilbakemeldingen kan ikke lagres.",
    start=(
        "Hei! Jeg er en automatisk tjeneste fra {party}. Spør hva vi vil gjøre der du bor, "
        "så svarer jeg med løfter fra de lokale programmene, ord for ord.\n\n"
        "Jeg har programmer for {places}.\n\n"
        "Prøv for eksempel:\n{examples}\n\n"
        "Ikke skriv navn eller andre personopplysninger. Les mer: /personvern"
    ),
    examples=(
        "Hva mener dere om søndagsåpne butikker?",
        "Hva vil dere gjøre med T-banen i Bærum?",
        "lærlinger",
    ),
    help=(
        "Skriv et spørsmål med dine egne ord. Nevn gjerne kommunen: «Hva vil dere gjøre med "
        "T-banen i Bærum?»\n\n"
        "Jeg viser bare sitater fra partiets programmer. Finner jeg ikke noe, sier jeg det.\n\n"
        "/kilder – programmene jeg svarer fra\n"
        "/om – hvem som står bak\n"
        "/personvern – hva som lagres"
    ),
    about=(
        "Denne tjenesten er laget for {party}. Ingen kunstig intelligens skriver svarene: hvert "
        "sitat er hentet ordrett fra partiets eget program, og det er kontrollert av et program "
        "før det kan vises.\n\n"
        "Slik finner jeg svar: Jeg leter etter ordene dine, og ord som betyr det samme, i hvert "
        "løfte. Løftene som passer best, vises først. Passer ingen godt nok, sier jeg fra."
    ),
    privacy=(
        "Ansvarlig: {controller}. Kontakt: {contact}.\n\n"
        "Vi lagrer spørsmålet ditt, hvilke løfter som ble vist, og om du trykket 👍 eller 👎, "
        "for å gjøre svarene bedre. Vi lagrer ikke navn, brukernavn, telefonnummer eller "
        "Telegram-id. Det slettes etter {days} dager.\n\n"
        "Telegram ser meldingene dine; de er ikke ende-til-ende-kryptert. "
        "Du kan klage til Datatilsynet."
    ),
    not_given="ikke oppgitt ennå",
    sources_head="Jeg svarer fra disse programmene:",
    source_line="• {party}: {title} ({period}), {pledges} løfter. Kontrollsum {sha}.",
    source_other="• {title}: oppbevart, men ikke et program. Siteres aldri.",
    unknown_command="Den kommandoen kjenner jeg ikke. Skriv /hjelp.",
    not_text="Jeg kan bare lese tekst. Skriv spørsmålet ditt, så leter jeg i programmene.",
    went_wrong="Noe gikk galt (ref {ref}). Prøv igjen om litt.",
    command_start="Begynn",
    command_help="Slik spør du",
    command_about="Hvem som står bak",
    command_sources="Programmene jeg svarer fra",
    command_privacy="Hva som lagres",
    chat_intro="Skriv et spørsmål. /hjelp viser hva du kan gjøre, /slutt avslutter.",
    chat_prompt="Du: ",
    chat_vote_hint="Var svaret nyttig? Skriv + eller -",
    chat_no_answer_yet="Spør om noe først, så kan du si hva du syntes om svaret.",
    chat_not_logged="(Spørsmålet ble ikke lagret: {reason})",
    chat_bye="Ha det!",
    reload_started="Leser programmene på nytt …",
    reload_running="En ny lesing er alt i gang. Vent til den er ferdig.",
    reload_done="Ferdig: +{added} −{removed} ~{changed} løfter, {total} i alt. Versjon {fingerprint}.",
    reload_unchanged="Ingenting er endret. {total} løfter, versjon {fingerprint}.",
    reload_failed="Ikke lest inn. Det gamle innholdet svarer videre.\n{fault}",
)
