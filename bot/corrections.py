"""Does each correction still do what it was made for? Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from bot.answering import AnswerPolicy, Outcome, answer
from retrieval import words
from retrieval.build import Snapshot
from retrieval.corrections import Correction, Example, Outside, Synonym

_POLICY = AnswerPolicy()
TOP = 3  # an attached pledge must be among so many quotes


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """One correction, tried on one version of the index.

    Attributes:
        works: The question finds one of its pledges, or gets its fixed answer; the synonym reaches
            a word of the programmes.
        moot: None of its pledges is in any programme now, so there is nothing to find. It is kept
            in the file, and told of.
        moved: Pledges that it followed because their words changed a little.
        lost: Pledges that are gone.
    """

    entry: Correction
    works: bool
    moot: bool = False
    moved: tuple[str, ...] = ()
    lost: tuple[str, ...] = ()

    @property
    def kind(self) -> str:
        """``example``, ``outside`` or ``synonym``."""
        return type(self.entry).__name__.lower()

    @property
    def asks(self) -> str:
        """The question, or the word of a synonym."""
        return self.entry.word if isinstance(self.entry, Synonym) else self.entry.question


def check(snapshot: Snapshot, policy: AnswerPolicy = _POLICY) -> tuple[Checked, ...]:
    """Try every correction of a version, in the order of the file."""
    corrections = snapshot.corrections
    attached = {id(row.example): row for row in corrections.attached}
    found: list[Checked] = []
    for entry in corrections.entries:
        if isinstance(entry, Example):
            row = attached.get(id(entry))
            ids = row.pledge_ids if row else ()
            found.append(
                Checked(
                    entry=entry, works=_finds(snapshot, policy, entry, ids), moot=not ids,
                    moved=row.moved if row else (), lost=row.lost if row else entry.pledges,
                )
            )  # fmt: skip
        elif isinstance(entry, Outside):
            found.append(Checked(entry=entry, works=_is_fixed(snapshot, policy, entry)))
        else:
            found.append(Checked(entry=entry, works=_reaches(snapshot, entry)))
    return tuple(found)


def passed(checks: Sequence[Checked]) -> tuple[int, int]:
    """Return how many work, and how many can: those that are moot judge nothing."""
    judged = [checked for checked in checks if not checked.moot]
    return sum(checked.works for checked in judged), len(judged)


def _finds(snapshot: Snapshot, policy: AnswerPolicy, entry: Example, ids: Sequence[str]) -> bool:
    given = answer(entry.question, snapshot.searcher, policy)
    return given.outcome is Outcome.HIT and any(hit.pledge.id in ids for hit in given.hits[:TOP])


def _is_fixed(snapshot: Snapshot, policy: AnswerPolicy, entry: Outside) -> bool:
    if snapshot.searcher.topics is None:
        return True  # without a tree there are no fixed answers to give
    given = answer(entry.question, snapshot.searcher, policy)
    return given.outcome is Outcome.FIXED and given.fixed == entry.topic


def _reaches(snapshot: Snapshot, entry: Synonym) -> bool:
    """Tell whether the word is searched for as a word that a programme holds."""
    searched = {
        variant.term
        for concept in snapshot.searcher.reader.read(entry.word).concepts
        for variant in concept.variants
    }
    wanted = {words.stem(part) for target in entry.to for part in target.split()}
    return any(term in snapshot.searcher.fields.text for term in wanted & searched)
