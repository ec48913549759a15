"""The buttons' wire format. It stays under old messages for years, so a form is never reused."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar, Self

LIMIT = 64  # bytes: Telegram's, core.telegram.org/bots/api#inlinekeyboardbutton

_ANSWER = r"([A-Za-z0-9_-]{22})"
_SLUG = r"([a-z0-9-]{0,36})"  # of a municipality; empty: all of them
_PLEDGE = r"([a-z0-9-]{1,48})"
_PAGE = r"(0|[1-9][0-9]{0,2})"


class Verdict(StrEnum):
    """What a voter thought of an answer (of the answer, never of the policy)."""

    HELPFUL = "helpful"
    NOT_HELPFUL = "not_helpful"


class Complaint(StrEnum):
    """What a voter says is wrong with an answer."""

    TOPIC = "topic"
    MEANING = "meaning"
    PLACE = "place"
    OUTDATED = "outdated"
    OTHER = "other"
    MISSING = "missing"
    """The programme is silent on it, and the voter would have it speak."""


_SIGNS = {Verdict.HELPFUL: "+", Verdict.NOT_HELPFUL: "-"}
_VERDICTS = {sign: verdict for verdict, sign in _SIGNS.items()}
_LETTERS = {
    Complaint.TOPIC: "t", Complaint.MEANING: "m", Complaint.PLACE: "p", Complaint.OUTDATED: "u",
    Complaint.OTHER: "o", Complaint.MISSING: "s",
}  # fmt: skip
_COMPLAINTS = {letter: complaint for complaint, letter in _LETTERS.items()}


def _form(pattern: str) -> re.Pattern[str]:
    # ``\Z``, not ``$``: the latter also matches before a final line feed.
    return re.compile(pattern + r"\Z", re.ASCII)


class _Press:
    """What a button says when pressed. The client is not trusted: `decode` takes only our forms."""

    PATTERN: ClassVar[re.Pattern[str]]
    NAME: ClassVar[str]
    __slots__ = ()

    def encode(self) -> str:
        """Return the button's data, at most ``LIMIT`` bytes.

        Raises:
            ValueError: If a part is not of our form.
        """
        data = self._data()
        if not self.PATTERN.match(data) or len(data.encode()) > LIMIT:
            raise ValueError(f"not {self.NAME}")
        return data

    @classmethod
    def decode(cls, data: str) -> Self:
        """Inverse of `encode`. Raises ValueError on anything else."""
        found = cls.PATTERN.match(data)
        if not found:
            raise ValueError(f"not {cls.NAME}")
        return cls._of(*found.groups())

    def _data(self) -> str:
        raise NotImplementedError

    @classmethod
    def _of(cls, *parts: str) -> Self:
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class Vote(_Press):
    """A press of 👍 or 👎 under an answer.

    Attributes:
        answer_id: Of ``Storage.record_answer``: 22 characters of the URL-safe alphabet.
    """

    PATTERN = _form(rf"v1:([+-]):{_ANSWER}")
    NAME = "a vote"
    answer_id: str
    verdict: Verdict

    def _data(self) -> str:
        return f"v1:{_SIGNS[self.verdict]}:{self.answer_id}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], _VERDICTS[parts[0]])


@dataclass(frozen=True, slots=True)
class Complain(_Press):
    """A press of what was wrong with an answer, or of «Meld som savnet»."""

    PATTERN = _form(rf"r1:([tmpuos]):{_ANSWER}")
    NAME = "a complaint"
    answer_id: str
    complaint: Complaint

    def _data(self) -> str:
        return f"r1:{_LETTERS[self.complaint]}:{self.answer_id}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], _COMPLAINTS[parts[0]])


@dataclass(frozen=True, slots=True)
class TurnPage(_Press):
    """Show page ``page`` of an answer's quotes in place; 0 is the answer as it was given."""

    PATTERN = _form(rf"p1:{_PAGE}:{_ANSWER}")
    NAME = "a page"
    answer_id: str
    page: int

    def _data(self) -> str:
        return f"p1:{self.page}:{self.answer_id}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], int(parts[0]))


@dataclass(frozen=True, slots=True)
class ShowContext(_Press):
    """Show the lines around quote ``number`` (from 0) of an answer."""

    PATTERN = _form(rf"c1:{_PAGE}:{_ANSWER}")
    NAME = "a context"
    answer_id: str
    number: int

    def _data(self) -> str:
        return f"c1:{self.number}:{self.answer_id}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], int(parts[0]))


@dataclass(frozen=True, slots=True)
class AskAgain(_Press):
    """Ask an answer's question about the municipality with this slug; empty: about all."""

    PATTERN = _form(rf"a1:{_SLUG}:{_ANSWER}")
    NAME = "a question again"
    answer_id: str
    place: str

    def _data(self) -> str:
        return f"a1:{self.place}:{self.answer_id}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], parts[0])


@dataclass(frozen=True, slots=True)
class ChoosePlace(_Press):
    """Answer from the municipality with this slug from now on; empty: from all."""

    PATTERN = _form(rf"k1:{_SLUG}")
    NAME = "a municipality"
    place: str

    def _data(self) -> str:
        return f"k1:{self.place}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[0])


@dataclass(frozen=True, slots=True)
class ChooseLanguage(_Press):
    """Speak this language from now on."""

    PATTERN = _form(r"l1:(nb|nn|en)")
    NAME = "a language"
    code: str

    def _data(self) -> str:
        return f"l1:{self.code}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[0])


@dataclass(frozen=True, slots=True)
class OpenTopic(_Press):
    """Show a topic: those below it, or its pledges. An empty id is the root."""

    PATTERN = _form(rf"t1:{_PAGE}:([a-z0-9._-]{{0,48}})")
    NAME = "a topic"
    topic: str
    page: int = 0

    def _data(self) -> str:
        return f"t1:{self.page}:{self.topic}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], int(parts[0]))


@dataclass(frozen=True, slots=True)
class OpenHeading(_Press):
    """Show the pledges under a heading of a programme; an empty key is the list of headings."""

    PATTERN = _form(rf"h1:{_PAGE}:([a-f0-9]{{12}}|)")
    NAME = "a heading"
    key: str
    page: int = 0

    def _data(self) -> str:
        return f"h1:{self.page}:{self.key}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[1], int(parts[0]))


@dataclass(frozen=True, slots=True)
class AskExample(_Press):
    """Ask the example question of a pledge, or number ``0`` to ``9`` of the catalogue's."""

    PATTERN = _form(rf"e1:{_PLEDGE}")
    NAME = "an example"
    example: str

    def _data(self) -> str:
        return f"e1:{self.example}"

    @classmethod
    def _of(cls, *parts: str) -> Self:
        return cls(parts[0])


FORMS: tuple[type[_Press], ...] = (
    Vote, Complain, TurnPage, ShowContext, AskAgain, ChoosePlace, ChooseLanguage, OpenTopic,
    OpenHeading, AskExample,
)  # fmt: skip
