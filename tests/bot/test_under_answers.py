"""The buttons under an answer, follow-ups, choices, topics, inline and groups: what each does."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from bot.answering import Answer, Outcome, Reason
from bot.browsing import heading_key
from bot.callback_data import Complaint, OpenHeading, OpenTopic, Verdict
from bot.followups import Recent
from bot.handlers.ask import pages_of
from bot.handlers.browse import heading_view, topic_view
from bot.handlers.people import Voice
from bot.index_holder import IndexReader
from bot.storage_choices import Choice
from bot.texts import EN, NB, NN
from tests.bot.telegram_transport import FakeTelegram, Voter
from tests.fake_telegram.server import parse_html

SUNDAY = "Hva mener dere om søndagsåpne butikker?"
LAERLING = "Hva gjør dere for lærlinger?"


@pytest.fixture
def services(services, lexical):
    """The shipped corpus, with topics and example questions."""
    return replace(services, index=IndexReader(lexical, lambda: lexical))


@pytest.fixture
def deep(services):
    """One quote an answer, so that there is more to show."""
    return replace(services.policy, max_quotes=1, max_per_municipality=1)


def buttons(call: dict[str, Any]) -> dict[str, str]:
    """Label -> data, link or shared query of each button."""
    rows = call.get("reply_markup", {}).get("inline_keyboard", [])
    return {
        b["text"]: b.get("callback_data")
        or b.get("url")
        or b["switch_inline_query_chosen_chat"]["query"]
        for row in rows
        for b in row
    }


def last(telegram: FakeTelegram, method: str = "sendMessage") -> dict[str, Any]:
    return telegram.sent(method)[-1]


def acknowledged(telegram: FakeTelegram) -> list[str | None]:
    return [call.get("text") for call in telegram.sent("answerCallbackQuery")]


# ---- 👍 and 👎


async def test_who_agrees_is_offered_topics_next_to_it_once(process, voter, telegram) -> None:
    await process(voter.says(SUNDAY))
    answer = last(telegram)
    up = buttons(answer)["👍"]
    await process(voter.presses(up, answer))
    assert acknowledged(telegram) == [NB.vote_stored]
    assert "✓ 👍" in buttons(last(telegram, "editMessageReplyMarkup"))
    offer = last(telegram)
    assert offer["text"] == NB.thanks_agree
    *near, other = buttons(offer)
    assert 1 <= len(near) <= 4
    assert other == NB.button_other_topics
    await process(voter.presses(up, answer))
    assert len(telegram.sent()) == 2
    await process(voter.presses(buttons(offer)[near[0]], offer))
    assert "<blockquote>" in last(telegram, "editMessageText")["text"]


async def test_who_does_not_is_asked_why_and_shown_other_topics(
    process, voter, telegram, services
) -> None:
    await process(voter.says(SUNDAY))
    answer = last(telegram)
    await process(voter.presses(buttons(answer)["👎"], answer))
    opened = last(telegram, "editMessageReplyMarkup")
    assert NB.complaint_outdated in buttons(opened)
    assert NB.button_context in buttons(opened)  # what was there stays
    await process(voter.presses(buttons(opened)[NB.complaint_outdated], opened))
    [logged] = await services.storage.answers()
    assert logged.verdict is Verdict.NOT_HELPFUL
    assert await services.complaints.of(logged.id) is Complaint.OUTDATED
    assert acknowledged(telegram) == [NB.ask_why, NB.complaint_stored]
    closed = buttons(last(telegram, "editMessageReplyMarkup"))
    assert NB.complaint_outdated not in closed
    assert {"✓ 👎", NB.button_context} <= set(closed)
    assert last(telegram)["text"] == NB.see_other
    await process(voter.presses(buttons(opened)[NB.complaint_other], opened))
    assert await services.complaints.of(logged.id) is Complaint.OTHER
    assert len(telegram.sent()) == 2  # offered once


async def test_changing_to_agree_closes_the_reasons(process, voter, telegram) -> None:
    await process(voter.says(SUNDAY))
    answer = last(telegram)
    await process(voter.presses(buttons(answer)["👎"], answer))
    opened = last(telegram, "editMessageReplyMarkup")
    await process(voter.presses(buttons(opened)["👍"], opened))
    closed = buttons(last(telegram, "editMessageReplyMarkup"))
    assert "✓ 👍" in closed
    assert NB.complaint_topic not in closed


async def test_a_button_of_nothing_is_acknowledged(process, voter, telegram) -> None:
    gone = "A" * 22
    for data in (f"r1:t:{gone}", f"p1:1:{gone}", f"c1:0:{gone}", f"a1:asker:{gone}", "e1:x-1"):
        await process(voter.presses(data))
    assert acknowledged(telegram) == [NB.vote_expired, *[NB.question_gone] * 4]
    assert telegram.sent() == []


# ---- more, context, elsewhere


async def test_more_pledges_are_turned_to_in_place_and_back(
    process, voter, telegram, services, application, deep
) -> None:
    application.bot_data = replace(services, policy=deep)
    await process(voter.says(SUNDAY))
    answer = last(telegram)
    more = buttons(answer)[NB.button_more]
    await process(voter.presses(more, answer))
    page = last(telegram, "editMessageText")
    assert NB.more_head in page["text"]
    assert "Side 2 av" in page["text"]
    first = answer["text"].split("<blockquote>")[1].split("</blockquote>")[0]
    assert first not in page["text"]
    await process(voter.presses(buttons(page)[NB.button_previous], page))
    back = last(telegram, "editMessageText")
    assert back["text"] == answer["text"]
    assert buttons(back) == buttons(answer)
    assert len(telegram.sent()) == 1


async def test_the_context_shows_the_lines_around_and_turns_to_the_other_quotes(
    process, voter, telegram
) -> None:
    await process(voter.says(SUNDAY))
    answer = last(telegram)
    await process(voter.presses(buttons(answer)[NB.button_context], answer))
    card = last(telegram)
    assert NB.context_head in card["text"]
    assert "Sitat-id: " in card["text"]
    assert card["text"].count("<blockquote>") == 1
    second = buttons(card)[NB.button_quote.format(number=2)]
    await process(voter.presses(second, card))
    assert len(telegram.sent()) == 2
    assert last(telegram, "editMessageText")["text"] != card["text"]


async def test_a_quote_has_an_id_that_finds_it_again(process, voter, telegram, services) -> None:
    pledge = services.index.snapshot.corpus.pledges[10]
    await process(voter.says(f"/sitat {pledge.id}"), voter.says(f"/start q_{pledge.id}"))
    one, two = telegram.texts
    assert one == two
    assert pledge.quote in one.replace("&amp;", "&")
    await process(voter.says("/sitat finnes-ikke"), voter.says("/sitat"))
    assert telegram.texts[2:] == [NB.quote_unknown, NB.quote_usage]


async def test_the_same_question_in_another_municipality(
    process, voter, telegram, services
) -> None:
    await process(voter.says("Hva mener dere om søndagsåpne butikker i Lørenskog?"))
    answer = last(telegram)
    again = buttons(answer)[NB.button_same.format(place="Bærum")]
    await process(voter.presses(again, answer))
    assert "Bærum" in last(telegram)["text"]
    assert "Lørenskog" not in last(telegram)["text"]
    assert NB.button_same.format(place="Asker") in buttons(last(telegram))
    assert [a.municipality for a in await services.storage.answers()].count("Bærum") == 1
    await process(voter.says("hvorfor det?"))  # the press is the question before
    assert NB.why_head in last(telegram)["text"]


# ---- silence, fixed answers


def silent(**more: Any) -> Answer:
    places = ("Asker", "Bærum", "Lørenskog")
    return replace(
        Answer(question="x", outcome=Outcome.NONE, reason=Reason.SILENT, municipalities=places),
        **more,
    )


async def test_silence_offers_everywhere_topics_and_a_report(
    process, voter, telegram, services, monkeypatch
) -> None:
    quiet = silent(municipality="Asker")
    monkeypatch.setattr("bot.services.answer", lambda *_, **__: quiet)
    await process(voter.says("tannlege i Asker"))
    answer = last(telegram)
    assert answer["text"] == NB.none_silent_in.format(place="Asker")
    assert {NB.button_everywhere, NB.button_topics, NB.button_missing} <= set(buttons(answer))
    await process(voter.presses(buttons(answer)[NB.button_missing], answer))
    assert acknowledged(telegram) == [NB.missing_stored]
    ticked = last(telegram, "editMessageReplyMarkup")
    assert f"✓ {NB.button_missing}" in buttons(ticked)
    [logged] = await services.storage.answers()
    assert await services.complaints.of(logged.id) is Complaint.MISSING
    await process(voter.presses(buttons(answer)[NB.button_topics], answer))
    assert NB.topics_head in last(telegram)["text"]


async def test_an_unknown_municipality_offers_those_there_are(process, voter, telegram) -> None:
    await process(voter.says("Hva mener dere om søndagsåpne butikker i Oslo?"))
    answer = last(telegram)
    assert "Asker, Bærum og Lørenskog" in answer["text"]
    again = buttons(answer)[NB.button_same.format(place="Bærum")]
    await process(voter.presses(again, answer))
    assert "<blockquote>" in last(telegram)["text"]


async def test_a_fixed_answer_says_so_and_leads_on(process, voter, telegram) -> None:
    await process(voter.says("Hvordan stemmer jeg?"))
    answer = last(telegram)
    assert answer["text"].startswith(f"<i>{NB.fixed_label}</i>\n")
    assert buttons(answer)["valg.no"] == "https://www.valg.no"


# ---- follow-ups and edits


async def test_a_place_alone_follows_on(process, voter, telegram, services) -> None:
    await process(voter.says(SUNDAY), voter.says("Hva med Lørenskog?"), voter.says("og i Bærum?"))
    assert "Si nei til flere søndagsåpne" in telegram.texts[1]
    assert "Bærum" not in telegram.texts[1]
    assert "Lørenskog" not in telegram.texts[2]
    questions = {a.question for a in await services.storage.answers()}
    assert "Hva mener dere om søndagsåpne butikker i Bærum?" in questions


async def test_more_and_why_follow_on(
    process, voter, telegram, services, application, deep
) -> None:
    application.bot_data = replace(services, policy=deep, recent=Recent())
    await process(voter.says("mer"))
    assert "<blockquote>" not in last(telegram)["text"]  # nothing before it
    await process(voter.says(SUNDAY), voter.says("hvorfor det?"), voter.says("mer"))
    answer, why, more = telegram.texts[1:]
    assert NB.why_head in why
    assert NB.more_head in more
    shown = answer.split("<blockquote>")[1].split("</blockquote>")[0]
    assert shown in why
    assert shown not in more
    for _ in range(10):
        await process(voter.says("mer"))
    assert last(telegram)["text"] == NB.no_more


async def test_another_chat_knows_nothing_of_it(process, voter, telegram, application) -> None:
    await process(voter.says(SUNDAY), Voter(application.bot, user_id=12).says("hvorfor det?"))
    assert NB.why_head not in last(telegram)["text"]


async def test_an_edited_question_changes_its_own_answer_and_the_log(
    process, voter, telegram, services
) -> None:
    await process(voter.says("/om"), voter.says("lærlinger"))
    await process(voter.edits(SUNDAY, message_id=1), voter.edits(SUNDAY, message_id=99))
    assert len(telegram.sent()) == 2
    [edit] = telegram.sent("editMessageText")
    assert edit["message_id"] == 1002
    assert "søndagsåpne" in edit["text"]
    [logged] = await services.storage.answers()
    assert logged.question == SUNDAY
    await process(voter.edits("x" * 501, message_id=1))
    assert last(telegram, "editMessageText")["text"] == NB.too_long.format(limit=500)
    assert await services.storage.answer_count() == 0


# ---- choices


async def test_a_municipality_is_chosen_by_name_button_or_link(
    process, voter, telegram, services
) -> None:
    await process(voter.says("/kommune Bærum"))
    assert last(telegram)["text"] == NB.place_set.format(place="Bærum")
    await process(voter.says(SUNDAY))
    assert "Lørenskog" not in last(telegram)["text"].split("Samme")[0]
    await process(voter.says("/kommune"))
    menu = last(telegram)
    assert list(buttons(menu)) == ["Asker", "✓ Bærum", "Lørenskog", NB.place_all]
    await process(voter.presses(buttons(menu)["Asker"], menu))
    assert acknowledged(telegram) == [NB.place_set.format(place="Asker")]
    assert "✓ Asker" in buttons(last(telegram, "editMessageReplyMarkup"))
    await process(voter.says("/start k_baerum"))
    assert (await services.choices.of(voter.id)).municipality == "Bærum"
    await process(voter.presses(buttons(menu)[NB.place_all], menu))
    assert await services.choices.of(voter.id) == Choice()
    await process(voter.says("/kommune Oslo"))
    assert "Jeg har ikke noe program for Oslo" in last(telegram)["text"]


async def test_one_named_in_the_question_wins_over_the_chosen(process, voter, telegram) -> None:
    await process(voter.says("/kommune Bærum"))
    await process(voter.says("Søndagsåpne butikker i Lørenskog?"))
    assert "<b>Lørenskog" in last(telegram)["text"]
    assert "<b>Bærum" not in last(telegram)["text"]


async def test_a_chosen_language_wins_over_telegrams(process, voter, telegram) -> None:
    await process(voter.says("/sprak"))
    menu = last(telegram)
    assert list(buttons(menu)) == ["✓ Bokmål", "Nynorsk", "English"]
    await process(voter.presses(buttons(menu)["English"], menu))
    assert acknowledged(telegram) == [EN.language_set]
    await process(voter.says(SUNDAY), voter.says("/hjelp"))
    assert EN.quotes_language in telegram.texts[-2]
    assert telegram.texts[-1] == EN.help
    await process(voter.presses("l1:nn", menu))
    await process(voter.says("/om"))
    assert last(telegram)["text"] == NN.about.format(party="Arbeiderpartiet")


async def test_start_shows_three_questions_that_hit(process, voter, telegram, services) -> None:
    for place in (None, *services.index.snapshot.corpus.municipalities):
        if place:
            await process(voter.says(f"/kommune {place}"))
        await process(voter.says("/start"))
        tried = [d for d in buttons(last(telegram)).values() if d.startswith("e1:")]
        assert len(tried) == 3
        for data in tried:
            await process(voter.presses(data))
            assert "<blockquote>" in last(telegram)["text"], buttons(telegram.sent()[-2])
    outcomes = [a.outcome for a in await services.storage.answers()]
    assert len(outcomes) == 12
    assert set(outcomes) == {"hit"}


# ---- topics


async def test_topics_are_walked_in_place_with_counts(process, voter, telegram, services) -> None:
    await process(voter.says("/tema"))
    menu = last(telegram)
    assert 1 <= len(buttons(menu)) <= 9
    label = next(iter(buttons(menu)))
    assert label.endswith(")")
    await process(voter.presses(buttons(menu)[NB.button_next], menu))
    assert buttons(last(telegram, "editMessageText")) != buttons(menu)
    await process(voter.presses(buttons(menu)[label], menu))
    below = last(telegram, "editMessageText")
    leaf = next(iter(buttons(below)))
    await process(voter.presses(buttons(below)[leaf], below))
    page = last(telegram, "editMessageText")
    assert "<blockquote>" in page["text"]
    await process(voter.presses(buttons(page)[NB.button_up], page))
    assert buttons(last(telegram, "editMessageText")) == buttons(below)
    assert len(telegram.sent()) == 1


def test_every_pledge_is_found_by_browsing(services) -> None:
    voice = Voice(NB)
    seen: dict[str, str] = {}
    todo = [OpenTopic("").encode(), OpenHeading("").encode()]
    while todo:
        data = todo.pop()
        if data in seen:
            continue
        if data.startswith("t1:"):
            html, markup = topic_view(services, voice, OpenTopic.decode(data))
        else:
            html, markup = heading_view(services, voice, OpenHeading.decode(data))
        seen[data], _ = parse_html(html)
        assert 0 < len(seen[data]) <= 4096
        assert markup is not None
        rows = markup.inline_keyboard
        assert len(rows) <= 9
        found = [b.callback_data for row in rows for b in row if isinstance(b.callback_data, str)]
        todo += [d for d in found if d.startswith(("t1:", "h1:"))]
    for form in ("t1:", "h1:"):
        shown = "\n".join(text for data, text in seen.items() if data.startswith(form))
        pledges = services.index.snapshot.corpus.pledges
        assert [p.id for p in pledges if p.quote not in shown] == []


async def test_headings_are_those_of_the_chosen_municipality(
    process, voter, telegram, services
) -> None:
    await process(voter.says("/kommune Asker"), voter.presses(OpenHeading("").encode()))
    assert not any("Bærum" in label for label in buttons(last(telegram)))
    baerum = next(p for p in services.index.snapshot.corpus.pledges if p.municipality == "Bærum")
    await process(voter.presses(OpenHeading(heading_key(baerum)).encode()))
    assert last(telegram)["text"] == NB.headings_head  # not Asker's: the list instead


async def test_a_topic_link_and_one_that_is_gone(process, voter, telegram) -> None:
    await process(voter.says("/start t_arbeid--larlinger"), voter.presses("t1:0:er.borte"))
    assert "<blockquote>" in telegram.texts[0]
    assert telegram.texts[1] == NB.topic_gone


# ---- inline and groups


async def test_inline_gives_whole_sourced_quotes_and_logs_nothing(
    process, voter, telegram, services
) -> None:
    await process(voter.asks_inline("søndagsåpne butikker"))
    call = last(telegram, "answerInlineQuery")
    assert call["results"]
    quotes = {p.id: p for p in services.index.snapshot.corpus.pledges}
    for card in call["results"]:
        pledge = quotes[card["id"]]
        assert card["description"] == pledge.quote
        text = card["input_message_content"]["message_text"]
        assert pledge.quote in text
        assert pledge.municipality in text
        assert pledge.id in text
        assert card["input_message_content"]["parse_mode"] == "HTML"
    assert await services.storage.answer_count() == 0
    await process(voter.asks_inline(call["results"][-1]["id"]))
    shared = last(telegram, "answerInlineQuery")["results"]
    assert [card["id"] for card in shared] == [call["results"][-1]["id"]]


@pytest.mark.parametrize("text", ["", "x", "xyzzy plugh", "jeg vil ta livet mitt"])
async def test_inline_without_cards_leads_to_the_private_chat(
    process, voter, telegram, text
) -> None:
    await process(voter.asks_inline(text))
    call = last(telegram, "answerInlineQuery")
    assert call["results"] == []
    assert call["button"]["text"] == NB.button_private


async def test_a_group_gets_one_quote_a_link_and_keeps_nothing(
    process, voter, telegram, services
) -> None:
    voter.chat = {"id": -5, "type": "supergroup", "title": "Nabolaget"}
    await process(voter.says("/spor søndagsåpne butikker"))
    call = last(telegram)
    assert call["text"].count("<blockquote>") == 1
    [link] = buttons(call).values()
    assert link.startswith("https://t.me/lofte_test_bot?start=q_")
    me = {"id": 42, "is_bot": True, "first_name": "Løftebot"}
    ours = {"message_id": 5, "date": 1, "chat": voter.chat, "from": me, "text": "…"}
    await process(voter.sends(text="lærlinger", reply_to_message=ours))
    assert "lærling" in last(telegram)["text"].lower()
    await process(voter.says("/spor"))
    assert last(telegram)["text"] == NB.group_usage
    count = len(telegram.sent())
    theirs = ours | {"from": voter.user}
    await process(
        voter.says(SUNDAY),
        voter.sends(text=SUNDAY, reply_to_message=theirs),
        voter.says("/start"),
        voter.says("/kommune Asker"),
        voter.edits(SUNDAY),
    )
    assert len(telegram.sent()) == count
    assert await services.storage.answer_count() == 0
    assert len(services.recent) == 0
    assert await services.choices.of(voter.id) == Choice()


def test_pages_are_counted_from_what_is_left() -> None:
    nothing = Answer(question="", outcome=Outcome.HIT)
    assert pages_of(nothing) == 1
    assert pages_of(replace(nothing, more=(None,) * 3)) == 2  # type: ignore[arg-type]
    assert pages_of(replace(nothing, more=(None,) * 4)) == 3  # type: ignore[arg-type]


async def test_an_errand_gets_a_button_to_the_municipalitys_page(process, voter, telegram) -> None:
    await process(voter.says("når er rådhuset åpent i Asker?"))
    assert buttons(last(telegram))["Asker"] == "https://www.asker.kommune.no"
