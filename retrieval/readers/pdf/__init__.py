"""A PDF: letters with places on a page, made lines, columns, paragraphs, headings and bullets again.

PDFium gives each letter's place and size; all else here is geometry.
"""

from __future__ import annotations

import pypdfium2 as pdfium
import pypdfium2.raw as api

from retrieval.readers.blocks import Notes, ReadError, Reading, to_text
from retrieval.readers.pdf.columns import reading_order
from retrieval.readers.pdf.furniture import (
    body_size,
    leave_out_footnotes,
    leave_out_heads,
    without_tables,
)
from retrieval.readers.pdf.letters import pages_of
from retrieval.readers.pdf.paragraphs import blocks_of
from retrieval.readers.pdf.runs import Run

MAX_PAGES = 600


def read(raw: bytes) -> Reading:
    """Read a PDF.

    Raises:
        ReadError: If it needs a password, is damaged, too long, scanned, or its letters cannot be
            told from its fonts.
    """
    if b"%PDF-" not in raw[:1024]:
        raise ReadError("other_type")
    try:
        document = pdfium.PdfDocument(raw)
        count = len(document)
    except pdfium.PdfiumError as exc:
        if getattr(exc, "err_code", None) == api.FPDF_ERR_PASSWORD or "assword" in str(exc):
            raise ReadError("encrypted") from exc
        raise ReadError("damaged", reason="PDF") from exc
    if count == 0:
        raise ReadError("damaged", reason="PDF")
    if count > MAX_PAGES:
        raise ReadError("too_many_pages", found=count, most=MAX_PAGES)
    notes, warnings = Notes(), Notes()
    pages = pages_of(document, count, notes, warnings)
    body = body_size(pages)
    leave_out_heads(pages, notes)
    leave_out_footnotes(pages, body, notes)
    lines: list[Run] = []
    for page in pages:
        lines.extend(without_tables(reading_order(page), notes, warnings))
    blocks = list(blocks_of(lines, body))
    return Reading(text=to_text(blocks), pages=count, left_out=notes.all(), warnings=warnings.all())
