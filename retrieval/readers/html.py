"""A saved web page: its main text, without menus, forms, captions and the rest of the site."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Literal

from lxml import etree, html

from retrieval.readers.blocks import (
    Block,
    Notes,
    ReadError,
    Reading,
    clean,
    is_title,
    note_table,
    to_text,
)

_DEEPEST = 200  # elements inside each other; a hostile page nests without end
_NEVER = frozenset(
    "script style noscript template svg iframe object embed video audio canvas head title link meta"
    " input select textarea button datalist dialog map math".split()
)
_CHROME = {
    "nav": "navigation", "header": "page_head", "footer": "page_foot", "aside": "aside",
    "form": "form", "figcaption": "caption",
}  # fmt: skip
_ROLES = {
    "navigation": "navigation", "banner": "page_head", "contentinfo": "page_foot",
    "complementary": "aside", "search": "form", "dialog": "aside", "alert": "aside",
}  # fmt: skip
# Words in class or id, each a whole word between marks: «site-footer», «cookie_banner».
_NAMES = re.compile(
    r"(?:^|[\s_-])(?:(?P<navigation>nav|navbar|menu|meny|breadcrumbs?|brodsmuler|pagination|toc|skip|skiplink)"
    r"|(?P<page_foot>footer|bunn)|(?P<aside>cookies?|gdpr|consent|banner|sidebar|related|relatert|popup|modal"
    r"|share|sharing|social|del|tags|comments?|newsletter|nyhetsbrev|promo|advert)"
    r"|(?P<caption>caption|bildetekst|byline|photographer|credit))(?:$|[\s_-])",
    re.IGNORECASE,
)
_HIDDEN = re.compile(r"display\s{0,3}:\s{0,3}none|visibility\s{0,3}:\s{0,3}hidden", re.IGNORECASE)
_HEADINGS = {f"h{n}": n for n in range(1, 7)}
_BLOCKS = frozenset(
    "p div section article main ul ol li table thead tbody tfoot tr td th dl dt dd blockquote pre"
    " figure details summary address hr center body html fieldset h1 h2 h3 h4 h5 h6".split()
)
_BULLET = re.compile(r"[•◦○●▪■□▸►‣⁃∙·*–—-]\s{1,10}(?=\S)")
_CHARSET = re.compile(rb"charset\s{0,5}=\s{0,5}[\"']?\s{0,5}([A-Za-z0-9_-]{2,40})", re.IGNORECASE)
_ALL_LINK = 0.9  # of a block's letters
_MAIN_SHARE = 0.3  # of the page's words that <main> or <article> must hold to be trusted


def read(raw: bytes) -> Reading:
    """Read a saved web page.

    Raises:
        ReadError: If it is no HTML, or its letters are not what it says they are.
    """
    text = _decode(raw)
    if not re.search(
        r"<\s{0,3}(?:!doctype html|html|body|div|p|h[1-6]|article|main)\b", text, re.IGNORECASE
    ):
        raise ReadError("other_type")
    parser = html.HTMLParser(
        no_network=True, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = html.document_fromstring(text, parser=parser)
    except (etree.ParserError, etree.XMLSyntaxError, ValueError) as exc:
        raise ReadError("damaged", reason="HTML") from exc
    notes, warnings = Notes(), Notes()
    walk = _Walk(notes, warnings)
    walk.element(_main(root), 0)
    walk.flush()
    text = to_text(_without_link_lists(walk, notes))
    return Reading(text=text, left_out=notes.all(), warnings=warnings.all())


def _decode(raw: bytes) -> str:
    if raw.startswith((b"%PDF-", b"PK\x03\x04", b"\xd0\xcf\x11\xe0")) or b"\0" in raw[:2000].strip(
        b"\xff\xfe"
    ):
        raise ReadError("other_type")
    named = _CHARSET.search(raw[:4096])
    name = named[1].decode("ascii") if named else "utf-8"
    # What the WHATWG's standard has browsers do: Latin-1 is read as Windows-1252.
    name = (
        "cp1252"
        if name.lower() in ("iso-8859-1", "latin1", "latin-1", "ascii", "us-ascii")
        else name
    )
    try:
        return raw.decode("utf-8-sig" if name.lower() in ("utf-8", "utf8") else name)
    except (UnicodeDecodeError, LookupError) as exc:
        line = raw[: exc.start].count(b"\n") + 1 if isinstance(exc, UnicodeDecodeError) else 0
        raise ReadError("not_charset", line=line, name=name) from exc


def _main(root: html.HtmlElement) -> html.HtmlElement:
    """The part that holds the text, where the page says which: <main>, or the one <article>."""
    body = root.find("body")
    whole = root if body is None else body
    for path in (".//main", ".//*[@role='main']", ".//article"):
        found = whole.xpath(path)
        if len(found) == 1 and _words(found[0]) >= _MAIN_SHARE * _words(whole):
            return found[0]
    return whole


def _words(element: html.HtmlElement) -> int:
    return sum(
        len(str(text).split())
        for text in element.xpath(".//text()[not(ancestor::script or ancestor::style)]")
    )


@dataclass(slots=True)
class _Walk:
    """Walks the tree in order, gathering text until a block ends."""

    notes: Notes
    warnings: Notes
    blocks: list[Block] = field(default_factory=list)
    linked: list[float] = field(default_factory=list)
    """Of each block: the share of its letters that are a link."""
    _parts: list[str] = field(default_factory=list)
    _link_letters: int = 0
    _bold_letters: int = 0
    _kind: str = "text"
    _level: int = 0

    def element(
        self,
        element: html.HtmlElement,
        depth: int,
        lists: int = 0,
        *,
        link: bool = False,
        bold: bool = False,
    ) -> None:
        """Take up an element and what is in it, but not the text after it."""
        tag = element.tag if isinstance(element.tag, str) else ""
        if depth > _DEEPEST or tag in _NEVER or not tag:
            return
        why = _chrome(element, tag)
        if why:
            words = clean(element.text_content())
            if words:
                self.notes.add(why, sample=words)
            return
        if tag == "br":
            self._break(element)
            return
        block = tag in _BLOCKS
        if block:
            self.flush()
        if tag == "table" and note_table(
            self.notes, self.warnings, _rows(element), line=element.sourceline or 0
        ):
            return
        kind, level = self._kind, self._level
        if tag in _HEADINGS or tag == "summary":
            self._kind, self._level = "heading", _HEADINGS.get(tag, 4)
        elif tag == "li":
            self._kind, self._level = "bullet", min(max(lists - 1, 0), 1)
        elif tag in ("ul", "ol"):
            lists += 1
        link, bold = link or tag == "a", bold or tag in ("b", "strong")
        self._text(element.text, link=link, bold=bold)
        for child in element:
            self.element(child, depth + 1, lists, link=link, bold=bold)
            self._text(child.tail, link=link, bold=bold)
        if block:
            self.flush()
            self._kind, self._level = kind, level

    def flush(self) -> None:
        """End the block: what was gathered becomes one."""
        text = clean(" ".join("".join(self._parts).split()))
        letters, bold = self._link_letters, self._bold_letters
        self._parts, self._link_letters, self._bold_letters = [], 0, 0
        if not text:
            return
        kind, level = self._kind, self._level
        mark = _BULLET.match(text)
        if mark and kind == "text":
            kind, level, text = "bullet", 0, text[mark.end() :]
        elif mark and kind == "bullet":
            text = text[mark.end() :]  # a bullet typed inside a bullet
        elif kind == "text" and bold >= _ALL_LINK * len(text) and is_title(text):
            kind, level = "heading", 4
        self.blocks.append(Block(kind=kind, text=text, level=level))  # type: ignore[arg-type]
        self.linked.append(letters / len(text))
        if kind == "bullet":
            self._kind, self._level = "text", 0  # a second paragraph in <li> is no second bullet

    def _text(self, text: str | None, *, link: bool, bold: bool) -> None:
        if text:
            self._parts.append(text)
            letters = len(clean(text))
            self._link_letters += letters if link else 0
            self._bold_letters += letters if bold else 0

    def _break(self, element: html.HtmlElement) -> None:
        """A line break ends the paragraph only where a blank line or a bullet follows."""
        following = element.getnext()
        doubled = (
            following is not None and following.tag == "br" and not (element.tail or "").strip()
        )
        if (
            doubled
            or _BULLET.match((element.tail or "").lstrip())
            or _BULLET.match("".join(self._parts).lstrip())
        ):
            self.flush()
        else:
            self._parts.append(" ")


def _rows(table: html.HtmlElement) -> list[list[list[Block]]]:
    """Return what the cells of a table hold, told from their elements: the walk comes later."""
    # Not the rows of a table within: that is a text of its own in one cell of this one.
    rows = table.xpath("./tr | ./thead/tr | ./tbody/tr | ./tfoot/tr")
    return [[_cell(cell) for cell in row.xpath("./td | ./th")] for row in rows]


def _cell(cell: html.HtmlElement) -> list[Block]:
    text = clean(" ".join(cell.text_content().split()))
    if not text:
        return []
    inner = list(cell.iter("table", "li", "p", *_HEADINGS))
    inner = [element.tag for element in cell.iter("table", "li", "p", *_HEADINGS)]
    if len(inner) < 2 and "table" not in inner:
        return [Block(kind="text", text=text)]
    kind: Literal["bullet", "text"] = "text" if set(inner) == {"p"} else "bullet"
    return [Block(kind=kind, text=text), *(Block(kind="text", text="") for _ in inner[1:] or inner)]


def _chrome(element: html.HtmlElement, tag: str) -> str:
    """Name what an element is besides the text; empty: it is the text."""
    if (
        "hidden" in element.attrib
        or element.get("aria-hidden") == "true"
        or _HIDDEN.search(element.get("style") or "")
    ):
        return "hidden"
    if tag in ("body", "html", "main", "article"):
        return ""
    role = _ROLES.get((element.get("role") or "").lower(), "")
    if role or tag in _CHROME:
        # The head of an article is its title; that of a page is the site's.
        if tag == "header" and any(a.tag in ("article", "main") for a in element.iterancestors()):
            return ""
        return role or _CHROME[tag]
    found = _NAMES.search(f"{element.get('class') or ''} {element.get('id') or ''}")
    if found and tag not in _HEADINGS and found.lastgroup:
        # A wrapper whose class says «banner» or «menu» may still hold the whole programme.
        return found.lastgroup if len(element.text_content()) < 3000 else ""
    return ""


def _without_link_lists(walk: _Walk, notes: Notes) -> Iterator[Block]:
    """Leave out what is nothing but a link and is no heading: «Les også», «Tilbake», menus."""
    for block, share in zip(walk.blocks, walk.linked, strict=True):
        if share >= _ALL_LINK and block.kind != "heading":
            notes.add("link", sample=block.text)
        else:
            yield block
