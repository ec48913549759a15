"""Nynorsk."""

from bot.texts.catalogue import Texts

NN = Texts(
    code="nn",
    weak="Næraste treff – kanskje ikkje det du spurde om:",
    none_silent=(
        "Programma eg har, seier ikkje noko konkret om dette. "
        "Det tyder ikkje at partiet er for eller imot."
    ),
    none_silent_in=(
        "Programmet for {place} seier ikkje noko konkret om dette. "
        "Det tyder ikkje at partiet er for eller imot."
    ),
    none_empty=(
        "Eg fann ikkje noka sak i meldinga. Skriv kva du lurer på, til dømes "
        "«Kva meiner de om søndagsopne butikkar?»"
    ),
    none_other_party=(
        "Eg svarer berre for {party} og kan ikkje seie kva {names} meiner. Spør gjerne kva vi vil."
    ),
    none_other_municipality="Eg har ikkje noko program for {names}. Eg har program for {places}.",
    quote_too_long=(
        "Lovnaden som passar best, er for lang for éi melding. Han står i «{title}» ({period})."
    ),
    and_word="og",
    period_unknown="periode ikkje oppgjeven",
    period_ended="{period}, perioden er over",
    period_coming="{period}, komande periode",
    source="Kjelde: {title} ({period})",
    under_heading="Under «{heading}»",
    under_parent="{parent}",
    helpful="👍",
    not_helpful="👎",
    vote_stored="Takk! Svaret ditt er lagra.",
    vote_failed="Svaret ditt vart ikkje lagra. Prøv igjen.",
    vote_expired="Svaret er sletta, så tilbakemeldinga kan ikkje lagrast.",
    start=(
        "Hei! Eg er ei automatisk teneste frå {party}. Spør kva vi vil gjere der du bur, "
        "så svarer eg med lovnader frå dei lokale programma, ord for ord.\n\n"
        "Eg har program for {places}.\n\n"
        "Prøv til dømes:\n{examples}\n\n"
        "Ikkje skriv namn eller andre personopplysningar. Les meir: /personvern"
    ),
    examples=(
        "Kva meiner de om søndagsopne butikkar?",
        "Kva vil de gjere med T-banen i Bærum?",
        "lærlingar",
    ),
    help=(
        "Skriv eit spørsmål med dine eigne ord. Nemn gjerne kommunen: «Kva vil de gjere med "
        "T-banen i Bærum?»\n\n"
        "Eg viser berre sitat frå partiet sine program. Finn eg ikkje noko, seier eg det.\n\n"
        "/kilder – programma eg svarer frå\n"
        "/om – kven som står bak\n"
        "/personvern – kva som blir lagra"
    ),
    about=(
        "Denne tenesta er laga for {party}. Ingen kunstig intelligens skriv svara: kvart sitat er "
        "henta ordrett frå partiet sitt eige program, og det er kontrollert av eit program før det "
        "kan visast.\n\n"
        "Slik finn eg svar: Eg leitar etter orda dine, og ord som tyder det same, i kvar lovnad. "
        "Lovnadene som passar best, kjem først. Passar ingen godt nok, seier eg frå."
    ),
    privacy=(
        "Ansvarleg: {controller}. Kontakt: {contact}.\n\n"
        "Vi lagrar spørsmålet ditt, kva lovnader som vart viste, og om du trykte 👍 eller 👎, "
        "for å gjere svara betre. Vi lagrar ikkje namn, brukarnamn, telefonnummer eller "
        "Telegram-id. Det blir sletta etter {days} dagar.\n\n"
        "Telegram ser meldingane dine; dei er ikkje ende-til-ende-krypterte. "
        "Du kan klage til Datatilsynet."
    ),
    not_given="ikkje oppgjeve enno",
    sources_head="Eg svarer frå desse programma:",
    source_line="• {party}: {title} ({period}), {pledges} lovnader. Kontrollsum {sha}.",
    source_other="• {title}: teke vare på, men ikkje eit program. Blir aldri sitert.",
    unknown_command="Den kommandoen kjenner eg ikkje. Skriv /hjelp.",
    not_text="Eg kan berre lese tekst. Skriv spørsmålet ditt, så leitar eg i programma.",
    went_wrong="Noko gjekk gale (ref {ref}). Prøv igjen om litt.",
    command_start="Byrj",
    command_help="Slik spør du",
    command_about="Kven som står bak",
    command_sources="Programma eg svarer frå",
    command_privacy="Kva som blir lagra",
    chat_intro="Skriv eit spørsmål. /hjelp viser kva du kan gjere, /slutt avsluttar.",
    chat_prompt="Du: ",
    chat_vote_hint="Var svaret nyttig? Skriv + eller -",
    chat_no_answer_yet="Spør om noko først, så kan du seie kva du syntest om svaret.",
    chat_not_logged="(Spørsmålet vart ikkje lagra: {reason})",
    chat_bye="Ha det!",
    reload_started="Les programma på nytt …",
    reload_running="Ei ny lesing er alt i gang. Vent til ho er ferdig.",
    reload_done="Ferdig: +{added} −{removed} ~{changed} lovnader, {total} i alt. Versjon {fingerprint}.",
    reload_unchanged="Ingenting er endra. {total} lovnader, versjon {fingerprint}.",
    reload_failed="Ikkje lese inn. Det gamle innhaldet svarer vidare.\n{fault}",
)
