"""Programme text to pledges: headings, lead-ins, bullets, nested bullets and prose.

One pass over the paragraphs with the state a reader keeps in mind: under which heading, after
which lead-in («Bærum Arbeiderparti vil:»), inside which list.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from retrieval.commitment import is_commitment, is_demand
from retrieval.document import Kind, Pledge, Programme, pledge_id
from retrieval.layout import Layout, Paragraph, is_heading, read_layout
from retrieval.readers.blocks import PAGE
from retrieval.sentences import sentences
from retrieval.verbatim import Span, is_verbatim, quote_of

# The web pages of a party end in a form: everything from «Er du enig med …?» on is site chrome.
_CHROME_TAIL = re.compile(
    r"^[^\S\n]{0,8}(?:Er du enig med [^\n]{1,200}\?|Takk for din tilbakemelding!|Se andre politiske saker"
    r"|Del (?:denne|siden) på|Meld deg på nyhetsbrev)",
    re.MULTILINE,
)
_CHROME_LINE = re.compile(
    r"(?:background|Bilde av .{1,200}|Foto: .{1,80}|Illustrasjon: .{1,80}|Les mer.{0,60}|Del på .{1,40}"
    r"|.{0,160}\bFoto: .{1,80})$"
)
_WILL = r"(?:vil|skal|ønsker|ønskjer|går inn for|arbeider for|jobber for|vil arbeide for|vil jobbe for|lover)"
# «… vil:», «… vil arbeide for at:», «Dette vil vi:», and «… vil: sikre at …» with the first item.
_LEAD_IN = re.compile(
    rf"(?P<lead>[^:.!?]{{0,120}}\b{_WILL}\b(?:[^:.!?]{{0,40}}:$|(?:\s(?:at|å|for|vi|derfor)){{0,3}}:))"
    r"\s{0,10}(?P<rest>\S.{0,4000})?$",
    re.DOTALL | re.IGNORECASE,
)
_BARE_LEAD_IN = re.compile(
    r"(?:vi|me|partiet|[\wæøåÆØÅ -]{2,60}(?:parti|partiet)|derfor|dette"
    r"|(?:[\wæøåÆØÅ -]{2,60}\s)?(?:ap|høyre|høgre|venstre|sv|sp|rødt|raudt|krf|mdg|frp))"
    r"\s(?:vil|skal|ønsker|ønskjer)(?:\s(?:vi|me))?$",
    re.IGNORECASE,
)


class ExtractionError(Exception):
    """A quote that cannot be proved verbatim. Never expected: it guards the build."""

    def __init__(self, file: str, line: int, quote: str) -> None:
        super().__init__(f"{file}:{line}: not verbatim: {quote}")
        self.line, self.quote = line, quote


@dataclass(slots=True)
class _State:
    headings: tuple[str, ...] = ()
    levels: tuple[int, ...] = ()
    """Of marked headings, one each."""
    lead_level: int = 0
    """Deepest level above the lead-in: a heading that is no deeper ends it."""
    lead_used: bool = False
    lead_in: str = ""
    parent: str = ""
    heading_run: bool = False
    title: str = ""


def extract(programme: Programme) -> list[Pledge]:
    """Return the pledges of a programme, in its order.

    Raises:
        ExtractionError: If a quote cannot be proved verbatim.
    """
    text = programme.text
    layout = read_layout(text, 0, body_end(text))
    pledges: list[Pledge] = []
    taken: set[str] = set()
    seen: set[str] = set()
    for start, end, kind, state in _spans(text, layout, programme.title):
        quote = quote_of(text, start, end, layout.furniture)
        line = text.count("\n", 0, start) + 1
        if not is_verbatim(quote, text, start, end, layout.furniture):
            raise ExtractionError(programme.file, line, quote)
        key = f"{state.parent}|{quote.casefold().rstrip('. ')}"
        if key in seen and kind == "bullet" and state.lead_in and _repeated(pledges, quote):
            continue
        seen.add(key)
        pledges.append(
            Pledge(
                id=pledge_id(programme, quote, taken),
                quote=quote,
                programme=programme,
                headings=state.headings,
                lead_in="" if kind == "prose" else state.lead_in,
                parent=state.parent,
                kind=kind,
                start=start,
                end=end,
                line=line,
                page=page_at(text, start),
            )
        )
    return pledges


def body_end(text: str) -> int:
    """Return where the programme ends and the form of the web page around it begins."""
    tail = _CHROME_TAIL.search(text)
    return tail.start() if tail else len(text)


def is_chrome(paragraph: str) -> bool:
    """Tell a caption or a «Les mer» from text."""
    return bool(_CHROME_LINE.fullmatch(paragraph))


def is_lead_in(paragraph: str) -> bool:
    """Tell «Bærum Arbeiderparti vil:», which stands above its pledges and is none."""
    found = _LEAD_IN.match(paragraph)
    return bool((found and not found["rest"]) or _BARE_LEAD_IN.fullmatch(paragraph))


def page_at(text: str, start: int) -> int | None:
    """Return the page that an offset is on, from 1; None where the text has no page marks."""
    return text.count(PAGE, 0, start) + 1 if PAGE in text else None


def _repeated(pledges: list[Pledge], quote: str) -> bool:
    """The same bullet twice in a row is a slip of the source, shown once."""
    return bool(pledges) and pledges[-1].quote == quote


def _spans(text: str, layout: Layout, title: str) -> Iterator[tuple[int, int, Kind, _State]]:
    """Yield the span, kind and surroundings of each pledge."""
    state = _State(title=title.casefold())
    paragraphs = layout.paragraphs
    for i, paragraph in enumerate(paragraphs):
        body = paragraph.text
        follower = paragraphs[i + 1] if i + 1 < len(paragraphs) else None
        if _CHROME_LINE.fullmatch(body):
            continue
        if paragraph.heading:
            _marked_heading(state, paragraph, follower)
            continue
        if paragraph.glyph:
            state.lead_used = True
        if paragraph.glyph:
            yield from _bullet(text, layout, paragraph, follower, state)
            state.heading_run = False
            continue
        state.parent = ""
        lead = _LEAD_IN.match(body)
        if lead:
            state.lead_in = _lead_in(lead["lead"], paragraphs[i - 1] if i else None)
            state.lead_level, state.lead_used = max(state.levels, default=0), False
            state.heading_run = False
            if lead["rest"]:
                start = paragraph.start + text[paragraph.start : paragraph.end].index(":") + 1
                start += len(text[start:]) - len(text[start:].lstrip())
                yield start, paragraph.end, "bullet", _copy(state)
        elif (_BARE_LEAD_IN.fullmatch(body) or body.endswith(":")) and follower and follower.glyph:
            state.lead_in = body
            state.lead_level, state.lead_used = max(state.levels, default=0), False
        elif not layout.marked and len(paragraph.lines) == 1 and is_heading(body):
            _heading(state, body)
        elif state.lead_in and body[:1].islower() and is_demand(body):
            yield paragraph.start, paragraph.end, "bullet", _copy(state)
        else:
            state.lead_in = ""
            state.heading_run = False
            yield from _prose(text, layout.furniture, paragraph, state)


def _bullet(
    text: str, layout: Layout, paragraph: Paragraph, follower: Paragraph | None, state: _State
) -> Iterator[tuple[int, int, Kind, _State]]:
    body = paragraph.text
    if body.endswith(":") and follower and follower.glyph and follower.level > paragraph.level:
        state.parent = quote_of(text, paragraph.start, paragraph.end, layout.furniture)
        return  # its children carry it
    if paragraph.level == 0:
        state.parent = ""
    if state.lead_in or state.parent or is_demand(body) or is_commitment(body):
        yield paragraph.start, paragraph.end, "bullet", _copy(state)


def _prose(
    text: str, furniture: list[Span], paragraph: Paragraph, state: _State
) -> Iterator[tuple[int, int, Kind, _State]]:
    body = text[paragraph.start : paragraph.end]
    for first, last in furniture:  # blank it out, so that offsets stay true
        if paragraph.start <= first and last <= paragraph.end:
            a, b = first - paragraph.start, last - paragraph.start
            body = body[:a] + " " * (b - a) + body[b:]
    for first, last in sentences(body):
        sentence = " ".join(body[first:last].split())
        if sentence.endswith((".", "»", ")")) and is_commitment(sentence):
            yield paragraph.start + first, paragraph.start + last, "prose", _copy(state)


def _heading(state: _State, heading: str) -> None:
    """Text has no heading levels: the title stays, and a heading right after a heading is below it.

    Other headings replace each other, since a wrong chapter above a quote would mislead more than
    none.
    """
    titled = bool(state.headings) and state.headings[0].casefold() == state.title
    root = state.headings[:1] if titled else ()
    if heading.casefold() == state.title:
        state.headings = (heading,)
    elif state.heading_run:
        state.headings = (*state.headings[:3], heading)
    else:
        state.headings = (*root, heading)
    state.heading_run = True


def _marked_heading(state: _State, paragraph: Paragraph, follower: Paragraph | None) -> None:
    """Levels are known: a heading ends those of its level and below. «Vi vil:» is a lead-in."""
    body, level = paragraph.text, paragraph.heading
    state.parent = ""
    if _LEAD_IN.match(body) or (
        (_BARE_LEAD_IN.fullmatch(body) or body.endswith(":")) and follower and follower.glyph
    ):
        state.lead_in = body
        state.lead_level, state.lead_used = max(state.levels, default=0), False
        return
    kept = sum(above < level for above in state.levels)
    state.headings = (*state.headings[:kept], body)
    state.levels = (*state.levels[:kept], level)
    if state.lead_in and not state.lead_used:
        state.lead_level = level - 1  # «… vil:» right above a heading holds for that and its equals
    elif level <= state.lead_level:
        state.lead_in = ""


def _lead_in(lead: str, previous: Paragraph | None) -> str:
    """Mend a lead-in whose first words were torn off: «… næringslivet. Asker ⏎⏎ Arbeiderparti vil»."""
    party = r"\w{0,20}[Pp]arti|Høgre|Høyre|Venstre|SV|Rødt|Raudt"
    if previous and not previous.glyph and re.match(party, lead):
        rest = re.search(r"[.!?]\s{1,10}([A-ZÆØÅ][\wæøåÆØÅ -]{1,40})$", previous.text)
        if rest:
            return f"{rest[1].strip()} {lead}"
    return lead


def _copy(state: _State, parent: str | None = None) -> _State:
    return _State(
        headings=state.headings,
        lead_in=state.lead_in,
        parent=state.parent if parent is None else parent,
    )
