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
    help=(
        "Write a question in your own words. You may name the municipality: “What about the metro "
        "in Bærum?”\n\n"
        "I only show quotes from the party's programmes. If I find nothing, I say so.\n\n"
        "/kilder – the programmes I answer from\n"
        "/om – who is behind this\n"
        "/privacy – what is stored"
    ),
    about=(
        "This service is made for {party}. No artificial intelligence writes the answers: every "
        "quote is taken word for word from the party's own programme, and a program has checked it "
        "before it can be shown.\n\n"
        "How I find answers: I look for your words, and words that mean the same, in every pledge. "
        "The best fitting pledges come first. If none fits well enough, I say so."
    ),
    privacy=(
        "Responsible: {controller}. Contact: {contact}.\n\n"
        "We store your question, which pledges were shown, and whether you pressed 👍 or 👎, to "
        "make the answers better. We do not store names, usernames, phone numbers or Telegram ids. "
        "It is deleted after {days} days.\n\n"
        "Telegram sees your messages; they are not end-to-end encrypted. "
        "You may complain to Datatilsynet."
    ),
    not_given="not stated yet",
    sources_head="I answer from these programmes:",
    source_line="• {party}: {title} ({period}), {pledges} pledges. Checksum {sha}.",
    source_other="• {title}: kept, but not a programme. Never quoted.",
    unknown_command="I do not know that command. Write /help.",
    not_text="I can only read text. Write your question and I will search the programmes.",
    went_wrong="Something went wrong (ref {ref}). Please try again in a while.",
    maybe_lost="The connection to Telegram was lost. No answer? Please ask again.",
    restarted="I was restarted. No answer? Please ask again.",
    too_long=(
        "Your message has {length} characters, and I read {limit} at most. "
        "Could you shorten it to the question itself?"
    ),
    too_many="That was a bit fast for me. Wait a minute and I will answer again.",
    command_start="Begin",
    command_help="How to ask",
    command_about="Who is behind this",
    command_sources="The programmes I answer from",
    command_privacy="What is stored",
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
    quote_id="Quote id: {id}",
    quote_unknown=(
        "I cannot find that quote. It may have changed in a newer edition of the programme."
    ),
    quote_usage="Write /sitat and the quote id, and I show the quote in its context.",
    topics_head="Choose a topic. The number shows how many pledges I have.",
    topics_head_in="Choose a topic. The number shows how many pledges I have from {place}.",
    headings_head=(
        "Choose a heading of the programmes. The number shows how many pledges stand under "
        "it."
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
        "I cannot listen to voice messages. Write your question and I will search the "
        "programmes."
    ),
    not_picture=(
        "I cannot see pictures or video. Write your question and I will search the "
        "programmes."
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
        "Ask what {party} will do where you live. Answers are word for word from the "
        "programmes."
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
    reload_started="Reading the programmes again …",
    reload_running="A reload is already running. Wait until it is done.",
    reload_done="Done: +{added} −{removed} ~{changed} pledges, {total} in all. Version {fingerprint}.",
    reload_unchanged="Nothing has changed. {total} pledges, version {fingerprint}.",
    reload_failed="Not loaded. The old content goes on answering.\n{fault}",
    status=(
        "Up for {uptime}. Telegram answered {poll_age} ago. Queue: {queued}. "
        "Delivery unknown: {unknown}.\n"
        "Last 24 hours (since the start at most): {answers} answers, {misses} without a match, {errors} errors. "
        "95 of 100 answers took {p95} ms at most.\n"
        "Content: version {fingerprint}, in service for {version_age}. Pledges: {pledges}.\n"
        "Backup: {backup_age} ago, {backups} in all. "
        "Log: {size}. Free disk: {free}.\n"
        "løftebot {version}, Python {python}, PTB {ptb}, SQLite {sqlite} "
        "(journal {journal}, synchronous FULL)"
    ),
    status_never="(never)",
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
