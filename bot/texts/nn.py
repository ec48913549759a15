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
    examples_below="👇",
    help=(
        "Skriv eit spørsmål med dine eigne ord. Nemn gjerne kommunen: «Kva vil de gjere med "
        "T-banen i Bærum?»\n\n"
        "Eg viser berre sitat frå partiet sine program. Finn eg ikkje noko, seier eg det.\n\n"
        "/tema – bla i tema\n"
        "/kommune – vel kvar svara skal vere frå\n"
        "/sprak – bokmål, nynorsk eller engelsk\n"
        "/kilder – programma eg svarer frå\n"
        "/om – kven som står bak\n"
        "/personvern – kva som blir lagra"
    ),
    about=(
        "Denne tenesta er automatisk og laga for {party}. Ingen kunstig intelligens skriv svara: kvart sitat er "
        "henta ordrett frå partiet sitt eige program, og det er kontrollert av eit program før det "
        "kan visast.\n\n"
        "Slik finn eg svar: Eg leitar etter orda dine, og ord som tyder det same, i kvar lovnad. "
        "Lovnadene som passar best, kjem først. Passar ingen godt nok, seier eg frå."
    ),
    privacy=(
        "Ansvarleg: {controller}. Kontakt: {contact}.\n\n"
        "Føremål: å svare deg med partiet sine eigne lovnader, og å gjere svara betre.\n\n"
        "{kept}\n\n"
        "Vi lagrar ikkje namn, brukarnamn, telefonnummer eller Telegram-id i spørsmålsloggen, og vi "
        "fjernar tal, adresser og namn vi kjenner att i teksten, før han blir lagra kryptert. Vi "
        "finn ikkje alle namn: ikkje skriv slike. Loggen blir sletta etter {days} dagar, og er borte "
        "frå tryggingskopiane 14 dagar seinare. Medan du ventar på svar, ligg meldinga kryptert "
        "hos oss; ho blir sletta når du har fått svaret. Vel du kommune eller språk, hugsar vi det "
        "under eit pseudonym til du slettar det. Er det akutt naud, blir ikkje orda lagra.\n\n"
        "Grunnlag: {basis}\n\n"
        "Vi lagar ingen profil av deg, og alle får dei same lovnadene. Vi gir ingenting vidare.\n\n"
        "Telegram ser meldingane dine og behandlar dei etter sine eigne vilkår. Dei er ikkje "
        "ende-til-ende-krypterte, og Telegram held til utanfor EØS.\n\n"
        "Du kan få innsyn (/mine_data), slette (/slett), få retta, protestere og krevje avgrensing. "
        "Skriv til oss på adressa over. Du kan klage til Datatilsynet: datatilsynet.no."
    ),
    privacy_anonymous=(
        "Vi lagrar: dagen, spørsmålet utan det som seier kven du er, kva lovnader som vart viste, og "
        "om du trykte 👍 eller 👎. Ingenting knyter det til deg, heller ikkje for oss. Vil du "
        "slette eitt svar, svar på meldinga med /slett."
    ),
    privacy_consent=(
        "Utan samtykke lagrar vi berre kor mange spørsmål kvart emne får per dag. Har du sagt ja "
        "(/samtykke), lagrar vi òg dagen, spørsmålet utan det som seier kven du er, kva lovnader som "
        "vart viste, og om du trykte 👍 eller 👎, under eit pseudonym som er nytt kvar dag. Du kan "
        "når som helst trekkje samtykket; då blir alt sletta. Svara er dei same uansett."
    ),
    privacy_off="Vi lagrar ikkje spørsmåla, berre kor mange kvart emne får per dag.",
    privacy_basis=(
        "rettkomen interesse i å svare på det du spør om (personvernforordninga artikkel 6 nr. 1 "
        "f). Det som blir lagra, er avidentifisert."
    ),
    privacy_basis_consent=(
        "samtykket ditt til at spørsmål blir lagra (personvernforordninga artikkel 6 nr. 1 a og 9 "
        "nr. 2 a), og elles rettkomen interesse i å svare på det du spør om (artikkel 6 nr. 1 f)."
    ),
    privacy_failed="Det gjekk ikkje no. Ingenting er endra. Prøv igjen om litt.",
    erase_confirm="Skal eg slette alt vi har lagra om deg ({count} spørsmål, og vala dine)? Det kan ikkje angrast.",
    erase_one_confirm="Skal eg slette dette spørsmålet og svaret frå loggen? Det kan ikkje angrast.",
    erase_yes="Ja, slett",
    erase_no="Nei, la det vere",
    erase_done="Sletta: {count} spørsmål, og vala dine.",
    erase_one_done="Sletta: eitt spørsmål med svaret.",
    erase_kept="Ingenting er sletta.",
    erase_gone="Det er ikkje i loggen (lenger).",
    erase_nothing="Det er ingenting lagra om deg.",
    erase_anonymous=(
        "Det er ingenting lagra som er knytt til deg. Spørsmåla ligg utan noko som seier kven som "
        "stilte dei, så eg finn ikkje dine. Vil du slette eitt av dei, svar på svaret mitt med "
        "/slett."
    ),
    export_caption="Alt vi har lagra om deg.",
    export_anonymous=(
        "Alt vi har lagra som er knytt til deg. Spørsmåla ligg utan noko som seier kven som stilte "
        "dei, så dei er ikkje med."
    ),
    export_limit="Du har fått tre kopiar i dag. Prøv igjen i morgon.",
    consent_ask=(
        "Vil du la oss lagre spørsmåla dine, så vi kan gjere svara betre? Vi fjernar det som seier "
        "kven du er, så langt vi kjenner det att, og slettar etter {days} dagar. Eit spørsmål kan "
        "likevel seie noko om kva du meiner i politikken. Du får dei same svara om du seier nei, og "
        "du kan trekkje eit ja når som helst med /samtykke. Meir: /personvern"
    ),
    consent_yes="Ja, lagre spørsmåla mine",
    consent_no="Nei",
    consent_given="Takk. Spørsmåla dine blir lagra frå no. Angre: /samtykke",
    consent_have="Du har sagt ja til at spørsmåla dine blir lagra. Vil du trekkje det, blir dei sletta.",
    consent_withdraw="Trekk samtykket og slett",
    consent_withdrawn="Samtykket er trekt. Sletta: {count} spørsmål. Ingen nye blir lagra.",
    consent_kept_off="Greitt. Spørsmåla dine blir ikkje lagra.",
    consent_not_needed="Denne tenesta lagrar ingenting som er knytt til deg, så det trengst ikkje noko samtykke. Meir: /personvern",
    not_given="ikkje oppgjeve enno",
    sources_head="Eg svarer frå desse programma:",
    source_line="• {party}: {title} ({period}), {pledges} lovnader. Kontrollsum {sha}.",
    source_other="• {title}: teke vare på, men ikkje eit program. Blir aldri sitert.",
    sources_version="Innhald: versjon {fingerprint}.",
    unknown_command="Den kommandoen kjenner eg ikkje. Skriv /hjelp.",
    not_text="Eg kan berre lese tekst. Skriv spørsmålet ditt, så leitar eg i programma.",
    went_wrong="Noko gjekk gale (ref {ref}). Prøv igjen om litt.",
    maybe_lost="Sambandet til Telegram fall ut. Fekk du ikkje svar? Spør igjen.",
    restarted="Eg vart starta på nytt. Fekk du ikkje svar? Spør igjen.",
    too_many="Det gjekk litt fort for meg. Vent eit minutt, så svarer eg igjen.",
    maintenance="Eg svarer ikkje akkurat no, fordi vi rettar noko i innhaldet. Spør igjen litt seinare. /tema og /kilder verkar som før.",
    maintenance_short="Tek ein kort pause. Prøv igjen seinare",
    command_start="Byrj",
    command_help="Slik spør du",
    command_about="Kven som står bak",
    command_sources="Programma eg svarer frå",
    command_privacy="Kva som blir lagra",
    command_erase="Slett det som er lagra om meg",
    command_export="Kopi av det som er lagra om meg",
    command_consent="Samtykke til lagring",
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
    on_page="s. {page}",
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
        "Spørsmålet er langt. Skriv det kort, med høgst {limit} teikn, så leitar eg i programma."
    ),
    not_voice=(
        "Eg kan ikkje høyre på talemeldingar. Skriv spørsmålet ditt, så leitar eg i programma."
    ),
    not_picture=(
        "Eg kan ikkje sjå bilete eller video. Skriv spørsmålet ditt, så leitar eg i programma."
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
    staff_help="For medarbeidarar:",
    command_role="Kven som er medarbeidar",
    command_maintenance="Stopp og start svara",
    command_weblogin="Lenkje til nettsidene",
    command_inbox="Spørsmål som treng auge",
    command_statistics="Tal: spørsmål, utfall, tema",
    command_take_along="Innboksen som fil (CSV)",
    role_list="Medarbeidarar:",
    role_line="• {who}: {role}{where}",
    role_admin="admin",
    role_reviewer="granskar",
    role_reviewer_of="granskar for {place}",
    role_web_only="berre nettsidene",
    role_in_settings=", frå innstillingane",
    role_usage="Slik bruker du /rolle. Namnet etter kommaet kan du utelate.\n/rolle 12345 admin, Kari\n/rolle 12345 granskar, Kari\n/rolle 12345 granskar Asker, Kari\n/rolle 12345 fjern",
    role_bad_id="«{who}» er ikkje ein Telegram-id. Det er eit tal, som 12345; eit brukarnamn kan andre ta over.",
    role_unknown_role="«{role}» er ikkje ei rolle. Skriv admin, granskar eller fjern.",
    role_unknown_place="Det er ikkje noko program frå «{place}». Her er: {known}. Eit namn skriv du etter komma.",
    role_admin_everywhere="Ein admin gjeld alle kommunar. Eit namn skriv du etter komma: /rolle {who} admin, {place}",
    role_bad_name="Eit namn er 1 til {most} teikn på éi linje, og ikkje berre tal.",
    role_name_taken="Namnet «{name}» er ein annan sitt. Vel eit anna.",
    role_configured="{who} står i innstillingane (config.toml), og rolla blir endra der.",
    role_nobody="«{who}» er ikkje medarbeidar. Skriv /rolle for å sjå kven som er det.",
    role_last_admin="{who} er den einaste admin. Gi rolla til ein annan først.",
    role_given="{who} er no {role}.",
    role_removed="{who} er ikkje lenger medarbeidar.",
    role_failed="Rolla er ikkje endra: loggen kan ikkje brukast. Prøv igjen om litt.",
    maintenance_is_on="Vedlikehald er på: spørsmål får ikkje svar. Den som treng hjelp straks, får det likevel.",
    maintenance_is_off="Vedlikehald er av: spørsmål får svar.",
    maintenance_usage="Skriv /vedlikehold på eller /vedlikehold av.",
    reload_started="Les programma på nytt …",
    reload_running="Ei ny lesing er alt i gang. Vent til ho er ferdig.",
    reload_encoding="Les programma på nytt … {done} av {total} setningar",
    reload_trying="Les programma på nytt … prøver {count} kjende spørsmål",
    reload_ready=(
        "Klar til å publiserast: +{added} −{removed} ~{changed} lovnader, {total} i alt.\n"
        "Kjende spørsmål: {passed}/{goldens} finn lovnaden sin (no {before}/{goldens}). "
        "{answers} av svara er endra.\n"
        "Versjon {fingerprint}."
    ),
    reload_moot="{count} kjende spørsmål gjeld lovnader som ikkje finst lenger.",
    reload_fewer="NB: {percent} % færre lovnader enn no. Er det meint?",
    reload_refused="Kan ikkje publiserast. Det gamle innhaldet svarer vidare.\n{reasons}",
    reload_empty="Det er ingen lovnader.",
    reload_thin="{place} har {found} lovnader, men skal ha minst {least}.",
    reload_duplicates="Same innhald to gonger: {what}",
    reload_verbatim="{count} sitat er ikkje ordrette: {what}",
    reload_goldens="Berre {passed} av {total} kjende spørsmål finn lovnaden sin, mot {before} no: {what}",
    reload_self_test="Berre {percent} % av {asked} lovnader blir funne når ein spør med deira eigne ord, og det skal vere minst {least} %. Desse vart ikkje funne: {what}",
    reload_spans="{count} sitat har ein annan kontrollsum enn teksten dei er henta frå: {what}",
    reload_corrections="{count} rettingar verkar ikkje: {what}",
    reload_corrected="Rettingar som verkar: {passed} av {total}.",
    reload_publish="Publiser",
    reload_publish_fewer="Ja, publiser {percent} % færre",
    reload_cancel="Avbryt",
    reload_undo="Angre",
    reload_published="Publisert.",
    reload_cancelled="Avbrote. Ingenting er endra.",
    reload_undone="Angra. Det førre innhaldet svarer igjen.",
    reload_expired="Denne knappen gjeld ikkje lenger. Skriv /reload.",
    reload_unchanged="Ingenting er endra. {total} lovnader, versjon {fingerprint}.",
    reload_failed="Ikkje lese inn. Det gamle innhaldet svarer vidare.\n{fault}",
    status_maintenance="VEDLIKEHALD ER PÅ: spørsmål får ikkje svar. Slå det av med /vedlikehold av.",
    status=(
        "Oppe i {uptime}. Sidan Telegram svara: {poll_age}. Kø: {queued}. "
        "Ukjend levering: {unknown}.\n"
        "Siste døgn (høgst sidan start): {answers} svar, {misses} utan treff, {errors} feil. "
        "95 av 100 svar tok høgst {p95} ms.\n"
        "Innhald: versjon {fingerprint}, i bruk i {version_age}. Løfte: {pledges}.\n"
        "Sidan tryggingskopi: {backup_age}, {backups} i alt. "
        "Logg: {size}. Ledig disk: {free}.\n"
        "løftebot {version}, Python {python}, PTB {ptb}, SQLite {sqlite} "
        "(journal {journal}, synchronous FULL)"
    ),
    status_never="aldri gjort",
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
    alert_purge_refused="Sletting av gamle spørsmål er utsett: klokka på maskina kan vere feil. Ingenting er sletta. Sjå docs/drift.md.",
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
