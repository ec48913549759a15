"""What is searched and what may be quoted: programmes and their pledges."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from enum import Enum
from typing import Literal

import numpy as np
from numpy.typing import NDArray

Kind = Literal["bullet", "prose"]
# "Bærum 2023-2027": a municipality, and the period that holds there whatever the calendar says.
PINNED = re.compile(r"(\S.{0,60}) ((?:19|20)\d\d-(?:19|20)\d\d)")


class Standing(Enum):
    """Whether a programme's period is the one that holds."""

    CURRENT = "current"
    ENDED = "ended"
    COMING = "coming"
    UNDATED = "undated"


_ASCII = str.maketrans({"æ": "ae", "ø": "o", "å": "a", "ä": "a", "ö": "o", "ü": "u", "é": "e"})


def slug(text: str) -> str:
    """Fold a name to the letters of an id: Bærum -> baerum, Nordre Follo -> nordre-follo."""
    folded = unicodedata.normalize("NFC", text).lower().translate(_ASCII)
    return re.sub(r"[^a-z0-9]{1,80}", "-", folded).strip("-")


@dataclass(frozen=True, slots=True, kw_only=True)
class Programme:
    """One file of the corpus as its record in ``programmes.toml`` describes it.

    Attributes:
        file: Name of the file inside the corpus folder.
        kind: ``programme`` (searched and quoted) or ``other`` (kept and listed only).
        period: ``"2023-2027"``, or empty where the source states none.
        sha256: Of the file that quotes are proved against, in hexadecimal.
        received: Name of the PDF, Word file or web page that the text was read from; empty where
            the text itself is what the party gave.
        pinned: The period that was named as the one that holds in this municipality; empty: the
            year decides.
    """

    file: str
    kind: Literal["programme", "other"]
    party: str
    municipality: str
    period: str
    title: str
    url: str
    sha256: str
    municipality_page: str = ""
    """The municipality's own web page, for what is its business and not the party's."""
    received: str = ""
    pinned: str = ""
    text: str = field(repr=False, default="")

    @property
    def first_year(self) -> int:
        """First year of the period; 0 where none is stated."""
        return int(self.period[:4]) if self.period else 0

    @property
    def last_year(self) -> int:
        """Last year of the period; 9999 where none is stated: it cannot be told to have ended."""
        return int(self.period[-4:]) if self.period else 9999

    def standing(self, this_year: int) -> Standing:
        """Return whether the period holds, is over or is to come: the one place that decides it."""
        if not self.period:
            return Standing.UNDATED
        if self.pinned:
            # Periods overlap in the year between them, so not by the years within the pinned one.
            if self.period == self.pinned:
                return Standing.CURRENT
            return Standing.ENDED if self.period < self.pinned else Standing.COMING
        if self.last_year < this_year:
            return Standing.ENDED
        return Standing.COMING if self.first_year > this_year else Standing.CURRENT


@dataclass(frozen=True, slots=True, kw_only=True)
class Pledge:
    """A commitment of the party: a verbatim slice of a programme.

    Attributes:
        id: Stable name, made of municipality, period and the quote itself; letters, digits and
            ``-`` only, at most 40 characters.
        quote: The party's words: ``programme.text[start:end]`` with white space collapsed,
            line-break hyphens mended and page furniture dropped (see ``verbatim.py``).
        headings: From the title of the programme down to the nearest heading.
        lead_in: What the pledge continues («Bærum Arbeiderparti vil:»); empty for prose.
        parent: The bullet that a nested bullet belongs to; empty otherwise.
        start: Offset of the first character in ``programme.text``, in code points.
        end: Offset one past the last character.
        line: Line of ``start`` in the file, from 1.
        page: Page of ``start`` in the file as received, from 1; None where it has no pages.
    """

    id: str
    quote: str
    programme: Programme = field(repr=False)
    headings: tuple[str, ...]
    lead_in: str
    parent: str
    kind: Kind
    start: int
    end: int
    line: int
    page: int | None = None

    @property
    def municipality(self) -> str:
        """The municipality the pledge was made in."""
        return self.programme.municipality

    @property
    def period(self) -> str:
        """The programme's period; empty where none is stated."""
        return self.programme.period


def numbered(pledges: Sequence[Pledge]) -> tuple[dict[str, int], NDArray[np.int32]]:
    """Number the municipalities in the order of their first pledge: by name, and (pledges,)."""
    numbers: dict[str, int] = {}
    places = [numbers.setdefault(pledge.municipality, len(numbers)) for pledge in pledges]
    return numbers, np.asarray(places, np.int32)


def pledge_id(programme: Programme, quote: str, taken: set[str]) -> str:
    """Return an id that follows the words: the same quote keeps its id when the file is re-read.

    ``baerum-2023-k3x7q2``. A second pledge with the same words in the same programme gets ``-2``.
    """
    key = re.sub(r"\W{1,80}", " ", unicodedata.normalize("NFC", quote).casefold()).strip()
    digest = hashlib.sha256(key.encode()).hexdigest()[:8]
    stem = "-".join(
        p for p in (slug(programme.municipality)[:16], programme.period[:4], digest) if p
    )
    name, n = stem, 1
    while name in taken:
        n += 1
        name = f"{stem}-{n}"
    taken.add(name)
    return name
