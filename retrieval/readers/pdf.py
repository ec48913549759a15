"""A PDF: letters with places on a page, made lines, columns, paragraphs, headings and bullets again.

PDFium gives each letter's place and size; all else here is geometry. Sizes are the height of a
letter's box, in points; ``y`` is the baseline, upwards.
"""

from __future__ import annotations

import ctypes
import re
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from statistics import median

import pypdfium2 as pdfium
import pypdfium2.raw as api

from retrieval.layout import is_unfinished
from retrieval.readers.blocks import (
    PAGE,
    Block,
    Notes,
    ReadError,
    Reading,
    clean,
    join_lines,
    to_text,
)
from retrieval.readers.plain import looks_norwegian

MAX_PAGES = 600
_MAX_LETTERS = 4_000_000
_GLYPHS = "•◦○●▪■□▸►‣⁃∙·*–—-\uf0b7\uf0a7\uf0d8\uf0fc\uf076\uf02d✓✔➢➔→"
_MARK = re.compile(rf"(?:[{re.escape(_GLYPHS)}o](?:\s{{1,40}}|$)){{1,3}}")
_NUMBER = re.compile(r"(?:\d{1,2}[.)]|[a-zæøå]\))(?:\s{1,40}|$)")
_PAGE_NUMBER = re.compile(
    r"(?:side\s{1,3}|s\.\s{0,3}|[-–|]\s{0,3})?\d{1,3}(?:\s{0,3}(?:av|/|\|)\s{0,3}\d{1,4})?(?:\s{0,3}[-–|])?",
    re.IGNORECASE,
)
_ENDED = re.compile(r"[.!?:][)»”\"]{0,2}$")
_FOOTNOTE = re.compile(r"(?:\d{1,2}|\*{1,3})[.)]?\s{0,3}[^\W\d]")


@dataclass(slots=True)
class _Run:
    """Letters on one baseline without a gap; after `_rows`, a line of a column."""

    x0: float
    x1: float
    y: float
    size: float
    text: str
    bold: bool
    page: int
    column: int = 0
    left: float = 0.0
    right: float = 0.0
    tight: float = 1e9
    wide: float = 0.0
    """The narrowest and the widest space between its words."""
    row: bool = False
    """A cell of a table's row."""
    parted: bool = False
    """Something was left out right above it."""


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
    pages = _pages(document, count, notes, warnings)
    body = _body_size(pages)
    _leave_out_heads(pages, notes)
    _leave_out_footnotes(pages, body, notes)
    lines: list[_Run] = []
    for page in pages:
        lines.extend(_without_tables(_reading_order(page), notes, warnings))
    blocks = list(_blocks(lines, body))
    return Reading(text=to_text(blocks), pages=count, left_out=notes.all(), warnings=warnings.all())


# ---- letters to runs


def _pages(
    document: pdfium.PdfDocument, count: int, notes: Notes, warnings: Notes
) -> list[list[_Run]]:
    pages: list[list[_Run]] = []
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


def _runs(page: pdfium.PdfPage, number: int, notes: Notes) -> tuple[list[_Run], int, int]:
    """Return the runs of a page in the file's order, how many letters are odd, and how many in all."""
    text_page = page.get_textpage()
    raw = text_page.raw
    box, x, y = api.FS_RECTF(), ctypes.c_double(), ctypes.c_double()
    runs: list[_Run] = []
    parts: list[str] = []
    sizes: list[float] = []
    run: _Run | None = None
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
            or ("\ue000" <= char <= "\uf8ff" and char not in _GLYPHS)
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
        run = _Run(box.left, box.right, y.value, size, "", _bold(raw, i), number)
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


def _rows(runs: Sequence[_Run]) -> list[_Run]:
    """Join the runs of a line: bold words inside it, and a bullet with what stands behind it."""
    joined: list[_Run] = []
    for row in _by_baseline([r for r in runs if r.text]):
        line: _Run | None = None
        letters = bold = 0
        for run in row:
            mark = line is not None and (_MARK.fullmatch(line.text) or _NUMBER.fullmatch(line.text))
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
            letters += 0 if _MARK.fullmatch(run.text) else len(run.text)
            bold += len(run.text) if run.bold and not _MARK.fullmatch(run.text) else 0
            line.bold = bold > 0.9 * letters
    return joined


# ---- what is not text of the programme


def _body_size(pages: Sequence[Sequence[_Run]]) -> float:
    """The size that most letters have."""
    sizes: Counter[float] = Counter()
    for page in pages:
        for line in page:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _leave_out_heads(pages: list[list[_Run]], notes: Notes) -> None:
    """Drop page numbers, and lines in the margin that recur on three pages (on both of two)."""
    places: dict[str, list[float]] = defaultdict(list)
    for page in pages:
        for line in _margin(page):
            places[_digitless(line.text)].append(line.y)
    needed = min(3, max(2, len(pages)))
    for number, page in enumerate(pages, 1):
        dropped = []
        for line in _margin(page):
            where = places[_digitless(line.text)]
            alike = sum(abs(y - line.y) <= 2 for y in where)
            if _PAGE_NUMBER.fullmatch(line.text):
                notes.add("page_number", page=number, sample=line.text)
            elif alike >= needed and not _ENDED.search(line.text) and len(line.text) <= 120:
                notes.add("running_head", page=number, sample=line.text)
            else:
                continue
            dropped.append(line)
        page[:] = [line for line in page if line not in dropped]


def _margin(page: Sequence[_Run]) -> list[_Run]:
    """The first and last two lines of a page, those apart from the text or page numbers."""
    heights = sorted({round(line.y, 1) for line in page}, reverse=True)
    found: list[_Run] = []
    for edge in (heights[:3], heights[::-1][:3]):
        for place, beyond in pairwise(edge):
            lines = [line for line in page if round(line.y, 1) == place]
            apart = abs(place - beyond) >= 1.3 * max(line.size for line in lines)
            if not apart and not any(_PAGE_NUMBER.fullmatch(line.text) for line in lines):
                # The second line of a two-line head is apart from the text, the first is not.
                continue
            found.extend(line for line in lines if line not in found)
    if len(heights) == 1:
        found.extend(line for line in page if _PAGE_NUMBER.fullmatch(line.text))
    return found


def _digitless(text: str) -> str:
    return re.sub(r"\d{1,4}", "#", text)


def _leave_out_footnotes(pages: list[list[_Run]], body: float, notes: Notes) -> None:
    """Drop small print at the foot of a page that begins with a number or a star."""
    for number, page in enumerate(pages, 1):
        foot: list[_Run] = []
        for line in sorted(page, key=lambda r: r.y):
            if line.size >= 0.9 * body:
                break
            foot.append(line)
        while foot and not _FOOTNOTE.match(foot[-1].text):
            foot.pop()
        for line in foot:
            if _FOOTNOTE.match(line.text):
                notes.add("footnote", page=number, sample=line.text)
        page[:] = [line for line in page if line not in foot]


def _without_tables(lines: Sequence[_Run], notes: Notes, warnings: Notes) -> Iterator[_Run]:
    """Leave out the rows of tables: their cells, read across, would make sentences nobody wrote."""
    dropped, before = False, float("inf")
    for line in lines:
        if line.row:
            # The cells of a row come from left to right, so the next row begins further left.
            first = not dropped or line.x0 <= before
            notes.add("table", page=line.page, sample=line.text, count=first)
            warnings.add(
                "table_left_out", page=line.page, sample=line.text, count=first, apart=True
            )  # fmt: skip
            before = line.x0
        else:
            line.parted = dropped
            yield line
        dropped = line.row


# ---- columns


def _reading_order(page: list[_Run]) -> list[_Run]:
    ordered: list[_Run] = []
    for number, column in enumerate(_columns(page, 0)):
        left, right = min(r.x0 for r in column), max(r.x1 for r in column)
        for line in column:
            line.column, line.left, line.right = number, left, right
        rows = _by_baseline(column)
        divided = [len(row) > 1 and not _justified(row) for row in rows]
        for i, row in enumerate(rows):
            # One divided line among whole ones is a stretched line; a table has several.
            near = divided[max(0, i - 1) : i] + divided[i + 1 : i + 2]
            if divided[i] and any(near):
                for line in row:
                    line.row = True
                ordered.extend(row)
            else:
                ordered.append(_as_one(row))
    return ordered


def _by_baseline(lines: Sequence[_Run]) -> list[list[_Run]]:
    rows: list[list[_Run]] = []
    for line in sorted(lines, key=lambda r: (-r.y, r.x0)):
        if rows and abs(rows[-1][0].y - line.y) <= 0.2 * max(line.size, rows[-1][0].size):
            rows[-1].append(line)
        else:
            rows.append([line])
    for row in rows:
        row.sort(key=lambda r: r.x0)
    return rows


def _justified(row: Sequence[_Run]) -> bool:
    """A line stretched to the margin: the spaces between all its words are alike."""
    gaps = [b.x0 - a.x1 for a, b in pairwise(row)]
    inner = [r for r in row if r.wide]
    narrowest = min([*gaps, *(r.tight for r in inner)])
    widest = max([*gaps, *(r.wide for r in inner)])
    words = len(gaps) + len(inner)
    return words > 1 and 0 < widest <= 1.7 * narrowest and widest < 4 * row[0].size


def _as_one(row: Sequence[_Run]) -> _Run:
    first = row[0]
    first.text = " ".join(run.text for run in row)
    first.x1 = max(run.x1 for run in row)
    return first


def _columns(lines: list[_Run], depth: int) -> list[list[_Run]]:
    """Divide at a gutter that few lines cross; a line across it ends the columns above it."""
    gutter = _gutter(lines) if depth < 2 else None
    if gutter is None:
        return [lines] if lines else []
    parts: list[list[_Run]] = []
    left: list[_Run] = []
    right: list[_Run] = []
    across: list[_Run] = []

    def flush() -> None:
        for side in (left, right):
            if side:
                parts.extend(_columns(list(side), depth + 1))
                side.clear()

    for line in sorted(lines, key=lambda r: (-r.y, r.x0)):
        if line.x0 < gutter < line.x1:
            flush()
            across.append(line)
        else:
            if across:
                parts.append(across)
                across = []
            (left if line.x1 <= gutter else right).append(line)
    flush()
    if across:
        parts.append(across)
    return parts


def _gutter(lines: Sequence[_Run]) -> float | None:
    """Return the middle of the white strip between two columns of text, or None."""
    if len(lines) < 10:
        return None
    x0, x1 = min(r.x0 for r in lines), max(r.x1 for r in lines)
    width = x1 - x0
    best: tuple[int, float] | None = None
    strip: list[float] = []
    places = [x0 + width * i / 200 for i in range(44, 157)]
    crossings = [sum(r.x0 < place < r.x1 for r in lines) for place in places]
    least = min(crossings)
    if least > 0.15 * len(lines):
        return None
    for place, count in [*zip(places, crossings, strict=True), (0.0, len(lines) + 1)]:
        if count == least:
            strip.append(place)
            continue
        if strip and (best is None or len(strip) > best[0]):
            best = (len(strip), strip[len(strip) // 2])
        strip = []
    assert best is not None, "the least is somewhere"
    gutter = best[1]
    left = [r for r in lines if r.x1 <= gutter]
    right = [r for r in lines if r.x0 >= gutter]
    if min(len(left), len(right)) < 4:
        return None
    for side in (left, right):
        room = max(r.x1 for r in side) - min(r.x0 for r in side)
        # Columns of text are filled by their lines; those of a table seldom are.
        filled = median(row[-1].x1 - row[0].x0 for row in _by_baseline(side))
        if filled < 0.45 * room or room < 0.15 * width:
            return None
    top, bottom = (
        min(max(r.y for r in s) for s in (left, right)),
        max(min(r.y for r in s) for s in (left, right)),
    )
    return gutter if top - bottom > 2 * lines[0].size else None


# ---- lines to blocks


@dataclass(slots=True)
class _Paragraph:
    lines: list[_Run]
    mark: str = ""
    """The bullet or number it stands behind."""
    indent: float = 0.0
    """Of the mark, from the column's left edge."""
    texts: list[str] = field(default_factory=list)


def _blocks(lines: Sequence[_Run], body: float) -> Iterator[Block]:
    paragraphs = _paragraphs(lines, body)
    styles = sorted(
        {_style(p) for p in paragraphs if _is_heading(p, body)}, key=lambda s: (-s[0], not s[1])
    )
    levels = {style: i for i, style in enumerate(styles, 1)}
    base: float | None = None
    before: _Paragraph | None = None
    for paragraph in paragraphs:
        text = join_lines(paragraph.texts)
        page = paragraph.lines[0].page
        if _is_heading(paragraph, body):
            yield Block(kind="heading", level=levels[_style(paragraph)], text=text, page=page)
            base = None
        elif paragraph.mark and (
            not _NUMBER.fullmatch(paragraph.mark + " ") or _listed(paragraph, before)
        ):
            if base is None or paragraph.indent < base - 2:
                base = paragraph.indent
            level = 1 if paragraph.indent > base + 0.6 * body else 0
            yield Block(kind="bullet", level=level, text=text, page=page)
        else:
            mark = f"{paragraph.mark} " if paragraph.mark else ""
            yield Block(kind="text", text=mark + text, page=page)
            base = None
        before = paragraph


def _listed(paragraph: _Paragraph, before: _Paragraph | None) -> bool:
    """A numbered line is a list item where it is indented, or follows «:» or its neighbour."""
    return paragraph.indent > 4 or (
        before is not None and (bool(before.mark) or before.texts[-1].endswith(":"))
    )


def _style(paragraph: _Paragraph) -> tuple[float, bool]:
    return round(paragraph.lines[0].size), paragraph.lines[0].bold


def _is_heading(paragraph: _Paragraph, body: float) -> bool:
    text = join_lines(paragraph.texts)
    large = min(line.size for line in paragraph.lines) > 1.12 * body
    bold = all(line.bold for line in paragraph.lines) and paragraph.lines[0].size > 0.93 * body
    marked = bool(paragraph.mark) and not _NUMBER.fullmatch(paragraph.mark + " ")
    return (
        (large or bold)
        and not marked
        and len(text) <= 140
        and len(paragraph.lines) <= 4
        and any(c.isalpha() for c in text)
        and not re.search(r"[.:;,]$", text)
    )


def _paragraphs(lines: Sequence[_Run], body: float) -> list[_Paragraph]:
    spacing = _spacing(lines)
    found: list[_Paragraph] = []
    for i, line in enumerate(lines):
        mark = _mark(line)
        previous = lines[i - 1] if i else None
        current = found[-1] if found else None
        if mark and current and previous and _inside(mark, current, previous, line):
            mark = ""
        if (
            current is None
            or previous is None
            or mark
            or _starts(current, previous, line, spacing, body)
        ):
            text = line.text[len(mark) :] if mark else line.text
            found.append(_Paragraph([line], mark.strip(), line.x0 - line.left, [clean(text)]))
        else:
            current.texts.append(PAGE * (line.page - previous.page) + clean(line.text))
            current.lines.append(line)
    return [p for p in found if any(t.strip(PAGE + " ") for t in p.texts)]


def _mark(line: _Run) -> str:
    """The bullet or number that a line begins with, and the space behind it; or empty."""
    found = _MARK.match(line.text) or _NUMBER.match(line.text)
    return found.group() if found and len(line.text) > found.end() else ""


def _inside(mark: str, current: _Paragraph, before: _Run, line: _Run) -> bool:
    """Tell a dash or number that only happens to begin a line: «i ⏎ 10. klasse», «⏎ – og kloden»."""
    if mark.strip() not in ("-", "–", "—") and not _NUMBER.fullmatch(mark):
        return False
    # The first line of a bullet begins at its sign, the others at its text.
    reach = current.lines[-1].x0 + (
        3 * line.size if current.mark and len(current.lines) == 1 else 1
    )
    like = current.mark and bool(_NUMBER.fullmatch(current.mark + " ")) == bool(
        _NUMBER.fullmatch(mark)
    )
    return (
        not like
        and not _ENDED.search(before.text)
        and line.text[len(mark) :][:1].islower()
        and abs(line.size - before.size) <= 0.06 * before.size
        and before.right - before.x1 < 6 * line.size
        and (line.column != before.column or line.page != before.page or line.x0 <= reach)
    )


def _spacing(lines: Sequence[_Run]) -> float:
    """Distance from line to line inside paragraphs, in letter heights."""
    steps = [
        (a.y - b.y) / b.size
        for a, b in pairwise(lines)
        if a.page == b.page and a.column == b.column and abs(a.size - b.size) < 0.5
        if 0.7 * b.size < a.y - b.y < 3 * b.size
    ]
    if not steps:
        return 1.3
    steps.sort()
    return steps[len(steps) // 10]  # a low one: paragraphs' gaps only widen it


def _starts(current: _Paragraph, before: _Run, line: _Run, spacing: float, body: float) -> bool:
    """Tell whether ``line`` begins a paragraph rather than going on with ``current``."""
    if line.parted:
        return True
    if abs(line.size - before.size) > 0.06 * before.size or line.bold != before.bold:
        # A bold word at a line's beginning is no new paragraph; a whole line in another style is.
        return not (abs(line.size - before.size) <= 0.06 * before.size and line.text[:1].islower())
    lower = line.text[:1].islower()
    ended = bool(_ENDED.search(before.text))
    letter = (before.x1 - before.x0) / max(len(before.text), 1)
    # Could the first word have stood on the line before? Letters differ in width: be generous.
    needed = (len(line.text.split()[0]) + (1 if ended else 4)) * letter * (1.15 if ended else 1.3)
    short = before.right - before.x1 > needed and not is_unfinished(before.text)
    if line.page != before.page or line.column != before.column:
        if before.size > 1.12 * body:
            return True
        return not (lower or (not ended and not short))
    gap = (before.y - line.y) / line.size
    if gap > 1.3 * spacing or gap < 0:
        # A wide gap inside a sentence is a picture's or a footnote's doing.
        return not (lower and not ended and gap < 4 * spacing and gap > 0)
    if before.size > 1.12 * body:
        return False  # the lines of one heading
    if ended and not lower and line.text.endswith(":") and len(line.text) < 80:
        return True  # «Volda Arbeidarparti vil:»
    if current.mark:
        hang = current.lines[1].x0 if len(current.lines) > 1 else None
        at_margin = line.x0 <= current.lines[0].x0 + 2
        hanging = hang is None or abs(line.x0 - hang) <= 0.6 * body
        if not lower and ((at_margin and (short or ended)) or not hanging):
            return True
        return False if lower else short and ended and at_margin
    if line.x0 > before.x0 + 0.6 * body and len(current.lines) > 1 and ended:
        return True  # first-line indent
    return short and not lower
