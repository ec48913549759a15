"""A Word document: paragraphs with the heading levels and lists that its styles and numbering state.

Read from the package itself: headers, footers, notes and comments are parts of their own there, so
they never mix with the text.
"""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from lxml import etree

from retrieval.readers.blocks import (
    PAGE,
    Block,
    Notes,
    ReadError,
    Reading,
    clean,
    is_title,
    note_table,
    to_text,
)

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MAX_PART = 64 * 2**20  # bytes of one part, unpacked; a long programme's is some 2 MB
_HEADING = re.compile(r"(?:heading|overskrift|rubrik|tittel|title)\s{0,2}(\d)?", re.IGNORECASE)
_LISTED = re.compile(r"list|punkt|bullet", re.IGNORECASE)
_BULLET = re.compile(r"[•◦○●▪■□▸►‣⁃∙·*–—-]\s{1,10}(?=\S)")
_CONTENTS = re.compile(r"toc\s{0,2}\d|innhold|contents", re.IGNORECASE)
# Text that Word keeps but does not show as the document's: deleted, and the fallback of a drawing.
_SKIPPED = frozenset(
    (f"{_W}del", f"{_W}moveFrom", f"{_W}instrText", f"{_W}pPr", f"{_W}rPr", f"{_W}sectPr",
     "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback")
)  # fmt: skip


def read(raw: bytes) -> Reading:
    """Read a ``.docx``.

    Raises:
        ReadError: If it is encrypted, an old ``.doc``, no Word document, damaged or a zip bomb.
    """
    if raw.startswith(b"\xd0\xcf\x11\xe0"):  # an OLE file: .doc, or a .docx with a password
        raise ReadError("encrypted" if b"E\0n\0c\0r\0y\0p\0t" in raw else "old_word")
    try:
        package = zipfile.ZipFile(io.BytesIO(raw))
    except (zipfile.BadZipFile, ValueError) as exc:
        raise ReadError("damaged" if raw.startswith(b"PK") else "other_type", reason="zip") from exc
    if "word/document.xml" not in package.namelist():
        raise ReadError("other_type")
    body = _part(package, "word/document.xml").find(f"{_W}body")
    if body is None:
        raise ReadError("damaged", reason="document.xml")
    document = _Document(_styles(package), _numberings(package))
    blocks = list(document.blocks(body))
    for name, what in (
        ("footnotes", "footnote"),
        ("endnotes", "footnote"),
        ("comments", "comment"),
    ):
        if f"word/{name}.xml" in package.namelist():
            for note in _part(package, f"word/{name}.xml"):
                words = clean("".join(str(t) for t in note.itertext(f"{_W}t")))
                if words:
                    document.notes.add(what, sample=words)
    for name in package.namelist():
        if re.fullmatch(r"word/(?:header|footer)\d{1,3}\.xml", name):
            words = clean("".join(str(t) for t in _part(package, name).itertext(f"{_W}t")))
            if words:
                document.notes.add("running_head", sample=words)
    return Reading(
        text=to_text(blocks),
        pages=document.page if document.page > 1 else 0,
        left_out=document.notes.all(),
        warnings=document.warnings.all(),
    )


def _part(package: zipfile.ZipFile, name: str) -> etree._Element:
    try:
        with package.open(name) as file:
            # Not the size that the archive states: a bomb's is a lie.
            content = file.read(_MAX_PART + 1)
    except (zipfile.BadZipFile, EOFError, OSError, NotImplementedError, ValueError) as exc:
        raise ReadError("damaged", reason="zip") from exc
    except RuntimeError as exc:  # zipfile's word for a password
        raise ReadError("encrypted") from exc
    if len(content) > _MAX_PART:
        raise ReadError("zip_bomb", most=_MAX_PART // 2**20)
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False
    )
    try:
        return etree.fromstring(content, parser)
    except etree.XMLSyntaxError as exc:
        raise ReadError("damaged", reason="XML") from exc


@dataclass(frozen=True, slots=True)
class _Style:
    name: str = ""
    level: int = 0  # of a heading; 0: none
    numbering: str = ""
    based_on: str = ""


def _styles(package: zipfile.ZipFile) -> Mapping[str, _Style]:
    if "word/styles.xml" not in package.namelist():
        return {}
    found: dict[str, _Style] = {}
    for style in _part(package, "word/styles.xml").iter(f"{_W}style"):
        name = _value(style.find(f"{_W}name"))
        outline = style.find(f"{_W}pPr/{_W}outlineLvl")
        level = 0
        if outline is not None and _value(outline).isdigit() and int(_value(outline)) < 9:
            level = int(_value(outline)) + 1
        elif named := _HEADING.match(name):
            level = int(named[1] or 1)
        found[style.get(f"{_W}styleId") or ""] = _Style(
            name=name,
            level=level,
            numbering=_value(style.find(f"{_W}pPr/{_W}numPr/{_W}numId")),
            based_on=_value(style.find(f"{_W}basedOn")),
        )
    return found


def _numberings(package: zipfile.ZipFile) -> frozenset[str]:
    """Return the ids of the lists; numbered headings («1.2 Skole») are told apart by their style."""
    if "word/numbering.xml" not in package.namelist():
        return frozenset()
    root = _part(package, "word/numbering.xml")
    return frozenset(num.get(f"{_W}numId") or "" for num in root.iter(f"{_W}num"))


def _value(element: etree._Element | None) -> str:
    return "" if element is None else str(element.get(f"{_W}val") or "")


@dataclass(slots=True)
class _Document:
    styles: Mapping[str, _Style]
    numberings: frozenset[str]
    notes: Notes = field(default_factory=Notes)
    warnings: Notes = field(default_factory=Notes)
    page: int = 1

    def blocks(self, parent: etree._Element) -> Iterator[Block]:
        """Yield the blocks of a body, a table cell or a content control, in order."""
        for element in parent:
            if element.tag == f"{_W}p":
                yield from self._paragraph(element)
            elif element.tag == f"{_W}tbl":
                rows = [
                    [list(self.blocks(cell)) for cell in _within(row, "tc", "tr")]
                    for row in _within(element, "tr", "tbl")
                ]
                if not note_table(self.notes, self.warnings, rows):
                    yield from (block for row in rows for cell in row for block in cell)
            elif element.tag in (f"{_W}sdt", f"{_W}ins", f"{_W}customXml", f"{_W}smartTag"):
                inner = element.find(f"{_W}sdtContent")
                yield from self.blocks(element if inner is None else inner)

    def _paragraph(self, paragraph: etree._Element) -> Iterator[Block]:
        page = self.page
        text = clean("".join(self._words(paragraph)))
        if text.startswith(PAGE):
            page += len(text) - len(text.lstrip(PAGE))
            text = text.lstrip(PAGE + " ")
        if text.strip(PAGE + " "):
            style, level, numbering, depth = self._style(paragraph)
            mark = _BULLET.match(text)
            if _CONTENTS.match(style.name):
                self.notes.add("contents", page=page, sample=text)
            elif style.name.lower() in ("caption", "bildetekst"):
                self.notes.add("caption", page=page, sample=text)
            elif level:
                yield Block(kind="heading", text=text, level=level, page=page)
            elif numbering or mark or _LISTED.search(style.name):
                text = text[mark.end() :] if mark else text
                yield Block(kind="bullet", text=text, level=min(depth, 1), page=page)
            elif _all_bold(paragraph) and is_title(text):
                yield Block(kind="heading", text=text, level=4, page=page)
            else:
                yield Block(kind="text", text=text, page=page)
        for box in paragraph.iter(f"{_W}txbxContent"):
            if not any(a.tag in _SKIPPED for a in box.iterancestors()):
                yield from self.blocks(box)

    def _style(self, paragraph: etree._Element) -> tuple[_Style, int, bool, int]:
        """Return the style, its heading level, whether it is a list item, and how deep."""
        properties = paragraph.find(f"{_W}pPr")
        if properties is None:
            return _Style(), 0, False, 0
        style = self.styles.get(_value(properties.find(f"{_W}pStyle")), _Style())
        own = properties.find(f"{_W}outlineLvl")
        level = int(_value(own)) + 1 if own is not None and _value(own).isdigit() else 0
        level = 0 if level > 9 else level
        numbering = _value(properties.find(f"{_W}numPr/{_W}numId"))
        depth = _value(properties.find(f"{_W}numPr/{_W}ilvl"))
        ancestor, steps = style, 0
        while steps < 10:
            level = level or ancestor.level
            numbering = numbering or ancestor.numbering
            if not ancestor.based_on or ancestor.based_on not in self.styles:
                break
            ancestor, steps = self.styles[ancestor.based_on], steps + 1
        nested = int(depth) if depth.isdigit() else (1 if re.search(r"[2-9]$", style.name) else 0)
        listed = numbering not in ("", "0") and (
            numbering in self.numberings or not self.numberings
        )
        return style, level, listed, nested

    def _words(self, element: etree._Element) -> Iterator[str]:
        for child in element:
            tag = child.tag
            if tag in _SKIPPED or tag == f"{_W}txbxContent" or not isinstance(tag, str):
                continue
            if tag == f"{_W}t":
                yield child.text or ""
            elif tag in (f"{_W}tab", f"{_W}cr"):
                yield " "
            elif tag == f"{_W}noBreakHyphen":
                yield "-"
            elif tag == f"{_W}lastRenderedPageBreak":
                self.page += 1
                yield PAGE
            elif tag == f"{_W}br":
                # A page break is followed by Word's own mark of the page; counting both is wrong.
                yield " "
            else:
                yield from self._words(child)


def _within(parent: etree._Element, tag: str, kind: str) -> Iterator[etree._Element]:
    """Yield the rows or cells of a table, also those in content controls, not those of one within."""
    for found in parent.iter(f"{_W}{tag}"):
        if next(found.iterancestors(f"{_W}{kind}")) is parent:
            yield found


def _all_bold(paragraph: etree._Element) -> bool:
    runs = [
        r for r in paragraph.iter(f"{_W}r") if "".join(str(t) for t in r.itertext(f"{_W}t")).strip()
    ]
    return bool(runs) and all(
        (bold := run.find(f"{_W}rPr/{_W}b")) is not None and _value(bold) not in ("0", "false")
        for run in runs
    )
