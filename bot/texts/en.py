"""English. Quotes stay in Norwegian, and the bot says so."""

from bot.texts.catalogue import Texts

EN = Texts(
    code="en",
    weak="Closest match – maybe not what you asked (quotes are in Norwegian):",
    none_silent=(
        "The programmes I have say nothing concrete about this. "
        "That does not mean the party is for or against it."
    ),
    none_silent_in=(
        "The programme for {place} says nothing concrete about this. "
        "That does not mean the party is for or against it."
    ),
    none_empty="I found no topic in your message. Try for example “What about shops open on Sundays?”",
    none_other_party=(
        "I only answer for {party} and cannot say what {names} wants. Ask me what we want."
    ),
    none_other_municipality="I have no programme for {names}. I have programmes for {places}.",
    quote_too_long=(
        "The best fitting pledge is too long for one message. It stands in “{title}” ({period})."
    ),
    and_word="and",
    period_unknown="period not stated",
    period_ended="{period}, this period has ended",
    period_coming="{period}, coming period",
    source="Source: {title} ({period})",
    under_heading="Under “{heading}”",
    under_parent="{parent}",
    helpful="👍",
    not_helpful="👎",
    vote_stored="Thank you! Your answer is stored.",
    vote_failed="Your answer was not stored. Please try again.",
    vote_expired="The answer has been deleted, so your feedback cannot be stored.",
    start=(
        "Hello! I am an automatic service from {party}. Ask what we will do where you live, and I "
        "answer with pledges from the local programmes, word for word and in Norwegian.\n\n"
        "I have programmes for {places}.\n\n"
        "Try for example:\n{examples}\n\n"
        "Do not write names or other personal data. Read more: /privacy"
    ),
    examples=(
        "What do you think about shops open on Sundays?",
        "What will you do about the metro in Bærum?",
        "apprentices",
    ),
    examples_below="👇",
    help=(
        "Write a question in your own words. You may name the municipality: “What about the metro "
        "in Bærum?”\n\n"
        "I only show quotes from the party's programmes. If I find nothing, I say so.\n\n"
        "/tema – browse the topics\n"
        "/kommune – choose where answers are from\n"
        "/sprak – bokmål, nynorsk or English\n"
        "/kilder – the programmes I answer from\n"
        "/om – who is behind this\n"
        "/privacy – what is stored"
    ),
    about=(
        "This service is automatic and made for {party}. No artificial intelligence writes the answers: every "
        "quote is taken word for word from the party's own programme, and a program has checked it "
        "before it can be shown.\n\n"
        "How I find answers: I look for your words, and words that mean the same, in every pledge. "
        "The best fitting pledges come first. If none fits well enough, I say so."
    ),
    privacy=(
        "Controller: {controller}. Contact: {contact}.\n\n"
        "Purpose: to answer you with the party's own pledges, and to make the answers better.\n\n"
        "{kept}\n\n"
        "We store no name, username, phone number or Telegram id in the question log, and we take "
        "out numbers, addresses and names that we recognise before the text is stored encrypted. "
        "We do not find every name: do not write any. The log is deleted after {days} days, and is "
        "gone from the backups 14 days later. While you wait, your message lies encrypted with us; "
        "it is deleted once you have the answer. If you choose a municipality or language, we "
        "remember it under a pseudonym until you delete it. In acute need the words are not "
        "stored.\n\n"
        "Legal basis: {basis}\n\n"
        "We make no profile of you, and everyone gets the same pledges. We pass nothing on.\n\n"
        "Telegram sees your messages and handles them under its own terms. They are not end-to-end "
        "encrypted, and Telegram is outside the EEA.\n\n"
        "You can get a copy (/mine_data), erase (/slett), have things corrected, object and ask for "
        "restriction. Write to the contact above. You can complain to the Norwegian Data Protection "
        "Authority, Datatilsynet: datatilsynet.no."
    ),
    privacy_anonymous=(
        "We store: the day, the question without what tells who you are, which pledges were shown, "
        "and whether you pressed 👍 or 👎. Nothing ties it to you, not even for us. To erase one "
        "answer, reply to it with /slett."
    ),
    privacy_consent=(
        "Without consent we only store how many questions each topic gets a day. If you have said "
        "yes (/samtykke), we also store the day, the question without what tells who you are, which "
        "pledges were shown, and whether you pressed 👍 or 👎, under a pseudonym that is new each "
        "day. You can take it back at any time; then all is erased. The answers are the same."
    ),
    privacy_off="We do not store questions, only how many each topic gets a day.",
    privacy_basis=(
        "legitimate interest in answering what you ask (GDPR article 6(1)(f)). What is stored is "
        "de-identified."
    ),
    privacy_basis_consent=(
        "your consent to questions being stored (GDPR articles 6(1)(a) and 9(2)(a)), and otherwise "
        "legitimate interest in answering what you ask (article 6(1)(f))."
    ),
    privacy_failed="That did not work now. Nothing was changed. Try again in a moment.",
    erase_confirm="Shall I erase all that we store about you ({count} questions, and your choices)? It cannot be undone.",
    erase_one_confirm="Shall I erase this question and its answer from the log? It cannot be undone.",
    erase_yes="Yes, erase",
    erase_no="No, keep it",
    erase_done="Erased: {count} questions, and your choices.",
    erase_one_done="Erased: one question with its answer.",
    erase_kept="Nothing was erased.",
    erase_gone="It is not in the log (any more).",
    erase_nothing="Nothing is stored about you.",
    erase_anonymous=(
        "Nothing is stored that is tied to you. The questions are kept without anything that tells "
        "who asked them, so I cannot find yours. To erase one, reply to my answer with /slett."
    ),
    export_caption="All that we store about you.",
    export_anonymous=(
        "All that we store that is tied to you. The questions are kept without anything that tells "
        "who asked them, so they are not in it."
    ),
    export_limit="You have had three copies today. Try again tomorrow.",
    consent_ask=(
        "May we store your questions to make the answers better? We take out what tells who you "
        "are, as far as we recognise it, and delete after {days} days. A question may still say "
        "something about your political views. You get the same answers if you say no, and you can "
        "take a yes back at any time with /samtykke. More: /privacy"
    ),
    consent_yes="Yes, store my questions",
    consent_no="No",
    consent_given="Thank you. Your questions are stored from now on. Undo: /samtykke",
    consent_have="You have said yes to your questions being stored. If you take it back, they are erased.",
    consent_withdraw="Take it back and erase",
    consent_withdrawn="Your consent is withdrawn. Erased: {count} questions. No new ones are stored.",
    consent_kept_off="All right. Your questions are not stored.",
    consent_not_needed="This service stores nothing that is tied to you, so no consent is needed. More: /privacy",
    not_given="not stated yet",
    sources_head="I answer from these programmes:",
    source_line="• {party}: {title} ({period}), {pledges} pledges. Checksum {sha}.",
    source_other="• {title}: kept, but not a programme. Never quoted.",
    sources_version="Content: version {fingerprint}.",
    unknown_command="I do not know that command. Write /help.",
    not_text="I can only read text. Write your question and I will search the programmes.",
    went_wrong="Something went wrong (ref {ref}). Please try again in a while.",
    maybe_lost="The connection to Telegram was lost. No answer? Please ask again.",
    restarted="I was restarted. No answer? Please ask again.",
    too_many="That was a bit fast for me. Wait a minute and I will answer again.",
    maintenance="I am not answering right now, because we are mending something in the content. Please ask again a little later. /tema and /kilder work as before.",
    maintenance_short="Taking a short break. Try again later",
    command_start="Begin",
    command_help="How to ask",
    command_about="Who is behind this",
    command_sources="The programmes I answer from",
    command_privacy="What is stored",
    command_erase="Erase what is stored about me",
    command_export="A copy of what is stored about me",
    command_consent="Consent to storing",
    fixed_label="Standard answer",
    quotes_language="Quotes are in Norwegian, as the party wrote them.",
    button_more="More pledges",
    button_context="Show the context",
    button_share="Share",
    button_same="Same question in {place}",
    button_everywhere="Search all municipalities",
    button_topics="See topics",
    button_other_topics="See other topics",
    button_missing="Report as missing",
    button_previous="‹ Previous",
    button_next="Next ›",
    button_up="‹ Back",
    button_headings="By heading",
    button_by_topic="By topic",
    button_private="Ask me in private",
    button_quote="Quote {number}",
    page_of="Page {page} of {pages}",
    thanks_agree="Thank you! Would you like to know what else we may agree on?",
    ask_why="Thank you for telling us. What was wrong?",
    complaint_topic="Wrong topic",
    complaint_meaning="Not what I meant",
    complaint_place="Wrong municipality",
    complaint_outdated="Outdated",
    complaint_other="Something else",
    complaint_stored="Thank you! It helps us make the answers better.",
    see_other="Thank you for your feedback. Would you like to see other topics?",
    missing_stored="Thank you! We note that you miss this in the programme.",
    context_head="This is how it stands in the programme:",
    why_head="The programme does not always say why. This is the pledge in its context:",
    more_head="More pledges on what you asked:",
    no_more="I have no more pledges on this.",
    question_gone="The question has been deleted. Please write it once more.",
    place_ask="Which municipality do you want answers from?",
    place_set="I will answer from {place}. Write /kommune to change.",
    place_all="All municipalities",
    place_all_set="I will answer from all municipalities: {places}.",
    choice_failed="Your choice was not stored. Please try again.",
    language_name="English",
    language_ask="Which language should I write? Quotes are always in Norwegian.",
    language_set="I will write English.",
    on_page="p. {page}",
    quote_id="Quote id: {id}",
    quote_unknown=(
        "I cannot find that quote. It may have changed in a newer edition of the programme."
    ),
    quote_usage="Write /sitat and the quote id, and I show the quote in its context.",
    topics_head="Choose a topic. The number shows how many pledges I have.",
    topics_head_in="Choose a topic. The number shows how many pledges I have from {place}.",
    headings_head=(
        "Choose a heading of the programmes. The number shows how many pledges stand under it."
    ),
    topic_empty=(
        "The programmes have no pledges on this topic. That does not mean the party is for "
        "or against it."
    ),
    topic_gone="That topic no longer exists. Choose another.",
    engage_head="Would you like to get involved?",
    engage_newsletter="Get the newsletter",
    engage_membership="Become a member",
    engage_contact="Get in touch",
    too_long=(
        "Your question is long. Write it in {limit} characters or fewer, and I will search "
        "the programmes."
    ),
    not_voice=(
        "I cannot listen to voice messages. Write your question and I will search the programmes."
    ),
    not_picture=(
        "I cannot see pictures or video. Write your question and I will search the programmes."
    ),
    not_personal="I take no contacts or places, and have stored nothing. Please write a question.",
    not_forwarded="I do not answer forwarded messages. Write the question in your own words.",
    group_usage="Write /spor and your question, for example: /spor shops open on Sundays",
    inline_title="{place} · {period}",
    command_place="Choose municipality",
    command_topics="Browse topics",
    command_quote="Show a quote by its id",
    command_engage="Get involved",
    command_language="Change language",
    command_ask="Ask about an issue",
    command_reload="Read the programmes again",
    profile_short=(
        "Ask what {party} will do where you live. Answers are word for word from the programmes."
    ),
    profile_description=(
        "Ask what {party} will do where you live, and I answer with quotes from the local "
        "programmes, word for word and in Norwegian, with their source. I am an automatic "
        "service. No artificial intelligence writes the answers. Do not write names or other "
        "personal data."
    ),
    chat_intro="Write a question. /help shows what you can do, /slutt ends.",
    chat_prompt="You: ",
    chat_vote_hint="Was the answer useful? Write + or -",
    chat_no_answer_yet="Ask something first, then say what you thought of the answer.",
    chat_not_logged="(The question was not stored: {reason})",
    chat_bye="Goodbye!",
    staff_help="For staff:",
    command_role="Who is staff",
    command_maintenance="Stop and start the answers",
    command_weblogin="A link to the web pages",
    command_inbox="Questions that need eyes",
    command_statistics="Figures: questions, outcomes, topics",
    command_take_along="The inbox as a file (CSV)",
    role_list="Staff:",
    role_line="• {who}: {role}{where}",
    role_admin="admin",
    role_reviewer="reviewer",
    role_reviewer_of="reviewer for {place}",
    role_web_only="web pages only",
    role_in_settings=", from the settings",
    role_usage="How to use /rolle. The name after the comma may be left out.\n/rolle 12345 admin, Kari\n/rolle 12345 reviewer, Kari\n/rolle 12345 reviewer Asker, Kari\n/rolle 12345 remove",
    role_bad_id="“{who}” is not a Telegram id. It is a number, like 12345; a username can be taken over by others.",
    role_unknown_role="“{role}” is not a role. Write admin, reviewer or remove.",
    role_unknown_place="There is no programme from “{place}”. Here are: {known}. A name is written after a comma.",
    role_admin_everywhere="An admin is one for all municipalities. A name is written after a comma: /rolle {who} admin, {place}",
    role_bad_name="A name is 1 to {most} characters on one line, and not digits only.",
    role_name_taken="The name “{name}” is somebody else's. Choose another.",
    role_configured="{who} is in the settings (config.toml), and the role is changed there.",
    role_nobody="“{who}” is not staff. Write /rolle to see who is.",
    role_last_admin="{who} is the only admin. Give the role to somebody else first.",
    role_given="{who} is now {role}.",
    role_removed="{who} is no longer staff.",
    role_failed="The role is not changed: the log cannot be used. Try again in a while.",
    maintenance_is_on="Maintenance is on: questions are not answered. Who needs help at once gets it all the same.",
    maintenance_is_off="Maintenance is off: questions are answered.",
    maintenance_usage="Write /vedlikehold på or /vedlikehold av.",
    reload_started="Reading the programmes again …",
    reload_running="A reload is already running. Wait until it is done.",
    reload_encoding="Reading the programmes again … {done} of {total} sentences",
    reload_trying="Reading the programmes again … trying {count} known questions",
    reload_ready=(
        "Ready to publish: +{added} −{removed} ~{changed} pledges, {total} in all.\n"
        "Known questions: {passed}/{goldens} find their pledge (now {before}/{goldens}). "
        "{answers} of the answers changed.\n"
        "Version {fingerprint}."
    ),
    reload_moot="{count} known questions are about pledges that no longer exist.",
    reload_fewer="Note: {percent} % fewer pledges than now. Is that meant?",
    reload_refused="Cannot be published. The old content goes on answering.\n{reasons}",
    reload_empty="There are no pledges.",
    reload_thin="{place} has {found} pledges but must have at least {least}.",
    reload_duplicates="The same content twice: {what}",
    reload_verbatim="{count} quotes are not verbatim: {what}",
    reload_goldens="Only {passed} of {total} known questions find their pledge, against {before} now: {what}",
    reload_self_test="Only {percent} % of {asked} pledges are found when asked for in their own words; it must be {least} % at least. Not found: {what}",
    reload_spans="{count} quotes have another checksum than the text they were taken from: {what}",
    reload_corrections="{count} corrections do not work: {what}",
    reload_corrected="Corrections that work: {passed} of {total}.",
    reload_publish="Publish",
    reload_publish_fewer="Yes, publish {percent} % fewer",
    reload_cancel="Cancel",
    reload_undo="Undo",
    reload_published="Published.",
    reload_cancelled="Cancelled. Nothing has changed.",
    reload_undone="Undone. The former content answers again.",
    reload_expired="This button no longer holds. Send /reload.",
    reload_unchanged="Nothing has changed. {total} pledges, version {fingerprint}.",
    reload_failed="Not loaded. The old content goes on answering.\n{fault}",
    status_maintenance="MAINTENANCE IS ON: questions are not answered. Turn it off with /vedlikehold av.",
    status=(
        "Up for {uptime}. Since Telegram answered: {poll_age}. Queue: {queued}. "
        "Delivery unknown: {unknown}.\n"
        "Last 24 hours (since the start at most): {answers} answers, {misses} without a match, {errors} errors. "
        "95 of 100 answers took {p95} ms at most.\n"
        "Content: version {fingerprint}, in service for {version_age}. Pledges: {pledges}.\n"
        "Since the backup: {backup_age}, {backups} in all. "
        "Log: {size}. Free disk: {free}.\n"
        "løftebot {version}, Python {python}, PTB {ptb}, SQLite {sqlite} "
        "(journal {journal}, synchronous FULL)"
    ),
    status_never="never done",
    command_status="State of operations",
    alert_count="{count} times since the last alert. The next one about this comes in {minutes} minutes at the earliest.",
    alert_error="An error in the bot ({where}). See the log.",
    alert_unknown="unknown",
    alert_backup_failed="The backup was not made. The bot tries again in a quarter of an hour. See docs/drift.md.",
    alert_conflict="Two instances use the same token. Stop one of them. See docs/drift.md.",
    alert_corrupt="The question log is damaged. The bot is fetching the newest backup.",
    alert_crash_loop=(
        "The bot has started {starts} times in ten minutes. It goes on trying once a minute. "
        "See the log."
    ),
    alert_disk_full="The disk is full: questions are not logged. Voters get answers. See docs/drift.md.",
    alert_disk_low="Only {free} of free disk. See docs/drift.md.",
    alert_locked="Another program keeps the question log locked. See docs/drift.md.",
    alert_purge_refused="Deleting old questions was put off: the machine's clock may be wrong. Nothing was deleted. See docs/drift.md.",
    alert_recovered=(
        "The question log was damaged and has been replaced by {backup}. Lost: {rows} answers, "
        "{hours} hours. The damaged one is kept as {kept}. The bot answers."
    ),
    alert_recovered_empty=(
        "The question log was damaged, and there was no backup to use. "
        "Lost: {rows} answers. The damaged one is kept as {kept}. The bot answers with a new, empty log."
    ),
    alert_storage="The question log cannot be used. Voters get answers without buttons. See the log.",
    alert_telegram="Telegram did not answer for a while. No question is lost.",
)
