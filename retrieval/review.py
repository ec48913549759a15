"""What an editor should look at in an extraction: headings found, and what was left out and why."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from retrieval.document import Pledge, Programme
from retrieval.extraction import body_end, is_chrome, is_lead_in, page_at
from retrieval.layout import Paragraph, is_heading, read_layout
from retrieval.sentences import sentences


@dataclass(frozen=True, slots=True, kw_only=True)
class LeftOut:
    """Text that is no pledge. ``why`` names the sentence in ``bot/texts/programmes.py``."""

    why: str
    text: str
    line: int
    page: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Review:
    """Headings in order, and what was left out in order."""

    headings: tuple[str, ...]
    left_out: tuple[LeftOut, ...]


def review(programme: Programme, pledges: Sequence[Pledge]) -> Review:
    """Go through a programme beside its pledges."""
    text = programme.text
    end = body_end(text)
    layout = read_layout(text, 0, end)
    headings: list[str] = []
    left_out: list[LeftOut] = []
    spans = sorted((pledge.start, pledge.end) for pledge in pledges)

    def leave(why: str, start: int, stop: int) -> None:
        words = " ".join(text[start:stop].split())
        line = text.count("\n", 0, start) + 1
        left_out.append(LeftOut(why=why, text=words, line=line, page=page_at(text, start)))

    for paragraph in layout.paragraphs:
        body = paragraph.text
        if is_chrome(body):
            leave("chrome", paragraph.start, paragraph.end)
        elif is_lead_in(body):
            continue
        elif paragraph.heading or (
            not layout.marked
            and not paragraph.glyph
            and len(paragraph.lines) == 1
            and is_heading(body)
        ):
            headings.append(body)
        else:
            for start, stop in _pieces(text, paragraph):
                if not any(first < stop and start < last for first, last in spans):
                    why = "bullet" if paragraph.glyph else "prose"
                    # The parent of nested bullets stands above each of them.
                    if not (paragraph.glyph and body.endswith(":")):
                        leave(why, start, stop)
    if end < len(text):
        leave("tail", end, len(text))
    return Review(headings=tuple(headings), left_out=tuple(left_out))


def _pieces(text: str, paragraph: Paragraph) -> Iterator[tuple[int, int]]:
    if paragraph.glyph:
        yield paragraph.start, paragraph.end
        return
    for start, stop in sentences(text[paragraph.start : paragraph.end]):
        yield paragraph.start + start, paragraph.start + stop
