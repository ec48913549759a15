"""Tables: left out, said so with page or line, and nothing in them becomes a pledge."""

from __future__ import annotations

import io
from html import escape
from pathlib import Path

import pytest

from bot.texts.programmes import NOTES
from retrieval.document import Programme
from retrieval.extraction import extract
from retrieval.readers import Reading, read_file

documents = pytest.importorskip(
    "tests.retrieval.readers.documents", reason="python-docx, reportlab"
)
docx = pytest.importorskip("docx", reason="python-docx")
Piece = documents.Piece

ROWS = [
    ["Tiltak", "År", "Kroner"],
    ["Årnes Arbeiderparti vil bygge flere sykkelveier.", "2025", "10 mill."],
    ["Vi vil sikre gratis frukt til alle elever.", "2026", "5 mill."],
    ["Kommunen skal styrke legevakta.", "2027", "8 mill."],
]
FILLER = "Årnes er en god kommune å bo i, og her er det plass til alle som vil arbeide."
HEAD = [
    Piece("heading", "Program for Årnes", 1),
    Piece("heading", "Skole", 2),
    *[Piece("text", FILLER)] * 3,
    Piece("text", "Årnes Arbeiderparti vil:"),
    Piece("bullet", "bygge tre nye skoler"),
]
TAIL = [
    Piece("heading", "Helse", 2),
    Piece("text", "Årnes Arbeiderparti vil:"),
    Piece("bullet", "ansette to nye leger på legevakta"),
    Piece("text", FILLER),
]
WANTED = ["bygge tre nye skoler", "ansette to nye leger på legevakta"]
TABLE = Piece("table", "\n".join("|".join(row) for row in ROWS))


def html(table: str) -> bytes:
    parts = {"heading": "<h2>{}</h2>", "text": "<p>{}</p>", "bullet": "<ul><li>{}</li></ul>"}
    head, tail = (
        "\n".join(parts[p.kind].format(escape(p.text)) for p in pieces) for pieces in (HEAD, TAIL)
    )
    return f"<!DOCTYPE html>\n<html><body><main>\n{head}\n{table}\n{tail}</main></body></html>".encode()


def html_table(rows: list[list[str]], tag: str = "td") -> str:
    cells = ["".join(f"<{tag}>{cell}</{tag}>" for cell in row) for row in rows]
    return "<table>" + "".join(f"<tr>{row}</tr>" for row in cells) + "</table>"


def markdown(table: list[list[str]]) -> bytes:
    marks = {"heading": "## ", "text": "", "bullet": "- "}
    rows = [f"| {' | '.join(row)} |" for row in table]
    rows.insert(1, "|---|---|---|")
    head, tail = ("\n\n".join(marks[p.kind] + p.text for p in pieces) for pieces in (HEAD, TAIL))
    return "\n\n".join((head, "\n".join(rows), tail)).encode()


def read(folder: Path, name: str, raw: bytes) -> tuple[list[str], Reading]:
    path = folder / name
    path.write_bytes(raw)
    reading = read_file(path)
    programme = Programme(
        file=name, kind="programme", party="Årnes Arbeiderparti", municipality="Årnes",
        period="", title="Program for Årnes", url="", sha256="", text=reading.text,
    )  # fmt: skip
    return [pledge.quote for pledge in extract(programme)], reading


@pytest.mark.parametrize(
    ("name", "raw", "page", "line"),
    [
        ("a.pdf", documents.pdf([*HEAD, Piece("page", ""), TABLE, *TAIL]), 2, 0),
        ("a.docx", documents.word([*HEAD, TABLE, *TAIL]), 1, 0),
        ("a.html", html(html_table(ROWS)), 0, 10),
        ("b.html", html(html_table(ROWS, "th")), 0, 10),
        ("a.md", markdown(ROWS), 0, 15),
        ("b.md", b"---\ntitle: x\n---\n" + markdown(ROWS), 0, 18),
    ],
)
def test_a_table_is_left_out_and_its_place_is_a_warning(
    tmp_path: Path, name: str, raw: bytes, page: int, line: int
) -> None:
    found, reading = read(tmp_path, name, raw)
    assert found == WANTED
    assert "sykkelveier" not in reading.text and "mill" not in reading.text
    [warning] = reading.warnings
    assert (warning.what, warning.count) == ("table_left_out", 4)
    assert (warning.page, warning.line) == (page, line)
    assert warning.sample == "Tiltak"
    assert [(n.what, n.count) for n in reading.left_out if n.what == "table"] == [("table", 4)]
    assert NOTES["table_left_out"] and NOTES["table_read"]


def test_each_page_with_a_table_is_named(tmp_path: Path) -> None:
    page = Piece("page", "")
    _, reading = read(
        tmp_path, "a.pdf", documents.pdf([*HEAD, TABLE, page, *TAIL, page, TABLE, *HEAD])
    )
    assert [warning.page for warning in reading.warnings] == [1, 3]


def test_one_row_alone_is_a_table_in_word(tmp_path: Path) -> None:
    row = Piece("table", "Vi vil bygge flere sykkelveier.|2025")
    found, reading = read(tmp_path, "a.docx", documents.word([*HEAD, row, *TAIL]))
    assert found == WANTED
    assert [(w.what, w.count) for w in reading.warnings] == [("table_left_out", 1)]


@pytest.mark.parametrize(
    "cell",
    [
        "<h3>Vei</h3><p>Kommunen skal asfaltere alle grusveier innen 2030.</p>",
        "<p>Ett.</p><p>To.</p><p>Tre.</p><p>Kommunen skal asfaltere alle grusveier innen 2030.</p>",
        f"{FILLER * 9} Kommunen skal asfaltere alle grusveier innen 2030.",
        html_table([["Kommunen skal asfaltere alle grusveier innen 2030."]]),
    ],
    ids=["a heading", "many paragraphs", "running text", "a table within"],
)
def test_a_table_that_only_lays_out_the_page_is_read_and_warned_of(
    tmp_path: Path, cell: str
) -> None:
    found, reading = read(tmp_path, "a.html", html(html_table([["Meny", cell]])))
    assert "Kommunen skal asfaltere alle grusveier innen 2030." in found
    assert {w.what for w in reading.warnings} == {"table_read"}


def test_a_frame_of_one_column_is_text_like_any_other(tmp_path: Path) -> None:
    document = docx.Document()
    frame = document.add_table(1, 1).cell(0, 0)
    frame.text = "Kommunen skal asfaltere alle grusveier innen 2030."
    out = io.BytesIO()
    document.save(out)
    found, reading = read(tmp_path, "a.docx", out.getvalue())
    assert found == ["Kommunen skal asfaltere alle grusveier innen 2030."]
    assert reading.warnings == ()


def test_a_table_inside_a_table_in_word_is_read_once(tmp_path: Path) -> None:
    document = docx.Document()
    cell = document.add_table(1, 1).cell(0, 0)
    cell.text = "Kommunen skal asfaltere alle grusveier innen 2030."
    inner = cell.add_table(1, 1).cell(0, 0)
    inner.text = "Kommunen skal bygge tre nye skoler innen 2031."
    out = io.BytesIO()
    document.save(out)
    found, _ = read(tmp_path, "a.docx", out.getvalue())
    assert found == [
        "Kommunen skal asfaltere alle grusveier innen 2030.",
        "Kommunen skal bygge tre nye skoler innen 2031.",
    ]
