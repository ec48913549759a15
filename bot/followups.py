"""What a message means after the one before it: «Hva med Asker?», «hvorfor det?», «mer». Pure.

The question before is held in memory only, per chat, for minutes, and never more than so many.
"""

from __future__ import annotations

import time
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from enum import StrEnum
from typing import Generic, TypeVar

from retrieval import words
from retrieval.analysis import word_tokenizer
from retrieval.question import QuestionReader
from retrieval.topics import plain

_V = TypeVar("_V")
MINUTES = 15
CHATS = 10_000  # some 300 bytes each

# A message of a place and only such words asks the question before it about that place.
_FRAME = frozenset(
    """og hva kva hvordan korleis med enn i så da men for også òg hos gjelder gjeld det er likt samme
    same sak spørsmål her der den kommune kommunen kommuna da ap arbeiderparti arbeiderpartiet
    arbeidarparti and what about in how the of then of council municipality enn""".split()
)
_PREPOSITIONS = frozenset("i in for på hos og and eller or".split())
_KINDS = frozenset("kommune kommunen kommunes ap arbeiderparti arbeiderpartiet".split())
_WHY = frozenset(
    (
        "hvorfor", "hvorfor det", "men hvorfor", "men hvorfor det", "og hvorfor det", "hvorfor da",
        "hvorfor mener dere det", "hvorfor vil dere det", "hva er begrunnelsen", "begrunnelse",
        "kvifor", "kvifor det", "men kvifor", "kvifor meiner de det", "kvifor vil de det",
        "kva er grunngjevinga", "why", "why is that", "why so", "but why", "how come",
        "hvordan da", "hvordan det", "korleis då", "korleis det", "how so",
    )
)  # fmt: skip
_MORE = frozenset(
    (
        "mer", "mer om det", "fortell mer", "si mer", "vis mer", "vis flere", "flere", "flere løfter",
        "har dere mer", "noe mer", "er det alt", "meir", "meir om det", "fortel meir", "fleire",
        "noko meir", "more", "tell me more", "show more", "anything else", "is that all",
    )
)  # fmt: skip


class Kind(StrEnum):
    """What a message is, after the one before it."""

    NEW = "new"
    PLACE = "place"
    WHY = "why"
    MORE = "more"


@dataclass(frozen=True, slots=True)
class Before:
    """What was asked and shown before, in one chat.

    Attributes:
        question: As it was understood: a follow-up to a follow-up builds on the first.
        pledge_ids: Of every quote shown for it so far.
        more: Ids of those that are left to show, best first.
    """

    question: str
    pledge_ids: tuple[str, ...] = ()
    more: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Understood:
    """A message as a question that stands alone.

    Attributes:
        text: What to answer; the message itself where it stands alone.
    """

    text: str
    kind: Kind


def understand(message: str, before: Before | None, reader: QuestionReader) -> Understood:
    """Read a message in the light of the one before it; without one it stands alone."""
    if before is None:
        return Understood(message, Kind.NEW)
    said = plain(message)
    if said in _WHY:
        return Understood(before.question, Kind.WHY)
    if said in _MORE:
        return Understood(before.question, Kind.MORE)
    places = _only_places(message, reader)
    if not places:
        return Understood(message, Kind.NEW)
    joined = " og ".join(places)
    return Understood(f"{without_places(before.question, reader)} i {joined}?", Kind.PLACE)


def without_places(question: str, reader: QuestionReader) -> str:
    """Return a question without the municipalities it names: «Skole i Bærum?» -> «Skole»"""
    tokens = list(word_tokenizer(words.nfc(question)))
    named = _places(question, reader)
    gone: set[int] = set()
    for i in named:
        gone.add(i)
        if i and tokens[i - 1].term.lower() in _PREPOSITIONS:
            gone.add(i - 1)
        if i + 1 < len(tokens) and tokens[i + 1].term.lower() in _KINDS:
            gone.add(i + 1)
    text = words.nfc(question)
    parts, at = [], 0
    for i in sorted(gone):
        parts.append(text[at : tokens[i].start])
        at = tokens[i].end
    parts.append(text[at:])
    return " ".join("".join(parts).split()).rstrip("?!., ")


def _only_places(message: str, reader: QuestionReader) -> list[str]:
    """Return the municipalities of a message that holds nothing else; empty where it does."""
    named = _places(message, reader)
    tokens = [token.term.lower() for token in word_tokenizer(words.nfc(message))]
    if not named or len(tokens) > 12:
        return []
    if any(word not in _FRAME for i, word in enumerate(tokens) if i not in named):
        return []
    return list(dict.fromkeys(named.values()))


def _places(text: str, reader: QuestionReader) -> dict[int, str]:
    """Return the municipalities, here or elsewhere, by the number of the word that names them."""
    raw = [token.term for token in word_tokenizer(words.nfc(text))]
    lower = [word.lower() for word in raw]
    places = reader.places
    found: dict[int, str] = {}
    for i, word in enumerate(raw):
        name = places.own_municipality(word) or places.other_municipality(lower, i, word)
        if name:
            found[i] = name
    return found


@dataclass(frozen=True, slots=True)
class Answered:
    """Which message of the bot answers a question, so that it can follow an edit of the question.

    Attributes:
        answer_id: In the log; empty where it is not there.
    """

    message_id: int
    answer_id: str


class Recent(Generic[_V]):
    """What was last, by chat or message: in memory only, forgotten after minutes. Bounded.

    Args:
        clock: Seconds that only go forward.
        most: How many are remembered; the one longest untouched is forgotten first.
    """

    def __init__(
        self,
        clock: Callable[[], float] = time.monotonic,
        *,
        minutes: float = MINUTES,
        most: int = CHATS,
    ) -> None:
        self._clock, self._seconds, self._most = clock, minutes * 60, most
        self._kept: OrderedDict[Hashable, tuple[float, _V]] = OrderedDict()

    def __len__(self) -> int:
        self._forget_old()
        return len(self._kept)

    def get(self, key: Hashable) -> _V | None:
        """Return what was last, or None."""
        self._forget_old()
        kept = self._kept.get(key)
        return kept[1] if kept else None

    def remember(self, key: Hashable, last: _V) -> None:
        """Keep this as the last, for minutes from now."""
        self._kept[key] = (self._clock() + self._seconds, last)
        self._kept.move_to_end(key)
        self._forget_old()
        while len(self._kept) > self._most:
            self._kept.popitem(last=False)

    def forget(self, key: Hashable) -> None:
        """Forget it now."""
        self._kept.pop(key, None)

    def _forget_old(self) -> None:
        now = self._clock()
        while self._kept and next(iter(self._kept.values()))[0] <= now:
            self._kept.popitem(last=False)
