"""Whatever a voter, a programme or a colleague writes: the page's elements are the same (TRUST S4)."""

from __future__ import annotations

import hashlib
import json
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path

import html5lib
import httpx
import pytest

from bot.answering import Answer, Outcome, Reason
from bot.index_holder import IndexReader
from bot.jobs import Jobs
from bot.review.cases import save
from bot.review.queue import Filter, queue_page
from bot.services import Services, log_answer
from bot.storage import FILE, Storage
from bot.storage_proposals import Kind, ProposalStore
from bot.storage_review import CaseState, Status
from bot.storage_staff import Member, Role, StaffStore
from bot.web.app import build_web
from bot.web.sessions import Sessions
from retrieval.build import Options, Snapshot, build
from tests.bot.web.conftest import ADDRESS, Browser, sample_paths
from tests.bot.web.payloads import disarmed, payloads
from tests.conftest import ROOT
from tests.retrieval.test_corrections import TOPICS

NOT_PAGES = ("/static/", "/diagram/", "/eksport")  # no HTML; their own tests look into them
# Attributes that lead somewhere: nothing that somebody wrote may stand there.
LEADS = ("href", "src", "action", "formaction", "data", "poster", "srcset", "xlink:href")


def programme(folder: Path, words: str) -> Snapshot:
    """Build an index of one programme whose title, party, heading and pledges hold the words."""
    folder.mkdir(parents=True)
    line = " ".join(words.split())
    text = f"Bygdas program {line}\n\nSkole {line}\n\nBygdelista {line} vil:\n\n- bygge en skole til alle {line}\n- {line} gi alle barn plass i barnehage\n"
    (folder / "p.txt").write_text(text, encoding="utf-8")
    fields = {
        "file": "p.txt", "kind": "programme", "party": f"Bygdelista {line}", "municipality": "Asker", "period": "2023-2027",
        "title": f"Program {line}", "sha256": hashlib.sha256(text.encode()).hexdigest(), "url": f"https://example.org/{line}",
    }  # fmt: skip
    entry = "\n".join(
        f"{key} = {json.dumps(value, ensure_ascii=False)}" for key, value in fields.items()
    )
    (folder / "programmes.toml").write_text(f"[[programme]]\n{entry}\n", encoding="utf-8")
    (folder / "topics.toml").write_text(TOPICS, encoding="utf-8")
    shutil.copy(ROOT / "seeds" / "decision.toml", folder)
    return build(folder, options=Options(this_year=2026))


@asynccontextmanager
async def world(
    services: Services, folder: Path, words: str
) -> AsyncIterator[tuple[Services, Browser, list[str]]]:
    """A log, a programme and staff that are full of the words; and the paths of every page."""
    snapshot = programme(folder / "seeds", words)
    async with Storage(folder / FILE, services.storage.cipher) as storage:
        own = replace(
            services, storage=storage, index=IndexReader(snapshot, lambda _: snapshot), jobs=Jobs(),
            settings=replace(services.settings, seeds=folder / "seeds", data=folder),
        )  # fmt: skip
        store = StaffStore(storage)
        me, other = (
            Member(name=f"a {words}", role=Role.ADMIN),
            Member(name=f"b {words}", role=Role.REVIEWER),
        )
        for member in (me, other):
            await store.put(member, f"c {words}", own.clock())
        asked = Answer(
            question=f"skole {words}", outcome=Outcome.NONE, reason=Reason.SILENT, municipality="Asker", fingerprint=words,
            evidence={
                "rule": words, "topic": words, "nearest_example": words, "probability": 0.1, "nearest": 0.1,
                "concepts": {words: [words]}, "matched": [words], "unmatched": [words], "reasons": {words: 0.1},
            },
        )  # fmt: skip
        await log_answer(own, asked, "telegram")
        [case] = (await queue_page(own, me, Filter(), 1)).cases
        case_id = case.id
        await save(
            own, other, case_id, CaseState(status=Status.TAKEN, owner=other.name, note=words)
        )
        pledge = snapshot.corpus.pledges[0]
        body = {"question": words, "pledges": [pledge.id], "texts": [words], "place": None}
        proposal_id = await ProposalStore(storage).put(
            Kind.EXAMPLE, body, case_id, other.name, own.clock()
        )
        sessions = Sessions()
        web = build_web(own, sessions=sessions)
        transport = httpx.ASGITransport(web)
        async with httpx.AsyncClient(transport=transport, base_url=ADDRESS) as client:
            values = {"case_id": case_id, "proposal_id": proposal_id}
            paths = [
                path for method, path in sample_paths(web, own, **values)
                if method == "GET" and not path.startswith(NOT_PAGES)
            ]  # fmt: skip
            yield own, Browser(client, sessions, sessions.begin(me.name)), paths
        await own.jobs.stop()


Shape = tuple[str, tuple[str, ...]]


def shape(html: str) -> tuple[set[Shape], list[str]]:
    """Return the elements that there are, each with its attributes, and the addresses in them."""
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    # A comment has a function for a tag.
    elements = [e if isinstance(e.tag, str) else None for e in tree.iter()]
    shapes = {
        ("comment", ()) if e is None else (e.tag, tuple(sorted(map(str, e.attrib))))
        for e in elements
    }
    return shapes, [
        e.attrib[name] for e in elements if e is not None for name in LEADS if name in e.attrib
    ]


async def pages(services: Services, folder: Path, words: str) -> dict[str, tuple[int, str]]:
    """Fetch every page, and every form that shows again what was sent to it."""
    async with world(services, folder, words) as (_, browser, paths):
        found = {_route(path): await browser.get(path) for path in paths}
        asked = {
            "q": words,
            "sok": words,
            "ord": words,
            "sagt": words,
            "navn": words,
            "nokkel": words,
            "kommune": words,
            "fra": words,
        }
        for path in (
            "/",
            "/programmer",
            "/programmer/p.txt",
            "/medarbeidere",
            "/logg-inn",
            "/oversikt",
            f"/{'x' * 9}",
        ):
            query = str(httpx.QueryParams(asked))
            found[f"{path}?"] = await browser.get(f"{path}?{query}")
        found["POST /prov"] = await browser.post(
            "/prov", {"sporsmal": f"skole {words}"[:499], "kommune": words, "sprak": words}
        )
        found["POST /medarbeidere"] = await browser.post(
            "/medarbeidere", {"navn": f"d {words}", "rolle": words, "telegram": words}
        )
        found["POST /rett"] = await browser.post(
            "/rett", {"slag": "example", "sporsmal": words, "sok": "skole", "gjor": "sok"}
        )
        found["POST /rett synonym"] = await browser.post(
            "/rett",
            {"slag": "synonym", "ord": words, "til": words, "hvorfor": words, "gjor": "foresla"},
        )
        found["POST /logg-inn"] = await browser.post("/logg-inn", {"nokkel": words})
        return {name: (r.status_code, r.text) for name, r in found.items()}


def _route(path: str) -> str:
    """Return a page's path without the id in it, which differs from one log to the next."""
    start, _, rest = path[1:].partition("/")
    return (
        f"/{start}/…{rest[rest.index('/') :] if '/' in rest else ''}"
        if start in ("sak", "forslag", "lofte")
        else path
    )


CHUNK = 30
PARTS = [payloads()[i : i + CHUNK] for i in range(0, 300, CHUNK)]
_HARMLESS: dict[str, set[Shape]] = {}


@pytest.fixture
async def harmless(services, tmp_path) -> dict[str, set[Shape]]:
    """Return page -> the elements it may have, whatever is asked: of some harmless words of each kind."""
    if not _HARMLESS:
        for number, words in enumerate(["ord", "", *map(disarmed, payloads()[:14])]):
            for name, (_, html) in (await pages(services, tmp_path / f"h{number}", words)).items():
                _HARMLESS.setdefault(name, set()).update(shape(html)[0])
    return _HARMLESS


@pytest.mark.parametrize("part", PARTS, ids=range(len(PARTS)))
async def test_words_never_become_elements(services, tmp_path, harmless, part: list[str]) -> None:
    assert {
        "/",
        "/sak/…",
        "/sak/…/rett",
        "/forslag/…",
        "/lofte/…",
        "/prov",
        "/medarbeidere",
    } <= harmless.keys(), "fix this test"
    for number, payload in enumerate(part):
        written = set(payload) & set("<>\"'&")
        for name, (status, html) in (
            await pages(services, tmp_path / f"a{number}", payload)
        ).items():
            assert status < 500, (name, payload)
            found, leads = shape(html)
            assert found <= harmless[name], (name, payload, found - harmless[name])
            # Our own paths and the programme's address, and no other place.
            assert all(ours(lead) for lead in leads), (name, payload, leads)
            # An element that the page has anyway would not be noticed by its name.
            assert not written or payload not in html or payload in TEMPLATES, (name, payload)


TEMPLATES = "".join(
    path.read_text("utf-8") for path in (ROOT / "bot" / "web" / "templates").glob("*.html")
)


def ours(address: str) -> bool:
    """Is it a path of ours (not another host's), a place on the page, or where the programme is published?"""
    own = address[:1] in ("/", "#") and address[1:2] not in ("/", "\\")
    return own or address.startswith("https://example.org/")


async def test_the_words_are_on_the_pages(services, tmp_path) -> None:
    """Else the test above would look at pages without them."""
    found = await pages(services, tmp_path, "<b>ord</b>")
    shown = [name for name, (_, html) in found.items() if "&lt;b&gt;ord&lt;/b&gt;" in html]
    for name in (
        "/",
        "/programmer",
        "/programmer/p.txt",
        "/medarbeidere",
        "POST /prov",
        "POST /medarbeidere",
        "POST /rett",
    ):
        assert name in shown, name
    for start in ("/sak/", "/forslag/", "/lofte/"):
        assert f"{start}…" in shown, start
    assert not any("<b>ord" in html for _, html in found.values())


def test_there_are_three_hundred_of_every_family() -> None:
    found = payloads()
    assert len(set(found)) == 300
    for sign in ("<svg", "onerror", "javascript:", "{{", "\u202e", "\u200b", "</textarea>", "&#"):
        assert any(sign in payload for payload in found), sign
