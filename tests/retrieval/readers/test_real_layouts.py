"""Documents such as parties have: long, numbered, with tables, footnotes, contents, nynorsk."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from retrieval.document import Programme
from retrieval.extraction import extract
from retrieval.readers import read_file

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)
Piece = documents.Piece

THEMES = (
    "Skule og oppvekst", "Helse og omsorg", "Samferdsel", "Kultur og idrett", "Klima og natur",
    "Bustad", "Næring og arbeid", "Landbruk", "Demokrati", "Tryggleik",
)  # fmt: skip
PLACES = ("Volda", "Ørsta", "Åmot", "Sæbø", "Austefjorden", "Dravlaus", "Folkestad", "Lauvstad")
DEEDS = (
    "byggje {n} nye omsorgsbustader på {p} innan 2030",
    "tilsetje {n} fleire lærarar ved skulen på {p}, slik at alle elevar får hjelp når dei treng det",
    "ruste opp gang- og sykkelvegen frå {p} sentrum til barnehagen, som i dag manglar både lys og asfalt",
    "gje {n} ungdomar frå {p} sommarjobb i kommunen kvart år",
    "opne eit nytt bibliotek på {p} med plass til {n} besøkjande og ope kvar kveld heile veka",
)
FILLER = (
    "Kommunen har om lag 10 000 innbyggjarar og lange tradisjonar. Mange opplever at kvardagen er travel. "
    "Dette er ei utvikling som har gått føre seg i fleire tiår, og ho påverkar både by og bygd."
)


def programme(text: str) -> Programme:
    return Programme(
        file="p.txt", kind="programme", party="Volda Arbeidarparti", municipality="Volda",
        period="2027-2031", title="Program", url="", sha256="", text=text,
    )  # fmt: skip


def chapters(count: int, *, kind: str = "bullet") -> tuple[list, list[str]]:
    """A programme of so many chapters, and the pledges that a person finds in it."""
    pieces, wanted = [Piece("heading", "Saman for Volda", 1)], []
    for n in range(1, count + 1):
        theme, place = THEMES[n % len(THEMES)], PLACES[n % len(PLACES)]
        pieces.append(Piece("heading", f"{n}. {theme} på {place}", 2))
        pieces.append(Piece("text", FILLER))
        promise = f"Volda Arbeidarparti vil at kommunen skal ha minst {n + 10} lærlingar på {place} kvart år."
        pieces.append(
            Piece("text", f"Arbeid er viktig for {place}. {promise} Det er bra for alle.")
        )
        wanted.append(promise)
        pieces.append(Piece("text", "Volda Arbeidarparti vil:"))
        for i, deed in enumerate(DEEDS, 1):
            words = deed.format(n=n * 7 + i, p=place)
            pieces.append(Piece(kind, f"{i}. {words}" if kind == "number" else words))
            wanted.append(words)
        if n % 3 == 0:
            pieces.append(
                Piece(
                    "table",
                    "Tiltak|År|Kroner\nNy skule|2028|40 mill.\nNy veg|2029|12 mill.\nVi skal spare.|2030|3 mill.",
                )
            )
        if kind == "footnoted":
            pieces.append(Piece("small", f"{n} Tal frå SSB. Vi vil ikkje sitere fotnotar."))
    return pieces, wanted


def score(found: list[str], wanted: list[str]) -> float:
    hits = (Counter(found) & Counter(wanted)).total()
    return 2 * hits / (len(found) + len(wanted))


def quotes(path: Path) -> tuple[list[str], object]:
    reading = read_file(path)
    return [p.quote for p in extract(programme(reading.text))], reading


@pytest.mark.parametrize("columns", [1, 2])
def test_a_nynorsk_pdf_of_more_than_a_hundred_pages(tmp_path: Path, columns: int) -> None:
    pieces, wanted = chapters(280 * columns, kind="number")
    path = tmp_path / "volda.pdf"
    path.write_bytes(
        documents.pdf(
            pieces, columns=columns, head="Volda Arbeidarparti – program 2027–2031", size=11.5
        )
    )
    found, reading = quotes(path)
    assert reading.pages > 100
    assert score(found, wanted) >= 0.97, (
        [q for q in found if q not in wanted][:5], [q for q in wanted if q not in found][:5],
    )  # fmt: skip
    noted = {note.what: note.count for note in reading.left_out}
    assert noted["page_number"] == reading.pages
    assert noted["running_head"] >= reading.pages
    assert noted["table"] >= 200


def test_a_pdf_with_footnotes_and_raised_marks(tmp_path: Path) -> None:
    pieces = [
        Piece("heading", "Program", 1),
        Piece("raw", "Vi vil byggje 200 nye bustader<super size=6>1</super> i sentrum. Folk treng dei."),
        *[Piece("text", f"Vi vil ruste opp veg nummer {i} i løpet av perioden." + " Fylling her." * 12) for i in range(12)],
        Piece("small", "1 Kjelde: SSB. Vi vil ikkje sitere fotnotar."),
    ]  # fmt: skip
    path = tmp_path / "noter.pdf"
    path.write_bytes(documents.pdf(pieces, head="Program"))
    found, reading = quotes(path)
    assert found[0] == "Vi vil byggje 200 nye bustader i sentrum."
    assert len(found) == 13
    assert {"footnote", "footnote_mark"} <= {note.what for note in reading.left_out}
    assert not any("SSB" in q for q in found)


def test_a_word_file_with_tables_numbers_and_a_contents_page(tmp_path: Path) -> None:
    pieces, wanted = chapters(40, kind="number")
    path = tmp_path / "volda.docx"
    path.write_bytes(documents.word(pieces))
    found, reading = quotes(path)
    # Also a whole sentence in a cell: «Vi skal spare.» beside «2030» and «3 mill.»
    assert [q for q in found if q not in wanted] == []
    assert [q for q in wanted if q not in found] == []
    assert {note.what for note in reading.left_out} == {"running_head", "table"}
    assert {note.what for note in reading.warnings} == {"table_left_out"}


ACCORDION = """<!DOCTYPE html><html><head><meta charset="utf-8"></head><body>
<nav class="meny"><ul><li><a href="/">Vi vil ha din stemme</a></li></ul></nav>
<div class="content"><h1>Politikk for Årnes</h1>
<p class="ingress">Årnes vokser. Vi vil bygge 200 boliger.<br>Det er bra.</p>
<details><summary>Skole</summary><p><strong>Årnes Arbeiderparti vil:</strong></p>
<p>• bygge ny skole på Årnes<br>• gi alle elever et varmt måltid<br>• ha flere lærere</p></details>
<details><summary>Helse</summary><p>Vi vil:</p><ul><li><p>ansette <a href="/x">10 leger</a> til</p></li>
<li>stille krav til leverandører om:<ul><li>tariffavtale</li><li>lærlinger</li></ul></li>
<li>bygge\u00a0sykehjem</li></ul></details>
<p><b>Samferdsel</b></p><p>Kommunen skal asfaltere alle grusveier innen 2030.</p>
<div hidden><p>Vi vil ikke vises.</p></div><p style="display: none">Vi vil heller ikke vises.</p>
</div><div class="related-articles"><h2>Les også</h2><p>Vi vil ha mer.</p></div>
<footer>Vi skal svare.</footer></body></html>"""


def test_a_page_with_folding_sections_and_bullets_typed_by_hand(tmp_path: Path) -> None:
    path = tmp_path / "side.html"
    path.write_text(ACCORDION, encoding="utf-8")
    reading = read_file(path)
    found = extract(programme(reading.text))
    assert [(p.quote, p.headings[-1], p.lead_in) for p in found] == [
        ("Vi vil bygge 200 boliger.", "Politikk for Årnes", ""),
        ("bygge ny skole på Årnes", "Skole", "Årnes Arbeiderparti vil:"),
        ("gi alle elever et varmt måltid", "Skole", "Årnes Arbeiderparti vil:"),
        ("ha flere lærere", "Skole", "Årnes Arbeiderparti vil:"),
        ("ansette 10 leger til", "Helse", "Vi vil:"),
        ("tariffavtale", "Helse", "Vi vil:"),
        ("lærlinger", "Helse", "Vi vil:"),
        ("bygge sykehjem", "Helse", "Vi vil:"),
        ("Kommunen skal asfaltere alle grusveier innen 2030.", "Samferdsel", ""),
    ]
    assert [p.parent for p in found if p.quote in ("tariffavtale", "lærlinger")] == [
        "stille krav til leverandører om:"
    ] * 2


MARKDOWN = """---
title: Program
---
# Program for Årnes

## Skole

Årnes Arbeiderparti vil:

- bygge **tre** nye skoler
  på [Årnes](https://example.no)
- stille krav om:
  - tariffavtale
* ha flere lærere

Helse
-----

Vi vil ansette leger.[^1] Kommunen har ti leger.

1. Vi vil ha sykehjem.

[^1]: Vi vil ikke sitere noter.

<!-- Vi vil ikke sitere merknader. -->
"""


def test_markdown(tmp_path: Path) -> None:
    path = tmp_path / "p.md"
    path.write_text(MARKDOWN, encoding="utf-8")
    found = extract(programme(read_file(path).text))
    assert [(p.quote, p.headings) for p in found] == [
        ("bygge tre nye skoler på Årnes", ("Program for Årnes", "Skole")),
        ("tariffavtale", ("Program for Årnes", "Skole")),
        ("ha flere lærere", ("Program for Årnes", "Skole")),
        ("Vi vil ansette leger.", ("Program for Årnes", "Helse")),
        ("Vi vil ha sykehjem.", ("Program for Årnes", "Helse")),
    ]


def test_a_text_file_is_its_own_extraction_and_form_feeds_are_pages(tmp_path: Path) -> None:
    path = tmp_path / "p.txt"
    text = "Skole\n\nVi vil bygge.\n\fHelse\n\nVi vil ansette.\n"
    path.write_text(text, encoding="utf-8")
    reading = read_file(path)
    assert (reading.text, reading.pages) == (text, 2)
    assert [p.page for p in extract(programme(text))] == [1, 2]


def test_ligatures_soft_hyphens_and_letters_in_two_parts_are_mended() -> None:
    from retrieval.readers.blocks import clean, join_lines

    assert clean("e\ufb00ektiv kontor\u00adplass a\u030arlig\u200b") == "effektiv kontorplass årlig"
    assert join_lines(["sjukeheims-", "\fplass og veg"]) == "sjukeheimsplass\fog veg"
    assert join_lines(["gang-", "og sykkelvei"]) == "gang- og sykkelvei"
