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
    examples_below="👇",
    help=(
        "Skriv et spørsmål med dine egne ord. Nevn gjerne kommunen: «Hva vil dere gjøre med "
        "T-banen i Bærum?»\n\n"
        "Jeg viser bare sitater fra partiets programmer. Finner jeg ikke noe, sier jeg det.\n\n"
        "/tema – bla i temaene\n"
        "/kommune – velg hvor svarene skal være fra\n"
        "/sprak – bokmål, nynorsk eller engelsk\n"
        "/kilder – programmene jeg svarer fra\n"
        "/om – hvem som står bak\n"
        "/personvern – hva som lagres"
    ),
    about=(
        "Denne tjenesten er automatisk og laget for {party}. Ingen kunstig intelligens skriver svarene: hvert "
        "sitat er hentet ordrett fra partiets eget program, og det er kontrollert av et program "
        "før det kan vises.\n\n"
        "Slik finner jeg svar: Jeg leter etter ordene dine, og ord som betyr det samme, i hvert "
        "løfte. Løftene som passer best, vises først. Passer ingen godt nok, sier jeg fra."
    ),
    privacy=(
        "Ansvarlig: {controller}. Kontakt: {contact}.\n\n"
        "Formål: å svare deg med partiets egne løfter, og å gjøre svarene bedre.\n\n"
        "{kept}\n\n"
        "Vi lagrer ikke navn, brukernavn, telefonnummer eller Telegram-id i spørsmålsloggen, og vi "
        "fjerner tall, adresser og navn vi kjenner igjen i teksten, før den lagres kryptert. Vi "
        "finner ikke alle navn: ikke skriv slike. Loggen slettes etter {days} dager, og er borte "
        "fra sikkerhetskopiene 14 dager senere. Mens du venter på svar, ligger meldingen kryptert "
        "hos oss; den slettes når du har fått svaret. Velger du kommune eller språk, husker vi det "
        "under et pseudonym til du sletter det. Er det akutt nød, lagres ikke ordene.\n\n"
        "Grunnlag: {basis}\n\n"
        "Vi lager ingen profil av deg, og alle får de samme løftene. Vi gir ingenting videre.\n\n"
        "Telegram ser meldingene dine og behandler dem etter sine egne vilkår. De er ikke "
        "ende-til-ende-kryptert, og Telegram holder til utenfor EØS.\n\n"
        "Du kan få innsyn (/mine_data), slette (/slett), få rettet, protestere og kreve begrensning. "
        "Skriv til oss på adressen over. Du kan klage til Datatilsynet: datatilsynet.no."
    ),
    privacy_anonymous=(
        "Vi lagrer: dagen, spørsmålet uten det som sier hvem du er, hvilke løfter som ble vist, og "
        "om du trykket 👍 eller 👎. Ingenting knytter det til deg, heller ikke for oss. Vil du "
        "slette ett svar, svar på meldingen med /slett."
    ),
    privacy_consent=(
        "Uten samtykke lagrer vi bare hvor mange spørsmål hvert emne får per dag. Har du sagt ja "
        "(/samtykke), lagrer vi også dagen, spørsmålet uten det som sier hvem du er, hvilke løfter "
        "som ble vist, og om du trykket 👍 eller 👎, under et pseudonym som er nytt hver dag. Du "
        "kan når som helst trekke samtykket; da slettes alt. Svarene er de samme uansett."
    ),
    privacy_off="Vi lagrer ikke spørsmålene, bare hvor mange hvert emne får per dag.",
    privacy_basis=(
        "berettiget interesse i å svare på det du spør om (personvernforordningen artikkel 6 nr. 1 "
        "f). Det som lagres, er avidentifisert."
    ),
    privacy_basis_consent=(
        "ditt samtykke til at spørsmål lagres (personvernforordningen artikkel 6 nr. 1 a og 9 nr. 2 "
        "a), og ellers berettiget interesse i å svare på det du spør om (artikkel 6 nr. 1 f)."
    ),
    privacy_failed="Det gikk ikke nå. Ingenting er endret. Prøv igjen om litt.",
    erase_confirm="Skal jeg slette alt vi har lagret om deg ({count} spørsmål, og valgene dine)? Det kan ikke angres.",
    erase_one_confirm="Skal jeg slette dette spørsmålet og svaret fra loggen? Det kan ikke angres.",
    erase_yes="Ja, slett",
    erase_no="Nei, la det være",
    erase_done="Slettet: {count} spørsmål, og valgene dine.",
    erase_one_done="Slettet: ett spørsmål med svaret.",
    erase_kept="Ingenting er slettet.",
    erase_gone="Det er ikke i loggen (lenger).",
    erase_nothing="Det er ingenting lagret om deg.",
    erase_anonymous=(
        "Det er ingenting lagret som er knyttet til deg. Spørsmålene ligger uten noe som sier hvem "
        "som stilte dem, så jeg finner ikke dine. Vil du slette ett av dem, svar på svaret mitt med "
        "/slett."
    ),
    export_caption="Alt vi har lagret om deg.",
    export_anonymous=(
        "Alt vi har lagret som er knyttet til deg. Spørsmålene ligger uten noe som sier hvem som "
        "stilte dem, så de er ikke med."
    ),
    export_limit="Du har fått tre kopier i dag. Prøv igjen i morgen.",
    consent_ask=(
        "Vil du la oss lagre spørsmålene dine, så vi kan gjøre svarene bedre? Vi fjerner det som "
        "sier hvem du er, så langt vi kjenner det igjen, og sletter etter {days} dager. Et spørsmål "
        "kan likevel si noe om hva du mener i politikken. Du får de samme svarene om du sier nei, "
        "og du kan trekke et ja når som helst med /samtykke. Mer: /personvern"
    ),
    consent_yes="Ja, lagre spørsmålene mine",
    consent_no="Nei",
    consent_given="Takk. Spørsmålene dine blir lagret fra nå. Angre: /samtykke",
    consent_have="Du har sagt ja til at spørsmålene dine lagres. Vil du trekke det, slettes de.",
    consent_withdraw="Trekk samtykket og slett",
    consent_withdrawn="Samtykket er trukket. Slettet: {count} spørsmål. Ingen nye blir lagret.",
    consent_kept_off="Greit. Spørsmålene dine blir ikke lagret.",
    consent_not_needed="Denne tjenesten lagrer ingenting som er knyttet til deg, så det trengs ikke noe samtykke. Mer: /personvern",
    not_given="ikke oppgitt ennå",
    sources_head="Jeg svarer fra disse programmene:",
    source_line="• {party}: {title} ({period}), {pledges} løfter. Kontrollsum {sha}.",
    source_other="• {title}: oppbevart, men ikke et program. Siteres aldri.",
    sources_version="Innhold: versjon {fingerprint}.",
    unknown_command="Den kommandoen kjenner jeg ikke. Skriv /hjelp.",
    not_text="Jeg kan bare lese tekst. Skriv spørsmålet ditt, så leter jeg i programmene.",
    went_wrong="Noe gikk galt (ref {ref}). Prøv igjen om litt.",
    maybe_lost="Forbindelsen til Telegram falt ut. Fikk du ikke svar? Spør igjen.",
    restarted="Jeg ble startet på nytt. Fikk du ikke svar? Spør igjen.",
    too_many="Det gikk litt fort for meg. Vent et minutt, så svarer jeg igjen.",
    maintenance="Jeg svarer ikke akkurat nå, fordi vi retter noe i innholdet. Spør igjen litt senere. /tema og /kilder virker som før.",
    maintenance_short="Tar en kort pause. Prøv igjen senere",
    command_start="Begynn",
    command_help="Slik spør du",
    command_about="Hvem som står bak",
    command_sources="Programmene jeg svarer fra",
    command_privacy="Hva som lagres",
    command_erase="Slett det som er lagret om meg",
    command_export="Kopi av det som er lagret om meg",
    command_consent="Samtykke til lagring",
    fixed_label="Fast svar",
    quotes_language="Sitatene er på norsk.",
    button_more="Flere løfter",
    button_context="Vis sammenhengen",
    button_share="Del",
    button_same="Samme spørsmål i {place}",
    button_everywhere="Søk i alle kommuner",
    button_topics="Se temaer",
    button_other_topics="Se andre saker",
    button_missing="Meld som savnet",
    button_previous="‹ Forrige",
    button_next="Neste ›",
    button_up="‹ Tilbake",
    button_headings="Etter overskrift",
    button_by_topic="Etter tema",
    button_private="Spør meg privat",
    button_quote="Sitat {number}",
    page_of="Side {page} av {pages}",
    thanks_agree="Takk! Vil du vite hva mer vi kanskje er enige om?",
    ask_why="Takk for at du sier fra. Hva var galt?",
    complaint_topic="Feil tema",
    complaint_meaning="Fant ikke det jeg mente",
    complaint_place="Feil kommune",
    complaint_outdated="Utdatert",
    complaint_other="Annet",
    complaint_stored="Takk! Det hjelper oss å gjøre svarene bedre.",
    see_other="Takk for tilbakemeldingen. Vil du se andre saker?",
    missing_stored="Takk! Vi noterer at du savner dette i programmet.",
    context_head="Slik står det i programmet:",
    why_head="Programmet sier ikke alltid hvorfor. Slik står løftet i sammenheng:",
    more_head="Flere løfter om det du spurte om:",
    no_more="Jeg har ikke flere løfter om dette.",
    question_gone="Spørsmålet er slettet. Skriv det gjerne en gang til.",
    place_ask="Hvilken kommune vil du ha svar fra?",
    place_set="Da svarer jeg fra {place}. Skriv /kommune for å bytte.",
    place_all="Alle kommuner",
    place_all_set="Da svarer jeg fra alle kommunene: {places}.",
    choice_failed="Valget ble ikke lagret. Prøv igjen.",
    language_name="Bokmål",
    language_ask="Hvilket språk skal jeg skrive? Sitatene er alltid på norsk.",
    language_set="Da skriver jeg bokmål.",
    on_page="s. {page}",
    quote_id="Sitat-id: {id}",
    quote_unknown=(
        "Det sitatet finner jeg ikke. Det kan være endret i en nyere utgave av programmet."
    ),
    quote_usage="Skriv /sitat og sitat-id-en, så viser jeg sitatet i sammenheng.",
    topics_head="Velg et tema. Tallet viser hvor mange løfter jeg har.",
    topics_head_in="Velg et tema. Tallet viser hvor mange løfter jeg har fra {place}.",
    headings_head=(
        "Velg en overskrift i programmene. Tallet viser hvor mange løfter som står under den."
    ),
    topic_empty=(
        "Programmene har ingen løfter om dette temaet. Det betyr ikke at partiet er for eller imot."
    ),
    topic_gone="Det temaet finnes ikke lenger. Velg et annet.",
    engage_head="Vil du engasjere deg?",
    engage_newsletter="Få nyhetsbrev",
    engage_membership="Bli medlem",
    engage_contact="Ta kontakt",
    too_long=(
        "Spørsmålet er langt. Skriv det kort, med høyst {limit} tegn, så leter jeg i programmene."
    ),
    not_voice=(
        "Jeg kan ikke høre på talemeldinger. Skriv spørsmålet ditt, så leter jeg i programmene."
    ),
    not_picture=(
        "Jeg kan ikke se bilder eller video. Skriv spørsmålet ditt, så leter jeg i programmene."
    ),
    not_personal=(
        "Jeg tar ikke imot kontakter eller steder, og har ikke lagret noe. Skriv gjerne et "
        "spørsmål."
    ),
    not_forwarded="Jeg svarer ikke på videresendte meldinger. Skriv spørsmålet med dine egne ord.",
    group_usage="Skriv /spor og spørsmålet, for eksempel: /spor søndagsåpne butikker",
    inline_title="{place} · {period}",
    command_place="Velg kommune",
    command_topics="Bla i temaene",
    command_quote="Vis et sitat med sitat-id",
    command_engage="Engasjer deg",
    command_language="Bytt språk",
    command_ask="Spør om en sak",
    command_reload="Les programmene på nytt",
    profile_short="Spør hva {party} vil gjøre der du bor. Du får svar ordrett fra programmene.",
    profile_description=(
        "Spør hva {party} vil gjøre der du bor, så svarer jeg med sitater fra de lokale "
        "programmene, ord for ord, med kilde. Jeg er en automatisk tjeneste. Ingen kunstig "
        "intelligens skriver svarene. Ikke skriv navn eller andre personopplysninger."
    ),
    chat_intro="Skriv et spørsmål. /hjelp viser hva du kan gjøre, /slutt avslutter.",
    chat_prompt="Du: ",
    chat_vote_hint="Var svaret nyttig? Skriv + eller -",
    chat_no_answer_yet="Spør om noe først, så kan du si hva du syntes om svaret.",
    chat_not_logged="(Spørsmålet ble ikke lagret: {reason})",
    chat_bye="Ha det!",
    staff_help="For medarbeidere:",
    command_role="Hvem som er medarbeider",
    command_maintenance="Stopp og start svarene",
    command_weblogin="Lenke til nettsidene",
    command_inbox="Spørsmål som trenger øyne",
    command_statistics="Tall: spørsmål, utfall, temaer",
    command_take_along="Innboksen som fil (CSV)",
    role_list="Medarbeidere:",
    role_line="• {who}: {role}{where}",
    role_admin="admin",
    role_reviewer="gransker",
    role_reviewer_of="gransker for {place}",
    role_web_only="bare nettsidene",
    role_in_settings=", fra innstillingene",
    role_usage="Slik bruker du /rolle. Navnet etter kommaet kan du utelate.\n/rolle 12345 admin, Kari\n/rolle 12345 gransker, Kari\n/rolle 12345 gransker Asker, Kari\n/rolle 12345 fjern",
    role_bad_id="«{who}» er ikke en Telegram-id. Det er et tall, som 12345; et brukernavn kan andre overta.",
    role_unknown_role="«{role}» er ikke en rolle. Skriv admin, gransker eller fjern.",
    role_unknown_place="Det er ikke noe program fra «{place}». Her er: {known}. Et navn skrives etter komma.",
    role_admin_everywhere="En admin gjelder alle kommuner. Et navn skrives etter komma: /rolle {who} admin, {place}",
    role_bad_name="Et navn er 1 til {most} tegn på én linje, og ikke bare tall.",
    role_name_taken="Navnet «{name}» er en annens. Velg et annet.",
    role_configured="{who} står i innstillingene (config.toml), og rollen endres der.",
    role_nobody="«{who}» er ikke medarbeider. Skriv /rolle for å se hvem som er det.",
    role_last_admin="{who} er den eneste admin. Gi rollen til en annen først.",
    role_given="{who} er nå {role}.",
    role_removed="{who} er ikke lenger medarbeider.",
    role_failed="Rollen er ikke endret: loggen kan ikke brukes. Prøv igjen om litt.",
    maintenance_is_on="Vedlikehold er på: spørsmål får ikke svar. Den som trenger hjelp straks, får det likevel.",
    maintenance_is_off="Vedlikehold er av: spørsmål får svar.",
    maintenance_usage="Skriv /vedlikehold på eller /vedlikehold av.",
    reload_started="Leser programmene på nytt …",
    reload_running="En ny lesing er alt i gang. Vent til den er ferdig.",
    reload_encoding="Leser programmene på nytt … {done} av {total} setninger",
    reload_trying="Leser programmene på nytt … prøver {count} kjente spørsmål",
    reload_ready=(
        "Klar til å publiseres: +{added} −{removed} ~{changed} løfter, {total} i alt.\n"
        "Kjente spørsmål: {passed}/{goldens} finner løftet sitt (nå {before}/{goldens}). "
        "{answers} av svarene er endret.\n"
        "Versjon {fingerprint}."
    ),
    reload_moot="{count} kjente spørsmål gjelder løfter som ikke finnes lenger.",
    reload_fewer="NB: {percent} % færre løfter enn nå. Er det ment?",
    reload_refused="Kan ikke publiseres. Det gamle innholdet svarer videre.\n{reasons}",
    reload_empty="Det er ingen løfter.",
    reload_thin="{place} har {found} løfter, men skal ha minst {least}.",
    reload_duplicates="Samme innhold to ganger: {what}",
    reload_verbatim="{count} sitater er ikke ordrette: {what}",
    reload_goldens="Bare {passed} av {total} kjente spørsmål finner løftet sitt, mot {before} nå: {what}",
    reload_self_test="Bare {percent} % av {asked} løfter blir funnet når man spør med deres egne ord, og det skal være minst {least} %. Disse ble ikke funnet: {what}",
    reload_spans="{count} sitater har en annen kontrollsum enn teksten de er hentet fra: {what}",
    reload_corrections="{count} rettelser virker ikke: {what}",
    reload_corrected="Rettelser som virker: {passed} av {total}.",
    reload_publish="Publiser",
    reload_publish_fewer="Ja, publiser {percent} % færre",
    reload_cancel="Avbryt",
    reload_undo="Angre",
    reload_published="Publisert.",
    reload_cancelled="Avbrutt. Ingenting er endret.",
    reload_undone="Angret. Det forrige innholdet svarer igjen.",
    reload_expired="Denne knappen gjelder ikke lenger. Skriv /reload.",
    reload_unchanged="Ingenting er endret. {total} løfter, versjon {fingerprint}.",
    reload_failed="Ikke lest inn. Det gamle innholdet svarer videre.\n{fault}",
    status_maintenance="VEDLIKEHOLD ER PÅ: spørsmål får ikke svar. Slå det av med /vedlikehold av.",
    status=(
        "Oppe i {uptime}. Siden Telegram svarte: {poll_age}. Kø: {queued}. "
        "Ukjent levering: {unknown}.\n"
        "Siste døgn (høyst siden start): {answers} svar, {misses} uten treff, {errors} feil. "
        "95 av 100 svar tok høyst {p95} ms.\n"
        "Innhold: versjon {fingerprint}, i bruk i {version_age}. Løfter: {pledges}.\n"
        "Siden sikkerhetskopi: {backup_age}, {backups} i alt. "
        "Logg: {size}. Ledig disk: {free}.\n"
        "løftebot {version}, Python {python}, PTB {ptb}, SQLite {sqlite} "
        "(journal {journal}, synchronous FULL)"
    ),
    status_never="aldri gjort",
    command_status="Driftsstatus",
    alert_count="{count} ganger siden forrige varsel. Neste varsel om dette kommer tidligst om {minutes} minutter.",
    alert_error="Feil i boten ({where}). Se loggen.",
    alert_unknown="ukjent antall",
    alert_backup_failed="Sikkerhetskopien ble ikke laget. Boten prøver igjen om et kvarter. Se docs/drift.md.",
    alert_conflict="To instanser bruker samme token. Stopp den ene. Se docs/drift.md.",
    alert_corrupt="Spørsmålsloggen er skadet. Boten henter den nyeste sikkerhetskopien.",
    alert_crash_loop=(
        "Boten har startet {starts} ganger på ti minutter. Den prøver videre én gang i minuttet. "
        "Se loggen."
    ),
    alert_disk_full="Disken er full: spørsmål blir ikke logget. Velgerne får svar. Se docs/drift.md.",
    alert_disk_low="Bare {free} ledig disk. Se docs/drift.md.",
    alert_locked="Et annet program holder spørsmålsloggen låst. Se docs/drift.md.",
    alert_purge_refused="Sletting av gamle spørsmål er utsatt: klokken på maskinen kan være feil. Ingenting er slettet. Se docs/drift.md.",
    alert_recovered=(
        "Spørsmålsloggen var skadet og er byttet med {backup}. Tapt: {rows} svar, {hours} timer. "
        "Den skadede er tatt vare på som {kept}. Boten svarer."
    ),
    alert_recovered_empty=(
        "Spørsmålsloggen var skadet, og det fantes ingen brukbar sikkerhetskopi. "
        "Tapt: {rows} svar. Den skadede er tatt vare på som {kept}. Boten svarer med en ny, tom logg."
    ),
    alert_storage="Spørsmålsloggen kan ikke brukes. Velgerne får svar uten knapper. Se loggen.",
    alert_telegram="Telegram svarte ikke en stund. Ingen spørsmål er mistet.",
)
