"""A quote is verbatim by construction; this module is the construction and its proof.

A quote is the source span with three changes and no others: white space collapsed, a hyphen that
only broke a line removed, and page furniture (page numbers, running heads) dropped.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

Span = tuple[int, int]

_SPACE = re.compile(r"\s{1,4000}")
# A word broken at the end of a line: "Skolebibliotek-\nordningen". Before "og", "eller" and the
# like the hyphen stands for a shared ending ("gang-\nog sykkelvei") and stays.
_BROKEN = re.compile(
    r"(?<=[^\W\d_]{2})-[^\S\n]{0,20}\n\s{0,200}(?!(?:og|eller|samt|til|men|and|or)\b)(?=[a-zæøå])"
)


def quote_of(text: str, start: int, end: int, furniture: Sequence[Span] = ()) -> str:
    """Return the quote of ``text[start:end]``.

    Args:
        text: The whole source.
        start: Offset of the first character, in code points.
        end: Offset one past the last character.
        furniture: Spans of ``text`` that are page furniture, in order.
    """
    parts, at = [], start
    for first, last in furniture:
        if first >= at and last <= end:
            parts.append(text[at:first])
            at = last
    parts.append(text[at:end])
    joined = unicodedata.normalize("NFC", "".join(parts))
    return _SPACE.sub(" ", _BROKEN.sub("", joined)).strip()


def is_verbatim(
    quote: str, text: str, start: int, end: int, furniture: Sequence[Span] = ()
) -> bool:
    """Prove that ``quote`` holds the letters of the span, all of them, in order, and nothing else.

    Written apart from ``quote_of`` on purpose: it walks the two texts side by side and lets only
    white space, furniture and hyphens at a line's end be missing from the quote.
    """
    hidden = {i for first, last in furniture for i in range(max(first, start), min(last, end))}
    source = [
        (unicodedata.normalize("NFC", text[i]), i) for i in range(start, end) if i not in hidden
    ]
    wanted = [c for c in unicodedata.normalize("NFC", quote) if not c.isspace()]
    at = 0
    for char, i in source:
        if char.isspace():
            continue
        if at < len(wanted) and wanted[at] == char:
            at += 1
        elif char == "-" and text[i + 1 : end].lstrip(" \t\u00a0").startswith("\n"):
            continue
        else:
            return False
    return at == len(wanted)
