"""Answer to a message: Telegram HTML, or plain text for the terminal. Pure.

Both are made from the same lines, so what a voter reads is the same in every channel. Everything is
escaped here. A quote is shown whole or not at all: a cut quote is not verbatim.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from html import escape
from itertools import groupby
from typing import Literal

from bot.answering import Answer, Outcome, Reason
from bot.texts import Texts
from retrieval.document import Pledge, Programme, Standing

LIMIT = 4096  # code points, after Telegram has parsed the markup (td: MessageContent.cpp)

Role = Literal["text", "note", "place", "parent", "quote", "source"]
_HTML: dict[Role, str] = {
    "text": "{}",
    "note": "<i>{}</i>",
    "place": "<b>{}</b>",
    "parent": "<i>{}</i>",
    "quote": "<blockquote>{}</blockquote>",
    "source": "<i>{}</i>",
}
_PLAIN: dict[Role, str] = {
    "text": "{}",
    "note": "{}",
    "place": "{}",
    "parent": "{}",
    "quote": "  «{}»",
    "source": "  {}",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a message: what it is, and its words as they are read (not escaped)."""

    role: Role
    text: str


Paragraph = tuple[Line, ...]


def render_html(answer: Answer, texts: Texts, *, party: str, this_year: int) -> str:
    """Return the answer as one Telegram message with ``parse_mode=HTML``, within its limits.

    ``party`` is as voters know it, for the sentences about other parties; ``this_year`` decides
    which periods have ended or are to come.
    """
    return to_html(answer_paragraphs(answer, texts, party, this_year))


def render_text(answer: Answer, texts: Texts, *, party: str, this_year: int) -> str:
    """Return the same message as plain text, for a terminal."""
    return to_text(answer_paragraphs(answer, texts, party, this_year))


def to_html(paragraphs: Iterable[Paragraph]) -> str:
    """Write paragraphs for ``parse_mode=HTML``."""
    return _join(paragraphs, lambda line: _HTML[line.role].format(escape(line.text, quote=False)))


def to_text(paragraphs: Iterable[Paragraph]) -> str:
    """Write paragraphs as plain text, for a terminal."""
    return _join(paragraphs, lambda line: _PLAIN[line.role].format(line.text))


def length(paragraphs: Iterable[Paragraph]) -> int:
    """Return how long a message is, counted as Telegram does: without the markup."""
    return len(_join(paragraphs, lambda line: line.text))


def fit(answer: Answer, texts: Texts, *, this_year: int) -> Answer:
    """Return the answer with those of its hits that one message can show whole, best first.

    Log and render what this returns: then the log says what the voter saw. Where not even one fits,
    the answer comes back as it was; its message names the programme instead. What one message
    cannot show is left for the next.
    """
    hits = tuple(h for h in answer.hits if _fits(replace(answer, hits=(h,)), texts, this_year))
    more = tuple(h for h in answer.more if _fits(replace(answer, hits=(h,)), texts, this_year))
    while len(hits) > 1 and not _fits(replace(answer, hits=hits), texts, this_year):
        hits, more = hits[:-1], (hits[-1], *more)
    return replace(answer, hits=hits, more=more) if hits else answer


def period_label(programme: Programme, texts: Texts, this_year: int) -> str:
    """Return the programme's period for people: «2019-2023, perioden er over»."""
    sentence = {
        Standing.UNDATED: texts.period_unknown,
        Standing.ENDED: texts.period_ended,
        Standing.COMING: texts.period_coming,
        Standing.CURRENT: "{period}",
    }[programme.standing(this_year)]
    return sentence.format(period=programme.period)


def listed(names: Sequence[str], texts: Texts) -> str:
    """Join names as people do: «Asker, Bærum og Lørenskog»."""
    if len(names) < 2:
        return "".join(names)
    return f"{', '.join(names[:-1])} {texts.and_word} {names[-1]}"


# ---- what is said


def answer_paragraphs(answer: Answer, texts: Texts, party: str, this_year: int) -> list[Paragraph]:
    """Return what the message of an answer is made of. Every outcome has its line here."""
    match answer.outcome:
        case Outcome.HIT | Outcome.WEAK:
            shown = fit(answer, texts, this_year=this_year)
            if not _fits(shown, texts, this_year):
                return [(Line("text", _too_long(answer.hits[0].pledge, texts, this_year)),)]
            return _found(shown, texts, this_year)
        case Outcome.FIXED if answer.is_crisis:
            return [(Line("text", answer.fixed_text),)]
        case Outcome.FIXED if answer.fixed_text:
            return [(Line("note", texts.fixed_label), Line("text", answer.fixed_text))]
        case Outcome.FIXED | Outcome.NONE:
            return [(Line("text", _nothing(answer, texts, party)),)]


def _nothing(answer: Answer, texts: Texts, party: str) -> str:
    """Say why nothing is quoted."""
    match answer.reason:
        case Reason.OTHER_PARTY:
            return texts.none_other_party.format(party=party, names=listed(answer.names, texts))
        case Reason.OTHER_MUNICIPALITY:
            return texts.none_other_municipality.format(
                names=listed(answer.names, texts), places=listed(answer.municipalities, texts)
            )
        case Reason.EMPTY:
            return texts.none_empty
        case _ if answer.municipality:
            return texts.none_silent_in.format(place=answer.municipality)
        case _:
            return texts.none_silent


def _too_long(pledge: Pledge, texts: Texts, this_year: int) -> str:
    period = period_label(pledge.programme, texts, this_year)
    return texts.quote_too_long.format(title=pledge.programme.title, period=period)


def _found(answer: Answer, texts: Texts, this_year: int) -> list[Paragraph]:
    """Quotes by municipality, in a fixed order; in each the best first."""
    paragraphs: list[Paragraph] = []
    if answer.outcome is Outcome.WEAK:
        paragraphs.append((Line("note", texts.weak),))
    elif texts.code == "en":
        paragraphs.append((Line("note", texts.quotes_language),))
    pledges = [hit.pledge for hit in answer.hits]
    return paragraphs + quoted(pledges, texts, this_year, order=answer.municipalities)


def quoted(
    pledges: Sequence[Pledge], texts: Texts, this_year: int, *, order: Sequence[str] = ()
) -> list[Paragraph]:
    """Return pledges as quotes with their sources, by municipality.

    Municipalities come in ``order``, whichever has the best quote; others as they come.
    """
    places: dict[str, list[Pledge]] = {place: [] for place in order}
    for pledge in pledges:
        places.setdefault(pledge.municipality, []).append(pledge)
    paragraphs: list[Paragraph] = []
    for own in filter(None, places.values()):
        blocks = [_block(list(group), texts, this_year) for _, group in groupby(own, key=_setting)]
        head = Line("place", place_line(own[0]))
        paragraphs += [(head, *blocks[0]), *blocks[1:]]
    return paragraphs


def _setting(pledge: Pledge) -> tuple[str, ...]:
    """What quotes must share to stand under one lead-in and one source line."""
    return (pledge.programme.file, pledge.lead_in, pledge.parent, *pledge.headings[-1:])


def _block(pledges: Sequence[Pledge], texts: Texts, this_year: int) -> Paragraph:
    first = pledges[0]
    source = [period_label(first.programme, texts, this_year)]
    if first.headings:
        source.insert(0, texts.under_heading.format(heading=first.headings[-1]))
    return (
        *((Line("text", first.lead_in),) if first.lead_in else ()),
        *(
            (Line("parent", texts.under_parent.format(parent=first.parent)),)
            if first.parent
            else ()
        ),
        *(Line("quote", pledge.quote) for pledge in pledges),
        Line("source", " · ".join(source)),
    )


def place_line(pledge: Pledge) -> str:
    """Return municipality and party, without saying twice what the lead-in right below says."""
    party, place = pledge.programme.party, pledge.municipality
    if pledge.lead_in.casefold().startswith(party.casefold()):
        return place
    return party if place.casefold() in party.casefold() else f"{place} · {party}"


# ---- how it is written


def _join(paragraphs: Iterable[Paragraph], write: Callable[[Line], str]) -> str:
    return "\n\n".join("\n".join(write(line) for line in lines) for lines in paragraphs)


def _fits(answer: Answer, texts: Texts, this_year: int) -> bool:
    """Whether one message can hold the quotes."""
    return length(_found(answer, texts, this_year)) <= LIMIT
