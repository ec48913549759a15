"""Makes real PDF, Word and HTML files of a programme, as the tests' documents."""

from __future__ import annotations

import io
import zipfile
from dataclasses import dataclass
from functools import cache, partial
from html import escape

import docx
from reportlab.lib.enums import TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.platypus import (
    BaseDocTemplate,
    Frame,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)

from retrieval.document import Programme
from retrieval.extraction import _CHROME_TAIL, _LEAD_IN
from retrieval.layout import is_heading, read_layout
from retrieval.verbatim import quote_of


@dataclass(frozen=True)
class Piece:
    """A heading (level 1 to 3), a bullet (level 0, nested 1), running text, or something else."""

    kind: str
    text: str
    level: int = 0


def pieces_of(programme: Programme) -> list[Piece]:
    """The programme as a person would type it anew: its title, then what the text version holds."""
    text = programme.text
    tail = _CHROME_TAIL.search(text)
    layout = read_layout(text, 0, tail.start() if tail else len(text))
    pieces = [Piece("heading", programme.title, 1)]
    for paragraph in layout.paragraphs:
        words = quote_of(text, paragraph.start, paragraph.end, layout.furniture)
        if paragraph.glyph:
            pieces.append(Piece("bullet", words, paragraph.level))
        elif (
            len(paragraph.lines) == 1
            and is_heading(paragraph.text)
            and not _LEAD_IN.match(paragraph.text)
        ):
            if words.casefold() != programme.title.casefold():
                after = pieces[-1].kind == "heading" and pieces[-1].level > 1
                pieces.append(Piece("heading", words, 3 if after else 2))
        else:
            pieces.append(Piece("text", words))
    return pieces


def pdf(
    pieces, *, columns: int = 1, head: str = "", foot: bool = True, bullet: str = "•",
    font: str = "Helvetica", size: float = 10.5, justified: bool = False,
) -> bytes:  # fmt: skip
    """A PDF of one or more columns with running head and page numbers."""
    out = io.BytesIO()
    wide, high = A4
    margin, gutter = 60, 24

    def furniture(canvas, document) -> None:
        canvas.setFont(font, 8)
        if head:
            canvas.drawString(margin, high - 32, head)
        if foot:
            canvas.drawCentredString(wide / 2, 28, str(canvas.getPageNumber()))

    width = (wide - 2 * margin - gutter * (columns - 1)) / columns
    frames = [
        Frame(margin + i * (width + gutter), 55, width, high - 115, 0, 0, 0, 0, id=str(i))
        for i in range(columns)
    ]
    document = BaseDocTemplate(out, pagesize=A4, title="program")
    document.addPageTemplates(PageTemplate("p", frames, onPage=furniture))
    bold = {"Helvetica": "Helvetica-Bold", "Times-Roman": "Times-Bold"}[font]
    style = partial(ParagraphStyle, fontName=font, fontSize=size, leading=size * 1.25)
    text = style("text", spaceAfter=6, **({"alignment": TA_JUSTIFY} if justified else {}))
    heads = {
        n: ParagraphStyle(
            f"h{n}", fontName=bold, fontSize=s, leading=s * 1.2, spaceBefore=10, spaceAfter=5
        )
        for n, s in ((1, 22), (2, 15), (3, size))
    }
    bullets = {
        n: style(f"b{n}", leftIndent=18 * (n + 1), bulletIndent=18 * n + 4, spaceAfter=2)
        for n in (0, 1)
    }
    story = []
    for piece in pieces:
        words = escape(piece.text)
        if piece.kind == "heading":
            story.append(Paragraph(words, heads[piece.level]))
        elif piece.kind == "bullet":
            story.append(
                Paragraph(words, bullets[piece.level], bulletText="–" if piece.level else bullet)
            )
        elif piece.kind == "number":
            mark, words = words.split(" ", 1)
            story.append(Paragraph(words, bullets[0], bulletText=mark))
        elif piece.kind == "small":
            story.append(
                Paragraph(words, ParagraphStyle("f", fontName=font, fontSize=7.5, leading=9))
            )
        elif piece.kind == "table":
            rows = [row.split("|") for row in piece.text.split("\n")]
            story.append(Table(rows, colWidths=[width / len(rows[0])] * len(rows[0])))
        elif piece.kind == "page":
            story.append(PageBreak())
        elif piece.kind == "raw":
            story.append(Paragraph(piece.text, text))
        else:
            story.append(Paragraph(words, text))
    document.build([*story, Spacer(1, 1)])
    return out.getvalue()


def word(pieces, *, head: str = "Program") -> bytes:
    """A Word document with real headings, list styles, a header and a footer."""
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = head
    document.sections[0].footer.paragraphs[0].text = "Side 1"
    for piece in pieces:
        if piece.kind == "heading":
            document.add_heading(piece.text, piece.level)
        elif piece.kind == "bullet":
            document.add_paragraph(
                piece.text, style="List Bullet 2" if piece.level else "List Bullet"
            )
        elif piece.kind == "number":
            document.add_paragraph(piece.text.split(" ", 1)[1], style="List Number")
        elif piece.kind == "table":
            rows = [row.split("|") for row in piece.text.split("\n")]
            table = document.add_table(len(rows), len(rows[0]))
            for i, row in enumerate(rows):
                for j, cell in enumerate(row):
                    table.cell(i, j).text = cell
        else:
            document.add_paragraph(piece.text)
    out = io.BytesIO()
    document.save(out)
    return out.getvalue()


def page(pieces, *, charset: str = "utf-8") -> bytes:
    """A saved web page in the likeness of a party's: menus, share buttons, a form, related links."""
    body: list[str] = []
    depth = 0
    for piece in pieces:
        wanted = piece.level + 1 if piece.kind == "bullet" else 0
        while depth > wanted:
            body.append("</li></ul>")
            depth -= 1
        words = escape(piece.text)
        if piece.kind == "bullet":
            body.append("</li>" if depth == wanted else "<ul>" * (wanted - depth))
            depth = wanted
            body.append(f"<li>{words}")
        elif piece.kind == "heading":
            body.append(f"<h{piece.level}>{words}</h{piece.level}>")
        else:
            body.append(f"<p>{words}</p>")
    body.append("</li></ul>" * depth)
    return f"""<!DOCTYPE html><html lang="no"><head><meta charset="{charset}"><title>Program | Partiet</title>
<script>var x = "Vi vil ikke siteres.";</script><style>p {{ color: red }}</style></head><body>
<div class="cookie-banner"><p>Vi skal bruke informasjonskapsler. Vi vil lagre alt.</p><button>OK</button></div>
<header class="site-header"><a href="/">Forsiden</a><nav><ul><li><a href="/p">Vi vil bygge landet</a></li>
<li><a href="/b">Bli medlem</a></li></ul></nav></header>
<main><article>{"".join(body)}
<figure><img alt="Vi vil bygge"><figcaption>Foto: Kari. Vi vil ha bilder.</figcaption></figure>
<div class="share-buttons"><a href="#">Del på Facebook</a></div></article>
<p><a href="/x">Les også: Vi vil bygge flere veier.</a></p></main>
<aside><p>Vi skal arrangere møte på torsdag.</p></aside>
<form><p>Vi vil sende deg nyhetsbrev.</p><input name="e"></form>
<footer><p>Vi skal svare innen tre dager.</p></footer></body></html>""".encode(charset)


def with_encryption_flag(raw: bytes) -> bytes:
    """The same zip with its entries marked as encrypted."""
    data = bytearray(raw)
    for mark, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at >= 0:
            data[at + offset] |= 1
            at = data.find(mark, at + 4)
    return bytes(data)


@cache
def bomb(size: int = 600 * 2**20) -> bytes:
    """A .docx of some hundred kB whose document unpacks to more than a reader may use."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as package:
        with package.open("word/document.xml", "w", force_zip64=True) as file:
            file.write(
                b"<w:document xmlns:w='http://schemas.openxmlformats.org/wordprocessingml/2006/main'><w:body>"
            )
            for _ in range(size // 2**20):
                file.write(b" " * 2**20)
            file.write(b"</w:body></w:document>")
    return out.getvalue()
