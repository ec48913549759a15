"""Oversikt and Dekning as staff open them: pictures, the same in numbers, and links that lead on."""

from __future__ import annotations

import csv
import io
import re
from dataclasses import replace
from datetime import timedelta
from xml.etree import ElementTree as ET

import html5lib
import pytest

from bot.answering import Answer, Outcome
from bot.callback_data import Verdict
from bot.index_holder import IndexReader
from bot.review.charts import NAMES
from bot.review.export import BOM
from bot.services import Services
from bot.texts.overview import OVERVIEW
from bot.web.app import build_web
from tests.bot.web.conftest import ADMIN, ASKER

HTML = "{http://www.w3.org/1999/xhtml}"


def tree(html: str):
    return html5lib.parse(html)


def all_of(html: str, name: str) -> list:
    return list(tree(html).iter(f"{HTML}{name}"))


async def ask(services: Services, count: int, days_ago: int = 1, **more) -> list[str]:
    answer = Answer(question="Hva med skolen?", **{"outcome": Outcome.HIT, **more})
    at = services.clock() - timedelta(days_ago)
    return [await services.storage.record_answer(answer, "telegram", at) for _ in range(count)]


@pytest.fixture
def services(services: Services, lexical) -> Services:
    """The shipped corpus with its topics."""
    return replace(services, index=IndexReader(lexical, lambda _: lexical))


@pytest.fixture
async def asked(services: Services) -> None:
    some = {"municipality": "Asker", "evidence": {"topic": "skole.mobbing"}}
    voted = await ask(services, 30, **some)
    for days_ago in (2, 4, 5):
        await ask(
            services,
            25,
            days_ago=days_ago,
            municipality="Bærum",
            evidence={"topic": "eldre.sykehjem"},
        )
    await ask(services, 12, outcome=Outcome.NONE, **some)
    await ask(
        services,
        2,
        outcome=Outcome.NONE,
        days_ago=3,
        municipality="Bærum",
        evidence={"topic": "klima"},
    )
    await ask(services, 8, evidence={"topic": "naering"})
    await ask(services, 6, outcome=Outcome.NONE, evidence={"topic": "naering"})
    for answer_id in voted[:20]:
        await services.storage.record_vote(
            answer_id, Verdict.HELPFUL, services.clock() - timedelta(1)
        )
    for answer_id in voted[20:]:
        await services.storage.record_vote(
            answer_id, Verdict.NOT_HELPFUL, services.clock() - timedelta(1)
        )


async def test_the_page_has_pictures_with_words_and_the_same_in_numbers(asked, admin) -> None:
    answer = await admin.get("/oversikt?dager=7")
    assert answer.status_code == 200
    images = all_of(answer.text, "img")
    assert len(images) >= 3
    for image in images:
        assert len(image.get("alt")) > 30
        drawn = await admin.get(image.get("src"))
        assert drawn.status_code == 200
        assert drawn.headers["content-type"].startswith("image/svg+xml")
    dark = [source.get("srcset") for source in all_of(answer.text, "source")]
    assert len(dark) == len(images)
    assert all("drakt=mork" in path for path in dark)
    assert len(all_of(answer.text, "table")) >= len(images)
    assert "67 %" in answer.text.replace("\N{NO-BREAK SPACE}", " ")
    assert "Mobbing" in answer.text


async def test_two_questions_are_shown_nowhere(asked, admin) -> None:
    for days in (7, 28, 91, 364):
        html = (await admin.get(f"/oversikt?dager={days}")).text
        cells = ["".join(cell.itertext()) for cell in all_of(html, "td")]
        assert cells
        numbers = [
            int(c.replace("\N{NO-BREAK SPACE}", ""))
            for c in cells
            if c.replace("\N{NO-BREAK SPACE}", "").isdigit()
        ]
        assert not [n for n in numbers if 0 < n < 5]
        if days == 7:
            assert OVERVIEW.hidden_short in cells


async def test_todays_questions_are_not_counted_yet(services, admin) -> None:
    await ask(services, 50, days_ago=0)
    assert OVERVIEW.nothing in (await admin.get("/oversikt")).text


@pytest.mark.parametrize("name", NAMES)
async def test_every_chart_is_drawn_in_both_dresses_and_no_other_is(
    asked, admin, name: str
) -> None:
    light = await admin.get(f"/diagram/{name}.svg?dager=7")
    dark = await admin.get(f"/diagram/{name}.svg?dager=7&drakt=mork")
    assert light.content != dark.content
    for drawn in (light, dark):
        root = ET.fromstring(drawn.content)
        assert not [
            e
            for e in root.iter()
            if e.tag.rpartition("}")[2] in ("script", "foreignObject", "style")
        ]
    assert (await admin.get("/diagram/annet.svg")).status_code == 404


async def test_a_look_is_written_down_once_for_the_page_and_its_pictures(
    asked, admin, services
) -> None:
    html = (await admin.get("/oversikt?dager=7")).text
    for image in all_of(html, "img"):
        await admin.get(image.get("src"))
    rows = [e for e in await services.storage.audit() if e.action == "overview"]
    assert [(row.actor, row.detail) for row in rows] == [(ADMIN.name, "days=7")]


async def test_who_reviews_one_municipality_sees_its_figures_alone(asked, from_asker) -> None:
    html = (await from_asker.get("/oversikt?dager=7")).text
    assert OVERVIEW.lead_restricted.format(place="Asker") in html
    assert "Klima" not in html
    assert "<dd>42</dd>" in html


async def test_in_mode_av_only_counts_are_told_and_nothing_is_offered_to_take(
    services, sessions
) -> None:
    import httpx

    from bot.storage_staff import StaffStore
    from bot.web.sessions import COOKIE

    off = replace(services, settings=replace(services.settings, logging="av"))
    await StaffStore(off.storage).put(ADMIN, "a test", off.clock())
    for _ in range(9):
        await off.storage.count_answer(
            Answer(question="?", outcome=Outcome.NONE), off.clock() - timedelta(1)
        )
    transport = httpx.ASGITransport(build_web(off, sessions=sessions))
    async with httpx.AsyncClient(transport=transport, base_url="http://localhost:8765") as client:
        html = (
            await client.get(
                "/oversikt", headers={"cookie": f"{COOKIE}={sessions.begin(ADMIN.name)}"}
            )
        ).text
    assert OVERVIEW.no_texts in html
    assert "/eksport.csv" not in html
    assert ">9<" in html


# ---- coverage


async def test_every_cell_says_its_number_in_a_sign_as_well_and_leads_to_as_many_pledges(
    admin, services
) -> None:
    html = (await admin.get("/oversikt/dekning")).text
    seen: dict[str, int] = {}
    for cell in all_of(html, "td"):
        [link] = cell.iter(f"{HTML}a")
        sign, _, number = "".join(link.itertext()).strip().rpartition(" ")
        count, kind = int(number), cell.get("class").split()[1]
        assert (sign, kind) == (
            ("✕", "none") if not count else ("△", "few") if count < 5 else ("", "enough")
        )
        assert re.match(rf"{count} løfter om .+ i \w+", link.get("aria-label"))
        seen.setdefault(kind, 0)
        seen[kind] += 1
        if seen[kind] % 90 == 1:
            listed = (await admin.get(link.get("href"))).text
            pledges = [
                a.get("href")
                for a in all_of(listed, "a")
                if a.get("href", "").startswith("/lofte/")
            ]
            assert len(pledges) == count
            for path in pledges[:1]:
                assert (await admin.get(path)).status_code == 200
    assert set(seen) == {"none", "few", "enough"}
    assert sum(seen.values()) > 700


async def test_a_cell_that_is_not_there_is_a_page_that_is_not_there(admin) -> None:
    for path in ("oslo/skole", "asker/finnesikke", "asker/fast.tull"):
        answer = await admin.get(f"/oversikt/dekning/{path}")
        assert answer.status_code == 404
        assert "finnesikke" not in answer.text


# ---- to take along


async def test_the_queue_is_downloaded_and_written_down_first(
    asked, admin, from_asker, services
) -> None:
    answer = await admin.get("/eksport.csv?dager=7")
    assert answer.headers["content-disposition"].startswith('attachment; filename="innboks-')
    rows = list(csv.reader(io.StringIO(answer.content.decode().removeprefix(BOM), newline="")))
    assert len(rows) == 1 + 12 + 2 + 6 + 10
    theirs = await from_asker.get("/eksport.csv?dager=7")
    assert len(theirs.text.splitlines()) == 1 + 12 + 10
    sheet = await admin.get("/eksport.xlsx?dager=7")
    assert sheet.content[:2] == b"PK"
    taken = [(e.actor, e.rows) for e in await services.storage.audit() if e.action == "export"]
    assert taken == [(ADMIN.name, 30), (ASKER.name, 22), (ADMIN.name, 30)]
