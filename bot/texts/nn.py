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
    maybe_lost="Sambandet til Telegram fall ut. Fekk du ikkje svar? Spør igjen.",
    restarted="Eg vart starta på nytt. Fekk du ikkje svar? Spør igjen.",
    too_long=(
        "Meldinga er på {length} teikn, og eg les høgst {limit}. "
        "Kan du korte henne ned til sjølve spørsmålet?"
    ),
    too_many="Det gjekk litt fort for meg. Vent eit minutt, så svarer eg igjen.",
    command_start="Byrj",
    command_help="Slik spør du",
    command_about="Kven som står bak",
    command_sources="Programma eg svarer frå",
    command_privacy="Kva som blir lagra",
    fixed_label="Fast svar",
    quotes_language="Sitata er på norsk.",
    button_more="Fleire lovnader",
    button_context="Vis samanhengen",
    button_share="Del",
    button_same="Same spørsmål i {place}",
    button_everywhere="Søk i alle kommunane",
    button_topics="Sjå tema",
    button_other_topics="Sjå andre saker",
    button_missing="Meld som sakna",
    button_previous="‹ Førre",
    button_next="Neste ›",
    button_up="‹ Tilbake",
    button_headings="Etter overskrift",
    button_by_topic="Etter tema",
    button_private="Spør meg privat",
    button_quote="Sitat {number}",
    page_of="Side {page} av {pages}",
    thanks_agree="Takk! Vil du vite kva meir vi kanskje er samde om?",
    ask_why="Takk for at du seier frå. Kva var gale?",
    complaint_topic="Feil tema",
    complaint_meaning="Fann ikkje det eg meinte",
    complaint_place="Feil kommune",
    complaint_outdated="Utdatert",
    complaint_other="Anna",
    complaint_stored="Takk! Det hjelper oss å gjere svara betre.",
    see_other="Takk for tilbakemeldinga. Vil du sjå andre saker?",
    missing_stored="Takk! Vi noterer at du saknar dette i programmet.",
    context_head="Slik står det i programmet:",
    why_head="Programmet seier ikkje alltid kvifor. Slik står lovnaden i samanheng:",
    more_head="Fleire lovnader om det du spurde om:",
    no_more="Eg har ikkje fleire lovnader om dette.",
    question_gone="Spørsmålet er sletta. Skriv det gjerne éin gong til.",
    place_ask="Kva kommune vil du ha svar frå?",
    place_set="Då svarer eg frå {place}. Skriv /kommune for å byte.",
    place_all="Alle kommunane",
    place_all_set="Då svarer eg frå alle kommunane: {places}.",
    choice_failed="Valet vart ikkje lagra. Prøv igjen.",
    language_name="Nynorsk",
    language_ask="Kva språk skal eg skrive? Sitata er alltid på norsk.",
    language_set="Då skriv eg nynorsk.",
    quote_id="Sitat-id: {id}",
    quote_unknown="Det sitatet finn eg ikkje. Det kan vere endra i ei nyare utgåve av programmet.",
    quote_usage="Skriv /sitat og sitat-id-en, så viser eg sitatet i samanheng.",
    topics_head="Vel eit tema. Talet viser kor mange lovnader eg har.",
    topics_head_in="Vel eit tema. Talet viser kor mange lovnader eg har frå {place}.",
    headings_head=(
        "Vel ei overskrift i programma. Talet viser kor mange lovnader som står under ho."
    ),
    topic_empty=(
        "Programma har ingen lovnader om dette temaet. Det tyder ikkje at partiet er for "
        "eller imot."
    ),
    topic_gone="Det temaet finst ikkje lenger. Vel eit anna.",
    engage_head="Vil du engasjere deg?",
    engage_newsletter="Få nyheitsbrev",
    engage_membership="Bli medlem",
    engage_contact="Ta kontakt",
    too_long=(
        "Spørsmålet er langt. Skriv det kort, med høgst {limit} teikn, så leitar eg i "
        "programma."
    ),
    not_voice=(
        "Eg kan ikkje høyre på talemeldingar. Skriv spørsmålet ditt, så leitar eg i "
        "programma."
    ),
    not_picture=(
        "Eg kan ikkje sjå bilete eller video. Skriv spørsmålet ditt, så leitar eg i "
        "programma."
    ),
    not_personal=(
        "Eg tek ikkje imot kontaktar eller stader, og har ikkje lagra noko. Skriv gjerne eit "
        "spørsmål."
    ),
    not_forwarded="Eg svarer ikkje på vidaresende meldingar. Skriv spørsmålet med dine eigne ord.",
    group_usage="Skriv /spor og spørsmålet, til dømes: /spor søndagsopne butikkar",
    inline_title="{place} · {period}",
    command_place="Vel kommune",
    command_topics="Bla i tema",
    command_quote="Vis eit sitat med sitat-id",
    command_engage="Engasjer deg",
    command_language="Byt språk",
    command_ask="Spør om ei sak",
    command_reload="Les programma på nytt",
    profile_short="Spør kva {party} vil gjere der du bur. Du får svar ordrett frå programma.",
    profile_description=(
        "Spør kva {party} vil gjere der du bur, så svarer eg med sitat frå dei lokale "
        "programma, ord for ord, med kjelde. Eg er ei automatisk teneste. Ingen kunstig "
        "intelligens skriv svara. Ikkje skriv namn eller andre personopplysningar."
    ),
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
    status=(
        "Oppe i {uptime}. Telegram svara for {poll_age} sidan. Kø: {queued}. "
        "Ukjend levering: {unknown}.\n"
        "Siste døgn (høgst sidan start): {answers} svar, {misses} utan treff, {errors} feil. "
        "95 av 100 svar tok høgst {p95} ms.\n"
        "Innhald: versjon {fingerprint}, i bruk i {version_age}. Løfte: {pledges}.\n"
        "Tryggingskopi: for {backup_age} sidan, {backups} i alt. "
        "Logg: {size}. Ledig disk: {free}.\n"
        "løftebot {version}, Python {python}, PTB {ptb}, SQLite {sqlite} "
        "(journal {journal}, synchronous FULL)"
    ),
    status_never="(aldri)",
    command_status="Driftsstatus",
    alert_count="{count} gonger sidan førre varsel. Neste varsel om dette kjem tidlegast om {minutes} minutt.",
    alert_error="Feil i boten ({where}). Sjå loggen.",
    alert_unknown="ukjent tal",
    alert_backup_failed="Tryggingskopien vart ikkje laga. Boten prøver igjen om eit kvarter. Sjå docs/drift.md.",
    alert_conflict="To instansar bruker same token. Stopp den eine. Sjå docs/drift.md.",
    alert_corrupt="Spørsmålsloggen er skadd. Boten hentar den nyaste tryggingskopien.",
    alert_crash_loop=(
        "Boten har starta {starts} gonger på ti minutt. Han prøver vidare éin gong i minuttet. "
        "Sjå loggen."
    ),
    alert_disk_full="Disken er full: spørsmål blir ikkje logga. Veljarane får svar. Sjå docs/drift.md.",
    alert_disk_low="Berre {free} ledig disk. Sjå docs/drift.md.",
    alert_locked="Eit anna program held spørsmålsloggen låst. Sjå docs/drift.md.",
    alert_recovered=(
        "Spørsmålsloggen var skadd og er bytt med {backup}. Tapt: {rows} svar, {hours} timar. "
        "Den skadde er teken vare på som {kept}. Boten svarer."
    ),
    alert_recovered_empty=(
        "Spørsmålsloggen var skadd, og det fanst ingen brukande tryggingskopi. "
        "Tapt: {rows} svar. Den skadde er teken vare på som {kept}. Boten svarer med ein ny, tom logg."
    ),
    alert_storage="Spørsmålsloggen kan ikkje brukast. Veljarane får svar utan knappar. Sjå loggen.",
    alert_telegram="Telegram svara ikkje ei stund. Ingen spørsmål er mista.",
)
