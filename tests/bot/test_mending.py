"""From a question that was not answered to one that is: propose, preview, publish, and what may go wrong."""

from __future__ import annotations

import asyncio
import difflib
import shutil
import threading
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from bot.answering import Outcome, answer
from bot.corrections import check, passed
from bot.index_holder import IndexReader, Rebuild
from bot.jobs import Jobs
from bot.lock import only_instance
from bot.reload import examine
from bot.review import preview
from bot.review.mending import Draft, MendFault, may_see, propose, refuse
from bot.review.preview import Preview
from bot.review.publishing import LOCK, Refused, publish, signature
from bot.services import Services, log_answer, purge
from bot.setup import options_of
from bot.storage_proposals import Kind, Proposal, ProposalStore, State
from bot.storage_review import OPEN, Filter, ReviewStore, Status
from bot.storage_staff import Member, Role
from bot.texts.mending import FAULTS, sentence
from retrieval.build import Snapshot, build
from retrieval.corrections import CORRECTIONS, read_corrections
from tests.conftest import ROOT
from tests.retrieval.test_corrections import ASKER, BYGDA, TOPICS, ident, write_programmes

KARI = Member(name="Kari", role=Role.REVIEWER)
OLA = Member(name="Ola", role=Role.REVIEWER)
FROM_ASKER = Member(name="Åse", role=Role.REVIEWER, municipality="Asker")
QUESTION = "Når får guttungen et eple?"
SHIPPED = (ROOT / "seeds" / CORRECTIONS).read_text(encoding="utf-8")


def rebuilder(services: Services) -> Rebuild:
    settings = services.settings
    return lambda progress, folder=settings.seeds: build(folder, options=options_of(settings))


@pytest.fixture
async def ours(services: Services, tmp_path: Path) -> AsyncIterator[Services]:
    """The real services over a small folder of this test's own."""
    seeds = write_programmes(tmp_path / "seeds", ("Asker", "", ASKER), ("Bygda", "", BYGDA))
    (seeds / "topics.toml").write_text(TOPICS, encoding="utf-8")
    (seeds / CORRECTIONS).write_text(SHIPPED, encoding="utf-8")
    own = replace(
        services, settings=replace(services.settings, seeds=seeds, least_pledges=1), jobs=Jobs()
    )
    rebuild = rebuilder(own)
    yield replace(own, index=IndexReader(rebuild(None), rebuild))
    await own.jobs.stop()


def draft(services: Services, words: str = "frukt", question: str = QUESTION) -> Draft:
    pledge = ident(services.index.snapshot, words)
    return Draft(kind=Kind.EXAMPLE, question=question, pledges=(pledge,))


async def proposed(
    services: Services, what: Draft | None = None, member: Member = KARI, **more: str | None
) -> str:
    case_id, place = more.get("case_id"), more.get("place")
    return await propose(services, member, what or draft(services), case_id, place)


async def found(services: Services, proposal_id: str) -> Proposal:
    proposal = await ProposalStore(services.storage).get(proposal_id)
    assert proposal is not None
    return proposal


async def previewed(services: Services, proposal_id: str, member: Member = OLA) -> Preview:
    job = preview.start(services, await found(services, proposal_id), member)
    await job.finished.wait()
    if job.error is not None:
        raise job.error
    assert isinstance(job.result, Preview)
    return job.result


def seeds_text(services: Services) -> str:
    return (services.settings.seeds / CORRECTIONS).read_text(encoding="utf-8")


async def asked(services: Services, question: str, municipality: str | None = None) -> str:
    """Ask as a voter does, and return the case that it became."""
    given = answer(
        question, services.index.snapshot.searcher, services.policy, municipality=municipality
    )
    answer_id = await log_answer(services, given, "telegram", 5)
    [(case_id,)] = await services.storage.rows(
        "SELECT case_id FROM answers WHERE id = ?", answer_id
    )
    return str(case_id)


async def fault_of(call) -> str:
    with pytest.raises(MendFault) as caught:
        await call
    told = sentence(caught.value.fault, caught.value.values)
    assert "{" not in told
    return caught.value.fault


# ---- the whole way


async def test_from_silence_to_a_hit(ours: Services) -> None:
    case_id = await asked(ours, QUESTION)
    await asked(ours, "Hva med benker i parken?")
    old = ours.index.snapshot
    proposal_id = await proposed(ours, case_id=case_id)
    seen = await previewed(ours, proposal_id)
    assert seen.works
    assert (seen.own.before.outcome, seen.own.after.outcome) == ("none", "hit")
    assert [change.question for change in seen.logged] == [QUESTION]
    assert (seen.logged_tried, seen.goldens_tried, seen.other_changes) == (2, 0, False)
    assert ours.index.snapshot is old and seeds_text(ours) == SHIPPED

    report = await publish(ours, OLA, proposal_id)
    assert (report.corrections_passed, report.corrections) == (1, 1)
    given = answer(QUESTION, ours.index.snapshot.searcher, ours.policy)
    assert (given.outcome, given.hits[0].pledge.id) == (Outcome.HIT, ident(old, "frukt"))
    assert seeds_text(ours).startswith(SHIPPED)
    [entry] = read_corrections(ours.settings.seeds).examples
    assert (entry.question, entry.by, entry.on) == (
        QUESTION,
        "Kari, Ola",
        ours.clock().date().isoformat(),
    )
    changed = [
        line for line in difflib.unified_diff(SHIPPED.splitlines(), seeds_text(ours).splitlines(), n=0)
        if line[:1] in "+-" and line[:3] not in ("+++", "---")
    ]  # fmt: skip
    assert changed and all(line.startswith("+") for line in changed)
    done = await found(ours, proposal_id)
    assert (done.state, done.decided_by) == (State.PUBLISHED, "Ola")
    assert (await ReviewStore(ours.storage).state(case_id)).status is Status.SOLVED
    actions = {str(action) for (action,) in await ours.storage.rows("SELECT action FROM audit")}
    assert {"correction_propose", "correction_preview", "correction_publish"} <= actions


async def test_a_solved_case_that_came_back_is_solved_by_the_next_correction(
    ours: Services,
) -> None:
    case_id, store = await asked(ours, QUESTION), ReviewStore(ours.storage)
    state = replace(await store.state(case_id), status=Status.SOLVED, owner="Kari")
    await store.change(case_id, state, "Kari", ours.clock())
    assert await asked(ours, QUESTION) == case_id
    waiting = Filter(needy=True, status=OPEN)
    assert [case.again for case in await store.page(waiting, 10)] == [True]
    await publish(ours, OLA, await proposed(ours, case_id=case_id))
    assert await store.count(waiting) == (0, 0)
    assert [(c.name, c.again) for c in await store.history(case_id)] == [
        ("Ola", True), ("Kari", False),
    ]  # fmt: skip


async def test_a_second_correction_is_added_behind_the_first(ours: Services) -> None:
    await publish(ours, OLA, await proposed(ours))
    first = seeds_text(ours)
    await publish(
        ours,
        OLA,
        await proposed(ours, Draft(kind=Kind.OUTSIDE, question="Blir det paraply?", topic="vaer")),
    )
    second = Draft(
        kind=Kind.SYNONYM, word="sete", to=("benk",), why='Folk sier "sete"\n\\ ikke benk'
    )
    await publish(ours, OLA, await proposed(ours, second))
    assert seeds_text(ours).startswith(first + "\n")
    assert passed(check(ours.index.snapshot)) == (3, 3)
    assert answer("Blir det paraply?", ours.index.snapshot.searcher, ours.policy).fixed == "vaer"


async def test_what_looks_like_code_is_text_all_the_way(ours: Services) -> None:
    nasty = 'Et "eple" \'\'\' """ \\ <script>alert(1)</script>\n[[example]] {{ 7*7 }}'
    await publish(ours, OLA, await proposed(ours, draft(ours, question=nasty)))
    [entry] = read_corrections(ours.settings.seeds).examples
    assert entry.question == " ".join(nasty.split())


async def test_names_and_numbers_are_taken_out_before_anything_is_stored(ours: Services) -> None:
    proposal_id = await proposed(
        ours, draft(ours, question="Jeg heter Kari Nordmann, 912 34 567: når får jeg eple?")
    )
    assert (await found(ours, proposal_id)).asks == "Jeg heter [navn], [nummer]: når får jeg eple?"
    [(body,)] = await ours.storage.rows("SELECT body FROM proposals")
    assert b"eple" not in body


# ---- who may


async def test_another_than_who_made_it_publishes(ours: Services) -> None:
    proposal_id = await proposed(ours)
    chief = Member(name="Kari", role=Role.ADMIN)
    assert await fault_of(publish(ours, chief, proposal_id)) == "own"
    alone = replace(ours, settings=replace(ours.settings, second_person=False))
    await publish(alone, KARI, proposal_id)
    assert read_corrections(ours.settings.seeds).examples[0].by == "Kari"


async def test_who_made_it_withdraws_and_others_refuse(ours: Services) -> None:
    first = await proposed(ours)
    await refuse(ours, KARI, await found(ours, first))
    assert (await found(ours, first)).state is State.WITHDRAWN
    second = await proposed(ours)
    seen = await found(ours, second)
    await refuse(ours, OLA, seen)
    assert (await found(ours, second)).state is State.REFUSED
    assert await fault_of(refuse(ours, KARI, seen)) == "decided"
    assert await fault_of(publish(ours, OLA, second)) == "decided"
    assert seeds_text(ours) == SHIPPED


async def test_who_reviews_one_municipality_decides_for_that_alone(ours: Services) -> None:
    bygda = await proposed(ours, draft(ours, "korpset"), place="Bygda")
    asker = await proposed(ours, place="Asker")
    everywhere = await proposed(ours, Draft(kind=Kind.SYNONYM, word="sete", to=("benk",), why="x"))
    assert await fault_of(publish(ours, FROM_ASKER, bygda)) == "others_place"
    assert await fault_of(publish(ours, FROM_ASKER, everywhere)) == "for_all"
    assert (
        await fault_of(proposed(ours, draft(ours, "korpset", "Musikk?"), FROM_ASKER))
        == "others_place"
    )
    assert not may_see(FROM_ASKER, await found(ours, bygda))
    assert may_see(FROM_ASKER, await found(ours, asker))
    await publish(ours, FROM_ASKER, asker)


async def test_a_preview_shows_one_municipalitys_reviewer_no_others_questions(
    ours: Services,
) -> None:
    await asked(ours, QUESTION, "Bygda")
    proposal_id = await proposed(ours, place="Asker")
    assert (await previewed(ours, proposal_id, FROM_ASKER)).logged_tried == 0
    assert (await previewed(ours, proposal_id)).logged_tried == 1


async def test_a_question_asked_twice_is_shown_once_and_counted(ours: Services) -> None:
    for question, place in ((QUESTION, None), (QUESTION.upper() + "??", None), (QUESTION, "Asker")):
        await asked(ours, question, place)
    seen = await previewed(ours, await proposed(ours))
    assert seen.logged_tried == seen.logged_changed == 3
    assert {(c.municipality, c.times) for c in seen.logged} == {(None, 2), ("Asker", 1)}


async def test_the_question_itself_is_asked_about_its_cases_municipality(ours: Services) -> None:
    case_id = await asked(ours, QUESTION, "Bygda")
    seen = await previewed(ours, await proposed(ours, case_id=case_id, place="Bygda"))
    assert seen.own.municipality == "Bygda"


def test_no_telegram_id_comes_into_the_file() -> None:
    assert (signature("123456789"), signature("Kari")) == ("medarbeider", "Kari")


# ---- what cannot be proposed


async def test_each_wrong_proposal_is_told_what_is_wrong(ours: Services) -> None:
    (ours.settings.seeds / "thesaurus.toml").write_text(
        '[ting]\nsynonyms = [{ words = ["torget"], to = ["brygga"], why = "x" }]\n',
        encoding="utf-8",
    )
    rebuild = rebuilder(ours)
    own = replace(ours, index=IndexReader(rebuild(None), rebuild))
    fruit = ident(own.index.snapshot, "frukt")

    def example(**values: object) -> Draft:
        return replace(Draft(kind=Kind.EXAMPLE, question=QUESTION, pledges=(fruit,)), **values)

    def synonym(**values: object) -> Draft:
        return replace(Draft(kind=Kind.SYNONYM, word="sete", to=("benk",), why="x"), **values)

    def outside(**values: object) -> Draft:
        return replace(Draft(kind=Kind.OUTSIDE, question=QUESTION, topic="vaer"), **values)

    for wrong, fault in (
        (example(question=" \n "), "no_question"),
        (example(question="x" * 501), "too_long"),
        (example(pledges=()), "pledges"),
        (example(pledges=("asker-nei",)), "no_such_pledge"),
        (outside(topic=""), "no_such_topic"),
        (outside(topic="vei"), "politics"),
        (synonym(word=""), "word"),
        (synonym(word="!!!"), "word"),
        (synonym(word="en to tre fire fem seks"), "word"),
        (synonym(to=()), "targets"),
        (synonym(why=" "), "why"),
        (synonym(to=("Sete",)), "itself"),
        (synonym(to=("romskip",)), "not_in_programmes"),
        (synonym(word="brygga", to=("torget",)), "two_way"),
        (synonym(word="torget", to=("brygga",)), "synonym_already"),
    ):
        assert await fault_of(proposed(own, wrong)) == fault, wrong
    assert await ProposalStore(own.storage).waiting() == []
    await proposed(own, example())
    assert await fault_of(proposed(own, example(question=f" {QUESTION} "))) == "waiting_already"


async def test_the_same_is_not_corrected_twice_nor_in_two_ways(ours: Services) -> None:
    await publish(ours, OLA, await proposed(ours))
    same = draft(ours, question="et eple: når får guttungen det?")
    assert await fault_of(proposed(ours, same)) == "already"
    other = Draft(kind=Kind.OUTSIDE, question=QUESTION, topic="vaer")
    assert await fault_of(proposed(ours, other)) == "contradiction"
    await proposed(ours, draft(ours, "benker"))  # a further pledge for it is no contradiction


def test_every_fault_has_its_sentence() -> None:
    import re

    used = set()
    for path in [*(ROOT / "bot" / "review").glob("*.py"), *(ROOT / "bot" / "web").glob("*.py")]:
        used |= set(re.findall(r'(?:MendFault|sentence)\(\s*"(\w+)"', path.read_text("utf-8")))
    assert used | {"already", "contradiction"} == set(FAULTS)


# ---- what may go wrong


async def test_two_at_once_and_one_wins(ours: Services) -> None:
    one, two = await proposed(ours), await proposed(ours, draft(ours, "benker"))
    results = await asyncio.gather(
        publish(ours, OLA, one), publish(ours, OLA, two), return_exceptions=True
    )
    lost = [r for r in results if isinstance(r, MendFault)]
    assert [r.fault for r in lost] == ["busy"]
    assert len(read_corrections(ours.settings.seeds)) == 1
    assert len(ours.index.snapshot.corrections) == 1


async def test_the_same_one_twice_at_once_is_published_once(ours: Services) -> None:
    one = await proposed(ours)
    results = await asyncio.gather(
        *(publish(ours, who, one) for who in (OLA, replace(OLA, name="Per"))),
        return_exceptions=True,
    )
    assert sum(isinstance(r, MendFault) for r in results) == 1
    assert len(read_corrections(ours.settings.seeds)) == 1


async def test_another_process_that_publishes_is_not_disturbed(ours: Services) -> None:
    proposal_id = await proposed(ours)
    with only_instance(ours.settings.data, LOCK):
        assert await fault_of(publish(ours, OLA, proposal_id)) == "busy"
    assert seeds_text(ours) == SHIPPED


async def test_a_reload_that_runs_is_not_disturbed(ours: Services) -> None:
    proposal_id = await proposed(ours)
    begun, go = threading.Event(), threading.Event()
    rebuild = rebuilder(ours)

    def slow(progress: object, *folder: Path) -> Snapshot:
        begun.set()
        go.wait(30)
        return rebuild(progress, *folder)

    ours.index._rebuild = slow
    other = asyncio.create_task(ours.index.prepare(lambda old, new: None))
    await asyncio.to_thread(begun.wait, 30)
    assert await fault_of(publish(ours, OLA, proposal_id)) == "busy"
    go.set()
    await other
    assert seeds_text(ours) == SHIPPED


async def test_withdrawn_while_it_is_built_is_not_published(ours: Services) -> None:
    proposal_id = await proposed(ours)
    old, rebuild = ours.index.snapshot, rebuilder(ours)
    begun, go = threading.Event(), threading.Event()

    def slow(progress: object, *folder: Path) -> Snapshot:
        begun.set()
        go.wait(30)
        return rebuild(progress, *folder)

    ours.index._rebuild = slow
    publishing = asyncio.create_task(publish(ours, OLA, proposal_id))
    await asyncio.to_thread(begun.wait, 30)
    await refuse(ours, KARI, await found(ours, proposal_id))
    go.set()
    assert await fault_of(publishing) == "decided"
    assert ours.index.snapshot is old and seeds_text(ours) == SHIPPED
    assert (await found(ours, proposal_id)).state is State.WITHDRAWN


async def test_what_is_written_into_the_file_while_it_is_built_stays(ours: Services) -> None:
    proposal_id = await proposed(ours)
    old, rebuild, ends = ours.index.snapshot, rebuilder(ours), SHIPPED + "# for hånd\n"

    def meanwhile(progress: object, *folder: Path) -> Snapshot:
        (ours.settings.seeds / CORRECTIONS).write_text(ends, encoding="utf-8")
        return rebuild(progress, *folder)

    ours.index._rebuild = meanwhile
    assert await fault_of(publish(ours, OLA, proposal_id)) == "other_changes"
    assert ours.index.snapshot is old and seeds_text(ours) == ends
    assert (await found(ours, proposal_id)).state is State.WAITING


async def test_until_the_gates_have_passed_the_file_is_as_it_was(ours: Services) -> None:
    rebuild, seen = rebuilder(ours), []

    def watched(progress: object, *folder: Path) -> Snapshot:
        fresh = rebuild(progress, *folder)
        seen.append((seeds_text(ours), len(fresh.corrections)))
        return fresh

    ours.index._rebuild = watched
    await publish(ours, OLA, await proposed(ours))
    assert seen == [(SHIPPED, 1)]
    assert ours.index.snapshot.fingerprint == rebuild(None).fingerprint  # what a start would serve


async def test_a_topic_that_is_gone_is_told_of_where_the_entry_would_stand(ours: Services) -> None:
    what = Draft(kind=Kind.OUTSIDE, question="Blir det paraply?", topic="vaer")
    proposal_id, path = await proposed(ours, what), ours.settings.seeds / CORRECTIONS
    (ours.settings.seeds / "topics.toml").write_text(
        TOPICS.replace('id = "vaer"', 'id = "yr"'), encoding="utf-8"
    )
    rebuild = rebuilder(ours)
    own = replace(ours, index=IndexReader(rebuild(None), rebuild))
    with pytest.raises(MendFault) as caught:
        await publish(own, OLA, proposal_id)
    assert f"{path}:" in sentence(caught.value.fault, caught.value.values)
    assert seeds_text(own) == SHIPPED


async def test_a_file_that_is_a_link_is_not_written_through(ours: Services, tmp_path: Path) -> None:
    proposal_id, path = await proposed(ours), ours.settings.seeds / CORRECTIONS
    anothers = path.rename(tmp_path / "anothers.toml")
    path.symlink_to(anothers)
    assert await fault_of(publish(ours, OLA, proposal_id)) == "not_writable"
    assert anothers.read_text(encoding="utf-8") == SHIPPED


async def test_a_gate_that_refuses_leaves_the_file_as_it_was(ours: Services) -> None:
    snapshot = ours.index.snapshot
    rebuild = rebuilder(ours)

    def worse(progress: object, *folder: Path) -> Snapshot:
        fresh = rebuild(progress, *folder)
        twice = (*fresh.corpus.pledges, fresh.corpus.pledges[0])
        return replace(fresh, corpus=replace(fresh.corpus, pledges=twice))

    ours.index._rebuild = worse
    proposal_id = await proposed(ours)
    with pytest.raises(Refused) as caught:
        await publish(ours, OLA, proposal_id)
    assert [refusal.gate for refusal in caught.value.refusals] == ["duplicates"]
    assert ours.index.snapshot is snapshot and seeds_text(ours) == SHIPPED
    assert (await found(ours, proposal_id)).state is State.WAITING
    ours.index._rebuild = rebuild
    await publish(ours, OLA, proposal_id)


async def test_a_correction_that_does_not_work_is_refused(ours: Services) -> None:
    # Whoever is in need gets help: an example question cannot come before that.
    (ours.settings.seeds / "topics.toml").write_text(
        TOPICS + TOPICS.split("\n\n")[1].replace('id = "vaer"', 'id = "krise"').replace("general_knowledge", "crisis")
        + 'patterns = ["hjelp meg"]\n', encoding="utf-8",
    )  # fmt: skip
    rebuild = rebuilder(ours)
    own = replace(ours, index=IndexReader(rebuild(None), rebuild))
    proposal_id = await proposed(own, draft(own, question="Hjelp meg!"))
    seen = await previewed(own, proposal_id)
    assert not seen.works and [r.gate for r in seen.report.refusals] == ["corrections"]
    with pytest.raises(Refused):
        await publish(own, OLA, proposal_id)
    assert seeds_text(own) == SHIPPED


async def test_what_else_was_changed_in_the_folder_does_not_come_along(ours: Services) -> None:
    proposal_id = await proposed(ours)
    (ours.settings.seeds / "nynorsk.toml").write_text(
        '[nynorsk]\n"eple" = "eple"\n', encoding="utf-8"
    )
    assert (await previewed(ours, proposal_id)).other_changes
    assert await fault_of(publish(ours, OLA, proposal_id)) == "other_changes"
    assert seeds_text(ours) == SHIPPED


async def test_a_faulty_folder_is_told_of_by_file_and_line(ours: Services) -> None:
    proposal_id = await proposed(ours)
    (ours.settings.seeds / "goldens.toml").write_text("[[golden]\n", encoding="utf-8")
    with pytest.raises(MendFault) as caught:
        await publish(ours, OLA, proposal_id)
    assert "goldens.toml:1: " in sentence(caught.value.fault, caught.value.values)
    assert seeds_text(ours) == SHIPPED


async def test_a_folder_that_may_not_be_written_loses_nothing(
    ours: Services, monkeypatch: pytest.MonkeyPatch
) -> None:
    import bot.review.corrections_file as file

    proposal_id, old = await proposed(ours), ours.index.snapshot

    def no(*args: object, **kwargs: object) -> None:  # as root no mode forbids writing
        raise PermissionError(13, "Permission denied")

    with monkeypatch.context() as patch:
        patch.setattr(file.tempfile, "mkstemp", no)
        with pytest.raises(MendFault) as caught:
            await publish(ours, OLA, proposal_id)
    told = sentence(caught.value.fault, caught.value.values)
    assert str(ours.settings.seeds / CORRECTIONS) in told and "docs/drift.md" in told
    assert ours.index.snapshot is old and seeds_text(ours) == SHIPPED
    assert (await found(ours, proposal_id)).state is State.WAITING


async def test_where_there_was_no_file_one_is_made_and_taken_away_again(ours: Services) -> None:
    path = ours.settings.seeds / CORRECTIONS
    path.unlink()
    rebuild = rebuilder(ours)
    own = replace(ours, index=IndexReader(rebuild(None), rebuild))
    proposal_id = await proposed(own)

    def fails(progress: object, *folder: Path) -> Snapshot:
        raise RuntimeError("no")

    own.index._rebuild = fails
    with pytest.raises(RuntimeError):
        await publish(own, OLA, proposal_id)
    assert not path.exists()
    own.index._rebuild = rebuild
    await publish(own, OLA, proposal_id)
    assert path.stat().st_mode & 0o777 == 0o644


# ---- checks and gates


async def test_an_orphan_is_told_of_and_stops_no_reload(ours: Services) -> None:
    await publish(ours, OLA, await proposed(ours))
    old = ours.index.snapshot
    write_programmes(
        ours.settings.seeds,
        ("Asker", "", ASKER.replace("gi gratis frukt til elevene i barneskolen", "male huset")),
        ("Bygda", "", BYGDA),
    )
    new = rebuilder(ours)(None)
    [checked] = check(new)
    assert checked.moot and not checked.works and checked.lost
    report = examine(old, new, (), 1)
    assert report.refusals == () and (report.corrections_passed, report.corrections) == (0, 0)


async def test_a_correction_that_worked_and_fails_now_refuses_a_reload(ours: Services) -> None:
    await publish(
        ours,
        OLA,
        await proposed(ours, Draft(kind=Kind.SYNONYM, word="sete", to=("benk",), why="x")),
    )
    old = ours.index.snapshot
    write_programmes(
        ours.settings.seeds, ("Asker", "", ASKER.replace("benker", "stoler")), ("Bygda", "", BYGDA)
    )
    new = rebuilder(ours)(None)
    [refusal] = examine(old, new, (), 1).refusals
    assert (refusal.gate, dict(refusal.values)["what"]) == ("corrections", "sete")
    # It failed before already: nothing got worse.
    assert examine(new, new, (), 1).refusals == ()


async def test_old_proposals_go_with_the_answers_of_their_time(ours: Services) -> None:
    await proposed(ours)
    later = replace(
        ours, clock=lambda: ours.clock() + timedelta(days=ours.settings.retention_days + 2)
    )
    later.trusted.saw(later.clock())
    await purge(later)
    assert await ProposalStore(ours.storage).waiting() == []


async def test_a_preview_is_made_once_for_a_version(ours: Services) -> None:
    proposal_id = await proposed(ours)
    proposal = await found(ours, proposal_id)
    job = preview.start(ours, proposal, OLA)
    assert preview.start(ours, proposal, KARI) is job  # they may see the same
    await job.finished.wait()
    assert preview.start(ours, proposal, OLA) is job
    await publish(ours, OLA, await proposed(ours, draft(ours, "benker", "Sitte?")))
    assert preview.start(ours, proposal, OLA) is not job


async def test_no_copy_of_the_folder_is_left_behind(
    ours: Services, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path / "scratch"))
    (tmp_path / "scratch").mkdir()
    await previewed(ours, await proposed(ours))
    assert list((tmp_path / "scratch").iterdir()) == []


# ---- with the shipped corpus and the sentence encoder


@pytest.mark.encoder
async def test_an_attached_question_and_two_rewordings_become_hits(
    services: Services, semantic: Snapshot, tmp_path: Path
) -> None:
    seeds = tmp_path / "seeds"
    shutil.copytree(ROOT / "seeds", seeds)
    settings = replace(services.settings, seeds=seeds, current_year=2026)
    ours = replace(
        services, settings=settings, jobs=Jobs(),
        index=IndexReader(semantic, lambda progress, folder=seeds: build(folder, semantic.searcher.encoder, semantic.store, options_of(settings), progress)),
    )  # fmt: skip
    question = "Hvem måker etter uvær?"
    rewordings = ("Hvem rydder gangveiene for snø etter uvær?", "måking av gangstier etter snøfall")
    case_id = await asked(ours, question)
    assert answer(question, semantic.searcher, ours.policy).outcome is Outcome.NONE
    [pledge] = [
        p.id
        for p in semantic.corpus.pledges
        if "snørydding av veier, sykkelveier og fortau" in p.quote
    ]
    proposal_id = await propose(
        ours, KARI, Draft(kind=Kind.EXAMPLE, question=question, pledges=(pledge,)), case_id, None
    )
    seen = await previewed(ours, proposal_id)
    assert seen.works and seen.goldens_tried == 50
    assert [change.question for change in seen.logged] == [question]
    report = await publish(ours, OLA, proposal_id)
    assert report.passed == report.goldens == 50
    given = answer(question, ours.index.snapshot.searcher, ours.policy)
    assert (given.outcome, given.hits[0].pledge.id) == (Outcome.HIT, pledge)
    for text in rewordings:
        given = answer(text, ours.index.snapshot.searcher, ours.policy)
        assert given.outcome is Outcome.HIT
        assert pledge in [hit.pledge.id for hit in given.hits[:3]]
