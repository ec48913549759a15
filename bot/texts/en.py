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
    command_start="Begin",
    command_help="How to ask",
    command_about="Who is behind this",
    command_sources="The programmes I answer from",
    command_privacy="What is stored",
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
)
