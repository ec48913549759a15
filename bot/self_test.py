"""Does a version of the index find its own pledges, and show them as they stand? Pure."""

from __future__ import annotations

import random
from collections.abc import Sequence
from dataclasses import dataclass
from hashlib import sha256

from bot.rendering import quoted
from bot.texts import NB
from retrieval.build import Snapshot
from retrieval.document import Pledge
from retrieval.extraction import body_end
from retrieval.layout import read_layout
from retrieval.search import Searcher
from retrieval.verbatim import quote_of

TOP = 3  # the pledge must be among so many hits
LEAST = 95  # percent that must be found
MOST = 500  # pledges that are asked for; of more, the same sample at every reload


@dataclass(frozen=True, slots=True, kw_only=True)
class SelfTest:
    """What asking for pledges in their own words gave.

    Attributes:
        asked: How many were asked for.
        missed: Those that were not among the first hits, in document order.
    """

    asked: int
    missed: tuple[Pledge, ...]

    @property
    def percent(self) -> int:
        """Of those asked for, how many were found, rounded down; 100 where none was asked for."""
        return 100 * (self.asked - len(self.missed)) // self.asked if self.asked else 100

    @property
    def passed(self) -> bool:
        """So many are found that the index may be served."""
        return self.percent >= LEAST


def ask_for_each(snapshot: Snapshot) -> SelfTest:
    """Ask for each pledge with its whole quote, in its municipality.

    By the lexical half alone: a pledge's own words must lead to it also where no encoder is
    installed, and encoding each quote would take longer than building. What says the same in the
    same words counts as found.
    """
    whole = snapshot.searcher
    searcher = Searcher(
        whole.pledges, whole.reader, whole.fields, None, None, whole.weights, snapshot.this_year
    )
    asked = _sample(snapshot.corpus.pledges)
    missed = []
    for pledge in asked:
        hits = searcher.search(
            searcher.reader.read(pledge.quote), municipalities=(pledge.municipality,), limit=TOP
        )
        if not any(
            hit.pledge.id == pledge.id or hit.pledge.quote.casefold() == pledge.quote.casefold()
            for hit in hits
        ):
            missed.append(pledge)
    return SelfTest(asked=len(asked), missed=tuple(missed))


def _sample(pledges: Sequence[Pledge]) -> Sequence[Pledge]:
    if len(pledges) <= MOST:
        return pledges
    rows = random.Random(0).sample(range(len(pledges)), MOST)
    return [pledges[i] for i in sorted(rows)]


def other_checksums(snapshot: Snapshot) -> list[Pledge]:
    """Return the pledges whose words, as a voter is shown them, are not those of their span.

    Compared by SHA-256, white space and all, where `is_verbatim` looks at the letters.
    """
    wrong = []
    for programme in snapshot.corpus.programmes:
        if programme.kind != "programme":
            continue
        furniture = read_layout(programme.text, 0, body_end(programme.text)).furniture
        for pledge in snapshot.corpus.pledges:
            if pledge.programme is not programme:
                continue
            source = quote_of(programme.text, pledge.start, pledge.end, furniture)
            if _shown(pledge, snapshot.this_year) != _digest(source):
                wrong.append(pledge)
    return wrong


def _shown(pledge: Pledge, this_year: int) -> bytes:
    lines = [line for part in quoted([pledge], NB, this_year) for line in part]
    [quote] = [line.text for line in lines if line.role == "quote"]
    return _digest(quote)


def _digest(text: str) -> bytes:
    return sha256(text.encode()).digest()
