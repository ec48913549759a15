"""The pages that mend: propose, see what changes, have another publish, and read the programmes anew."""

from __future__ import annotations

import asyncio
import html
import re
import threading
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.answering import answer
from bot.review.publishing import Refused
from bot.services import Services
from bot.storage_staff import Member, Role
from bot.texts import NB
from bot.texts.mending import FAULTS, MENDING
from retrieval.corrections import read_corrections
from tests.bot.test_mending import QUESTION, asked, ident, ours, rebuilder, seeds_text

__all__ = ["ours"]
OTHER = Member(name="den andre", role=Role.REVIEWER)


@pytest.fixture
def web(ours: Services, sessions):
    from bot.web.app import build_web

    return build_web(ours, sessions=sessions)


@pytest.fixture
async def other(browser_of):
    return await browser_of(OTHER)


def shown(response: httpx.Response) -> str:
    return html.unescape(response.text)


async def idle(services: Services) -> None:
    for job in list(services.jobs._jobs.values()):
        await job.finished.wait()


def example(services: Services, words: str = "frukt", **more: object) -> dict[str, object]:
    pledge = ident(services.index.snapshot, words)
    return {"slag": "example", "sporsmal": QUESTION, "lofte": pledge, "gjor": "foresla", **more}


async def proposed(ours: Services, browser, **more: object) -> str:
    sent = await browser.post("/rett", example(ours, **more))
    assert sent.status_code == 303, shown(sent)
    await idle(ours)
    return str(sent.headers["location"])


# ---- the whole way


async def test_mending_a_failed_question_with_two_people(ours: Services, reviewer, other) -> None:
    case_id = await asked(ours, QUESTION)
    await asked(ours, QUESTION.lower())
    form = await reviewer.get(f"/sak/{case_id}/rett")
    assert QUESTION.lower() in shown(form).lower()
    found = await reviewer.post(
        f"/sak/{case_id}/rett",
        {"slag": "example", "sporsmal": QUESTION, "sok": "gratis frukt", "gjor": "sok"},
    )
    assert "gi gratis frukt" in shown(found)
    fruit = ident(ours.index.snapshot, "frukt")
    assert f'value="{fruit}"' in found.text
    sent = await reviewer.post(f"/sak/{case_id}/rett", example(ours))
    path = sent.headers["location"]
    running = await reviewer.get(path)
    assert running.headers.get("refresh") and MENDING.publish not in re.findall(
        r"<button>(.*?)<", running.text
    )
    await idle(ours)
    mine = await reviewer.get(path)
    assert "refresh" not in mine.headers
    assert (
        FAULTS["own"] in shown(mine)
        and "/publiser" not in mine.text
        and MENDING.withdraw in mine.text
    )
    assert MENDING.preview_logged.format(tried=2, changed=2) in shown(mine)
    assert shown(mine).count(MENDING.times.format(count=2)) == 1
    assert path in (await other.get("/forslag")).text
    theirs = await other.get(path)
    assert "/publiser" in theirs.text
    assert (await other.post(f"{path}/publiser")).status_code == 303
    await idle(ours)
    done = await other.get(path)
    assert MENDING.states["published"] in shown(done) and "Publisert." in shown(done)
    assert answer(QUESTION, ours.index.snapshot.searcher, ours.policy).hits[0].pledge.id == fruit
    assert read_corrections(ours.settings.seeds).examples[0].by == "gransker, den andre"
    assert (await other.get(f"/sak/{case_id}/rett")).status_code == 200


async def test_outside_and_synonym_have_their_own_forms(ours: Services, reviewer) -> None:
    page = await reviewer.get("/rett?slag=outside")
    assert "Været" in page.text and '"vei"' not in page.text
    sent = await reviewer.post(
        "/rett", {"slag": "outside", "sporsmal": "Blir det sol?", "emne": "vaer", "gjor": "foresla"}
    )
    assert sent.status_code == 303
    page = await reviewer.get("/rett?slag=synonym")
    assert MENDING.word in page.text
    sent = await reviewer.post(
        "/rett",
        {
            "slag": "synonym",
            "ord": "sete",
            "til": "benk\r\nparken",
            "hvorfor": "dagligtale",
            "gjor": "foresla",
        },
    )
    await idle(ours)
    assert "benk" in (await reviewer.get(sent.headers["location"])).text


async def test_what_was_filled_in_stays_when_something_is_wrong(ours: Services, reviewer) -> None:
    wrong = await reviewer.post(
        "/rett", {"slag": "example", "sporsmal": "Et <eple>?", "gjor": "foresla"}
    )
    assert FAULTS["pledges"].format(most=5) in shown(wrong)
    assert "Et <eple>?" in shown(wrong) and "<eple>" not in wrong.text
    fruit = ident(ours.index.snapshot, "frukt")
    kept = await reviewer.post(
        "/rett",
        {
            "slag": "example",
            "sporsmal": "Et eple?",
            "lofte": fruit,
            "sok": "svømmehall",
            "gjor": "sok",
        },
    )
    assert re.search(rf'value="{fruit}" checked', kept.text)
    assert "holde svømmehallen åpen" in kept.text


# ---- who may


async def test_nobody_publishes_their_own_or_unseen(ours: Services, reviewer, other) -> None:
    path = await proposed(ours, reviewer)
    refused = await reviewer.post(f"{path}/publiser")
    assert refused.status_code == 409 and FAULTS["own"] in shown(refused)
    ours.jobs.forget(next(key for key in ours.jobs._jobs if key[0] == "preview"))
    unseen = await other.post(f"{path}/publiser")
    assert unseen.status_code == 409 and FAULTS["no_preview"] in shown(unseen)
    assert len(read_corrections(ours.settings.seeds)) == 0


async def test_refusing_and_withdrawing(ours: Services, reviewer, other) -> None:
    path = await proposed(ours, reviewer)
    assert (await other.post(f"{path}/avvis")).headers["location"] == "/forslag"
    assert MENDING.states["refused"] in (await other.get("/forslag")).text
    again = await reviewer.post(f"{path}/avvis")
    assert again.status_code == 409 and FAULTS["decided"].format(name="den andre") in shown(again)


async def test_one_municipalitys_reviewer_sees_no_others_cases(
    ours: Services, from_asker, reviewer
) -> None:
    case_id = await asked(ours, "Hva med Bygdas hemmelige sak?", "Bygda")
    assert (await from_asker.get(f"/sak/{case_id}/rett")).status_code == 404
    sent = await reviewer.post(f"/sak/{case_id}/rett", example(ours))
    await idle(ours)
    assert (await from_asker.get(sent.headers["location"])).status_code == 404
    assert sent.headers["location"] not in (await from_asker.get("/forslag")).text
    search = await from_asker.post(
        "/rett", {"slag": "example", "sporsmal": "korpset", "gjor": "sok"}
    )
    assert "korpset i bygda" not in shown(search)


async def test_what_is_not_there_is_not_found(ours: Services, reviewer) -> None:
    for path in ("/forslag/nei", "/sak/nei/rett"):
        assert (await reviewer.get(path)).status_code == 404
    assert (await reviewer.post("/forslag/nei/publiser")).status_code == 404


@pytest.mark.parametrize(
    "nasty",
    [
        "<script>alert(1)</script>",
        '"><img src=x onerror=alert(1)>',
        "{{ 7*7 }}{% raw %}",
        "</textarea><h1>hei",
        "javascript:alert(1)",
        "\u202eabc",
        "&lt;b&gt;",
    ],
)
async def test_what_looks_like_code_is_text(ours: Services, reviewer, nasty: str) -> None:
    path = await proposed(ours, reviewer, sporsmal=f"{nasty} eple til guttungen")
    plain = await proposed(ours, reviewer, words="benker", sporsmal="Sitte ned til guttungen")
    for shown_page, like in ((path, plain), ("/forslag", "/forslag")):
        page = await reviewer.get(shown_page)
        assert "eple til guttungen" in page.text
        assert "<script" not in page.text and "onerror=alert" not in re.sub(
            r"&[^;]+;", "", re.sub(r">[^<]*<", "><", page.text)
        )
        tags = sorted(set(re.findall(r"<(\w+)", page.text)))
        assert tags == sorted(set(re.findall(r"<(\w+)", (await reviewer.get(like)).text)))


# ---- what may go wrong


async def test_gates_that_refuse_are_told_of_on_the_page(ours: Services, reviewer, other) -> None:
    path = await proposed(ours, reviewer)
    rebuild = rebuilder(ours)

    def worse(progress: object, *folder: Path):
        fresh = rebuild(progress, *folder)
        return replace(
            fresh,
            corpus=replace(fresh.corpus, pledges=(*fresh.corpus.pledges, fresh.corpus.pledges[0])),
        )

    before, ours.index._rebuild = seeds_text(ours), worse
    await other.post(f"{path}/publiser")
    await idle(ours)
    assert isinstance(ours.jobs.get(("publish", path.rpartition("/")[2])).error, Refused)
    page = shown(await other.get(path))
    assert MENDING.refused_by_gates in page and "Samme innhold to ganger" in page
    assert seeds_text(ours) == before
    ours.index._rebuild = rebuild
    await other.post(f"{path}/publiser")
    await idle(ours)
    assert MENDING.states["published"] in shown(await other.get(path))


async def test_a_preview_that_fails_says_why(ours: Services, reviewer) -> None:
    (ours.settings.seeds / "goldens.toml").write_text("[[golden]\n", encoding="utf-8")
    path = await proposed(ours, reviewer)
    page = shown(await reviewer.get(path))
    assert "goldens.toml:1: " in page
    (ours.settings.seeds / "goldens.toml").unlink()
    await reviewer.post(f"{path}/prov")
    await idle(ours)
    assert MENDING.preview_works in shown(await reviewer.get(path))


# ---- reading the programmes anew


def change(services: Services) -> None:
    path = services.settings.seeds / "program-0.txt"
    text = path.read_text("utf-8") + "- male alle benkene grønne hvert år\n"
    from tests.conftest import write_programmes
    from tests.retrieval.test_corrections import BYGDA

    write_programmes(services.settings.seeds, ("Asker", "", text), ("Bygda", "", BYGDA))


def token(response: httpx.Response, action: str) -> str:
    found = re.search(
        rf'action="/oppdater/{action}".*?name="token" value="([^"]+)"', response.text, re.DOTALL
    )
    assert found, f"no form {action}"
    return found[1]


async def test_an_admin_reads_publishes_and_undoes(ours: Services, admin) -> None:
    old = ours.index.snapshot
    change(ours)
    assert (await admin.post("/oppdater/les")).status_code == 303
    await idle(ours)
    page = await admin.get("/oppdater")
    assert MENDING.reload_diff.format(
        added=1, removed=0, changed=0, passed=0, goldens=0, answers=0
    ) in shown(page)
    assert ours.index.snapshot is old
    await admin.post("/oppdater/publiser", {"token": token(page, "publiser")})
    assert len(ours.index.snapshot.corpus.pledges) == len(old.corpus.pledges) + 1
    page = await admin.get("/oppdater")
    assert NB.reload_published in page.text
    back = token(page, "angre")
    await admin.post("/oppdater/angre", {"token": back})
    assert ours.index.snapshot is old
    again = await admin.post("/oppdater/angre", {"token": back})
    assert again.status_code == 409 and MENDING.reload_gone in shown(again)
    rows = await ours.storage.rows(
        "SELECT action FROM audit WHERE action LIKE 'reload%' ORDER BY seq"
    )
    assert [str(row[0]) for row in rows][:3] == ["reload", "reload_publish", "reload_undo"]


async def test_an_admin_cancels_and_nothing_changed_is_said(ours: Services, admin) -> None:
    old = ours.index.snapshot
    await admin.post("/oppdater/les")
    await idle(ours)
    page = shown(await admin.get("/oppdater"))
    assert "Ingenting er endret." in page and "/publiser" not in page
    change(ours)
    await admin.post("/oppdater/les")
    await idle(ours)
    name = token(await admin.get("/oppdater"), "avbryt")
    await admin.post("/oppdater/avbryt", {"token": name})
    assert NB.reload_cancelled in shown(await admin.get("/oppdater"))
    gone = await admin.post("/oppdater/publiser", {"token": name})
    assert gone.status_code == 409 and ours.index.snapshot is old


async def test_many_fewer_pledges_take_a_tick(ours: Services, admin) -> None:
    old = ours.index.snapshot
    from tests.conftest import write_programmes
    from tests.retrieval.test_corrections import ASKER

    write_programmes(ours.settings.seeds, ("Asker", "", ASKER))
    await admin.post("/oppdater/les")
    await idle(ours)
    page = await admin.get("/oppdater")
    name = token(page, "publiser")
    assert 'name="ment"' in page.text
    without = await admin.post("/oppdater/publiser", {"token": name})
    assert without.status_code == 409 and ours.index.snapshot is old
    await admin.post("/oppdater/publiser", {"token": name, "ment": "ja"})
    assert len(ours.index.snapshot.corpus.pledges) == 4


async def test_a_fault_in_the_folder_is_shown_and_the_old_version_serves(
    ours: Services, admin
) -> None:
    old = ours.index.snapshot
    (ours.settings.seeds / "programmes.toml").write_text("nei\n", encoding="utf-8")
    await admin.post("/oppdater/les")
    await idle(ours)
    assert "programmes.toml:1: " in shown(await admin.get("/oppdater"))
    assert ours.index.snapshot is old


async def test_while_it_reads_the_page_looks_again(ours: Services, admin) -> None:
    begun, go = threading.Event(), threading.Event()
    rebuild = rebuilder(ours)

    def slow(progress):
        progress(3, 7)
        begun.set()
        go.wait(30)
        return rebuild(progress)

    ours.index._rebuild = slow
    await admin.post("/oppdater/les")
    await asyncio.to_thread(begun.wait, 30)
    page = await admin.get("/oppdater")
    assert page.headers["refresh"] and MENDING.reload_progress.format(done=3, of=7) in shown(page)
    go.set()
    await idle(ours)
    assert "refresh" not in (await admin.get("/oppdater")).headers


async def test_only_admins_read_anew(ours: Services, reviewer) -> None:
    assert (await reviewer.get("/oppdater")).status_code == 403
    for action in ("les", "publiser", "avbryt", "angre"):
        assert (await reviewer.post(f"/oppdater/{action}", {"token": "x"})).status_code == 403
    assert ours.jobs.get("reload") is None
