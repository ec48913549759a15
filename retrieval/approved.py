"""Questions that a person has answered: asked again, they get just what was approved.

Only the same question counts: the same content words, and nothing else asked about. What is merely
like it is left to the evidence, which knows the approved question as an example.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from retrieval import words
from retrieval.corrections import Attached, Corrections, Outside
from retrieval.question import Question, QuestionReader
from retrieval.topics import plain

Key = tuple[frozenset[str], str, frozenset[str], frozenset[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """What was approved for a question: pledges to quote, or a topic outside the programmes.

    Attributes:
        named: Municipalities that the approved question names; empty: it may be asked of any.
        pledge_ids: In the order of the file; empty for a topic.
    """

    named: frozenset[str]
    pledge_ids: tuple[str, ...] = ()
    topic: str = ""


class Approved:
    """The rulings of one version of the index, by question. Immutable once built."""

    def __init__(self, reader: QuestionReader, corrections: Corrections) -> None:
        self._rulings: dict[Key, list[Ruling]] = {}
        found = [_of_example(reader, entry) for entry in corrections.attached if entry.pledge_ids]
        found += [_of_topic(reader, entry) for entry in corrections.outside]
        for _, key, ruling in sorted(found, key=lambda row: row[0]):
            self._rulings.setdefault(key, []).append(ruling)

    def __len__(self) -> int:
        return sum(len(rulings) for rulings in self._rulings.values())

    def find(self, question: Question, asked: Collection[str]) -> Ruling | None:
        """Return what was approved for a question, or None.

        Of several that fit the one written last holds; the pledges of those for the same question
        add up, newest first.

        Args:
            asked: Municipalities that the answer is to be about; empty: all.
        """
        if not self._rulings:
            return None
        places = frozenset(asked)
        fitting = [
            ruling
            for ruling in reversed(self._rulings.get(key_of(question), []))
            if not ruling.named or ruling.named == places
        ]
        if not fitting or fitting[0].topic:
            return fitting[0] if fitting else None
        ids = dict.fromkeys(i for ruling in fitting for i in ruling.pledge_ids)
        return Ruling(named=fitting[0].named, pledge_ids=tuple(ids))


def key_of(question: Question) -> Key:
    """Return what two questions share that are the same: content words, other parties, other places.

    The bot's own municipalities are apart: see ``Ruling.named``. Where no content words are left, the
    text itself counts.
    """
    terms = frozenset(
        words.stem(part) for concept in question.concepts for part in concept.word.split()
    )
    text = "" if terms else plain(question.text)
    return terms, text, frozenset(question.other_parties), frozenset(question.other_municipalities)


def _of_example(reader: QuestionReader, attached: Attached) -> tuple[int, Key, Ruling]:
    question = reader.read(attached.example.question)
    ruling = Ruling(named=frozenset(question.municipalities), pledge_ids=attached.pledge_ids)
    return attached.example.line, key_of(question), ruling


def _of_topic(reader: QuestionReader, entry: Outside) -> tuple[int, Key, Ruling]:
    question = reader.read(entry.question)
    ruling = Ruling(named=frozenset(question.municipalities), topic=entry.topic)
    return entry.line, key_of(question), ruling


def same_question(reader: QuestionReader, one: str, others: Iterable[str]) -> bool:
    """Tell whether a question is one of the others, places and all."""
    wanted = _whole(reader.read(one))
    return any(_whole(reader.read(other)) == wanted for other in others)


def _whole(question: Question) -> tuple[Key, frozenset[str]]:
    return key_of(question), frozenset(question.municipalities)
