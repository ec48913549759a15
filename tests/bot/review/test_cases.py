"""What staff may do with a case, who is told what, and what is written down before."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest

from bot.answering import Answer, Outcome, Reason, answer
from bot.callback_data import Complaint, Verdict
from bot.rendering import answer_paragraphs, fit
from bot.review.again import answered_today, shown_again
from bot.review.cases import (
    LONGEST_NOTE,
    Conflict,
    NothingToUndo,
    open_case,
    owners,
    save,
    undo,
)
from bot.review.queue import PER_PAGE, described, queue_page, restricted, together
from bot.review.search import QuestionSearch
from bot.services import Services, log_answer
from bot.storage import StorageError
from bot.storage_review import (
    OPEN,
    CaseAnswer,
    CaseGone,
    CaseState,
    Filter,
    ReviewStore,
    Status,
)
from bot.storage_staff import Member, Role, StaffStore
from bot.texts import LANGUAGES

KARI = Member(name="kari", role=Role.REVIEWER)
OLA = Member(name="ola", role=Role.ADMIN)
ASKER = Member(name="asker", role=Role.REVIEWER, municipality="Asker")


async def log(services: Services, question: str = "Skole?", **more: object) -> str:
    """Log an answer and return its case."""
    asked = Answer(question=question, outcome=Outcome.NONE, reason=Reason.SILENT, **more)
    answer_id = await log_answer(services, asked, "telegram")
    [(case_id,)] = await services.storage.rows(
        "SELECT case_id FROM answers WHERE id = ?", answer_id
    )
    return str(case_id)


async def actions(services: Services) -> list[tuple[str, str]]:
    return [(entry.actor, entry.action) for entry in await services.storage.audit()]


# ---- status, owner, note


async def test_who_takes_a_case_has_it_and_a_new_one_is_nobody_s(services: Services) -> None:
    case_id = await log(services)
    taken = await save(services, KARI, case_id, CaseState(status=Status.TAKEN))
    assert (taken.owner, taken.version) == ("kari", 1)
    given = await save(services, KARI, case_id, replace(taken, owner="ola"))
    assert given.owner == "ola"
    solved = await save(services, OLA, case_id, replace(given, status=Status.SOLVED))
    assert (solved.status, solved.owner) == (Status.SOLVED, "ola"), "still who solved it"
    again = await save(services, OLA, case_id, replace(solved, status=Status.NEW))
    assert again.owner == ""


@pytest.mark.parametrize("status", list(Status))
async def test_every_status_can_be_given_and_left(services: Services, status: Status) -> None:
    case_id = await log(services)
    stored = await save(services, KARI, case_id, CaseState(status=status))
    assert stored.status is status
    [case] = (await queue_page(services, KARI, Filter(status=status.value))).cases
    assert case.id == case_id
    assert (await save(services, KARI, case_id, replace(stored, status=Status.NEW))).version == 2


async def test_a_pasted_name_does_not_stay_in_a_note(services: Services) -> None:
    case_id = await log(services)
    note = "  Spurt av Kari Nordmann, ring 912 34 567\nSe på dette " + "x" * LONGEST_NOTE
    stored = await save(services, KARI, case_id, CaseState(note=note))
    assert "Nordmann" not in stored.note
    assert "912" not in stored.note
    assert stored.note.startswith("Spurt av [navn]")
    assert len(stored.note) <= LONGEST_NOTE
    assert (await open_case(services, KARI, case_id)).state == stored


async def test_the_owners_are_all_staff(services: Services) -> None:
    await StaffStore(services.storage).put(KARI, "a test", services.clock())
    assert await owners(services) == ["77", "kari"]


# ---- two at once, and taking back


async def test_who_comes_second_learns_what_the_first_did(services: Services) -> None:
    case_id = await log(services)
    await save(services, KARI, case_id, CaseState(status=Status.TAKEN, note="ser på den"))
    mine = CaseState(status=Status.SPAM, note="tull")
    with pytest.raises(Conflict) as caught:
        await save(services, OLA, case_id, mine)
    assert caught.value.mine == mine
    assert (caught.value.now.status, caught.value.now.owner) == (Status.TAKEN, "kari")
    [other] = caught.value.others
    assert (other.name, other.state.note) == ("kari", "ser på den")
    assert (await open_case(services, OLA, case_id)).state == caught.value.now
    await save(services, KARI, case_id, replace(caught.value.now, status=Status.SOLVED))
    with pytest.raises(Conflict) as caught:
        await save(services, OLA, case_id, replace(mine, version=1))
    assert [other.state.version for other in caught.value.others] == [2], (
        "what they had seen is no news"
    )


async def test_undo_brings_back_what_was_and_undoing_twice_what_came_after(
    services: Services,
) -> None:
    case_id = await log(services)
    first = await save(services, KARI, case_id, CaseState(status=Status.TAKEN, note="en"))
    second = await save(services, OLA, case_id, replace(first, status=Status.SOLVED, note="to"))
    back = await undo(services, OLA, case_id, second.version)
    assert replace(back, version=1) == first
    forth = await undo(services, OLA, case_id, back.version)
    assert replace(forth, version=2) == second
    assert [change.name for change in (await open_case(services, OLA, case_id)).history] == [
        "ola", "ola", "ola", "kari",
    ]  # fmt: skip


async def test_undoing_the_first_change_leaves_a_new_case(services: Services) -> None:
    case_id = await log(services)
    stored = await save(services, KARI, case_id, CaseState(status=Status.SPAM, note="x"))
    back = await undo(services, KARI, case_id, stored.version)
    assert (back.status, back.owner, back.note) == (Status.NEW, "", "")


async def test_undoing_what_was_done_with_a_case_that_had_come_back_does_not_lose_it(
    services: Services,
) -> None:
    case_id = await log(services)
    solved = await save(services, KARI, case_id, CaseState(status=Status.SOLVED))
    assert await log(services) == case_id
    assert (await open_case(services, KARI, case_id)).queued.again
    taken = await save(services, OLA, case_id, replace(solved, status=Status.TAKEN))
    assert not (await open_case(services, OLA, case_id)).queued.again
    back = await undo(services, OLA, case_id, taken.version)
    opened = await open_case(services, OLA, case_id)
    assert (opened.state.status, opened.queued.again) == (Status.SOLVED, True)
    # And forth: it is taken, and not back.
    await undo(services, OLA, case_id, back.version)
    opened = await open_case(services, OLA, case_id)
    assert (opened.state.status, opened.queued.again) == (Status.TAKEN, False)


async def test_there_must_be_something_to_undo_and_nobody_s_later_change_is_undone(
    services: Services,
) -> None:
    case_id = await log(services)
    with pytest.raises(NothingToUndo):
        await undo(services, KARI, case_id, 0)
    with pytest.raises(NothingToUndo):
        await undo(services, KARI, case_id, 7)
    first = await save(services, KARI, case_id, CaseState(status=Status.TAKEN))
    await save(services, OLA, case_id, replace(first, status=Status.SOLVED))
    with pytest.raises(Conflict):
        await undo(services, KARI, case_id, first.version)
    assert (await open_case(services, OLA, case_id)).state.status is Status.SOLVED


# ---- who sees what


async def test_a_reviewer_of_one_municipality_sees_and_changes_only_theirs(
    services: Services,
) -> None:
    own = await log(services, municipality="Asker")
    others = [await log(services, municipality="Bærum"), await log(services)]
    for chosen in (Filter(), Filter(municipality="Bærum"), Filter(municipality="")):
        page = await queue_page(services, ASKER, chosen)
        assert [case.id for case in page.cases] == [own]
    for case_id in [*others, "a-none", "' OR 1 --", ""]:
        with pytest.raises(CaseGone):
            await open_case(services, ASKER, case_id)
        with pytest.raises(CaseGone):
            await save(services, ASKER, case_id, CaseState(status=Status.SPAM))
        with pytest.raises(CaseGone):
            await undo(services, ASKER, case_id, 1)
    assert (await open_case(services, ASKER, own)).queued.id == own
    assert not await services.storage.rows("SELECT * FROM cases")


async def test_a_search_finds_a_reviewer_no_other_municipality_s(services: Services) -> None:
    own = await log(services, "Skolemat?", municipality="Asker")
    await log(services, "Skolemat?", municipality="Bærum")
    search = QuestionSearch(services.storage)
    await search.warm()
    page = await queue_page(services, ASKER, Filter(), words="skolemat", search=search)
    assert [case.id for case in page.cases] == [own]
    search.forget()


async def test_it_is_written_down_before_anything_is_shown(services: Services) -> None:
    case_id = await log(services, "zzkanari skole")
    search = QuestionSearch(services.storage)
    chosen = Filter(needy=True, status=OPEN, since=date(2026, 1, 1))
    await queue_page(services, KARI, chosen, words="zzkanari", search=search)
    await open_case(services, KARI, case_id)
    stored = await save(services, KARI, case_id, CaseState(status=Status.TAKEN))
    await undo(services, KARI, case_id, stored.version)
    search.forget()
    wanted = ["inbox", "case", "case_change", "case_undo"]
    assert await actions(services) == [("kari", action) for action in wanted]
    said = " ".join(entry.detail for entry in await services.storage.audit())
    assert "zzkanari" not in said
    assert "status=open since=2026-01-01 needy=yes search=yes" in said


async def test_what_cannot_be_written_down_is_neither_shown_nor_done(
    services: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    case_id = await log(services)
    await services.storage.rows("DROP TABLE audit")
    for call in (
        queue_page(services, KARI, Filter()),
        open_case(services, KARI, case_id),
        save(services, KARI, case_id, CaseState(status=Status.SPAM)),
    ):
        with pytest.raises(StorageError):
            await call
    assert not await services.storage.rows("SELECT * FROM cases")


# ---- pages


async def test_every_case_is_on_one_page_and_only_one(services: Services) -> None:
    asked = {await log(services, f"{word} {n}") for word in ("skole", "vei") for n in range(40)}
    first = await queue_page(services, KARI, Filter())
    assert (first.total, first.pages) == (len(asked), -(-len(asked) // PER_PAGE))
    shown = [
        case.id
        for number in range(1, first.pages + 1)
        for case in (await queue_page(services, KARI, Filter(), number)).cases
    ]
    assert sorted(shown) == sorted(asked)
    for number, nearest in ((0, 1), (-3, 1), (999, first.pages)):
        assert (await queue_page(services, KARI, Filter(), number)).number == nearest
    none = await queue_page(services, KARI, Filter(owner="nobody"))
    assert (none.cases, none.number, none.pages, none.total) == ([], 1, 1, 0)


def test_the_filter_is_told_without_what_was_searched_for() -> None:
    assert described(Filter(), searched=False) == ""
    assert restricted(Filter(municipality="Bærum"), ASKER).municipality == "Asker"
    assert restricted(Filter(municipality="Bærum"), OLA).municipality == "Bærum"


def test_the_same_words_with_the_same_answer_come_once() -> None:
    def said(question: str, on: int, **more: object) -> CaseAnswer:
        given = {"outcome": "none", "reason": "silent", "municipality": None, "language": "nb",
                 "fixed": "", "fingerprint": "f", **more}  # fmt: skip
        return CaseAnswer(question=question, asked_on=date(2026, 3, on), **given)

    shown = together([
        said("skole", 1, verdict=Verdict.HELPFUL),
        said("skole", 3, verdict=Verdict.NOT_HELPFUL, complaint=Complaint.PLACE),
        said("skoler", 3), said("skoler", 3), said("skole", 2, outcome="hit"),
    ])  # fmt: skip
    assert [(s.answer.question, s.answer.outcome, s.times) for s in shown] == [
        ("skole", "none", 2), ("skoler", "none", 2), ("skole", "hit", 1),
    ]  # fmt: skip
    assert (shown[0].helpful, shown[0].disliked, shown[0].complaints) == (1, 1, {"place": 1})
    assert (shown[0].first_on, shown[0].answer.asked_on) == (date(2026, 3, 1), date(2026, 3, 3))


# ---- the answer as it was


QUESTIONS = (
    "Hva mener dere om søndagsåpne butikker?", "hei", "Hva mener Høyre om skole?", "romskip",
    "Hva gjør dere i Trondheim?", "What do you think about schools?", "", "vil dere ha båtplass",
    "Kva meiner de om skule i Asker?", "hvor mange skoler skal dere bygge i Bærum",
)  # fmt: skip


@pytest.mark.parametrize("language", sorted(LANGUAGES))
async def test_it_is_made_again_letter_for_letter(
    services: Services, lexical, language: str
) -> None:
    texts, outcomes = LANGUAGES[language], set()
    for question in QUESTIONS:
        given = answer(question, lexical.searcher, services.policy, language=language,
                       fingerprint=lexical.fingerprint)  # fmt: skip
        saw = fit(given, texts, this_year=lexical.this_year)
        answer_id = await services.storage.record_answer(saw, "telegram", services.clock())
        [logged] = await ReviewStore(services.storage).answers(f"a-{answer_id}", 10)
        again = shown_again(logged, lexical, "Ap")
        assert list(again.paragraphs) == answer_paragraphs(saw, texts, "Ap", lexical.this_year)
        assert (again.gone, again.same) == (0, True)
        assert answered_today(logged, lexical, services.policy) == saw
        outcomes.add((saw.outcome, saw.reason))
    assert len(outcomes) >= 5, "too few kinds of answer to prove anything"


async def test_what_is_in_no_programme_any_more_is_said_to_be_gone(
    services: Services, answer_with
) -> None:
    snapshot = services.index.snapshot
    given = answer_with("Si nei til flere søndagsåpne", "Ha ambisiøse krav", fingerprint="older")
    answer_id = await services.storage.record_answer(given, "telegram", services.clock())
    [logged] = await ReviewStore(services.storage).answers(f"a-{answer_id}", 10)
    half = replace(logged, pledge_ids=(logged.pledge_ids[0], "gone"))
    again = shown_again(half, snapshot, "Ap")
    assert (again.gone, again.same, again.pledges) == (1, False, [logged.pledge_ids[0]])
    assert "søndagsåpne" in str(again.paragraphs)
    nothing = shown_again(replace(logged, pledge_ids=("gone",)), snapshot, "Ap")
    assert (nothing.gone, nothing.paragraphs) == (1, [])


async def test_what_cannot_be_known_is_not_made_up(services: Services) -> None:
    logged = CaseAnswer(
        question="?", asked_on=date(2026, 1, 1), outcome="none", reason="silent",
        municipality=None, language="nb", fixed="", fingerprint="",
    )  # fmt: skip
    snapshot = services.index.snapshot
    assert "".join(str(shown_again(logged, snapshot, "Ap").paragraphs))
    for unknown in (
        replace(logged, outcome="fixed", fixed="no.such.topic"),
        replace(logged, outcome="later"),
        replace(logged, reason="later"),
        replace(logged, reason="other_party"),
    ):
        assert shown_again(unknown, snapshot, "Ap").paragraphs == []
