"""Letters of a page, as PDFium places them, to runs and lines."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as api

from retrieval.readers.blocks import Notes, ReadError
from retrieval.readers.pdf.runs import GLYPHS, MARK, NUMBER, Run, by_baseline
from retrieval.readers.plain import looks_norwegian

_MAX_LETTERS = 4_000_000


def pages_of(
    document: pdfium.PdfDocument, count: int, notes: Notes, warnings: Notes
) -> list[list[Run]]:
    """Return the lines of each page, in the file's order; of a damaged page none.

    Raises:
        ReadError: If there is too much of it, it is scanned, or its fonts give wrong letters.
    """
    pages: list[list[Run]] = []
    letters, pictures, broken, read_pages = 0, 0, 0, 0
    for number in range(1, count + 1):
        try:
            page = document[number - 1]
            runs, odd, total = _runs(page, number, notes)
        except pdfium.PdfiumError:
            warnings.add("page_damaged", page=number)
            pages.append([])
            continue
        letters += total
        if letters > _MAX_LETTERS:
            raise ReadError("too_much_text", most=_MAX_LETTERS)
        text = " ".join(run.text for run in runs)
        if total < 10:
            if api.FPDFPage_CountObjects(page.raw):
                pictures += 1
                warnings.add("page_is_picture", page=number)
        else:
            read_pages += 1
            if odd > 0.05 * total or not looks_norwegian(text):
                broken += 1
                warnings.add("page_unreadable", page=number, sample=text)
        page.close()
        pages.append(_rows(runs))
    if letters < 10 * count and pictures:
        raise ReadError("scanned", pages=count)
    if read_pages and broken * 2 > read_pages:
        raise ReadError("broken_font", pages=broken)
    return pages


def _runs(page: pdfium.PdfPage, number: int, notes: Notes) -> tuple[list[Run], int, int]:
    """Return the runs of a page in the file's order, how many letters are odd, and how many in all."""
    text_page = page.get_textpage()
    raw = text_page.raw
    box, x, y = api.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    runs: list[Run] = []
    parts: list[str] = []
    sizes: list[float] = []
    run: Run | None = None
    odd = total = 0

    def finish() -> None:
        if run is not None:
            run.text = "".join(parts).strip()
            run.size = median(sizes)  # a bullet's sign or a number may be set in another size
            runs.append(run)

    for i in range(text_page.count_chars()):
        code = api.FPDFText_GetUnicode(raw, i)
        char = _char(code)
        if char.isspace() or char == "\0":
            # Spaces that the file lacks are PDFium's; where a line ends, the place of the next tells.
            if parts and parts[-1] != " ":
                parts.append(" ")
            continue
        if not api.FPDFText_GetLooseCharBox(raw, i, box) or not api.FPDFText_GetCharOrigin(
            raw, i, x, y
        ):
            continue
        total += 1
        if (
            char == "\ufffd"
            or (code < 32 and code != 2)
            or ("\ue000" <= char <= "\uf8ff" and char not in GLYPHS)
        ):
            odd += 1
        size = box.top - box.bottom
        if run is not None:
            gap = box.left - run.x1
            raised = y.value - run.y
            if abs(raised) <= 0.25 * run.size and -run.size < gap <= 0.9 * run.size:
                if gap > 0.2 * run.size and parts[-1] != " ":
                    parts.append(" ")
                if parts[-1] == " ":
                    run.tight, run.wide = min(run.tight, gap), max(run.wide, gap)
                parts.append(char)
                sizes.append(size)
                run.x1 = max(run.x1, box.right)
                continue
            if (
                size < 0.8 * run.size and 0 < raised < 0.7 * run.size
                and -run.size < gap <= 0.5 * run.size and (char.isdigit() or char == "*")
            ):  # fmt: skip
                notes.add("footnote_mark", page=number, sample=char)
                run.x1 = max(run.x1, box.right)
                continue
            finish()
        angle = api.FPDFText_GetCharAngle(raw, i)
        if angle > 0.1 and angle < 6.18:
            run = None
            notes.add("rotated", page=number, sample=char)
            parts = []
            continue
        run = Run(box.left, box.right, y.value, size, "", _bold(raw, i), number)
        parts, sizes = [char], [size]
    finish()
    text_page.close()
    return runs, odd, total


def _char(code: int) -> str:
    """Return the character of a code; PDFium has codes of its own for a hyphen at a line's end."""
    if code in (0x02, 0xFFFE):
        return "-"
    return chr(code) if 0 < code < 0xD800 or 0xE000 <= code < 0x110000 else "\ufffd"


def _bold(raw: object, i: int) -> bool:
    name = ctypes.create_string_buffer(80)
    flags = ctypes.c_int()
    api.FPDFText_GetFontInfo(raw, i, name, 80, flags)
    shown = name.value.lower()
    return any(word in shown for word in (b"bold", b"black", b"heavy", b"semibold")) or (
        api.FPDFText_GetFontWeight(raw, i) >= 600
    )


def _rows(runs: Sequence[Run]) -> list[Run]:
    """Join the runs of a line: bold words inside it, and a bullet with what stands behind it."""
    joined: list[Run] = []
    for row in by_baseline([r for r in runs if r.text]):
        line: Run | None = None
        letters = bold = 0
        for run in row:
            mark = line is not None and (MARK.fullmatch(line.text) or NUMBER.fullmatch(line.text))
            if (
                line is not None
                and -line.size < run.x0 - line.x1 <= (5 if mark else 0.5) * line.size
            ):
                space = " " if mark or run.x0 - line.x1 > 0.12 * line.size else ""
                line.text += space + run.text
                line.x1 = max(line.x1, run.x1)
                line.tight, line.wide = min(line.tight, run.tight), max(line.wide, run.wide)
                line.size = run.size if mark else line.size
                line.y = run.y if mark else line.y
            else:
                line, letters, bold = run, 0, 0
                joined.append(run)
            letters += 0 if MARK.fullmatch(run.text) else len(run.text)
            bold += len(run.text) if run.bold and not MARK.fullmatch(run.text) else 0
            line.bold = bold > 0.9 * letters
    return joined
