"""What is wrong and what to do, for those who run the bot: in Norwegian, one line each."""

from __future__ import annotations

from typing import Protocol

FAULTS = {
    # corpus
    "unreadable": "kan ikke leses ({reason}). Finnes filen, og har boten lov til å lese den?",
    "not_utf8": "er ikke UTF-8. Lagre filen som UTF-8.",
    "not_toml": "er ikke gyldig TOML: {reason}",
    "no_programmes": "har ingen [[programme]] å svare fra.",
    "file_twice": "«{file}» står to ganger. Fjern den ene.",
    "key_missing": "mangler «{key}».",
    "key_unknown": "ukjent nøkkel «{key}». Kjente nøkler: {known}.",
    "not_text": "«{key}» må være tekst i anførselstegn.",
    "kind": 'kind = "{value}" må være "programme" eller "other".',
    "period": 'period = "{value}" må være tom eller som "2023-2027".',
    "pin_place": (
        "ingen programmer er fra {place}, som corpus.current_periods i innstillingene nevner. "
        "Her er programmer fra: {known}."
    ),
    "pin_period": (
        "{place} har ikke noe program for {period}, som corpus.current_periods i innstillingene nevner. "
        "Her er: {known}."
    ),
    "pin_twice": "{place} står to ganger i corpus.current_periods i innstillingene. Fjern den ene.",
    "file_name": "file = «{value}» må være et filnavn i samme mappe.",
    "link": "er en lenke. Legg selve filen i mappen.",
    "sha256": (
        "innholdet er endret: sha256 er {found}, men i {manifest} står {recorded}. "
        "Er endringen ment, skriv inn den nye."
    ),
    "empty": "«{key}» er tom.",
    "no_pledges": (
        'fant ingen løfter. Er det ikke et partiprogram, sett kind = "other" i {manifest}.'
    ),
    "not_verbatim": "sitatet er ikke ordrett: «{quote}». Meld fra om feilen; ingenting er endret.",
    # programmes as received
    "suffix": "har endelsen «{found}», som ikke kan leses. Dette kan leses: {known}.",
    "not_file": "er ikke en vanlig fil. Oppgi én fil.",
    "too_large": "er på {found} MB; det meste som leses, er {most} MB. Lagre den med mindre bilder.",
    "empty_file": "filen er tom.",
    "other_type": "er ikke det endelsen sier. Åpne den, og lagre den på nytt i riktig format.",
    "not_text_file": "er ikke en tekstfil.",
    "not_charset": "bokstavene er ikke i tegnsettet siden oppgir ({name}). Lagre siden som UTF-8.",
    "damaged": "er skadet eller avkortet ({reason}). Hent den på nytt.",
    "encrypted": "er låst med passord. Lagre den uten passord.",
    "old_word": "er i det gamle Word-formatet. Åpne den i Word og lagre den som .docx.",
    "zip_bomb": "pakker seg ut til mer enn {most} MB. Det er ikke et vanlig dokument.",
    "too_many_pages": "har {found} sider; det meste som leses, er {most}. Del den opp.",
    "too_much_text": "har for mye tekst (over {most} tegn). Del den opp.",
    "too_slow": "tok mer enn {seconds} sekunder å lese. Lagre den på nytt, eller del den opp.",
    "too_heavy": "krever mer enn {most} MB minne å lese. Lagre den på nytt, eller del den opp.",
    "reader_died": "leseren stoppet (kode {code}). Filen er for tung eller skadet; lagre den på nytt.",
    "reader_missing": "kan ikke leses uten {name}. Installer det: pip install 'loftebot[readers]'",
    "scanned": "er bilder av {pages} sider, uten tekst. Be om originalen, eller kjør tekstgjenkjenning.",
    "broken_font": (
        "har skrifter som ikke sier hvilke bokstaver de er ({pages} sider). Be om Word-filen, "
        "eller skriv den ut til PDF på nytt."
    ),
    "no_text": "har ingen tekst.",
    "name_taken": "«{file}» finnes fra før. Bruk --replace for å lese den på nytt, eller --name.",
    "no_such_programme": "«{file}» står ikke i {manifest}. Der står: {known}.",
    "not_written": "kan ikke skrives ({reason}). Ingenting er endret.",
    # mends of an extraction
    "mend_entry": "[[{kind}]] må være en liste med avsnitt.",
    "mend_nowhere": "ingen løfter begynner med «{quote}». Kopier begynnelsen fra loftebot programmes show.",
    "mend_several": "«{quote}» passer {count} steder. Skriv mer av teksten.",
    "mend_not_in_text": "«{quote}» står ikke ordrett i {file}.",
    "mend_already": "«{quote}» er et løfte fra før.",
    "mend_part": "«{quote}» står ikke inne i løftet som skal deles.",
    # word lists
    "section": "avsnittet [{section}] mangler listen «{key}».",
    "entry": "linjen har en ukjent nøkkel eller form: {entry}",
    "word_list": "«{key}» må være en liste med ord.",
    "no_reason": "linjen for «{words}» mangler en grunn (why).",
    "questions_list": '[{key}] må ha questions = ["…"].',
    # corrections
    "writer_missing": "kan ikke skrives uten {name}. Installer det: pip install 'loftebot[review]'",
    "text_list": "«{key}» må være en liste med tekster i anførselstegn.",
    "correction_texts": "«texts» har {texts} sitater, men «pledges» har {pledges} løfter. Skriv ett til hvert, eller ingen.",
    "correction_itself": "synonymet «{word}» fører til seg selv. Ta det ut av «to».",
    "correction_topic": "emnet «{topic}» finnes ikke i topics.toml. Velg et annet, eller fjern rettelsen.",
    "correction_politics": (
        "emnet «{topic}» er politikk, og har ikke noe fast svar. Velg et emne utenfor programmene."
    ),
    # topics
    "topic_twice": "emnet «{id}» står to ganger. Fjern det ene.",
    "topic_parent": "emnet «{id}» har forelderen «{parent}», som ikke står over det i filen.",
    "three_languages": "emnet «{id}»: «{key}» må ha nb, nn og en.",
    "topic_answer": "emnet «{id}» er ikke politikk og må ha et fast svar (answer).",
    "pattern": "mønsteret «{pattern}» er ikke gyldig: {reason}.",
    # decision
    "decision": "modellen «{model}» er ufullstendig ({reason}). Kjør loftebot calibrate.",
    # config
    "config_unreadable": "kan ikke leses ({reason}). Oppgi en annen med --config.",
    "config_not_toml": "er ikke gyldig TOML: {reason}",
    "not_choice": "«{key}» må være en av {known}.",
    "not_link": "«{key}» må være tom, eller en adresse som begynner med https://.",
    "not_flag": "«{key}» må være true eller false.",
    "not_ids": "«{key}» må være en liste med hele tall, som [12345].",
    "not_texts": '«{key}» må være en liste med tekster, som ["12345 Asker"].',
    "not_reviewers": (
        "«{key}» må være en liste med Telegram-id-er i anførselstegn, med eller uten én kommune etter: "
        '["12345", "12345 Asker"].'
    ),
    "not_periods": '«{key}» må være en liste med kommune og periode, som ["Bærum 2023-2027"].',
    "not_zone": '«{key}» må være en tidssone, som "Europe/Oslo".',
    "not_number": "«{key}» må være et tall.",
    "out_of_range": "«{key}» = {value}, må være fra {low} til {high}.",
    "token_file": "filen i telegram.token_file kan ikke leses ({reason}).",
    "token_form": (
        "tokenet har ikke formen 123456:ABC… (TELEGRAM_BOT_TOKEN eller telegram.token_file). "
        "Kopier det på nytt fra BotFather."
    ),
    "token_missing": "mangler token. Sett TELEGRAM_BOT_TOKEN, eller telegram.token_file i {path}.",
    "storage_failed": (
        "kan ikke brukes som spørsmålslogg ({reason}). Finnes mappen, og har boten lov til å skrive?"
    ),
    "storage_newer": (
        "er laget av en nyere løftebot (skjema {found}; denne kjenner {known}). "
        "Bruk den nyere. Filen er ikke rørt."
    ),
    # keys
    "keys_missing": "har ingen nøkler. Lag dem med: loftebot keys init",
    "keys_exist": "har nøkler fra før. De er ikke rørt. Bytt dem med: loftebot keys rotate",
    "keys_unreadable": "nøklene kan ikke brukes ({reason}). Har boten lov til å lese og skrive her?",
    "keys_among_data": (
        "ligger i datamappen {data}. Flytt nøklene ut: den som får en kopi av dataene, "
        "skal ikke få nøklene med."
    ),
    "keys_mode": "har rettigheter {found}. Bare eieren skal lese nøklene: chmod {wanted}",
    "keys_damaged": "er ikke en nøkkel (32 byte). Hent den fra sikkerhetskopien av nøklene.",
    "keys_too_many": "er byttet for mange ganger (255).",
    # backup
    "backup_nothing": "finnes ikke, så det er ingenting å ta sikkerhetskopi av.",
    "backup_failed": "kan ikke skrives ({reason}). Er disken full, og har boten lov til å skrive her?",
    "backup_damaged": (
        "er skadet ({reason}). Ingen kopi er laget, de gamle er urørt. Start boten på nytt, "
        "så henter den den nyeste kopien."
    ),
    "restore_unfit": "kan ikke hentes tilbake ({reason}). Loggen er ikke rørt. Velg en annen kopi.",
    "storage_pragma": "{name} ble {found}, ikke {wanted}. SQLite på denne maskinen kan ikke brukes.",
    "review_missing": "nettsidene kan ikke vises uten {name}. Installer det: pip install 'loftebot[review]'",
    "review_port": (
        "nettsidene får ikke bruke {host} port {port} ({reason}). Kjører noe annet der? "
        "Velg en annen port i review.port."
    ),
    "telegram_unreachable": "får ikke kontakt med Telegram ({reason}). Sjekk nettet og prøv igjen.",
    "already_running": "en løftebot kjører alt med denne mappen. Stopp den først.",
    "token_refused": "Telegram godtar ikke tokenet. Hent et nytt fra BotFather.",
}


class Fault(Protocol):
    """What the errors of ``retrieval`` and ``config`` have in common."""

    fault: str
    values: dict[str, object]


def explain(error: Fault) -> str:
    """Return one line: place, what is wrong, what to do."""
    values = dict(error.values)
    path = getattr(error, "path", None) or values.get("path", "")
    line = getattr(error, "line", 0)
    place = f"{path}:{line}: " if line else f"{path}: " if path else ""
    if error.fault == "empty" and "key" not in values:
        return f"{place}filen er tom."
    return place + FAULTS[error.fault].format(**{"path": path, **values})
