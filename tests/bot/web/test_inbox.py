"""The queue and a case in the browser: what is shown, changed, refused, and never told."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from html import unescape
from urllib.parse import quote

import pytest

from bot.answering import Answer, Outcome, Reason
from bot.callback_data import Complaint, Verdict
from bot.privacy.pseudonyms import pseudonym
from bot.services import Services, answer_question, log_answer
from bot.storage_choices import Complaints
from bot.storage_review import CaseState, Filter, ReviewStore, Status
from bot.texts import NB
from bot.texts.inbox import INBOX
from bot.web.app import build_web
from tests.bot.web.conftest import ADMIN, REVIEWER

NOON = datetime(2026, 3, 10, 12, 34, 56, tzinfo=UTC)


@pytest.fixture
def web(services: Services, sessions):
    web = build_web(services, sessions=sessions)
    yield web
    if (search := getattr(web.state, "question_search", None)) is not None:
        search.forget()


async def log(services: Services, question: str = "Skole?", **more: object) -> str:
    """Log an answer and return its case."""
    given = {"outcome": Outcome.NONE, "reason": Reason.SILENT, **more}
    answer_id = await log_answer(services, Answer(question=question, **given), "telegram")
    assert answer_id is not None
    return await case_of(services, answer_id)


async def case_of(services: Services, answer_id: str) -> str:
    [(case_id,)] = await services.storage.rows(
        "SELECT case_id FROM answers WHERE id = ?", answer_id
    )
    return str(case_id)


def text_of(response) -> str:
    body = re.sub(r"<[^>]*>", " ", response.text.split("<main", 1)[1])
    return " ".join(unescape(body).split())


def cases_in(response) -> list[str]:
    return re.findall(r'<a class="main" href="/sak/([^"?]+)', response.text)


# ---- the queue


async def test_the_queue_opens_with_what_needs_eyes_and_groups_what_is_alike(
    services, reviewer
) -> None:
    empty = await reviewer.get("/")
    assert empty.status_code == 200
    assert INBOX.none_left in text_of(empty)
    unanswered = await log(services, "Hva med romskip?")
    for wording in ("romskip!", "Romskipene?"):
        assert await log(services, wording) == unanswered
    await log(services, "Vil dere ha skole?", outcome=Outcome.HIT, reason=Reason.FOUND)
    said = await reviewer.get("/")
    assert cases_in(said) == [unanswered]
    assert "1 sak, 3 spørsmål" in text_of(said)
    assert "3 ganger" in text_of(said)
    assert len(cases_in(await reviewer.get("/?vis=alle"))) == 2


async def test_a_thumb_down_brings_a_good_answer_into_the_queue(services, reviewer) -> None:
    shown = Answer(question="Vil dere ha skole?", outcome=Outcome.HIT)
    answer_id = await log_answer(services, shown, "telegram")
    assert cases_in(await reviewer.get("/")) == []
    await services.storage.record_vote(answer_id, Verdict.NOT_HELPFUL, NOON)
    await Complaints(services.storage).record(answer_id, Complaint.OUTDATED, NOON)
    page = text_of(await reviewer.get("/?grunn=outdated"))
    assert INBOX.complaints["outdated"] in page
    assert "1 tommel ned" in page
    assert cases_in(await reviewer.get("/?grunn=place")) == []


async def test_each_filter_in_the_address_counts_and_stays_in_the_form(services, reviewer) -> None:
    asker = await log(services, "Vei?", municipality="Asker")
    weak = await log(services, "Bane?", outcome=Outcome.WEAK, reason=Reason.FOUND)
    state = CaseState(status=Status.SOLVED, owner="leser")
    await ReviewStore(services.storage).change(weak, state, "leser", services.clock())
    for address, wanted in (
        ("", [asker]), ("status=alle", [asker, weak]), ("status=solved", [weak]),
        ("status=alle&utfall=weak", [weak]), ("kommune=Asker", [asker]), ("kommune=ingen", []),
        ("kommune=ingen&status=alle", [weak]), ("eier=leser&status=alle", [weak]),
        ("fra=2999-01-01", []), ("til=2999-01-01", [asker]), ("sok=VEIE", []), ("sok=vei", [asker]),
        ("status=%00&utfall=x&grunn=y&fra=i+dag&side=-1&sok=", [asker]),
    ):  # fmt: skip
        if "sok=" in address:
            await reviewer.get("/")
            await web_search(reviewer)
        page = await reviewer.get(f"/?{address}")
        assert page.status_code == 200
        assert sorted(cases_in(page)) == sorted(wanted), address
    page = await reviewer.get("/?status=solved&utfall=weak&eier=leser")
    assert '<option value="solved" selected>' in page.text
    assert f"/sak/{weak}?utfall=weak&amp;status=solved&amp;eier=leser" in page.text


async def web_search(browser) -> None:
    await browser.client._transport.app.state.question_search.warm()


async def test_the_pager_keeps_the_filter_and_comes_to_an_end(services, reviewer) -> None:
    asked = {
        await log(services, f"skole {word}{n}")
        for word in ("vei", "bane", "båt")
        for n in range(20)
    }
    page, seen = await reviewer.get("/?vis=alle"), []
    for _ in range(10):
        seen += cases_in(page)
        after = re.search(r'rel="next" href="([^"]+)"', page.text)
        if not after:
            break
        assert "vis=alle" in after[1]
        page = await reviewer.get(unescape(after[1]))
    assert sorted(seen) == sorted(asked)


async def test_a_reviewer_of_one_municipality_sees_only_theirs(services, from_asker) -> None:
    own = await log(services, "Vei?", municipality="Asker")
    other = await log(services, "Vei?", municipality="Bærum")
    for address in ("/", "/?vis=alle&status=alle", "/?kommune=B%C3%A6rum", "/?sok=vei"):
        page = await from_asker.get(address)
        assert set(cases_in(page)) <= {own}
        assert other not in page.text
        assert 'name="kommune"' not in page.text
    assert (await from_asker.get(f"/sak/{own}")).status_code == 200
    assert (await from_asker.get(f"/sak/{other}")).status_code == 404
    form = {"status": "spam", "eier": "", "notat": "", "versjon": "0"}
    assert (await from_asker.post(f"/sak/{other}", form)).status_code == 404
    assert (await from_asker.post(f"/sak/{other}/angre", {"versjon": "1"})).status_code == 404
    assert not await services.storage.rows("SELECT * FROM cases")


async def test_nobody_sees_anything_without_signing_in(services, browser_of) -> None:
    case_id = await log(services, "zzkanari")
    nobody = await browser_of(None)
    for path in ("/", f"/sak/{case_id}"):
        answer = await nobody.get(path)
        assert answer.status_code == 303
        assert "zzkanari" not in answer.text
    assert not await services.storage.audit()


# ---- one case


async def test_a_case_shows_the_answer_as_it_was_why_and_what_voters_said(
    services, reviewer
) -> None:
    reply = await answer_question(services, "Hva mener dere om søndagsåpne butikker?", NB)
    answer_id = await log_answer(services, reply.answer, "telegram")
    await services.storage.record_vote(answer_id, Verdict.NOT_HELPFUL, NOON)
    await Complaints(services.storage).record(answer_id, Complaint.MEANING, NOON)
    page = await reviewer.get(f"/sak/{await case_of(services, answer_id)}")
    said = text_of(page)
    assert page.status_code == 200
    assert reply.answer.hits
    for hit in reply.answer.hits:
        assert " ".join(hit.pledge.quote.split()) in said
    for sentence in (INBOX.same_version, INBOX.today_same, INBOX.why_kept,
                     INBOX.complaints["meaning"], INBOX.history_none):  # fmt: skip
        assert sentence in said
    assert "sondagsap" in said, "a matched term"
    assert f'href="/sak/{await case_of(services, answer_id)}/rett"' in page.text


async def test_it_says_when_the_version_is_another_and_a_pledge_is_gone(
    services, reviewer, answer_with
) -> None:
    shown = answer_with("Si nei til flere søndagsåpne", question="Butikker?", fingerprint="older")
    gone = replace(shown.hits[0], pledge=replace(shown.hits[0].pledge, id="no-longer"))
    case_id = await log(services, "Butikker?", outcome=Outcome.HIT, reason=Reason.FOUND,
                        hits=(*shown.hits, gone), fingerprint="older")  # fmt: skip
    said = text_of(await reviewer.get(f"/sak/{case_id}"))
    for sentence in (INBOX.other_version, INBOX.pledge_gone, INBOX.today_other):
        assert sentence in said


async def test_words_that_were_not_kept_are_said_to_be_so(services, reviewer) -> None:
    case_id = await log(services, "jeg vil dø", is_crisis=True, outcome=Outcome.FIXED)
    page = await reviewer.get(f"/sak/{case_id}")
    assert page.status_code == 200
    assert INBOX.not_kept in text_of(page)
    assert INBOX.why_none in text_of(page)


async def test_a_case_is_worked_on_and_the_change_taken_back(services, reviewer) -> None:
    case_id = await log(services)
    sent = {"status": "taken", "eier": "", "notat": "Ring Kari Nordmann", "versjon": "0"}
    stored = await reviewer.post(f"/sak/{case_id}?vis=alle", sent)
    assert (stored.status_code, stored.headers["location"]) == (
        303, f"/sak/{case_id}?vis=alle&sagt=case_saved",
    )  # fmt: skip
    page = await reviewer.get(stored.headers["location"])
    said = text_of(page)
    assert "Saken er lagret." in said
    assert f"{REVIEWER.name} satte «Tatt»" in said
    assert "Nordmann" not in said
    assert f'<option value="{REVIEWER.name}" selected>' in page.text
    assert 'name="versjon" value="1"' in page.text
    back = await reviewer.post(f"/sak/{case_id}/angre", {"versjon": "1"})
    assert back.status_code == 303
    assert (await ReviewStore(services.storage).state(case_id)).status is Status.NEW


async def test_a_solved_case_that_fails_again_is_shown_as_come_back_until_it_is_changed(
    services, reviewer
) -> None:
    case_id = await log(services)
    form = {"status": "solved", "eier": REVIEWER.name, "notat": "rettet", "versjon": "0"}
    await reviewer.post(f"/sak/{case_id}", form)
    assert cases_in(await reviewer.get("/")) == []
    assert cases_in(await reviewer.get("/?status=again")) == []
    assert INBOX.again_why not in text_of(await reviewer.get(f"/sak/{case_id}"))

    assert await log(services) == case_id
    new = await log(services, "Bane?")
    queue = await reviewer.get("/")
    assert sorted(cases_in(queue)) == sorted([case_id, new])
    assert f"{INBOX.again}: {REVIEWER.name}" in text_of(queue)
    kept = await reviewer.get("/?status=again")
    assert cases_in(kept) == [case_id]
    assert '<option value="again" selected>' in kept.text
    page = await reviewer.get(f"/sak/{case_id}")
    assert INBOX.again_why in text_of(page)
    assert "rettet" in text_of(page)
    assert INBOX.history_again not in text_of(page)

    sent = await reviewer.post(f"/sak/{case_id}", {**form, "notat": "nå", "versjon": "1"})
    assert sent.status_code == 303
    assert cases_in(await reviewer.get("/")) == [new]
    page = text_of(await reviewer.get(f"/sak/{case_id}"))
    assert INBOX.again_why not in page
    assert page.count(INBOX.history_again) == 1


async def test_of_two_who_edit_the_second_sees_the_first_and_loses_nothing(
    services, reviewer, admin
) -> None:
    case_id = await log(services)
    form = {"status": "solved", "eier": REVIEWER.name, "notat": "mitt notat", "versjon": "0"}
    other = {"status": "taken", "eier": ADMIN.name, "notat": "deres notat", "versjon": "0"}
    await admin.post(f"/sak/{case_id}", other)
    page = await reviewer.post(f"/sak/{case_id}", form)
    said = text_of(page)
    assert page.status_code == 409
    for words in (INBOX.conflict, f"{ADMIN.name} satte «Tatt»", "deres notat", "mitt notat"):
        assert words in said
    assert '<option value="solved" selected>' in page.text
    assert 'name="versjon" value="1"' in page.text
    state = await ReviewStore(services.storage).state(case_id)
    assert (state.status, state.note) == (Status.TAKEN, "deres notat")
    again = await reviewer.post(f"/sak/{case_id}", {**form, "versjon": "1"})
    assert again.status_code == 303
    assert (await ReviewStore(services.storage).state(case_id)).note == "mitt notat"


async def test_undoing_what_is_not_the_last_change_undoes_nothing(
    services, reviewer, admin
) -> None:
    case_id = await log(services)
    assert (await reviewer.post(f"/sak/{case_id}/angre", {"versjon": "0"})).status_code == 409
    form = {"status": "taken", "eier": "", "notat": "", "versjon": "0"}
    await reviewer.post(f"/sak/{case_id}", form)
    await admin.post(f"/sak/{case_id}", {**form, "status": "solved", "versjon": "1"})
    page = await reviewer.post(f"/sak/{case_id}/angre", {"versjon": "1"})
    assert page.status_code == 409
    assert f"{ADMIN.name} satte «Løst»" in text_of(page)
    assert (await ReviewStore(services.storage).state(case_id)).status is Status.SOLVED


@pytest.mark.parametrize(
    "form",
    [
        {}, {"status": "done", "versjon": "0"}, {"status": "new"}, {"status": "new", "versjon": "-1"},
        {"status": "new", "versjon": "0", "notat": "x" * 2001}, {"status": "new", "versjon": "٣"},
    ],
)  # fmt: skip
async def test_a_form_that_is_not_ours_changes_nothing(services, reviewer, form) -> None:
    case_id = await log(services)
    assert (await reviewer.post(f"/sak/{case_id}", form)).status_code == 400
    assert not await services.storage.rows("SELECT * FROM cases")


async def test_an_owner_must_be_of_the_staff(services, reviewer) -> None:
    case_id = await log(services)
    form = {"status": "solved", "eier": "noen andre", "notat": "", "versjon": "0"}
    await reviewer.post(f"/sak/{case_id}", form)
    assert (await ReviewStore(services.storage).state(case_id)).owner == ""


async def test_a_case_that_is_not_there_is_a_404_that_repeats_nothing(services, reviewer) -> None:
    for name in ("a-zzkanari", "%3Cscript%3E", "ff" * 16, quote("' OR 1 --")):
        page = await reviewer.get(f"/sak/{name}")
        assert page.status_code == 404
        assert "zzkanari" not in page.text
        assert "<script" not in page.text


# ---- what staff are never told


async def test_neither_a_clock_time_nor_a_pseudonym_is_on_any_page(services, reviewer) -> None:
    services = replace(services, settings=replace(services.settings, logging="samtykke"))
    person = pseudonym(services.keys.persons()[0], NOON.date(), 4242)
    for n in range(3):
        asked = Answer(question=f"Skole {n}?", outcome=Outcome.NONE)
        answer_id = await services.storage.record_answer(
            asked, "telegram", NOON - timedelta(days=n), person, bytes([n]) * 16
        )
    await services.storage.record_vote(answer_id, Verdict.NOT_HELPFUL, NOON)
    case_id = await case_of(services, answer_id)
    form = {"status": "taken", "eier": "", "notat": "n", "versjon": "0"}
    await reviewer.post(f"/sak/{case_id}", form)
    pages = [await reviewer.get("/?vis=alle&status=alle")]
    pages += [await reviewer.get(f"/sak/{case}") for case in cases_in(pages[0])]
    assert len(pages) == 4
    for page in pages:
        assert page.status_code == 200
        assert not re.search(r"\d{2}:\d{2}", text_of(page))
        for form_of_it in (person.hex(), person.hex().upper(), repr(person), "4242", "telegram"):
            assert form_of_it not in page.text
        assert answer_id not in page.text, "who knows an answer's id may vote on it"


async def test_hostile_words_stay_words(services, reviewer) -> None:
    for hostile in ("<img src=x onerror=alert(1)>", '"><script>alert(1)</script>', "{{ 7 * 7 }}",
                    "javascript:alert(1)", "</textarea><b>x"):  # fmt: skip
        case_id = await log(services, hostile, evidence={"concepts": {hostile: [hostile]},
                            "unmatched": [hostile], "topic": hostile, "nearest_example": hostile})  # fmt: skip
        form = {"status": "taken", "eier": "", "notat": hostile, "versjon": "0"}
        await reviewer.post(f"/sak/{case_id}", form)
        for page in (await reviewer.get("/"), await reviewer.get(f"/sak/{case_id}"),
                     await reviewer.get(f"/?sok={quote(hostile)}&eier={quote(hostile)}")):  # fmt: skip
            assert page.status_code == 200
            assert not re.search(r"<(img|script|b)\b", page.text)
            assert "49" not in text_of(page)
    shown = await ReviewStore(services.storage).count(Filter())
    assert shown[0] == 5
