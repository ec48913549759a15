"""Every pledge with its source, and trying a question without leaving a trace."""

from __future__ import annotations

import re

import html5lib
import pytest

from bot.limits import LONGEST_QUESTION
from bot.rendering import render_text
from bot.services import answer_question
from bot.texts import LANGUAGES
from bot.texts.staff import STAFF


def words(html: str, tag: str = "main") -> str:
    tree = html5lib.parse(html, namespaceHTMLElements=False)
    return " ".join(" ".join(tree.find(f".//{tag}").itertext()).split())


async def test_every_file_is_listed_with_its_count_and_checksum(services, reviewer) -> None:
    shown = words((await reviewer.get("/programmer")).text)
    corpus = services.index.snapshot.corpus
    assert len(corpus.programmes) >= 4
    for programme in corpus.programmes:
        count = sum(p.programme.file == programme.file for p in corpus.pledges)
        what = str(count) if programme.kind == "programme" else STAFF.not_searched
        assert re.search(
            rf"{re.escape(what)} {re.escape(programme.file)} {programme.sha256[:12]}", shown
        )
    assert corpus.fingerprint in shown


async def test_every_pledge_is_on_its_programmes_page_and_has_its_own(services, reviewer) -> None:
    corpus = services.index.snapshot.corpus
    for programme in corpus.programmes:
        html = (await reviewer.get(f"/programmer/{programme.file}")).text
        own = [p for p in corpus.pledges if p.programme.file == programme.file]
        assert re.findall(r'href="/lofte/([^"]+)"', html) == [p.id for p in own]
        shown = words(html)
        assert all(" ".join(p.quote.split()) in shown for p in own)
    for pledge in corpus.pledges[::40]:
        shown = words((await reviewer.get(f"/lofte/{pledge.id}")).text)
        assert shown.count(" ".join(pledge.quote.split())) >= 2  # by itself, and in its place
        assert f"{pledge.programme.file} , linje {pledge.line}" in shown
        assert " › ".join(pledge.headings) in shown


async def test_a_pledge_leads_to_its_neighbours(services, reviewer) -> None:
    corpus = services.index.snapshot.corpus
    own = [p for p in corpus.pledges if p.programme == corpus.pledges[0].programme]
    first, second, last = [
        (await reviewer.get(f"/lofte/{p.id}")).text for p in (own[0], own[1], own[-1])
    ]
    assert f'rel="next" href="/lofte/{own[1].id}"' in first
    assert 'rel="prev"' not in first
    assert f'rel="prev" href="/lofte/{own[0].id}"' in second
    assert 'rel="next"' not in last


async def test_the_pledges_of_a_page_can_be_filtered(services, reviewer) -> None:
    pledge = services.index.snapshot.corpus.pledges[0]
    word = max(pledge.quote.split(), key=len).strip(".,")
    page = await reviewer.get(f"/programmer/{pledge.programme.file}?ord={word.upper()}")
    shown = words(page.text)
    count = int(re.search(r"(\d+) av \d+ løfter", shown)[1])
    assert 0 < count < len(services.index.snapshot.corpus.pledges)
    assert " ".join(pledge.quote.split()) in shown
    nothing = words((await reviewer.get(f"/programmer/{pledge.programme.file}?ord=qqqq")).text)
    assert STAFF.none_found in nothing


@pytest.mark.parametrize(
    "path",
    [
        "/programmer/../config.toml",
        "/programmer/..%2fprogrammes.toml",
        "/programmer/programmes.toml",
        "/lofte/x",
        "/lofte/%00",
    ],
)
async def test_only_the_corpus_own_files_and_pledges_have_pages(reviewer, path: str) -> None:
    assert (await reviewer.get(path)).status_code == 404


@pytest.mark.parametrize("code", sorted(LANGUAGES))
@pytest.mark.parametrize("place", ["", "Asker"])
@pytest.mark.parametrize(
    "question",
    [
        "Hva mener dere om skole?",
        "sykehjem",
        "romvesener og enhjørninger",
        "Hva mener Høyre?",
        "???",
    ],
)
async def test_a_trial_shows_the_very_words_a_voter_is_sent(
    services, reviewer, question: str, place: str, code: str
) -> None:
    texts, snapshot = LANGUAGES[code], services.index.snapshot
    reply = await answer_question(services, question, texts, place or None)
    sent = render_text(
        reply.answer, texts, party=services.settings.party_name, this_year=snapshot.this_year
    )
    page = await reviewer.post("/prov", {"sporsmal": question, "kommune": place, "sprak": code})
    tree = html5lib.parse(page.text, namespaceHTMLElements=False)
    message = tree.find(".//*[@class='message']")
    shown = [
        " ".join("".join(e.itertext()).split())
        for e in message.iter()
        if e.tag in ("p", "blockquote")
    ]
    assert shown == [
        " ".join(line.strip().removeprefix("«").removesuffix("»").split())
        if line.startswith("  «")
        else " ".join(line.split())
        for line in sent.split("\n")
        if line.strip()
    ]


async def test_a_trial_is_neither_logged_nor_counted(services, reviewer, caplog) -> None:
    before = [
        await services.storage.rows(f"SELECT count(*) FROM {t}")
        for t in ("answers", "counts", "answer_quotes")
    ]
    answers = services.health.answers
    caplog.clear()
    page = await reviewer.post("/prov", {"sporsmal": "Hva mener dere om skole?"})
    assert 'class="message"' in page.text
    assert before == [
        await services.storage.rows(f"SELECT count(*) FROM {t}")
        for t in ("answers", "counts", "answer_quotes")
    ]
    assert services.health.answers == answers
    assert not [r for r in caplog.records if r.name.startswith("bot.")]


async def test_a_trial_wants_a_question_that_the_bot_would_read(reviewer) -> None:
    assert 'class="message"' not in (await reviewer.get("/prov")).text
    assert STAFF.trial_empty in (await reviewer.post("/prov", {"sporsmal": " "})).text
    long = (await reviewer.post("/prov", {"sporsmal": "a" * (LONGEST_QUESTION + 1)})).text
    assert STAFF.trial_too_long.format(most=LONGEST_QUESTION) in long
    # What is not on the lists is as if nothing was chosen.
    page = await reviewer.post("/prov", {"sporsmal": "skole", "kommune": "<b>", "sprak": "xx"})
    assert page.status_code == 200
