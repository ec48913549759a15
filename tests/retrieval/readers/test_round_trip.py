"""The seed programmes typed anew as PDF, Word and web page give the same pledges as their text."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from retrieval.extraction import extract
from retrieval.readers import read_file
from retrieval.verbatim import is_verbatim

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)

FILES = (
    "asker-naeringspolitikk.txt",
    "baerum-2019-program.txt",
    "baerum-2023-naeringspolitikk.txt",
    "lorenskog-arbeids-og-naeringsliv.txt",
)
HEAD = "Partiets program 2023–2027"
LAYOUTS = {
    "one-column.pdf": partial(documents.pdf, head=HEAD),
    "two-columns.pdf": partial(
        documents.pdf, head=HEAD, columns=2, font="Times-Roman", size=10, justified=True
    ),
    "word.docx": partial(documents.word, head=HEAD),
    "page.html": documents.page,
    "latin1.html": partial(documents.page, charset="windows-1252"),
}


def key(text: str) -> str:
    return " ".join(re.sub(r"\W+", " ", unicodedata.normalize("NFC", text).casefold()).split())


@pytest.mark.parametrize("layout", LAYOUTS)
@pytest.mark.parametrize("file", FILES)
def test_a_layout_gives_the_pledges_of_the_text(
    corpus, tmp_path: Path, file: str, layout: str
) -> None:
    programme = next(p for p in corpus.programmes if p.file == file)
    path = tmp_path / layout
    path.write_bytes(LAYOUTS[layout](documents.pieces_of(programme)))
    reading = read_file(path)
    found = extract(replace(programme, text=reading.text))
    wanted = Counter(key(p.quote) for p in corpus.pledges if p.programme.file == file)
    got = Counter(key(p.quote) for p in found)
    f1 = 2 * sum((wanted & got).values()) / (sum(wanted.values()) + sum(got.values()))
    assert f1 >= 0.97, (f1, list(wanted - got)[:5], list(got - wanted)[:5])
    assert all(is_verbatim(p.quote, reading.text, p.start, p.end) for p in found)
    if layout.endswith(".pdf"):
        assert {p.page for p in found} <= set(range(1, reading.pages + 1)) or reading.pages == 1
        assert all(HEAD not in p.quote for p in found)
    assert reading.warnings == ()


def test_the_page_of_a_pledge_is_the_one_it_stands_on(corpus, tmp_path: Path) -> None:
    programme = next(p for p in corpus.programmes if p.file == "baerum-2019-program.txt")
    path = tmp_path / "program.pdf"
    path.write_bytes(documents.pdf(documents.pieces_of(programme), head=HEAD))
    pdfium = pytest.importorskip("pypdfium2")
    with pdfium.PdfDocument(path) as document:
        pages = [key(page.get_textpage().get_text_range()) for page in document]
    found = extract(replace(programme, text=read_file(path).text))
    assert len({p.page for p in found}) > 10
    for pledge in found:
        assert pledge.page is not None
        # The first words: the rest may stand on the next page, or be broken by a line's end.
        assert " ".join(key(pledge.quote).split()[:2]) in pages[pledge.page - 1], pledge.quote
