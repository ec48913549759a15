from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.answering import Answer, Outcome, Reason
from bot.rendering import LIMIT, fit, listed, period_label, render_html, render_text
from bot.texts import LANGUAGES, NB
from retrieval.document import Pledge, Programme
from retrieval.search import Hit
from tests.fake_telegram.server import parse_html

GOLDEN = Path(__file__).parents[1] / "data" / "messages_nb.txt"
YEAR = 2026
PROGRAMME = Programme(
    file="x.txt", kind="programme", party="Arbeiderpartiet", municipality="Asker",
    period="2023-2027", title="Programmet", url="", sha256="0" * 64,
)  # fmt: skip


def pledge(quote: str, **more: object) -> Pledge:
    made = Pledge(
        id="asker-2023-0", quote=quote, programme=PROGRAMME, headings=("Programmet", "Skole"),
        lead_in="Vi vil:", parent="", kind="bullet", start=0, end=len(quote), line=1,
    )  # fmt: skip
    return replace(made, **more)


def answer(*pledges: Pledge, **more: object) -> Answer:
    hits = tuple(Hit(pledge=p, score=1.0 - i / 100, matched=()) for i, p in enumerate(pledges))
    return replace(Answer(question="?", outcome=Outcome.HIT, hits=hits), **more)


def html(given: Answer, **more: object) -> str:
    return render_html(given, NB, party="Arbeiderpartiet", **{"this_year": YEAR, **more})


def read(message: str) -> str:
    """What a voter reads: the markup parsed as strictly as Telegram does."""
    return parse_html(message)[0]


PLACES = {"municipalities": ("Asker", "Bærum", "Lørenskog")}


def test_messages_are_those_of_the_golden_file(answer_with) -> None:
    nothing = Answer(question="?", outcome=Outcome.NONE, reason=Reason.SILENT, **PLACES)
    cases = {
        "two municipalities, one lead-in for two quotes": answer_with(
            "Si nei til flere søndagsåpne butikker",
            "ikke skal tillate søndagsåpne butikker",
            "ulovlig søndagsåpne butikker",
        ),
        "weak; ended period, prose, and quotes of one heading apart": answer_with(
            "neste T-bane prosjekt i Bærum",
            "matebusser fra Bærums Verk",
            "forlenge T-bane linjene",
            outcome=Outcome.WEAK,
            municipality="Bærum",
        ),
        "nothing: silent": nothing,
        "nothing: silent in one place": replace(nothing, municipality="Asker"),
        "nothing: no subject": replace(nothing, reason=Reason.EMPTY),
        "nothing: other parties": replace(
            nothing, reason=Reason.OTHER_PARTY, names=("Høyre", "Venstre", "Rødt")
        ),
        "nothing: other place": replace(nothing, reason=Reason.OTHER_MUNICIPALITY, names=("Oslo",)),
    }
    made = "".join(f"=== {name}\n{html(case)}\n\n" for name, case in cases.items())
    if not GOLDEN.exists():
        GOLDEN.write_text(made, encoding="utf-8")
        pytest.fail(f"{GOLDEN.name} was missing and is written now: read it, then keep it")
    assert made == GOLDEN.read_text(encoding="utf-8")


def test_a_nested_bullet_stands_under_its_parent() -> None:
    message = html(answer(pledge("Nei", parent="Verne marka:", headings=())))
    assert message.split("\n") == [
        "<b>Asker · Arbeiderpartiet</b>",
        "Vi vil:",
        "<i>Verne marka:</i>",
        "<blockquote>Nei</blockquote>",
        "<i>2023-2027</i>",
    ]


def test_a_quote_never_stands_under_the_parent_of_another() -> None:
    message = html(
        answer(pledge("a", parent="Marka:"), pledge("b", parent="Fjorden:"), pledge("c"))
    )
    assert read(message).split("\n\n") == [
        "Asker · Arbeiderpartiet\nVi vil:\nMarka:\na\nUnder «Skole» · 2023-2027",
        "Vi vil:\nFjorden:\nb\nUnder «Skole» · 2023-2027",
        "Vi vil:\nc\nUnder «Skole» · 2023-2027",
    ]


def test_only_neighbours_with_the_same_setting_share_a_lead_in() -> None:
    other = replace(PROGRAMME, file="y.txt", period="")
    message = html(answer(pledge("a"), pledge("b"), pledge("c", programme=other), pledge("d")))
    assert message.count("Vi vil:") == 3
    assert message.count("Under «Skole»") == 3
    assert read(message).index("a\nb") < read(message).index("periode ikke oppgitt")


def test_municipalities_come_in_a_fixed_order_whichever_has_the_best_hit() -> None:
    elsewhere = replace(PROGRAMME, file="y.txt", municipality="Bærum", party="Bærum Arbeiderparti")
    message = html(
        answer(
            pledge("a", programme=elsewhere),
            pledge("b"),
            pledge("c", programme=elsewhere),
            municipalities=("Asker", "Bærum", "Lørenskog"),
        )
    )
    heads = [line for line in message.split("\n") if line.startswith("<b>")]
    assert heads == ["<b>Asker · Arbeiderpartiet</b>", "<b>Bærum Arbeiderparti</b>"]


@pytest.mark.parametrize(
    ("period", "label"),
    [
        ("", "periode ikke oppgitt"),
        ("2019-2023", "2019-2023, perioden er over"),
        ("2023-2026", "2023-2026"),
        ("2026-2030", "2026-2030"),
        ("2027-2031", "2027-2031, kommende periode"),
    ],
)
def test_a_period_is_labelled_by_the_year(period: str, label: str) -> None:
    assert period_label(replace(PROGRAMME, period=period), NB, YEAR) == label


awkward = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=1500)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.tuples(awkward, awkward, awkward), min_size=1, max_size=10))
def test_every_quote_is_whole_and_the_message_within_limits(parts) -> None:
    given = answer(*(pledge(q, lead_in=lead, headings=(head,)) for q, lead, head in parts))
    shown = fit(given, NB, this_year=YEAR)
    message = html(given)
    assert message == html(shown)
    text, entities = parse_html(message)
    assert 0 < len(text) <= LIMIT
    units = text.encode("utf-16-le")
    quoted = [
        units[2 * e["offset"] : 2 * (e["offset"] + e["length"])].decode("utf-16-le")
        for e in entities
        if e["type"] == "blockquote"
    ]
    if quoted:
        assert quoted == [hit.pledge.quote for hit in shown.hits]


def test_the_last_quotes_go_first_and_an_endless_one_alone_is_named() -> None:
    long, endless = pledge("x" * 2040), pledge("y" * 5000)
    shown = fit(answer(pledge("a"), long, endless, long, pledge("b")), NB, this_year=YEAR)
    assert [hit.pledge.quote[0] for hit in shown.hits] == ["a", "x"]
    assert "Det står i «Programmet» (2023-2027)" in html(fit(answer(endless), NB, this_year=YEAR))


def test_nothing_from_a_file_is_taken_for_markup() -> None:
    nasty = "<b>&amp;</blockquote> I <3 «x» \"y\" 'z'"
    programme = replace(PROGRAMME, party=nasty, municipality=nasty, title=nasty)
    given = answer(
        pledge(nasty, lead_in=nasty, parent=nasty, headings=(nasty,), programme=programme)
    )
    assert read(html(given)).count(nasty) == 5
    assert render_text(given, NB, party="Ap", this_year=YEAR).count(nasty) == 5


def test_a_fixed_answer_is_its_text_and_never_empty() -> None:
    fixed = Answer(question="hei", outcome=Outcome.FIXED, fixed="greeting", fixed_text="Hei <3")
    assert html(fixed) == f"<i>{NB.fixed_label}</i>\nHei &lt;3"
    assert html(replace(fixed, is_crisis=True)) == "Hei &lt;3"
    assert html(replace(fixed, fixed_text=""))


@pytest.mark.parametrize("reason", [Reason.OTHER_PARTY, Reason.OTHER_MUNICIPALITY])
@pytest.mark.parametrize("language", LANGUAGES)
def test_names_are_filled_in_in_every_language(reason: Reason, language: str) -> None:
    given = Answer(question="?", outcome=Outcome.NONE, reason=reason, names=("A", "B"), **PLACES)
    message = render_html(given, LANGUAGES[language], party="Ap", this_year=YEAR)
    assert "A " in message and " B" in message and "{" not in message


def test_names_are_joined_as_people_do() -> None:
    assert listed([], NB) == ""
    assert listed(["Asker"], NB) == "Asker"
    assert listed(["Asker", "Bærum", "Lørenskog"], NB) == "Asker, Bærum og Lørenskog"
