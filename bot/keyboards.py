"""The buttons under messages. What a button does is told by `callback_data` alone: no state."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from telegram import InlineKeyboardButton as Button
from telegram import InlineKeyboardMarkup as Keyboard
from telegram import SwitchInlineQueryChosenChat

from bot.answering import Answer, Outcome, Reason
from bot.browsing import Entry, page_of, slug_of
from bot.callback_data import (
    AskAgain,
    AskExample,
    ChooseLanguage,
    ChoosePlace,
    Complain,
    Complaint,
    OpenHeading,
    OpenTopic,
    ShowContext,
    TurnPage,
    Verdict,
    Vote,
)
from bot.texts import LANGUAGES, Texts

CHOSEN = "✓"
ROWS = 7  # entries of a menu on a page
LABEL = 60  # characters of a button that a phone still shows
_VOTING_SITE = "https://www.valg.no"
_VOTING = "fast.stemmegivning"

Row = list[Button]


@dataclass(frozen=True, slots=True)
class Links:
    """Where a voter can go on; an empty one is not shown."""

    newsletter: str = ""
    membership: str = ""
    contact: str = ""

    def __bool__(self) -> bool:
        return bool(self.newsletter or self.membership or self.contact)


# ---- under an answer


def under_answer(
    answer_id: str,
    answer: Answer,
    texts: Texts,
    *,
    verdict: Verdict | None = None,
    page: int = 0,
    pages: int = 1,
    share: str = "",
) -> Keyboard | None:
    """Return what a voter can do with an answer. Help in acute need comes alone: None.

    Args:
        answer_id: Empty where nothing was logged: then there is no feedback, and nothing to turn.
        page: Which page of quotes is shown; 0 is the answer as it was given.
        pages: How many there are.
        share: Id of the quote that [Del] shares.
    """
    if answer.is_crisis:
        return None
    if not answer_id:
        return Keyboard([[*([_share(share, texts)] if share else []), to_topics(texts)]])
    rows = [_votes(answer_id, texts, verdict)]
    match answer.outcome:
        case Outcome.HIT | Outcome.WEAK:
            rows += _turning(answer_id, texts, page, pages)
            rows.append(
                [Button(texts.button_context, callback_data=ShowContext(answer_id, 0).encode())]
            )
            if share:
                rows[-1].append(_share(share, texts))
            rows += _elsewhere(answer_id, answer, texts)
            if answer.outcome is Outcome.WEAK:
                rows.append([to_topics(texts)])
        case Outcome.NONE if answer.reason is Reason.OTHER_MUNICIPALITY:
            rows += _elsewhere(answer_id, answer, texts)
            rows.append([to_topics(texts)])
        case Outcome.NONE if answer.reason is Reason.SILENT:
            if answer.municipality:
                everywhere = AskAgain(answer_id, "").encode()
                rows.append([Button(texts.button_everywhere, callback_data=everywhere)])
            missing = Complain(answer_id, Complaint.MISSING).encode()
            rows.append([to_topics(texts), Button(texts.button_missing, callback_data=missing)])
        case Outcome.FIXED if answer.fixed == _VOTING:
            rows.append([Button("valg.no", url=_VOTING_SITE), to_topics(texts)])
        case _:
            if answer.pages:
                rows.append([Button(name, url=page) for name, page in answer.pages])
            rows.append([to_topics(texts)])
    return Keyboard(rows)


def votes(answer_id: str, texts: Texts, verdict: Verdict | None = None) -> Keyboard:
    """Return 👍 and 👎 alone, with ✓ on the one that was chosen."""
    return Keyboard([_votes(answer_id, texts, verdict)])


def marked(shown: Keyboard, vote: Vote, texts: Texts) -> Keyboard:
    """Return a keyboard with the vote marked, and the reasons opened under 👎 or closed.

    Works on what is under the message, however old: what it shows besides stays.
    """
    rows: list[Row] = []
    for row in shown.inline_keyboard:
        if _is(row, Vote):
            rows.append(_votes(vote.answer_id, texts, vote.verdict))
            if vote.verdict is Verdict.NOT_HELPFUL:
                rows += _complaints(vote.answer_id, texts)
        elif not (_is(row, Complain) and len(row) == 1 and not _is_missing(row)):
            rows.append(list(row))
    return Keyboard(rows)


def closed(shown: Keyboard, complaint: Complain) -> Keyboard:
    """Return a keyboard without the reasons, or with ✓ on «Meld som savnet»."""
    rows: list[Row] = []
    for row in shown.inline_keyboard:
        if complaint.complaint is Complaint.MISSING:
            rows.append([_ticked(button, complaint.encode()) for button in row])
        elif not (_is(row, Complain) and not _is_missing(row)):
            rows.append(list(row))
    return Keyboard(rows)


def _ticked(button: Button, data: str) -> Button:
    if button.callback_data != data or button.text.startswith(CHOSEN):
        return button
    return Button(f"{CHOSEN} {button.text}", callback_data=data)


def _is(row: Iterable[Button], form: type[Vote | Complain]) -> bool:
    return any(
        isinstance(b.callback_data, str) and bool(form.PATTERN.match(b.callback_data)) for b in row
    )


def _is_missing(row: Iterable[Button]) -> bool:
    return any(
        isinstance(b.callback_data, str) and b.callback_data.startswith("r1:s:") for b in row
    )


def _votes(answer_id: str, texts: Texts, verdict: Verdict | None) -> Row:
    labels = {Verdict.HELPFUL: texts.helpful, Verdict.NOT_HELPFUL: texts.not_helpful}
    return [
        Button(
            f"{CHOSEN} {label}" if choice is verdict else label,
            callback_data=Vote(answer_id, choice).encode(),
        )
        for choice, label in labels.items()
    ]


def _complaints(answer_id: str, texts: Texts) -> list[Row]:
    labels = {
        Complaint.TOPIC: texts.complaint_topic,
        Complaint.MEANING: texts.complaint_meaning,
        Complaint.PLACE: texts.complaint_place,
        Complaint.OUTDATED: texts.complaint_outdated,
        Complaint.OTHER: texts.complaint_other,
    }
    return [
        [Button(label, callback_data=Complain(answer_id, complaint).encode())]
        for complaint, label in labels.items()
    ]


def _turning(answer_id: str, texts: Texts, page: int, pages: int) -> list[Row]:
    if pages < 2:
        return []
    row: Row = []
    if page > 0:
        back = TurnPage(answer_id, page - 1).encode()
        row.append(Button(texts.button_previous, callback_data=back))
    if page + 1 < pages:
        label = texts.button_more if page == 0 else texts.button_next
        row.append(Button(label, callback_data=TurnPage(answer_id, page + 1).encode()))
    return [row]


def _elsewhere(answer_id: str, answer: Answer, texts: Texts) -> list[Row]:
    """One button a municipality that was not asked about; none where all were."""
    if answer.municipality is None and answer.reason is not Reason.OTHER_MUNICIPALITY:
        return []
    return [
        [
            Button(
                texts.button_same.format(place=place),
                callback_data=AskAgain(answer_id, slug_of(place)).encode(),
            )
        ]
        for place in answer.municipalities
        if place != answer.municipality
    ]


def _share(pledge_id: str, texts: Texts) -> Button:
    return Button(
        texts.button_share,
        switch_inline_query_chosen_chat=SwitchInlineQueryChosenChat(
            query=pledge_id,
            allow_user_chats=True,
            allow_group_chats=True,
            allow_channel_chats=True,
        ),
    )


def to_topics(texts: Texts, *, other: bool = False) -> Button:
    """Return the button that opens the topics."""
    label = texts.button_other_topics if other else texts.button_topics
    return Button(label, callback_data=OpenTopic("").encode())


def topics_row(texts: Texts, *, other: bool = False) -> Keyboard:
    """Return [Se temaer] alone."""
    return Keyboard([[to_topics(texts, other=other)]])


def contexts(answer_id: str, texts: Texts, count: int, shown: int) -> Keyboard | None:
    """Return a button for each other quote of an answer; None where there is only one."""
    row = [
        Button(
            texts.button_quote.format(number=number + 1),
            callback_data=ShowContext(answer_id, number).encode(),
        )
        for number in range(count)
        if number != shown
    ]
    return Keyboard([row[i : i + 3] for i in range(0, len(row), 3)]) if row else None


# ---- choices


def places(municipalities: Sequence[str], chosen: str | None, texts: Texts) -> Keyboard:
    """Return one button a municipality and one for all, with ✓ on what is chosen."""
    rows = [(place, place, slug_of(place)) for place in municipalities]
    rows.append((texts.place_all, "", ""))
    return Keyboard(
        [
            [
                Button(
                    f"{CHOSEN} {label}" if place == (chosen or "") else label,
                    callback_data=ChoosePlace(slug).encode(),
                )
            ]
            for label, place, slug in rows
        ]
    )


def languages(texts: Texts) -> Keyboard:
    """Return one button a language, with ✓ on the one that is spoken."""
    return Keyboard(
        [
            [
                Button(
                    f"{CHOSEN} {other.language_name}" if other is texts else other.language_name,
                    callback_data=ChooseLanguage(code).encode(),
                )
            ]
            for code, other in LANGUAGES.items()
        ]
    )


def examples(questions: Sequence[tuple[str, str]], texts: Texts) -> Keyboard:
    """Return one button a question, from (key, question), and [Se temaer]."""
    rows = [
        [Button(_short(question), callback_data=AskExample(key).encode())]
        for key, question in questions
    ]
    return Keyboard([*rows, [to_topics(texts)]])


def engage(links: Links, texts: Texts) -> Keyboard:
    """Return the links that are configured."""
    labelled = (
        (texts.engage_newsletter, links.newsletter),
        (texts.engage_membership, links.membership),
        (texts.engage_contact, links.contact),
    )
    return Keyboard([[Button(label, url=url)] for label, url in labelled if url])


# ---- browse


def topic_menu(
    entries: Sequence[Entry], texts: Texts, *, topic: str, up: str | None, page: int
) -> Keyboard:
    """Return a page of topics; ``up`` is the topic above, None at the root."""
    shown, at, pages = page_of(entries, page, ROWS)
    rows = [[Button(_label(e), callback_data=OpenTopic(e.key).encode())] for e in shown]
    rows += _paging(texts, at, pages, lambda n: OpenTopic(topic, n).encode())
    if up is None:
        rows.append([Button(texts.button_headings, callback_data=OpenHeading("").encode())])
    else:
        rows.append([Button(texts.button_up, callback_data=OpenTopic(up).encode())])
    return Keyboard(rows)


def heading_menu(
    entries: Sequence[Entry], texts: Texts, *, page: int, with_topics: bool
) -> Keyboard:
    """Return a page of headings."""
    shown, at, pages = page_of(entries, page, ROWS)
    rows = [[Button(_label(e), callback_data=OpenHeading(e.key).encode())] for e in shown]
    rows += _paging(texts, at, pages, lambda n: OpenHeading("", n).encode())
    if with_topics:
        rows.append([Button(texts.button_by_topic, callback_data=OpenTopic("").encode())])
    return Keyboard(rows)


def leaf(
    texts: Texts,
    press: OpenTopic | OpenHeading,
    up: OpenTopic | OpenHeading,
    pages: int,
    share: str,
) -> Keyboard:
    """Return the buttons under a page of a topic's or heading's pledges."""
    kind, key = type(press), press.topic if isinstance(press, OpenTopic) else press.key
    rows = _paging(texts, press.page, pages, lambda n: kind(key, n).encode())
    rows.append([Button(texts.button_up, callback_data=up.encode())])
    if share:
        rows[-1].append(_share(share, texts))
    return Keyboard(rows)


def neighbours(entries: Sequence[Entry], texts: Texts, *, by_topic: bool) -> Keyboard:
    """Return topics (or headings) next to an answer's, and [Se andre saker]."""
    form = OpenTopic if by_topic else OpenHeading
    rows = [[Button(_label(e), callback_data=form(e.key).encode())] for e in entries]
    return Keyboard([*rows, [to_topics(texts, other=True)]])


def _paging(texts: Texts, page: int, pages: int, data: Callable[[int], str]) -> list[Row]:
    row: Row = []
    if page > 0:
        row.append(Button(texts.button_previous, callback_data=data(page - 1)))
    if page + 1 < pages:
        row.append(Button(texts.button_next, callback_data=data(page + 1)))
    return [row] if row else []


def _label(entry: Entry) -> str:
    return f"{_short(entry.name)} ({entry.count})"


def _short(text: str) -> str:
    """Cut a label (never a quote) to what a button shows."""
    return text if len(text) <= LABEL else text[: LABEL - 1].rstrip() + "…"
